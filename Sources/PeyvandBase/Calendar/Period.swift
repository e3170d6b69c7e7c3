/// The calendar periods that answers are grouped by.
package enum PeriodUnit: UInt8, Sendable, Hashable, CaseIterable {
  case year, quarter, month, week, day

  package var name: String {
    switch self {
    case .year: "year"
    case .quarter: "quarter"
    case .month: "month"
    case .week: "week"
    case .day: "day"
    }
  }
}

/// What a company declared about its calendar, in one value: one declaration rules every question.
///
/// A period is one number (an index that counts periods of its unit), so that a column of months is a column
/// of integers: periods compare, sort, subtract (`to − from` is the number of periods between) and hash at
/// the price of an `Int32`. The meaning of an index depends on the rules that made it.
///
/// | unit | index |
/// |---|---|
/// | year | the fiscal year, named by the calendar year in which it ends |
/// | quarter | fiscal year · 4 + (quarter − 1) |
/// | month | calendar year · 12 + (month − 1) |
/// | week | weeks since the one that holds 1970-01-01 |
/// | day | the day number |
package struct CalendarRules: Sendable, Hashable {
  package var system: CalendarSystem
  /// The month in which the fiscal year begins; what is not 1 to 12 counts as the nearest that is.
  package var yearStartMonth: Int
  /// What was declared; nil leaves the custom of the calendar.
  package var declaredWeekStart: Weekday?
  package var zone: Zone
  package var working: WorkingTime

  package init(
    system: CalendarSystem = .gregorian, yearStartMonth: Int = 1, weekStart: Weekday? = nil, zone: Zone = .utc,
    working: WorkingTime = WorkingTime()
  ) {
    self.working = working
    self.system = system
    self.yearStartMonth = yearStartMonth
    self.declaredWeekStart = weekStart
    self.zone = zone
  }

  /// The first day of a week: as declared, else Monday (ISO 8601), or Saturday in the Jalali calendar (CLDR).
  package var weekStart: Weekday {
    get { declaredWeekStart ?? (system == .jalali ? .saturday : .monday) }
    set { declaredWeekStart = newValue }
  }

  private var startMonth: Int { min(max(yearStartMonth, 1), 12) }

  /// The first day of week 0: the last `weekStart` on or before 1970-01-01, a Thursday.
  private var weekEpoch: Int {
    let start = Int(weekStart.rawValue)
    return start <= 3 ? start - 3 : start - 10
  }
}

extension CalendarRules {
  /// The period of `unit` that holds a day. Total: a day no column can hold reads as the nearest that one can.
  package func periodIndex(ofDay day: Int, unit: PeriodUnit) -> Int32 {
    let day = min(max(day, CalendarSystem.days.lowerBound), CalendarSystem.days.upperBound)
    switch unit {
    case .day: return Int32(truncatingIfNeeded: day)
    case .week: return Int32(truncatingIfNeeded: floorDivide(day &- weekEpoch, by: 7))
    case .month:
      let date = system.civil(ofDay: day)
      return Int32(truncatingIfNeeded: date.year &* 12 &+ date.month &- 1)
    case .quarter:
      let date = system.civil(ofDay: day)
      let start = startMonth
      let year = start > 1 && date.month >= start ? date.year &+ 1 : date.year
      let fromStart = date.month >= start ? date.month &- start : date.month &- start &+ 12
      return Int32(truncatingIfNeeded: year &* 4 &+ fromStart / 3)
    case .year:
      let date = system.civil(ofDay: day)
      let start = startMonth
      return Int32(truncatingIfNeeded: start > 1 && date.month >= start ? date.year &+ 1 : date.year)
    }
  }

  /// The first day of a period, or nil where it begins outside the years of the calendar.
  package func firstDay(ofPeriod period: Int32, unit: PeriodUnit) -> Int? {
    let index = Int(period)
    switch unit {
    case .day: return index
    case .week:
      let day = index * 7 + weekEpoch
      return CalendarSystem.days.contains(day) ? day : nil
    case .month:
      let year = floorDivide(index, by: 12)
      return system.day(year: year, month: index - year * 12 + 1, day: 1)
    case .quarter:
      let year = floorDivide(index, by: 4)
      return firstDay(ofFiscalYear: year, monthsLater: (index - year * 4) * 3)
    case .year: return firstDay(ofFiscalYear: index, monthsLater: 0)
    }
  }

  /// The last day of a period, or nil where the period or the next begins outside the years of the calendar.
  package func lastDay(ofPeriod period: Int32, unit: PeriodUnit) -> Int? {
    guard unit != .day else { return Int(period) }
    let next = period.addingReportingOverflow(1)
    guard !next.overflow, firstDay(ofPeriod: period, unit: unit) != nil else { return nil }
    return firstDay(ofPeriod: next.partialValue, unit: unit).map { $0 - 1 }
  }

  private func firstDay(ofFiscalYear year: Int, monthsLater: Int) -> Int? {
    let start = startMonth
    let month = (start > 1 ? year - 1 : year) * 12 + start - 1 + monthsLater
    let calendarYear = floorDivide(month, by: 12)
    return system.day(year: calendarYear, month: month - calendarYear * 12 + 1, day: 1)
  }
}

extension CalendarRules {
  /// How a period is written: `2024`, `2024-Q1`, `2024-05`, `2024-W07`, `2024-05-01`.
  ///
  /// Weeks of a Gregorian calendar that begin on Monday are numbered by ISO 8601 (week 1 holds the year's first
  /// Thursday); any other week is written by the date of its first day, since no numbering of it is standard.
  package func label(ofPeriod period: Int32, unit: PeriodUnit) -> String {
    let index = Int(period)
    switch unit {
    case .year: return paddedNumber(index, to: 4)
    case .quarter:
      let year = floorDivide(index, by: 4)
      return paddedNumber(year, to: 4) + "-Q" + String(index - year * 4 + 1)
    case .month:
      let year = floorDivide(index, by: 12)
      return paddedNumber(year, to: 4) + "-" + paddedNumber(index - year * 12 + 1, to: 2)
    case .week:
      let first = index * 7 + weekEpoch
      guard system == .gregorian, weekStart == .monday else { return InstantText.day(first, in: system) }
      let (year, week) = Self.isoWeek(ofMonday: first)
      return paddedNumber(year, to: 4) + "-W" + paddedNumber(week, to: 2)
    case .day: return InstantText.day(index, in: system)
    }
  }

  /// The ISO 8601 year and number of the week that begins on `monday`: the year is that of its Thursday.
  static func isoWeek(ofMonday monday: Int) -> (year: Int, week: Int) {
    let thursday = min(max(monday + 3, CalendarSystem.days.lowerBound), CalendarSystem.days.upperBound)
    let year = CalendarSystem.gregorian.civil(ofDay: thursday).year
    let newYear = CalendarSystem.gregorian.uncheckedDay(year: year, month: 1, day: 1)
    return (year, (thursday - newYear) / 7 + 1)
  }
}
