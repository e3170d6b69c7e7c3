import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Pipelines: a source, then stage by stage, each with what the one before left in reach.
extension Checker {
  /// A query as part of another or of an expression: its columns are only those that a stage made.
  /// - Parameter inner: what it goes on from, where that is no source of its own.
  mutating func query(_ syntax: Query, from inner: CheckedQuery? = nil, in scope: Scope) -> CheckedQuery? {
    let outside = (isGroup, groupKeys)
    isGroup = false
    defer { (isGroup, groupKeys) = outside }
    var state = Pipeline(scope: scope)
    if let inner {
      guard rows(of: .query(inner), nil, syntax, syntax.range, &state, in: scope) else { return nil }
    } else {
      guard source(syntax, &state, in: scope) else { return nil }
    }
    var isWrong = false
    for stage in syntax.stages where !self.stage(stage, &state) {
      isWrong = true
      // What follows one that only keeps or orders rows can be read as if it were right; after one that makes
      // columns it would only echo.
      if stage.makesRows { break }
    }
    if isWrong { return nil }
    var query = CheckedQuery(
      source: state.source, stages: state.stages, columns: state.columns, row: state.row, asOf: state.asOf,
      unit: state.unit, isValue: state.isValue, range: syntax.range, beginnings: beginnings(of: state.columns))
    query.chart = state.chart
    return query
  }

  /// A query as a statement of its own: what is still a set of records shows their keys and fields.
  /// - Parameter isKept: whether something may go on from its table.
  mutating func answer(
    _ syntax: Query, from inner: CheckedQuery? = nil, in scope: Scope, isKept: Bool = false
  ) -> CheckedQuery? {
    guard var query = query(syntax, from: inner, in: scope) else { return nil }
    let sinceWho = query.stages.lastIndex { if case .who = $0 { true } else { false } }.map { $0 + 1 } ?? 0
    if let row = query.row, !query.stages[sinceWho...].contains(where: \.choosesColumns) {
      let columns = profile(of: row, beside: query.columns, syntax.range)
      query.stages.append(.select(withAnchors(columns)))
      query.columns = columns.map(\.header)
      query.beginnings = beginnings(of: query.columns)
    }
    if !isKept { query.beginnings = [:] }
    var seen: Set<String> = []
    for header in query.columns where !seen.insert(header.name).inserted {
      report(CheckDiagnostics.duplicateColumn(header.name, at: syntax.range))
      return nil
    }
    return query.withoutUnusedAnchors()
  }

  /// A record's key and fields, and the columns that were added to it.
  private mutating func profile(of row: Binding, beside added: [CheckedColumn.Header], _ range: SourceRange)
    -> [CheckedColumn]
  {
    let record = CheckedExpression(.binding(row), .record(row.kind), range)
    var columns: [CheckedColumn] = []
    func add(_ name: String, _ node: CheckedExpression.Node, _ type: ValueType, _ checker: inout Checker) {
      guard !added.contains(where: { nameKey($0.name) == nameKey(name) }) else { return }
      columns.append(
        CheckedColumn(
          header: .init(id: checker.freshColumn(), name: name, type: type),
          expression: CheckedExpression(node, type, range)))
    }
    add(MemberWords.key, .key(record), .text, &self)
    if catalogue.familyOrder(row.kind).count > 1 { add(MemberWords.kind, .kindName(record), .text, &self) }
    for id in catalogue.kind(row.kind)?.fields ?? [] {
      guard let field = catalogue.field(id) else { continue }
      add(field.name, .field(record, id), field.type.valueType, &self)
    }
    for header in added {
      columns.append(
        CheckedColumn(
          header: .init(id: freshColumn(), name: header.name, type: header.type),
          expression: CheckedExpression(.column(header.id), header.type, range)))
    }
    return columns
  }

  /// A pipeline while its stages are read.
  struct Pipeline {
    var scope: Scope
    var source: CheckedQuery.Source = .value(
      CheckedColumn(
        header: .init(id: ColumnID(-1), name: "", type: .missing),
        expression: CheckedExpression(.constant(.missing), .missing, .none)))
    var stages: [CheckedStage] = []
    var columns: [CheckedColumn.Header] = []
    var row: Binding?
    var asOf: CheckedExpression?
    var unit: String?
    var chart: ChartKind?
    var isValue = false
    /// Whether rows are no longer records.
    var isTable = false
    /// The records that the rows are made of, also where they are records no longer.
    var members: Binding?
    /// The keys of the last `measure`.
    var keys: [CheckedColumn.Header] = []
    /// Whether the rows are those of a cross table.
    var isCross = false
    /// What was in reach before the source.
    var outside: Scope

    init(scope: Scope) {
      self.scope = scope
      outside = scope
    }
  }

  // MARK: Source

