import PeyvandBase
import PeyvandData
import PeyvandFiles

/// How far `undo` looks for a change of data.
package enum UndoReach: Sendable {
  /// The last statement, which must be one.
  case last
  /// Before declarations, which stay.
  case beforeDeclarations
}

/// What was said since a snapshot, in memory and, for a store on the disk, in its journal.
///
/// The base is the snapshot's state; the statements stand by their numbers, and one that was taken back stays
/// with a second record that says so. The present is the base with all that still stands applied, which is how
/// `undo` finds the state before a statement without keeping every state that ever was.
struct Journal: Sendable {
  struct Statement: Sendable {
    var number: Int
    var changes: [StoreChange]
    var isData: Bool { changes.contains { $0.isData } }
  }

  let base: StoreState
  private var statements: [Statement] = []
  /// Records so far, `undo`s too.
  private(set) var recordCount = 0
  /// Rows that applying all of it again goes over: a run of single records merges into a whole table, and so does each
  /// other statement.
  private(set) var cost = 0
  /// The families with single records since the last other statement.
  private var gathered: Set<KindID> = []
  /// Where the records go; nil for a store in memory.
  private let file: AppendFile?
  private let owner: JournalFormat.Owner?

  /// A journal in memory.
  init(base: StoreState) {
    self.base = base
    file = nil
    owner = nil
  }

  /// A journal on the disk, its records read.
  /// - Parameter state: the base with all of them applied.
  init(base: StoreState, giving state: StoreState, file: AppendFile, reader: JournalReader) {
    self.base = base
    self.file = file
    owner = reader.owner
    recordCount = reader.records.count
    let undone = reader.undone
    for record in reader.records where !undone.contains(record.number) {
      if case .changes(let changes) = record.content {
        statements.append(Statement(number: record.number, changes: changes))
        weigh(changes, over: state)
      }
    }
  }

  /// Begins a journal on the disk that follows a snapshot, in the place of the one before.
  /// - Parameter continues: whether the snapshot holds what the pair before it came to, and nothing besides.
  /// - Throws: E3006; what was there is then untouched.
  init(
    beginning owner: JournalFormat.Owner, continues: Bool, at path: String, base: StoreState, keepsOld: Bool
  ) throws(Diagnostic) {
    let header: [UInt8]
    do throws(JSONError) { header = try JournalFormat.header(owner, continues: continues) } catch {
      throw SnapshotDiagnostics.notWritable(path, error)
    }
    let file = try AtomicFile(path, leave: .everything, purpose: .store)
    try file.write(header)
    let name = FilePath.name(file.path)
    try file.commit(keepingOldAs: keepsOld ? name + ".previous" : nil)
    self.base = base
    self.owner = owner
    self.file = try AppendFile(path, keeping: header.count, leave: .everything)
  }

  /// Why it takes nothing more; nil while it does.
  var failure: Diagnostic? { file?.failure }

  /// Bytes on the disk.
  var size: Int { file?.size ?? 0 }

  /// Records a statement. On the disk when this returns; when it throws, nothing was recorded.
  /// - Parameter state: the one that it was said to.
  mutating func append(_ changes: [StoreChange], to state: StoreState) throws(Diagnostic) {
    let number = recordCount + 1
    try write { writer in
      writer.key("n")
      writer.integer(number)
      writer.key("changes")
      writer.beginArray()
      // What one change declares, the next may speak of.
      var catalogue = state.catalogue
      for change in changes {
        if case .declare(let new) = change { catalogue = new }
        ChangeJSON.write(change, in: catalogue, to: &writer)
      }
      writer.endArray()
    }
    recordCount = number
    weigh(changes, over: state)
    statements.append(Statement(number: number, changes: changes))
  }

  /// What taking back the last statement that changed data comes to; nothing of it is done yet.
  struct Undoing: Sendable {
    /// The state without the statement.
    var state: StoreState
    /// What it was.
    var changes: [StoreChange]
    fileprivate var place: Int
  }

  /// The kinds as they are now.
  private var catalogue: Catalogue {
    for statement in statements.reversed() {
      for case .declare(let catalogue) in statement.changes.reversed() { return catalogue }
    }
    return base.catalogue
  }

  /// The last statement that changed data, and the state without it.
  /// - Parameter reach: whether declarations may stand behind it.
  /// - Throws: E3208 where there is none, E3212 where a declaration was made since and that was not said.
  func undoing(_ reach: UndoReach = .last) throws(Diagnostics) -> Undoing {
    guard let place = statements.lastIndex(where: { $0.isData }) else {
      throw Diagnostics(JournalDiagnostics.nothingToUndo())
    }
    if reach == .last, place < statements.count - 1 {
      throw Diagnostics(
        JournalDiagnostics.declaredSince(
          statements[statements.count - 1].changes, before: statements[place].changes, catalogue))
    }
    var state = base
    for (index, statement) in statements.enumerated() where index != place {
      state = try state.applying(statement.changes)
    }
    return Undoing(state: state, changes: statements[place].changes, place: place)
  }

  /// Takes a statement back. On the disk when this returns; when it throws, nothing was recorded.
  mutating func record(_ undoing: Undoing) throws(Diagnostic) {
    let number = recordCount + 1
    let undone = statements[undoing.place].number
    try write { writer in
      writer.key("n")
      writer.integer(number)
      writer.key("undo")
      writer.integer(undone)
    }
    recordCount = number
    statements.remove(at: undoing.place)
  }

  private func write(_ body: (inout JSONWriter) -> Void) throws(Diagnostic) {
    guard let file, let owner else { return }
    var writer = JSONWriter()
    writer.beginObject()
    body(&writer)
    writer.endObject()
    let json: [UInt8]
    do throws(JSONError) { json = try writer.finish() } catch {
      throw SnapshotDiagnostics.notWritable(file.path, error)
    }
    try file.append(JournalFormat.line(json, owner: owner))
  }

  /// Counts what applying a statement again goes over.
  /// - Parameter state: the one that it is said to.
  private mutating func weigh(_ changes: [StoreChange], over state: StoreState) {
    for change in changes {
      let table = change.kind.flatMap { state.catalogue.kind($0)?.family }
      switch change {
      case .declare: gathered = []
      case .define, .keep, .forget: break
      case .add, .change:
        cost += Self.single
        // They are put into their table together.
        if let table, gathered.insert(table).inserted { cost += state.rowCount(of: table) }
      case .remove, .append, .importing:
        gathered = []
        cost += (table.map { state.rowCount(of: $0) } ?? 0) + change.rowCount
      case .undoImport:
        gathered = []
        cost += state.rowCount
      }
    }
  }

  /// What reading and checking one record comes to, in rows of a merge.
  private static let single = 100
}
