import PeyvandBase
import PeyvandData
import PeyvandFiles

/// The rows of a database's table on their way into a spool, with what was seen of each column.
struct DatabaseRows: ~Copyable {
  /// What a value is, as the database says.
  enum Kind { case missing, text, number, answer, day, instant, elapsed, list, bytes }

  private struct Seen {
    var texts = 0
    var numbers = 0
    var answers = 0
    var days = 0
    var instants = 0
    var elapsed = 0
    var lists = 0
    /// Values of bytes, which are left out.
    var bytes = 0
  }

  private var spool: CellSpool
  private var seen: [Seen]
  let names: [String]
  private(set) var count = 0
  static let listSeparator: UInt8 = 0x1D

  init(_ names: [String], for name: String, limit: Int) {
    self.names = names
    seen = Array(repeating: Seen(), count: names.count)
    spool = CellSpool(for: name, limit: limit)
  }

  /// Adds the value of a column; all columns of a row in their order.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind, column: Int) {
    guard seen.indices.contains(column) else { return }
    switch kind {
    case .missing: break
    case .text: if !bytes.isEmpty { seen[column].texts += 1 }
    case .number: seen[column].numbers += 1
    case .answer: seen[column].answers += 1
    case .day: seen[column].days += 1
    case .instant: seen[column].instants += 1
    case .elapsed: seen[column].elapsed += 1
    case .list: seen[column].lists += 1
    case .bytes: seen[column].bytes += 1
    }
    if kind == .missing || kind == .bytes { spool.missing() } else { spool.cell(bytes) }
  }

  mutating func add(_ text: String, _ kind: Kind, column: Int) {
    var text = text
    text.withUTF8 { add($0, kind, column: column) }
  }

  mutating func endRow() throws(Diagnostic) {
    try spool.endRecord()
    count += 1
  }

  private func nature(_ seen: Seen) -> ColumnNature {
    if seen.lists > 0 { return .list(.text, separator: Self.listSeparator) }
    let times = seen.days + seen.instants
    switch (seen.texts > 0, seen.numbers > 0, seen.answers > 0, times > 0, seen.elapsed > 0) {
    case (true, false, false, false, false): return .texts
    case (false, true, false, false, false): return .typed(.number(.plain))
    case (false, false, true, false, false): return .typed(.yesno)
    case (_, false, false, true, false): return seen.instants > 0 ? .instants : .days
    case (false, false, false, false, true): return .typed(.duration)
    default: return .written
    }
  }

  /// Ends the reading: the table.
  /// - Parameter table: how it is called in places.
  consuming func table(
    of table: String, findings: [String], notable: [String], name: String, options: ImportOptions,
    interruption: Interruption?
  ) throws(Diagnostics) -> any ImportTable {
    var (findings, notable) = (findings, notable)
    for (column, seen) in seen.enumerated() where seen.bytes > 0 && names.indices.contains(column) {
      let finding =
        "`\(ImportDiagnostics.shown(names[column]))` holds bytes that are no text in \(seen.bytes) row\(seen.bytes == 1 ? "" : "s"): they count as missing"
      findings.append(finding)
      notable.append(finding)
    }
    let natures = seen.map { nature($0) }
    let layout = CSVLayout(
      dialect: .spool, names: CSVSniffer.distinct(names), hasHeader: false, body: 0, bodyLine: 1)
    let spooled: (bytes: FileBytes, shifts: [Int])
    do { spooled = try spool.finish() } catch { throw Diagnostics(error) }
    return try SpooledTable(
      spooled, form: .database, layout: layout, natures: { _ in natures },
      places: RowPlaces(table: table, names: layout.names),
      part: table,
      findings: findings, notable: notable, name: name, options: options, interruption: interruption)
  }
}

/// Rows of a table, which have no lines: by their number in the order in which they came.
private struct RowPlaces: CellPlaces {
  let table: String
  let names: [String]

  func places(of cells: [(record: Int, column: Int?)]) -> [ImportPlace] {
    cells.map { cell in
      ImportPlace(line: cell.record + 1, column: (cell.column ?? 0) + 1, name: "\(table), row \(cell.record + 1)")
    }
  }
}
