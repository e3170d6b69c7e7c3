import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// From a term, whose shape is still open, to the shape its place wants.
extension Checker {
  // MARK: Sets

  /// The term as a set of records; nothing where it is not one.
  func asSet(_ term: Term) -> CheckedSet? {
    switch term {
    case .set(let set, _, _): return set
    case .one(let expression, _, _):
      guard case .record(let kind) = expression.type else { return nil }
      return CheckedSet(.single(expression), kind: kind, expression.range)
    case .path(let root, let binding, let tail):
      switch tail {
      case .one(let expression, _, _):
        guard case .record(let kind) = expression.type else { return nil }
        return CheckedSet(.expandToOne(root, binding, expression), kind: kind, expression.range)
      default:
        guard let inner = asSet(tail) else { return nil }
        return CheckedSet(.expand(root, binding, to: inner), kind: inner.kind, inner.range)
      }
    case .query(let query):
      // A table that is still its records, only narrowed, is that set.
      guard case .records(var set, let binding) = query.source, query.asOf == nil else { return nil }
      for stage in query.stages {
        guard case .filter(let condition) = stage else { return nil }
        set = CheckedSet(.filter(set, binding, condition), kind: set.kind, set.range)
      }
      return set
    default: return nil
    }
  }

  /// Whether the term leads to records, one or many.
  func isRecords(_ term: Term) -> Bool { asSet(term) != nil }

  /// Whether the term is many of something.
  func isMany(_ term: Term) -> Bool {
    switch term {
    case .set, .path, .list, .sequence: true
    case .query(let query): !query.isOneCell
    default: false
    }
  }

  // MARK: Lists

  /// The term as many values: records' values, records, matches. One value is none of these.
  func asList(_ term: Term) -> (list: CheckedList, type: ValueType)? {
    switch term {
    case .list(let list, let type): return (list, type)
    case .sequence(let sequence): return (.matches(sequence), .yesno)
    case .set(let set, _, _): return (.records(set), .record(set.kind))
    case .query:
      guard let set = asSet(term) else { return nil }
      return (.records(set), .record(set.kind))
    case .path(let root, let binding, let tail):
      if let set = asSet(term) { return (.records(set), .record(set.kind)) }
      switch tail {
      case .one(let expression, _, _): return (.map(root, binding, expression), expression.type)
      case .path, .list(.map, _):
        guard case .map(let inner, let element, let body)? = asList(tail)?.list else { return nil }
        // The body may speak of the record before only where nothing has to be each once.
        guard !body.mentions(binding) else { return nil }
        let set = CheckedSet(.expand(root, binding, to: inner), kind: inner.kind, inner.range)
        return (.map(set, element, body), body.type)
      default: return nil
      }
    default: return nil
    }
  }

  // MARK: One value

  /// The term as one value; reports what to write where it may be several.
  mutating func asOne(_ term: Term, _ range: SourceRange, wanted: String) -> CheckedExpression? {
    switch term {
    case .invalid: return nil
    case .one(let expression, _, _): return expression
    case .sequence(let sequence):
      return CheckedExpression(
        .aggregate(Aggregate(.any, .matches(sequence), scope: .row)), .yesno, range)
    case .kpi(let call): return CheckedExpression(.kpi(call), call.kpi.measure.type, range)
    // A list kept whole: `list(…)`, a column of lists, `E per month of SET`.
    case .list(.elements(let list), _): return list
    case .list(let list, let type):
      guard case .perPeriod = list else { return several(term, range, wanted) }
      return CheckedExpression(.aggregate(Aggregate(.list, list, scope: .row)), .list(type), range)
    case .query(let query):
      if query.isValue, let header = query.columns.first {
        return CheckedExpression(.query(query), header.type, range)
      }
      if query.isOneCell, let header = query.columns.first,
        case .one(let value, _, _)? = valueOfTable(query, column: header, range)
      {
        return value
      }
      return several(term, range, wanted)
    default: return several(term, range, wanted)
    }
  }

  /// Says what to write in the place of several values.
  private mutating func several(_ term: Term, _ range: SourceRange, _ wanted: String) -> CheckedExpression? {
    let written = text(of: range)
    var offers: [String] = []
    if let (_, type) = asList(term) {
      switch type {
      case .yesno: offers = ["any(\(written))", "every(\(written))"]
      case .record: offers = ["first(\(written))", "count(\(written))", "any(\(written))"]
      case .number, .duration: offers = ["any(\(written) = …)", "first(\(written))", "mean(\(written))"]
      default: offers = ["any(\(written) = …)", "first(\(written))", "mode(\(written))"]
      }
    } else if case .path = term {
      report(CheckDiagnostics.listOfLists(written, at: range))
      return nil
    }
    report(CheckDiagnostics.severalValues(written, of: nil, wanted: wanted, at: range, offers: offers))
    return nil
  }

