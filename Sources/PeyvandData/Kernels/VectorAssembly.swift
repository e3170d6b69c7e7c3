/// Vectors cut, picked from and put together: what stages do with rows, without looking at their values.
extension Vector {
  /// The elements at the places, in any order; missing where a place is −1.
  package func picking(_ places: [Int32]) -> Vector { gathered(Slab(places)) }

  /// `count` elements that are all missing.
  package static func missing(count: Int) -> Vector {
    Vector(.numbers(Slab(repeating: 0, count: count)), present: Slab(repeating: 0, count: count))
  }

  /// Vectors of one type, one after the other. One that holds another type (as that of the word `missing` does)
  /// is taken as missing.
  package static func concatenated(_ parts: [Vector]) -> Vector {
    let empty = parts.first
    let parts = parts.filter { $0.count > 0 }
    if parts.isEmpty, let empty { return empty }
    guard let first = parts.first(where: { !$0.isAllMissing }) ?? parts.first else { return .missing(count: 0) }
    if parts.count == 1 { return first }
    switch first.storage {
    case .numbers:
      return assembled(parts, nought: 0.0, slab: { if case .numbers(let slab) = $0 { slab } else { nil } }) {
        .numbers($0)
      }
    case .truths:
      return assembled(parts, nought: Truth.unknown, slab: { if case .truths(let slab) = $0 { slab } else { nil } }) {
        .truths($0)
      }
    case .days:
      return assembled(parts, nought: Int32(0), slab: { if case .days(let slab) = $0 { slab } else { nil } }) {
        .days($0)
      }
    case .instants:
      return assembled(parts, nought: Int64(0), slab: { if case .instants(let slab) = $0 { slab } else { nil } }) {
        .instants($0)
      }
    case .rows(_, let family):
      return assembled(parts, nought: Int32(-1), slab: { if case .rows(let slab, _) = $0 { slab } else { nil } }) {
        .rows($0, family: family)
      }
    case .durations:
      return assembled(parts, nought: Duration(), slab: { if case .durations(let slab) = $0 { slab } else { nil } }) {
        .durations($0)
      }
    case .texts(_, let dictionary):
      return texts(parts, dictionary)
    case .lists:
      return lists(parts)
    }
  }

  package var isAllMissing: Bool {
    switch storage {
    case .truths(let slab): return slab.isConstant && slab.storage.first.map { $0 & Truth.unknownMark != 0 } ?? false
    case .rows(let slab, _): return slab.isConstant && slab.storage.first == -1
    default: return present.map { $0.isConstant && $0.storage.first == 0 } ?? false
    }
  }

  @inline(__always)
  private static func assembled<Element>(
    _ parts: [Vector], nought: Element, slab: (Storage) -> Slab<Element>?, _ storage: (Slab<Element>) -> Storage
  ) -> Vector {
    var values: [Element] = []
    values.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    var strangers: Set<Int> = []
    for (index, part) in parts.enumerated() {
      if let slab = slab(part.storage) {
        slab.append(to: &values)
      } else {
        strangers.insert(index)
        values.append(contentsOf: repeatElement(nought, count: part.count))
      }
    }
    return Vector(storage(Slab(values)), present: masks(parts, strangers))
  }

  private static func texts(_ parts: [Vector], _ dictionary: TextDictionary) -> Vector {
    var dictionary = dictionary
    var codes: [Int32] = []
    codes.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    var strangers: Set<Int> = []
    for (index, part) in parts.enumerated() {
      guard case .texts(let slab, let own) = part.storage else {
        strangers.insert(index)
        codes.append(contentsOf: repeatElement(0, count: part.count))
        continue
      }
      if own == dictionary {
        slab.append(to: &codes)
      } else {
        var map = [Int32](repeating: -1, count: own.count)
        slab.withView { view in
          for row in 0..<slab.count {
            let code = Int(view[row])
            guard map.indices.contains(code) else {
              codes.append(0)
              continue
            }
            if map[code] < 0 { map[code] = dictionary.code(of: own[Int32(truncatingIfNeeded: code)]) ?? 0 }
            codes.append(map[code])
          }
        }
      }
    }
    return Vector(.texts(Slab(codes), dictionary), present: masks(parts, strangers))
  }

  private static func lists(_ parts: [Vector]) -> Vector {
    var offsets: [Int32] = [0]
    var elements: [Vector] = []
    var strangers: Set<Int> = []
    var end: Int32 = 0
    for (index, part) in parts.enumerated() {
      guard case .lists(let own, let values) = part.storage else {
        strangers.insert(index)
        offsets.append(contentsOf: repeatElement(end, count: part.count))
        continue
      }
      let start = end
      for offset in own.dropFirst() {
        end = Int32(clamping: Int(start) + Int(offset))
        offsets.append(end)
      }
      elements.append(values)
    }
    return Vector(.lists(offsets: offsets, elements: concatenated(elements)), present: masks(parts, strangers))
  }

