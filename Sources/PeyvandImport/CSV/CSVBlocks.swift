import CBytes
import PeyvandBase
import PeyvandData

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

  private let delimiters: SIMD16<UInt8>
  private let lineEnds: SIMD16<UInt8>
  private let quotes = SIMD16<UInt8>(repeating: CSVDialect.quote)
  /// All ones where the next byte stands in a quoted cell.
  private var inside: UInt64 = 0
  /// 1 where the byte before is the end of a cell, and where it is a closing quote.
  private var wasEnd: UInt64 = 1
  private var wasClosing: UInt64 = 0

  /// Begins where a row does.
  init(delimiter: UInt8, lineEnd: UInt8) {
    delimiters = SIMD16(repeating: delimiter)
    lineEnds = SIMD16(repeating: lineEnd)
  }

  /// The next 64 bytes, which must be there, and behind those of the call before.
  /// - Returns: the ends of cells, and which of them end a line; nil where a quote stands as it does in no plain cell, or
  ///   a line end in quotes: what comes afterwards is not known then.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>, at offset: Int) -> (ends: UInt64, lineEnds: UInt64)? {
    @inline(__always) func part(_ at: Int) -> SIMD16<UInt8> {
      bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset &+ at, as: SIMD16<UInt8>.self)
    }
    let (first, second, third, fourth) = (part(0), part(16), part(32), part(48))
    @inline(__always) func bits(_ pattern: SIMD16<UInt8>) -> UInt64 {
      cbytes_equal(first, second, third, fourth, pattern)
    }
    let delimiting = bits(delimiters)
    let ending = bits(lineEnds)
    let quoting = bits(quotes)
    // From an opening quote up to the byte before the closing one.
    let within = BitPlaces.parity(quoting) ^ inside
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
