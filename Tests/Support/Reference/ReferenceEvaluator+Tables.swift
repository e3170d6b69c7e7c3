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
    case .credit(let model): return try credit(model, derivation, inputs).map(made)
    case .control: return try controlled(derivation, inputs.map { $0.first ?? .missing }, rows)
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
}
