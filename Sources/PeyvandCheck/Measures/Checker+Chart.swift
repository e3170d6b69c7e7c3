import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Checker {
  /// `chart bar`, `chart line`: the rows stay as they are, and people are shown them drawn.
  mutating func chart(_ name: Name, _ state: inout Pipeline) -> Bool {
    guard let kind = ChartKind(rawValue: nameKey(name.text)) else {
      let known = ChartKind.allCases.map(\.rawValue)
      let near = nearest(name.text, among: known, limit: 1)
      report(
        CheckDiagnostics.wrongType(
          "`chart`", wanted: known.map { "`\($0)`" }.joined(separator: " or "), found: "`\(name.text)`", at: name.range,
          notes: near.map { "did you mean `\($0)`?" }))
      return false
    }
    // Rows that are still records show their fields, and the columns of a cross table are known when it is made.
    var types = state.columns.map(\.type)
    if let row = state.row {
      types += (catalogue.kind(row.kind)?.fields ?? []).compactMap { catalogue.field($0)?.type.valueType }
    }
    guard state.isCross || types.contains(where: \.isDrawn) else {
      report(
        CheckDiagnostics.wrongType(
          "`chart`", wanted: "a column of numbers or lengths of time", found: "a table without one", at: name.range,
          notes: ["such as `customer | count by region | chart bar`"]))
      return false
    }
    state.chart = kind
    state.isValue = false
    return true
  }
}
