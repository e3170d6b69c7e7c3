import Glibc

/// Where the pages of a column lie of which many hold one value throughout.
///
/// A field of a general kind is often used by a few of its special kinds: amounts by purchases and quotes, what a survey
/// says by surveys. Rows stand kind by kind, so what is missing is missing for hundreds of thousands of rows in a row.
/// Pages of 4,096 rows that hold nothing but the same value are kept once, and a table says where each page begins: a
/// row is found by one look into a table that stays at hand, and a batch, which lies within one kind mostly, is read
/// as if there were no pages.
@usableFromInline
struct PackedPages: Sendable {
  /// Of each page where it begins among the values that are stored; pages of the one value at 0.
  @usableFromInline var starts: [Int32]
  /// How many values there are.
  @usableFromInline var count: Int

  /// 4,096 rows a page, by the bits of a row's number.
  @usableFromInline static var bits: Int { 12 }
  @usableFromInline static var size: Int { 1 << bits }

  @usableFromInline
  init(starts: [Int32], count: Int) {
    self.starts = starts
    self.count = count
  }

  /// Where a value is stored.
  @inlinable @inline(__always)
  func place(_ index: Int) -> Int { Int(starts[index >> Self.bits]) &+ (index & (Self.size &- 1)) }

  /// Where the values of a range, which is within them, are stored one after the other; nil where they are not.
  func run(_ range: Range<Int>) -> Range<Int>? {
    guard !range.isEmpty else { return 0..<0 }
    let (first, last) = (range.lowerBound >> Self.bits, (range.upperBound - 1) >> Self.bits)
    // Pages that are not blank are stored in their order, so that the ends tell whether any between them is.
    guard first == last || starts[first] > 0 && Int(starts[last]) - Int(starts[first]) == (last - first) << Self.bits
    else { return nil }
    let start = place(range.lowerBound)
    return start..<start + range.count
  }

  /// Whether all values of a range, which is within them, are the one that is kept once.
  func isBlank(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    return starts[(range.lowerBound >> Self.bits)...((range.upperBound - 1) >> Self.bits)].allSatisfy { $0 == 0 }
  }

  /// The parts of a range page by page: where they are stored, and how far into the range they stand.
  @inline(__always)
  func eachPage(of range: Range<Int>, _ body: (_ stored: Range<Int>, _ at: Int) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound {
      let end = min(range.upperBound, (index >> Self.bits &+ 1) << Self.bits)
      let start = place(index)
      body(start..<start &+ (end &- index), index &- range.lowerBound)
      index = end
    }
  }

  /// Values with pages of one value kept once; nil where that would save less than five eighths, since rows of several
  /// kinds each ask where their page is.
  @inline(__always)
  static func cutting<Stored: Sendable>(_ values: [Stored]) -> (values: [Stored], pages: PackedPages)? {
    guard values.count >= size * 16, values.count < Int(Int32.max) else { return nil }
    return values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return nil }
      let width = MemoryLayout<Stored>.stride
      var blank: UnsafePointer<Stored>?
      var isBlank = [Bool](repeating: false, count: (source.count + size - 1) >> bits)
      var blanks = 0
      for page in isBlank.indices {
        let first = base + page << bits
        let count = min(size, source.count - page << bits)
        // By their bytes: what comes back is the very same value. The first blank page is a full one.
        guard memcmp(first, first + 1, (count - 1) * width) == 0, blank != nil || count == size,
          blank.map({ memcmp($0, first, width) == 0 }) ?? true
        else { continue }
        blank = blank ?? first
        isBlank[page] = true
        blanks += 1
      }
      guard let blank, (blanks - 1) * 8 >= isBlank.count * 5 else { return nil }
      let left = isBlank.indices.reduce(0) { $0 + (isBlank[$1] ? 0 : min(size, source.count - $1 << bits)) }
      var starts = [Int32](repeating: 0, count: isBlank.count)
      let kept: [Stored] = filled(size + left) { out in
        out.update(from: blank, count: size)
        var end = size
        for page in isBlank.indices where !isBlank[page] {
          let count = min(size, source.count - page << bits)
          (out + end).update(from: base + page << bits, count: count)
          starts[page] = Int32(truncatingIfNeeded: end)
          end += count
        }
      }
      return (kept, PackedPages(starts: starts, count: source.count))
    }
  }
}

extension Packed {
  /// The same values, pages that hold one value throughout kept once where that saves enough.
  @inline(__always)
  var paged: Packed {
    guard pages == nil else { return self }
    switch form {
    case .int8(let values):
      return PackedPages.cutting(values).map { Packed(.int8($0.values), scale, $0.pages) } ?? self
    case .int16(let values):
      return PackedPages.cutting(values).map { Packed(.int16($0.values), scale, $0.pages) } ?? self
    case .int32(let values):
      return PackedPages.cutting(values).map { Packed(.int32($0.values), scale, $0.pages) } ?? self
    case .wide(let values):
      return PackedPages.cutting(values).map { Packed(.wide($0.values), scale, $0.pages) } ?? self
    }
  }

  /// What is stored, as it lies: places are those that `pages` tells.
  @inline(__always)
  var stored: Packed { Packed(form, scale) }

  /// The elements of a range, which is within them.
  @inline(__always)
  func slab(_ range: Range<Int>, through pages: PackedPages) -> Slab<Element> {
    if let run = pages.run(range) { return stored.widenedSlab(run) }
    if pages.isBlank(range) { return Slab(repeating: self[range.lowerBound], count: range.count) }
    @inline(__always) func widened<S: FixedWidthInteger>(_ values: [S]) -> Slab<Element> {
      values.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return Slab([]) }
        return Slab(
          filled(range.count) { out in
            pages.eachPage(of: range) { stored, at in
              Element.unpack(base + stored.lowerBound, stored.count, scale, into: out + at)
            }
          })
      }
    }
    switch form {
    case .int8(let values): return widened(values)
    case .int16(let values): return widened(values)
    case .int32(let values): return widened(values)
    case .wide(let values):
      return values.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return Slab([]) }
        return Slab(
          filled(range.count) { out in
            pages.eachPage(of: range) { stored, at in
              (out + at).update(from: base + stored.lowerBound, count: stored.count)
            }
          })
      }
    }
  }
}
