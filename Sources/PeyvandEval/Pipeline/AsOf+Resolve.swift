import PeyvandBase
import PeyvandData

extension AsOf {
  /// The whole of a day.
  package init(day: Int, in rules: CalendarRules) {
    let day = min(max(day, CalendarSystem.days.lowerBound), CalendarSystem.days.upperBound - 1)
    self.init(instant: rules.zone.instant(ofLocalDay: day + 1) - 1, day: day)
  }

  /// The moment from which to look: what was asked for; else the last event that is not in the future, with the
  /// whole of its day; else the day of `clock`.
  ///
  /// `requested` is a day, an instant or a period (the whole of it). `clock` is the present instant, given from
  /// outside so that a question can be put again.
  package static func resolve(
    source: any ColumnSource, requested: Value?, clock: Int64, at range: SourceRange? = nil
  ) throws(Diagnostics) -> AsOf {
    let rules = source.catalogue.calendar
    switch requested {
    case .some(.date(let day)): return AsOf(day: day, in: rules)
    case .some(.time(let instant)): return AsOf(instant: instant, day: nil)
    case .some(.period(let period)):
      guard let day = rules.lastDay(ofPeriod: period.index, unit: period.unit) else {
        throw EvaluationDiagnostics.noSuchMoment(at: range)
      }
      return AsOf(day: day, in: rules)
    case .some: throw EvaluationDiagnostics.noSuchMoment(at: range)
    case .none:
      let last = try source.lastEvent(notAfter: clock) ?? clock
      return AsOf(day: rules.zone.localDay(ofInstant: last), in: rules)
    }
  }
}
