import PeyvandBase
import PeyvandData
import PeyvandStore

/// A place in a file, as editors count it: both from 1, columns in characters. Where a source has no lines, its name.
package struct ImportPlace: Hashable, Sendable {
  package var line: Int
  package var column: Int
  /// What the place is called instead: `Sheet1!B7`, `customer, row 12`.
  package var name: String?
  package init(line: Int, column: Int, name: String? = nil) {
    self.line = line
    self.column = column
    self.name = name
  }

  /// `12:5`, or the name.
  package var shown: String { name ?? "\(line):\(column)" }
}

/// What a column of a file is to be read as.
package enum ColumnReading: Hashable, Sendable {
  /// As the field it goes to; a reference is read as the text of a key.
  case field(FieldType)
  /// As what its cells are: see `InferenceBuilder`.
  case found
  /// As the texts of keys, in `ImportedColumn.keys`: without the blanks around them.
  case key
}

package struct ColumnRequest: Hashable, Sendable {
  package var column: Int
  package var reading: ColumnReading
  package init(column: Int, reading: ColumnReading) {
    self.column = column
    self.reading = reading
  }

  /// By what a column is kept that was read so: a reference is the same text of a key whatever it refers to. Nil where it
  /// is not known what it will be read as.
  var kept: ColumnRequest? {
    switch reading {
    case .field(.reference): ColumnRequest(column: column, reading: .field(.reference(KindID(0))))
    case .field, .key: self
    case .found: nil
    }
  }
}

/// One row of a file that cannot be imported, or one cell that is why.
package struct ImportReject: Hashable, Sendable {
  /// Counted from 0 among the rows of the file.
  package var row: Int
  package var place: ImportPlace
  /// The name of the file's column; missing where the whole line is at fault.
  package var column: String?
  /// The cell as it stands, cut where it is long.
  package var text: String?
  package var code: String
  /// The reason, as the end of a sentence about the cell or the line.
  package var words: String
  /// A way out: the nearest keys.
  package var note: String?

  package init(
    row: Int, place: ImportPlace, column: String?, text: String?, code: String, words: String, note: String? = nil
  ) {
    self.row = row
    self.place = place
    self.column = column
    self.text = text
    self.code = code
    self.words = words
    self.note = note
  }

  /// `customers.csv:12:5: column `amount`: "abc" is no number`.
  package func message(file: String) -> String {
    var message = "\(ImportDiagnostics.shown(file)):\(ImportDiagnostics.shown(place.shown)): "
    if let column { message += "column `\(ImportDiagnostics.shown(column))`: " }
    if let text { message += "\"\(ImportDiagnostics.shown(text))\" " }
    return message + words
  }
}

/// A column of a file as typed values, and what could not be read.
package struct ImportedColumn: Sendable {
  /// A value or a missing one for every row of the file; of keys, nothing.
  package var values: Column
  /// Of a column read as keys: one for every row, nil where it is missing.
  package var keys: RowKeys?
  /// What it was read as: the field's type, or what was found.
  package var type: FieldType
  package var evidence: ColumnEvidence
  /// The rows whose cells are no values, in order.
  package var faults: [(row: Int, fault: CellFault)]
  /// Why the column cannot be used at all: ambiguous dates, two calendars, two ways of writing numbers.
  package var problem: Diagnostic?
  package var warnings: [Diagnostic]
}

/// What a column is, by the look of all its cells.
package struct FoundType: Hashable, Sendable {
  package var type: FieldType
  package var evidence: ColumnEvidence
  /// Whether nearly all cells are of another type than this one, which is text.
  package var isNearly: Bool
  package init(type: FieldType, evidence: ColumnEvidence, isNearly: Bool = false) {
    self.type = type
    self.evidence = evidence
    self.isNearly = isNearly
  }
}

