import PeyvandBase

/// Some of a column's values, packed, and what they need.
@usableFromInline
package struct PackedPiece<Element: PackedElement>: Sendable {
  var values: Packed<Element>
  /// Nil where they are kept as they are.
  var range: PackedRange?

  init(_ values: [Element]) {
    self.values = Packed(values)
    // What is stored tells it sooner than the values.
    range = self.values.storedRange ?? values.withUnsafeBufferPointer { Element.range(of: $0) }
  }

  /// Digits, a byte each.
  init(digits: [Int8]) {
    values = Packed(.int8(digits), PackedScale())
    range = PackedRange(low: Int64(digits.min() ?? 0), high: Int64(digits.max() ?? 0))
  }

  package var count: Int { values.count }

  /// Values as they came, to be put with others.
  package init(of values: [Element]) { self.init(values) }

  /// All values in one form.
  @inline(__always)
  static func joined(_ pieces: [PackedPiece]) -> Packed<Element> {
    guard let first = pieces.first else { return Packed(wide: []) }
    if pieces.count == 1 { return first.values }
    var range = first.range
    var count = 0
    for piece in pieces {
      range = range.flatMap { known in piece.range.flatMap { known.joined($0) } }
      count += piece.values.count
    }
    if let range, let (bytes, scale) = range.fit(below: MemoryLayout<Element>.size) {
      switch bytes {
      case 1: return Packed(.int8(together(pieces, count, scale)), scale).paged
      case 2: return Packed(.int16(together(pieces, count, scale)), scale).paged
      default: return Packed(.int32(together(pieces, count, scale)), scale).paged
      }
    }
    var all: [Element] = []
    all.reserveCapacity(count)
    for piece in pieces { all += piece.values.array }
    return Packed(wide: all).paged
  }
}

extension PackedPiece {
  /// Values of all pieces in one form; of many, on two threads.
  @inline(__always)
  private static func together<S: FixedWidthInteger & Sendable>(
    _ pieces: [PackedPiece], _ count: Int, _ scale: PackedScale
  ) -> [S] {
    var starts = [0]
    for piece in pieces { starts.append(starts[starts.count - 1] + piece.values.count) }
    let places = starts
    return filled(count) { out in
      // A number may go to another thread, where the array waits for it.
      let address = UInt(bitPattern: out)
      let parts = count < 1 << 20 ? 1 : 2
      let half = (pieces.count + parts - 1) / parts
      _ = Parts.map(parts) { part in
        guard let out = UnsafeMutablePointer<S>(bitPattern: address) else { return }
        for index in min(part * half, pieces.count)..<min((part + 1) * half, pieces.count) {
          let start = places[index]
          pieces[index].values.restored(scale) { out[start &+ $0] = S(truncatingIfNeeded: $1) }
        }
      }
    }
  }
}

extension Packed {
  /// What the values need, seen from what is stored; nil where they are kept as they are, or are none.
  var storedRange: PackedRange? {
    @inline(__always) func bounds<S: FixedWidthInteger>(_ stored: [S]) -> PackedRange? {
      guard var low = stored.first else { return nil }
      var high = low
      stored.withUnsafeBufferPointer { stored in
        for value in stored {
          low = Swift.min(low, value)
          high = Swift.max(high, value)
        }
      }
      return PackedRange(
        low: Int64(truncatingIfNeeded: low) &+ scale.offset, high: Int64(truncatingIfNeeded: high) &+ scale.offset,
        divisor: scale.divisor)
    }
    return switch form {
    case .int8(let stored): bounds(stored)
    case .int16(let stored): bounds(stored)
    case .int32(let stored): bounds(stored)
    case .wide: nil
    }
  }

