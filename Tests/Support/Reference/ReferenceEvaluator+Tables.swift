import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Stages that make a table of all rows, in plain words.
extension ReferenceEvaluator {
  func derived(_ derivation: CheckedDerivation, _ rows: [ReferenceRow], _ outer: ReferenceRow) throws -> [ReferenceRow]
  {
    var start = outer
    start.group = nil
    func made(_ values: [ReferenceValue]) -> ReferenceRow {
      zip(derivation.columns, values).reduce(start) { $0.with($1.0.id, $1.1) }
    }
    let inputs = try rows.map { row in try derivation.inputs.map { try evaluate($0.expression, row) } }
    switch derivation.kind {
    case .pairs:
      var result: [ReferenceRow] = []
      for place in inputs.indices {
        let own = inputs[place]
        let before = place > 0 && inputs[place - 1][0] == own[0] ? inputs[place - 1] : nil
        result.append(
          made([
            before?[1] ?? .missing, own[1], before.map { length(from: $0[2], to: own[2]) } ?? .duration(Duration()),
          ]))
        if place + 1 == inputs.count || inputs[place + 1][0] != own[0] {
          result.append(made([own[1], .missing, .duration(Duration())]))
        }
      }
      return result
    case .stack(let keys, let labels, let cells):
      return rows.flatMap { row in
        zip(labels, cells).map { label, ids in
          made((keys.map { row.columns[$0] ?? .missing }) + [.text(label)] + ids.map { row.columns[$0] ?? .missing })
        }
      }
    case .retention(let unit, let isOrLater):
      return try retention(derivation, unit, isOrLater: isOrLater, inputs, start)
    case .credit(let model): return try credit(model, inputs, byDay: true).map(made)
    default: throw ReferenceUnsupported(derivation.word)
    }
  }

  private func length(from: ReferenceValue, to: ReferenceValue) -> ReferenceValue {
    switch (from, to) {
    case (.date(let a), .date(let b)): .duration(Duration(days: Double(b - a)))
    case (.time(let a), .time(let b)): .duration(Duration(seconds: Double(b - a)))
    default: .missing
    }
  }

  // MARK: Cohorts

  static func periodHeaders(_ columns: Int) -> [CheckedColumn.Header] {
    (0..<max(0, columns)).map { .init(id: ColumnID(-2_000_000 - $0), name: "\($0)", type: .number(.share)) }
  }

  /// For each period from the first cohort's to the last one's the members that began then, and who of them did
  /// something so many periods later.
  private func retention(
    _ derivation: CheckedDerivation, _ unit: PeriodUnit, isOrLater: Bool, _ inputs: [[ReferenceValue]],
    _ start: ReferenceRow
  ) throws -> [ReferenceRow] {
    let today = moment.day ?? calendar.zone.localDay(ofInstant: moment.instant)
    var last = Int(calendar.periodIndex(ofDay: today, unit: unit))
    if moment.day == nil || calendar.lastDay(ofPeriod: Int32(last), unit: unit) != today { last -= 1 }
    var members: [(began: Int, cohort: Int, later: Set<Int>)] = []
    for input in inputs {
      guard case .date(let began) = input[0] else { continue }
      let cohort = Int(calendar.periodIndex(ofDay: began, unit: unit))
      var later: Set<Int> = []
      if case .list(let days) = input[1] {
        for case .date(let day) in days where day >= began {
          later.insert(Int(calendar.periodIndex(ofDay: day, unit: unit)) - cohort)
        }
      }
      members.append((began, cohort, later))
    }
    let cohorts = members.map(\.cohort)
    let first = cohorts.min() ?? 0
    var columns = cohorts.isEmpty ? 0 : max(0, last - first) + 1
    if let parameter = derivation.parameters.first, case .number(let count) = try evaluate(parameter, ReferenceRow()) {
      columns = Int(count) + 1
    }
    func row(_ key: ReferenceValue, _ own: [(began: Int, cohort: Int, later: Set<Int>)]) -> ReferenceRow {
      var row = start.with(derivation.columns[0].id, key)
        .with(derivation.columns[1].id, .number(Double(own.count)))
      for (later, header) in Self.periodHeaders(columns).enumerated() {
        let over = own.filter { $0.cohort + later <= last }
        row = row.with(
          header.id,
          over.isEmpty
            ? .missing
            : .number(
              Double(
                over.count { one in isOrLater ? one.later.contains { $0 >= later } : one.later.contains(later) })
                / Double(over.count)))
      }
      return row
    }
    let triangle =
      cohorts.isEmpty
      ? []
      : (first...(cohorts.max() ?? first)).map { period in
        row(.period(Period(unit: unit, index: Int32(period))), members.filter { $0.cohort == period })
      }
    return triangle + [row(.missing, members)]
  }

