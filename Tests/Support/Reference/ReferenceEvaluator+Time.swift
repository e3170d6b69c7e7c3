import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Days, instants and ties that hold.
extension ReferenceEvaluator {
  /// The as-of day.
  var today: Int { moment.day ?? calendar.zone.localDay(ofInstant: moment.instant) }

  /// Whether a day or an instant lies after the as-of time.
  func isAfterNow(_ when: ReferenceValue) -> Bool {
    switch when {
    case .date(let day): day > today
    case .time(let instant): instant > moment.instant
    default: false
    }
  }

  /// Whether all of a day, to its last second, has been seen.
  func isWhollySeen(day: Int) -> Bool { moment.instant >= calendar.zone.instant(ofLocalDay: day + 1) - 1 }

  /// The day of a day or an instant.
  func day(of when: ReferenceValue) -> Int? {
    switch when {
    case .date(let day): day
    case .time(let instant): calendar.zone.localDay(ofInstant: instant)
    default: nil
    }
  }

  func plus(_ when: ReferenceValue, _ length: Duration) -> ReferenceValue {
    switch when {
    case .date(let day): later(day, length).map { .date($0) } ?? .missing
    case .time(let instant): later(instant, length).map { .time($0) } ?? .missing
    default: .missing
    }
  }

  /// Months as steps of the calendar, clamped to the month's end; then whole days.
  func later(_ day: Int, _ length: Duration) -> Int? {
    guard let moved = length.months == 0 ? day : calendar.system.adding(months: length.months, toDay: day),
      let days = Int(exactly: (length.days + length.seconds / 86_400).rounded(.down))
    else { return nil }
    let (sum, overflow) = moved.addingReportingOverflow(days)
    return overflow ? nil : written(sum)
  }

  /// Months and whole days keep the time of the day; the rest elapses.
  func later(_ instant: Int64, _ length: Duration) -> Int64? {
    let whole = length.days.rounded(.down)
    let local = calendar.zone.localDay(ofInstant: instant)
    guard let day = later(local, Duration(months: length.months, days: whole)) else { return nil }
    let moved = calendar.zone.instant(
      ofLocalDay: day, secondOfDay: calendar.zone.localSecondOfDay(ofInstant: instant))
    guard let seconds = Int64(exactly: ((length.days - whole) * 86_400 + length.seconds).rounded(.down)) else {
      return nil
    }
    let (sum, overflow) = moved.addingReportingOverflow(seconds)
    return overflow || written(calendar.zone.localDay(ofInstant: sum)) == nil ? nil : sum
  }

  /// A day that can be written; nothing beyond the years 1 to 9999 of the calendar.
  private func written(_ day: Int) -> Int? {
    CalendarSystem.years.contains(calendar.system.civil(ofDay: day).year) && CalendarSystem.days.contains(day)
      ? day : nil
  }

  func converted(_ when: ReferenceValue, _ conversion: TimeConversion) -> ReferenceValue {
    let first: Int?
    let last: Int?
    if case .period(let period) = when {
      first = calendar.firstDay(ofPeriod: period.index, unit: period.unit)
      last = calendar.lastDay(ofPeriod: period.index, unit: period.unit)
    } else {
      first = day(of: when)
      last = first
    }
    switch conversion {
    case .firstDay, .day: return first.map { .date($0) } ?? .missing
    case .lastDay: return last.map { .date($0) } ?? .missing
    case .dayAfterLast: return last.map { .date($0 + 1) } ?? .missing
    case .firstInstant:
      if case .time = when { return when }
      return first.map { .time(calendar.zone.instant(ofLocalDay: $0)) } ?? .missing
    case .endInstant: return last.map { .time(calendar.zone.instant(ofLocalDay: $0 + 1)) } ?? .missing
    }
  }

  /// Working seconds between two instants: day by day, and within a day piece by piece between the changes of the
  /// clock, what lies in the day's hours.
  func working(_ from: ReferenceValue, _ to: ReferenceValue) -> ReferenceValue {
    guard case .time(let start) = from, case .time(let end) = to else { return .missing }
    if start > end {
      guard case .duration(let length) = working(to, from) else { return .missing }
      return .duration(Duration(seconds: -length.seconds))
    }
    let zone = calendar.zone
    let cuts = [start] + zone.transitions.map(\.at).filter { $0 > start && $0 < end } + [end]
    var total: Int64 = 0
    for (first, last) in zip(cuts, cuts.dropFirst()) {
      let offset = Int64(zone.offset(atInstant: first))
      var local = first + offset
      while local < last + offset {
        let day = Int((Double(local) / 86_400).rounded(.down))
        let midnight = Int64(day) * 86_400
        let until = min(midnight + 86_400, last + offset)
        if let hours = workingHours(on: day) {
          total += max(0, min(until, midnight + Int64(hours.to)) - max(local, midnight + Int64(hours.from)))
        }
        local = until
      }
    }
    return .duration(Duration(seconds: Double(total)))
  }

  private func workingHours(on day: Int) -> (from: Int, to: Int)? {
    let working = calendar.working
    if working.holidays.contains(day) { return nil }
    guard working.isDeclared else { return (0, 86_400) }
    return working.hours[Int(Weekday(ofDay: day).rawValue)].map { ($0.from, $0.to) }
  }

  // MARK: Ties

  /// Whether a tie holds at a time. Where one of two sides is a day, days are compared. An `end` that is a day is
  /// its last; an instant is the first at which it no longer holds. Without a start it held from ever.
  func holds(_ tie: Int, at when: ReferenceValue) -> Bool {
    guard let day = day(of: when) else { return false }
    let began = store.timeField(tie).map { field(.record(tie), $0) } ?? .missing
    let ends = store.endField(tie).map { field(.record(tie), $0) } ?? .missing
    switch (began, when) {
    case (.time(let start), .time(let at)): if at < start { return false }
    case (let start, _): if let first = self.day(of: start), day < first { return false }
    }
    switch (ends, when) {
    case (.time(let end), .time(let at)): if at >= end { return false }
    case (.time(let end), _): if day > calendar.zone.localDay(ofInstant: end - 1) { return false }
    case (.date(let end), _): if day > end { return false }
    default: break
    }
    return true
  }

  /// Every tie of a relationship that leads from a record, in the order recorded.
  func ties(_ record: Int, _ relationship: KindID, from: FieldID) -> [Int] {
    store.records.indices.filter {
      store.isOf($0, relationship) && store.recorded($0, from) == .record(record)
    }
  }

  /// Of the ties that hold the one that began last; of two that began together the one recorded last.
  func lastBegun(_ ties: [Int], at when: ReferenceValue) -> Int? {
    store.inOrder(ties.filter { holds($0, at: when) && store.time($0) != .missing }).last
      ?? ties.filter { holds($0, at: when) }.last
  }

  /// Whether a tie holds and, where an end is declared `one`, is the one that began last.
  func stands(_ tie: Int, at when: ReferenceValue) -> Bool {
    guard holds(tie, at: when), let kind = catalogue.kind(store.kind(tie)) else { return false }
    return kind.oneEnds.allSatisfy { end in
      guard let other = kind.ends.first(where: { $0 != end }), case .record(let place) = store.recorded(tie, other)
      else { return true }
      return lastBegun(ties(place, kind.family, from: other), at: when) == tie
    }
  }

  func holder(_ record: Int, _ tie: Tie, at when: ReferenceValue) -> Int? {
    let all = ties(record, tie.relationship, from: tie.from)
    let latest = lastBegun(all, at: when)
    tally.overlapped.formUnion(all.filter { $0 != latest && holds($0, at: when) })
    return latest
  }
}
