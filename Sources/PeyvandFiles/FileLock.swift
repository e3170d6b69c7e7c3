import Glibc
import PeyvandBase

/// One writer a store: the lock on `NAME.lock`, held as long as this object lives.
///
/// The kernel frees it when the process ends, however it ends, so there are no stale locks to remove by
/// hand. The lock file is never renamed or deleted (a lock on a deleted file guards nothing); the process
/// number in it is only for the message.
package final class FileLock: Sendable {
  private let file: OwnedDescriptor
  package let path: String
  /// Together a tenth of a second.
  private static let tries = 20
  private static let pause: UInt32 = 5_000

  /// Takes the lock of the store at `storePath`.
  /// - Throws: E3010 with the holder's process number when it is taken, E3001, E3003, E3006.
  package init(storePath: String, leave: FileLeave = .everything) throws(Diagnostic) {
    let store = try leave.resolveForWriting(storePath)
    let (place, name) = FilePath.split(store + ".lock")
    let folder = try FileLeave.walk(to: place, shown: storePath, listing: false, writing: true)
    let file = try Self.open(name, in: folder, shown: storePath)
    var taken = false
    do throws(SystemError) {
      // A holder that is just ending, or one that a starting process inherited it from, lets go in a moment.
      for turn in 0..<Self.tries where !taken {
        if turn > 0 { usleep(Self.pause) }
        taken = try SystemCalls.lock(file)
      }
    } catch {
      throw FileDiagnostics.system("lock", storePath, error)
    }
    guard taken else { throw FileDiagnostics.inUse(storePath, holder: Self.holder(file)) }
    do throws(SystemError) {
      try SystemCalls.setSize(file, 0)
      try SystemCalls.writeAll(file, Array("\(getpid())\n".utf8))
    } catch {
      // The lock holds without the number; a full disk must not stop a store from being read.
    }
    self.file = file
    self.path = FilePath.join(place, name)
  }

  private static func open(
    _ name: String, in folder: borrowing OwnedDescriptor, shown: String
  ) throws(Diagnostic) -> OwnedDescriptor {
    do throws(SystemError) {
      let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
      let file = try SystemCalls.open(in: folder, name, flags, 0o600)
      guard try SystemCalls.status(file).isRegular else { throw SystemError(EINVAL) }
      return file
    } catch {
      throw FileDiagnostics.system("lock", shown, error)
    }
  }

  private static func holder(_ file: borrowing OwnedDescriptor) -> Int? {
    let number = try? withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { room throws(SystemError) in
      let count = try SystemCalls.read(file, at: 0, into: room)
      return room.prefix(count).prefix { $0 >= 0x30 && $0 <= 0x39 }.reduce(0) { $0 &* 10 &+ Int($1 & 15) }
    }
    guard let number, number > 0 else { return nil }
    return number
  }
}