  /// In `measure`: a value of the group.
  ///
  /// The next aggregate runs over the group. Outside every aggregate a value of the row is none of the group's,
  /// except for the keys.
  mutating func groupValue(_ syntax: Expression, in scope: Scope, wanted: String) -> CheckedExpression? {
    isGroup = true
    let value = one(syntax, in: scope, wanted: wanted)
    isGroup = false
    guard let value else { return nil }
    guard let part = rowPart(of: value, RowParts(scope, keys: groupKeys)) else { return value }
    var member = "row"
    if case .record(let kind)? = recordPart(of: part)?.type { member = kindName(kind) }
    if let kind = scope.record?.kind, member == "row" { member = kindName(kind) }
    // What a definition brought stands where it is used.
    let isHere =
      part.range.file == syntax.range.file && part.range.start >= syntax.range.start
      && part.range.end <= syntax.range.end
    let range = isHere ? part.range : syntax.range
    report(CheckDiagnostics.oneValueAMember(text(of: range), of: member, part.type, at: range))
    return nil
  }

  /// The part of an expression that belongs to one row of a group: its whole path.
  private func rowPart(of expression: CheckedExpression, _ rows: RowParts) -> CheckedExpression? {
    func among(_ parts: [CheckedExpression]) -> CheckedExpression? {
      for part in parts { if let found = rowPart(of: part, rows) { return found } }
      return nil
    }
    switch expression.node {
    case .constant, .variable, .now, .today: return nil
    case .column(let id): return rows.columns.contains(id) ? expression : nil
    case .binding(let binding): return rows.bindings.contains(binding.id) ? expression : nil
    case .field(let base, _), .key(let base), .kindName(let base):
      guard let part = rowPart(of: base, rows) else { return nil }
      var whole = expression
      whole.range = part.range.union(expression.range)
      return whole
    case .negate(let a), .not(let a), .isMissing(let a), .isOpen(let a), .isKind(let a, _), .period(_, let a),
      .weekday(let a), .hour(let a), .when(_, let a):
      return rowPart(of: a, rows)
    case .arithmetic(_, let a, let b), .compare(_, _, let a, let b), .textTest(_, let a, let b), .and(let a, let b),
      .or(let a, let b), .otherwise(let a, let b), .asOf(let a, let b):
      return among([a, b])
    case .inRange(let a, _, let from, let upTo): return among([a] + [from, upTo].compactMap { $0 })
    case .oneOf(let a, _, let items): return among([a] + items)
    case .conditional(let branches, let otherwise):
      return among(branches.flatMap { [$0.condition, $0.value] } + [otherwise])
    case .call(_, let items), .interpolation(let items), .list(let items): return among(items)
    case .aggregate(let aggregate) where aggregate.scope == .group: return nil
    default:
      var isOfARow = false
      expression.forEach {
        switch $0.node {
        case .binding(let binding): isOfARow = isOfARow || rows.bindings.contains(binding.id)
        case .column(let id): isOfARow = isOfARow || rows.columns.contains(id)
        default: break
        }
      }
      return isOfARow ? expression : nil
    }
  }

  /// What differs from row to row of a group: the records in hand, and the columns that are no keys.
  private struct RowParts {
    var bindings: Set<Int> = []
    var columns: Set<ColumnID> = []

    init(_ scope: Scope, keys: Set<ColumnID>) {
      for entry in scope.entries {
        switch entry {
        case .record(let record): CheckedExpression(record.node, .record(record.kind), .none).forEach { add($0) }
        case .columns(let headers, _): columns.formUnion(headers.map(\.id).filter { !keys.contains($0) })
        case .named(_, .one(let value, _, _), _): value.forEach { add($0) }
        case .named: break
        }
      }
    }

    private mutating func add(_ part: CheckedExpression) {
      if case .binding(let binding) = part.node { bindings.insert(binding.id) }
    }
  }

  private func recordPart(of expression: CheckedExpression) -> CheckedExpression? {
    switch expression.node {
    case .binding: return expression
    case .field(let base, _), .key(let base), .kindName(let base): return recordPart(of: base)
    default: return nil
    }
  }

  mutating func one(_ syntax: Expression, in scope: Scope, wanted: String = "here") -> CheckedExpression? {
    let term = check(syntax, in: scope)
    return asOne(term, syntax.range, wanted: wanted)
  }

  /// The term as a condition.
  mutating func condition(_ syntax: Expression, in scope: Scope) -> CheckedExpression? {
    let term = check(syntax, in: scope)
    return asCondition(term, syntax.range)
  }

  mutating func asCondition(_ term: Term, _ range: SourceRange) -> CheckedExpression? {
    switch term {
    case .invalid: return nil
    case .sequence: return asOne(term, range, wanted: "here")
    default: break
    }
    if isMany(term) {
      if isRecords(term) {
        report(CheckDiagnostics.setIsNotYesNo(text(of: range), at: range))
      } else {
        report(
          CheckDiagnostics.severalValues(
            text(of: range), of: nil, wanted: "as a yes/no", at: range, offers: ["any(\(text(of: range)))"]))
      }
      return nil
    }
    guard let expression = asOne(term, range, wanted: "as a yes/no") else { return nil }
    switch expression.type {
    case .yesno, .missing: return expression
    case .record:
      report(CheckDiagnostics.setIsNotYesNo(text(of: range), at: range))
      return nil
    default:
      report(CheckDiagnostics.wrongType("a condition", wanted: "a yes/no", found: words(expression.type), at: range))
      return nil
    }
  }

