import PeyvandBase
import PeyvandData

/// A record as the reference keeps it: a dictionary. What is not in it is missing.
package struct ReferenceRecord: Sendable {
  package var kind: KindID
  package var key: String
  package var values: [FieldID: ReferenceValue]

  package init(kind: KindID, key: String, values: [FieldID: ReferenceValue]) {
    self.kind = kind
    self.key = key
    self.values = values
  }
}

/// All records in one array, in the order recorded, and nothing else: no index, no column, no sorted anything.
///
/// The reference looks through all of them for every question. The same data as columns, for the engine, is
/// `ReferenceColumns`.
package struct ReferenceStore: Sendable {
  package let catalogue: Catalogue
  package let records: [ReferenceRecord]
  /// What the catalogue says of each kind, asked once: its general kinds and itself, and its fields of time.
  private let generalKinds: [KindID: Set<KindID>]
  private let timeFields: [KindID: FieldID]
  private let endFields: [KindID: FieldID]

  package init(catalogue: Catalogue, records: [ReferenceRecord]) {
    self.catalogue = catalogue
    self.records = records
    var generalKinds: [KindID: Set<KindID>] = [:]
    var timeFields: [KindID: FieldID] = [:]
    var endFields: [KindID: FieldID] = [:]
    for kind in catalogue.kinds {
      generalKinds[kind.id] = Set(catalogue.kinds.map(\.id).filter { catalogue.isKind(kind.id, specialOf: $0) })
      timeFields[kind.id] = catalogue.timeField(of: kind.id)?.id
      if kind.flavour == .relationship { endFields[kind.id] = catalogue.field(named: "end", of: kind.id)?.id }
    }
    self.generalKinds = generalKinds
    self.timeFields = timeFields
    self.endFields = endFields
  }

  package func kind(_ record: Int) -> KindID { records[record].kind }
  package func isOf(_ record: Int, _ kind: KindID) -> Bool { generalKinds[self.kind(record)]?.contains(kind) ?? false }

  /// As recorded, whatever the as-of time.
  package func recorded(_ record: Int, _ field: FieldID) -> ReferenceValue { records[record].values[field] ?? .missing }

  /// `at` of an event, `start` of a tie; missing for entities.
  package func time(_ record: Int) -> ReferenceValue {
    timeFields[kind(record)].map { recorded(record, $0) } ?? .missing
  }

  /// The field of a tie's end.
  package func endField(_ tie: Int) -> FieldID? { endFields[kind(tie)] }
  package func timeField(_ record: Int) -> FieldID? { timeFields[kind(record)] }

  /// The record with a key, of a kind or one of its special kinds.
  package func record(_ kind: KindID, key: String) -> Int? {
    records.indices.first { isOf($0, kind) && folded(records[$0].key) == folded(key) }
  }

  /// Records each once in their order: by time where they have one (those without last), then family by family as
  /// declared, then as recorded.
  package func inOrder(_ found: [Int]) -> [Int] {
    Set(found).sorted { a, b in
      let (first, second) = (moment(a), moment(b))
      if first != second { return first < second }
      let (one, other) = (family(a), family(b))
      return one == other ? a < b : one < other
    }
  }

  private func family(_ record: Int) -> KindID { catalogue.kind(kind(record))?.family ?? kind(record) }

  /// A day among instants begins with its first.
  private func moment(_ record: Int) -> Int64 {
    guard catalogue.kind(kind(record))?.flavour != .entity else { return 0 }
    return switch time(record) {
    case .date(let day): catalogue.calendar.zone.instant(ofLocalDay: day)
    case .time(let instant): instant
    default: Int64.max
    }
  }
}
