import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The first and the last record of sets.
extension Walker {
  /// A record a row, and its time where that came along.
  struct Picked {
    var rows: Slab<Int32>
    var family: KindID
    var times: RowSets.Times?
  }

  /// - Parameter isTimed: whether the record's time is wanted.
  mutating func picked(_ pick: Pick, _ set: CheckedSet, isTimed: Bool, in frame: Frame) throws(Diagnostics) -> Picked {
    let isLast = pick == .last
    if let found = try foundFromTheEnd(set, isLast: isLast, in: frame) { return found }
    let sets = isTimed ? try timedSets(set, in: frame) : try sets(set, in: frame)
    return Picked(
      rows: SetKernels.picks(sets, last: isLast), family: sets.family,
      times: sets.times.map { MomentKernels.picks($0, offsets: sets.offsets, last: isLast) })
  }

  /// Of a set with a condition: the condition put to its elements from that end on, until it keeps one.
  ///
  /// The receipt tells how many it could not decide, of all elements; so this is for conditions that are decided
  /// wherever they are put. Missing for all others, and where more is asked of the set than its end.
  private mutating func foundFromTheEnd(
    _ set: CheckedSet, isLast: Bool, in frame: Frame
  ) throws(Diagnostics) -> Picked? {
    guard frame.count > 0, context.shared.number(of: set) == nil,
      case .filter(let from, let binding, let condition) = set.node,
      try isDecided(condition, of: binding)
    else { return nil }
    let (sets, starts, ends) = try notedStretches(of: from, in: frame)
    var search = EndSearch(sets, from: starts, to: ends, isLast: isLast)
    while let elements = search.next() {
      try look()
      search.take(TruthKernels.isYes(try truths(condition, inner(elements, binding, in: frame))))
    }
    return Picked(rows: search.rows, family: sets.family, times: search.times)
  }

  /// The stretches as a node of the profile.
  private mutating func notedStretches(of set: CheckedSet, in frame: Frame) throws(Diagnostics) -> (
    RowSets, from: [Int32], to: [Int32]
  ) {
    guard let profile = context.profile else { return try stretches(of: set, in: frame) }
    return try noted(profile, set.node.word, at: set.range) { (walker) throws(Diagnostics) in
      try walker.stretches(of: set, in: frame)
    } measure: {
      ($0.from.count, ($0.from.count + $0.to.count) * 4)
    }
  }

  /// Whether a condition is yes or no of every record of the binding's kind; told once a question.
  private mutating func isDecided(_ condition: CheckedExpression, of binding: Binding) throws(Diagnostics) -> Bool {
    if let known = context.constants.isDecided(condition) { return known }
    let decision = Decision(binding: binding, source: context.source)
    let family = family(of: binding.kind)
    let isDecided = try decision.isCertain(condition, context.source.rows(of: binding.kind, in: family))
    context.constants.keep(isDecided: isDecided, condition)
    return isDecided
  }
}

/// Tells of a condition on a record, from which fields of which kinds have values throughout, that it is never unknown.
///
/// `is visit or is call and seconds >= 300` is decided of every contact where every call says how long it was, though
/// mails do not.
private struct Decision {
  var binding: Binding
  var source: any ColumnSource

  /// Whether a yes or no is never unknown of rows of some stretches.
  func isCertain(_ condition: CheckedExpression, _ rows: [Range<Int>]) throws(Diagnostics) -> Bool {
    if rows.isEmpty { return true }
    switch condition.node {
    case .constant(.yesno): return true
    case .isKind(let record, _): return isOwn(record)
    case .field: return try isThere(condition, rows)
    case .not(let operand): return try isCertain(operand, rows)
    // What one side decides the other is not asked.
    case .and(let a, let b): return try isCertain(either: a, b, rows, askedWhere: true)
    case .or(let a, let b): return try isCertain(either: a, b, rows, askedWhere: false)
    case .compare(_, _, let a, let b), .textTest(_, let a, let b):
      for part in [a, b] where try !isThere(part, rows) { return false }
      return true
    case .inRange(let value, _, let from, let upTo):
      for part in [value, from ?? value, upTo ?? value] where try !isThere(part, rows) { return false }
      return true
    case .oneOf(let value, _, let others):
      for part in [value] + others where try !isThere(part, rows) { return false }
      return true
    case .isMissing(let operand):
      if case .field(let record, let field) = operand.node { return isOwn(record) && !field.isOfAUnion }
      return false
    default: return false
    }
  }

  /// Of a condition of two: whether one is certain, and the other where the one leaves it to it.
  private func isCertain(
    either a: CheckedExpression, _ b: CheckedExpression, _ rows: [Range<Int>], askedWhere truth: Bool
  ) throws(Diagnostics) -> Bool {
    for (one, other) in [(a, b), (b, a)] where try isCertain(one, rows) {
      if try isCertain(other, narrowed(rows, where: one, is: truth)) { return true }
    }
    return false
  }

  /// Whether a value is there for all rows of some stretches.
  private func isThere(_ value: CheckedExpression, _ rows: [Range<Int>]) throws(Diagnostics) -> Bool {
    switch value.node {
    case .constant(let value): return value != .missing
    case .now, .today: return true
    case .field(let record, let id):
      guard isOwn(record), !id.isOfAUnion, source.catalogue.field(id)?.happens == false,
        let column = try source.column(id)
      else { return false }
      return rows.allSatisfy { column.isWhole($0) }
    default: return false
    }
  }

  private func isOwn(_ record: CheckedExpression) -> Bool {
    if case .binding(binding) = record.node { true } else { false }
  }

  /// The rows for which a certain condition may be so; at least those for which it is.
  private func narrowed(_ rows: [Range<Int>], where condition: CheckedExpression, is truth: Bool) -> [Range<Int>] {
    switch condition.node {
    case .isKind(let record, let kind):
      guard isOwn(record), let family = source.catalogue.kind(binding.kind)?.family else { return rows }
      let own = source.rows(of: kind, in: family)
      return truth ? rows.flatMap { row in own.map { $0.clamped(to: row) } }.filter { !$0.isEmpty } : without(own, rows)
    case .not(let operand): return narrowed(rows, where: operand, is: !truth)
    case .and(let a, let b) where truth: return narrowed(narrowed(rows, where: a, is: true), where: b, is: true)
    case .or(let a, let b) where !truth: return narrowed(narrowed(rows, where: a, is: false), where: b, is: false)
    default: return rows
    }
  }

  private func without(_ own: [Range<Int>], _ rows: [Range<Int>]) -> [Range<Int>] {
    own.reduce(rows) { left, own in
      left.flatMap { row in
        [
          row.lowerBound..<max(row.lowerBound, min(row.upperBound, own.lowerBound)),
          min(row.upperBound, max(row.lowerBound, own.upperBound))..<row.upperBound,
        ]
      }.filter { !$0.isEmpty }
    }
  }
}
