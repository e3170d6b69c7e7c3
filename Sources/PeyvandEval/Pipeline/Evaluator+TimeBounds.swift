import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `interaction | where logged and at during 2024`: the records of a kind stand in time order, so those for which a
/// test of their own time can hold are found by search, and the condition is worked out for them alone.
///
/// What is passed over fails the test plainly, so neither the answer nor what it leaves out can change: a plain no
/// decides an `and`. Kinds in which some record has no time are read whole, since for those the test is unknown.
extension Evaluator {
  /// The rows of a whole kind that a condition can hold for, and what is left to ask of them; nil where it says nothing
  /// of their time.
  func rowsInTime(of set: CheckedSet, _ binding: Binding, where condition: CheckedExpression) throws(Diagnostics)
    -> (rows: [Range<Int>], rest: CheckedExpression?)?
  {
    guard case .all(at: nil) = set.node, let field = context.source.catalogue.timeField(of: set.kind),
      context.source.stretches(of: set.kind).allSatisfy({ $0.timed == $0.rows.count })
    else { return nil }
    var walker = Walker(context)
    let facts = try walker.facts(of: set.kind)
    guard facts.flavour == .event, let times = facts.times else { return nil }
    var bounds = TimeBounds(binding: binding, field: field.id)
    let rest = bounds.collect(condition)
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
    // Kind by kind: across kinds rows do not stand in time order. What is not yet seen is after the as-of time.
    let seen = facts.isDay ? Int64(walker.today) : walker.context.asOf.instant
    let last = min(seen, upTo.map { $0 - 1 }.min() ?? .max)
    var rows: [Range<Int>] = []
    for stretch in context.source.stretches(of: set.kind) {
      let low = from.max().map { TimeSearch.first(after: $0 - 1, in: stretch.rows, times: times) }
      let start = low ?? stretch.rows.lowerBound
      let end = TimeSearch.first(after: last, in: stretch.rows, times: times)
      if start < end { rows.append(start..<end) }
    }
    return (rows, rest)
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

  /// Takes the bounds out of a condition; what is left of it, if anything.
  mutating func collect(_ condition: CheckedExpression) -> CheckedExpression? {
    switch condition.node {
    case .and(let a, let b):
      guard let first = collect(a) else { return collect(b) }
      guard let second = collect(b) else { return first }
      var both = condition
      both.node = .and(first, second)
      return both
    case .inRange(let value, _, let low, let high) where isTime(value):
      guard low.map({ !$0.mentions(binding) }) ?? true, high.map({ !$0.mentions(binding) }) ?? true else {
        return condition
      }
      if let low { from.append(low) }
      if let high { upTo.append(high) }
    case .compare(.greaterOrEqual, _, let value, let low) where isTime(value) && !low.mentions(binding):
      from.append(low)
    case .compare(.less, _, let value, let high) where isTime(value) && !high.mentions(binding): upTo.append(high)
    default: return condition
    }
    return nil
  }

  private func isTime(_ value: CheckedExpression) -> Bool {
    guard case .field(let record, field) = value.node, case .binding(binding) = record.node else { return false }
    return true
  }
}
