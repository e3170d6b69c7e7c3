import Glibc
import Synchronization

/// Work on the parts of something large, several at once.
///
/// What comes of the parts is put together in their order, so nothing depends on how many there are or which ended first.
package enum Parts {
  /// How many threads there are for it. Two at least, so that a large file is read the same way everywhere.
  package static var most: Int { max(2, min(8, sysconf(CInt(_SC_NPROCESSORS_ONLN)))) }

  /// What `body` gives for 0 to `count − 1`.
  package static func map<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) -> [Result] {
    guard count > 1 else { return count == 1 ? [body(0)] : [] }
    let results = Mutex<[Int: Result]>([:])
    StackedThreads.run(count, stackBytes: 1 << 20) { part in
      let result = body(part)
      results.withLock { $0[part] = result }
    }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
  }
}
