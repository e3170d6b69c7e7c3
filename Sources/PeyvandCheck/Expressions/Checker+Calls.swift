import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Functions: aggregates over lists and groups, and functions of single values.
extension Checker {
  mutating func call(_ name: Name, _ arguments: [ArgumentSyntax], _ range: SourceRange, in scope: Scope) -> Term {
    if let definition = environment.definition(named: name.text) {
      return read(definition, arguments: arguments, at: name.range, in: scope)
    }
    if let kpi = environment.kpi(named: name.text) { return call(kpi, arguments: arguments, at: name.range, in: scope) }
    guard let word = FunctionWords.table[nameKey(name.text)] else {
      if let computed = computedCall(name, arguments, in: scope) { return computed }
      let known =
        FunctionWords.names + environment.definitions.values.map(\.syntax.name.text).sorted()
        + environment.kpis.values.map(\.name.text).sorted()
      let habit = name.text.lowercased()
      let form = ForeignWords.functionForms[habit]
      var near = ForeignWords.functions[habit].map { [$0] } ?? []
      if near.isEmpty, form == nil {
        near = FunctionWords.table[habit] == nil ? nearest(name.text, among: known, limit: 4) : [habit]
      }
      report(CheckDiagnostics.unknownFunction(name.text, near, form.map { [$0] } ?? [], at: name.range))
      return .invalid
    }
    if !word.takesLabels, let label = arguments.first(where: { $0.label != nil })?.label {
      report(CheckDiagnostics.unknownArgument(label.text, of: name.text, [], at: label.range))
      return .invalid
    }
    switch word {
    case .aggregate(let function): return aggregate(function, arguments, name, range, in: scope)
    case .distinct: return distinct(arguments, name, range, in: scope)
    case .gaps: return gaps(arguments, name, range, in: scope)
    case .scalar(let function): return scalar(function, arguments, name, range, in: scope)
    case .period(let function):
      guard arguments.count == 1 else { return wrongCount(name, "one time: `\(name.text)(at)`", range) }
      return spread([(check(arguments[0].value, in: scope), arguments[0].range)], range) { checker, operands in
        guard let when = checker.asWhenValue(operands[0]) else {
          checker.report(
            CheckDiagnostics.wrongType(
              "`\(name.text)`", wanted: "a time or a date", found: checker.words(operands[0].type),
              at: operands[0].range))
          return nil
        }
        return checker.periodCall(function, when, range)
      }
    case .condition: return conditional(arguments, name, range, in: scope)
    case .rank(let isShare): return rank(isShare: isShare, arguments, name, range, in: scope)
    case .working: return working(arguments, name, range, in: scope)
    case .statistic(let function): return statistic(function, arguments, name, range, in: scope)
    case .part(let part): return self.part(part, arguments, name, range, in: scope)
    case .credit: return credit(arguments, name, range, in: scope)
    case .table(let function):
      report(CheckDiagnostics.stageAlone(function.rawValue, at: range))
      return .invalid
    case .variant, .rework: return ways(word, arguments, name, range, in: scope)
    case .best, .worst:
      report(CheckDiagnostics.notCarriedOut("`\(name.text)` here", at: range))
      return .invalid
    }
  }

  /// A computed field with arguments, of the innermost record in hand that has it.
  private mutating func computedCall(_ name: Name, _ arguments: [ArgumentSyntax], in scope: Scope) -> Term? {
    for entry in scope.entries.reversed() {
      switch entry {
      case .record(let record):
        guard let definition = environment.computedField(named: name.text, of: record.kind) else { continue }
        return read(definition, arguments: arguments, at: name.range, in: scope, on: record.expression(name.range))
      case .columns(_, let hides):
        if hides { return nil }
      case .named: continue
      }
    }
    return nil
  }

  func asWhenValue(_ expression: CheckedExpression) -> CheckedExpression? {
    if isWhen(expression.type), expression.type != .list(.date) { return expression }
    return time(of: expression)
  }

  func periodCall(_ function: PeriodFunction, _ when: CheckedExpression, _ range: SourceRange) -> CheckedExpression {
    let moment: CheckedExpression =
      if case .period = when.type { firstDay(when) } else { when }
    switch function {
    case .unit(.day): return CheckedExpression(moment.type == .time ? .when(.day, moment) : moment.node, .date, range)
    case .unit(let unit): return CheckedExpression(.period(unit, moment), .period(unit), range)
    case .weekday: return CheckedExpression(.weekday(moment), .weekday, range)
    case .hour: return CheckedExpression(.hour(moment), .plainNumber, range)
    }
  }

