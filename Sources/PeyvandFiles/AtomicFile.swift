import Glibc
import PeyvandBase

/// A new file that takes the place of an old one in a single step, or not at all.
///
/// Bytes go into a file beside the target; `commit` flushes it to the disk, renames it over the target
/// and flushes the folder. Whoever looks sees the old bytes or the new ones, never a part; a crash or a
/// full disk at any call leaves the target as it was. An object let go without `commit` removes its
/// unfinished file. All names are opened in the folder that was checked, so nothing can be swapped in.
package final class AtomicFile {
  package enum Purpose: Sendable {
    /// A store: mode 0600 whatever the umask, `NAME.tmp` beside it; a left-over one is removed, which is
    /// safe because the writer of a store holds its lock.
    case store
    /// A file of the user's: mode 0600, since it holds the company's data, or that of the file it replaces. The name
    /// beside it is new, so that no file of the user's is ever removed.
    case export
    /// A file with what only its owner should see: mode 0600 whatever the umask, under a new name until it stands.
    case confidential
  }

  /// The resolved path of the target.
  package let path: String
  /// Bytes given so far.
  package private(set) var byteCount = 0
  /// How long it took until the disk had all of it: the part of `commit` that hangs on the disk alone.
  package private(set) var flushTime = Swift.Duration.zero
  private let shown: String
  private let name: String
  private let temporary: String
  private let folder: OwnedDescriptor
  private let file: OwnedDescriptor
  private var buffer: [UInt8] = []
  private var state = State.open

  private enum State { case open, failed, committed }
  private static let bufferSize = 1 << 20

  /// Begins a file in the place of `path`, which is not touched until `commit`.
  /// - Throws: E3001 (folder), E3003, E3004, E3006, E3007, E3009.
  package init(
    _ path: String, base: String? = nil, leave: FileLeave, purpose: Purpose = .export
  ) throws(Diagnostic) {
    let resolved = try leave.resolveForWriting(path, base: base)
    let (place, name) = FilePath.split(resolved)
    let folder = try FileLeave.walk(to: place, shown: path, listing: true, writing: true)
    var mode: mode_t?
    do throws(SystemError) {
      let old = try SystemCalls.status(in: folder, name)
      guard old.isRegular else { throw SystemError(EISDIR) }
      mode = old.st_mode & 0o777
    } catch {
      if error.code != ENOENT { throw FileDiagnostics.notRegular(path, is: "a folder or a device") }
    }
    let temporary = try Self.temporaryName(for: name, in: folder, purpose: purpose, shown: path)
    if purpose != .export { mode = 0o600 }
    let file = try Self.create(temporary, in: folder, mode: 0o600, shown: path)
    do throws(SystemError) {
      if let mode { try SystemCalls.setMode(file, mode) }
    } catch {
      try? SystemCalls.remove(in: folder, temporary)
      throw FileDiagnostics.system("write", path, error)
    }
    self.path = resolved
    self.shown = path
    self.name = name
    self.temporary = temporary
    self.folder = folder
    self.file = file
  }

  deinit {
    if state == .open { discard() }
  }

  /// Adds bytes. They are gathered and handed to the system a megabyte at a time.
  /// - Throws: E3006 (a full disk, say); the file is then given up and the target untouched.
  package func write(_ bytes: [UInt8]) throws(Diagnostic) {
    try requireOpen()
    byteCount += bytes.count
    if buffer.count + bytes.count < Self.bufferSize {
      buffer.append(contentsOf: bytes)
      return
    }
    try handOver()
    if bytes.count < Self.bufferSize {
      buffer.append(contentsOf: bytes)
    } else {
      try attempt { () throws(SystemError) in try SystemCalls.writeAll(file, bytes) }
    }
  }

  package func write(_ text: String) throws(Diagnostic) {
    try write(Array(text.utf8))
  }

  /// Writes over bytes given before, for a directory that is known only once the rest is written.
  package func rewrite(_ bytes: [UInt8], at offset: Int) throws(Diagnostic) {
    try requireOpen()
    guard offset >= 0, bytes.count <= byteCount - offset else {
      throw FileDiagnostics.system("write", shown, SystemError(EINVAL))
    }
    try handOver()
    try attempt { () throws(SystemError) in try SystemCalls.writeAll(file, at: offset, bytes) }
  }

  /// Puts the file in its place: flush, rename, flush of the folder.
  /// - Parameters:
  ///   - keepingOldAs: a name in the same folder under which what stood there before stays.
  ///   - mayStand: asked once all is on the disk and nothing replaced yet; the last moment to give the file up.
  /// - Returns: whether the file stands.
  /// - Throws: E3006. Whenever the rename was not reached the target is as it was.
  @discardableResult
  package func commit(
    keepingOldAs old: String? = nil, mayStand: () -> Bool = { true }
  ) throws(Diagnostic) -> Bool {
    try requireOpen()
    try handOver()
    let begun = ContinuousClock.now
    try attempt { () throws(SystemError) in try SystemCalls.sync(file) }
    flushTime = ContinuousClock.now - begun
    guard mayStand() else {
      discard()
      return false
    }
    try attempt { () throws(SystemError) in
      if let old {
        try Self.unlessAbsent { () throws(SystemError) in try SystemCalls.remove(in: folder, old) }
        try Self.unlessAbsent { () throws(SystemError) in try SystemCalls.link(in: folder, name, to: old) }
      }
      try SystemCalls.rename(in: folder, temporary, to: name)
    }
    state = .committed
    let renamed = ContinuousClock.now
    do throws(SystemError) { try SystemCalls.sync(folder) } catch {
      throw FileDiagnostics.notConfirmed(shown, error)
    }
    flushTime += ContinuousClock.now - renamed
    return true
  }

  /// Whether the file has taken its place, though `commit` may have thrown after that.
  package var isInPlace: Bool { state == .committed }

  /// Gives the file up: what was written beside is removed, the target is as it was.
  package func discard() {
    guard state == .open else { return }
    state = .failed
    buffer = []
    try? SystemCalls.remove(in: folder, temporary)
  }

  /// Removes what a writer of the store at `storePath` left unfinished when it died. Its lock must be held.
  package static func removeLeftover(storePath: String, leave: FileLeave = .everything) throws(Diagnostic) {
    let resolved = try leave.resolveForWriting(storePath)
    let (place, name) = FilePath.split(resolved)
    let folder = try FileLeave.walk(to: place, shown: storePath, listing: false, writing: true)
    _ = try temporaryName(for: name, in: folder, purpose: .store, shown: storePath)
  }

  /// Removes a file, and flushes the folder.
  /// - Throws: E3001, E3006.
  package static func remove(_ path: String, leave: FileLeave = .everything) throws(Diagnostic) {
    let (place, name) = FilePath.split(try leave.resolveForWriting(path))
    let folder = try FileLeave.walk(to: place, shown: path, listing: true, writing: true)
    do throws(SystemError) {
      try SystemCalls.remove(in: folder, name)
      try SystemCalls.sync(folder)
    } catch {
      throw FileDiagnostics.system("remove", path, error)
    }
  }

  // MARK: - Inside

  private func handOver() throws(Diagnostic) {
    guard !buffer.isEmpty else { return }
    try attempt { () throws(SystemError) in try SystemCalls.writeAll(file, buffer) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func requireOpen() throws(Diagnostic) {
    guard state == .open else { throw FileDiagnostics.system("write", shown, SystemError(EBADF)) }
  }

  private func attempt(_ body: () throws(SystemError) -> Void) throws(Diagnostic) {
    do throws(SystemError) { try body() } catch {
      discard()
      throw FileDiagnostics.system("write", shown, error)
    }
  }

  private static func unlessAbsent(_ body: () throws(SystemError) -> Void) throws(SystemError) {
    do throws(SystemError) { try body() } catch {
      if error.code != ENOENT { throw error }
    }
  }

  private static func create(
    _ name: String, in folder: borrowing OwnedDescriptor, mode: mode_t, shown: String
  ) throws(Diagnostic) -> OwnedDescriptor {
    do throws(SystemError) {
      return try SystemCalls.open(in: folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY, mode)
    } catch {
      throw FileDiagnostics.system("write", shown, error)
    }
  }

  private static func temporaryName(
    for name: String, in folder: borrowing OwnedDescriptor, purpose: Purpose, shown: String
  ) throws(Diagnostic) -> String {
    do throws(SystemError) {
      guard purpose == .store else { return try unusedName(beside: name, in: folder) }
      let number = folder.number
      try unlessAbsent { () throws(SystemError) in
        _ = try SystemCalls.retrying { unlinkat(number, name + ".tmp", 0) }
      }
      return name + ".tmp"
    } catch {
      throw FileDiagnostics.system("write", shown, error)
    }
  }

  private static func unusedName(beside name: String, in folder: borrowing OwnedDescriptor) throws(SystemError)
    -> String
  {
    for turn in 0..<100 {
      let candidate = "\(name).\(getpid())-\(turn).tmp"
      do throws(SystemError) { _ = try SystemCalls.status(in: folder, candidate) } catch {
        if error.code == ENOENT { return candidate }
        throw error
      }
    }
    throw SystemError(EEXIST)
  }
}
