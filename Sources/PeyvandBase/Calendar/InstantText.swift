/// Days and instants as text, and back.
///
/// One form is written (`2024-05-01`, `2024-05-01 14:30`, and ISO 8601 with its offset for machines) and the
/// same forms are read, strictly: what a file means by other shapes is the importer's question, with the user
/// at hand to answer it. A year says which calendar a date is in: 1200 to 1699 is Jalali, 1700 to 2999 Gregorian.
package enum InstantText {
  /// A date, and a time if there was one, as it was written. Its shape and its time are right; whether its day
  /// exists is asked of `dayNumber`, so that an error can say what is wrong with it.
  package struct Written: Hashable, Sendable {
    package var system: CalendarSystem
    package var date: CivilDate
    /// 0 to 86,399; nil where only a date was written.
    package var secondOfDay: Int?
    /// Seconds ahead of UTC; nil where none was written, and the company's zone rules.
    package var offset: Int?

    /// The day number, or nil where the calendar has no such day (1404-12-30).
    package var dayNumber: Int? { system.day(year: date.year, month: date.month, day: date.day) }

    /// The instant meant, in `zone` unless an offset was written; a bare date is its first second. Nil where the
    /// day does not exist.
    package func instant(in zone: Zone) -> Int64? {
      guard let day = dayNumber else { return nil }
      let place = offset.map { Zone(name: "", offset: $0) } ?? zone
      return place.instant(ofLocalDay: day, secondOfDay: secondOfDay ?? 0)
    }

    /// Why `dayNumber` is nil, as the end of a sentence; nil where the day exists.
    package var fault: String? {
      guard dayNumber == nil else { return nil }
      guard (1...12).contains(date.month) else { return "there is no month \(date.month)" }
      let length = system.daysInMonth(year: date.year, month: date.month)
      return "\(system.monthName(date.month)) \(date.year) has \(length) days"
    }
  }

  // MARK: Writing

  /// `2024-05-01`, or `1403-02-12` in the Jalali calendar.
  package static func day(_ day: Int, in system: CalendarSystem = .gregorian) -> String {
    let date = system.civil(ofDay: day)
    return paddedNumber(date.year, to: 4) + "-" + paddedNumber(date.month, to: 2) + "-" + paddedNumber(date.day, to: 2)
  }

  /// `2024-05-01 14:30`, with seconds only where they are not 0.
  package static func instant(_ instant: Int64, in zone: Zone, system: CalendarSystem = .gregorian) -> String {
    let second = zone.localSecondOfDay(ofInstant: instant)
    return day(zone.localDay(ofInstant: instant), in: system) + " " + time(second, seconds: second % 60 != 0)
  }

  /// `2024-05-01T14:30:00+00:00`: ISO 8601 with the offset of the zone at that instant.
  package static func iso8601(_ instant: Int64, in zone: Zone, system: CalendarSystem = .gregorian) -> String {
    let second = zone.localSecondOfDay(ofInstant: instant)
    return day(zone.localDay(ofInstant: instant), in: system) + "T" + time(second, seconds: true)
      + offset(zone.offset(atInstant: instant))
  }

  /// `14:30` or `14:30:05`. A second outside the day is taken into it.
  package static func time(_ secondOfDay: Int, seconds: Bool) -> String {
    let rest = secondOfDay % 86_400
    let second = rest < 0 ? rest + 86_400 : rest
    let minutes = paddedNumber(second / 3600, to: 2) + ":" + paddedNumber(second / 60 % 60, to: 2)
    return seconds ? minutes + ":" + paddedNumber(second % 60, to: 2) : minutes
  }

  /// `+03:30`; seconds only where old local mean times have them (`+03:25:44`).
  package static func offset(_ seconds: Int) -> String {
    let size = min(Int(clamping: seconds.magnitude), Zone.largestOffset)
    return (seconds < 0 ? "-" : "+") + time(size, seconds: size % 60 != 0)
  }

  // MARK: Reading

  /// Reads `yyyy-mm-dd`, or that with ` hh:mm`, ` hh:mm:ss` (a `T` may stand for the space) and then `Z` or
  /// `±hh:mm`. Digits may be ASCII, Persian or Arabic; nothing else may stand around them. Nil where the shape is
  /// another, the year is not 1200 to 2999, or the time is not on a clock.
  package static func parse(_ text: some StringProtocol) -> Written? {
    let text = String(text)
    return parse(utf8: text.utf8.span)
  }

  /// The same of UTF-8 bytes, without making a text of them.
  package static func parse(utf8 bytes: Span<UInt8>) -> Written? {
    var reader = DigitReader()
    guard let year = reader.number(digits: 4, in: bytes), reader.take(UInt8(ascii: "-"), in: bytes),
      let month = reader.number(digits: 2, in: bytes), reader.take(UInt8(ascii: "-"), in: bytes),
      let day = reader.number(digits: 2, in: bytes), (1200...2999).contains(year)
    else { return nil }
    var written = Written(
      system: year < 1700 ? .jalali : .gregorian, date: CivilDate(year: year, month: month, day: day))
    if reader.index == bytes.count { return written }
    guard reader.take(UInt8(ascii: " "), in: bytes) || reader.take(UInt8(ascii: "T"), in: bytes),
      let second = reader.clock(in: bytes)
    else { return nil }
    written.secondOfDay = second
    if reader.index == bytes.count { return written }
    guard let offset = reader.offset(in: bytes), reader.index == bytes.count else { return nil }
    written.offset = offset
    return written
  }

  /// The day of a strict `yyyy-mm-dd`; nil where it is none.
  package static func parseDay(_ text: some StringProtocol) -> Int? {
    guard let written = parse(text), written.secondOfDay == nil else { return nil }
    return written.dayNumber
  }

  /// Seconds of `±hh:mm`, `±hhmm`, `±hh`; nil for anything else.
  package static func parseOffset(_ text: some StringProtocol) -> Int? {
    let text = String(text)
    let bytes = text.utf8.span
    var reader = DigitReader()
    guard let offset = reader.offset(in: bytes), reader.index == bytes.count else { return nil }
    return offset
  }
}

