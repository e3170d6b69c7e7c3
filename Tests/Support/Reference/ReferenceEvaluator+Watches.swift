import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What is watched and what is due, by the words of the reference: states told one by one, from the KPI's own periods
/// and from what a process's questions answer.
extension ReferenceEvaluator {
  /// Of a group of a watched KPI: what it is called, its state, and what stands behind it.
  package struct Watched: Equatable {
    package var state: String
    package var period: Value
    package var n: Int
    package var missed: Int
    package var assurance: String?
    package var signals: [String]

    package init(state: String, period: Value, n: Int, missed: Int, assurance: String?, signals: [String]) {
      self.state = state
      self.period = period
      self.n = n
      self.missed = missed
      self.assurance = assurance
      self.signals = signals
    }
  }

  package func watched(_ watch: CheckedWatch) throws -> [Watched] {
    let kpi = watch.call.kpi
    let rows = try kpiRows(watch.call, watch.headers, ReferenceRow())
    let looking = try self.looking(watch.call.asOf, ReferenceRow())
    func cell(_ row: ReferenceRow, _ name: String) -> ReferenceValue {
      watch.headers.dropFirst(watch.call.keys.count).first { $0.name == name }.flatMap { row.columns[$0.id] }
        ?? .missing
    }
    var groups: [(keys: [ReferenceValue], rows: [ReferenceRow])] = watch.call.keys.isEmpty ? [([], [])] : []
    for row in rows {
      let keys = watch.headers.prefix(watch.call.keys.count).map { row.columns[$0.id] ?? .missing }
      if let last = groups.indices.last, groups[last].keys.map(identity) == keys.map(identity) {
        groups[last].rows.append(row)
      } else {
        groups.append((keys, [row]))
      }
    }
    let target = try bound(kpi.target, looking)
    let warning = try bound(kpi.warn, looking)
    return groups.map { group in
      var periods = group.rows.map { row in
        var value: Double?
        if case .number(let number) = cell(row, "value") { value = number }
        return (
          period: cell(row, "period"), value: value, n: Int(number(cell(row, "n"))), open: number(cell(row, "open")),
          isPartial: cell(row, "partial").truth == Truth.yes
        )
      }
      while let first = periods.first, first.n == 0, first.value == nil { periods.removeFirst() }
      if let waiting = periods.firstIndex(where: { $0.open > 0 || $0.isPartial }) {
        periods.removeSubrange(waiting...)
      }
      guard let now = periods.last else {
        return Watched(state: "not due", period: .missing, n: 0, missed: 0, assurance: nil, signals: [])
      }
      var found = Watched(
        state: "too few", period: shownValue(now.period), n: now.n, missed: 0, assurance: nil, signals: [])
      func enough(_ place: Int) -> Double? { periods[place].n >= kpi.needs ? periods[place].value : nil }
      guard let value = enough(periods.count - 1) else { return found }
      func isMissed(_ place: Int) -> Bool {
        guard let target, let range = target.range, let value = enough(place) else { return false }
        return !range(value)
      }
      while found.missed < periods.count, isMissed(periods.count - 1 - found.missed) { found.missed += 1 }
      var isWorse = false
      if let chart = ReferenceChart(periods.indices.compactMap(enough)) {
        // Up is better where the target wants more, or the warning warns of less.
        let isUpBetter = target?.isUpBetter ?? warning.flatMap { $0.isUpBetter.map { !$0 } }
        for signal in chart.signals.last ?? [] {
          let isGood = isUpBetter.map { $0 == signal.isHigh }
          if isGood == false { isWorse = true }
          found.signals.append(
            signal.rule + ", " + (isGood.map { $0 ? "better" : "worse" } ?? (signal.isHigh ? "higher" : "lower")))
        }
        if let target, let end = target.end, let isUp = target.isUpBetter {
          let ends = [chart.low, chart.high].map { isUp ? $0 >= end : $0 <= end }
          found.assurance = ends == [true, true] ? "passes" : ends == [false, false] ? "fails" : "hit and miss"
        }
      }
      let isUnknown = target.map { $0.range == nil } ?? (warning.map { $0.range == nil } ?? false)
      found.state =
        found.missed >= watch.persistence
        ? "breach"
        : isUnknown
          ? "target unknown" : found.missed > 0 || isWorse || warning?.range?(value) == true ? "warn" : "ok"
      return found
    }
  }

  /// A target or a warning: which values are in it (nothing where it has none), and which way it points.
  private func bound(_ bound: CheckedBound?, _ looking: ReferenceEvaluator) throws
    -> (range: ((Double) -> Bool)?, end: Double?, isUpBetter: Bool?)?
  {
    guard let bound else { return nil }
    func number(_ expression: CheckedExpression?) throws -> Double? {
      guard let expression else { return nil }
      if case .number(let number) = try looking.evaluate(expression, ReferenceRow()) { return number }
      return nil
    }
    let (low, high) = (try number(bound.low), try number(bound.high))
    let isUp: Bool? =
      switch bound.relation {
      case .atLeast, .above: true
      case .atMost, .below: false
      case .between: nil
      }
    guard let low else { return (nil, nil, isUp) }
    switch bound.relation {
    case .atLeast: return ({ $0 >= low }, low, isUp)
    case .atMost: return ({ $0 <= low }, low, isUp)
    case .above: return ({ $0 > low }, low, isUp)
    case .below: return ({ $0 < low }, low, isUp)
    case .between:
      guard let high else { return (nil, nil, nil) }
      return ({ low <= $0 && $0 <= high }, nil, nil)
    }
  }

  /// What processes say is due, in the order in which somebody would work through it.
  package func agenda(_ processes: [CheckedProcess], asOf: CheckedExpression?) throws -> [[Value]] {
    try looking(asOf, ReferenceRow()).agenda(processes)
  }

  private func agenda(_ processes: [CheckedProcess]) throws -> [[Value]] {
    var rows: [(rank: Int, due: Int, cells: [Value])] = []
    func add(
      _ rank: Int, _ due: Int?, _ process: CheckedProcess, _ record: ReferenceValue, _ what: Value, _ action: Value
    ) {
      let state = ["overdue", "due", "watch", "never"][rank]
      rows.append(
        (
          rank, due ?? Int.max,
          [.text(state), due.map { .date($0) } ?? .missing, .text(process.name), shownValue(record), what, action]
        ))
    }
    for process in processes {
      if let review = process.review {
        for row in try table(review.query, ReferenceRow()).rows {
          let goal = process.goal.map(Value.text) ?? .missing
          guard case .date(let due) = row[2] else {
            add(3, nil, process, row[0], .text(review.what), goal)
            continue
          }
          if due < today { add(0, due, process, row[0], .text(review.what), goal) }
          if (today...(today + 7)).contains(due) { add(1, due, process, row[0], .text(review.what), goal) }
        }
      }
      for watch in process.watches {
        for row in try table(watch.query, ReferenceRow()).rows {
          var due: Int?
          if case .date(let day) = row[2] { due = day }
          add(2, due, process, row[0], shownValue(row[1]), shownValue(row[3]))
        }
      }
    }
    // One after the other the least of those that are left; of equal ones the first.
    var sorted: [[Value]] = []
    while !rows.isEmpty {
      var least = 0
      for place in rows.indices where (rows[place].rank, rows[place].due) < (rows[least].rank, rows[least].due) {
        least = place
      }
      sorted.append(rows.remove(at: least).cells)
    }
    return sorted
  }
}
