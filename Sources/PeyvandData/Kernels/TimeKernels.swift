import PeyvandBase

/// Days, instants and periods of a calendar, by the batch.
///
/// Months and years have no arithmetic of their own length, so the period of a day is read from a table of the
/// days of two centuries, made once a question; days beyond it are worked out one by one. Zones with one offset
/// cost an addition an instant.
package struct TimeKernels: Sendable {
  package let rules: CalendarRules
  private let cache: KernelCache
  private let offset: Int64?
  /// Sums of times end here: beyond the calendar's years nothing could be written.
  private let writtenDays: ClosedRange<Int>
  private let writtenInstants: ClosedRange<Int64>

  package init(_ rules: CalendarRules, cache: KernelCache) {
    self.rules = rules
    self.cache = cache
    offset = rules.zone.fixedOffset.map(Int64.init)
    writtenDays = rules.system.writtenDays
    let first = rules.zone.instant(ofLocalDay: writtenDays.lowerBound)
    writtenInstants = first...max(first, rules.zone.instant(ofLocalDay: writtenDays.upperBound + 1) - 1)
  }

  /// 1900-01-01 to 2100-01-01.
  static let tableDays = -25_567...47_482
  /// Stands for missing among 64-bit results, before they are cut to what a column holds.
  package static let none = Int64.min

  // MARK: One at a time

  package func day(ofInstant instant: Int64) -> Int32 { Int32(clamping: rules.zone.localDay(ofInstant: instant)) }

  /// The first instant of a day; days beyond what a column holds as the nearest.
  package func firstInstant(ofDay day: Int) -> Int64 { rules.zone.instant(ofLocalDay: day) }

  /// A day some months and days later; nil beyond the calendar.
  package func day(_ day: Int, plus duration: Duration) -> Int? {
    var result = day
    if duration.months != 0 {
      guard let moved = rules.system.adding(months: duration.months, toDay: day) else { return nil }
      result = moved
    }
    let whole = duration.days + (duration.seconds / 86_400)
    guard let steps = Int(exactly: whole.rounded(.down)) else { return nil }
    let (sum, overflow) = result.addingReportingOverflow(steps)
    return overflow || !writtenDays.contains(sum) ? nil : sum
  }

  /// An instant some time later: months and whole days as steps of the local calendar that keep the time of the
  /// day, the rest as elapsed seconds; nil beyond the calendar.
  package func instant(_ instant: Int64, plus duration: Duration) -> Int64? {
    let wholeDays = duration.days.rounded(.down)
    var result = instant
    if duration.months != 0 || (wholeDays != 0 && offset == nil) {
      let local = rules.zone.localDay(ofInstant: instant)
      guard let day = day(local, plus: Duration(months: duration.months, days: wholeDays)) else { return nil }
      result = rules.zone.instant(ofLocalDay: day, secondOfDay: rules.zone.localSecondOfDay(ofInstant: instant))
    } else {
      guard let seconds = Int64(exactly: wholeDays * 86_400) else { return nil }
      let (sum, overflow) = result.addingReportingOverflow(seconds)
      if overflow { return nil }
      result = sum
    }
    let rest = (duration.days - wholeDays) * 86_400 + duration.seconds
    guard let seconds = Int64(exactly: rest.rounded(.down)) else { return nil }
    let (sum, overflow) = result.addingReportingOverflow(seconds)
    return overflow || !writtenInstants.contains(sum) ? nil : sum
  }

  // MARK: Days and instants

  package func days(ofInstants instants: Slab<Int64>) -> Slab<Int32> {
    guard let offset else { return mapped(instants) { day(ofInstant: $0) } }
    return mapped(instants) { instant in
      let (local, overflow) = instant.addingReportingOverflow(offset)
      if overflow { return instant < 0 ? Int32.min : Int32.max }
      let quotient = local / 86_400
      return Int32(clamping: local % 86_400 < 0 ? quotient &- 1 : quotient)
    }
  }

  /// The first instants of days, `later` days on.
  package func firstInstants(ofDays days: Slab<Int32>, later: Int = 0) -> Slab<Int64> {
    guard let offset else { return mapped(days) { firstInstant(ofDay: Int($0) + later) } }
    let shift = Int64(clamping: later)
    // An Int32 of days and a constant of ours times 86,400 are far from the end of Int64.
    return mapped(days) { (Int64($0) &+ shift) &* 86_400 &- offset }
  }

  package func weekdays(ofDays days: Slab<Int32>) -> Slab<Int32> {
    mapped(days) { Int32(truncatingIfNeeded: ((Int($0) % 7) + 10) % 7) }
  }

  package func hours(ofInstants instants: Slab<Int64>) -> Slab<Double> {
    mapped(instants) { Double(rules.zone.localSecondOfDay(ofInstant: $0) / 3600) }
  }

  package func clocks(ofInstants instants: Slab<Int64>) -> Slab<Int32> {
    mapped(instants) { Int32(clamping: rules.zone.localSecondOfDay(ofInstant: $0)) }
  }

  // MARK: Periods

  package func periods(ofDays days: Slab<Int32>, unit: PeriodUnit) -> Slab<Int32> {
    if unit == .day { return days }
    if days.isConstant { return mapped(days) { rules.periodIndex(ofDay: Int($0), unit: unit) } }
    let table = cache.words(.periods(unit)) { periodTable(unit) }
    return table.withUnsafeBufferPointer { table in
      mapped(days) { day in
        let place = Int(day) &- Self.tableDays.lowerBound
        return place >= 0 && place < table.count ? table[place] : rules.periodIndex(ofDay: Int(day), unit: unit)
      }
    }
  }

  private func periodTable(_ unit: PeriodUnit) -> [Int32] {
    var table: [Int32] = []
    table.reserveCapacity(Self.tableDays.count)
    var day = Self.tableDays.lowerBound
    while day <= Self.tableDays.upperBound {
      let index = rules.periodIndex(ofDay: day, unit: unit)
      let last = min(rules.lastDay(ofPeriod: index, unit: unit) ?? day, Self.tableDays.upperBound)
      for _ in day...max(day, last) { table.append(index) }
      day = max(day, last) + 1
    }
    return table
  }

  /// The first days of periods; missing beyond the calendar.
  package func firstDays(ofPeriods periods: Slab<Int32>, unit: PeriodUnit, present: Slab<UInt8>?) -> Vector {
    Self.days(
      mapped(periods) { rules.firstDay(ofPeriod: $0, unit: unit).map(Int64.init) ?? Self.none }, present: present)
  }

  /// The last days of periods, or the days after them.
  package func lastDays(
    ofPeriods periods: Slab<Int32>, unit: PeriodUnit, later: Int = 0, present: Slab<UInt8>?
  ) -> Vector {
    Self.days(
      mapped(periods) { rules.lastDay(ofPeriod: $0, unit: unit).map { Int64($0 + later) } ?? Self.none },
      present: present)
  }

  // MARK: Sums and differences

  package func days(_ days: Slab<Int32>, plus durations: Slab<Duration>, present: Slab<UInt8>?) -> Vector {
    if durations.isConstant, let step = durations[0], step.months == 0, step.seconds == 0,
      let whole = Int32(exactly: step.days.rounded(.down))
    {
      let (first, last) = (Int64(writtenDays.lowerBound), Int64(writtenDays.upperBound))
      return Self.days(
        mapped(days) { day in
          let sum = Int64(day) &+ Int64(whole)
          return sum < first || sum > last ? Self.none : sum
        }, present: present)
    }
    return Self.days(
      mapped(days, durations) { day, duration in self.day(Int(day), plus: duration).map(Int64.init) ?? Self.none },
      present: present)
  }

  package func instants(_ instants: Slab<Int64>, plus durations: Slab<Duration>, present: Slab<UInt8>?) -> Vector {
    if durations.isConstant, let step = durations[0] {
      if let moved = moved(instants, by: step) { return Vector(.instants(moved), present: present) }
      if let moved = movedByMonths(instants, step, present) { return Vector(.instants(moved), present: present) }
    }
    return Self.instants(
      mapped(instants, durations) { instant, duration in self.instant(instant, plus: duration) ?? Self.none },
      present: present)
  }

  /// Instants of a clock that never changes, so many seconds later; nil where the step is of another kind, or where a
  /// sum would leave the calendar.
  private func moved(_ instants: Slab<Int64>, by step: Duration) -> Slab<Int64>? {
    let days = step.days.rounded(.down)
    guard offset != nil, step.months == 0, let whole = Int64(exactly: days * 86_400),
      let rest = Int64(exactly: ((step.days - days) * 86_400 + step.seconds).rounded(.down)),
      case let (whole, far) = whole.addingReportingOverflow(rest), !far, let span = span(of: instants),
      case let (first, under) = span.lowerBound.addingReportingOverflow(whole), !under,
      case let (last, over) = span.upperBound.addingReportingOverflow(whole), !over,
      writtenInstants.contains(first), writtenInstants.contains(last)
    else { return nil }
    return mapped(instants) { $0 &+ whole }
  }

  /// The same by whole months: the days that occur are moved once each, where there are fewer of them than instants.
  private func movedByMonths(_ instants: Slab<Int64>, _ step: Duration, _ present: Slab<UInt8>?) -> Slab<Int64>? {
    guard offset != nil, step.months != 0, step.days == 0, step.seconds == 0,
      let span = span(of: instants, present)
    else { return nil }
    // In steps of some months, so that one table serves the batches of a question.
    let first = Int(day(ofInstant: span.lowerBound)) & ~511
    let last = Int(day(ofInstant: span.upperBound)) | 511
    guard last - first < instants.count / 2 else { return nil }
    let steps = cache.words(.moved(months: step.months, first, last)) { () -> [Int32]? in
      var steps: [Int32] = []
      steps.reserveCapacity(last - first + 1)
      for day in first...last {
        guard let moved = self.day(day, plus: step), let days = Int32(exactly: moved - day) else { return nil }
        steps.append(days)
      }
      return steps
    }
    guard let steps else { return nil }
    let start = firstInstant(ofDay: first)
    // As many seconds later as the day's first instant is. What is missing may lie anywhere.
    return steps.withUnsafeBufferPointer { steps in
      mapped(instants) { instant in
        let day = Int(truncatingIfNeeded: (instant &- start) / 86_400)
        guard UInt(bitPattern: day) < UInt(bitPattern: steps.count) else { return Self.none }
        return instant &+ Int64(steps[day]) &* 86_400
      }
    }
  }

  /// From the earliest to the latest; nil of none.
  private func span(of instants: Slab<Int64>, _ present: Slab<UInt8>? = nil) -> ClosedRange<Int64>? {
    let count = instants.isConstant && present == nil ? min(1, instants.count) : instants.count
    let ends = instants.withView { view in
      var (low, high) = (Int64.max, Int64.min)
      if let present {
        present.withView { present in
          for row in 0..<count where present[row] != 0 {
            low = min(low, view[row])
            high = max(high, view[row])
          }
        }
        return (low, high)
      }
      for row in 0..<count {
        low = min(low, view.base[row])
        high = max(high, view.base[row])
      }
      return (low, high)
    }
    guard let (low, high) = ends, low <= high else { return nil }
    return low...high
  }

  package static func negated(_ durations: Slab<Duration>) -> Slab<Duration> {
    mapped(durations) {
      Duration(months: $0.months == .min ? .max : -$0.months, days: -$0.days, seconds: -$0.seconds)
    }
  }

  package static func difference(_ a: Slab<Int32>, _ b: Slab<Int32>) -> Slab<Double> {
    mapped(a, b) { Double(Int($0) &- Int($1)) }
  }

  package static func difference(_ a: Slab<Int64>, _ b: Slab<Int64>) -> Slab<Double> {
    mapped(a, b) { Double($0) - Double($1) }
  }

  /// Working seconds from one instant to another.
  package func working(from: Slab<Int64>, to: Slab<Int64>) -> Slab<Double> {
    let clock = cache.workingClock(rules)
    return mapped(from, to) { Double(clock.seconds(from: $0, to: $1)) }
  }

  package static func numbers(_ days: Slab<Int32>) -> Slab<Double> { mapped(days) { Double($0) } }
  package static func numbers(_ instants: Slab<Int64>) -> Slab<Double> { mapped(instants) { Double($0) } }

  /// The day that a mean of days falls on.
  package static func days(_ numbers: Slab<Double>) -> Slab<Int32> {
    mapped(numbers) { Int32(exactly: $0.rounded(.down)) ?? 0 }
  }
  package static func instants(_ numbers: Slab<Double>) -> Slab<Int64> {
    mapped(numbers) { Int64(exactly: $0.rounded(.down)) ?? 0 }
  }

  // MARK: Results

  /// 64-bit results as days; missing where they are `none` or no day a column holds.
  package static func days(_ values: Slab<Int64>, present: Slab<UInt8>?) -> Vector {
    let mask: Slab<UInt8> = mapped(values) { $0 >= Int64(Int32.min) && $0 <= Int64(Int32.max) ? 1 : 0 }
    return Vector(
      .days(mapped(values) { Int32(truncatingIfNeeded: $0) }),
      present: Presence.both(present, Presence.reduced(mask)))
  }

  package static func instants(_ values: Slab<Int64>, present: Slab<UInt8>?) -> Vector {
    let mask: Slab<UInt8> = mapped(values) { $0 == none ? 0 : 1 }
    return Vector(.instants(values), present: Presence.both(present, Presence.reduced(mask)))
  }

  /// 1 where the time is not after a limit.
  package static func notAfter(_ instants: Slab<Int64>, _ limit: Int64) -> Slab<UInt8> {
    mapped(instants) { $0 <= limit ? 1 : 0 }
  }
  package static func notAfter(_ days: Slab<Int32>, _ limit: Int32) -> Slab<UInt8> {
    mapped(days) { $0 <= limit ? 1 : 0 }
  }

  /// How many times of a column are after a limit; what stands under a missing one counts as it is.
  package static func countAfter(_ days: Packed<Int32>, _ limit: Int32) -> Int { counted(days, after: limit) }
  package static func countAfter(_ instants: Packed<Int64>, _ limit: Int64) -> Int { counted(instants, after: limit) }

  @inline(__always)
  private static func counted<Time: PackedElement & FixedWidthInteger>(_ times: Packed<Time>, after limit: Time) -> Int
  {
    var after = 0
    // As many at once as stay near the processor.
    for start in stride(from: 0, to: times.count, by: 4096) {
      let piece = times.slab(start..<min(start + 4096, times.count))
      piece.withElements(
        { piece_, step in for index in 0..<piece.count { after &+= piece_[index &* step] > limit ? 1 : 0 } }, empty: ())
    }
    return after
  }
}
