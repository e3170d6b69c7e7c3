import PeyvandBase
import PeyvandData

/// A time report as a table for people: the phases in a sentence, then the nodes of the tree, each with what stands
/// below it indented.
package enum TimeReportText {
  /// - Parameter width: of the terminal; nil cuts no text.
  package static func text(_ report: TimeReport, width: Int?) -> String {
    let all = report.phases.reduce(0) { $0 + $1.milliseconds }
    var text = "time: \(number(all)) ms ("
    text += report.phases.map { "\($0.name) \(number($0.milliseconds))" }.joined(separator: ", ") + ")\n"
    guard !report.lines.isEmpty else { return text }
    text += "by node, in milliseconds of \(report.threads) thread\(report.threads == 1 ? "" : "s") together\n"
    func column(_ header: String, _ cell: (TimeReport.Line) -> String) -> TerminalTable.Column {
      TerminalTable.Column(header: header, cells: report.lines.map(cell), isRight: true)
    }
    let table = TerminalTable(
      columns: [
        column("ms") { number($0.milliseconds) }, column("own") { number($0.own) },
        column("visits") { "\($0.visits)" }, column("rows") { "\($0.rows)" },
        column("bytes") { $0.bytes == 0 ? "" : size($0.bytes) },
        TerminalTable.Column(
          header: "node",
          cells: report.lines.map { line in
            String(repeating: "  ", count: min(line.depth, 30)) + line.label
              + (line.text.isEmpty ? "" : "  `\(line.text)`")
          }, isRight: false),
      ], rowCount: report.lines.count)
    return text + table.text(width: width, rows: report.lines.count)
  }

  private static func number(_ milliseconds: Double) -> String {
    NumberText.fixed(milliseconds, digits: milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)
  }

  private static func size(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    return megabytes < 0.1 ? "\(bytes)" : NumberText.fixed(megabytes, digits: 1) + " MB"
  }
}
