import PeyvandBase

extension Parser {
  mutating func parsePrimary() -> Expression {
    let start = index
    height = 1
    guard !recovering else { return Expression(.invalid, here) }
    let token = current
    switch token.kind {
    case .number: return parseNumber()
    case .date, .period, .clock:
      advance()
      switch source.literal(of: token) {
      case .date(let date): return leaf(.date(date), from: start)
      case .period(let period): return leaf(.period(period), from: start)
      case .clock(let second): return leaf(.clock(secondOfDay: second), from: start)
      default: return leaf(.invalid, from: start)
      }
    case .text, .rawText, .textHead:
      guard let text = parseText() else { return Expression(.invalid, range(from: start)) }
      return Expression(.text(text), range(from: start))
    case .open: return parseGroup()
    case .openList:
      let items = parseList(closing: .closeList)
      return node(.list(items), from: start, over: height)
    case .name, .quotedName: return parseNamed()
    case .invalid:
      advance()
      return leaf(.invalid, from: start)
    default:
      expectedValue()
      return Expression(.invalid, here)
    }
  }

  private mutating func expectedValue() {
    if kind == .close || kind == .closeList || kind == .closeBrace, frame.brackets == 0, blocks == 0 {
      return fail(SyntaxDiagnostics.closesNothing(source.text(of: tokens[index]), at: here))
    }
    fail(SyntaxDiagnostics.expectedValue(found: found, at: here, notes: stageNote(index) + foreignValueNotes))
  }

  /// A statement that begins with the word of a stage was meant to go on from the last result.
  func stageNote(_ place: Int) -> [String] {
    guard place == frame.first, tokens[place].kind == .name, let keyword = tokens[place].keyword,
      Keyword.stageWords.contains(keyword)
    else { return [] }
    return ["a stage begins with `|`: `| \(keyword.rawValue) …` goes on from the last result"]
  }

  private mutating func parseNumber() -> Expression {
    let start = index
    guard case .number(let value, let isPercent)? = source.literal(of: tokens[index]) else {
      advance()
      return leaf(.invalid, from: start)
    }
    advance()
    if !isPercent, let unit = takeUnit() { return leaf(.quantity(value, unit: unit), from: start) }
    return leaf(.number(value, isPercent: isPercent), from: start)
  }

  /// The name on the same line after a number, unless it is a word that joins.
  private mutating func takeUnit() -> Name? {
    let token = current
    guard token.isName, !token.startsLine else { return nil }
    if token.kind == .name, let keyword = token.keyword, Keyword.neverUnits.contains(keyword) { return nil }
    if frame.isRecord, peek(1).kind == .colon { return nil }
    // `1 AND 2`: the word joins, in letters of another language.
    if let meant = upperCaseWord(token), Keyword.infixWords.contains(meant), startsValue(1) { return nil }
    advance()
    return name(of: token)
  }

  /// `( query )`
  private mutating func parseGroup() -> Expression {
    let start = index
    let query = bracketed { parser -> Query in
      parser.advance()
      let query = parser.parseQuery(mayContinue: false)
      parser.close(.close, openedAt: start)
      return query
    }
    if let source = query.source, query.modifiers.isEmpty, query.stages.isEmpty {
      return node(.group(source), from: start, over: height)
    }
    return node(.query(query), from: start, over: height)
  }

  /// Items in brackets; the opening one is next.
  mutating func parseList(closing: Token.Kind) -> [Expression] {
    let start = index
    return bracketed { parser in
      parser.advance()
      if parser.take(closing) {
        parser.height = 0
        return []
      }
      let items = parser.parseExpressions()
      parser.close(closing, openedAt: start)
      return items
    }
  }

  /// Reads inside brackets: lines go on, and nothing outside ends an expression.
  mutating func bracketed<Result>(_ read: (inout Parser) -> Result) -> Result {
    let outer = stops
    let brackets = frame.brackets
    stops = []
    frame.brackets += 1
    let result = read(&self)
    frame.brackets = brackets
    stops = outer
    return result
  }

  /// Takes the closing bracket; after an error inside, skips to it.
  mutating func close(_ closing: Token.Kind, openedAt start: Int) {
    if recovering {
      skipToClose(closing)
    } else if kind == closing {
      // The line after the bracket is judged by the brackets outside it.
      advance()
    } else if kind != .end, !tokens[index].closes, kind != .textMiddle, !startsAfresh(index) {
      unexpected()
      skipToClose(closing)
    } else {
      fail(
        SyntaxDiagnostics.notClosed(
          source.text(of: tokens[start]), closing: closing == .close ? ")" : "]",
          opened: source.range(of: tokens[start]), at: here))
      if tokens[index].closes, kind != .closeBrace, kind != .textTail { advance() }
    }
  }

  /// A line that, but for the brackets open, would begin something new.
  func startsAfresh(_ place: Int) -> Bool {
    let token = tokens[place]
    return token.startsLine && token.indent <= frame.base && place != frame.first && !token.closes
      && token.kind != .pipe
  }

  private mutating func skipToClose(_ closing: Token.Kind) {
    skip(to: [closing])
    if kind == closing { advance() }
  }

  // MARK: - Names

  private mutating func parseNamed() -> Expression {
    let start = index
    let token = current
    if token.kind == .name, let keyword = token.keyword, let special = parsePrefixWord(keyword) { return special }
    let next = peek(1)
    if !next.startsLine, next.isText {
      advance()
      guard let key = parseText() else { return Expression(.invalid, range(from: start)) }
      return node(.record(kind: name(of: token), key: key), from: start, over: height)
    }
    if next.kind == .open, !next.startsLine {
      advance()
      mark(.call)
      let arguments = parseArguments()
      return node(.call(name(of: token), arguments), from: start, over: height)
    }
    if token.kind == .name, let keyword = token.keyword, Keyword.infixWords.contains(keyword), startsValue(1),
      !next.startsLine
    {
      expectedValue()
      return Expression(.invalid, here)
    }
    advance()
    return leaf(.name(name(of: token)), from: start)
  }

