import PeyvandBase
import PeyvandData

/// Writes records down by the names of their kinds and fields, as a test reads best.
package struct StoreBuilder {
  package let catalogue: Catalogue
  package private(set) var records: [ReferenceRecord] = []

  package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  package var store: ReferenceStore { ReferenceStore(catalogue: catalogue, records: records) }

  /// Adds a record. A text for a reference is the key of a record added before; a text for a date or a time is
  /// read as one (`2024-01-31`, `2024-01-31 14:30`). Gives its place.
  @discardableResult
  package mutating func add(_ kind: String, _ key: String, _ values: [String: ReferenceValue] = [:]) -> Int {
    guard let kind = catalogue.kind(named: kind) else { return -1 }
    var own: [FieldID: ReferenceValue] = [:]
    for (name, value) in values {
      // What none of its own kinds declares, a record does not have.
      guard let field = catalogue.field(named: name, of: kind.id), kind.fields.contains(field.id) else { continue }
      own[field.id] = converted(value, field.type)
    }
    records.append(ReferenceRecord(kind: kind.id, key: key, values: own))
    return records.count - 1
  }

  /// Of the kind and its special kinds.
  package func all(_ name: String) -> [Int] {
    guard let kind = catalogue.kind(named: name) else { return [] }
    return records.indices.filter { catalogue.isKind(records[$0].kind, specialOf: kind.id) }
  }

  private func converted(_ value: ReferenceValue, _ type: FieldType) -> ReferenceValue {
    guard case .text(let text) = value else { return value }
    switch type {
    case .date: return InstantText.parseDay(text).map { .date($0) } ?? .missing
    case .time:
      let parts = text.split(separator: " ")
      guard let day = parts.first.flatMap({ InstantText.parseDay($0) }) else { return .missing }
      let clock = parts.dropFirst().first.map { $0.split(separator: ":").compactMap { Int($0) } } ?? []
      let seconds = zip(clock, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
      return .time(catalogue.calendar.zone.instant(ofLocalDay: day, secondOfDay: seconds))
    case .reference(let kind):
      let found = records.firstIndex { catalogue.isKind($0.kind, specialOf: kind) && $0.key == text }
      return found.map { .record($0) } ?? .missing
    default: return value
    }
  }
}

extension ReferenceValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  package init(booleanLiteral value: Bool) { self = value ? .yes : .no }
}