  private static func masks(_ parts: [Vector], _ strangers: Set<Int>) -> Slab<UInt8>? {
    guard !strangers.isEmpty || parts.contains(where: { $0.present != nil }) else { return nil }
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if strangers.contains(index) {
        bytes.append(contentsOf: repeatElement(0, count: part.count))
      } else if let present = part.present {
        present.append(to: &bytes)
      } else {
        bytes.append(contentsOf: repeatElement(1, count: part.count))
      }
    }
    return Slab(bytes)
  }
}

extension Slab {
  package func append(to values: inout [Element]) {
    if isConstant, let element = storage.first {
      values.append(contentsOf: repeatElement(element, count: count))
    } else {
      values.append(contentsOf: storage[start..<(start + count)])
    }
  }
}

extension Slab<Int32> {
  /// The rows at the places; −1 where a place is −1.
  package func picking(_ places: [Int32]) -> Slab<Int32> { Gathering.int32(self, at: Slab(places)) }
}

/// Places of rows, made and changed.
package enum Places {
  /// Where a yes/no is yes, marked or not.
  package static func yes(_ truths: Slab<UInt8>) -> [Int32] {
    guard truths.count > 0 else { return [] }
    if truths.isConstant {
      return truths[0].map { $0 & Truth.truthBits } == Truth.yes ? SetKernels.rows(0..<truths.count) : []
    }
    return written(truths.count, slack: Compaction.slack) { places in
      truths.withView { Compaction.yes($0.base, truths.count, into: places) } ?? 0
    }
  }

  /// How many of a filter's rows were left out for a missing value, and how many because they are not yet decided.
  package static func leftOut(_ truths: Slab<UInt8>) -> (unknown: Int, open: Int) {
    TruthKernels.leftOut(truths)
  }

  /// For each element of a segmented vector the number of its segment.
  package static func owners(_ offsets: [Int32]) -> [Int32] {
    spread(offsets) { Int32(truncatingIfNeeded: $0) }
  }

  /// For each element of a segmented vector the id of its segment.
  package static func owners(_ offsets: [Int32], ids: [Int32]) -> [Int32] {
    guard ids.count >= offsets.count - 1 else { return [] }
    return ids.withUnsafeBufferPointer { ids in spread(offsets) { ids[$0] } }
  }

  /// Written eight at a time, since most segments are short: what is too much the next segment writes over.
  @inline(__always)
  private static func spread(_ offsets: [Int32], _ value: (Int) -> Int32) -> [Int32] {
    guard let last = offsets.last, last > 0 else { return [] }
    return written(Int(last), slack: 8) { out in
      offsets.withUnsafeBufferPointer { offsets in
        for segment in 0..<(offsets.count - 1) {
          let splat = SIMD8<Int32>(repeating: value(segment))
          var place = Int(offsets[segment])
          let end = Int(offsets[segment &+ 1])
          while place < end {
            UnsafeMutableRawPointer(out + place).storeBytes(of: splat, as: SIMD8<Int32>.self)
            place &+= 8
          }
        }
      }
      return Int(last)
    }
  }

  /// How often each number below `bound` occurs.
  package static func counts(_ ids: [Int32], below bound: Int) -> [Int] {
    Histogram.counts(ids, below: bound).map { Int($0) }
  }

  /// `ids[owners[i]]` for every i.
  package static func through(_ owners: [Int32], _ ids: [Int32]) -> [Int32] {
    Slab(ids).picking(owners).array
  }

  /// Different rows below `bound` in ascending order; as they stand where they ascend already.
  package static func ascending(_ rows: Slab<Int32>, below bound: Int) -> [Int32] {
    var isAscending = true
    rows.withView { view in
      for row in 1..<max(1, rows.count) where view[row] <= view[row - 1] {
        isAscending = false
        break
      }
    }
    if isAscending { return rows.array }
    var isThere = [UInt8](repeating: 0, count: max(0, bound))
    rows.withView { view in
      for row in 0..<rows.count where isThere.indices.contains(Int(view[row])) { isThere[Int(view[row])] = 1 }
    }
    var result: [Int32] = []
    result.reserveCapacity(rows.count)
    for row in isThere.indices where isThere[row] == 1 { result.append(Int32(truncatingIfNeeded: row)) }
    return result
  }
}
