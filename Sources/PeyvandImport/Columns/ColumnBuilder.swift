import PeyvandBase
import PeyvandData
import PeyvandStore

/// What a column was found to be, for the preview, the report and messages.
package struct ColumnEvidence: Hashable, Sendable {
  /// "date", "number", "text", …
  package var type: String
  /// Cells read as that type, of those that are not missing.
  package var matching: Int
  package var present: Int
  package var missing: Int
  /// What else was found out: "day first", "Jalali", "thousands separated".
  package var remarks: [String]

  package init(type: String, matching: Int, present: Int, missing: Int, remarks: [String] = []) {
    self.type = type
    self.matching = matching
    self.present = present
    self.missing = missing
    self.remarks = remarks
  }

  /// "date: 1,198 of 1,201 (Jalali)".
  package var text: String {
    let counted = "\(type): \(Self.grouped(matching)) of \(Self.grouped(present))"
    return remarks.isEmpty ? counted : counted + " (" + remarks.joined(separator: ", ") + ")"
  }

  package static func grouped(_ number: Int) -> String {
    var result = ""
    let digits = String(number)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}

/// What the reading of one column has to know beside its cells.
struct ColumnContext: Sendable {
  var file: String
  var column: String
  var options: ImportOptions
}

/// A column as it was built, before it is looked at as a whole.
struct BuiltColumn: Sendable {
  var storage: Column.Storage
  /// 1 for every row with a value.
  var present: Mask
  var evidence: ColumnEvidence
  /// Rows whose cells turned out not to be values once the whole column was known.
  var lateFaults: [(row: Int, fault: CellFault)] = []
  /// Why the column cannot be used at all.
  var problem: Diagnostic?
  var warnings: [Diagnostic] = []
  /// Of keys: the texts themselves.
  var keys: RowKeys?
}

/// Makes a column of one type from the bytes of its cells, one after the other.
///
/// Each conformer is a struct with its own loop (`add(_:)` of the extension is specialised for it), so that no cell
/// costs a dynamic call; what is dynamic is one call for some thousand rows.
protocol ColumnBuilder: Sendable {
  /// Whether blanks around a cell belong to it.
  var keepsBlanks: Bool { get }
  /// Takes one cell that is not missing: one value is appended, or a missing one and the fault is told.
  mutating func take(_ cell: Span<UInt8>) -> CellFault?
  mutating func takeMissing()
  /// Takes what another builder, begun as this one was, made of the rows that follow: as if they had been taken here.
  mutating func absorb(_ other: Self)
  /// Whether that can be.
  var absorbs: Bool { get }
  mutating func finish(_ context: ColumnContext) -> BuiltColumn
  /// Reads all cells of a stretch of rows.
  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)])
}

extension ColumnBuilder {
  var absorbs: Bool { true }

  /// The same of a builder that is known to be one of its kind.
  mutating func absorb(_ other: any ColumnBuilder) {
    if let other = other as? Self { absorb(other) }
  }

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addCells(cells, of: bytes, faults: &faults)
  }

  @inline(__always)
  mutating func addCells(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    var scratch: [UInt8] = []
    for row in 0..<cells.rowCount { addCell(row, of: cells, bytes, &scratch, &faults) }
  }

  /// Reads one cell.
  @inline(__always)
  mutating func addCell(
    _ row: Int, of cells: CellBlock, _ bytes: Span<UInt8>, _ scratch: inout [UInt8],
    _ faults: inout [(row: Int, fault: CellFault)]
  ) {
    guard let (start, end, isEscaped) = cells.range(ofRow: row, bytes) else { return takeMissing() }
    let (first, last) = CellBytes.trimmed(bytes, start, end)
    if first == last { return takeMissing() }
    let keepsBlanks = self.keepsBlanks
    let fault: CellFault?
    if isEscaped {
      CSVCell.unescape(bytes, start, end, into: &scratch)
      let inner = scratch.span
      let (first, last) = keepsBlanks ? (0, inner.count) : CellBytes.trimmed(inner, 0, inner.count)
      let cell = inner.extracting(first..<last)
      if cells.isMarkedMissing(cell) { return takeMissing() }
      fault = take(cell)
    } else {
      if cells.hasMarkers, cells.isMarkedMissing(bytes.extracting(first..<last)) { return takeMissing() }
      fault = take(
        keepsBlanks && !cells.dropsBlanks ? bytes.extracting(start..<end) : bytes.extracting(first..<last))
    }
    if let fault { faults.append((row: cells.firstRow + row, fault: fault)) }
  }
}

/// One column's cells of a stretch of rows: where each begins and ends in the bytes of the file.
struct CellBlock {
  /// The places of a row begin at `row * stride`; the first is −1 where the row is none.
  var starts: [Int]
  var stride: Int
  var column: Int
  var rowCount: Int
  var firstRow: Int
  /// Cells that are delimited by blanks have none around them.
  var dropsBlanks: Bool
  /// What stands for a missing value, each without blanks around it.
  var markers: [[UInt8]]

  var hasMarkers: Bool { !markers.isEmpty }

  /// The content of the cell in a row of the stretch, without its quotes; whether quotes inside it are doubled. Nil
  /// where the row is none.
  @inline(__always)
  func range(ofRow row: Int, _ bytes: Span<UInt8>) -> (start: Int, end: Int, isEscaped: Bool)? {
    let at = row &* stride &+ column
    guard starts[row &* stride] >= 0 else { return nil }
    return CSVCell.content(bytes, starts[at], starts[at &+ 1] &- 1, dropsBlanks: dropsBlanks)
  }

  func isMarkedMissing(_ cell: Span<UInt8>) -> Bool {
    for marker in markers where marker.count == cell.count {
      var same = true
      for index in 0..<marker.count where marker[index] != cell[index] {
        same = false
        break
      }
      if same { return true }
    }
    return false
  }
}

/// One cell as it stands in the file.
enum CSVCell {
  /// From the raw bytes of a cell to its content: without the quotes around it. `isEscaped` where doubled quotes stand
  /// in it.
  @inline(__always)
  static func content(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, dropsBlanks: Bool
  ) -> (start: Int, end: Int, isEscaped: Bool) {
    // A cell that a short row does not have lies behind its end.
    let start = min(start, bytes.count)
    var end = min(max(start, end), bytes.count)
    if dropsBlanks {
      while end > start, CellBytes.isBlank(bytes[end &- 1]) { end &-= 1 }
    }
    guard end &- start >= 2, bytes[start] == CSVDialect.quote, bytes[end &- 1] == CSVDialect.quote else {
      return (start, end, false)
    }
    var at = start &+ 1
    while at < end &- 1 {
      if bytes[at] == CSVDialect.quote { return (start &+ 1, end &- 1, true) }
      at &+= 1
    }
    return (start &+ 1, end &- 1, false)
  }

  /// The content with every doubled quote as one.
  static func unescape(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, into scratch: inout [UInt8]) {
    scratch.removeAll(keepingCapacity: true)
    var at = start
    while at < end {
      let byte = bytes[at]
      scratch.append(byte)
      at &+= byte == CSVDialect.quote ? 2 : 1
    }
  }
}
