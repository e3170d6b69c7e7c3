import PeyvandBase
import PeyvandCheck
import PeyvandData

/// A KPI carried out: for all its subjects (the card), by groups (a table), or for the record in hand (a value).
///
/// All three are one `measure` over the subjects; what they add is what makes a number worth acting on: the cases it
/// rests on, how sure it is, how far from its target, and what it is not allowed to say with too few cases.
struct KPIEvaluation: Sendable {
  let evaluator: Evaluator
  let call: CheckedKPICall
  var kpi: CheckedKPI { call.kpi }

  /// Groups of fewer cases are never ranked.
  static let rankedCases = 10

  init(_ evaluator: Evaluator, _ call: CheckedKPICall) throws(Diagnostics) {
    self.evaluator = try evaluator.looking(fromAsOf: call.asOf)
    self.call = call
  }

  /// The measure for each group of the subjects by `keys`, or of those for which a further condition holds.
  func measured(by keys: [CheckedColumn], where condition: CheckedExpression? = nil) throws(Diagnostics) -> KPIMeasure {
    let plan = plan(by: keys)
    return try measured(try grouped(plan, where: condition), plan)
  }

  /// The subjects in groups.
  func grouped(_ plan: MeasurePlan, where condition: CheckedExpression? = nil) throws(Diagnostics) -> MeasureResult {
    let (relation, stages) = try subjects(inOrder: plan.isOrdered)
    return try evaluator.grouped(plan, after: (stages + (condition.map { [.filter($0)] } ?? []))[...], over: relation)
  }

  /// The subjects, and what is still to be carried out to have those that were asked for.
  func subjects(inOrder: Bool) throws(Diagnostics) -> (Relation, [CheckedStage]) {
    let source = try evaluator.records(of: kpi.subjects, as: kpi.subject, inOrder: inOrder)
    var relation = Relation(source.frame, row: kpi.subject)
    relation.draft.of = source.frame.count
    return (relation, source.stages + (call.condition.map { [.filter($0)] } ?? []))
  }

  private func plan(by keys: [CheckedColumn]) -> MeasurePlan {
    let companion = KPIMeasure.Shape(kpi.measure).companion
      .map { [TypedAggregate(aggregate: $0, type: .list(kpi.measure.type))] }
    return MeasurePlan(keys: keys, aggregates: kpi.measure.groupAggregates + (companion ?? []))
  }

  func measured(_ result: MeasureResult, _ plan: MeasurePlan) throws(Diagnostics) -> KPIMeasure {
    var walker = Walker(evaluator.context)
    let values = try walker.evaluate(kpi.measure, in: result.frame(plan))
    var measured = try KPIMeasure(result, values, kpi.measure, evaluator)
    measured.draft.tally.add(walker.tally)
    if let receipt = result.receipt(of: kpi.measure, in: evaluator.context.source.catalogue) {
      measured.draft.columns = [(kpi.name, receipt)]
    }
    return measured
  }

  // MARK: As a table

  /// The table that was asked for.
  func relation(_ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Relation {
    switch call.form {
    case .value: return try byGroups(headers)
    case .over(let unit, let last): return try over(unit, last: last, headers)
    case .versus(let unit, let other): return try versus(unit, other, headers)
    case .throughStages(let journey): return try through(journey, headers)
    case .change(let unit, let from, let to, let fields):
      return try change(unit, from: from, to: to, fields: fields, headers)
    }
  }

  /// A row a group: the keys, then value, n, low, high and open. A group with fewer cases than the KPI needs keeps
  /// its n and has no value.
  private func byGroups(_ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Relation {
    let measured = try measured(by: call.keys)
    let columns = measured.cases.map { cells(of: $0) }
    return try table(headers, keys: measured.keys, rows: columns, measured.draft)
  }

  /// Columns by name, a dictionary a row.
  typealias Cells = [String: Value]

  /// What every table says of the cases of a row.
  func cells(of one: KPIMeasure.Case) -> Cells {
    let type = kpi.measure.type
    return [
      "value": one.value(from: kpi.needs), "n": .number(Double(one.n)), "low": one.low(type, from: kpi.needs),
      "high": one.high(type, from: kpi.needs), "open": .number(Double(one.open)),
    ]
  }

  /// A table of the keys and of what stands in each row; a column that a row says nothing of is missing there.
  func table(
    _ headers: [CheckedColumn.Header], keys: [Vector], rows: [Cells], _ draft: ReceiptDraft
  ) throws(Diagnostics) -> Relation {
    try evaluator.check(rows: rows.count, at: kpi.measure.range)
    var frame = Frame(count: rows.count)
    for (header, key) in zip(headers, keys) { frame.columns[header.id] = key }
    for header in headers.dropFirst(keys.count) {
      frame.columns[header.id] = try evaluator.vector(of: rows.map { $0[header.name] ?? .missing }, type: header.type)
    }
    var relation = Relation(frame)
    relation.columns = headers.map(\.id)
    relation.draft = draft
    let withheld = rows.count {
      guard $0["value"] == .missing, case .number(let n)? = $0["n"] else { return false }
      return n > 0 && n < Double(kpi.needs)
    }
    if withheld > 0 {
      relation.draft.remarks.append(
        "too few cases in \(withheld) \(withheld == 1 ? "row" : "rows"): the KPI needs \(kpi.needs)")
    }
    return relation
  }

  // MARK: As a value

  /// The KPI's value for each row of a frame: one for all where it speaks of no record in hand, else over the subjects
  /// reached from each. Missing where there are fewer cases than it needs.
  func values(in frame: Frame) throws(Diagnostics) -> Vector {
    guard frame.isMentioned(by: kpi.subjects, call.condition) else {
      let one = try measured(by: []).cases.first
      let value = one.flatMap { $0.n >= kpi.needs ? $0.value : nil } ?? .missing
      return try evaluator.vector(of: [value], type: kpi.measure.type)
        .picking([Int32](repeating: 0, count: frame.count))
    }
    let plan = plan(by: [GroupedByRow.key])
    let result = try evaluator.groupedByRow(
      plan, kpi.subjects, kpi.subject, call.condition.map { [.filter($0)] } ?? [], in: frame)
    let measured = try measured(result, plan)
    let enough = measured.cases.map { $0.n >= kpi.needs ? $0.value : .missing }
    let values = try evaluator.vector(of: enough, type: kpi.measure.type)
    return values.picking(GroupedByRow.places(result, rows: frame.count))
  }
}
