import PeyvandBase

extension Lexer {
  /// The decimal digit at a place: 0–9, ۰–۹ or ٠–٩.
  func digit(at place: Int) -> (value: Int, length: Int)? {
    let first = byte(at: place)
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return (Int(first) - 48, 1)
    case 0xDB:
      let second = byte(at: place + 1)
      return second >= 0xB0 && second <= 0xB9 ? (Int(second) - 0xB0, 2) : nil
    case 0xD9:
      let second = byte(at: place + 1)
      return second >= 0xA0 && second <= 0xA9 ? (Int(second) - 0xA0, 2) : nil
    default: return nil
    }
  }

  struct Digits {
    var count = 0
    /// Of the first nine digits; more never occur where it is used.
    var value = 0
    var end: Int
  }

  private func digits(from place: Int) -> Digits {
    var result = Digits(end: place)
    while let (value, length) = digit(at: result.end) {
      result.count += 1
      if result.count <= 9 { result.value = result.value * 10 + value }
      result.end += length
    }
    return result
  }

  private func isHyphen(at place: Int) -> Bool { byte(at: place) == UInt8(ascii: "-") }
  private func isColon(at place: Int) -> Bool { byte(at: place) == UInt8(ascii: ":") }

  /// Longest match: instant, day, period, clock, number.
  mutating func lexNumber() {
    let first = digits(from: position)
    if first.count == 4, isHyphen(at: first.end), lexDate(year: first) { return }
    if first.count <= 2, let time = clock(from: position) {
      let start = position
      position = time.end
      if let second = time.secondOfDay {
        append(.clock, from: start, literal: .clock(secondOfDay: second))
      } else {
        report(SyntaxDiagnostics.noSuchTime(string(start, position), at: range(start, position)))
        append(.invalid, from: start)
      }
      return
    }
    lexPlainNumber()
  }

  // MARK: - Dates

  private mutating func lexDate(year: Digits) -> Bool {
    let start = position
    let afterYear = year.end + 1
    if keywords.quarterMarks.contains(byte(at: afterYear)) {
      let quarter = digits(from: afterYear + 1)
      guard quarter.count == 1 else { return false }
      position = quarter.end
      guard let system = calendar(of: year.value, from: start) else { return true }
      guard (1...4).contains(quarter.value) else {
        report(SyntaxDiagnostics.noSuchQuarter(quarter.value, at: range(start, position)))
        append(.invalid, from: start)
        return true
      }
      append(
        .period, from: start,
        literal: .period(PeriodLiteral(system: system, year: year.value, part: .quarter(quarter.value))))
      return true
    }
    let month = digits(from: afterYear)
    let hasDay = isHyphen(at: month.end) && digit(at: month.end + 1) != nil
    let day = digits(from: month.end + 1)
    if hasDay, (1...2).contains(month.count) {
      guard month.count == 2, day.count == 2 else {
        guard (1200...2999).contains(year.value), day.count <= 2 else { return false }
        position = day.end
        report(
          SyntaxDiagnostics.looseDate(
            year: year.value, month: month.value, day: day.value, at: range(start, position)))
        append(.invalid, from: start)
        return true
      }
      lexDay(year: year, month: month, day: day)
      return true
    }
    guard month.count == 2 else { return false }
    position = month.end
    guard let system = calendar(of: year.value, from: start) else { return true }
    guard (1...12).contains(month.value) else {
      report(SyntaxDiagnostics.noSuchMonth(month.value, at: range(start, position), mayBeSubtraction: true))
      append(.invalid, from: start)
      return true
    }
    append(
      .period, from: start,
      literal: .period(PeriodLiteral(system: system, year: year.value, part: .month(month.value))))
    return true
  }

  private mutating func lexDay(year: Digits, month: Digits, day: Digits) {
    let start = position
    position = day.end
    var second: Int?
    var badTime: SourceRange?
    let separator = byte()
    if separator == UInt8(ascii: " ") || separator == UInt8(ascii: "T"), let time = clock(from: position + 1) {
      if time.secondOfDay == nil { badTime = range(position + 1, time.end) }
      second = time.secondOfDay
      position = time.end
      if separator != UInt8(ascii: " ") {
        report(SyntaxDiagnostics.spaceBeforeTime(at: range(start, position)))
      }
    }
    guard let system = calendar(of: year.value, from: start) else { return }
    guard (1...12).contains(month.value) else {
      report(SyntaxDiagnostics.noSuchMonth(month.value, at: range(start, position), mayBeSubtraction: false))
      return append(.invalid, from: start)
    }
    guard let number = system.day(year: year.value, month: month.value, day: day.value) else {
      report(
        SyntaxDiagnostics.noSuchDay(
          year: year.value, month: month.value, day: day.value, at: range(start, position)))
      return append(.invalid, from: start)
    }
    if let badTime {
      report(
        SyntaxDiagnostics.noSuchTime(string(Int(badTime.start), Int(badTime.end)), at: badTime))
      return append(.invalid, from: start)
    }
    append(.date, from: start, literal: .date(DateLiteral(system: system, day: number, second: second)))
  }

  /// Reports, and gives an invalid token, where no calendar has the year.
  private mutating func calendar(of year: Int, from start: Int) -> CalendarSystem? {
    switch year {
    case 1200...1699: return .jalali
    case 1700...2999: return .gregorian
    default:
      report(SyntaxDiagnostics.yearOutOfRange(year, at: range(start, position)))
      append(.invalid, from: start)
      return nil
    }
  }

  /// `h:mm` or `hh:mm`, with seconds or without; the second of the day is missing where there is no such time.
  private func clock(from place: Int) -> (secondOfDay: Int?, end: Int)? {
    let hour = digits(from: place)
    guard (1...2).contains(hour.count), isColon(at: hour.end) else { return nil }
    let minute = digits(from: hour.end + 1)
    guard minute.count == 2 else { return nil }
    var end = minute.end
    var seconds = 0
    if isColon(at: end) {
      let second = digits(from: end + 1)
      if second.count == 2 {
        seconds = second.value
        end = second.end
      }
    }
    guard hour.value < 24, minute.value < 60, seconds < 60 else { return (nil, end) }
    return (hour.value * 3600 + minute.value * 60 + seconds, end)
  }

  // MARK: - Numbers

  /// An exponent that follows a number at once: `e`, perhaps a sign, and digits that no name goes on from.
  private func exponent(at place: Int) -> (text: [UInt8], end: Int)? {
    guard byte(at: place) == UInt8(ascii: "e") || byte(at: place) == UInt8(ascii: "E") else { return nil }
    var text = [UInt8(ascii: "e")]
    var end = place + 1
    if byte(at: end) == UInt8(ascii: "+") || byte(at: end) == UInt8(ascii: "-") {
      text.append(byte(at: end) == UInt8(ascii: "-") ? UInt8(ascii: "-") : UInt8(ascii: "+"))
      end += 1
    }
    let first = end
    var digits = 0
    while let (value, length) = digit(at: end) {
      // Noughts at the front say nothing, and a dozen digits more than any number can bear.
      if digits > 0 || value > 0, digits < 12 {
        text.append(UInt8(value + 48))
        digits += 1
      }
      end += length
    }
    if digits == 0 { text.append(UInt8(ascii: "0")) }
    guard end > first else { return nil }
    let next = byte(at: end)
    let goesOn =
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(next)
      || next == UInt8(ascii: "_")
    return goesOn ? nil : (text, end)
  }

  private mutating func lexPlainNumber() {
    let start = position
    var digits: [UInt8] = []
    var whole = 0
    func isThousandsMark(_ place: Int) -> Int {
      if byte(at: place) == UInt8(ascii: "_") { return 1 }
      return byte(at: place) == 0xD9 && byte(at: place + 1) == 0xAC ? 2 : 0
    }
    func isDecimalMark(_ place: Int) -> Int {
      if byte(at: place) == UInt8(ascii: ".") { return 1 }
      return byte(at: place) == 0xD9 && byte(at: place + 1) == 0xAB ? 2 : 0
    }
    var isWhole = true
    while true {
      if let (value, length) = digit(at: position) {
        if digits.count < 15 { whole = whole * 10 + value }
        digits.append(UInt8(value + 48))
        position += length
        continue
      }
      let thousands = isThousandsMark(position)
      if thousands > 0, digit(at: position + thousands) != nil {
        position += thousands
        continue
      }
      let decimal = isDecimalMark(position)
      if isWhole, decimal > 0, digit(at: position + decimal) != nil {
        isWhole = false
        digits.append(UInt8(ascii: "."))
        position += decimal
        continue
      }
      break
    }
    // `1e3`, as numbers are printed; a name that only begins so (`3 eggs`) is none.
    if let exponent = exponent(at: position) {
      isWhole = false
      digits.append(contentsOf: exponent.text)
      position = exponent.end
    }
    var value = isWhole && digits.count <= 15 ? Double(whole) : Double(String(decoding: digits, as: UTF8.self)) ?? .nan
    let isPercent = byte() == UInt8(ascii: "%") || (byte() == 0xD9 && byte(1) == 0xAA)
    if isPercent {
      position += byte() == UInt8(ascii: "%") ? 1 : 2
      value /= 100
    }
    guard value.isFinite else {
      report(SyntaxDiagnostics.numberTooLarge(at: range(start, position)))
      return append(.invalid, from: start)
    }
    append(.number, from: start, literal: .number(value, isPercent: isPercent))
  }
}
