/// One step of many sequences at once: of each match the earliest event of its candidates that is later than the moment
/// before and inside the window.
///
/// Candidates stand set by set in time order. First events of one set come in order too, so each search goes on from
/// where the last one ended: eight times are compared at once, and only where all of them are too early does the
/// search go on in growing steps. So a set of a few events costs one comparison, and a long one is merged.
package enum SequenceMerge {
  package struct Found: Sendable {
    /// The earliest event; −1 for none.
    package var rows: [Int32]
    /// Their times; `Int64.max` for none.
    package var times: [Int64]
    /// How many matches had another event of the same moment for the first time.
    package var tied: Int
  }

  /// From when on a candidate is of the moment before, from when on it is later (missing: right after), and the last
  /// time inside the window. All in the unit of the candidates' times.
  package struct Bounds: Sendable {
    package var same: Slab<Int64>
    package var later: Slab<Int64>?
    package var last: Slab<Int64>
    package init(same: Slab<Int64>, later: Slab<Int64>?, last: Slab<Int64>) {
      self.same = same
      self.later = later
      self.last = last
    }

    @inline(__always)
    fileprivate func withViews<R>(_ body: (SlabView<Int64>, SlabView<Int64>?, SlabView<Int64>) -> R) -> R? {
      let result: R?? = same.withView { same in
        last.withView { last in
          guard let later else { return body(same, nil, last) }
          return later.withView { body(same, $0, last) }
        } ?? nil
      }
      return result ?? nil
    }
  }

  /// - Parameters:
  ///   - times: of the candidates, where these did not come with them.
  ///   - owners: the set of each match.
  ///   - own: the events of the steps before, of the candidates' family.
  ///   - hadTie: 1 for the matches that had a tie before; those of now are marked, and only they are counted.
  package static func step(
    _ sets: RowSets, times: @autoclosure () -> Slab<Int64>, owners: Slab<Int32>, _ bounds: Bounds, states: [UInt8],
    own: [Slab<Int32>], hadTie: inout [UInt8]
  ) -> Found {
    var found = Found(
      rows: [Int32](repeating: -1, count: states.count), times: [Int64](repeating: .max, count: states.count), tied: 0)
    guard !sets.rows.isEmpty else { return found }
    if let near = sets.times {
      step(sets, near.values, NearTime(offset: near.offset), owners, bounds, states, own, &hadTie, &found)
    } else {
      step(sets, times(), FarTime(), owners, bounds, states, own, &hadTie, &found)
    }
    return found
  }

  @inline(__always)
  private static func step<Form: TimeForm>(
    _ sets: RowSets, _ times: Slab<Form.Time>, _ form: Form, _ owners: Slab<Int32>, _ bounds: Bounds,
    _ states: [UInt8], _ own: [Slab<Int32>], _ hadTie: inout [UInt8], _ found: inout Found
  ) {
    let total = times.isConstant ? 0 : times.count
    var tied = 0
    found.rows.withMutableBase { out in
      found.times.withMutableBase { outTimes in
        hadTie.withMutableBase { hadTie in
          states.withUnsafeBufferPointer { states in
            sets.offsets.withUnsafeBufferPointer { offsets in
              _ = sets.rows.withView { rows in
                times.withView { times in
                  owners.withView { owners in
                    bounds.withViews { same, later, last in
                      var (lastOwner, lastBound, lastPlace) = (-1, Form.least, 0)
                      for index in 0..<states.count where states[index] == SequenceKernels.State.going {
                        let owner = Int(owners[index])
                        guard owner >= 0, owner &+ 1 < offsets.count else { continue }
                        let (start, end) = (Int(offsets[owner]), Int(offsets[owner &+ 1]))
                        let moment = same[index]
                        let bound = form.near(later.map { $0[index] } ?? (moment == .max ? .max : moment &+ 1))
                        let from = owner == lastOwner && bound >= lastBound ? lastPlace : start
                        let next = form.first(notBefore: bound, in: times, from: from, to: end, total)
                        (lastOwner, lastBound, lastPlace) = (owner, bound, next)
                        if next > start, times[next &- 1] >= form.near(moment), hadTie[index] == 0 {
                          var first = next &- 1
                          while first > start, times[first &- 1] >= form.near(moment) { first &-= 1 }
                          if hasOthers(rows, first..<next, than: own, of: index) {
                            hadTie[index] = 1
                            tied &+= 1
                          }
                        }
                        if next < end, times[next] <= form.nearLast(last[index]) {
                          out[index] = rows[next]
                          outTimes[index] = form.time(times[next])
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    found.tied = tied
  }

  /// Whether a candidate at some places is none of a match's own events.
  private static func hasOthers(
    _ rows: SlabView<Int32>, _ places: Range<Int>, than own: [Slab<Int32>], of match: Int
  ) -> Bool {
    // Own events are few; of more candidates than these one is another's.
    guard places.count <= own.count else { return true }
    return places.contains { place in !own.contains { $0[match] == rows[place] } }
  }
}

/// How times lie and are compared.
private protocol TimeForm {
  associatedtype Time: Comparable & Sendable
  static var least: Time { get }
  /// A bound among the times; `Int64.max` finds what has no time.
  func near(_ bound: Int64) -> Time
  /// The last time inside a window: before all that has none.
  func nearLast(_ bound: Int64) -> Time
  func time(_ near: Time) -> Int64
  /// The first place from one up to another whose time is not before a bound. `total`: how many times there are.
  func first(notBefore bound: Time, in times: SlabView<Time>, from: Int, to end: Int, _ total: Int) -> Int
}

/// Times less an offset that leaves them small.
private struct NearTime: TimeForm {
  let offset: Int64
  static var least: Int32 { .min }

  @inline(__always)
  func near(_ bound: Int64) -> Int32 {
    bound == .max ? .max : nearLast(bound)
  }

  @inline(__always)
  func nearLast(_ bound: Int64) -> Int32 {
    let (near, overflow) = bound.subtractingReportingOverflow(offset)
    if overflow { return bound < 0 ? .min : .max - 1 }
    return Int32(truncatingIfNeeded: max(Int64(Int32.min), min(near, Int64(Int32.max - 1))))
  }

  @inline(__always)
  func time(_ near: Int32) -> Int64 { Int64(near) &+ offset }

  @inline(__always)
  func first(notBefore bound: Int32, in times: SlabView<Int32>, from: Int, to end: Int, _ total: Int) -> Int {
    guard from < end else { return from }
    guard from &+ 8 <= total else { return TimeSearch.gallop(notBefore: bound, in: times, from: from, to: end) }
    let eight = UnsafeRawPointer(times.base + from).loadUnaligned(as: SIMD8<Int32>.self)
    // What lies behind the set's end is another's.
    let inside = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .< SIMD8<Int32>(repeating: Int32(clamping: end &- from))
    let earlier = (eight .< SIMD8<Int32>(repeating: bound)) .& inside
    let count = SIMD8<Int32>(repeating: 0).replacing(with: 1, where: earlier).wrappedSum()
    if count < 8 { return from &+ Int(count) }
    return TimeSearch.gallop(notBefore: bound, in: times, from: from &+ 8, to: end)
  }
}

/// Times as they are.
private struct FarTime: TimeForm {
  static var least: Int64 { .min }
  @inline(__always)
  func near(_ bound: Int64) -> Int64 { bound }
  @inline(__always)
  func nearLast(_ bound: Int64) -> Int64 { min(bound, .max - 1) }
  @inline(__always)
  func time(_ near: Int64) -> Int64 { near }
  @inline(__always)
  func first(notBefore bound: Int64, in times: SlabView<Int64>, from: Int, to end: Int, _ total: Int) -> Int {
    TimeSearch.gallop(notBefore: bound, in: times, from: from, to: end)
  }
}

extension TimeSearch {
  /// The first place whose time is not before a bound, by growing steps and then halving.
  @inline(__always)
  fileprivate static func gallop<Time: Comparable>(
    notBefore bound: Time, in times: SlabView<Time>, from: Int, to end: Int
  ) -> Int {
    var low = from
    var width = 1
    var probe = low
    while probe < end, times[probe] < bound {
      low = probe &+ 1
      probe &+= width
      width &*= 2
    }
    var high = min(probe, end)
    while low < high {
      let middle = low &+ (high &- low) / 2
      if times[middle] < bound { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
