import Synchronization

/// Set from outside (^C, a time limit), looked at by what runs: between batches, and in long loops every few
/// thousand rows.
///
/// What cannot be taken back (a file takes the place of another) asks for leave first by `begin`: from then on
/// ^C comes too late, so that nobody is told that a change was stopped which stands.
package final class Interruption: Sendable {
  private enum State {
    static let running: UInt8 = 0
    static let interrupted: UInt8 = 1
    static let tooLate: UInt8 = 2
  }
  private let state = Atomic<UInt8>(State.running)

  package init() {}

  /// Asks what runs to stop; false where it is too late.
  @discardableResult
  package func interrupt() -> Bool {
    let (_, before) = state.compareExchange(
      expected: State.running, desired: State.interrupted, ordering: .relaxed)
    return before != State.tooLate
  }

  /// Before what cannot be taken back; false where it must not be done any more.
  package func begin() -> Bool {
    let (_, before) = state.compareExchange(
      expected: State.running, desired: State.tooLate, ordering: .relaxed)
    return before != State.interrupted
  }

  package func reset() { state.store(State.running, ordering: .relaxed) }
  package var isInterrupted: Bool { state.load(ordering: .relaxed) == State.interrupted }

  /// Rows between two looks in a long loop: a fraction of a millisecond of the slowest ones.
  package static let grain = 1 << 14

  /// Looks, from inside a long loop.
  @inline(__always)
  package func look() throws(Interrupted) { if isInterrupted { throw Interrupted() } }
}

/// A loop was left because of ^C or a limit; what to say of it is its caller's to know.
package struct Interrupted: Error, Hashable, Sendable {
  package init() {}
}
