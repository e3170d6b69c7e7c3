import PeyvandBase

/// The members of each cohort and how many of them were active in each period since. Parts of the members may be
/// counted apart and added up.
package struct CohortCounts: Sendable {
  /// The periods of the cohorts, ascending, those without a member between them among them.
  package let periods: Range<Int>
  /// How many periods are counted, the cohort's own among them.
  package let width: Int
  package private(set) var sizes: [Int]
  package private(set) var withoutStart = 0
  /// Cohort by cohort.
  private var cells: [Int]

  package init(periods: Range<Int>, width: Int) {
    self.periods = periods
    self.width = max(1, width)
    sizes = [Int](repeating: 0, count: periods.count)
    cells = [Int](repeating: 0, count: periods.count * self.width)
  }

  /// How many members of a cohort were active so many periods later.
  package func active(_ cohort: Int, after later: Int) -> Int {
    let place = cohort * width + later
    return cells.indices.contains(place) ? cells[place] : 0
  }

  /// From the earliest start to the latest; empty of none.
  package static func periods(ofStarts starts: Slab<Int32>, present: Slab<UInt8>?) -> Range<Int> {
    var (first, last) = (Int32.max, Int32.min)
    starts.withFlat { starts in
      (present ?? Slab(repeating: 1, count: starts.count)).withFlat { present in
        for row in 0..<min(starts.count, present.count) where present[row] != 0 {
          first = min(first, starts[row])
          last = max(last, starts[row])
        }
      }
    }
    return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
  }

  /// Counts some members.
  ///
  /// - Parameters:
  ///   - members: their places among all of them.
  ///   - starts: the period of each member's start, and `days` its day.
  ///   - offsets: part what was done by member; `done` holds the periods of what these members did, in time order, and
  ///     `doneDays` the days.
  ///   - isOrLater: whether who was active in a period counts in all before it too.
  package mutating func add(
    _ members: Range<Int>, starts: Slab<Int32>, days: Slab<Int32>, present: Slab<UInt8>?, offsets: [Int32],
    done: Slab<Int32>, doneDays: Slab<Int32>, isOrLater: Bool
  ) {
    guard members.upperBound < offsets.count, let base = offsets[members].first.map({ Int($0) }) else {
      withoutStart += members.count
      return
    }
    let (first, height, width) = (periods.lowerBound, sizes.count, width)
    sizes.withMutableBase { sizes in
      cells.withMutableBase { cells in
        done.withFlat { done in
          doneDays.withFlat { doneDays in
            let all = min(done.count, doneDays.count)
            for member in members {
              guard present?[member] != 0, let start = starts[member], let day = days[member],
                case let cohort = Int(start) - first, cohort >= 0, cohort < height
              else {
                withoutStart += 1
                continue
              }
              sizes[cohort] += 1
              let row = cells + cohort * width
              var place = max(0, Int(offsets[member]) - base)
              let end = min(Int(offsets[member + 1]) - base, all)
              if !isOrLater, width <= 64 {
                // Each period is a bit, set without a branch.
                var periods: UInt64 = 0
                while place < end {
                  let later = Int(done[place]) &- Int(start)
                  let counts: UInt64 = (later >= 0 ? 1 : 0) & (later < width ? 1 : 0) & (doneDays[place] >= day ? 1 : 0)
                  periods |= counts << UInt64(later & 63)
                  place += 1
                }
                while periods != 0 {
                  row[periods.trailingZeroBitCount] += 1
                  periods &= periods &- 1
                }
                continue
              }
              // What is done is in time order, so a period that was counted comes not again.
              var counted = -1
              while place < end {
                let later = Int(done[place]) - Int(start)
                if later > counted, doneDays[place] >= day {
                  if isOrLater {
                    for before in (counted + 1)..<max(counted + 1, min(later + 1, width)) { row[before] += 1 }
                  } else if later < width {
                    row[later] += 1
                  }
                  counted = later
                }
                place += 1
              }
            }
          }
        }
      }
    }
  }

  /// Adds what was counted of other members, of the same periods.
  package mutating func add(_ other: CohortCounts) {
    for (place, size) in other.sizes.enumerated() where sizes.indices.contains(place) { sizes[place] += size }
    for (place, count) in other.cells.enumerated() where cells.indices.contains(place) { cells[place] += count }
    withoutStart += other.withoutStart
  }
}
