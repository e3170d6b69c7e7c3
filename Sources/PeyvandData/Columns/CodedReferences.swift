/// References of new rows as they were read: a code a row, and for each code what it stands for.
///
/// Between a file and its place in a table a reference becomes a key's number, a serial, the row of that serial. Each of
/// these is said once for a code, of which there are few; the rows are gone over once, when they are put where they stand.
package struct CodedReferences: Sendable {
  private let codes: Packed<Int32>
  private let present: Mask?
  package let family: KindID
  private var table: [Int32]

  /// - Parameters:
  ///   - table: for each code what it stands for. All codes of rows that are there are in it.
  ///   - family: of what is referred to.
  package init(_ codes: Packed<Int32>, through table: [Int32], present: Mask?, family: KindID) {
    self.codes = codes
    self.table = table
    self.present = present
    self.family = family
  }

  /// Whether each row refers to something.
  package var haveAll: Bool { present == nil }

  /// Another meaning for each.
  package mutating func change(_ change: (Int32) -> Int32) {
    for code in table.indices { table[code] = change(table[code]) }
  }

  /// What each stands for now is a place in a table; −1 where that has none.
  package mutating func remap(_ rows: [Int32]) {
    change { $0 >= 0 && Int($0) < rows.count ? rows[Int($0)] : -1 }
  }

  /// As a column.
  package var column: Column {
    Column(.reference(codes.mapped(through: table, present: present), family: family), present: present)
  }

  /// As `Column.gathered` of a new table that has these rows alone.
  package func gathered(_ from: RowSources, rows: Range<Int>) -> Column {
    let sources = from.sources[rows.clamped(to: from.sources.indices)]
    let isWhole = present == nil && codes.count >= from.sources.count && rows.upperBound <= from.sources.count
    let mask =
      isWhole
      ? nil
      : Mask.gathered(
        old: nil, oldRows: 0, oldBase: 0, oldCount: 0, new: present, newRows: codes.count, sources: sources)
    let values = codes.arranged(sources, through: table, present: present)
    return Column(.reference(values, family: family), present: mask, base: rows.lowerBound)
  }
}

extension Packed<Int32> {
  /// The values at places, each put through a table; −1 where there is none, where it is missing, or the table has none.
  fileprivate func arranged(_ places: ArraySlice<Int32>, through table: [Int32], present: Mask?) -> Packed {
    let words = present?.words ?? []
    let (pages, limit) = (pages, UInt(bitPattern: count))
    let hasMask = present != nil
    @inline(__always) func all<S: FixedWidthInteger>(_ stored: [S]) -> [Int32] {
      let offset = Int(scale.offset)
      return stored.withUnsafeBufferPointer { stored in
        words.withUnsafeBufferPointer { words in
          table.withUnsafeBufferPointer { table in
            places.withUnsafeBufferPointer { places in
              filled(places.count) { out in
                let size = UInt(bitPattern: table.count)
                for index in 0..<places.count {
                  let place = UInt(bitPattern: Int(places[index]))
                  guard place < limit else {
                    out[index] = -1
                    continue
                  }
                  let row = Int(bitPattern: place)
                  if hasMask, words[row >> 6] >> UInt64(row & 63) & 1 == 0 {
                    out[index] = -1
                    continue
                  }
                  let code = UInt(bitPattern: Int(truncatingIfNeeded: stored[pages?.place(row) ?? row]) &+ offset)
                  out[index] = code < size ? table[Int(bitPattern: code)] : -1
                }
              }
            }
          }
        }
      }
    }
    let values =
      switch form {
      case .int8(let values): all(values)
      case .int16(let values): all(values)
      case .int32(let values): all(values)
      case .wide(let values): all(values)
      }
    return Packed(values).paged
  }
}
