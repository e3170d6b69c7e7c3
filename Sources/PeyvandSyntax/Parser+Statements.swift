import PeyvandBase

/// Statements: a word at the start, with the follower that the grammar shows, and otherwise a query.
extension Parser {
  mutating func parseStatements(inBlock: Bool) -> [Statement] {
    var statements: [Statement] = []
    while true {
      let token = tokens[index]
      if token.kind == .end { break }
      if token.kind == .semicolon {
        advance()
        continue
      }
      if token.kind == .closeBrace, inBlock { break }
      statements.append(parseStatement())
    }
    return statements
  }

  private mutating func parseStatement() -> Statement {
    let outer = (frame, stops)
    let start = index
    frame = Frame(base: tokens[index].indent, first: index)
    stops = []
    continuing = false
    recovering = false
    mark(.statement)
    var node = nested(otherwise: StatementNode.invalid) { $0.parseStatementNode() }
    if !recovering, !isAtStatementEnd { unexpected() }
    let range = range(from: start)
    if recovering {
      if index == start, tokens[index].kind != .end { advance() }
      skipToStatementEnd()
      if case .query(let query) = node, query.stages.isEmpty, query.modifiers.isEmpty,
        case .invalid? = query.source?.node
      {
        node = .invalid
      }
    }
    continuing = false
    (frame, stops) = outer
    return Statement(node, range)
  }

  private var isAtStatementEnd: Bool {
    switch kind {
    case .end, .semicolon: true
    case .closeBrace: blocks > 0
    default: false
    }
  }

  /// `{ statements }`
  mutating func parseBlock() -> [Statement] {
    guard !recovering else { return [] }
    let start = index
    guard kind == .openBrace else {
      fail(SyntaxDiagnostics.expected("`{`", found: found, at: here))
      return []
    }
    mark(.block)
    advance()
    blocks += 1
    let statements = parseStatements(inBlock: true)
    blocks -= 1
    closeBrace(openedAt: start)
    return statements
  }

  mutating func closeBrace(openedAt start: Int) {
    recovering = false
    continuing = false
    if tokens[index].kind == .closeBrace {
      advance()
    } else {
      fail(
        SyntaxDiagnostics.notClosed("{", closing: "}", opened: source.range(of: tokens[start]), at: here))
    }
  }

  // MARK: - By the first word

  private mutating func parseStatementNode() -> StatementNode {
    if parseForeignStatement() { return .invalid }
    guard let word = tokens[index].kind == .name ? tokens[index].keyword : nil, isWord(word) else {
      return .query(parseQuery(mayContinue: true))
    }
    if let flavour = word.flavour, isDeclaration { return .kind(parseKind(flavour)) }
    switch word {
    case .let where names(.as):
      advance()
      guard let name = expectName() else { return .invalid }
      expectAs(after: .let, name.text)
      guard !recovering else { return .invalid }
      return .letStatement(name, parseQuery(mayContinue: false))
    case .define where names(.as): return parseDefine()
    case .param where peek(1).isName:
      guard isDeclarationName(1) || peek(2).kind == .colon else { break }
      advance()
      guard let name = expectName() else { return .invalid }
      expectColon(after: name)
      guard !recovering else { return .invalid }
      return .param(name, parseLogic())
    case .use where isDeclarationName(1) || (peek(1).isText && !peek(1).startsLine):
      advance()
      if current.isText { return parseText().map { .use(.file($0)) } ?? .invalid }
      return expectName().map { .use(.library($0)) } ?? .invalid
    case .kpi where isDeclarationName(1): return parseKPI()
    case .process where endsLook && !isAsOf(1): return takeLook(.listing(.process))
    case .watch where endsLook && !isAsOf(1): return takeLook(.listing(.watch))
    case .process where isWord(.for, 1) || (isDeclarationName(1) && isWord(.for, 2)): return parseProcess()
    case .watch where startsValue(1): return parseWatch()
    case .for where isWord(.each, 1): return parseForEach()
    case .if where startsValue(1):
      advance()
      return parseIf()
    case .print where startsValue(1):
      advance()
      return .print(parseQuery(mayContinue: false))
    case .expect where startsValue(1):
      advance()
      return .expect(parseQuery(mayContinue: false))
    case .test where peek(1).isText && !peek(1).startsLine:
      advance()
      guard let name = parseText() else { return .invalid }
      return .test(name, parseBlock())
    case .as where isWord(.of, 1):
      advance()
      advance()
      return .asOf(parseSum())
    case .why where startsValue(1):
      advance()
      let why = StatementNode.why(parseWhyTail())
      return !recovering && kind == .pipe ? .goingOn(from: why, parseQuery(mayContinue: true)) : why
    case .map where endsLook: return takeLook(.map(nil))
    case .map where startsValue(1):
      advance()
      let map = StatementNode.map(parsePostfix())
      guard !recovering else { return map }
      if beginsAsOf { return .goingOn(from: map, parseAsOfAndStages()) }
      return kind == .pipe ? .goingOn(from: map, parseQuery(mayContinue: true)) : map
    case .agenda where endsLook: return takeLook(.agenda)
    case .missing where endsLook: return takeLook(.missingReport)
    case .add, .change, .remove, .done, .import, .export:
      if let data = parseData(word) { return data }
    case .calendar, .time, .week, .year, .working, .holiday:
      if let setting = parseSetting(word) { return setting }
    case .else where peek(1).kind == .openBrace || isWord(.if, 1):
      fail(SyntaxDiagnostics.elseOnItsOwnLine(at: here))
      return .invalid
    default: break
    }
    return .query(parseQuery(mayContinue: true))
  }

