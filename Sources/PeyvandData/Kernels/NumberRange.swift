/// From the least to the largest of some numbers.
enum NumberRange {
  /// Missing of none, and where the distance between the ends is beyond an `Int32`. A look at the ends where the numbers
  /// are known to rise.
  static func of(_ slab: Slab<Int32>) -> ClosedRange<Int32>? {
    let ends = slab.withView { view -> (Int32, Int32) in
      if slab.isConstant { return (view.base[0], view.base[0]) }
      if slab.isRising { return (view.base[0], view.base[slab.count - 1]) }
      return Self.ends(view.base, slab.count)
    }
    guard let (low, high) = ends, low <= high, !high.subtractingReportingOverflow(low).overflow else { return nil }
    return low...high
  }

  private static func ends(_ numbers: UnsafePointer<Int32>, _ count: Int) -> (Int32, Int32) {
    var (low, high) = (numbers[0], numbers[0])
    var index = 0
    if count >= 16 {
      let raw = UnsafeRawPointer(numbers)
      var (lows, highs) = (SIMD16<Int32>(repeating: low), SIMD16<Int32>(repeating: high))
      while index &+ 16 <= count {
        let sixteen = raw.loadUnaligned(fromByteOffset: index &* 4, as: SIMD16<Int32>.self)
        lows.replace(with: sixteen, where: sixteen .< lows)
        highs.replace(with: sixteen, where: sixteen .> highs)
        index &+= 16
      }
      (low, high) = (lows.min(), highs.max())
    }
    while index < count {
      low = min(low, numbers[index])
      high = max(high, numbers[index])
      index &+= 1
    }
    return (low, high)
  }
}
