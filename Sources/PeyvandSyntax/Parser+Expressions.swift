import PeyvandBase

/// Expressions, loosest binding first. Chains are loops, and `node` counts how high the tree has grown.
extension Parser {
  /// `or ["per" NAME] ["of" or]`
  mutating func parseExpression() -> Expression {
    nested(otherwise: Expression(.invalid, here)) { $0.parseOf() }
  }

  private mutating func parseOf() -> Expression {
    let start = index
    let value = parseLogic()
    var highest = height
    guard !recovering else { return value }
    var unit: Name?
    if takeWord(.per) {
      unit = expectName("a period")
      guard unit != nil else { return value }
    }
    guard isWord(.of), !(isWord(.the, 1) && isWord(.first, 2)) else {
      return unit == nil ? value : node(.of(value, per: unit, set: nil), from: start, over: highest)
    }
    advanceInfix()
    let set = parseLogic()
    highest = max(highest, height)
    if isWord(.of), !recovering { fail(SyntaxDiagnostics.secondOf(at: here)) }
    return node(.of(value, per: unit, set: set), from: start, over: highest)
  }

  // MARK: - or, and, not

  /// `and { "or" and }`
  mutating func parseLogic() -> Expression {
    let start = index
    var left = parseConjunction()
    var highest = height
    while !recovering, takeWord(.or) {
      let right = parseConjunction()
      left = node(.or(left, right), from: start, over: max(highest, height))
      highest = height
    }
    return left
  }

  private mutating func parseConjunction() -> Expression {
    let start = index
    var left = parseNot()
    var highest = height
    while !recovering, takeWord(.and) {
      let right = parseNot()
      left = node(.and(left, right), from: start, over: max(highest, height))
      highest = height
    }
    return left
  }

  private mutating func parseNot() -> Expression {
    var starts: [Int] = []
    while isWord(.not), !recovering {
      starts.append(index)
      advanceInfix()
      if starts.count + depth > limits.depth { fail(SyntaxDiagnostics.tooDeep(limit: limits.depth, at: here)) }
    }
    var expression = parseSequence()
    for start in starts.reversed() where !recovering {
      expression = node(.not(expression), from: start, over: height)
    }
    return expression
  }

  // MARK: - Sums

  /// `sum { "else" sum }`
  mutating func parseAlternative() -> Expression {
    let start = index
    var left = parseSum()
    var highest = height
    while !recovering, takeWord(.else) {
      let right = parseSum()
      left = node(.otherwise(left, right), from: start, over: max(highest, height))
      highest = height
    }
    return left
  }

  mutating func parseSum() -> Expression {
    let start = index
    var left = parseProduct()
    var highest = height
    while !recovering, let sign = additive {
      advanceInfix()
      let right = parseProduct()
      left = node(.arithmetic(sign, left, right), from: start, over: max(highest, height))
      highest = height
    }
    return left
  }

  private var additive: ArithmeticOperator? {
    switch kind {
    case .plus: .add
    case .minus: .subtract
    default: nil
    }
  }

  private mutating func parseProduct() -> Expression {
    let start = index
    var left = parseUnary()
    var highest = height
    while !recovering, let sign = multiplicative {
      advanceInfix()
      let right = parseUnary()
      left = node(.arithmetic(sign, left, right), from: start, over: max(highest, height))
      highest = height
    }
    return left
  }

  private var multiplicative: ArithmeticOperator? {
    switch kind {
    case .times: .multiply
    case .divide: .divide
    case .name: isWord(.mod) ? .modulo : nil
    default: nil
    }
  }

  private mutating func parseUnary() -> Expression {
    guard kind == .minus, !recovering else { return parsePostfix() }
    let start = index
    mark(.unary)
    advanceInfix()
    let operand = nested(otherwise: Expression(.invalid, here)) { $0.parseUnary() }
    return node(.negated(operand), from: start, over: height)
  }

  // MARK: - Postfix

  /// `primary { "." NAME | "*" NUMBER ".." NUMBER | "via" NAME }`
  mutating func parsePostfix() -> Expression {
    let start = index
    var expression = parsePrimary()
    var highest = height
    while !recovering {
      switch kind {
      case .dot:
        advanceInfix()
        guard let name = expectName("a name") else { return expression }
        expression = node(.dot(expression, name), from: start, over: highest)
      case .times where peek(1).kind == .number && peek(2).kind == .range:
        mark(.repeatSign)
        advanceInfix()
        let place = here
        let from = expectWholeNumber()
        advanceInfix()
        let to = expectWholeNumber()
        guard let from, let to else { break }
        if from > to { report(SyntaxDiagnostics.badRepeat(at: place.union(range(from: index - 1)))) }
        expression = node(.repeated(expression, from: from, to: max(from, to)), from: start, over: highest)
      case .name where isWord(.via):
        advanceInfix()
        guard let name = expectName() else { return expression }
        expression = node(.via(expression, name), from: start, over: highest)
      default: return expression
      }
      highest = height
    }
    return expression
  }
}
