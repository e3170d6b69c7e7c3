import Glibc
import PeyvandBase
import Synchronization

/// A file that only grows, each piece on the disk before `append` returns.
///
/// The ground of the journal. A piece that could not be written, or flushed, is cut off again; after that the file
/// takes nothing more: the kernel may have dropped the pages that it could not write, so a second flush would say
/// "fine" about bytes that are lost. Where the cut fails too, a piece that was written whole may be found there by
/// who opens the file next, or may not: that is said, and is the one thing that is not known.
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

  /// Why it takes nothing more; nil while it does.
  package var failure: Diagnostic? { progress.withLock { $0.failure } }

  /// Bytes that are known to be on the disk.
  package var size: Int { progress.withLock { $0.size } }

  /// Adds a piece. When this returns, it is on the disk; when it throws, the file is closed for writing.
  /// - Throws: E3006, and E3011 once it is closed.
  package func append(_ bytes: [UInt8]) throws(Diagnostic) {
    try progress.withLock { progress throws(Diagnostic) in
      if let failure = progress.failure { throw FileDiagnostics.closedForWriting(shown, failure) }
      var isWhole = false
      do throws(SystemError) {
        try SystemCalls.writeAll(file, bytes)
        isWhole = true
        try SystemCalls.syncData(file)
        progress.size += bytes.count
      } catch {
        let said = FileDiagnostics.system("write", shown, error)
        progress.failure = said
        // So that who opens next finds nothing that was not acknowledged. A piece that was written in part has no
        // end, and is known by that wherever the cut fails.
        if isCut(to: progress.size) || !isWhole { throw said }
        throw FileDiagnostics.perhapsKept(said)
      }
    }
  }

  /// Cuts off what stands behind `size` bytes.
  /// - Returns: whether it is known to be gone.
  private func isCut(to size: Int) -> Bool {
    do throws(SystemError) {
      try SystemCalls.setSize(file, size)
      try SystemCalls.sync(file)
      return Int(try SystemCalls.status(file).st_size) == size
    } catch {
      return false
    }
  }
}
