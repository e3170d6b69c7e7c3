import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Where a statement stands, which decides what may stand there.
///
/// What rules a whole script (kinds, settings, parameters, what it uses) is known before anything of it runs, so it
/// cannot depend on a condition or be said once for each record.
enum StatementPlace {
  case script
  case block
  case test

  func takes(_ node: StatementNode) -> Bool {
    switch node {
    case .param, .use, .test: self == .script
    case .kind, .setting, .process, .watch, .forget: self != .block
    default: true
    }
  }
}

/// Statements that hold others: `for each`, `if` and `test`, and what a test expects.
///
/// What a block names ends with it. A loop's record is a variable that is also in hand, so that inside the braces names
/// mean what they mean in any record's context.
extension Checker {
  /// The statements between braces.
  private mutating func block(_ statements: [Statement], in scope: Scope, _ place: StatementPlace = .block)
    -> [CheckedStatement]
  {
    let outer = environment
    defer { environment.leaveBlock(to: outer) }
    var checked: [CheckedStatement] = []
    if place == .test {
      declareKinds(SyntaxTree(statements), into: &checked)
      declareReviews(statements, into: &checked)
    }
    declareDefinitions(statements)
    for statement in statements { check(statement, in: scope, place, into: &checked) }
    verifyDefinitions(statements)
    return checked
  }

  mutating func branch(_ syntax: IfSyntax, in scope: Scope) -> CheckedStatement.Node? {
    let condition = condition(syntax.condition, in: scope)
    // What is wrong inside is told also where the condition is.
    let then = block(syntax.then, in: scope)
    let otherwise = syntax.otherwise.map { block($0, in: scope) } ?? []
    return condition.map { .branch($0, then: then, otherwise: otherwise) }
  }

  mutating func loop(_ name: Name, over set: Query, _ body: [Statement], in scope: Scope) -> CheckedStatement.Node? {
    guard let (query, type) = elements(of: set, in: scope) else {
      // The name is not known, and to complain of it in the braces would be an echo.
      broken.insert(nameKey(name.text))
      return nil
    }
    let outer = environment
    defer { environment.leaveBlock(to: outer) }
    let id = environment.freshVariable()
    let value = CheckedExpression(.variable(id), type, name.range)
    var inner = scope
    if let record = Scope.Record(of: value) { inner = inner.adding(.record(record)) }
    inner = inner.adding(.named(name.text, .one(value, anchor: time(of: value))))
    return .forEach(id, name: name.text, query, block(body, in: inner))
  }

  /// What a loop goes through, as a query of one column: the records themselves, or the values of a list.
  private mutating func elements(of set: Query, in scope: Scope) -> (CheckedQuery, ValueType)? {
    let before = complaints.count
    guard let term = value(of: set, in: scope) else { return nil }
    if case .one(let expression, _, _) = term, asSet(term) == nil {
      report(CheckDiagnostics.nothingToGoThrough(words(expression.type), at: set.range))
      return nil
    }
    if let found = elements(term, set, in: scope) { return found }
    if complaints.count == before { report(CheckDiagnostics.nothingToGoThrough(words(term), at: set.range)) }
    return nil
  }

  private mutating func elements(_ term: Term, _ set: Query, in scope: Scope) -> (CheckedQuery, ValueType)? {
    if case .list(let list, let type) = term {
      if case .values = list, kept(term, set.range, wanted: "here") == nil { return nil }
      let header = CheckedColumn.Header(id: freshColumn(), name: "element", type: type)
      let query = CheckedQuery(
        source: .list(list, header), stages: [], columns: [header], row: nil, asOf: nil, unit: nil, isValue: false,
        range: set.range)
      return (query, type)
    }
    var query: CheckedQuery
    if case .query(let inner) = term {
      query = inner
    } else if let records = asSet(term) {
      let binding = fresh(records.kind)
      query = CheckedQuery(
        source: .records(records, binding), stages: [], columns: [], row: binding, asOf: nil,
        unit: kindName(records.kind), isValue: false, range: set.range)
    } else if let (list, type) = asList(term) {
      return elements(.list(list, type), set, in: scope)
    } else {
      return nil
    }
    guard let row = query.row else {
      guard !query.isValue, query.columns.count == 1, let header = query.columns.first else { return nil }
      return (query, header.type)
    }
    let type = ValueType.record(row.kind)
    let header = CheckedColumn.Header(id: freshColumn(), name: kindName(row.kind), type: type)
    query.stages.append(
      .select([CheckedColumn(header: header, expression: CheckedExpression(.binding(row), type, set.range))]))
    query.columns = [header]
    query.row = nil
    return (query, type)
  }

  // MARK: Tests

  /// - Parameter script: the statements before it, whose parameters and `let`s it has, over its own store.
  mutating func test(_ name: TextLiteral, _ body: [Statement], after script: [CheckedStatement])
    -> CheckedStatement.Node
  {
    let given = script.filter { statement in
      switch statement.node {
      case .bind, .parameter: true
      default: false
      }
    }
    let last = environment.last
    // `it` is the script's, not the test's.
    environment.last = nil
    let checked = block(body, in: Scope(), .test)
    environment.last = last
    return .test(name: name.plain ?? text(of: name.range), given: given, checked)
  }

  mutating func expectation(_ query: Query, in scope: Scope) -> CheckedExpectation? {
    guard let term = value(of: query, in: scope), let condition = asCondition(term, query.range) else { return nil }
    return CheckedExpectation(
      condition: condition, text: text(of: query.range), range: query.range, sides: sides(of: query, in: scope))
  }

  /// The two sides of a comparison, where each is one value; what is only shown is not complained of.
  private mutating func sides(of query: Query, in scope: Scope) -> [CheckedExpectation.Side] {
    guard query.stages.isEmpty, query.modifiers.isEmpty, var source = query.source else { return [] }
    while case .group(let inner) = source.node { source = inner }
    guard case .comparison(_, let left, let right) = source.node else { return [] }
    let before = complaints.count
    unheard += 1
    defer { unheard -= 1 }
    let sides = [left, right].compactMap { side in
      one(side, in: scope).map { CheckedExpectation.Side(text: text(of: side.range), value: $0) }
    }
    complaints.takeBack(after: before)
    return sides.count == 2 ? sides : []
  }
}
