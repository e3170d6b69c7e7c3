import PeyvandBase
import PeyvandData
import Synchronization

/// A store seen with one more table for each set of several families that a program asks for.
///
/// A union's rows are its members' stretches one after the other, so that a row number is a record wherever it came
/// from, and every kernel, filter, window and grouping works on them as on any family's. Only the time they stand
/// in order of is put together, once a question; other fields are read from the members' own columns.
package struct UnionSource: ColumnSource {
  package let catalogue: Catalogue
  private let base: any ColumnSource
  private let made = Made()

  private final class Made: Sendable {
    struct Content {
      var columns: [FieldID: Column?] = [:]
      var orders: [KindID: [Int32]] = [:]
      var places: [KindID: [Int32]] = [:]
      /// Where the members' records lie, which is asked for each of them at every step.
      var rows: [KindID: Range<Int>] = [:]
    }
    let content = Mutex(Content())
  }

  /// The source itself where no question has asked for a union.
  package static func over(_ base: any ColumnSource, _ unions: [KindUnion]) -> any ColumnSource {
    unions.isEmpty ? base : UnionSource(base, unions)
  }

  private init(_ base: any ColumnSource, _ unions: [KindUnion]) {
    self.base = base
    catalogue = base.catalogue.adopting(unions)
  }

  package func lastEvent(notAfter limit: Int64) throws(Diagnostics) -> Int64? {
    try base.lastEvent(notAfter: limit)
  }

  package func rows(of kind: KindID) -> Range<Int> {
    if let known = made.content.withLock({ $0.rows[kind] }) { return known }
    let rows =
      catalogue.union(kind).map { 0..<$0.members.reduce(0) { $0 + self.rows(of: $1).count } } ?? base.rows(of: kind)
    made.content.withLock { $0.rows[kind] = rows }
    return rows
  }

  package func stretches(of kind: KindID) -> [KindRows] {
    guard let union = catalogue.union(kind) else { return base.stretches(of: kind) }
    var start = 0
    var result: [KindRows] = []
    for member in union.members {
      let rows = base.rows(of: member)
      let by = start - rows.lowerBound
      result += base.stretches(of: member).map { stretch in
        KindRows(
          kind: stretch.kind, rows: stretch.rows.lowerBound + by..<stretch.rows.upperBound + by, timed: stretch.timed)
      }
      start += rows.count
    }
    return result
  }

  package func timeOrder(of kind: KindID) -> [Int32]? {
    guard let union = catalogue.union(kind) else { return base.timeOrder(of: kind) }
    if let known = made.content.withLock({ $0.orders[kind] }) { return known }
    // Of one family in the order recorded, whichever of its kinds were asked for.
    let families = Set(union.members.map { catalogue.kind($0)?.family ?? $0 }).sorted()
    let orders = families.map { family in
      let order = base.timeOrder(of: family) ?? SetKernels.rows(base.rows(of: family))
      return moved(Slab(order), from: family, to: kind).array.filter { $0 >= 0 }
    }
    let times = union.members.flatMap { instants(of: $0, base.rows(of: $0)) }
    let order = StretchKernels.merged(orders, times: times)
    made.content.withLock { $0.orders[kind] = order }
    return order
  }

  package func timePlaces(of kind: KindID) -> [Int32]? {
    guard catalogue.union(kind) != nil else { return base.timePlaces(of: kind) }
    if let known = made.content.withLock({ $0.places[kind] }) { return known }
    let places = timeOrder(of: kind).map { SetKernels.places(ofOrder: $0, base: 0) }
    made.content.withLock { $0.places[kind] = places }
    return places
  }

  /// When each of a kind's records took place, a day as its first instant; `Int64.max` where there is none.
  private func instants(of kind: KindID, _ rows: Range<Int>) -> [Int64] {
    guard let vector = times(of: kind, rows) else {
      // What has no time stands in the order recorded.
      let isTimed = catalogue.timeField(of: kind) != nil
      return [Int64](repeating: isTimed ? .max : 0, count: rows.count)
    }
    let kernels = TimeKernels(catalogue.calendar, cache: KernelCache())
    if case .days(let days) = vector.storage {
      return TimeSearch.wide(
        Vector(.instants(kernels.firstInstants(ofDays: days)), present: vector.present), missing: .max
      ).array
    }
    return TimeSearch.wide(vector, missing: .max).array
  }

  private func times(of kind: KindID, _ rows: Range<Int>) -> Vector? {
    guard let field = catalogue.timeField(of: kind) else { return nil }
    let column = try? base.column(field.id)
    return column?.vector(of: Slab(SetKernels.rows(rows)))
  }

  package func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    guard field.isOfAUnion else { return try base.column(field) }
    if let known = made.content.withLock({ $0.columns[field] }) { return known }
    guard let declared = catalogue.field(field), let union = catalogue.union(declared.family),
      catalogue.timeField(of: declared.family)?.id == field
    else { return nil }
    let kernels = TimeKernels(catalogue.calendar, cache: KernelCache())
    var parts: [Vector] = []
    for member in union.members {
      let rows = base.rows(of: member)
      if let field = catalogue.timeField(of: member) { _ = try base.column(field.id) }
      var vector = times(of: member, rows) ?? .missing(declared.type.valueType, count: rows.count)
      if declared.type == .date, case .instants(let instants) = vector.storage {
        vector = Vector(.days(kernels.days(ofInstants: instants)), present: vector.present)
      }
      parts.append(vector)
    }
    let all = Joining.concatenated(parts, cache: KernelCache())
    let column: Column? =
      switch all?.storage {
      case .days(let days): Column(.date(days.array), present: all?.present?.array)
      case .instants(let instants): Column(.time(instants.array), present: all?.present?.array)
      default: nil
      }
    made.content.withLock { $0.columns[field] = column }
    return column
  }

  package func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    try base.adjacency(of: kind, by: field)
  }

  package func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency? {
    try base.adjacency(of: kind, byAnyOf: fields)
  }

  package func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes? {
    try base.times(of: kind, byAnyOf: fields)
  }

  package func holding() -> (any AnyObject & Sendable)? { base.holding() }

  package func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    guard let union = catalogue.union(family) else { return try base.keys(of: rows, family: family) }
    var keys = [String](repeating: "", count: rows.count)
    for member in union.members where !rows.isEmpty && !self.rows(of: member).isEmpty {
      let own = catalogue.kind(member)?.family ?? member
      let here = moved(Slab(rows), from: family, to: own).array
      let inMember = self.rows(of: member)
      let places = here.indices.filter { inMember.contains(Int(here[$0])) }
      for (place, key) in zip(places, try base.keys(of: places.map { here[$0] }, family: own)) { keys[place] = key }
    }
    return keys
  }

  package func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    guard let union = catalogue.union(family) else { return try base.row(withKey: key, family: family) }
    for member in union.members where !rows(of: member).isEmpty {
      let own = catalogue.kind(member)?.family ?? member
      guard let row = try base.row(withKey: key, family: own), base.rows(of: member).contains(Int(row)) else {
        continue
      }
      return moved(Slab([row]), from: own, to: family)[0]
    }
    return nil
  }
}
