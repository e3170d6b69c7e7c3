import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// A KPI judged by its periods: against its target, and against what it does by itself.
///
/// The period that is judged is the last one that has ended and in which no window still runs: a younger one would be
/// judged by those who were quick. A target is missed by a number; whether that is the process or the day is told by
/// the limits of an XmR chart over all judged periods, and a `breach` has to last as long as was asked.
extension Evaluator {
  package func watch(_ watch: CheckedWatch) throws(Diagnostics) -> Answer {
    let kpi = watch.call.kpi
    let answer = try course(watch)
    guard case .table(let table) = answer.body else { return answer }
    let looking = try looking(fromAsOf: watch.call.asOf)
    let target = try kpi.target.map { (bound) throws(Diagnostics) in
      try KPIEvaluation.Bound(bound, kpi.measure.type, looking)
    }
    let warning = try kpi.warn.map { (bound) throws(Diagnostics) in
      try KPIEvaluation.Bound(bound, kpi.measure.type, looking)
    }
    let judge = Judge(
      type: kpi.measure.type, needs: kpi.needs, target: target, warning: warning, persistence: watch.persistence,
      season: watch.unit.season)
    let keys = watch.call.keys.count
    var findings: [Watched.Finding] = []
    for rows in Self.groups(of: table, keys: keys) {
      var label: String?
      if keys > 0, let row = rows.first {
        label = try looking.label(of: (0..<keys).map { table[row, $0] }, watch.call.keys.map(\.header.type))
      }
      var finding = judge.finding(rows.map { Judge.Period(table, $0, keys, kpi.measure.type) }, of: label)
      if finding.state == .breach || finding.state == .warn {
        let values = rows.first.map { row in (0..<keys).map { table[row, $0] } } ?? []
        finding.decision = try decision(watch, in: finding.period, of: values)
      }
      findings.append(finding)
    }
    let watched = Watched(
      name: watch.name, unit: watch.unit, type: kpi.measure.type, needs: kpi.needs, target: kpi.target?.text,
      owner: kpi.owner, persistence: watch.persistence, findings: findings)
    return Answer(.watched(watched), receipt: answer.receipt, notes: answer.notes)
  }

  /// The KPI's course; where one case lies so far back that there are more periods than may be shown, the last of it: a
  /// mistyped year must not end what is watched.
  private func course(_ watch: CheckedWatch) throws(Diagnostics) -> Answer {
    func asked(_ call: CheckedKPICall) throws(Diagnostics) -> Answer {
      try answer(
        CheckedQuery(
          source: .kpi(call, watch.headers), stages: [], columns: watch.headers, row: nil, asOf: call.asOf, unit: nil,
          isValue: false, range: watch.range))
    }
    do throws(Diagnostics) {
      return try asked(watch.call)
    } catch {
      guard error.all.contains(where: { $0.code == EvaluationDiagnostics.courseTooLongCode }) else { throw error }
      let last = min(Self.watchedPeriods, context.limits.periods)
      var answer = try asked(watch.call.with(form: .over(watch.unit, last: last)))
      answer.receipt.remarks.append(
        "cases lie further back than \(context.limits.periods) periods: the last \(last) are looked at")
      return answer
    }
  }

  private static let watchedPeriods = 1_000

  /// What is to be decided, with whom it names sought among the cases that were judged: those of the period and group.
  private func decision(
    _ watch: CheckedWatch, in period: Value, of group: [Value]
  ) throws(Diagnostics) -> String {
    let whole = try KPIEvaluation(self, watch.call)
    var conditions = [watch.call.condition].compactMap { $0 }
    let rules = context.source.catalogue.calendar
    let periods = Periods(unit: watch.unit, rules: rules, seenDay: whole.seenDay)
    if let dated = watch.call.kpi.dated, let index = periods.index(of: period), let from = periods.firstDay(of: index),
      let before = periods.dayAfter(index)
    {
      conditions.append(whole.falls(dated, from: from, before: before))
    }
    for (key, value) in zip(watch.call.keys, group) {
      if let isOfIt = Self.equals(key.expression, value) { conditions.append(isOfIt) }
    }
    var condition: CheckedExpression?
    for next in conditions {
      condition = condition.map { CheckedExpression(.and($0, next), .yesno, next.range) } ?? next
    }
    let judged = CheckedKPICall(
      kpi: watch.call.kpi, keys: watch.call.keys, condition: condition, asOf: watch.call.asOf, form: .value)
    return try KPIEvaluation(self, judged).decisionText()
  }

  /// Whether a key is that of a group; nil where a row may stand in several.
  private static func equals(_ key: CheckedExpression, _ value: Value) -> CheckedExpression? {
    guard value != .missing else { return CheckedExpression(.isMissing(key), .yesno, key.range) }
    let kernel: ComparisonKernel
    switch key.type {
    case .number: kernel = .number
    case .text: kernel = .text
    case .yesno: kernel = .yesno
    case .date: kernel = .date
    case .time: kernel = .time
    case .duration: kernel = .duration
    case .period: kernel = .period
    case .weekday: kernel = .weekday
    case .clock: kernel = .clock
    case .record:
      guard case .record(let record) = value else { return nil }
      let name = CheckedExpression(.key(key), .text, key.range)
      let wanted = CheckedExpression(.constant(.text(record.key)), .text, key.range)
      return CheckedExpression(.compare(.equal, .text, name, wanted), .yesno, key.range)
    default: return nil
    }
    let wanted = CheckedExpression(.constant(value), key.type, key.range)
    return CheckedExpression(.compare(.equal, kernel, key, wanted), .yesno, key.range)
  }

