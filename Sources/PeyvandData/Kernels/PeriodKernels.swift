import PeyvandBase

/// Runs of whole periods.
package enum PeriodKernels {
  /// The earlier of each day and one limit.
  package static func earlier(_ days: Slab<Int32>, _ limit: Int32) -> Slab<Int32> { mapped(days) { min($0, limit) } }

  package struct Periods: Sendable {
    /// Row `i` has the periods from `offsets[i]` to `offsets[i + 1]`.
    package var offsets: [Int32]
    package var firstDays: Slab<Int64>
    /// The days after the last ones.
    package var nextDays: Slab<Int64>
  }

  /// For each row the periods that lie wholly from one day (included) up to another (not included). Nothing
  /// where they would be more than `limit`.
  package static func whole(
    from: Slab<Int32>, upTo: Slab<Int32>, present: Slab<UInt8>?, unit: PeriodUnit, rules: CalendarRules, limit: Int
  ) -> Periods? {
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(from.count + 1)
    var firsts: [Int64] = []
    var nexts: [Int64] = []
    for row in 0..<from.count {
      if present?[row] != 0, let start = from[row], let end = upTo[row], start < end {
        var period = rules.periodIndex(ofDay: Int(start), unit: unit)
        while let first = rules.firstDay(ofPeriod: period, unit: unit),
          let last = rules.lastDay(ofPeriod: period, unit: unit), last < Int(end)
        {
          if first >= Int(start) {
            guard firsts.count < limit else { return nil }
            firsts.append(Int64(first))
            nexts.append(Int64(last) + 1)
          }
          let (next, overflow) = period.addingReportingOverflow(1)
          if overflow { break }
          period = next
        }
      }
      offsets.append(Int32(clamping: firsts.count))
    }
    return Periods(offsets: offsets, firstDays: Slab(firsts), nextDays: Slab(nexts))
  }
}
