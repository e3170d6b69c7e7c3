import PeyvandBase

/// Comparisons, filters and `then`.
extension Parser {
  /// `alt [compare | filter { filter }]`
  mutating func parseRelation() -> Expression {
    let start = index
    let left = parseAlternative()
    guard !recovering else { return left }
    if isFilterWord { return parseFilters(of: left, from: start) }
    return parseComparison(of: left, from: start)
  }

  // MARK: - Comparisons

  private var comparisonSign: ComparisonOperator? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  private mutating func parseComparison(of left: Expression, from start: Int) -> Expression {
    let highest = height
    if let sign = comparisonSign {
      advanceInfix()
      return finishComparison(sign, left, from: start, over: highest)
    }
    switch word {
    case .contains:
      advanceInfix()
      return finishComparison(.contains, left, from: start, over: highest)
    case .matches:
      advanceInfix()
      return finishComparison(.matches, left, from: start, over: highest)
    case .starts where isWord(.with, 1),
      .ends where isWord(.with, 1):
      let sign: ComparisonOperator = word == .starts ? .startsWith : .endsWith
      advance()
      advanceInfix()
      return finishComparison(sign, left, from: start, over: highest)
    case .in,
      .not where isWord(.in, 1):
      return parseMembership(of: left, from: start, over: highest)
    case .between:
      advanceInfix()
      let low = parseAlternative()
      var top = max(highest, height)
      expectWord(.and)
      let high = parseAlternative()
      top = max(top, height)
      return node(.between(left, low, high), from: start, over: top)
    case .is: return parseIsTest(of: left, from: start, over: highest)
    default: return parseForeignComparison(of: left, from: start, over: highest) ?? left
    }
  }

  private mutating func finishComparison(
    _ sign: ComparisonOperator, _ left: Expression, from start: Int, over highest: Int
  ) -> Expression {
    let rightStart = index
    let right = parseAlternative()
    var comparison = node(.comparison(sign, left, right), from: start, over: max(highest, height))
    guard !recovering else { return comparison }
    if sign == .equal || sign == .notEqual, case .name(let name) = right.node, isNull(name) {
      report(
        SyntaxDiagnostics.equalsNull(text(left.range), isNegated: sign == .notEqual, at: comparison.range))
      comparison.node = .isTest(left, .missing, isNegated: sign == .notEqual)
    }
    guard comparisonSign != nil else { return comparison }
    let middle = flatText(from: rightStart, to: index)
    let top = height
    advanceInfix()
    let lastStart = index
    let last = parseAlternative()
    guard !recovering else { return comparison }
    report(
      SyntaxDiagnostics.comparisonChain(
        text(left.range), middle, flatText(from: lastStart, to: index), at: range(from: start)))
    let second = Expression(.comparison(sign, right, last), right.range.union(last.range))
    return node(.and(comparison, second), from: start, over: max(top, height) + 1)
  }

  /// `null` of other languages, in any letters.
  private func isNull(_ name: Name) -> Bool { !name.isQuoted && ForeignWords.null.contains(name.text.lowercased()) }

  private mutating func parseMembership(of left: Expression, from start: Int, over highest: Int) -> Expression {
    let isNegated = isWord(.not)
    if isNegated { advance() }
    advanceInfix()
    if kind == .open, hasCommaInBrackets {
      let listStart = index
      let items = parseList(closing: .close)
      let top = height
      guard !recovering else { return Expression(.invalid, range(from: start)) }
      let inner = flatText(from: listStart + 1, to: index - 1)
      report(SyntaxDiagnostics.inBrackets(inner, at: range(from: listStart)))
      let list = Expression(.list(items), range(from: listStart))
      return node(.membership(left, in: list, to: nil, isNegated: isNegated), from: start, over: max(highest, top + 1))
    }
    let (set, to) = parseRange()
    return node(.membership(left, in: set, to: to, isNegated: isNegated), from: start, over: max(highest, height))
  }

  /// In the brackets that come next, a comma stands between two of the things they hold, which are no question's.
  private var hasCommaInBrackets: Bool {
    var open = 0
    for place in index..<tokens.count {
      let token = tokens[place]
      if token.opens { open += 1 }
      if token.closes { open -= 1 }
      if token.kind == .comma, open == 1 { return true }
      if open == 1, token.kind == .pipe || token.keyword == .by { return false }
      if open == 0 || token.kind == .end { return false }
    }
    return false
  }

