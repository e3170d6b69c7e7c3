import PeyvandBase
import PeyvandData

/// Timelines by either end: of a rep all contacts, whoever began them.
///
/// A set of those that refer to a record by one field or by another is asked for so often that it stands ready like
/// those of one field: one counting sort, then a slice.
extension StoreState {
  package func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency? {
    let declared = fields.compactMap { catalogue.field($0) }
    guard declared.count == fields.count, declared.count > 1, let family = catalogue.kind(kind)?.family,
      let goal = declared.first?.type.referredKind.flatMap({ catalogue.kind($0) }),
      declared.allSatisfy({ field in
        guard case .reference(let other) = field.type else { return false }
        return field.family == family && catalogue.kind(other)?.family == goal.family
      })
    else { return nil }
    let (source, target) = (table(family), table(goal.family))
    let key = StoreCaches.TimelineKey(kind: kind, fields: fields)
    return try caches.timelines.value(for: key, versions: [source.version, source.columnsVersion, target.version]) {
      () throws(Diagnostics) in
      try makeTimeline(of: kind, by: declared, in: source, targets: target.count)
    }
  }

  package func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes? {
    guard let field = fields.first, let declared = catalogue.field(field), let time = catalogue.timeField(of: kind),
      let goal = declared.type.referredKind.flatMap({ catalogue.kind($0) })
    else { return nil }
    let (source, target) = (table(declared.family), table(goal.family))
    guard let column = try source.columns[time.id]?.get() else { return nil }
    let key = StoreCaches.TimelineKey(kind: kind, fields: fields)
    return try caches.times.value(for: key, versions: [source.version, source.columnsVersion, target.version]) {
      () throws(Diagnostics) in
      let adjacency =
        fields.count == 1 ? try adjacency(of: kind, by: field) : try adjacency(of: kind, byAnyOf: fields)
      return adjacency.flatMap { TimelineTimes(of: $0.rows, in: column) }
    }
  }

  /// As for one field; a row that refers to one record by several fields stands there once.
  private func makeTimeline(
    of kind: KindID, by fields: [Field], in table: FamilyTable, targets: Int
  ) throws(Diagnostics) -> Adjacency? {
    var goals: [TimelineBuilding.Goals] = []
    for field in fields {
      guard let column = try table.columns[field.id]?.get() else { continue }
      guard let rows = column.rows else { return nil }
      goals.append(.init(rows, base: column.base))
    }
    return TimelineBuilding.timelines(
      of: table.rows(of: kind, in: catalogue), in: try buildingOrder(of: kind), by: goals, targets: targets)
  }
}