  /// `working(a, b)`: by the clock, or, where either is a day or a period, by days.
  private mutating func working(_ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope)
    -> Term
  {
    guard arguments.count == 2 else { return wrongCount(name, "two times: `\(name.text)(a, b)`", range) }
    let terms = arguments.map { (check($0.value, in: scope), $0.range) }
    return spread(terms, range) { checker, operands in
      var ends: [CheckedExpression] = []
      for operand in operands {
        if operand.type == .missing {
          ends.append(CheckedExpression(.constant(.missing), .time, operand.range))
        } else if let when = checker.asWhenValue(operand) ?? checker.asYear(operand) {
          ends.append(when)
        } else {
          checker.report(
            CheckDiagnostics.wrongType(
              "`\(name.text)`", wanted: "two times", found: checker.words(operand.type), at: operand.range))
          return nil
        }
      }
      if ends.contains(where: { $0.type != .time }) { ends = ends.map { checker.firstInstant(checker.firstDay($0)) } }
      return CheckedExpression(.call(.working, ends), .duration(.seconds), range)
    }
  }

  mutating func wrongCount(_ name: Name, _ wanted: String, _ range: SourceRange) -> Term {
    report(CheckDiagnostics.arguments(name.text, wanted: wanted, at: range))
    return .invalid
  }

  // MARK: Aggregates

  private mutating func aggregate(
    _ function: AggregateFunction, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    let needed = function == .percentile ? 2 : 1
    guard arguments.count == needed else {
      return wrongCount(
        name,
        function == .percentile
          ? "values and a level: `percentile(x, 90%)`" : "one argument: `\(name.text)(…)`", range)
    }
    let scopeOfAggregate: Aggregate.Scope = isGroup ? .group : .row
    isGroup = false
    defer { isGroup = scopeOfAggregate == .group }
    let argument = arguments[0].value
    // Over the group's rows a key's name is the row's own again.
    let scope = scopeOfAggregate == .group ? scope.without(columns: groupKeys) : scope
    let term = check(argument, in: scope)
    if case .invalid = term { return .invalid }
    if function == .first || function == .last, scopeOfAggregate == .row, let set = asSet(term), isMany(term) {
      let record = CheckedExpression(
        .pick(function == .first ? .first : .last, set), .record(set.kind), range)
      return .one(record, anchor: time(of: record))
    }
    guard let (list, type) = list(for: function, term, argument, scopeOfAggregate, name) else { return .invalid }
    if let complaint = collapsed(function, argument, term, name) {
      report(complaint)
      return .invalid
    }
    var parameter: CheckedExpression?
    if function == .percentile {
      guard let level = one(arguments[1].value, in: scope, wanted: "as a level") else { return .invalid }
      guard case .number = level.type else {
        report(
          CheckDiagnostics.wrongType(
            "`percentile`", wanted: "a level such as `90%`", found: words(level.type), at: arguments[1].range))
        return .invalid
      }
      if case .constant(.number(let number)) = level.node, !(0...1).contains(number) {
        report(
          CheckDiagnostics.wrongType(
            "`percentile`", wanted: "a level from 0% to 100%", found: "another number", at: arguments[1].range,
            notes: number > 1 && number <= 100 ? ["write `\(NumberText.shortest(number))%`"] : []))
        return .invalid
      }
      parameter = level
    }
    guard let result = resultType(function, of: type, list, argument, name) else { return .invalid }
    let aggregate = Aggregate(function, list, parameter: parameter, scope: scopeOfAggregate)
    let expression = CheckedExpression(.aggregate(aggregate), result, range)
    if case .list(let element) = result { return .list(.elements(expression), element) }
    return .one(expression)
  }

