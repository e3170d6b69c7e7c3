import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Rows as they stand after a pipeline.
package struct ReferenceTable {
  package var columns: [CheckedColumn.Header]
  package var rows: [[ReferenceValue]]
}

/// Pipelines: a list of rows, stage by stage.
extension ReferenceEvaluator {
  /// The answer to a query; what it left out is in `tally`.
  package func answer(_ query: CheckedQuery) throws -> Table {
    let table = try self.table(query, ReferenceRow())
    let columns = table.columns.enumerated().map { place, header in
      Table.Column(name: header.name, type: header.type, values: table.rows.map { shownValue($0[place]) })
    }
    return Table(columns: columns, rowCount: table.rows.count)
  }

  /// A value as it leaves the engine.
  package func shownValue(_ value: ReferenceValue) -> Value {
    if value.isShownMissing { return .missing }
    switch value {
    case .missing: return .missing
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .truth(let byte): return .yesno(byte & Truth.truthBits == Truth.yes)
    case .date(let day): return .date(day)
    case .time(let instant): return .time(instant)
    case .duration(let length): return .duration(length)
    case .period(let period): return .period(period)
    case .weekday(let day): return .weekday(day)
    case .clock(let second): return .clock(second)
    case .record(let place):
      return .record(RecordReference(kind: catalogue.name(of: store.kind(place)), key: store.records[place].key))
    case .list(let values): return .list(values.map(shownValue))
    }
  }

  func table(_ query: CheckedQuery, _ outer: ReferenceRow) throws -> ReferenceTable {
    var looking = self
    if let asOf = query.asOf {
      switch try evaluate(asOf, outer) {
      case .date(let day): looking.moment = ReferenceMoment(day: day, in: calendar)
      case .time(let instant): looking.moment = ReferenceMoment(instant: instant)
      default: throw ReferenceUnsupported("`as of` a missing time")
      }
    }
    var rows = try looking.source(query, outer)
    var reach: [ColumnID] = []
    var headers = query.columns
    for stage in query.stages {
      rows = try looking.apply(stage, rows, outer, &reach)
      if case .measure(let measure) = stage, let across = measure.across {
        (headers, rows) = try looking.crossed(measure, across, rows, outer)
      }
      if case .derive(let derivation) = stage, derivation.isCross {
        headers =
          derivation.columns
          + Self.periodHeaders(rows.first.map { $0.columns.keys.count { $0.raw <= -2_000_000 } } ?? 0)
      }
      if case .who = stage { headers = query.columns }
    }
    let cells = rows.map { row in headers.map { row.columns[$0.id] ?? .missing } }
    return ReferenceTable(columns: headers, rows: cells)
  }

  private func source(_ query: CheckedQuery, _ outer: ReferenceRow) throws -> [ReferenceRow] {
    var start = outer
    start.group = nil
    switch query.source {
    case .records(let set, let binding): return try records(set, start).map { start.with(binding, $0) }
    case .value(let column):
      return [start.with(column.header.id, try evaluate(column.expression, start))]
    case .list(let list, let header): return try items(list, start).map { start.with(header.id, $0.value) }
    case .table(let id, let headers):
      guard case .table(let rows)? = variables[id] else { throw ReferenceUnsupported("a table that is not kept") }
      return rows.map { cells in
        zip(headers, cells).reduce(start) { $0.with($1.0.id, $1.1) }
      }
    case .path(let path, let headers): return [try self.path(path, headers, start)]
    case .kpi(let call, let headers): return try kpiRows(call, headers, start)
    }
  }

  /// A hidden column leaves out what the column it stands beside has counted.
  private func column(_ column: CheckedColumn, _ row: ReferenceRow) throws -> ReferenceValue {
    guard column.header.isHidden else { return try evaluate(column.expression, row) }
    return try tally.uncounted { try evaluate(column.expression, row) }
  }

