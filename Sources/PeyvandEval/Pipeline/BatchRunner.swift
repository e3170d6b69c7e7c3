import PeyvandBase
import Synchronization

/// Carries out the batches of a question on several threads and puts their results together in order.
///
/// Which thread takes which batch is chance; what comes of it is not: a result waits until all before it have
/// been put in, and of several errors the one of the earliest batch is thrown. So an answer is the same to the
/// bit for any number of threads.
package struct BatchRunner: Sendable {
  package static let stackBytes = 64 << 20

  package var threads: Int
  package var watchdog: Watchdog
  package var range: SourceRange?

  package init(threads: Int, watchdog: Watchdog, range: SourceRange?) {
    self.threads = threads
    self.watchdog = watchdog
    self.range = range
  }

  /// Runs `job` for 0 ..< `jobs` and `combine` for their results in that order, until it says that it has enough
  /// (false). Throws what the earliest failing job threw.
  package func run<Part: Sendable, State: Sendable>(
    jobs: Int, _ state: State, job: @escaping @Sendable (Int) throws(Diagnostics) -> Part,
    combine: @escaping @Sendable (inout State, Part) throws(Diagnostics) -> Bool
  ) throws(Diagnostics) -> State {
    let workers = min(threads, jobs)
    guard workers > 1 else {
      var state = state
      for index in 0..<max(0, jobs) {
        try watchdog.look(at: range)
        if try !combine(&state, try job(index)) { break }
      }
      return state
    }
    let progress = Progress<Part, State>(state)
    let (watchdog, range) = (watchdog, range)
    StackedThreads.run(workers, stackBytes: Self.stackBytes) { _ in
      while let index = progress.next(of: jobs) {
        do throws(Diagnostics) {
          try watchdog.look(at: range)
          progress.put(try job(index), at: index, combine)
        } catch {
          progress.fail(error, at: index)
        }
      }
    }
    return try progress.finish()
  }

  /// What the threads share.
  private final class Progress<Part: Sendable, State: Sendable>: Sendable {
    private struct Content {
      var state: State
      /// The next batch to hand out, and the next to put in.
      var handedOut = 0
      var putIn = 0
      var waiting: [Int: Part] = [:]
      var failure: (index: Int, error: Diagnostics)?
      var isEnough = false
    }
    private let content: Mutex<Content>

    init(_ state: State) { content = Mutex(Content(state: state)) }

    func next(of jobs: Int) -> Int? {
      content.withLock { content in
        guard content.failure == nil, !content.isEnough, content.handedOut < jobs else { return nil }
        content.handedOut += 1
        return content.handedOut - 1
      }
    }

    func put(_ part: Part, at index: Int, _ combine: (inout State, Part) throws(Diagnostics) -> Bool) {
      content.withLock { content in
        content.waiting[index] = part
        while !content.isEnough, let part = content.waiting.removeValue(forKey: content.putIn) {
          do throws(Diagnostics) {
            content.isEnough = try !combine(&content.state, part)
          } catch {
            if content.failure.map({ $0.index > content.putIn }) ?? true {
              content.failure = (content.putIn, error)
            }
            return
          }
          content.putIn += 1
        }
      }
    }

    func fail(_ error: Diagnostics, at index: Int) {
      content.withLock { content in
        // What came after enough was there is nobody's concern.
        guard !content.isEnough else { return }
        if content.failure.map({ $0.index > index }) ?? true { content.failure = (index, error) }
      }
    }

    func finish() throws(Diagnostics) -> State {
      let (state, failure) = content.withLock { ($0.state, $0.isEnough ? nil : $0.failure) }
      if let failure { throw failure.error }
      return state
    }
  }
}
