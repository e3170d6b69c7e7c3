import PeyvandBase
import PeyvandCheck
import PeyvandData
import Synchronization

/// The sets and sequences that have been worked out for the rows of one frame.
///
/// A question speaks of one thing several times: how many replies there were, how long they took, and the middle of
/// that. What was left out on the way is kept beside, and counted as often as it is asked for.
final class FrameMemo: Sendable {
  struct SetKey: Hashable {
    var set: CheckedSet
    var asOf: AsOf
    var wantsTimes: Bool
  }
  struct SequenceKey: Hashable {
    var sequence: CheckedSequence
    var asOf: AsOf
  }
  private struct Content {
    var sets: [SetKey: (RowSets, EvaluationContext.Tally)] = [:]
    var sequences: [SequenceKey: (Walker.Matches, EvaluationContext.Tally)] = [:]
  }
  private let content = Mutex(Content())

  subscript(key: SetKey) -> (RowSets, EvaluationContext.Tally)? {
    get { content.withLock { $0.sets[key] } }
    set { content.withLock { $0.sets[key] = newValue } }
  }

  subscript(key: SequenceKey) -> (Walker.Matches, EvaluationContext.Tally)? {
    get { content.withLock { $0.sequences[key] } }
    set { content.withLock { $0.sequences[key] = newValue } }
  }
}

extension Walker {
  /// What a frame remembers, or what is worked out and remembered from here on.
  mutating func remembered<Value>(
    _ known: (Value, EvaluationContext.Tally)?, _ body: (inout Walker) throws(Diagnostics) -> Value,
    keep: (Value, EvaluationContext.Tally) -> Void
  ) throws(Diagnostics) -> Value {
    if let (value, left) = known {
      tally.add(left)
      return value
    }
    let before = tally
    tally = EvaluationContext.Tally()
    let value = try body(&self)
    let left = tally
    tally = before
    tally.add(left)
    keep(value, left)
    return value
  }
}
