import PeyvandBase

package struct KindID: Hashable, Sendable, Comparable {
  package var raw: Int32
  package init(_ raw: Int) { self.raw = Int32(clamping: raw) }
  package static func < (a: KindID, b: KindID) -> Bool { a.raw < b.raw }
}

package struct FieldID: Hashable, Sendable, Comparable {
  package var raw: Int32
  package init(_ raw: Int) { self.raw = Int32(clamping: raw) }
  package static func < (a: FieldID, b: FieldID) -> Bool { a.raw < b.raw }
}

package enum KindFlavour: String, Hashable, Sendable { case entity, relationship, event }

package indirect enum FieldType: Hashable, Sendable {
  case number(Unit)
  case text
  case yesno
  case date
  case time
  /// Elapsed time, kept in seconds (a day counts 86,400; months are refused).
  case duration
  case reference(KindID)
  case list(FieldType)

  package var valueType: ValueType {
    switch self {
    case .number(let unit): .number(unit)
    case .text: .text
    case .yesno: .yesno
    case .date: .date
    case .time: .time
    case .duration: .duration(.seconds)
    case .reference(let kind): .record(kind)
    case .list(let element): .list(element.valueType)
    }
  }
}

/// A field of a family of kinds.
///
/// A general kind and its special kinds share one table, and a field of one name in that family is one
/// column, whichever of them declare it; where none of a record's own kinds declares it, it is missing.
package struct Field: Hashable, Sendable {
  package var id: FieldID
  package var name: String
  package var label: String?
  package var type: FieldType
  package var isRequired: Bool
  /// A date or time that is read as missing while it lies after the as-of time.
  package var happens: Bool
  package var defaultValue: Value?
  package var documentation: String?
  /// The most general kind of the family.
  package var family: KindID
  /// The kinds that declare it themselves (their special kinds inherit it).
  package var declaredBy: [KindID]

  package init(
    id: FieldID, name: String, label: String? = nil, type: FieldType, isRequired: Bool = false, happens: Bool = false,
    defaultValue: Value? = nil, documentation: String? = nil, family: KindID, declaredBy: [KindID]
  ) {
    self.id = id
    self.name = name
    self.label = label
    self.type = type
    self.isRequired = isRequired
    self.happens = happens
    self.defaultValue = defaultValue
    self.documentation = documentation
    self.family = family
    self.declaredBy = declaredBy
  }
}

package struct Kind: Hashable, Sendable {
  package var id: KindID
  package var name: String
  package var label: String?
  package var flavour: KindFlavour
  package var general: KindID?
  /// The most general kind of the family: itself, where it is no special case.
  package var family: KindID
  /// Its own and inherited fields in the order of declaration, general ones first. `key` is not among them;
  /// `at` of an event, `start` and `end` of a relationship are.
  package var fields: [FieldID]
  /// The two ends of a relationship: its first two references.
  package var ends: [FieldID]
  /// The ends declared `one`.
  package var oneEnds: [FieldID]

  package init(
    id: KindID, name: String, label: String? = nil, flavour: KindFlavour, general: KindID? = nil, family: KindID,
    fields: [FieldID] = [], ends: [FieldID] = [], oneEnds: [FieldID] = []
  ) {
    self.id = id
    self.name = name
    self.label = label
    self.flavour = flavour
    self.general = general
    self.family = family
    self.fields = fields
    self.ends = ends
    self.oneEnds = oneEnds
  }
}

