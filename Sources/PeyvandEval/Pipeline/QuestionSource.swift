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

  private struct Timelines: Hashable {
    var kind: KindID
    var fields: [FieldID]
  }
  private struct Content {
    var rows: [KindID: Range<Int>] = [:]
    var stretches: [KindID: [KindRows]] = [:]
    var orders: [KindID: [Int32]?] = [:]
    var places: [KindID: [Int32]?] = [:]
    var columns: [FieldID: Column?] = [:]
    var adjacencies: [Timelines: Adjacency] = [:]
    var joint: [Timelines: Adjacency?] = [:]
    var times: [Timelines: TimelineTimes?] = [:]
  }
  private let content = Mutex(Content())

  init(_ base: any ColumnSource) {
    self.base = base
    catalogue = base.catalogue
  }

  /// What is known, or else what the store says; two threads may ask at once and hear the same.
  private func known<Value: Sendable>(
    _ read: (borrowing Content) -> Value?, ask: () throws(Diagnostics) -> Value,
    keep: (inout Content, Value) -> Void
  ) throws(Diagnostics) -> Value {
    if let known = content.withLock({ read($0) }) { return known }
    let value = try ask()
    content.withLock { keep(&$0, value) }
    return value
  }

  private func known<Value: Sendable>(
    _ read: (borrowing Content) -> Value?, ask: () -> Value, keep: (inout Content, Value) -> Void
  ) -> Value {
    if let known = content.withLock({ read($0) }) { return known }
    let value = ask()
    content.withLock { keep(&$0, value) }
    return value
  }

  func lastEvent(notAfter limit: Int64) throws(Diagnostics) -> Int64? { try base.lastEvent(notAfter: limit) }
  func rows(of kind: KindID) -> Range<Int> {
    known {
      $0.rows[kind]
    } ask: {
      base.rows(of: kind)
    } keep: {
      $0.rows[kind] = $1
    }
  }
  func stretches(of kind: KindID) -> [KindRows] {
    known {
      $0.stretches[kind]
    } ask: {
      base.stretches(of: kind)
    } keep: {
      $0.stretches[kind] = $1
    }
  }
  func timeOrder(of kind: KindID) -> [Int32]? {
    known {
      $0.orders[kind]
    } ask: {
      base.timeOrder(of: kind)
    } keep: {
      $0.orders[kind] = $1
    }
  }
  func timePlaces(of kind: KindID) -> [Int32]? {
    known {
      $0.places[kind]
    } ask: {
      base.timePlaces(of: kind)
    } keep: {
      $0.places[kind] = $1
    }
  }

  func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    try known {
      $0.columns[field]
    } ask: { () throws(Diagnostics) in
      try base.column(field)
    } keep: {
      $0.columns[field] = $1
    }
  }
  func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    let key = Timelines(kind: kind, fields: [field])
    return try known {
      $0.adjacencies[key]
    } ask: { () throws(Diagnostics) in
      try base.adjacency(of: kind, by: field)
    } keep: {
      $0.adjacencies[key] = $1
    }
  }
  func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency? {
    let key = Timelines(kind: kind, fields: fields)
    return try known {
      $0.joint[key]
    } ask: { () throws(Diagnostics) in
      try base.adjacency(of: kind, byAnyOf: fields)
    } keep: {
      $0.joint[key] = $1
    }
  }
  func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes? {
    let key = Timelines(kind: kind, fields: fields)
    return try known {
      $0.times[key]
    } ask: { () throws(Diagnostics) in
      try base.times(of: kind, byAnyOf: fields)
    } keep: {
      $0.times[key] = $1
    }
  }
  func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    try base.keys(of: rows, family: family)
  }
  func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    try base.row(withKey: key, family: family)
  }
}