  /// `agenda`, `missing` or `map`, alone, as of another day, or with a pipeline after it.
  private mutating func takeLook(_ node: StatementNode) -> StatementNode {
    guard peek(1).kind == .pipe || isAsOf(1) else {
      advance()
      return node
    }
    let query = parseQuery(mayContinue: true)
    let other = query.modifiers.first { if case .asOf = $0.node { false } else { true } }
    if let other, !recovering {
      let word = text(other.range).prefix { !$0.isWhitespace }
      fail(
        SyntaxDiagnostics.unexpected("`\(word)`", after: nil, at: other.range, notes: [SyntaxDiagnostics.tableOfALook]))
    }
    return .goingOn(from: node, query)
  }

  private var endsLook: Bool {
    switch peek(1).kind {
    case .end, .semicolon, .pipe: true
    case .closeBrace: blocks > 0
    default: isAsOf(1)
    }
  }

  /// The token so far ahead is a name that is no infix word.
  func isDeclarationName(_ ahead: Int) -> Bool {
    let token = peek(ahead)
    return token.kind == .quotedName || (token.kind == .name && !Keyword.infixWords.contains(token.keyword ?? .all))
  }

  /// A name follows the word, and where that could be an infix word, then what the grammar wants after it.
  private func names(_ follower: Keyword) -> Bool {
    isDeclarationName(1) || (peek(1).isName && (isWord(follower, 2) || peek(2).kind == .equal))
  }

  /// `entity customer {`, and not `event | count`.
  private var isDeclaration: Bool {
    isDeclarationName(1) || (peek(1).isName && peek(2).kind == .openBrace)
  }

  /// `as`; `=` is answered and read as `as`.
  mutating func expectAs(after word: Keyword, _ name: String) {
    guard !recovering, kind == .equal else { return expectWord(.as) }
    let place = here
    let value = index + 1
    var end = value
    while end < tokens.count, !ends(before: end), tokens[end].kind != .semicolon, end < value + 16 { end += 1 }
    let isWhole = end >= tokens.count || ends(before: end) || tokens[end].kind == .semicolon
    let text = flatText(from: value, to: end) + (isWhole ? "" : " …")
    report(SyntaxDiagnostics.letEquals(word, name, text, at: place))
    advanceInfix()
  }

  mutating func expectColon(after name: Name) {
    guard !recovering else { return }
    switch kind {
    case .colon: advance()
    case .equal:
      report(SyntaxDiagnostics.equalsForLabel(name.text, at: here))
      advance()
    case .text, .rawText, .textHead, .number, .date, .period, .clock:
      let value = describeValue(tokens[index])
      report(SyntaxDiagnostics.missingColon(name.text, value: value, at: name.range.union(here)))
    default: fail(SyntaxDiagnostics.expected("`:`", found: found, at: here))
    }
  }

  private func describeValue(_ token: Token) -> String {
    let text = source.text(of: token)
    return token.kind == .textHead || text.unicodeScalars.count > 40 ? "…" : text
  }

  // MARK: - Scripts

  private mutating func parseDefine() -> StatementNode {
    advance()
    let start = index
    guard var name = expectName() else { return .invalid }
    var kind: Name?
    if take(.dot) {
      guard let field = expectName("the name of the field") else { return .invalid }
      kind = name
      name = field
    }
    let parameters = parseParameters()
    expectAs(after: .define, flatText(from: start, to: index))
    guard !recovering else { return .invalid }
    return .define(
      DefineSyntax(kind: kind, name: name, parameters: parameters, body: parseQuery(mayContinue: false)))
  }

  /// `( [NAME [":" or], …] )`, where there is one.
  mutating func parseParameters() -> [Parameter] {
    guard !recovering, kind == .open else { return [] }
    let start = index
    mark(.call)
    return bracketed { parser in
      parser.advance()
      var parameters: [Parameter] = []
      if parser.take(.close) { return parameters }
      repeat {
        guard let name = parser.expectName("the name of a parameter") else { break }
        var value: Expression?
        if parser.take(.colon) { value = parser.parseLogic() }
        parameters.append(Parameter(name: name, defaultValue: value))
      } while parser.takeComma()
      parser.close(.close, openedAt: start)
      return parameters
    }
  }

  private mutating func parseForEach() -> StatementNode {
    advance()
    advance()
    guard let name = expectName() else { return .invalid }
    expectWord(.in)
    guard !recovering else { return .invalid }
    let set = parseQuery(mayContinue: false)
    return .forEach(name, in: set, parseBlock())
  }

  /// After `if`.
  private mutating func parseIf() -> StatementNode {
    let condition = parseExpression()
    let then = parseBlock()
    var otherwise: [Statement]?
    if !recovering, isElseOnThisLine {
      advance()
      if isWord(.if) {
        let start = index
        advance()
        let node = nested(otherwise: StatementNode.invalid) { $0.parseIf() }
        otherwise = [Statement(node, range(from: start))]
      } else {
        otherwise = parseBlock()
      }
    }
    return .ifStatement(IfSyntax(condition: condition, then: then, otherwise: otherwise))
  }

  private var isElseOnThisLine: Bool { kind == .name && tokens[index].keyword == .else }

  private mutating func parseWatch() -> StatementNode {
    advance()
    let query = parseQuery(mayContinue: false)
    var every: Expression?
    var periods: Double?
    if !recovering, takeWord(.every) {
      every = parsePrimary()
    }
    if !recovering, takeWord(.breach) {
      expectWord(.for)
      periods = expectNumber()
      expectWord(.periods)
      continuing = false
    }
    return .watch(WatchSyntax(source: query, every: every, breachPeriods: periods))
  }
}
