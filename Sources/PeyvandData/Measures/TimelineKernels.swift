import PeyvandBase

/// One pass over many timelines at once: what cohorts, processes and journeys are counted from.
package enum TimelineKernels {
  // MARK: Directly follows

  /// For each step from one row to the next of the same case the places of both, −1 before the first and after the
  /// last. The rows of a case stand together.
  package static func pairs(_ cases: [Int64]) -> (before: [Int32], after: [Int32]) {
    var before: [Int32] = []
    var after: [Int32] = []
    before.reserveCapacity(cases.count + 16)
    after.reserveCapacity(cases.count + 16)
    for place in cases.indices {
      let isFirst = place == 0 || cases[place - 1] != cases[place]
      before.append(isFirst ? -1 : Int32(clamping: place - 1))
      after.append(Int32(clamping: place))
      if place + 1 == cases.count || cases[place + 1] != cases[place] {
        before.append(Int32(clamping: place))
        after.append(-1)
      }
    }
    return (before, after)
  }

  // MARK: Cohorts

  package struct Cohorts: Sendable {
    /// Periods, ascending, those without a member between them among them.
    package var periods: [Int]
    package var sizes: [Int]
    /// Of each cohort how many were active so many periods later.
    package var active: [[Int]]
    package var withoutStart = 0
  }

  package enum CohortTable: Sendable {
    case made(Cohorts)
    /// Cohorts times periods are more than are allowed.
    case tooMany(cohorts: Int, periods: Int)
  }

  /// The members of each cohort and how many of them were active in each period since.
  ///
  /// - Parameters:
  ///   - from: the period of each member's start and its day.
  ///   - periods: of each member the periods of what he did, in time order, with their days; `offsets` part them.
  ///   - width: how many periods are counted, the first among them.
  ///   - isOrLater: whether who was active in a period counts in all before it too.
  ///   - limit: so many cells there may be.
  package static func cohorts(
    from: Slab<Int32>, days: Slab<Int32>, present: Slab<UInt8>?, offsets: [Int32], periods: Slab<Int32>,
    periodDays: Slab<Int32>, last: Int, width: Int?, isOrLater: Bool, limit: Int
  ) -> CohortTable {
    var first = Int.max
    var latest = Int.min
    for row in 0..<from.count where present?[row] != 0 {
      guard let period = from[row] else { continue }
      first = min(first, Int(period))
      latest = max(latest, Int(period))
    }
    var result = Cohorts(periods: [], sizes: [], active: [])
    guard first <= latest else {
      result.withoutStart = from.count
      return .made(result)
    }
    let height = latest - first + 1
    let span = max(1, width ?? (max(last, first) - first + 1))
    let (cells, overflow) = height.multipliedReportingOverflow(by: span)
    guard !overflow, cells <= limit else { return .tooMany(cohorts: height, periods: span) }
    result.periods = Array(first...latest)
    result.sizes = [Int](repeating: 0, count: height)
    var active = [Int](repeating: 0, count: height * span)
    active.withMutableBase { active in
      periods.withFlat { periods in
        periodDays.withFlat { periodDays in
          for row in 0..<from.count {
            guard present?[row] != 0, let start = from[row], let day = days[row] else {
              result.withoutStart += 1
              continue
            }
            let cohort = Int(start) - first
            result.sizes[cohort] += 1
            guard row + 1 < offsets.count else { continue }
            let end = min(Int(offsets[row + 1]), periods.count, periodDays.count)
            let cells = active + cohort * span
            // What is done is in time order, so a period that was counted comes not again.
            var counted = -1
            var place = Int(offsets[row])
            while place < end {
              let later = Int(periods[place]) - Int(start)
              if later > counted, periodDays[place] >= day {
                if isOrLater {
                  for before in (counted + 1)..<max(counted + 1, min(later + 1, span)) { cells[before] += 1 }
                } else if later < span {
                  cells[later] += 1
                }
                counted = later
              }
              place += 1
            }
          }
        }
      }
    }
    result.active = (0..<height).map { Array(active[$0 * span..<($0 + 1) * span]) }
    return .made(result)
  }

  // MARK: Journeys

  package struct Journeys: Sendable {
    /// The places of the contacts of each journey, one after the other.
    package var contacts: [Int32] = []
    /// How long before the outcome each was; 0 in journeys without.
    package var ages: [Double] = []
    package var offsets: [Int32] = [0]
    package var hasOutcome: [Bool] = []
    package var outcomesWithoutContact = 0
    /// Journeys of which the outcome may still come.
    package var open = 0
    package init() {}
  }

  /// Cuts each member's contacts into journeys: those before an outcome since the one before it and, after the last
  /// outcome, those that led to none.
  ///
  /// A contact counts before `until` alone (missing: always). All times ascend within a member.
  /// - Parameter seen: the first moment that has not been seen.
  package static func journeys(
    members: Int, outcomes: (offsets: [Int32], times: Slab<Int64>), contacts: (offsets: [Int32], times: Slab<Int64>),
    until: Slab<Int64>?, seen: Int64
  ) -> Journeys {
    var result = Journeys()
    func range(_ offsets: [Int32], _ row: Int) -> Range<Int> {
      guard offsets.indices.contains(row + 1) else { return 0..<0 }
      return Int(offsets[row])..<max(Int(offsets[row]), Int(offsets[row + 1]))
    }
    for member in 0..<members {
      let own = range(contacts.offsets, member)
      var next = own.lowerBound
      for place in range(outcomes.offsets, member) {
        guard let came = outcomes.times[place] else { continue }
        // Contacts whose window ran out before the outcome came led to nothing: a journey of their own.
        let first = result.contacts.count
        while next < own.upperBound, let time = contacts.times[next], time < came, let end = until?[next], end <= came {
          result.contacts.append(Int32(clamping: next))
          result.ages.append(0)
          next += 1
        }
        if result.contacts.count > first {
          result.offsets.append(Int32(clamping: result.contacts.count))
          result.hasOutcome.append(false)
        }
        let before = result.contacts.count
        while next < own.upperBound, let time = contacts.times[next], time < came {
          result.contacts.append(Int32(clamping: next))
          result.ages.append(Double(came) - Double(time))
          next += 1
        }
        if result.contacts.count == before {
          result.outcomesWithoutContact += 1
        } else {
          result.offsets.append(Int32(clamping: result.contacts.count))
          result.hasOutcome.append(true)
        }
      }
      guard next < own.upperBound else { continue }
      // Its last contact's window tells whether the outcome may still come.
      if let until, let end = until[own.upperBound - 1], end > seen {
        result.open += 1
        continue
      }
      for place in next..<own.upperBound {
        result.contacts.append(Int32(clamping: place))
        result.ages.append(0)
      }
      result.offsets.append(Int32(clamping: result.contacts.count))
      result.hasOutcome.append(false)
    }
    return result
  }
}
