/// Which values of a column are there: a bit each, 1 there and 0 missing.
///
/// As a collection it is one of bytes, as kernels take masks; a question widens the bits of its batch.
@usableFromInline
package struct Mask: Sendable, Hashable, RandomAccessCollection, ExpressibleByArrayLiteral {
  @usableFromInline var words: [UInt64] = []
  @usableFromInline package internal(set) var count = 0

  package init() {}

  package init(repeating bit: UInt8, count: Int) {
    words = [UInt64](repeating: bit == 0 ? 0 : .max, count: (count + 63) / 64)
    self.count = count
    clearRest()
  }

  package init(_ bytes: some Collection<UInt8>) {
    words.reserveCapacity((bytes.count + 63) / 64)
    for byte in bytes { append(byte) }
  }

  @usableFromInline
  package init(arrayLiteral elements: UInt8...) { self.init(elements) }

  /// Bits behind the last are 0, so that equal masks have equal words.
  private mutating func clearRest() {
    let used = count & 63
    if used > 0, !words.isEmpty { words[words.count - 1] &= (1 << UInt64(used)) &- 1 }
  }

  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int { count }

  @inlinable
  package subscript(index: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: words[index >> 6] >> UInt64(index & 63) & 1) }
    set {
      let bit: UInt64 = 1 << UInt64(index & 63)
      if newValue == 0 { words[index >> 6] &= ~bit } else { words[index >> 6] |= bit }
    }
  }

  package mutating func append(_ byte: UInt8) {
    if count & 63 == 0 { words.append(0) }
    if byte != 0 { words[count >> 6] |= 1 << UInt64(count & 63) }
    count &+= 1
  }

  package mutating func append(_ other: Mask) { append(other.words, count: other.count) }

  /// Adds the first bits of some words, the lowest of each first.
  package mutating func append(_ bits: [UInt64], count more: Int) {
    let more = Swift.min(more, bits.count * 64)
    guard more > 0 else { return }
    let used = (more + 63) / 64
    let shift = UInt64(count & 63)
    if shift == 0 {
      words.append(contentsOf: bits[..<used])
    } else {
      for word in bits[..<used] {
        words[words.count - 1] |= word << shift
        words.append(word >> (64 - shift))
      }
    }
    count += more
    words.removeLast(words.count - (count + 63) / 64)
    clearRest()
  }

  /// No bit from a place on.
  mutating func clear(from start: Int) {
    for index in start..<Swift.min(count, (start + 63) & ~63) { self[index] = 0 }
    for word in words.indices.dropFirst((start + 63) / 64) { words[word] = 0 }
  }

  /// Bytes of memory that the bits hold.
  package var heldBytes: Int { words.capacity * 8 }

  /// Whether all are there.
  package var isFull: Bool { presentCount == count }
  package var presentCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether all of a range are there; none is beyond the end.
  package func isFull(_ range: Range<Int>) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= count else { return range.isEmpty }
    var index = range.lowerBound
    while index < range.upperBound {
      let here = Swift.min(64 &- (index & 63), range.upperBound &- index)
      let wanted: UInt64 = here == 64 ? .max : (1 << UInt64(here)) &- 1
      guard words[index >> 6] >> UInt64(index & 63) & wanted == wanted else { return false }
      index &+= here
    }
    return true
  }

  /// The mask where something is missing.
  package var reduced: Mask? { isFull ? nil : self }

  /// Each bit of a range as a byte.
  package func slab(_ range: Range<Int>) -> Slab<UInt8> {
    let range = range.clamped(to: 0..<count)
    return Slab(
      words.withUnsafeBufferPointer { words in
        filled(range.count) { out in
          var index = 0
          while index < range.count {
            let at = range.lowerBound &+ index
            let here = Swift.min(64 &- (at & 63), range.count &- index)
            let word = words[at >> 6] >> UInt64(at & 63)
            if word == 0 || here == 64 && word == .max {
              for bit in 0..<here { out[index &+ bit] = UInt8(truncatingIfNeeded: word & 1) }
            } else {
              for bit in 0..<here { out[index &+ bit] = UInt8(truncatingIfNeeded: word >> UInt64(bit) & 1) }
            }
            index &+= here
          }
        }
      })
  }

  /// The bytes at `rows − base`; 0 where there is none.
  package func taken(_ rows: Slab<Int32>, base: Int) -> Slab<UInt8> {
    let limit = UInt(bitPattern: count)
    return words.withUnsafeBufferPointer { words in
      mapped(rows) { row in
        let place = UInt(bitPattern: Int(row) &- base)
        guard place < limit else { return 0 }
        return UInt8(truncatingIfNeeded: words[Int(bitPattern: place >> 6)] >> UInt64(place & 63) & 1)
      }
    }
  }

  /// The bits at places; 0 where there is none.
  private func arranged(_ places: ArraySlice<Int32>) -> Mask {
    var result = Mask()
    result.count = places.count
    let limit = UInt(bitPattern: count)
    result.words = words.withUnsafeBufferPointer { words in
      places.withUnsafeBufferPointer { places in
        filled((places.count + 63) / 64) { out in
          for at in 0..<(places.count + 63) / 64 {
            var word: UInt64 = 0
            for bit in 0..<Swift.min(64, places.count &- at &* 64) {
              let place = UInt(bitPattern: Int(places[at &* 64 &+ bit]))
              guard place < limit else { continue }
              word |= (words[Int(bitPattern: place >> 6)] >> UInt64(place & 63) & 1) << UInt64(bit)
            }
            out[at] = word
          }
        }
      }
    }
    return result
  }

  /// As `Packed.gathered`; a column without a mask has all of its rows.
  package static func gathered(
    old: Mask?, oldRows: Int, oldBase: Int, oldCount: Int, new: Mask?, newRows: Int, sources: ArraySlice<Int32>
  ) -> Mask? {
    if oldCount == 0 { return (new ?? Mask(repeating: 1, count: newRows)).arranged(sources).reduced }
    var result = Mask()
    result.words.reserveCapacity((sources.count + 63) / 64)
    for source in sources {
      let source = Int(source)
      let isOld = source < oldCount
      let index = isOld ? source - oldBase : source - oldCount
      guard index >= 0, index < (isOld ? oldRows : newRows) else {
        result.append(0)
        continue
      }
      let mask = isOld ? old : new
      result.append(mask.map { index < $0.count ? $0[index] : 1 } ?? 1)
    }
    return result.reduced
  }
}