/// The kinds of a company and how its time is counted: all that the checker needs to know of a store.
///
/// A value: a statement that declares makes a new one. Lookups by name go through `nameKey`, so that two
/// spellings of one name are one name.
package struct Catalogue: Hashable, Sendable {
  package private(set) var kinds: [Kind] = []
  package private(set) var fields: [Field] = []
  package var calendar: CalendarRules
  /// What sets of several families hold: kinds that no one declares.
  package var unions: [KindUnion] = []
  private var kindByName: [String: KindID] = [:]
  private struct FieldName: Hashable, Sendable {
    var family: KindID
    var key: String
  }
  /// A field of one name in one family is one column.
  private var fieldByName: [FieldName: FieldID] = [:]

  package init(calendar: CalendarRules = CalendarRules()) { self.calendar = calendar }

  package func kind(named name: String) -> Kind? { kindByName[nameKey(name)].flatMap(kind) }
  package func kind(_ id: KindID) -> Kind? {
    if let union = union(id) { return union.kind }
    return kinds.indices.contains(Int(id.raw)) ? kinds[Int(id.raw)] : nil
  }
  package func field(_ id: FieldID) -> Field? {
    if id.isOfAUnion { return unionField(id) }
    return fields.indices.contains(Int(id.raw)) ? fields[Int(id.raw)] : nil
  }
  package func name(of id: KindID) -> String { kind(id)?.name ?? "?" }

  /// Adds a kind; its `id` must be `nextKind`.
  package mutating func add(_ kind: Kind) {
    kindByName[nameKey(kind.name)] = kind.id
    kinds.append(kind)
  }
  package var nextKind: KindID { KindID(kinds.count) }
  /// Adds a field; its `id` must be `nextField`.
  package mutating func add(_ field: Field) {
    let name = FieldName(family: field.family, key: nameKey(field.name))
    if fieldByName[name] == nil { fieldByName[name] = field.id }
    fields.append(field)
  }
  package var nextField: FieldID { FieldID(fields.count) }
  package mutating func replace(_ kind: Kind) {
    guard kinds.indices.contains(Int(kind.id.raw)) else { return }
    kinds[Int(kind.id.raw)] = kind
  }
  package mutating func replace(_ field: Field) {
    guard fields.indices.contains(Int(field.id.raw)) else { return }
    fields[Int(field.id.raw)] = field
  }

  /// Whether every record of `kind` is one of `general`.
  package func isKind(_ kind: KindID, specialOf general: KindID) -> Bool {
    var at: KindID? = kind
    // Bounded by the number of kinds, so a damaged catalogue cannot turn in a circle.
    for _ in 0...kinds.count {
      guard let here = at else { return false }
      if here == general { return true }
      at = self.kind(here)?.general
    }
    return false
  }

  /// The kinds of a family, each after its general kind, depth first in the order of declaration: the order
  /// in which a table holds them, so that the records of every kind stand together.
  package func familyOrder(_ family: KindID) -> [KindID] {
    if let union = union(family) { return union.members.flatMap { familyOrder($0) } }
    var result: [KindID] = []
    var stack = [family]
    while let kind = stack.popLast(), result.count <= kinds.count {
      result.append(kind)
      stack.append(contentsOf: kinds.filter { $0.general == kind }.map(\.id).reversed())
    }
    return result
  }

  /// The field of that name that a record of the kind has: its own, an inherited one, or, read from a
  /// general kind, one of its special kinds'.
  package func field(named name: String, of kind: KindID) -> Field? {
    let key = nameKey(name)
    if let union = union(kind) { return union.fields.first { nameKey($0.name) == key } }
    guard let kind = self.kind(kind), let field = field(named: name, inFamily: kind.family) else { return nil }
    let isOfKind = kind.fields.contains(field.id) || field.declaredBy.contains { isKind($0, specialOf: kind.id) }
    return isOfKind ? field : nil
  }

  /// The field of that name that some kinds of a family have.
  package func field(named name: String, inFamily family: KindID) -> Field? {
    fieldByName[FieldName(family: family, key: nameKey(name))].flatMap { field($0) }
  }

  /// `at` of an event kind, `start` of a relationship kind.
  package func timeField(of kind: KindID) -> Field? {
    switch self.kind(kind)?.flavour {
    case .event: field(named: "at", of: kind)
    case .relationship: field(named: "start", of: kind)
    default: nil
    }
  }
}
