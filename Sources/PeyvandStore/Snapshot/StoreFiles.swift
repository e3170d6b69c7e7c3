import PeyvandBase
import PeyvandFiles

/// The files of a store as they lie on the disk, read together and held against each other.
///
/// What a crash can leave is told apart from what only a person or another program can have made. A crash leaves
/// a journal older than its snapshot (stale: all of it is in the snapshot), or a journal without records that
/// is one ahead (begun for a snapshot that did not come to be). Everything else that does not match is refused.
struct StoreFiles {
  var snapshot: SnapshotReader?
  var journal: JournalReader?
  /// Bytes of the journal's file.
  var journalSize = 0
  /// Whether the journal goes on from the snapshot.
  var follows = false

  /// - Throws: E3001, E3004, E3006, E3201 to E3203, E3205 to E3207.
  /// - Parameter look: reads both files once.
  static func read(
    _ path: String, createIfMissing: Bool, looking look: (String) throws -> StoreFiles = StoreFiles.readOnce
  ) throws -> StoreFiles {
    var tries = 0
    while true {
      let found = try look(path)
      do throws(Diagnostic) {
        return try found.matched(path, createIfMissing: createIfMissing)
      } catch {
        // Without the lock, a writer may have put a snapshot and its journal in place between the two readings, or
        // have made one file of them.
        tries += 1
        if !["E3206", "E3207"].contains(error.code) || tries > 4 { throw error }
      }
    }
  }

  static func readOnce(_ path: String) throws -> StoreFiles {
    var found = StoreFiles()
    if let file = try present(path) {
      found.snapshot = try SnapshotReader(try file.mapped(), path: path)
    }
    let journalPath = try FileLeave.everything.resolveForWriting(path) + ".journal"
    if let file = try present(journalPath) {
      let bytes = try file.contents()
      found.journalSize = bytes.count
      found.journal = try JournalReader(bytes, path: path + ".journal")
    }
    return found
  }

  private static func present(_ path: String) throws(Diagnostic) -> OpenFile? {
    do throws(Diagnostic) { return try FileLeave.everything.open(path) } catch {
      if error.code == "E3001" { return nil }
      throw error
    }
  }

  private func matched(_ path: String, createIfMissing: Bool) throws(Diagnostic) -> StoreFiles {
    var found = self
    guard let snapshot else {
      if let journal, !journal.records.isEmpty || journal.isDamaged {
        throw JournalDiagnostics.noSnapshot(path, records: journal.records.count)
      }
      if !createIfMissing { throw FileDiagnostics.noSuchFile(path) }
      return found
    }
    guard let journal else {
      if snapshot.hasJournal { throw JournalDiagnostics.noJournal(path) }
      return found
    }
    let owner = JournalFormat.Owner(id: snapshot.id, generation: snapshot.generation)
    let isStale = journal.owner.id == owner.id && journal.owner.generation < owner.generation
    let isBegun =
      journal.owner.id == owner.id && journal.owner.generation == owner.generation + 1 && journal.records.isEmpty
      && !snapshot.hasJournal
    found.follows = snapshot.hasJournal && journal.owner == owner
    guard found.follows || isStale || isBegun else {
      throw JournalDiagnostics.foreign(path + ".journal", journal: journal.owner, snapshot: owner)
    }
    return found
  }
}

extension JournalReader {
  var isDamaged: Bool { if case .damaged = tail { true } else { false } }
}
