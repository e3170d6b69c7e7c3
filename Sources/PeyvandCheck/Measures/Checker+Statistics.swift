import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Aggregates of several lists at once, and the numbers beside an aggregate's value.
///
/// Each takes its lists of the same records, one value a record: over a group's rows, or along a path. A sequence
/// stands for one yes/no here (whether any of it came), but for `survival` and `median_until` of a sequence, which
/// follow each of its first events.
extension Checker {
  /// What stands at a function's places, and what is given by name.
  private struct Form {
    var lists: ClosedRange<Int>
    /// The parameter that is another list.
    var listLabel: String?
    var isListNeeded = false
    var takesTime = false
    var takesCause = false
    /// As written.
    var text: String

    var labels: [String] {
      [takesTime ? StatisticWords.at : nil, takesCause ? StatisticWords.of : nil, listLabel].compactMap { $0 }
    }
  }

  private static func form(of function: AggregateFunction) -> Form {
    switch function {
    case .survival:
      Form(lists: 2...2, takesTime: true, text: "`survival(time, event, at: T)` or `survival(A then B within D)`")
    case .medianUntil:
      Form(lists: 2...2, text: "`median_until(time, event)` or `median_until(A then B within D)`")
    case .incidence:
      Form(lists: 2...2, takesTime: true, takesCause: true, text: "`incidence(time, cause, of: \"won\", at: T)`")
    case .logrank:
      Form(
        lists: 2...2, listLabel: StatisticWords.by, isListNeeded: true, text: "`logrank(time, event, by: group)`")
    case .oddsRatio:
      Form(
        lists: 2...2, listLabel: StatisticWords.within,
        text: "`odds_ratio(had, outcome)`, or with `within: field` over its strata")
    case .riskRatio: Form(lists: 2...2, text: "`risk_ratio(had, outcome)`")
    case .chiSquare, .cramersV, .spearman, .correlation:
      Form(lists: 2...2, text: "two lists: `\(function.rawValue)(a, b)`")
    case .trend: Form(lists: 1...2, text: "values in their order, or values and what they go by: `trend(y, x)`")
    default: Form(lists: 1...1, text: "one argument: `\(function.rawValue)(x)`")
    }
  }

  mutating func statistic(
    _ function: AggregateFunction, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    let form = Self.form(of: function)
    guard let given = named(arguments, of: name, form.labels) else { return .invalid }
    let positional = given.positional
    let scopeOfAggregate: Aggregate.Scope = isGroup ? .group : .row
    isGroup = false
    defer { isGroup = scopeOfAggregate == .group }
    let outside = scope
    let scope = scopeOfAggregate == .group ? scope.without(columns: groupKeys) : scope
    if function == .survival || function == .medianUntil, positional.count == 1, arguments.count == 1 {
      return ofASequence(function, positional[0], scopeOfAggregate, name, range, in: scope)
    }
    guard form.lists.contains(positional.count) else { return wrongCount(name, form.text, range) }
    for (label, isNeeded) in [
      (StatisticWords.at, form.takesTime), (StatisticWords.of, form.takesCause),
      (form.listLabel ?? "", form.isListNeeded),
    ] where isNeeded && given[label] == nil {
      return wrongCount(name, form.text, range)
    }
    var lists: [(list: CheckedList, type: ValueType, syntax: Expression)] = []
    for (place, syntax) in (positional + [form.listLabel.flatMap { given[$0] }].compactMap({ $0 })).enumerated() {
      var term = check(syntax, in: scope)
      if case .invalid = term { return .invalid }
      if case .sequence = term {
        guard let any = asOne(term, syntax.range, wanted: "here") else { return .invalid }
        term = .one(any)
      }
      if place == 1, form.takesCause, let cause = given[StatisticWords.of] {
        guard let coded = self.cause(term, syntax, of: cause, in: outside) else { return .invalid }
        term = coded
      }
      guard let (list, type) = list(for: function, term, syntax, scopeOfAggregate, name) else { return .invalid }
      lists.append((list, type, syntax))
    }
    guard areFit(function, lists.map { ($0.type, $0.syntax) }, name) else { return .invalid }
    for other in lists.dropFirst() where !areOfTheSame(lists[0].list, other.list) {
      report(
        CheckDiagnostics.twoLists(
          text(of: lists[0].syntax.range), text(of: other.syntax.range), of: nil, at: range, offer: nil))
      return .invalid
    }
    var parameter: CheckedExpression?
    if form.takesTime, let at = given[StatisticWords.at] {
      guard let time = self.length(at, as: StatisticWords.at, like: lists[0].type, scopeOfAggregate, name, in: outside)
      else {
        return .invalid
      }
      parameter = time
    }
    let isThird = form.listLabel.flatMap { given[$0] } != nil
    let aggregate = Aggregate(
      function, lists[0].list, second: lists.count > 1 ? lists[1].list : nil,
      third: isThird && lists.count > 2 ? lists[2].list : nil, parameter: parameter, scope: scopeOfAggregate)
    return .one(CheckedExpression(.aggregate(aggregate), resultType(function, lists[0].type), range))
  }

