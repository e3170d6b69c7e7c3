import PeyvandData

extension Column {
  /// The column of some of its rows, in the order given: what is left of a file once rows were left out.
  ///
  /// Texts that no row has any more are dropped from the dictionary. Rows outside the column are missing.
  func selecting(_ rows: [Int32]) -> Column {
    switch storage {
    case .text(_, let dictionary):
      let picked = picked(rows)
      guard case .text(let codes, _) = picked.storage else { return picked }
      var kept = TextDictionary()
      var map = [Int32](repeating: -1, count: dictionary.count)
      var result = PackedBuilder<Int32>(expecting: rows.count)
      for (index, code) in codes.enumerated() {
        let place = Int(code)
        guard picked.isPresent(index), map.indices.contains(place) else {
          result.append(0)
          continue
        }
        if map[place] < 0 { map[place] = dictionary.withSpan(ofCode: code) { kept.code(of: $0) }.flatMap { $0 } ?? 0 }
        result.append(map[place])
      }
      return Column(.text(result.finish(), kept), present: picked.present)
    case .list(let offsets, let elements):
      var places: [Int32] = []
      var bounds: [Int32] = [0]
      for row in rows {
        let at = Int(row)
        if at >= 0, at + 1 < offsets.count, offsets[at] < offsets[at + 1] {
          places.append(contentsOf: offsets[at]..<offsets[at + 1])
        }
        bounds.append(Int32(clamping: places.count))
      }
      let mask = present.map { present in
        Mask(rows.lazy.map { present.indices.contains(Int($0)) ? present[Int($0)] : 0 })
      }
      return Column(.list(offsets: bounds, elements: elements.selecting(places)), present: mask?.reduced)
    default: return picked(rows)
    }
  }
}
