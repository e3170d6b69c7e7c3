import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What is asked of a KPI beside its number: its course over periods, one period against another, its stages.
///
/// A form adds nothing to what the KPI measures; it says how its cases are cut. So each is read once the KPI itself
/// has been read, and needs no more than its clauses.
extension Checker {
  /// The form that a modifier asks for; nil where it was wrong and has been said.
  mutating func form(_ modifier: Modifier, of call: CheckedKPICall, journey: Journey?, in scope: Scope)
    -> CheckedKPIForm?
  {
    guard case .value = call.form else {
      report(CheckDiagnostics.twoForms(at: modifier.range))
      return nil
    }
    switch modifier.node {
    case .over(let name, let last):
      guard case .period(.unit(let unit))? = ConstantWords.table[nameKey(name.text)] else {
        report(
          CheckDiagnostics.unknownUnit(
            name.text, nearest(name.text, among: PeriodUnit.allCases.map(\.name), limit: 4), at: name.range))
        return nil
      }
      guard isDated(call.kpi, at: modifier.range) else { return nil }
      guard let last else { return .over(unit, last: nil) }
      guard let count = Int(exactly: last), (1...1_000_000).contains(count) else {
        report(CheckDiagnostics.lastPeriods(at: modifier.range))
        return nil
      }
      guard count <= limits.periods else {
        report(CheckDiagnostics.tooManyPeriods(count, unit.name, limit: limits.periods, at: modifier.range))
        return nil
      }
      return .over(unit, last: count)
    case .versus(let other):
      guard let (unit, period) = period(other, in: scope), isDated(call.kpi, at: modifier.range) else { return nil }
      return .versus(unit, period)
    case .throughStages:
      guard let journey else {
        report(CheckDiagnostics.kpiWithoutStages(call.kpi.name, at: modifier.range))
        return nil
      }
      return self.journey(journey, of: call.kpi, at: modifier.range).map { .throughStages($0) }
    case .named, .asOf, .by, .filter: return nil
    }
  }

  /// The stages of a KPI as written, and where they stand: the scope of its subject.
  struct Journey {
    var stages: [Expression]
    var scope: Scope
  }

