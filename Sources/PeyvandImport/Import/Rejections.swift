import PeyvandBase
import PeyvandData
import PeyvandStore

/// Which rows were rejected and why: one reason a row, the first that was found.
///
/// Every rejected row is counted under its reason; those that are shown keep their words, and their places are looked
/// up at the end, all in one go.
struct Rejections {
  private struct Kept {
    var row: Int
    var column: Int?
    var code: String
    var words: String
    var note: String?
    /// Whether the words name the value themselves.
    var isWhole: Bool
  }

  /// For every row the number of its reason, 0 where it is not rejected.
  private(set) var reasons: [UInt8]
  private(set) var count = 0
  private var codes: [String] = []
  private var counts: [Int] = []
  private var kept: [Kept] = []

  /// Whether each of them is kept with its words, however many: they are to be written out.
  private let keepsAll: Bool

  init(rowCount: Int, keepsAll: Bool = false) {
    reasons = [UInt8](repeating: 0, count: rowCount)
    self.keepsAll = keepsAll
  }

  var isKeepingNotes: Bool { kept.count < 50 }

  /// Rejects a row, unless it is rejected already.
  mutating func reject(
    _ row: Int, column: Int?, _ code: String, _ words: String, note: String? = nil, isWhole: Bool = false
  ) {
    guard reasons.indices.contains(row), reasons[row] == 0 else { return }
    let number: Int
    if let known = codes.firstIndex(of: code) {
      number = known
    } else {
      number = codes.count
      codes.append(code)
      counts.append(0)
    }
    // There are some thirty codes.
    reasons[row] = UInt8(clamping: number + 1)
    counts[number] += 1
    count += 1
    // A reason found later may stand earlier in the file; twice as many are kept, the first of each reason.
    if keepsAll || counts[number] <= ImportReport.shownRejects {
      kept.append(Kept(row: row, column: column, code: code, words: words, note: note, isWhole: isWhole))
    }
  }

  /// The reasons by how many rows each took.
  func counted() -> [(words: String, count: Int)] {
    zip(codes, counts).map { (words: ImportDiagnostics.category($0), count: $1) }.sorted { $0.count > $1.count }
  }

  /// The first rejects in the order of the file, with their places.
  func kept(_ table: any ImportTable) -> [ImportReject] {
    let first = kept.sorted { $0.row < $1.row }.prefix(ImportReport.shownRejects)
    let places = table.places(of: first.map { (row: $0.row, column: $0.column) })
    return zip(first, places).map { entry, found in
      ImportReject(
        row: entry.row, place: found.place, column: entry.column.map { table.columnNames[$0] },
        text: entry.isWhole || entry.column == nil ? nil : found.text, code: entry.code, words: entry.words,
        note: entry.note)
    }
  }

  /// All that are kept, in the order of the file.
  func all() -> [RejectedRow] {
    kept.sorted { $0.row < $1.row }.map {
      RejectedRow(row: $0.row, column: $0.column, code: $0.code, words: $0.words, isWhole: $0.isWhole)
    }
  }

  static func code(of reason: RowReject.Reason) -> String {
    switch reason {
    case .required: "E2001"
    case .otherValues: "E2002"
    case .unknownKey, .noSuchRow: "E2003"
    case .wrongKind: "E2005"
    case .notFinite: "E2006"
    case .timeOutOfRange: "E2007"
    case .refersToRefused: "E2012"
    }
  }
}
