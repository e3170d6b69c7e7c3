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

  /// Bit 7 of every byte of `word` that is none of those repeated in `pattern`; the others are of no meaning (exact; H.
  /// S. Warren, "Hacker's Delight", 6-1).
  @inline(__always)
  private static func other(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let x = word ^ pattern
    return ((x & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | x
  }

  /// Adds a bit for each of the next eight bytes below those that are there.
  @inline(__always)
  private static func take(_ other: UInt64, into bits: inout UInt64) {
    bits = bits &>> 1 | (other & 0x8080_8080_8080_8080)
  }

  /// Eight times eight bits with rows and columns changed ("Hacker's Delight", 7-3).
  @inline(__always)
  private static func transposed(_ word: UInt64) -> UInt64 {
    var bits = word
    var moved = (bits ^ (bits &>> 7)) & 0x00AA_00AA_00AA_00AA
    bits ^= moved ^ (moved &<< 7)
    moved = (bits ^ (bits &>> 14)) & 0x0000_CCCC_0000_CCCC
    bits ^= moved ^ (moved &<< 14)
    moved = (bits ^ (bits &>> 28)) & 0x0000_0000_F0F0_F0F0
    return bits ^ moved ^ (moved &<< 28)
  }

  @inline(__always)
  private static func word(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The next 64 bytes, which must be there, and behind those of the call before.
  /// - Returns: the ends of cells, and which of them end a line; nil where a quote stands as it does in no plain cell, or
  ///   a line end in quotes: what comes afterwards is not known then.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>, at offset: Int) -> (ends: UInt64, lineEnds: UInt64)? {
    // Bytes that are none of them, until the end.
    var delimiting: UInt64 = 0
    var ending: UInt64 = 0
    var quoting: UInt64 = 0
    @inline(__always) func take(_ at: Int) {
      let word = Self.word(bytes, offset &+ at)
      Self.take(Self.other(word, delimiters), into: &delimiting)
      Self.take(Self.other(word, lineEnds), into: &ending)
      Self.take(Self.other(word, quotes), into: &quoting)
    }
    take(0)
    take(8)
    take(16)
    take(24)
    take(32)
    take(40)
    take(48)
    take(56)
    delimiting = ~Self.transposed(delimiting)
    ending = ~Self.transposed(ending)
    quoting = ~Self.transposed(quoting)
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
