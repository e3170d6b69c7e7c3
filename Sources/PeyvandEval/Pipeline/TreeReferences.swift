import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The columns and records that some stages, and what comes after them, still read.
///
/// Rows that are put together between two stages take only these along.
struct TreeReferences: Sendable {
  var columns: Set<ColumnID> = []
  var bindings: Set<Int> = []

  init() {}

  /// What the stages read, up to the first after which nothing from before is in reach.
  init(of stages: ArraySlice<CheckedStage>, row: Binding?) {
    if let row { bindings.insert(row.id) }
    for stage in stages {
      switch stage {
      case .filter(let condition): condition.forEach { add($0) }
      case .with(let columns): for column in columns { column.expression.forEach { add($0) } }
      case .select(let columns):
        for column in columns { column.expression.forEach { add($0) } }
        return
      case .measure(let measure):
        for column in measure.columns + measure.keys { column.expression.forEach { add($0) } }
        measure.across?.expression.forEach { add($0) }
        return
      case .sort(let keys): for key in keys { key.expression.forEach { add($0) } }
      case .rank(let ranks): for rank in ranks { rank.column.expression.forEach { add($0) } }
      case .take(let count), .skip(let count): count.forEach { add($0) }
      case .distinct: break
      case .each(let set, _): set.forEach { add($0) }
      case .who(let binding): bindings.insert(binding.id)
      case .why(let why):
        for expression in why.expressions { expression.forEach { add($0) } }
        return
      case .derive(let derivation):
        for column in derivation.inputs { column.expression.forEach { add($0) } }
        columns.formUnion(derivation.reads)
        if !derivation.keepsRows { return }
      }
    }
  }

  private mutating func add(_ expression: CheckedExpression) {
    switch expression.node {
    case .column(let id): columns.insert(id)
    case .binding(let binding): bindings.insert(binding.id)
    default: break
    }
  }
}

/// An aggregate and the type of what it comes to.
struct TypedAggregate: Hashable, Sendable {
  var aggregate: Aggregate
  var type: ValueType
}

extension CheckedExpression {
  /// The aggregates over the group that the expression is made of, each once. What stands inside a list is not
  /// looked at: it is worked out in the list's own context.
  var groupAggregates: [TypedAggregate] {
    var found: [TypedAggregate] = []
    collectGroupAggregates(&found)
    return found
  }

  fileprivate func collectGroupAggregates(_ found: inout [TypedAggregate]) {
    switch node {
    case .constant, .variable, .now, .today, .binding, .column, .pick, .kpi, .query: break
    case .field(let a, _), .key(let a), .kindName(let a), .negate(let a), .not(let a), .isMissing(let a),
      .isOpen(let a), .isKind(let a, _), .period(_, let a), .weekday(let a), .hour(let a), .when(_, let a),
      .record(_, let a):
      a.collectGroupAggregates(&found)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .asOf(let a, let b), .holder(let a, _, let b):
      a.collectGroupAggregates(&found)
      b.collectGroupAggregates(&found)
    case .inRange(let a, _, let from, let upTo):
      for part in [a, from, upTo] { part?.collectGroupAggregates(&found) }
    case .oneOf(let a, _, let others):
      for part in [a] + others { part.collectGroupAggregates(&found) }
    case .among(let a, _, let list):
      a.collectGroupAggregates(&found)
      list.collectGroupAggregates(&found)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        branch.condition.collectGroupAggregates(&found)
        branch.value.collectGroupAggregates(&found)
      }
      otherwise.collectGroupAggregates(&found)
    case .call(_, let items), .interpolation(let items), .list(let items):
      for item in items { item.collectGroupAggregates(&found) }
    case .aggregate(let aggregate):
      if aggregate.scope == .group {
        let typed = TypedAggregate(aggregate: aggregate, type: type)
        if !found.contains(typed) { found.append(typed) }
      } else {
        aggregate.list.collectGroupAggregates(&found)
      }
    }
  }
}

extension CheckedList {
  fileprivate func collectGroupAggregates(_ found: inout [TypedAggregate]) {
    switch self {
    case .values(let values): for value in values { value.collectGroupAggregates(&found) }
    case .distinct(let list): list.collectGroupAggregates(&found)
    case .elements(let value): value.collectGroupAggregates(&found)
    case .transform(let list, _, let body):
      list.collectGroupAggregates(&found)
      body.collectGroupAggregates(&found)
    case .anchored(let list, let starts, value: _, start: _, let body):
      list.collectGroupAggregates(&found)
      starts.collectGroupAggregates(&found)
      body.collectGroupAggregates(&found)
    default: break
    }
  }

  /// The kind whose records the values come from, where they come from records.
  var sourceKind: KindID? {
    switch self {
    case .map(let set, _, _), .records(let set), .gaps(let set), .gapStarts(let set): set.kind
    case .matches(let sequence), .matched(let sequence, _): sequence.firstBinding.kind
    case .distinct(let list), .transform(let list, _, _), .anchored(let list, _, _, _, _): list.sourceKind
    case .values, .rows, .elements, .perPeriod: nil
    }
  }

  /// What one value of it is called in a receipt; nil where a row has one at most, so that the row's own name says it.
  func unit(in catalogue: Catalogue) -> String? {
    switch self {
    case .map(let set, _, _), .records(let set):
      if case .single(let record) = set.node, case .pick = record.node { return nil }
      return catalogue.name(of: set.kind)
    case .gaps, .gapStarts: return "gap"
    case .matches(let sequence), .matched(let sequence, _):
      guard case .set(let set) = sequence.first else { return nil }
      return catalogue.name(of: set.kind)
    case .perPeriod(let periods): return periods.unit.name
    case .distinct(let list), .transform(let list, _, _), .anchored(let list, _, _, _, _):
      return list.unit(in: catalogue)
    case .values, .rows, .elements: return nil
    }
  }
}
