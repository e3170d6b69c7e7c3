import PeyvandBase

/// Texts in columns, for people: a header, a rule, and rows whose cells line up by what a terminal draws.
///
/// Widths are counted in terminal columns, so Persian, its joiners and wide characters keep their columns. On a
/// terminal the widest columns of text give way first, down to a readable rest; in a pipe nothing is cut.
struct TerminalTable {
  struct Column {
    var header: String
    var cells: [String]
    var isRight: Bool
  }
  var columns: [Column]
  var rowCount: Int

  private static let gap = "  "
  /// A cut column keeps at least this much.
  private static let leastWidth = 8

  /// - Parameters:
  ///   - width: of the terminal; nil prints everything whole.
  ///   - rows: how many rows at most.
  func text(width: Int?, rows: Int) -> String {
    let shown = min(rowCount, rows)
    var widths = columns.map { column in
      column.cells.prefix(shown).reduce(displayWidth(column.header)) { max($0, displayWidth($1)) }
    }
    if let width { fit(&widths, into: width) }
    var result = ""
    write(&result, columns.map(\.header), widths)
    write(&result, widths.map { String(repeating: "─", count: max($0, 0)) }, widths)
    for row in 0..<shown {
      write(&result, columns.map { $0.cells.indices.contains(row) ? $0.cells[row] : "" }, widths)
    }
    return result
  }

  private func fit(_ widths: inout [Int], into total: Int) {
    func over() -> Int { widths.reduce(0, +) + Self.gap.count * max(widths.count - 1, 0) - total }
    while over() > 0 {
      // The widest text column, and the rightmost of equal ones, gives way to the next widest.
      let candidates = widths.indices.filter { !columns[$0].isRight && widths[$0] > Self.leastWidth }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] || (widths[$0] == widths[$1] && $0 < $1) })
      else { return }
      let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.leastWidth
      let step = max(widths[widest] - next, 1)
      widths[widest] = max(widths[widest] - min(step, over()), Self.leastWidth)
    }
  }

  private func write(_ result: inout String, _ cells: [String], _ widths: [Int]) {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += Self.gap }
      let text = displayWidth(cell) > widths[index] ? Self.cut(cell, to: widths[index]) : cell
      let blanks = String(repeating: " ", count: max(widths[index] - displayWidth(text), 0))
      line += columns[index].isRight ? blanks + text : text + blanks
    }
    while line.last == " " { line.removeLast() }
    result += line + "\n"
  }

  /// The beginning of a text in so many columns, with `…` at the end where it was cut.
  static func cut(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = displayWidth(String(character))
      guard used + next <= width - 1 else { break }
      used += next
      result.append(character)
    }
    return result + "…"
  }
}
