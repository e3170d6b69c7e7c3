import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What a company declares about its time: one declaration rules every question.
///
/// An equal declaration again is nothing, and more holidays, or hours for more days, are more of the same. Any other
/// difference is an error that names what stands: data were recorded and numbers told under it.
extension Checker {
  mutating func setting(_ setting: SettingSyntax, _ range: SourceRange) -> Bool {
    switch setting {
    case .calendar(let name): return calendar(name, range)
    case .timeZone(let literal): return zone(literal, range)
    case .weekStarts(let name):
      guard let weekday = weekday(name) else { return false }
      if let declared = catalogue.calendar.declaredWeekStart, declared != weekday {
        report(CheckDiagnostics.settingDiffers("week", "starts on \(declared.name)", at: range))
        return false
      }
      environment.catalogue.calendar.weekStart = weekday
    case .yearStarts(let name): return yearStart(name, range)
    case .workingHours(let from, let to, let opens, let closes):
      guard let first = weekday(from), let last = weekday(to) else { return false }
      // `to 0:00` is the day's end.
      guard let hours = WorkingTime.Hours(from: opens, to: closes == 0 ? 86_400 : closes) else {
        report(CheckDiagnostics.hoursBackwards(at: range))
        return false
      }
      guard environment.catalogue.calendar.working.declare(hours, from: first, to: last) else {
        report(CheckDiagnostics.otherHours(at: range))
        return false
      }
    case .holidays(let days): environment.catalogue.calendar.working.addHolidays(days.map(\.day))
    }
    return true
  }

  private mutating func calendar(_ name: Name, _ range: SourceRange) -> Bool {
    let rules = catalogue.calendar
    guard let system = CalendarWords.table.first(where: { $0.name == nameKey(name.text) })?.system else {
      report(
        CheckDiagnostics.unknownName(
          name.text, "calendar", nearest(name.text, among: CalendarWords.names, limit: 4), at: name.range))
      return false
    }
    if system == rules.system { return true }
    // The Gregorian is there from the beginning and needs no declaration; what was declared is the other one.
    guard rules.system == .gregorian else {
      let declared = CalendarWords.table.first { $0.system == rules.system }?.name ?? ""
      report(CheckDiagnostics.settingDiffers("calendar", "is \(declared)", at: range))
      return false
    }
    guard rules.yearStartMonth == 1 else {
      report(CheckDiagnostics.calendarAfterYear(rules.system.monthName(rules.yearStartMonth), at: range))
      return false
    }
    environment.catalogue.calendar.system = system
    return true
  }

  private mutating func zone(_ literal: TextLiteral, _ range: SourceRange) -> Bool {
    guard let name = literal.plain else {
      report(CheckDiagnostics.unknownZone(text(of: literal.range), [], at: literal.range))
      return false
    }
    switch environment.zones(name) {
    case .found(let zone):
      let declared = catalogue.calendar.zone
      guard declared.name == zone.name || declared.name == Zone.utc.name else {
        report(CheckDiagnostics.settingDiffers("time zone", "is \"\(declared.name)\"", at: range))
        return false
      }
      environment.catalogue.calendar.zone = zone
      return true
    case .unknown(let near): report(CheckDiagnostics.unknownZone(name, near, at: literal.range))
    case .unusable(var reason):
      reason.labels = [.init(literal.range)]
      report(reason)
    }
    return false
  }

  private mutating func yearStart(_ name: Name, _ range: SourceRange) -> Bool {
    let rules = catalogue.calendar
    func month(_ system: CalendarSystem) -> Int? {
      let key = nameKey(name.text).lowercased()
      return (1...12).first { nameKey(system.monthName($0)).lowercased() == key }
    }
    guard let found = month(rules.system) else {
      let other = CalendarSystem.allCases.first { $0 != rules.system && month($0) != nil }
      report(
        CheckDiagnostics.unknownMonth(
          name.text, ofOther: other != nil,
          nearest(name.text, among: (1...12).map { rules.system.monthName($0).lowercased() }, limit: 4), at: name.range)
      )
      return false
    }
    guard rules.yearStartMonth == found || rules.yearStartMonth == 1 else {
      report(
        CheckDiagnostics.settingDiffers(
          "year", "starts in \(rules.system.monthName(rules.yearStartMonth).lowercased())", at: range))
      return false
    }
    environment.catalogue.calendar.yearStartMonth = found
    return true
  }

  private mutating func weekday(_ name: Name) -> Weekday? {
    if case .weekday(let day)? = ConstantWords.table[nameKey(name.text)],
      let weekday = Weekday(rawValue: UInt8(clamping: day))
    {
      return weekday
    }
    report(
      CheckDiagnostics.unknownWeekday(
        name.text, nearest(name.text, among: Weekday.allCases.map(\.name), limit: 4), at: name.range))
    return nil
  }
}
