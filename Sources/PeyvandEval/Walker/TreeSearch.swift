import PeyvandCheck
import PeyvandData

/// Whether a part of the tree needs a frame's own names, or only those of the frames around it.
///
/// What needs none is worked out outside, once for each outer row instead of once for each element. A list of
/// the group's rows, and an aggregate over the group, need the frame whatever they name.
package struct TreeSearch {
  private let frame: Frame
  /// Within the body of `per`, whose aggregates run over the elements of its own set.
  private var isInPeriod = false

  private init(frame: Frame) { self.frame = frame }

  static func looks(_ expression: CheckedExpression, into frame: Frame) -> Bool {
    TreeSearch(frame: frame).finds(expression)
  }

  /// Whether a set names any of some bindings.
  static func mentions(_ set: CheckedSet, any bindings: [Int]) -> Bool {
    var frame = Frame(count: 0)
    for binding in bindings { frame.bindings[binding] = Slab([]) }
    return TreeSearch(frame: frame).finds(set)
  }

  static func mentions(_ expression: CheckedExpression, any bindings: [Int]) -> Bool {
    var frame = Frame(count: 0)
    for binding in bindings { frame.bindings[binding] = Slab([]) }
    return TreeSearch(frame: frame).finds(expression)
  }

  /// Whether an expression needs anything of a frame or of those around it.
  static func looksAnywhere(_ expression: CheckedExpression, into frame: Frame) -> Bool {
    inAny(frame) { $0.finds(expression) }
  }

  /// Whether a set needs anything of a frame or of those around it.
  static func looks(_ set: CheckedSet, into frame: Frame) -> Bool { inAny(frame) { $0.finds(set) } }

  private static func inAny(_ frame: Frame, _ finds: (TreeSearch) -> Bool) -> Bool {
    var here: Frame? = frame
    while let one = here {
      if finds(TreeSearch(frame: one)) { return true }
      here = one.outer?.frame
    }
    return false
  }

  private func finds(_ expressions: [CheckedExpression]) -> Bool { expressions.contains { finds($0) } }
  private func finds(_ expression: CheckedExpression?) -> Bool { expression.map { finds($0) } ?? false }

  private func finds(_ expression: CheckedExpression) -> Bool {
    switch expression.node {
    case .constant, .variable, .now, .today: false
    case .binding(let binding): frame.bindings[binding.id] != nil
    case .column(let column): frame.columns[column] != nil
    case .field(let operand, _), .key(let operand), .kindName(let operand), .negate(let operand),
      .not(let operand), .isMissing(let operand), .isOpen(let operand), .isKind(let operand, _),
      .period(_, let operand), .weekday(let operand), .hour(let operand), .when(_, let operand),
      .record(_, key: let operand):
      finds(operand)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .holder(let a, _, at: let b), .asOf(let a, let b):
      finds(a) || finds(b)
    case .inRange(let value, _, let from, let upTo): finds(value) || finds(from) || finds(upTo)
    case .oneOf(let value, _, let others): finds(value) || finds(others)
    case .among(let value, _, let list): finds(value) || finds(list)
    case .conditional(let branches, let otherwise):
      finds(otherwise) || branches.contains { finds($0.condition) || finds($0.value) }
    case .call(_, let operands), .interpolation(let operands), .list(let operands): finds(operands)
    case .aggregate(let aggregate):
      (aggregate.scope == .group && !isInPeriod) || finds(aggregate.list) || aggregate.second.map(finds) ?? false
        || aggregate.third.map(finds) ?? false || finds(aggregate.parameter)
    case .pick(_, let set): finds(set)
    case .kpi(let call):
      finds(call.condition) || finds(call.asOf) || call.keys.contains { finds($0.expression) }
        || finds(call.kpi.subjects)
    // Its source and its stages may speak of the rows outside.
    case .query(let query): query.mentions(frame)
    }
  }

  private func finds(_ set: CheckedSet) -> Bool {
    switch set.node {
    case .all(let at): finds(at)
    case .ever, .variable: false
    case .referring(let record, _), .through(let record, _, _), .single(let record): finds(record)
    case .tied(let record, _, let at): finds(record) || finds(at)
    case .holding(let set, let at): finds(set) || finds(at)
    case .expand(let set, _, let to): finds(set) || finds(to)
    case .expandToOne(let set, _, let to): finds(set) || finds(to)
    case .filter(let set, _, let condition), .whileHeld(let set, _, let condition): finds(set) || finds(condition)
    case .during(let set, let from, let upTo): finds(set) || finds(from) || finds(upTo)
    case .ofKind(let set): finds(set)
    case .union(let a, let b): finds(a) || finds(b)
    case .repeated(let record, _, let step, _, _): finds(record) || finds(step)
    }
  }

  private func finds(_ list: CheckedList) -> Bool {
    switch list {
    case .map(let set, _, let body): finds(set) || finds(body)
    case .records(let set), .gaps(let set), .gapStarts(let set): finds(set)
    case .matches(let sequence): finds(sequence)
    case .matched(let sequence, .expression(let value)): finds(sequence) || finds(value)
    case .matched(let sequence, _): finds(sequence)
    case .values(let values): finds(values)
    case .rows(let body): isInPeriod ? finds(body) : true
    case .distinct(let list): finds(list)
    case .transform(let list, _, let body): finds(list) || finds(body)
    case .anchored(let list, let starts, value: _, start: _, let body): finds(list) || finds(starts) || finds(body)
    case .elements(let value): finds(value)
    case .perPeriod(let per):
      finds(per.set) || finds(per.from) || finds(per.upTo) || inPeriod.finds(per.body)
    }
  }

  private var inPeriod: TreeSearch {
    var search = self
    search.isInPeriod = true
    return search
  }

  private func finds(_ sequence: CheckedSequence) -> Bool {
    let first =
      switch sequence.first {
      case .set(let set): finds(set)
      case .record(let record): finds(record)
      }
    return first || sequence.steps.contains { finds($0.set) || finds($0.window.length) }
  }

  /// The aggregates over the group that an expression is made of.
  package static func groupAggregates(of expression: CheckedExpression) -> [Aggregate] {
    var found: [Aggregate] = []
    collect(expression, &found)
    return found
  }

  private static func collect(_ expression: CheckedExpression, _ found: inout [Aggregate]) {
    switch expression.node {
    case .aggregate(let aggregate):
      if aggregate.scope == .group, !found.contains(aggregate) { found.append(aggregate) }
    case .constant, .variable, .now, .today, .binding, .column, .pick, .kpi, .query: break
    case .field(let operand, _), .key(let operand), .kindName(let operand), .negate(let operand),
      .not(let operand), .isMissing(let operand), .isOpen(let operand), .isKind(let operand, _),
      .period(_, let operand), .weekday(let operand), .hour(let operand), .when(_, let operand),
      .record(_, key: let operand), .among(let operand, _, _):
      collect(operand, &found)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .holder(let a, _, at: let b), .asOf(let a, let b):
      collect(a, &found)
      collect(b, &found)
    case .inRange(let value, _, let from, let upTo):
      collect(value, &found)
      if let from { collect(from, &found) }
      if let upTo { collect(upTo, &found) }
    case .oneOf(let value, _, let others):
      collect(value, &found)
      for other in others { collect(other, &found) }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        collect(branch.condition, &found)
        collect(branch.value, &found)
      }
      collect(otherwise, &found)
    case .call(_, let operands), .interpolation(let operands), .list(let operands):
      for operand in operands { collect(operand, &found) }
    }
  }
}
