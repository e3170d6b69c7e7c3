import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `interaction | where logged and at during 2024`: the records of a kind stand in time order, so those for which a
/// test of their own time can hold are found by search, and the condition is worked out for them alone.
///
/// What is passed over fails the test plainly, so neither the answer nor what it leaves out can change: a plain no
/// decides an `and`. Kinds in which some record has no time are read whole, since for those the test is unknown.
extension Evaluator {
  /// The rows of a whole kind that a condition can hold for; nil where it says nothing of their time.
  func rowsInTime(of set: CheckedSet, _ binding: Binding, where condition: CheckedExpression) throws(Diagnostics)
    -> [Range<Int>]?
  {
    guard case .all(at: nil) = set.node, let field = context.source.catalogue.timeField(of: set.kind),
      context.source.stretches(of: set.kind).allSatisfy({ $0.timed == $0.rows.count })
    else { return nil }
    var walker = Walker(context)
    let facts = try walker.facts(of: set.kind)
    guard facts.flavour == .event, let times = facts.times else { return nil }
    var bounds = TimeBounds(binding: binding, field: field.id)
    bounds.collect(condition)
    guard !bounds.isEmpty else { return nil }
    func latest(_ expressions: [CheckedExpression]) throws(Diagnostics) -> [Int64]? {
      var moments: [Int64] = []
      for expression in expressions {
        let moment = TimeSearch.wide(try constant(expression).vector, missing: .min).array.first
        guard let moment, moment > .min else { return nil }
        moments.append(moment)
      }
      return moments
    }
    guard let from = try latest(bounds.from), let upTo = try latest(bounds.upTo) else { return nil }
    var rows: [Range<Int>] = []
    for seen in facts.seen {
      let low = from.max().map { TimeSearch.first(after: $0 - 1, in: seen, times: times) } ?? seen.lowerBound
      let high = upTo.min().map { TimeSearch.first(after: $0 - 1, in: seen, times: times) } ?? seen.upperBound
      if low < high { rows.append(low..<high) }
    }
    return rows
  }
}

/// The bounds that a condition sets to its record's own time, whatever else it asks.
private struct TimeBounds {
  let binding: Binding
  let field: FieldID
  /// Included …
  var from: [CheckedExpression] = []
  /// … and not included.
  var upTo: [CheckedExpression] = []

  init(binding: Binding, field: FieldID) {
    self.binding = binding
    self.field = field
  }

  var isEmpty: Bool { from.isEmpty && upTo.isEmpty }

  mutating func collect(_ condition: CheckedExpression) {
    switch condition.node {
    case .and(let a, let b):
      collect(a)
      collect(b)
    case .inRange(let value, _, let low, let high) where isTime(value):
      if let low, !low.mentions(binding) { from.append(low) }
      if let high, !high.mentions(binding) { upTo.append(high) }
    case .compare(.greaterOrEqual, _, let value, let low) where isTime(value) && !low.mentions(binding):
      from.append(low)
    case .compare(.less, _, let value, let high) where isTime(value) && !high.mentions(binding): upTo.append(high)
    default: break
    }
  }

  private func isTime(_ value: CheckedExpression) -> Bool {
    guard case .field(let record, field) = value.node, case .binding(binding) = record.node else { return false }
    return true
  }
}
