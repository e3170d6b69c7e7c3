import PeyvandBase
import PeyvandData
import Synchronization

/// A file's columns as a store of one kind, so that expressions over them are checked and evaluated like any other.
///
/// The kind is called `row`; its fields are the columns under their names, of the types that their cells were found to
/// have; its records are the file's rows in their order, keys counting from 1. What a column holds is read when it is
/// first asked for, and kept, so that an import reads no column that nobody speaks of: afterwards `columnsRead` tells
/// which they were, and what in them could not be read.
package struct TableSource: ColumnSource {
  package let catalogue: Catalogue
  /// The kind that the file's rows are.
  package let rowKind: KindID
  package let table: any ImportTable
  /// What each column was found to be.
  package let found: [FoundType]
  private let cache: Cache
  private let interruption: Interruption?

  private final class Cache: Sendable {
    let columns = Mutex<[Int: ImportedColumn]>([:])
  }

  /// Looks at all columns once, where anybody asks of which types they are.
  /// - Parameters:
  ///   - calendar: how the company counts its time, for what expressions say of dates.
  ///   - looks: false where no expression speaks of a column, so that each is read as its field says and as nothing else;
  ///     all are texts then.
  package init(
    _ table: any ImportTable, calendar: CalendarRules = CalendarRules(), looks: Bool = true,
    interruption: Interruption? = nil
  ) throws(Diagnostics) {
    self.table = table
    self.interruption = interruption
    let unseen = FoundType(
      type: .text, evidence: ColumnEvidence(type: "text", matching: 0, present: 0, missing: 0), isNearly: false)
    found =
      looks
      ? try table.foundTypes(of: Array(table.columnNames.indices), interruption: interruption)
      : Array(repeating: unseen, count: table.columnNames.count)
    var catalogue = Catalogue(calendar: calendar)
    rowKind = catalogue.nextKind
    let taken = Set(table.columnNames.map(nameKey))
    // A column may be called `row`; then the rows are called otherwise.
    let name = ["row", "line", "record"].first { !taken.contains($0) } ?? "file row"
    var kind = Kind(id: rowKind, name: name, flavour: .entity, family: rowKind)
    for (column, type) in zip(table.columnNames, found) {
      let field = Field(id: catalogue.nextField, name: column, type: type.type, family: rowKind, declaredBy: [rowKind])
      catalogue.add(field)
      kind.fields.append(field.id)
    }
    catalogue.add(kind)
    self.catalogue = catalogue
    cache = Cache()
  }

  /// The columns that were asked for so far, by their number in the file.
  package func columnsRead() -> [Int: ImportedColumn] { cache.columns.withLock { $0 } }

  // MARK: ColumnSource

  package func lastEvent(notAfter limit: Int64) -> Int64? { nil }

  package func rows(of kind: KindID) -> Range<Int> { kind == rowKind ? 0..<table.rowCount : 0..<0 }

  package func stretches(of kind: KindID) -> [KindRows] {
    kind == rowKind ? [KindRows(kind: kind, rows: 0..<table.rowCount, timed: table.rowCount)] : []
  }

  package func timeOrder(of kind: KindID) -> [Int32]? { nil }

  package func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    let index = Int(field.raw)
    guard table.columnNames.indices.contains(index) else { return nil }
    if let kept = cache.columns.withLock({ $0[index] }) { return kept.values }
    let read = try table.columns(
      [ColumnRequest(column: index, reading: .field(found[index].type))], interruption: interruption)
    guard let column = read.first else { return nil }
    if let problem = column.problem { throw Diagnostics(problem) }
    cache.columns.withLock { $0[index] = column }
    return column.values
  }

  package func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    Adjacency(offsets: [Int32](repeating: 0, count: table.rowCount + 1), rows: [])
  }

  package func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    rows.map { String(Int($0) + 1) }
  }

  package func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    guard family == rowKind, let number = Int32(folded(key)), number >= 1, Int(number) <= table.rowCount
    else { return nil }
    return number - 1
  }
}
