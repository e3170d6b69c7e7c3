import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Functions that make a table of all rows, standing alone as a stage: `| control(x)`, `| bg_nbd(x, t, T)`.
extension Checker {
  /// The stage that a lone call makes; nil where it is an ordinary `measure`.
  mutating func tableStage(
    _ columns: [ColumnSyntax], _ keys: [ColumnSyntax], _ across: Expression?, _ range: SourceRange,
    _ state: inout Pipeline
  ) -> Bool? {
    guard let column = columns.first, case .call(let name, let arguments) = column.expression.node,
      case .table(let function)? = FunctionWords.table[nameKey(name.text)],
      environment.definition(named: name.text) == nil, environment.kpi(named: name.text) == nil
    else { return nil }
    guard columns.count == 1, keys.isEmpty, across == nil, column.name == nil else {
      report(CheckDiagnostics.stageAlone(name.text, at: range))
      return false
    }
    switch function {
    case .control: return control(arguments, name, range, &state)
    case .bgnbd: return buyers(arguments, name, range, &state)
    }
  }

  private mutating func inputs(
    _ positional: [Expression], _ name: Name, count: Int, text: String, range: SourceRange, _ state: Pipeline
  ) -> [CheckedExpression]? {
    guard positional.count == count else {
      report(CheckDiagnostics.arguments(name.text, wanted: text, at: range))
      return nil
    }
    var values: [CheckedExpression] = []
    for argument in positional {
      guard let value = one(argument, in: state.scope, wanted: "for each row") else { return nil }
      switch value.type {
      case .number, .missing: break
      case .duration(let unit) where unit != .mixed: break
      default:
        report(
          CheckDiagnostics.wrongType(
            "`\(name.text)`", wanted: "numbers or durations", found: words(value.type), at: argument.range))
        return nil
      }
      values.append(value)
    }
    return values
  }

  /// `control(VALUE [, baseline: n])`: the rows with the limits of the process beside them.
  private mutating func control(
    _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, _ state: inout Pipeline
  ) -> Bool {
    guard let given = named(arguments, of: name, [TableWords.baseline]),
      let values = inputs(
        given.positional, name, count: 1, text: "one value of each row: `control(x)`", range: range, state),
      let value = values.first
    else { return false }
    var parameters: [CheckedExpression] = []
    if let baseline = given[TableWords.baseline] {
      guard let count = count(baseline, TableWords.baseline) else { return false }
      parameters.append(count)
    }
    // Rows that are months, quarters or weeks may have a season.
    let season = state.columns.lazy.compactMap { if case .period(let unit) = $0.type { unit.season } else { nil } }
      .first
    // The ends of an interval, as a KPI's table has them, are no limits of the process: both stand, under their names.
    let taken = Set(state.columns.map { nameKey($0.name) })
    func free(_ name: String) -> String { taken.contains(nameKey(name)) ? "control_" + name : name }
    let headers =
      ["mean", "low", "high", "range"].map { header(free($0), value.type) } + [header(free("signal"), .text)]
    return add(
      CheckedDerivation(
        .control(season: season), inputs: [column("value", value)], parameters: parameters, columns: headers, range),
      &state)
  }

  /// `bg_nbd(frequency, recency, age [, for: T])`
  private mutating func buyers(
    _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, _ state: inout Pipeline
  ) -> Bool {
    let text = "how often each bought again, when last, and since when: `bg_nbd(frequency, recency, age)`"
    guard let given = named(arguments, of: name, [TableWords.for]),
      let values = inputs(given.positional, name, count: 3, text: text, range: range, state)
    else { return false }
    guard case .number = values[0].type else {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "a number of purchases", found: words(values[0].type), at: values[0].range))
      return false
    }
    guard words(values[1].type) == words(values[2].type) else {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "\(words(values[1].type)), as before it", found: words(values[2].type),
          at: values[2].range))
      return false
    }
    let columns = zip(["frequency", "recency", "age"], values).map { column($0, $1) }
    guard let ahead = given[TableWords.for] else {
      let headers = ["r", "alpha", "a", "b", "log_likelihood", "n"].map { header($0, .plainNumber) }
      state.stages.append(.derive(CheckedDerivation(.buyers, inputs: columns, columns: headers, range)))
      table(headers, state.unit, &state)
      return true
    }
    guard let length = length(ahead, as: TableWords.for, like: values[2].type, .group, name, in: state.scope) else {
      return false
    }
    let headers = [header("alive", .number(.share)), header("to_come", .plainNumber)]
    return add(
      CheckedDerivation(.outlook, inputs: columns, parameters: [length], columns: headers, range), &state)
  }

  /// Columns beside those that are there.
  private mutating func add(_ derivation: CheckedDerivation, _ state: inout Pipeline) -> Bool {
    for header in derivation.columns where state.columns.contains(where: { nameKey($0.name) == nameKey(header.name) }) {
      report(CheckDiagnostics.duplicateColumn(header.name, at: derivation.range))
      return false
    }
    state.stages.append(.derive(derivation))
    state.columns += derivation.columns
    state.scope = state.scope.adding(.columns(derivation.columns, hidesOuter: false))
    state.isValue = false
    return true
  }
}

/// The names of parameters of tables.
enum TableWords {
  static let baseline = "baseline"
  static let `for` = "for"
  static let by = "by"
  static let model = "model"
  static let within = "within"
  static let halfLife = "half_life"
  static let per = "per"
}
