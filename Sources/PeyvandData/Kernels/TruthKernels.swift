/// The logic of yes/nos with their marks, by tables.
///
/// `and`: a plain no decides and is plain; else no if any is no, neither if any is neither, yes otherwise, with
/// the parts' marks. `or` is its mirror. `not` turns yes and no round, leaves neither, keeps the marks.
package enum TruthKernels {
  package static func not(_ byte: UInt8) -> UInt8 {
    byte & Truth.truthBits == Truth.neither ? byte : byte ^ 1
  }

  package static func and(_ a: UInt8, _ b: UInt8) -> UInt8 {
    if a == Truth.no || b == Truth.no { return Truth.no }
    let marks = (a | b) & ~Truth.truthBits
    let (x, y) = (a & Truth.truthBits, b & Truth.truthBits)
    if x == Truth.no || y == Truth.no { return Truth.no | marks }
    return (x == Truth.neither || y == Truth.neither ? Truth.neither : Truth.yes) | marks
  }

  package static func or(_ a: UInt8, _ b: UInt8) -> UInt8 { not(and(not(a), not(b))) }

  private static let andTable: [UInt8] = table(and)
  private static let orTable: [UInt8] = table(or)
  private static func table(_ combine: (UInt8, UInt8) -> UInt8) -> [UInt8] {
    (0..<256).map { combine(UInt8($0 >> 4), UInt8($0 & 15)) }
  }

  package static func not(_ truths: Slab<UInt8>) -> Slab<UInt8> {
    mapped(truths) { $0 & Truth.truthBits == Truth.neither ? $0 : $0 ^ 1 }
  }

  package static func and(_ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    arePlain(a, b) ? mapped(a, b) { $0 & $1 } : looked(up: andTable, a, b)
  }
  package static func or(_ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    arePlain(a, b) ? mapped(a, b) { $0 | $1 } : looked(up: orTable, a, b)
  }

  /// Whether all are plain yes and no, as those of most batches are: then logic is that of bits, many at a time.
  private static func arePlain(_ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Bool {
    all(a) | all(b) <= Truth.yes
  }

  /// The bits that any of them has.
  private static func all(_ slab: Slab<UInt8>) -> UInt8 {
    slab.withElements(
      { base, step in
        var all: UInt8 = 0
        for index in 0..<(step == 0 ? 1 : slab.count) { all |= base[index] }
        return all
      }, empty: 0)
  }

  private static func looked(up table: [UInt8], _ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    table.withUnsafeBufferPointer { table in
      // A byte's four low bits, twice, are never past the table's 256 entries.
      mapped(a, b) { table[Int(($0 & 15) << 4 | ($1 & 15))] }
    }
  }

  /// Both of two plain tests; unknown where either is.
  package static func bothKnown(_ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    mapped(a, b) { ($0 | $1) & Truth.unknownMark != 0 ? Truth.unknown : $0 & $1 }
  }

  /// Yes or no of a mask; never marked.
  package static func of(_ mask: Slab<UInt8>?, count: Int) -> Slab<UInt8> {
    mask ?? Slab(repeating: Truth.yes, count: count)
  }

  /// Whether each is a not-yet: neither, and not unknown.
  package static func isOpen(_ truths: Slab<UInt8>) -> Slab<UInt8> {
    mapped(truths) { $0 & (Truth.truthBits | Truth.unknownMark) == Truth.neither ? Truth.yes : Truth.no }
  }

  /// A bit each, the lowest of a word first: whether a truth has one of its own bits (`Truth.yes`, a mark).
  package static func bits(_ truths: Slab<UInt8>, of bit: UInt8) -> [UInt64] {
    let count = truths.count
    let shift = UInt64(bit.trailingZeroBitCount)
    let truths = truths.isConstant ? Slab(truths.array) : truths
    guard all(truths) & bit != 0 else { return [UInt64](repeating: 0, count: (count + 63) / 64) }
    return filled((count + 63) / 64) { out in
      truths.withElements(
        { truths, _ in
          let raw = UnsafeRawPointer(truths)
          for word in 0..<(count + 63) / 64 {
            var bits: UInt64 = 0
            for eight in 0..<8 {
              let at = word &* 64 &+ eight &* 8
              if at &+ 8 <= count {
                let bytes = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) >> shift & 0x0101_0101_0101_0101
                // Each byte's bit comes to its place in the product's highest byte.
                bits |= ((bytes &* 0x0102_0408_1020_4080) >> 56) << UInt64(eight &* 8)
              } else if at < count {
                for place in at..<count { bits |= UInt64(truths[place] >> UInt8(shift) & 1) << UInt64(place & 63) }
              }
            }
            out[word] = bits
          }
        }, empty: ())
    }
  }

  /// Truths with the mark of what is unknown where a mask is 1.
  package static func marked(_ truths: Slab<UInt8>, whereUnknown mask: Slab<UInt8>) -> Slab<UInt8> {
    mapped(truths, mask) { $0 | $1 &* Truth.unknownMark }
  }

  /// No before yes, for sorting.
  package static func words(_ truths: Slab<UInt8>) -> Slab<Int32> {
    mapped(truths) { Int32($0 & Truth.truthBits) }
  }

  /// 1 where it is yes or no without being unknown.
  package static func isPlain(_ truths: Slab<UInt8>) -> Slab<UInt8> {
    mapped(truths) { $0 & Truth.unknownMark == 0 && $0 & Truth.truthBits != Truth.neither ? 1 : 0 }
  }

  /// 1 where it is yes or no without any mark: what a rate counts.
  package static func isDecided(_ truths: Slab<UInt8>) -> Slab<UInt8> { mapped(truths) { $0 <= Truth.yes ? 1 : 0 } }

  /// Whether all are yes or no without any mark.
  package static func areDecided(_ truths: Slab<UInt8>) -> Bool {
    truths.withElements(
      { base, step in
        var all: UInt8 = 0
        for index in 0..<(step == 0 ? 1 : truths.count) { all |= base[index] }
        return all <= Truth.yes
      }, empty: true)
  }

  /// Whether each value can be a case: yes where it is there and, of yes and no, decided; else why not (its mark).
  package static func cases(_ values: Vector) -> Slab<UInt8> {
    if case .truths(let truths) = values.storage { return mapped(truths) { $0 <= Truth.yes ? Truth.yes : $0 } }
    guard let presence = values.presence else { return Slab(repeating: Truth.yes, count: values.count) }
    return mapped(presence) { $0 == 0 ? Truth.unknown : Truth.yes }
  }

  /// A case of both: what is unknown of either is unknown, else what is open of either is open.
  package static func cases(_ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    mapped(a, b) { a, b in
      if (a | b) & Truth.unknownMark != 0 { return Truth.unknown }
      return a == Truth.yes ? b : a
    }
  }

  /// 1 where the truth is yes, whatever its marks: what `where`, `if` and filters keep.
  package static func isYes(_ truths: Slab<UInt8>) -> Slab<UInt8> {
    mapped(truths) { $0 & Truth.truthBits == Truth.yes ? 1 : 0 }
  }

  /// What a filter leaves out for want of knowledge: how many not kept carry the mark *unknown*, and how many
  /// others are not yet decided.
  package static func leftOut(_ truths: Slab<UInt8>) -> (unknown: Int, open: Int) {
    truths.withElements(
      { base, step in
        // Most batches carry no mark at all, which one pass without branches shows.
        var all: UInt8 = 0
        for index in 0..<(step == 0 ? 1 : truths.count) { all |= base[index] }
        if all <= Truth.yes { return (0, 0) }
        let counts = TruthCounts(truths)
        return (counts.unknown, counts.open)
      }, empty: (0, 0))
  }

  /// Where a filter leaves out what is unknown, and what is not yet decided.
  package static func leftOutPlaces(_ truths: Slab<UInt8>) -> (unknown: [Int32], open: [Int32]) {
    let counts = TruthCounts(truths)
    let flat = Slab(truths.array)
    func places(_ count: Int, _ find: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<Int32>) -> Int) -> [Int32] {
      guard count > 0 else { return [] }
      return written(flat.count, slack: Compaction.slack) { out in
        flat.withView { find($0.base, flat.count, out) } ?? 0
      }
    }
    return (
      places(counts.unknown) { Compaction.unknown($0, $1, into: $2) },
      places(counts.open) { Compaction.open($0, $1, into: $2) }
    )
  }

  /// Where a share leaves out what carries a mark.
  package static func markedPlaces(_ truths: Slab<UInt8>) -> (unknown: [Int32], open: [Int32]) {
    var (unknown, open): ([Int32], [Int32]) = ([], [])
    for (place, truth) in truths.array.enumerated() {
      if truth & Truth.unknownMark != 0 {
        unknown.append(Int32(truncatingIfNeeded: place))
      } else if truth & Truth.openMark != 0 || truth & Truth.truthBits == Truth.neither {
        open.append(Int32(truncatingIfNeeded: place))
      }
    }
    return (unknown, open)
  }
}