  private mutating func parseIsTest(of left: Expression, from start: Int, over highest: Int) -> Expression {
    advanceInfix()
    let isNegated = isKeyword(.not)
    if isNegated { advanceInfix() }
    let token = current
    switch token.kind {
    case .name where token.keyword == .missing, .name where token.keyword == .open:
      advance()
      return node(
        .isTest(left, token.keyword == .open ? .open : .missing, isNegated: isNegated), from: start, over: highest)
    case .name, .quotedName:
      advance()
      let name = name(of: token)
      if isNull(name) {
        report(SyntaxDiagnostics.equalsNull(text(left.range), isNegated: isNegated, at: range(from: start)))
        return node(.isTest(left, .missing, isNegated: isNegated), from: start, over: highest)
      }
      return node(.isTest(left, .kind(name), isNegated: isNegated), from: start, over: highest)
    case .text, .rawText, .textHead, .number, .date, .period:
      let rightStart = index
      let right = parseSum()
      report(
        SyntaxDiagnostics.isText(
          text(left.range), isNegated: isNegated, flatText(from: rightStart, to: index), at: range(from: start)))
      return node(
        .comparison(isNegated ? .notEqual : .equal, left, right), from: start, over: max(highest, height))
    default:
      fail(SyntaxDiagnostics.expected("`missing`, `open` or a kind", found: found, at: here))
      return Expression(.invalid, range(from: start))
    }
  }

  private func isKeyword(_ word: Keyword) -> Bool { kind == .name && tokens[index].keyword == word }

  /// `alt ["to" alt]`
  private mutating func parseRange() -> (Expression, Expression?) {
    let from = parseAlternative()
    let highest = height
    guard !recovering, isWord(.to), !isWord(.the, 1) else { return (from, nil) }
    advanceInfix()
    let to = parseAlternative()
    height = max(highest, height)
    return (from, to)
  }

  // MARK: - Filters

  private var isFilterWord: Bool {
    switch word {
    case .where: !stops.contains(.filter)
    case .after, .before, .since, .until, .during: true
    case .within: !stops.contains(.within)
    default: false
    }
  }

  private mutating func parseFilters(of set: Expression, from start: Int) -> Expression {
    var expression = set
    var highest = height
    while !recovering, isFilterWord {
      let filterStart = index
      guard let filter = parseFilter() else { return expression }
      expression = node(
        .filter(expression, FilterSyntax(filter, range(from: filterStart))), from: start,
        over: max(highest, height))
      highest = height
    }
    guard !recovering, comparisonSign != nil else { return expression }
    report(SyntaxDiagnostics.filterThenComparison(at: here))
    return parseComparison(of: expression, from: start)
  }

  private mutating func parseFilter() -> FilterSyntax.Node? {
    let word = word
    advanceInfix()
    switch word {
    case .where:
      let outer = stops
      stops.insert(.then)
      let condition = nested(otherwise: Expression(.invalid, here)) { $0.parseLogic() }
      stops = outer
      return .condition(condition)
    case .after: return .after(parseAlternative())
    case .before: return .before(parseAlternative())
    case .since: return .since(parseAlternative())
    case .until: return .until(parseAlternative())
    case .during:
      let (from, to) = parseRange()
      return .during(from, to: to)
    case .within:
      let start = index
      let length = parseSum()
      let highest = height
      guard !recovering else { return nil }
      let anchor: WithinAnchor
      switch self.word {
      case .after: anchor = .after
      case .before: anchor = .before
      case .from: anchor = .from
      default:
        if isWord(.of) {
          fail(SyntaxDiagnostics.withinOf(flatText(from: start, to: index), at: range(from: start - 1)))
        } else {
          fail(
            SyntaxDiagnostics.withinOf(
              flatText(from: start, to: index), at: isAtInputEnd ? here : range(from: start - 1)))
        }
        return nil
      }
      advanceInfix()
      let time = parseAlternative()
      height = max(highest, height)
      return .within(length, anchor, time)
    default: return nil
    }
  }

  // MARK: - then

  /// `rel ["as" NAME] { "then" ["no"] step window }`
  mutating func parseSequence() -> Expression {
    let start = index
    let first = parseRelation()
    var highest = height
    guard !recovering, !stops.contains(.then) else { return first }
    var firstName: Name?
    if isWord(.as), peek(1).isName, isWord(.then, 2) {
      advanceInfix()
      firstName = expectName()
    }
    guard isWord(.then) else { return first }
    var steps: [SequenceSyntax.Step] = []
    while !recovering, isWord(.then) {
      if let step = parseStep() { steps.append(step) }
      highest = max(highest, height)
      if steps.count > limits.height { fail(SyntaxDiagnostics.chainTooLong(limit: limits.height, at: here)) }
    }
    return node(
      .sequence(SequenceSyntax(first: first, firstName: firstName, steps: steps)), from: start, over: highest)
  }

