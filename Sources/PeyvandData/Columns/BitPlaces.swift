/// Where the bits of a word stand, written one after the other: the innermost loop of splitting a file into cells.
package enum BitPlaces {
  /// Places behind those of a word that may be written to.
  @inlinable package static var slack: Int { 2 * 64 + 24 }

  /// Writes the place behind each bit of a word, `base` for the first, and a second time where it is one of `twice`. What
  /// lies behind them is overwritten, up to `slack` places from the first.
  /// - Returns: nothing is written where there is no such room.
  @inlinable @inline(__always)
  package static func put(
    _ bits: UInt64, twice: UInt64, from base: Int, into places: inout MutableSpan<Int>, at slot: Int
  ) {
    guard slot >= 0, slot <= places.count &- slack else { return }
    places.withUnsafeMutableBufferPointer { places in
      guard var out = places.baseAddress.map({ $0 + slot }) else { return }
      var bits = bits
      let start = base &+ 1
      // No step asks whether there is a bit, eight at a time do: what is written for none is written over.
      @inline(__always) func step() {
        let bit = UInt64(truncatingIfNeeded: bits.trailingZeroBitCount)
        let place = start &+ Int(truncatingIfNeeded: bit)
        out[0] = place
        out[1] = place
        out += 1 &+ Int(truncatingIfNeeded: (twice &>> bit) & 1)
        bits &= bits &- 1
      }
      while bits != 0 {
        step()
        step()
        step()
        step()
        step()
        step()
        step()
        step()
      }
    }
  }
}
