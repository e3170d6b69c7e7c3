import PeyvandBase

/// A row that was rejected, and why.
package struct RejectedRow: Hashable, Sendable {
  package var row: Int
  package var column: Int?
  package var code: String
  package var words: String
  /// Whether the words name the value themselves.
  package var isWhole: Bool
}

/// The rejected rows of a file as a file of their own: the columns as they stood, and why each row is there.
///
/// It is written as the file itself was (the same delimiter, a header where there was one), so that, mended, it is
/// imported by the very statement that rejected it; the three columns that are more are passed over. Cells are not
/// guarded against spreadsheets here: that would change them.
package struct RejectsFile {
  /// What stands beside the columns of the file.
  package static let columns = ["reject_reason", "reject_line", "reject_column"]
  private static let chunk = 10_000

  /// Writes the rows out, some thousand at a time.
  /// - Parameter write: takes the next bytes of the file.
  package static func write(
    _ rejected: [RejectedRow], of table: any ImportTable, interruption: Interruption? = nil,
    to write: ([UInt8]) throws(Diagnostics) -> Void
  ) throws(Diagnostics) {
    let csv = table as? CSVTable
    var delimiter = UInt8(ascii: ",")
    switch csv?.dialect.delimiter {
    case .byte(let byte) where byte > 0x1F || byte == 0x09: delimiter = byte
    case .blanks: delimiter = 0x20
    default: break
    }
    let names = table.columnNames.enumerated().filter { !columns.contains($0.element) }
    var bytes: [UInt8] = []
    func appendRow(_ cells: [String]) {
      for (index, cell) in cells.enumerated() {
        if index > 0 { bytes.append(delimiter) }
        append(cell, delimiter, to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    if csv?.hasHeader ?? true { appendRow(names.map(\.element) + columns) }
    var start = 0
    repeat {
      let part = Array(rejected[start..<min(rejected.count, start + chunk)])
      let texts = try table.texts(ofRows: part.map(\.row), interruption: interruption)
      let places = table.places(of: part.map { (row: $0.row, column: $0.column) })
      for (index, row) in part.enumerated() {
        let cells = names.map { texts[index].indices.contains($0.offset) ? texts[index][$0.offset] : "" }
        var reason = row.words
        if !row.isWhole, let column = row.column, texts[index].indices.contains(column), !texts[index][column].isEmpty {
          reason = "\"\(ImportDiagnostics.shown(texts[index][column]))\" \(row.words)"
        }
        let column = row.column.map { table.columnNames[$0] } ?? ""
        appendRow(cells + [reason, places[index].place.name ?? String(places[index].place.line), column])
      }
      try write(bytes)
      bytes.removeAll(keepingCapacity: true)
      start += chunk
    } while start < rejected.count
  }

  private static func append(_ text: String, _ delimiter: UInt8, to bytes: inout [UInt8]) {
    let isBlank = delimiter == 0x20
    let needsQuotes = text.utf8.contains { byte in
      byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D || (isBlank && byte == 0x09)
    }
    let hasOuterBlanks = text.utf8.first == 0x20 || text.utf8.last == 0x20
    guard needsQuotes || hasOuterBlanks || (isBlank && text.isEmpty) else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
