import PeyvandBase

/// KPIs and processes: a header, and clauses below it, one a line, in one column.
extension Parser {
  private static let kpiWords: [Keyword] = [
    .for, .dated, .measure, .target, .warn, .needs, .stages, .owner, .decide,
  ]
  private static let processWords: [Keyword] = [.goal, .collect, .review, .watch]

  mutating func parseKPI() -> StatementNode {
    advance()
    guard let name = expectName("the name of the KPI") else { return .invalid }
    let parameters = parseParameters()
    let clauses = parseClauses(Self.kpiWords) { parser, start in
      KPISyntax.Clause(parser.parseKPIClause(), parser.range(from: start))
    }
    return .kpi(KPISyntax(name: name, parameters: parameters, clauses: clauses))
  }

  mutating func parseProcess() -> StatementNode {
    advance()
    var name: Name?
    if !isWord(.for) { name = expectName() }
    expectWord(.for)
    let subject = parseExpression()
    let clauses = parseClauses(Self.processWords) { parser, start in
      ProcessSyntax.Clause(parser.parseProcessClause(), parser.range(from: start))
    }
    return .process(ProcessSyntax(name: name, subject: subject, clauses: clauses))
  }

  private func isClauseWord(_ words: [Keyword]) -> Bool {
    guard tokens[index].kind == .name, let keyword = tokens[index].keyword else { return false }
    return words.contains(keyword)
  }

  private mutating func parseClauses<Clause>(_ words: [Keyword], _ read: (inout Parser, Int) -> Clause) -> [Clause] {
    let header = frame
    if !recovering, kind != .end, !tokens[index].startsLine {
      fail(SyntaxDiagnostics.clausesBelow(at: here))
    }
    if recovering {
      while tokens[index].kind != .end, !tokens[index].startsLine { advance() }
      recovering = false
    }
    var clauses: [Clause] = []
    var column: Int32?
    while true {
      let token = tokens[index]
      guard token.kind != .end, token.startsLine, token.indent > header.base, token.kind != .closeBrace else { break }
      let start = index
      let isFirst = column == nil
      let indent = column ?? token.indent
      column = indent
      if token.indent != indent, !isFirst { report(SyntaxDiagnostics.clauseColumn(at: source.range(of: token))) }
      frame = Frame(base: token.indent, first: start)
      continuing = false
      mark(.clause)
      clauses.append(read(&self, start))
      if !recovering, kind != .end, !(tokens[index].startsLine && isClauseWord(words)) { unexpected() }
      if recovering {
        if index == start { advance() }
        skipClause(base: max(token.indent, indent))
        recovering = false
      }
    }
    frame = header
    continuing = false
    if column == nil {
      fail(SyntaxDiagnostics.clausesMissing(at: here))
    } else if isAtInputEnd, !source.endsWithEmptyLine, diagnostics.isEmpty {
      // The prompt reads on until an empty line.
      isIncomplete = true
    }
    return clauses
  }

  private mutating func skipClause(base: Int32) {
    continuing = false
    while tokens[index].kind != .end {
      let token = tokens[index]
      if token.startsLine, token.indent <= base, token.kind != .pipe, token.kind != .close, token.kind != .closeList {
        break
      }
      advance()
    }
  }

  // MARK: - Clauses of a KPI

  private mutating func parseKPIClause() -> KPISyntax.Clause.Node {
    if current.isText {
      mark(.bareClause)
      return parseText().map { .documentation($0) } ?? .invalid
    }
    let word = kind == .name ? tokens[index].keyword : nil
    guard let word, Self.kpiWords.contains(word) else {
      fail(SyntaxDiagnostics.unknownClause(found, known: Self.kpiWords, at: here))
      return .invalid
    }
    advance()
    let node: KPISyntax.Clause.Node
    switch word {
    case .for: node = .subject(parseQuery(mayContinue: false))
    case .dated: node = .dated(parseExpression())
    case .measure: node = .measure(parseExpression())
    case .target: node = parseBound().map { .target($0) } ?? .invalid
    case .warn: node = parseBound().map { .warn($0) } ?? .invalid
    case .needs:
      let count = expectNumber()
      expectWord(.cases)
      continuing = false
      node = count.map { .needs($0) } ?? .invalid
    case .stages: node = .stages(parseExpressions())
    case .owner: node = parseText().map { .owner($0) } ?? .invalid
    default: node = parseText().map { .decide($0) } ?? .invalid
    }
    return recovering ? .invalid : node
  }

  /// `at least`, `at most`, `below`, `above`, `between … and …`
  private mutating func parseBound() -> BoundSyntax? {
    switch word {
    case .at where isWord(.least, 1) || isWord(.most, 1):
      let isLeast = isWord(.least, 1)
      advance()
      advance()
      return isLeast ? .atLeast(parseSum()) : .atMost(parseSum())
    case .below:
      advance()
      return .below(parseSum())
    case .above:
      advance()
      return .above(parseSum())
    case .between:
      advance()
      let low = parseSum()
      expectWord(.and)
      return .between(low, parseSum())
    default:
      fail(
        SyntaxDiagnostics.expectedOneOf(
          ["at least", "at most", "below", "above", "between"], found: found, at: here))
      return nil
    }
  }

  // MARK: - Clauses of a process

  private mutating func parseProcessClause() -> ProcessSyntax.Clause.Node {
    let word = kind == .name ? tokens[index].keyword : nil
    guard let word, Self.processWords.contains(word) else {
      fail(SyntaxDiagnostics.unknownClause(found, known: Self.processWords, at: here))
      return .invalid
    }
    advance()
    let node: ProcessSyntax.Clause.Node
    switch word {
    case .goal: node = parseText().map { .goal($0) } ?? .invalid
    case .collect: node = .collect(parseExpressions())
    case .review:
      expectWord(.every)
      if kind != .number || !peek(1).isName {
        fail(SyntaxDiagnostics.expected("a duration such as `3 months`", found: found, at: here))
      }
      node = .review(every: parsePrimary())
    default:
      let condition = parseExpression()
      if !recovering, !take(.colon) {
        fail(SyntaxDiagnostics.expected("`:` and what to do", found: found, at: here))
      }
      node = parseText().map { .watch(condition, $0) } ?? .invalid
    }
    return recovering ? .invalid : node
  }
}