  // MARK: Spreading

  /// An operation of one or two operands, at most one of which is many: it moves into the list's body.
  mutating func spread(
    _ terms: [(Term, SourceRange)], _ range: SourceRange, offer: String? = nil,
    _ make: (inout Checker, [CheckedExpression]) -> CheckedExpression?
  ) -> Term {
    var ones: [CheckedExpression?] = []
    var many: Int?
    for (index, (term, place)) in terms.enumerated() {
      if case .invalid = term { return .invalid }
      if case .sequence = term {
        ones.append(asOne(term, place, wanted: "here"))
        continue
      }
      guard isMany(term) else {
        guard let expression = asOne(term, place, wanted: "here") else { return .invalid }
        ones.append(expression)
        continue
      }
      if let first = many {
        report(
          CheckDiagnostics.twoLists(
            text(of: terms[first].1), text(of: place), of: nil, at: range, offer: offer))
        return .invalid
      }
      many = index
      ones.append(nil)
    }
    guard let index = many else {
      let operands = ones.compactMap { $0 }
      guard operands.count == terms.count, let result = make(&self, operands) else { return .invalid }
      return .one(result)
    }
    return inside(terms[index].0, terms[index].1) { checker, element in
      ones[index] = element
      return make(&checker, ones.compactMap { $0 })
    }
  }

  /// The body of a many-valued term, changed.
  mutating func inside(
    _ term: Term, _ range: SourceRange, _ change: (inout Checker, CheckedExpression) -> CheckedExpression?
  ) -> Term {
    switch term {
    case .path(let root, let binding, let tail):
      let inner: Term
      if case .one(let expression, let anchor, _) = tail {
        guard let changed = change(&self, expression) else { return .invalid }
        inner = .one(changed, anchor: anchor)
      } else {
        inner = inside(tail, range, change)
      }
      if case .invalid = inner { return .invalid }
      return .path(root, binding, inner)
    case .set(let set, _, _):
      let binding = fresh(set.kind)
      guard let changed = change(&self, CheckedExpression(.binding(binding), .record(set.kind), range)) else {
        return .invalid
      }
      return .list(.map(set, binding, changed), changed.type)
    case .list(.map(let set, let binding, let body), _):
      guard let changed = change(&self, body) else { return .invalid }
      return .list(.map(set, binding, changed), changed.type)
    case .list(.matched(let sequence, let value), let type):
      let element: CheckedExpression
      switch value {
      case .expression(let expression): element = expression
      case .elapsed where elapsedExpression(sequence) != nil:
        element = elapsedExpression(sequence) ?? CheckedExpression(.constant(.missing), .missing, range)
      default: return transform(.matched(sequence, value), type, range, change)
      }
      guard let changed = change(&self, element) else { return .invalid }
      return .list(.matched(sequence, .expression(changed)), changed.type)
    case .list(let list, let type): return transform(list, type, range, change)
    case .query:
      guard let set = asSet(term) else {
        _ = asOne(term, range, wanted: "here")
        return .invalid
      }
      return inside(.set(set), range, change)
    default:
      _ = asOne(term, range, wanted: "here")
      return .invalid
    }
  }

  private mutating func transform(
    _ list: CheckedList, _ type: ValueType, _ range: SourceRange,
    _ change: (inout Checker, CheckedExpression) -> CheckedExpression?
  ) -> Term {
    let column = freshColumn()
    let began = anchors(of: list).map { (list: $0.list, id: freshColumn(), type: $0.type) }
    if let began { anchors.columns[column] = (began.id, began.type) }
    guard let changed = change(&self, CheckedExpression(.column(column), type, range)) else { return .invalid }
    var isAsked = false
    if let began { changed.forEach { if case .column(let id) = $0.node, id == began.id { isAsked = true } } }
    guard let began, isAsked else { return .list(.transform(list, column, changed), changed.type) }
    return .list(.anchored(list, starts: began.list, value: column, start: began.id, changed), changed.type)
  }

  /// A match's elapsed time as an expression of its steps.
  func elapsedExpression(_ sequence: CheckedSequence) -> CheckedExpression? {
    guard let last = sequence.steps.last, !last.isAbsence else { return nil }
    let ends = [sequence.firstBinding, last.binding].map { binding in
      time(of: CheckedExpression(.binding(binding), .record(binding.kind), sequence.range))
    }
    guard let from = ends[0], let to = ends[1] else { return nil }
    return difference(to, from, sequence.range)
  }
}
