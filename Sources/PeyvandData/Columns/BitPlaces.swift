/// Where the bits of a word stand, written one after the other: the innermost loop of splitting a file into cells.
@usableFromInline
package enum BitPlaces {
  /// For each bit whether an odd number of bits stands below it or at it: what lies between pairs of them.
  @inlinable @inline(__always)
  package static func parity(_ bits: UInt64) -> UInt64 {
    var parity = bits
    parity ^= parity &<< 1
    parity ^= parity &<< 2
    parity ^= parity &<< 4
    parity ^= parity &<< 8
    parity ^= parity &<< 16
    parity ^= parity &<< 32
    return parity
  }

  /// Places from the first on that are written to for a word, whatever is in it.
  package static let slack = 2 * 64 + 24

  /// Writes the place behind each bit of a word, `base` for the first, and a second time where it is one of `twice`. What
  /// lies behind them is overwritten, up to `slack` places from the first.
  /// - Returns: nothing is written where there is no such room.
  package static func put(
    _ bits: UInt64, twice: UInt64, from base: Int, into places: inout MutableSpan<Int>, at slot: Int
  ) {
    guard slot >= 0, slot <= places.count &- slack else { return }
    places.withUnsafeMutableBufferPointer { places in
      if let out = places.baseAddress { put(bits, twice: twice, from: base, at: out + slot) }
    }
  }

  /// The same where there is room.
  /// - Parameter twice: nil where none is written twice.
  @inline(__always)
  static func put(_ bits: UInt64, twice: UInt64?, from base: Int, at first: UnsafeMutablePointer<Int>) {
    var (out, bits) = (first, bits)
    let start = base &+ 1
    // No step asks whether there is a bit, eight at a time do: what is written for none is written over.
    @inline(__always) func step(_ index: Int) {
      let bit = UInt64(truncatingIfNeeded: bits.trailingZeroBitCount)
      let place = start &+ Int(truncatingIfNeeded: bit)
      if let twice {
        out[0] = place
        out[1] = place
        out += 1 &+ Int(truncatingIfNeeded: (twice &>> bit) & 1)
      } else {
        out[index] = place
      }
      bits &= bits &- 1
    }
    while bits != 0 {
      step(0)
      step(1)
      step(2)
      step(3)
      step(4)
      step(5)
      step(6)
      step(7)
      if twice == nil { out += 8 }
    }
  }
}
