import PeyvandData

extension Column {
  /// The column of some of its rows, in the order given: what is left of a file once rows were left out.
  ///
  /// Texts that no row has any more are dropped from the dictionary. Rows outside the column are missing.
  func selecting(_ rows: [Int32]) -> Column {
    var mask: [UInt8]?
    if let present { mask = Self.pick(present, rows, 0) }
    if mask?.contains(0) == false { mask = nil }
    let storage: Storage
    switch self.storage {
    case .number(let values): storage = .number(Self.pick(values, rows, 0))
    case .duration(let values): storage = .duration(Self.pick(values, rows, 0))
    case .yesno(let values): storage = .yesno(Self.pick(values, rows, Truth.no))
    case .date(let values): storage = .date(Self.pick(values, rows, 0))
    case .time(let values): storage = .time(Self.pick(values, rows, 0))
    case .reference(let values, let family): storage = .reference(Self.pick(values, rows, -1), family: family)
    case .text(let codes, let dictionary):
      var kept = TextDictionary()
      var map = [Int32](repeating: -1, count: dictionary.count)
      var result: [Int32] = []
      result.reserveCapacity(rows.count)
      for (index, code) in Self.pick(codes, rows, 0).enumerated() {
        let place = Int(code)
        guard mask.map({ $0[index] != 0 }) ?? true, map.indices.contains(place) else {
          result.append(0)
          continue
        }
        if map[place] < 0 { map[place] = kept.code(of: dictionary[code]) ?? 0 }
        result.append(map[place])
      }
      storage = .text(result, kept)
    case .list(let offsets, let elements):
      var picked: [Int32] = []
      var bounds: [Int32] = [0]
      for row in rows {
        let at = Int(row)
        if at >= 0, at + 1 < offsets.count, offsets[at] < offsets[at + 1] {
          picked.append(contentsOf: offsets[at]..<offsets[at + 1])
        }
        bounds.append(Int32(clamping: picked.count))
      }
      storage = .list(offsets: bounds, elements: elements.selecting(picked))
    }
    return Column(storage, present: mask)
  }

  private static func pick<T>(_ values: [T], _ rows: [Int32], _ nought: T) -> [T] {
    var result: [T] = []
    result.reserveCapacity(rows.count)
    for row in rows {
      let at = Int(row)
      result.append(at >= 0 && at < values.count ? values[at] : nought)
    }
    return result
  }
}
