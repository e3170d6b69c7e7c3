import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Filters follow a set and narrow it; after a time the same words are a test; after one record they give it
/// or nothing.
extension Checker {
  mutating func filter(_ base: Expression, _ filter: FilterSyntax, _ range: SourceRange, in scope: Scope) -> Term {
    let outside = isGroup
    isGroup = false
    let term = check(base, in: scope)
    isGroup = outside
    if case .invalid = term {
      return .invalid
    }
    switch term {
    case .one(let expression, let anchor, _):
      if case .record = expression.type { return narrowOne(expression, anchor, filter, range, in: scope) }
      return timeTest(expression, filter, range, in: scope)
    case .set(let set, let anchor, _):
      guard let narrowed = narrow(set, filter, in: scope) else { return .invalid }
      return .set(narrowed, anchor: anchor)
    case .sequence:
      report(
        CheckDiagnostics.notATest(text(of: base.range), at: range, offer: "… where (\(text(of: base.range)))"))
      return .invalid
    default:
      if let set = asSet(term) {
        guard let narrowed = narrow(set, filter, in: scope) else { return .invalid }
        return .set(narrowed)
      }
      if case .condition = filter.node {
        report(CheckDiagnostics.notATest(text(of: base.range), at: range, offer: nil))
        return .invalid
      }
      // A test spreads over many times.
      return inside(term, base.range) { checker, element in
        guard case .one(let test, _, _) = checker.timeTest(element, filter, range, in: scope) else { return nil }
        return test
      }
    }
  }

  /// The element of a set in hand, for its conditions and bodies.
  func scope(_ scope: Scope, with binding: Binding, of set: CheckedSet) -> Scope {
    scope.adding(.record(Scope.Record(binding: binding, back: back(of: set))))
  }

  /// The record in hand outside and the reference by which the set was reached from it.
  private func back(of set: CheckedSet) -> (record: CheckedExpression.Node, field: FieldID)? {
    switch set.node {
    case .referring(let record, let field): return (record.node, field)
    case .filter(let inner, _, _), .whileHeld(let inner, _, _), .during(let inner, _, _), .ofKind(let inner),
      .holding(let inner, _):
      return back(of: inner)
    case .union(let a, let b):
      // Both were reached from one record by references of one name.
      guard let one = back(of: a), let other = back(of: b), one.record == other.record,
        let name = catalogue.field(one.field)?.name, let same = catalogue.field(other.field)?.name,
        nameKey(name) == nameKey(same), let field = catalogue.field(named: name, of: set.kind)
      else { return nil }
      return (one.record, field.id)
    default: return nil
    }
  }

  mutating func narrow(_ set: CheckedSet, _ filter: FilterSyntax, in scope: Scope) -> CheckedSet? {
    if case .condition(let syntax) = filter.node {
      let binding = fresh(set.kind)
      guard let condition = condition(syntax, in: self.scope(scope, with: binding, of: set)) else { return nil }
      return CheckedSet(.filter(set, binding, condition), kind: set.kind, set.range.union(filter.range))
    }
    guard let field = catalogue.timeField(of: set.kind) else {
      report(CheckDiagnostics.filterNeedsTime(word(of: filter), kindName(set.kind), at: filter.range))
      return nil
    }
    guard let bounds = bounds(filter, byDay: field.type == .date, in: scope) else { return nil }
    return during(set, bounds, set.range.union(filter.range))
  }

  /// Time first: what is in its order is cut before conditions are asked of each.
  private func during(_ set: CheckedSet, _ bounds: Bounds, _ range: SourceRange) -> CheckedSet {
    switch set.node {
    case .filter(let inner, let binding, let condition):
      return CheckedSet(.filter(during(inner, bounds, range), binding, condition), kind: set.kind, range)
    case .whileHeld(let inner, let binding, let condition):
      return CheckedSet(.whileHeld(during(inner, bounds, range), binding, condition), kind: set.kind, range)
    default: return CheckedSet(.during(set, from: bounds.from, upTo: bounds.upTo), kind: set.kind, range)
    }
  }

  /// A filter on one record gives it, or missing.
  private mutating func narrowOne(
    _ record: CheckedExpression, _ anchor: CheckedExpression?, _ filter: FilterSyntax, _ range: SourceRange,
    in scope: Scope
  ) -> Term {
    guard case .record(let kind) = record.type else { return .invalid }
    if case .condition(let syntax) = filter.node {
      let binding = fresh(kind)
      let set = CheckedSet(.single(record), kind: kind, record.range)
      guard let condition = condition(syntax, in: self.scope(scope, with: binding, of: set)) else { return .invalid }
      let narrowed = CheckedSet(.filter(set, binding, condition), kind: kind, range)
      return .one(CheckedExpression(.pick(.first, narrowed), .record(kind), range), anchor: anchor)
    }
    if let field = catalogue.timeField(of: kind) {
      guard let bounds = bounds(filter, byDay: field.type == .date, in: scope) else { return .invalid }
      let set = CheckedSet(.single(record), kind: kind, record.range)
      let narrowed = CheckedSet(.during(set, from: bounds.from, upTo: bounds.upTo), kind: kind, range)
      return .one(CheckedExpression(.pick(.first, narrowed), .record(kind), range), anchor: anchor)
    }
    report(CheckDiagnostics.filterNeedsTime(word(of: filter), kindName(kind), at: filter.range))
    return .invalid
  }

  /// `end within 90 days from now`, `joined during 2024`
  mutating func timeTest(_ value: CheckedExpression, _ filter: FilterSyntax, _ range: SourceRange, in scope: Scope)
    -> Term
  {
    guard isWhen(value.type), value.type != .list(.date) else {
      let offer: String? =
        if case .condition(let syntax) = filter.node, case .filter(let inner, let time) = syntax.node {
          // `contact where logged since 2024`: the filters stand in the other order.
          "\(text(of: value.range)) and \(text(of: inner.range)) \(text(of: time.range))"
        } else {
          timeFilterOffer(value, filter, in: scope)
        }
      report(CheckDiagnostics.notATest(words(value.type), at: range, offer: offer))
      return .invalid
    }
    if case .condition = filter.node {
      report(CheckDiagnostics.notATest(words(value.type), at: range, offer: nil))
      return .invalid
    }
    let byDay = value.type != .time
    guard let bounds = bounds(filter, byDay: byDay, in: scope) else { return .invalid }
    let subject = byDay ? firstDay(value) : value
    return .one(
      CheckedExpression(
        .inRange(subject, byDay ? .date : .time, from: bounds.from, upTo: bounds.upTo), .yesno, range))
  }

  /// `contact where logged since 2024-01-01` offers `contact since 2024-01-01 where logged`.
  private func timeFilterOffer(_ value: CheckedExpression, _ filter: FilterSyntax, in scope: Scope) -> String? {
    guard value.type == .yesno, let record = scope.record, catalogue.timeField(of: record.kind) != nil else {
      return nil
    }
    return "\(kindName(record.kind)) \(text(of: filter.range)) where \(text(of: value.range))"
  }

  private func word(of filter: FilterSyntax) -> String {
    switch filter.node {
    case .condition: "where"
    case .after: "after"
    case .before: "before"
    case .since: "since"
    case .until: "until"
    case .during: "during"
    case .within: "within"
    }
  }
}
