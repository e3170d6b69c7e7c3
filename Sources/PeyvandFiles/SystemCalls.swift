import Glibc

/// What a system call refused with.
package struct SystemError: Error, Hashable, Sendable {
  package let code: CInt

  package init(_ code: CInt) { self.code = code }

  /// The system's own words, such as "No space left on device".
  package var text: String {
    guard let words = strerror(code) else { return "error \(code)" }
    return String(cString: words)
  }
}

/// A file descriptor that is closed when it goes out of use.
///
/// Noncopyable, so that no path closes it twice or forgets it.
package struct OwnedDescriptor: ~Copyable, Sendable {
  package let number: CInt

  init(_ number: CInt) { self.number = number }

  deinit { _ = close(number) }
}

/// The few libc calls of this target, with their error as a Swift error and EINTR repeated.
///
/// Every other file of the target is written over these, so the raw calls and their pointers stay in
/// one place. `fsync` is repeated after EINTR only: after any other error the kernel may have dropped
/// the dirty pages, and a second call would say "fine" about bytes that are lost.
enum SystemCalls {
  /// Linux `O_PATH` (asm-generic/fcntl.h): a handle to walk through, which needs no leave to list.
  static let pathOnly: CInt = 0o10000000

  /// Repeats `body` while a signal interrupts it; -1 becomes the error.
  @inline(__always)
  static func retrying<T: SignedInteger>(_ body: () -> T) throws(SystemError) -> T {
    while true {
      let result = body()
      if result != -1 { return result }
      let code = errno
      if code != EINTR { throw SystemError(code) }
    }
  }

  static func open(_ path: String, _ flags: CInt, _ mode: mode_t = 0) throws(SystemError) -> OwnedDescriptor {
    OwnedDescriptor(try retrying { Glibc.open(path, flags | O_CLOEXEC, mode) })
  }

  static func open(
    in folder: borrowing OwnedDescriptor, _ name: String, _ flags: CInt, _ mode: mode_t = 0
  ) throws(SystemError) -> OwnedDescriptor {
    let number = folder.number
    return OwnedDescriptor(try retrying { Glibc.openat(number, name, flags | O_CLOEXEC, mode) })
  }

  static func status(_ file: borrowing OwnedDescriptor) throws(SystemError) -> stat {
    var info = stat()
    let number = file.number
    _ = try retrying { Glibc.fstat(number, &info) }
    return info
  }

  /// The status of a name, not of what it links to.
  static func status(in folder: borrowing OwnedDescriptor, _ name: String) throws(SystemError) -> stat {
    var info = stat()
    let number = folder.number
    _ = try retrying { Glibc.fstatat(number, name, &info, AT_SYMLINK_NOFOLLOW) }
    return info
  }

  /// The path with every link, `.` and `..` followed; nil where the name is not UTF-8.
  static func realPath(_ path: String) throws(SystemError) -> String? {
    guard let resolved = realpath(path, nil) else { throw SystemError(errno) }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  static func currentFolder() throws(SystemError) -> String? {
    guard let folder = getcwd(nil, 0) else { throw SystemError(errno) }
    defer { free(folder) }
    return String(validatingCString: folder)
  }

  /// Reads at most the room given; 0 at the end.
  static func read(
    _ file: borrowing OwnedDescriptor, into room: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    let number = file.number
    return try retrying { Glibc.read(number, room.baseAddress, room.count) }
  }

  static func read(
    _ file: borrowing OwnedDescriptor, at offset: Int, into room: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    let number = file.number
    return try retrying { Glibc.pread(number, room.baseAddress, room.count, offset) }
  }

  /// Writes all of it: short writes go on where they stopped; a descriptor that would block is waited for.
  static func writeAll(_ number: CInt, _ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written: Int
      do throws(SystemError) {
        written = try retrying { Glibc.write(number, rest.baseAddress, rest.count) }
      } catch {
        guard error.code == EAGAIN else { throw error }
        var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = try retrying { poll(&waiting, 1, -1) }
        continue
      }
      // A write of nothing without an error would loop for ever.
      if written <= 0 { throw SystemError(EIO) }
      done += written
    }
  }

  static func writeAll(_ number: CInt, _ bytes: [UInt8]) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { room throws(SystemError) in
      try writeAll(number, UnsafeRawBufferPointer(room))
    }
  }

  static func writeAll(_ file: borrowing OwnedDescriptor, _ bytes: [UInt8]) throws(SystemError) {
    try writeAll(file.number, bytes)
  }

  /// Writes over bytes that are there already.
  static func writeAll(
    _ file: borrowing OwnedDescriptor, at offset: Int, _ bytes: [UInt8]
  ) throws(SystemError) {
    let number = file.number
    try bytes.withUnsafeBufferPointer { room throws(SystemError) in
      var done = 0
      while done < room.count {
        let rest = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: room[done...]))
        let place = offset + done
        let written = try retrying { pwrite(number, rest.baseAddress, rest.count, place) }
        if written <= 0 { throw SystemError(EIO) }
        done += written
      }
    }
  }

  static func setMode(_ file: borrowing OwnedDescriptor, _ mode: mode_t) throws(SystemError) {
    let number = file.number
    _ = try retrying { fchmod(number, mode) }
  }

  static func setSize(_ file: borrowing OwnedDescriptor, _ size: Int) throws(SystemError) {
    let number = file.number
    _ = try retrying { ftruncate(number, size) }
  }

  static func sync(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try retrying { fsync(number) }
  }

  static func syncData(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try retrying { fdatasync(number) }
  }

  static func rename(in folder: borrowing OwnedDescriptor, _ from: String, to: String) throws(SystemError) {
    let number = folder.number
    _ = try retrying { renameat(number, from, number, to) }
  }

  static func link(in folder: borrowing OwnedDescriptor, _ from: String, to: String) throws(SystemError) {
    let number = folder.number
    _ = try retrying { linkat(number, from, number, to, 0) }
  }

  static func remove(in folder: borrowing OwnedDescriptor, _ name: String) throws(SystemError) {
    let number = folder.number
    _ = try retrying { unlinkat(number, name, 0) }
  }

  /// Takes the lock or says at once that another holds it (false).
  static func lock(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
    let number = file.number
    do throws(SystemError) {
      _ = try retrying { flock(number, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw error
    }
  }
}

extension stat {
  var isRegular: Bool { st_mode & S_IFMT == S_IFREG }

  func isSameFile(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }

  /// What it is, for a message.
  var kindInWords: String {
    switch st_mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFLNK: "a link"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something else"
    }
  }
}
