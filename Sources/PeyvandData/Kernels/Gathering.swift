import PeyvandBase

/// Reading by index: of columns by row, of vectors by position, of one frame's values for another's rows.
///
/// A run of consecutive rows is read where it lies, without a copy; an index of −1, or one that is not there,
/// reads as missing.
package enum Gathering {
  /// Whether the indices are consecutive and rising: a stretch of what they point into.
  package static func isRun(_ indices: Slab<Int32>) -> Bool {
    guard !indices.isConstant else { return indices.count == 1 }
    return indices.withElements(
      { base, _ in
        let first = base[0]
        guard Int(base[indices.count - 1]) - Int(first) == indices.count - 1 else { return false }
        if indices.isRising { return true }
        // Without branches, so that the compiler compares several at a time.
        var differs: Int32 = 0
        for index in 0..<indices.count { differs |= base[index] ^ (first &+ Int32(truncatingIfNeeded: index)) }
        return differs == 0
      }, empty: false)
  }

  /// The elements at `indices − base` of `count`, `nought` where there is none; and whether each was there
  /// (nothing where all were).
  @inline(__always)
  static func take<T: Sendable>(
    _ indices: Slab<Int32>, base: Int, count: Int, from source: UnsafePointer<T>, step: Int, nought: T
  ) -> (Slab<T>, Bool) {
    var isWhole = true
    if indices.isConstant {
      let at = Int(indices[0] ?? -1) - base
      let isThere = at >= 0 && at < count
      return (Slab(repeating: isThere ? source[at &* step] : nought, count: indices.count), isThere)
    }
    let limit = UInt(bitPattern: count)
    if let span = NumberRange.of(indices), Int(span.lowerBound) >= base, Int(span.upperBound) - base < count {
      let values: [T] = filled(indices.count) { out in
        indices.withElements(
          { at, _ in for index in 0..<indices.count { out[index] = source[(Int(at[index]) &- base) &* step] } },
          empty: ())
      }
      return (Slab(values), true)
    }
    let values: [T] = filled(indices.count) { out in
      indices.withElements(
        { at, _ in
          for index in 0..<indices.count {
            let place = UInt(bitPattern: Int(at[index]) &- base)
            if place < limit {
              out[index] = source[Int(bitPattern: place) &* step]
            } else {
              out[index] = nought
              isWhole = false
            }
          }
        }, empty: ())
    }
    return (Slab(values), isWhole)
  }

  @inline(__always)
  static func elements<T: Sendable>(_ values: Slab<T>, at indices: Slab<Int32>, nought: T) -> (Slab<T>, Bool) {
    if values.isConstant, let value = values.storage.first, values.count > 0 {
      if indices.withElements({ base, step in allWithin(base, step, indices.count, values.count) }, empty: true) {
        return (Slab(repeating: value, count: indices.count), true)
      }
    }
    return values.withElements(
      { base, step in take(indices, base: 0, count: values.count, from: base, step: step, nought: nought) },
      empty: (Slab(repeating: nought, count: indices.count), indices.count == 0))
  }

  @inline(__always)
  static func allWithin(_ indices: UnsafePointer<Int32>, _ step: Int, _ count: Int, _ limit: Int) -> Bool {
    var isWithin = true
    for index in 0..<count {
      isWithin = isWithin && UInt(bitPattern: Int(indices[index &* step])) < UInt(bitPattern: limit)
    }
    return isWithin
  }

  /// 1 where an index is there.
  static func mask(_ indices: Slab<Int32>, base: Int, count: Int) -> Slab<UInt8> {
    mapped(indices) { UInt(bitPattern: Int($0) &- base) < UInt(bitPattern: count) ? 1 : 0 }
  }

  package static func int32(_ values: Slab<Int32>, at indices: Slab<Int32>, nought: Int32 = -1) -> Slab<Int32> {
    if isRun(indices), let first = indices[0], first >= 0, Int(first) + indices.count <= values.count {
      return values.slice(Int(first)..<Int(first) + indices.count)
    }
    // Of rows that follow on one another each is as far from the first as its place.
    if indices.count * 2 > values.count, isRun(values), let first = values[0], let span = NumberRange.of(indices),
      span.lowerBound >= 0, Int(span.upperBound) < values.count
    {
      return Slab(mapped(indices) { first &+ $0 }.array, isRising: indices.isRising)
    }
    return elements(values, at: indices, nought: nought).0
  }
  package static func int64(_ values: Slab<Int64>, at indices: Slab<Int32>, nought: Int64) -> Slab<Int64> {
    elements(values, at: indices, nought: nought).0
  }
  package static func bytes(_ values: Slab<UInt8>, at indices: Slab<Int32>, nought: UInt8) -> Slab<UInt8> {
    elements(values, at: indices, nought: nought).0
  }

  /// Elements of many lists at indices: offsets of the result and, one an element, where it stood.
  package static func listElements(
    _ offsets: [Int32], at indices: Slab<Int32>, base: Int = 0
  ) -> (offsets: [Int32], elements: [Int32]) {
    var result: [Int32] = [0]
    result.reserveCapacity(indices.count + 1)
    var elements: [Int32] = []
    for index in 0..<indices.count {
      let at = Int(indices[index] ?? -1) - base
      if at >= 0, at + 1 < offsets.count {
        var place = offsets[at]
        while place < offsets[at + 1] {
          elements.append(place)
          place += 1
        }
      }
      result.append(Int32(clamping: elements.count))
    }
    return (result, elements)
  }
}

