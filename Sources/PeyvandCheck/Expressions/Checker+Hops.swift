import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Hops more than one: `(referrer or referred)*1..3`, `path from X to Y over refers max 6`.
extension Checker {
  // MARK: Repeated hops

  /// The records so many hops away from the record in hand, or, after a path, from each record at its end.
  mutating func repeated(_ base: Expression, _ from: Int, _ to: Int, _ range: SourceRange, in scope: Scope) -> Term {
    switch base.node {
    case .dot(let start, let name):
      return repeated(from: start, Expression(.name(name), base.range), from, to, range, in: scope)
    case .via(let inner, let field):
      if case .dot(let start, let name) = inner.node {
        let hop = Expression(.via(Expression(.name(name), inner.range), field), base.range)
        return repeated(from: start, hop, from, to, range, in: scope)
      }
    default: break
    }
    // The innermost record in hand that the hop leads on from.
    let before = complaints.count
    var first: [Diagnostic]?
    for entry in scope.entries.reversed() {
      guard case .record(let record) = entry else { continue }
      let anchor = record.anchor ?? eventTime(in: scope, range)
      let unions = catalogue.unions
      if let set = hops(base, from, to, record.expression(range), record.kind, anchor, range) { return .set(set) }
      environment.catalogue.unions = unions
      let found = complaints.takeBack(after: before)
      first = first ?? found
    }
    for diagnostic in first ?? [] { report(diagnostic) }
    if first == nil { report(CheckDiagnostics.hopsOfNothing(text(of: base.range), at: base.range)) }
    return .invalid
  }

  private mutating func repeated(
    from start: Expression, _ hop: Expression, _ from: Int, _ to: Int, _ range: SourceRange, in scope: Scope
  ) -> Term {
    let term = check(start, in: scope)
    if case .invalid = term { return .invalid }
    guard let set = asSet(term) else {
      report(CheckDiagnostics.hopsOfNothing(text(of: range), at: range))
      return .invalid
    }
    var anchor = eventTime(in: scope, range)
    switch term {
    case .one(let record, let own, _):
      return hops(hop, from, to, record, set.kind, time(of: record) ?? own ?? anchor, range).map { .set($0) }
        ?? .invalid
    case .set(_, let own, _): anchor = own ?? anchor
    default: break
    }
    let binding = fresh(set.kind)
    let record = CheckedExpression(.binding(binding), .record(set.kind), set.range)
    guard let reached = hops(hop, from, to, record, set.kind, time(of: record) ?? anchor, range) else {
      return .invalid
    }
    return .path(set, binding, .set(reached))
  }

  private mutating func hops(
    _ hop: Expression, _ from: Int, _ to: Int, _ record: CheckedExpression, _ kind: KindID,
    _ anchor: CheckedExpression?, _ range: SourceRange
  ) -> CheckedSet? {
    let binding = fresh(kind)
    var held = Scope.Record(binding: binding)
    held.anchor = anchor
    let term = check(hop, in: Scope(entries: [.record(held)]))
    if case .invalid = term { return nil }
    guard let step = asSet(term), catalogue.kind(step.kind)?.family == catalogue.kind(kind)?.family else {
      report(CheckDiagnostics.hopElsewhere(text(of: hop.range), from: kindName(kind), to: words(term), at: hop.range))
      return nil
    }
    return CheckedSet(.repeated(record, binding, step: step, from: from, to: to), kind: step.kind, range)
  }

  // MARK: Paths

