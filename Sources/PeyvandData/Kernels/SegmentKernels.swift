import PeyvandBase

/// Aggregates over stretches of values: one result a stretch.
///
/// Missing values are left out. What has no answer of nothing is missing. Sums carry their rounding errors
/// along (T. Ogita, S. Rump, S. Oishi, "Accurate Sum and Dot Product", Sum2), so that their last digits do not
/// depend on the order in which small and large values came.
package enum SegmentKernels {
  /// What was left out of an aggregate.
  package struct LeftOut: Hashable, Sendable {
    package var unknown = 0
    package var open = 0
    package var openYes = 0
    package init() {}
  }

  @inline(__always)
  static func eachSegment(_ offsets: [Int32], limit: Int, _ body: (Int, Range<Int>) -> Void) {
    offsets.withUnsafeBufferPointer { offsets in
      for segment in 0..<max(0, offsets.count - 1) {
        let start = min(max(0, Int(offsets[segment])), limit)
        let end = min(max(start, Int(offsets[segment + 1])), limit)
        body(segment, start..<end)
      }
    }
  }

  /// The values of a stretch that are there, one after the other.
  @inline(__always)
  static func withPresent<T: Sendable>(
    _ values: Slab<T>, _ present: Slab<UInt8>?, _ body: (UnsafePointer<T>, Int, UnsafePointer<UInt8>?, Int) -> Void
  ) {
    values.withElements(
      { base, step in
        guard let present else { return body(base, step, nil, 0) }
        present.withElements({ mask, maskStep in body(base, step, mask, maskStep) }, empty: ())
      }, empty: ())
  }

  package static func counts(_ offsets: [Int32], count: Int, present: Slab<UInt8>?) -> Slab<Double> {
    guard let present else { return SetKernels.lengths(offsets) }
    return Slab(
      filled(max(0, offsets.count - 1)) { out in
        eachSegment(offsets, limit: count) { segment, range in
          out[segment] = 0
          present.withElements(
            { mask, step in
              var there = 0
              for place in range { there &+= Int(mask[place &* step] & 1) }
              out[segment] = Double(there)
            }, empty: ())
        }
      })
  }

  // MARK: Numbers

  package static func sums(_ offsets: [Int32], _ values: Slab<Double>, present: Slab<UInt8>?) -> Slab<Double> {
    Slab(
      filled(max(0, offsets.count - 1)) { out in
        for index in 0..<max(0, offsets.count - 1) { out[index] = 0 }
        withPresent(values, present) { base, step, mask, maskStep in
          eachSegment(offsets, limit: values.count) { segment, range in
            out[segment] = sum(base, step, mask, maskStep, range).sum
          }
        }
      })
  }

  @inline(__always)
  private static func sum(
    _ base: UnsafePointer<Double>, _ step: Int, _ mask: UnsafePointer<UInt8>?, _ maskStep: Int, _ range: Range<Int>
  ) -> (sum: Double, count: Int) {
    var sum = 0.0
    var error = 0.0
    var count = 0
    @inline(__always) func add(_ value: Double) {
      let next = sum + value
      let part = next - sum
      error += (sum - (next - part)) + (value - part)
      sum = next
    }
    if let mask {
      for place in range where mask[place &* maskStep] != 0 {
        add(base[place &* step])
        count &+= 1
      }
    } else {
      for place in range { add(base[place &* step]) }
      count = range.count
    }
    return (sum + error, count)
  }

  package static func means(_ offsets: [Int32], _ values: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    numbers(offsets, values, present) { base, step, mask, maskStep, range in
      let (sum, count) = sum(base, step, mask, maskStep, range)
      return count == 0 ? .nan : sum / Double(count)
    }
  }

  /// The sample's standard deviation in two passes; missing below two values.
  package static func deviations(_ offsets: [Int32], _ values: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    numbers(offsets, values, present) { base, step, mask, maskStep, range in
      let (total, count) = sum(base, step, mask, maskStep, range)
      guard count > 1 else { return .nan }
      let mean = total / Double(count)
      var squares = 0.0
      var rest = 0.0
      for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true {
        let distance = base[place &* step] - mean
        squares += distance * distance
        rest += distance
      }
      // The second term takes back what the mean's own rounding put in.
      return ((squares - rest * rest / Double(count)) / Double(count - 1)).squareRoot()
    }
  }

  @inline(__always)
  private static func numbers(
    _ offsets: [Int32], _ values: Slab<Double>, _ present: Slab<UInt8>?,
    _ body: (UnsafePointer<Double>, Int, UnsafePointer<UInt8>?, Int, Range<Int>) -> Double
  ) -> Vector {
    let results = Slab<Double>(
      filled(max(0, offsets.count - 1)) { out in
        for index in 0..<max(0, offsets.count - 1) { out[index] = .nan }
        withPresent(values, present) { base, step, mask, maskStep in
          eachSegment(offsets, limit: values.count) { segment, range in
            out[segment] = body(base, step, mask, maskStep, range)
          }
        }
      })
    return NumberKernels.finite(results, present: nil)
  }

  /// Quantiles by linear interpolation between order statistics (R. Hyndman, Y. Fan, "Sample Quantiles", type 7).
  /// `levels`, one a stretch, are from 0 to 1; others, and missing ones, give missing.
  package static func quantiles(
    _ offsets: [Int32], _ values: Slab<Double>, present: Slab<UInt8>?, levels: Slab<Double>, levelPresent: Slab<UInt8>?
  ) -> Vector {
    var work: [Double] = []
    let segments = max(0, offsets.count - 1)
    var results = [Double](repeating: .nan, count: segments)
    withPresent(values, present) { base, step, mask, maskStep in
      eachSegment(offsets, limit: values.count) { segment, range in
        guard let level = levels[segment], levelPresent?[segment] != 0 else { return }
        work.removeAll(keepingCapacity: true)
        work.reserveCapacity(range.count)
        for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true { work.append(base[place &* step]) }
        results[segment] = Quantile.values(of: work, at: [level])[0] ?? .nan
      }
    }
    return NumberKernels.finite(Slab(results), present: nil)
  }

  /// Pearson's correlation of pairs of which both are there; missing below two, or where one does not vary.
  package static func correlations(
    _ offsets: [Int32], _ x: Slab<Double>, _ y: Slab<Double>, present: Slab<UInt8>?
  ) -> Vector {
    var results = [Double](repeating: .nan, count: max(0, offsets.count - 1))
    eachSegment(offsets, limit: min(x.count, y.count)) { segment, range in
      var count = 0.0
      var (meanX, meanY, squaresX, squaresY, products) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for place in range where present?[place] != 0 {
        guard let a = x[place], let b = y[place] else { continue }
        count += 1
        let (fromX, fromY) = (a - meanX, b - meanY)
        meanX += fromX / count
        meanY += fromY / count
        squaresX += fromX * (a - meanX)
        squaresY += fromY * (b - meanY)
        products += fromX * (b - meanY)
      }
      guard count > 1, squaresX > 0, squaresY > 0 else { return }
      results[segment] = min(1, max(-1, products / (squaresX.squareRoot() * squaresY.squareRoot())))
    }
    return NumberKernels.finite(Slab(results), present: nil)
  }

  // MARK: Places

  /// The place of the first or last value that is there; −1 where there is none.
  package static func ends(_ offsets: [Int32], count: Int, present: Slab<UInt8>?, last: Bool) -> Slab<Int32> {
    var results = [Int32](repeating: -1, count: max(0, offsets.count - 1))
    eachSegment(offsets, limit: count) { segment, range in
      guard let present else {
        if !range.isEmpty {
          results[segment] = Int32(truncatingIfNeeded: last ? range.upperBound - 1 : range.lowerBound)
        }
        return
      }
      var place = last ? range.upperBound - 1 : range.lowerBound
      while range.contains(place) {
        if present[place] == 1 {
          results[segment] = Int32(truncatingIfNeeded: place)
          return
        }
        place += last ? -1 : 1
      }
    }
    return Slab(results)
  }

  /// The place of the smallest or largest; of equal ones the first.
  package static func extremes(_ offsets: [Int32], _ keys: OrderKeys, present: Slab<UInt8>?, largest: Bool)
    -> Slab<Int32>
  {
    switch keys {
    case .numbers(let keys): extremes(offsets, keys, present, largest)
    case .words(let keys): extremes(offsets, keys, present, largest)
    case .longs(let keys): extremes(offsets, keys, present, largest)
    }
  }

  @inline(__always)
  private static func extremes<T: Comparable & Sendable>(
    _ offsets: [Int32], _ keys: Slab<T>, _ present: Slab<UInt8>?, _ largest: Bool
  ) -> Slab<Int32> {
    Slab(
      filled(max(0, offsets.count - 1)) { out in
        for index in 0..<max(0, offsets.count - 1) { out[index] = -1 }
        withPresent(keys, present) { base, step, mask, maskStep in
          eachSegment(offsets, limit: keys.count) { segment, range in
            var best = -1
            for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true {
              if best < 0
                || (largest ? base[place &* step] > base[best &* step] : base[place &* step] < base[best &* step])
              {
                best = place
              }
            }
            out[segment] = Int32(truncatingIfNeeded: best)
          }
        }
      })
  }

  /// The place of (one of) the most frequent value, the smallest where several are.
  package static func modes(_ offsets: [Int32], _ keys: OrderKeys, present: Slab<UInt8>?) -> Slab<Int32> {
    switch keys {
    case .numbers(let keys): modes(offsets, keys, present)
    case .words(let keys): modes(offsets, keys, present)
    case .longs(let keys): modes(offsets, keys, present)
    }
  }

  @inline(__always)
  private static func modes<T: Comparable & Sendable>(_ offsets: [Int32], _ keys: Slab<T>, _ present: Slab<UInt8>?)
    -> Slab<Int32>
  {
    var results = [Int32](repeating: -1, count: max(0, offsets.count - 1))
    withPresent(keys, present) { base, step, mask, maskStep in
      eachSegment(offsets, limit: keys.count) { segment, range in
        let sorted = sortedPlaces(range, base, step, mask, maskStep)
        var best = 0
        var start = 0
        for index in 0..<sorted.count {
          if index + 1 < sorted.count,
            base[Int(sorted[index]) &* step] == base[Int(sorted[index + 1]) &* step]
          {
            continue
          }
          if index + 1 - start > best {
            best = index + 1 - start
            results[segment] = sorted[start]
          }
          start = index + 1
        }
      }
    }
    return Slab(results)
  }

  @inline(__always)
  private static func sortedPlaces<T: Comparable>(
    _ range: Range<Int>, _ base: UnsafePointer<T>, _ step: Int, _ mask: UnsafePointer<UInt8>?, _ maskStep: Int
  ) -> [Int32] {
    var places: [Int32] = []
    places.reserveCapacity(range.count)
    for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true {
      places.append(Int32(truncatingIfNeeded: place))
    }
    places.sort {
      let (a, b) = (base[Int($0) &* step], base[Int($1) &* step])
      return a < b || (a == b && $0 < $1)
    }
    return places
  }

  /// The places of the different values, each where it was first met, and the offsets of what is left.
  package static func distinct(_ offsets: [Int32], _ keys: OrderKeys, present: Slab<UInt8>?) -> (
    offsets: [Int32], places: [Int32]
  ) {
    switch keys {
    case .numbers(let keys): distinct(offsets, keys, present)
    case .words(let keys): distinct(offsets, keys, present)
    case .longs(let keys): distinct(offsets, keys, present)
    }
  }

  @inline(__always)
  private static func distinct<T: Comparable & Sendable>(
    _ offsets: [Int32], _ keys: Slab<T>, _ present: Slab<UInt8>?
  ) -> (offsets: [Int32], places: [Int32]) {
    var results = [Int32](repeating: 0, count: max(1, offsets.count))
    var places: [Int32] = []
    withPresent(keys, present) { base, step, mask, maskStep in
      eachSegment(offsets, limit: keys.count) { segment, range in
        if range.count <= 16 {
          // Few: looking back is quicker than sorting.
          let first = places.count
          for place in range where mask.map({ $0[place &* maskStep] != 0 }) ?? true {
            var isNew = true
            for index in first..<places.count where base[Int(places[index]) &* step] == base[place &* step] {
              isNew = false
            }
            if isNew { places.append(Int32(truncatingIfNeeded: place)) }
          }
        } else {
          let sorted = sortedPlaces(range, base, step, mask, maskStep)
          var firsts: [Int32] = []
          for index in sorted.indices
          where index == 0 || base[Int(sorted[index]) &* step] != base[Int(sorted[index - 1]) &* step] {
            firsts.append(sorted[index])
          }
          firsts.sort()
          places += firsts
        }
        results[segment + 1] = Int32(clamping: places.count)
      }
    }
    if places.isEmpty { results = [Int32](repeating: 0, count: max(1, offsets.count)) }
    return (results, places)
  }

  /// The differences between times that follow on one another; what has no time (`Int64.max`) is in none.
  package static func gaps(_ offsets: [Int32], _ times: Slab<Int64>) -> (offsets: [Int32], gaps: Slab<Double>) {
    var results = [Int32](repeating: 0, count: max(1, offsets.count))
    var gaps: [Double] = []
    gaps.reserveCapacity(times.count)
    eachSegment(offsets, limit: times.count) { segment, range in
      var before: Int64?
      for place in range {
        guard let time = times[place], time != .max else { continue }
        if let before { gaps.append(Double(time) - Double(before)) }
        before = time
      }
      results[segment + 1] = Int32(clamping: gaps.count)
    }
    return (results, Slab(gaps))
  }

  /// Where each of `gaps` of the same times began.
  package static func gapStarts(_ offsets: [Int32], _ times: Slab<Int64>) -> (offsets: [Int32], starts: Slab<Int64>) {
    var results = [Int32](repeating: 0, count: max(1, offsets.count))
    var starts: [Int64] = []
    starts.reserveCapacity(times.count)
    eachSegment(offsets, limit: times.count) { segment, range in
      var before: Int64?
      for place in range {
        guard let time = times[place], time != .max else { continue }
        if let before { starts.append(before) }
        before = time
      }
      results[segment + 1] = Int32(clamping: starts.count)
    }
    return (results, Slab(starts))
  }

  // MARK: Truths

  /// How many are yes, whatever their marks.
  package static func yesCounts(_ offsets: [Int32], _ truths: Slab<UInt8>) -> Slab<Double> {
    Slab(
      filled(max(0, offsets.count - 1)) { out in
        for index in 0..<max(0, offsets.count - 1) { out[index] = 0 }
        truths.withElements(
          { base, step in
            eachSegment(offsets, limit: truths.count) { segment, range in
              var yes = 0
              for place in range { yes &+= base[place &* step] & Truth.truthBits == Truth.yes ? 1 : 0 }
              out[segment] = Double(yes)
            }
          }, empty: ())
      })
  }

  /// The share of yes among those that carry no mark and are decided; and what was left out.
  package static func shares(_ offsets: [Int32], _ truths: Slab<UInt8>) -> (Vector, LeftOut) {
    var leftOut = LeftOut()
    var results = [Double](repeating: .nan, count: max(0, offsets.count - 1))
    truths.withElements(
      { base, step in
        eachSegment(offsets, limit: truths.count) { segment, range in
          var cases = 0
          var yes = 0
          for place in range {
            let byte = base[place &* step]
            let isYes = byte & Truth.truthBits == Truth.yes ? 1 : 0
            if byte & ~1 == 0 {
              cases &+= 1
              yes &+= isYes
            } else if byte & Truth.unknownMark != 0 {
              leftOut.unknown &+= 1
            } else {
              leftOut.open &+= 1
              leftOut.openYes &+= isYes
            }
          }
          if cases > 0 { results[segment] = Double(yes) / Double(cases) }
        }
      }, empty: ())
    return (NumberKernels.finite(Slab(results), present: nil), leftOut)
  }

  /// All combined by `or` (of nothing: no) or `and` (of nothing: missing).
  package static func combined(_ offsets: [Int32], _ truths: Slab<UInt8>, every: Bool) -> Slab<UInt8> {
    if !every, !truths.isConstant, TruthKernels.areDecided(truths), offsets.last.map({ Int($0) }) == truths.count {
      // Of plain yes and no there is a yes where there are more of them behind the segment than before.
      let before = SetKernels.keptBefore(offsets, truths)
      return before.withUnsafeBufferPointer { before in
        Slab(
          filled(max(0, before.count - 1)) { out in
            for segment in 0..<before.count - 1 {
              out[segment] = before[segment &+ 1] > before[segment] ? Truth.yes : Truth.no
            }
          })
      }
    }
    return Slab(
      filled(max(0, offsets.count - 1)) { out in
        for index in 0..<max(0, offsets.count - 1) { out[index] = every ? Truth.unknown : Truth.no }
        truths.withElements(
          { base, step in
            eachSegment(offsets, limit: truths.count) { segment, range in
              guard !range.isEmpty else { return }
              var result = every ? Truth.yes : Truth.no
              for place in range {
                let byte = base[place &* step]
                result = every ? TruthKernels.and(result, byte) : TruthKernels.or(result, byte)
              }
              out[segment] = result
            }
          }, empty: ())
      })
  }
}

/// What a vector is compared and told apart by: numbers, or places in an order, one an element.
package enum OrderKeys: Sendable {
  case numbers(Slab<Double>)
  /// Days, rows, codes' ranks, truths.
  case words(Slab<Int32>)
  case longs(Slab<Int64>)
}
