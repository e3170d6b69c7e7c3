import PeyvandBase

/// What the parser gives: always a tree, with whatever could not be read as `.invalid` in it.
package struct ParseResult: Sendable {
  package var tree: SyntaxTree
  /// In the order of their places, at most `SyntaxLimits.diagnostics`.
  package var diagnostics: [Diagnostic]
  /// The parser ran out of input and nothing before was wrong: at the prompt, read another line. Whoever reads a
  /// whole file takes the diagnostics as they are.
  package var isIncomplete: Bool
  package var source: LexedText
  /// What each token turned out to be; the formatter sets its spaces by it.
  package var roles: [TokenRole]
}

/// What a token turned out to be, where its sign alone does not say.
package struct TokenRole: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  static let unary = TokenRole(rawValue: 1)
  /// A bracket right after the name that it belongs to.
  static let call = TokenRole(rawValue: 2)
  /// `*` of `*1..3`.
  static let repeatSign = TokenRole(rawValue: 4)
  static let statement = TokenRole(rawValue: 8)
  static let entry = TokenRole(rawValue: 16)
  static let clause = TokenRole(rawValue: 32)
  /// `|` of a pipeline that is not in brackets.
  static let outerPipe = TokenRole(rawValue: 64)
  static let block = TokenRole(rawValue: 128)
  static let record = TokenRole(rawValue: 256)
  /// The text that documents a KPI, a clause without a word.
  static let bareClause = TokenRole(rawValue: 512)
  /// Joins what stands before it to what follows.
  static let infix = TokenRole(rawValue: 1024)
  /// The comma between two entries, which a new line may replace.
  static let separator = TokenRole(rawValue: 2048)
}

