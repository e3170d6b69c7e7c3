import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Days, instants and periods, and how they turn into one another.
extension Walker {
  /// The days of dates or instants.
  mutating func days(_ operand: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> (Slab<Int32>, Slab<UInt8>?) {
    let vector = try evaluate(operand, in: frame)
    switch (vector.storage, operand.type) {
    case (.days(let periods), .period(let unit)) where unit != .day:
      let first = time.firstDays(ofPeriods: periods, unit: unit, present: vector.present)
      guard case .days(let days) = first.storage else { break }
      return (days, first.present)
    case (.days(let days), _): return (days, vector.present)
    case (.instants(let instants), _): return (time.days(ofInstants: instants), vector.present)
    case (_, .missing): return (Slab(repeating: 0, count: frame.count), Slab(repeating: 0, count: frame.count))
    default: break
    }
    throw EvaluationDiagnostics.malformed("the day of what has none", at: operand.range)
  }

  /// Instants as they are, days as their first instants.
  func instants(_ vector: Vector, at range: SourceRange) throws(Diagnostics) -> Slab<Int64> {
    switch vector.storage {
    case .instants(let instants): return instants
    case .days(let days): return time.firstInstants(ofDays: days)
    default: throw EvaluationDiagnostics.malformed("a time that is none", at: range)
    }
  }

  mutating func period(_ unit: PeriodUnit, _ operand: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let (days, present) = try days(operand, frame)
    return Vector(.days(time.periods(ofDays: days, unit: unit)), present: present)
  }

  mutating func hour(_ operand: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let vector = try evaluate(operand, in: frame)
    // A day has no hour.
    guard case .instants(let instants) = vector.storage else { return .missing(.plainNumber, count: frame.count) }
    return Vector(.numbers(time.hours(ofInstants: instants)), present: vector.present)
  }

  mutating func when(_ conversion: TimeConversion, _ operand: CheckedExpression, _ frame: Frame) throws(Diagnostics)
    -> Vector
  {
    let vector = try evaluate(operand, in: frame)
    if case .missing = operand.type {
      let type: ValueType = conversion == .firstInstant || conversion == .endInstant ? .time : .date
      return .missing(type, count: frame.count)
    }
    switch vector.storage {
    case .instants(let instants):
      switch conversion {
      case .firstInstant: return vector
      case .endInstant: return Vector(.instants(TimeSearch.later(instants, by: 1)), present: vector.present)
      case .day, .firstDay, .lastDay: return Vector(.days(time.days(ofInstants: instants)), present: vector.present)
      case .dayAfterLast:
        return time.days(
          time.days(ofInstants: instants), plus: Slab(repeating: Duration(days: 1), count: frame.count),
          present: vector.present)
      }
    case .days(let values):
      var unit = PeriodUnit.day
      if case .period(let given) = operand.type { unit = given }
      switch conversion {
      case .firstDay, .day: return time.firstDays(ofPeriods: values, unit: unit, present: vector.present)
      case .lastDay: return time.lastDays(ofPeriods: values, unit: unit, present: vector.present)
      case .dayAfterLast: return time.lastDays(ofPeriods: values, unit: unit, later: 1, present: vector.present)
      case .firstInstant, .endInstant:
        let isEnd = conversion == .endInstant
        let bound =
          isEnd
          ? time.lastDays(ofPeriods: values, unit: unit, later: 1, present: vector.present)
          : time.firstDays(ofPeriods: values, unit: unit, present: vector.present)
        guard case .days(let days) = bound.storage else { break }
        return Vector(.instants(time.firstInstants(ofDays: days)), present: bound.present)
      }
    default: break
    }
    throw EvaluationDiagnostics.malformed("a time that is none", at: operand.range)
  }
}
