import PeyvandBase

/// Habits of other languages inside a question: what is plainly meant is said in this language's words.
///
/// Everything here is asked only where the grammar has no way on, so no right program is read otherwise for it.
extension Parser {
  // MARK: - Where nothing fits

  /// Says what a word or sign of another language means; false where the next token is none that is known.
  mutating func failForeign() -> Bool {
    guard index > frame.first else { return false }
    let token = tokens[index]
    let last = tokens[index - 1]
    let place = source.range(of: token)
    if let comment = dashes {
      fail(SyntaxDiagnostics.foreignSign("--", meant: "#", at: comment))
      return true
    }
    if index == frame.first + 1, token.kind == .name, let word = lowercased(index - 1),
      let note = ForeignWords.statements[word]
    {
      return failForeign(token, [note])
    }
    if token.keyword == .as, peek(1).isName, isFilter(peek(2)), isBeforeThen {
      fail(SyntaxDiagnostics.nameBeforeFilter(source.text(of: tokens[index + 1]), at: place.union(here(2))))
      return true
    }
    switch token.kind {
    case .openList where !token.spaceBefore && (last.isName || last.kind == .close):
      let value = last.isName ? source.text(of: last) : "…"
      if tokens[min(index + 1, tokens.count - 1)].isText {
        return failForeign(token, ["what belongs to a record is reached by a point: `\(value).name`"])
      }
      return failForeign(
        token, ["one of a set is reached by a word: `first(\(value))`, `last(\(value))`, or the stage `| take 1`"])
    case .open where last.isName && index >= 2 && tokens[index - 2].kind == .dot:
      return failForeign(
        token,
        [
          ForeignWords.methods[source.text(of: last).lowercased()]
            ?? "a function stands before what it is of: `sum(amount)`, and stages follow `|`"
        ])
    case .name: return failForeignWord(token, after: last, at: place)
    case .number, .text:
      guard let word = lowercased(index - 1), ForeignWords.groupings.contains(word) else { return false }
      return failForeignWord(token, after: last, at: place)
    default: return false
    }
  }

  private mutating func failForeign(_ token: Token, _ notes: [String]) -> Bool {
    fail(SyntaxDiagnostics.unexpected(describe(token), after: nil, at: source.range(of: token), notes: notes))
    return true
  }

  private func here(_ ahead: Int) -> SourceRange { source.range(of: peek(ahead)) }

  private func isFilter(_ token: Token) -> Bool { token.keyword.map { Keyword.filters.contains($0) } ?? false }

  /// Whether a `then` follows in the same brackets, not far off.
  private var isBeforeThen: Bool {
    var open = 0
    for place in index..<min(index + 64, tokens.count) {
      let token = tokens[place]
      if token.opens { open += 1 }
      if token.closes { open -= 1 }
      if open < 0 || token.kind == .end || token.kind == .pipe { return false }
      if open == 0, token.keyword == .then { return true }
    }
    return false
  }

  private static let unionNote = "one set of both is `customer or product`; what is in both is a condition"