  /// `this last previous next all ever path`, only before what they need; names otherwise.
  private mutating func parsePrefixWord(_ keyword: Keyword) -> Expression? {
    let start = index
    let next = peek(1)
    guard !next.startsLine, next.kind != .colon else { return nil }
    let isNameNext = next.isName && (next.kind == .quotedName || !Keyword.infixWords.contains(next.keyword ?? .all))
    if let period = keyword.relativePeriod {
      if keyword == .last, next.kind == .number {
        advance()
        let number = parseNumber()
        guard case .quantity(let value, let unit) = number.node else {
          fail(SyntaxDiagnostics.expected("a unit", found: found, at: here))
          return Expression(.invalid, range(from: start))
        }
        return leaf(.lastQuantity(value, unit: unit), from: start)
      }
      guard isNameNext, !peek(2).isText || peek(2).startsLine else { return nil }
      advance()
      guard let unit = expectName() else { return nil }
      return leaf(.relativePeriod(period, unit: unit), from: start)
    }
    switch keyword {
    case .all where isNameNext:
      advance()
      guard let kind = expectName() else { return nil }
      return leaf(.all(kind), from: start)
    case .ever where isNameNext || next.kind == .open:
      advance()
      let set = nested(otherwise: Expression(.invalid, here)) { $0.parsePostfix() }
      return node(.ever(set), from: start, over: height)
    case .path where isWord(.from, 1): return parsePath()
    default: return nil
    }
  }

  /// `path from postfix to postfix ["over" postfix] max NUMBER`
  private mutating func parsePath() -> Expression {
    let start = index
    advance()
    advanceInfix()
    let from = nested(otherwise: Expression(.invalid, here)) { $0.parsePostfix() }
    var highest = height
    expectWord(.to)
    let to = nested(otherwise: Expression(.invalid, here)) { $0.parsePostfix() }
    highest = max(highest, height)
    var over: Expression?
    if !recovering, takeWord(.over) {
      over = nested(otherwise: Expression(.invalid, here)) { $0.parsePostfix() }
      highest = max(highest, height)
    }
    expectWord(.max)
    guard let longest = expectNumber() else { return Expression(.invalid, range(from: start)) }
    return node(.path(from: from, to: to, over: over, max: longest), from: start, over: highest)
  }

  /// `( [NAME ":"] query, … )`
  private mutating func parseArguments() -> [ArgumentSyntax] {
    let start = index
    return bracketed { parser in
      parser.advance()
      if parser.take(.close) {
        parser.height = 0
        return []
      }
      var arguments: [ArgumentSyntax] = []
      var highest = 0
      repeat {
        let first = parser.index
        var label: Name?
        if parser.current.isName, parser.peek(1).kind == .colon {
          label = parser.expectName()
          parser.advance()
        }
        let value = parser.parseQueryAsExpression()
        highest = max(highest, parser.height)
        arguments.append(ArgumentSyntax(label: label, value: value, range: parser.range(from: first)))
        if parser.recovering {
          parser.skip(to: [.comma])
          guard parser.kind == .comma else { break }
          parser.recovering = false
        }
      } while parser.takeComma() || parser.takeForeignComma()
      parser.close(.close, openedAt: start)
      parser.height = highest
      return arguments
    }
  }

  private mutating func parseQueryAsExpression() -> Expression {
    let query = parseQuery(mayContinue: false)
    if let source = query.source, query.modifiers.isEmpty, query.stages.isEmpty { return source }
    return Expression(.query(query), query.range)
  }

  // MARK: - Texts

  /// A text with the expressions in its braces.
  mutating func parseText() -> TextLiteral? {
    guard !recovering else { return nil }
    let start = index
    let token = current
    guard token.isText else {
      fail(SyntaxDiagnostics.expected("a text", found: found, at: here))
      return nil
    }
    height = 1
    var parts: [TextLiteral.Part] = []
    appendText(of: token, to: &parts)
    advance()
    guard token.kind == .textHead else { return TextLiteral(parts, range(from: start)) }
    var highest = 0
    while true {
      let part = bracketed { $0.parseBraces() }
      if let part { parts.append(part) }
      highest = max(highest, height)
      let piece = tokens[index]
      guard piece.kind == .textMiddle || piece.kind == .textTail else { break }
      appendText(of: piece, to: &parts)
      advance()
      if piece.kind == .textTail { break }
    }
    height = highest + 1
    if parts.isEmpty { parts = [.literal("")] }
    return TextLiteral(parts, range(from: start))
  }

  private func appendText(of token: Token, to parts: inout [TextLiteral.Part]) {
    guard case .text(let text)? = source.literal(of: token),
      !text.isEmpty || token.kind == .text || token.kind == .rawText
    else { return }
    parts.append(.literal(text))
  }

  private mutating func parseBraces() -> TextLiteral.Part? {
    if kind == .textMiddle || kind == .textTail {
      report(SyntaxDiagnostics.emptyBraces(at: here))
      return nil
    }
    let query = parseQuery(mayContinue: false)
    if !recovering, kind != .textMiddle, kind != .textTail { unexpected() }
    if recovering { skip(to: []) }
    return .expression(query)
  }
}
