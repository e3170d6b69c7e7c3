import Glibc
import PeyvandBase

/// A regular file that passed the gate, open for reading.
///
/// Made by `FileLeave.open` alone, so holding one is proof that it was allowed. It remembers the name
/// as the user wrote it, for messages, and the resolved path, for comparing.
package struct OpenFile: ~Copyable, Sendable {
  private let descriptor: OwnedDescriptor
  /// Size when it was opened, in bytes. Some files (`/proc`) say 0 and hold more.
  package let size: Int
  /// The resolved path.
  package let path: String
  /// The path as it was written.
  package let shown: String
  private let device: dev_t
  private let inode: ino_t
  /// Which file it is and when it last became another: two of one stamp hold the same bytes.
  package let stamp: FileStamp

  init(_ descriptor: consuming OwnedDescriptor, status: stat, path: String, shown: String) {
    self.descriptor = descriptor
    size = Int(clamping: status.st_size)
    device = status.st_dev
    inode = status.st_ino
    stamp = FileStamp(status)
    self.path = path
    self.shown = shown
  }

  /// Whether both are the same file on the disk, whatever their names.
  package func isSameFile(as other: borrowing OpenFile) -> Bool {
    device == other.device && inode == other.inode
  }

  /// What keeps others from changing it for a while; nil where that cannot be had.
  borrowing func lease() -> FileLease? { FileLease(of: descriptor) }

  /// The whole file, read from the beginning into memory of its own.
  /// - Throws: E3005 above `limit` bytes (before the memory is taken), E3006.
  package borrowing func contents(
    limit: Int = Limits().fileBytes, raisedBy flag: Limit = .file
  ) throws(Diagnostic) -> FileBytes {
    guard size <= limit else { throw FileDiagnostics.tooLarge(shown, limit: limit, flag) }
    do {
      // One byte of room beyond the size, so that a file that grew is noticed without another round.
      var room = try GrowingMemory(capacity: max(size, 4_095) + 1)
      while true {
        if room.isFull { try room.grow() }
        let offset = room.count
        let free = room.free
        let count = try SystemCalls.read(descriptor, at: offset, into: free)
        if count == 0 { break }
        room.count += count
        guard room.count <= limit else { throw FileDiagnostics.tooLarge(shown, limit: limit, flag) }
      }
      return FileBytes(room)
    } catch let error as SystemError {
      throw FileDiagnostics.system("read", shown, error)
    } catch let said as Diagnostic {
      throw said
    } catch {
      throw FileDiagnostics.system("read", shown, SystemError(EIO))
    }
  }

  /// The whole file as a view that the kernel fills page by page as it is looked at.
  ///
  /// For a store's snapshot, which is only ever replaced by rename: a view stays whole while another
  /// process puts a new file in its place. A file that others may cut short while it is read (a CSV
  /// export being rewritten) is read with `contents`: touching a page cut off ends the process.
  /// - Throws: E3005, E3006.
  package borrowing func mapped(limit: Int = Limits().fileBytes) throws(Diagnostic) -> FileBytes {
    guard size <= limit else { throw FileDiagnostics.tooLarge(shown, limit: limit, .file) }
    do throws(SystemError) {
      return try FileBytes(mapping: descriptor, size: size)
    } catch {
      throw FileDiagnostics.system("read", shown, error)
    }
  }

  /// Reads the next bytes in order, replacing what `chunk` held; false at the end.
  /// - Parameter size: the most to read; at least 1.
  package borrowing func read(into chunk: inout [UInt8], upTo size: Int = 1 << 20) throws(Diagnostic) -> Bool {
    do {
      chunk = try Array(unsafeUninitializedCapacity: max(size, 1)) { room, count in
        count = try SystemCalls.read(descriptor, into: UnsafeMutableRawBufferPointer(room))
      }
      return !chunk.isEmpty
    } catch let error as SystemError {
      throw FileDiagnostics.system("read", shown, error)
    } catch {
      throw FileDiagnostics.system("read", shown, SystemError(EIO))
    }
  }

  /// Reads a stretch; shorter than asked where the file ends.
  package borrowing func read(at offset: Int, count wanted: Int) throws(Diagnostic) -> [UInt8] {
    guard offset >= 0, wanted > 0 else { return [] }
    do {
      return try Array(unsafeUninitializedCapacity: wanted) { room, count in
        let room = UnsafeMutableRawBufferPointer(room)
        while count < wanted {
          let rest = UnsafeMutableRawBufferPointer(rebasing: room[count...])
          let read = try SystemCalls.read(descriptor, at: offset + count, into: rest)
          if read == 0 { break }
          count += read
        }
      }
    } catch let error as SystemError {
      throw FileDiagnostics.system("read", shown, error)
    } catch {
      throw FileDiagnostics.system("read", shown, SystemError(EIO))
    }
  }
}

/// What tells a file at one moment from all others, and from itself once it was written to.
package struct FileStamp: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let modified: [Int]
  private let changed: [Int]

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
  }
}
