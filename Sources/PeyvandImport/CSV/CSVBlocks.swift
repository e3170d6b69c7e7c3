import PeyvandBase

/// Bytes of a CSV file looked at 64 together: a bit for each byte that ends a cell.
///
/// Going from cell to cell costs a wrong guess of the processor for nearly each, since cells are of many lengths. Here
/// nothing depends on them: delimiters, line ends and quotes become the bits of three words, and which of them stand
/// in quotes is the parity of the quotes before them (after G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per
/// Second", 2019). What it answers is exact for cells that are quoted as a whole or not at all; for all others it says
/// that it does not know.
struct CSVBlocks {
  /// Bytes that are looked at together.
  static let size = 64

  private let delimiters: UInt64
  private let lineEnds: UInt64
  private let quotes: UInt64
  /// All ones where the next byte stands in a quoted cell.
  private var inside: UInt64 = 0
  /// 1 where the byte before is the end of a cell, and where it is a closing quote.
  private var wasEnd: UInt64 = 1
  private var wasClosing: UInt64 = 0

  /// Begins where a row does. Each word is a byte, eight times.
  init(delimiters: UInt64, lineEnds: UInt64, quotes: UInt64) {
    self.delimiters = delimiters
    self.lineEnds = lineEnds
    self.quotes = quotes
  }

  /// Bit 7 of every byte of `word` that equals the byte repeated in `pattern`; exact (H. S. Warren, "Hacker's Delight",
  /// 6-1).
  @inline(__always)
  static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let x = word ^ pattern
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((x & low) &+ low) | x | low)
  }

  /// Bit 7 of every byte as eight bits: each is moved into the highest byte, to a place of its own.
  @inline(__always)
  private static func gathered(_ word: UInt64) -> UInt64 { ((word >> 7) &* 0x0102_0408_1020_4080) >> 56 }

  /// The next 64 bytes, which must be there, and behind those of the call before.
  /// - Returns: the ends of cells, and which of them end a line; nil where a quote stands as it does in no plain cell, or
  ///   a line end in quotes: what comes afterwards is not known then.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>, at offset: Int) -> (ends: UInt64, lineEnds: UInt64)? {
    var delimiting: UInt64 = 0
    var ending: UInt64 = 0
    var quoting: UInt64 = 0
    for index in 0..<8 {
      let word = UInt64(
        littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset &+ index &* 8, as: UInt64.self))
      let shift = UInt64(truncatingIfNeeded: index &* 8)
      delimiting |= Self.gathered(Self.equal(word, delimiters)) &<< shift
      ending |= Self.gathered(Self.equal(word, lineEnds)) &<< shift
      quoting |= Self.gathered(Self.equal(word, quotes)) &<< shift
    }
    var parity = quoting
    parity ^= parity &<< 1
    parity ^= parity &<< 2
    parity ^= parity &<< 4
    parity ^= parity &<< 8
    parity ^= parity &<< 16
    parity ^= parity &<< 32
    // From an opening quote up to the byte before the closing one.
    let within = parity ^ inside
    let ends = (delimiting | ending) & ~within
    let opening = quoting & within
    let closing = quoting & ~within
    // A cell begins with its quote, ends with it, and holds no line end.
    guard (ending & within) | (opening & ~(ends &<< 1 | wasEnd)) | ((closing &<< 1 | wasClosing) & ~ends) == 0 else {
      return nil
    }
    inside = 0 &- within &>> 63
    wasEnd = ends &>> 63
    wasClosing = closing &>> 63
    return (ends, ending)
  }
}
