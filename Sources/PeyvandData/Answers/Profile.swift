import PeyvandBase

/// A record by itself, as one looks at it before a call or a visit: what is known of it, who it is tied to, and what
/// happened with it.
package struct Profile: Sendable {
  package struct Field: Sendable {
    package var name: String
    package var value: Value
    package var type: ValueType
    package init(name: String, value: Value, type: ValueType) {
      self.name = name
      self.value = value
      self.type = type
    }
  }
  /// The ties of one kind that hold, and at their other end a few of the records.
  package struct Tie: Sendable {
    package var name: String
    package var holding: Int
    package var ever: Int
    package var records: [RecordReference]
    package init(name: String, holding: Int, ever: Int, records: [RecordReference]) {
      self.name = name
      self.holding = holding
      self.ever = ever
      self.records = records
    }
  }
  /// What refers to it, by kind: events, or other records.
  package struct Kept: Sendable {
    package var name: String
    package var count: Int
    /// Of events, the times of the first and the last.
    package var first: Value
    package var last: Value
    package var type: ValueType
    package init(name: String, count: Int, first: Value, last: Value, type: ValueType) {
      self.name = name
      self.count = count
      self.first = first
      self.last = last
      self.type = type
    }
  }
  /// One of the latest events.
  package struct Event: Sendable {
    package var at: Value
    package var type: ValueType
    package var kind: String
    package var fields: [Field]
    package init(at: Value, type: ValueType, kind: String, fields: [Field]) {
      self.at = at
      self.type = type
      self.kind = kind
      self.fields = fields
    }
  }
  /// What a process says of it.
  package struct Care: Sendable {
    package var process: String
    package var goal: String?
    /// The day on which the next review is due; missing where none has taken place.
    package var due: Value?
    package var lacks: [String]
    package init(process: String, goal: String?, due: Value?, lacks: [String]) {
      self.process = process
      self.goal = goal
      self.due = due
      self.lacks = lacks
    }
  }
  package var record: RecordReference
  package var fields: [Field]
  package var ties: [Tie]
  package var kept: [Kept]
  /// The latest first.
  package var events: [Event]
  package var care: [Care]
  /// The record's fields as a table of one row, for whatever goes on from it.
  package var table: Table

  package init(record: RecordReference, table: Table) {
    self.record = record
    self.table = table
    (fields, ties, kept, events, care) = ([], [], [], [], [])
  }
}
