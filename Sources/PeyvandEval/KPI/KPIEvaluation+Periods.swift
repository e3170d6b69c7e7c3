import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// A KPI by the periods in which its cases were: its course, and one period against another.
///
/// Both ask of each group of the subjects the same measure in several periods. A group that has no case in one of them
/// stays, with none: nothing is as much an answer as something, and only this way do two periods stand beside each
/// other.
extension KPIEvaluation {
  /// The cases of each group of some keys by one further key. Groups come in the order of their keys, those
  /// too that have no case left.
  struct Crossed {
    var keys: [Vector]
    var cells: [[Value: KPIMeasure.Case]]
    var draft: ReceiptDraft
    /// What the measure is of nothing.
    var nothing: KPIMeasure.Case
  }

  func crossed(
    by extra: CheckedColumn, keys: [CheckedColumn], where condition: CheckedExpression?
  ) throws(Diagnostics) -> Crossed {
    var measured = try measured(by: keys + [extra], where: condition)
    let undated = try kpi.dated.map { (dated) throws(Diagnostics) in try self.undated(dated) } ?? 0
    if undated > 0 { measured.draft.tally.excluded["without a date", default: 0] += undated }
    let values = try measured.keys.last.map { (keys) throws(Diagnostics) in
      try evaluator.values(of: keys, type: extra.header.type)
    }
    let nothing = try nothing()
    guard let values, !keys.isEmpty else {
      var cells: [Value: KPIMeasure.Case] = [:]
      for (value, one) in zip(values ?? [], measured.cases) { cells[value] = one }
      return Crossed(keys: [], cells: [cells], draft: measured.draft, nothing: nothing)
    }
    let all = try grouped(MeasurePlan(keys: keys, aggregates: []))
    let places = Self.places(of: measured.keys, count: measured.cases.count, among: all)
    var cells = [[Value: KPIMeasure.Case]](repeating: [:], count: all.groups)
    for (row, one) in measured.cases.enumerated() where values.indices.contains(row) {
      if let place = places[row] { cells[place][values[row]] = one }
    }
    return Crossed(keys: all.keys, cells: cells, draft: measured.draft, nothing: nothing)
  }

  /// For each row of some keys the group of `all` that has the same; there may be more keys than it has.
  static func places(of keys: [Vector], count: Int, among all: MeasureResult) -> [Int?] {
    // The same codes for both, so that groups can be told by them.
    let codes = zip(all.keys, keys).map { GroupCodes.encode(.concatenated([$0, $1])) }
    func code(_ row: Int) -> [Int64] { codes.map { $0.indices.contains(row) ? $0[row] : GroupCodes.missing } }
    var places: [[Int64]: Int] = [:]
    for row in 0..<all.groups { places[code(row)] = row }
    return (0..<count).map { places[code(all.groups + $0)] }
  }

  /// The measure of no case: missing, or 0 for a count and a sum.
  func nothing() throws(Diagnostics) -> KPIMeasure.Case {
    let plan = MeasurePlan(keys: [], aggregates: kpi.measure.groupAggregates)
    var state = MeasureState(plan)
    let result = try evaluator.finish(plan, &state, ReceiptDraft())
    return try measured(result, plan).cases.first
      ?? KPIMeasure.Case(value: .missing, number: nil, n: 0, k: nil, open: 0, interval: nil)
  }

  // MARK: Over

