import Glibc
import PeyvandBase
import Synchronization

/// A mapped file whose bytes stay what they are although it was not copied.
///
/// A mapping of a file that somebody cuts short ends the process at the first touch behind the cut, and one of a file
/// that is written over changes while it is read. Linux lends a lease against that (fcntl(2), `F_SETLEASE`): while it is
/// held, whoever wants to write to the file waits for it to be given back (up to `/proc/sys/fs/lease-break-time`, 45
/// seconds as a rule). So nothing is copied unless somebody does: then a watcher copies the file into one without a name,
/// puts that in the place of the mapping, where readers do not notice it, and lets the writer go on. Where no lease is to
/// be had (others have the file open for writing; it is another user's; the file system is none of this machine's alone) the
/// file is copied before it is read, as ever.
final class FileLease: Sendable {
  /// Linux asm-generic/fcntl.h, uapi/linux/fcntl.h.
  private static let setSignal: CInt = 10
  private static let setLease: CInt = 1_024
  private static let getLease: CInt = 1_025
  /// How often it is looked whether somebody waits, in microseconds.
  private static let pause: UInt32 = 20_000

  /// File systems whose files nobody changes but through this system's kernel. What others serve may change behind a lease.
  private static let local: Set<String> = ["btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs"]

  private let file: OwnedDescriptor
  /// Bytes when the lease was taken: no others are added before it is given back.
  let size: Int

  private struct Mapping {
    /// Where the bytes lie, as a number; 0: nowhere yet, or no more.
    var address: UInt = 0
    var isCopied = false
  }
  private let mapping = Mutex(Mapping())

  /// A lease of the file, nil where none is to be had.
  init?(of descriptor: borrowing OwnedDescriptor) {
    let own = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { return nil }
    let file = OwnedDescriptor(own)
    // That somebody waits is told by a signal, of which the usual one ends a process that does not expect it.
    guard let kind = Self.kind(of: file), Self.local.contains(kind),
      fcntl(own, Self.setSignal, SIGURG) == 0, fcntl(own, Self.setLease, CInt(F_RDLCK)) == 0,
      let status = try? SystemCalls.status(file), status.isRegular
    else { return nil }
    size = Int(clamping: status.st_size)
    self.file = file
  }

  /// The kind of the file system on which a file lies, as `/proc/self/mountinfo` tells it (proc(5)); nil where it does not.
  private static func kind(of file: borrowing OwnedDescriptor) -> String? {
    guard let device = (try? SystemCalls.status(file))?.st_dev,
      let mounts = try? SystemCalls.open("/proc/self/mountinfo", O_RDONLY)
    else { return nil }
    // As `major` and `minor` of sys/sysmacros.h take a number apart.
    let major = (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000)
    let minor = (device & 0xFF) | (device >> 12 & 0xFFFF_FF00)
    var bytes: [UInt8] = []
    var count = 1
    while count > 0 {
      let piece = try? [UInt8](unsafeUninitializedCapacity: 1 << 16) { room, filled in
        filled = try SystemCalls.read(mounts, into: UnsafeMutableRawBufferPointer(room))
      }
      guard let piece else { return nil }
      bytes += piece
      count = piece.count
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 6, words[2] == "\(major):\(minor)", let dash = words.lastIndex(of: "-"),
        words.indices.contains(dash + 1)
      else { continue }
      return String(words[dash + 1])
    }
    return nil
  }

  /// Maps the file, and watches over it until `end`.
  func mapped() throws(SystemError) -> UnsafeMutableRawPointer {
    let failed = UnsafeMutableRawPointer(bitPattern: -1)
    guard let view = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), view != failed else {
      throw SystemError(errno)
    }
    mapping.withLock { $0.address = UInt(bitPattern: view) }
    StackedThreads.detach { [self] in
      while watch() { usleep(Self.pause) }
    }
    return view
  }

  /// The bytes are needed no more. The mapping is the caller's to give back.
  func end() {
    mapping.withLock { $0.address = 0 }
    _ = fcntl(file.number, Self.setLease, CInt(F_UNLCK))
  }

  /// Whether the bytes are a copy now.
  var isCopied: Bool { mapping.withLock { $0.isCopied } }

  /// - Returns: whether there is still something to watch.
  private func watch() -> Bool {
    mapping.withLock { mapping in
      guard let view = UnsafeMutableRawPointer(bitPattern: mapping.address), !mapping.isCopied else { return false }
      if fcntl(file.number, Self.getLease) == CInt(F_RDLCK) { return true }
      // Without room for a copy the writer waits as long as he can be made to, and it is tried again.
      guard let copy = try? SpoolFile.copy(of: UnsafeRawBufferPointer(start: view, count: size)),
        mmap(view, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, copy.number, 0) == view
      else { return true }
      mapping.isCopied = true
      _ = fcntl(file.number, Self.setLease, CInt(F_UNLCK))
      return false
    }
  }
}
