/// Where each row of a new table comes from: a row of the old one, or (from `oldCount` on) one of a batch.
package struct RowSources {
  package var sources: [Int32]
  package var oldCount: Int
  /// Whether the old rows stand first, where they stood.
  package var isIdentity: Bool

  package init(sources: [Int32], oldCount: Int, isIdentity: Bool) {
    self.sources = sources
    self.oldCount = oldCount
    self.isIdentity = isIdentity
  }

  /// Whether each of some rows stands in one of the two columns, seen from their sizes alone.
  package func isWhole(_ old: Column?, _ new: Column?, _ rows: Range<Int>) -> Bool {
    (oldCount == 0 || old.map { $0.base == 0 && $0.count >= oldCount } ?? false)
      && (sources.count == oldCount || (new?.count ?? 0) >= sources.count - oldCount)
      && rows.upperBound <= sources.count
  }

  /// The same, but that a row of the batch comes from the old row it keeps (−1: none); nil where none keeps any.
  package func keeping(_ old: [Int32]) -> RowSources? {
    guard old.contains(where: { $0 >= 0 }) else { return nil }
    var kept = self
    for place in kept.sources.indices {
      let row = Int(kept.sources[place]) - oldCount
      if old.indices.contains(row), old[row] >= 0 { kept.sources[place] = old[row] }
    }
    return kept
  }
}

/// Columns made of an old one and a batch's, in one pass each.
extension Column {
  /// The column of the rows `rows` of the new table; missing where neither has a value.
  /// - Parameters:
  ///   - old: the column of the old table; `nil` where it had none.
  ///   - new: the batch's, with `base` 0; rows beyond its end are missing.
  package static func gathered(old: Column?, new: Column?, _ from: RowSources, rows: Range<Int>) -> Column? {
    guard let pattern = old ?? new else { return nil }
    let sources = from.sources[rows.clamped(to: from.sources.indices)]
    let base = old?.base ?? 0
    let mask =
      old?.present == nil && new?.present == nil && from.isWhole(old, new, rows)
      ? nil
      : Mask.gathered(
        old: old?.present, oldRows: old?.count ?? 0, oldBase: base, oldCount: from.oldCount, new: new?.present,
        newRows: new?.count ?? 0, sources: sources)
    func values<T: PackedElement>(_ oldValues: Packed<T>?, _ newValues: Packed<T>?, _ nought: T) -> Packed<T> {
      Packed.gathered(
        old: oldValues, oldBase: base, oldCount: from.oldCount, new: newValues, sources: sources, nought: nought)
    }
    let storage: Storage
    switch pattern.storage {
    case .number: storage = .number(values(old?.numbers, new?.numbers, 0))
    case .duration: storage = .duration(values(old?.numbers, new?.numbers, 0))
    case .yesno: storage = .yesno(gatheredFlags(old?.flags ?? [], base, new?.flags ?? [], from, sources))
    case .date: storage = .date(values(old?.days, new?.days, 0))
    case .time: storage = .time(values(old?.instants, new?.instants, 0))
    case .reference(_, let family): storage = .reference(values(old?.rows, new?.rows, -1), family: family)
    case .text:
      let (dictionary, codes) = mergedTexts(old, new)
      storage = .text(values(old?.codes, codes, 0), dictionary)
    case .list:
      storage = gatheredList(old: old, new: new, from, rows)
    }
    return Column(storage, present: mask, base: rows.lowerBound)
  }