extension Vector {
  /// The elements at the indices; missing where an index is −1 or out of reach.
  package func gathered(_ indices: Slab<Int32>) -> Vector {
    if let first = indices[0], first >= 0, Int(first) + indices.count <= count, Gathering.isRun(indices) {
      return slice(Int(first)..<Int(first) + indices.count)
    }
    let mask = present.map { Gathering.elements($0, at: indices, nought: 0).0 }
    func made(_ storage: Storage, _ isWhole: Bool) -> Vector {
      let there = mask ?? (isWhole ? nil : Gathering.mask(indices, base: 0, count: count))
      return Vector(storage, present: Presence.reduced(there))
    }
    switch storage {
    case .numbers(let slab):
      let (values, isWhole) = Gathering.elements(slab, at: indices, nought: 0)
      return made(.numbers(values), isWhole)
    case .texts(let slab, let dictionary):
      let (values, isWhole) = Gathering.elements(slab, at: indices, nought: 0)
      return made(.texts(values, dictionary), isWhole)
    case .truths(let slab):
      return Vector(.truths(Gathering.elements(slab, at: indices, nought: Truth.unknown).0))
    case .days(let slab):
      let (values, isWhole) = Gathering.elements(slab, at: indices, nought: 0)
      return made(.days(values), isWhole)
    case .instants(let slab):
      let (values, isWhole) = Gathering.elements(slab, at: indices, nought: 0)
      return made(.instants(values), isWhole)
    case .rows(let slab, let family):
      return Vector(.rows(Gathering.elements(slab, at: indices, nought: -1).0, family: family))
    case .durations(let slab):
      let (values, isWhole) = Gathering.elements(slab, at: indices, nought: Duration())
      return made(.durations(values), isWhole)
    case .lists(let offsets, let elements):
      let taken = Gathering.listElements(offsets, at: indices)
      let isWhole = indices.withElements(
        { base, step in Gathering.allWithin(base, step, indices.count, count) }, empty: true)
      return made(.lists(offsets: taken.offsets, elements: elements.gathered(Slab(taken.elements))), isWhole)
    }
  }

  /// A part without a copy.
  package func slice(_ range: Range<Int>) -> Vector {
    let range = range.clamped(to: 0..<count)
    let mask = present.map { $0.slice(range) }
    switch storage {
    case .numbers(let slab): return Vector(.numbers(slab.slice(range)), present: mask)
    case .texts(let slab, let dictionary): return Vector(.texts(slab.slice(range), dictionary), present: mask)
    case .truths(let slab): return Vector(.truths(slab.slice(range)))
    case .days(let slab): return Vector(.days(slab.slice(range)), present: mask)
    case .instants(let slab): return Vector(.instants(slab.slice(range)), present: mask)
    case .rows(let slab, let family): return Vector(.rows(slab.slice(range), family: family))
    case .durations(let slab): return Vector(.durations(slab.slice(range)), present: mask)
    case .lists(let offsets, let elements):
      guard range.upperBound < offsets.count else { return self }
      let first = offsets[range.lowerBound]
      let last = offsets[range.upperBound]
      return Vector(
        .lists(
          offsets: offsets[range.lowerBound...range.upperBound].map { $0 - first },
          elements: elements.slice(Int(first)..<Int(max(first, last)))), present: mask)
    }
  }
}

