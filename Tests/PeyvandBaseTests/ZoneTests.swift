import PeyvandBase
import Testing

@Suite struct ZoneTests {
  /// Asia/Tehran around 2021–2022: +03:30, summer time from 1 Farvardin 24:00 to 30 Shahrivar 24:00 (tz database).
  private let tehran = Zone(
    name: "Asia/Tehran", offset: 12_600,
    transitions: [
      .init(at: 1_647_894_600, offset: 16_200), .init(at: 1_663_788_600, offset: 12_600),
    ])

  @Test func fixedOffsets() throws {
    let zone = try #require(Zone.named("+03:30"))
    #expect(zone.offset(atInstant: 0) == 12_600)
    #expect(zone.localDay(ofInstant: 0) == 0)
    #expect(zone.localDay(ofInstant: 86_400 - 12_600) == 1)
    #expect(zone.localDay(ofInstant: -12_601) == -1)
    #expect(zone.instant(ofLocalDay: 0, secondOfDay: 0) == -12_600)
    #expect(zone.name == "+03:30")
    #expect(Zone.named("utc") == .utc)
    #expect(Zone.named("Asia/Nowhere") == nil)
    #expect(Zone.named("+25:00") == nil)
    #expect(Zone.named("") == nil)
  }

  @Test func transitions() {
    #expect(tehran.offset(atInstant: 1_647_894_599) == 12_600)
    #expect(tehran.offset(atInstant: 1_647_894_600) == 16_200)
    #expect(tehran.offset(atInstant: 1_663_788_600) == 12_600)
    // 2022-03-22 had 23 hours, 2022-09-21 had 25: the clock jumped at its beginning and its end.
    #expect(InstantText.instant(tehran.instant(ofLocalDay: 19_073), in: tehran) == "2022-03-22 01:00")
    #expect(tehran.instant(ofLocalDay: 19_073) - tehran.instant(ofLocalDay: 19_072) == 86_400)
    #expect(tehran.instant(ofLocalDay: 19_074) - tehran.instant(ofLocalDay: 19_073) == 82_800)
    #expect(tehran.instant(ofLocalDay: 19_257) - tehran.instant(ofLocalDay: 19_256) == 90_000)
  }

  @Test func aLocalTimeThatNeverWasFallsLater() {
    let gap = tehran.instant(ofLocalDay: 19_073, secondOfDay: 1800)
    #expect(InstantText.instant(gap, in: tehran) == "2022-03-22 01:30")
  }

  @Test func aLocalTimeThatWasTwiceIsTheFirst() {
    // 2022-09-21 23:30 was at 19:00 UTC and again at 20:00 UTC.
    let twice = tehran.instant(ofLocalDay: 19_256, secondOfDay: 23 * 3600 + 1800)
    #expect(InstantText.iso8601(twice, in: .utc) == "2022-09-21T19:00:00+00:00")
  }

  @Test func everyInstantRoundTripsButTheSecondOfTwo() {
    for instant in stride(from: Int64(1_640_000_000), to: 1_670_000_000, by: 1799) {
      let back = tehran.instant(
        ofLocalDay: tehran.localDay(ofInstant: instant), secondOfDay: tehran.localSecondOfDay(ofInstant: instant))
      let isSecondOfTwo = (1_663_788_600..<1_663_792_200).contains(instant)
      #expect(back == (isSecondOfTwo ? instant - 3600 : instant))
    }
  }

  @Test func wildInstants() {
    for zone in [Zone.utc, tehran, Zone(name: "x", offset: Int.max, transitions: [.init(at: .min, offset: .min)])] {
      for instant in [Int64.min, -1, Int64.max] {
        #expect(CalendarSystem.days.contains(zone.localDay(ofInstant: instant)))
        #expect((0..<86_400).contains(zone.localSecondOfDay(ofInstant: instant)))
        #expect(!InstantText.iso8601(instant, in: zone).isEmpty)
      }
      for number in [Int.min, Int.max] {
        let instant = zone.instant(ofLocalDay: number, secondOfDay: number)
        #expect(abs(instant / 86_400) < 3_000_000_000)
      }
    }
  }
}

@Suite struct InstantTextTests {
  @Test func written() {
    #expect(InstantText.instant(1_714_573_800, in: .utc) == "2024-05-01 14:30")
    #expect(InstantText.instant(1_714_573_805, in: .utc) == "2024-05-01 14:30:05")
    #expect(InstantText.instant(1_714_573_800, in: .utc, system: .jalali) == "1403-02-12 14:30")
    #expect(InstantText.iso8601(1_714_573_800, in: .utc) == "2024-05-01T14:30:00+00:00")
    #expect(
      InstantText.iso8601(1_714_573_800, in: Zone(name: "", offset: 12_600)) == "2024-05-01T18:00:00+03:30")
    #expect(InstantText.offset(-18_000) == "-05:00")
    #expect(InstantText.day(-719_162 - 366) == "0000-01-01")
    #expect(InstantText.day(-719_162 - 367) == "-0001-12-31")
  }

  @Test(arguments: [
    ("2024-05-01", "2024-05-01 00:00"), ("2024-05-01 14:30", "2024-05-01 14:30"),
    ("2024-05-01T14:30:05", "2024-05-01 14:30:05"), ("۱۴۰۳-۰۲-۱۲ ۱۴:۳۰", "2024-05-01 14:30"),
    ("٢٠٢٤-٠٥-٠١", "2024-05-01 00:00"), ("2024-05-01T14:30:00+03:30", "2024-05-01 11:00"),
    ("2024-05-01T14:30:00Z", "2024-05-01 14:30"), ("2024-05-01 00:30-05:00", "2024-05-01 05:30"),
  ])
  func read(_ text: String, _ utc: String) throws {
    let instant = try #require(InstantText.parse(text)?.instant(in: .utc))
    #expect(InstantText.instant(instant, in: .utc) == utc)
  }

  @Test(arguments: [
    "", "2024", "2024-5-1", "2024/05/01", "2024-05-01 ", " 2024-05-01", "2024-05-01 14", "2024-05-01 24:00",
    "2024-05-01 14:60", "2024-05-01 14:30:60", "2024-05-01 14:30x", "0999-01-01", "1199-01-01", "3000-01-01",
    "99999-01-01", "2024-05-01 14:30+", "2024-05-01+03:30", "-2024-05-01", "2024-05-0１",
  ])
  func notADate(_ text: String) {
    #expect(InstantText.parse(text) == nil)
  }

  @Test(arguments: [
    ("1404-12-30", "Esfand 1404 has 29 days"), ("1402-12-30", "Esfand 1402 has 29 days"),
    ("1403-07-31", "Mehr 1403 has 30 days"), ("1404-13-01", "there is no month 13"),
    ("2023-02-29", "February 2023 has 28 days"), ("2023-04-00", "April 2023 has 30 days"),
  ])
  func whatIsWrong(_ text: String, _ fault: String) throws {
    let written = try #require(InstantText.parse(text))
    #expect(written.dayNumber == nil)
    #expect(written.instant(in: .utc) == nil)
    #expect(written.fault == fault)
    #expect(InstantText.parseDay(text) == nil)
  }

  @Test func theYearSaysTheCalendar() throws {
    #expect(try #require(InstantText.parse("1699-01-01")).system == .jalali)
    #expect(try #require(InstantText.parse("1700-01-01")).system == .gregorian)
    #expect(try #require(InstantText.parse("2024-05-01")).fault == nil)
  }
}
