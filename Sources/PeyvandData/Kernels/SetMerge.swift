/// Two ordered sets as one.
///
/// The sets of a union stand in order already, each by itself, so the union is a merge: one look at each element, and
/// nothing is sorted.
extension SetKernels {
  /// The elements of both, set by set, each once, in the order of `places` (by row less `base`; rows beyond it, and
  /// all where there are none, in their own). Missing where one of the sets does not stand in that order.
  package static func merged(_ a: RowSets, _ b: RowSets, places: [Int32]?, base: Int) -> RowSets? {
    guard a.count == b.count else { return nil }
    if b.rows.isEmpty { return isInOrder(a, places, base) ? a : nil }
    if a.rows.isEmpty { return isInOrder(b, places, base) ? b : nil }
    guard let places else { return merged(a, b) { $0 } }
    return places.withUnsafeBufferPointer { places in
      merged(a, b) { row in
        let place = Int(row) &- base
        return UInt(bitPattern: place) < UInt(bitPattern: places.count) ? places[place] : row
      }
    }
  }

  private static func isInOrder(_ sets: RowSets, _ places: [Int32]?, _ base: Int) -> Bool {
    isOrdered(sets.offsets, places.map { keyed(sets.rows, $0, base) } ?? sets.rows)
  }

  @inline(__always)
  private static func merged(_ a: RowSets, _ b: RowSets, by key: (Int32) -> Int32) -> RowSets? {
    var offsets = [Int32](repeating: 0, count: a.offsets.count)
    var isOrdered = true
    let rows = [Int32](unsafeUninitializedCapacity: a.rows.count + b.rows.count) { buffer, initialized in
      guard let out = buffer.baseAddress else { return }
      var filled = 0
      a.rows.withElements(
        { left, leftStep in
          b.rows.withElements(
            { right, rightStep in
              for set in 0..<a.count where isOrdered {
                var (i, j) = (Int(a.offsets[set]), Int(b.offsets[set]))
                let (iEnd, jEnd) = (Int(a.offsets[set + 1]), Int(b.offsets[set + 1]))
                var last = Int64.min
                @inline(__always) func put(_ row: Int32, _ key: Int32) {
                  isOrdered = isOrdered && Int64(key) > last
                  last = Int64(key)
                  out[filled] = row
                  filled &+= 1
                }
                if i < iEnd, j < jEnd {
                  var (one, other) = (left[i &* leftStep], right[j &* rightStep])
                  var (oneKey, otherKey) = (key(one), key(other))
                  while true {
                    // What stands in both is taken once: both go on.
                    let takesOne = oneKey <= otherKey
                    let takesOther = otherKey <= oneKey
                    put(takesOne ? one : other, takesOne ? oneKey : otherKey)
                    i &+= takesOne ? 1 : 0
                    j &+= takesOther ? 1 : 0
                    guard i < iEnd, j < jEnd else { break }
                    if takesOne {
                      one = left[i &* leftStep]
                      oneKey = key(one)
                    }
                    if takesOther {
                      other = right[j &* rightStep]
                      otherKey = key(other)
                    }
                  }
                }
                while i < iEnd {
                  put(left[i &* leftStep], key(left[i &* leftStep]))
                  i &+= 1
                }
                while j < jEnd {
                  put(right[j &* rightStep], key(right[j &* rightStep]))
                  j &+= 1
                }
                offsets[set + 1] = Int32(truncatingIfNeeded: filled)
              }
            }, empty: ())
        }, empty: ())
      initialized = filled
    }
    return isOrdered ? RowSets(offsets: offsets, rows: Slab(rows), family: a.family) : nil
  }
}