extension Column {
  /// The values of some rows of the family; missing where the row is −1 or the field has none for it.
  package func vector(of rows: Slab<Int32>) -> Vector {
    if let first = rows[0], Int(first) >= base, Int(first) - base + rows.count <= count, Gathering.isRun(rows) {
      return slice(Int(first) - base..<Int(first) - base + rows.count)
    }
    func take<T: PackedElement>(_ values: Packed<T>, _ nought: T, _ storage: (Slab<T>) -> Vector.Storage) -> Vector {
      let (taken, isWhole) = values.taken(rows, base: base, nought: nought)
      return Vector(storage(taken), present: maskOf(rows, isWhole: isWhole))
    }
    switch storage {
    case .number(let values): return take(values, 0) { .numbers($0) }
    case .duration(let values): return take(values, 0) { .numbers($0) }
    case .text(let codes, let dictionary): return take(codes, 0) { .texts($0, dictionary) }
    case .date(let values): return take(values, 0) { .days($0) }
    case .time(let values): return take(values, 0) { .instants($0) }
    case .yesno(let values):
      let (taken, isWhole) = values.withUnsafeBufferPointer { buffer in
        guard let source = buffer.baseAddress else {
          return (Slab(repeating: Truth.unknown, count: rows.count), rows.count == 0)
        }
        return Gathering.take(
          rows, base: base, count: values.count, from: source, step: 1, nought: Truth.unknown)
      }
      return Vector(.truths(taken)).masked(by: maskOf(rows, isWhole: isWhole))
    case .reference(let values, let family):
      let taken = take(values, -1) { .rows($0, family: family) }
      return Vector(taken.storage).masked(by: taken.present)
    case .list(let offsets, let elements):
      let taken = Gathering.listElements(offsets, at: rows, base: base)
      let isWhole = Presence.missingCount(Gathering.mask(rows, base: base, count: count)) == 0
      return Vector(
        .lists(offsets: taken.offsets, elements: elements.vector(of: Slab(taken.elements))),
        present: maskOf(rows, isWhole: isWhole))
    }
  }

  /// Which of some rows have a value; nil where all have.
  package func presence(of rows: Slab<Int32>) -> Slab<UInt8>? {
    switch storage {
    case .number, .duration, .text, .date, .time: break
    case .yesno, .reference, .list: return vector(of: rows).presence
    }
    if let first = rows[0], Int(first) >= base, Int(first) - base + rows.count <= count, Gathering.isRun(rows) {
      let start = Int(first) - base
      return Presence.reduced(present?.slab(start..<start + rows.count))
    }
    return Presence.reduced(maskOf(rows, isWhole: false))
  }

  private func maskOf(_ rows: Slab<Int32>, isWhole: Bool) -> Slab<UInt8>? {
    guard let present else { return isWhole ? nil : Gathering.mask(rows, base: base, count: count) }
    return Presence.reduced(present.taken(rows, base: base))
  }

  /// The values at a range of places (not rows).
  package func slice(_ range: Range<Int>) -> Vector {
    let range = range.clamped(to: 0..<count)
    let mask = Presence.reduced(present.map { $0.slab(range) })
    switch storage {
    case .number(let values), .duration(let values): return Vector(.numbers(values.slab(range)), present: mask)
    case .text(let codes, let dictionary): return Vector(.texts(codes.slab(range), dictionary), present: mask)
    case .yesno(let values): return Vector(.truths(Slab(values, range))).masked(by: mask)
    case .date(let values): return Vector(.days(values.slab(range)), present: mask)
    case .time(let values): return Vector(.instants(values.slab(range)), present: mask)
    case .reference(let rows, let family):
      return Vector(.rows(rows.slab(range), family: family)).masked(by: mask)
    case .list(let offsets, let elements):
      guard range.upperBound < offsets.count else {
        return Vector(.lists(offsets: [0], elements: elements.slice(0..<0)))
      }
      let first = offsets[range.lowerBound]
      return Vector(
        .lists(
          offsets: offsets[range.lowerBound...range.upperBound].map { $0 - first },
          elements: elements.slice(Int(first)..<Int(max(first, offsets[range.upperBound])))), present: mask)
    }
  }
}
