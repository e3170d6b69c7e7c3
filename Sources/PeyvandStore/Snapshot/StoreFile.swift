import PeyvandBase
import PeyvandData
import PeyvandFiles
import Synchronization

/// A store on the disk: a snapshot, and beside it a journal of what was said since.
///
/// A statement is one record of the journal, flushed before `commit` returns; so a nightly script pays for what
/// it says and not for the size of the store. A snapshot is written beside, flushed, renamed, its folder flushed,
/// and only then does a new journal begin; a crash between the two leaves the old journal, which the generation
/// in both tells to be stale. The snapshot before, and its journal, stay as `NAME.previous` and
/// `NAME.journal.previous`. One process writes: it holds the lock from opening to closing. Any number read: what
/// they mapped stays whole while a writer puts a new file in its place.
package final class StoreFile: Sendable {
  /// As it was named.
  package let path: String
  package let isWritable: Bool
  /// What was found on opening that the user must hear of: a torn tail that was dropped.
  package let notices: [Diagnostic]
  private let lock: FileLock?
  private let whyReadOnly: Diagnostic?
  private let id: String
  private struct Contents: Sendable {
    var state: StoreState
    var generation: Int
    /// The format of the snapshot on the disk; nil while there is none.
    var version: Int?
    /// Bytes of the snapshot on the disk.
    var size = 0
    /// Of the time that it took to write, what the disk took to have it.
    var flushTime = Swift.Duration.zero
    /// Nil where the next statement must begin one, with a snapshot first.
    var journal: Journal?
    /// Whether a journal lies on the disk, stale or not.
    var hasOldJournal = false
    /// Why nothing more is written.
    var failure: Diagnostic?
  }
  private let contents: Mutex<Contents>

  /// Rows of one statement above which it ends in a snapshot and not in a record.
  package static let recordRows = 10_000
  /// A journal longer than this, and than a quarter of its snapshot, makes way for a snapshot at once …
  private static let longJournal = 8 << 20
  /// … and so does one that takes longer to apply again than to write the store anew.
  private static let longReplay = 30_000_000
  /// On leaving a snapshot is taken already at this part of those bounds.
  private static let leavingPart = 8

  /// Opens a store: the snapshot, and what the journal says since.
  ///
  /// A file that is no store, is damaged, or of a newer format is refused and left alone, and so is a journal
  /// that does not belong to the snapshot. A torn tail of the journal is cut off, and `notices` tells it.
  /// - Parameters:
  ///   - createIfMissing: a store that does not exist is begun; its file appears with the first `commit`.
  ///   - writable: take the lock; without it the store is read as it was at this moment.
  ///   - why: what stands in the way of writing, to say when something is to be written.
  /// - Throws: E3001, E3004, E3006, E3010 (in use), E3201 to E3203, E3205 to E3207.
  package static func open(
    path: String, createIfMissing: Bool = false, writable: Bool = true, because why: Diagnostic? = nil
  ) throws(Diagnostics) -> StoreFile {
    do {
      var lock: FileLock?
      if writable {
        // Before anything is read, so that what is read stays true. A store that is not there and not to be
        // begun leaves no lock behind.
        if !createIfMissing { _ = try FileLeave.everything.resolveForReading(path) }
        lock = try FileLock(storePath: path)
        try AtomicFile.removeLeftover(storePath: path)
        try AtomicFile.removeLeftover(storePath: try FileLeave.everything.resolveForWriting(path) + ".journal")
      }
      let found = try StoreFiles.read(path, createIfMissing: createIfMissing)
      return try StoreFile(path: path, lock: lock, because: why, found)
    } catch let error as Diagnostic {
      throw Diagnostics(error)
    } catch let error as Diagnostics {
      throw error
    } catch {
      throw Diagnostics(SnapshotDiagnostics.notAStore(path))
    }
  }

  /// What a store's bytes hold, wherever they come from; its columns unread.
  /// - Throws: E3201, E3202, E3203.
  package static func state(of bytes: FileBytes, named path: String) throws(Diagnostics) -> StoreState {
    try SnapshotReader(bytes, path: path).state()
  }

  /// What a journal's bytes make of a state, whosever they are.
  /// - Throws: E3202, E3203, E3205.
  package static func state(
    ofJournal bytes: FileBytes, over state: StoreState, named path: String
  ) throws(Diagnostics) -> StoreState {
    let reader: JournalReader
    do throws(Diagnostic) {
      reader = try JournalReader(bytes, path: path)
      if case .damaged(let at, let record, let what) = reader.tail {
        throw JournalDiagnostics.damaged(path, byte: at, record: record, what)
      }
    } catch {
      throw Diagnostics(error)
    }
    return try reader.replayed(over: state)
  }

  private init(path: String, lock: FileLock?, because why: Diagnostic?, _ found: StoreFiles) throws {
    whyReadOnly = why
    let base = try found.snapshot?.state() ?? StoreState()
    var state = base
    var journal: Journal?
    var notices: [Diagnostic] = []
    if let reader = found.journal, found.follows {
      if case .damaged(let at, let record, let what) = reader.tail {
        throw JournalDiagnostics.damaged(reader.path, byte: at, record: record, what)
      }
      state = try reader.replayed(over: base)
      if lock != nil {
        let place = try FileLeave.everything.resolveForWriting(path) + ".journal"
        let file = try AppendFile(place, keeping: reader.end, leave: .everything)
        journal = Journal(base: base, giving: state, file: file, reader: reader)
        if case .torn(let at) = reader.tail {
          notices.append(JournalDiagnostics.torn(reader.path, byte: at, count: found.journalSize - at))
        }
      }
    }
    self.path = path
    self.lock = lock
    self.notices = notices
    // A journal that was begun for a first snapshot that never came is this store's: with another id in the snapshot
    // it would be a stranger's, should the next one not come to be written either.
    id = found.snapshot?.id ?? found.journal?.owner.id ?? Self.newID()
    isWritable = lock != nil
    contents = Mutex(
      Contents(
        state: state, generation: found.snapshot?.generation ?? 0, version: found.snapshot?.version,
        size: found.snapshot?.size ?? 0, journal: journal, hasOldJournal: found.journal != nil))
  }

  /// The store after the last statement.
  package var state: StoreState { contents.withLock { $0.state } }

  /// How many snapshots were taken.
  package var generation: Int { contents.withLock { $0.generation } }

  /// How long the last snapshot's final flush took, which hangs on the disk alone.
  package var flushTime: Swift.Duration { contents.withLock { $0.flushTime } }

  // MARK: - Writing

  /// Records a statement. When this returns, it is on the disk; when it throws, the store is as it was.
  /// - Parameters:
  ///   - changes: what was said …
  ///   - state: … and what it makes of the present state.
  ///   - interruption: looked at until the statement begins to reach the disk; from then on it is too late.
  /// - Throws: E3204 (opened for reading), E3006 (a full disk, say), E3011 after an earlier failure, E1501 where it
  ///   was interrupted in time.
  package func commit(
    _ changes: [StoreChange], giving state: StoreState, unless interruption: Interruption? = nil
  ) throws(Diagnostics) {
    try writing { contents throws(Diagnostics) in
      let rows = changes.reduce(0) { $0 + $1.rowCount }
      if contents.journal == nil || rows > Self.recordRows {
        // What is said now stands in no journal.
        return try snapshot(state, hasJournal: true, continues: false, &contents, unless: interruption)
      }
      guard interruption?.begin() ?? true else { throw Diagnostics(SnapshotDiagnostics.interrupted(path)) }
      do throws(Diagnostic) {
        try contents.journal?.append(changes, to: contents.state)
      } catch {
        // What could not be put in words has not reached the file, which goes on.
        contents.failure = contents.journal?.failure
        throw Diagnostics(error)
      }
      contents.state = state
      if isLong(contents, part: 1) {
        // The statement is safe already: a snapshot that cannot be written now is for another time.
        do throws(Diagnostics) { try snapshot(state, hasJournal: true, continues: true, &contents) } catch {}
      }
    }
  }

  /// What `undo` did.
  package struct Undone<Prepared: Sendable>: Sendable {
    /// The state without the statement.
    package var state: StoreState
    /// What it was.
    package var changes: [StoreChange]
    package var prepared: Prepared
  }

  /// Takes back the last statement that changed data.
  /// - Parameters:
  ///   - interruption: looked at until it begins to reach the disk.
  ///   - prepare: what is to be made of the new state; where it throws, nothing is taken back.
  /// - Throws: E3208 where there is none since the last snapshot, E3212 where a declaration was made since; else as
  ///   `commit`.
  package func undo<Prepared: Sendable>(
    _ reach: UndoReach = .last, unless interruption: Interruption? = nil,
    preparing prepare: (StoreState) throws(Diagnostics) -> Prepared
  ) throws(Diagnostics) -> Undone<Prepared> {
    try writing { contents throws(Diagnostics) in
      guard let undoing = try contents.journal?.undoing(reach) else {
        throw Diagnostics(JournalDiagnostics.nothingToUndo())
      }
      let prepared = try prepare(undoing.state)
      guard interruption?.begin() ?? true else { throw Diagnostics(SnapshotDiagnostics.interrupted(path)) }
      do throws(Diagnostic) {
        try contents.journal?.record(undoing)
      } catch {
        contents.failure = contents.journal?.failure
        throw Diagnostics(error)
      }
      contents.state = undoing.state
      return Undone(state: undoing.state, changes: undoing.changes, prepared: prepared)
    }
  }

  /// Takes a snapshot of a state.
  /// - Parameter hasJournal: false makes one file of the store, to be handed on; the next statement begins a
  ///   journal again.
  /// - Throws: E3204, E3006 (a full disk, say), E1501 where it was interrupted in time; the store is then as it was.
  package func save(
    _ state: StoreState, hasJournal: Bool = true, unless interruption: Interruption? = nil
  ) throws(Diagnostics) {
    try writing { contents throws(Diagnostics) in
      try snapshot(
        state, hasJournal: hasJournal, continues: state.isSame(as: contents.state), &contents, unless: interruption)
    }
  }

  /// Leaves the store: takes a snapshot where the journal is long, so that the next opening is quick.
  /// - Throws: as `save`; all that was said is then in the journal.
  package func leave(unless interruption: Interruption? = nil) throws(Diagnostics) {
    guard isWritable else { return }
    try contents.withLock { contents throws(Diagnostics) in
      guard contents.failure == nil, isLong(contents, part: Self.leavingPart) else { return }
      try snapshot(contents.state, hasJournal: true, continues: true, &contents, unless: interruption)
    }
  }

  private func writing<T: Sendable>(_ body: (inout Contents) throws(Diagnostics) -> T) throws(Diagnostics) -> T {
    guard isWritable else { throw Diagnostics(SnapshotDiagnostics.readOnly(path, because: whyReadOnly)) }
    return try contents.withLock { contents throws(Diagnostics) in
      if let failure = contents.failure { throw Diagnostics(FileDiagnostics.closedForWriting(path, failure)) }
      return try body(&contents)
    }
  }

  private func isLong(_ contents: Contents, part: Int) -> Bool {
    guard let journal = contents.journal else { return false }
    return journal.size > max(Self.longJournal, contents.size / 4) / part || journal.cost > Self.longReplay / part
  }

  /// Snapshot, then journal; where there was no journal that could be stale, journal, then snapshot, so that a
  /// snapshot that says it has one is never without.
  /// - Parameter continues: whether the state is what the files on the disk come to, and nothing besides.
  private func snapshot(
    _ state: StoreState, hasJournal: Bool, continues: Bool, _ contents: inout Contents,
    unless interruption: Interruption? = nil
  ) throws(Diagnostics) {
    let (next, over) = contents.generation.addingReportingOverflow(1)
    let owner = JournalFormat.Owner(id: id, generation: over ? 1 : next)
    var file: AtomicFile?
    do {
      let journalPath = try FileLeave.everything.resolveForWriting(path) + ".journal"
      var journal: Journal?
      // Before a first snapshot, what lies there was begun for one that never came, and holds nothing.
      if hasJournal, !contents.hasOldJournal || contents.version == nil {
        journal = try Journal(
          beginning: owner, continues: continues, at: journalPath, base: state, keepsOld: false)
        contents.hasOldJournal = true
      } else if !hasJournal, contents.hasOldJournal, contents.version == nil {
        try AtomicFile.remove(journalPath)
        contents.hasOldJournal = false
      }
      let snapshot = try AtomicFile(path, leave: .everything, purpose: .store)
      file = snapshot
      try SnapshotWriter.write(
        state, owner: owner, hasJournal: hasJournal, to: snapshot, shown: path, unless: interruption)
      let name = FilePath.name(snapshot.path)
      let old = contents.version.map { $0 < SnapshotFormat.version ? name + ".bak-v\($0)" : name + ".previous" }
      let size = snapshot.byteCount
      let stands = try snapshot.commit(keepingOldAs: old) { interruption?.begin() ?? true }
      if !stands { throw SnapshotDiagnostics.interrupted(path) }
      // From here on the statement is safe; what follows may fail and is made good by the next snapshot.
      contents.state = state
      contents.generation = owner.generation
      contents.version = SnapshotFormat.version
      contents.size = size
      contents.flushTime = snapshot.flushTime
      contents.journal = journal
      if hasJournal, journal == nil {
        contents.journal = try? Journal(
          beginning: owner, continues: continues, at: journalPath, base: state, keepsOld: true)
      } else if !hasJournal, contents.hasOldJournal {
        contents.hasOldJournal = (try? AtomicFile.remove(journalPath)) == nil
      }
    } catch {
      let said: Diagnostics =
        switch error {
        case let error as Diagnostic: Diagnostics(error)
        case let error as Diagnostics: error
        default: Diagnostics(SnapshotDiagnostics.notWritable(path, JSONError(.notWritable("this store"))))
        }
      // It stands there, and nobody knows whether it will after a power cut: a record now would follow another
      // snapshot than the one that is found then.
      if file?.isInPlace == true { contents.failure = said.all.first }
      throw said
    }
  }

  /// 128 random bits.
  static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    return String((0..<32).map { _ in digits[Int(random.next(upperBound: UInt64(16)))] })
  }
}
