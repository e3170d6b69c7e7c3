import PeyvandData

/// Where each row of a new table comes from: a row of the old one, or (from `oldCount` on) one of a batch.
struct RowSources {
  var sources: [Int32]
  var oldCount: Int
  /// Whether the old rows stand first, where they stood.
  var isIdentity: Bool

  /// The same, but that a row of the batch comes from the old row it keeps (−1: none); nil where none keeps any.
  func keeping(_ old: [Int32]) -> RowSources? {
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
  static func gathered(old: Column?, new: Column?, _ from: RowSources, rows: Range<Int>) -> Column? {
    guard let pattern = old ?? new else { return nil }
    let mask = mask(old: old, new: new, from, rows)
    let base = old?.base ?? 0
    func values<T>(_ oldValues: [T]?, _ newValues: [T]?, _ nought: T) -> [T] {
      gatheredValues(oldValues ?? [], base, newValues ?? [], from, rows, nought)
    }
    let storage: Storage
    switch pattern.storage {
    case .number: storage = .number(values(old?.numbers, new?.numbers, 0))
    case .duration: storage = .duration(values(old?.numbers, new?.numbers, 0))
    case .yesno: storage = .yesno(values(old?.flags, new?.flags, Truth.no))
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

  private static func gatheredValues<T>(
    _ old: [T], _ base: Int, _ new: [T], _ from: RowSources, _ rows: Range<Int>, _ nought: T
  ) -> [T] {
    var result: [T]
    var start = rows.lowerBound
    if from.isIdentity, base == start, old.count <= rows.count {
      result = old
      start += old.count
      result.reserveCapacity(rows.count)
    } else {
      result = []
      result.reserveCapacity(rows.count)
    }
    for row in start..<max(start, rows.upperBound) {
      let source = Int(from.sources[row])
      if source < from.oldCount {
        let index = source - base
        result.append(index >= 0 && index < old.count ? old[index] : nought)
      } else {
        let index = source - from.oldCount
        result.append(index < new.count ? new[index] : nought)
      }
    }
    return result
  }

  private static func mask(old: Column?, new: Column?, _ from: RowSources, _ rows: Range<Int>) -> [UInt8]? {
    let base = old?.base ?? 0
    let oldCount = old?.count ?? 0
    let newCount = new?.count ?? 0
    let oldMask = old?.present ?? []
    let newMask = new?.present ?? []
    var result: [UInt8] = []
    result.reserveCapacity(rows.count)
    var missing = false
    for row in rows {
      let source = Int(from.sources[row])
      var present: UInt8
      if source < from.oldCount {
        let index = source - base
        present = index >= 0 && index < oldCount ? 1 : 0
        if present == 1, index < oldMask.count { present = oldMask[index] }
      } else {
        let index = source - from.oldCount
        present = index < newCount ? 1 : 0
        if present == 1, index < newMask.count { present = newMask[index] }
      }
      if present == 0 { missing = true }
      result.append(present)
    }
    return missing ? result : nil
  }

  /// One dictionary for both, and the new codes in it.
  private static func mergedTexts(_ old: Column?, _ new: Column?) -> (TextDictionary, [Int32]) {
    guard let new, case .text(let codes, let added) = new.storage else {
      return (old?.dictionary ?? TextDictionary(), [])
    }
    guard var dictionary = old?.dictionary, dictionary.count > 0 else { return (added, codes) }
    var map: [Int32] = []
    map.reserveCapacity(added.count)
    for text in added.entries { map.append(dictionary.code(of: text) ?? 0) }
    return (dictionary, codes.map { map.indices.contains(Int($0)) ? map[Int($0)] : 0 })
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
    return .list(offsets: offsets, elements: gathered ?? Column(.number([])))
  }

  /// The elements at some places.
  func picked(_ places: [Int32]) -> Column {
    let from = RowSources(sources: places, oldCount: 0, isIdentity: false)
    return Column.gathered(old: nil, new: self, from, rows: 0..<places.count) ?? self
  }

  /// References put through a map from old rows to new; −1 and what is outside stay missing.
  func remapped(_ moves: [Int32], family: KindID) -> Column {
    switch storage {
    case .reference(let rows, let target):
      guard target == family else { return self }
      return Column(
        .reference(rows.map { $0 >= 0 && Int($0) < moves.count ? moves[Int($0)] : -1 }, family: target),
        present: present, base: base)
    case .list(let offsets, let elements):
      return Column(
        .list(offsets: offsets, elements: elements.remapped(moves, family: family)), present: present,
        base: base)
    default: return self
    }
  }

  /// Whether rows of the family are referred to.
  func refers(to family: KindID) -> Bool {
    switch storage {
    case .reference(_, let target): target == family
    case .list(_, let elements): elements.refers(to: family)
    default: false
    }
  }

  func isPresent(_ index: Int) -> Bool {
    guard index >= 0, index < count else { return false }
    guard let present else { return true }
    return present.indices.contains(index) && present[index] != 0
  }

  // MARK: - Storage by type

  var numbers: [Double]? {
    switch storage {
    case .number(let values), .duration(let values): values
    default: nil
    }
  }
  var flags: [UInt8]? {
    guard case .yesno(let values) = storage else { return nil }
    return values
  }
  var days: [Int32]? {
    guard case .date(let values) = storage else { return nil }
    return values
  }
  var instants: [Int64]? {
    guard case .time(let values) = storage else { return nil }
    return values
  }
  var rows: [Int32]? {
    guard case .reference(let values, _) = storage else { return nil }
    return values
  }
  var codes: [Int32]? {
    guard case .text(let values, _) = storage else { return nil }
    return values
  }
  var dictionary: TextDictionary? {
    guard case .text(_, let dictionary) = storage else { return nil }
    return dictionary
  }
  var offsets: [Int32]? {
    guard case .list(let offsets, _) = storage else { return nil }
    return offsets
  }
  var elements: Column? {
    guard case .list(_, let elements) = storage else { return nil }
    return elements
  }
}
