import PeyvandBase
import PeyvandData
import PeyvandFiles
import Synchronization

/// A store on the disk: one JSON file, opened, read as far as asked, and replaced whole.
///
/// Saving writes beside, flushes, renames and flushes the folder, so a crash at any moment leaves the store
/// before the statement or after it; what stood there before is kept as `NAME.previous`. One process writes:
/// it holds the lock from opening to closing. Any number read: what they mapped stays whole while a writer
/// puts a new file in its place.
package final class StoreFile: Sendable {
  /// As it was named.
  package let path: String
  package let isWritable: Bool
  private let lock: FileLock?
  private let id: String
  private struct Contents {
    var state: StoreState
    var generation: Int
    /// Whether there is a file yet.
    var exists: Bool
  }
  private let contents: Mutex<Contents>

  /// Opens a store. A file that is no store, is damaged, or of a newer format is refused and left alone.
  /// - Parameters:
  ///   - createIfMissing: a store that does not exist is begun; its file appears with the first `save`.
  ///   - writable: take the lock; without it the store is read as it was at this moment.
  /// - Throws: E3001, E3004, E3006, E3010 (in use), E3201, E3202, E3203.
  package static func open(
    path: String, createIfMissing: Bool = false, writable: Bool = true
  ) throws(Diagnostics) -> StoreFile {
    do {
      let leave = FileLeave.everything
      var lock: FileLock?
      if writable {
        // Before anything is read, so that what is read stays true. A store that is not there and not to be
        // begun leaves no lock behind.
        if !createIfMissing { _ = try leave.resolveForReading(path) }
        lock = try FileLock(storePath: path)
        try AtomicFile.removeLeftover(storePath: path)
      }
      let bytes: FileBytes
      do throws(Diagnostic) {
        bytes = try leave.open(path).mapped()
      } catch {
        guard error.code == "E3001", createIfMissing else { throw error }
        return StoreFile(
          path: path, lock: lock, id: Self.newID(), Contents(state: StoreState(), generation: 0, exists: false))
      }
      let reader = try SnapshotReader(bytes, path: path)
      let state = try reader.state()
      return StoreFile(
        path: path, lock: lock, id: reader.id, Contents(state: state, generation: reader.generation, exists: true))
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

  private init(path: String, lock: FileLock?, id: String, _ contents: Contents) {
    self.path = path
    self.lock = lock
    self.id = id
    isWritable = lock != nil
    self.contents = Mutex(contents)
  }

  /// What was opened, or saved last.
  package var state: StoreState { contents.withLock { $0.state } }

  /// How often the store was saved.
  package var generation: Int { contents.withLock { $0.generation } }

  /// Puts a state in the place of what is on the disk. When it returns, it is there.
  /// - Throws: E3204, E3006 (a full disk, say), E1501 where it was interrupted in time; the store is then as it was.
  package func save(_ state: StoreState, unless interruption: Interruption? = nil) throws(Diagnostics) {
    guard isWritable else { throw Diagnostics(SnapshotDiagnostics.readOnly(path)) }
    try contents.withLock { contents throws(Diagnostics) in
      let (generation, over) = contents.generation.addingReportingOverflow(1)
      do {
        let file = try AtomicFile(path, leave: .everything, purpose: .store)
        try SnapshotWriter.write(
          state, id: id, generation: over ? 1 : generation, to: file, shown: path, unless: interruption)
        let name = file.path.split(separator: "/").last.map(String.init) ?? path
        let stands = try file.commit(keepingOldAs: contents.exists ? name + ".previous" : nil) {
          interruption?.begin() ?? true
        }
        if !stands { throw SnapshotDiagnostics.interrupted(path) }
      } catch let error as Diagnostic {
        throw Diagnostics(error)
      } catch let error as Diagnostics {
        throw error
      } catch {
        throw Diagnostics(SnapshotDiagnostics.notWritable(path, JSONError(.notWritable("this store"))))
      }
      contents = Contents(state: state, generation: over ? 1 : generation, exists: true)
    }
  }

  /// 128 random bits.
  private static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    return String((0..<32).map { _ in digits[Int(random.next(upperBound: UInt64(16)))] })
  }
}
