import PeyvandBase

/// Data and settings.
extension Parser {
  /// Nothing where the word turns out to be a name.
  mutating func parseData(_ word: Keyword) -> StatementNode? {
    if word == .export {
      guard peek(1).kind == .open else { return nil }
      return parseExport()
    }
    guard isDeclarationName(1), !peek(1).startsLine else { return nil }
    advance()
    if word == .remove, let forgotten = parseForgotten() { return forgotten }
    guard let kind = expectName("the name of a kind") else { return .invalid }
    switch word {
    case .add:
      var key: TextLiteral?
      if current.isText { key = parseText() }
      return .add(kind: kind, key: key, parseRecord())
    case .change:
      guard let key = parseText() else { return .invalid }
      return .change(kind: kind, key: key, parseRecord())
    case .remove: return parseText().map { .remove(kind: kind, key: $0) } ?? .invalid
    case .done:
      guard let key = parseText(), let what = expectName("what was done") else { return .invalid }
      return .done(kind: kind, key: key, what)
    default: return parseImport(kind)
    }
  }

  /// After `remove`: what was declared, in the words of its declaration. A text after the word makes it a record's kind.
  private mutating func parseForgotten() -> StatementNode? {
    guard !peek(1).isText else { return nil }
    if isWord(.watch) || isWord(.process), peek(1).kind == .end || peek(1).startsLine {
      // Not waited for: `watch` and `process` alone are statements that list the names.
      let word = isWord(.watch) ? Keyword.watch : .process
      advance()
      report(SyntaxDiagnostics.removalOfNothing(word, at: here))
      return .invalid
    }
    if isWord(.watch) {
      advance()
      return .forget(.watch(parseQuery(mayContinue: false)))
    }
    guard isWord(.process) else { return nil }
    if isWord(.for, 1) {
      advance()
      advance()
      return .forget(.processFor(parseExpression()))
    }
    guard isDeclarationName(1) else { return nil }
    advance()
    return expectName().map { .forget(.process($0)) } ?? .invalid
  }

  private mutating func parseImport(_ kind: Name) -> StatementNode {
    expectWord(.from)
    guard let file = parseText() else { return .invalid }
    var statement = ImportSyntax(kind: kind, file: file, key: nil, condition: nil, mapping: nil, options: nil)
    if takeWord(.key) { statement.key = expectName("the column of the key") }
    if !recovering, takeWord(.where) { statement.condition = parseLogic() }
    if !recovering, self.kind == .openBrace { statement.mapping = parseRecord() }
    if !recovering, takeWord(.with) { statement.options = parseRecord() }
    return .importData(statement)
  }

  private mutating func parseExport() -> StatementNode {
    advance()
    let start = index
    let query = bracketed { parser -> Query in
      parser.advance()
      let query = parser.parseQuery(mayContinue: true)
      parser.close(.close, openedAt: start)
      return query
    }
    expectWord(.to)
    return parseText().map { .exportData(query, to: $0) } ?? .invalid
  }

  /// `{ [NAME ":" or { [","] NAME ":" or }] }`
  mutating func parseRecord() -> RecordSyntax {
    let start = index
    let entries = parseBraces { $0.parseEntry() }
    return RecordSyntax(entries, range(from: start))
  }

  private mutating func parseEntry() -> RecordSyntax.Entry? {
    guard let name = expectName("the name of a field") else { return nil }
    expectColon(after: name)
    guard !recovering else { return nil }
    let creates = isWord(.create) && startsValue(1) && !peek(1).startsLine && peek(1).kind != .open
    if creates { advance() }
    return RecordSyntax.Entry(name: name, value: parseLogic(), creates: creates)
  }

  // MARK: - Settings

  mutating func parseSetting(_ word: Keyword) -> StatementNode? {
    switch word {
    case .calendar where isDeclarationName(1):
      advance()
      return expectName().map { .setting(.calendar($0)) }
    case .time where isWord(.zone, 1):
      advance()
      advance()
      return parseText().map { .setting(.timeZone($0)) } ?? .invalid
    case .week where isWord(.starts, 1) && !isWord(.with, 2),
      .year where isWord(.starts, 1) && !isWord(.with, 2):
      advance()
      advance()
      guard let name = expectName(word == .week ? "a day of the week" : "a month") else { return .invalid }
      return .setting(word == .week ? .weekStarts(name) : .yearStarts(name))
    case .working where isWord(.hours, 1): return parseWorkingHours()
    case .holiday where peek(1).kind == .date: return parseHolidays()
    default: return nil
    }
  }

  private mutating func parseWorkingHours() -> StatementNode {
    advance()
    advance()
    guard let from = expectName("a day of the week") else { return .invalid }
    expectWord(.to)
    guard let to = expectName("a day of the week"), let opens = expectClock() else { return .invalid }
    expectWord(.to)
    guard let closes = expectClock() else { return .invalid }
    return .setting(.workingHours(from: from, to: to, opens: opens, closes: closes))
  }

  private mutating func expectClock() -> Int? {
    guard !recovering else { return nil }
    guard kind == .clock, case .clock(let second)? = source.literal(of: tokens[index]) else {
      fail(SyntaxDiagnostics.expected("a time such as `8:00`", found: found, at: here))
      return nil
    }
    advance()
    return second
  }

  private mutating func parseHolidays() -> StatementNode {
    advance()
    var days: [DateLiteral] = []
    repeat {
      guard kind == .date, case .date(let date)? = source.literal(of: tokens[index]) else {
        fail(SyntaxDiagnostics.expected("a date", found: found, at: here))
        return .invalid
      }
      advance()
      days.append(date)
    } while takeComma()
    return .setting(.holidays(days))
  }
}
