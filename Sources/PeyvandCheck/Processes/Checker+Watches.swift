import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// A KPI that is looked at again and again, with every name decided.
package struct CheckedWatch: Sendable {
  /// As written.
  package var name: String
  /// By periods.
  package var call: CheckedKPICall
  package var unit: PeriodUnit
  package var headers: [CheckedColumn.Header]
  /// How many periods in a row must miss the target.
  package var persistence: Int
  package var range: SourceRange
}

/// Watches: a KPI, how often it is judged, and how long it must fail.
extension Checker {
  mutating func watch(_ syntax: WatchSyntax, _ range: SourceRange, in scope: Scope) -> CheckedWatch? {
    guard let query = self.query(syntax.source, in: scope) else { return nil }
    guard case .kpi(let call, _) = query.source, case .value = call.form, query.stages.isEmpty else {
      report(CheckDiagnostics.watchOfWhat(text(of: syntax.source.range), at: syntax.source.range))
      return nil
    }
    guard isDated(call.kpi, at: syntax.source.range) else { return nil }
    guard let unit = syntax.every.map({ self.unit(of: $0) }) ?? .month else { return nil }
    var persistence = 1
    if let periods = syntax.breachPeriods {
      guard let whole = Int(exactly: periods), (1...1000).contains(whole) else {
        report(CheckDiagnostics.breachPeriods(at: range))
        return nil
      }
      persistence = whole
    }
    let series = CheckedKPICall(
      kpi: call.kpi, keys: call.keys, condition: call.condition, asOf: call.asOf, form: .over(unit, last: nil))
    return CheckedWatch(
      name: watchName(syntax.source), call: series, unit: unit, headers: kpiHeaders(series),
      persistence: persistence, range: range)
  }

  /// `month`, `3 months`, `2 weeks`: a period of the calendar, since only those can be told apart by name.
  private mutating func unit(of syntax: Expression) -> PeriodUnit? {
    var found: PeriodUnit?
    switch syntax.node {
    case .name(let name):
      if case .period(.unit(let unit))? = ConstantWords.table[nameKey(name.text)] { found = unit }
    case .quantity:
      guard let every = one(syntax, in: Scope(), wanted: "as the time between two looks") else { return nil }
      if case .constant(.duration(let duration)) = every.node {
        switch (duration.months, duration.days, duration.seconds) {
        case (1, 0, 0): found = .month
        case (3, 0, 0): found = .quarter
        case (12, 0, 0): found = .year
        case (0, 1, 0): found = .day
        case (0, 7, 0): found = .week
        default: break
        }
      }
    default: break
    }
    if found == nil {
      report(CheckDiagnostics.watchedPeriod(PeriodUnit.allCases.map(\.name), at: syntax.range))
    }
    return found
  }
}