  // MARK: Credit

  /// Of members without hours. What has no outcome has no part in these models but among the journeys.
  private func credit(_ model: CreditModel, _ inputs: [[ReferenceValue]], byDay: Bool) throws -> [[ReferenceValue]] {
    func days(_ value: ReferenceValue) throws -> [Int] {
      guard case .list(let values) = value else { return [] }
      return try values.map { value in
        guard case .date(let day) = value else { throw ReferenceUnsupported("journeys with hours") }
        return day
      }
    }
    let today = moment.day ?? calendar.zone.localDay(ofInstant: moment.instant)
    var journeys: [(channels: [ReferenceValue], isOne: Bool)] = []
    for input in inputs {
      let (outcomes, contacts) = (try days(input[0]), try days(input[1]))
      guard case .list(let labels) = input[2] else { continue }
      let until = input.count > 3 ? try days(input[3]) : []
      var left = Array(contacts.indices)
      for outcome in outcomes {
        let before = left.filter { contacts[$0] < outcome }
        left.removeAll { contacts[$0] < outcome }
        let lost = before.filter { !until.isEmpty && until[$0] <= outcome }
        if !lost.isEmpty { journeys.append((lost.map { labels[$0] }, false)) }
        let counted = before.filter { until.isEmpty || until[$0] > outcome }
        if !counted.isEmpty { journeys.append((counted.map { labels[$0] }, true)) }
      }
      guard let last = left.last else { continue }
      if !until.isEmpty, until[last] > today + 1 {
        tally.rows.open += 1
        continue
      }
      journeys.append((left.map { labels[$0] }, false))
    }
    var credit: [ReferenceValue: Double] = [:]
    var standing: [ReferenceValue: Double] = [:]
    for journey in journeys {
      let keys = journey.channels.map(identity)
      for key in Set(keys) {
        standing[key, default: 0] += 1
        credit[key, default: 0] += 0
        guard journey.isOne else { continue }
        let part = Double(keys.count { $0 == key }) / Double(keys.count)
        switch model {
        case .first: credit[key, default: 0] += keys.first == key ? 1 : 0
        case .last: credit[key, default: 0] += keys.last == key ? 1 : 0
        case .linear: credit[key, default: 0] += part
        case .shapley: credit[key, default: 0] += 1 / Double(Set(keys).count)
        default: throw ReferenceUnsupported(model.rawValue)
        }
      }
    }
    let all = Double(journeys.count { $0.isOne })
    let shown = journeys.flatMap(\.channels).reduce(into: [ReferenceValue: ReferenceValue]()) { first, value in
      if first[identity(value)] == nil { first[identity(value)] = value }
    }
    return credit.sorted { a, b in
      abs(a.value - b.value) > 1e-9 ? a.value > b.value : (order(a.key, b.key) ?? 0) < 0
    }.map { key, value in
      [
        shown[key] ?? key, .number(value), all > 0 ? .number(value / all) : .missing, .number(standing[key] ?? 0),
      ]
    }
  }
}
