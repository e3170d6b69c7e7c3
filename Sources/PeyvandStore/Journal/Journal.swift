import PeyvandBase
import PeyvandData
import PeyvandFiles

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
  /// Rows that applying all of it again goes over: each statement merges into a whole table.
  private(set) var cost = 0
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
  init(base: StoreState, file: AppendFile, reader: JournalReader) {
    self.base = base
    self.file = file
    owner = reader.owner
    recordCount = reader.records.count
    let undone = reader.undone
    for record in reader.records where !undone.contains(record.number) {
      if case .changes(let changes) = record.content {
        statements.append(Statement(number: record.number, changes: changes))
        cost += Self.cost(of: changes, over: base)
      }
    }
  }

  /// Begins a journal on the disk that follows a snapshot, in the place of the one before.
  /// - Throws: E3006; what was there is then untouched.
  init(beginning owner: JournalFormat.Owner, at path: String, base: StoreState, keepsOld: Bool) throws(Diagnostic) {
    let header: [UInt8]
    do throws(JSONError) { header = try JournalFormat.header(owner) } catch {
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

  /// Bytes on the disk.
  var size: Int { file?.size ?? 0 }

  /// Records a statement. On the disk when this returns; when it throws, nothing was recorded.
  mutating func append(_ changes: [StoreChange], in catalogue: Catalogue) throws(Diagnostic) {
    let number = recordCount + 1
    try write { writer in
      writer.key("n")
      writer.integer(number)
      writer.key("changes")
      writer.beginArray()
      // What one change declares, the next may speak of.
      var catalogue = catalogue
      for change in changes {
        if case .declare(let new) = change { catalogue = new }
        ChangeJSON.write(change, in: catalogue, to: &writer)
      }
      writer.endArray()
    }
    recordCount = number
    cost += Self.cost(of: changes, over: base)
    statements.append(Statement(number: number, changes: changes))
  }

  /// Takes back the last statement that changed data.
  /// - Returns: the state without it, and what it was; nil where there is none.
  mutating func undo() throws(Diagnostics) -> (state: StoreState, undone: [StoreChange])? {
    guard let index = statements.lastIndex(where: { $0.isData }) else { return nil }
    var rest = statements
    let undone = rest.remove(at: index)
    var state = base
    for statement in rest { state = try state.applying(statement.changes) }
    let number = recordCount + 1
    do throws(Diagnostic) {
      try write { writer in
        writer.key("n")
        writer.integer(number)
        writer.key("undo")
        writer.integer(undone.number)
      }
    } catch {
      throw Diagnostics(error)
    }
    recordCount = number
    statements = rest
    return (state, undone.changes)
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

  private static func cost(of changes: [StoreChange], over state: StoreState) -> Int {
    var cost = 0
    for change in changes {
      let kind: KindID? =
        switch change {
        case .declare, .define: nil
        case .add(let kind, _, _), .change(let kind, _, _), .remove(let kind, _): kind
        case .append(let rows):
          switch rows.kinds {
          case .all(let kind): kind
          case .each(let kinds): kinds.first
          }
        }
      let table = kind.flatMap { state.catalogue.kind($0) }.map { state.table($0.family).count } ?? 0
      cost += table + change.rowCount
    }
    return cost
  }
}