  /// A period of the calendar: a day counts as one, a year's number as the year.
  mutating func period(_ syntax: Expression, in scope: Scope) -> (unit: PeriodUnit, value: CheckedExpression)? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    guard let when = asWhen(term, syntax.range, "this period") else { return nil }
    switch when.type {
    case .period(let unit): return (unit, when)
    case .date: return (.day, when)
    default:
      let isStretch = when.type == .list(.date)
      report(
        CheckDiagnostics.wrongType(
          "this",
          wanted: "a period of the calendar: `previous quarter`, `\(periodNow(.quarter))`, `\(periodNow(.year))`",
          found: isStretch ? "a stretch of days" : words(when.type), at: syntax.range, notes: periods(around: when)))
      return nil
    }
  }

  /// A period that could be written here, in the calendar that was declared.
  private func periodNow(_ unit: PeriodUnit) -> String {
    let rules = catalogue.calendar
    // The first day of 2024: an example need not be of today.
    return rules.label(ofPeriod: rules.periodIndex(ofDay: 19_797, unit: unit), unit: unit)
  }

  /// Of a stretch that is a month, a quarter or a year of the other calendar: those of this one in which it lies.
  private func periods(around stretch: CheckedExpression) -> [String] {
    guard case .list(let ends) = stretch.node, let from = ends.first, let to = ends.last,
      case .constant(.date(let first)) = from.node, case .constant(.date(let last)) = to.node
    else { return [] }
    let unit: PeriodUnit = last - first > 300 ? .year : last - first > 60 ? .quarter : .month
    let rules = catalogue.calendar
    let labels = [first, last].map { rules.label(ofPeriod: rules.periodIndex(ofDay: $0, unit: unit), unit: unit) }
    return [
      "it is one of the other calendar, and lies in `\(labels[0])` and `\(labels[1])` of the one that was declared"
    ]
  }

  /// Whether its cases have a time; reports the clause to write where they have not.
  mutating func isDated(_ kpi: CheckedKPI, at range: SourceRange) -> Bool {
    if kpi.dated != nil { return true }
    var clause = "dated at"
    switch catalogue.kind(kpi.subject.kind)?.flavour {
    case .relationship: clause = "dated start"
    case .entity:
      let event = catalogue.kinds.first { kind in
        kind.flavour == .event
          && kind.fields.contains { catalogue.field($0)?.type == .reference(kpi.subject.kind) }
      }
      clause = event.map { "dated first(\($0.name)).at" } ?? "dated the date it is followed by"
    default: break
    }
    report(CheckDiagnostics.kpiWithoutDate(kpi.name, clause: clause, at: range))
    return false
  }

  // MARK: Through stages

  /// The cases of a share or a mean, each with its outcome and the time at which it first came to each stage.
  private mutating func journey(_ journey: Journey, of kpi: CheckedKPI, at range: SourceRange) -> CheckedJourney? {
    guard case .aggregate(let aggregate) = kpi.measure.node, aggregate.scope == .group,
      aggregate.function == .share || aggregate.function == .mean
    else {
      report(CheckDiagnostics.notComparable(kpi.name, "`through stages`", at: range))
      return nil
    }
    guard journey.stages.count <= Limits.Fixed.journeyStages else {
      report(
        CheckDiagnostics.tooManyJourneyStages(
          kpi.name, journey.stages.count, limit: Limits.Fixed.journeyStages, at: range))
      return nil
    }
    func column(_ name: String, _ expression: CheckedExpression, _ checker: inout Checker) -> CheckedColumn {
      CheckedColumn(
        header: .init(id: checker.freshColumn(), name: name, type: expression.type), expression: expression)
    }
    var cases: [CheckedStage] = []
    var unit = kindName(kpi.subject.kind)
    let outcome: CheckedColumn
    var began: CheckedColumn?
    var elapsed: CheckedColumn?
    var isByDay = true
    switch aggregate.list {
    case .rows(let value): outcome = column("outcome", value, &self)
    case .matches(var sequence):
      switch sequence.first {
      case .record(let record) where isBinding(record, kpi.subject): break
      case .record(let record):
        let first = fresh(sequence.firstBinding.kind)
        cases = [.each(CheckedSet(.single(record), kind: first.kind, record.range), first)]
        sequence.first = .record(CheckedExpression(.binding(first), .record(first.kind), record.range))
      case .set(let set):
        let first = fresh(set.kind)
        cases = [.each(set, first)]
        unit = kindName(set.kind)
        sequence.first = .record(CheckedExpression(.binding(first), .record(first.kind), set.range))
      }
      guard case .record(let first) = sequence.first else { return nil }
      isByDay = self.isByDay(sequence)
      let any = Aggregate(.any, .matches(sequence), scope: .row)
      outcome = column("outcome", CheckedExpression(.aggregate(any), .yesno, range), &self)
      if let time = time(of: first) { began = column("began", moment(time, isByDay: isByDay), &self) }
      // A share of one match is missing while its window runs, also where the match came already.
      let decided = CheckedExpression(
        .aggregate(Aggregate(.share, .matches(sequence), scope: .row)), .number(.share), range)
      // What ends the wait of an absence is the coming of what should stay away.
      if let last = sequence.steps.indices.last { sequence.steps[last].isAbsence = false }
      let length = ValueType.duration(isByDay ? .days : .seconds)
      let wait = CheckedExpression(
        .aggregate(Aggregate(.first, .matched(sequence, .elapsed), scope: .row)), length, range)
      let isOpen = CheckedExpression.Branch(
        condition: CheckedExpression(.isMissing(decided), .yesno, range), value: constant(.missing, length, range))
      elapsed = column(
        "elapsed", CheckedExpression(.conditional([isOpen], otherwise: wait), length, range), &self)
    default:
      report(CheckDiagnostics.notComparable(kpi.name, "`through stages`", at: range))
      return nil
    }
    var stops: [CheckedJourney.Stop] = []
    for stage in journey.stages {
      let term = check(stage, in: journey.scope)
      if case .invalid = term { return nil }
      // A KPI of another text is asked here, and so it is said here.
      let place = stage.range.file == range.file ? stage.range : range
      guard let set = asSet(term) else {
        report(
          CheckDiagnostics.wrongType(
            "`stages`", wanted: "sets of records, such as `quote, purchase`", found: words(term), at: place))
        return nil
      }
      guard let field = catalogue.timeField(of: set.kind) else {
        report(CheckDiagnostics.stageWithoutTime(kindName(set.kind), at: place))
        return nil
      }
      let first = CheckedExpression(.pick(.first, set), .record(set.kind), stage.range)
      let time = CheckedExpression(.field(first, field.id), field.type.valueType, stage.range)
      stops.append(
        .init(name: text(of: stage.range), time: column("first", moment(time, isByDay: isByDay), &self)))
    }
    return CheckedJourney(
      cases: cases, outcome: outcome, began: began, elapsed: elapsed, stops: stops, unit: unit)
  }

  private func moment(_ time: CheckedExpression, isByDay: Bool) -> CheckedExpression {
    isByDay ? firstDay(time) : firstInstant(time)
  }

  private func isBinding(_ expression: CheckedExpression, _ binding: Binding) -> Bool {
    if case .binding(let other) = expression.node { other.id == binding.id } else { false }
  }

  // MARK: Tables

  /// The columns of a KPI's table.
  mutating func kpiHeaders(_ call: CheckedKPICall) -> [CheckedColumn.Header] {
    let type = call.kpi.measure.type
    var headers = call.keys.map(\.header)
    func add(_ columns: [(String, ValueType)]) {
      headers += columns.map { .init(id: freshColumn(), name: $0.0, type: $0.1) }
    }
    let value: [(String, ValueType)] = [("value", type), ("n", .plainNumber), ("low", type), ("high", type)]
    let difference = type.isShare ? ValueType.plainNumber : type
    let change = type.isShare ? "points" : "change"
    func period(_ unit: PeriodUnit) -> ValueType { unit == .day ? .date : .period(unit) }
    switch call.form {
    case .value: add(value + [("open", .plainNumber)])
    case .over(let unit, last: _):
      add([("period", period(unit))] + value + [("open", .plainNumber), ("partial", .yesno)])
    case .versus(let unit, _):
      add([("period", period(unit))] + value + [("open", .plainNumber), ("partial", .yesno)])
      add([(change, difference), ("\(change)_low", difference), ("\(change)_high", difference)])
      add([("percent", .number(.share)), ("q", .plainNumber), ("beyond_chance", .yesno)])
    case .throughStages:
      add([("stage", .text), ("reached", .plainNumber), ("value", type), ("not_reached", .plainNumber)])
      add([("value_without", type), ("reach", .number(.share))])
      add([(change, difference), ("\(change)_low", difference), ("\(change)_high", difference)])
      add([("q", .plainNumber), ("room", difference), ("rank", .plainNumber), ("rank_by_room", .plainNumber)])
      add([("spearman", .plainNumber), ("r2_share", .number(.share))])
    case .change(_, from: _, to: _, fields: let fields):
      if call.keys.isEmpty, !fields.isEmpty { add([("field", .text), ("group", .text)]) }
      add([("n_from", .plainNumber), ("share_from", .number(.share)), ("value_from", type)])
      add([("n_to", .plainNumber), ("share_to", .number(.share)), ("value_to", type)])
      add([("mix", difference), ("rate", difference), (change, difference)])
    }
    return headers
  }
}