  private mutating func source(_ syntax: Query, _ state: inout Pipeline, in scope: Scope) -> Bool {
    var term: Term
    var kpiScope: (call: KPISyntax, arguments: [ArgumentSyntax], range: SourceRange)?
    let sourceRange = syntax.source?.range ?? syntax.range
    if let source = syntax.source {
      kpiScope = kpiCall(source)
      term = kpiScope == nil ? check(source, in: scope) : .invalid
      if kpiScope == nil, case .invalid = term { return false }
    } else {
      guard let last = environment.last else {
        report(CheckDiagnostics.noLastAnswer(at: syntax.range))
        return false
      }
      term = variable(last, syntax.range)
    }
    for modifier in syntax.modifiers {
      if case .asOf(let when) = modifier.node {
        guard let time = asOf(when, in: scope) else { return false }
        guard !time.isOfARecord(in: scope) else {
          report(CheckDiagnostics.asOfEachRecord(at: when.range))
          return false
        }
        state.asOf = time
      }
    }
    if let kpi = kpiScope {
      return kpiSource(kpi, syntax, &state, in: scope)
    }
    // A KPI that a definition gave.
    var alias: Name?
    for modifier in syntax.modifiers {
      switch modifier.node {
      case .named(let name): alias = name
      case .asOf: break
      case .filter(let condition):
        guard let set = asSet(term) else {
          report(CheckDiagnostics.notATest(words(term), at: modifier.range, offer: nil))
          return false
        }
        guard let narrowed = narrow(set, FilterSyntax(.condition(condition), modifier.range), in: scope) else {
          return false
        }
        term = .set(narrowed)
      case .by:
        report(
          CheckDiagnostics.arguments(
            "by", wanted: "something to compute: `\(text(of: sourceRange)) | count \(text(of: modifier.range))`",
            at: modifier.range))
        return false
      case .over, .versus, .throughStages:
        guard case .kpi(let call) = term else {
          report(CheckDiagnostics.formOfAKPI(firstWord(modifier.range), words(term), at: modifier.range))
          return false
        }
        guard let form = form(modifier, of: call, journey: nil, in: scope) else { return false }
        term = .kpi(call.with(form: form))
      }
    }
    return rows(of: term, alias, syntax, sourceRange, &state, in: scope)
  }

  private func firstWord(_ range: SourceRange) -> String {
    String(text(of: range).split(separator: " ").first ?? "")
  }

