import Glibc
import Synchronization

/// Work on a thread of its own that somebody waits for, and stops waiting for at ^C or when its time is up.
///
/// Long loops look whether they may go on, but no promise of a tenth of a second can rest on each of them, nor on
/// the disk. What waits here can go away: the work is told to stop, is given a moment to do so, and is else left
/// to end by itself, which harms nobody since all it works on are values. Where it would change something in
/// the world it asks first (`Interruption.begin`), and then it is waited for.
package enum AttendedWork {
  /// How the waiting ended.
  package enum End<Value: Sendable>: Sendable {
    case finished(Value)
    case interrupted
    case outOfTime
  }

  /// Milliseconds between two looks at ^C, and those that the work is given to stop by itself.
  private static let pulse = 4
  private static let grace = 20

  /// Runs `body` and waits for it. What it is given is its own to look at: set, it stays so for good.
  /// - Parameter seconds: how long it may take; 0: without limit.
  package static func run<Value: Sendable>(
    seconds: Int = 0, interruption: Interruption, stackBytes: Int = Limits.stackBytes,
    _ body: @escaping @Sendable (Interruption) -> Value
  ) -> End<Value> {
    if interruption.isInterrupted { return .interrupted }
    let work = Work(body)
    guard ThreadPool.start(stackBytes: stackBytes, { work.run() }) else { return .finished(body(interruption)) }
    let begun = milliseconds()
    while true {
      if let value = work.value(within: pulse) { return .finished(value) }
      let isOutOfTime = seconds > 0 && (milliseconds() - begun) / 1000 >= Int64(seconds)
      guard isOutOfTime || interruption.isInterrupted else { continue }
      guard work.own.interrupt() else {
        // Too late: it stands, so it is said to have been done.
        while true { if let value = work.value(within: 1000) { return .finished(value) } }
      }
      // What comes of it now is not asked for any more.
      _ = work.value(within: grace)
      return isOutOfTime ? .outOfTime : .interrupted
    }
  }

  private static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// What the two threads share.
  private final class Work<Value: Sendable>: Sendable {
    let own = Interruption()
    private let body: Mutex<(@Sendable (Interruption) -> Value)?>
    private let result = Mutex<Value?>(nil)
    private let isReady = Semaphore()

    init(_ body: @escaping @Sendable (Interruption) -> Value) { self.body = Mutex(body) }

    func run() {
      // What it holds (a store's lock, say) is let go before anyone goes on.
      let value = body.withLock { $0.take() }?(own)
      result.withLock { $0 = value }
      isReady.signal()
    }

    /// What came of it, if it came within some milliseconds.
    func value(within milliseconds: Int) -> Value? {
      guard isReady.wait(milliseconds: milliseconds) else { return nil }
      return result.withLock { $0.take() }
    }
  }
}
