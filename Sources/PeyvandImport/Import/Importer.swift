import PeyvandBase
import PeyvandData
import PeyvandStore

/// Carries an import out: from a plan and a table to a new state of the store and a report, or to nothing at all.
///
/// The columns of the file are read in one pass, each as the type of its field. A row is rejected where its line is none,
/// a cell is no value, its kind is unknown, its key is missing, or the store refuses it (an unknown key, another value
/// under the same key, a required field missing). More rejects than were allowed, and the state is as it was: an import
/// is one transaction. What is not in question here: the syntax it was said in, and where the file came from.
package struct Importer {
  private let plan: ImportPlan
  let table: any ImportTable
  private let source: TableSource?
  private let interruption: Interruption?
  let state: StoreState
  private let now: Int64
  private var report: ImportReport
  private var rejections: Rejections

  /// A column of the file that was read for a field.
  struct Read {
    var column: Int
    var field: FieldID?
    var imported: ImportedColumn
  }

  /// - Parameters:
  ///   - source: what expressions were evaluated over; a row whose cells they could not read is rejected.
  private init(
    _ plan: ImportPlan, _ table: any ImportTable, _ source: TableSource?, _ state: StoreState,
    _ interruption: Interruption?, keepsAllRejects: Bool, now: Int64
  ) {
    self.now = now
    self.plan = plan
    self.table = table
    self.source = source
    self.state = state
    self.interruption = interruption
    report = ImportReport(file: table.fileName, kind: state.catalogue.name(of: plan.kind))
    report.rows = table.rowCount
    report.findings = table.findings
    report.warnings = table.warnings
    rejections = Rejections(rowCount: table.rowCount, keepsAll: keepsAllRejects)
  }

  /// Imports, or changes nothing.
  /// - Throws: E2220 with the first rejects where they are more than `options.allowedRejects`; E2210–E2213 where a
  ///   column cannot be read as a whole; E2215, E2216 where key or required fields are wanting; E2217 where values do not fit; E2207; what the store refuses as a whole.
  /// - Note: linear in the file and in the records of the kind.
  /// - Returns: the new state, what was said of it, and the rows that were recorded, for the store's journal.
  package static func run(
    _ plan: ImportPlan, table: any ImportTable, source: TableSource? = nil, into state: StoreState,
    interruption: Interruption? = nil
  ) throws(Diagnostics) -> (state: StoreState, report: ImportReport, rows: NewRows) {
    let attempt = try attempt(plan, table: table, source: source, into: state, interruption: interruption, at: 0)
    if let refusal = attempt.refusal { throw refusal }
    return (attempt.state, attempt.report, attempt.rows)
  }

  /// What an import came to, whether it may stand or not.
  package struct Attempt: Sendable {
    /// With the rows that could be imported.
    package var state: StoreState
    package var report: ImportReport
    package var rows: NewRows
    /// What is remembered of it.
    package var mark: ImportMark
    /// Whether anything is other than it was.
    package var isChange: Bool
    /// Every rejected row, where they were asked for; else the first of each reason.
    package var rejected: [RejectedRow]
    /// Why nothing may be imported: more rejects than allowed.
    package var refusal: Diagnostics?
  }

  /// The same as `run`, but rejects above the share allowed are told, not thrown: for a preview, and for writing them out.
  /// - Parameters:
  ///   - now: when it is said, for the log of imports and the end of relationships.
  ///   - keepsAllRejects: each with its words, however many.
  package static func attempt(
    _ plan: ImportPlan, table: any ImportTable, source: TableSource? = nil, into state: StoreState,
    interruption: Interruption? = nil, keepsAllRejects: Bool = false, at now: Int64
  ) throws(Diagnostics) -> Attempt {
    var importer = Importer(plan, table, source, state, interruption, keepsAllRejects: keepsAllRejects, now: now)
    return try importer.attempt()
  }

  private mutating func attempt() throws(Diagnostics) -> Attempt {
    try plan.check(in: state.catalogue, table)
    var read = try readColumns()
    for (row, fault) in table.rowFaults {
      rejections.reject(row, column: nil, ImportDiagnostics.code(of: fault), ImportDiagnostics.words(of: fault))
    }
    let selected = selection()
    rejectFaultyCells(read, selected)
    let keys = try keysOfRows(read, selected)
    let kinds = try kindsOfRows(read, selected)
    try checkRequired(keys, selected)

    var accepted = FileRows(all: table.rowCount)
    if selected != nil || rejections.count > 0 {
      var rows: [Int32] = []
      rows.reserveCapacity(table.rowCount - rejections.count)
      for row in 0..<table.rowCount where rejections.reasons[row] == 0 {
        if selected.map({ $0[row] != 0 }) ?? true {
          rows.append(Int32(clamping: row))
        } else {
          report.leftOut += 1
        }
      }
      accepted = FileRows(rows)
    }
    let recorded = recorded(accepted, read, hasKeys: keys != nil)
    var rows = try newRows(recorded, read, keys: keys, kinds: kinds)
    read = []
    if interruption?.isInterrupted == true { throw Diagnostics(ImportDiagnostics.interrupted(table.fileName)) }
    let mark = ImportMark(
      source: plan.source, at: now, rows: table.rowCount, rejected: rejections.count,
      leftOut: report.leftOut, missing: table.options.vanished, going: try going(keys, selected))
    // So many end in a snapshot and in no journal: what they say is not kept beside the tables.
    let told =
      rows.count > StoreFile.recordRows ? NewRows(kinds: rows.kinds, count: rows.count, mode: rows.mode) : rows
    let imported = try state.importing(consume rows, mark)
    rows = told
    rejectRefused(imported.appended.rejects, recorded.rows, rows)
    let refusal = finish(imported)
    return Attempt(
      state: imported.appended.state, report: report, rows: rows, mark: mark, isChange: imported.isChange,
      rejected: rejections.all(), refusal: refusal)
  }

  // MARK: - Reading

  private mutating func readColumns() throws(Diagnostics) -> [Read] {
    var requests: [ColumnRequest] = []
    var fields: [FieldID?] = []
    for input in plan.fields {
      guard case .column(let column) = input.input, let field = state.catalogue.field(input.field) else { continue }
      requests.append(ColumnRequest(column: column, reading: .field(field.type)))
      fields.append(input.field)
    }
    if case .column(let column) = plan.key {
      requests.append(ColumnRequest(column: column, reading: .key))
      fields.append(nil)
    }
    if case .column(let column) = plan.kindOfRow {
      requests.append(ColumnRequest(column: column, reading: .field(.reference(plan.kind))))
      fields.append(nil)
    }
    let columns = try table.columns(requests, interruption: interruption)
    let problems = columns.compactMap(\.problem)
    guard problems.isEmpty else { throw Diagnostics(problems) }
    var read: [Read] = []
    for (index, imported) in columns.enumerated() {
      let column = requests[index].column
      read.append(Read(column: column, field: fields[index], imported: imported))
      report.columns.append(
        ImportReport.ReadColumn(
          column: table.columnNames[column], field: fields[index].flatMap { state.catalogue.field($0)?.name },
          evidence: imported.evidence))
      report.warnings.append(contentsOf: imported.warnings)
    }
    if let source {
      for (column, imported) in source.columnsRead().sorted(by: { $0.key < $1.key }) {
        report.columns.append(
          ImportReport.ReadColumn(
            column: table.columnNames[column], field: nil, evidence: source.found[column].evidence))
        report.warnings.append(contentsOf: imported.warnings)
        if source.found[column].isNearly {
          report.warnings.append(
            ImportDiagnostics.nearlyOneType(
              source.found[column].evidence.text, column: table.columnNames[column], file: table.fileName))
        }
      }
    }
    let unused = plan.unusedColumns(of: table, besides: source?.columnsRead().keys.sorted() ?? [])
    if !unused.isEmpty {
      report.warnings.append(ImportDiagnostics.unusedColumns(unused, file: table.fileName))
    }
    return read
  }

  /// 1 for every row that `where` keeps; nil where all are kept.
  private mutating func selection() -> [UInt8]? {
    guard let condition = plan.condition, case .truths(let slab) = condition.storage else { return nil }
    let truths = EvaluatedValues(count: slab.count, zone: table.options.zone, field: "where").values(slab)
    var selected = [UInt8](repeating: 0, count: table.rowCount)
    for row in 0..<min(truths.count, table.rowCount) where truths[row] & Truth.truthBits == Truth.yes {
      selected[row] = 1
    }
    // Where a condition saw nothing in a cell because the cell cannot be read, the row is not left out in silence.
    if let source {
      for (column, imported) in source.columnsRead() {
        for (row, fault) in imported.faults where row < truths.count {
          guard selected[row] == 1 || truths[row] & Truth.unknownMark != 0 else { continue }
          rejections.reject(row, column: column, ImportDiagnostics.code(of: fault), ImportDiagnostics.words(of: fault))
        }
      }
    }
    return selected
  }

  private mutating func rejectFaultyCells(_ read: [Read], _ selected: [UInt8]?) {
    for column in read {
      for (row, fault) in column.imported.faults where selected.map({ $0[row] != 0 }) ?? true {
        rejections.reject(
          row, column: column.column, ImportDiagnostics.code(of: fault), ImportDiagnostics.words(of: fault))
      }
    }
    guard selected == nil, let source else { return }
    for (column, imported) in source.columnsRead() {
      for (row, fault) in imported.faults {
        rejections.reject(row, column: column, ImportDiagnostics.code(of: fault), ImportDiagnostics.words(of: fault))
      }
    }
  }

  /// The key of each row, rows without one rejected; nil where the records have none of their own.
  private mutating func keysOfRows(_ read: [Read], _ selected: [UInt8]?) throws(Diagnostics) -> RowKeys? {
    var keys: RowKeys
    var number: Int?
    switch plan.key {
    case nil: return nil
    case .column(let index):
      keys = read.first { $0.column == index && $0.imported.keys != nil }?.imported.keys ?? []
      number = index
    case .values(let vector, let type):
      let column = try evaluated(vector, type, named: "key")
      keys = RowKeys(
        (0..<column.count).lazy.map { row in
          guard case .text(let codes, let dictionary) = column.storage, column.isPresent(row) else { return nil }
          return dictionary[codes[row]]
        })
    }
    if keys.count < table.rowCount { keys = keys.filled(to: table.rowCount) }
    let (code, words) = ImportDiagnostics.keyMissing()
    for row in 0..<(keys.haveAll ? 0 : table.rowCount)
    where !keys.isPresent(row) && (selected.map { $0[row] != 0 } ?? true) {
      rejections.reject(row, column: number, code, words)
    }
    if let pair = alike(keys) {
      report.warnings.append(
        ImportDiagnostics.alikeKeys(
          pair.first, pair.second, file: table.fileName, column: number.map { table.columnNames[$0] } ?? "key"))
    }
    return keys
  }

  /// Two keys that are spelled differently and are one by their fold. Where all are plain ASCII, nothing is looked for.
  private func alike(_ keys: RowKeys) -> (first: String, second: String)? {
    guard keys.mayFold else { return nil }
    var spellings: [String: String] = [:]
    for case let key? in keys.prefix(1_000_000) {
      if let other = spellings.updateValue(key, forKey: folded(key)), !other.utf8.elementsEqual(key.utf8) {
        return (other, key)
      }
    }
    return nil
  }

  /// A file may lack what is required where all its rows change records that have it.
  private func checkRequired(_ keys: RowKeys?, _ selected: [UInt8]?) throws(Diagnostics) {
    let wanting = plan.requiredWithoutInput(in: state.catalogue)
    guard !wanting.isEmpty, let keys, let family = state.catalogue.kind(plan.kind)?.family else { return }
    var fresh = 0
    for row in 0..<table.rowCount where rejections.reasons[row] == 0 && (selected.map { $0[row] != 0 } ?? true) {
      guard let key = keys[row] else { continue }
      if try state.row(withKey: key, family: family) == nil { fresh += 1 }
    }
    guard fresh > 0 else { return }
    throw Diagnostics(
      wanting.map {
        ImportDiagnostics.requiredWithoutColumn(
          $0.name, kind: report.kind, file: table.fileName, newRecords: fresh)
      })
  }

  /// Keys of records that are there and whose rows the condition leaves out, where those are to go.
  private func going(_ keys: RowKeys?, _ selected: [UInt8]?) throws(Diagnostics) -> [String] {
    guard table.options.removesLeftOut, let keys, let selected,
      let family = state.catalogue.kind(plan.kind)?.family
    else { return [] }
    var going: [String] = []
    for row in 0..<table.rowCount where rejections.reasons[row] == 0 && selected[row] == 0 {
      guard let key = keys[row], try state.row(withKey: key, family: family) != nil else { continue }
      going.append(key)
    }
    return going
  }

  private func evaluated(_ vector: Vector, _ type: ValueType, named name: String) throws(Diagnostics) -> Column {
    do {
      return try EvaluatedValues(count: table.rowCount, zone: table.options.zone, field: name)
        .column(vector, type, as: .text)
    } catch { throw Diagnostics(error) }
  }

  /// The kind of each row, where the file says it.
  private mutating func kindsOfRows(_ read: [Read], _ selected: [UInt8]?) throws(Diagnostics) -> [KindID]? {
    let column: Column
    var number: Int?
    switch plan.kindOfRow {
    case nil: return nil
    case .column(let index):
      guard let found = read.first(where: { $0.column == index && $0.field == nil && $0.imported.keys == nil }) else {
        return nil
      }
      column = found.imported.values
      number = index
    case .values(let vector, let type): column = try evaluated(vector, type, named: "kind")
    }
    guard case .text(let codes, let dictionary) = column.storage else { return nil }
    let catalogue = state.catalogue
    let possible = catalogue.kinds.filter { catalogue.isKind($0.id, specialOf: plan.kind) }
    let meanings = dictionary.entries.map { entry -> KindID? in
      let key = nameKey(entry)
      return possible.first { nameKey($0.name) == key }?.id
        ?? possible.first { $0.label.map(nameKey) == key }?.id
    }
    if column.present == nil, codes.count == table.rowCount, !meanings.contains(nil) {
      let known = meanings.compactMap { $0 }
      return codes.kinds(through: known, other: plan.kind)
    }
    var kinds = [KindID](repeating: plan.kind, count: table.rowCount)
    let (code, words) = ImportDiagnostics.unknownKind(general: catalogue.name(of: plan.kind))
    for row in 0..<min(codes.count, table.rowCount) where column.present.map({ $0[row] != 0 }) ?? true {
      let place = Int(codes[row])
      guard meanings.indices.contains(place), let kind = meanings[place] else {
        if selected.map({ $0[row] != 0 }) ?? true {
          let near =
            rejections.isKeepingNotes ? nearest(dictionary[codes[row]], among: possible.map(\.name)) : []
          rejections.reject(
            row, column: number, code, words, note: near.isEmpty ? nil : ImportDiagnostics.didYouMean(near))
        }
        continue
      }
      kinds[row] = kind
    }
    return kinds
  }

  // MARK: - Into the store

  private func newRows(
    _ recorded: Recorded, _ read: [Read], keys: RowKeys?, kinds: [KindID]?
  ) throws(Diagnostics) -> NewRows {
    let accepted = recorded.rows
    let isWhole = accepted.count == table.rowCount && recorded.turns.isEmpty
    var columns: [FieldID: Column] = [:]
    var creates: Set<FieldID> = []
    for input in plan.fields {
      guard let field = state.catalogue.field(input.field) else { continue }
      let column: Column
      if input.creates { creates.insert(input.field) }
      if let references = recorded.references[input.field] {
        columns[input.field] = references
        continue
      }
      switch input.input {
      case .column(let index):
        guard let found = read.first(where: { $0.column == index && $0.field == input.field }) else { continue }
        column = found.imported.values
      case .values(let vector, let type):
        do {
          column = try EvaluatedValues(count: table.rowCount, zone: table.options.zone, field: field.name)
            .column(vector, type, as: field.type)
        } catch { throw Diagnostics(error) }
      }
      columns[input.field] = column
    }
    if !isWhole {
      // Texts take longest: no thread is left with all of them.
      let whole = columns.filter { recorded.references[$0.key] == nil }.map { (field: $0.key, column: $0.value) }
        .sorted { $0.column.dictionary?.count ?? 0 > $1.column.dictionary?.count ?? 0 }
      let threads = accepted.count < 50_000 ? 1 : 2
      let selected = Parts.map(threads) { thread in
        stride(from: thread, to: whole.count, by: threads).map {
          (whole[$0].field, whole[$0].column.selecting(accepted.listed))
        }
      }
      for (field, column) in selected.joined() { columns[field] = column }
    }
    // Of no rows none says its kind.
    let each =
      accepted.isEmpty
      ? nil : kinds.map { kinds in NewRows.Kinds.each(isWhole ? kinds : accepted.map { kinds[Int($0)] }) }
    return NewRows(
      kinds: each ?? .all(plan.kind), count: accepted.count,
      keys: keys.map { keys in isWhole ? keys : keys.selecting(accepted.listed) }, columns: columns, creates: creates,
      fingerprints: plan.key == nil ? try fingerprints(recorded, isWhole: isWhole) : nil, mode: .updating)
  }

  /// What tells the rows of this file, for this kind, from all others: their cells, and which of equal rows they are.
  private func fingerprints(_ recorded: Recorded, isWhole: Bool) throws(Diagnostics) -> [UInt64] {
    let hashes = try table.rowHashes(interruption: interruption)
    let seed = Fingerprint.of(
      nameKey(state.catalogue.name(of: plan.kind)), seed: Fingerprint.of(plan.source))
    var ordinals = OrdinalCounter(expecting: hashes.count)
    var all: [UInt64] = []
    all.reserveCapacity(hashes.count)
    for hash in hashes {
      var fingerprint = Fingerprint(seed: seed)
      fingerprint.add(hash)
      fingerprint.add(ordinals.ordinal(of: hash))
      // 0 stands for "none" in the store.
      all.append(max(fingerprint.value, 1))
    }
    if isWhole { return all }
    guard !recorded.turns.isEmpty else { return recorded.rows.map { all[Int($0)] } }
    return zip(recorded.rows, recorded.turns).map { row, turn in
      guard turn > 0 else { return all[Int(row)] }
      var fingerprint = Fingerprint(seed: all[Int(row)])
      fingerprint.add(UInt64(turn))
      return max(fingerprint.value, 1)
    }
  }

  private mutating func rejectRefused(_ refused: [RowReject], _ accepted: FileRows, _ rows: NewRows) {
    var columnOfField: [FieldID: Int] = [:]
    for input in plan.fields {
      if case .column(let column) = input.input { columnOfField[input.field] = column }
    }
    var known: [RowReject.Reason: Diagnostic] = [:]
    for reject in refused where accepted.indices.contains(reject.row) {
      let row = Int(accepted[reject.row])
      var kind = plan.kind
      if case .each(let kinds) = rows.kinds, kinds.indices.contains(reject.row) { kind = kinds[reject.row] }
      let column = reject.field.flatMap { columnOfField[$0] }
      // Looking for likenesses is dear: each reason once, and only as many as are shown.
      var said = known[reject.reason]
      if said == nil, known.count < 50 {
        said = state.diagnostic(for: reject, kind: kind)
        known[reject.reason] = said
      }
      let fallback = Rejections.code(of: reject.reason)
      rejections.reject(
        row, column: column, said?.code ?? fallback, said?.message ?? ImportDiagnostics.category(fallback),
        note: said?.notes.first, isWhole: true)
    }
  }

  // MARK: - The end

  /// - Returns: why nothing may be imported.
  private mutating func finish(_ imported: StoreState.Imported) -> Diagnostics? {
    let appended = imported.appended
    report.added = appended.added
    report.changed = appended.changed
    report.closed = imported.closed
    report.removed = imported.removed
    if imported.isUncertain { report.warnings.append(ImportDiagnostics.nothingVanished(table.fileName)) }
    if imported.keptCount > 0 {
      report.warnings.append(
        ImportDiagnostics.notRemoved(
          imported.keptCount, imported.kept, kind: report.kind, file: table.fileName))
    }
    report.same = appended.same
    report.filled = appended.filled
    report.created = appended.created
    for (field, count) in appended.ignored.sorted(by: { $0.key < $1.key }) {
      report.warnings.append(
        ImportDiagnostics.ignoredValues(
          count, field: state.catalogue.field(field)?.name ?? "?", file: table.fileName))
    }
    report.rejected = rejections.count
    report.reasons = rejections.counted()
    report.rejects = rejections.kept(table)
    guard report.rejected > 0 else { return nil }
    let allowed = table.options.allowedRejects
    if Double(report.rejected) > allowed * Double(report.rows) {
      return Diagnostics(
        [
          ImportDiagnostics.tooManyRejects(
            table.fileName, rejected: report.rejected, of: report.rows, allowed: allowed, reasons: report.reasons)
        ] + report.rejects.prefix(5).map { ImportDiagnostics.reject($0, file: table.fileName) })
    }
    report.warnings.append(ImportDiagnostics.rejected(report.rejected, of: report.rows, file: table.fileName))
    return nil
  }
}