  private func apply(
    _ stage: CheckedStage, _ rows: [ReferenceRow], _ outer: ReferenceRow, _ reach: inout [ColumnID]
  ) throws -> [ReferenceRow] {
    switch stage {
    case .filter(let condition): return try rows.filter { try keeps(condition, $0) }
    case .with(let columns):
      reach += columns.filter { !$0.header.isHidden }.map(\.header.id)
      return try rows.map { row in
        try columns.reduce(row) { $0.with($1.header.id, try self.column($1, $0)) }
      }
    case .select(let columns):
      reach = columns.filter { !$0.header.isHidden }.map(\.header.id)
      return try rows.map { row in
        var selected = outer
        selected.group = nil
        selected.behind = row.behind ?? [row]
        for column in columns { selected.columns[column.header.id] = try self.column(column, row) }
        return selected
      }
    case .measure(let measure):
      reach = (measure.keys + measure.columns).map(\.header.id)
      return try measured(measure, rows, outer)
    case .who(let binding):
      // In the order in which the rows came before the last grouping, each record as it came first.
      var seen: Set<Int?> = []
      return rows.flatMap { $0.behind ?? [$0] }.sorted { ($0.place ?? 0) < ($1.place ?? 0) }.filter {
        $0.records[binding.id] != .some(nil) && seen.insert($0.records[binding.id] ?? nil).inserted
      }.map {
        var row = $0
        (row.behind, row.place) = (nil, nil)
        return row
      }
    case .why(let why):
      reach = why.headers.map(\.id)
      return try self.why(why, rows, outer)
    case .rank(let ranks): return try ranked(rows, ranks)
    case .derive(let derivation):
      reach = (derivation.keepsRows ? reach : []) + derivation.columns.map(\.id)
      return try derived(derivation, rows, outer)
    case .sort(let keys): return try sorted(rows, keys)
    case .take(let count): return Array(rows.prefix(try number(count)))
    case .skip(let count): return Array(rows.dropFirst(try number(count)))
    case .distinct:
      var seen: Set<[ReferenceValue]> = []
      return rows.filter { row in
        let records = row.records.sorted { $0.key < $1.key }.map {
          $0.value.map { ReferenceValue.record($0) } ?? .missing
        }
        return seen.insert(reach.map { identity(row.columns[$0] ?? .missing) } + records).inserted
      }
    case .each(let set, let binding):
      return try rows.flatMap { row in
        let elements = try records(set, row)
        // What is said of the outer row may be asked once for it or once for each of its elements.
        if elements.count != 1 { tally.inside += 1 }
        return elements.map { row.with(binding, $0) }
      }
    }
  }

  func keeps(_ condition: CheckedExpression, _ row: ReferenceRow) throws -> Bool {
    let truth = try evaluate(condition, row).truth
    tally.leaveOut(leftOut(truth))
    return truth & Truth.truthBits == Truth.yes
  }

  private func number(_ expression: CheckedExpression) throws -> Int {
    guard case .number(let number) = try evaluate(expression, ReferenceRow()) else { return 0 }
    return max(0, Int(number.rounded(.down)))
  }

  /// Stable, the missing last whichever way.
  private func sorted(_ rows: [ReferenceRow], _ keys: [CheckedSortKey]) throws -> [ReferenceRow] {
    let decorated = try rows.enumerated().map { place, row in
      (place, try keys.map { try evaluate($0.expression, row) }, row)
    }
    return decorated.sorted { a, b in
      for (key, (x, y)) in zip(keys, zip(a.1, b.1)) {
        if x.isShownMissing != y.isShownMissing { return y.isShownMissing }
        if x.isShownMissing { continue }
        let order = order(x, y) ?? 0
        if order != 0 { return key.isDescending ? order > 0 : order < 0 }
      }
      return a.0 < b.0
    }.map(\.2)
  }

