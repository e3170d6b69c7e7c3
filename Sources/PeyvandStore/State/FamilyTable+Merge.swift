import PeyvandBase
import PeyvandData
import Synchronization

/// Rows that are ready to stand in a table.
struct RowBatch: Sendable {
  var count = 0
  /// Places in the order of the family's kinds, one a row.
  var positions: [Int32] = []
  var serials: [Int32] = []
  /// Of records whose serials follow one another the first: then none is in `serials`.
  var firstSerial: Int32?
  /// The row that a row takes the place of, keeping its serial; −1 for a new record. Empty: all are new.
  var replaces: [Int32] = []
  /// The row whose values a row keeps in all fields but those `given`; −1 where it has only what the batch brings.
  /// Empty: none keeps any.
  var keeps: [Int32] = []
  /// The fields in which no row keeps what was there.
  var given: Set<FieldID> = []
  /// With `base` 0; references to the own family as serials, to others as rows.
  var columns: [FieldID: Column] = [:]
  /// Of references that are in no column, the same.
  var references: [FieldID: CodedReferences] = [:]

  func serial(_ row: Int) -> Int32 { firstSerial.map { $0 &+ Int32(truncatingIfNeeded: row) } ?? serials[row] }
}

extension FamilyTable {
  /// The table without some rows and with those of a batch.
  /// - Returns: also where each old row went (−1: nowhere), or nil where all stand as they stood.
  func merged(
    dropping: [Int32] = [], adding batch: consuming RowBatch, keys: KeyTable, fingerprints: [UInt64],
    in catalogue: Catalogue
  ) throws(Diagnostics) -> (table: FamilyTable, moves: [Int32]?) {
    let (total, over) = count.addingReportingOverflow(batch.count)
    guard !over, total < Int(Int32.max), keys.count < Int(Int32.max) else {
      throw Diagnostics(StoreDiagnostics.tooMany(catalogue.name(of: family)))
    }
    let identity = try self.identity.get()
    var table = self
    table.version = Version()
    table.columnsVersion = Version()
    let (from, stretches) = try arranged(dropping: dropping, adding: batch, identity: identity, in: catalogue)
    table.stretches = stretches
    table.count = from.sources.count

    let oldSerials = identity.serials
    var serials: [Int32] = []
    if count == 0 {
      // The very first are numbered as they came: their serials are the order itself.
      serials =
        switch batch.firstSerial {
        case 0?: from.sources
        case let first?: from.sources.map { $0 &+ first }
        case nil: RowOrder.taken(batch.serials, at: from.sources)
        }
    } else {
      serials.reserveCapacity(table.count)
      for source in from.sources {
        let source = Int(source)
        serials.append(source < count ? oldSerials[source] : batch.serial(source - count))
      }
    }
    let newIdentity = RowIdentity(serials: serials, keys: keys)
    table.identity = Deferred(newIdentity)
    table.fingerprints = Deferred(fingerprints)

    batch.positions = []
    batch.serials = []
    var moves: [Int32]?
    if !from.isIdentity {
      let rowOfSerial = newIdentity.rowOfSerial
      // A record keeps its serial wherever it goes, and also where it was put anew with other values.
      moves = oldSerials.map { rowOfSerial.indices.contains(Int($0)) ? rowOfSerial[Int($0)] : -1 }
    }
    let kept = from.keeping(batch.keeps)
    var rowOfSerial: [Int32]?
    var works: [FieldWork] = []
    for field in catalogue.fields where field.family == family {
      var old = try columns[field.id]?.get()
      var new = batch.columns.removeValue(forKey: field.id)
      var references = batch.references.removeValue(forKey: field.id)
      if old == nil, new == nil, references == nil { continue }
      if field.type.referredKind.flatMap({ catalogue.kind($0) })?.family == family {
        if let moves { old = old?.remapped(moves, family: family) }
        if new != nil || references != nil {
          let map = rowOfSerial ?? newIdentity.rowOfSerial
          rowOfSerial = map
          new = new?.remapped(map, family: family)
          references?.remap(map)
        }
      }
      if count > 0, let coded = references {
        new = coded.column
        references = nil
      }
      let keepsOld = kept != nil && !batch.given.contains(field.id)
      works.append(
        FieldWork(
          field: field.id, old: old, new: new, references: references, keepsOld: keepsOld,
          rows: table.reach(of: field, in: catalogue)))
    }
    for (field, column) in Self.gathered(consume works, from, kept ?? from) {
      table.columns[field] = column.map { Deferred($0) }
    }
    return (table, moves)
  }

