import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// The process as it ran: `flow` and `retention`, made of stages that are there already and of one kernel each.
extension Checker {
  /// `flow of SET [by E]`: the rows in hand are the cases, the records of SET in their order their steps.
  ///
  /// One row for each pair of steps that follow one another directly, in the order of the time they took together; the
  /// step before the first and after the last of a case is missing.
  mutating func flow(_ syntax: Expression, _ activity: Expression?, _ range: SourceRange, _ state: inout Pipeline)
    -> Bool
  {
    guard let (set, inner, binding) = timeline(syntax, FunctionText.flow, &state), let row = state.row else {
      return false
    }
    let step = CheckedExpression(.binding(binding), .record(set.kind), syntax.range)
    var value: CheckedExpression
    if let activity {
      guard let said = one(activity, in: inner, wanted: "as what was done") else { return false }
      value = said
    } else {
      value = CheckedExpression(.kindName(step), .text, syntax.range)
    }
    guard let time = time(of: step), let label = asLabel(value) else { return false }
    let inputs = [
      column("case", CheckedExpression(.binding(row), .record(row.kind), range)),
      column("activity", label), column("time", time),
    ]
    let length = ValueType.duration(time.type == .date ? .days : .seconds)
    let from = header("from", .text)
    let to = header("to", .text)
    let took = header("time", length)
    state.stages.append(.each(set, binding))
    state.stages.append(.derive(CheckedDerivation(.pairs, inputs: inputs, columns: [from, to, took], range)))
    func of(_ header: CheckedColumn.Header) -> CheckedExpression {
      CheckedExpression(.column(header.id), header.type, range)
    }
    let keys = [
      CheckedColumn(header: self.header("from", .text), expression: of(from)),
      CheckedColumn(header: self.header("to", .text), expression: of(to)),
    ]
    // Before the first and after the last step no time passes.
    let isAnEnd = CheckedExpression(
      .or(
        CheckedExpression(.isMissing(of(keys[0].header)), .yesno, range),
        CheckedExpression(.isMissing(of(keys[1].header)), .yesno, range)), .yesno, range)
    func aggregate(_ name: String, _ function: AggregateFunction) -> CheckedColumn {
      let value = CheckedExpression(.aggregate(Aggregate(function, .rows(of(took)), scope: .group)), length, range)
      let none = constant(.missing, length, range)
      // A sum of nothing is 0; of times none of which is known there is none.
      let mean = CheckedExpression(.aggregate(Aggregate(.mean, .rows(of(took)), scope: .group)), length, range)
      let isUnknown = CheckedExpression(.isMissing(mean), .yesno, range)
      return column(
        name,
        CheckedExpression(
          .conditional(
            [.init(condition: isAnEnd, value: none), .init(condition: isUnknown, value: none)], otherwise: value),
          length, range))
    }
    let total = aggregate("total", .sum)
    let columns = [
      column("n", rowCount(range)), aggregate("mean", .mean), aggregate("median", .median), total,
    ]
    state.stages.append(.measure(CheckedMeasure(columns: columns, keys: keys, across: nil)))
    state.stages.append(
      .sort([
        CheckedSortKey(expression: of(total.header), isDescending: true),
        CheckedSortKey(expression: of(keys[0].header), isDescending: false),
        CheckedSortKey(expression: of(keys[1].header), isDescending: false),
      ]))
    table((keys + columns).map(\.header), FunctionText.step, &state)
    return true
  }

  /// A value as a text that people read; a text that is missing, as missing is shown.
  func asLabel(_ value: CheckedExpression) -> CheckedExpression? {
    let none = constant(.text(FunctionText.none), .text, value.range)
    if value.type == .text { return CheckedExpression(.otherwise(value, none), .text, value.range) }
    let shown = CheckedExpression(.interpolation([value]), .text, value.range)
    let isMissing = CheckedExpression(.isMissing(value), .yesno, value.range)
    return CheckedExpression(
      .conditional([.init(condition: isMissing, value: none)], otherwise: shown), .text, value.range)
  }

