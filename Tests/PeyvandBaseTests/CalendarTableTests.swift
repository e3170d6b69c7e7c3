import PeyvandBase
import Testing

/// Both calendars on every day of the Jalali years 1178 to 1632 against `scripts/calendar-table`, which knows the
/// Jalali one from Borkowski's table of break years and from the equinox, and the Gregorian from Python.
@Suite struct CalendarTableTests {
  @Test(arguments: [
    (CalendarSystem.jalali, Weekday.saturday, UInt32(0x96bc_6c3c)), (.gregorian, .monday, 0xf01d_558b),
  ])
  func everyDay(_ system: CalendarSystem, _ week: Weekday, _ expected: UInt32) throws {
    let rules = CalendarRules(system: system, weekStart: week)
    let first = try #require(CalendarSystem.jalali.day(year: 1178, month: 1, day: 1))
    let last = try #require(CalendarSystem.jalali.day(year: 1633, month: 1, day: 1)) - 1
    var check = CRC32()
    for day in first...last {
      let date = system.civil(ofDay: day)
      check.add(day)
      check.add(date.year)
      check.add(date.month)
      check.add(date.day)
      for months in [1, 7, -1] {
        let moved = system.adding(months: months, toDay: day) ?? 0
        check.add((first...last).contains(moved) ? moved : 0)
      }
      let quarter = rules.periodIndex(ofDay: day, unit: .quarter)
      check.add(Int(quarter) - date.year * 4 + 1)
      let week = rules.periodIndex(ofDay: day, unit: .week)
      check.add(rules.firstDay(ofPeriod: week, unit: .week) ?? 0)
      // And back: what is written is read as the same day.
      if system.day(year: date.year, month: date.month, day: date.day) != day { check.add(0) }
    }
    #expect(last - first + 1 == 166_185)
    #expect(check.value == expected)
  }

  /// The CRC-32 of zlib, over numbers as four bytes with the low end first.
  private struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF
    private let table: [UInt32] = (0..<256).map { place in
      (0..<8).reduce(UInt32(place)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    var value: UInt32 { state ^ 0xFFFF_FFFF }

    mutating func add(_ number: Int) {
      var bits = UInt32(bitPattern: Int32(truncatingIfNeeded: number))
      for _ in 0..<4 {
        state = state >> 8 ^ table[Int((state ^ bits) & 0xFF)]
        bits >>= 8
      }
    }
  }
}