  /// A column to be put together.
  private struct FieldWork: Sendable {
    var field: FieldID
    var old: Column?
    var new: Column?
    /// In the place of a column, of a table that had no rows.
    var references: CodedReferences?
    var keepsOld: Bool
    var rows: Range<Int>
  }

  /// The columns of the new table; of many rows two at once, each letting go what it was made from.
  private static func gathered(
    _ works: consuming [FieldWork], _ from: RowSources, _ kept: RowSources
  ) -> [(FieldID, Column?)] {
    let threads = from.sources.count < 100_000 ? 1 : 2
    let waiting = Mutex(works)
    let done = Mutex<[(FieldID, Column?)]>([])
    works = []
    StackedThreads.run(threads, stackBytes: 1 << 20) { _ in
      while let work = waiting.withLock({ $0.popLast() }) {
        let column =
          work.references?.gathered(from, rows: work.rows)
          ?? Column.gathered(old: work.old, new: work.new, work.keepsOld ? kept : from, rows: work.rows)
        done.withLock { $0.append((work.field, column)) }
      }
    }
    return done.withLock { $0 }
  }

  /// The order of the new table: a merge of two sorted sequences for each kind.
  private func arranged(
    dropping: [Int32], adding batch: borrowing RowBatch, identity: RowIdentity, in catalogue: Catalogue
  ) throws(Diagnostics) -> (RowSources, [KindRows]) {
    let timeField = catalogue.timeField(of: family)
    if count == 0, batch.replaces.isEmpty, batch.keeps.isEmpty,
      timeField.map({ Self.ascends(batch.columns[$0.id], count: batch.count) }) ?? true
    {
      let order = RowOrder.sorted(by: batch.positions)
      return alone(order, batch, timed: nil, in: catalogue)
    }
    var oldKeys: [Int64]?
    if let timeField, let column = columns[timeField.id] { oldKeys = Self.sortKeys(try column.get(), count: count) }
    var newKeys = timeField.map { Self.sortKeys(batch.columns[$0.id], count: batch.count) }
    if let timeField, !batch.given.contains(timeField.id) {
      for (row, old) in batch.keeps.enumerated() where old >= 0 { newKeys?[row] = oldKeys?[Int(old)] ?? Self.untimed }
    }
    let order = Self.order(of: batch, times: newKeys)
    if count == 0 { return alone(order, batch, timed: newKeys, in: catalogue) }
    var dropped: [Bool] = []
    if !dropping.isEmpty || !batch.replaces.isEmpty {
      dropped = [Bool](repeating: false, count: count)
      for row in dropping where dropped.indices.contains(Int(row)) { dropped[Int(row)] = true }
      for row in batch.replaces where dropped.indices.contains(Int(row)) { dropped[Int(row)] = true }
    }
    func isBefore(_ batchRow: Int32, _ row: Int) -> Bool {
      let new = newKeys?[Int(batchRow)] ?? 0
      let old = oldKeys?[row] ?? (timeField == nil ? 0 : Self.untimed)
      return new != old ? new < old : batch.serial(Int(batchRow)) < identity.serials[row]
    }

    var sources: [Int32] = []
    sources.reserveCapacity(count + batch.count)
    var stretches: [KindRows] = []
    var next = 0
    let oldStretches = Dictionary(self.stretches.map { ($0.kind, $0.rows) }, uniquingKeysWith: { first, _ in first })
    for (position, kind) in catalogue.familyOrder(family).enumerated() {
      let start = sources.count
      var end = next
      while end < order.count, Int(batch.positions[Int(order[end])]) == position { end += 1 }
      let old = oldStretches[kind] ?? 0..<0
      for row in old {
        if !dropped.isEmpty, dropped[row] { continue }
        while next < end, isBefore(order[next], row) {
          sources.append(Int32(clamping: count) &+ order[next])
          next += 1
        }
        sources.append(Int32(truncatingIfNeeded: row))
      }
      while next < end {
        sources.append(Int32(clamping: count) &+ order[next])
        next += 1
      }
      var timed = sources.count - start
      if timeField != nil {
        // Those without a time stand last.
        func key(_ source: Int32) -> Int64 {
          Int(source) < count
            ? oldKeys?[Int(source)] ?? Self.untimed : newKeys?[Int(source) - count] ?? Self.untimed
        }
        while timed > 0, key(sources[start + timed - 1]) == Self.untimed { timed -= 1 }
      }
      stretches.append(KindRows(kind: kind, rows: start..<sources.count, timed: timed))
    }
    let isIdentity =
      dropped.isEmpty && sources.count >= count
      && sources.prefix(count).enumerated().allSatisfy { Int($0.element) == $0.offset }
    return (RowSources(sources: sources, oldCount: count, isIdentity: isIdentity), stretches)
  }

