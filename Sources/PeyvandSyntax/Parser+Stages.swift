import PeyvandBase

extension Parser {
  /// What stands after `|`. A stage word there is always the stage; only `distinct(` is the function.
  mutating func parseStage() -> Stage {
    let start = index
    let node = parseStageNode()
    let range = range(from: start)
    guard !recovering else { return Stage(.invalid, range) }
    if kind != .end, kind != .pipe, !beginsAsOf, frame.brackets == 0 || !closesBracket(kind) { unexpectedInStage() }
    return Stage(recovering ? .invalid : node, range)
  }

  private func closesBracket(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .close, .closeList, .comma, .textMiddle, .textTail: true
    default: false
    }
  }

  /// Leaves to the caller what may end the query: only a word or a value in the middle of a stage is said here, so
  /// that the stages after it are still read.
  private mutating func unexpectedInStage() {
    switch kind {
    case .semicolon, .openBrace, .closeBrace, .colon, .close, .closeList: return
    default:
      if word == .to || word == .every || word == .breach { return }
      unexpected()
    }
  }

  private mutating func parseStageNode() -> Stage.Node {
    if let habit = parseForeignStage() { return habit }
    let token = current
    guard let stage = token.keyword, token.kind == .name, Keyword.stageWords.contains(stage),
      !(stage == .distinct && peek(1).kind == .open), peek(1).kind != .dot
    else {
      return parseMeasure(isImplied: true)
    }
    advance()
    switch stage {
    case .where: return .filter(parseExpression())
    case .select: return .select(parseColumns())
    case .with: return .with(parseColumns())
    case .measure: return parseMeasure(isImplied: false)
    case .sort: return parseSort()
    case .take: return .take(parseExpression())
    case .skip: return .skip(parseExpression())
    case .distinct: return .distinct
    case .each:
      let set = parseExpression()
      return .each(set, name: !beginsAsOf && takeWord(.as) ? expectName() : nil)
    case .who: return .who
    case .chart: return expectName("the sort of chart").map { .chart($0) } ?? .invalid
    case .funnel: return parseFunnel()
    case .retention: return parseRetention()
    case .flow:
      expectWord(.of)
      let set = parseLogic()
      return .flow(of: set, by: takeWord(.by) ? parseExpression() : nil)
    case .why: return .why(parseWhyTail())
    default: return .invalid
    }
  }

  private mutating func parseMeasure(isImplied: Bool) -> Stage.Node {
    let start = index
    let columns = parseColumns()
    var highest = height
    var keys: [ColumnSyntax] = []
    var across: Expression?
    if !recovering, takeWord(.by) {
      keys = parseColumns()
      highest = max(highest, height)
      if !recovering, takeWord(.across) {
        across = parseExpression()
        highest = max(highest, height)
      }
    }
    height = highest
    if isImplied, columns.count == 1, case .name(let name)? = columns.first?.expression.node, !name.isQuoted,
      name.text.lowercased() == ForeignWords.group, !keys.isEmpty, !recovering
    {
      report(
        SyntaxDiagnostics.groupBy(
          keys.map(\.text).joined(separator: ", "), at: range(from: start)))
      return .invalid
    }
    return .measure(columns, by: keys, across: across, isImplied: isImplied)
  }

  private mutating func parseSort() -> Stage.Node {
    let word = index - 1
    if !takeWord(.by) {
      let start = index
      if kind == .end || kind == .pipe {
        fail(SyntaxDiagnostics.expected("`by`", found: found, at: here))
        return .invalid
      }
      let keys = parseSortKeys()
      report(SyntaxDiagnostics.sortBy(shortText(from: start), at: range(from: word)))
      return .sort(keys)
    }
    return .sort(parseSortKeys())
  }

  private mutating func parseSortKeys() -> [SortKey] {
    var keys: [SortKey] = []
    var highest = 0
    repeat {
      let expression = parseExpression()
      highest = max(highest, height)
      var isDescending = false
      if !recovering, isWord(.desc) {
        advance()
        isDescending = true
      }
      keys.append(SortKey(expression, descending: isDescending))
    } while takeComma()
    height = highest
    return keys
  }

  private mutating func parseFunnel() -> Stage.Node {
    var steps: [FunnelStep] = []
    var highest = 0
    repeat {
      let outer = stops
      stops.insert(.within)
      var set = parseRelation()
      let start = index
      if !recovering, !beginsAsOf, takeWord(.as), let name = expectName() {
        set = node(.named(set, name), from: start, over: height)
      }
      stops = outer
      highest = max(highest, height)
      var window: WindowSyntax?
      if !recovering, isWord(.within) {
        window = parseWindow()
        highest = max(highest, height)
      }
      steps.append(FunnelStep(step: set, window: window))
    } while takeComma()
    var isBest = false
    if !recovering, isWord(.counting), peek(1).keyword == .best {
      isBest = true
      advanceInfix()
      advance()
    }
    var keys: [Expression] = []
    if !recovering, takeWord(.by) {
      keys = parseExpressions()
      highest = max(highest, height)
    }
    height = highest
    return .funnel(steps, isBest: isBest, by: keys)
  }

  private mutating func parseRetention() -> Stage.Node {
    expectWord(.of)
    let set = parseLogic()
    var highest = height
    expectWord(.from)
    let cohort = parseLogic()
    highest = max(highest, height)
    expectWord(.by)
    guard let unit = expectName("a period") else { return .invalid }
    var isOrLater = false
    if isWord(.or), peek(1).keyword == .later {
      isOrLater = true
      advanceInfix()
      advance()
    }
    var periods: Expression?
    if takeWord(.for) {
      periods = parseSum()
      highest = max(highest, height)
    }
    height = highest
    return .retention(of: set, from: cohort, by: unit, isOrLater: isOrLater, periods: periods)
  }

  /// `expr ["from" sum "to" sum] ["among" exprs] ["by" exprs]`
  mutating func parseWhyTail() -> WhySyntax {
    var why = WhySyntax(subject: parseExpression())
    var highest = height
    if !recovering, takeWord(.from) {
      why.from = parseSum()
      highest = max(highest, height)
      expectWord(.to)
      if !recovering { why.to = parseSum() }
      highest = max(highest, height)
    }
    // Whoever thinks of the groups first writes them first.
    while !recovering {
      if why.among.isEmpty, takeWord(.among) {
        why.among = parseExpressions()
      } else if why.by.isEmpty, takeWord(.by) {
        why.by = parseExpressions()
      } else {
        break
      }
      highest = max(highest, height)
    }
    height = highest
    return why
  }
}
