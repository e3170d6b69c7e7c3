/// Values of a column in as few bytes each as all of them need.
///
/// Most whole numbers of a company are small, most amounts have two decimals, most times lie within some years of each
/// other; kept as they are written, memory is what a question waits for. So whole numbers are kept in one, two or four
/// bytes from where they begin, and decimals as whole numbers of tenths, hundredths or thousandths where each comes back
/// as the very same double (a quotient of two exact doubles is rounded once, as the decimal is when it is read). What
/// does not fit is kept as it is. A question widens them batch by batch; this is the one place that knows how they lie.
@usableFromInline
package struct Packed<Element: PackedElement>: Sendable {
  @usableFromInline
  enum Form: Sendable {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case wide([Element])
  }
  @usableFromInline var form: Form
  @usableFromInline var scale: PackedScale
  /// Where the values lie in the form, where they do not lie one after the other.
  @usableFromInline var pages: PackedPages?

  @usableFromInline
  init(_ form: Form, _ scale: PackedScale, _ pages: PackedPages? = nil) {
    self.form = form
    self.scale = scale
    self.pages = pages
  }

  /// The values as they are, without a look at them: for columns that last no longer than a question.
  package init(wide values: [Element]) { self.init(.wide(values), PackedScale()) }

  /// Linear: one pass to see what they need, one to pack them.
  package init(_ values: [Element]) { self = Element.packing(values) }

  /// The work of `init`, made for each type where it is called.
  @inline(__always)
  static func packing(_ values: [Element]) -> Packed {
    guard let range = values.withUnsafeBufferPointer({ Element.range(of: $0) }) else { return Packed(wide: values) }
    return packed(count: values.count, range) { put, scale in
      values.withUnsafeBufferPointer { source in
        for index in 0..<source.count { put(index, source[index].stored(scale)) }
      }
    } ?? Packed(wide: values)
  }

  /// Values of a form wide enough for the range; nil where none is narrower than the values.
  @inline(__always)
  static func packed(
    count: Int, _ range: PackedRange, _ fill: (_ put: (Int, Int32) -> Void, PackedScale) -> Void
  ) -> Packed? {
    guard let (bytes, scale) = range.fit(below: MemoryLayout<Element>.size) else { return nil }
    switch bytes {
    case 1:
      return Packed(
        .int8(filled(count) { out in fill({ out[$0] = Int8(truncatingIfNeeded: $1) }, scale) }), scale)
    case 2:
      return Packed(
        .int16(filled(count) { out in fill({ out[$0] = Int16(truncatingIfNeeded: $1) }, scale) }), scale)
    default:
      return Packed(.int32(filled(count) { out in fill({ out[$0] = $1 }, scale) }), scale)
    }
  }

  /// All values of some pieces in one form.
  package static func joining(_ pieces: [PackedPiece<Element>]) -> Packed { Element.joining(pieces) }

  /// Bytes of memory that are held for them, room to grow included.
  package var heldBytes: Int {
    let table = (pages?.starts.capacity ?? 0) * 4
    return switch form {
    case .int8(let values): values.capacity + table
    case .int16(let values): values.capacity * 2 + table
    case .int32(let values): values.capacity * 4 + table
    case .wide(let values): values.capacity * MemoryLayout<Element>.stride + table
    }
  }

  /// Bytes that the values take.
  package var byteCount: Int {
    switch form {
    case .int8(let values): values.count
    case .int16(let values): values.count * 2
    case .int32(let values): values.count * 4
    case .wide(let values): values.count * MemoryLayout<Element>.stride
    }
  }
}

/// How stored numbers become values: `(stored + offset) / divisor`.
@usableFromInline
package struct PackedScale: Hashable, Sendable {
  @usableFromInline var offset: Int64 = 0
  @usableFromInline var divisor: Int32 = 1
  @usableFromInline init() {}
  init(offset: Int64, divisor: Int32) {
    self.offset = offset
    self.divisor = divisor
  }
}

