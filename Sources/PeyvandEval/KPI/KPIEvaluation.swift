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

  /// The measure for each group of the subjects by `keys`.
  func measured(by keys: [CheckedColumn]) throws(Diagnostics) -> KPIMeasure {
    let plan = plan(by: keys)
    let source = try evaluator.records(of: kpi.subjects, as: kpi.subject, inOrder: plan.isOrdered)
    var relation = Relation(source.frame, row: kpi.subject)
    relation.draft.of = source.frame.count
    let stages = source.stages + (call.condition.map { [.filter($0)] } ?? [])
    let result = try evaluator.grouped(plan, after: stages[...], over: relation)
    return try measured(result, plan)
  }

  private func plan(by keys: [CheckedColumn]) -> MeasurePlan {
    let companion = KPIMeasure.Shape(kpi.measure).companion
      .map { [TypedAggregate(aggregate: $0, type: .list(kpi.measure.type))] }
    return MeasurePlan(keys: keys, aggregates: kpi.measure.groupAggregates + (companion ?? []))
  }

  private func measured(_ result: MeasureResult, _ plan: MeasurePlan) throws(Diagnostics) -> KPIMeasure {
    var walker = Walker(evaluator.context)
    let values = try walker.evaluate(kpi.measure, in: result.frame(plan))
    var measured = try KPIMeasure(result, values, kpi.measure, evaluator)
    measured.draft.tally.add(walker.tally)
    if let receipt = result.receipt(of: kpi.measure, in: evaluator.context.source.catalogue) {
      measured.draft.columns = [(kpi.name, receipt)]
    }
    return measured
  }

  // MARK: By groups

  /// A row a group: the keys, then value, n, low, high and open. A group with fewer cases than the KPI needs keeps
  /// its n and has no value.
  func relation(_ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Relation {
    let measured = try measured(by: call.keys)
    var frame = Frame(count: measured.cases.count)
    for (header, key) in zip(headers, measured.keys) { frame.columns[header.id] = key }
    for header in headers.dropFirst(call.keys.count) {
      let values = measured.cases.map { one -> Value in
        let isEnough = one.n >= kpi.needs
        switch header.name {
        case "value": return isEnough ? one.value : .missing
        case "n": return .number(Double(one.n))
        case "low":
          return one.interval.flatMap { isEnough ? Value(magnitude: $0.low, in: kpi.measure.type) : nil } ?? .missing
        case "high":
          return one.interval.flatMap { isEnough ? Value(magnitude: $0.high, in: kpi.measure.type) : nil } ?? .missing
        case "open": return .number(Double(one.open))
        default: return .missing
        }
      }
      frame.columns[header.id] = try evaluator.vector(of: values, type: header.type)
    }
    var relation = Relation(frame)
    relation.columns = headers.map(\.id)
    relation.draft = measured.draft
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
