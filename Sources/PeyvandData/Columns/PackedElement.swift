/// What can be packed: `Double`, `Int64` and `Int32`.
@usableFromInline
package protocol PackedElement: Sendable, Hashable {
  /// What values need; nil where they are kept as they are.
  static func range(of values: UnsafeBufferPointer<Self>) -> PackedRange?
  /// The number that is stored for a value that fits.
  func stored(_ scale: PackedScale) -> Int32
  /// The value that a stored number means.
  static func unpacked(_ stored: Int32, _ scale: PackedScale) -> Self
  /// `Packed.init`, `Packed.slab` and `PackedBuilder.finish`, each in the loops of its own type.
  static func packing(_ values: [Self]) -> Packed<Self>
  static func slab(_ values: Packed<Self>, _ range: Range<Int>) -> Slab<Self>
  static func joining(_ pieces: [PackedPiece<Self>]) -> Packed<Self>
  /// Many at once.
  static func unpack<S: FixedWidthInteger>(
    _ source: UnsafePointer<S>, _ count: Int, _ scale: PackedScale, into out: UnsafeMutablePointer<Self>)
}

extension Int32: PackedElement {
  @usableFromInline
  package static func packing(_ values: [Int32]) -> Packed<Int32> { Packed.packing(values) }
  @usableFromInline
  package static func slab(_ values: Packed<Int32>, _ range: Range<Int>) -> Slab<Int32> { values.widenedSlab(range) }
  @usableFromInline
  package static func joining(_ pieces: [PackedPiece<Int32>]) -> Packed<Int32> { PackedPiece.joined(pieces) }

  @usableFromInline @inline(__always)
  package func stored(_ scale: PackedScale) -> Int32 { Int32(truncatingIfNeeded: Int64(self) &- scale.offset) }

  @inlinable @inline(__always)
  package static func unpacked(_ stored: Int32, _ scale: PackedScale) -> Int32 {
    stored &+ Int32(truncatingIfNeeded: scale.offset)
  }

  @usableFromInline @inline(__always)
  package static func unpack<S: FixedWidthInteger>(
    _ source: UnsafePointer<S>, _ count: Int, _ scale: PackedScale, into out: UnsafeMutablePointer<Int32>
  ) {
    let offset = Int32(truncatingIfNeeded: scale.offset)
    for index in 0..<count { out[index] = Int32(truncatingIfNeeded: source[index]) &+ offset }
  }

  @usableFromInline
  package static func range(of values: UnsafeBufferPointer<Int32>) -> PackedRange? {
    wholeRange(of: values)
  }
}

extension Int64: PackedElement {
  @usableFromInline
  package static func packing(_ values: [Int64]) -> Packed<Int64> { Packed.packing(values) }
  @usableFromInline
  package static func slab(_ values: Packed<Int64>, _ range: Range<Int>) -> Slab<Int64> { values.widenedSlab(range) }
  @usableFromInline
  package static func joining(_ pieces: [PackedPiece<Int64>]) -> Packed<Int64> { PackedPiece.joined(pieces) }

  @usableFromInline @inline(__always)
  package func stored(_ scale: PackedScale) -> Int32 { Int32(truncatingIfNeeded: self &- scale.offset) }

  @inlinable @inline(__always)
  package static func unpacked(_ stored: Int32, _ scale: PackedScale) -> Int64 { Int64(stored) &+ scale.offset }

  @usableFromInline @inline(__always)
  package static func unpack<S: FixedWidthInteger>(
    _ source: UnsafePointer<S>, _ count: Int, _ scale: PackedScale, into out: UnsafeMutablePointer<Int64>
  ) {
    let offset = scale.offset
    for index in 0..<count { out[index] = Int64(truncatingIfNeeded: source[index]) &+ offset }
  }

  @usableFromInline
  package static func range(of values: UnsafeBufferPointer<Int64>) -> PackedRange? {
    wholeRange(of: values)
  }
}

extension Double: PackedElement {
  @usableFromInline
  package static func packing(_ values: [Double]) -> Packed<Double> { Packed.packing(values) }
  @usableFromInline
  package static func slab(_ values: Packed<Double>, _ range: Range<Int>) -> Slab<Double> { values.widenedSlab(range) }
  @usableFromInline
  package static func joining(_ pieces: [PackedPiece<Double>]) -> Packed<Double> { PackedPiece.joined(pieces) }

