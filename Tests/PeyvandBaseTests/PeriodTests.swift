import PeyvandBase
import Testing

@Suite struct PeriodTests {
  private func label(_ date: String, _ unit: PeriodUnit, _ rules: CalendarRules = CalendarRules()) throws -> String {
    let day = try #require(InstantText.parseDay(date))
    return rules.label(ofPeriod: rules.periodIndex(ofDay: day, unit: unit), unit: unit)
  }

  @Test func labelsOfTheCalendarYear() throws {
    #expect(try label("2024-05-01", .year) == "2024")
    #expect(try label("2024-03-31", .quarter) == "2024-Q1")
    #expect(try label("2024-04-01", .quarter) == "2024-Q2")
    #expect(try label("2024-05-01", .month) == "2024-05")
    #expect(try label("2024-05-01", .day) == "2024-05-01")
  }

  /// Dates and weeks of the table in ISO 8601's Wikipedia article, "Week dates".
  @Test(arguments: [
    ("1977-01-01", "1976-W53"), ("1977-01-02", "1976-W53"), ("1977-12-31", "1977-W52"), ("1978-01-02", "1978-W01"),
    ("1979-12-31", "1980-W01"), ("1980-12-28", "1980-W52"), ("1980-12-29", "1981-W01"), ("1981-12-31", "1981-W53"),
    ("1982-01-04", "1982-W01"), ("2008-09-26", "2008-W39"), ("2024-02-14", "2024-W07"),
  ])
  func isoWeeks(_ date: String, _ week: String) throws {
    #expect(try label(date, .week) == week)
  }

  @Test func otherWeeksAreNamedByTheirFirstDay() throws {
    let sunday = CalendarRules(weekStart: .sunday)
    #expect(try label("2024-02-14", .week, sunday) == "2024-02-11")
    let jalali = CalendarRules(system: .jalali)
    #expect(jalali.weekStart == .saturday)
    // 1404-05-26 is a Sunday, its week began the day before.
    #expect(try label("1404-05-26", .week, jalali) == "1404-05-25")
    #expect(try label("1404-05-25", .week, jalali) == "1404-05-25")
    #expect(try label("1404-05-24", .week, jalali) == "1404-05-18")
  }

  @Test func fiscalYearsAreNamedByTheirEnd() throws {
    let april = CalendarRules(yearStartMonth: 4)
    #expect(try label("2024-03-31", .year, april) == "2024")
    #expect(try label("2024-04-01", .year, april) == "2025")
    #expect(try label("2024-04-01", .quarter, april) == "2025-Q1")
    #expect(try label("2024-03-31", .quarter, april) == "2024-Q4")
    #expect(try label("2024-12-31", .quarter, april) == "2025-Q3")
    #expect(try label("2024-04-01", .month, april) == "2024-04")
    let mehr = CalendarRules(system: .jalali, yearStartMonth: 7)
    #expect(try label("1404-06-31", .year, mehr) == "1404")
    #expect(try label("1404-07-01", .year, mehr) == "1405")
  }

  @Test func jalaliQuartersAreTheSeasons() throws {
    let rules = CalendarRules(system: .jalali)
    #expect(try label("1403-03-31", .quarter, rules) == "1403-Q1")
    #expect(try label("1403-04-01", .quarter, rules) == "1403-Q2")
    #expect(try label("2025-03-20", .quarter, rules) == "1403-Q4")
    #expect(try label("2025-03-21", .year, rules) == "1404")
  }

  /// Periods tile the days: each holds its first and last day, and the day after the last is the next one's first.
  @Test func periodsTileTheDays() throws {
    let declared = [
      CalendarRules(), CalendarRules(yearStartMonth: 4), CalendarRules(yearStartMonth: 12, weekStart: .wednesday),
      CalendarRules(system: .jalali), CalendarRules(system: .jalali, yearStartMonth: 7, weekStart: .thursday),
      CalendarRules(weekStart: .friday),
    ]
    for rules in declared {
      for unit in PeriodUnit.allCases {
        var day = -20_000
        while day < 40_000 {
          let period = rules.periodIndex(ofDay: day, unit: unit)
          let first = try #require(rules.firstDay(ofPeriod: period, unit: unit))
          let last = try #require(rules.lastDay(ofPeriod: period, unit: unit))
          #expect(first <= day && day <= last)
          #expect(rules.periodIndex(ofDay: first, unit: unit) == period)
          #expect(rules.periodIndex(ofDay: last, unit: unit) == period)
          #expect(rules.periodIndex(ofDay: last + 1, unit: unit) == period + 1)
          #expect(rules.periodIndex(ofDay: first - 1, unit: unit) == period - 1)
          if unit == .week { #expect(Weekday(ofDay: first) == rules.weekStart && last - first == 6) }
          day = max(last, day) + (unit == .day ? 97 : 1)
        }
      }
    }
  }

  @Test func wildPeriodsAreNil() {
    let rules = CalendarRules(yearStartMonth: Int.min)
    for unit in PeriodUnit.allCases {
      for period in [Int32.min, Int32.max] {
        _ = rules.label(ofPeriod: period, unit: unit)
        if unit != .day {
          #expect(rules.firstDay(ofPeriod: period, unit: unit) == nil)
          #expect(rules.lastDay(ofPeriod: period, unit: unit) == nil)
        }
      }
      for day in [Int.min, Int.max] { _ = rules.periodIndex(ofDay: day, unit: unit) }
    }
  }
}
