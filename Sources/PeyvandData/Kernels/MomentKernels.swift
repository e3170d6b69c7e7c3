/// The times of timelines as values.
package enum MomentKernels {
  /// Of each set the first or the last time; `TimelineTimes.none` for an empty one.
  package static func picks(_ times: RowSets.Times, offsets: [Int32], last: Bool) -> RowSets.Times {
    let count = max(0, offsets.count - 1)
    let picked = filled(count) { (out: UnsafeMutablePointer<Int32>) in
      offsets.withUnsafeBufferPointer { offsets in
        times.values.withElements(
          { values, step in
            for set in 0..<count {
              // Which sets are empty is chance, so that is told in bits.
              let isFull = (offsets[set] &- offsets[set &+ 1]) >> 31
              let place = (last ? offsets[set &+ 1] &- 1 : offsets[set]) & isFull
              out[set] = (values[Int(place) &* step] & isFull) | (TimelineTimes.none & ~isFull)
            }
          }, empty: { for set in 0..<count { out[set] = TimelineTimes.none } }())
      }
    }
    return RowSets.Times(values: Slab(picked), offset: times.offset)
  }

  /// As days or as instants, missing where there is none.
  package static func vector(_ times: RowSets.Times, isDay: Bool) -> Vector {
    let (values, offset) = (times.values, times.offset)
    let present = areAllThere(values) ? nil : mapped(values) { $0 == TimelineTimes.none ? 0 : UInt8(1) }
    if isDay {
      return Vector(.days(mapped(values) { Int32(truncatingIfNeeded: Int64($0) &+ offset) }), present: present)
    }
    return Vector(.instants(mapped(values) { Int64($0) &+ offset }), present: present)
  }

  /// The same of times as they are, `Int64.max` for none.
  package static func vector(_ times: Slab<Int64>, isDay: Bool) -> Vector {
    let present = Presence.reduced(mapped(times) { $0 == .max ? 0 : UInt8(1) })
    if isDay { return Vector(.days(mapped(times) { Int32(truncatingIfNeeded: $0) }), present: present) }
    return Vector(.instants(times), present: present)
  }

  private static func areAllThere(_ values: Slab<Int32>) -> Bool {
    values.withElements(
      { values_, step in
        var last = Int32.min
        for index in 0..<(step == 0 ? 1 : values.count) { last = max(last, values_[index]) }
        return last < TimelineTimes.none
      }, empty: true)
  }
}
