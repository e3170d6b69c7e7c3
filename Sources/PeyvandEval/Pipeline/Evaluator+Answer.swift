import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What a query came to, still in columns.
package struct QueryResult: Sendable {
  package var headers: [CheckedColumn.Header]
  /// One a header.
  package var vectors: [Vector]
  package var count: Int
  /// What is kept beside them.
  package var beside: [(header: CheckedColumn.Header, vector: Vector)] = []
  /// The records in hand, where the rows are still records: their kind and their rows in its family.
  package var records: (kind: KindID, rows: [Int32])?
  package var receipt: Receipt
  /// What a scan found, where it is the last word of the question.
  package var finding: Finding?
}

extension Evaluator {
  /// The answer to a query: a value, a table or a KPI's card, with its receipt.
  package func answer(_ query: CheckedQuery) throws(Diagnostics) -> Answer {
    let evaluator = try looking(fromAsOf: query.asOf)
    if query.stages.isEmpty, case .kpi(let call, _) = query.source, call.isCard {
      return try evaluator.card(call)
    }
    var result = try evaluator.rowsAsColumns(query)
    let reading = QuestionReading(query)
    let notes =
      try evaluator.warnings(ofUnknownRecordsIn: reading) + evaluator.warnings(of: reading, at: query.range)
      + (result.finding?.notes ?? [])
    result.receipt.remarks += evaluator.remarks(of: reading)
    let limit = context.limits.answerRows
    guard result.count <= limit else {
      throw EvaluationDiagnostics.answerTooLong(result.count, limit: limit, at: query.range)
    }
    var columns: [Table.Column] = []
    for (header, vector) in zip(result.headers, result.vectors) {
      try watchdog.look(at: query.range)
      columns.append(try evaluator.column(header, vector))
    }
    if query.isValue, let column = columns.first {
      let value = column.values.first ?? .missing
      return Answer(.value(value, column.type, name: column.name), receipt: result.receipt, notes: notes)
    }
    let beside = try evaluator.beside(result)
    var table = Table(columns: columns, beside: beside, rowCount: result.count)
    table.view = result.finding?.view
    table.chart = query.chart
    return Answer(.table(table), receipt: result.receipt, notes: notes)
  }

  /// A KPI's card.
  package func card(_ call: CheckedKPICall) throws(Diagnostics) -> Answer { try KPIEvaluation(self, call).card() }

  /// What a `let` keeps of a query: a value, the records themselves, or a table.
  package func variable(_ query: CheckedQuery) throws(Diagnostics) -> VariableValue {
    let evaluator = try looking(fromAsOf: query.asOf)
    let result = try evaluator.rowsAsColumns(query)
    if query.isValue, let vector = result.vectors.first, let header = result.headers.first {
      return .value(try evaluator.values(of: vector, type: header.type).first ?? .missing)
    }
    if let records = result.records { return .records(records.kind, records.rows) }
    var columns: [Table.Column] = []
    for (header, vector) in zip(result.headers, result.vectors) {
      columns.append(try evaluator.column(header, vector))
    }
    return .table(Table(columns: columns, beside: try evaluator.beside(result), rowCount: result.count))
  }

  /// A column of an answer. What depends on no store becomes values when it is looked at.
  private func column(_ header: CheckedColumn.Header, _ vector: Vector) throws(Diagnostics) -> Table.Column {
    if let plain = ValueConversion.plain(vector, header.type) {
      return Table.Column(name: header.name, type: header.type, vector: vector, values: plain)
    }
    return Table.Column(name: header.name, type: header.type, values: try values(of: vector, type: header.type))
  }

  private func beside(_ result: QueryResult) throws(Diagnostics) -> [Table.Column] {
    var columns: [Table.Column] = []
    for (header, vector) in result.beside {
      columns.append(
        Table.Column(name: header.name, type: header.type, values: try values(of: vector, type: header.type)))
    }
    return columns
  }

  /// A query's result in columns. Its own `as of` has been seen to by the caller or is seen to here.
  package func rowsAsColumns(_ query: CheckedQuery) throws(Diagnostics) -> QueryResult {
    let evaluator = try looking(fromAsOf: query.asOf)
    guard evaluator.context.asOf == context.asOf else {
      var inner = query
      inner.asOf = nil
      return try evaluator.rowsAsColumns(inner)
    }
    let (start, stages) = try source(query)
    let relation = try carriedOut(stages[...], over: start) { references in
      references.columns.formUnion((query.columns + query.beside).map(\.id))
      if let row = query.row { references.bindings.insert(row.id) }
    }
    let (headers, vectors) = try columns(of: relation, query)
    var result = QueryResult(
      headers: headers, vectors: vectors, count: relation.frame.count, records: nil,
      receipt: relation.draft.receipt(
        rows: query.isValue ? nil : relation.frame.count, unit: query.unit, asOf: context.asOf))
    for header in query.beside {
      guard let vector = relation.frame.columns[header.id] else {
        throw EvaluationDiagnostics.malformed("there is no column `\(header.name)`", at: query.range)
      }
      result.beside.append((header, vector))
    }
    result.finding = relation.finding
    if case .why? = query.stages.last {} else { result.finding?.view = nil }
    let areStillRecords = !query.stages.contains { stage in
      if case .with = stage { true } else { false }
    }
    if areStillRecords, let row = relation.row, let rows = relation.frame.bindings[row.id] {
      result.records = (row.kind, rows.array)
    }
    return result
  }

  func looking(fromAsOf asOf: CheckedExpression?) throws(Diagnostics) -> Evaluator {
    guard let asOf else { return self }
    let moment = try AsOf.resolve(
      source: context.source, requested: try value(asOf), clock: context.asOf.instant, at: asOf.range)
    return looking(from: moment)
  }

  /// The columns of the result: those that stages made, and, where the rows are records, their key and fields.
  private func columns(
    of relation: Relation, _ query: CheckedQuery
  ) throws(Diagnostics) -> ([CheckedColumn.Header], [Vector]) {
    let headers = relation.crossHeaders ?? query.columns
    var vectors: [Vector] = []
    var walker = Walker(context)
    for header in headers {
      if let vector = relation.frame.columns[header.id] {
        vectors.append(vector)
      } else if let row = relation.row, let expression = field(header, of: row) {
        vectors.append(try walker.evaluate(expression, in: relation.frame))
      } else {
        throw EvaluationDiagnostics.malformed("there is no column `\(header.name)`", at: query.range)
      }
    }
    return (headers, vectors)
  }

  /// A column named as what every record has or as a field of its kind.
  private func field(_ header: CheckedColumn.Header, of row: Binding) -> CheckedExpression? {
    let record = CheckedExpression(.binding(row), .record(row.kind), .none)
    if let field = context.source.catalogue.field(named: header.name, of: row.kind) {
      return CheckedExpression(.field(record, field.id), header.type, .none)
    }
    switch header.name {
    case "key": return CheckedExpression(.key(record), .text, .none)
    case "kind": return CheckedExpression(.kindName(record), .text, .none)
    default: return header.type == .record(row.kind) ? record : nil
    }
  }
}
