/// The quantile of numbers in any order.
package enum Quantile {
  /// Interpolated linearly between the two nearest ranks (type 7 of Hyndman & Fan 1996, as numpy has it); missing of
  /// nothing and for a level that is none. Two or three passes: the numbers are counted in steps of equal width, and
  /// only the step that holds the rank is looked at closer.
  package static func value(of numbers: [Double], at level: Double) -> Double? {
    guard !numbers.isEmpty, level >= 0, level <= 1 else { return nil }
    let height = Double(numbers.count - 1) * level
    let below = min(Int(height), numbers.count - 1)
    let part = height - Double(below)
    let wantsNext = part > 0 && below + 1 < numbers.count
    let (low, next) = pair(numbers, below, wantsNext)
    return wantsNext ? low + (next - low) * part : low
  }

  /// The same at several levels; missing at no level.
  package static func values(of numbers: [Double], at levels: [Double?]) -> [Double?] {
    values(of: [numbers[...]], count: numbers.count, at: levels)
  }

  /// The same of numbers in several pieces, some of them counted already, `count` together.
  static func values(
    of pieces: [ArraySlice<Double>], and counted: [WholeCounts] = [], count: Int, at levels: [Double?]
  ) -> [Double?] {
    if count > 256, let counts = WholeCounts(pieces, and: counted, width: min(1 << 20, count * 4)) {
      return levels.map { $0.flatMap { counts.value(at: $0) } }
    }
    let numbers =
      pieces.count == 1 && counted.isEmpty ? Array(pieces[0]) : Array(pieces.joined()) + counted.flatMap(\.numbers)
    return levels.map { $0.flatMap { value(of: numbers, at: $0) } }
  }

  /// The number of a rank, and that of the next where it is wanted.
  private static func pair(_ numbers: [Double], _ rank: Int, _ wantsNext: Bool) -> (Double, Double) {
    var candidates = numbers
    var rank = rank
    while candidates.count > 512 {
      guard let step = step(of: candidates, rank, wantsNext) else { break }
      guard step.count < candidates.count else { break }
      candidates = step.numbers(of: candidates)
      rank -= step.before
    }
    candidates.sort()
    return (candidates[rank], wantsNext ? candidates[rank + 1] : candidates[rank])
  }

  private static let steps = 4096

  /// The numbers from one to another step of a counting.
  private struct Step {
    var least: Double
    var scale: Double
    var first: Int
    var last: Int
    /// How many numbers lie in steps before.
    var before: Int
    var count: Int

    @inline(__always)
    static func number(_ value: Double, _ least: Double, _ scale: Double) -> Int {
      // Finite by construction, and never below nought.
      min(Quantile.steps - 1, Int(truncatingIfNeeded: Int64((value - least) * scale)))
    }

    func numbers(of numbers: [Double]) -> [Double] {
      written(count) { out in
        var filled = 0
        numbers.withBase { base in
          for index in 0..<numbers.count {
            let step = Self.number(base[index], least, scale)
            guard step >= first, step <= last, filled < count else { continue }
            out[filled] = base[index]
            filled &+= 1
          }
        }
        return filled
      }
    }
  }

  /// The steps that hold a rank and, where it is wanted, the next; missing where the numbers have no width that can
  /// be counted in.
  private static func step(of numbers: [Double], _ rank: Int, _ wantsNext: Bool) -> Step? {
    var least = Double.infinity
    var largest = -Double.infinity
    numbers.withBase { base in
      for index in 0..<numbers.count {
        least = base[index] < least ? base[index] : least
        largest = base[index] > largest ? base[index] : largest
      }
    }
    let width = largest - least
    guard width.isFinite, width > 0 else { return nil }
    let scale = Double(steps) / width
    guard scale.isFinite, (width * scale).isFinite else { return nil }
    var counts = [Int](repeating: 0, count: steps)
    counts.withMutableBase { counts in
      numbers.withBase { base in
        for index in 0..<numbers.count { counts[Step.number(base[index], least, scale)] &+= 1 }
      }
    }
    var before = 0
    var first = 0
    while first < steps - 1, before + counts[first] <= rank {
      before += counts[first]
      first += 1
    }
    var last = first
    var count = counts[first]
    while wantsNext, last < steps - 1, before + count <= rank + 1 {
      last += 1
      count += counts[last]
    }
    return Step(least: least, scale: scale, first: first, last: last, before: before, count: count)
  }
}