  private static func gatheredFlags(
    _ old: [UInt8], _ base: Int, _ new: [UInt8], _ from: RowSources, _ sources: ArraySlice<Int32>
  ) -> [UInt8] {
    if from.oldCount == 0 {
      return new.withUnsafeBufferPointer { new in
        sources.withUnsafeBufferPointer { sources in
          filled(sources.count) { out in
            for index in 0..<sources.count {
              let place = UInt(bitPattern: Int(sources[index]))
              out[index] = place < UInt(bitPattern: new.count) ? new[Int(bitPattern: place)] : Truth.no
            }
          }
        }
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(sources.count)
    for source in sources {
      let source = Int(source)
      let isOld = source < from.oldCount
      let index = isOld ? source - base : source - from.oldCount
      let values = isOld ? old : new
      result.append(index >= 0 && index < values.count ? values[index] : Truth.no)
    }
    return result
  }

  /// One dictionary for both, and the new codes in it.
  private static func mergedTexts(_ old: Column?, _ new: Column?) -> (TextDictionary, Packed<Int32>?) {
    guard let new, case .text(let codes, let added) = new.storage else {
      return (old?.dictionary ?? TextDictionary(), nil)
    }
    guard var dictionary = old?.dictionary, dictionary.count > 0 else { return (added, codes) }
    let map = dictionary.add(added)
    return (dictionary, codes.mapped(through: map.map { $0 ?? 0 }, nought: 0))
  }

  private static func gatheredList(old: Column?, new: Column?, _ from: RowSources, _ rows: Range<Int>) -> Storage {
    let base = old?.base ?? 0
    let oldOffsets = old?.offsets ?? [0]
    let newOffsets = new?.offsets ?? [0]
    let oldElements = Int(oldOffsets.last ?? 0)
    var offsets: [Int32] = [0]
    var sources: [Int32] = []
    for row in rows {
      let source = Int(from.sources[row])
      let isOld = source < from.oldCount
      let index = isOld ? source - base : source - from.oldCount
      let bounds = isOld ? oldOffsets : newOffsets
      if index >= 0, index + 1 < bounds.count, bounds[index] <= bounds[index + 1] {
        for element in bounds[index]..<bounds[index + 1] {
          sources.append(isOld ? element : element &+ Int32(clamping: oldElements))
        }
      }
      offsets.append(Int32(clamping: sources.count))
    }
    let elements = RowSources(sources: sources, oldCount: oldElements, isIdentity: false)
    let gathered = gathered(old: old?.elements, new: new?.elements, elements, rows: 0..<sources.count)
    return .list(offsets: offsets, elements: gathered ?? Column(.number([] as [Double])))
  }

  /// The elements at some places.
  package func picked(_ places: [Int32]) -> Column {
    let from = RowSources(sources: places, oldCount: 0, isIdentity: false)
    return Column.gathered(old: nil, new: self, from, rows: 0..<places.count) ?? self
  }

  /// References put through a map from old rows to new; −1 and what is outside stay missing.
  package func remapped(_ moves: [Int32], family: KindID) -> Column {
    switch storage {
    case .reference(let rows, let target):
      guard target == family else { return self }
      return Column(
        .reference(rows.mapped(through: moves), family: target),
        present: present, base: base)
    case .list(let offsets, let elements):
      return Column(
        .list(offsets: offsets, elements: elements.remapped(moves, family: family)), present: present,
        base: base)
    default: return self
    }
  }

  /// Whether rows of the family are referred to.
  package func refers(to family: KindID) -> Bool {
    switch storage {
    case .reference(_, let target): target == family
    case .list(_, let elements): elements.refers(to: family)
    default: false
    }
  }

  package func isPresent(_ index: Int) -> Bool {
    guard index >= 0, index < count else { return false }
    guard let present else { return true }
    return present.indices.contains(index) && present[index] != 0
  }

  // MARK: - Storage by type

  package var numbers: Packed<Double>? {
    switch storage {
    case .number(let values), .duration(let values): values
    default: nil
    }
  }
  package var flags: [UInt8]? {
    guard case .yesno(let values) = storage else { return nil }
    return values
  }
  package var days: Packed<Int32>? {
    guard case .date(let values) = storage else { return nil }
    return values
  }
  package var instants: Packed<Int64>? {
    guard case .time(let values) = storage else { return nil }
    return values
  }
  package var rows: Packed<Int32>? {
    guard case .reference(let values, _) = storage else { return nil }
    return values
  }
  package var codes: Packed<Int32>? {
    guard case .text(let values, _) = storage else { return nil }
    return values
  }
  package var dictionary: TextDictionary? {
    guard case .text(_, let dictionary) = storage else { return nil }
    return dictionary
  }
  package var offsets: [Int32]? {
    guard case .list(let offsets, _) = storage else { return nil }
    return offsets
  }
  package var elements: Column? {
    guard case .list(_, let elements) = storage else { return nil }
    return elements
  }
}