  /// `retention of SET from E by UNIT [or later] [for n]`
  mutating func retention(
    _ syntax: Expression, _ cohort: Expression, _ unit: Name, isOrLater: Bool, _ periods: Expression?,
    _ range: SourceRange,
    _ state: inout Pipeline
  ) -> Bool {
    guard case .period(.unit(let period))? = ConstantWords.table[nameKey(unit.text)] else {
      report(
        CheckDiagnostics.unknownUnit(
          unit.text, nearest(unit.text, among: PeriodUnit.allCases.map(\.name), limit: 4), at: unit.range))
      return false
    }
    guard let (set, _, binding) = timeline(syntax, FunctionText.retention, &state) else { return false }
    let term = check(cohort, in: state.scope)
    if case .invalid = term { return false }
    guard let from = asWhen(term, cohort.range, "`\(FunctionText.retention) … from`"),
      let time = time(of: CheckedExpression(.binding(binding), .record(set.kind), syntax.range))
    else { return false }
    var parameters: [CheckedExpression] = []
    if let periods {
      guard let count = count(periods, FunctionText.retention) else { return false }
      parameters.append(count)
    }
    let days = Aggregate(.list, .map(set, binding, firstDay(time)), scope: .row)
    let inputs = [
      column("from", firstDay(from)),
      column("days", CheckedExpression(.aggregate(days), .list(.date), syntax.range)),
    ]
    let headers = [header("cohort", .period(period)), header("size", .plainNumber)]
    state.stages.append(
      .derive(
        CheckedDerivation(
          .retention(period, isOrLater: isOrLater), inputs: inputs, parameters: parameters, columns: headers, range)))
    table(headers, state.unit, &state)
    state.isCross = true
    return true
  }

  // MARK: Parts

  /// A constant that is a whole number of something.
  mutating func count(_ syntax: Expression, _ word: String) -> CheckedExpression? {
    guard let count = one(syntax, in: Scope(), wanted: "as a number") else { return nil }
    guard case .number = count.type else {
      report(CheckDiagnostics.wrongType("`\(word)`", wanted: "a number", found: words(count.type), at: syntax.range))
      return nil
    }
    return count
  }

  /// The events of each row in hand.
  private mutating func timeline(_ syntax: Expression, _ word: String, _ state: inout Pipeline) -> (
    set: CheckedSet, scope: Scope, binding: Binding
  )? {
    let term = check(syntax, in: state.scope)
    if case .invalid = term { return nil }
    guard let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event else {
      report(CheckDiagnostics.wrongType("`\(word)`", wanted: "a set of events", found: words(term), at: syntax.range))
      return nil
    }
    guard state.row != nil else {
      report(
        CheckDiagnostics.wrongType(
          "`\(word)`", wanted: "records as its rows, each with its own events", found: "a table", at: syntax.range,
          notes: ["write it before `select` and `measure`"]))
      return nil
    }
    let binding = fresh(set.kind)
    return (set, scope(state.scope, with: binding, of: set), binding)
  }

  mutating func header(_ name: String, _ type: ValueType) -> CheckedColumn.Header {
    CheckedColumn.Header(id: freshColumn(), name: name, type: type)
  }

  mutating func column(_ name: String, _ expression: CheckedExpression) -> CheckedColumn {
    CheckedColumn(header: header(name, expression.type), expression: expression)
  }

  /// From here on the rows are those of a table.
  func table(_ headers: [CheckedColumn.Header], _ unit: String?, _ state: inout Pipeline) {
    become(headers, &state)
    state.members = nil
    state.keys = []
    state.isCross = false
    state.unit = unit
  }
}

/// Words of the language that messages about these stages need, and what stands for a missing label.
enum FunctionText {
  static let flow = "flow"
  static let retention = "retention"
  static let funnel = "funnel"
  static let none = "–"
  /// What is counted in a process: from one to the next.
  static let step = "step"
}