  mutating func asOf(_ syntax: Expression, in scope: Scope) -> CheckedExpression? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    guard let when = asWhen(term, syntax.range, "`as of`") else { return nil }
    if when.type == .time { return when }
    // A day, or the last day of a period: the whole of it.
    return minus(dayAfter(when), days(1, syntax.range))
  }

  private mutating func rows(
    of term: Term, _ alias: Name?, _ syntax: Query, _ range: SourceRange, _ state: inout Pipeline, in scope: Scope
  ) -> Bool {
    switch term {
    case .query(let inner):
      state.source = inner.source
      state.stages = inner.stages
      state.columns = inner.columns
      state.row = inner.row
      state.asOf = state.asOf ?? inner.asOf
      state.unit = inner.unit
      state.isValue = inner.isValue
      state.isTable = inner.row == nil
      (state.members, state.keys) = inner.membersAndKeys
      state.isCross = inner.isCross
      take(inner.beginnings, of: inner.columns)
      if let row = inner.row { state.scope = state.scope.adding(.record(Scope.Record(binding: row))) }
      if !inner.columns.isEmpty || inner.row == nil {
        state.scope = state.scope.adding(.columns(inner.columns, hidesOuter: inner.row == nil))
      }
      if let alias, let row = inner.row { state.scope = named(state.scope, alias, row) }
      return true
    case .kpi(let call):
      let headers = kpiHeaders(call)
      state.source = .kpi(call, headers)
      state.columns = headers
      state.isTable = true
      state.scope = state.scope.adding(.columns(headers, hidesOuter: true))
      return true
    case .one(let expression, _, _):
      if case .record = expression.type { break }
      let header = CheckedColumn.Header(id: freshColumn(), name: text(of: range), type: expression.type)
      state.source = .value(CheckedColumn(header: header, expression: expression))
      state.columns = [header]
      state.isValue = true
      state.isTable = true
      state.scope = state.scope.adding(.columns([header], hidesOuter: true))
      return true
    case .sequence:
      guard let value = asOne(term, range, wanted: "here") else { return false }
      return rows(of: .one(value), alias, syntax, range, &state, in: scope)
    default: break
    }
    if let set = asSet(term) {
      let binding = fresh(set.kind)
      state.source = .records(set, binding)
      state.row = binding
      state.members = binding
      state.unit = kindName(set.kind)
      state.scope = self.scope(state.scope, with: binding, of: set)
      if let alias { state.scope = named(state.scope, alias, binding) }
      return true
    }
    if let (list, type) = asList(term) {
      let header = CheckedColumn.Header(id: freshColumn(), name: text(of: range), type: type)
      state.source = .list(list, header)
      state.columns = [header]
      state.isTable = true
      state.scope = state.scope.adding(.columns([header], hidesOuter: true))
      return true
    }
    // Whatever it is, it is not one value; that is what is said.
    _ = asOne(term, range, wanted: "here")
    return false
  }

  private func named(_ scope: Scope, _ name: Name, _ binding: Binding) -> Scope {
    let record = CheckedExpression(.binding(binding), .record(binding.kind), name.range)
    return scope.adding(.named(name.text, .one(record, anchor: time(of: record))))
  }

  // MARK: KPIs as sources

  func kpiCall(_ source: Expression) -> (KPISyntax, [ArgumentSyntax], SourceRange)? {
    switch source.node {
    case .group(let inner): return kpiCall(inner)
    case .name(let name):
      guard environment.definition(named: name.text) == nil, environment.variable(named: name.text) == nil else {
        return nil
      }
      return environment.kpi(named: name.text).map { ($0, [], name.range) }
    case .call(let name, let arguments):
      return environment.kpi(named: name.text).map { ($0, arguments, name.range) }
    case .filter(let base, let filter):
      // `return_rate where segment = "SME"`: the condition is the subject's.
      guard case .condition = filter.node else { return nil }
      return kpiCall(base)
    default: return nil
    }
  }

  func kpiConditions(_ source: Expression) -> [Expression] {
    guard case .filter(let base, let filter) = source.node, case .condition(let condition) = filter.node else {
      return []
    }
    return kpiConditions(base) + [condition]
  }

  private mutating func kpiSource(
    _ kpi: (call: KPISyntax, arguments: [ArgumentSyntax], range: SourceRange), _ syntax: Query,
    _ state: inout Pipeline, in scope: Scope
  ) -> Bool {
    guard let (checked, subjectScope, journey) = self.kpi(kpi.call, arguments: kpi.arguments, at: kpi.range, in: scope)
    else {
      return false
    }
    var asked = CheckedKPICall(kpi: checked, keys: [], condition: nil, asOf: nil)
    var keys: [CheckedColumn] = []
    var conditions = syntax.source.map(kpiConditions) ?? []
    for modifier in syntax.modifiers {
      switch modifier.node {
      case .by(let expressions):
        for expression in expressions {
          guard let column = key(expression, named: text(of: expression.range), in: subjectScope) else { return false }
          keys.append(column)
        }
      case .filter(let condition): conditions.append(condition)
      case .asOf: break
      case .named(let name):
        report(CheckDiagnostics.rowsAreNoRecords(name.text, at: name.range))
        return false
      case .over, .versus, .throughStages:
        guard let form = form(modifier, of: asked, journey: journey, in: scope) else { return false }
        asked = asked.with(form: form)
      }
    }
    var condition: CheckedExpression?
    for syntax in conditions {
      guard let next = self.condition(syntax, in: subjectScope) else { return false }
      condition = condition.map { CheckedExpression(.and($0, next), .yesno, syntax.range) } ?? next
    }
    let call = CheckedKPICall(kpi: checked, keys: keys, condition: condition, asOf: state.asOf, form: asked.form)
    state.unit = kindName(checked.subject.kind)
    return rows(of: .kpi(call), nil, syntax, syntax.range, &state, in: scope)
  }

  /// One value out of a table's column, where the table is one row.
  mutating func valueOfTable(_ query: CheckedQuery, column: CheckedColumn.Header, _ range: SourceRange) -> Term? {
    guard query.isOneRow else {
      report(
        CheckDiagnostics.severalValues(
          text(of: range), of: nil, wanted: "here", at: range, offers: ["… | take 1"]))
      return nil
    }
    var one = query
    let header = CheckedColumn.Header(id: freshColumn(), name: column.name, type: column.type)
    one.stages.append(
      .select([CheckedColumn(header: header, expression: CheckedExpression(.column(column.id), column.type, range))]))
    one.columns = [header]
    one.isValue = true
    return .one(CheckedExpression(.query(one), column.type, range))
  }
}

extension CheckedStage {
  /// Whether only columns are in reach after it.
  var choosesColumns: Bool {
    switch self {
    case .select, .measure, .why: true
    case .derive(let derivation): !derivation.keepsRows
    default: false
    }
  }

}

extension CheckedQuery {
  /// Whether it has one row, or none, by construction.
  var isOneRow: Bool {
    var isOne = isValue
    if case .path = source { isOne = true }
    for stage in stages {
      switch stage {
      case .measure(let measure): isOne = measure.keys.isEmpty && measure.across == nil
      case .take(let count): if case .constant(.number(1)) = count.node { isOne = true }
      case .each, .who, .why: isOne = false
      case .derive(let derivation): isOne = derivation.kind == .buyers || (isOne && derivation.keepsRows)
      case .filter, .with, .select, .sort, .rank, .skip, .distinct: break
      }
    }
    return isOne
  }

  /// Whether it is one value: a table of one row and one column.
  var isOneCell: Bool { isValue || (row == nil && columns.count == 1 && isOneRow) }
}

extension Stage {
  /// Whether it makes columns or other rows, so that what follows speaks of these.
  fileprivate var makesRows: Bool {
    switch node {
    case .filter, .sort, .take, .skip, .distinct: false
    default: true
    }
  }
}
