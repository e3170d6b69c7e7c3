/// Stable orders of whole numbers by counting, without comparing.
///
/// Times of a company spread over a few thousand million seconds, so three passes of eleven bits sort any
/// number of events; the cost is linear and does not depend on their order.
enum StableOrder {
  /// `order` made to ascend by `keys` (one a row), rows of equal keys as they stood.
  static func refined(_ order: [Int32], by keys: [Int64]) -> [Int32] {
    guard let first = order.first.map({ keys[Int($0)] }) else { return order }
    var low = first
    var high = first
    var isSorted = true
    var previous = first
    for row in order {
      let key = keys[Int(row)]
      if key < previous { isSorted = false }
      previous = key
      low = min(low, key)
      high = max(high, key)
    }
    if isSorted { return order }
    // The spread of two Int64 always fits UInt64.
    let spread = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
    var order = order
    var next = order
    var shift: UInt64 = 0
    while shift < 64, spread >> shift > 0 {
      var starts = [Int](repeating: 0, count: 2_048)
      for row in order {
        starts[digit(keys[Int(row)], low, shift)] += 1
      }
      var sum = 0
      for index in starts.indices {
        let count = starts[index]
        starts[index] = sum
        sum += count
      }
      for row in order {
        let digit = digit(keys[Int(row)], low, shift)
        next[starts[digit]] = row
        starts[digit] += 1
      }
      swap(&order, &next)
      shift += 11
    }
    return order
  }

  /// The same by small numbers from 0: one pass to count them, one to place the rows.
  static func refined(_ order: [Int32], byPlaces places: [Int32]) -> [Int32] {
    guard let most = places.max(), most > 0 else { return order }
    var starts = [Int](repeating: 0, count: Int(most) + 1)
    for row in order { starts[Int(places[Int(row)])] += 1 }
    var sum = 0
    for index in starts.indices {
      let count = starts[index]
      starts[index] = sum
      sum += count
    }
    var result = [Int32](repeating: 0, count: order.count)
    for row in order {
      let place = Int(places[Int(row)])
      result[starts[place]] = row
      starts[place] += 1
    }
    return result
  }

  @inline(__always)
  private static func digit(_ key: Int64, _ low: Int64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: key) &- UInt64(bitPattern: low)) >> shift & 2_047)
  }
}
