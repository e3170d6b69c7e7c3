/// How often each of some whole numbers that lie close to each other occurs: all their ranks at once.
struct WholeCounts: Sendable {
  private let least: Double
  /// Of `least`, of the number after it, and so on.
  private let counts: [UInt32]
  /// How many there are.
  let count: Int

  private init(least: Double, counts: [UInt32], count: Int) {
    (self.least, self.counts, self.count) = (least, counts, count)
  }

  /// Nil of nothing, where a number is not whole, and where they lie `width` or more apart.
  init?(_ numbers: ArraySlice<Double>, width: Int) {
    let counted = numbers.withUnsafeBufferPointer { Self.counted($0, width: width) }
    guard let counted else { return nil }
    self = counted
  }

  private static func counted(_ numbers: UnsafeBufferPointer<Double>, width: Int) -> WholeCounts? {
    guard let (least, largest) = ends(numbers) else { return nil }
    guard largest - least < Double(width), least.magnitude < 0x1p50, least.rounded() == least else { return nil }
    var differs = false
    let counts = Histogram.counts(numbers.count, below: Int(largest - least) + 1) { index in
      let distance = numbers[index] - least
      let place = Int32(truncatingIfNeeded: Int64(distance))
      differs = differs || Double(place) != distance
      return Int(place)
    }
    return differs ? nil : WholeCounts(least: least, counts: counts, count: numbers.count)
  }

  /// The least and the largest, eight at a time; nil of none.
  static func ends(_ numbers: UnsafeBufferPointer<Double>) -> (Double, Double)? {
    guard let base = numbers.baseAddress, let first = numbers.first else { return nil }
    let raw = UnsafeRawPointer(base)
    var (lows, highs) = (SIMD8<Double>(repeating: first), SIMD8<Double>(repeating: first))
    var index = 0
    while index &+ 8 <= numbers.count {
      let eight = raw.loadUnaligned(fromByteOffset: index &* 8, as: SIMD8<Double>.self)
      lows.replace(with: eight, where: eight .< lows)
      highs.replace(with: eight, where: eight .> highs)
      index &+= 8
    }
    var (least, largest) = (lows.min(), highs.max())
    while index < numbers.count {
      least = min(least, numbers[index])
      largest = max(largest, numbers[index])
      index &+= 1
    }
    return (least, largest)
  }

  /// Of all pieces together, some counted already.
  init?(_ pieces: [ArraySlice<Double>], and counted: [WholeCounts], width: Int) {
    var parts = counted
    for piece in pieces where !piece.isEmpty {
      guard let part = WholeCounts(piece, width: width) else { return nil }
      parts.append(part)
    }
    guard let first = parts.first else { return nil }
    if parts.count == 1 {
      self = first
      return
    }
    let least = parts.reduce(first.least) { min($0, $1.least) }
    let largest = parts.reduce(first.largest) { max($0, $1.largest) }
    guard largest - least < Double(width) else { return nil }
    var counts = [UInt32](repeating: 0, count: Int(largest - least) + 1)
    counts.withMutableBase { counts in
      for part in parts {
        let here = counts + Int(part.least - least)
        part.counts.withUnsafeBufferPointer { own in
          for place in 0..<own.count { here[place] &+= own[place] }
        }
      }
    }
    self.init(least: least, counts: counts, count: parts.reduce(0) { $0 + $1.count })
  }

  private var largest: Double { least + Double(counts.count - 1) }
  var bytes: Int { counts.count * 4 }

  /// The numbers themselves, ascending.
  var numbers: [Double] {
    counts.indices.flatMap { repeatElement(least + Double($0), count: Int(counts[$0])) }
  }

  /// Interpolated linearly between the two nearest ranks; missing for a level that is none.
  func value(at level: Double) -> Double? {
    guard level >= 0, level <= 1 else { return nil }
    let height = Double(count - 1) * level
    let below = min(Int(height), count - 1)
    let part = height - Double(below)
    var (place, before) = (0, 0)
    while place < counts.count - 1, before + Int(counts[place]) <= below {
      before += Int(counts[place])
      place += 1
    }
    let low = least + Double(place)
    guard part > 0, below + 1 < count else { return low }
    while place < counts.count - 1, before + Int(counts[place]) <= below + 1 {
      before += Int(counts[place])
      place += 1
    }
    return low + (least + Double(place) - low) * part
  }
}
