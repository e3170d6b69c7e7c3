/// The quantile of numbers in any order.
package enum Quantile {
  /// Interpolated linearly between the two nearest ranks (type 7 of Hyndman & Fan 1996, as numpy has it); missing of
  /// nothing and for a level that is none. Two or three passes: the numbers are counted in steps of equal width, and
  /// only the step that holds the rank is looked at closer.
  package static func value(of numbers: [Double], at level: Double) -> Double? {
    value(of: [numbers[...]], count: numbers.count, at: level)
  }

  private static func value(of pieces: [ArraySlice<Double>], count: Int, at level: Double) -> Double? {
    guard count > 0, level >= 0, level <= 1 else { return nil }
    let height = Double(count - 1) * level
    let below = min(Int(height), count - 1)
    let part = height - Double(below)
    let wantsNext = part > 0 && below + 1 < count
    let (low, next) = pair(pieces, below, wantsNext)
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
    let all = pieces + counted.map { $0.numbers[...] }
    return levels.map { $0.flatMap { value(of: all, count: count, at: $0) } }
  }

  /// The number of a rank, and that of the next where it is wanted.
  private static func pair(_ pieces: [ArraySlice<Double>], _ rank: Int, _ wantsNext: Bool) -> (Double, Double) {
    var candidates = pieces
    var count = pieces.reduce(0) { $0 + $1.count }
    var rank = rank
    while count > 512 {
      guard let step = step(of: candidates, rank, wantsNext), step.count < count else { break }
      candidates = [step.numbers(of: candidates)[...]]
      count = step.count
      rank -= step.before
    }
    let sorted = candidates.flatMap { $0 }.sorted()
    return (sorted[rank], wantsNext ? sorted[rank + 1] : sorted[rank])
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

    func numbers(of pieces: [ArraySlice<Double>]) -> [Double] {
      // One more place than there are numbers: each is written, and stays where it is one of them.
      written(count, slack: 1) { out in
        var filled = 0
        for piece in pieces {
          piece.withUnsafeBufferPointer { piece in
            for value in piece {
              let step = Self.number(value, least, scale)
              out[filled] = value
              filled &+= (step >= first ? 1 : 0) & (step <= last ? 1 : 0) & (filled < count ? 1 : 0)
            }
          }
        }
        return filled
      }
    }
  }

  /// The steps that hold a rank and, where it is wanted, the next; missing where the numbers have no width that can
  /// be counted in.
  private static func step(of pieces: [ArraySlice<Double>], _ rank: Int, _ wantsNext: Bool) -> Step? {
    var least = Double.infinity
    var largest = -Double.infinity
    for piece in pieces {
      guard let (low, high) = piece.withUnsafeBufferPointer({ WholeCounts.ends($0) }) else { continue }
      (least, largest) = (min(least, low), max(largest, high))
    }
    let width = largest - least
    guard width.isFinite, width > 0 else { return nil }
    let scale = Double(steps) / width
    guard scale.isFinite, (width * scale).isFinite else { return nil }
    var counts = [Int](repeating: 0, count: steps)
    for piece in pieces {
      piece.withUnsafeBufferPointer { piece in
        let own = Histogram.counts(piece.count, below: steps) { Step.number(piece[$0], least, scale) }
        for (step, count) in own.enumerated() { counts[step] += Int(count) }
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
