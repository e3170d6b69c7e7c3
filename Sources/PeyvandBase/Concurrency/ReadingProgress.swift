import Synchronization

/// How far a file has been read, for whoever draws a bar: written by the import, read from another thread.
///
/// An import goes over a file several times (it splits it, finds types out, reads columns), so the phase is told too.
package final class ReadingProgress: Sendable, Hashable {
  package enum Phase: Int, Sendable {
    case opening, looking, reading
  }

  private let done = Atomic<Int>(0)
  private let total = Atomic<Int>(0)
  private let phase = Atomic<Int>(0)

  private let cleared: @Sendable () -> Void

  /// - Parameter cleared: called when nothing is being read any more, before anything is said of it.
  package init(cleared: @escaping @Sendable () -> Void = {}) { self.cleared = cleared }

  package func report(_ phase: Phase, done: Int, of total: Int) {
    self.phase.store(phase.rawValue, ordering: .relaxed)
    self.total.store(total, ordering: .relaxed)
    self.done.store(done, ordering: .relaxed)
  }

  /// Nothing is being read any more.
  package func clear() {
    total.store(0, ordering: .relaxed)
    cleared()
  }

  /// Nothing where no file is being read.
  package var now: (phase: Phase, done: Int, total: Int)? {
    let total = total.load(ordering: .relaxed)
    guard total > 0, let phase = Phase(rawValue: phase.load(ordering: .relaxed)) else { return nil }
    return (phase, min(done.load(ordering: .relaxed), total), total)
  }

  package static func == (a: ReadingProgress, b: ReadingProgress) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