  /// The rows of each group, in the order in which they stand: a group's periods follow each other.
  private static func groups(of table: Table, keys: Int) -> [[Int]] {
    guard keys > 0 else { return table.rowCount > 0 ? [Array(0..<table.rowCount)] : [[]] }
    var groups: [[Int]] = []
    for row in 0..<table.rowCount {
      let isSame = groups.last?.first.map { first in
        (0..<keys).allSatisfy { table[row, $0] == table[first, $0] }
      }
      if isSame == true { groups[groups.count - 1].append(row) } else { groups.append([row]) }
    }
    return groups
  }

  private func label(of values: [Value], _ types: [ValueType]) throws(Diagnostics) -> String {
    var parts: [String] = []
    for (value, type) in zip(values, types) {
      guard value != .missing else {
        parts.append("–")
        continue
      }
      let constant = CheckedExpression(.constant(value), type, .none)
      if case .record(let record) = value {
        parts.append(record.key)
      } else if case .text(let text) = try self.value(CheckedExpression(.interpolation([constant]), .text, .none)) {
        parts.append(text)
      }
    }
    return parts.joined(separator: ", ")
  }
}

/// The state of one group's periods.
private struct Judge {
  struct Period {
    var period: Value
    var value: Value
    var number: Double?
    var n: Int
    /// It has ended, and no window of it still runs.
    var isWhole: Bool

    init(_ table: Table, _ row: Int, _ keys: Int, _ type: ValueType) {
      func count(_ column: Int) -> Int {
        if case .number(let number) = table[row, column] { Int(exactly: number.rounded()) ?? 0 } else { 0 }
      }
      period = table[row, keys]
      value = table[row, keys + 1]
      number = value.magnitude(in: type)
      n = count(keys + 2)
      isWhole = count(keys + 5) == 0 && table[row, keys + 6] != .yesno(true)
    }
  }

  let type: ValueType
  let needs: Int
  let target: KPIEvaluation.Bound?
  let warning: KPIEvaluation.Bound?
  let persistence: Int
  /// Periods after which a season comes round again.
  let season: Int?

  func finding(_ periods: [Period], of group: String?) -> Watched.Finding {
    // A period before the first case is no failure to have cases: the KPI had not begun.
    let begun = periods.drop { $0.n == 0 && $0.number == nil }
    // Windows run out in the order of time: after a period that still waits none can be judged, also one without a case.
    let judged = begun.prefix(while: \.isWhole)
    guard let now = judged.last else {
      return Watched.Finding(
        group: group, state: .notDue, period: .missing, value: .missing, n: 0, missed: 0, chart: nil, decision: nil)
    }
    var finding = Watched.Finding(
      group: group, state: .tooFew, period: now.period, value: now.value, n: now.n, missed: 0, chart: nil, decision: nil
    )
    guard now.n >= needs, let number = now.number else { return finding }
    // What had too few cases says nothing, and so ends a row of failures.
    finding.missed = judged.reversed().prefix { period in misses(period) }.count
    let values = judged.compactMap { $0.n >= needs ? $0.number : nil }
    let (chart, isWorse) = chart(values)
    finding.chart = chart
    finding.state = state(number, missed: finding.missed, isWorse: isWorse)
    return finding
  }

  private func state(_ number: Double, missed: Int, isWorse: Bool) -> Watched.State {
    if missed >= persistence { return .breach }
    if let target, !target.isKnown { return .targetUnknown }
    if target == nil, let warning, !warning.isKnown { return .targetUnknown }
    if missed > 0 || isWorse { return .warn }
    if let warning, warning.holds(number) { return .warn }
    return .ok
  }

  private func misses(_ period: Period) -> Bool {
    guard let target, target.isKnown, period.n >= needs, let number = period.number else { return false }
    return !target.holds(number)
  }

  /// The limits of what the KPI does by itself, and whether its last period signals a turn for the worse.
  private func chart(_ values: [Double]) -> (Watched.Chart?, isWorse: Bool) {
    guard let chart = ControlChart(values) else { return (nil, false) }
    let direction = target?.direction ?? warning?.warnedDirection
    var isWorse = false
    let signals = chart.signals(at: values.count - 1).map { signal -> String in
      let isGood: Bool? =
        switch direction {
        case .higher: signal.isHigh
        case .lower: !signal.isHigh
        default: nil
        }
      if isGood == false { isWorse = true }
      let words = isGood.map { $0 ? "better" : "worse" } ?? (signal.isHigh ? "higher" : "lower")
      return signal.rule.rawValue + ", " + words
    }
    var assurance: ControlChart.Assurance?
    if let bound = target?.low {
      switch target?.relation {
      case .atLeast, .above: assurance = chart.assurance(atLeast: bound)
      case .atMost, .below: assurance = chart.assurance(atMost: bound)
      default: break
      }
    }
    // A share lies between 0 and 1, whatever its limits are; what was never negative will not become so.
    let isShare = type.isShare
    let isPositive = values.allSatisfy { $0 >= 0 }
    let found = Watched.Chart(
      lower: isPositive ? max(0, chart.lower) : chart.lower, upper: isShare ? min(1, chart.upper) : chart.upper,
      mean: chart.mean, periods: chart.baseline, isTrial: chart.isTrial, assurance: assurance?.rawValue,
      signals: signals, cautions: chart.cautions(season: season).map(\.rawValue))
    return (found, isWorse)
  }
}
