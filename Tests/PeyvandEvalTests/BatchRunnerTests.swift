import Glibc
import PeyvandBase
import PeyvandEval
import Synchronization
import Testing

@Suite struct BatchRunnerTests {
  private func runner(_ threads: Int, _ interruption: Interruption = Interruption()) -> BatchRunner {
    BatchRunner(threads: threads, watchdog: Watchdog(limits: Limits(), interruption: interruption), range: nil)
  }

  @Test(arguments: [1, 2, 5])
  func putsResultsTogetherInOrder(threads: Int) throws {
    let result = try runner(threads).run(jobs: 500, [Int]()) { (job) throws(Diagnostics) in
      // Later batches are quicker, so that they wait for earlier ones.
      (0..<((500 - job) * 20)).reduce(0) { $0 ^ $1 } == -1 ? -1 : job
    } combine: { (all, job) throws(Diagnostics) in
      all.append(job)
      return true
    }
    #expect(result == Array(0..<500))
  }

  @Test(arguments: [1, 3])
  func throwsTheEarliestError(threads: Int) {
    #expect {
      try runner(threads).run(jobs: 100, 0) { (job) throws(Diagnostics) in
        if job == 40 || job == 41 { throw Diagnostics(Diagnostic("E1001", .error, "job \(job)")) }
        return job
      } combine: { (_: inout Int, _: Int) throws(Diagnostics) in
        true
      }
    } throws: { ($0 as? Diagnostics)?.all.first?.message == "job 40" }
  }

  @Test(arguments: [1, 3])
  func stopsWhenThereIsEnough(threads: Int) throws {
    let result = try runner(threads).run(jobs: 1_000_000, [Int]()) { (job) throws(Diagnostics) in
      job
    } combine: { (all, job) throws(Diagnostics) in
      all.append(job)
      return all.count < 5
    }
    #expect(result == [0, 1, 2, 3, 4])
  }

  @Test(arguments: [1, 2])
  func stopsWhenInterrupted(threads: Int) {
    let interruption = Interruption()
    #expect {
      try runner(threads, interruption).run(jobs: 1_000_000, 0) { (job) throws(Diagnostics) in
        if job == 10 { interruption.interrupt() }
        return job
      } combine: { (count, _: Int) throws(Diagnostics) in
        count += 1
        return true
      }
    } throws: { ($0 as? Diagnostics)?.all.first?.code == "E1501" }
  }

  @Test func stopsWhenTheTimeIsUp() {
    var limits = Limits()
    limits.seconds = 1
    let runner = BatchRunner(
      threads: 2, watchdog: Watchdog(limits: limits, interruption: Interruption()), range: nil)
    #expect {
      try runner.run(jobs: 1_000, 0) { (job) throws(Diagnostics) in
        usleep(10_000)
        return job
      } combine: { (_: inout Int, _: Int) throws(Diagnostics) in
        true
      }
    } throws: { ($0 as? Diagnostics)?.all.first?.code == "E1502" }
  }

  @Test func aThreadHasTheStackThatIsPromised() {
    // Far deeper than the 8 MiB that a thread has by itself would bear.
    @Sendable func deep(_ n: Int) -> Int {
      n == 0 ? 0 : withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { Int($0.count) - 511 } + deep(n - 1)
    }
    let box = Box()
    StackedThreads.run(2, stackBytes: 64 << 20) { box.put($0, deep(25_000)) }
    #expect(box.values == [0: 25_000, 1: 25_000])
  }

  private final class Box: Sendable {
    private let content = Mutex<[Int: Int]>([:])
    func put(_ key: Int, _ value: Int) { content.withLock { $0[key] = value } }
    var values: [Int: Int] { content.withLock { $0 } }
  }
}
