import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Questions inside an expression: a KPI's value, and a table of one row and one column.
extension Walker {
  /// A KPI's value for each row.
  mutating func kpi(_ call: CheckedKPICall, in frame: Frame) throws(Diagnostics) -> Vector {
    try KPIEvaluation(inside(), call).values(in: frame)
  }

  /// The one value of a table for each row; missing where the table has no row.
  ///
  /// A table that speaks of no record in hand is worked out once. One that does, and is one `measure` over a set,
  /// is worked out for all rows together; any other, row by row.
  mutating func table(_ query: CheckedQuery, type: ValueType, in frame: Frame) throws(Diagnostics) -> Vector {
    let evaluator = try inside().looking(fromAsOf: query.asOf)
    var query = query
    query.asOf = nil
    guard query.mentions(frame) else {
      let result = try evaluator.rowsAsColumns(query)
      let values = result.vectors.first ?? .missing(count: 0)
      guard values.count > 0 else { return .missing(count: frame.count) }
      return values.picking([Int32](repeating: 0, count: frame.count))
    }
    if let together = try evaluator.values(of: query, in: frame) { return together }
    var parts: [Vector] = []
    for row in 0..<frame.count {
      let one = Int32(truncatingIfNeeded: row)
      let outer = Frame.Outer(frame: frame, row: Slab([one]))
      let values = try evaluator.value(of: query, in: Frame(count: 1, outer: outer))
      parts.append(values)
    }
    return .concatenated(parts)
  }

  /// An evaluator for what stands inside a batch, which is on a thread already.
  private func inside() -> Evaluator {
    var context = context
    context.threads = 1
    return Evaluator(context)
  }
}

extension CheckedQuery {
  /// Whether the source or a stage speaks of a record or a column of the frame.
  func mentions(_ frame: Frame) -> Bool {
    switch source {
    case .records(let set, _): if frame.isMentioned(by: set, nil) { return true }
    case .kpi(let call, _): if frame.isMentioned(by: call.kpi.subjects, call.condition) { return true }
    case .value(let column):
      if frame.isMentioned(by: CheckedSet(.single(column.expression), kind: KindID(0), range), nil) { return true }
    case .path(let path, _):
      for end in [path.from, path.to] where frame.isMentioned(by: CheckedSet(.single(end), kind: KindID(0), range), nil)
      {
        return true
      }
    case .list(let list, _): if frame.isMentioned(by: list) { return true }
    case .table: break
    }
    let references = TreeReferences(of: stages[...], row: nil)
    return references.columns.contains(where: frame.has(column:))
      || references.bindings.contains(where: frame.has(binding:))
  }
}

extension Evaluator {
  /// The values of a query that is one `measure` without keys over a set, for all rows of the frame together; nil
  /// for any other.
  fileprivate func values(of query: CheckedQuery, in frame: Frame) throws(Diagnostics) -> Vector? {
    guard case .records(let set, let binding) = query.source, case .measure(let measure) = query.stages.last,
      measure.keys.isEmpty, measure.across == nil, let column = measure.columns.first,
      query.stages.dropLast().allSatisfy({ if case .filter = $0 { true } else { false } })
    else { return nil }
    var plan = MeasurePlan(measure)
    plan.keys = [GroupedByRow.key]
    let result = try groupedByRow(plan, set, binding, Array(query.stages.dropLast()), in: frame)
    // A row without records has the measure of nothing.
    var nothing = MeasureState(MeasurePlan(measure))
    let empty = try finish(MeasurePlan(measure), &nothing, ReceiptDraft())
    var walker = Walker(context)
    let some = try walker.evaluate(column.expression, in: result.frame(plan))
    let none = try walker.evaluate(column.expression, in: empty.frame(MeasurePlan(measure)))
    let places = GroupedByRow.places(result, rows: frame.count)
    return Vector.concatenated([some, none]).picking(places.map { $0 < 0 ? Int32(clamping: some.count) : $0 })
  }

  /// The value of a query for the one row of a frame.
  fileprivate func value(of query: CheckedQuery, in frame: Frame) throws(Diagnostics) -> Vector {
    if case .path(let path, let headers) = query.source {
      let relation = try run(query.stages[...], over: try self.path(path, headers, in: frame)) { kept in
        kept.columns.formUnion(query.columns.map(\.id))
      }
      return query.columns.first.flatMap { relation.frame.columns[$0.id] }?.slice(0..<1) ?? .missing(count: 1)
    }
    var walker = Walker(context)
    // What the stages say of records and columns outside is the same in every row.
    var references = TreeReferences(of: query.stages[...], row: nil)
    var start: Relation
    switch query.source {
    case .records(let set, let binding):
      let rows = try walker.sets(set, in: frame).rows
      set.forEach { if case .binding(let outer) = $0.node { references.bindings.insert(outer.id) } }
      start = Relation(Frame(count: rows.count), row: binding)
      start.frame.bindings[binding.id] = rows
    case .list(let list, let header):
      let values = try walker.list(list, in: frame).values
      start = Relation(Frame(count: values.count))
      start.frame.columns[header.id] = values
      start.columns = [header.id]
    case .value(let column):
      start = Relation(Frame(count: 1))
      start.frame.columns[column.header.id] = try walker.evaluate(column.expression, in: frame)
      start.columns = [column.header.id]
    default: throw EvaluationDiagnostics.notSupported("this table inside an expression", at: query.range)
    }
    let first = [Int32](repeating: 0, count: start.frame.count)
    for id in references.bindings where start.frame.bindings[id] == nil {
      start.frame.bindings[id] = frame.records(of: id)?.picking(first)
    }
    for id in references.columns where start.frame.columns[id] == nil {
      start.frame.columns[id] = frame.values(of: id)?.picking(first)
    }
    let relation = try carriedOut(query.stages[...], over: start) { kept in
      kept.columns.formUnion(query.columns.map(\.id))
    }
    guard let header = query.columns.first, let values = relation.frame.columns[header.id], values.count > 0 else {
      return .missing(count: 1)
    }
    return values.slice(0..<1)
  }
}