  private mutating func parseStep() -> SequenceSyntax.Step? {
    let start = index
    advanceInfix()
    var isAbsence = false
    if isWord(.no), startsValue(1) {
      advanceInfix()
      isAbsence = true
    }
    let setStart = index
    let outer = stops
    stops.insert(.within)
    var set = parseRelation()
    stops = outer
    var highest = height
    var name: Name?
    if !recovering, takeWord(.as) { name = expectName() }
    guard !recovering else { return nil }
    if let early = name, isFilterWord, !isWord(.within) {
      let filterStart = index
      stops.insert(.within)
      set = parseFilters(of: set, from: setStart)
      stops = outer
      highest = max(highest, height)
      guard !recovering else { return nil }
      report(SyntaxDiagnostics.nameBeforeFilter(early.text, at: range(from: filterStart)))
    }
    if isWord(.or) || isWord(.and) {
      set = parseUnbracketedStep(set, from: setStart)
      highest = max(highest, height)
    }
    guard !recovering else { return nil }
    guard isWord(.within) else {
      fail(SyntaxDiagnostics.windowMissing(at: isAtInputEnd ? here : range(from: setStart)))
      return nil
    }
    let windowStart = index
    let window = parseWindow()
    if !recovering, isWord(.after) || isWord(.before) {
      fail(SyntaxDiagnostics.filterInStep(at: range(from: windowStart).union(here)))
      return nil
    }
    height = max(highest, height)
    return SequenceSyntax.Step(
      set: set, name: name, isAbsence: isAbsence, window: window, range: range(from: start))
  }

  /// `purchase or renewal` as a step: said, then read as if in brackets.
  private mutating func parseUnbracketedStep(_ first: Expression, from start: Int) -> Expression {
    let outer = stops
    stops.insert(.within)
    var set = first
    var highest = height
    while !recovering, takeWord(.or) || takeWord(.and) {
      let next = parseRelation()
      set = node(.or(set, next), from: start, over: max(highest, height))
      highest = height
    }
    stops = outer
    report(SyntaxDiagnostics.stepNeedsBrackets(shortText(from: start), at: range(from: start)))
    return set
  }

  /// `"within" ( sum | "any" "time" ) { … }`; `within` is next.
  mutating func parseWindow() -> WindowSyntax {
    let start = index
    advanceInfix()
    var window = WindowSyntax(length: nil, range: range(from: start))
    height = 1
    // Before a `:`, as in a clause of a process, these are words all the same.
    if isWord(.any), peek(1).keyword == .time {
      advance()
      advance()
    } else {
      let length = parseSum()
      if isNoLength(length) { report(SyntaxDiagnostics.emptyWindow(at: length.range)) }
      window.length = length
    }
    options: while !recovering {
      switch word {
      case .of where isWord(.the, 1) && peek(2).keyword == .first:
        window.isOfTheFirst = true
        for _ in 0..<3 { advance() }
      // Of a funnel, and said after its last step.
      case .counting where peek(1).keyword == .best: break options
      case .counting:
        advanceInfix()
        if isKeyword(.open) {
          window.countsOpen = true
        } else if isKeyword(.ties) {
          window.countsTies = true
        } else {
          fail(SyntaxDiagnostics.expectedOneOf(["open", "ties"], found: found, at: here))
          break options
        }
        advance()
      case .to where isWord(.the, 1) && peek(2).keyword == .second:
        window.isToTheSecond = true
        for _ in 0..<3 { advance() }
      default: break options
      }
    }
    window.range = range(from: start)
    return window
  }

  private func isNoLength(_ length: Expression) -> Bool {
    switch length.node {
    case .quantity(let value, _), .number(let value, _): value <= 0
    case .negated: true
    default: false
    }
  }

  // MARK: - Look-ahead

  /// A value may begin with the token so far ahead.
  func startsValue(_ ahead: Int) -> Bool {
    let token = peek(ahead)
    switch token.kind {
    case .number, .date, .period, .clock, .text, .rawText, .textHead, .open, .openList, .quotedName, .invalid:
      return true
    case .minus: return token.spaceBefore && !peek(ahead + 1).spaceBefore
    case .name: return !Keyword.infixWords.contains(token.keyword ?? .all)
    default: return false
    }
  }
}
