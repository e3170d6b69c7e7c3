import PeyvandBase
import PeyvandData
import Synchronization

/// A source as one question sees it: what it has been asked it keeps, so that each batch need not ask the store again.
///
/// Where a kind's records lie and what its columns are takes the store a walk through its catalogue; a question of ten
/// million rows would take it thousands of times. Sources do not change under a question, so the first answer holds.
final class QuestionSource: ColumnSource {
  let catalogue: Catalogue
  private let base: any ColumnSource
  private let held: (any AnyObject & Sendable)?

  private struct Timelines: Hashable, Sendable {
    var kind: KindID
    var fields: [FieldID]
  }

  /// What the store said to one kind of question, by what was asked; two threads may ask at once and hear the same.
  private final class Said<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])

    func value<Failure: Error>(_ key: Key, ask: () throws(Failure) -> Value) throws(Failure) -> Value {
      if let known = known.withLock({ $0[key] }) { return known }
      let value = try ask()
      known.withLock { $0[key] = value }
      return value
    }
  }
  private let ranges = Said<KindID, Range<Int>>()
  private let parts = Said<KindID, [KindRows]>()
  private let orders = Said<KindID, [Int32]?>()
  private let places = Said<KindID, [Int32]?>()
  private let columns = Said<FieldID, Column?>()
  private let adjacencies = Said<Timelines, Adjacency>()
  private let joint = Said<Timelines, Adjacency?>()
  private let moments = Said<Timelines, TimelineTimes?>()

  init(_ base: any ColumnSource) {
    self.base = base
    catalogue = base.catalogue
    held = base.holding()
  }

  func holding() -> (any AnyObject & Sendable)? { held }

  func lastEvent(notAfter limit: Int64) throws(Diagnostics) -> Int64? { try base.lastEvent(notAfter: limit) }
  func rows(of kind: KindID) -> Range<Int> { ranges.value(kind) { base.rows(of: kind) } }
  func stretches(of kind: KindID) -> [KindRows] { parts.value(kind) { base.stretches(of: kind) } }
  func timeOrder(of kind: KindID) -> [Int32]? { orders.value(kind) { base.timeOrder(of: kind) } }
  func timePlaces(of kind: KindID) -> [Int32]? { places.value(kind) { base.timePlaces(of: kind) } }

  func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    try columns.value(field) { () throws(Diagnostics) in try base.column(field) }
  }
  func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    try adjacencies.value(Timelines(kind: kind, fields: [field])) { () throws(Diagnostics) in
      try base.adjacency(of: kind, by: field)
    }
  }
  func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency? {
    try joint.value(Timelines(kind: kind, fields: fields)) { () throws(Diagnostics) in
      try base.adjacency(of: kind, byAnyOf: fields)
    }
  }
  func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes? {
    try moments.value(Timelines(kind: kind, fields: fields)) { () throws(Diagnostics) in
      try base.times(of: kind, byAnyOf: fields)
    }
  }
  func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    try base.keys(of: rows, family: family)
  }
  func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    try base.row(withKey: key, family: family)
  }
}
