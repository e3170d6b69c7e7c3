import PeyvandBase
import Testing

@Suite struct CalendarTests {
  private func gregorian(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    CalendarSystem.gregorian.day(year: year, month: month, day: day)
  }
  private func jalali(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    CalendarSystem.jalali.day(year: year, month: month, day: day)
  }

  @Test(arguments: [
    ("1300-01-01", "1921-03-21"), ("1348-10-11", "1970-01-01"), ("1357-11-22", "1979-02-11"),
    ("1375-12-30", "1997-03-20"), ("1399-12-30", "2021-03-20"), ("1403-01-01", "2024-03-20"),
    ("1403-06-31", "2024-09-21"), ("1403-12-30", "2025-03-20"), ("1404-01-01", "2025-03-21"),
    ("1404-05-26", "2025-08-17"), ("1405-01-01", "2026-03-21"), ("1408-12-30", "2030-03-20"),
  ])
  func datesOfTheReference(_ jalali: String, _ gregorian: String) throws {
    let day = try #require(InstantText.parseDay(gregorian))
    #expect(InstantText.parseDay(jalali) == day)
    #expect(InstantText.day(day, in: .jalali) == jalali)
    #expect(InstantText.day(day) == gregorian)
  }

  @Test(arguments: [(1404, 12, 30), (1402, 12, 30), (1403, 7, 31), (1404, 13, 1), (1404, 0, 1), (1404, 1, 0)])
  func noSuchJalaliDay(_ year: Int, _ month: Int, _ day: Int) {
    #expect(jalali(year, month, day) == nil)
  }

  @Test func leapYearsOfTheReference() {
    let leap = (1390...1412).filter { CalendarSystem.jalali.isLeap(year: $0) }
    #expect(leap == [1391, 1395, 1399, 1403, 1408, 1412])
    #expect(!CalendarSystem.gregorian.isLeap(year: 1900))
    #expect(CalendarSystem.gregorian.isLeap(year: 2000))
  }

  /// Counted month by month from the one anchor, by the leap rule as it is printed.
  @Test func everyJalaliDayFrom1178To1632() throws {
    var day = try #require(gregorian(1799, 3, 21))
    var wrong: [CivilDate] = []
    for year in 1178...1632 {
      let lengths = Array(repeating: 31, count: 6) + Array(repeating: 30, count: 5)
      for (place, length) in (lengths + [(25 * year + 11) % 33 < 8 ? 30 : 29]).enumerated() {
        for each in 1...length {
          let date = CivilDate(year: year, month: place + 1, day: each)
          if CalendarSystem.jalali.civil(ofDay: day) != date || jalali(year, place + 1, each) != day {
            wrong.append(date)
          }
          day += 1
        }
        if jalali(year, place + 1, length + 1) != nil {
          wrong.append(CivilDate(year: year, month: place + 1, day: length + 1))
        }
      }
    }
    #expect(wrong.isEmpty)
    #expect(InstantText.day(day) == "2254-03-21")
  }

  /// Counted day by day through the whole range of years.
  @Test func everyGregorianDayFrom1To9999() throws {
    var day = -719_162
    var wrong: [CivilDate] = []
    for year in 1...9999 {
      let february = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28
      for (place, length) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
        for each in [1, 2, 15, length] {
          let date = CivilDate(year: year, month: place + 1, day: each)
          if CalendarSystem.gregorian.civil(ofDay: day + each - 1) != date
            || gregorian(year, place + 1, each) != day + each - 1
          {
            wrong.append(date)
          }
        }
        if gregorian(year, place + 1, length + 1) != nil {
          wrong.append(CivilDate(year: year, month: place + 1, day: length + 1))
        }
        day += length
      }
    }
    #expect(wrong.isEmpty)
    #expect(gregorian(1970, 1, 1) == 0)
  }

  @Test func dayNumbersRoundTripFarFromNow() {
    for system in CalendarSystem.allCases {
      for day in stride(from: Int(Int32.min), through: Int(Int32.max), by: 999_983) {
        let date = system.civil(ofDay: day)
        #expect((1...12).contains(date.month))
        #expect((1...system.daysInMonth(year: date.year, month: date.month)).contains(date.day))
        if CalendarSystem.years.contains(date.year) {
          #expect(system.day(year: date.year, month: date.month, day: date.day) == day)
        }
      }
    }
  }

  @Test(arguments: [
    ("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2019-08-31", 6, "2020-02-29"),
    ("2025-03-31", -1, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2024-12-15", 1, "2025-01-15"),
    ("1403-06-31", 1, "1403-07-30"), ("1403-12-30", 12, "1404-12-29"), ("1403-01-31", -1, "1402-12-29"),
  ])
  func monthsAreClamped(_ from: String, _ months: Int, _ to: String) throws {
    let written = try #require(InstantText.parse(from))
    let day = try #require(written.dayNumber)
    let later = try #require(written.system.adding(months: months, toDay: day))
    #expect(InstantText.day(later, in: written.system) == to)
  }

  @Test func numbersOutOfRangeGiveNil() {
    let wild = [Int.min, Int.min + 1, -1, 0, 10_000, 1 << 40, Int.max - 1, Int.max]
    for system in CalendarSystem.allCases {
      for number in wild {
        #expect(system.day(year: number, month: 1, day: 1) == nil)
        #expect(system.day(year: 1400, month: 1, day: number) == nil)
        #expect(system.day(year: 1400, month: number, day: 1) == nil)
        #expect(system.daysInMonth(year: number, month: 12) >= 29)
        #expect(system.civil(ofDay: number).month >= 1)
        _ = system.isLeap(year: number)
        _ = Weekday(ofDay: number)
      }
      #expect(system.adding(months: Int.min, toDay: 0) == nil)
      #expect(system.adding(months: Int.max, toDay: 0) == nil)
      #expect(system.adding(months: 1, toDay: Int.max) == nil)
      #expect(system.adding(months: 12 * 9999, toDay: 0) == nil)
      #expect(system.adding(months: -12 * 9999, toDay: 0) == nil)
    }
  }

  @Test func weekdays() {
    #expect(Weekday(ofDay: 0) == .thursday)
    #expect(Weekday(ofDay: -1) == .wednesday)
    #expect(Weekday(ofDay: -4) == .sunday)
    #expect(jalali(1404, 5, 26).map(Weekday.init(ofDay:)) == .sunday)
    #expect(jalali(1403, 12, 30).map(Weekday.init(ofDay:)) == .thursday)
    #expect(Weekday(name: "Saturday") == .saturday)
    #expect(Weekday(name: "caturday") == nil)
  }
}
