import PeyvandData

/// A column of numbers drawn with blocks: bars from nought, in eighths of a block, or one line of heights.
///
/// Bars begin at nought, so that lengths compare as the numbers do; a negative number's is drawn with its length and
/// a minus before it. A line's lowest block is the least value and its highest
/// the greatest of those in the table above it.
struct ChartText {
  private let values: [Double?]
  /// In blocks; a long table's line is cut to its last values.
  static let width = 40
  static let lineWidth = 200

  /// Nil where the table is not drawn, or has nothing to draw.
  init?(_ table: Table, rows: Int) {
    guard table.chart != nil, let column = table.chartColumn else { return nil }
    values = Array(table.numbers(ofColumn: column).prefix(max(0, rows)))
    guard values.contains(where: { $0 != nil }) else { return nil }
  }

  /// One a row; nothing for a missing value.
  func bars() -> [String] {
    let most = values.compactMap { $0?.magnitude }.max() ?? 0
    return values.map { value in
      guard let value, most > 0 else { return "" }
      let eighths = Int((value.magnitude / most * Double(Self.width * 8)).rounded())
      let whole = String(repeating: "█", count: eighths / 8)
      let part = eighths % 8 > 0 ? String(Self.parts[eighths % 8 - 1]) : ""
      return (value < 0 ? "−" : "") + whole + part
    }
  }

  /// All values in a line, a dot for a missing one.
  func line() -> String {
    let shown = values.suffix(Self.lineWidth)
    let there = shown.compactMap { $0 }
    guard let least = there.min(), let most = there.max() else { return "" }
    let blocks = shown.map { value -> String in
      guard let value else { return "·" }
      guard most > least else { return String(Self.heights[3]) }
      let place = Int(((value / 2 - least / 2) / (most / 2 - least / 2) * Double(Self.heights.count - 1)).rounded())
      return String(Self.heights[min(max(place, 0), Self.heights.count - 1)])
    }
    return blocks.joined()
  }

  private static let parts: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}
