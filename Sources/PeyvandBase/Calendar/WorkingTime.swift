/// The hours in which a company works, and the days on which it does not.
///
/// Hours stand by weekday; holidays are days of either calendar, as day numbers. Where no hours were declared every
/// hour of every day that is no holiday counts, so that working time without a declaration is elapsed time.
package struct WorkingTime: Hashable, Sendable {
  /// Seconds of a day, from the first (included) to the last (not included).
  package struct Hours: Hashable, Sendable {
    package var from: Int
    package var to: Int

    /// - Returns: nil where they do not lie within a day or end before they begin.
    package init?(from: Int, to: Int) {
      guard from >= 0, from < to, to <= 86_400 else { return nil }
      self.from = from
      self.to = to
    }

    static let wholeDay = Hours(wholeDayTo: 86_400)
    private init(wholeDayTo end: Int) {
      from = 0
      to = end
    }
  }

  /// By weekday, Monday first; nil on a day without work. Empty where none were declared.
  package private(set) var hours: [Hours?] = []
  /// In order, each once.
  package private(set) var holidays: [Int] = []

  package init() {}

  package var isDeclared: Bool { !hours.isEmpty }
  package var isEmpty: Bool { hours.isEmpty && holidays.isEmpty }

  /// Declares the hours of the days from one weekday to another, over the week's end where it has to.
  /// - Returns: false, and nothing changed, where one of them has other hours already.
  package mutating func declare(_ given: Hours, from first: Weekday, to last: Weekday) -> Bool {
    var next = hours.isEmpty ? [Hours?](repeating: nil, count: 7) : hours
    var day = Int(first.rawValue)
    while true {
      if let known = next[day], known != given { return false }
      next[day] = given
      if day == Int(last.rawValue) { break }
      day = (day + 1) % 7
    }
    hours = next
    return true
  }

  /// Adds days without work; those that are known are nothing new.
  package mutating func addHolidays(_ days: [Int]) { holidays = Set(holidays + days).sorted() }

  func hours(on day: Weekday) -> Hours? {
    hours.isEmpty ? .wholeDay : hours[Int(day.rawValue)]
  }
}

/// Counts working time, in the same few steps for an hour and for ten years.
///
/// Working time up to an instant is a sum that only grows, so the working time between two instants is a difference
/// of two sums. On a clock that is never changed the sum is arithmetic on whole weeks, less the holidays before (found
/// by search). Where clocks change, the sums of the stretches between the changes are added up once: so an hour that
/// the clock skips is not worked and one that it goes through twice is worked twice, if it lies in the hours at all.
package struct WorkingClock: Sendable {
  private let zone: Zone
  private let hours: [WorkingTime.Hours?]
  private let holidays: [Int]
  /// The working seconds of a week before each weekday, and of the whole week.
  private var before: [Int64] = [0]
  /// The working seconds of the holidays before each, and of all.
  private var lost: [Int64] = [0]
  /// For each stretch of the zone what is to be added to the sum by its own clock.
  private var correction: [Int64] = [0]

  package init(_ rules: CalendarRules) {
    zone = rules.zone
    hours = Weekday.allCases.map { rules.working.hours(on: $0) }
    holidays = rules.working.holidays
    for hours in hours { before.append((before.last ?? 0) + Int64(hours.map { $0.to - $0.from } ?? 0)) }
    for day in holidays {
      let hours = self.hours[Int(Weekday(ofDay: day).rawValue)]
      lost.append((lost.last ?? 0) + Int64(hours.map { $0.to - $0.from } ?? 0))
    }
    for (place, change) in zone.transitions.enumerated() {
      let old = sum(local: local(change.at, zone.offset(inStretch: place)))
      let new = sum(local: local(change.at, zone.offset(inStretch: place + 1)))
      correction.append((correction.last ?? 0) &+ old &- new)
    }
  }

  /// Working seconds from one instant to another; negative where the second is the earlier.
  package func seconds(from start: Int64, to end: Int64) -> Int64 { sum(upTo: end) &- sum(upTo: start) }

  private func sum(upTo instant: Int64) -> Int64 {
    let stretch = zone.stretch(ofInstant: instant)
    return sum(local: local(instant, zone.offset(inStretch: stretch))) &+ correction[min(stretch, correction.count - 1)]
  }

  /// Local seconds, kept to where no sum of weeks overflows: a thousand times as far as any calendar goes.
  private func local(_ instant: Int64, _ offset: Int) -> Int64 {
    min(max(instant, -Self.farthest), Self.farthest) + Int64(offset)
  }
  private static let farthest: Int64 = 1 << 50

  private func sum(local: Int64) -> Int64 {
    let day = floorDivide(Int(local), by: 86_400)
    let second = Int(local) - day * 86_400
    // Day 0 was a Thursday; weeks begin on Monday here.
    let week = floorDivide(day + 3, by: 7)
    let weekday = day + 3 - week * 7
    var total = Int64(week) * (before.last ?? 0) + before[weekday]
    // Holidays before this day.
    var low = 0
    var high = holidays.count
    while low < high {
      let middle = (low + high) / 2
      if holidays[middle] < day { low = middle + 1 } else { high = middle }
    }
    total -= lost[low]
    let isHoliday = low < holidays.count && holidays[low] == day
    if !isHoliday, let hours = hours[weekday] {
      total += Int64(min(max(second - hours.from, 0), hours.to - hours.from))
    }
    return total
  }
}
