import PeyvandBase

/// One pass over many timelines at once: what processes and journeys are counted from.
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
