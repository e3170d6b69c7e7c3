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
    // Measured once: what a terminal draws costs more to find out than to write.
    let cellWidths = columns.map { $0.cells.prefix(shown).map { displayWidth($0) } }
    var widths = zip(columns, cellWidths).map { max(displayWidth($0.header), $1.max() ?? 0) }
    if let width { fit(&widths, into: width) }
    var result: [UInt8] = []
    write(columns.map { ($0.header, displayWidth($0.header)) }, widths, to: &result)
    write(widths.map { (String(repeating: "─", count: max($0, 0)), $0) }, widths, to: &result)
    for row in 0..<shown {
      let cells = columns.indices.map { index in
        columns[index].cells.indices.contains(row) ? (columns[index].cells[row], cellWidths[index][row]) : ("", 0)
      }
      write(cells, widths, to: &result)
    }
    return String(decoding: result, as: UTF8.self)
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

  private func write(_ cells: [(text: String, width: Int)], _ widths: [Int], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(contentsOf: Self.gap.utf8) }
      var (text, width) = cell
      if width > widths[index] {
        text = Self.cut(text, to: widths[index])
        width = displayWidth(text)
      }
      let blanks = repeatElement(UInt8(ascii: " "), count: max(widths[index] - width, 0))
      if columns[index].isRight { bytes.append(contentsOf: blanks) }
      bytes.append(contentsOf: text.utf8)
      if !columns[index].isRight, index < cells.count - 1 { bytes.append(contentsOf: blanks) }
    }
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
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
