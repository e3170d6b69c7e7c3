/// How many truths of a batch are yes, unknown and not yet decided.
///
/// Eight truths are looked at together: each kind of answer is a bit a byte, and bytes are added up until one is full.
struct TruthCounts {
  let all: Int
  private(set) var yes = 0
  /// Not yes, and marked unknown.
  private(set) var unknown = 0
  /// Neither yes nor unknown, and not no.
  private(set) var open = 0

  init(_ truths: Slab<UInt8>) {
    all = truths.count
    let counts = truths.withFlat { Self.counts($0) }
    (yes, unknown, open) = counts
  }

  private static func counts(_ truths: UnsafeBufferPointer<UInt8>) -> (Int, Int, Int) {
    guard let base = truths.baseAddress else { return (0, 0, 0) }
    let raw = UnsafeRawPointer(base)
    let ones: UInt64 = 0x0101_0101_0101_0101
    var (yes, unknown, open) = (0, 0, 0)
    var row = 0
    while row &+ 8 <= truths.count {
      var (yesBytes, unknownBytes, openBytes): (UInt64, UInt64, UInt64) = (0, 0, 0)
      let end = min(truths.count &- 7, row &+ 8 &* 255)
      while row < end {
        let word = raw.loadUnaligned(fromByteOffset: row, as: UInt64.self)
        let isYes = word & ~(word >> 1) & ones
        let isUnknown = (word >> 2) & ~isYes & ones
        let isOpen = (word >> 1) & ~word & ~isUnknown & ones
        yesBytes &+= isYes
        unknownBytes &+= isUnknown
        openBytes &+= isOpen
        row &+= 8
      }
      yes &+= sum(yesBytes)
      unknown &+= sum(unknownBytes)
      open &+= sum(openBytes)
    }
    while row < truths.count {
      let truth = base[row]
      if truth & Truth.truthBits == Truth.yes {
        yes &+= 1
      } else if truth & Truth.unknownMark != 0 {
        unknown &+= 1
      } else if truth & Truth.truthBits == Truth.neither {
        open &+= 1
      }
      row &+= 1
    }
    return (yes, unknown, open)
  }

  /// The sum of the eight bytes of a word.
  @inline(__always)
  private static func sum(_ bytes: UInt64) -> Int {
    let even = bytes & 0x00FF_00FF_00FF_00FF
    let odd = bytes >> 8 & 0x00FF_00FF_00FF_00FF
    return Int(truncatingIfNeeded: ((even &+ odd) &* 0x0001_0001_0001_0001) >> 48)
  }
}
