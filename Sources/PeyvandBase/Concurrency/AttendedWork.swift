import Glibc

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
    guard start(work, stackBytes) else { return .finished(body(interruption)) }
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

  private static func start<Value>(_ work: Work<Value>, _ stackBytes: Int) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackBytes) == 0,
      pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED)) == 0
    else { return false }
    let task: Unmanaged<AnyWork> = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<AnyWork>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, task.toOpaque())
    if status != 0 { task.release() }
    return status == 0
  }

  private class AnyWork {
    func run() {}
  }

  /// What the two threads share.
  private final class Work<Value: Sendable>: AnyWork, @unchecked Sendable {
    let own = Interruption()
    private var body: (@Sendable (Interruption) -> Value)?
    private var result: Value?
    /// Guards `result`; signalled when it is there.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let isReady: UnsafeMutablePointer<pthread_cond_t>

    init(_ body: @escaping @Sendable (Interruption) -> Value) {
      self.body = body
      lock = .allocate(capacity: 1)
      isReady = .allocate(capacity: 1)
      pthread_mutex_init(lock, nil)
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(isReady, &attributes)
      pthread_condattr_destroy(&attributes)
    }

    deinit {
      pthread_cond_destroy(isReady)
      pthread_mutex_destroy(lock)
      isReady.deallocate()
      lock.deallocate()
    }

    override func run() {
      let value = body?(own)
      // What it held (a store's lock, say) is let go before anyone goes on.
      body = nil
      pthread_mutex_lock(lock)
      result = value
      pthread_cond_signal(isReady)
      pthread_mutex_unlock(lock)
    }

    /// What came of it, if it came within some milliseconds.
    func value(within milliseconds: Int) -> Value? {
      var until = timespec()
      clock_gettime(CLOCK_MONOTONIC, &until)
      until.tv_nsec += milliseconds % 1000 * 1_000_000
      until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1_000_000_000
      until.tv_nsec %= 1_000_000_000
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      while result == nil {
        if pthread_cond_timedwait(isReady, lock, &until) == ETIMEDOUT { break }
      }
      defer { result = nil }
      return result
    }
  }
}
