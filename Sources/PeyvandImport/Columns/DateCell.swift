import PeyvandBase

/// A date as a cell has it, before its column decided what it means.
struct WrittenDate: Equatable {
  var year: Int
  var month: Int
  var day: Int
  /// Two digits of the year only.
  var isShortYear = false
  /// Which of the first two numbers is the day is not known: `month` is the first, `day` the second of them.
  var isOpen = false
  var second: Int?
  /// Seconds ahead of UTC.
  var offset: Int?
}

/// Reads dates and times from bytes: the shapes alone, no calendar.
///
/// A year of four digits that stands first, or a month that is named, leaves nothing open; two numbers of one or two
/// digits before the year do, and are returned as they stand, so that the whole column can tell. Cost: some 15 ns for
/// ISO dates, a few times that for the others.
enum DateCell {
  /// `YYYY-MM-DD`, and that with `hh:mm` or `hh:mm:ss` after a space or `T`, in plain ASCII; nil for all else.
  @inline(__always)
  static func iso(_ bytes: Span<UInt8>) -> WrittenDate? {
    let count = bytes.count
    guard count == 10 || count == 16 || count == 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let century = pair(bytes, 0), let year = pair(bytes, 2), let month = pair(bytes, 5), let day = pair(bytes, 8)
    else { return nil }
    var date = WrittenDate(year: century &* 100 &+ year, month: month, day: day)
    guard count > 10 else { return date }
    guard bytes[10] == 0x20 || bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      let hour = pair(bytes, 11), let minute = pair(bytes, 14), hour < 24, minute < 60
    else { return nil }
    var second = hour &* 3_600 &+ minute &* 60
    if count == 19 {
      guard bytes[16] == UInt8(ascii: ":"), let rest = pair(bytes, 17), rest < 60 else { return nil }
      second &+= rest
    }
    date.second = second
    return date
  }

  @inline(__always)
  private static func pair(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
    let high = bytes[at] &- 0x30
    let low = bytes[at &+ 1] &- 0x30
    return high < 10 && low < 10 ? Int(high) &* 10 &+ Int(low) : nil
  }

  /// Reads by a declared order.
  static func read(_ cell: Span<UInt8>, by order: DateOrder, parts: [DateOrder.Part]) -> WrittenDate? {
    var reader = Reader(cell)
    var date = WrittenDate(year: 0, month: 0, day: 0)
    for (index, part) in parts.enumerated() {
      // Beside another number, a part has all its digits; beside a sign it may have one fewer.
      var isTight = order.hasCompactTime && index == parts.count - 1
      for neighbour in [index - 1, index + 1] where parts.indices.contains(neighbour) {
        if case .sign = parts[neighbour] { continue }
        isTight = true
      }
      switch part {
      case .sign(let sign): guard reader.take(sign) else { return nil }
      case .year:
        guard let year = reader.digits(4...4) else { return nil }
        date.year = year
      case .shortYear:
        guard let year = reader.digits(2...2) else { return nil }
        date.year = year
        date.isShortYear = true
      case .month:
        guard let month = reader.digits(isTight ? 2...2 : 1...2) else { return nil }
        date.month = month
      case .day:
        guard let day = reader.digits(isTight ? 2...2 : 1...2) else { return nil }
        date.day = day
      case .monthName:
        guard let word = reader.word(), let month = month(named: word) else { return nil }
        date.month = month
      }
    }
    guard reader.time(into: &date, isCompact: order.hasCompactTime) else { return nil }
    return date
  }

  /// Reads any date of a usual shape. With `compact`, eight digits are `YYYYMMDD` and fourteen those with a time.
  static func any(_ cell: Span<UInt8>, compact: Bool) -> WrittenDate? {
    if let date = iso(cell) { return date }
    guard cell.count >= 6, cell.count <= 64 else { return nil }
    var reader = Reader(cell)
    var date = WrittenDate(year: 0, month: 0, day: 0)
    if compact, reader.isAllDigits, reader.count == 8 || reader.count == 14 {
      guard let year = reader.digits(4...4), let month = reader.digits(2...2), let day = reader.digits(2...2),
        (1...12).contains(month), (1...31).contains(day), (1200...2999).contains(year)
      else { return nil }
      date.year = year
      date.month = month
      date.day = day
      return reader.time(into: &date, isCompact: true) ? date : nil
    }
    guard let first = reader.token(), let sign = reader.separator(), let second = reader.token(),
      let other = reader.separator(), let third = reader.token(), sign == other || first.isWord || second.isWord
    else { return nil }
    switch (first, second, third) {
    case (.number(let year, 4), .number(let month, 1...2), .number(let day, 1...2)):
      date.year = year
      date.month = month
      date.day = day
    case (.number(let a, 1...2), .number(let b, 1...2), .number(let year, let size)) where size == 4 || size == 2:
      // Not `12.30.45` and the like: a time of day is no date.
      date.year = year
      date.month = a
      date.day = b
      date.isShortYear = size == 2
      date.isOpen = true
    case (.number(let day, 1...2), .word(let word), .number(let year, 4)),
      (.word(let word), .number(let day, 1...2), .number(let year, 4)),
      (.number(let year, 4), .word(let word), .number(let day, 1...2)):
      guard let month = month(named: word) else { return nil }
      date.year = year
      date.month = month
      date.day = day
    default: return nil
    }
    return reader.time(into: &date, isCompact: false) ? date : nil
  }

