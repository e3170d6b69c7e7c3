/// The two calendars a company's dates are written in, as arithmetic on day numbers.
///
/// Inside Peyvand a date is the number of days since 1970-01-01, whichever calendar it was written in; a
/// calendar is only a way to read and write that number. So dates of both calendars compare, subtract and
/// sort together, and only grouping by month or year and printing ask which calendar rules. The functions
/// here run over millions of days in kernels: a few divisions each, no table, no allocation.
package enum CalendarSystem: UInt8, Sendable, Hashable, CaseIterable {
  case gregorian, jalali
}

/// A date as people write it: a year, a month from 1 and a day from 1, in a calendar known from elsewhere.
package struct CivilDate: Hashable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }
}

extension CalendarSystem {
  /// The days that a column can hold; a day beyond is taken as the nearest of them.
  package static let days = Int(Int32.min)...Int(Int32.max)

  /// The years that `day(year:month:day:)` takes, in either calendar.
  package static let years = 1...9999

  /// The days of those years: what lies beyond has no date that could be written.
  package var writtenDays: ClosedRange<Int> {
    let first = uncheckedDay(year: Self.years.lowerBound, month: 1, day: 1)
    return first...max(first, uncheckedDay(year: Self.years.upperBound + 1, month: 1, day: 1) - 1)
  }

  /// The years for which the calendar's rule is known to be the calendar in use. The Jalali leap rule below
  /// equals ICU 72, jdatetime and the equinox at mean noon of 52.5° E for exactly these years; beyond them it
  /// is an extrapolation, which is what every calendar library does.
  package var exactYears: ClosedRange<Int> {
    switch self {
    case .gregorian: 1...9999
    case .jalali: 1178...1632
    }
  }

  /// Whether `year` has a leap day. Any number is taken; the rule simply goes on.
  ///
  /// Jalali: (25·y + 11) mod 33 < 8, the 33-year cycle with 8 leap years.
  package func isLeap(year: Int) -> Bool {
    switch self {
    case .gregorian:
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    case .jalali:
      // Reduced first, so that no year overflows.
      let place = ((year % 33) + 33) % 33
      return (25 * place + 11) % 33 < 8
    }
  }

  /// The length of a month; 0 where `month` is not 1 to 12.
  package func daysInMonth(year: Int, month: Int) -> Int {
    guard month >= 1, month <= 12 else { return 0 }
    switch self {
    case .gregorian:
      if month == 2 { return isLeap(year: year) ? 29 : 28 }
      return 30 + ((month + (month >> 3)) & 1)
    case .jalali:
      if month <= 6 { return 31 }
      return month <= 11 || isLeap(year: year) ? 30 : 29
    }
  }

  /// The day number of a date, or nil where there is no such date or its year is not in `years`.
  package func day(year: Int, month: Int, day: Int) -> Int? {
    guard Self.years.contains(year), day >= 1, day <= daysInMonth(year: year, month: month) else { return nil }
    return uncheckedDay(year: year, month: month, day: day)
  }

  /// The date of a day number. Total: days beyond `days` read as the nearest that a column can hold.
  package func civil(ofDay day: Int) -> CivilDate {
    let day = min(max(day, Self.days.lowerBound), Self.days.upperBound)
    switch self {
    case .gregorian:
      // civil_from_days of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March,
      // so that the leap day is the last of its year, in eras of 400 years.
      let shifted = day &+ 719_468
      let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
      let dayOfEra = shifted &- era &* 146_097
      let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
      let fromMarch = (5 &* dayOfYear &+ 2) / 153
      let month = fromMarch < 10 ? fromMarch &+ 3 : fromMarch &- 9
      let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
      return CivilDate(year: year, month: month, day: dayOfYear &- (153 &* fromMarch &+ 2) / 5 &+ 1)
    case .jalali:
      // The inverse of `jalaliYearStart`: the last year that begins on this day or before.
      let passed = day &- Self.jalaliEpoch
      let years = floorDivide(33 &* passed &+ 3, by: 12_053)
      let dayOfYear = passed &- floorDivide(12_053 &* years &+ 29, by: 33)
      if dayOfYear < 186 {
        return CivilDate(year: years &+ 1, month: dayOfYear / 31 &+ 1, day: dayOfYear % 31 &+ 1)
      }
      let late = dayOfYear &- 186
      return CivilDate(year: years &+ 1, month: late / 30 &+ 7, day: late % 30 &+ 1)
    }
  }

  /// The same day of the month, `months` later (or earlier, where negative), clamped to that month's end:
  /// 2025-01-31 + 1 month = 2025-02-28. Nil where the result leaves `years`.
  package func adding(months: Int, toDay day: Int) -> Int? {
    guard Self.days.contains(day), abs(months.clamped) <= 12 * Self.years.upperBound else { return nil }
    let date = civil(ofDay: day)
    let index = date.year &* 12 &+ (date.month &- 1) &+ months
    let year = floorDivide(index, by: 12)
    guard Self.years.contains(year) else { return nil }
    let month = index &- year &* 12 &+ 1
    let length = daysInMonth(year: year, month: month)
    return uncheckedDay(year: year, month: month, day: min(date.day, length))
  }

  /// The day of a date already known to exist, its year within a few million of now.
  func uncheckedDay(year: Int, month: Int, day: Int) -> Int {
    switch self {
    case .gregorian:
      // days_from_civil of the same source.
      let year = month <= 2 ? year &- 1 : year
      let era = (year >= 0 ? year : year &- 399) / 400
      let yearOfEra = year &- era &* 400
      let fromMarch = month > 2 ? month &- 3 : month &+ 9
      let dayOfYear = (153 &* fromMarch &+ 2) / 5 &+ day &- 1
      let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
      return era &* 146_097 &+ dayOfEra &- 719_468
    case .jalali:
      let before = month <= 7 ? (month &- 1) &* 31 : 186 &+ (month &- 7) &* 30
      return Self.jalaliYearStart(year) &+ before &+ day &- 1
    }
  }

  /// 0001-01-01 of the Jalali calendar by the 33-year rule, as a day number.
  static let jalaliEpoch = -492_268

  /// 33 years are 33·365 + 8 = 12,053 days; the 29 puts the leap years where (25·y + 11) mod 33 < 8 has them.
  static func jalaliYearStart(_ year: Int) -> Int {
    jalaliEpoch &+ floorDivide(12_053 &* (year &- 1) &+ 29, by: 33)
  }
}

extension CalendarSystem {
  /// The English name of a month, or "" where there is none.
  package func monthName(_ month: Int) -> String {
    guard month >= 1, month <= 12 else { return "" }
    return (self == .gregorian ? Self.gregorianMonths : Self.jalaliMonths)[month - 1]
  }

  private static let gregorianMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let jalaliMonths = [
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman",
    "Esfand",
  ]
}

/// Division that rounds down. `divisor` is a positive constant of ours; total.
@inline(__always)
func floorDivide(_ value: Int, by divisor: Int) -> Int {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient &- 1 : quotient
}

extension Int {
  /// Kept off `Int.min`, whose `abs` traps.
  fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
