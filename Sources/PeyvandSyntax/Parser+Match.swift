import PeyvandBase

/// A whole `MATCH … WHERE … RETURN …` of Cypher, taken apart so that the same question can be shown in this language.
///
/// A pattern of one node is a set with a name. Of several the first is the set, and how the others are reached from it is
/// for whoever asks to say: the pattern names edges, and here a record knows what it is tied to.
extension Parser {
  /// A node as written, `(c:customer)`: its name and its label.
  private struct PatternNode {
    var name: String?
    var label: String?
  }

  /// To the end of the statement; the word itself is next.
  mutating func parseMatch() {
    let start = index
    var end = index + 1
    var open = 0
    var marks: [(word: String, place: Int)] = []
    while end < tokens.count, !ends(before: end), tokens[end].kind != .semicolon {
      if tokens[end].opens { open += 1 }
      if tokens[end].closes { open -= 1 }
      if open == 0, marks.count < 8, let word = lowercased(end), ForeignWords.patternClauses.contains(word),
        !marks.contains(where: { $0.word == word })
      {
        marks.append((word, end))
      }
      end += 1
    }
    func clause(_ word: String, words: Int = 1) -> String? {
      guard let found = marks.firstIndex(where: { $0.word == word }) else { return nil }
      let first = marks[found].place + words
      let last = found + 1 < marks.count ? marks[found + 1].place : end
      return first < last ? short(flatText(from: first, to: last)) : nil
    }
    let nodes = patternNodes(from: start + 1, to: marks.first?.place ?? end)
    let first = nodes.first
    var parts = [(first?.label ?? "…") + (first?.name.map { " \(Keyword.as.rawValue) \($0)" } ?? "")]
    for node in nodes.dropFirst() {
      parts.append("\(Keyword.each.rawValue) …" + (node.name.map { " \(Keyword.as.rawValue) \($0)" } ?? ""))
    }
    if let condition = clause(ForeignWords.where) { parts.append("\(Keyword.where.rawValue) \(condition)") }
    if let keys = clause(ForeignWords.order, words: 2) { parts.append("\(Keyword.spelled(.sort, .by)) \(keys)") }
    if let rows = clause(ForeignWords.limit) { parts.append("\(Keyword.take.rawValue) \(rows)") }
    // Last, since after it only columns are in reach; the record itself is what is shown anyway.
    if let columns = clause(ForeignWords.returns), columns != first?.name || nodes.count > 1 {
      parts.append("\(Keyword.select.rawValue) \(columns)")
    }
    if parts.count == 1 { parts.append("…") }
    while index < end { advance() }
    report(SyntaxDiagnostics.matchReturn(parts.joined(separator: " | "), at: range(from: start)))
  }

  /// The nodes of a pattern, as many as can be shown.
  private func patternNodes(from start: Int, to end: Int) -> [PatternNode] {
    var nodes: [PatternNode] = []
    var place = start
    while place < end, nodes.count < 4 {
      if tokens[place].kind == .open {
        var node = PatternNode()
        var next = place + 1
        if next < end, tokens[next].isName {
          node.name = source.text(of: tokens[next])
          next += 1
        }
        if next + 1 < end, tokens[next].kind == .colon, tokens[next + 1].isName {
          node.label = source.text(of: tokens[next + 1]).lowercased()
        }
        nodes.append(node)
      }
      place += 1
    }
    return nodes
  }

  private func short(_ text: String) -> String { text.utf8.count > 120 ? "…" : text }
}
