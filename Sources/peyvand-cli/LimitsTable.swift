import PeyvandBase

/// The limits of the language as `--limits` prints them, from the one place where they are set.
enum LimitsTable {
  /// - Parameter limits: as the flags of this command line left them.
  static func text(_ limits: Limits) -> String {
    let raised = Limit.all.map { ($0.words, $0.shown(limits), $0.flag + ($0.unit == .mebibytes ? " MIB" : "")) }
    let fixed = Limit.fixed.map { ($0.words, $0.value, "fixed") }
    let rows = raised + fixed
    let first = rows.map(\.0.count).max() ?? 0
    let second = rows.map(\.1.count).max() ?? 0
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(width - text.count, 0) + 2)
    }
    return rows.map { padded($0.0, first) + padded($0.1, second) + $0.2 + "\n" }.joined()
  }
}
