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

  /// A counting sort, as for one field; a row that refers to one record by several fields stands there once.
  private func makeTimeline(
    of kind: KindID, by fields: [Field], in table: FamilyTable, targets: Int
  ) throws(Diagnostics) -> Adjacency? {
    var columns: [(goals: [Int32], base: Int)] = []
    for field in fields {
      guard let column = try table.columns[field.id]?.get() else { continue }
      guard let goals = column.rows else { return nil }
      columns.append((goals.slab(0..<goals.count).array, column.base))
    }
    let rows = table.rows(of: kind, in: catalogue)
    var offsets = [Int32](repeating: 0, count: targets + 1)
    /// The records a row refers to, each once.
    @inline(__always) func each(_ row: Int, _ body: (Int) -> Void) {
      var met = (-1, -1)
      for (goals, base) in columns {
        let index = row - base
        guard index >= 0, index < goals.count else { continue }
        let goal = Int(goals[index])
        guard goal >= 0, goal < targets, goal != met.0, goal != met.1 else { continue }
        met = (goal, met.0)
        body(goal)
      }
    }
    guard columns.count <= 2 else { return nil }
    for row in rows { each(row) { offsets[$0 + 1] += 1 } }
    for goal in 0..<targets { offsets[goal + 1] += offsets[goal] }
    var next = offsets
    var result = [Int32](repeating: 0, count: Int(offsets[targets]))
    func place(_ row: Int) {
      each(row) { goal in
        result[Int(next[goal])] = Int32(truncatingIfNeeded: row)
        next[goal] += 1
      }
    }
    if let order = try buildingOrder(of: kind) {
      for row in order { place(Int(row)) }
    } else {
      for row in rows { place(row) }
    }
    return Adjacency(offsets: offsets, rows: result)
  }
}
