import PeyvandData

/// Looking through a checked tree: every expression inside, outermost first.
///
/// One walk for all that only needs to find something (a binding, an aggregate); the depth of a tree is
/// bounded by the parser's limit, so it needs no guard. `walk` goes into an expression where the visitor says so;
/// `forEach` goes into all, whole questions among them.
extension CheckedExpression {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    guard visit(self) else { return }
    switch node {
    case .constant, .variable, .now, .today, .binding, .column: break
    case .field(let a, _), .key(let a), .kindName(let a), .negate(let a), .not(let a), .isMissing(let a),
      .isOpen(let a), .isKind(let a, _), .period(_, let a), .weekday(let a), .hour(let a), .when(_, let a),
      .record(_, let a):
      a.walk(visit)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .asOf(let a, let b), .holder(let a, _, let b):
      a.walk(visit)
      b.walk(visit)
    case .inRange(let a, _, let from, let upTo):
      a.walk(visit)
      from?.walk(visit)
      upTo?.walk(visit)
    case .oneOf(let a, _, let list):
      a.walk(visit)
      for item in list { item.walk(visit) }
    case .among(let a, _, let list):
      a.walk(visit)
      list.walk(visit)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        branch.condition.walk(visit)
        branch.value.walk(visit)
      }
      otherwise.walk(visit)
    case .call(_, let items), .interpolation(let items), .list(let items):
      for item in items { item.walk(visit) }
    case .aggregate(let aggregate):
      aggregate.list.walk(visit)
      aggregate.second?.walk(visit)
      aggregate.third?.walk(visit)
      aggregate.parameter?.walk(visit)
    case .pick(_, let set): set.walk(visit)
    case .kpi(let call): call.walk(visit)
    case .query(let query): query.walk(visit)
    }
  }

  package func forEach(_ visit: (CheckedExpression) -> Void) {
    walk {
      visit($0)
      return true
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
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch node {
    case .all(let at): at?.walk(visit)
    case .ever, .variable: break
    case .referring(let record, _), .through(let record, _, _), .single(let record): record.walk(visit)
    case .tied(let record, _, let at):
      record.walk(visit)
      at?.walk(visit)
    case .holding(let set, let at):
      set.walk(visit)
      at.walk(visit)
    case .expand(let set, _, let to):
      set.walk(visit)
      to.walk(visit)
    case .expandToOne(let set, _, let to), .filter(let set, _, let to), .whileHeld(let set, _, let to):
      set.walk(visit)
      to.walk(visit)
    case .during(let set, let from, let upTo):
      set.walk(visit)
      from?.walk(visit)
      upTo?.walk(visit)
    case .ofKind(let set): set.walk(visit)
    case .union(let a, let b):
      a.walk(visit)
      b.walk(visit)
    case .repeated(let record, _, let step, _, _):
      record.walk(visit)
      step.walk(visit)
    }
  }

  package func forEach(_ visit: (CheckedExpression) -> Void) {
    walk {
      visit($0)
      return true
    }
  }

  package func mentions(_ binding: Binding) -> Bool {
    var found = false
    forEach { if case .binding(let other) = $0.node, other.id == binding.id { found = true } }
    return found
  }
}

extension CheckedList {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch self {
    case .map(let set, _, let body):
      set.walk(visit)
      body.walk(visit)
    case .records(let set), .gaps(let set), .gapStarts(let set): set.walk(visit)
    case .matches(let sequence): sequence.walk(visit)
    case .matched(let sequence, let value):
      sequence.walk(visit)
      if case .expression(let expression) = value { expression.walk(visit) }
    case .values(let values): for value in values { value.walk(visit) }
    case .rows(let body), .elements(let body): body.walk(visit)
    case .distinct(let list): list.walk(visit)
    case .transform(let list, _, let body):
      list.walk(visit)
      body.walk(visit)
    case .anchored(let list, let starts, value: _, start: _, let body):
      list.walk(visit)
      starts.walk(visit)
      body.walk(visit)
    case .perPeriod(let perPeriod):
      perPeriod.set.walk(visit)
      perPeriod.body.walk(visit)
      perPeriod.from?.walk(visit)
      perPeriod.upTo?.walk(visit)
    }
  }

  package func forEach(_ visit: (CheckedExpression) -> Void) {
    walk {
      visit($0)
      return true
    }
  }
}

extension CheckedSequence {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch first {
    case .set(let set): set.walk(visit)
    case .record(let record): record.walk(visit)
    }
    for step in steps {
      step.set.walk(visit)
      step.window.length?.walk(visit)
    }
  }
}

extension CheckedQuery {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch source {
    case .records(let set, _): set.walk(visit)
    case .value(let column): column.expression.walk(visit)
    case .list(let list, _): list.walk(visit)
    case .table: break
    case .kpi(let call, _): call.walk(visit)
    case .path(let path, _):
      path.from.walk(visit)
      path.to.walk(visit)
      for step in path.steps { step.set.walk(visit) }
    }
    for stage in stages { stage.walk(visit) }
    asOf?.walk(visit)
  }
}

extension CheckedStage {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch self {
    case .filter(let value), .take(let value), .skip(let value): value.walk(visit)
    case .with(let columns), .select(let columns): for column in columns { column.expression.walk(visit) }
    case .measure(let measure):
      for column in measure.columns + measure.keys { column.expression.walk(visit) }
      measure.across?.expression.walk(visit)
    case .sort(let keys): for key in keys { key.expression.walk(visit) }
    case .rank(let ranks): for rank in ranks { rank.column.expression.walk(visit) }
    case .each(let set, _): set.walk(visit)
    case .why(let why): for expression in why.expressions { expression.walk(visit) }
    case .distinct, .who: break
    case .derive(let derivation):
      for column in derivation.inputs { column.expression.walk(visit) }
      for parameter in derivation.parameters { parameter.walk(visit) }
    }
  }
}

extension CheckedKPICall {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    kpi.subjects.walk(visit)
    kpi.dated?.walk(visit)
    kpi.measure.walk(visit)
    for bound in [kpi.target, kpi.warn].compactMap({ $0 }) {
      bound.low.walk(visit)
      bound.high?.walk(visit)
    }
    for part in kpi.decision {
      switch part {
      case .text: break
      case .value(let value): value.walk(visit)
      case .worst(let column), .best(let column): column.expression.walk(visit)
      }
    }
    for key in keys { key.expression.walk(visit) }
    condition?.walk(visit)
    asOf?.walk(visit)
    form.walk(visit)
  }
}
