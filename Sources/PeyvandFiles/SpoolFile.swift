import Glibc
import PeyvandBase

/// Bytes on their way to being read again: kept in memory while they are few, else in a file that has no name.
///
/// A file in another encoding, a sheet of a workbook or a table of a database is turned into one form that the readers
/// of columns know, and may be larger than memory. So it goes into a file that is unlinked as soon as it is made (mode
/// 0600: nobody can open it, and nothing is left behind when the process dies), and comes back as a mapping whose pages
/// the kernel may drop. It lies where `TMPDIR` says, else in `/var/tmp`, else in `/tmp`.
package struct SpoolFile: ~Copyable {
  /// Bytes that stay in memory.
  private static let small = 8 << 20
  private static let chunk = 1 << 20

  private var buffer: [UInt8] = []
  private var file: OwnedDescriptor?
  /// Bytes given so far.
  package private(set) var count = 0
  private let limit: Int
  private let shown: String

  /// - Parameters:
  ///   - shown: the file that is turned into another form, for messages.
  ///   - limit: the most bytes it takes.
  package init(for shown: String, limit: Int = Limits().fileBytes) {
    self.shown = shown
    self.limit = limit
  }

  /// Adds bytes.
  /// - Throws: E3005 above the limit, E3006 where there is no room.
  package mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    count += bytes.count
    guard count <= limit else { throw FileDiagnostics.tooLarge(shown, limit: limit, .file) }
    buffer.append(contentsOf: bytes)
    if file != nil ? buffer.count >= Self.chunk : buffer.count > Self.small { try handOver() }
  }

  /// Ends the writing: the bytes, to be read.
  /// - Throws: E3006.
  package consuming func finish() throws(Diagnostic) -> FileBytes {
    guard file != nil else { return FileBytes(buffer) }
    try handOver()
    guard let file = file.take() else { return FileBytes(buffer) }
    do throws(SystemError) {
      return try FileBytes(mapping: file, size: count)
    } catch {
      throw FileDiagnostics.system("read", shown, error)
    }
  }

  private mutating func handOver() throws(Diagnostic) {
    do throws(SystemError) {
      if file == nil { file = try Self.nameless() }
      // The descriptor is only lent: a noncopyable value in an optional cannot be borrowed.
      guard let number = file?.number else { throw SystemError(EBADF) }
      try SystemCalls.writeAll(number, buffer)
      buffer.removeAll(keepingCapacity: false)
    } catch {
      throw FileDiagnostics.noRoomBeside(shown, error)
    }
  }

  /// A new file without a name that holds some bytes.
  static func copy(of bytes: UnsafeRawBufferPointer) throws(SystemError) -> OwnedDescriptor {
    let file = try nameless()
    try SystemCalls.writeAll(file.number, bytes)
    return file
  }

  /// Opens a new file without a name.
  private static func nameless() throws(SystemError) -> OwnedDescriptor {
    var last = SystemError(ENOENT)
    for folder in folders {
      do throws(SystemError) {
        // Linux `O_TMPFILE` (asm-generic/fcntl.h): never linked anywhere.
        return try SystemCalls.open(folder, 0o20000000 | O_DIRECTORY | O_RDWR, 0o600)
      } catch {
        last = error
        guard error.code == EOPNOTSUPP || error.code == EISDIR || error.code == EINVAL else { continue }
      }
      do throws(SystemError) { return try unlinked(in: folder) } catch { last = error }
    }
    throw last
  }

  /// For file systems that cannot do it in one step.
  private static func unlinked(in folder: String) throws(SystemError) -> OwnedDescriptor {
    for _ in 0..<16 {
      let name = "\(folder)/peyvand-\(UInt64.random(in: .min ... .max))"
      do throws(SystemError) {
        let file = try SystemCalls.open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        _ = try SystemCalls.retrying { unlink(name) }
        return file
      } catch {
        guard error.code == EEXIST else { throw error }
      }
    }
    throw SystemError(EEXIST)
  }

  private static var folders: [String] {
    var result = ["/var/tmp", "/tmp"]
    if let given = getenv("TMPDIR"), let folder = String(validatingCString: given), folder.hasPrefix("/") {
      result.insert(folder, at: 0)
    }
    return result
  }
}

extension OpenFile {
  /// Bytes from which on a copy lies in a file and not in memory.
  package static let large = 64 << 20

  /// The whole file as it is now, whatever others do to it while it is read: in memory of its own where it is small;
  /// else mapped, so that the kernel may drop what was read, under a lease (`FileLease`) or from a copy in a file without
  /// a name.
  /// - Parameter large: bytes from which on it is mapped.
  /// - Throws: E3005 above `limit` bytes, E3006.
  package borrowing func steady(
    limit: Int = Limits().fileBytes, large: Int = Self.large
  ) throws(Diagnostic) -> FileBytes {
    guard size > large else { return try contents(limit: limit) }
    guard size <= limit else { throw FileDiagnostics.tooLarge(shown, limit: limit, .file) }
    if let lease = lease(), lease.size > 0, lease.size <= limit, let bytes = try? FileBytes(leased: lease) {
      return bytes
    }
    var copy = SpoolFile(for: shown, limit: limit)
    var chunk: [UInt8] = []
    while try read(into: &chunk) { try copy.write(chunk) }
    return try copy.finish()
  }
}
