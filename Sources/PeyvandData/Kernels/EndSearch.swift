/// The first or the last element of each set that a condition keeps, sought from that end on.
///
/// Whoever asks puts the condition to a few elements of each set (`next`, `take`), then to more of the sets where it kept
/// none, so that of long sets few elements are looked at and none twice. Each round costs the number of sets, and there
/// are as many as the logarithm of the longest search.
package struct EndSearch {
  private let sets: RowSets
  private let isLast: Bool
  /// What has not been looked at: places among all elements.
  private var from: [Int32]
  private var to: [Int32]
  /// Where the element is; −1 as long as there is none.
  private var found: [Int32]
  private var size: Int32
  /// What was given to look at: where it stands among all elements, and where each set's begin in it.
  private var block: (from: [Int32], offsets: [Int32]) = ([], [])

  /// - Parameters:
  ///   - sets: what the places `from` ..< `to` of each set lie in; as many sets as there are places.
  ///   - isLast: whether the last is sought.
  package init(_ sets: RowSets, from: [Int32], to: [Int32], isLast: Bool) {
    let count = min(from.count, to.count)
    let starts = Array(from.prefix(count))
    let ends = starts.indices.map { max(starts[$0], to[$0]) }
    let all = starts.indices.reduce(0) { $0 + Int(ends[$1]) - Int(starts[$1]) }
    self.sets = sets
    self.isLast = isLast
    (self.from, self.to) = (starts, ends)
    found = [Int32](repeating: -1, count: count)
    // Short sets are looked at as a whole: a round costs more than their elements.
    size = all > count * 8 ? 4 : .max
  }

  /// The elements to look at now, for each set; nil when all have been found or have no more.
  package mutating func next() -> RowSets? {
    var ends: [Int32] = []
    var all: Int32 = 0
    let starts: [Int32] = filled(found.count) { starts in
      ends = filled(found.count) { ends in
        for set in found.indices {
          // Which sets are still sought, and how much is left of them, is chance: so that is told in bits.
          let open = found[set] >> 31
          let count = min((to[set] &- from[set]) & open, size)
          starts[set] = isLast ? to[set] &- count : from[set]
          ends[set] = starts[set] &+ count
          all |= count
        }
      }
    }
    guard all != 0 else { return nil }
    size = size.multipliedReportingOverflow(by: 4).overflow ? .max : size * 4
    let elements = SetKernels.parts(sets, from: starts, to: ends)
    block = (starts, elements.offsets)
    return elements
  }

  /// Takes what the condition said of the elements that `next` gave: 1 for those it keeps.
  package mutating func take(_ kept: Slab<UInt8>) {
    let kept = kept.isConstant ? Slab(kept.array) : kept
    guard kept.count == Int(block.offsets.last ?? 0) else { return }
    // One behind the last, so that a set without any has something to read.
    let places = SetKernels.places(kept) + [0]
    let before = SetKernels.keptBefore(block.offsets, kept)
    places.withBase { places in
      for set in found.indices {
        let isFound = (before[set] &- before[set &+ 1]) >> 31
        let place = places[Int((isLast ? before[set &+ 1] &- 1 : before[set]) & isFound)]
        // What was found before stays: then nothing of the set was given.
        found[set] = (block.from[set] &+ place &- block.offsets[set]) & isFound | found[set] & ~isFound
        let count = block.offsets[set &+ 1] &- block.offsets[set]
        if isLast { to[set] &-= count } else { from[set] &+= count }
      }
    }
  }

  /// The rows that were found; −1 where there is none.
  package var rows: Slab<Int32> { Gathering.int32(sets.rows, at: Slab(found)) }

  /// When they took place, where that came with the sets.
  package var times: RowSets.Times? {
    sets.times.map { times in
      RowSets.Times(
        values: Gathering.int32(times.values, at: Slab(found), nought: TimelineTimes.none), offset: times.offset)
    }
  }
}
