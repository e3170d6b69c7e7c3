import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Checker {
  /// What an expression is in a scope; `.invalid` where an error has been reported.
  mutating func check(_ syntax: Expression, in scope: Scope) -> Term {
    guard grow(1) else { return .invalid }
    guard depth < limits.treeDepth else {
      tooLarge()
      return .invalid
    }
    depth += 1
    defer { depth -= 1 }
    return read(syntax, in: scope)
  }

  private mutating func read(_ syntax: Expression, in scope: Scope) -> Term {
    let range = syntax.range
    switch syntax.node {
    case .invalid: return .invalid
    case .group(let inner): return check(inner, in: scope)
    case .number(let value, let isPercent):
      return .one(constant(.number(value), .number(isPercent ? .share : .plain), range))
    case .quantity(let amount, let unit):
      return quantity(amount, unit, range).map { .one($0) } ?? .invalid
    case .date(let literal): return .one(date(literal, range))
    case .period(let literal): return period(literal, range)
    case .clock(let second): return .one(constant(.clock(second), .clock, range))
    case .text(let literal): return text(literal, in: scope)
    case .list(let items): return list(items, range, in: scope)
    case .name(let name): return self.name(name, in: scope)
    case .record(let kind, let key): return record(kind, key, range, in: scope)
    case .call(let name, let arguments): return call(name, arguments, range, in: scope)
    case .dot(let base, let name):
      return dot(check(base, in: scope), name, whole: range, scope: scope)
    case .via(let base, let field): return via(base, field, range, in: scope)
    case .repeated(let base, let from, let to): return repeated(base, from, to, range, in: scope)
    case .all(let name): return all(name)
    case .ever(let inner): return ever(inner, in: scope)
    case .relativePeriod(let which, let unit): return relativePeriod(which, unit)
    case .lastQuantity(let amount, let unit): return lastQuantity(amount, unit, range)
    case .path(let from, let to, let over, let longest):
      return path(from: from, to: to, over: over, longest, range, in: scope)
    case .negated(let inner):
      return spread([(check(inner, in: scope), inner.range)], range) { checker, operands in
        checker.negate(operands[0], range)
      }
    case .not(let inner):
      guard let operand = condition(inner, in: scope) else { return .invalid }
      return .one(CheckedExpression(.not(operand), .yesno, range))
    case .and(let a, let b):
      // Both sides are looked at even where one is wrong, so that both errors show.
      let left = spreadCondition(a, in: scope)
      let right = spreadCondition(b, in: scope)
      return spread([(left, a.range), (right, b.range)], range) { _, operands in
        CheckedExpression(.and(operands[0], operands[1]), .yesno, range)
      }
    case .or(let a, let b): return or(a, b, range, in: scope)
    case .arithmetic(let op, let a, let b):
      let left = check(a, in: scope)
      let right = check(b, in: scope)
      let offer = "\(lastName(a)) \(op.rawValue) \(lastName(b)) of \(pathStart(a))"
      return spread([(left, a.range), (right, b.range)], range, offer: offer) { checker, operands in
        checker.arithmetic(op, operands[0], operands[1], range)
      }
    case .otherwise(let a, let b):
      return spread([(check(a, in: scope), a.range), (check(b, in: scope), b.range)], range) { checker, operands in
        checker.otherwise(operands[0], operands[1], range)
      }
    case .comparison(let op, let a, let b):
      let left = check(a, in: scope)
      let outer = besideText
      besideText = isText(left) ? [b.range] : []
      let right = check(b, in: scope)
      besideText = outer
      return spread([(left, a.range), (right, b.range)], range) { checker, operands in
        checker.comparison(op, operands[0], operands[1], range)
      }
    case .between(let value, let low, let high):
      let terms = [
        (check(value, in: scope), value.range), (check(low, in: scope), low.range),
        (check(high, in: scope), high.range),
      ]
      return spread(terms, range) { checker, operands in
        guard checker.isUsedAgain(operands[0]),
          let above = checker.comparison(.greaterOrEqual, operands[0], operands[1], range),
          let below = checker.comparison(.lessOrEqual, operands[0], operands[2], range)
        else { return nil }
        return CheckedExpression(.and(above, below), .yesno, range)
      }
    case .membership(let value, let list, let end, let isNegated):
      return negatedIf(isNegated, membership(value, list, end, range, in: scope), range)
    case .isTest(let value, let test, let isNegated):
      return negatedIf(isNegated, isTest(value, test, range, in: scope), range)
    case .filter(let base, let filter): return self.filter(base, filter, range, in: scope)
    case .sequence(let sequence): return self.sequence(sequence, range, in: scope)
    case .of(let body, let per, let set): return of(body, per, set, range, in: scope)
    case .named(let inner, _): return check(inner, in: scope)
    case .query(let query):
      guard let checked = self.query(query, in: scope) else { return .invalid }
      if case .kpi(let call, _) = checked.source, checked.stages.isEmpty, call.isCard { return .kpi(call) }
      return .query(checked)
    }
  }

  private mutating func spreadCondition(_ syntax: Expression, in scope: Scope) -> Term {
    let term = check(syntax, in: scope)
    if case .list(_, .yesno) = term { return term }
    if case .path(_, _, .one(let expression, _, _)) = term, expression.type == .yesno { return term }
    return asCondition(term, syntax.range).map { .one($0) } ?? .invalid
  }

  private mutating func or(_ a: Expression, _ b: Expression, _ range: SourceRange, in scope: Scope) -> Term {
    let left = check(a, in: scope)
    let right = check(b, in: scope)
    if let one = asSet(left), let other = asSet(right) {
      // Two sets: the set of both, in time order.
      guard let general = sharedKind(one.kind, other.kind) ?? environment.catalogue.union(of: one.kind, other.kind)
      else {
        report(
          CheckDiagnostics.unionOfTwoFlavours(
            kindName(one.kind), catalogue.kind(one.kind)?.flavour.rawValue ?? "", kindName(other.kind),
            catalogue.kind(other.kind)?.flavour.rawValue ?? "", at: range))
        return .invalid
      }
      return .set(CheckedSet(.union(one, other), kind: general, range))
    }
    let terms = [(left, a.range), (right, b.range)].map { term, place -> (Term, SourceRange) in
      if case .list(_, .yesno) = term { return (term, place) }
      if case .path(_, _, .one(let expression, _, _)) = term, expression.type == .yesno { return (term, place) }
      return (asCondition(term, place).map { .one($0) } ?? .invalid, place)
    }
    return spread(terms, range) { _, operands in
      CheckedExpression(.or(operands[0], operands[1]), .yesno, range)
    }
  }

  /// The most special kind that both are.
  func sharedKind(_ a: KindID, _ b: KindID) -> KindID? { catalogue.sharedKind(a, b) }

  private mutating func negatedIf(_ isNegated: Bool, _ term: Term, _ range: SourceRange) -> Term {
    guard isNegated else { return term }
    return spread([(term, range)], range) { _, operands in CheckedExpression(.not(operands[0]), .yesno, range) }
  }

  // MARK: Texts, lists, records

  mutating func text(_ literal: TextLiteral, in scope: Scope) -> Term {
    if let plain = literal.plain { return .one(constant(.text(plain), .text, literal.range)) }
    var parts: [CheckedExpression] = []
    for part in literal.parts {
      switch part {
      case .literal(let piece): parts.append(constant(.text(piece), .text, literal.range))
      case .expression(let query):
        guard let term = value(of: query, in: scope), let value = asOne(term, query.range, wanted: "in a text") else {
          return .invalid
        }
        parts.append(value)
      }
    }
    return .one(CheckedExpression(.interpolation(parts), .text, literal.range))
  }

  /// A query that stands where an expression may.
  mutating func value(of query: Query, in scope: Scope) -> Term? {
    if query.stages.isEmpty, query.modifiers.isEmpty, let source = query.source {
      let term = check(source, in: scope)
      if case .invalid = term { return nil }
      return term
    }
    guard let checked = self.query(query, in: scope) else { return nil }
    if case .kpi(let call, _) = checked.source, checked.stages.isEmpty, call.isCard { return .kpi(call) }
    return .query(checked)
  }

  private mutating func list(_ items: [Expression], _ range: SourceRange, in scope: Scope) -> Term {
    var values: [CheckedExpression] = []
    var isWrong = false
    for item in items {
      guard let value = one(item, in: scope, wanted: "in a list") else {
        isWrong = true
        continue
      }
      values.append(value)
    }
    if isWrong { return .invalid }
    guard var type = values.first(where: { $0.type != .missing })?.type else {
      return .list(.values(values), values.first?.type ?? .missing)
    }
    for value in values where value.type != type && value.type != .missing {
      switch (type, value.type) {
      case (.number(let unit), .number(let other)): if unit.name == nil { type = .number(other) }
      case (.duration(let part), .duration(let other)): if part != other { type = .duration(.mixed) }
      // A year, a month and a day may stand in one list: each is compared as what it is.
      case _ where isLikeTime(type, values[0]) && isLikeTime(value.type, value):
        if case .number = type { type = value.type }
      default:
        report(
          CheckDiagnostics.wrongType(
            "this list", wanted: words(type) + " in every place", found: words(value.type), at: value.range))
        return .invalid
      }
    }
    return .list(.values(values), type)
  }

  private func isLikeTime(_ type: ValueType, _ value: CheckedExpression) -> Bool {
    isWhen(type) || asYear(value) != nil
  }

  private mutating func record(_ name: Name, _ key: TextLiteral, _ range: SourceRange, in scope: Scope) -> Term {
    guard let kind = catalogue.kind(named: name.text) else {
      unknownKind(name)
      return .invalid
    }
    guard case .one(let expression, _, _) = text(key, in: scope) else { return .invalid }
    let record = CheckedExpression(.record(kind.id, key: expression), .record(kind.id), range)
    return .one(record, anchor: time(of: record))
  }

  mutating func unknownKind(_ name: Name) {
    report(
      CheckDiagnostics.unknownKind(
        name.text, nearest(name.text, among: catalogue.kinds.map(\.name), limit: 4), at: name.range))
  }

  private mutating func all(_ name: Name) -> Term {
    guard let kind = catalogue.kind(named: name.text) else {
      if let definition = environment.definition(named: name.text) {
        return read(definition, arguments: [], at: name.range, in: Scope())
      }
      unknownKind(name)
      return .invalid
    }
    return .set(CheckedSet(.all(at: nil), kind: kind.id, name.range))
  }

  /// `ever contract`, `ever installs.contractor`: without regard to when ties held.
  private mutating func ever(_ inner: Expression, in scope: Scope) -> Term {
    let term = check(inner, in: scope)
    guard let lifted = lift(term) else {
      if case .invalid = term { return .invalid }
      report(
        CheckDiagnostics.wrongType(
          "`ever`", wanted: "relationships or what they lead to", found: words(term), at: inner.range))
      return .invalid
    }
    return lifted
  }

  mutating func lift(_ term: Term) -> Term? {
    switch term {
    case .set(let set, let anchor, _):
      switch set.node {
      case .whileHeld(let events, _, _): return .set(unheld(events), anchor: anchor)
      case .all where catalogue.kind(set.kind)?.flavour == .relationship:
        return .set(CheckedSet(.ever, kind: set.kind, set.range), anchor: anchor)
      case .holding(let inner, at: _): return .set(inner, anchor: anchor)
      case .tied(let record, let tie, at: _):
        return .set(CheckedSet(.tied(record, tie, at: nil), kind: set.kind, set.range), anchor: anchor)
      case .through(let record, let tie, let field):
        // To the events of whoever was ever tied, whenever they took place.
        let far = catalogue.field(tie.to)?.type
        guard case .reference(let kind)? = far else { return nil }
        let binding = fresh(kind)
        let tied = CheckedSet(.tied(record, tie, at: nil), kind: kind, set.range)
        let events = CheckedSet(
          .referring(CheckedExpression(.binding(binding), .record(kind), set.range), field), kind: set.kind, set.range)
        return .set(CheckedSet(.expand(tied, binding, to: events), kind: set.kind, set.range), anchor: anchor)
      case .during(let inner, let from, let upTo):
        guard case .set(let lifted, _, _)? = lift(.set(inner, anchor: anchor)) else { return nil }
        return .set(CheckedSet(.during(lifted, from: from, upTo: upTo), kind: set.kind, set.range), anchor: anchor)
      case .filter(let inner, let binding, let condition):
        guard case .set(let lifted, _, _)? = lift(.set(inner, anchor: anchor)) else { return nil }
        return .set(CheckedSet(.filter(lifted, binding, condition), kind: set.kind, set.range), anchor: anchor)
      case .ofKind(let inner):
        guard case .set(let lifted, _, _)? = lift(.set(inner, anchor: anchor)) else { return nil }
        return .set(CheckedSet(.ofKind(lifted), kind: set.kind, set.range), anchor: anchor)
      case .expand(let root, let binding, let inner):
        guard case .path(let all, _, .set(let lifted, _, _))? = lift(.path(root, binding, .set(inner))) else {
          return nil
        }
        return .set(CheckedSet(.expand(all, binding, to: lifted), kind: set.kind, set.range), anchor: anchor)
      case .expandToOne(let root, let binding, let to):
        guard case .set(let all, _, _)? = lift(.set(root)) else { return nil }
        return .set(CheckedSet(.expandToOne(all, binding, to), kind: set.kind, set.range), anchor: anchor)
      case .union(let a, let b):
        guard case .set(let one, _, _)? = lift(.set(a, anchor: anchor)),
          case .set(let other, _, _)? = lift(.set(b, anchor: anchor))
        else { return nil }
        return .set(CheckedSet(.union(one, other), kind: set.kind, set.range), anchor: anchor)
      default: return nil
      }
    case .one(let expression, let anchor, _):
      guard case .holder(let record, let tie, _) = expression.node, case .record(let kind) = expression.type else {
        return nil
      }
      return .set(CheckedSet(.tied(record, tie, at: nil), kind: kind, expression.range), anchor: anchor)
    case .path(let root, let binding, let tail):
      if let tail = lift(tail) { return .path(root, binding, tail) }
      guard case .set(let set, _, _)? = lift(.set(root)) else { return nil }
      return .path(set, binding, tail)
    default: return nil
    }
  }

  private mutating func via(_ base: Expression, _ field: Name, _ range: SourceRange, in scope: Scope) -> Term {
    switch base.node {
    case .name(let name): return via(.invalid, name, field: field, base: nil, scope: scope)
    case .dot(let before, let name):
      return via(.invalid, name, field: field, base: check(before, in: scope), scope: scope)
    case .group(let inner): return via(inner, field, range, in: scope)
    default:
      report(CheckDiagnostics.unknownName(field.text, nil, [], at: field.range))
      return .invalid
    }
  }

  // MARK: Words for offers

  private func lastName(_ syntax: Expression) -> String {
    if case .dot(_, let name) = syntax.node { return name.text }
    return text(of: syntax.range)
  }

  private func pathStart(_ syntax: Expression) -> String {
    if case .dot(let base, _) = syntax.node { return text(of: base.range) }
    return "SET"
  }
}