/// What some values need: the least and the greatest of them, as whole numbers of a part of one.
@usableFromInline
package struct PackedRange: Sendable {
  var low: Int64
  var high: Int64
  var divisor: Int32 = 1

  /// The bytes of the narrowest form, fewer than `limit`, and its scale.
  func fit(below limit: Int) -> (bytes: Int, scale: PackedScale)? {
    func holds(_ least: Int64, _ greatest: Int64) -> PackedScale? {
      if low >= least, high <= greatest { return PackedScale(offset: 0, divisor: divisor) }
      let (span, over) = high.subtractingReportingOverflow(low)
      let (offset, beyond) = low.subtractingReportingOverflow(least)
      guard divisor == 1, !over, !beyond, span <= greatest - least else { return nil }
      return PackedScale(offset: offset, divisor: 1)
    }
    if limit > 1, let scale = holds(Int64(Int8.min), Int64(Int8.max)) { return (1, scale) }
    if limit > 2, let scale = holds(Int64(Int16.min), Int64(Int16.max)) { return (2, scale) }
    if limit > 4, let scale = holds(Int64(Int32.min), Int64(Int32.max)) { return (4, scale) }
    return nil
  }

  /// What both need together; nil where tenths and hundredths become too large.
  func joined(_ other: PackedRange) -> PackedRange? {
    guard let mine = times(max(divisor, other.divisor) / divisor),
      let theirs = other.times(max(divisor, other.divisor) / other.divisor)
    else { return nil }
    return PackedRange(
      low: min(mine.low, theirs.low), high: max(mine.high, theirs.high), divisor: max(divisor, other.divisor))
  }

  private func times(_ factor: Int32) -> PackedRange? {
    if factor == 1 { return self }
    let (low, over) = low.multipliedReportingOverflow(by: Int64(factor))
    let (high, beyond) = high.multipliedReportingOverflow(by: Int64(factor))
    let bounds = Int64(Int32.min)...Int64(Int32.max)
    guard !over, !beyond, bounds.contains(low), bounds.contains(high) else { return nil }
    return PackedRange(low: low, high: high, divisor: divisor)
  }
}

// MARK: - As a collection

extension Packed: RandomAccessCollection {
  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int {
    if let pages { return pages.count }
    return switch form {
    case .int8(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .wide(let values): values.count
    }
  }

  @inlinable
  package subscript(index: Int) -> Element {
    let index = pages?.place(index) ?? index
    return switch form {
    case .int8(let values): Element.unpacked(Int32(values[index]), scale)
    case .int16(let values): Element.unpacked(Int32(values[index]), scale)
    case .int32(let values): Element.unpacked(values[index], scale)
    case .wide(let values): values[index]
    }
  }
}

extension Packed: Equatable {
  @usableFromInline
  package static func == (a: Packed, b: Packed) -> Bool { a.elementsEqual(b) }
}

// MARK: - Many at once

extension Packed {
  /// The elements of a range, as they are worked with; without a copy where they are kept so.
  package func slab(_ range: Range<Int>) -> Slab<Element> { Element.slab(self, range) }

  @inline(__always)
  func widenedSlab(_ range: Range<Int>) -> Slab<Element> {
    let range = range.clamped(to: 0..<count)
    if let pages { return slab(range, through: pages) }
    switch form {
    case .wide(let values): return Slab(values, range)
    case .int8(let values): return Slab(Self.widened(values, range, scale))
    case .int16(let values): return Slab(Self.widened(values, range, scale))
    case .int32(let values): return Slab(Self.widened(values, range, scale))
    }
  }

  /// All elements.
  package var array: [Element] { slab(0..<count).array }

