import PeyvandBase

/// The journal of a store that has no file: what `undo` goes back over.
///
/// As on the disk, a statement of very many rows begins anew, so that memory holds no more than a journal would.
package struct StoreMemory {
  private var journal: Journal

  package init(base: StoreState = StoreState()) { journal = Journal(base: base) }

  /// Keeps a statement.
  /// - Parameter state: what it makes of the present state.
  package mutating func append(_ changes: [StoreChange], giving state: StoreState) throws(Diagnostics) {
    let rows = changes.reduce(0) { $0 + $1.rowCount }
    if rows > StoreFile.recordRows || journal.recordCount >= StoreFile.recordRows {
      journal = Journal(base: state)
      return
    }
    do throws(Diagnostic) { try journal.append(changes, in: state.catalogue) } catch { throw Diagnostics(error) }
  }

  /// Takes back the last statement that changed data.
  /// - Throws: E3208 where there is none.
  package mutating func undo() throws(Diagnostics) -> (state: StoreState, undone: [StoreChange]) {
    guard let undone = try journal.undo() else { throw Diagnostics(JournalDiagnostics.nothingToUndo()) }
    return undone
  }
}