  /// The numbers that are stored for the values under another scale, which holds them all.
  @inline(__always)
  func restored(_ scale: PackedScale, _ put: (Int, Int32) -> Void) {
    let factor = Int64(scale.divisor / self.scale.divisor)
    let shift = self.scale.offset &- scale.offset
    @inline(__always) func all<S: FixedWidthInteger>(_ stored: [S]) {
      for index in stored.indices {
        put(index, Int32(truncatingIfNeeded: (Int64(truncatingIfNeeded: stored[index]) &+ shift) &* factor))
      }
    }
    if pages != nil {
      for index in indices { put(index, self[index].stored(scale)) }
      return
    }
    switch form {
    case .int8(let stored): all(stored)
    case .int16(let stored): all(stored)
    case .int32(let stored): all(stored)
    case .wide(let elements): for index in elements.indices { put(index, elements[index].stored(scale)) }
    }
  }
}

/// Values one after the other, packed a piece at a time, so that a column never lies in memory at its full width.
@usableFromInline
package struct PackedBuilder<Element: PackedElement>: Sendable {
  var pieces: [PackedPiece<Element>] = []
  @usableFromInline var open: [Element] = []
  var packed = 0
  @usableFromInline static var pieceSize: Int { 65_536 }

  package init(expecting count: Int = 0) { open.reserveCapacity(Swift.min(count, Self.pieceSize)) }

  package var count: Int { packed + open.count }

  @inlinable @inline(__always)
  package mutating func append(_ value: Element) {
    open.append(value)
    if open.count == Self.pieceSize { close() }
  }

  /// Adds the first of some values.
  @inlinable
  package mutating func append(_ values: [Element], count: Int) {
    let count = Swift.min(count, values.count)
    var start = 0
    while start < count {
      let end = Swift.min(count, start + Self.pieceSize - open.count)
      open.append(contentsOf: values[start..<end])
      if open.count == Self.pieceSize { close() }
      start = end
    }
  }

  @usableFromInline
  mutating func close() {
    guard !open.isEmpty else { return }
    pieces.append(PackedPiece(open))
    packed += open.count
    // Where they are kept as they are, this array is theirs now.
    if case .wide? = pieces.last?.values.form { open = [] } else { open.removeAll(keepingCapacity: true) }
  }

  /// Adds all of another builder's values.
  package mutating func absorb(_ other: consuming PackedBuilder) {
    close()
    other.close()
    pieces += other.pieces
    packed += other.packed
  }

  /// Values that take the place of some that were added; their places ascend.
  package mutating func set(_ changes: [(at: Int, value: Element)]) {
    close()
    var next = 0
    var start = 0
    for place in pieces.indices where next < changes.count {
      let end = start + pieces[place].values.count
      if changes[next].at < end {
        var values = pieces[place].values.array
        while next < changes.count, changes[next].at < end {
          if changes[next].at >= start { values[changes[next].at - start] = changes[next].value }
          next += 1
        }
        pieces[place] = PackedPiece(values)
      }
      start = end
    }
  }

  /// Each value through a function.
  package mutating func change(_ change: (_ at: Int, Element) -> Element) {
    close()
    var start = 0
    for place in pieces.indices {
      var values = pieces[place].values.array
      for index in values.indices { values[index] = change(start + index, values[index]) }
      start += values.count
      pieces[place] = PackedPiece(values)
    }
  }

  /// All values in one form.
  package consuming func finish() -> Packed<Element> {
    close()
    open = []
    return Element.joining(pieces)
  }
}

extension PackedBuilder<Int32> {
  /// Each code through a table; 0 where it has none, and where nothing is there.
  package mutating func change(through table: [Int32?], present: Mask) {
    close()
    var start = 0
    for place in pieces.indices {
      var values = pieces[place].values.array
      present.words.withUnsafeBufferPointer { words in
        for index in values.indices {
          let (row, code) = (start &+ index, Int(values[index]))
          let isThere = row >> 6 < words.count && words[row >> 6] >> UInt64(row & 63) & 1 != 0
          values[index] = isThere && code >= 0 && code < table.count ? table[code] ?? 0 : 0
        }
      }
      start += values.count
      pieces[place] = PackedPiece(values)
    }
  }
}
