import PeyvandBase
import PeyvandStore

/// The statements of one import command, which stand together or not at all.
extension Session {
  /// Runs a text as one: what it changes reaches the disk at its end, where all of its imports may stand.
  ///
  /// A file that is refused for its rejects stops nothing: its rejects are written, the files after it are looked at as if
  /// its right rows stood, and at the end nothing has changed.
  /// - Returns: how it ended, and the files that were right and were not imported because of others.
  package func runTogether(
    _ text: String, name: String, origin: Origin, emit: (Outcome) -> Void
  ) -> (status: Status, heldBack: [String]) {
    let outside = (state, environment, variables, asOf)
    held = HeldChanges()
    var answers: [Outcome] = []
    var status = run(text, name: name, origin: origin) { outcome in
      // That something was done is said once it is.
      if case .answer = outcome { answers.append(outcome) } else { emit(outcome) }
    }
    let done = held ?? HeldChanges()
    held = nil
    if status == .fine || status == .rejects {
      do throws(Diagnostics) {
        try commit(done)
        for answer in answers { emit(answer) }
        return (status, [])
      } catch {
        emit(.diagnostics(error.all))
        status = options.interruption.isInterrupted ? .interrupted : Status(error.all)
      }
    }
    (state, environment, variables, asOf) = outside
    return (status, done.fine)
  }

  private func commit(_ done: HeldChanges) throws(Diagnostics) {
    guard !done.isEmpty else { return }
    let state = state
    guard let file else {
      if done.isLarge {
        recent = StoreMemory(base: state)
      } else {
        try recent.append(done.changes, to: state, giving: state)
      }
      return
    }
    try attended { (interruption) throws(Diagnostics) in
      if done.isLarge {
        try file.save(state, unless: interruption)
      } else {
        try file.commit(done.changes, giving: state, unless: interruption)
      }
    }
  }
}
