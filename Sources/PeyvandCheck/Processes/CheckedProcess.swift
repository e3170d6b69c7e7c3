import PeyvandBase
import PeyvandData

/// What a relationship is for and how it is looked after, with every name decided.
///
/// A process asks nothing by itself: each of its clauses is a question that the language could have been asked, so what
/// `agenda` and `missing` say of a record is what a pipeline would say of it.
package struct CheckedProcess: Sendable {
  /// `collect`: the records of which something is not known, in their order; one column, the key.
  package struct Lack: Sendable {
    package var what: String
    package var query: CheckedQuery
  }

  /// `review`: three columns a record: its key, the day of its last review, the day on which the next is due.
  package struct Review: Sendable {
    package var what: String
    package var query: CheckedQuery
  }

  /// `watch`: what calls for something to be done; four columns: the key of the record that is looked after, what calls
  /// for it, the day by which (missing where there is none), and what to do.
  package struct Watch: Sendable {
    package var query: CheckedQuery
  }

  package var name: String
  /// The members it is for.
  package var kind: KindID
  package var goal: String?
  package var lacks: [Lack]
  package var review: Review?
  package var watches: [Watch]
}

/// `done KIND "KEY" EVENT`: the event, and the reference by which it belongs to a member of the kind.
package struct CheckedDone: Sendable {
  package var member: KindID
  package var event: KindID
  package var field: FieldID
  package var at: FieldID
}

/// The columns of what `agenda`, `missing`, `process` and `watch` list.
package enum ProcessTable {
  package static let agenda: [(name: String, type: ValueType)] = [
    ("state", .text), ("due", .date), ("process", .text), ("record", .text), ("what", .text), ("do", .text),
  ]
  package static let missing: [(name: String, type: ValueType)] = [
    ("process", .text), ("record", .text), ("lacks", .text),
  ]
  /// Of those that the store keeps.
  package static let processes: [(name: String, type: ValueType)] = [
    ("process", .text), ("for", .text), ("goal", .text), ("review", .text),
  ]
  package static let watches: [(name: String, type: ValueType)] = [
    ("watch", .text), ("every", .text), ("breach_for", .plainNumber),
  ]
}

/// The columns of a map as a table: a row a tie.
package enum MapTable {
  package static let columns: [(name: String, type: ValueType)] = [
    ("from", .text), ("tie", .text), ("to", .text), ("n", .plainNumber),
  ]
}