  /// What an aggregate runs over.
  mutating func list(
    for function: AggregateFunction, _ term: Term, _ argument: Expression, _ scope: Aggregate.Scope, _ name: Name
  ) -> (list: CheckedList, type: ValueType)? {
    if isMany(term), let found = asList(term) {
      guard scope == .row || !isOfTheGroup(found.list) else {
        report(CheckDiagnostics.aggregateOfOne(name.text, text(of: argument.range), at: argument.range))
        return nil
      }
      return found
    }
    guard let value = asOne(term, argument.range, wanted: "here") else { return nil }
    guard scope == .group, !isOfTheGroup(.rows(value)) else {
      if case .record(let kind) = value.type, case .binding = value.node {
        let steps = hops(from: kind).filter { $0.ways == 1 }
        report(
          CheckDiagnostics.aggregateOfItself(
            name.text, text(of: argument.range), kindName(kind), steps.first?.name, at: argument.range))
      } else {
        report(CheckDiagnostics.aggregateOfOne(name.text, text(of: argument.range), at: argument.range))
      }
      return nil
    }
    switch value.type {
    case .record where function == .count: return (.distinct(.rows(value)), value.type)
    case .yesno where function == .count:
      if case .aggregate = value.node { break }
      report(CheckDiagnostics.countOfYesNo(text(of: argument.range), at: argument.range))
      return nil
    default: break
    }
    return (.rows(value), value.type)
  }

  /// Whether a number of the whole group stands in what should be said of each row: it came as an argument.
  private func isOfTheGroup(_ list: CheckedList) -> Bool {
    switch list {
    case .transform(let inner, _, let body): return isOfTheGroup(inner) || isOfTheGroup(.rows(body))
    case .distinct(let inner): return isOfTheGroup(inner)
    // Its own aggregates run over its periods.
    case .perPeriod: return false
    default: break
    }
    var found = false
    list.walk { part in
      switch part.node {
      case .aggregate(let inner) where inner.scope == .group: found = true
      // Those of a question inside run over its own rows, those of a KPI over its subjects.
      case .query: return false
      case .kpi(let call):
        found = found || isOfTheGroup(.records(call.kpi.subjects))
        return false
      default: break
      }
      return !found
    }
    return found
  }

  /// Summing values along a path that collapses records changes what is counted.
  private func collapsed(_ function: AggregateFunction, _ argument: Expression, _ term: Term, _ name: Name)
    -> Diagnostic?
  {
    switch function {
    case .sum, .mean, .median, .stdev, .percentile, .share, .mode: break
    default: return nil
    }
    guard case .path(let set, _, let tail) = term, case .one(let value, _, _) = tail, case .field = value.node,
      case .expandToOne = set.node, case .dot(let base, let field) = argument.node,
      case .dot(let before, let reference) = base.node
    else { return nil }
    return CheckDiagnostics.countedWhat(
      "\(name.text)(\(field.text) of \(text(of: base.range)))",
      "\(name.text)(\(reference.text).\(field.text) of \(text(of: before.range)))", at: argument.range)
  }

