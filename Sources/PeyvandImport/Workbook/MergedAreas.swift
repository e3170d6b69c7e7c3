/// Cells of a sheet that were made one, as far as they stand over several rows.
///
/// What people see beside each of those rows is one value, so each of them has it; to the side nothing is filled, since
/// there the columns are other fields. A sheet tells its merged areas behind its cells, so they are known only once it was
/// read: where there are such areas it is read again.
struct MergedAreas {
  private struct Area {
    var rows: ClosedRange<Int>
    var value: (bytes: [UInt8], kind: SheetVisitor.CellKind)?
  }
  /// By column, from 0: its areas by their first row, apart from each other.
  private var areas: [Int: [Area]] = [:]
  /// Areas that are kept; of more, the others have their value in their first row alone.
  private static let most = 200_000
  private(set) var count = 0
  /// Cells that were given the value of their area.
  private(set) var filled = 0

  var isEmpty: Bool { areas.isEmpty }

  /// Takes an area in, as it is written: `A2:B4`.
  mutating func add(_ reference: String) {
    let ends = reference.split(separator: ":").map(Self.place)
    guard ends.count == 2, let first = ends[0], let last = ends[1], first.row < last.row, count < Self.most else {
      return
    }
    count += 1
    areas[first.column - 1, default: []].append(Area(rows: first.row...last.row))
  }

  /// `BC12` as column 55 and row 12.
  private static func place(_ text: Substring) -> (column: Int, row: Int)? {
    var column = 0
    var row = 0
    for byte in text.utf8 where byte != UInt8(ascii: "$") {
      switch byte {
      case 0x41...0x5A where row == 0: column = column * 26 + Int(byte - 0x40)
      case 0x30...0x39 where column > 0: row = row * 10 + Int(byte - 0x30)
      default: return nil
      }
      guard column <= 16_384, row <= 0x7FFF_FFFE else { return nil }
    }
    return column > 0 && row > 0 ? (column, row) : nil
  }

  /// The areas in order, for a second reading; of those that lie over each other, which no spreadsheet writes, the first.
  func inOrder() -> MergedAreas {
    var result = self
    for (column, list) in areas {
      var kept: [Area] = []
      for area in list.sorted(by: { $0.rows.lowerBound < $1.rows.lowerBound })
      where kept.last.map({ $0.rows.upperBound < area.rows.lowerBound }) ?? true {
        kept.append(area)
      }
      result.areas[column] = kept
    }
    return result
  }

  var columns: [Int] { areas.keys.sorted() }

  /// What a cell holds: its own value, which is kept where it is an area's first, or that of its area.
  mutating func cell(
    _ column: Int, row: Int, own: (bytes: [UInt8], kind: SheetVisitor.CellKind)?
  ) -> (bytes: [UInt8], kind: SheetVisitor.CellKind)? {
    guard let list = areas[column] else { return own }
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].rows.upperBound < row { low = middle + 1 } else { high = middle }
    }
    guard low < list.count, list[low].rows.contains(row) else { return own }
    if row == list[low].rows.lowerBound { areas[column]?[low].value = own }
    guard own == nil, let value = list[low].value else { return own }
    filled += 1
    return value
  }
}