/// Reads tokens into a syntax tree by descent, with three tokens of look-ahead and no way back.
///
/// Two things shape it. *Lines*: newlines are no tokens; whether a line goes on with its statement is decided
/// when its first token is looked at, from the brackets open, the indentation and what was read last, so each
/// function here sees simply the end where the statement ends. *Errors*: the first one in a stretch is kept,
/// `recovering` keeps the rest silent until the next stage, clause, entry or statement, where reading starts
/// afresh; so there are several errors at once and no cascades. Depth and height are capped here, so that no
/// tree is too deep for whoever walks it later. The cost is linear in the number of tokens.
package struct Parser {
  let source: LexedText
  let tokens: [Token]
  let limits: SyntaxLimits
  let keywords: Keywords
  var index = 0
  var roles: [TokenRole]

  /// The rule by which lines go on, for the statement, clause or entry in hand.
  struct Frame {
    /// A line no deeper than this begins something new.
    var base: Int32
    /// The token that the frame began with.
    var first: Int
    /// Open `(`, `[` and braces of texts.
    var brackets = 0
    var isRecord = false
  }
  var frame = Frame(base: -1, first: 0)
  /// The last token was an operator, an infix word, a comma or `|`: the next line goes on.
  var continuing = false
  var recovering = false
  var blocks = 0

  /// What ends an expression here and would not in brackets.
  struct Stops: OptionSet {
    let rawValue: UInt8
    static let then = Stops(rawValue: 1)
    static let within = Stops(rawValue: 2)
    static let filter = Stops(rawValue: 4)
  }
  var stops: Stops = []

  /// Levels open right now, and levels of the expression read last.
  var depth = 0
  var height = 0

  var diagnostics: [Diagnostic] = []
  var isIncomplete = false

  package init(
    _ text: String, file: Int32 = 0, limits: SyntaxLimits = .standard, keywords: Keywords = .english
  ) {
    var lexer = Lexer(text, file: file, limits: limits, keywords: keywords)
    source = lexer.lex()
    tokens = source.tokens
    roles = Array(repeating: [], count: source.tokens.count)
    self.limits = limits
    self.keywords = keywords
  }

  package mutating func parse() -> ParseResult {
    let statements = parseStatements(inBlock: false)
    return result(SyntaxTree(statements))
  }

  /// Reads the text as one query, which may go on over as many lines as it likes.
  package mutating func parseQuery() -> (query: Query, result: ParseResult) {
    frame = Frame(base: -1, first: index)
    let query = parseQuery(mayContinue: true)
    if tokens[index].kind != .end { unexpected() }
    return (query, result(SyntaxTree([Statement(.query(query), query.range)])))
  }

  private mutating func result(_ tree: SyntaxTree) -> ParseResult {
    var all = source.diagnostics + diagnostics
    all.sort { place($0) < place($1) }
    let isIncomplete = isIncomplete && source.diagnostics.isEmpty
    return ParseResult(
      tree: tree, diagnostics: Array(all.prefix(limits.diagnostics)), isIncomplete: isIncomplete, source: source,
      roles: roles)
  }

  private func place(_ diagnostic: Diagnostic) -> Int32 { diagnostic.labels.first?.range.start ?? 0 }

  // MARK: - Tokens under the line rule

  /// Whether the statement in hand ends before this token.
  func ends(before place: Int) -> Bool {
    let token = tokens[place]
    if token.kind == .end { return true }
    guard token.startsLine, frame.brackets == 0, place != frame.first, token.kind != .pipe else { return false }
    return token.indent <= frame.base
  }

  /// A token ahead; the end where the statement ends before it.
  func peek(_ ahead: Int) -> Token {
    var place = index
    var isEnd = !continuing && ends(before: place)
    var left = ahead
    while left > 0, !isEnd, place + 1 < tokens.count {
      place += 1
      left -= 1
      isEnd = ends(before: place)
    }
    guard isEnd || left > 0 else { return tokens[place] }
    var token = tokens[place]
    token.kind = .end
    token.keyword = nil
    return token
  }

  var current: Token { peek(0) }
  var kind: Token.Kind {
    let token = tokens[index]
    guard token.startsLine || token.kind == .end else { return token.kind }
    return !continuing && ends(before: index) ? .end : token.kind
  }
  var isAtInputEnd: Bool { tokens[index].kind == .end }

  /// The next token is this word; a name before `:` is never one.
  func isWord(_ word: Keyword, _ ahead: Int = 0) -> Bool {
    let place = index + ahead
    guard place < tokens.count, tokens[place].keyword == word, tokens[place].kind == .name else { return false }
    return peek(ahead).keyword == word && peek(ahead + 1).kind != .colon
  }

  /// The word that the next token may be.
  var word: Keyword? {
    guard let keyword = tokens[index].keyword, kind == .name, peek(1).kind != .colon else { return nil }
    return keyword
  }

  mutating func advance() {
    if index + 1 < tokens.count { index += 1 }
    continuing = false
  }

  /// Takes an operator, an infix word, a comma or `|`, after which a new line goes on.
  mutating func advanceInfix() {
    mark(.infix)
    advance()
    continuing = true
  }

  mutating func takeWord(_ word: Keyword) -> Bool {
    guard isWord(word) else { return false }
    advanceInfix()
    return true
  }

  mutating func take(_ wanted: Token.Kind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  mutating func takeComma() -> Bool {
    guard kind == .comma, !recovering else { return false }
    advanceInfix()
    return true
  }

  mutating func mark(_ role: TokenRole, at place: Int? = nil) {
    let place = place ?? index
    if roles.indices.contains(place) { roles[place].insert(role) }
  }

  // MARK: - Places and names

  func range(from start: Int) -> SourceRange {
    let first = tokens[min(start, tokens.count - 1)]
    let last = index > start ? tokens[index - 1] : first
    return SourceRange(file: source.file, start: Int(first.start), end: Int(index > start ? last.end : first.start))
  }

  /// Where something is missing: the next token, or right after the last where the line ends.
  var here: SourceRange {
    if kind != .end { return source.range(of: tokens[index]) }
    let end = index > 0 ? Int(tokens[index - 1].end) : Int(tokens[index].start)
    return SourceRange(file: source.file, start: end, end: end)
  }

  func text(_ range: SourceRange) -> String { source.text(range.start, range.end) }

  /// The text from a token to the last one read, with blanks folded, cut where it is long.
  func shortText(from start: Int) -> String {
    let text = flatText(from: start, to: index)
    return text.unicodeScalars.count > 60 ? String(text.unicodeScalars.prefix(57)) + "…" : text
  }

  func name(of token: Token) -> Name {
    let isQuoted = token.kind == .quotedName
    let text = isQuoted ? source.text(token.start + 1, token.end - 1) : source.text(of: token)
    return Name(text, source.range(of: token), isQuoted: isQuoted)
  }

  // MARK: - Errors

  /// Says what is wrong here, once; reading goes on silently until the next place to start afresh.
  mutating func fail(_ diagnostic: Diagnostic) {
    guard !recovering else { return }
    recovering = true
    // What the lexer has reported is not said twice.
    if kind == .invalid || isIncomplete { return }
    if isAtInputEnd, diagnostics.isEmpty { isIncomplete = true }
    if diagnostics.count < limits.diagnostics { diagnostics.append(diagnostic) }
  }

  /// Says what is wrong where the meaning is plain: reading goes on as if it had been right.
  mutating func report(_ diagnostic: Diagnostic) {
    guard !recovering, diagnostics.count < limits.diagnostics else { return }
    diagnostics.append(diagnostic)
  }

  /// The next token in words.
  var found: String {
    if kind == .end { return isAtInputEnd ? "the end" : "the end of the line" }
    return describe(tokens[index])
  }

  func describe(_ token: Token) -> String {
    if token.isText { return "this text" }
    let text = source.text(of: token)
    return text.unicodeScalars.count > 40 ? "this" : "`\(text)`"
  }

  mutating func expectName(_ wanted: String = "a name") -> Name? {
    guard !recovering else { return nil }
    let token = current
    guard token.isName else {
      fail(SyntaxDiagnostics.expected(wanted, found: found, at: here))
      return nil
    }
    advance()
    return name(of: token)
  }

  mutating func expectWord(_ word: Keyword) {
    guard !recovering, !takeWord(word) else { return }
    if let meant = upperCaseWord(tokens[index]), meant == word, kind == .name {
      let token = tokens[index]
      report(
        SyntaxDiagnostics.upperCaseKeyword(source.text(of: token), meant: meant, at: source.range(of: token)))
      return advanceInfix()
    }
    fail(SyntaxDiagnostics.expected("`\(word.rawValue)`", found: found, at: here))
  }

  /// The keyword that a name in capitals means.
  func upperCaseWord(_ token: Token) -> Keyword? {
    guard token.kind == .name, token.keyword == nil else { return nil }
    return keywords.keyword(ignoringCase: source.text(of: token))
  }

  // MARK: - Depth

  /// Reads one level deeper, unless that is too deep.
  mutating func nested<Result>(otherwise: Result, _ read: (inout Parser) -> Result) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= limits.depth else {
      fail(SyntaxDiagnostics.tooDeep(limit: limits.depth, at: here))
      return otherwise
    }
    return read(&self)
  }

  /// An expression one level above the parts it is made of.
  mutating func node(_ node: ExpressionNode, from start: Int, over highest: Int) -> Expression {
    let range = range(from: start)
    height = highest + 1
    guard height <= limits.height else {
      fail(SyntaxDiagnostics.chainTooLong(limit: limits.height, at: here))
      height = 1
      return Expression(.invalid, range)
    }
    return Expression(node, range)
  }

  mutating func leaf(_ node: ExpressionNode, from start: Int) -> Expression {
    height = 1
    return Expression(node, range(from: start))
  }

  // MARK: - Starting afresh

  /// Skips to the end of the statement in hand.
  mutating func skipToStatementEnd() {
    var braces = 0
    frame.brackets = 0
    continuing = false
    stops = []
    while true {
      let token = tokens[index]
      if token.kind == .end { break }
      if braces == 0 {
        if token.kind == .semicolon { break }
        if token.kind == .closeBrace, blocks > 0 { break }
        if token.kind != .close, token.kind != .closeList, token.kind != .closeBrace, ends(before: index) { break }
      }
      if token.kind == .openBrace { braces += 1 }
      if token.kind == .closeBrace, braces > 0 { braces -= 1 }
      advance()
    }
    recovering = false
  }

  /// Skips to the next token of these kinds that is not in brackets opened after here, or to the end.
  mutating func skip(to kinds: Set<Token.Kind>) {
    var open = 0
    continuing = false
    while kind != .end {
      let token = tokens[index]
      if open == 0 {
        if kinds.contains(token.kind) || token.kind == .semicolon || token.closes || token.kind == .textMiddle { break }
      }
      if token.opens { open += 1 }
      if token.closes { open -= 1 }
      advance()
    }
  }
}
