import PeyvandData

/// Looking through a checked tree: every expression inside, outermost first.
///
/// One walk for all that only needs to find something (a binding, an aggregate); the depth of a tree is
/// bounded by the parser's limit, so it needs no guard.
extension CheckedExpression {
  package func forEach(_ visit: (CheckedExpression) -> Void) {
    visit(self)
    switch node {
    case .constant, .variable, .now, .today, .binding, .column: break
    case .field(let a, _), .key(let a), .kindName(let a), .negate(let a), .not(let a), .isMissing(let a),
      .isOpen(let a), .isKind(let a, _), .period(_, let a), .weekday(let a), .hour(let a), .when(_, let a),
      .record(_, let a):
      a.forEach(visit)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .asOf(let a, let b), .holder(let a, _, let b):
      a.forEach(visit)
      b.forEach(visit)
    case .inRange(let a, _, let from, let upTo):
      a.forEach(visit)
      from?.forEach(visit)
      upTo?.forEach(visit)
    case .oneOf(let a, _, let list):
      a.forEach(visit)
      for item in list { item.forEach(visit) }
    case .among(let a, _, let list):
      a.forEach(visit)
      list.forEach(visit)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        branch.condition.forEach(visit)
        branch.value.forEach(visit)
      }
      otherwise.forEach(visit)
    case .call(_, let items), .interpolation(let items), .list(let items):
      for item in items { item.forEach(visit) }
    case .aggregate(let aggregate):
      aggregate.list.forEach(visit)
      aggregate.second?.forEach(visit)
      aggregate.parameter?.forEach(visit)
    case .pick(_, let set): set.forEach(visit)
    case .kpi(let call):
      call.condition?.forEach(visit)
      call.kpi.subjects.forEach(visit)
    case .query(let query):
      switch query.source {
      case .records(let set, _): set.forEach(visit)
      case .path(let path, _):
        path.from.forEach(visit)
        path.to.forEach(visit)
      default: break
      }
    }
  }

  /// Whether it speaks of a record in hand.
  package func mentions(_ binding: Binding) -> Bool {
    var found = false
    forEach { if case .binding(let other) = $0.node, other.id == binding.id { found = true } }
    return found
  }
}

extension CheckedSet {
  package func forEach(_ visit: (CheckedExpression) -> Void) {
    switch node {
    case .all(let at): at?.forEach(visit)
    case .ever, .variable: break
    case .referring(let record, _), .through(let record, _, _), .single(let record): record.forEach(visit)
    case .tied(let record, _, let at):
      record.forEach(visit)
      at?.forEach(visit)
    case .holding(let set, let at):
      set.forEach(visit)
      at.forEach(visit)
    case .expand(let set, _, let to):
      set.forEach(visit)
      to.forEach(visit)
    case .expandToOne(let set, _, let to), .filter(let set, _, let to):
      set.forEach(visit)
      to.forEach(visit)
    case .during(let set, let from, let upTo):
      set.forEach(visit)
      from?.forEach(visit)
      upTo?.forEach(visit)
    case .ofKind(let set): set.forEach(visit)
    case .union(let a, let b):
      a.forEach(visit)
      b.forEach(visit)
    case .repeated(let record, _, let step, _, _):
      record.forEach(visit)
      step.forEach(visit)
    }
  }

  package func mentions(_ binding: Binding) -> Bool {
    var found = false
    forEach { if case .binding(let other) = $0.node, other.id == binding.id { found = true } }
    return found
  }
}

extension CheckedList {
  package func forEach(_ visit: (CheckedExpression) -> Void) {
    switch self {
    case .map(let set, _, let body):
      set.forEach(visit)
      body.forEach(visit)
    case .records(let set), .gaps(let set), .gapStarts(let set): set.forEach(visit)
    case .matches(let sequence): sequence.forEach(visit)
    case .matched(let sequence, let value):
      sequence.forEach(visit)
      if case .expression(let expression) = value { expression.forEach(visit) }
    case .values(let values): for value in values { value.forEach(visit) }
    case .rows(let body), .elements(let body): body.forEach(visit)
    case .distinct(let list): list.forEach(visit)
    case .transform(let list, _, let body):
      list.forEach(visit)
      body.forEach(visit)
    case .anchored(let list, let starts, value: _, start: _, let body):
      list.forEach(visit)
      starts.forEach(visit)
      body.forEach(visit)
    case .perPeriod(let perPeriod):
      perPeriod.set.forEach(visit)
      perPeriod.body.forEach(visit)
      perPeriod.from?.forEach(visit)
      perPeriod.upTo?.forEach(visit)
    }
  }
}

extension CheckedSequence {
  package func forEach(_ visit: (CheckedExpression) -> Void) {
    switch first {
    case .set(let set): set.forEach(visit)
    case .record(let record): record.forEach(visit)
    }
    for step in steps {
      step.set.forEach(visit)
      step.window.length?.forEach(visit)
    }
  }
}
