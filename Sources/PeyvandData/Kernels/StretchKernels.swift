/// Which stretch of a table rows lie in.
package enum StretchKernels {
  /// For each row the code of the stretch that holds it, −1 for none and for what is no row (negative).
  ///
  /// Rows mostly come stretch by stretch, so the last one found is tried first; else it is a binary search. Cost: a
  /// comparison a row in order.
  /// - Parameter stretches: rising and apart from each other, as many as `codes`.
  package static func codes(_ codes: [Int32], of rows: Slab<Int32>, in stretches: [Range<Int>]) -> Slab<Int32> {
    let kept = zip(stretches, codes).filter { !$0.0.isEmpty }
    let lows = kept.map { Int32(clamping: $0.0.lowerBound) }
    let highs = kept.map { Int32(clamping: $0.0.upperBound) }
    let values = kept.map(\.1)
    let found = [Int32](unsafeUninitializedCapacity: rows.count) { output, count in
      rows.storage.withUnsafeBufferPointer { input in
        var (low, high, code): (Int32, Int32, Int32) = (0, 0, -1)
        for index in 0..<rows.count {
          let row = input[rows.start + index * rows.stride]
          if row < low || row >= high {
            let place = last(lows, notAfter: row)
            if place >= 0, row >= 0, row < highs[place] {
              (low, high, code) = (lows[place], highs[place], values[place])
            } else {
              output[index] = -1
              continue
            }
          }
          output[index] = code
        }
      }
      count = rows.count
    }
    return Slab(found)
  }

  /// The last place whose value is not after `row`; −1 for none.
  private static func last(_ values: [Int32], notAfter row: Int32) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] <= row { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}
