import PeyvandBase
import PeyvandData
import Synchronization

/// The records of a `ReferenceStore` as the engine sees a store: by the contract of `ColumnSource`, worked out
/// the plain way, each part once, when it is first asked for.
package struct ReferenceColumns: ColumnSource {
  package let catalogue: Catalogue
  private let store: ReferenceStore
  /// Of each family its records, row by row.
  private let tables: [KindID: [Int]]
  /// The row of each record.
  private let rowOf: [Int]
  private let kept = Kept()

  /// What has been worked out.
  private final class Kept: Sendable {
    struct Reference: Hashable {
      var kind: KindID
      var field: FieldID
    }
    let stretches = Mutex<[KindID: [KindRows]]>([:])
    let orders = Mutex<[KindID: [Int32]?]>([:])
    let columns = Mutex<[FieldID: Column?]>([:])
    let adjacencies = Mutex<[Reference: Adjacency]>([:])
  }

  /// Two that ask at once work it out twice, and come to the same.
  private func once<Key: Hashable, Value>(
    _ memory: borrowing Mutex<[Key: Value]>, _ key: Key, _ make: () -> Value
  ) -> Value where Key: Sendable, Value: Sendable {
    if let known = memory.withLock({ $0[key] }) { return known }
    let value = make()
    memory.withLock { $0[key] = value }
    return value
  }

  package init(_ store: ReferenceStore) {
    self.store = store
    let catalogue = store.catalogue
    self.catalogue = catalogue
    var tables: [KindID: [Int]] = [:]
    var rowOf = [Int](repeating: 0, count: store.records.count)
    for family in catalogue.kinds where family.general == nil {
      var rows: [Int] = []
      for kind in catalogue.familyOrder(family.id) {
        rows += store.inOrder(store.records.indices.filter { store.kind($0) == kind })
      }
      for (row, record) in rows.enumerated() { rowOf[record] = row }
      tables[family.id] = rows
    }
    self.tables = tables
    self.rowOf = rowOf
  }

  /// The record that stands in a row.
  package func record(row: Int32, family: KindID) -> Int? {
    guard let table = tables[self.family(family)], table.indices.contains(Int(row)) else { return nil }
    return table[Int(row)]
  }

  private func family(_ kind: KindID) -> KindID { catalogue.kind(kind)?.family ?? kind }
  private func table(_ kind: KindID) -> [Int] { tables[family(kind)] ?? [] }

  package func lastEvent(notAfter limit: Int64) -> Int64? {
    let zone = catalogue.calendar.zone
    var last: Int64?
    for record in store.records.indices where catalogue.kind(store.kind(record))?.flavour == .event {
      let instant: Int64
      switch store.time(record) {
      case .date(let day) where day <= zone.localDay(ofInstant: limit): instant = zone.instant(ofLocalDay: day)
      case .time(let time) where time <= limit: instant = time
      default: continue
      }
      last = max(last ?? instant, instant)
    }
    return last
  }

  package func rows(of kind: KindID) -> Range<Int> {
    let own = stretches(of: kind)
    guard let first = own.first, let last = own.last else { return 0..<0 }
    return first.rows.lowerBound..<last.rows.upperBound
  }

  package func stretches(of kind: KindID) -> [KindRows] {
    once(kept.stretches, kind) { makeStretches(of: kind) }
  }

  private func makeStretches(of kind: KindID) -> [KindRows] {
    let table = table(kind)
    var stretches: [KindRows] = []
    var start = 0
    for other in catalogue.familyOrder(family(kind)) {
      let own = table.filter { store.kind($0) == other }
      let hasTimes = catalogue.timeField(of: other) != nil
      let timed = hasTimes ? own.count { store.time($0) != .missing } : own.count
      if catalogue.isKind(other, specialOf: kind) {
        stretches.append(KindRows(kind: other, rows: start..<(start + own.count), timed: timed))
      }
      start += own.count
    }
    return stretches
  }

  package func timeOrder(of kind: KindID) -> [Int32]? {
    once(kept.orders, kind) { makeTimeOrder(of: kind) }
  }

  private func makeTimeOrder(of kind: KindID) -> [Int32]? {
    let standing = rows(of: kind).map { Int32(clamping: $0) }
    let ordered = store.inOrder(store.records.indices.filter { store.isOf($0, kind) }).map {
      Int32(clamping: rowOf[$0])
    }
    return ordered == standing ? nil : ordered
  }

  package func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    once(kept.columns, field) { makeColumn(field) }
  }

  private func makeColumn(_ field: FieldID) -> Column? {
    guard let declared = catalogue.field(field) else { return nil }
    let table = table(declared.family)
    let span = table.indices.filter { row in
      declared.declaredBy.contains { store.isOf(table[row], $0) }
    }
    guard let first = span.first, let last = span.last else { return nil }
    let values = table[first...last].map { store.recorded($0, field) }
    guard values.contains(where: { $0 != .missing }) else { return nil }
    let isThere: [UInt8] = values.map { $0 == .missing ? 0 : 1 }
    return Column(storage(values, declared.type), present: isThere.contains(0) ? isThere : nil, base: first)
  }

  private func storage(_ values: [ReferenceValue], _ type: FieldType) -> Column.Storage {
    switch type {
    case .number: return .number(values.map { if case .number(let number) = $0 { number } else { 0 } })
    case .text:
      var dictionary = TextDictionary()
      let codes = values.map { value -> Int32 in
        guard case .text(let text) = value else { return 0 }
        return dictionary.code(of: text) ?? 0
      }
      return .text(codes, dictionary)
    case .yesno: return .yesno(values.map { $0 == .yes ? Truth.yes : Truth.no })
    case .date: return .date(values.map { if case .date(let day) = $0 { Int32(clamping: day) } else { 0 } })
    case .time: return .time(values.map { if case .time(let instant) = $0 { instant } else { 0 } })
    case .duration:
      return .duration(
        values.map { if case .duration(let length) = $0 { length.days * 86_400 + length.seconds } else { 0 } })
    case .reference(let kind):
      return .reference(
        values.map { if case .record(let record) = $0 { Int32(clamping: rowOf[record]) } else { 0 } },
        family: family(kind))
    case .list(let element):
      var offsets: [Int32] = [0]
      var all: [ReferenceValue] = []
      for value in values {
        if case .list(let own) = value { all += own }
        offsets.append(Int32(clamping: all.count))
      }
      return .list(offsets: offsets, elements: Column(storage(all, element)))
    }
  }

  package func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    once(kept.adjacencies, Kept.Reference(kind: kind, field: field)) { makeAdjacency(of: kind, by: field) }
  }

  private func makeAdjacency(of kind: KindID, by field: FieldID) -> Adjacency {
    guard case .reference(let target)? = catalogue.field(field)?.type else { return Adjacency(offsets: [0], rows: []) }
    var offsets: [Int32] = [0]
    var rows: [Int32] = []
    for record in table(target) {
      let referring = store.records.indices.filter {
        store.isOf($0, kind) && store.recorded($0, field) == .record(record)
      }
      rows += store.inOrder(referring).map { Int32(clamping: rowOf[$0]) }
      offsets.append(Int32(clamping: rows.count))
    }
    return Adjacency(offsets: offsets, rows: rows)
  }

  package func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    rows.map { row in record(row: row, family: family).map { store.records[$0].key } ?? "" }
  }

  package func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    table(family).firstIndex { folded(store.records[$0].key) == folded(key) }.map { Int32(clamping: $0) }
  }
}
