/// The places at which bytes say yes, eight at a time.
///
/// The answers of eight rows are gathered into one byte by a multiplication, and a table has for each such byte the
/// places of its bits. So a filter costs the same however its answers are spread, and no branch is guessed.
enum Compaction {
  /// How many more places than there are rows the output must have room for: eight are written at a time.
  static let slack = 8

  /// For each byte the places of its bits, lowest first; what comes after them is nought.
  private static let placesOfBits: [SIMD8<Int32>] = (0..<256).map { bits in
    var places = SIMD8<Int32>(repeating: 0)
    var next = 0
    for bit in 0..<8 where bits >> bit & 1 == 1 {
      places[next] = Int32(truncatingIfNeeded: bit)
      next += 1
    }
    return places
  }

  /// Truths that are yes, marked or not.
  static func yes(_ truths: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<Int32>) -> Int {
    // Yes is the lowest bit without the one beside it.
    places(truths, count, out) { $0 & ~($0 >> 1) & 0x0101_0101_0101_0101 }
  }

  /// Truths that are not yes and marked unknown.
  static func unknown(_ truths: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<Int32>) -> Int {
    places(truths, count, out) { $0 >> 2 & ~($0 & ~($0 >> 1)) & 0x0101_0101_0101_0101 }
  }

  /// Truths that are neither yes nor no, and not unknown.
  static func open(_ truths: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<Int32>) -> Int {
    places(truths, count, out) { $0 >> 1 & ~$0 & ~($0 >> 2) & 0x0101_0101_0101_0101 }
  }

  /// Bytes of a mask, 1 or 0.
  static func kept(_ mask: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<Int32>) -> Int {
    places(mask, count, out) { $0 & 0x0101_0101_0101_0101 }
  }

  /// The places, and how many; `out` has room for `count + slack`.
  @inline(__always)
  private static func places(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ out: UnsafeMutablePointer<Int32>, _ bit: (UInt64) -> UInt64
  ) -> Int {
    var kept = 0
    var row = 0
    let raw = UnsafeRawPointer(bytes)
    placesOfBits.withUnsafeBufferPointer { table in
      while row &+ 8 <= count {
        let ones = bit(raw.loadUnaligned(fromByteOffset: row, as: UInt64.self))
        let bits = Int(truncatingIfNeeded: (ones &* 0x0102_0408_1020_4080) >> 56)
        let places = table[bits] &+ SIMD8<Int32>(repeating: Int32(truncatingIfNeeded: row))
        UnsafeMutableRawPointer(out + kept).storeBytes(of: places, as: SIMD8<Int32>.self)
        // The sum of the eight bytes, each 0 or 1.
        kept &+= Int(truncatingIfNeeded: (ones &* 0x0101_0101_0101_0101) >> 56)
        row &+= 8
      }
    }
    while row < count {
      out[kept] = Int32(truncatingIfNeeded: row)
      kept &+= Int(truncatingIfNeeded: bit(UInt64(bytes[row])))
      row &+= 1
    }
    return kept
  }
}
