import PeyvandBase

/// What the number of a cell means, which only its format tells: spreadsheets keep days as numbers.
enum NumberMeaning: UInt8 {
  case number, day, dayAndTime, timeOfDay, elapsed

  /// The meaning of a built-in format (ECMA-376 part 1, 18.8.30); nil for those that a workbook defines.
  static func builtIn(_ id: Int) -> NumberMeaning? {
    switch id {
    case 14...17, 27...31, 36, 50...54, 57, 58: .day
    case 22: .dayAndTime
    case 18...21, 32...35, 45, 47, 55, 56: .timeOfDay
    case 46: .elapsed
    case 0...163: .number
    default: nil
    }
  }

  /// The meaning of a format as it is written: `dd/mm/yyyy`, `[$-fa-IR,16]yyyy/mm/dd;@`, `[h]:mm`, `0.00`.
  ///
  /// The calendar that a format shows (`[$-fa-IR,16]` is Jalali) does not change what is kept: days since 1900.
  init(format: String) {
    var days = false
    var clock = false
    var months = false
    var digits = false
    var elapsed = false
    var scalars = Array(format.lowercased().unicodeScalars)[...]
    reading: while let first = scalars.popFirst() {
      switch first {
      case ";": break reading
      case "\"":
        while let next = scalars.popFirst(), next != "\"" {}
      case "\\", "_", "*": _ = scalars.popFirst()
      case "[":
        var inside = ""
        while let next = scalars.popFirst(), next != "]" { inside.unicodeScalars.append(next) }
        if !inside.isEmpty,
          inside.allSatisfy({ $0 == "h" }) || inside.allSatisfy({ $0 == "m" })
            || inside.allSatisfy({ $0 == "s" })
        {
          elapsed = true
        }
      case "g" where scalars.starts(with: "eneral".unicodeScalars): scalars = scalars.dropFirst(6)
      case "a" where scalars.starts(with: "m/pm".unicodeScalars): scalars = scalars.dropFirst(4)
      case "a" where scalars.starts(with: "/p".unicodeScalars): scalars = scalars.dropFirst(2)
      case "y", "d", "b": days = true
      case "m": months = true
      case "h", "s": clock = true
      case "0", "#", "?", "@": digits = true
      default: break
      }
    }
    if elapsed {
      self = .elapsed
    } else if days || (months && !clock && !digits) {
      self = clock ? .dayAndTime : .day
    } else if clock {
      self = .timeOfDay
    } else {
      self = .number
    }
  }

  /// A serial number as it is to be read: a day in ISO 8601, a time of day, hours; nil where it is no such thing.
  /// - Parameter from1904: the workbook counts from 1904, as those of old Macintoshes.
  func text(_ serial: Double, from1904: Bool) -> String? {
    guard serial.isFinite else { return nil }
    switch self {
    case .number: return nil
    case .elapsed: return Self.elapsed(serial)
    case .timeOfDay where !Self.holdsDay(serial): return serial < 0 ? nil : Self.elapsed(serial)
    case .day, .dayAndTime, .timeOfDay:
      // 2958465 is the last day of the year 9999.
      guard serial >= 0, serial < 2_958_466 else { return nil }
      var day = Int(serial.rounded(.down))
      var second = Int(((serial - Double(day)) * 86_400).rounded())
      if second >= 86_400 {
        day += 1
        second = 0
      }
      let clock = "\(Self.two(second / 3_600)):\(Self.two(second / 60 % 60)):\(Self.two(second % 60))"
      if self == .timeOfDay || (day == 0 && !from1904) { return clock }
      let date = Self.day(day, from1904: from1904)
      return second == 0 ? date : "\(date) \(clock)"
    }
  }

  /// Whether a clock belongs to a day: sums of hours that are shown as clocks are no more than some days.
  static func holdsDay(_ serial: Double) -> Bool { serial >= 366 }

  /// Hours, minutes and seconds, hours beyond 24 too.
  private static func elapsed(_ serial: Double) -> String? {
    guard abs(serial) < 1e7 else { return nil }
    let seconds = Int((abs(serial) * 86_400).rounded())
    let hours = seconds / 3_600
    return (serial < 0 ? "-" : "") + "\(two(hours)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  /// Spreadsheets that count from 1900 hold that year to be a leap year: 60 is its 29 February, which there never was.
  private static func day(_ serial: Int, from1904: Bool) -> String {
    if from1904 { return InstantText.day(days1904 + serial) }
    if serial == 60 { return "1900-02-29" }
    return InstantText.day(days1900 + serial - (serial > 60 ? 1 : 0))
  }

  /// 31 December 1899 and 1 January 1904, in days since 1970.
  private static let days1900 = -25_568
  private static let days1904 = -24_107

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
