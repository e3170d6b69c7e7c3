import Glibc
import LineEditor
import PeyvandBase
import Synchronization

/// What ^C means at this moment.
///
/// The signal is taken by a thread that does nothing else, so what it does here is ordinary code: no handler, nothing
/// that a signal could catch half-done.
final class Interrupts: Sendable {
  enum Phase {
    /// Nothing runs that could be stopped: the process ends.
    case nothing
    /// A line is being typed: it is left.
    case editing(LineEditor.Interrupter)
    /// A question runs: it is stopped. Without a prompt to come back to, a second ^C ends the process.
    case running(Interruption, endsOnSecond: Bool)
  }

  private struct State {
    var phase = Phase.nothing
    var wasPressed = false
  }
  private let state = Mutex(State())

  var phase: Phase {
    get { state.withLock { $0.phase } }
    set {
      state.withLock {
        $0.phase = newValue
        $0.wasPressed = false
      }
    }
  }

  /// ^C.
  func pressed() {
    let (phase, isSecond) = state.withLock { state in
      defer { state.wasPressed = true }
      return (state.phase, state.wasPressed)
    }
    switch phase {
    case .nothing: _exit(130)
    case .editing(let interrupter): interrupter.interrupt()
    case .running(let interruption, let endsOnSecond):
      if isSecond, endsOnSecond { _exit(130) }
      interruption.interrupt()
    }
  }
}
