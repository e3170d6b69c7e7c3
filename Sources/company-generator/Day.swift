/// A day of the Gregorian calendar, counted from 1970-01-01.
///
/// The generator has its own calendar on purpose: its expected answers are held against Peyvand's, and an
/// error shared by both would never show.
struct Day: Comparable, Hashable {
  var number: Int

  init(number: Int) { self.number = number }

  /// Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
  init(_ year: Int, _ month: Int, _ day: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
  }

  var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Months since the year 0: two days of one month have the same.
  var monthIndex: Int { parts.year * 12 + parts.month - 1 }

  /// 1970-01-01 was a Thursday; Friday is the day of rest.
  var isFriday: Bool { number % 7 == 1 }

  /// The working day itself, or the one after.
  var working: Day { isFriday ? self + 1 : self }

  /// Calendar months later, at most the last day of that month.
  func adding(months: Int) -> Day {
    let (year, month, day) = parts
    let index = year * 12 + month - 1 + months
    let first = Day(index / 12, index % 12 + 1, 1)
    let next = Day((index + 1) / 12, (index + 1) % 12 + 1, 1)
    return first + min(day, next - first) - 1
  }

  static func + (day: Day, days: Int) -> Day { Day(number: day.number + days) }
  static func - (day: Day, days: Int) -> Day { Day(number: day.number - days) }
  static func - (left: Day, right: Day) -> Int { left.number - right.number }
  static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  /// `2024-03-05`
  var text: String {
    let (year, month, day) = parts
    return "\(year)-\(padded(month))-\(padded(day))"
  }

  /// `05-03-24`, as the warehouse's program writes it.
  var warehouseText: String {
    let (year, month, day) = parts
    return "\(padded(day))-\(padded(month))-\(padded(year % 100))"
  }
}

/// A minute of a day.
struct Moment: Comparable, Hashable {
  /// Minutes since 1970-01-01 00:00.
  var minute: Int

  init(minute: Int) { self.minute = minute }
  init(_ day: Day, _ hour: Int, _ minute: Int) { self.minute = day.number * 1440 + hour * 60 + minute }

  var day: Day { Day(number: minute / 1440) }
  var minuteOfDay: Int { minute % 1440 }

  static func < (left: Moment, right: Moment) -> Bool { left.minute < right.minute }

  /// `2024-03-05 14:20`
  var text: String { "\(day.text) \(padded(minuteOfDay / 60)):\(padded(minuteOfDay % 60))" }
}

func padded(_ number: Int, to width: Int = 2) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