/// A file, a sheet or a table as rows of cells under named columns: what an import reads, whatever it came from.
///
/// Rows that could not even be split are still counted (their cells read as missing) and are told in `rowFaults`, so
/// that a row has one number from the file to the message. Values, so that several threads may ask at once.
package protocol ImportTable: Sendable {
  /// As the user wrote it, for messages.
  var fileName: String { get }
  /// What the source is.
  var form: SourceForm { get }
  /// Which table of the file or database this is, where there may be several.
  var part: String? { get }
  /// In the order of the file, no two of one name.
  var columnNames: [String] { get }
  var columnIndex: ColumnIndex { get }
  var rowCount: Int { get }
  var options: ImportOptions { get }
  /// The rows that are none, in order.
  var rowFaults: [(row: Int, fault: RowFault)] { get }
  /// What was found out about the file as a whole: "delimiter `,`", "header in line 1".
  var findings: [String] { get }
  var warnings: [Diagnostic] { get }
  /// Reads several columns in one pass over the file.
  func columns(_ requests: [ColumnRequest], interruption: Interruption?) throws(Diagnostics) -> [ImportedColumn]
  /// What columns are found to be, without reading them: one pass.
  func foundTypes(of columns: [Int], interruption: Interruption?) throws(Diagnostics) -> [FoundType]
  /// The different cells of some columns, counted: one pass.
  func distinctTexts(of columns: [Int], interruption: Interruption?) throws(Diagnostics) -> [DistinctTexts]
  /// For every row a number that stands for its cells, all of them, the same in every process; 0 for what is no row.
  func rowHashes(interruption: Interruption?) throws(Diagnostics) -> [UInt64]
  /// Where rows begin, or one of their cells. Costs reading the file up to there.
  func places(of cells: [(row: Int, column: Int?)]) -> [(place: ImportPlace, text: String)]
  /// The cells of some rows as they stand, in ascending order; of a line that is no row, what can be told apart.
  func texts(ofRows rows: [Int], interruption: Interruption?) throws(Diagnostics) -> [[String]]
}

extension ImportTable {
  package var part: String? { nil }

  /// What makes rows without a key those of this source, and what a later file of it is known by: a name, and its table.
  /// - Parameter name: where the file lies; without it, its name without any folder.
  package func sourceName(at name: String? = nil) -> String {
    let name =
      DatabaseAddress(fileName).map { "\($0.host ?? "")/\($0.database ?? "")" }
      ?? name ?? ImportPlan.sourceName(fileName)
    return part.map { "\(name)#\($0)" } ?? name
  }

  /// Column by column, so that no more than one is held whole.
  package func texts(ofRows rows: [Int], interruption: Interruption?) throws(Diagnostics) -> [[String]] {
    var result = [[String]](repeating: [], count: rows.count)
    for column in columnNames.indices {
      let read = try columns([ColumnRequest(column: column, reading: .field(.text))], interruption: interruption)
      guard let values = read.first?.values, case .text(let codes, let dictionary) = values.storage else { continue }
      for (place, row) in rows.enumerated() {
        let isThere = codes.indices.contains(row) && (values.present.map { $0[row] != 0 } ?? true)
        result[place].append(isThere ? dictionary[codes[row]] : "")
      }
    }
    return result
  }

  /// The column of that name: the same name, else the only one whose name has the same key.
  package func column(named name: String) -> Int? { columnIndex[name] }

  package func column(_ request: ColumnRequest) throws(Diagnostics) -> ImportedColumn {
    guard let column = try columns([request], interruption: nil).first else {
      throw Diagnostics(ImportDiagnostics.noSuchColumn("\(request.column + 1)", file: fileName, columns: columnNames))
    }
    return column
  }

  /// The column of a name, read as a field's type, or as what it is found to be.
  package func column(named name: String, as type: FieldType?) throws(Diagnostics) -> ImportedColumn {
    guard let index = column(named: name) else {
      throw Diagnostics(ImportDiagnostics.noSuchColumn(name, file: fileName, columns: columnNames))
    }
    return try column(ColumnRequest(column: index, reading: type.map(ColumnReading.field) ?? .found))
  }
}
