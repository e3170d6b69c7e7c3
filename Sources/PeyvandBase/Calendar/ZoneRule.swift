/// The rule by which a zone's clock changes every year: the `TZ` text of POSIX with the extensions of TZif 3.
///
/// A zone file ends with one (`CET-1CEST,M3.5.0,M10.5.0/3`): standard time, and where clocks change, summer time and
/// the two days of the year on which it begins and ends. Signs are POSIX's, so an offset *behind* UTC is positive in
/// the text; here `standard` and `summer` are seconds *ahead* of UTC, as everywhere else.
struct ZoneRule: Hashable, Sendable {
  /// A day of the year and the second of that day at which clocks change (which may lie outside the day).
  struct Change: Hashable, Sendable {
    enum Day: Hashable, Sendable {
      /// 1 to 365; 29 February is never counted.
      case ofCommonYear(Int)
      /// 0 to 365; 29 February is counted.
      case ofYear(Int)
      /// A weekday (0 is Sunday) of a month: the first to fourth, or, for 5, the last.
      case weekday(Int, week: Int, month: Int)
    }
    var day: Day
    var second: Int

    /// The day number in a year of the Gregorian calendar.
    func dayNumber(year: Int) -> Int {
      let system = CalendarSystem.gregorian
      let newYear = system.uncheckedDay(year: year, month: 1, day: 1)
      switch day {
      case .ofCommonYear(let number): return newYear + number - 1 + (number >= 60 && system.isLeap(year: year) ? 1 : 0)
      case .ofYear(let number): return newYear + number
      case .weekday(let weekday, let week, let month):
        let first = system.uncheckedDay(year: year, month: month, day: 1)
        // 1970-01-01 was a Thursday, weekday 4.
        let ofFirst = (((first + 4) % 7) + 7) % 7
        let day = first + (weekday - ofFirst + 7) % 7 + (week - 1) * 7
        let length = system.daysInMonth(year: year, month: month)
        return day - first >= length ? day - 7 : day
      }
    }
  }

  let standard: Int
  let summer: (offset: Int, begins: Change, ends: Change)?

  static func == (a: ZoneRule, b: ZoneRule) -> Bool {
    a.standard == b.standard && a.summer?.offset == b.summer?.offset && a.summer?.begins == b.summer?.begins
      && a.summer?.ends == b.summer?.ends
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(standard)
    hasher.combine(summer?.offset)
  }

  /// The changes after an instant (of every year where it is nil), up to the end of the calendar.
  func transitions(after end: Int64?) -> [Zone.Transition] {
    guard let summer else {
      // One offset for ever; it may differ from the last that was listed.
      guard let end else { return [] }
      let (next, overflow) = end.addingReportingOverflow(1)
      return overflow ? [] : [Zone.Transition(at: next, offset: standard)]
    }
    let system = CalendarSystem.gregorian
    let firstYear = end.map { system.civil(ofDay: Int(clamping: $0 / 86_400)).year - 1 } ?? 1
    var result: [Zone.Transition] = []
    for year in min(max(firstYear, 1), 9_999)...9_999 {
      let begins = summer.begins.dayNumber(year: year) * 86_400 + summer.begins.second - standard
      let ends = summer.ends.dayNumber(year: year) * 86_400 + summer.ends.second - summer.offset
      for (at, offset) in [(begins, summer.offset), (ends, standard)] where end.map({ Int64(at) > $0 }) ?? true {
        result.append(Zone.Transition(at: Int64(at), offset: offset))
      }
    }
    return result
  }

  /// Nil where the text is no such rule.
  init?(_ text: [UInt8]) {
    var reader = Reader(text)
    guard reader.name(), let behind = reader.offset(hours: 24) else { return nil }
    standard = -behind
    if reader.isAtEnd {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    // Summer time is an hour ahead where nothing else is said.
    var offset = -behind + 3600
    if reader.peek != UInt8(ascii: ",") {
      guard let behind = reader.offset(hours: 24) else { return nil }
      offset = -behind
    }
    guard abs(offset) <= Zone.largestOffset, abs(standard) <= Zone.largestOffset, let begins = reader.change(),
      let ends = reader.change(), reader.isAtEnd
    else { return nil }
    summer = (offset, begins, ends)
  }

  private struct Reader {
    let text: [UInt8]
    var place = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { place == text.count }
    var peek: UInt8? { place < text.count ? text[place] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      place += 1
      return true
    }

    /// Three letters or more, or letters, digits and signs between `<` and `>`.
    mutating func name() -> Bool {
      let isQuoted = take(UInt8(ascii: "<"))
      let start = place
      while let byte = peek {
        let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        let isSign = (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        guard isLetter || isQuoted && isSign else { break }
        place += 1
      }
      guard place - start >= 3 else { return false }
      return !isQuoted || take(UInt8(ascii: ">"))
    }

    mutating func number(upTo limit: Int) -> Int? {
      var value = 0
      let start = place
      while let byte = peek, (0x30...0x39).contains(byte), place - start < 3 {
        value = value * 10 + Int(byte - 0x30)
        place += 1
      }
      return place > start && value <= limit ? value : nil
    }

    /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
    mutating func offset(hours limit: Int) -> Int? {
      var sign = 1
      if take(UInt8(ascii: "-")) { sign = -1 } else { _ = take(UInt8(ascii: "+")) }
      guard let hours = number(upTo: limit) else { return nil }
      var seconds = hours * 3600
      if take(UInt8(ascii: ":")) {
        guard let minutes = number(upTo: 59) else { return nil }
        seconds += minutes * 60
        if take(UInt8(ascii: ":")) {
          guard let rest = number(upTo: 59) else { return nil }
          seconds += rest
        }
      }
      return sign * seconds
    }

    /// `,date[/time]`; at two in the morning where no time is said.
    mutating func change() -> Change? {
      guard take(UInt8(ascii: ",")) else { return nil }
      let day: Change.Day
      if take(UInt8(ascii: "J")) {
        guard let number = number(upTo: 365), number >= 1 else { return nil }
        day = .ofCommonYear(number)
      } else if take(UInt8(ascii: "M")) {
        let dot = UInt8(ascii: ".")
        guard let month = number(upTo: 12), month >= 1, take(dot), let week = number(upTo: 5), week >= 1, take(dot),
          let weekday = number(upTo: 6)
        else { return nil }
        day = .weekday(weekday, week: week, month: month)
      } else {
        guard let number = number(upTo: 365) else { return nil }
        day = .ofYear(number)
      }
      guard take(UInt8(ascii: "/")) else { return Change(day: day, second: 7200) }
      // TZif 3: up to a week before or after the day's beginning.
      guard let second = offset(hours: 167) else { return nil }
      return Change(day: day, second: second)
    }
  }
}
