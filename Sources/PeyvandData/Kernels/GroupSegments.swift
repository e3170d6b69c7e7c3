/// The values of many batches put together by group: group `i` has the places `order[offsets[i]..<offsets[i + 1]]`.
package struct GroupSegments: Sendable {
  package private(set) var offsets: [Int32]
  package private(set) var order: [Int32]

  /// A stable counting sort by group; ids are below `groups`. Linear.
  package init(ids: [Int32], groups: Int) {
    let groups = max(0, groups)
    var starts = [Int32](repeating: 0, count: groups + 1)
    for id in ids where Int(id) < groups && id >= 0 { starts[Int(id) + 1] &+= 1 }
    for group in 0..<groups { starts[group + 1] &+= starts[group] }
    offsets = starts
    var order = [Int32](repeating: 0, count: Int(starts[groups]))
    for place in ids.indices where Int(ids[place]) < groups && ids[place] >= 0 {
      let group = Int(ids[place])
      order[Int(starts[group])] = Int32(truncatingIfNeeded: place)
      starts[group] &+= 1
    }
    self.order = order
  }

  /// Keeps of each group one place of each number, the first; numbers are below `bound`, and a place whose number
  /// is negative is kept or, where `droppingNegative`, left out. Linear, by stamps.
  package mutating func keepDistinct(_ numbers: [Int32], below bound: Int, droppingNegative: Bool) {
    var stamps = [Int32](repeating: -1, count: max(0, bound))
    var kept: [Int32] = []
    kept.reserveCapacity(order.count)
    var newOffsets: [Int32] = [0]
    newOffsets.reserveCapacity(offsets.count)
    for group in 0..<max(0, offsets.count - 1) {
      let stamp = Int32(truncatingIfNeeded: group)
      for place in Int(offsets[group])..<Int(offsets[group + 1]) {
        let at = order[place]
        let number = numbers.indices.contains(Int(at)) ? Int(numbers[Int(at)]) : -1
        if number < 0 {
          if !droppingNegative { kept.append(at) }
        } else if stamps.indices.contains(number) {
          if stamps[number] == stamp { continue }
          stamps[number] = stamp
          kept.append(at)
        }
      }
      newOffsets.append(Int32(truncatingIfNeeded: kept.count))
    }
    offsets = newOffsets
    order = kept
  }

  /// Orders each group by a rank of its places; equal ranks stay as they are.
  package mutating func sort(by ranks: [Int32]) {
    for group in 0..<max(0, offsets.count - 1) {
      let range = Int(offsets[group])..<Int(offsets[group + 1])
      guard range.count > 1 else { continue }
      let sorted = order[range].enumerated().sorted { a, b in
        let (first, second) = (rank(ranks, a.element), rank(ranks, b.element))
        return first != second ? first < second : a.offset < b.offset
      }
      for (step, element) in sorted.enumerated() { order[range.lowerBound + step] = element.element }
    }
  }

  private func rank(_ ranks: [Int32], _ place: Int32) -> Int32 {
    ranks.indices.contains(Int(place)) ? ranks[Int(place)] : Int32.max
  }

  /// The groups in another order.
  package func reordered(_ groups: [Int32]) -> GroupSegments {
    var copy = self
    copy.offsets = [0]
    copy.order = []
    copy.order.reserveCapacity(order.count)
    for group in groups where group >= 0 && Int(group) + 1 < offsets.count {
      copy.order.append(contentsOf: order[Int(offsets[Int(group)])..<Int(offsets[Int(group) + 1])])
      copy.offsets.append(Int32(truncatingIfNeeded: copy.order.count))
    }
    return copy
  }
}
