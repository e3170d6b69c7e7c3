import Glibc
import PeyvandBase

/// Looks between batches whether a question may go on: not interrupted, and within its time.
package struct Watchdog: Sendable {
  private let interruption: Interruption
  private let seconds: Int
  /// On the monotonic clock; missing where there is no limit.
  private let deadline: Int64?

  package init(limits: Limits, interruption: Interruption) {
    self.interruption = interruption
    seconds = limits.seconds
    if limits.seconds > 0 {
      let (sum, overflow) = Self.now().addingReportingOverflow(Int64(limits.seconds))
      deadline = overflow ? nil : sum
    } else {
      deadline = nil
    }
  }

  package func look(at range: SourceRange?) throws(Diagnostics) {
    if interruption.isInterrupted { throw EvaluationDiagnostics.interrupted(at: range) }
    if let deadline, Self.now() > deadline {
      throw EvaluationDiagnostics.tooLong(seconds: seconds, at: range)
    }
  }

  /// Whole seconds of the monotonic clock.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec)
  }
}
