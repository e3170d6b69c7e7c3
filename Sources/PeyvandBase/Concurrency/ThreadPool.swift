import Glibc
import Synchronization

/// Threads that wait for the next piece of work instead of ending.
///
/// A question of a millisecond takes several threads several times; making one and letting its stack go again costs
/// more than much of what they do.
enum ThreadPool {
  /// How many may wait at once; those that end their work beyond it end themselves.
  private static let mostIdle = 8
  private static let idle = Mutex<[Member]>([])

  /// How large a stack the thread has that asks, where it is one of these; else 0.
  static var ownStackBytes: Int { Int(bitPattern: pthread_getspecific(stackKey)) }

  /// Runs `body` on a thread that waits, or a new one, whose stack is at least so large. False where the system has
  /// none left: then it is not run.
  static func start(stackBytes: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
    let waiting = idle.withLock { idle in
      // The one that waited shortest still has its memory near.
      idle.lastIndex { $0.stackBytes >= stackBytes }.map { idle.remove(at: $0) }
    }
    if let waiting {
      waiting.take(body)
      return true
    }
    return begin(Member(stackBytes: stackBytes, body))
  }

  /// What a thread finds its stack's size by.
  private static let stackKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static func begin(_ member: Member) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, member.stackBytes) == 0,
      pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED)) == 0
    else { return false }
    let argument = Unmanaged.passRetained(member)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Member>.fromOpaque(argument).takeRetainedValue().live() }
        return nil
      }, argument.toOpaque())
    if failure != 0 { argument.release() }
    return failure == 0
  }

  private final class Member: Sendable {
    let stackBytes: Int
    private let work: Mutex<(@Sendable () -> Void)?>
    private let hasWork = Semaphore(1)

    /// - Parameter body: its first work.
    init(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
      self.stackBytes = stackBytes
      work = Mutex(body)
    }

    func take(_ body: @escaping @Sendable () -> Void) {
      work.withLock { $0 = body }
      hasWork.signal()
    }

    func live() {
      pthread_setspecific(ThreadPool.stackKey, UnsafeRawPointer(bitPattern: stackBytes))
      repeat {
        hasWork.wait()
        // Let go of before it waits again: what the work held is not its own.
        work.withLock { $0.take() }?()
      } while ThreadPool.rest(self)
    }
  }

  /// - Returns: whether it is to wait for more.
  private static func rest(_ member: Member) -> Bool {
    idle.withLock { idle in
      guard idle.count < mostIdle else { return false }
      idle.append(member)
      return true
    }
  }
}
