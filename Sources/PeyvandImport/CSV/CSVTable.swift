import PeyvandBase
import PeyvandData
import PeyvandFiles
import Synchronization

/// A CSV file, opened: split once, found sound or its bad lines told, its columns read when they are asked for.
///
/// What stays in memory is the file's bytes (a mapping, where `PeyvandFiles` made one) and one entry for some thousand
/// rows; the places of cells are found again, stretch by stretch, whenever columns are read, which costs less than
/// keeping them. Reading several columns at once splits the file once.
///
/// Encodings: UTF-8, with or without a byte order mark. A file of another encoding is turned into UTF-8 before it comes
/// here (`ImportSource`). What comes from no text at all (sheets, tables, JSON) is brought into one dialect of its own
/// (`CellSpool`), with what is known of its columns (`ColumnNature`), and read by the same builders.
package struct CSVTable: ImportTable {
  /// A stretch of rows: where it begins.
  struct Stretch: Sendable {
    var offset: Int
    var line: Int
    var firstRow: Int
    var rowCount: Int
    /// Whether all of its rows were counted by blocks: they follow one another, and nothing is to be asked of them.
    var isPlain = false
  }

  package let fileName: String
  package var form: SourceForm { .csv }
  package let columnNames: [String]
  package let columnIndex: ColumnIndex
  package let rowCount: Int
  package private(set) var options: ImportOptions
  package let rowFaults: [(row: Int, fault: RowFault)]
  package let findings: [String]
  package let warnings: [Diagnostic]
  package let dialect: CSVDialect
  package let hasHeader: Bool
  let file: FileBytes
  let stretches: [Stretch]
  /// Whether all is UTF-8 without a NUL, where that was looked at as the file was split.
  let isClean: Bool
  /// Bytes that begin no letter, in order.
  private let invalid: [Int]
  /// Rows at the end that are a report's footer, in order.
  private let footers: [Int]
  /// What the source says of its columns; empty: nothing.
  private let natures: [ColumnNature]
  /// What columns were found to be, once somebody asked.
  private let known = Known()

  private final class Known: Sendable {
    let types = Mutex<[Int: FoundType]>([:])
    /// Columns that were read, once the file is read for another import: nil before.
    let columns = Mutex<[ColumnRequest: ImportedColumn]?>(nil)
  }

  /// Bytes of a file whose columns are kept for further imports: of a larger one they would be too much beside the tables.
  private static let keptBytes = 1 << 28

  /// Opens a file: finds out how it is written, splits it, and checks every byte.
  /// - Parameter name: the file as the user wrote it.
  /// - Throws: E2201–E2207 where it cannot be read at all. Bad lines are no error here: see `rowFaults`.
  /// - Note: two passes over the bytes; 1 GB takes a few seconds.
  package static func open(
    _ file: FileBytes, named name: String, options: ImportOptions = ImportOptions(), interruption: Interruption? = nil
  ) throws(Diagnostics) -> CSVTable {
    let invalid: [Int]
    let start: Int
    do {
      start = try CSVSniffer.start(of: file, name)
      invalid = try CSVSniffer.check(file, from: start, name)
    } catch {
      throw Diagnostics(error)
    }
    return try Self.open(
      file, from: start, invalid: invalid, named: name, findings: start > 0 ? ["byte order mark"] : [],
      options: options, interruption: interruption)
  }

  /// Opens a text that was checked, or is checked as it is split.
  /// - Parameters:
  ///   - invalid: the places of bytes that begin no letter, in order; nil where that is not known: then the table is worth
  ///     nothing unless it `isClean`.
  ///   - findings: what was found out before.
  ///   - isGuess: whether that is to be said after every import.
  static func open(
    _ file: FileBytes, from start: Int, invalid: [Int]?, named name: String, findings: [String],
    isGuess: Bool = false, options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) -> CSVTable {
    try file.withUnsafeBytes { (raw) throws(Diagnostics) -> CSVTable in
      let bytes = raw.bindMemory(to: UInt8.self).span
      var layout: CSVLayout
      do throws(Diagnostic) { layout = try CSVSniffer.sniff(bytes, from: start, name: name, options: options) } catch {
        throw Diagnostics(error)
      }
      layout.findings += findings
      if file.count > start, isGuess { layout.notable += findings }
      return try CSVTable(
        file, bytes, layout, name: name, options: options, invalid: invalid, interruption: interruption)
    }
  }

  /// - Parameter natures: one for each column, or none.
  init(
    _ file: FileBytes, _ bytes: Span<UInt8>, _ found: CSVLayout, natures: [ColumnNature] = [], name: String,
    options: ImportOptions, invalid: [Int]?, interruption: Interruption?
  ) throws(Diagnostics) {
    var findings = found.findings
    let width = found.names.count
    let split = Split(
      file: file, dialect: found.dialect, width: width, short: options.short, invalid: invalid ?? [],
      checks: invalid == nil, interruption: interruption, progress: options.progress, pieceBytes: options.pieceBytes)
    let rowsFound = try split.all(from: found.body, line: found.bodyLine, named: name)
    var faults = rowsFound.faults
    let (stretches, rows, longest) = (rowsFound.stretches, rowsFound.rows, rowsFound.longest)
    let emptyLines = found.emptyLines + rowsFound.empty
    if emptyLines > 0 { findings.append("\(emptyLines) empty line\(emptyLines == 1 ? "" : "s") passed over") }
    var footers: [Int] = []
    // Of the last rows, wherever the last stretch begins.
    if !options.keepsFooter, let last = stretches.last(where: { $0.firstRow <= max(0, rows - CSVFooter.most - 1) }) {
      footers = CSVFooter.rows(
        of: last.firstRow..<rows, bytes, offset: last.offset, line: last.line, found.dialect, width: width,
        short: options.short,
        faulty: Set(faults.suffix(100).map(\.row)))
      faults += footers.map { (row: $0, fault: .footer) }
      faults.sort { $0.row < $1.row }
    }
    self.footers = footers
    self.natures = natures
    self.file = file
    self.fileName = name
    self.options = options
    self.invalid = invalid ?? []
    self.isClean = rowsFound.isClean
    self.columnNames = found.names
    self.columnIndex = ColumnIndex(found.names)
    self.hasHeader = found.hasHeader
    self.dialect = found.dialect
    self.findings = findings
    self.stretches = stretches
    self.rowFaults = faults
    self.rowCount = rows
    self.warnings =
      found.notable.map { ImportDiagnostics.readAs($0, file: name) }
      + (longest.lines > 100 ? [ImportDiagnostics.longCell(name, line: longest.line, lines: longest.lines)] : [])
  }

  /// Goes over stretches, splitting each again, until `body` has seen enough; what was read of the file is let go behind.
  private func forEachStretch(
    _ stretches: ArraySlice<Stretch>, _ body: (Span<UInt8>, inout [Int], _ stride: Int, Stretch) -> Bool
  ) {
    file.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self).span
      var starts: [Int] = []
      var apart = false
      var kept = stretches.first?.offset ?? 0
      for stretch in stretches {
        let stride = resplit(stretch, bytes, apart: &apart, into: &starts)
        guard body(bytes, &starts, stride, stretch) else { return }
        if stretch.offset - kept >= Self.releasedBytes {
          file.release(kept..<stretch.offset)
          kept = stretch.offset
        }
      }
      file.release(kept..<(stretches.last?.offset ?? kept))
    }
  }

  static let releasedBytes = 1 << 22

  /// - Parameter apart: whether rows stand apart, as they have to where lines end with two bytes.
  /// - Returns: the places of a row.
  private func resplit(
    _ stretch: Stretch, _ bytes: Span<UInt8>, apart: inout Bool, into starts: inout [Int]
  ) -> Int {
    let width = columnNames.count
    let hasFooter = footers.contains { $0 >= stretch.firstRow && $0 < stretch.firstRow + stretch.rowCount }
    let stride = splitPlainly(stretch, bytes, apart: hasFooter, &apart, into: &starts)
    if stride == nil {
      starts.removeAll(keepingCapacity: true)
      var splitter = CSVSplitter(dialect, position: stretch.offset, line: stretch.line)
      _ = Split.stretch(
        &splitter, bytes, width: width, short: options.short, invalid: invalid, most: stretch.rowCount, into: &starts
      ) { _, _ in }
    }
    if hasFooter {
      for row in footers.reversed() where row >= stretch.firstRow {
        let at = (row - stretch.firstRow) * (width + 1)
        if starts.indices.contains(at) { starts[at] = -1 }
      }
    }
    return stride ?? width + 1
  }

  /// The same of rows of which nothing is to be asked; nil where they are others.
  private func splitPlainly(
    _ stretch: Stretch, _ bytes: Span<UInt8>, apart hasFooter: Bool, _ apart: inout Bool, into starts: inout [Int]
  ) -> Int? {
    guard stretch.isPlain, case .byte(let delimiter) = dialect.delimiter else { return nil }
    while true {
      let outcome = PlainRows.split(
        bytes, from: stretch.offset, rows: stretch.rowCount, width: columnNames.count, apart: apart || hasFooter,
        delimiter: delimiter, lineEnd: dialect.lineEndByte, quote: CSVDialect.quote, into: &starts)
      switch outcome {
      case .places(let stride): return stride
      case .unknown: return nil
      case .returns: apart = true
      }
    }
  }

  // MARK: Columns

  /// Several imports of one file mostly take the same columns, rows of one kind each: from the second on they are kept.
  package func columns(
    _ requests: [ColumnRequest], interruption: Interruption?
  ) throws(Diagnostics) -> [ImportedColumn] {
    guard let kept = known.columns.withLock({ $0 }) else { return try read(requests, interruption: interruption) }
    let wanted = requests.map(\.kept)
    let fresh = requests.indices.filter { wanted[$0] == nil || wanted[$0].flatMap { kept[$0] } == nil }
    let read = try self.read(fresh.map { requests[$0] }, interruption: interruption)
    var result = wanted.map { $0.flatMap { kept[$0] } }
    for (index, column) in zip(fresh, read) { result[index] = column }
    known.columns.withLock { kept in
      for index in fresh { if let request = wanted[index], let column = result[index] { kept?[request] = column } }
    }
    return zip(requests, result).compactMap { request, column in
      guard var column else { return nil }
      // What is referred to is another from import to import.
      if case .field(let type) = request.reading { column.type = type }
      return column
    }
  }

  private func read(
    _ requests: [ColumnRequest], interruption: Interruption?
  ) throws(Diagnostics) -> [ImportedColumn] {
    if requests.isEmpty { return [] }
    var builders: [any ColumnBuilder] = []
    var types: [FieldType] = []
    var nearly: [Int: ColumnEvidence] = [:]
    if let wrong = requests.first(where: { !columnNames.indices.contains($0.column) }) {
      throw Diagnostics(ImportDiagnostics.noSuchColumn("\(wrong.column + 1)", file: fileName, columns: columnNames))
    }
    let asked = requests.filter { $0.reading == .found }.map(\.column)
    var found = try foundTypes(of: asked, interruption: interruption).makeIterator()
    for (index, request) in requests.enumerated() {
      switch request.reading {
      case .field(let type):
        types.append(type)
        builders.append(builder(for: type, of: request.column, isDeclared: true))
      case .key:
        types.append(.text)
        builders.append(KeyBuilder(longest: options.limits.textBytes))
      case .found:
        let verdict = found.next()
        types.append(verdict?.type ?? .text)
        builders.append(builder(for: verdict?.type ?? .text, of: request.column, isDeclared: false))
        if let verdict, verdict.isNearly { nearly[index] = verdict.evidence }
      }
    }
    let faults = try build(&builders, for: requests.map(\.column), interruption: interruption)
    let contexts = requests.map {
      ColumnContext(file: fileName, column: columnNames[$0.column], options: options)
    }
    let isLarge = rowCount > 1_000_000
    let finished = Self.each(consume builders, threads: rowCount < 100_000 ? 1 : 2) {
      $0.finish(contexts[$1])
    } afterwards: {
      // The next column is put together in a piece of its own, and has no use for the small ones of this.
      if isLarge { FreedMemory.giveBack() }
    }
    var result: [ImportedColumn] = []
    for (index, built) in finished.enumerated() {
      var all = faults[index]
      if !built.lateFaults.isEmpty {
        all.append(contentsOf: built.lateFaults)
        all.sort { $0.row < $1.row }
      }
      var warnings = built.warnings
      if let evidence = nearly[index] {
        warnings.append(
          ImportDiagnostics.nearlyOneType(evidence.text, column: contexts[index].column, file: fileName))
      }
      result.append(
        ImportedColumn(
          values: Column(built.storage, present: built.present.reduced), keys: built.keys, type: types[index],
          evidence: built.evidence, faults: all,
          problem: built.problem, warnings: warnings))
    }
    return result
  }

  /// What comes of each of some values; several at once, each let go when it is done.
  private static func each<Value: Sendable, Result: Sendable>(
    _ values: consuming [Value], threads: Int, _ body: @escaping @Sendable (inout Value, Int) -> Result,
    afterwards: @escaping @Sendable () -> Void = {}
  ) -> [Result] {
    let count = values.count
    let waiting = Mutex(Array(values.enumerated().reversed()))
    let done = Mutex<[Int: Result]>([:])
    values = []
    /// Nothing of what was taken is left when it returns.
    @Sendable func takesOne() -> Bool {
      guard let (index, next) = waiting.withLock({ $0.popLast() }) else { return false }
      var value = next
      let result = body(&value, index)
      done.withLock { $0[index] = result }
      return true
    }
    _ = Parts.map(threads) { _ in
      while takesOne() { afterwards() }
    }
    return done.withLock { done in (0..<count).compactMap { done[$0] } }
  }

  package func foundTypes(of columns: [Int], interruption: Interruption?) throws(Diagnostics) -> [FoundType] {
    if let wrong = columns.first(where: { !columnNames.indices.contains($0) }) {
      throw Diagnostics(ImportDiagnostics.noSuchColumn("\(wrong + 1)", file: fileName, columns: columnNames))
    }
    let unseen = FoundType(
      type: .text, evidence: ColumnEvidence(type: "text", matching: 0, present: 0, missing: rowCount))
    let asked = known.types.withLock { known in columns.filter { known[$0] == nil } }
    if !asked.isEmpty {
      var builders: [any ColumnBuilder] = asked.map { _ in InferenceBuilder(options: options, rowCount: rowCount) }
      _ = try build(&builders, for: asked, interruption: interruption)
      let found = zip(asked, builders).map { column, builder in
        (column, nature(of: column).type((builder as? InferenceBuilder)?.verdict() ?? unseen))
      }
      known.types.withLock { known in for (column, type) in found { known[column] = type } }
    }
    return known.types.withLock { known in columns.map { known[$0] ?? unseen } }
  }

  /// The same file for another import that says the same of how it is to be read.
  /// - Throws: E2229 for what that one says and a CSV file does not know.
  package func again(_ options: ImportOptions) throws(Diagnostics) -> CSVTable {
    try options.check(.csv, fileName)
    var table = self
    table.options = options
    if file.count <= Self.keptBytes { known.columns.withLock { kept in kept = kept ?? [:] } }
    return table
  }

  package func distinctTexts(
    of columns: [Int], interruption: Interruption?
  ) throws(Diagnostics) -> [DistinctTexts] {
    if let wrong = columns.first(where: { !columnNames.indices.contains($0) }) {
      throw Diagnostics(ImportDiagnostics.noSuchColumn("\(wrong + 1)", file: fileName, columns: columnNames))
    }
    guard !columns.isEmpty else { return [] }
    var builders: [any ColumnBuilder] = columns.map { _ in
      DistinctBuilder(longest: options.limits.textBytes, held: options.heldTexts)
    }
    _ = try build(&builders, for: columns, interruption: interruption)
    return builders.map { ($0 as? DistinctBuilder)?.verdict() ?? DistinctTexts() }
  }

  /// What was made of a part of the stretches.
  private struct Built: Sendable {
    var builders: [any ColumnBuilder]
    var faults: [[(row: Int, fault: CellFault)]]
    var isInterrupted = false
  }

  /// Reads the cells of some columns: parts of the file at once where the builders can be put together.
  private func build(
    _ builders: inout [any ColumnBuilder], for columns: [Int], interruption: Interruption?
  ) throws(Diagnostics) -> [[(row: Int, fault: CellFault)]] {
    let fresh = builders
    let isLooking = builders.first is InferenceBuilder
    let wanted =
      builders.allSatisfy(\.absorbs) ? min(Parts.most, stretches.count, file.count / max(1, options.pieceBytes)) : 1
    let count = max(1, wanted)
    let size = (stretches.count + count - 1) / count
    var parts = Parts.map(count) { part in
      let range = min(part * size, stretches.count)..<min((part + 1) * size, stretches.count)
      return read(
        stretches[range], into: fresh, for: columns, phase: isLooking ? .looking : .reading, of: count, interruption)
    }
    guard var faults = parts.first?.faults, parts.count == count, !parts.contains(where: \.isInterrupted) else {
      throw Diagnostics(ImportDiagnostics.interrupted(fileName))
    }
    for part in parts.dropFirst() { for index in faults.indices { faults[index] += part.faults[index] } }
    let pieces = builders.indices.map { index in parts.map { $0.builders[index] } }
    (builders, parts) = ([], [])
    // What was taken in takes no room twice.
    builders = Self.each(consume pieces, threads: rowCount < 100_000 ? 1 : 2) { pieces, _ in
      var whole = pieces.removeFirst()
      for piece in pieces { whole.absorb(piece) }
      return whole
    }
    return faults
  }

  private func read(
    _ stretches: ArraySlice<Stretch>, into fresh: [any ColumnBuilder], for columns: [Int],
    phase: ReadingProgress.Phase, of parts: Int, _ interruption: Interruption?
  ) -> Built {
    var built = Built(builders: fresh, faults: Array(repeating: [], count: fresh.count))
    let markers = options.missing.map { CellBytes.plain(Array($0.utf8).span) }.filter { !$0.isEmpty }
    let first = stretches.first?.offset ?? 0
    forEachStretch(stretches) { bytes, starts, stride, stretch in
      if interruption?.isInterrupted == true {
        built.isInterrupted = true
        return false
      }
      // The first part tells for all.
      if stretches.startIndex == 0 {
        options.progress?.report(phase, done: first + (stretch.offset - first) * parts, of: bytes.count)
      }
      // The block holds the places while the columns of the stretch are read, and gives them back.
      var block = CellBlock(
        starts: starts, stride: stride, column: 0, rowCount: stretch.rowCount,
        firstRow: stretch.firstRow, dropsBlanks: dialect.delimiter == .blanks, markers: markers)
      starts = []
      for (index, column) in columns.enumerated() {
        block.column = column
        built.builders[index].add(block, of: bytes, faults: &built.faults[index])
      }
      starts = block.starts
      block.starts = []
      return true
    }
    return built
  }

  private func nature(of column: Int) -> ColumnNature {
    natures.indices.contains(column) ? natures[column] : .written
  }

  private func builder(for type: FieldType, of column: Int, isDeclared: Bool, isElement: Bool = false)
    -> any ColumnBuilder
  {
    let nature = nature(of: column)
    var options = options
    // Dates that are dates in their source are of its calendar, whatever its texts are of.
    if nature == .days || nature == .instants { options.calendar = .gregorian }
    return switch type {
    case .number:
      NumberBuilder(
        decimal: options.decimal,
        asks: dialect.delimiter == .byte(UInt8(ascii: ";")) || dialect.delimiter == .byte(0x09))
    case .text: TextBuilder(longest: options.limits.textBytes, separator: isElement ? nil : nature.listSeparator)
    case .yesno: YesNoBuilder()
    case .date: DateBuilder(.day, options: options, compact: isDeclared)
    case .time: DateBuilder(.instant, options: options, compact: isDeclared)
    case .duration: DurationBuilder()
    case .reference: TextBuilder(keepsBlanks: false, longest: options.limits.textBytes)
    case .list(let element):
      ListBuilder(
        of: builder(for: element, of: column, isDeclared: isDeclared, isElement: true),
        separator: nature.listSeparator
          ?? UInt8(ascii: dialect.delimiter == .byte(UInt8(ascii: ";")) ? "|" : ";"))
    }
  }

  // MARK: Rows

  package func rowHashes(interruption: Interruption?) throws(Diagnostics) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(rowCount)
    let width = columnNames.count
    let dropsBlanks = dialect.delimiter == .blanks
    var scratch: [UInt8] = []
    var isInterrupted = false
    forEachStretch(stretches[...]) { bytes, starts, stride, stretch in
      if interruption?.isInterrupted == true {
        isInterrupted = true
        return false
      }
      var at = 0
      for _ in 0..<stretch.rowCount {
        if starts[at] < 0 {
          result.append(0)
          at &+= stride
          continue
        }
        var hash = Fingerprint()
        for column in 0..<width {
          let cell = CSVCell.content(
            bytes, starts[at &+ column], starts[at &+ column &+ 1] &- 1, dropsBlanks: dropsBlanks)
          if cell.isEscaped {
            CSVCell.unescape(bytes, cell.start, cell.end, into: &scratch)
            hash.add(scratch.span)
          } else {
            hash.add(bytes.extracting(cell.start..<cell.end))
          }
        }
        result.append(hash.value)
        at &+= stride
      }
      return true
    }
    if isInterrupted { throw Diagnostics(ImportDiagnostics.interrupted(fileName)) }
    return result
  }
}
