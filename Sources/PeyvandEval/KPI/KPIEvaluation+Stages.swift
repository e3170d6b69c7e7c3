import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// `KPI through stages`: who came to each stage of the journey, and the KPI among those who did and who did not.
///
/// Whoever comes back has had more time for everything: to compare all who ever came to a stage would find that each
/// stage "helps". So where the outcome is a match, stages count up to a landmark only, the same length after the first
/// step for all, and who was decided before it is left out: the same `Landmark` as that of `why`, late enough to have
/// seen stages, early enough to keep most outcomes.
extension KPIEvaluation {
  private struct Stop {
    var with: Aggregate
    var without: Aggregate
  }

  func through(_ journey: CheckedJourney, _ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Relation {
    let isShare = KPIMeasure.Shape(kpi.measure).isShare
    let landmark = try landmark(of: journey)
    let outcome = CheckedExpression(.column(journey.outcome.header.id), journey.outcome.header.type, kpi.measure.range)
    let early = isEarly(journey, landmark)
    func share(_ condition: CheckedExpression, _ value: CheckedExpression) -> Aggregate {
      let nothing = CheckedExpression(.constant(.missing), value.type, value.range)
      var branches = early.map { [CheckedExpression.Branch(condition: $0, value: nothing)] } ?? []
      branches.append(.init(condition: condition, value: value))
      let body = CheckedExpression(.conditional(branches, otherwise: nothing), value.type, value.range)
      return Aggregate(isShare ? .share : .list, .rows(body), scope: .group)
    }
    let reached = journey.stops.map { isReached($0, journey, landmark) }
    let stops = reached.map { reached in
      let missed = CheckedExpression(.not(reached), .yesno, reached.range)
      return Stop(with: share(reached, outcome), without: share(missed, outcome))
    }
    let type = isShare ? ValueType.number(.share) : .list(outcome.type)
    let plan = MeasurePlan(
      keys: call.keys, aggregates: stops.flatMap { [$0.with, $0.without] }.map { .init(aggregate: $0, type: type) })
    let result = try cases(of: journey, plan)
    let everyone = share(CheckedExpression(.constant(.yesno(true)), .yesno, kpi.measure.range), outcome)
    let patterns = try cases(
      of: journey,
      MeasurePlan(keys: call.keys + [Self.patterns(reached)], aggregates: [.init(aggregate: everyone, type: type)]))
    var draft = try receipt(of: journey, early: early)
    var rows: [Cells] = []
    var places: [Int32] = []
    var differences: [GroupDifference?] = []
    var compared: [[Bool]] = []
    // A group of subjects without a case stays, with none.
    let all = try grouped(MeasurePlan(keys: call.keys, aggregates: []))
    var found = [Int](repeating: -1, count: all.groups)
    for (group, place) in Self.places(of: result.keys, count: result.groups, among: all).enumerated() {
      if let place { found[place] = group }
    }
    for (place, group) in found.enumerated() {
      compared.append([])
      for (stop, at) in zip(journey.stops, stops) {
        let with = one(at.with, result, group, isShare)
        let without = one(at.without, result, group, isShare)
        var row: Cells = [
          "stage": .text(stop.name), "reached": .number(Double(with.n)), "not_reached": .number(Double(without.n)),
          "value": with.value(from: Self.rankedCases), "value_without": without.value(from: Self.rankedCases),
        ]
        let total = Double(with.n) + Double(without.n)
        if total > 0 { row["reach"] = .number(Double(with.n) / total) }
        var difference: GroupDifference?
        let isCompared = min(with.n, without.n) >= Self.rankedCases
        compared[place].append(isCompared)
        if isCompared { difference = Self.difference(with, minus: without) }
        if let difference {
          row.merge(change(difference.estimate.value, difference.estimate.interval)) { _, other in other }
          // What the KPI would gain if all stood on the better side: importance times room.
          let worse = Double(difference.estimate.value > 0 ? without.n : with.n)
          row["room"] = change(difference.estimate.value.magnitude * worse / total, nil)[changeName] ?? .missing
        }
        differences.append(difference)
        places.append(Int32(clamping: place))
        rows.append(row)
      }
    }
    let q = Self.falseDiscovery(differences.map { $0?.p })
    for (place, q) in q.enumerated() { if let q { rows[place]["q"] = .number(q) } }
    let groups = Self.places(of: patterns.keys.dropLast(), count: patterns.groups, among: all)
    let importance = try importance(everyone, patterns, places: groups, compared: compared)
    for (row, stage) in zip(rows.indices, importance.flatMap(\.stages)) {
      if let spearman = stage.spearman { rows[row]["spearman"] = .number(spearman) }
      if let part = stage.part { rows[row]["r2_share"] = .number(part) }
    }
    draft.remarks += rank(&rows, q, by: call.keys.isEmpty ? nil : places, tried: differences.count { $0 != nil })
    draft.remarks += try remarks(importance) + remarks(journey, landmark)
    return try table(headers, keys: all.keys.map { $0.picking(places) }, rows: rows, draft)
  }

  private var changeName: String { kpi.measure.type.isShare ? "points" : "change" }

  /// The cases of the journey in groups, its columns worked out beside each.
  private func cases(of journey: CheckedJourney, _ plan: MeasurePlan) throws(Diagnostics) -> MeasureResult {
    var (relation, stages) = try subjects(inOrder: plan.isOrdered)
    stages += journey.cases + [.with(journey.columns)]
    if !journey.cases.isEmpty { relation.draft.of = nil }
    return try evaluator.grouped(plan, after: stages[...], over: relation)
  }

  /// How many cases there are, and which of them are compared.
  private func receipt(of journey: CheckedJourney, early: CheckedExpression?) throws(Diagnostics) -> ReceiptDraft {
    let header = journey.outcome.header
    let outcome = CheckedExpression(.column(header.id), header.type, kpi.measure.range)
    let nothing = CheckedExpression(.constant(.missing), header.type, kpi.measure.range)
    let function: AggregateFunction = header.type == .yesno ? .share : .mean
    let all = Aggregate(function, .rows(outcome), scope: .group)
    let compared = early.map {
      let body = CheckedExpression(
        .conditional([.init(condition: $0, value: nothing)], otherwise: outcome), header.type, nothing.range)
      return Aggregate(function, .rows(body), scope: .group)
    }
    let plan = MeasurePlan(
      keys: [], aggregates: ([all] + (compared.map { [$0] } ?? [])).map { .init(aggregate: $0, type: kpi.measure.type) }
    )
    let result = try cases(of: journey, plan)
    var draft = ReceiptDraft()
    guard let totals = result.counts[all]?.totals else { return draft }
    let used = compared.flatMap { result.counts[$0]?.totals.used } ?? totals.used
    (draft.n, draft.of) = (used, totals.values)
    draft.filterUnknown = totals.unknown
    draft.filterOpen = totals.open
    draft.tally.openYes = totals.openYes
    if totals.used > used { draft.tally.excluded["decided early"] = totals.used - used }
    return draft
  }

  private func one(_ aggregate: Aggregate, _ result: MeasureResult, _ group: Int, _ isShare: Bool) -> KPIMeasure.Case {
    let type = kpi.measure.type
    if isShare {
      var counts = GroupFold.Counts()
      if let all = result.counts[aggregate]?.byGroup, all.indices.contains(group) { counts = all[group] }
      let value = counts.used > 0 ? Value.number(Double(counts.yes) / Double(counts.used)) : .missing
      return .init(value: value, number: value.magnitude(in: type), n: counts.used, k: counts.yes, open: counts.open)
    }
    let samples = result.aggregates[aggregate].map { KPIMeasure.samples($0) } ?? []
    let moments = samples.indices.contains(group) ? Moments(samples[group]) : nil
    return .init(
      value: moments.map { Value(magnitude: $0.mean, in: type) } ?? .missing, number: moments?.mean,
      n: moments?.count ?? 0, k: nil, open: 0, moments: moments)
  }

  // MARK: The landmark

  /// How long after its first step a case's stages count: in days or seconds. Nil where the outcome has no time of its
  /// own, or none came.
  private func landmark(of journey: CheckedJourney) throws(Diagnostics) -> Double? {
    guard let elapsed = journey.elapsed?.header else { return nil }
    let body = CheckedExpression(.column(elapsed.id), elapsed.type, kpi.measure.range)
    let quarter = CheckedExpression(.constant(.number(Landmark.part)), .plainNumber, kpi.measure.range)
    let aggregate = Aggregate(.percentile, .rows(body), parameter: quarter, scope: .group)
    let plan = MeasurePlan(keys: [], aggregates: [.init(aggregate: aggregate, type: elapsed.type)])
    let result = try cases(of: journey, plan)
    guard let vector = result.aggregates[aggregate] else { return nil }
    return try evaluator.values(of: vector, type: elapsed.type).first?.magnitude(in: elapsed.type)
      .flatMap { Landmark.length(lowerQuartile: $0) }.map { Double($0) }
  }

  /// Whether a case was decided by the landmark, so that it shows nothing of what came before.
  private func isEarly(_ journey: CheckedJourney, _ landmark: Double?) -> CheckedExpression? {
    guard let landmark, let elapsed = journey.elapsed?.header else { return nil }
    let value = CheckedExpression(.column(elapsed.id), elapsed.type, kpi.measure.range)
    let limit = CheckedExpression(
      .constant(Value(magnitude: landmark, in: elapsed.type)), elapsed.type, kpi.measure.range)
    let isThere = CheckedExpression(
      .not(CheckedExpression(.isMissing(value), .yesno, value.range)), .yesno, value.range)
    let isBefore = CheckedExpression(.compare(.lessOrEqual, .duration, value, limit), .yesno, value.range)
    return CheckedExpression(.and(isThere, isBefore), .yesno, value.range)
  }

  private func isReached(_ stop: CheckedJourney.Stop, _ journey: CheckedJourney, _ landmark: Double?)
    -> CheckedExpression
  {
    let header = stop.time.header
    let time = CheckedExpression(.column(header.id), header.type, stop.time.expression.range)
    let isThere = CheckedExpression(.not(CheckedExpression(.isMissing(time), .yesno, time.range)), .yesno, time.range)
    guard let landmark, let began = journey.began?.header, let elapsed = journey.elapsed?.header else { return isThere }
    let from = CheckedExpression(.column(began.id), began.type, time.range)
    let length = CheckedExpression(
      .constant(Value(magnitude: landmark, in: elapsed.type)), elapsed.type, time.range)
    let until = CheckedExpression(.arithmetic(.timePlus, from, length), began.type, time.range)
    let isBefore = CheckedExpression(
      .compare(.lessOrEqual, header.type == .time ? .time : .date, time, until), .yesno, time.range)
    return CheckedExpression(.and(isThere, isBefore), .yesno, time.range)
  }

  // MARK: Ranks and remarks

  /// Ranks the stages beyond chance, by their difference and by what is left to gain; what to say of them.
  private func rank(_ rows: inout [Cells], _ q: [Double?], by groups: [Int32]?, tried: Int) -> [String] {
    func number(_ row: Cells, _ column: String) -> Double {
      (row[column] ?? .missing).magnitude(in: rankedType)?.magnitude ?? 0
    }
    var best: [String: Int] = [:]
    for (column, ranked) in [("rank", changeName), ("rank_by_room", "room")] {
      for group in Set(groups ?? [0]).sorted() {
        let found = rows.indices.filter { (groups?[$0] ?? 0) == group && (q[$0] ?? 1) <= 0.05 }
        let order = found.sorted {
          let (a, b) = (number(rows[$0], ranked), number(rows[$1], ranked))
          return a != b ? a > b : $0 < $1
        }
        for (rank, row) in order.enumerated() { rows[row][column] = .number(Double(rank + 1)) }
        if groups == nil { best[column] = order.first }
      }
    }
    guard tried > 0 else { return ["too few cases to compare: each side needs \(Self.rankedCases)"] }
    guard rows.contains(where: { $0["rank"] != nil }) else { return ["no difference beyond chance (tried \(tried))"] }
    guard groups == nil, let first = best["rank"], let room = best["rank_by_room"] else {
      return ["ranked among \(tried) differences tried, with q up to 0.05"]
    }
    func name(_ row: Int) -> String { if case .text(let text)? = rows[row]["stage"] { text } else { "" } }
    let most = "goes with the largest difference: \(name(first)) (tried \(tried))"
    return [most, "most is left to gain at: \(name(room))"]
  }

  private var rankedType: ValueType { kpi.measure.type.isShare ? .plainNumber : kpi.measure.type }

  private func remarks(_ journey: CheckedJourney, _ landmark: Double?) throws(Diagnostics) -> [String] {
    guard let elapsed = journey.elapsed?.header else {
      return ["the outcome has no time of its own, so stages count whenever they came"]
    }
    guard let landmark else { return [] }
    let value = CheckedExpression(
      .interpolation([
        CheckedExpression(.constant(Value(magnitude: landmark, in: elapsed.type)), elapsed.type, .none)
      ]), .text, .none)
    guard case .text(let length) = try evaluator.value(value) else { return [] }
    return [
      "stages count up to \(length) after the first step; a \(journey.unit) decided by then, or still open, is left out"
    ]
  }
}
