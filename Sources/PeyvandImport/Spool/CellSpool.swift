import PeyvandBase
import PeyvandFiles

/// Cells that come from no text, written down in one dialect of our own, so that every builder of columns reads them.
///
/// A cell of a sheet, a database or a JSON value is written as text between unit separators (U+001F), a record ends
/// with a record separator (U+001E), and only a cell that holds one of these two or begins with a quote is put in
/// quotes: cells may hold lines, and splitting is as fast as that of a plain file. Small, it is kept in memory, else in
/// a file without a name (`SpoolFile`). A record need not say the cells at its end that are missing.
struct CellSpool: ~Copyable {
  private var file: SpoolFile
  private var record: [UInt8] = []
  private var cells = 0
  private var hasContent = false
  private var pending: [UInt8] = []
  /// Records written.
  private(set) var count = 0
  /// The lines, as the splitter counts them, that belong to no record of their own: a cell held U+001E.
  private var shifts: [Int] = []
  private static let chunk = 1 << 16

  init(for name: String, limit: Int) { file = SpoolFile(for: name, limit: limit) }

  /// Cells in the record that is open.
  var width: Int { cells }

  mutating func missing() { separate() }

  mutating func cell(_ text: String) {
    var text = text
    text.withUTF8 { cell($0) }
  }

  /// One cell; a NUL becomes a byte that is no letter, so that its row is rejected by name.
  mutating func cell(_ bytes: UnsafeBufferPointer<UInt8>) {
    separate()
    guard let first = bytes.first, let last = bytes.last else { return }
    var isQuoted = first == CSVDialect.quote || last == 0x0D
    var hasNUL = false
    for byte in bytes where byte < 0x20 {
      if byte == 0x1E || byte == 0x1F { isQuoted = true }
      if byte == 0 { hasNUL = true }
      if byte == 0x1E { shifts.append(count + shifts.count + 1) }
    }
    hasContent = true
    guard isQuoted || hasNUL else {
      record.append(contentsOf: bytes)
      return
    }
    if isQuoted { record.append(CSVDialect.quote) }
    for byte in bytes {
      record.append(byte == 0 ? 0xFF : byte)
      if isQuoted, byte == CSVDialect.quote { record.append(byte) }
    }
    if isQuoted { record.append(CSVDialect.quote) }
  }

  private mutating func separate() {
    if cells > 0 { record.append(0x1F) }
    cells += 1
  }

  /// Ends the record; one without any cell is a record too.
  mutating func endRecord() throws(Diagnostic) {
    if cells <= 1, record.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
      // What is blank would be no record: two quotes are one.
      record = [CSVDialect.quote] + record + [CSVDialect.quote]
    }
    pending.append(contentsOf: record)
    pending.append(0x1E)
    record.removeAll(keepingCapacity: true)
    cells = 0
    hasContent = false
    count += 1
    if pending.count >= Self.chunk {
      try file.write(pending)
      pending.removeAll(keepingCapacity: true)
    }
  }

  /// Leaves the open record out.
  mutating func dropRecord() {
    record.removeAll(keepingCapacity: true)
    cells = 0
    hasContent = false
  }

  /// Whether anything stands in the open record.
  var isRecordEmpty: Bool { !hasContent }

  /// Ends the writing.
  consuming func finish() throws(Diagnostic) -> (bytes: FileBytes, shifts: [Int]) {
    try file.write(pending)
    let shifts = shifts
    return (try file.finish(), shifts)
  }
}
