/// How long something was followed, and whether what was waited for came: both in one number, so that such times go
/// where any list of numbers goes (batches, groups, columns).
///
/// Times are whole days or seconds. Four times the time, and more where it was followed without: 1 to the window's end, 2
/// to the as-of moment. In the order of these numbers a case that ended at a moment stands before one last seen at that
/// moment, as Kaplan and Meier have it.
package enum FollowedTime {
  /// - Parameter isOver: whether it was followed to the window's end.
  package static func packed(_ time: Double, isEvent: Bool, isOver: Bool = false) -> Double {
    4 * time + (isEvent ? 0 : isOver ? 1 : 2)
  }

  package static func unpacked(_ packed: Double) -> (time: Double, isEvent: Bool) {
    let time = (packed / 4).rounded(.down)
    return (time, packed == 4 * time)
  }

  /// Whether it was followed to the window's end without what was waited for.
  package static func isOver(_ packed: Double) -> Bool { packed - 4 * (packed / 4).rounded(.down) == 1 }
}

extension SegmentKernels {
  /// For each stretch of followed times the first time by which half had what was waited for (S ≤ ½); missing where
  /// fewer had, and of nothing. Cost: one sort a stretch.
  ///
  /// The product-limit estimate: Kaplan & Meier, JASA 53 (1958), 457–481.
  package static func mediansUntil(_ offsets: [Int32], _ followed: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    var results = [Double](repeating: .nan, count: max(0, offsets.count - 1))
    var work: [Double] = []
    withPresent(followed, present) { base, step, mask, maskStep in
      eachSegment(offsets, limit: followed.count) { segment, range in
        work.removeAll(keepingCapacity: true)
        for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true { work.append(base[place &* step]) }
        work.sort()
        results[segment] = median(ofSorted: work) ?? .nan
      }
    }
    return NumberKernels.finite(Slab(results), present: nil)
  }

  private static func median(ofSorted followed: [Double]) -> Double? {
    // Products of rounded fractions may miss ½ by a little.
    let half = 0.5 + 1e-12
    var survival = 1.0
    var index = 0
    while index < followed.count {
      let packed = followed[index]
      let (time, isEvent) = FollowedTime.unpacked(packed)
      guard isEvent else {
        index += 1
        continue
      }
      let atRisk = followed.count - index
      while index < followed.count, followed[index] == packed { index += 1 }
      survival *= Double(followed.count - index) / Double(atRisk)
      if survival <= half { return time }
    }
    return nil
  }
}
