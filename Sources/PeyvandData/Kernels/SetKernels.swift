import PeyvandBase

/// Sets of records, one a row, one after the other: made, narrowed, joined.
package enum SetKernels {
  /// For each element the row of its set.
  package static func owners(_ offsets: [Int32]) -> Slab<Int32> {
    let count = offsets.count - 1
    guard count > 0, let total = offsets.last, total > 0 else { return Slab([]) }
    if count == 1 { return Slab(repeating: 0, count: Int(total)) }
    return Slab(Places.owners(offsets))
  }

  /// Whether those that are there (not −1) rise.
  package static func areRising(_ rows: Slab<Int32>) -> Bool {
    rows.withElements(
      { base, step in
        var (last, falls): (Int32, Int32) = (-1, 0)
        for index in 0..<rows.count {
          let row = base[index &* step]
          // What is there has no sign; which are there is chance.
          falls |= ~(row >> 31) & (row &- last &- 1)
          last = max(last, row)
        }
        return falls >= 0
      }, empty: true)
  }

  /// The elements for which `keep` is 1.
  package static func filtered(_ sets: RowSets, by keep: Slab<UInt8>) -> RowSets {
    if keep.isConstant {
      return keep[0] == 1 ? sets : empty(count: sets.count, family: sets.family)
    }
    guard sets.rows.count == keep.count, sets.count > 0, !isAll(keep) else { return sets }
    let times = sets.times.map { RowSets.Times(values: Slab(compressed($0.values, by: keep)), offset: $0.offset) }
    return RowSets(
      offsets: keptBefore(sets.offsets, keep), rows: Slab(compressed(sets.rows, by: keep)), family: sets.family,
      times: times)
  }

  private static func isAll(_ keep: Slab<UInt8>) -> Bool {
    keep.withView { keep_ in
      var all: UInt8 = 1
      for place in 0..<keep.count { all &= keep_.base[place] }
      return all == 1
    } ?? true
  }

  /// How many elements are kept before each offset. Counted eight at a time over all sets together, since sets are
  /// mostly short.
  static func keptBefore(_ offsets: [Int32], _ keep: Slab<UInt8>) -> [Int32] {
    let before: [Int32] = filled(keep.count / 8 + 1) { out in
      out[0] = 0
      keep.withElements(
        { keep_, _ in
          let raw = UnsafeRawPointer(keep_)
          var kept: Int32 = 0
          for block in 0..<keep.count / 8 {
            let bits = raw.loadUnaligned(fromByteOffset: block &* 8, as: UInt64.self) & 0x0101_0101_0101_0101
            kept &+= Int32(truncatingIfNeeded: (bits &* 0x0101_0101_0101_0101) >> 56)
            out[block &+ 1] = kept
          }
        }, empty: ())
    }
    let count = keep.count
    return before.withUnsafeBufferPointer { before in
      keep.withElements(
        { keep, _ in
          let raw = UnsafeRawPointer(keep)
          return filled(offsets.count) { out in
            offsets.withUnsafeBufferPointer { offsets in
              for index in 0..<offsets.count {
                let offset = Int(offsets[index])
                var kept = before[offset >> 3]
                var place = offset & ~7
                if place &+ 8 <= count {
                  // Of the eight that the offset lies in those before it.
                  let eight = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x0101_0101_0101_0101
                  let mine = eight & ((1 << (UInt64(offset & 7) << 3)) &- 1)
                  kept &+= Int32(truncatingIfNeeded: (mine &* 0x0101_0101_0101_0101) >> 56)
                } else {
                  while place < offset {
                    kept &+= Int32(keep[place] & 1)
                    place &+= 1
                  }
                }
                out[index] = kept
              }
            }
          }
        }, empty: offsets)
    }
  }

  private static func compressed(_ values: Slab<Int32>, by keep: Slab<UInt8>) -> [Int32] {
    let count = min(values.count, keep.count)
    return [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let out = buffer.baseAddress else { return }
      initialized = values.withElements(
        { values, step in
          keep.withElements(
            { keep, _ in
              var kept = 0
              for place in 0..<count {
                out[kept] = values[place &* step]
                kept &+= Int(keep[place] & 1)
              }
              return kept
            }, empty: 0)
        }, empty: 0)
    }
  }

  /// The places that a mask keeps.
  package static func places(_ keep: Slab<UInt8>) -> [Int32] {
    if keep.isConstant { return keep[0] == 1 ? rows(0..<keep.count) : [] }
    return written(keep.count, slack: Compaction.slack) { out in
      keep.withView { Compaction.kept($0.base, keep.count, into: out) } ?? 0
    }
  }

  package static func empty(count: Int, family: KindID) -> RowSets {
    RowSets(offsets: [Int32](repeating: 0, count: count + 1), rows: Slab([]), family: family)
  }

  /// One record a set, or none where it is −1.
  package static func singles(_ rows: Slab<Int32>, family: KindID) -> RowSets {
    let ones = RowSets(offsets: ramp(rows.count), rows: rows.isConstant ? Slab(rows.array) : rows, family: family)
    guard let mask = Presence.ofRows(rows) else { return ones }
    return filtered(ones, by: mask.isConstant ? Slab(mask.array) : mask)
  }

  /// 0, 1, …, count.
  package static func ramp(_ count: Int) -> [Int32] {
    filled(count + 1) { out in for index in 0...count { out[index] = Int32(truncatingIfNeeded: index) } }
  }

  /// Consecutive rows.
  package static func rows(_ range: Range<Int>) -> [Int32] {
    filled(range.count) { out in
      for index in 0..<range.count { out[index] = Int32(truncatingIfNeeded: range.lowerBound &+ index) }
    }
  }

  /// The same set for each of `count` rows.
  package static func repeated(_ rows: [Int32], count: Int, family: KindID) -> RowSets {
    let offsets: [Int32] = filled(count + 1) { out in
      for index in 0...count { out[index] = Int32(truncatingIfNeeded: index &* rows.count) }
    }
    guard count != 1 else { return RowSets(offsets: offsets, rows: Slab(rows), family: family) }
    var all: [Int32] = []
    all.reserveCapacity(rows.count * count)
    for _ in 0..<max(0, count) { all += rows }
    return RowSets(offsets: offsets, rows: Slab(all), family: family)
  }

  /// How many elements the slices of the targets have together.
  package static func size(_ adjacency: Adjacency, of targets: Slab<Int32>) -> Int {
    let limit = adjacency.offsets.count - 1
    return targets.withElements(
      { targets0, step in
        adjacency.offsets.withUnsafeBufferPointer { offsets in
          var size = 0
          for index in 0..<targets.count {
            let target = Int(targets0[index &* step]) &- Int(adjacency.first)
            if target >= 0, target < limit { size &+= Int(offsets[target &+ 1]) &- Int(offsets[target]) }
          }
          return size
        }
      }, empty: 0)
  }

  /// For each target the rows that refer to it, with their times where these are given. Targets that follow on one
  /// another share one stretch, read where it lies.
  package static func slices(
    _ adjacency: Adjacency, of targets: Slab<Int32>, family: KindID, times: TimelineTimes? = nil
  ) -> RowSets {
    let limit = adjacency.offsets.count - 1
    if let first = targets[0].map({ Int($0) - Int(adjacency.first) }), first >= 0, first + targets.count <= limit,
      Gathering.isRun(targets)
    {
      let start = adjacency.offsets[first]
      let offsets: [Int32] = filled(targets.count + 1) { out in
        adjacency.offsets.withUnsafeBufferPointer { all in
          for index in 0...targets.count { out[index] = all[first + index] &- start }
        }
      }
      let end = adjacency.offsets[first + targets.count]
      let stretch = Int(start)..<Int(max(start, end))
      return RowSets(
        offsets: offsets, rows: Slab(adjacency.rows, stretch), family: family,
        times: times.map { RowSets.Times(values: Slab($0.times, stretch), offset: $0.offset) })
    }
    let (offsets, starts) = stretches(adjacency, of: targets)
    return RowSets(
      offsets: offsets, rows: Slab(joined(adjacency.rows, starts, offsets)), family: family,
      times: times.map { RowSets.Times(values: Slab(joined($0.times, starts, offsets)), offset: $0.offset) })
  }

  /// Where the slice of each target begins, and the offsets of all slices one after the other.
  private static func stretches(_ adjacency: Adjacency, of targets: Slab<Int32>) -> (offsets: [Int32], starts: [Int32])
  {
    let limit = UInt(bitPattern: max(0, adjacency.offsets.count - 1))
    var offsets = [Int32](repeating: 0, count: targets.count + 1)
    let starts: [Int32] = filled(targets.count) { out in
      targets.withElements(
        { targets_, step in
          adjacency.offsets.withUnsafeBufferPointer { all in
            offsets.withUnsafeMutableBufferPointer { offsets in
              var end: Int32 = 0
              for index in 0..<targets.count {
                let target = UInt(bitPattern: Int(targets_[index &* step]) &- Int(adjacency.first))
                let isThere = target < limit
                let start = isThere ? all[Int(bitPattern: target)] : 0
                out[index] = start
                end &+= isThere ? all[Int(bitPattern: target) &+ 1] &- start : 0
                offsets[index &+ 1] = end
              }
            }
          }
        }, empty: ())
    }
    return (offsets, starts)
  }

  /// Stretches of one array, one after the other: eight at a time, since most are short; what is too much the next
  /// stretch writes over.
  private static func joined(_ values: UnsafeBufferPointer<Int32>, _ starts: [Int32], _ offsets: [Int32]) -> [Int32] {
    guard let total = offsets.last, total > 0 else { return [] }
    return written(Int(total), slack: 8) { out in
      offsets.withUnsafeBufferPointer { offsets in
        let raw = UnsafeRawBufferPointer(values)
        for index in 0..<min(starts.count, offsets.count &- 1) {
          var place = Int(offsets[index])
          let end = Int(offsets[index &+ 1])
          var from = Int(starts[index])
          while place < end, from &+ 8 <= values.count {
            let eight = raw.loadUnaligned(fromByteOffset: from &* 4, as: SIMD8<Int32>.self)
            UnsafeMutableRawPointer(out + place).storeBytes(of: eight, as: SIMD8<Int32>.self)
            place &+= 8
            from &+= 8
          }
          while place < end {
            out[place] = values[from]
            place &+= 1
            from &+= 1
          }
        }
      }
      return Int(total)
    }
  }

  private static func joined(_ values: [Int32], _ starts: [Int32], _ offsets: [Int32]) -> [Int32] {
    values.withUnsafeBufferPointer { joined($0, starts, offsets) }
  }

  /// The offsets of the sets of sets: what each outer row's inner sets hold together.
  package static func composed(_ outer: [Int32], _ inner: [Int32]) -> [Int32] {
    outer.map { inner.indices.contains(Int($0)) ? inner[Int($0)] : 0 }
  }

  // MARK: Order

  /// Each set in its order, each record once. `places` says each row's place where rows do not stand in order;
  /// `order` the rows by place. Sets that are in order already cost a look.
  package static func normalized(_ sets: RowSets, places: [Int32]?, order: [Int32]?, base: Int) -> RowSets {
    if let places, let order { return throughPlaces(sets, places, order, base) }
    if isOrdered(sets.offsets, sets.rows) { return sets }
    var rows = sets.rows.array
    let offsets = sortAndReduce(sets.offsets, &rows)
    return RowSets(offsets: offsets, rows: Slab(rows), family: sets.family)
  }

  private static func throughPlaces(_ sets: RowSets, _ places: [Int32], _ order: [Int32], _ base: Int) -> RowSets {
    let keys = keyed(sets.rows, places, base)
    if isOrdered(sets.offsets, keys) { return sets }
    var sorted = keys.array
    let offsets = sortAndReduce(sets.offsets, &sorted)
    return RowSets(
      offsets: offsets, rows: Gathering.int32(Slab(order), at: Slab(sorted)), family: sets.family)
  }

  static func keyed(_ rows: Slab<Int32>, _ places: [Int32], _ base: Int) -> Slab<Int32> {
    places.withUnsafeBufferPointer { places in
      mapped(rows) { row in
        let place = Int(row) &- base
        return place >= 0 && place < places.count ? places[place] : row
      }
    }
  }

  static func isOrdered(_ offsets: [Int32], _ keys: Slab<Int32>) -> Bool {
    guard !keys.isConstant else { return keys.count <= 1 }
    return keys.withElements(
      { keys, _ in
        for set in 0..<max(0, offsets.count - 1) {
          var place = Int(offsets[set]) + 1
          while place < Int(offsets[set + 1]) {
            if keys[place - 1] >= keys[place] { return false }
            place += 1
          }
        }
        return true
      }, empty: true)
  }

  private static func sortAndReduce(_ offsets: [Int32], _ keys: inout [Int32]) -> [Int32] {
    var result = [Int32](repeating: 0, count: offsets.count)
    var kept = 0
    var bits = RowBits()
    // Records of a small kind lie so close that each set is marked in a few words.
    let span = NumberRange.of(Slab(keys)).flatMap { $0.count <= RowBits.closeCount ? $0 : nil }
    keys.withUnsafeMutableBufferPointer { keys in
      for set in 0..<max(0, offsets.count - 1) {
        let (start, end) = (Int(offsets[set]), Int(offsets[set + 1]))
        let first = kept
        if let span, end - start > 3, (end - start) * 128 >= span.count {
          bits.mark(UnsafeBufferPointer(rebasing: keys[start..<end]), within: span)
          bits.each {
            keys[kept] = span.lowerBound &+ $0; kept += 1
          }
          result[set + 1] = Int32(truncatingIfNeeded: kept)
          continue
        }
        if end - start > 24, let least = bits.mark(UnsafeBufferPointer(rebasing: keys[start..<end])) {
          // As many are left as there are different ones, and they are written no further than has been read.
          bits.each {
            keys[kept] = least &+ $0; kept += 1
          }
          result[set + 1] = Int32(truncatingIfNeeded: kept)
          continue
        }
        if end - start > 1 { sort(UnsafeMutableBufferPointer(rebasing: keys[start..<end])) }
        for place in start..<max(start, end) where kept == first || keys[kept - 1] != keys[place] {
          keys[kept] = keys[place]
          kept += 1
        }
        result[set + 1] = Int32(truncatingIfNeeded: kept)
      }
    }
    keys.removeLast(keys.count - kept)
    return result
  }

  private static func sort(_ keys: UnsafeMutableBufferPointer<Int32>) {
    var keys = keys
    guard keys.count <= 24 else { return keys.sort() }
    for index in 1..<keys.count {
      let key = keys[index]
      var place = index
      while place > 0, keys[place - 1] > key {
        keys[place] = keys[place - 1]
        place -= 1
      }
      keys[place] = key
    }
  }

  // MARK: Two sets

  /// The elements of both, set by set, first the one's then the other's.
  package static func joined(_ a: RowSets, _ b: RowSets) -> RowSets {
    let (left, right) = (a.rows.array, b.rows.array)
    var rows: [Int32] = []
    rows.reserveCapacity(left.count + right.count)
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(a.offsets.count)
    for set in 0..<min(a.count, b.count) {
      rows += left[Int(a.offsets[set])..<Int(a.offsets[set + 1])]
      rows += right[Int(b.offsets[set])..<Int(b.offsets[set + 1])]
      offsets.append(Int32(clamping: rows.count))
    }
    return RowSets(offsets: offsets, rows: Slab(rows), family: a.family)
  }

  /// The elements of `a` that `b` has not; both sets rising by row.
  package static func difference(_ a: RowSets, _ b: RowSets) -> RowSets {
    let (left, right) = (a.rows.array, b.rows.array)
    var keep = [UInt8](repeating: 1, count: left.count)
    for set in 0..<min(a.count, b.count) {
      var other = Int(b.offsets[set])
      for place in Int(a.offsets[set])..<Int(a.offsets[set + 1]) {
        while other < Int(b.offsets[set + 1]), right[other] < left[place] { other += 1 }
        if other < Int(b.offsets[set + 1]), right[other] == left[place] { keep[place] = 0 }
      }
    }
    return filtered(a, by: Slab(keep))
  }

  /// The part of each set from one place to another (places within all elements).
  package static func parts(_ sets: RowSets, from: [Int32], to: [Int32]) -> RowSets {
    let count = min(from.count, to.count)
    if count == 1, from[0] <= to[0] {
      let part = sets.rows.slice(Int(from[0])..<Int(to[0]))
      return RowSets(
        offsets: [0, Int32(clamping: part.count)], rows: part, family: sets.family,
        times: sets.times.map { RowSets.Times(values: $0.values.slice(Int(from[0])..<Int(to[0])), offset: $0.offset) })
    }
    var offsets = [Int32](repeating: 0, count: count + 1)
    for set in 0..<count { offsets[set + 1] = offsets[set] &+ max(0, to[set] &- from[set]) }
    let rows = sets.rows.withFlat { joined($0, from, offsets) }
    return RowSets(offsets: offsets, rows: Slab(rows), family: sets.family)
  }

  /// Where the set of each owner begins; 0 for no set.
  package static func starts(of sets: RowSets, _ owners: Slab<Int32>) -> [Int32] {
    sets.offsets.withUnsafeBufferPointer { offsets in
      mapped(owners) { owner in
        owner >= 0 && Int(owner) &+ 1 < offsets.count ? offsets[Int(owner)] : 0
      }.array
    }
  }

  /// Where the set of each owner ends; 0 for no set.
  package static func ends(of sets: RowSets, _ owners: Slab<Int32>) -> [Int32] {
    sets.offsets.withUnsafeBufferPointer { offsets in
      mapped(owners) { owner in
        owner >= 0 && Int(owner) &+ 1 < offsets.count ? offsets[Int(owner) &+ 1] : 0
      }.array
    }
  }

  /// The number of each target's timeline; −1 where it has none.
  package static func places(of targets: Slab<Int32>, in adjacency: Adjacency) -> Slab<Int32> {
    let (first, limit) = (Int(adjacency.first), UInt(bitPattern: max(0, adjacency.offsets.count - 1)))
    return mapped(targets) { target in
      let place = Int(target) &- first
      return UInt(bitPattern: place) < limit ? Int32(truncatingIfNeeded: place) : -1
    }
  }

  /// The first or last of each set, −1 where it is empty.
  package static func picks(_ sets: RowSets, last: Bool) -> Slab<Int32> {
    Slab(
      filled(sets.count) { out in
        sets.offsets.withUnsafeBufferPointer { offsets in
          sets.rows.withElements(
            { rows, step in
              for set in 0..<sets.count {
                // Which sets are empty is chance, so that is told in bits.
                let isFull = (offsets[set] &- offsets[set &+ 1]) >> 31
                let place = (last ? offsets[set &+ 1] &- 1 : offsets[set]) & isFull
                out[set] = rows[Int(place) &* step] | ~isFull
              }
            }, empty: { for set in 0..<sets.count { out[set] = -1 } }())
        }
      })
  }

  /// `value` where the mask is 1.
  package static func replaced(_ values: Slab<Int32>, by value: Int32, where mask: Slab<UInt8>) -> Slab<Int32> {
    mapped(values, mask) { $1 == 1 ? value : $0 }
  }

  /// `value` where the mask is 0.
  package static func replaced(_ bytes: Slab<UInt8>, by value: UInt8, whereNot mask: Slab<UInt8>?) -> Slab<UInt8> {
    mask.map { mapped(bytes, $0) { $1 == 0 ? value : $0 } } ?? bytes
  }

  /// 1 where a row is in any of the ranges.
  package static func within(_ rows: Slab<Int32>, _ ranges: [Range<Int>]) -> Slab<UInt8> {
    guard let first = ranges.first else { return Slab(repeating: 0, count: rows.count) }
    return ranges.dropFirst().reduce(within(rows, first)) { mapped($0, within(rows, $1)) { $0 | $1 } }
  }

  /// The place of each row of a stretch in an order of its rows.
  package static func places(ofOrder order: [Int32], base: Int) -> [Int32] {
    var places = [Int32](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() {
      let at = Int(row) - base
      if places.indices.contains(at) { places[at] = Int32(clamping: place) }
    }
    return places
  }

  /// Each set in the order of rows, each record once.
  package static func byRow(_ sets: RowSets) -> RowSets {
    normalized(sets, places: nil, order: nil, base: 0)
  }

  /// Ends drawn to their starts where the mask is 0, so that nothing is left.
  package static func closed(_ ends: [Int32], to starts: [Int32], where mask: Slab<UInt8>) -> [Int32] {
    ends.indices.map { mask[$0] == 0 && starts.indices.contains($0) ? starts[$0] : ends[$0] }
  }

  /// One value for another.
  package static func swapped(_ values: Slab<Int64>, _ old: Int64, for new: Int64) -> Slab<Int64> {
    mapped(values) { $0 == old ? new : $0 }
  }

  /// How many sets have more than one element.
  package static func countSeveral(_ offsets: [Int32]) -> Int {
    var several = 0
    for set in 0..<max(0, offsets.count - 1) where offsets[set + 1] &- offsets[set] > 1 { several += 1 }
    return several
  }

  /// Of each set the element with the latest time, of equal ones the last; those without time (`Int64.max`) are
  /// the earliest. −1 where the set is empty.
  package static func latest(_ sets: RowSets, times: Slab<Int64>) -> Slab<Int32> {
    Slab(
      (0..<sets.count).map { set in
        var best: Int32 = -1
        var bestTime = Int64.min
        for place in Int(sets.offsets[set])..<Int(sets.offsets[set + 1]) {
          guard let row = sets.rows[place], let known = times[place] else { continue }
          let time = known == .max ? .min : known
          if time >= bestTime {
            best = row
            bestTime = time
          }
        }
        return best
      })
  }

  /// The elements of sets that are not the one chosen of each.
  package static func others(than chosen: Slab<Int32>, in sets: RowSets) -> Set<Int32> {
    var others: Set<Int32> = []
    for set in 0..<sets.count where sets.offsets[set + 1] &- sets.offsets[set] > 1 {
      for place in Int(sets.offsets[set])..<Int(sets.offsets[set + 1]) {
        if let row = sets.rows[place], row != chosen[set] { others.insert(row) }
      }
    }
    return others
  }

  /// 0, 1, 2, …, but −1 where the mask is 0.
  package static func hidden(where mask: Slab<UInt8>) -> Slab<Int32> {
    let all = Slab(rows(0..<mask.count))
    return mapped(all, mask) { $1 == 0 ? -1 : $0 }
  }

  /// 1 where a row is in the range; −1 is in none.
  package static func within(_ rows: Slab<Int32>, _ range: Range<Int>) -> Slab<UInt8> {
    // Rows as they lie are most often all of one kind.
    if rows.isRising, Gathering.isRun(rows), let first = rows[0], first >= 0 {
      let run = Int(first)..<Int(first) + rows.count
      let inside = run.clamped(to: range)
      if inside.isEmpty || inside == run { return Slab(repeating: inside.isEmpty ? 0 : 1, count: rows.count) }
    }
    let first = Int32(clamping: max(0, range.lowerBound))
    let width = UInt32(clamping: max(0, range.upperBound - Int(first)))
    // One comparison: what is below the first wraps round to a large number, and so does −1.
    return mapped(rows) { $0 >= 0 && UInt32(bitPattern: $0 &- first) < width ? 1 : 0 }
  }

  /// Element by element of `counts` how long each set is.
  package static func lengths(_ offsets: [Int32]) -> Slab<Double> {
    let count = max(0, offsets.count - 1)
    return Slab(
      filled(count) { out in
        offsets.withUnsafeBufferPointer { offsets in
          for set in 0..<count { out[set] = Double(offsets[set &+ 1] &- offsets[set]) }
        }
      })
  }
}