  private mutating func resultType(
    _ function: AggregateFunction, of type: ValueType, _ list: CheckedList, _ argument: Expression, _ name: Name
  ) -> ValueType? {
    func wrong(_ wanted: String, _ notes: [String] = []) -> ValueType? {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: wanted, found: words(type), at: argument.range, notes: notes))
      return nil
    }
    switch function {
    case .count:
      if type == .yesno {
        if case .matches = list { return .plainNumber }
        if case .elements = list { return .plainNumber }
        report(CheckDiagnostics.countOfYesNo(text(of: argument.range), at: argument.range))
        return nil
      }
      return .plainNumber
    case .sum:
      switch type {
      case .number, .duration: return type
      case .missing: return .plainNumber
      case .yesno: return wrong("numbers", ["how many: `count(SET where …)`"])
      default: return wrong("numbers")
      }
    case .mean, .median, .percentile:
      switch type {
      case .number(let unit): return .number(unit)
      case .duration: return type
      case .missing: return .plainNumber
      case .yesno: return wrong("numbers", ["which part: `share(…)`"])
      default: return wrong("numbers or durations")
      }
    case .stdev:
      switch type {
      case .number, .duration: return type
      default: return wrong("numbers or durations")
      }
    case .min, .max:
      switch type {
      case .yesno, .list: return wrong("values that have an order")
      default: return type
      }
    case .share:
      guard type == .yesno else { return wrong("a yes/no", ["a part of money: `sum(…) / sum(…)`"]) }
      return .number(.share)
    case .any, .none:
      if case .record = type { return .yesno }
      guard type == .yesno else { return wrong("records or a yes/no") }
      return .yesno
    case .every:
      guard type == .yesno else { return wrong("a yes/no") }
      return .yesno
    case .first, .last, .mode: return type
    case .list: return .list(type)
    // Those of several lists are read elsewhere.
    default: return wrong("other values")
    }
  }

  // MARK: Lists

  private mutating func distinct(_ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope)
    -> Term
  {
    guard arguments.count == 1 else { return wrongCount(name, "one argument", range) }
    // Directly inside a group's aggregate it runs over the group with it; the aggregate has put `isGroup` down,
    // so one value a row is taken row by row.
    let term = check(arguments[0].value, in: scope)
    if case .invalid = term { return .invalid }
    if isMany(term), let (list, type) = asList(term) { return .list(.distinct(list), type) }
    guard let value = asOne(term, arguments[0].range, wanted: "here") else { return .invalid }
    return .list(.distinct(.rows(value)), value.type)
  }

  private mutating func gaps(_ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope) -> Term
  {
    guard arguments.count == 1 else { return wrongCount(name, "one set of events", range) }
    let term = check(arguments[0].value, in: scope)
    if case .invalid = term { return .invalid }
    guard let set = asSet(term), let field = catalogue.timeField(of: set.kind) else {
      report(
        CheckDiagnostics.wrongType("`gaps`", wanted: "a set of events", found: words(term), at: arguments[0].range))
      return .invalid
    }
    return .list(.gaps(set), .duration(field.type == .date ? .days : .seconds))
  }

  /// `E of SET`, `E per P of SET`
  mutating func of(_ body: Expression, _ per: Name?, _ set: Expression?, _ range: SourceRange, in scope: Scope) -> Term
  {
    let outside = isGroup
    isGroup = false
    defer { isGroup = outside }
    guard let setSyntax = set else {
      report(CheckDiagnostics.arguments("per", wanted: "a set: `E per month of SET`", at: range))
      return .invalid
    }
    let term = check(setSyntax, in: scope)
    if case .invalid = term { return .invalid }
    if per == nil, case .sequence(let sequence) = term {
      // For each match a value of its steps, by their names.
      var inner = scope
      for (name, binding) in sequenceNames[sequence.firstBinding.id] ?? [] {
        let record = CheckedExpression(.binding(binding), .record(binding.kind), body.range)
        inner = inner.adding(.named(name, .one(record, anchor: time(of: record)), size: 1))
      }
      guard let value = one(body, in: inner, wanted: "for each match") else { return .invalid }
      return .list(.matched(sequence, .expression(value)), value.type)
    }
    guard let set = asSet(term) else {
      report(CheckDiagnostics.wrongType("`of`", wanted: "a set of records", found: words(term), at: setSyntax.range))
      return .invalid
    }
    let binding = fresh(set.kind)
    let inner = self.scope(scope, with: binding, of: set)
    if let per { return perPeriod(body, per, set, binding, range, in: inner) }
    let element = check(body, in: inner)
    if case .invalid = element { return .invalid }
    if !isMany(element) {
      guard let value = asOne(element, body.range, wanted: "for each record") else { return .invalid }
      return .list(.map(set, binding, value), value.type)
    }
    return .path(set, binding, element)
  }

  private mutating func perPeriod(
    _ body: Expression, _ per: Name, _ set: CheckedSet, _ binding: Binding, _ range: SourceRange, in scope: Scope
  ) -> Term {
    guard case .period(.unit(let unit))? = ConstantWords.table[nameKey(per.text)] else {
      report(
        CheckDiagnostics.unknownUnit(
          per.text, nearest(per.text, among: PeriodUnit.allCases.map(\.name), limit: 4), at: per.range))
      return .invalid
    }
    guard catalogue.timeField(of: set.kind) != nil else {
      report(CheckDiagnostics.filterNeedsTime("per", kindName(set.kind), at: range))
      return .invalid
    }
    guard let value = measured(body, in: scope, wanted: "a period") else { return .invalid }
    let bounds = setBounds(set)
    return .list(
      .perPeriod(
        CheckedPerPeriod(set: set, element: binding, unit: unit, body: value, from: bounds.from, upTo: bounds.upTo)),
      value.type)
  }

  /// The bounds that a set was given by its time filters.
  private func setBounds(_ set: CheckedSet) -> (from: CheckedExpression?, upTo: CheckedExpression?) {
    switch set.node {
    case .during(let inner, let from, let upTo):
      let outer = setBounds(inner)
      return (from.map(firstDay) ?? outer.from, upTo.map(firstDay) ?? outer.upTo)
    case .filter(let inner, _, _), .whileHeld(let inner, _, _), .ofKind(let inner): return setBounds(inner)
    default: return (nil, nil)
    }
  }

  // MARK: Functions of single values

  private mutating func scalar(
    _ function: ScalarFunction, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    let counts: ClosedRange<Int> =
      switch function {
      case .round: 1...2
      case .bucket, .working: 2...2
      case .replace: 3...3
      default: 1...1
      }
    guard counts.contains(arguments.count) else {
      return wrongCount(
        name,
        counts.count == 1 ? "\(counts.lowerBound) arguments" : "\(counts.lowerBound) or \(counts.upperBound) arguments",
        range)
    }
    let terms = arguments.map { (check($0.value, in: scope), $0.range) }
    return spread(terms, range) { checker, operands in checker.scalar(function, operands, name, range) }
  }

  private mutating func scalar(
    _ function: ScalarFunction, _ operands: [CheckedExpression], _ name: Name, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    let first = operands[0]
    func wrong(_ wanted: String, _ operand: CheckedExpression) -> CheckedExpression? {
      report(
        CheckDiagnostics.wrongType("`\(name.text)`", wanted: wanted, found: words(operand.type), at: operand.range))
      return nil
    }
    let result: ValueType
    switch function {
    case .length:
      guard first.type == .text || first.type == .missing else { return wrong("a text", first) }
      result = .plainNumber
    case .working: return nil
    case .lower, .upper, .trim, .replace:
      for operand in operands where operand.type != .text && operand.type != .missing {
        return wrong("a text", operand)
      }
      result = .text
    case .round, .floor, .abs:
      switch first.type {
      case .number, .duration, .missing: result = first.type
      default: return wrong("a number", first)
      }
      if operands.count > 1 {
        guard case .number = operands[1].type else { return wrong("a number of digits", operands[1]) }
      }
    case .sqrt, .log:
      guard case .number = first.type else { return wrong("a number", first) }
      result = .plainNumber
    case .bucket:
      if case .constant(let width) = operands[1].node, !Self.isPositive(width) {
        return wrong("a width above 0", operands[1])
      }
      switch (first.type, operands[1].type) {
      case (.number, .number):
        guard sharedUnitOfBucket(first, operands[1], range) else { return nil }
        result = first.type
      case (.duration(let unit), .duration(let width)):
        guard (unit == .months) == (width == .months) else {
          report(
            CheckDiagnostics.monthsAndDays(unit == .months ? first : operands[1], catalogue.calendar.system, at: range))
          return nil
        }
        result = .duration(width)
      default: return wrong("a number and a width, or a duration and a width", first)
      }
    }
    return CheckedExpression(.call(function, operands), result, range)
  }

  private static func isPositive(_ width: Value) -> Bool {
    switch width {
    case .number(let number): number > 0
    case .duration(let duration): duration.months > 0 || duration.days > 0 || duration.seconds > 0
    default: true
    }
  }

  private mutating func sharedUnitOfBucket(_ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange) -> Bool
  {
    comparison(.less, a, b, range) != nil
  }

  /// `if(condition, a, condition, b, otherwise)`
  private mutating func conditional(_ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope)
    -> Term
  {
    guard arguments.count >= 2 else {
      return wrongCount(name, "a condition and values: `if(condition, a, otherwise)`", range)
    }
    var branches: [CheckedExpression.Branch] = []
    var type: ValueType?
    var values: [CheckedExpression] = []
    var index = 0
    while index + 1 < arguments.count {
      guard let condition = condition(arguments[index].value, in: scope),
        let value = one(arguments[index + 1].value, in: scope, wanted: "here")
      else { return .invalid }
      branches.append(.init(condition: condition, value: value))
      values.append(value)
      index += 2
    }
    var otherwise = constant(.missing, .missing, range)
    if index < arguments.count {
      guard let value = one(arguments[index].value, in: scope, wanted: "here") else { return .invalid }
      otherwise = value
      values.append(value)
    }
    var first = values[0]
    for value in values.dropFirst() {
      guard let shared = sharedType(first, value, range) else { return .invalid }
      type = shared
      if first.type == .missing { first = value }
    }
    return .one(CheckedExpression(.conditional(branches, otherwise: otherwise), type ?? first.type, range))
  }
}
