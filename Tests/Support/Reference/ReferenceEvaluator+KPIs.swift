import PeyvandBase
import PeyvandCheck
import PeyvandData

/// KPIs as tables, from their definitions: a share's cases counted one by one, for each group and period anew.
///
/// What is said of chance (intervals, q) is arithmetic over these counts and is tested against published values; here
/// such columns stay missing, and programs that are compared do not ask for them.
extension ReferenceEvaluator {
  /// The cases of some subjects.
  struct KPICase {
    var value: ReferenceValue = .missing
    var n = 0
    var yes = 0
    var open = 0
  }

  /// A table of a KPI: its rows, with the columns that are known by name.
  func kpiRows(
    _ call: CheckedKPICall, _ headers: [CheckedColumn.Header], _ start: ReferenceRow
  ) throws -> [ReferenceRow] {
    guard !call.isCard else { throw ReferenceUnsupported("a KPI's card") }
    // What a table left out is told by its columns.
    tally.inside += 1
    return try inside {
      let looking = try self.looking(call.asOf, start)
      let rows = try looking.kpiCells(call, start)
      return rows.map { keys, cells in
        var row = start
        for (place, header) in headers.enumerated() {
          row.columns[header.id] = place < keys.count ? keys[place] : cells[header.name] ?? .missing
        }
        return row
      }
    }
  }

  func looking(_ asOf: CheckedExpression?, _ row: ReferenceRow) throws -> ReferenceEvaluator {
    guard let asOf else { return self }
    var looking = self
    switch try evaluate(asOf, row) {
    case .date(let day): looking.moment = ReferenceMoment(day: day, in: calendar)
    case .time(let instant): looking.moment = ReferenceMoment(instant: instant)
    default: throw ReferenceUnsupported("`as of` a missing time")
    }
    return looking
  }

  private typealias Cells = [String: ReferenceValue]

  private func kpiCells(_ call: CheckedKPICall, _ start: ReferenceRow) throws -> [([ReferenceValue], Cells)] {
    let kpi = call.kpi
    var subjects = try records(kpi.subjects, start).map { start.with(kpi.subject, $0) }
    if let condition = call.condition { subjects = try subjects.filter { try keeps(condition, $0) } }
    let groups = try self.groups(of: subjects, by: call.keys.map(\.expression))
    switch call.form {
    case .value: return try groups.map { ($0.keys, cells(try cases(kpi, $0.rows, start), kpi)) }
    case .over(let unit, let last):
      let now = calendar.periodIndex(ofDay: today, unit: unit)
      let met = try subjects.compactMap { try dayOf($0, kpi) }.filter { $0 <= today }
        .map { calendar.periodIndex(ofDay: $0, unit: unit) }
      guard let first = last.map({ now - Int32($0) + 1 }) ?? met.min() else { return [] }
      return try groups.flatMap { group in
        try (first...now).map { index in
          let rows = try group.rows.filter { row in
            guard let day = try dayOf(row, kpi), day <= today else { return false }
            return calendar.periodIndex(ofDay: day, unit: unit) == index
          }
          var cells = self.cells(try cases(kpi, rows, start), kpi)
          cells["period"] = period(index, unit)
          let end = calendar.lastDay(ofPeriod: index, unit: unit) ?? Int.max
          cells["partial"] = .truth(end > seenDay ? Truth.yes : Truth.no)
          return (group.keys, cells)
        }
      }
    case .versus(let unit, let other):
      let now = calendar.periodIndex(ofDay: today, unit: unit)
      let before = try index(try evaluate(other, start), unit)
      guard before < now else { throw ReferenceFailure("E1971") }
      let pair = try windows(before, now, unit)
      return try groups.flatMap { group in
        let old = try cases(kpi, try group.rows.filter { try falls($0, kpi, pair.first) }, start)
        let new = try cases(kpi, try group.rows.filter { try falls($0, kpi, pair.second) }, start)
        var first = cells(old, kpi)
        var second = cells(new, kpi)
        first["period"] = period(before, unit)
        second["period"] = period(now, unit)
        first["partial"] = .truth(pair.isCut ? Truth.yes : Truth.no)
        second["partial"] = first["partial"]
        if case .number(let a)? = first["value"], case .number(let b)? = second["value"] {
          second["points"] = .number((b - a) * 100)
          if a > 0 { second["percent"] = .number(b / a - 1) }
        }
        return [(group.keys, first), (group.keys, second)]
      }
    case .change(let unit, let from, let to, let fields):
      guard fields.isEmpty else { throw ReferenceUnsupported("fields to try") }
      let first = try index(try evaluate(from, start), unit)
      let second = try index(try evaluate(to, start), unit)
      guard first < second else { throw ReferenceFailure("E1972") }
      guard second <= calendar.periodIndex(ofDay: today, unit: unit) else { throw ReferenceFailure("E1971") }
      let pair = try windows(first, second, unit)
      let old = try groups.map { try cases(kpi, try $0.rows.filter { try falls($0, kpi, pair.first) }, start) }
      let new = try groups.map { try cases(kpi, try $0.rows.filter { try falls($0, kpi, pair.second) }, start) }
      let (n1, n2) = (old.reduce(0) { $0 + $1.n }, new.reduce(0) { $0 + $1.n })
      return groups.indices.compactMap { place in
        let (a, b) = (old[place], new[place])
        guard a.n + b.n > 0 else { return nil }
        var cells: Cells = ["n_from": .number(Double(a.n)), "n_to": .number(Double(b.n))]
        guard n1 >= max(1, kpi.needs), n2 >= max(1, kpi.needs) else { return (groups[place].keys, cells) }
        let r1 = a.n > 0 ? Double(a.yes) / Double(a.n) : Double(b.yes) / Double(b.n)
        let r2 = b.n > 0 ? Double(b.yes) / Double(b.n) : r1
        let (w1, w2) = (Double(a.n) / Double(n1), Double(b.n) / Double(n2))
        cells["value_from"] = a.value
        cells["value_to"] = b.value
        cells["points"] = .number((w2 * r2 - w1 * r1) * 100)
        cells["share_from"] = .number(w1)
        cells["share_to"] = .number(w2)
        cells["mix"] = .number((w2 - w1) * (r1 + r2) * 50)
        cells["rate"] = .number((r2 - r1) * (w1 + w2) * 50)
        return (groups[place].keys, cells)
      }
    case .throughStages(let journey):
      return try groups.flatMap { group in
        try self.stages(journey, group.rows, of: subjects).map { (group.keys, $0) }
      }
    }
  }

