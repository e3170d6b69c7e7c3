import PeyvandBase
import PeyvandCheck
import PeyvandData

extension Evaluator {
  /// The rows of a set that stands in no record, and the filters that are still to be applied to them: a filter is
  /// a stage like any other, so that it runs over batches, on all threads.
  ///
  /// Rows come in the kind's order, or, where that does not matter, as they lie in the table, which is quicker to
  /// read.
  func records(
    of set: CheckedSet, as binding: Binding, inOrder: Bool
  ) throws(Diagnostics) -> (frame: Frame, stages: [CheckedStage]) {
    try watchdog.look(at: set.range)
    let (base, filters) = set.withoutFilters
    var walker = Walker(context)
    let bindings = [binding.id] + filters.map(\.0.id)
    let stages = filters.map { CheckedStage.filter($0.1) }
    if !inOrder, let table = try walker.tableRows(of: base) {
      try check(rows: table.reduce(0) { $0 + $1.count }, at: set.range)
      return (Frame(Frame.Stretches(bindings: bindings, rows: table)), stages)
    }
    let sets = try walker.sets(base, in: Frame(count: 1))
    var rows = sets.rows
    if !inOrder, context.source.timeOrder(of: base.kind) != nil {
      rows = Slab(Places.ascending(rows, below: context.source.rows(of: sets.family).upperBound))
    }
    try check(rows: rows.count, at: set.range)
    var frame = Frame(count: rows.count)
    for id in bindings { frame.bindings[id] = rows }
    return (frame, stages)
  }

  /// An expression outside all records, with its aggregates over whole sets already worked out in batches: what
  /// stands in their place, and their values.
  func streamed(
    _ expression: CheckedExpression, _ draft: inout ReceiptDraft
  ) throws(Diagnostics) -> (CheckedExpression, [Aggregate: Vector]) {
    var results: [Aggregate: Vector] = [:]
    let rewritten = try streamed(expression, &results, &draft)
    return (rewritten, results)
  }

  private func streamed(
    _ expression: CheckedExpression, _ results: inout [Aggregate: Vector], _ draft: inout ReceiptDraft
  ) throws(Diagnostics) -> CheckedExpression {
    var expression = expression
    switch expression.node {
    case .aggregate(let aggregate) where aggregate.scope == .row:
      var known = aggregate
      known.scope = .group
      guard results[known] == nil else {
        expression.node = .aggregate(known)
        return expression
      }
      guard let (set, binding, list) = aggregate.overASet else { return expression }
      var plain = known
      plain.list = list
      let plan = MeasurePlan(keys: [], aggregates: [TypedAggregate(aggregate: plain, type: expression.type)])
      let source = try records(of: set, as: binding, inOrder: plan.isOrdered)
      var relation = Relation(source.frame, row: binding)
      relation.draft.of = source.frame.count
      let result = try grouped(plan, after: source.stages[...], over: relation)
      results[known] = result.aggregates[plain]
      expression.node = .aggregate(known)
      var own = result.draft
      let catalogue = context.source.catalogue
      let measured = CheckedExpression(.aggregate(plain), expression.type, expression.range)
      if var receipt = result.receipt(of: measured, in: catalogue) {
        receipt.unit = known.list.unit(in: catalogue)
        own.columns.append(("", receipt))
      }
      draft.add(own)
    case .negate(let inner): expression.node = .negate(try streamed(inner, &results, &draft))
    case .arithmetic(let kernel, let a, let b):
      let first = try streamed(a, &results, &draft)
      expression.node = .arithmetic(kernel, first, try streamed(b, &results, &draft))
    case .compare(let comparison, let kernel, let a, let b):
      let first = try streamed(a, &results, &draft)
      expression.node = .compare(comparison, kernel, first, try streamed(b, &results, &draft))
    case .otherwise(let a, let b):
      let first = try streamed(a, &results, &draft)
      expression.node = .otherwise(first, try streamed(b, &results, &draft))
    case .call(let function, let arguments):
      var rewritten: [CheckedExpression] = []
      for argument in arguments { rewritten.append(try streamed(argument, &results, &draft)) }
      expression.node = .call(function, rewritten)
    case .interpolation(let parts):
      var rewritten: [CheckedExpression] = []
      for part in parts { rewritten.append(try streamed(part, &results, &draft)) }
      expression.node = .interpolation(rewritten)
    default: break
    }
    return expression
  }

