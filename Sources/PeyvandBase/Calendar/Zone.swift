/// Where a company's clock stands: what makes local days and hours of instants, and back.
///
/// An instant is a count of seconds since 1970-01-01 00:00 UTC (`Int64`); a day and an hour exist only in a
/// zone. A zone is the offset it began with and the transitions after, so fixed offsets are zones without
/// transitions and cost one addition an instant.
///
/// Named zones ("Asia/Tehran") come from the system's zone files: `ZoneFile` reads their bytes, which only
/// `PeyvandFiles` may open. `named(_:)` knows those that need no file: UTC and fixed offsets.
package struct Zone: Hashable, Sendable {
  /// From `at` on, local time is UTC + `offset` seconds.
  package struct Transition: Hashable, Sendable {
    package var at: Int64
    package var offset: Int32

    package init(at: Int64, offset: Int) {
      self.at = at
      self.offset = Int32(clamping: min(max(offset, -Zone.largestOffset), Zone.largestOffset))
    }
  }

  package let name: String
  /// Before the first transition.
  package let firstOffset: Int32
  /// In order of time, one an instant.
  package let transitions: [Transition]

  /// No zone was ever further from UTC than a day; a file that says so is not believed.
  package static let largestOffset = 86_399

  package static let utc = Zone(name: "UTC", offset: 0)

  /// A zone that begins with `offset` seconds and changes at each transition. They may come in any order; of
  /// two at one instant the later one given holds.
  package init(name: String, offset: Int, transitions: [Transition] = []) {
    self.name = name
    self.firstOffset = Int32(clamping: min(max(offset, -Self.largestOffset), Self.largestOffset))
    var ordered: [Transition] = []
    ordered.reserveCapacity(transitions.count)
    let byTime = transitions.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
    for (_, transition) in byTime {
      if ordered.last?.at == transition.at { ordered.removeLast() }
      ordered.append(transition)
    }
    // What changes only a name or the word "summer" changes no clock.
    var current = firstOffset
    ordered.removeAll { transition in
      defer { current = transition.offset }
      return transition.offset == current
    }
    self.transitions = ordered
  }

  /// `UTC` (also `Z`, `GMT`) or a fixed offset such as `+03:30`; nil for what is not known here.
  package static func named(_ name: String) -> Zone? {
    let key = name.uppercased()
    if key == "UTC" || key == "Z" || key == "GMT" { return .utc }
    guard let offset = InstantText.parseOffset(key) else { return nil }
    return Zone(name: InstantText.offset(offset), offset: offset)
  }

  /// Seconds that local time is ahead of UTC at an instant. One comparison for a fixed offset, else a binary
  /// search over the transitions.
  package func offset(atInstant instant: Int64) -> Int {
    guard !transitions.isEmpty else { return Int(firstOffset) }
    return offset(inStretch: stretch(ofInstant: instant))
  }

  /// The stretch of one offset that holds an instant: stretch 0 lies before the first transition, stretch `i` goes
  /// from transition `i − 1` up to transition `i`.
  package func stretch(ofInstant instant: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The offset of a stretch; beyond the last, the last one's.
  package func offset(inStretch stretch: Int) -> Int {
    guard stretch > 0, !transitions.isEmpty else { return Int(firstOffset) }
    return Int(transitions[min(stretch, transitions.count) - 1].offset)
  }

  /// The one offset of a zone whose clock never changes, so that a kernel need ask but once.
  package var fixedOffset: Int? { transitions.isEmpty ? Int(firstOffset) : nil }

  /// Local seconds since local 1970-01-01 00:00, kept inside `Int64`.
  package func localSeconds(ofInstant instant: Int64) -> Int64 {
    let (sum, overflow) = instant.addingReportingOverflow(Int64(offset(atInstant: instant)))
    return overflow ? (instant < 0 ? Int64.min : Int64.max) : sum
  }

  /// The day number of an instant on the local calendar. Days no column can hold read as the nearest.
  package func localDay(ofInstant instant: Int64) -> Int {
    let day = floorDivide(Int(localSeconds(ofInstant: instant)), by: 86_400)
    return min(max(day, CalendarSystem.days.lowerBound), CalendarSystem.days.upperBound)
  }

  /// The second of the local day of an instant, 0 to 86,399.
  package func localSecondOfDay(ofInstant instant: Int64) -> Int {
    let local = Int(localSeconds(ofInstant: instant))
    let rest = local % 86_400
    return rest < 0 ? rest + 86_400 : rest
  }

  /// The instant of a local day and second (which may lie outside the day and then counts on).
  ///
  /// A local time that occurs twice, when clocks go back, is the first of the two; one that never occurs, when
  /// they go forward, is read by the offset before the change, and so falls as much later as the clocks jumped.
  package func instant(ofLocalDay day: Int, secondOfDay: Int = 0) -> Int64 {
    let day = Int64(min(max(day, CalendarSystem.days.lowerBound), CalendarSystem.days.upperBound))
    let second = Int64(min(max(secondOfDay, -Int(Int32.max)), Int(Int32.max)))
    let local = day * 86_400 + second
    guard !transitions.isEmpty else { return local - Int64(firstOffset) }
    // Offsets stay within a day of UTC, so the stretch that holds it is among those of the day before and after.
    let first = stretch(ofInstant: local - 86_400)
    let last = stretch(ofInstant: local + 86_400)
    var before = offset(inStretch: first)
    for stretch in first...max(first, last) {
      let offset = offset(inStretch: stretch)
      let instant = local - Int64(offset)
      // Before this stretch began, after the one before had ended: the clock was put forward over it.
      if stretch > 0, transitions.indices.contains(stretch - 1), instant < transitions[stretch - 1].at {
        return local - Int64(before)
      }
      if !transitions.indices.contains(stretch) || instant < transitions[stretch].at { return instant }
      before = offset
    }
    return local - Int64(before)
  }
}

/// What became of a zone's name: found, or why not.
package enum ZoneAnswer: Sendable {
  case found(Zone)
  /// No such name; those that are near.
  case unknown(near: [String])
  /// Its file is there and cannot be used, and why.
  case unusable(Diagnostic)
}

/// Where zones are sought by name. Only `PeyvandFiles` opens their files, so whoever checks or reads is given this.
package typealias ZoneFinder = @Sendable (String) -> ZoneAnswer
