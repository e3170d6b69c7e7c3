/// One step of many sequences at once: of each match the earliest event of its candidates that is later than the moment
/// before and inside the window.
///
/// Candidates stand set by set in time order, and first events of one set stand together and mostly in order too, so
/// nothing is ever compared with everything; and which candidate it is, is told without a branch that nobody could
/// foretell.
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
    } else if let near = sets.times, near.offset > 0 {
      step(sets, near.values, NearTime(offset: near.offset), matches, areInOrder, bounds, states, own, &hadTie, &found)
    } else {
      step(sets, times(), FarTime(), matches, areInOrder, bounds, states, own, &hadTie, &found)
    }
    return found
  }

  /// Loops with little in hand each: from when on the candidates of each match are late enough, which of them is the
  /// first, its time and its record, and whether that is inside the window.
  @inline(__always)
  private static func step<Form: TimeForm>(
    _ sets: RowSets, _ times: Slab<Form.Time>, _ form: Form, _ matches: [Int32]?, _ areInOrder: Bool, _ bounds: Bounds,
    _ states: [UInt8], _ own: [Slab<Int32>], _ hadTie: inout [UInt8], _ found: inout Found
  ) {
    let times = times.isConstant ? Slab(times.array) : times
    let rows = sets.rows.isConstant ? Slab(sets.rows.array) : sets.rows
    let later = starts(bounds.later ?? bounds.same, form, states, later: bounds.later == nil ? 1 : 0)
    let same = bounds.later == nil ? [] : starts(bounds.same, form, states, later: 0)
    let ends = starts(bounds.last, form, states, later: 1)
    var places = [Int32](repeating: -1, count: states.count)
    var tied = 0
    _ = times.withView { times in
      rows.withView { rows in
        hadTie.withMutableBase { hadTie in
          places.withMutableBase { places in
            later.withBase { later in
              same.withUnsafeBufferPointer { same in
                var search = PlaceSearch(
                  form: form, times: times.base, total: sets.rows.count, count: states.count, later: later,
                  same: same.baseAddress ?? later, isRightBefore: same.isEmpty, isInOrder: areInOrder, rows: rows,
                  own: own, hadTie: hadTie, out: places)
                search.run(sets.offsets, matches)
                tied = search.tied
              }
            }
          }
        }
      }
    }
    found.tied = tied
    take(places, times, rows, form, later: later, ends: ends, &found)
  }

  /// The records and times at some places, where they are inside. It is told in bits, without a branch, since nobody
  /// could foretell it.
  @inline(__always)
  private static func take<Form: TimeForm>(
    _ places: [Int32], _ times: Slab<Form.Time>, _ rows: Slab<Int32>, _ form: Form, later: [Form.Time],
    ends: [Form.Time], _ found: inout Found
  ) {
    var own: [Form.Time] = []
    found.rows = filled(places.count) { out in
      own = filled(places.count) { outTimes in
        _ = times.withView { times in
          rows.withView { rows in
            places.withUnsafeBufferPointer { places in
              for match in 0..<places.count {
                let place = Int(places[match] & ~(places[match] >> 31))
                out[match] = rows.base[place]
                outTimes[match] = times.base[place]
              }
            }
          }
        }
      }
    }
    let count = places.count
    found.times = filled(count) { outTimes in
      _ = found.rows.withMutableBase { out in
        own.withBase { own in
          places.withBase { places in
            later.withBase { later in
              ends.withBase { ends in
                for match in 0..<count {
                  let mask = form.inside(own[match], ends[match], later[match], places[match])
                  out[match] |= ~mask
                  let none = ~Int64(mask)
                  outTimes[match] = (form.time(own[match]) | none) ^ (none & .min)
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
  private static func starts<Form: TimeForm>(_ bounds: Slab<Int64>, _ form: Form, _ states: [UInt8], later: Int64)
    -> [Form.Time]
  {
    filled(states.count) { out in
      states.withUnsafeBufferPointer { states in
        bounds.withElements(
          { bounds, step in
            for match in 0..<states.count {
              // Going is nought.
              let isGoing = (Int32(states[match]) &- 1) >> 31
              out[match] = form.start(bounds[match &* step], later: later, isGoing: isGoing)
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
  let total: Int
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
  /// The place of each match's candidate; −1, which it holds before, for none.
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
        let sets = max(0, min(offsets.count, matches.count) &- 1)
        // Those with matches and candidates, found without a branch: which they are is chance.
        let full: [Int32] = written(sets, slack: 1) { out in
          var found = 0
          for set in 0..<sets {
            out[found] = Int32(truncatingIfNeeded: set)
            let haveMatches = matches[set] < matches[set &+ 1] ? 1 : 0
            found &+= haveMatches & (offsets[set] < offsets[set &+ 1] ? 1 : 0)
          }
          return found
        }
        for set in full {
          let index = Int(set)
          let (start, end) = (Int(matches[index]), min(Int(matches[index &+ 1]), count))
          guard start < end else { continue }
          self.set(start..<end, Int(offsets[index])..<Int(offsets[index &+ 1]))
        }
      }
    }
  }

  /// The matches of one set. A set of few candidates is held in registers, and counted how many of it are too early;
  /// where there are about as many matches both are gone through in step; in a long set each search goes on from where
  /// the last one ended.
  @inline(__always)
  private mutating func set(_ matches: Range<Int>, _ places: Range<Int>) {
    let (form, same) = (form, same)
    let haveSame =
      if isRightBefore {
        search(matches, places) { time, bound, _ in form.isNext(time, bound) }
      } else {
        search(matches, places) { time, _, match in same[match] <= time ? 1 : 0 }
      }
    if haveSame == 1 { markTies(of: matches, places) }
  }

  /// - Parameter isSame: 1 where a time that is too early for a match is of the very moment before.
  /// - Returns: 1 where there is such a one.
  @inline(__always)
  private func search(
    _ matches: Range<Int>, _ places: Range<Int>, isSame: (_ time: Form.Time, _ bound: Form.Time, _ match: Int) -> Int
  ) -> Int {
    let (size, times) = (places.count, times + places.lowerBound)
    var haveSame = 0
    @inline(__always) func put(_ match: Int, _ count: Int, _ bound: Form.Time) {
      out[match] = count < size ? Int32(truncatingIfNeeded: places.lowerBound &+ count) : -1
      haveSame |= (count > 0 ? 1 : 0) & isSame(times[max(count &- 1, 0)], bound, match)
    }
    if size == 0 { return 0 }
    if size <= Form.blockSize, places.lowerBound &+ Form.blockSize <= total {
      let block = form.block(at: times, count: size)
      for match in matches {
        let bound = later[match]
        put(match, form.countEarlier(than: bound, in: block), bound)
      }
      return haveSame
    }
    if isInOrder, size <= 2 &* matches.count { return merge(matches, places, isSame: isSame) }
    var (lastBound, lastCount) = (Form.least, 0)
    for match in matches {
      let bound = later[match]
      if bound == Form.least { continue }
      let from = bound >= lastBound ? lastCount : 0
      let count = form.countEarlier(than: bound, in: times, from: from, to: size, total &- places.lowerBound)
      (lastBound, lastCount) = (bound, count)
      put(match, count, bound)
    }
    return haveSame
  }

  /// Both in step: each look takes a candidate that is too early or is done with a match, and which of the two is told
  /// without a branch, in whole numbers, which stay such when compiled.
  @inline(__always)
  private func merge(
    _ matches: Range<Int>, _ places: Range<Int>, isSame: (_ time: Form.Time, _ bound: Form.Time, _ match: Int) -> Int
  ) -> Int {
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
    // Where the last look took a candidate, the match is still to be found one.
    while match < matches.upperBound {
      out[match] = -1
      match &+= 1
    }
    return haveSame
  }

  private mutating func markTies(of matches: Range<Int>, _ places: Range<Int>) {
    for match in matches where later[match] > Form.least {
      let end = out[match] < 0 ? places.upperBound : Int(out[match])
      if end > places.lowerBound, isSame(times[end &- 1], match) { tie(match, places.lowerBound..<end) }
    }
  }

  /// Whether a time that is too early for a match is of the very moment before.
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
