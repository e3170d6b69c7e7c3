import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Groups that are the rows of a frame outside: what a KPI, or a table of one value, is for each record in hand.
enum GroupedByRow {
  /// The row outside, as a key that no program can name.
  static let key = CheckedColumn(
    header: .init(id: ColumnID(-20), name: "", type: .plainNumber),
    expression: CheckedExpression(.column(ColumnID(-20)), .plainNumber, .none))

  /// For each row outside its group; −1 where it has no records.
  static func places(_ result: MeasureResult, rows: Int) -> [Int32] {
    var places = [Int32](repeating: -1, count: rows)
    guard let key = result.keys.first, case .numbers(let slab) = key.storage else { return places }
    for (group, row) in slab.array.enumerated() {
      if let row = Int(exactly: row), places.indices.contains(row) { places[row] = Int32(clamping: group) }
    }
    return places
  }
}

extension Evaluator {
  /// Groups the records of a set by the rows of the frame in which it stands. The plan's first key must be
  /// `GroupedByRow.key`.
  func groupedByRow(
    _ plan: MeasurePlan, _ set: CheckedSet, _ binding: Binding, _ stages: [CheckedStage], in frame: Frame
  ) throws(Diagnostics) -> MeasureResult {
    let (base, filters) = set.withoutFilters
    var walker = Walker(context)
    let sets = try walker.sets(base, in: frame)
    try check(rows: sets.rows.count, at: set.range)
    let owners = Places.owners(sets.offsets)
    var inner = Frame(count: sets.rows.count, outer: Frame.Outer(frame: frame, row: Slab(owners)))
    inner.bindings[binding.id] = sets.rows
    for (other, _) in filters { inner.bindings[other.id] = sets.rows }
    inner.columns[GroupedByRow.key.header.id] = Vector(.numbers(Slab(owners.map { Double($0) })))
    // A record may be reached from several rows outside.
    var run = StageRun(inner, of: inner.count, isSpread: true, context)
    run.walker = walker
    try run.apply((filters.map { .filter($0.1) } + stages)[...])
    // What a `select` or an `each` on the way has put away is still the row outside.
    if run.frame.values(of: GroupedByRow.key.header.id) == nil {
      throw EvaluationDiagnostics.notSupported("a table of one value that selects columns", at: set.range)
    }
    var state = MeasureState(plan)
    state.add(try MeasurePart(plan, run))
    return try finish(plan, &state, ReceiptDraft())
  }
}

extension Frame {
  func has(binding: Int) -> Bool { bindings[binding] != nil || outer?.frame.has(binding: binding) ?? false }
  func has(column: ColumnID) -> Bool { columns[column] != nil || outer?.frame.has(column: column) ?? false }

  /// Whether a set, or a condition on it, speaks of a record or a column of this frame.
  func isMentioned(by set: CheckedSet, _ condition: CheckedExpression?) -> Bool {
    var found = false
    set.forEach { found = found || has($0) }
    condition?.forEach { found = found || has($0) }
    return found
  }

  func isMentioned(by list: CheckedList) -> Bool {
    var found = false
    list.forEach { found = found || has($0) }
    return found
  }

  private func has(_ expression: CheckedExpression) -> Bool {
    switch expression.node {
    case .binding(let binding): has(binding: binding.id)
    case .column(let id): has(column: id)
    default: false
    }
  }
}