  /// The rows a query begins with, and all stages to come: those that its source brings, and its own.
  func source(_ query: CheckedQuery) throws(Diagnostics) -> (relation: Relation, stages: [CheckedStage]) {
    switch query.source {
    case .records(let set, let binding):
      let source = try records(of: set, as: binding, inOrder: query.needsOrder)
      var relation = Relation(source.frame, row: binding)
      relation.draft.of = source.frame.count
      if !query.needsOrder, case .filter(let condition)? = query.stages.first,
        let found = try rowsInTime(of: set, binding, where: condition)
      {
        relation.frame = Frame(Frame.Stretches(bindings: [binding.id], rows: found.rows))
        return (relation, source.stages + (found.rest.map { [.filter($0)] } ?? []) + query.stages.dropFirst())
      }
      return (relation, source.stages + query.stages)
    case .value(let column):
      let (vector, draft) = try constant(column.expression)
      var relation = Relation(Frame(count: 1))
      relation.frame.columns[column.header.id] = vector
      relation.columns = [column.header.id]
      relation.draft = draft
      return (relation, query.stages)
    case .list(let list, let header):
      var walker = Walker(context)
      let values = try walker.list(list, in: Frame(count: 1)).values
      try check(rows: values.count, at: query.range)
      var relation = Relation(Frame(count: values.count))
      relation.frame.columns[header.id] = values
      relation.columns = [header.id]
      relation.draft.tally = walker.tally
      return (relation, query.stages)
    case .table(let variable, let all):
      let headers = all.filter { !$0.isHidden }
      guard case .table(let table) = context.variables[variable] else {
        throw EvaluationDiagnostics.noSuchVariable(at: query.range)
      }
      var relation = Relation(Frame(count: table.rowCount))
      for (header, column) in zip(headers, table.columns) {
        relation.frame.columns[header.id] = try vector(of: column, type: header.type)
      }
      for (header, column) in zip(all.filter(\.isHidden), table.beside) {
        relation.frame.columns[header.id] = try vector(of: column, type: header.type)
      }
      relation.columns = headers.map(\.id)
      if table.columns.count > headers.count {
        // A cross table's columns, which no one could name before it was made.
        var all = headers
        for (place, column) in table.columns.enumerated().dropFirst(headers.count) {
          let header = CheckedColumn.Header(id: ColumnID(-500_000_000 - place), name: column.name, type: column.type)
          relation.frame.columns[header.id] = try vector(of: column, type: header.type)
          all.append(header)
        }
        relation.columns = all.map(\.id)
        relation.crossHeaders = all
      }
      relation.draft.of = table.rowCount
      return (relation, query.stages)
    case .path(let path, let headers): return (try self.path(path, headers, in: Frame(count: 1)), query.stages)
    case .kpi(let call, let headers):
      return (try KPIEvaluation(self, call).relation(headers), query.stages)
    }
  }
}

extension Walker {
  /// The stretches of the table that hold the records of a whole kind; nil for any other set.
  mutating func tableRows(of set: CheckedSet) throws(Diagnostics) -> [Range<Int>]? {
    guard case .all(at: nil) = set.node else { return nil }
    let facts = try facts(of: set.kind)
    guard facts.flavour != .relationship else { return nil }
    return facts.seen
  }
}

extension CheckedSet {
  /// What it filters, whether the program says so or its path.
  var filtering: (CheckedSet, Binding, CheckedExpression)? {
    switch node {
    case .filter(let inner, let binding, let condition), .whileHeld(let inner, let binding, let condition):
      (inner, binding, condition)
    default: nil
    }
  }

  /// The set without its filters, and the filters, the first to be applied first. Filters commute with what
  /// narrows by time or kind.
  var withoutFilters: (CheckedSet, [(Binding, CheckedExpression)]) {
    switch node {
    case .filter(let inner, let binding, let condition), .whileHeld(let inner, let binding, let condition):
      let (base, filters) = inner.withoutFilters
      return (base, filters + [(binding, condition)])
    case .during(let inner, let from, let upTo):
      let (base, filters) = inner.withoutFilters
      return (CheckedSet(.during(base, from: from, upTo: upTo), kind: kind, range), filters)
    case .ofKind(let inner):
      let (base, filters) = inner.withoutFilters
      return (CheckedSet(.ofKind(base), kind: kind, range), filters)
    default: return (self, [])
    }
  }
}

extension Aggregate {
  /// What to bind the records of its one set to, and its list over them as rows.
  var overASet: (CheckedSet, Binding, CheckedList)? {
    guard second == nil else { return nil }
    func over(_ list: CheckedList) -> (CheckedSet, Binding, CheckedList)? {
      switch list {
      case .map(let set, let binding, let body): return (set, binding, .rows(body))
      case .records(let set):
        let binding = Binding(id: -2, kind: set.kind)
        return (set, binding, .rows(CheckedExpression(.binding(binding), .record(set.kind), set.range)))
      case .distinct(let inner): return over(inner).map { ($0.0, $0.1, .distinct($0.2)) }
      default: return nil
      }
    }
    return over(list)
  }
}

extension CheckedQuery {
  /// Whether anything in the answer depends on the order in which the source gives its records.
  var needsOrder: Bool {
    if stages.contains(where: { if case .who = $0 { true } else { false } }) { return true }
    for stage in stages {
      switch stage {
      case .filter, .with, .select, .each, .rank: continue
      case .measure(let measure): return MeasurePlan(measure).isOrdered
      case .sort, .take, .skip, .distinct, .who, .derive, .why: return true
      }
    }
    return true
  }
}
