import PeyvandBase
import Synchronization
import Testing

@Suite("Threads")
struct ThreadTests {
  /// Told when it is let go of.
  private final class Held: Sendable {
    let letGo: @Sendable () -> Void
    init(_ letGo: @escaping @Sendable () -> Void) { self.letGo = letGo }
    deinit { letGo() }
  }

  @Test("every part is done once, however many there are and whichever thread asks", arguments: [0, 1, 2, 3, 40])
  func everyPartOnce(count: Int) {
    let done = Mutex<[Int]>([])
    for _ in 0..<50 {
      done.withLock { $0 = [] }
      StackedThreads.run(count, stackBytes: 1 << 20) { part in done.withLock { $0.append(part) } }
      #expect(done.withLock { $0.sorted() } == Array(0..<count))
    }
  }

  @Test("threads that ask for threads, to any depth that there is, wait for nobody who waits for them")
  func runsWithinRuns() {
    let done = Mutex(0)
    StackedThreads.run(4, stackBytes: 1 << 20) { _ in
      StackedThreads.run(4, stackBytes: 2 << 20) { _ in
        StackedThreads.run(4, stackBytes: 1 << 20) { _ in done.withLock { $0 += 1 } }
      }
    }
    #expect(done.withLock { $0 } == 64)
  }

  @Test("what the work held has been let go of when the run returns")
  func nothingIsHeld() {
    let letGo = Mutex(0)
    for round in 1...200 {
      do {
        let held = Held { letGo.withLock { $0 += 1 } }
        StackedThreads.run(3, stackBytes: 1 << 20) { _ in _ = held.letGo }
      }
      #expect(letGo.withLock { $0 } == round)
    }
  }

  @Test("work has the stack that it asks for, after others had a smaller one")
  func stacksAreLargeEnough() {
    /// Takes about a kilobyte of stack a step.
    @inline(never) @Sendable func depth(_ steps: Int) -> Int {
      withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { room in
        room[steps % 1024] = 1
        return steps == 0 ? 0 : depth(steps - 1) + Int(room[steps % 1024])
      }
    }
    StackedThreads.run(4, stackBytes: 1 << 20) { _ in }
    let found = Mutex<[Int]>([])
    StackedThreads.run(4, stackBytes: 16 << 20) { _ in
      // One that stands on such a stack takes part itself.
      StackedThreads.run(2, stackBytes: 16 << 20) { _ in found.withLock { $0.append(depth(4_000)) } }
    }
    #expect(found.withLock { $0 } == [Int](repeating: 4_000, count: 8))
  }

  @Test("work that is left behind ends by itself, and the next work has a thread all the same")
  func leftBehind() {
    let goOn = Semaphore()
    let hasEnded = Semaphore()
    for _ in 0..<12 {
      let interruption = Interruption()
      let end = AttendedWork.run(interruption: interruption) { _ in
        _ = interruption.interrupt()
        goOn.wait()
        hasEnded.signal()
        return 1
      }
      guard case .interrupted = end else {
        Issue.record("it was not left")
        return
      }
    }
    guard case .finished(7) = AttendedWork.run(interruption: Interruption(), { _ in 7 }) else {
      Issue.record("no thread was left")
      return
    }
    for _ in 0..<12 { goOn.signal() }
    for _ in 0..<12 { #expect(hasEnded.wait(milliseconds: 10_000)) }
  }

  @Test("a wait takes one of what was said, and ends without where nothing was")
  func semaphore() {
    let semaphore = Semaphore(1)
    semaphore.signal()
    semaphore.wait()
    #expect(semaphore.wait(milliseconds: 1))
    #expect(!semaphore.wait(milliseconds: 1))
  }
}
