import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Checker {
  /// Reads one stage; false where it is wrong.
  mutating func stage(_ stage: Stage, _ state: inout Pipeline) -> Bool {
    if state.isCross, stage.makesColumns {
      report(CheckDiagnostics.afterAcross(state.columns.map(\.name), at: stage.range))
      return false
    }
    if state.chart != nil {
      report(CheckDiagnostics.afterChart(at: stage.range))
      return false
    }
    switch stage.node {
    case .invalid: return false
    case .filter(let syntax):
      guard let condition = condition(syntax, in: state.scope) else { return false }
      state.stages.append(.filter(condition))
      if state.isTable { state.isValue = false }
      return true
    case .select(let columns):
      let (read, ranks) = ranking(in: state.scope) { $0.columns(columns, in: state.scope) }
      guard let checked = read else { return false }
      if !ranks.isEmpty { state.stages.append(.rank(ranks)) }
      state.stages.append(.select(withAnchors(checked)))
      become(checked.map(\.header), &state)
      return true
    case .with(let columns):
      var scope = state.scope
      var made: [[CheckedColumn]] = []
      var all: [CheckedColumn.Header] = []
      // Each column is in reach of the next.
      for column in columns {
        let (read, ranks) = ranking(in: scope) { $0.columns([column], in: scope) }
        guard let checked = read else { return false }
        if !ranks.isEmpty {
          // What stands before it is made before the rows are ranked.
          for group in made { state.stages.append(.with(group)) }
          made = []
          state.stages.append(.rank(ranks))
        }
        made.append(withAnchors(checked))
        all += made.last?.map(\.header) ?? []
        scope = scope.adding(.columns(checked.map(\.header), hidesOuter: false))
        if let made = checked.first, let match = Self.match(made.expression) { scope.matches[made.header.id] = match }
      }
      let headers = all.filter { !$0.isHidden }
      for header in headers where state.columns.contains(where: { nameKey($0.name) == nameKey(header.name) }) {
        report(CheckDiagnostics.duplicateColumn(header.name, at: stage.range))
        return false
      }
      for group in made { state.stages.append(.with(group)) }
      state.columns += headers
      state.scope = scope
      state.isValue = false
      return true
    case .measure(let columns, let keys, let across, _):
      if let made = tableStage(columns, keys, across, stage.range, &state) { return made }
      return measure(columns, keys, across, stage.range, &state)
    case .sort(let keys):
      var checked: [CheckedSortKey] = []
      for key in keys {
        guard let value = one(key.expression, in: state.scope, wanted: "to sort by") else { return false }
        if case .list = value.type {
          report(
            CheckDiagnostics.wrongType(
              "`sort by`", wanted: "one value a row", found: words(value.type), at: key.expression.range))
          return false
        }
        checked.append(CheckedSortKey(expression: value, isDescending: key.descending))
      }
      state.stages.append(.sort(checked))
      return true
    case .take(let syntax), .skip(let syntax):
      guard let count = one(syntax, in: Scope(), wanted: "as a number of rows") else { return false }
      guard case .number = count.type else {
        let word = if case .take = stage.node { "`take`" } else { "`skip`" }
        report(
          CheckDiagnostics.wrongType(word, wanted: "a number of rows", found: words(count.type), at: syntax.range))
        return false
      }
      if case .take = stage.node { state.stages.append(.take(count)) } else { state.stages.append(.skip(count)) }
      return true
    case .distinct:
      state.stages.append(.distinct)
      // Of equal differences one is left, wherever the others began.
      if state.row == nil { for header in state.columns { anchors.columns[header.id] = nil } }
      return true
    case .each(let syntax, let name):
      let term = check(syntax, in: state.scope)
      if case .invalid = term { return false }
      guard let set = asSet(term) else {
        report(CheckDiagnostics.wrongType("`each`", wanted: "a set of records", found: words(term), at: syntax.range))
        return false
      }
      let binding = fresh(set.kind)
      state.stages.append(.each(set, binding))
      state.members = binding
      state.scope = scope(state.scope, with: binding, of: set)
      if let name {
        let record = CheckedExpression(.binding(binding), .record(set.kind), name.range)
        state.scope = state.scope.adding(.named(name.text, .one(record, anchor: time(of: record))))
      }
      state.row = binding
      state.unit = kindName(set.kind)
      state.isTable = false
      state.isValue = false
      return true
    case .who: return who(stage, &state)
    case .chart(let name): return chart(name, &state)
    case .funnel(let steps, let isBest, let keys): return funnel(steps, isBest: isBest, keys, stage.range, &state)
    case .retention(let set, let cohort, let unit, let isOrLater, let periods):
      return retention(set, cohort, unit, isOrLater: isOrLater, periods, stage.range, &state)
    case .flow(let set, let activity): return flow(set, activity, stage.range, &state)
    case .why(let syntax): return why(syntax, stage.range, &state)
    }
  }

  private mutating func notCarriedOut(_ word: String, _ stage: Stage) -> Bool {
    report(CheckDiagnostics.notCarriedOut("`\(word)`", at: stage.range))
    return false
  }

  /// The members behind the rows: whoever was in hand before columns took their place.
  private mutating func who(_ stage: Stage, _ state: inout Pipeline) -> Bool {
    if state.members == nil, case .table(let id, _) = state.source, id == environment.last?.id,
      let before = environment.lastQuery
    {
      // The last answer, asked again together with what has been said of it since.
      state.source = before.source
      state.stages = before.stages + state.stages
      state.asOf = state.asOf ?? before.asOf
      state.unit = before.unit
      (state.members, state.keys) = before.membersAndKeys
    }
    if state.members == nil, case .value(let column) = state.source, state.stages.isEmpty,
      case .aggregate(let aggregate) = column.expression.node, aggregate.scope == .row, let set = aggregate.list.itsSet
    {
      let binding = fresh(set.kind)
      state.source = .records(set, binding)
      state.members = binding
    }
    guard let members = state.members else {
      report(CheckDiagnostics.whoOfWhat(at: stage.range))
      return false
    }
    state.stages.append(.who(members))
    let keys = state.keys.filter { catalogue.field(named: $0.name, of: members.kind) == nil }
    state.columns = keys
    state.row = members
    state.unit = kindName(members.kind)
    state.isTable = false
    state.isValue = false
    state.isCross = false
    state.scope = state.outside.adding(.record(Scope.Record(binding: members)))
    if !keys.isEmpty { state.scope = state.scope.adding(.columns(keys, hidesOuter: false)) }
    return true
  }

  func become(_ headers: [CheckedColumn.Header], _ state: inout Pipeline) {
    state.columns = headers
    state.row = nil
    state.isTable = true
    state.isValue = false
    state.scope = state.scope.adding(.columns(headers, hidesOuter: true))
  }

  /// Columns with their names; a column without one is called by its own text.
  mutating func columns(_ syntax: [ColumnSyntax], in scope: Scope) -> [CheckedColumn]? {
    var result: [CheckedColumn] = []
    var isWrong = false
    for column in syntax {
      guard let value = one(column.expression, in: scope, wanted: "in a column") else {
        isWrong = true
        continue
      }
      let name = column.name?.text ?? columnName(column)
      if result.contains(where: { nameKey($0.header.name) == nameKey(name) }) {
        report(CheckDiagnostics.duplicateColumn(name, at: column.expression.range))
        isWrong = true
      }
      result.append(
        CheckedColumn(header: .init(id: freshColumn(), name: name, type: value.type), expression: value))
    }
    return isWrong ? nil : result
  }

  /// The match, or matches, that a yes or no was made of.
  private static func match(_ value: CheckedExpression) -> Term? {
    guard case .aggregate(let aggregate) = value.node, aggregate.scope == .row,
      case .matches(let sequence) = aggregate.list
    else { return nil }
    switch aggregate.function {
    case .any: return .sequence(sequence)
    case .first, .last: return .one(value)
    default: return nil
    }
  }

  private func columnName(_ column: ColumnSyntax) -> String {
    if case .name(let name) = column.expression.node { return name.text }
    return column.text
  }

  private mutating func measure(
    _ columns: [ColumnSyntax], _ keys: [ColumnSyntax], _ across: Expression?, _ range: SourceRange,
    _ state: inout Pipeline
  ) -> Bool {
    guard let keyColumns = self.keys(keys, in: state.scope) else { return false }
    var acrossColumn: CheckedColumn?
    if let across {
      let name = columnName(ColumnSyntax(across, text: text(of: across.range)))
      guard let column = key(across, named: name, in: state.scope) else { return false }
      acrossColumn = column
    }
    let allKeys = keyColumns + [acrossColumn].compactMap { $0 }
    let scope = state.scope.adding(.columns(allKeys.map(\.header), hidesOuter: false))
    let outside = groupKeys
    groupKeys = Set(allKeys.map(\.header.id))
    defer { groupKeys = outside }
    var checked: [CheckedColumn] = []
    var isWrong = false
    for column in columns {
      guard let value = measured(column.expression, in: scope) else {
        isWrong = true
        continue
      }
      let name = column.name?.text ?? columnName(column)
      checked.append(CheckedColumn(header: .init(id: freshColumn(), name: name, type: value.type), expression: value))
    }
    if isWrong { return false }
    var seen: Set<String> = []
    for header in allKeys.map(\.header) + checked.map(\.header) where !seen.insert(nameKey(header.name)).inserted {
      report(CheckDiagnostics.duplicateColumn(header.name, at: range))
      return false
    }
    state.stages.append(.measure(CheckedMeasure(columns: checked, keys: keyColumns, across: acrossColumn)))
    state.keys = keyColumns.filter(\.isOneValue).map(\.header)
    // The columns of a cross table are known when it is made; until then its keys are all that can be named.
    become(keyColumns.map(\.header) + (acrossColumn == nil ? checked.map(\.header) : []), &state)
    state.isCross = acrossColumn != nil
    state.isValue = keyColumns.isEmpty && checked.count == 1 && acrossColumn == nil
    return true
  }

  mutating func measured(_ syntax: Expression, in scope: Scope, wanted: String = "a group") -> CheckedExpression? {
    // A bare `count`: how many rows.
    if case .name(let name) = syntax.node, !name.isQuoted,
      case .aggregate(.count)? = FunctionWords.table[nameKey(name.text)], !hasName(name, in: scope)
    {
      return rowCount(name.range)
    }
    return groupValue(syntax, in: scope, wanted: wanted)
  }

  func rowCount(_ range: SourceRange) -> CheckedExpression {
    let row = constant(.yesno(true), .yesno, range)
    return CheckedExpression(.aggregate(Aggregate(.count, .rows(row), scope: .group)), .plainNumber, range)
  }

  private func hasName(_ name: Name, in scope: Scope) -> Bool {
    for entry in scope.entries.reversed() {
      switch entry {
      case .columns(let headers, let hides):
        if headers.contains(where: { nameKey($0.name) == nameKey(name.text) }) { return true }
        if hides { return false }
      case .record(let record):
        if catalogue.field(named: name.text, of: record.kind) != nil { return true }
      case .named(let other, _, _): if nameKey(other) == nameKey(name.text) { return true }
      }
    }
    return false
  }

  /// What rows are grouped by: one value a row, or several, and then the row stands in each of its groups.
  mutating func keys(_ syntax: [ColumnSyntax], in scope: Scope) -> [CheckedColumn]? {
    var result: [CheckedColumn] = []
    var isWrong = false
    for column in syntax {
      guard let key = key(column.expression, named: column.name?.text ?? columnName(column), in: scope) else {
        isWrong = true
        continue
      }
      result.append(key)
    }
    return isWrong ? nil : result
  }

  /// One key. Its column bears the type of one value, also where the expression gives a row several.
  mutating func key(_ syntax: Expression, named name: String, in scope: Scope) -> CheckedColumn? {
    let term = check(syntax, in: scope)
    let value: CheckedExpression
    var type: ValueType
    if case .sequence = term {
      guard let one = asOne(term, syntax.range, wanted: "to group by") else { return nil }
      (value, type) = (one, one.type)
    } else if isMany(term), let (list, element) = asList(term) {
      let all = Aggregate(.list, .distinct(list), scope: .row)
      (value, type) = (CheckedExpression(.aggregate(all), .list(element), syntax.range), element)
    } else {
      guard let one = asOne(term, syntax.range, wanted: "to group by") else { return nil }
      (value, type) = (one, one.type)
    }
    if case .missing = type { type = .text }
    return CheckedColumn(header: .init(id: freshColumn(), name: name, type: type), expression: value)
  }
}

