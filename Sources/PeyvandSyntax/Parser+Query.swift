import PeyvandBase

extension Parser {
  /// `source { "|" stage }`; without a source where it may go on from the last result.
  mutating func parseQuery(mayContinue: Bool) -> Query {
    let start = index
    var source: Expression?
    var modifiers: [Modifier] = []
    var stages: [Stage] = []
    var highest = 0
    if !(mayContinue && kind == .pipe) {
      source = parseExpression()
      highest = height
      while !recovering, let modifier = parseModifier() {
        modifiers.append(modifier)
        highest = max(highest, height)
      }
      resumeAtPipe()
    }
    while kind == .pipe, !recovering {
      if frame.brackets == 0 { mark(.outerPipe) }
      advanceInfix()
      height = 0
      stages.append(parseStage())
      highest = max(highest, height)
      if stages.count > limits.stages, !recovering {
        fail(SyntaxDiagnostics.tooManyStages(limit: limits.stages, at: here))
        break
      }
      resumeAtPipe()
    }
    // The whole question as of another day: what a person adds at the end means what it means after the source.
    if source != nil, !recovering, beginsAsOf, let modifier = parseModifier() {
      modifiers.append(modifier)
      highest = max(highest, height)
    }
    height = highest + 1
    return Query(source: source, modifiers: modifiers, stages: stages, range: range(from: start))
  }

  /// `as of T`, where `as of` could also name a column `of`: a name is followed by nothing that has a value.
  var beginsAsOf: Bool { isAsOf(0) }

  func isAsOf(_ ahead: Int) -> Bool { isWord(.as, ahead) && isWord(.of, ahead + 1) && startsValue(ahead + 2) }

  /// `as of T { "|" stage }`, after what is no question by itself.
  mutating func parseAsOfAndStages() -> Query {
    let start = index
    let modifiers = [parseModifier()].compactMap { $0 }
    var query =
      recovering || kind != .pipe ? Query(source: nil, range: range(from: start)) : parseQuery(mayContinue: true)
    query.modifiers = modifiers + query.modifiers
    query.range = range(from: start)
    return query
  }

  /// After an error: the next `|` of this query is a place to start afresh.
  private mutating func resumeAtPipe() {
    guard recovering else { return }
    skip(to: [.pipe])
    if kind == .pipe { recovering = false }
  }

  private mutating func parseModifier() -> Modifier? {
    let start = index
    switch word {
    case .as:
      if isWord(.of, 1) {
        advance()
        advanceInfix()
        return Modifier(.asOf(parseSum()), range(from: start))
      }
      let next = peek(2).kind
      guard peek(1).isName, next == .pipe || (next == .end && tokens[min(index + 2, tokens.count - 1)].kind == .end)
      else { return nil }
      advanceInfix()
      guard let name = expectName() else { return nil }
      if kind != .pipe { fail(SyntaxDiagnostics.namedSourceNeedsPipe(name.text, at: here)) }
      return Modifier(.named(name), range(from: start))
    case .by:
      advanceInfix()
      let outer = stops
      stops.insert(.filter)
      let keys = parseExpressions()
      stops = outer
      return Modifier(.by(keys), range(from: start))
    case .over:
      advanceInfix()
      guard let name = expectName("a period") else { return nil }
      var count: Double?
      if isWord(.last), peek(1).kind == .number {
        advance()
        count = expectNumber()
      }
      height = 1
      return Modifier(.over(name, last: count), range(from: start))
    case .vs:
      advanceInfix()
      return Modifier(.versus(parseSum()), range(from: start))
    case .where:
      advanceInfix()
      return Modifier(.filter(parseLogic()), range(from: start))
    case .through where isWord(.stages, 1):
      advance()
      advance()
      height = 1
      return Modifier(.throughStages, range(from: start))
    default: return nil
    }
  }

  /// `expr { "," expr }`
  mutating func parseExpressions() -> [Expression] {
    var all = [parseExpression()]
    var highest = height
    while takeComma() {
      all.append(parseExpression())
      highest = max(highest, height)
    }
    height = highest
    return all
  }

  /// `expr ["as" NAME] { "," … }`
  mutating func parseColumns() -> [ColumnSyntax] {
    var all: [ColumnSyntax] = []
    var highest = 0
    repeat {
      let start = index
      let expression = parseExpression()
      highest = max(highest, height)
      let text = flatText(from: start, to: index)
      var name: Name?
      if !recovering, !beginsAsOf, takeWord(.as) { name = expectName() }
      all.append(ColumnSyntax(expression, name: name, text: text))
      if all.count > limits.columns, !recovering {
        fail(SyntaxDiagnostics.tooManyColumns(limit: limits.columns, at: here))
      }
    } while takeComma()
    height = highest
    return all
  }

  mutating func expectNumber() -> Double? {
    guard !recovering else { return nil }
    guard kind == .number, case .number(let value, _) = source.literal(of: tokens[index]) else {
      fail(SyntaxDiagnostics.expected("a number", found: found, at: here))
      return nil
    }
    advance()
    return value
  }

  mutating func expectWholeNumber() -> Int? {
    let place = here
    guard let value = expectNumber() else { return nil }
    guard let whole = Int(exactly: value), whole >= 0, whole <= 1_000_000 else {
      report(SyntaxDiagnostics.expectedWholeNumber(at: place))
      return nil
    }
    return whole
  }
}