  private mutating func failForeignWord(_ token: Token, after last: Token, at place: SourceRange) -> Bool {
    if let before = lowercased(index - 1), ForeignWords.groupings.contains(before) {
      fail(SyntaxDiagnostics.groupWords(nil, restText(from: index), at: source.range(of: last)))
      return true
    }
    if let before = lowercased(index - 1), before == ForeignWords.join {
      fail(SyntaxDiagnostics.join(at: source.range(of: last)))
      return true
    }
    if let before = lowercased(index - 1), ForeignWords.unions.contains(before) {
      return failForeign(token, [Self.unionNote])
    }
    guard let word = lowercased(index) else { return false }
    let isBy = lowercased(min(index + 1, tokens.count - 1)) == ForeignWords.by
    switch word {
    case ForeignWords.group where isBy:
      let column = last.kind == .name && lowercased(index - 1) == ForeignWords.count ? source.text(of: last) : nil
      fail(SyntaxDiagnostics.groupWords(column, restText(from: index + 2), at: place))
    case ForeignWords.order where isBy:
      fail(
        SyntaxDiagnostics.foreignStage(
          ForeignWords.orderBy, instead: "| \(Keyword.spelled(.sort, .by)) \(restText(from: index + 2))", at: place))
    case _ where ForeignWords.joins.contains(word) && isJoin: fail(SyntaxDiagnostics.join(at: place))
    case _ where ForeignWords.unions.contains(word):
      return failForeign(token, [Self.unionNote])
    case _ where ForeignWords.ascending.contains(word):
      return failForeign(token, ["the smallest stands first anyway; `desc` after a key turns it round"])
    case ForeignWords.descending: return failForeign(token, ["the largest first is `desc`: `sort by name desc`"])
    case ForeignWords.when: return failForeign(token, ["a choice is `if(CONDITION, A, B)`"])
    case ForeignWords.distinct, ForeignWords.unique:
      guard lowercased(index - 1) == ForeignWords.count else { return false }
      return failForeign(token, ["what differs is counted so: `count(distinct(\(restText(from: index + 1))))`"])
    default:
      if let before = lowercased(index - 1), before == ForeignWords.distinct || before == ForeignWords.unique {
        return failForeign(
          token, ["`distinct(\(restText(from: index)))` are the values that differ; the stage is `| distinct`"])
      }
      if let before = lowercased(index - 1), before == ForeignWords.when {
        return failForeign(token, ["a choice is `if(CONDITION, A, B)`"])
      }
      guard let meant = ForeignWords.stages[word], startsValue(1) else { return false }
      fail(SyntaxDiagnostics.foreignStage(word, instead: "| \(meant.asStage) \(restText(from: index + 1))", at: place))
    }
    return true
  }

  /// `join`, `left join`, `left outer join`
  private var isJoin: Bool {
    (index...index + 2).contains { lowercased($0) == ForeignWords.join }
  }

  /// `-- …`: two signs together, and a blank after them, before here on the line.
  private var dashes: SourceRange? {
    var place = index
    var left = 24
    while place > frame.first, left > 0, !tokens[place].startsLine {
      place -= 1
      left -= 1
      if tokens[place].kind == .minus, tokens[place + 1].kind == .minus, !tokens[place + 1].spaceBefore,
        place + 2 < tokens.count, tokens[place + 2].spaceBefore
      {
        return source.range(of: tokens[place]).union(source.range(of: tokens[place + 1]))
      }
    }
    return nil
  }

  /// The text from a token to the end of its stage or bracket, short enough to be shown.
  private func restText(from start: Int) -> String {
    var end = start
    var open = 0
    while end < tokens.count, end < start + 16, !ends(before: end) {
      let token = tokens[end]
      if open == 0, token.closes || token.kind == .pipe || token.kind == .semicolon { break }
      if open == 0, end > start, let word = lowercased(end), ForeignWords.clauses.contains(word) { break }
      if token.opens { open += 1 }
      if token.closes { open -= 1 }
      end += 1
    }
    return end > start ? flatText(from: start, to: end) : "…"
  }

  /// What may be added where a value is missing.
  var foreignValueNotes: [String] {
    if index == frame.first, tokens[index].kind == .equal { return ["no sign stands before a question"] }
    guard index > 0, index > frame.first else { return [] }
    let last = tokens[index - 1]
    switch (last.kind, tokens[index].kind) {
    case (.open, .times) where index >= 2 && lowercased(index - 2) == ForeignWords.count:
      return ["rows are counted by `count` alone: `customer | count`"]
    case (.plus, .plus), (.plus, .equal), (.minus, .equal), (.times, .equal), (.divide, .equal):
      return ["a name keeps its value: give the new value a name of its own, `let more as x + 1`"]
    case (.times, .times): return ["a power is a product: `x * x`"]
    default: return []
    }
  }

