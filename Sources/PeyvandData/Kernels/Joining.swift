import PeyvandBase

/// Vectors put together: one after the other, one by one in turn, or each row from one of several.
package enum Joining {
  /// All elements of vectors of one form, the first's first. Nothing where their forms differ.
  package static func concatenated(_ vectors: [Vector], cache: KernelCache) -> Vector? {
    guard let first = vectors.first else { return nil }
    guard vectors.count > 1 else { return first }
    let mask: Slab<UInt8>? =
      vectors.contains { $0.present != nil }
      ? joined(vectors.map { $0.present ?? Slab(repeating: 1, count: $0.count) }) : nil
    let storage: Vector.Storage?
    switch first.storage {
    case .numbers:
      storage = slabs(vectors) { if case .numbers(let slab) = $0 { slab } else { nil } }.map { .numbers($0) }
    case .truths: storage = slabs(vectors) { if case .truths(let slab) = $0 { slab } else { nil } }.map { .truths($0) }
    case .days: storage = slabs(vectors) { if case .days(let slab) = $0 { slab } else { nil } }.map { .days($0) }
    case .instants:
      storage = slabs(vectors) { if case .instants(let slab) = $0 { slab } else { nil } }.map { .instants($0) }
    case .durations:
      storage = slabs(vectors) { if case .durations(let slab) = $0 { slab } else { nil } }.map { .durations($0) }
    case .rows(_, let family):
      storage = slabs(vectors) { if case .rows(let slab, _) = $0 { slab } else { nil } }
        .map { .rows($0, family: family) }
    case .texts: storage = texts(vectors, cache)
    case .lists: storage = lists(vectors, cache)
    }
    return storage.map { Vector($0, present: Presence.reduced(mask)) }
  }

  private static func slabs<T: Sendable>(_ vectors: [Vector], _ slab: (Vector.Storage) -> Slab<T>?) -> Slab<T>? {
    var parts: [Slab<T>] = []
    for vector in vectors {
      guard let part = slab(vector.storage) else { return nil }
      parts.append(part)
    }
    return joined(parts)
  }

  private static func joined<T: Sendable>(_ parts: [Slab<T>]) -> Slab<T> {
    var all: [T] = []
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts {
      if part.isConstant, let value = part[0] {
        all.append(contentsOf: repeatElement(value, count: part.count))
      } else if part.count > 0 {
        all += part.storage[part.start..<part.start + part.count]
      }
    }
    return Slab(all)
  }

  private static func texts(_ vectors: [Vector], _ cache: KernelCache) -> Vector.Storage? {
    var dictionary: TextDictionary?
    var parts: [Slab<Int32>] = []
    for vector in vectors {
      guard case .texts(let codes, let own) = vector.storage else { return nil }
      // The codes under missing rows may be any, so an empty dictionary is nobody's.
      guard let known = dictionary, known.count > 0 else {
        dictionary = own
        parts.append(codes)
        continue
      }
      if known.address == own.address || own.count == 0 {
        parts.append(codes)
        continue
      }
      let (merged, translation) = merged(known, own, cache)
      dictionary = merged
      parts.append(Gathering.int32(Slab(translation), at: codes, nought: 0))
    }
    return dictionary.map { .texts(joined(parts), $0) }
  }

  /// A dictionary that begins with the entries of the one, and the codes in it of the other's.
  package static func merged(_ a: TextDictionary, _ b: TextDictionary, _ cache: KernelCache) -> (
    TextDictionary, [Int32]
  ) {
    cache.texts(.merged(a.address, b.address), keeping: a, b) {
      var merged = a
      let codes = b.entries.map { merged.code(of: $0) ?? 0 }
      return (merged, codes)
    }
  }

  private static func lists(_ vectors: [Vector], _ cache: KernelCache) -> Vector.Storage? {
    var offsets: [Int32] = [0]
    var parts: [Vector] = []
    for vector in vectors {
      guard case .lists(let own, let elements) = vector.storage, let base = offsets.last else { return nil }
      offsets += own.dropFirst().map { $0 &+ base }
      parts.append(elements)
    }
    return concatenated(parts, cache: cache).map { .lists(offsets: offsets, elements: $0) }
  }

  /// Row by row the element of one of the vectors: `choice` says which.
  package static func chosen(_ choice: Slab<Int32>, from vectors: [Vector], cache: KernelCache) -> Vector? {
    guard let all = concatenated(vectors, cache: cache) else { return nil }
    let starts = vectors.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) &+ Int32(clamping: $1.count)) }
    let indices: [Int32] = filled(choice.count) { out in
      choice.withElements(
        { choice0, step in
          starts.withUnsafeBufferPointer { starts in
            for index in 0..<choice.count {
              let from = max(0, min(Int(choice0[index &* step]), starts.count - 1))
              out[index] = starts[from] &+ Int32(truncatingIfNeeded: index)
            }
          }
        }, empty: ())
    }
    return all.gathered(Slab(indices))
  }

  /// The elements of `vectors` row by row: first all of row 0, then all of row 1.
  package static func interleaved(_ vectors: [Vector], count: Int, cache: KernelCache) -> Vector? {
    guard vectors.count > 1 else { return vectors.first }
    guard let all = concatenated(vectors, cache: cache) else { return nil }
    var indices: [Int32] = []
    indices.reserveCapacity(count * vectors.count)
    for row in 0..<count {
      for place in vectors.indices { indices.append(Int32(clamping: place * count + row)) }
    }
    return all.gathered(Slab(indices))
  }

  /// For each row the first branch whose condition is yes; `conditions.count` where none is.
  package static func firstYes(_ conditions: [Slab<UInt8>], count: Int) -> Slab<Int32> {
    var choice = Slab(repeating: Int32(clamping: conditions.count), count: count)
    for (place, condition) in conditions.enumerated().reversed() {
      let number = Int32(clamping: place)
      choice = mapped(choice, condition) { $1 & Truth.truthBits == Truth.yes ? number : $0 }
    }
    return choice
  }
}
