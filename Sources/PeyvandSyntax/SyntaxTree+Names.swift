/// Every name that stands in a piece of syntax, whatever it may turn out to mean.
///
/// For what only has to know which names are spoken of at all, without a scope and without reading anything out: the
/// cost is the size of the text. The names of fields after a point are among them, and those of steps and columns that
/// are used; names that are only given (`as n`) are not.
extension Query {
  package func forEachName(_ visit: (Name) -> Void) {
    source?.forEachName(visit)
    for modifier in modifiers {
      switch modifier.node {
      case .asOf(let value), .versus(let value), .filter(let value): value.forEachName(visit)
      case .by(let keys): for key in keys { key.forEachName(visit) }
      case .named, .over, .throughStages: break
      }
    }
    for stage in stages { stage.forEachName(visit) }
  }
}

extension Stage {
  func forEachName(_ visit: (Name) -> Void) {
    func all(_ expressions: [Expression]) { for expression in expressions { expression.forEachName(visit) } }
    switch node {
    case .filter(let value), .take(let value), .skip(let value), .each(let value, _): value.forEachName(visit)
    case .select(let columns), .with(let columns): all(columns.map(\.expression))
    case .measure(let columns, let keys, let across, _):
      all(columns.map(\.expression) + keys.map(\.expression))
      across?.forEachName(visit)
    case .sort(let keys): all(keys.map(\.expression))
    case .funnel(let steps, _, let keys):
      all(steps.map(\.step) + steps.compactMap(\.window?.length) + keys)
    case .retention(let set, let from, _, _, let periods):
      all([set, from])
      periods?.forEachName(visit)
    case .flow(let set, let key):
      set.forEachName(visit)
      key?.forEachName(visit)
    case .why(let why): all([why.subject] + [why.from, why.to].compactMap { $0 } + why.among + why.by)
    case .distinct, .who, .chart, .invalid: break
    }
  }
}

extension KPISyntax {
  package func forEachName(_ visit: (Name) -> Void) {
    for parameter in parameters { parameter.defaultValue?.forEachName(visit) }
    for clause in clauses {
      switch clause.node {
      case .subject(let query): query.forEachName(visit)
      case .dated(let value), .measure(let value): value.forEachName(visit)
      case .target(let bound), .warn(let bound):
        switch bound {
        case .atLeast(let value), .atMost(let value), .below(let value), .above(let value): value.forEachName(visit)
        case .between(let low, let high):
          low.forEachName(visit)
          high.forEachName(visit)
        }
      case .stages(let stages): for stage in stages { stage.forEachName(visit) }
      case .documentation(let text), .owner(let text), .decide(let text): text.forEachName(visit)
      case .needs, .invalid: break
      }
    }
  }
}

extension DefineSyntax {
  package func forEachName(_ visit: (Name) -> Void) {
    for parameter in parameters { parameter.defaultValue?.forEachName(visit) }
    body.forEachName(visit)
  }
}

extension TextLiteral {
  func forEachName(_ visit: (Name) -> Void) {
    for case .expression(let query) in parts { query.forEachName(visit) }
  }
}

extension Expression {
  package func forEachName(_ visit: (Name) -> Void) {
    switch node {
    case .number, .quantity, .date, .period, .clock, .relativePeriod, .lastQuantity, .invalid: break
    case .name(let name), .all(let name): visit(name)
    case .text(let literal): literal.forEachName(visit)
    case .list(let items): for item in items { item.forEachName(visit) }
    case .record(let kind, let key):
      visit(kind)
      key.forEachName(visit)
    case .call(let name, let arguments):
      visit(name)
      for argument in arguments { argument.value.forEachName(visit) }
    case .dot(let base, let name), .via(let base, let name):
      base.forEachName(visit)
      visit(name)
    case .repeated(let inner, _, _), .ever(let inner), .negated(let inner), .not(let inner), .named(let inner, _),
      .group(let inner):
      inner.forEachName(visit)
    case .path(let from, let to, let over, _):
      from.forEachName(visit)
      to.forEachName(visit)
      over?.forEachName(visit)
    case .arithmetic(_, let a, let b), .otherwise(let a, let b), .and(let a, let b), .or(let a, let b),
      .comparison(_, let a, let b):
      a.forEachName(visit)
      b.forEachName(visit)
    case .membership(let value, let list, let end, _):
      value.forEachName(visit)
      list.forEachName(visit)
      end?.forEachName(visit)
    case .between(let value, let low, let high):
      value.forEachName(visit)
      low.forEachName(visit)
      high.forEachName(visit)
    case .isTest(let value, let test, _):
      value.forEachName(visit)
      if case .kind(let name) = test { visit(name) }
    case .filter(let base, let filter):
      base.forEachName(visit)
      switch filter.node {
      case .condition(let value), .after(let value), .before(let value), .since(let value), .until(let value):
        value.forEachName(visit)
      case .during(let value, let end):
        value.forEachName(visit)
        end?.forEachName(visit)
      case .within(let length, _, let value):
        length.forEachName(visit)
        value.forEachName(visit)
      }
    case .sequence(let sequence):
      sequence.first.forEachName(visit)
      for step in sequence.steps {
        step.set.forEachName(visit)
        step.window.length?.forEachName(visit)
      }
    case .of(let body, _, let set):
      body.forEachName(visit)
      set?.forEachName(visit)
    case .query(let query): query.forEachName(visit)
    }
  }
}
