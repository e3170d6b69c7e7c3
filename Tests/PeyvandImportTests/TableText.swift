import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandImport

/// A table of a text, as if it had been read from a file.
func table(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> CSVTable {
  try CSVTable.open(FileBytes(text), named: "t.csv", options: options)
}

func table(bytes: [UInt8], _ options: ImportOptions = ImportOptions()) throws -> CSVTable {
  try CSVTable.open(FileBytes(bytes), named: "t.csv", options: options)
}

/// The codes of what an opening or a reading refuses; empty where it refuses nothing.
func refusal(_ body: () throws -> Void) -> [String] {
  do {
    try body()
    return []
  } catch let said as Diagnostics {
    return said.all.map(\.code)
  } catch {
    return ["\(error)"]
  }
}

extension CSVTable {
  /// Every row as texts; missing as nil.
  func texts() throws -> [[String?]] {
    let columns = try columns(
      columnNames.indices.map { ColumnRequest(column: $0, reading: .field(.text)) }, interruption: nil)
    return (0..<rowCount).map { row in columns.map { $0.values.shown(row) } }
  }
}

extension Column {
  /// The value of a row as a person would write it; nil where it is missing.
  func shown(_ row: Int) -> String? {
    if let present, present[row] == 0 { return nil }
    switch storage {
    case .number(let values): return NumberText.shortest(values[row])
    case .text(let codes, let dictionary): return dictionary[codes[row]]
    case .yesno(let values): return values[row] == Truth.yes ? "yes" : "no"
    case .date(let values): return InstantText.day(Int(values[row]))
    case .time(let values): return InstantText.instant(values[row], in: .utc)
    case .duration(let values): return NumberText.shortest(values[row]) + "s"
    case .reference(let rows, _): return rows[row] < 0 ? nil : "#\(rows[row])"
    case .list(let offsets, let elements):
      return (Int(offsets[row])..<Int(offsets[row + 1])).map { elements.shown($0) ?? "?" }.joined(separator: "+")
    }
  }

  func all() -> [String?] { (0..<count).map(shown) }
}
