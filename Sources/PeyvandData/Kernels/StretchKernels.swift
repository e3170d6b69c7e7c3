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
    // Most batches lie within one stretch.
    if let span = NumberRange.of(rows), span.lowerBound >= 0, case let place = last(lows, notAfter: span.lowerBound),
      place >= 0, span.upperBound < highs[place]
    {
      return Slab(repeating: values[place], count: rows.count)
    }
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

  /// Rows of one table as rows of another, stretch by stretch; −1 for what stands in none.
  package static func moved(_ rows: Slab<Int32>, _ stretches: [(rows: Range<Int>, by: Int)]) -> Slab<Int32> {
    let stretches = stretches.filter { !$0.rows.isEmpty }.sorted { $0.rows.lowerBound < $1.rows.lowerBound }
    let places = codes(
      stretches.indices.map { Int32(clamping: $0) }, of: rows, in: stretches.map(\.rows))
    let distances = stretches.map { Int32(clamping: $0.by) }
    return Slab(zip(rows.array, places.array).map { $1 < 0 ? -1 : $0 &+ distances[Int($1)] })
  }

  /// The members of several orders, each rising in time, as one that does; of equal times those of the earlier
  /// order first. `times` are by row.
  package static func merged(_ orders: [[Int32]], times: [Int64]) -> [Int32] {
    orders.reduce([]) { before, next in
      var result: [Int32] = []
      result.reserveCapacity(before.count + next.count)
      var (a, b) = (0, 0)
      while a < before.count, b < next.count {
        if times[Int(next[b])] < times[Int(before[a])] {
          result.append(next[b])
          b += 1
        } else {
          result.append(before[a])
          a += 1
        }
      }
      result += before[a...]
      result += next[b...]
      return result
    }
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
