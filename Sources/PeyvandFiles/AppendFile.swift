import Glibc
import PeyvandBase
import Synchronization

/// A file that only grows, each piece on the disk before `append` returns.
///
/// The ground of the journal. A piece that could not be written whole is cut off again; after that, and after a
/// flush that failed, the file takes nothing more: the kernel may have dropped the pages that it could not write,
/// so a second flush would say "fine" about bytes that are lost.
package final class AppendFile: Sendable {
  /// The resolved path.
  package let path: String
  private struct Progress {
    var size: Int
    var failure: Diagnostic?
  }
  private let progress: Mutex<Progress>
  private let shown: String
  private let file: OwnedDescriptor

  /// Opens a file that is there, to go on at its end.
  /// - Parameter size: the bytes to keep; what stands behind them is cut off, and that is flushed.
  /// - Throws: E3001, E3004, E3006.
  package init(_ path: String, keeping size: Int, leave: FileLeave) throws(Diagnostic) {
    let resolved = try leave.resolveForWriting(path)
    let (place, name) = FilePath.split(resolved)
    let folder = try FileLeave.walk(to: place, shown: path, listing: false, writing: true)
    do throws(SystemError) {
      let file = try SystemCalls.open(in: folder, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      let status = try SystemCalls.status(file)
      guard status.isRegular, Int(status.st_size) >= size else { throw SystemError(EINVAL) }
      if Int(status.st_size) > size {
        try SystemCalls.setSize(file, size)
        try SystemCalls.sync(file)
      }
      self.file = file
    } catch {
      throw FileDiagnostics.system("write", path, error)
    }
    self.path = resolved
    self.shown = path
    progress = Mutex(Progress(size: size))
  }

  /// Bytes that are known to be on the disk.
  package var size: Int { progress.withLock { $0.size } }

  /// Adds a piece. When this returns, it is on the disk; when it throws, the file is closed for writing.
  /// - Throws: E3006, and E3011 once it is closed.
  package func append(_ bytes: [UInt8]) throws(Diagnostic) {
    try progress.withLock { progress throws(Diagnostic) in
      if let failure = progress.failure { throw FileDiagnostics.closedForWriting(shown, failure) }
      do throws(SystemError) {
        try SystemCalls.writeAll(file, bytes)
        try SystemCalls.syncData(file)
        progress.size += bytes.count
      } catch {
        let said = FileDiagnostics.system("write", shown, error)
        progress.failure = said
        // What stands there half is cut off, so that who opens next finds whole records alone. Where even that
        // fails, the reader finds a torn tail and drops it.
        do throws(SystemError) {
          try SystemCalls.setSize(file, progress.size)
          try SystemCalls.sync(file)
        } catch {}
        throw said
      }
    }
  }
}
