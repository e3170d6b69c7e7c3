import PeyvandBase

/// References that are numbers, put together as places in a list of the different ones.
///
/// The column of the numbers themselves is never made: the pieces that were read are looked at twice, once for the
/// different numbers, a bit for each up to the greatest, and once for their places among these.
extension PackedBuilder<Int32> {
  /// Each number from 1 on as its place among the different ones, and these as texts in their order; 0 stays what it is.
  /// - Returns: nil where some are less than 0 or no less than `limit`; else nothing is left here.
  package mutating func placed(below limit: Int32) -> (places: Packed<Int32>, texts: TextTable)? {
    close()
    open = []
    var most: Int64 = 0
    var starts = [0]
    for piece in pieces {
      guard let range = piece.range, range.low >= 0 else { return nil }
      most = Swift.max(most, range.high)
      starts.append(starts[starts.count - 1] + piece.count)
    }
    guard most < Int64(limit) else { return nil }
    var taken: [PackedPiece<Int32>] = []
    swap(&taken, &pieces)
    packed = 0
    let (all, places, words) = (taken, starts, Int(most) >> 6 + 1)
    let count = places[places.count - 1]
    let parts = count < 1 << 20 ? 1 : Parts.most
    let size = (all.count + parts - 1) / parts
    /// The values of each piece of a part.
    @Sendable @inline(__always) func each(_ part: Int, _ body: (UnsafeBufferPointer<Int32>, _ start: Int) -> Void) {
      for index in Swift.min(part * size, all.count)..<Swift.min((part + 1) * size, all.count) {
        all[index].values.slab(0..<all[index].count).withFlat { body($0, places[index]) }
      }
    }
    var found = Parts.map(parts) { part in
      var bits = [UInt64](repeating: 0, count: words)
      bits.withUnsafeMutableBufferPointer { bits in
        each(part) { values, _ in
          for value in values { bits[Int(value) >> 6] |= 1 << UInt64(value & 63) }
        }
      }
      return bits
    }
    var bits = found.isEmpty ? [UInt64](repeating: 0, count: words) : found.removeFirst()
    for more in found { for index in bits.indices { bits[index] |= more[index] } }
    bits[0] &= ~1
    var ranks = [Int32](repeating: 0, count: words)
    var total: Int32 = 0
    for index in bits.indices {
      ranks[index] = total
      total &+= Int32(truncatingIfNeeded: bits[index].nonzeroBitCount)
    }
    let (different, before) = (bits, ranks)
    let changed: [Int32] = filled(count) { out in
      // A number may go to another thread, where the array waits for it.
      let address = UInt(bitPattern: out)
      _ = Parts.map(parts) { part in
        guard let out = UnsafeMutablePointer<Int32>(bitPattern: address) else { return }
        different.withUnsafeBufferPointer { bits in
          before.withUnsafeBufferPointer { ranks in
            each(part) { values, start in
              for index in 0..<values.count {
                let value = values[index]
                let below = bits[Int(value) >> 6] & ((1 << UInt64(value & 63)) &- 1)
                let place = ranks[Int(value) >> 6] &+ Int32(truncatingIfNeeded: below.nonzeroBitCount)
                out[start &+ index] = value > 0 ? place : 0
              }
            }
          }
        }
      }
    }
    return (Packed(changed).paged, TextTable(numbers: different, count: Int(total)))
  }
}
