import PeyvandBase
import PeyvandData
import PeyvandFiles

/// Where the cells of a source without lines stand.
protocol CellPlaces: Sendable {
  /// The places of records, counted from 0 as they were written, or of their cells, columns counted as they were written.
  func places(of cells: [(record: Int, column: Int?)]) -> [ImportPlace]
}

/// A table of cells that were kept in a spool: read like a text, placed like what it came from.
struct SpooledTable: ImportTable {
  let form: SourceForm
  let columnNames: [String]
  let columnIndex: ColumnIndex
  let findings: [String]
  let warnings: [Diagnostic]
  let part: String?
  /// Rows that are none, those of the source and those of the spool.
  let rowFaults: [(row: Int, fault: RowFault)]
  private let inner: CSVTable
  /// For each column its number in the spool.
  private let columns: [Int]
  private let places: any CellPlaces
  private let shifts: [Int]
  /// What stands between the elements of lists, by the number of the column in the spool.
  private let separators: [Int: Character]
  /// Rows that the source says are none, in order.
  private let faulty: [Int]

  var fileName: String { inner.fileName }
  var rowCount: Int { inner.rowCount }
  var options: ImportOptions { inner.options }

  /// - Parameters:
  ///   - layout: how the spool is laid out, when it is known; else it is looked for like that of a text.
  ///   - columns: the columns that are shown; nil: all.
  ///   - faults: records that are no rows, where the layout is known.
  init(
    _ spool: (bytes: FileBytes, shifts: [Int]), form: SourceForm, layout known: CSVLayout?,
    natures natureOfColumns: (CSVLayout) -> [ColumnNature],
    columns shown: ((CSVLayout) -> [Int])? = nil, places: any CellPlaces,
    part: String? = nil, faults: [(row: Int, fault: RowFault)] = [], findings: [String], notable: [String],
    name: String,
    options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) {
    self.form = form
    var options = options
    options.short = .fill
    // Numbers of these sources are numbers already.
    options.decimal = nil
    // Sums and signatures stand in reports, not in databases.
    if known != nil { options.keepsFooter = true }
    let invalid: [Int]
    do { invalid = try CSVSniffer.check(spool.bytes, from: 0, name, limit: .max) } catch { throw Diagnostics(error) }
    let opened = try spool.bytes.withUnsafeBytes { (raw) throws(Diagnostics) -> (CSVTable, [Int], [Int: Character]) in
      let bytes = raw.bindMemory(to: UInt8.self).span
      var layout: CSVLayout
      if let known {
        layout = known
      } else {
        do throws(Diagnostic) {
          layout = try CSVSniffer.sniff(bytes, from: 0, name: name, options: options, dialect: .spool)
        } catch {
          throw Diagnostics(error)
        }
      }
      layout.notable += notable
      let shown = shown?(layout) ?? Array(layout.names.indices)
      let natures = natureOfColumns(layout)
      let all = natures + repeatElement(.written, count: max(0, layout.names.count - natures.count))
      return (
        try CSVTable(
          spool.bytes, bytes, layout, natures: all, name: name, options: options, invalid: invalid,
          interruption: interruption), shown,
        Dictionary(
          all.enumerated().compactMap { number, nature in
            nature.listSeparator.map { (number, Character(Unicode.Scalar($0))) }
          }, uniquingKeysWith: { first, _ in first })
      )
    }
    let (table, shownColumns, separators) = opened
    self.separators = separators
    inner = table
    columns = shownColumns
    shifts = spool.shifts
    self.places = places
    self.part = part
    columnNames = shownColumns.map { table.columnNames[$0] }
    columnIndex = ColumnIndex(columnNames)
    self.findings = findings + table.findings
    warnings = table.warnings
    faulty = faults.map(\.row)
    let known = Set(faulty)
    rowFaults =
      faults.isEmpty
      ? table.rowFaults : (faults + table.rowFaults.filter { !known.contains($0.row) }).sorted { $0.row < $1.row }
  }

  private func checked(_ asked: [Int]) throws(Diagnostics) {
    if let wrong = asked.first(where: { !columns.indices.contains($0) }) {
      throw Diagnostics(ImportDiagnostics.noSuchColumn("\(wrong + 1)", file: fileName, columns: columnNames))
    }
  }

  func columns(_ requests: [ColumnRequest], interruption: Interruption?) throws(Diagnostics) -> [ImportedColumn] {
    try checked(requests.map(\.column))
    return try inner.columns(
      requests.map { ColumnRequest(column: columns[$0.column], reading: $0.reading) }, interruption: interruption)
  }

  func foundTypes(of asked: [Int], interruption: Interruption?) throws(Diagnostics) -> [FoundType] {
    try checked(asked)
    return try inner.foundTypes(of: asked.map { columns[$0] }, interruption: interruption)
  }

  func distinctTexts(of asked: [Int], interruption: Interruption?) throws(Diagnostics) -> [DistinctTexts] {
    try checked(asked)
    return try inner.distinctTexts(of: asked.map { columns[$0] }, interruption: interruption)
  }

  func texts(ofRows rows: [Int], interruption: Interruption?) throws(Diagnostics) -> [[String]] {
    try inner.texts(ofRows: rows, interruption: interruption).map { cells in
      columns.map { column in
        guard cells.indices.contains(column) else { return "" }
        guard let separator = separators[column] else { return cells[column] }
        return cells[column].split(separator: separator, omittingEmptySubsequences: false).joined(separator: ", ")
      }
    }
  }

  func rowHashes(interruption: Interruption?) throws(Diagnostics) -> [UInt64] {
    var hashes = try inner.rowHashes(interruption: interruption)
    for row in faulty where hashes.indices.contains(row) { hashes[row] = 0 }
    return hashes
  }

  func places(of cells: [(row: Int, column: Int?)]) -> [(place: ImportPlace, text: String)] {
    let asked = cells.map { cell in (cell.row, cell.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil })
    }
    let inside = inner.places(of: asked)
    let records = zip(inside, asked).map { found, cell in
      // The splitter's line is the record, but for cells that held its line end.
      (record: found.place.line - 1 - shiftsBefore(found.place.line), column: cell.1)
    }
    return zip(places.places(of: records), inside).map { ($0, $1.text) }
  }

  private func shiftsBefore(_ line: Int) -> Int {
    var low = 0
    var high = shifts.count
    while low < high {
      let middle = (low + high) / 2
      if shifts[middle] < line { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