  /// A row a period up to the one at hand, which is partial while it runs.
  func over(_ unit: PeriodUnit, last: Int?, _ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Relation {
    guard let dated = kpi.dated else {
      throw EvaluationDiagnostics.malformed("a KPI over time without a date", at: kpi.measure.range)
    }
    let rules = evaluator.context.source.catalogue.calendar
    let periods = Periods(unit: unit, rules: rules, seenDay: seenDay)
    let now = periods.current(today: today)
    var first: Int32?
    var from: Int?
    if let last {
      guard let count = Int32(exactly: last), now - (count - 1) <= now,
        let day = periods.firstDay(of: now - (count - 1))
      else { throw EvaluationDiagnostics.courseBeforeCalendar(last, unit.name) }
      first = now - (count - 1)
      from = day
    }
    let condition = falls(dated, from: from, before: today + 1)
    let crossed = try crossed(by: periods.key(dated), keys: call.keys, where: condition)
    let met = crossed.cells.flatMap(\.keys).compactMap { periods.index(of: $0) }
    guard let start = first ?? met.min(), start <= now else {
      return try table(headers, keys: crossed.keys.map { $0.picking([]) }, rows: [], crossed.draft)
    }
    let limit = evaluator.context.limits.periods
    guard Int(now) - Int(start) < limit else {
      throw EvaluationDiagnostics.courseTooLong(
        Int(now) - Int(start) + 1, unit.name, from: rules.label(ofPeriod: start, unit: unit), limit: limit)
    }
    let (count, overflow) = (Int(now) - Int(start) + 1).multipliedReportingOverflow(by: crossed.cells.count)
    try evaluator.check(rows: overflow ? Int.max : count, at: dated.range)
    var rows: [Cells] = []
    var places: [Int32] = []
    for (place, cells) in crossed.cells.enumerated() {
      for index in start...now {
        let period = periods.value(of: index)
        var row = self.cells(of: cells[period] ?? crossed.nothing)
        row["period"] = period
        row["partial"] = .yesno(periods.isRunning(index))
        rows.append(row)
        places.append(Int32(clamping: place))
      }
    }
    return try table(headers, keys: crossed.keys.map { $0.picking(places) }, rows: rows, crossed.draft)
  }

  // MARK: Against another period

  /// Two rows a group: the other period, and the one at hand with what changed.
  func versus(
    _ unit: PeriodUnit, _ other: CheckedExpression, _ headers: [CheckedColumn.Header]
  ) throws(Diagnostics) -> Relation {
    guard let dated = kpi.dated else {
      throw EvaluationDiagnostics.malformed("a KPI over time without a date", at: kpi.measure.range)
    }
    let rules = evaluator.context.source.catalogue.calendar
    let periods = Periods(unit: unit, rules: rules, seenDay: seenDay)
    let now = periods.current(today: today)
    guard let before = periods.index(of: try evaluator.value(other)) else {
      throw EvaluationDiagnostics.noSuchPeriod(at: other.range)
    }
    guard before < now else {
      throw EvaluationDiagnostics.periodNotBefore(
        rules.label(ofPeriod: before, unit: unit), atHand: rules.label(ofPeriod: now, unit: unit),
        isSame: before == now, at: other.range)
    }
    let spans = try periods.matched(before, now, at: other.range)
    let first = falls(dated, from: spans.first.from, before: spans.first.before)
    let second = falls(dated, from: spans.second.from, before: spans.second.before)
    let crossed = try crossed(
      by: periods.key(dated), keys: call.keys, where: CheckedExpression(.or(first, second), .yesno, dated.range))
    let pairs = crossed.cells.map {
      ($0[periods.value(of: before)] ?? crossed.nothing, $0[periods.value(of: now)] ?? crossed.nothing)
    }
    let differences = pairs.map { pair -> GroupDifference? in
      guard min(pair.0.n, pair.1.n) >= max(1, kpi.needs) else { return nil }
      return Self.difference(pair.1, minus: pair.0)
    }
    let q = Self.falseDiscovery(differences.map { $0?.p })
    var rows: [Cells] = []
    for (place, pair) in pairs.enumerated() {
      var old = cells(of: pair.0)
      old["period"] = periods.value(of: before)
      old["partial"] = .yesno(spans.isCut)
      var new = cells(of: pair.1)
      new["period"] = periods.value(of: now)
      new["partial"] = .yesno(spans.isCut)
      if min(pair.0.n, pair.1.n) >= kpi.needs, let a = pair.0.number, let b = pair.1.number {
        new.merge(change(b - a, differences[place]?.estimate.interval)) { _, other in other }
        if a > 0 { new["percent"] = .number(b / a - 1) }
      }
      if let q = q[place] {
        new["q"] = .number(q)
        new["beyond_chance"] = .yesno(q <= 0.05)
      }
      rows += [old, new]
    }
    var draft = crossed.draft
    if spans.isCut {
      let days = spans.days == 1 ? "first day of each is" : "first \(spans.days) days of each are"
      draft.remarks.append("\(rules.label(ofPeriod: now, unit: unit)) still runs: the \(days) compared")
    }
    let tried = differences.count { $0 != nil }
    if tried > 1 { draft.remarks.append("\(tried) groups were compared, and q takes that into account") }
    let places = pairs.indices.flatMap { [Int32(clamping: $0), Int32(clamping: $0)] }
    return try table(headers, keys: crossed.keys.map { $0.picking(places) }, rows: rows, draft)
  }

  /// The difference of two numbers of the measure and its ends: in points of a share, else in the measure's own unit.
  func change(_ value: Double, _ interval: Interval?) -> Cells {
    let type = kpi.measure.type
    func shown(_ number: Double?) -> Value {
      guard let number, number.isFinite else { return .missing }
      return type.isShare ? .number(number * 100) : Value(magnitude: number, in: type)
    }
    let name = type.isShare ? "points" : "change"
    return [name: shown(value), name + "_low": shown(interval?.low), name + "_high": shown(interval?.high)]
  }

  /// What parts two groups, where the measure is a share or a mean; else nothing can be said of chance.
  static func difference(_ a: KPIMeasure.Case, minus b: KPIMeasure.Case) -> GroupDifference? {
    if let first = a.k, let second = b.k { return GroupDifference(share: first, of: a.n, minus: second, of: b.n) }
    guard let first = a.moments, let second = b.moments else { return nil }
    return GroupDifference(mean: first, minus: second)
  }

  /// The q of those that have a p.
  static func falseDiscovery(_ p: [Double?]) -> [Double?] {
    guard let q = MultipleComparisons.benjaminiHochberg(p.compactMap { $0 }) else { return p.map { _ in nil } }
    var rest = q[...]
    return p.map { $0 == nil ? nil : rest.popFirst() }
  }

  // MARK: Days

  var today: Int {
    evaluator.context.asOf.day
      ?? evaluator.context.source.catalogue.calendar.zone.localDay(ofInstant: evaluator.context.asOf.instant)
  }

  /// The last day that has been seen to its end.
  var seenDay: Int {
    let rules = evaluator.context.source.catalogue.calendar
    return AsOf(day: today, in: rules).instant <= evaluator.context.asOf.instant ? today : today - 1
  }

  /// Whether a case lies in a stretch of days.
  func falls(_ dated: CheckedExpression, from: Int?, before: Int) -> CheckedExpression {
    let rules = evaluator.context.source.catalogue.calendar
    func bound(_ day: Int) -> CheckedExpression {
      dated.type == .time
        ? CheckedExpression(.constant(.time(rules.zone.instant(ofLocalDay: day))), .time, dated.range)
        : CheckedExpression(.constant(.date(day)), .date, dated.range)
    }
    let isWithin = CheckedExpression(
      .inRange(dated, dated.type == .time ? .time : .date, from: from.map(bound), upTo: bound(before)), .yesno,
      dated.range)
    let isDated = CheckedExpression(.not(isUndated(dated)), .yesno, dated.range)
    return CheckedExpression(.and(isDated, isWithin), .yesno, dated.range)
  }

  private func isUndated(_ dated: CheckedExpression) -> CheckedExpression {
    CheckedExpression(.isMissing(dated), .yesno, dated.range)
  }

  /// How many subjects lie in no period, since they have no date.
  private func undated(_ dated: CheckedExpression) throws(Diagnostics) -> Int {
    try grouped(MeasurePlan(keys: [], aggregates: []), where: isUndated(dated)).rows.first ?? 0
  }
}
