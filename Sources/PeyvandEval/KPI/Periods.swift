import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The periods of one unit, seen from a day: which is at hand, which runs, and what part of two can be compared.
struct Periods: Sendable {
  let unit: PeriodUnit
  let rules: CalendarRules
  /// The last day that has been seen to its end.
  let seenDay: Int

  func current(today: Int) -> Int32 { rules.periodIndex(ofDay: today, unit: unit) }

  func firstDay(of index: Int32) -> Int? { rules.firstDay(ofPeriod: index, unit: unit) }

  /// The first day after a period.
  func dayAfter(_ index: Int32) -> Int? { rules.lastDay(ofPeriod: index, unit: unit).map { $0 + 1 } }

  func isRunning(_ index: Int32) -> Bool {
    guard let last = rules.lastDay(ofPeriod: index, unit: unit) else { return true }
    return last > seenDay
  }

  /// A period as a value; days are dates.
  func value(of index: Int32) -> Value {
    unit == .day ? .date(Int(index)) : .period(Period(unit: unit, index: index))
  }

  func index(of value: Value) -> Int32? {
    switch value {
    case .period(let period): period.unit == unit ? period.index : nil
    case .date(let day): unit == .day ? Int32(exactly: day) : nil
    default: nil
    }
  }

  /// The period of a date, as a key.
  func key(_ dated: CheckedExpression) -> CheckedColumn {
    let expression: CheckedExpression
    let type: ValueType
    if unit == .day {
      type = .date
      expression = dated.type == .time ? CheckedExpression(.when(.day, dated), .date, dated.range) : dated
    } else {
      type = .period(unit)
      expression = CheckedExpression(.period(unit, dated), type, dated.range)
    }
    return CheckedColumn(header: .init(id: ColumnID(-12), name: unit.name, type: type), expression: expression)
  }

  /// A stretch of days, the last not included.
  struct Span: Sendable {
    var from: Int
    var before: Int
  }

  /// Two periods as far as they can be compared: whole, or, where the later one still runs, the same number of days
  /// of both from their beginnings.
  func matched(
    _ first: Int32, _ second: Int32, at range: SourceRange
  ) throws(Diagnostics) -> (first: Span, second: Span, isCut: Bool, days: Int) {
    guard let start = firstDay(of: first), let end = dayAfter(first), let from = firstDay(of: second) else {
      throw EvaluationDiagnostics.noSuchPeriod(at: range)
    }
    guard isRunning(second) else {
      guard let before = dayAfter(second) else { throw EvaluationDiagnostics.noSuchPeriod(at: range) }
      return (Span(from: start, before: end), Span(from: from, before: before), false, before - from)
    }
    let days = max(0, min(seenDay + 1 - from, end - start))
    return (Span(from: start, before: start + days), Span(from: from, before: from + days), true, days)
  }
}
