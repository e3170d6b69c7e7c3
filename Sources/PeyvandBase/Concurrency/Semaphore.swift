import Glibc

/// A count that threads wait on: each wait takes one away, and sleeps until there is one.
package final class Semaphore: @unchecked Sendable {
  private var count: Int
  /// Guards `count`; signalled when it rises.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let hasRisen: UnsafeMutablePointer<pthread_cond_t>

  package init(_ count: Int = 0) {
    self.count = count
    lock = .allocate(capacity: 1)
    hasRisen = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    // A clock that is set meanwhile makes nobody wait longer.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(hasRisen, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(hasRisen)
    pthread_mutex_destroy(lock)
    hasRisen.deallocate()
    lock.deallocate()
  }

  package func signal() {
    pthread_mutex_lock(lock)
    count += 1
    pthread_cond_signal(hasRisen)
    pthread_mutex_unlock(lock)
  }

  package func wait() {
    pthread_mutex_lock(lock)
    while count == 0 { pthread_cond_wait(hasRisen, lock) }
    count -= 1
    pthread_mutex_unlock(lock)
  }

  /// - Returns: whether there was one to take within some milliseconds.
  package func wait(milliseconds: Int) -> Bool {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    until.tv_nsec += milliseconds % 1000 * 1_000_000
    until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1_000_000_000
    until.tv_nsec %= 1_000_000_000
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while count == 0 {
      if pthread_cond_timedwait(hasRisen, lock, &until) == ETIMEDOUT { return false }
    }
    count -= 1
    return true
  }
}
