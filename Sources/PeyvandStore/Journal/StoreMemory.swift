import PeyvandBase

/// The journal of a store that has no file: what `undo` goes back over.
///
/// As on the disk, a statement of very many rows begins anew, so that memory holds no more than a journal would.
package struct StoreMemory: Sendable {
  private var journal: Journal

  package init(base: StoreState = StoreState()) { journal = Journal(base: base) }

  /// Keeps a statement.
  /// - Parameter state: what it makes of the present state.
  package mutating func append(_ changes: [StoreChange], to present: StoreState, giving state: StoreState)
    throws(Diagnostics)
  {
    let rows = changes.reduce(0) { $0 + $1.rowCount }
    if rows > StoreFile.recordRows || journal.recordCount >= StoreFile.recordRows {
      journal = Journal(base: state)
      return
    }
    do throws(Diagnostic) { try journal.append(changes, to: present) } catch { throw Diagnostics(error) }
  }

  /// The same without the last statement that changed data.
  /// - Throws: E3208 where there is none, E3212 where a declaration was made since.
  package func undoing(_ reach: UndoReach = .last) throws(Diagnostics) -> (
    memory: StoreMemory, state: StoreState, undone: [StoreChange]
  ) {
    let undoing = try journal.undoing(reach)
    var memory = self
    do throws(Diagnostic) { try memory.journal.record(undoing) } catch { throw Diagnostics(error) }
    return (memory, undoing.state, undoing.changes)
  }
}
