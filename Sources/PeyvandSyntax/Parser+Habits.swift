import PeyvandBase

extension Parser {
  func lowercased(_ place: Int) -> String? {
    guard tokens.indices.contains(place), tokens[place].kind == .name else { return nil }
    let token = tokens[place]
    guard token.end - token.start <= 16 else { return nil }
    return source.text(of: token).lowercased()
  }

  /// `| order by x`, `| limit 10`, `| WHERE …`: said, and read as what was meant.
  mutating func parseForeignStage() -> Stage.Node? {
    let token = current
    guard token.kind == .name, let word = lowercased(index) else { return nil }
    let place = source.range(of: token)
    if word == ForeignWords.order, lowercased(index + 1) == ForeignWords.by, peek(1).kind == .name {
      advance()
      advanceInfix()
      let start = index
      let keys = parseExpressions()
      if !recovering, isWord(.desc) { advance() }
      report(
        SyntaxDiagnostics.foreignStage(
          ForeignWords.orderBy, instead: "\(Keyword.spelled(.sort, .by)) \(shortText(from: start))", at: place))
      return .sort(keys.map { SortKey($0, descending: false) })
    }
    if let meant = ForeignWords.stages[word], startsValue(1), peek(1).kind != .open || meant == .where {
      advance()
      let start = index
      let value = parseExpression()
      report(
        SyntaxDiagnostics.foreignStage(
          word, instead: "\(meant.asStage) \(shortText(from: start))", at: place))
      switch meant {
      case .take: return .take(value)
      case .skip: return .skip(value)
      case .sort: return .sort([SortKey(value, descending: false)])
      default: return .filter(value)
      }
    }
    if let meant = upperCaseWord(token), Keyword.stageWords.contains(meant), startsValue(1) || isWord(.by, 1) {
      fail(SyntaxDiagnostics.upperCaseKeyword(source.text(of: token), meant: meant, at: place))
      return .invalid
    }
    return nil
  }

  /// `for c in customer {`, `while any(complaint) {`: a loop, where braces follow on the line.
  private func isForeignLoop(_ word: String) -> Bool {
    let isFor = tokens[index].keyword == .for && peek(1).isName && isWord(.in, 2)
    guard isFor || (ForeignWords.loops.contains(word) && tokens[index].keyword == nil) else { return false }
    // As far as a person would look: many statements may stand on one line.
    for place in (index + 1)..<min(index + 64, tokens.count) {
      switch tokens[place].kind {
      case .openBrace: return true
      case .end, .semicolon: return false
      default: if tokens[place].startsLine { return false }
      }
    }
    return false
  }

  /// `SELECT … FROM …`, `MATCH (…)` at the start of a statement.
  mutating func parseForeignStatement() -> Bool {
    guard current.kind == .name, let word = lowercased(index), startsValue(1) || peek(1).kind == .times else {
      return false
    }
    if word == ForeignWords.match, peek(1).kind == .open, tokens[index].keyword == nil {
      parseMatch()
      return true
    }
    if isForeignLoop(word) {
      fail(SyntaxDiagnostics.foreignLoop(at: source.range(of: tokens[index])))
      return true
    }
    guard word == ForeignWords.select else { return false }
    parseSelect()
    return true
  }

  /// Something stands where an operator, `|` or the end should.
  mutating func unexpected() {
    guard !recovering else { return }
    let token = tokens[index]
    let last = index > 0 ? tokens[index - 1] : token
    if last.kind == .invalid, index > frame.first {
      // Said by the lexer already.
      recovering = true
      return
    }
    if failForeign() { return }
    if let meant = upperCaseWord(token) {
      return fail(
        SyntaxDiagnostics.upperCaseKeyword(source.text(of: token), meant: meant, at: source.range(of: token)))
    }
    if index > frame.first, let meant = upperCaseWord(last) {
      return fail(
        SyntaxDiagnostics.upperCaseKeyword(source.text(of: last), meant: meant, at: source.range(of: last)))
    }
    switch token.kind {
    case .close, .closeList, .closeBrace:
      return fail(SyntaxDiagnostics.closesNothing(source.text(of: token), at: source.range(of: token)))
    case .equal:
      return fail(
        SyntaxDiagnostics.unexpected(
          describe(token), after: nil, at: here, notes: ["`=` compares, `as` names, `:` labels"]))
    case .name where token.keyword == .else && index == frame.first:
      return fail(SyntaxDiagnostics.elseOnItsOwnLine(at: here))
    default:
      var notes = index > 0 ? stageNote(index - 1) : []
      if let keyword = token.keyword, Keyword.filters.contains(keyword) {
        notes = [
          "a filter stands right after its set, and a comparison after that in brackets: `(SET \(keyword.rawValue) …)`"
        ]
      }
      if let keyword = token.keyword, Keyword.stageWords.contains(keyword) {
        notes = ["a stage begins with `|`: `| \(keyword.rawValue) …`"]
      }
      if isSentence(token) { notes = [SyntaxDiagnostics.sentence] }
      fail(
        SyntaxDiagnostics.unexpected(
          describe(token), after: index > frame.first ? lastText : nil, at: here, notes: notes))
    }
  }

  /// `how many customers`: a question as people ask it, two words and nothing that joins them.
  private func isSentence(_ token: Token) -> Bool {
    guard token.isName, index == frame.first + 1, let first = lowercased(frame.first) else { return false }
    return ForeignWords.questions.contains(first)
  }

  private var lastText: String? {
    let last = tokens[index - 1]
    return last.isName || last.kind == .number || last.kind == .close ? source.text(of: last) : nil
  }
}
