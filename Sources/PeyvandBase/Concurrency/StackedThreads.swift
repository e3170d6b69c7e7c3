import Glibc
import Synchronization

/// Threads whose stacks have a size that is known.
///
/// How deep a program may nest is limited by counting, and the count is worth something only where the stack
/// that it stands for is known; what the system gives a thread by itself differs from one machine to the next.
/// A stack is reserved, not used: 64 MiB cost nothing until they are needed.
package enum StackedThreads {
  /// Runs `body(0)` … `body(count − 1)`, several at once, and returns when all have ended. The thread that asks does its
  /// share where its own stack is large enough, or where the system has no other thread left; a thread that comes when
  /// all have been begun is not waited for.
  package static func run(_ count: Int, stackBytes: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard count > 0 else { return }
    let team = Team(count, body)
    let takesPart = ThreadPool.ownStackBytes >= stackBytes
    var others = 0
    while others < (takesPart ? count - 1 : count), ThreadPool.start(stackBytes: stackBytes, { team.work() }) {
      others += 1
    }
    if takesPart || others == 0 { team.work() }
    team.wait()
  }

  /// Runs `body` on a thread that nobody waits for.
  /// - Returns: false where the system has none left, and it is not run.
  @discardableResult
  package static func detach(stackBytes: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) -> Bool {
    ThreadPool.start(stackBytes: stackBytes, body)
  }

  /// What the threads of one run share.
  private final class Team: Sendable {
    private struct Content: Sendable {
      /// Let go of with the last of the work, though a thread that came too late still holds the team.
      var body: (@Sendable (Int) -> Void)?
      var begun = 0
      var ended = 0
    }
    private let count: Int
    private let content: Mutex<Content>
    private let isDone = Semaphore()

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.count = count
      content = Mutex(Content(body: body))
    }

    /// Does of what has not been begun until there is nothing left.
    func work() {
      while doNext() { end() }
    }

    func wait() { isDone.wait() }

    /// What the work holds is let go of when this returns, before anybody who waits can go on.
    private func doNext() -> Bool {
      guard let (index, body) = next() else { return false }
      body(index)
      return true
    }

    private func next() -> (Int, @Sendable (Int) -> Void)? {
      content.withLock { content in
        guard content.begun < count, let body = content.body else { return nil }
        content.begun += 1
        return (content.begun - 1, body)
      }
    }

    private func end() {
      let isLast = content.withLock { content in
        content.ended += 1
        if content.ended == count { content.body = nil }
        return content.ended == count
      }
      if isLast { isDone.signal() }
    }
  }
}
