import Glibc

/// Threads whose stacks have a size that is known.
///
/// How deep a program may nest is limited by counting, and the count is worth something only where the stack
/// that it stands for is known; what the system gives a thread by itself differs from one machine to the next.
/// A stack is reserved, not used: 64 MiB cost nothing until they are needed.
package enum StackedThreads {
  /// Runs `body(0)` … `body(count − 1)`, each on a thread of its own, and returns when all have ended. Where the
  /// system has no thread left, the rest are run here, one after the other.
  package static func run(_ count: Int, stackBytes: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [pthread_t] = []
    var attributes = pthread_attr_t()
    let isReady = pthread_attr_init(&attributes) == 0
    let isSized = isReady && pthread_attr_setstacksize(&attributes, stackBytes) == 0
    for index in 0..<max(0, count) {
      let task = Unmanaged.passRetained(Task(index: index, body: body))
      var thread = pthread_t()
      let status =
        isSized
        ? pthread_create(&thread, &attributes, { Task.start($0) }, task.toOpaque())
        : EAGAIN
      if status == 0 {
        threads.append(thread)
      } else {
        task.release()
        body(index)
      }
    }
    if isReady { pthread_attr_destroy(&attributes) }
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `body` on a thread that nobody waits for; where the system has none left, it is not run.
  package static func detach(stackBytes: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackBytes) == 0,
      pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED)) == 0
    else { return }
    let task = Unmanaged.passRetained(Task(index: 0) { _ in body() })
    var thread = pthread_t()
    if pthread_create(&thread, &attributes, { Task.start($0) }, task.toOpaque()) != 0 { task.release() }
  }

  /// What a thread is begun with.
  private final class Task: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(index: Int, body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }

    static func start(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      guard let context else { return nil }
      let task = Unmanaged<Task>.fromOpaque(context).takeRetainedValue()
      task.body(task.index)
      return nil
    }
  }
}