extension Stage {
  /// Whether it makes columns of the columns before it.
  fileprivate var makesColumns: Bool {
    switch node {
    case .select, .with, .measure, .each, .why: true
    default: false
    }
  }
}

extension CheckedQuery {
  /// The records that its rows are made of, and the keys of its last `measure`.
  var membersAndKeys: (Binding?, [CheckedColumn.Header]) {
    var members: Binding?
    var keys: [CheckedColumn.Header] = []
    if case .records(_, let binding) = source { members = binding }
    for stage in stages {
      switch stage {
      case .each(_, let binding), .who(let binding): members = binding
      case .derive(let derivation) where !derivation.keepsRows: (members, keys) = (nil, [])
      case .measure(let measure): keys = measure.keys.filter(\.isOneValue).map(\.header)
      case .why: (members, keys) = (nil, [])
      default: break
      }
    }
    return (members, keys)
  }
}

extension CheckedQuery {
  /// Whether it ends as a cross table, whose columns are known when it is made.
  var isCross: Bool {
    for stage in stages.reversed() {
      switch stage {
      case .measure(let measure): return measure.across != nil
      case .select, .who: return false
      case .derive(let derivation) where !derivation.keepsRows: return derivation.isCross
      default: continue
      }
    }
    return false
  }
}

extension CheckedList {
  /// The one set whose records it is about.
  fileprivate var itsSet: CheckedSet? {
    switch self {
    case .map(let set, _, _), .records(let set), .gaps(let set): set
    case .distinct(let list), .transform(let list, _, _): list.itsSet
    default: nil
    }
  }
}

extension CheckedColumn {
  /// Whether a row has one value of it: by one of several a row stands in several groups.
  fileprivate var isOneValue: Bool { if case .list = expression.type { false } else { true } }
}
