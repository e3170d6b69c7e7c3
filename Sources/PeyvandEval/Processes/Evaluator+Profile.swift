import PeyvandBase
import PeyvandCheck
import PeyvandData

/// A record by itself: its fields, its ties, its history, and what its processes say of it.
extension Evaluator {
  /// Of many events or tied records so many are shown.
  private static let shownEvents = 8
  private static let shownTies = 6
  private static let shownFields = 4

  /// - Parameters:
  ///   - expression: the record.
  ///   - query: its key and fields, one row; what it answers is what other formats show.
  /// - Returns: the profile; the query's own answer where there is no such record.
  /// - Complexity: the records that refer to it.
  package func profile(
    _ expression: CheckedExpression, _ query: CheckedQuery, _ processes: [CheckedProcess]
  ) throws(Diagnostics) -> Answer {
    var answer = try self.answer(query)
    guard case .table(let table) = answer.body, table.rowCount == 1, case .record(let kind) = expression.type,
      case .record(let record) = try value(expression)
    else { return answer }
    var profile = Profile(record: record, table: table)
    profile.fields = table.columns.compactMap { column in
      guard let value = column.values.first, value != .missing, column.name != "key" else { return nil }
      return Profile.Field(name: column.name, value: value, type: column.type)
    }
    for link in links(to: kind) { try add(link, of: expression, to: &profile) }
    profile.events = Array(
      profile.events.enumerated().sorted { a, b in
        let (first, second) = (moment(a.element.at), moment(b.element.at))
        return first == second ? a.offset < b.offset : first > second
      }.map(\.element).prefix(Self.shownEvents))
    for process in processes where context.source.catalogue.isKind(kind, specialOf: process.kind) {
      try add(process, to: &profile)
    }
    answer.body = .profile(profile)
    return answer
  }

  /// The references by which records of one kind name those of another.
  struct Link {
    var kind: Kind
    var field: Field
    /// Of a relationship, the end across.
    var far: Field?
  }

  func links(to kind: KindID) -> [Link] {
    let catalogue = context.source.catalogue
    return catalogue.fields.flatMap { field -> [Link] in
      guard case .reference(let target) = field.type, catalogue.isKind(kind, specialOf: target) else { return [] }
      return field.declaredBy.compactMap { id in
        guard let owner = catalogue.kind(id) else { return nil }
        let far = owner.ends.contains(field.id) ? owner.ends.first { $0 != field.id } : nil
        return Link(kind: owner, field: field, far: far.flatMap(catalogue.field))
      }
    }
  }

  // MARK: Parts

  private func add(_ link: Link, of record: CheckedExpression, to profile: inout Profile) throws(Diagnostics) {
    let set = CheckedSet(.referring(record, link.field.id), kind: link.kind.id, .none)
    let rows = try records(of: set).rows
    guard !rows.isEmpty else { return }
    let name =
      link.kind.name + (link.field.name == record.kindName(context.source.catalogue) ? "" : " (\(link.field.name))")
    switch link.kind.flavour {
    case .relationship:
      let now = CheckedExpression(.now, .time, .none)
      let holding = try records(of: CheckedSet(.holding(set, at: now), kind: link.kind.id, .none)).rows
      var across: [RecordReference] = []
      if let far = link.far {
        let shown = Array(holding.suffix(Self.shownTies).reversed())
        for value in try values(of: far, in: shown, of: link.kind.id) {
          if case .record(let other) = value { across.append(other) }
        }
      }
      profile.ties.append(.init(name: name, holding: holding.count, ever: rows.count, records: across))
    case .event:
      guard let at = context.source.catalogue.field(named: "at", of: link.kind.id) else { return }
      let type = at.type.valueType
      let ends = try values(of: at, in: [rows.first, rows.last].compactMap { $0 }, of: link.kind.id)
      profile.kept.append(
        .init(name: name, count: rows.count, first: ends.first ?? .missing, last: ends.last ?? .missing, type: type))
      profile.events += try latest(rows, link, at)
    case .entity:
      profile.kept.append(.init(name: name, count: rows.count, first: .missing, last: .missing, type: .missing))
    }
  }

  /// The last events of a kind with what they say.
  private func latest(_ rows: [Int32], _ link: Link, _ at: Field) throws(Diagnostics) -> [Profile.Event] {
    let shown = Array(rows.suffix(Self.shownEvents).reversed())
    let catalogue = context.source.catalogue
    let times = try values(of: at, in: shown, of: link.kind.id)
    let names = try values(
      of: { CheckedExpression(.kindName($0), .text, .none) }, type: .text, in: shown, of: link.kind.id)
    var events = zip(times, names).map { time, name -> Profile.Event in
      var kind = link.kind.name
      if case .text(let special) = name { kind = special }
      return Profile.Event(at: time, type: at.type.valueType, kind: kind, fields: [])
    }
    let fields = catalogue.familyOrder(link.kind.id).flatMap { catalogue.kind($0)?.fields ?? [] }
    var seen: Set<FieldID> = [link.field.id, at.id]
    for id in fields where seen.insert(id).inserted {
      guard let field = catalogue.field(id) else { continue }
      if case .list = field.type { continue }
      for (place, value) in try values(of: field, in: shown, of: link.kind.id).enumerated()
      where value != .missing && events.indices.contains(place) && events[place].fields.count < Self.shownFields {
        events[place].fields.append(.init(name: field.name, value: value, type: field.type.valueType))
      }
    }
    return events
  }

  /// A field's values in some rows of a kind's family.
  private func values(of field: Field, in rows: [Int32], of kind: KindID) throws(Diagnostics) -> [Value] {
    try values(
      of: { CheckedExpression(.field($0, field.id), field.type.valueType, .none) }, type: field.type.valueType,
      in: rows, of: kind)
  }

  func values(
    of expression: (CheckedExpression) -> CheckedExpression, type: ValueType, in rows: [Int32], of kind: KindID
  ) throws(Diagnostics) -> [Value] {
    let binding = Binding(id: -1, kind: kind)
    var frame = Frame(count: rows.count)
    frame.bindings[binding.id] = Slab(rows)
    var walker = Walker(context)
    let vector = try walker.evaluate(
      expression(CheckedExpression(.binding(binding), .record(kind), .none)), in: frame)
    return try values(of: vector, type: type)
  }

  private func moment(_ value: Value) -> Int64 {
    switch value {
    case .time(let instant): instant
    case .date(let day): context.source.catalogue.calendar.zone.instant(ofLocalDay: day)
    default: Int64.min
    }
  }

  private func add(_ process: CheckedProcess, to profile: inout Profile) throws(Diagnostics) {
    func concerns(_ value: Value) -> Bool { value == .text(profile.record.key) }
    var care = Profile.Care(process: process.name, goal: process.goal, due: nil, lacks: [])
    if let review = process.review {
      let table = try self.table(review.query)
      for row in 0..<table.rowCount where concerns(table[row, 0]) { care.due = table[row, 2] }
    }
    for lack in process.lacks {
      let table = try self.table(lack.query)
      for row in 0..<table.rowCount where concerns(table[row, 0]) { care.lacks.append(lack.what) }
    }
    profile.care.append(care)
  }
}

extension CheckedExpression {
  /// What a record's kind is called.
  fileprivate func kindName(_ catalogue: Catalogue) -> String {
    if case .record(let kind) = type { return catalogue.name(of: kind) }
    return ""
  }
}