/// Reads digits of three scripts and separators from the start of UTF-8 bytes.
private struct DigitReader {
  private(set) var index = 0

  mutating func take(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// Exactly so many digits.
  mutating func number(digits: Int, in bytes: Span<UInt8>) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      if (0x30...0x39).contains(byte) {
        value = value &* 10 &+ Int(byte &- 0x30)
        index += 1
        continue
      }
      guard index + 1 < bytes.count else { return nil }
      let second = bytes[index + 1]
      switch (byte, second) {
      case (0xD9, 0xA0...0xA9): value = value &* 10 &+ Int(second &- 0xA0)  // ٠–٩
      case (0xDB, 0xB0...0xB9): value = value &* 10 &+ Int(second &- 0xB0)  // ۰–۹
      default: return nil
      }
      index += 2
    }
    return value
  }

  /// `hh:mm` or `hh:mm:ss`.
  mutating func clock(in bytes: Span<UInt8>) -> Int? {
    let colon = UInt8(ascii: ":")
    guard let hour = number(digits: 2, in: bytes), hour < 24, take(colon, in: bytes),
      let minute = number(digits: 2, in: bytes), minute < 60
    else { return nil }
    guard take(colon, in: bytes) else { return hour * 3600 + minute * 60 }
    guard let second = number(digits: 2, in: bytes), second < 60 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  mutating func offset(in bytes: Span<UInt8>) -> Int? {
    if take(UInt8(ascii: "Z"), in: bytes) { return 0 }
    let sign: Int
    if take(UInt8(ascii: "+"), in: bytes) {
      sign = 1
    } else if take(UInt8(ascii: "-"), in: bytes) || takeMinus(in: bytes) {
      sign = -1
    } else {
      return nil
    }
    guard let hour = number(digits: 2, in: bytes), hour < 24 else { return nil }
    guard index < bytes.count else { return sign * hour * 3600 }
    _ = take(UInt8(ascii: ":"), in: bytes)
    guard let minute = number(digits: 2, in: bytes), minute < 60 else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  /// U+2212, the minus of typography.
  private mutating func takeMinus(in bytes: Span<UInt8>) -> Bool {
    guard index + 2 < bytes.count, bytes[index] == 0xE2, bytes[index + 1] == 0x88, bytes[index + 2] == 0x92
    else { return false }
    index += 3
    return true
  }
}

/// A number with at least `width` digits, a minus before them where it is negative.
func paddedNumber(_ value: Int, to width: Int) -> String {
  let digits = String(value.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
  return (value < 0 ? "-" : "") + zeros + digits
}

/// The value of an ASCII, Persian or Arabic-Indic digit.
func decimalDigit(_ scalar: Unicode.Scalar) -> Int? {
  switch scalar.value {
  case 0x30...0x39: Int(scalar.value) - 0x30
  case 0x6F0...0x6F9: Int(scalar.value) - 0x6F0
  case 0x660...0x669: Int(scalar.value) - 0x660
  default: nil
  }
}
