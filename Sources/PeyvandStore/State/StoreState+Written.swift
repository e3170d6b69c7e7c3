import PeyvandBase
import PeyvandData

extension StoreState {
  /// Records as rows that can be said again: with their keys and exact kinds, references by key.
  /// - Parameters:
  ///   - fields: of the family; those that a record's kind does not have are missing.
  ///   - asNew: whether the records will be gone when the rows are said again: those without a key of their own are
  ///     then known by their fingerprints, and else by their numbers.
  /// - Returns: rows whose mode is `restoring`.
  func written(
    _ rows: [Int32], family: KindID, fields: [FieldID], asNew: Bool = false
  ) throws(Diagnostics) -> NewRows {
    let table = self.table(family)
    let identity = try table.identity.get()
    var result = NewRows(kinds: .each([]), count: rows.count, mode: .restoring)
    result.kinds = .each(rows.map { table.kind(ofRow: Int($0)) ?? family })
    let serials = rows.map { identity.serials.indices.contains(Int($0)) ? identity.serials[Int($0)] : -1 }
    result.keys = RowKeys(
      serials.map { serial in
        serial < 0 || (asNew && !identity.keys.hasText(serial)) ? nil : identity.keys.text(serial)
      })
    if asNew {
      let fingerprints = try table.fingerprints.get()
      result.fingerprints = serials.map { fingerprints.indices.contains(Int($0)) ? fingerprints[Int($0)] : 0 }
    }
    for id in fields {
      guard let field = catalogue.field(id) else { continue }
      result.columns[id] = try written(try table.columns[id]?.get(), rows, field.type)
    }
    return result
  }

  private func written(_ column: Column?, _ rows: [Int32], _ type: FieldType) throws(Diagnostics) -> Column {
    guard let column else {
      return Column(Self.nothing(type, count: rows.count), present: [UInt8](repeating: 0, count: rows.count))
    }
    let places = rows.map { row in
      let place = Int(row) - column.base
      return column.isPresent(place) ? Int32(clamping: place) : Int32.max
    }
    return try named(column.picked(places))
  }

  /// References as the texts of the keys they mean.
  private func named(_ column: Column) throws(Diagnostics) -> Column {
    switch column.storage {
    case .reference(let rows, let family):
      let keys = try keys(of: rows.array, family: family)
      var dictionary = TextDictionary()
      var codes: [Int32] = []
      var present: [UInt8] = []
      for (row, key) in zip(rows, keys) {
        codes.append(row >= 0 ? dictionary.code(of: key) ?? 0 : 0)
        present.append(row >= 0 ? 1 : 0)
      }
      return Column(.text(codes, dictionary), present: present.contains(0) ? present : nil)
    case .list(let offsets, let elements):
      return Column(.list(offsets: offsets, elements: try named(elements)), present: column.present)
    default: return column
    }
  }

  private static func nothing(_ type: FieldType, count: Int) -> Column.Storage {
    switch type {
    case .number: .number([Double](repeating: 0, count: count))
    case .text, .reference: .text([Int32](repeating: 0, count: count), TextDictionary())
    case .yesno: .yesno([UInt8](repeating: Truth.no, count: count))
    case .date: .date([Int32](repeating: 0, count: count))
    case .time: .time([Int64](repeating: 0, count: count))
    case .duration: .duration([Double](repeating: 0, count: count))
    case .list(let element):
      .list(offsets: [Int32](repeating: 0, count: count + 1), elements: Column(nothing(element, count: 0)))
    }
  }
}
