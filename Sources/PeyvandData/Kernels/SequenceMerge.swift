/// One step of many sequences at once: of each match the earliest event of its candidates that is later than the moment
/// before and inside the window.
///
/// Candidates stand set by set in time order, and first events of one set stand together and mostly in order too: then
/// both are gone through in step, without a branch that nobody could foretell. Where matches are few beside their
/// candidates each search goes on from where the last one ended, in growing steps.
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
  }

  /// - Parameters:
  ///   - times: of the candidates, where these did not come with them.
  ///   - matches: of each set the places of its matches, which follow on one another; missing, each match has its own.
  ///   - areInOrder: whether the moments before of one set's matches never fall.
  ///   - own: the events of the steps before, of the candidates' family.
  ///   - hadTie: 1 for the matches that had a tie before; those of now are marked, and only they are counted.
  package static func step(
    _ sets: RowSets, times: @autoclosure () -> Slab<Int64>, matches: [Int32]?, areInOrder: Bool, _ bounds: Bounds,
    states: [UInt8], own: [Slab<Int32>], hadTie: inout [UInt8]
  ) -> Found {
    var found = Found(rows: [], times: [], tied: 0)
    if sets.rows.isEmpty {
      found.rows = [Int32](repeating: -1, count: states.count)
      found.times = [Int64](repeating: .max, count: states.count)
    } else if let near = sets.times {
      step(sets, near.values, NearTime(offset: near.offset), matches, areInOrder, bounds, states, own, &hadTie, &found)
    } else {
      step(sets, times(), FarTime(), matches, areInOrder, bounds, states, own, &hadTie, &found)
    }
    return found
  }

  /// Three loops, each with little in hand: from when on the candidates of each match are late enough, which of them is
  /// the first, and whether that is inside the window.
  @inline(__always)
  private static func step<Form: TimeForm>(
    _ sets: RowSets, _ times: Slab<Form.Time>, _ form: Form, _ matches: [Int32]?, _ areInOrder: Bool, _ bounds: Bounds,
    _ states: [UInt8], _ own: [Slab<Int32>], _ hadTie: inout [UInt8], _ found: inout Found
  ) {
    let times = times.isConstant ? Slab(times.array) : times
    let rows = sets.rows.isConstant ? Slab(sets.rows.array) : sets.rows
    let later = starts(bounds.later ?? bounds.same, form, states, isAfter: bounds.later == nil)
    let same = bounds.later == nil ? [] : starts(bounds.same, form, states, isAfter: false)
    var tied = 0
    let places = filled(states.count) { places in
      _ = times.withView { times in
        rows.withView { rows in
          hadTie.withMutableBase { hadTie in
            later.withBase { later in
              same.withUnsafeBufferPointer { same in
                var search = PlaceSearch(
                  form: form, times: times.base, count: states.count, later: later, same: same.baseAddress ?? later,
                  isRightBefore: same.isEmpty, isInOrder: areInOrder, rows: rows, own: own, hadTie: hadTie, out: places)
                search.run(sets.offsets, matches)
                tied = search.tied
              }
            }
          }
        }
      }
    }
    found.tied = tied
    found.times = filled(states.count) { outTimes in
      found.rows = filled(states.count) { out in
        _ = times.withView { times in
          rows.withView { rows in
            bounds.last.withView { last in
              places.withUnsafeBufferPointer { places in
                later.withUnsafeBufferPointer { later in
                  for match in 0..<places.count {
                    let place = Int(max(places[match], 0))
                    let (time, row) = (times.base[place], rows.base[place])
                    let wide = form.time(time)
                    // Told without a branch, since nobody could foretell it.
                    let isGoing: Int64 = later[match] > Form.least ? -1 : 0
                    let isThere: Int64 = time < Form.none ? -1 : 0
                    let isInside: Int64 = wide <= last[match] ? -1 : 0
                    let mask = ~Int64(places[match] >> 31) & isGoing & isThere & isInside
                    out[match] = row | Int32(truncatingIfNeeded: ~mask)
                    outTimes[match] = (wide & mask) | (.max & ~mask)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The bounds of matches among the times; of those that do not go on one that nothing is earlier than.
  @inline(__always)
  private static func starts<Form: TimeForm>(_ bounds: Slab<Int64>, _ form: Form, _ states: [UInt8], isAfter: Bool)
    -> [Form.Time]
  {
    filled(states.count) { out in
      states.withUnsafeBufferPointer { states in
        bounds.withElements(
          { bounds, step in
            for match in 0..<states.count {
              let near = form.near(bounds[match &* step])
              let bound = isAfter ? form.after(near) : near
              out[match] = states[match] == SequenceKernels.State.going && near < Form.none ? bound : Form.least
            }
          }, empty: ())
      }
    }
  }
}

/// The search for the first candidate of each match that is late enough.
private struct PlaceSearch<Form: TimeForm> {
  let form: Form
  let times: UnsafePointer<Form.Time>
  /// How many matches there are.
  let count: Int
  let later: UnsafePointer<Form.Time>
  /// From when on a candidate is of the moment before; not read where that is the one right before `later`.
  let same: UnsafePointer<Form.Time>
  let isRightBefore: Bool
  /// Whether the bounds of one set's matches never fall but where a match does not go on.
  let isInOrder: Bool
  let rows: SlabView<Int32>
  let own: [Slab<Int32>]
  let hadTie: UnsafeMutablePointer<UInt8>
  /// The place of each match's candidate; −1 for none.
  let out: UnsafeMutablePointer<Int32>
  var tied = 0

  @inline(__always)
  mutating func run(_ offsets: [Int32], _ matches: [Int32]?) {
    offsets.withUnsafeBufferPointer { offsets in
      guard let matches else {
        for match in 0..<count {
          let hasSet = match &+ 1 < offsets.count
          set(match..<match &+ 1, hasSet ? Int(offsets[match])..<Int(offsets[match &+ 1]) : 0..<0)
        }
        return
      }
      matches.withUnsafeBufferPointer { matches in
        var done = 0
        for index in 0..<max(0, min(offsets.count, matches.count) &- 1) {
          let end = min(Int(matches[index &+ 1]), count)
          guard done < end else { continue }
          set(done..<end, Int(offsets[index])..<Int(offsets[index &+ 1]))
          done = end
        }
        if done < count { set(done..<count, 0..<0) }
      }
    }
  }

  /// The matches of one set. Looking at each candidate once is best where there are about as many as matches.
  @inline(__always)
  private mutating func set(_ matches: Range<Int>, _ places: Range<Int>) {
    guard !isInOrder || places.count > 4 &* matches.count else {
      let (form, same) = (form, same)
      if isRightBefore {
        merge(matches, places) { time, bound, _ in form.isNext(time, bound) }
      } else {
        merge(matches, places) { time, _, match in same[match] <= time ? 1 : 0 }
      }
      return
    }
    var (lastBound, lastPlace) = (Form.least, places.lowerBound)
    for match in matches {
      let bound = later[match]
      if bound == Form.least {
        out[match] = -1
        continue
      }
      let from = bound >= lastBound ? lastPlace : places.lowerBound
      let place = TimeSearch.gallop(notBefore: bound, in: times, from: from, to: places.upperBound)
      (lastBound, lastPlace) = (bound, place)
      out[match] = place < places.upperBound ? Int32(truncatingIfNeeded: place) : -1
      if place > places.lowerBound, isSame(times[place &- 1], match) { tie(match, places.lowerBound..<place) }
    }
  }

  /// Both in step: each look takes a candidate that is too early or is done with a match, and which of the two is told
  /// without a branch, in whole numbers, which stay such when compiled.
  @inline(__always)
  private mutating func merge(
    _ matches: Range<Int>, _ places: Range<Int>, isSame: (_ time: Form.Time, _ bound: Form.Time, _ match: Int) -> Int
  ) {
    var (match, place) = (matches.lowerBound, places.lowerBound)
    var haveSame = 0
    while match < matches.upperBound, place < places.upperBound {
      let (bound, time) = (later[match], times[place])
      let isEarly = time < bound ? 1 : 0
      haveSame |= isEarly & isSame(time, bound, match)
      out[match] = Int32(truncatingIfNeeded: place)
      place &+= isEarly
      match &+= 1 &- isEarly
    }
    while match < matches.upperBound {
      out[match] = -1
      match &+= 1
    }
    guard haveSame == 1 else { return }
    for match in matches where later[match] > Form.least {
      let end = out[match] < 0 ? places.upperBound : Int(out[match])
      if end > places.lowerBound, self.isSame(times[end &- 1], match) { tie(match, places.lowerBound..<end) }
    }
  }

  /// Whether a time that is too early for a match is of the very moment before.
  @inline(__always)
  private func isSame(_ time: Form.Time, _ match: Int) -> Bool {
    isRightBefore ? form.isNext(time, later[match]) == 1 : time >= same[match]
  }

  /// Marks a match that has another's event of the same moment, which stands last of some places.
  @inline(never)
  private mutating func tie(_ match: Int, _ places: Range<Int>) {
    guard hadTie[match] == 0 else { return }
    var place = places.upperBound &- 1
    var count = 0
    repeat {
      var isOwn = false
      for slab in own where slab.storage[slab.start &+ match &* slab.stride] == rows[place] { isOwn = true }
      count &+= 1
      // Own events are few; of more candidates than these one is another's.
      if !isOwn || count > own.count {
        hadTie[match] = 1
        tied &+= 1
        return
      }
      place &-= 1
    } while place >= places.lowerBound && isSame(times[place], match)
  }
}

/// How times lie and are compared.
private protocol TimeForm {
  associatedtype Time: Comparable & Sendable
  static var least: Time { get }
  /// Of what has no time: behind all that has one.
  static var none: Time { get }
  /// A bound among the times; `Int64.max` finds what has no time.
  func near(_ bound: Int64) -> Time
  /// The bound right after a near moment.
  func after(_ moment: Time) -> Time
  /// 1 where a bound is the one right after a time.
  func isNext(_ time: Time, _ bound: Time) -> Int
  func time(_ near: Time) -> Int64
}

/// Times less an offset that leaves them small and not below nought.
private struct NearTime: TimeForm {
  let offset: Int64
  private let low: Int64
  private let high: Int64

  init(offset: Int64) {
    self.offset = offset
    low = offset == .min ? .min : offset &- 1
    let (high, overflow) = offset.addingReportingOverflow(Int64(TimelineTimes.none))
    self.high = overflow ? .max : high
  }

  static var least: Int32 { .min }
  static var none: Int32 { TimelineTimes.none }

  @inline(__always)
  func near(_ bound: Int64) -> Int32 { Int32(truncatingIfNeeded: min(max(bound, low), high) &- offset) }
  @inline(__always)
  func after(_ moment: Int32) -> Int32 { min(moment, .max &- 1) &+ 1 }
  @inline(__always)
  func isNext(_ time: Int32, _ bound: Int32) -> Int { bound &- time == 1 ? 1 : 0 }
  @inline(__always)
  func time(_ near: Int32) -> Int64 { Int64(near) &+ offset }
}

/// Times as they are.
private struct FarTime: TimeForm {
  static var least: Int64 { .min }
  static var none: Int64 { .max }
  @inline(__always)
  func near(_ bound: Int64) -> Int64 { bound }
  @inline(__always)
  func after(_ moment: Int64) -> Int64 { min(moment, .max &- 1) &+ 1 }
  @inline(__always)
  func isNext(_ time: Int64, _ bound: Int64) -> Int { bound &- time == 1 ? 1 : 0 }
  @inline(__always)
  func time(_ near: Int64) -> Int64 { near }
}

extension TimeSearch {
  /// The first place whose time is not before a bound, by growing steps and then halving.
  @inline(__always)
  fileprivate static func gallop<Time: Comparable>(
    notBefore bound: Time, in times: UnsafePointer<Time>, from: Int, to end: Int
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