  private func resultType(_ function: AggregateFunction, _ type: ValueType) -> ValueType {
    switch function {
    case .survival, .incidence, .concentration: .number(.share)
    case .medianUntil: type
    default: .plainNumber
    }
  }

  /// `survival(A then B within D)`, `median_until(A then B within D)`: of all As, those without a B for as long as they
  /// were followed.
  private mutating func ofASequence(
    _ function: AggregateFunction, _ argument: Expression, _ scopeOfAggregate: Aggregate.Scope, _ name: Name,
    _ range: SourceRange, in scope: Scope
  ) -> Term {
    let term = check(argument, in: scope)
    if case .invalid = term { return .invalid }
    guard case .sequence(let sequence) = term, sequence.steps.last?.isAbsence == false else {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "events and what follows them", found: words(term), at: argument.range,
          notes: [
            "such as `\(name.text)(first(purchase) then purchase within 6 months)`",
            "of a time and whether it ended: \(Self.form(of: function).text)",
          ]))
      return .invalid
    }
    if function == .survival, sequence.steps.contains(where: { $0.window.length == nil }) {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "a window, at whose end it is", found: "one that never ends", at: argument.range,
          notes: ["write how long: `within 6 months`"]))
      return .invalid
    }
    let type: ValueType = function == .survival ? .number(.share) : .duration(isByDay(sequence) ? .days : .seconds)
    let aggregate = Aggregate(function, .matched(sequence, .followed), scope: scopeOfAggregate)
    return .one(CheckedExpression(.aggregate(aggregate), type, range))
  }

  /// A cause as a number: 0 none yet, 1 the one asked for, 2 another.
  private mutating func cause(_ term: Term, _ syntax: Expression, of wanted: Expression, in scope: Scope) -> Term? {
    guard let asked = one(wanted, in: scope, wanted: "as a cause") else { return nil }
    func coded(_ checker: inout Checker, _ element: CheckedExpression) -> CheckedExpression? {
      guard let isIt = checker.comparison(.equal, element, asked, syntax.range) else { return nil }
      func number(_ value: Double) -> CheckedExpression {
        CheckedExpression(.constant(.number(value)), .plainNumber, syntax.range)
      }
      let isNone = CheckedExpression(.isMissing(element), .yesno, syntax.range)
      return CheckedExpression(
        .conditional(
          [.init(condition: isNone, value: number(0)), .init(condition: isIt, value: number(1))],
          otherwise: number(2)), .plainNumber, syntax.range)
    }
    if isMany(term) {
      let list = inside(term, syntax.range) { checker, element in coded(&checker, element) }
      if case .invalid = list { return nil }
      return list
    }
    guard let value = asOne(term, syntax.range, wanted: "here"), let number = coded(&self, value) else { return nil }
    return .one(number)
  }

  /// The time at which, as a number in the unit of the times.
  mutating func length(
    _ syntax: Expression, as label: String, like type: ValueType, _ scopeOfAggregate: Aggregate.Scope, _ name: Name,
    in scope: Scope
  ) -> CheckedExpression? {
    guard let at = one(syntax, in: scope, wanted: "as a time") else { return nil }
    if scopeOfAggregate == .group, at.isOfARecord(in: scope.without(columns: groupKeys)) {
      report(
        CheckDiagnostics.wrongType(
          "`\(label)`", wanted: "one time for all", found: "another for each row", at: syntax.range))
      return nil
    }
    switch (type, at.type) {
    case (.number, .number): return at
    case (.duration(let unit), .duration(let other)) where (unit == .months) == (other == .months):
      let whole =
        switch unit {
        case .months: Duration(months: 1)
        case .days: Duration(days: 1)
        default: Duration(seconds: 1)
        }
      let one = CheckedExpression(.constant(.duration(whole)), .duration(unit), syntax.range)
      return CheckedExpression(.arithmetic(.durationRatio, at, one), .plainNumber, syntax.range)
    case (.duration(let unit), .duration):
      report(
        CheckDiagnostics.monthsAndDays(
          unit == .months ? CheckedExpression(.constant(.missing), type, syntax.range) : at, catalogue.calendar.system,
          at: syntax.range))
      return nil
    default:
      report(
        CheckDiagnostics.wrongType(
          "`\(label)` of `\(name.text)`", wanted: words(type), found: words(at.type), at: syntax.range))
      return nil
    }
  }

  // MARK: What fits

  private mutating func areFit(
    _ function: AggregateFunction, _ lists: [(type: ValueType, syntax: Expression)], _ name: Name
  ) -> Bool {
    func isNumber(_ type: ValueType) -> Bool { if case .number = type { true } else { false } }
    func isLength(_ type: ValueType) -> Bool {
      switch type {
      case .number: true
      case .duration(let unit): unit != .mixed
      default: false
      }
    }
    func isYesNo(_ type: ValueType) -> Bool { type == .yesno }
    func isGroup(_ type: ValueType) -> Bool { if case .list = type { false } else { true } }
    func isOfAnOrder(_ type: ValueType) -> Bool {
      switch type {
      case .number, .duration, .date, .time, .period: true
      default: false
      }
    }
    typealias Wish = (words: String, isFit: (ValueType) -> Bool)
    let number: Wish = ("numbers", isNumber)
    let length: Wish = ("numbers or durations, as times", isLength)
    let yesno: Wish = ("a yes/no", isYesNo)
    let group: Wish = ("values to tell groups by", isGroup)
    let order: Wish = ("numbers, durations or times", isOfAnOrder)
    let wishes: [Wish] =
      switch function {
      case .survival, .medianUntil: [length, yesno]
      case .logrank: [length, yesno, group]
      case .incidence: [length, number]
      case .oddsRatio: [yesno, yesno, group]
      case .riskRatio: [yesno, yesno]
      case .chiSquare, .cramersV: [group, group]
      case .trend: [number, order]
      case .spearman: [order, order]
      default: [number, number]
      }
    for ((type, syntax), wish) in zip(lists, wishes) where type != .missing && !wish.isFit(type) {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: wish.words, found: words(type), at: syntax.range))
      return false
    }
    return true
  }

  /// Whether two lists say something of the same records, in the same order.
  private func areOfTheSame(_ a: CheckedList, _ b: CheckedList) -> Bool {
    guard let first = records(of: a), let second = records(of: b) else { return false }
    return first == second
  }

  /// What a list says something of, as a text that is the same for the same.
  private func records(of list: CheckedList) -> String? {
    var printer = CheckedPrinter(catalogue: catalogue)
    switch list {
    case .rows: return "rows"
    case .map(let set, _, _), .records(let set): return "records \(printer.print(set))"
    case .gaps(let set), .gapStarts(let set): return "gaps \(printer.print(set))"
    case .transform(let inner, _, _), .anchored(let inner, starts: _, value: _, start: _, _): return records(of: inner)
    case .perPeriod(let per): return "\(per.unit.name) \(printer.print(per.set))"
    case .matches(let sequence), .matched(let sequence, _):
      return "matches \(text(of: sequence.range))"
    // Whether they are equally long shows when they are there.
    case .elements, .values: return "values"
    case .distinct: return nil
    }
  }

  // MARK: Parts

  /// `low(M)`, `high(M)`, `p(T)`
  mutating func part(
    _ part: AggregatePart, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    let example = part == .p ? "odds_ratio(…)" : "share(…)"
    guard arguments.count == 1 else { return wrongCount(name, "one measure: `\(name.text)(\(example))`", range) }
    let term = check(arguments[0].value, in: scope)
    if case .invalid = term { return .invalid }
    guard case .one(let value, _, _) = term, case .aggregate(var aggregate) = value.node, aggregate.part == .value,
      aggregate.function.parts.contains(part)
    else {
      let known = AggregateFunction.allCases.filter { $0.parts.contains(part) }.map { "`\($0.rawValue)`" }.sorted()
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: part == .p ? "a test or an association" : "a measure that has an interval",
          found: "something else", at: arguments[0].range,
          notes: ["directly around \(known.dropLast().joined(separator: ", ")) or \(known.last ?? "")"]))
      return .invalid
    }
    aggregate.part = part
    return .one(CheckedExpression(.aggregate(aggregate), part == .p ? .plainNumber : value.type, range))
  }

  // MARK: Ways that cases go

  /// `variant(SET, E)`: a case's activities in their order as one text. `rework(SET, E)`: how many of its events repeat
  /// an activity that it had before.
  mutating func ways(
    _ word: FunctionWord, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    guard arguments.count == 2 else {
      return wrongCount(name, "a set and what is done: `\(name.text)(step, activity)`", range)
    }
    let outside = isGroup
    isGroup = false
    defer { isGroup = outside }
    let term = of(arguments[1].value, nil, arguments[0].value, range, in: scope)
    if case .invalid = term { return .invalid }
    guard let (list, type) = asList(term) else {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "one value for each record", found: words(term), at: arguments[1].range))
      return .invalid
    }
    if word == .rework {
      func count(_ list: CheckedList) -> CheckedExpression {
        CheckedExpression(.aggregate(Aggregate(.count, list, scope: .row)), .plainNumber, range)
      }
      return .one(
        CheckedExpression(.arithmetic(.subtract, count(list), count(.distinct(list))), .plainNumber, range))
    }
    var texts = list
    if type != .text, type != .missing {
      let shown = inside(.list(list, type), range) { _, element in
        CheckedExpression(.interpolation([element]), .text, range)
      }
      guard let made = asList(shown) else { return .invalid }
      texts = made.list
    }
    return .one(CheckedExpression(.aggregate(Aggregate(.variant, texts, scope: .row)), .text, range))
  }
}

/// The names of parameters of the functions of several lists.
enum StatisticWords {
  static let at = "at"
  static let of = "of"
  static let by = "by"
  static let within = "within"
}
