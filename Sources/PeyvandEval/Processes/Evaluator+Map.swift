import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The map of relationships: the first of the steps by which a company begins.
extension Evaluator {
  /// Around one record so many others are drawn.
  private static let neighbours = 24

  /// - Parameter record: the one in the middle; nil draws kinds.
  package func map(around record: CheckedExpression?, asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try looking(fromAsOf: asOf).map(around: record)
  }

  private func map(around record: CheckedExpression?) throws(Diagnostics) -> Answer {
    var receipt = Receipt()
    receipt.asOf = context.asOf.instant
    receipt.asOfDay = context.asOf.day
    guard let record else { return Answer(.map(try mapOfKinds()), receipt: receipt) }
    guard case .record(let kind) = record.type, case .record(let name) = try value(record) else {
      throw EvaluationDiagnostics.noMapOfNobody(at: record.range)
    }
    let map = try map(around: record, kind, name)
    if map.edges.isEmpty { receipt.remarks.append("nothing is tied to it") }
    if map.leftOut > 0 { receipt.remarks.append("\(map.leftOut) more are tied to it less often, and left out") }
    return Answer(.map(map), receipt: receipt)
  }

  // MARK: Kinds

  /// Entities and events with how many there are; relationships and references are what ties them.
  private func mapOfKinds() throws(Diagnostics) -> RelationshipMap {
    let catalogue = context.source.catalogue
    var map = RelationshipMap()
    var places: [KindID: Int] = [:]
    let general = catalogue.kinds.filter { $0.general == nil }
    for flavour in [KindFlavour.entity, .event] {
      for kind in general where kind.flavour == flavour {
        places[kind.id] = map.nodes.count
        let count = try records(of: CheckedSet(.all(at: nil), kind: kind.id, .none)).rows.count
        map.nodes.append(.init(name: kind.name, shape: flavour == .entity ? .entity : .event, count: count))
      }
    }
    func place(_ field: FieldID) -> (place: Int, name: String)? {
      guard let field = catalogue.field(field), case .reference(let target) = field.type,
        let family = catalogue.kind(target)?.family, let place = places[family]
      else { return nil }
      return (place, field.name)
    }
    for kind in general where kind.flavour == .relationship {
      guard kind.ends.count == 2, let from = place(kind.ends[0]), let to = place(kind.ends[1]) else { continue }
      let count = try records(of: CheckedSet(.all(at: nil), kind: kind.id, .none)).rows.count
      map.edges.append(.init(from: from.place, to: to.place, name: kind.name, count: count))
    }
    for kind in general where kind.flavour != .relationship {
      guard let from = places[kind.id] else { continue }
      let rows = try records(of: CheckedSet(.all(at: nil), kind: kind.id, .none)).rows
      let fields = catalogue.familyOrder(kind.id).flatMap { catalogue.kind($0)?.fields ?? [] }
      var seen: Set<FieldID> = []
      for id in fields where seen.insert(id).inserted {
        guard let to = place(id), let field = catalogue.field(id) else { continue }
        let known = try present(field, in: rows, of: kind.id)
        map.edges.append(.init(from: from, to: to.place, name: to.name, count: known))
      }
    }
    return map
  }

  /// How many of the rows name somebody.
  private func present(_ field: Field, in rows: [Int32], of kind: KindID) throws(Diagnostics) -> Int {
    try references(field, in: rows, of: kind).count { $0 >= 0 }
  }

  /// For each row the row that a reference names, −1 where none.
  private func references(_ field: Field, in rows: [Int32], of kind: KindID) throws(Diagnostics) -> [Int32] {
    let binding = Binding(id: -1, kind: kind)
    var frame = Frame(count: rows.count)
    frame.bindings[binding.id] = Slab(rows)
    var walker = Walker(context)
    let record = CheckedExpression(.binding(binding), .record(kind), .none)
    return try walker.rows(CheckedExpression(.field(record, field.id), field.type.valueType, .none), frame).array
  }

  // MARK: Around a record

  private struct Other: Hashable {
    var family: KindID
    var row: Int32
  }

  private func map(
    around record: CheckedExpression, _ kind: KindID, _ name: RecordReference
  ) throws(Diagnostics) -> RelationshipMap {
    let catalogue = context.source.catalogue
    var found: [Other: [String: Int]] = [:]
    var order: [Other] = []
    func count(_ family: KindID, _ row: Int32, _ tie: String) {
      guard row >= 0 else { return }
      let other = Other(family: family, row: row)
      if found[other] == nil { order.append(other) }
      found[other, default: [:]][tie, default: 0] += 1
    }
    func addReferences(of kind: Kind, in rows: [Int32], but own: FieldID?, as tie: String) throws(Diagnostics) {
      for id in kind.fields where id != own {
        guard let field = catalogue.field(id), case .reference(let target) = field.type,
          let family = catalogue.kind(target), family.flavour == .entity
        else { continue }
        for row in try references(field, in: rows, of: kind.id) {
          count(family.family, row, tie.isEmpty ? field.name : tie)
        }
      }
    }
    for link in links(to: kind) {
      var set = CheckedSet(.referring(record, link.field.id), kind: link.kind.id, .none)
      if link.kind.flavour == .relationship {
        set = CheckedSet(.holding(set, at: CheckedExpression(.now, .time, .none)), kind: link.kind.id, .none)
      }
      let rows = try records(of: set).rows
      if link.kind.flavour == .entity {
        for row in rows { count(link.kind.family, row, link.field.name) }
      } else {
        try addReferences(of: link.kind, in: rows, but: link.field.id, as: link.kind.name)
      }
    }
    let family = catalogue.kind(kind)?.family ?? kind
    if let own = try context.source.row(withKey: name.key, family: family), let kind = catalogue.kind(kind) {
      try addReferences(of: kind, in: [own], but: nil, as: "")
      // What it shares with itself is no tie to another.
      found[Other(family: family, row: own)] = nil
    }
    // Those it has most to do with; of equal ones those met first.
    let ranked = order.enumerated().filter { found[$0.element] != nil }.sorted { a, b in
      let first = found[a.element]?.values.reduce(0, +) ?? 0
      let second = found[b.element]?.values.reduce(0, +) ?? 0
      return first == second ? a.offset < b.offset : first > second
    }.map(\.element)
    var map = RelationshipMap(leftOut: max(0, ranked.count - Self.neighbours))
    map.nodes.append(.init(name: "\(name.kind) \"\(name.key)\"", shape: .center))
    for other in ranked.prefix(Self.neighbours) {
      let record = CheckedExpression(.binding(Binding(id: -1, kind: other.family)), .record(other.family), .none)
      guard
        case .record(let name)? = try values(
          of: { _ in record }, type: .record(other.family), in: [other.row], of: other.family
        ).first
      else { continue }
      let place = map.nodes.count
      map.nodes.append(.init(name: "\(name.kind) \"\(name.key)\"", shape: .entity))
      for (tie, count) in (found[other] ?? [:]).sorted(by: {
        $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value
      }) {
        map.edges.append(.init(from: 0, to: place, name: tie, count: count))
      }
    }
    return map
  }
}