  /// 1 to 12 for the English name of a month or its first three letters, or a Persian name of either calendar.
  private static func month(named word: [UInt8]) -> Int? {
    guard let text = String(validating: word, as: UTF8.self) else { return nil }
    let key = searchKey(text)
    guard key.unicodeScalars.count >= 3 else { return nil }
    for number in 1...12 {
      let name = CalendarSystem.gregorian.monthName(number).lowercased()
      if key == name || key == name.prefix(3) || (number == 9 && key == "sept") { return number }
      if key == CalendarSystem.jalali.monthName(number).lowercased() { return number }
    }
    for names in persianMonths {
      if let index = names.firstIndex(where: { searchKey($0) == key }) { return index + 1 }
    }
    return nil
  }

  private static let persianMonths = [
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
    ["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"],
  ]

  /// Seconds since 1970 of a number of seconds or thousandths; nil where it is no number, or a time beyond year 9999.
  static func epoch(_ cell: Span<UInt8>, perSecond: Double) -> Int64? {
    var hasPoint = false
    var isTooLarge = false
    guard
      let number = NumberCell.fast(cell, hasPoint: &hasPoint)
        ?? NumberCell.slow(cell, isTooLarge: &isTooLarge).flatMap({ $0.isPercent ? nil : $0.value })
    else { return nil }
    let seconds = (number / perSecond).rounded(.down)
    guard seconds >= -62_135_596_800, seconds <= 253_402_300_799 else { return nil }
    return Int64(exactly: seconds)
  }
}

/// The parts of a date as they are met in the bytes.
private struct Reader {
  enum Token {
    /// A number and how many digits it has.
    case number(Int, Int)
    case word([UInt8])
    var isWord: Bool { if case .word = self { true } else { false } }
  }

  private let bytes: [UInt8]
  private var at = 0

  init(_ cell: Span<UInt8>) {
    let plain = CellBytes.plain(cell)
    bytes = CellBytes.digitsToASCII(plain)
  }

  var count: Int { bytes.count }
  var isAllDigits: Bool { bytes.allSatisfy { (0x30...0x39).contains($0) } }
  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func take(_ sign: UInt8) -> Bool {
    guard next == sign else { return false }
    at += 1
    return true
  }

  mutating func digits(_ size: ClosedRange<Int>) -> Int? {
    let start = at
    var value = 0
    while at - start < size.upperBound, let byte = next, (0x30...0x39).contains(byte) {
      value = value &* 10 &+ Int(byte &- 0x30)
      at += 1
    }
    return at - start >= size.lowerBound ? value : nil
  }

  mutating func word() -> [UInt8]? {
    let start = at
    while let byte = next, byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20) { at += 1 }
    return at > start ? Array(bytes[start..<at]) : nil
  }

  mutating func token() -> Token? {
    let start = at
    if let value = digits(1...4) {
      if let byte = next, (0x30...0x39).contains(byte) { return nil }
      return .number(value, at - start)
    }
    return word().map(Token.word)
  }

  /// `-`, `/`, `.`, a space, or a comma with a space.
  mutating func separator() -> UInt8? {
    guard let byte = next else { return nil }
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: " "):
      at += 1
      return byte
    case UInt8(ascii: ","):
      at += 1
      while next == 0x20 { at += 1 }
      return 0x20
    default: return nil
    }
  }

  /// The time of day behind a date, to the end; a date may also stand alone.
  mutating func time(into date: inout WrittenDate, isCompact: Bool) -> Bool {
    guard at < bytes.count else { return true }
    if isCompact {
      guard let hour = digits(2...2), let minute = digits(2...2), hour < 24, minute < 60 else { return false }
      var second = 0
      if at < bytes.count {
        guard let rest = digits(2...2), rest < 60 else { return false }
        second = rest
      }
      date.second = hour * 3_600 + minute * 60 + second
      return at == bytes.count
    }
    if next == UInt8(ascii: ",") { at += 1 }
    guard take(0x20) || take(UInt8(ascii: "T")) else { return false }
    while next == 0x20 { at += 1 }
    guard var hour = digits(1...2), hour < 24, take(UInt8(ascii: ":")), let minute = digits(2...2), minute < 60
    else { return false }
    var second = 0
    if take(UInt8(ascii: ":")) {
      guard let rest = digits(2...2), rest < 60 else { return false }
      second = rest
      if next == UInt8(ascii: ".") || next == UInt8(ascii: ",") {
        // Parts of a second are not kept.
        at += 1
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { return false }
      }
    }
    while next == 0x20 { at += 1 }
    if let letter = next.map({ $0 | 0x20 }), letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") {
      at += 1
      guard next.map({ $0 | 0x20 }) == UInt8(ascii: "m"), (1...12).contains(hour) else { return false }
      at += 1
      hour = hour % 12 + (letter == UInt8(ascii: "p") ? 12 : 0)
      while next == 0x20 { at += 1 }
    }
    date.second = hour * 3_600 + minute * 60 + second
    guard at < bytes.count else { return true }
    let rest = bytes[at...].filter { $0 != 0x20 }
    let zone = String(decoding: rest, as: UTF8.self)
    guard let offset = zone == "UTC" || zone == "GMT" ? 0 : InstantText.parseOffset(zone) else { return false }
    date.offset = offset
    return true
  }
}