  // MARK: Cases

  private func groups(of rows: [ReferenceRow], by keys: [CheckedExpression]) throws
    -> [(keys: [ReferenceValue], rows: [ReferenceRow])]
  {
    guard !keys.isEmpty else { return [([], rows)] }
    var groups: [(keys: [ReferenceValue], rows: [ReferenceRow])] = []
    for row in rows {
      for combination in combinations(try keys.map { try evaluate($0, row) }) {
        let own = combination.map { $0.isShownMissing ? .missing : $0 }
        if let place = groups.firstIndex(where: { $0.keys.map(identity) == own.map(identity) }) {
          groups[place].rows.append(row)
        } else {
          groups.append((own, [row]))
        }
      }
    }
    return groups.sorted { a, b in
      for (x, y) in zip(a.keys, b.keys) where x != y {
        if x == .missing || y == .missing { return y == .missing }
        let order = order(x, y) ?? 0
        if order != 0 { return order < 0 }
      }
      return false
    }
  }

  private func cases(_ kpi: CheckedKPI, _ rows: [ReferenceRow], _ start: ReferenceRow) throws -> KPICase {
    guard case .aggregate(let aggregate) = kpi.measure.node, aggregate.function == .share else {
      throw ReferenceUnsupported("the cases of this KPI")
    }
    var group = start
    group.group = rows
    let truths = try groupValues(aggregate.list, group).map(\.truth)
    var result = KPICase()
    result.yes = truths.count { $0 == Truth.yes }
    result.n = result.yes + truths.count { $0 == Truth.no }
    result.open = truths.count { $0 & Truth.openMark != 0 && $0 & Truth.unknownMark == 0 }
    if result.n > 0 { result.value = .number(Double(result.yes) / Double(result.n)) }
    return result
  }

  private func cells(_ one: KPICase, _ kpi: CheckedKPI) -> Cells {
    [
      "value": one.n >= kpi.needs ? one.value : .missing, "n": .number(Double(one.n)),
      "open": .number(Double(one.open)),
    ]
  }

  // MARK: Periods

  /// The last day seen to its end.
  private var seenDay: Int {
    calendar.zone.instant(ofLocalDay: today + 1) - 1 <= moment.instant ? today : today - 1
  }

  private func dayOf(_ row: ReferenceRow, _ kpi: CheckedKPI) throws -> Int? {
    guard let dated = kpi.dated else { return nil }
    switch try evaluate(dated, row) {
    case .date(let day): return day
    case .time(let instant): return calendar.zone.localDay(ofInstant: instant)
    default: return nil
    }
  }