  /// `path from X to Y [over H] max N`: a row with its length and its nodes.
  mutating func path(
    from: Expression, to: Expression, over: Expression?, _ longest: Double, _ range: SourceRange, in scope: Scope
  ) -> Term {
    guard let start = end(from, in: scope), let goal = end(to, in: scope) else { return .invalid }
    guard let limit = Int(exactly: longest), limit > 0 else {
      report(CheckDiagnostics.pathOfNoHops(at: range))
      return .invalid
    }
    var steps: [CheckedPath.Step] = []
    if let over {
      guard let found = self.steps(over, from: start.kind, range) else { return .invalid }
      steps = found
    } else {
      for relationship in catalogue.kinds where relationship.flavour == .relationship && relationship.general == nil {
        steps += ties(of: relationship, isEver: false, range)
      }
    }
    // What the nodes are is one kind of all, made at once: made one by one there would be as many as there are steps.
    var families: Set<KindID> = []
    let flavour = catalogue.kind(start.kind)?.flavour
    for kind in [start.kind, goal.kind] + steps.flatMap({ [$0.binding.kind, $0.set.kind] }) {
      guard catalogue.kind(kind)?.flavour == flavour else {
        report(CheckDiagnostics.pathBetween(kindName(start.kind), kindName(kind), at: range))
        return .invalid
      }
      families.formUnion(catalogue.members(of: kind).map { catalogue.kind($0)?.family ?? $0 })
    }
    guard let family = environment.catalogue.union(of: families.sorted()) else { return .invalid }
    let headers = [
      CheckedColumn.Header(id: freshColumn(), name: "length", type: .plainNumber),
      CheckedColumn.Header(id: freshColumn(), name: "nodes", type: .list(.record(family))),
    ]
    let path = CheckedPath(
      from: start.record, to: goal.record, steps: steps, kind: family, limit: limit, isSymmetric: isSymmetric(steps))
    return .query(
      CheckedQuery(
        source: .path(path, headers), stages: [], columns: headers, row: nil, asOf: nil, unit: nil, isValue: false,
        range: range))
  }

  private mutating func end(_ syntax: Expression, in scope: Scope) -> (record: CheckedExpression, kind: KindID)? {
    guard let record = one(syntax, in: scope, wanted: "as an end of a path") else { return nil }
    guard case .record(let kind) = record.type else {
      report(
        CheckDiagnostics.wrongType(
          "`path`", wanted: "a record at each end, such as `customer \"C-1\"`", found: words(record.type),
          at: syntax.range))
      return nil
    }
    return (record, kind)
  }

  /// What `over` says: a relationship, walked from either end to the other, or a hop from the record in hand.
  private mutating func steps(_ over: Expression, from kind: KindID, _ range: SourceRange) -> [CheckedPath.Step]? {
    if let (name, isEver) = plainName(over), let named = catalogue.kind(named: name.text),
      named.flavour == .relationship
    {
      return ties(of: named, isEver: isEver, over.range)
    }
    let binding = fresh(kind)
    let term = check(over, in: Scope(entries: [.record(Scope.Record(binding: binding))]))
    if case .invalid = term { return nil }
    guard let set = asSet(term), catalogue.kind(set.kind)?.family == catalogue.kind(kind)?.family else {
      report(CheckDiagnostics.hopElsewhere(text(of: over.range), from: kindName(kind), to: words(term), at: over.range))
      return nil
    }
    return [CheckedPath.Step(binding: binding, set: set)]
  }

  /// Whether steps are ties that are walked either way: where an end is declared `one`, which of several ties counts
  /// depends on the side it is seen from.
  private func isSymmetric(_ steps: [CheckedPath.Step]) -> Bool {
    steps.count > 1
      && steps.allSatisfy { step in
        guard case .tied(_, let tie, _) = step.set.node else { return false }
        return catalogue.kind(tie.relationship)?.oneEnds.isEmpty == true
      }
  }

  private func plainName(_ syntax: Expression) -> (name: Name, isEver: Bool)? {
    switch syntax.node {
    case .name(let name): (name, false)
    case .group(let inner): plainName(inner)
    case .ever(let inner): plainName(inner).map { ($0.name, true) }
    default: nil
    }
  }

  /// A relationship both ways.
  private mutating func ties(of relationship: Kind, isEver: Bool, _ range: SourceRange) -> [CheckedPath.Step] {
    guard relationship.ends.count == 2 else { return [] }
    let now = CheckedExpression(.now, .time, range)
    return [(0, 1), (1, 0)].compactMap { near, far in
      guard let from = catalogue.field(relationship.ends[near]), let to = catalogue.field(relationship.ends[far]),
        case .reference(let here) = from.type, case .reference(let there) = to.type
      else { return nil }
      let binding = fresh(here)
      let tie = Tie(
        relationship: relationship.id, from: from.id, to: to.id, isOne: relationship.oneEnds.contains(to.id))
      let record = CheckedExpression(.binding(binding), .record(here), range)
      return CheckedPath.Step(
        binding: binding, set: CheckedSet(.tied(record, tie, at: isEver ? nil : now), kind: there, range))
    }
  }
}