  /// `;` between arguments, where the bracket closes on the same line: said, and read as a comma.
  mutating func takeForeignComma() -> Bool {
    guard kind == .semicolon, !recovering else { return false }
    var open = 0
    var place = index + 1
    while place < tokens.count, place < index + 64, !tokens[place].startsLine {
      let token = tokens[place]
      if token.kind == .close, open == 0 {
        report(SyntaxDiagnostics.foreignSign(";", meant: ",", at: source.range(of: tokens[index])))
        advanceInfix()
        return true
      }
      if token.opens { open += 1 }
      if token.closes { open -= 1 }
      if open < 0 || token.kind == .end { return false }
      place += 1
    }
    return false
  }

  // MARK: - Comparisons

  /// `like "%x%"`, `IS NULL`: said, and read as what was meant.
  mutating func parseForeignComparison(of left: Expression, from start: Int, over highest: Int) -> Expression? {
    guard kind == .name, !recovering, var word = lowercased(index) else { return nil }
    if word == ForeignWords.is, tokens[index].keyword == nil {
      return parseIsNull(of: left, from: start, over: highest)
    }
    let isNegated = tokens[index].keyword == .not
    if isNegated {
      guard let next = lowercased(index + 1), peek(1).kind == .name else { return nil }
      word = next
    }
    let first = index
    let sign = index + (isNegated ? 1 : 0)
    guard ForeignWords.like.contains(word), sign + 1 < tokens.count, tokens[sign + 1].isText,
      peek(sign + 1 - index).kind != .end
    else { return nil }
    while index < sign { advance() }
    advanceInfix()
    let pattern = parseAlternative()
    var text: String? = ""
    if case .text(let literal) = pattern.node {
      for part in literal.parts {
        if case .literal(let piece) = part { text?.append(piece) } else { text = nil }
      }
    }
    // What would have to be escaped is not shown, and neither is what is long.
    if let shown = text, shown.utf8.count > 60 || shown.contains(where: { "\"\\{}\n".contains($0) }) { text = nil }
    let (meant, inner) = Self.meaning(of: text ?? "%…%")
    let written = flatText(from: start, to: first)
    let spelled = meant.map { "\($0) \"\(inner)\"" } ?? "= \"\(inner)\""
    report(
      SyntaxDiagnostics.like(
        source.text(of: tokens[sign]), isNegated ? "not \(written) \(spelled)" : spelled, at: range(from: first),
        fix: text == nil ? nil : range(from: isNegated ? start : first)))
    return node(.invalid, from: start, over: max(highest, height))
  }

  private static func meaning(of pattern: String) -> (sign: String?, text: String) {
    let pieces = pattern.split(separator: "%", omittingEmptySubsequences: true)
    let inner = String(pieces.first ?? "")
    if pieces.count != 1 || inner.contains("_") {
      let middle = pattern.map { $0 == "%" ? ".*" : $0 == "_" ? "." : String($0) }.joined()
      return (Keyword.matches.rawValue, "^\(middle)$")
    }
    switch (pattern.hasPrefix("%"), pattern.hasSuffix("%")) {
    case (true, true): return (Keyword.contains.rawValue, inner)
    case (false, true): return (Keyword.spelled(.starts, .with), inner)
    case (true, false): return (Keyword.spelled(.ends, .with), inner)
    case (false, false): return (nil, pattern)
    }
  }

  private mutating func parseIsNull(of left: Expression, from start: Int, over highest: Int) -> Expression? {
    let isNegated = upperCaseWord(tokens[min(index + 1, tokens.count - 1)]) == .not
    let place = index + (isNegated ? 2 : 1)
    guard let word = lowercased(place), ForeignWords.null.contains(word) else { return nil }
    while index <= place { advance() }
    report(SyntaxDiagnostics.equalsNull(text(left.range), isNegated: isNegated, at: range(from: start)))
    return node(.isTest(left, .missing, isNegated: isNegated), from: start, over: highest)
  }
}