  /// The order of a table that had no rows: the batch's.
  private func alone(
    _ order: [Int32], _ batch: borrowing RowBatch, timed times: [Int64]?, in catalogue: Catalogue
  ) -> (RowSources, [KindRows]) {
    let kinds = catalogue.familyOrder(family)
    let counts = RowOrder.counts(of: batch.positions, below: kinds.count)
    var stretches: [KindRows] = []
    var start = 0
    for (position, kind) in kinds.enumerated() {
      let rows = start..<(start + counts[position])
      start = rows.upperBound
      var timed = rows.count
      // Those without a time stand last.
      if let times { while timed > 0, times[Int(order[rows.lowerBound + timed - 1])] == Self.untimed { timed -= 1 } }
      stretches.append(KindRows(kind: kind, rows: rows, timed: timed))
    }
    return (RowSources(sources: order, oldCount: 0, isIdentity: true), stretches)
  }

  /// Stands for a missing time: last.
  static let untimed = Int64.max

  /// The times of rows 0 to `count` of a table as numbers that ascend; `untimed` where missing.
  static func sortKeys(_ column: Column?, count: Int) -> [Int64] {
    guard let column else { return [Int64](repeating: untimed, count: count) }
    var keys: [Int64] = []
    keys.reserveCapacity(count)
    let base = column.base
    let total = column.count
    let mask = column.present ?? Mask()
    let hasMask = column.present != nil
    func fill<T>(_ values: Packed<T>, _ convert: (T) -> Int64) {
      let values = values.array
      for row in 0..<count {
        let index = row - base
        let isThere = index >= 0 && index < total && (!hasMask || mask[index] != 0)
        keys.append(isThere ? convert(values[index]) : untimed)
      }
    }
    switch column.storage {
    case .date(let days): fill(days) { Int64($0) }
    case .time(let instants): fill(instants) { $0 }
    default: keys = [Int64](repeating: untimed, count: count)
    }
    return keys
  }

  /// Whether each row has a time, none before that of the row before it.
  private static func ascends(_ column: Column?, count: Int) -> Bool {
    guard let column, column.present == nil, column.base == 0, column.count == count else { return false }
    return switch column.storage {
    case .time(let values): values.ascend
    case .date(let values): values.ascend
    default: false
    }
  }

  /// The batch's rows in the order of kind, time and serial.
  private static func order(of batch: borrowing RowBatch, times: [Int64]?) -> [Int32] {
    var order = (0..<batch.count).map { Int32(truncatingIfNeeded: $0) }
    if !batch.replaces.isEmpty { order = StableOrder.refined(order, by: batch.serials.map { Int64($0) }) }
    if let times { order = StableOrder.refined(order, by: times) }
    return StableOrder.refined(order, byPlaces: batch.positions)
  }
}
