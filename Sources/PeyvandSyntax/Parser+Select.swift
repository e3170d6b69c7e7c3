import PeyvandBase

/// A whole SELECT, taken apart clause by clause so that the same question can be shown in this language.
extension Parser {
  /// `SELECT … FROM …` to the end of the statement; the word itself is next.
  mutating func parseSelect() {
    let start = index
    var end = index + 1
    var marks: [(word: String, place: Int)] = []
    var open = 0
    while end < tokens.count, !ends(before: end), tokens[end].kind != .semicolon {
      if tokens[end].kind == .open, !tokens[end].spaceBefore { mark(.call, at: end) }
      if tokens[end].opens { open += 1 }
      if tokens[end].closes { open -= 1 }
      if open == 0, marks.count < 16, let word = lowercased(end), ForeignWords.clauses.contains(word),
        !marks.contains(where: { $0.word == word })
      {
        marks.append((word, end))
      }
      end += 1
    }
    func clause(_ word: String, words: Int) -> Range<Int>? {
      guard let found = marks.firstIndex(where: { $0.word == word }) else { return nil }
      let first = marks[found].place + words
      let last = found + 1 < marks.count ? marks[found + 1].place : end
      return first < last ? first..<last : nil
    }
    var first = start + 1
    let columnsEnd = max(first, marks.first?.place ?? end)
    var rows: String?
    let isDistinct = first < columnsEnd && lowercased(first) == ForeignWords.distinct
    if isDistinct { first += 1 }
    if first + 1 < columnsEnd, lowercased(first) == ForeignWords.top, tokens[first + 1].kind == .number {
      rows = source.text(of: tokens[first + 1])
      first += 2
    }
    let columns = items(from: first, to: columnsEnd)
    var parts = [
      clause(ForeignWords.from, words: 1).map { flatText(from: $0.lowerBound, to: $0.lowerBound + 1) } ?? "…"
    ]
    if let condition = clause(ForeignWords.where, words: 1) {
      parts.append("\(Keyword.where.rawValue) " + flatText(from: condition.lowerBound, to: condition.upperBound))
    }
    if let keys = clause(ForeignWords.group, words: 2) {
      let keys = items(from: keys.lowerBound, to: keys.upperBound)
      let measures = columns.filter { !keys.contains($0) }
      parts.append(
        (measures.isEmpty ? ForeignWords.count : measures.joined(separator: ", ")) + " \(Keyword.by.rawValue) "
          + keys.joined(separator: ", "))
    } else if columns != ["*"] {
      let isMeasured = lowercased(first).map { ForeignWords.functionsOfGroups.contains($0) } ?? false
      let list = columns.isEmpty ? "…" : columns.joined(separator: ", ")
      parts.append(isMeasured && peekIsCall(first) ? list : "\(Keyword.select.rawValue) \(list)")
    }
    if let condition = clause(ForeignWords.having, words: 1) {
      parts.append("\(Keyword.where.rawValue) " + translated(from: condition.lowerBound, to: condition.upperBound))
    }
    if isDistinct { parts.append(Keyword.distinct.rawValue) }
    if let keys = clause(ForeignWords.order, words: 2) {
      parts.append(
        "\(Keyword.spelled(.sort, .by)) " + items(from: keys.lowerBound, to: keys.upperBound).joined(separator: ", "))
    }
    if let limit = clause(ForeignWords.limit, words: 1) { rows = source.text(of: tokens[limit.lowerBound]) }
    if let rows { parts.append("\(Keyword.take.rawValue) \(rows)") }
    while index < end { advance() }
    report(SyntaxDiagnostics.selectFrom(parts.joined(separator: " | "), at: range(from: start)))
  }

  private func peekIsCall(_ place: Int) -> Bool {
    place + 1 < tokens.count && tokens[place + 1].kind == .open
  }

  /// The pieces between commas that stand in no brackets, each in this language's words.
  private func items(from start: Int, to end: Int) -> [String] {
    var all: [String] = []
    var first = start
    var open = 0
    for place in start..<max(start, end) {
      if tokens[place].opens { open += 1 }
      if tokens[place].closes { open -= 1 }
      guard tokens[place].kind == .comma, open == 0 else { continue }
      // Enough to be shown.
      if all.count == 24 { return all }
      if first < place { all.append(translated(from: first, to: place)) }
      first = place + 1
    }
    if first < end { all.append(translated(from: first, to: end)) }
    return all
  }

  /// `COUNT(*) AS n` → `count as n`, `AVG(x)` → `mean(x)`, `name DESC` → `name desc`.
  private func translated(from start: Int, to end: Int, isInner: Bool = false) -> String {
    guard start < end else { return "" }
    if !isInner, let word = lowercased(end - 1), end - 1 > start {
      if word == ForeignWords.desc {
        return translated(from: start, to: end - 1, isInner: true) + " " + Keyword.desc.rawValue
      }
      if ForeignWords.ascending.contains(word) { return translated(from: start, to: end - 1, isInner: true) }
    }
    if !isInner, end - 2 > start, lowercased(end - 2) == ForeignWords.as {
      return translated(from: start, to: end - 2, isInner: true) + " \(Keyword.as.rawValue) "
        + flatText(from: end - 1, to: end)
    }
    guard peekIsCall(start), start + 1 < end, let word = lowercased(start) else {
      return flatText(from: start, to: end)
    }
    if word == ForeignWords.count, start + 3 < end, tokens[start + 2].kind == .times, tokens[start + 3].kind == .close {
      let rest = start + 4 < end ? " " + flatText(from: start + 4, to: end) : ""
      return word + rest
    }
    return (ForeignWords.functions[word] ?? word) + flatText(from: start + 1, to: end)
  }
}