  /// By the definition: how many are less, and half of those that are equal, itself among them.
  private func ranked(_ rows: [ReferenceRow], _ ranks: [CheckedRank]) throws -> [ReferenceRow] {
    var result = rows
    for rank in ranks {
      let values = try rows.map { row -> Double? in
        switch try evaluate(rank.column.expression, row) {
        case .number(let number): return number
        case .duration(let duration):
          return Double(duration.months) * 1e9 + duration.days * 86_400 + duration.seconds
        default: return nil
        }
      }
      let present = values.compactMap { $0 }
      for (place, value) in values.enumerated() {
        guard let value else {
          result[place].columns[rank.column.header.id] = .missing
          continue
        }
        let less = Double(present.count { $0 < value })
        let equal = Double(present.count { $0 == value })
        let position = less + (equal + 1) / 2
        result[place].columns[rank.column.header.id] = .number(
          rank.isShare ? (position - 0.5) / Double(present.count) : position)
      }
    }
    return result
  }

  // MARK: Groups

  private func measured(_ measure: CheckedMeasure, _ rows: [ReferenceRow], _ outer: ReferenceRow) throws
    -> [ReferenceRow]
  {
    let keyColumns = measure.keys + [measure.across].compactMap { $0 }
    // The rows by the place they came in, and what they were made of themselves.
    let rows = rows.enumerated().map { place, row in
      var row = row
      row.place = place
      return row
    }
    var groups: [(keys: [ReferenceValue], rows: [ReferenceRow])] = []
    if measure.keys.isEmpty { groups = [([], rows)] }
    if !measure.keys.isEmpty {
      for row in rows {
        for keys in combinations(try keyColumns.map { try evaluate($0.expression, row) }) {
          let own = keys.map { $0.isShownMissing ? .missing : $0 }
          if let place = groups.firstIndex(where: { $0.keys.map(identity) == own.map(identity) }) {
            groups[place].rows.append(row)
          } else {
            groups.append((own, [row]))
          }
        }
      }
    }
    groups.sort { a, b in
      for (x, y) in zip(a.keys, b.keys) {
        if x == .missing || y == .missing {
          if x == y { continue }
          return y == .missing
        }
        let order = order(x, y) ?? 0
        if order != 0 { return order < 0 }
      }
      return false
    }
    let wasSpread = tally.isSpread
    tally.isSpread =
      keyColumns.contains { if case .list = $0.header.type { true } else { false } }
      || groups.reduce(0) { $0 + $1.rows.count } > rows.count
    if tally.depth == 0 { tally.groups = [:] }
    defer {
      tally.isSpread = wasSpread
      if tally.depth == 0 { tally.columns += measure.columns.compactMap { mostLeftOut($0.expression) } }
    }
    return try groups.map { keys, rows in
      var result = outer
      if tally.depth == 0 { tally.countedLists = [] }
      result.group = rows
      result.behind = rows.flatMap { row in
        let place = row.place ?? 0
        return (row.behind ?? [row]).enumerated().map { inner, member in
          var member = member
          for (column, value) in zip(measure.keys, keys) where !measure.keys.isEmpty {
            member.columns[column.header.id] = value
          }
          member.place = member.place ?? place * 10_000 + inner
          return member
        }
      }
      for (column, value) in zip(keyColumns, keys) { result.columns[column.header.id] = value }
      let values = try measure.columns.map { try evaluate($0.expression, result) }
      for (column, value) in zip(measure.columns, values) { result.columns[column.header.id] = value }
      result.group = nil
      return result
    }
  }

