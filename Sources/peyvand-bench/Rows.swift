import PeyvandBase
import PeyvandData

/// Answers in the benchmark's own shape of rows (scripts/benchmark/QUERIES.md).
enum Rows {
  static func json(_ question: String, _ answers: [Answer]) throws -> String {
    let tables = answers.compactMap { answer -> Table? in
      switch answer.body {
      case .table(let table): return table
      case .value(let value, let type, let name):
        return Table(columns: [.init(name: name, type: type, values: [value])], rowCount: 1)
      default: return nil
      }
    }
    var rows: [[String]] = []
    if question == "q9", tables.count == 2 {
      // (-1: with a contact, mean, median), (-2: without), then a row a bin.
      let summary = cells(tables[0], 0)
      guard summary.count == 4, let n = Int(summary[0]), let churned = Int(summary[3]) else {
        throw Engine.Failure(description: "q9's summary has another shape")
      }
      rows = [["-1", summary[0], summary[1], summary[2]], ["-2", "\(churned - n)", "null", "null"]]
      for row in 0..<tables[1].rowCount {
        let bin = cells(tables[1], row)
        rows.append([bin[0], bin[1], "null", "null"])
      }
    } else if question == "q14", let table = tables.last {
      rows = try triangle(table)
    } else if let table = tables.last {
      rows = (0..<table.rowCount).map { cells(table, $0) }
    }
    return "[" + rows.map { "[" + $0.joined(separator: ",") + "]" }.joined(separator: ",") + "]"
  }

  /// A cohort triangle as rows (cohort, months later, how many): parts of the cohort's size are whole numbers again,
  /// and the row of all cohorts together is not asked for.
  private static func triangle(_ table: Table) throws -> [[String]] {
    guard table.columns.count > 2 else { throw Engine.Failure(description: "q14's triangle has another shape") }
    var rows: [[String]] = []
    for row in 0..<table.rowCount {
      guard case .period = table.columns[0].values[row], case .number(let size) = table.columns[1].values[row] else {
        continue
      }
      for (later, column) in table.columns.dropFirst(2).enumerated() {
        guard case .number(let part) = column.values[row], part > 0 else { continue }
        rows.append([cell(table.columns[0].values[row]), "\(later)", NumberText.shortest((part * size).rounded())])
      }
    }
    return rows
  }

  private static func cells(_ table: Table, _ row: Int) -> [String] {
    table.columns.map { column in column.values.indices.contains(row) ? cell(column.values[row]) : "null" }
  }

  private static func cell(_ value: Value) -> String {
    switch value {
    case .number(let number): return NumberText.shortest(number)
    case .text(let text): return quoted(text)
    case .yesno(let flag): return flag ? "1" : "0"
    // yyyymm
    case .period(let period) where period.unit == .month:
      return "\((period.index / 12) * 100 + period.index % 12 + 1)"
    case .duration(let duration): return NumberText.shortest(duration.days * 86_400 + duration.seconds)
    case .record(let record): return record.key
    default: return "null"
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<" ": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