  @inline(__always)
  private static func widened<S: FixedWidthInteger>(_ values: [S], _ range: Range<Int>, _ scale: PackedScale)
    -> [Element]
  {
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return [] }
      return filled(range.count) { out in
        Element.unpack(base + range.lowerBound, range.count, scale, into: out)
      }
    }
  }

  /// The elements at `rows − base`, `nought` where there is none; and whether each was there.
  func taken(_ rows: Slab<Int32>, base: Int, nought: Element) -> (Slab<Element>, Bool) {
    let count = count
    // Most often all are there, and none needs a look at whether it is.
    if let span = NumberRange.of(rows), Int(span.lowerBound) >= base, Int(span.upperBound) - base < count {
      guard let pages else { return (taken(rows) { Int($0) &- base }, true) }
      // Rows of a batch lie within one kind mostly, so that none of them asks where its page is.
      if let run = pages.run(Int(span.lowerBound) - base..<Int(span.upperBound) - base + 1) {
        let base = Int(span.lowerBound) - run.lowerBound
        return (taken(rows) { Int($0) &- base }, true)
      }
      return pages.starts.withUnsafeBufferPointer { starts in
        let found = taken(rows) { row in
          let index = Int(row) &- base
          return Int(starts[index >> PackedPages.bits]) &+ (index & (PackedPages.size &- 1))
        }
        return (found, true)
      }
    }
    return takenOrNot(rows, base: base, nought: nought)
  }

  /// The elements stored where a function of the rows says, which they are.
  @inline(__always)
  private func taken(_ rows: Slab<Int32>, at place: (Int32) -> Int) -> Slab<Element> {
    if rows.isConstant, let row = rows[0] { return Slab(repeating: stored[place(row)], count: rows.count) }
    @inline(__always) func all<S>(_ values: [S], _ element: (S) -> Element) -> Slab<Element> {
      Slab(
        filled(rows.count) { out in
          values.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            rows.withElements(
              { rows_, _ in for index in 0..<rows.count { out[index] = element(first[place(rows_[index])]) } },
              empty: ())
          }
        })
    }
    switch form {
    case .wide(let values): return all(values) { $0 }
    case .int8(let values): return all(values) { Element.unpacked(Int32($0), scale) }
    case .int16(let values): return all(values) { Element.unpacked(Int32($0), scale) }
    case .int32(let values): return all(values) { Element.unpacked($0, scale) }
    }
  }

  /// The same where some rows may not be there.
  @inline(__always)
  private func takenOrNot(_ rows: Slab<Int32>, base: Int, nought: Element) -> (Slab<Element>, Bool) {
    if rows.isConstant { return (Slab(repeating: nought, count: rows.count), rows.count == 0) }
    guard let pages else { return takenOrNot(rows, base, nought) { $0 } }
    return takenOrNot(rows, base, nought) { pages.place($0) }
  }

  @inline(__always)
  private func takenOrNot(
    _ rows: Slab<Int32>, _ base: Int, _ nought: Element, at stored: (Int) -> Int
  ) -> (Slab<Element>, Bool) {
    let limit = UInt(bitPattern: count)
    @inline(__always) func all<S>(_ values: [S], _ element: (S) -> Element) -> (Slab<Element>, Bool) {
      var isWhole = true
      let elements: [Element] = values.withUnsafeBufferPointer { source in
        filled(rows.count) { out in
          rows.withElements(
            { rows_, _ in
              for index in 0..<rows.count {
                let place = UInt(bitPattern: Int(rows_[index]) &- base)
                if place < limit {
                  out[index] = element(source[stored(Int(bitPattern: place))])
                } else {
                  out[index] = nought
                  isWhole = false
                }
              }
            }, empty: ())
        }
      }
      return (Slab(elements), isWhole)
    }
    switch form {
    case .wide(let values): return all(values) { $0 }
    case .int8(let values): return all(values) { Element.unpacked(Int32($0), scale) }
    case .int16(let values): return all(values) { Element.unpacked(Int32($0), scale) }
    case .int32(let values): return all(values) { Element.unpacked($0, scale) }
    }
  }

  /// The column of some of an old and a new column's rows: source `s` is row `s − oldBase` of the old one where it is less
  /// than `oldCount`, else row `s − oldCount` of the new; `nought` where there is none.
  @inline(__always)
  static func gathered(
    old: Packed?, oldBase: Int, oldCount: Int, new: Packed?, sources: ArraySlice<Int32>, nought: Element
  ) -> Packed {
    if oldCount == 0, let new, let moved = new.arranged(sources, nought) { return moved.paged }
    var builder = PackedBuilder<Element>(expecting: sources.count)
    let (oldEnd, newEnd) = (old?.count ?? 0, new?.count ?? 0)
    for source in sources {
      let source = Int(source)
      let index = source < oldCount ? source - oldBase : source - oldCount
      if source < oldCount {
        builder.append(index >= 0 && index < oldEnd ? old?[index] ?? nought : nought)
      } else {
        builder.append(index < newEnd ? new?[index] ?? nought : nought)
      }
    }
    return builder.finish()
  }

  /// The same values in another order, in the form they have; nil where the form cannot hold `nought` and it is needed.
  private func arranged(_ places: ArraySlice<Int32>, _ nought: Element) -> Packed? {
    switch form {
    case .wide(let values):
      return Packed(.wide(arranged(values, places, nought) ?? []), scale)
    case .int8(let values):
      return arranged(values, places, narrow(nought)).map { Packed(.int8($0), scale) }
    case .int16(let values):
      return arranged(values, places, narrow(nought)).map { Packed(.int16($0), scale) }
    case .int32(let values):
      return arranged(values, places, narrow(nought)).map { Packed(.int32($0), scale) }
    }
  }

  private func narrow<S: FixedWidthInteger>(_ value: Element) -> S? {
    let stored = value.stored(scale)
    guard Element.unpacked(stored, scale) == value else { return nil }
    return S(exactly: stored)
  }

  @inline(__always)
  private func arranged<T>(_ values: [T], _ places: ArraySlice<Int32>, _ nought: T?) -> [T]? {
    if let pages {
      return Self.arranged(values, places, nought, count: pages.count) { pages.place($0) }
    }
    return Self.arranged(values, places, nought, count: values.count) { $0 }
  }

  @inline(__always)
  private static func arranged<T>(
    _ values: [T], _ places: ArraySlice<Int32>, _ nought: T?, count: Int, _ at: (Int) -> Int
  ) -> [T]? {
    var isWhole = true
    let result: [T]? = values.withUnsafeBufferPointer { source in
      places.withUnsafeBufferPointer { places in
        guard let spare = nought ?? source.first else { return nil }
        let limit = UInt(bitPattern: count)
        return filled(places.count) { out in
          for index in 0..<places.count {
            let place = UInt(bitPattern: Int(places[index]))
            if place < limit {
              out[index] = source[at(Int(bitPattern: place))]
            } else {
              out[index] = spare
              isWhole = false
            }
          }
        }
      }
    }
    return isWhole || nought != nil ? result : nil
  }
}