  /// A table with a column for each value of the last key, made of one with a row for each combination: where there
  /// is none, what the measure is of nothing.
  private func crossed(
    _ measure: CheckedMeasure, _ across: CheckedColumn, _ rows: [ReferenceRow], _ outer: ReferenceRow
  ) throws -> ([CheckedColumn.Header], [ReferenceRow]) {
    func cell(_ row: ReferenceRow, _ column: CheckedColumn) -> ReferenceValue {
      row.columns[column.header.id] ?? .missing
    }
    var values: [ReferenceValue] = []
    var kept: [[ReferenceValue]] = []
    for row in rows {
      if !values.map(identity).contains(identity(cell(row, across))) { values.append(cell(row, across)) }
      let keys = measure.keys.map { cell(row, $0) }
      if !kept.contains(where: { $0.map(identity) == keys.map(identity) }) { kept.append(keys) }
    }
    values.sort { a, b in
      if a == .missing || b == .missing { return a != .missing }
      return (order(a, b) ?? 0) < 0
    }
    var headers = measure.keys.map(\.header)
    var ids: [[ColumnID]] = []
    for value in values {
      let label = value == .missing ? "missing" : try shown(value)
      ids.append([])
      for column in measure.columns {
        let id = ColumnID(-1 - headers.count)
        ids[ids.count - 1].append(id)
        let name = measure.columns.count == 1 ? label : "\(label) \(column.header.name)"
        headers.append(CheckedColumn.Header(id: id, name: name, type: column.header.type))
      }
    }
    var empty = outer
    empty.group = []
    let result = try kept.map { keys in
      var made = outer
      for (column, key) in zip(measure.keys, keys) { made.columns[column.header.id] = key }
      var behind: [ReferenceRow] = []
      for (value, own) in zip(values, ids) {
        let row = rows.first { row in
          identity(cell(row, across)) == identity(value)
            && measure.keys.map { identity(cell(row, $0)) } == keys.map(identity)
        }
        behind += row?.behind ?? []
        var start = empty
        for (column, key) in zip(measure.keys + [across], keys + [value]) { start.columns[column.header.id] = key }
        for (column, id) in zip(measure.columns, own) {
          made.columns[id] = try row.map { cell($0, column) } ?? inside { try evaluate(column.expression, start) }
        }
      }
      made.behind = behind
      return made
    }
    return (headers, result)
  }

  /// Of the aggregates of a column the one that left most out; nothing where it has none.
  private func mostLeftOut(_ expression: CheckedExpression) -> ReferenceLeftOut? {
    var most: ReferenceLeftOut?
    expression.forEach { inner in
      guard case .aggregate(let aggregate) = inner.node, let leftOut = tally.groups[aggregate] else { return }
      if let known = most, leftOut.unknown + leftOut.open <= known.unknown + known.open { return }
      most = leftOut
    }
    return most
  }

  /// A key with several values puts the row in each of its groups, one with none in that of the missing.
  func combinations(_ keys: [ReferenceValue]) -> [[ReferenceValue]] {
    keys.reduce([[]]) { before, key in
      guard case .list(let values) = key else { return before.map { $0 + [key] } }
      var seen: Set<ReferenceValue> = []
      let different = values.filter { !$0.isShownMissing && seen.insert(identity($0)).inserted }
      return before.flatMap { start in (different.isEmpty ? [.missing] : different).map { start + [$0] } }
    }
  }

  /// A KPI's value over its subjects.
  func kpi(_ call: CheckedKPICall, _ row: ReferenceRow) throws -> ReferenceValue {
    try inside { try valueOf(call, row) }
  }

  private func valueOf(_ call: CheckedKPICall, _ row: ReferenceRow) throws -> ReferenceValue {
    let looking = try looking(call.asOf, row)
    var start = row
    start.group = nil
    var rows = try looking.records(call.kpi.subjects, start).map { start.with(call.kpi.subject, $0) }
    if let condition = call.condition { rows = try rows.filter { try looking.keeps(condition, $0) } }
    start.group = rows
    // With too few cases a share has no value; of other measures a case is not defined here.
    if case .aggregate(let aggregate) = call.kpi.measure.node, aggregate.function == .share {
      let truths = try looking.groupValues(aggregate.list, start).map(\.truth)
      if truths.count(where: { $0 == Truth.yes || $0 == Truth.no }) < call.kpi.needs { return .missing }
    } else if call.kpi.needs > 0 {
      throw ReferenceUnsupported("the cases of this KPI")
    }
    return try looking.evaluate(call.kpi.measure, start)
  }
}
