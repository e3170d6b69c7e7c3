import PeyvandData

/// Some rows of a file, in order: all of them, as mostly, of which no list is kept, or those listed.
struct FileRows: RandomAccessCollection, Sendable {
  private let rows: [Int32]?
  let endIndex: Int
  var startIndex: Int { 0 }

  /// All of so many.
  init(all count: Int) {
    rows = nil
    endIndex = count
  }

  init(_ rows: [Int32]) {
    self.rows = rows
    endIndex = rows.count
  }

  subscript(index: Int) -> Int32 { rows.map { $0[index] } ?? Int32(clamping: index) }

  /// Each by its number.
  var listed: [Int32] { rows ?? RowOrder.ascending(endIndex) }
}
