import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandImport

/// Any bytes as a file of an import: whatever they are taken for, they end in a table or in an error.
enum SourceEntry {
  /// The first byte says what was said of the file.
  static func problems(_ bytes: [UInt8]) -> [String] {
    guard let first = bytes.first else { return [] }
    var options = ImportOptions()
    options.limits.unpackedBytes = 4 << 20
    options.limits.columns = 512
    if first & 1 != 0 { options.table = "t" }
    if first & 2 != 0 { options.short = .fill }
    if first & 4 != 0 { options.sheet = "Sheet1" }
    if first & 8 != 0 { options.skip = 1 }
    switch first >> 5 {
    case 1: options.encoding = .windows1256
    case 2: options.encoding = .utf16LittleEndian
    case 3: options.encoding = .latin1
    default: break
    }
    let file = FileBytes(Array(bytes.dropFirst()))
    guard let table = try? ImportSource.open(file, named: "fuzz", options: options) else { return [] }
    var problems: [String] = []
    let places = Array(table.columnNames.indices)
    if Set(table.columnNames).count != places.count { problems.append("two columns of one name") }
    if !SourceForm.allCases.contains(table.form) { problems.append("no form") }
    let requests = places.map { ColumnRequest(column: $0, reading: .found) }
    if let columns = try? table.columns(requests, interruption: nil) {
      for column in columns where column.values.count != table.rowCount {
        problems.append("a column of \(column.values.count) for \(table.rowCount) rows")
      }
    }
    if let hashes = try? table.rowHashes(interruption: nil), hashes.count != table.rowCount {
      problems.append("\(hashes.count) hashes for \(table.rowCount) rows")
    }
    let rows = Array(0..<min(8, table.rowCount))
    _ = table.places(of: rows.map { (row: $0, column: places.isEmpty ? nil : $0 % places.count) })
    if let texts = try? table.texts(ofRows: rows, interruption: nil), texts.count != rows.count {
      problems.append("\(texts.count) rows of \(rows.count) as they stand")
    }
    for (row, _) in table.rowFaults where !(0..<table.rowCount).contains(row) {
      problems.append("row \(row) of \(table.rowCount) is at fault")
    }
    return problems
  }
}