  private func falls(_ row: ReferenceRow, _ kpi: CheckedKPI, _ days: Range<Int>) throws -> Bool {
    try dayOf(row, kpi).map(days.contains) ?? false
  }

  private func period(_ index: Int32, _ unit: PeriodUnit) -> ReferenceValue {
    unit == .day ? .date(Int(index)) : .period(Period(unit: unit, index: index))
  }

  private func index(_ value: ReferenceValue, _ unit: PeriodUnit) throws -> Int32 {
    switch value {
    case .period(let period) where period.unit == unit: return period.index
    case .date(let day) where unit == .day: return Int32(day)
    default: throw ReferenceFailure("E1970")
    }
  }

  /// The days of two periods; where the second still runs, as many of each as it has had.
  private func windows(_ first: Int32, _ second: Int32, _ unit: PeriodUnit) throws -> (
    first: Range<Int>, second: Range<Int>, isCut: Bool
  ) {
    guard let a = calendar.firstDay(ofPeriod: first, unit: unit), let b = calendar.lastDay(ofPeriod: first, unit: unit),
      let c = calendar.firstDay(ofPeriod: second, unit: unit), let d = calendar.lastDay(ofPeriod: second, unit: unit)
    else { throw ReferenceFailure("E1970") }
    guard d > seenDay else { return (a..<(b + 1), c..<(d + 1), false) }
    let days = max(0, min(seenDay - c + 1, b - a + 1))
    return (a..<(a + days), c..<(c + days), true)
  }

  // MARK: Stages

  private func stages(_ journey: CheckedJourney, _ rows: [ReferenceRow], of all: [ReferenceRow]) throws -> [Cells] {
    struct Case {
      var outcome: UInt8
      var began: Double?
      var elapsed: Double?
      var stops: [Double?]
    }
    func number(_ value: ReferenceValue) -> Double? {
      switch value {
      case .date(let day): Double(day)
      case .time(let instant): Double(instant)
      case .duration(let length): length.days + length.seconds
      case .number(let number): number
      default: nil
      }
    }
    func cases(_ rows: [ReferenceRow]) throws -> [Case] {
      var rows = rows
      for stage in journey.cases {
        guard case .each(let set, let binding) = stage else { throw ReferenceUnsupported("this journey") }
        rows = try rows.flatMap { row in try records(set, row).map { row.with(binding, $0) } }
      }
      return try rows.map { row in
        Case(
          outcome: try evaluate(journey.outcome.expression, row).truth,
          began: try journey.began.flatMap { number(try evaluate($0.expression, row)) },
          elapsed: try journey.elapsed.flatMap { number(try evaluate($0.expression, row)) },
          stops: try journey.stops.map { number(try evaluate($0.time.expression, row)) })
      }
    }
    guard journey.outcome.header.type == .yesno else { throw ReferenceUnsupported("a mean through stages") }
    // The landmark: one unit less than the lower quartile of those who came.
    let came = try cases(all).compactMap(\.elapsed).sorted()
    var landmark: Double?
    if !came.isEmpty {
      let place = 0.25 * Double(came.count - 1)
      let low = Int(place)
      let high = min(low + 1, came.count - 1)
      landmark = max(1, (came[low] + (came[high] - came[low]) * (place - Double(low))).rounded(.down) - 1)
    }
    let left = try cases(rows).filter { one in
      guard let landmark, let elapsed = one.elapsed else { return true }
      return elapsed > landmark
    }.filter { $0.outcome == Truth.yes || $0.outcome == Truth.no }
    return journey.stops.enumerated().map { place, stop in
      let reached = left.filter { one in
        guard let time = one.stops[place] else { return false }
        guard let landmark, let began = one.began else { return journey.began == nil || landmark == nil }
        return time <= began + landmark
      }
      let yes = reached.count { $0.outcome == Truth.yes }
      let missed = left.count - reached.count
      let others = left.count { $0.outcome == Truth.yes } - yes
      var cells: Cells = [
        "stage": .text(stop.name), "reached": .number(Double(reached.count)), "not_reached": .number(Double(missed)),
      ]
      if reached.count >= 10 { cells["value"] = .number(Double(yes) / Double(reached.count)) }
      if missed >= 10 { cells["value_without"] = .number(Double(others) / Double(missed)) }
      if !left.isEmpty { cells["reach"] = .number(Double(reached.count) / Double(left.count)) }
      return cells
    }
  }
}