  @usableFromInline @inline(__always)
  package func stored(_ scale: PackedScale) -> Int32 {
    let whole = Self.whole(self * Double(scale.divisor) - Double(scale.offset))
    // No number is no less than that either.
    return whole.magnitude <= 2_147_483_647 ? Int32(truncatingIfNeeded: Int64(whole)) : 0
  }

  /// The nearest whole number of one below 2⁵¹, by what an addition rounds away; others as they are. (`rounded()` is a
  /// call of a function on processors without an instruction of that name.)
  @inline(__always)
  private static func whole(_ value: Double) -> Double {
    let wide = 6_755_399_441_055_744.0  // 1.5 · 2⁵²
    return value.magnitude < 2_251_799_813_685_248 ? (value + wide) - wide : value
  }

  @inlinable @inline(__always)
  package static func unpacked(_ stored: Int32, _ scale: PackedScale) -> Double {
    scale.divisor == 1
      ? Double(stored) + Double(scale.offset) : Double(stored) / Double(scale.divisor)
  }

  @usableFromInline @inline(__always)
  package static func unpack<S: FixedWidthInteger>(
    _ source: UnsafePointer<S>, _ count: Int, _ scale: PackedScale, into out: UnsafeMutablePointer<Double>
  ) {
    if scale.divisor == 1 {
      let offset = Double(scale.offset)
      for index in 0..<count { out[index] = Double(Int32(truncatingIfNeeded: source[index])) + offset }
    } else {
      let divisor = Double(scale.divisor)
      for index in 0..<count { out[index] = Double(Int32(truncatingIfNeeded: source[index])) / divisor }
    }
  }

  /// Whole numbers, tenths, hundredths and thousandths are tried, and each value is held against what would come back.
  @usableFromInline
  package static func range(of values: UnsafeBufferPointer<Double>) -> PackedRange? {
    guard !values.isEmpty else { return nil }
    if let range = wholeRange(of: values) { return range }
    var divisor = 1.0
    var low = Double.infinity
    var high = -Double.infinity
    for value in values {
      while !comesBack(value, divisor) {
        guard divisor < 1000 else { return nil }
        divisor *= 10
      }
      low = Swift.min(low, value)
      high = Swift.max(high, value)
    }
    // What comes back as tenths does as hundredths too, but may no longer fit.
    let limit = 2_147_483_000.0
    guard (low * divisor).magnitude <= limit, (high * divisor).magnitude <= limit,
      let least = Int64(exactly: (low * divisor).rounded()), let greatest = Int64(exactly: (high * divisor).rounded())
    else { return nil }
    return PackedRange(low: least, high: greatest, divisor: Int32(divisor))
  }

  /// The same where all are whole numbers that fit, seen without a branch; nil where any is not.
  private static func wholeRange(of values: UnsafeBufferPointer<Double>) -> PackedRange? {
    guard let first = values.first else { return nil }
    let wide = 6_755_399_441_055_744.0  // 1.5 · 2⁵²
    var (low, high) = (first, first)
    // What is not whole differs by its bits from what is left of it; no number at all is not itself.
    var others: UInt64 = 0
    var areNumbers = true
    for value in values {
      others |= ((value + wide) - wide).bitPattern ^ value.bitPattern
      low = value < low ? value : low
      high = value > high ? value : high
      areNumbers = areNumbers && value == value
    }
    let limit = 2_147_483_000.0
    guard others == 0, areNumbers, low >= -limit, high <= limit else { return nil }
    return PackedRange(low: Int64(low), high: Int64(high), divisor: 1)
  }

  @inline(__always)
  private static func comesBack(_ value: Double, _ divisor: Double) -> Bool {
    let scaled = whole(value * divisor)
    guard scaled.magnitude <= 2_147_483_000 else { return false }
    // By its bits, since −0 would come back as 0.
    return ((scaled + 0) / divisor).bitPattern == value.bitPattern
  }
}

/// From the least to the greatest of whole numbers; nil of none. Inlined where its type is known.
@inline(__always)
private func wholeRange<Whole: FixedWidthInteger & SignedInteger>(of values: UnsafeBufferPointer<Whole>) -> PackedRange?
{
  guard let first = values.first else { return nil }
  var low = first
  var high = first
  for value in values {
    low = min(low, value)
    high = max(high, value)
  }
  return PackedRange(low: Int64(low), high: Int64(high))
}
