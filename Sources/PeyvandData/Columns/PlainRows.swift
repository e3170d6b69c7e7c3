import CBytes

/// Rows of a file that were found plain before, split once more: nothing of them is asked again.
///
/// A file is gone over twice, once to see where its rows are and whether they are sound, and once for its columns. Rows
/// are plain where each has as many cells as the file has columns, on one line, each quoted as a whole or not at all.
/// Then every end outside of quotes is the end of a cell, and which stand in quotes is the parity of the quotes before.
package enum PlainRows {
  /// What came of it.
  package enum Outcome: Hashable, Sendable {
    /// So many places for each row.
    case places(Int)
    /// Lines end with a carriage return before the line end: rows are to stand apart.
    case returns
    /// The rows are not found here; as it is where the file ends behind them before a block does.
    case unknown
  }

  /// Puts the places of cells: the first byte of each, and one past the end of a row's last plus 1.
  ///
  /// That is where the next row begins, so a row has as many places as cells, and one behind them all; rows that stand apart
  /// have one more each, and no carriage return at their ends.
  /// - Parameters:
  ///   - start: where the first begins.
  ///   - apart: whether rows stand apart.
  ///   - places: may have more behind those of the rows afterwards; worth nothing where they are not found.
  package static func split(
    _ bytes: Span<UInt8>, from start: Int, rows: Int, width: Int, apart: Bool,
    delimiter: UInt8, lineEnd: UInt8, quote: UInt8, into places: inout [Int]
  ) -> Outcome {
    guard rows > 0, width > 1, start >= 0 else { return .unknown }
    let stride = apart ? width &+ 1 : width
    let count = rows &* stride &+ (apart ? 0 : 1)
    let missing = count &+ BitPlaces.slack &- places.count
    if missing > 0 { places.append(contentsOf: repeatElement(0, count: missing)) }
    let signs = Signs(
      delimiters: SIMD16(repeating: delimiter), lineEnds: SIMD16(repeating: lineEnd), quotes: SIMD16(repeating: quote))
    return bytes.withUnsafeBufferPointer { bytes in
      places.withUnsafeMutableBufferPointer { places in
        guard let out = places.baseAddress else { return .unknown }
        let isFound = apart ? put(bytes, start, count, signs, true, out) : put(bytes, start, count, signs, false, out)
        guard isFound else { return .unknown }
        var at = width
        while at < count {
          // One past the line's end.
          let end = out[at]
          guard end > 1, end <= bytes.count, bytes[end &- 1] == lineEnd else { return .unknown }
          if bytes[end &- 2] == 0x0D {
            guard apart else { return .returns }
            out[at] = end &- 1
          }
          at &+= stride
        }
        return .places(stride)
      }
    }
  }

  private struct Signs {
    var delimiters: SIMD16<UInt8>
    var lineEnds: SIMD16<UInt8>
    var quotes: SIMD16<UInt8>
  }

  /// Writes so many places, and up to `BitPlaces.slack` more; false where the file ends before.
  @inline(__always)
  private static func put(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int, _ signs: Signs, _ apart: Bool,
    _ out: UnsafeMutablePointer<Int>
  ) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    guard let base = raw.baseAddress else { return false }
    var at = start
    var slot = 1
    var inside: UInt64 = 0
    out[0] = start
    while slot < count {
      guard at <= raw.count &- 64 else { return false }
      let block = base + at
      // The processor does not look ahead beyond a page by itself.
      cbytes_expect(block, 1_024)
      @inline(__always) func part(_ index: Int) -> SIMD16<UInt8> {
        block.loadUnaligned(fromByteOffset: index &* 16, as: SIMD16<UInt8>.self)
      }
      let (a, b, c, d) = (part(0), part(1), part(2), part(3))
      let ending = cbytes_equal(a, b, c, d, signs.lineEnds)
      let within = BitPlaces.parity(cbytes_equal(a, b, c, d, signs.quotes)) ^ inside
      inside = 0 &- within &>> 63
      let ends = (cbytes_equal(a, b, c, d, signs.delimiters) | ending) & ~within
      BitPlaces.put(ends, twice: apart ? ending : nil, from: at, at: out + slot)
      slot &+= ends.nonzeroBitCount
      if apart { slot &+= (ends & ending).nonzeroBitCount }
      at &+= 64
    }
    return true
  }
}
