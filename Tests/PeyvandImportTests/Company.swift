import PeyvandBase
import PeyvandData
import PeyvandStore

/// Declares kinds for a test, in few words.
struct Company {
  var catalogue = Catalogue()

  typealias FieldSpec = (name: String, type: FieldType, required: Bool)

  @discardableResult
  mutating func kind(_ name: String, _ flavour: KindFlavour, is general: KindID? = nil, _ fields: [FieldSpec] = [])
    -> KindID
  {
    let id = catalogue.nextKind
    let parent = general.flatMap { catalogue.kind($0) }
    var kind = Kind(
      id: id, name: name, flavour: flavour, general: general, family: parent?.family ?? id,
      fields: parent?.fields ?? [])
    for spec in fields {
      let field = Field(
        id: catalogue.nextField, name: spec.name, type: spec.type, isRequired: spec.required, family: kind.family,
        declaredBy: [id])
      catalogue.add(field)
      kind.fields.append(field.id)
    }
    catalogue.add(kind)
    return id
  }

  var store: StoreState { StoreState(catalogue: catalogue) }
}

extension StoreState {
  /// All records of a kind in the order of their keys: key, then the given fields as texts.
  func records(_ name: String, _ fields: [String] = []) throws -> [[String?]] {
    guard let kind = catalogue.kind(named: name) else { return [] }
    let rows = self.rows(of: kind.id).map { Int32($0) }
    let keys = try self.keys(of: rows, family: kind.family)
    var result: [[String?]] = []
    for (row, key) in zip(rows, keys) {
      var record: [String?] = [key]
      for name in fields {
        guard let field = catalogue.field(named: name, of: kind.id) else { continue }
        record.append(try shown(field.id, Int(row)))
      }
      result.append(record)
    }
    return result.sorted { ($0[0] ?? "") < ($1[0] ?? "") }
  }

  private func shown(_ field: FieldID, _ row: Int) throws -> String? {
    switch try value(field, row: row) {
    case .missing: nil
    case .number(let number): NumberText.shortest(number)
    case .text(let text): text
    case .yesno(let answer): answer ? "yes" : "no"
    case .date(let day): InstantText.day(day)
    case .time(let instant): InstantText.instant(instant, in: .utc)
    case .record(let record): record.key
    case let other: "\(other)"
    }
  }
}
