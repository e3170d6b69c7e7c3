import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Operators become kernels by the types of their operands.
extension Checker {
  /// Whether the value is written out in the program, so that it may take the other side's unit.
  func isLiteral(_ expression: CheckedExpression) -> Bool {
    switch expression.node {
    case .constant, .variable: true
    case .negate(let inner): isLiteral(inner)
    case .arithmetic(_, let a, let b): isLiteral(a) && isLiteral(b)
    default: false
    }
  }

  /// The unit of two numbers that meet; reports where they differ.
  private mutating func sharedUnit(_ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange) -> Unit? {
    guard case .number(let left) = a.type, case .number(let right) = b.type else { return nil }
    if left.name == right.name { return Unit(name: left.name, isShare: left.isShare && right.isShare) }
    if left.name == nil, isLiteral(a) { return right }
    if right.name == nil, isLiteral(b) { return left }
    let (named, other) = left.name != nil ? (a, b) : (b, a)
    guard case .number(let unit) = named.type, case .number(let found) = other.type else { return nil }
    report(
      CheckDiagnostics.units(
        text(of: named.range), is: unit.name ?? "", notIn: found.name ?? "a plain number", at: other.range))
    return nil
  }

  mutating func negate(_ operand: CheckedExpression, _ range: SourceRange) -> CheckedExpression? {
    switch operand.node {
    case .constant(.number(let number)): return constant(.number(-number), operand.type, range)
    case .constant(.duration(let length)):
      let opposite = Duration(months: -length.months, days: -length.days, seconds: -length.seconds)
      return constant(.duration(opposite), operand.type, range)
    default: break
    }
    switch operand.type {
    case .number, .duration, .missing: return CheckedExpression(.negate(operand), operand.type, range)
    default:
      report(CheckDiagnostics.wrongType("`-`", wanted: "a number", found: words(operand.type), at: operand.range))
      return nil
    }
  }

  /// Whether a number is known to be whole before anything runs.
  private func isWhole(_ expression: CheckedExpression) -> Bool {
    switch expression.node {
    case .constant(.number(let number)): number == number.rounded()
    case .negate(let inner): isWhole(inner)
    case .aggregate(let aggregate): aggregate.function == .count
    default: false
    }
  }

  mutating func arithmetic(
    _ op: ArithmeticOperator, _ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    func make(_ kernel: ArithmeticKernel, _ type: ValueType) -> CheckedExpression {
      CheckedExpression(.arithmetic(kernel, a, b), type, range)
    }
    switch (a.type, b.type, op) {
    case (.missing, _, _): return CheckedExpression(.constant(.missing), b.type, range)
    case (_, .missing, _): return CheckedExpression(.constant(.missing), a.type, range)
    case (.number(let left), .number(let right), _):
      switch op {
      case .add, .subtract, .modulo:
        guard let unit = sharedUnit(a, b, range) else { return nil }
        return make(op == .add ? .add : op == .subtract ? .subtract : .modulo, .number(unit))
      case .multiply:
        if left.name != nil, right.name != nil {
          report(
            CheckDiagnostics.calculate(
              words(a.type), "*", words(b.type), at: range, notes: ["in a product one side is a plain number"]))
          return nil
        }
        return make(.multiply, .number(Unit(name: left.name ?? right.name, isShare: false)))
      case .divide:
        if left.name == right.name { return make(.divide, .plainNumber) }
        if right.name == nil { return make(.divide, .number(Unit(name: left.name, isShare: false))) }
        if isLiteral(a) { return make(.divide, .plainNumber) }
        report(CheckDiagnostics.calculate(words(a.type), "/", words(b.type), at: range))
        return nil
      }
    case (.duration(let left), .duration(let right), .add), (.duration(let left), .duration(let right), .subtract):
      let type: DurationClass = left == right ? left : .mixed
      if case .constant(.duration(let one)) = a.node, case .constant(.duration(let other)) = b.node {
        let sign = op == .add ? 1 : -1
        let (months, isTooMuch) = one.months.addingReportingOverflow(sign * other.months)
        if !isTooMuch, abs(months) <= 120_000 {
          return constant(
            .duration(
              Duration(
                months: months, days: one.days + Double(sign) * other.days,
                seconds: one.seconds + Double(sign) * other.seconds)), .duration(type), range)
        }
      }
      return make(op == .add ? .durationAdd : .durationSubtract, .duration(type))
    case (.duration(let left), .duration(let right), .divide):
      guard (left == .months) == (right == .months), left != .mixed, right != .mixed else {
        report(CheckDiagnostics.monthsAndDays(left == .months ? a : b, catalogue.calendar.system, at: range))
        return nil
      }
      return make(.durationRatio, .plainNumber)
    case (.duration(.months), .number, .multiply) where !isWhole(b),
      (.number, .duration(.months), .multiply) where !isWhole(a),
      (.duration(.months), .number, .divide):
      // Months are whole steps of the calendar.
      report(
        CheckDiagnostics.calculate(
          words(a.type), op.rawValue, words(b.type), at: range,
          notes: ["a month has no parts: say the length in days, or months times a whole number"]))
      return nil
    case (.duration, .number(let unit), .multiply) where unit.name == nil: return make(.durationTimes, a.type)
    case (.number(let unit), .duration, .multiply) where unit.name == nil:
      return CheckedExpression(.arithmetic(.durationTimes, b, a), b.type, range)
    case (.duration, .number(let unit), .divide) where unit.name == nil: return make(.durationOver, a.type)
    case (.duration, _, .add):
      if let when = whenValue(b) { return plus(dated(when), a) }
    default: break
    }
    if op == .add || op == .subtract, let left = whenValue(a) {
      if case .duration = b.type {
        let base = dated(left)
        return op == .add ? plus(base, b) : minus(base, b)
      }
      if op == .subtract, let right = whenValue(b) { return difference(left, right, range) }
    }
    report(
      CheckDiagnostics.calculate(
        words(a.type), op.rawValue, words(b.type), at: range,
        notes: a.type == .text || b.type == .text ? ["put values into a text with braces: `\"{name} …\"`"] : []))
    return nil
  }

  /// A period moves from its first day.
  private func dated(_ when: CheckedExpression) -> CheckedExpression {
    switch when.type {
    case .date, .time: when
    default: firstDay(when)
    }
  }

  /// A value that says when, or an event's time.
  private func whenValue(_ expression: CheckedExpression) -> CheckedExpression? {
    if isWhen(expression.type) { return expression }
    return time(of: expression)
  }

  mutating func otherwise(_ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange) -> CheckedExpression? {
    if a.type == .missing { return b }
    guard let type = sharedType(a, b, range) else { return nil }
    return CheckedExpression(.otherwise(a, b), type, range)
  }

  /// The type of two values of which one is taken.
  mutating func sharedType(_ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange) -> ValueType? {
    if a.type == b.type || b.type == .missing { return a.type }
    if a.type == .missing { return b.type }
    switch (a.type, b.type) {
    case (.number, .number): return sharedUnit(a, b, range).map { .number($0) }
    // A day counts 86,400 seconds; months have no such number, and keep their parts.
    case (.duration(.days), .duration(.seconds)), (.duration(.seconds), .duration(.days)): return .duration(.seconds)
    case (.duration(let left), .duration(let right)): return .duration(left == right ? left : .mixed)
    case (.record(let left), .record(let right)):
      if let kind = sharedKind(left, right) { return .record(kind) }
    default: break
    }
    report(
      CheckDiagnostics.wrongType(
        "this place", wanted: words(a.type) + " on both sides", found: words(b.type), at: b.range))
    return nil
  }

  // MARK: Comparisons

  mutating func comparison(
    _ op: ComparisonOperator, _ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    switch op {
    case .contains, .startsWith, .endsWith, .matches: return textTest(op, a, b, range)
    default: break
    }
    if a.type == .missing || b.type == .missing {
      // Equals nothing but the word: `x = missing` is meant as a test.
      let other = a.type == .missing ? b : a
      let test = CheckedExpression(.isMissing(other), .yesno, range)
      if op == .equal { return test }
      if op == .notEqual { return CheckedExpression(.not(test), .yesno, range) }
    }
    switch (a.type, b.type) {
    case (.number, .number):
      guard sharedUnit(a, b, range) != nil else { return nil }
      return plainComparison(op, .number, a, b, range)
    case (.text, .text): return plainComparison(op, .text, a, b, range)
    case (.yesno, .yesno): return plainComparison(op, .yesno, a, b, range)
    case (.weekday, .weekday): return plainComparison(op, .weekday, a, b, range)
    case (.clock, .clock): return plainComparison(op, .clock, a, b, range)
    case (.duration(let left), .duration(let right)):
      return durations(op, a, left, b, right, range)
    case (.record(let left), .record(let right)):
      guard sharedKind(left, right) != nil else {
        report(
          CheckDiagnostics.cannotCompare(
            words(a.type), words(b.type), at: range,
            notes: ["ask the kind with `is \(kindName(right))`, or compare a text of both, such as `.key`"]))
        return nil
      }
      return plainComparison(op, .record, a, b, range)
    case (.record, .text):
      return plainComparison(op, .text, CheckedExpression(.key(a), .text, a.range), b, range)
    case (.text, .record):
      return plainComparison(op, .text, a, CheckedExpression(.key(b), .text, b.range), range)
    default: break
    }
    if isWhen(a.type) || isWhen(b.type) {
      if let left = asComparableWhen(a), let right = asComparableWhen(b) { return compareTimes(op, left, right, range) }
    }
    report(CheckDiagnostics.cannotCompare(words(a.type), words(b.type), at: range, notes: hint(a, b)))
    return nil
  }

  private func asComparableWhen(_ expression: CheckedExpression) -> CheckedExpression? {
    if isWhen(expression.type) { return expression }
    if case .number = expression.type { return asYear(expression) }
    return time(of: expression)
  }

  private static let compareWithADate = "compare with a date such as `2024-03-01`, or a year"

  private func hint(_ a: CheckedExpression, _ b: CheckedExpression) -> [String] {
    switch (a.type, b.type) {
    case (.date, .number), (.time, .number), (.period, .number):
      [dateMeant(by: b).map { "a month has two digits: write `\($0)`" } ?? Self.compareWithADate]
    case (.number, .date), (.number, .time), (.number, .period):
      [dateMeant(by: a).map { "a month has two digits: write `\($0)`" } ?? Self.compareWithADate]
    case (.date, .text), (.time, .text), (.text, .date), (.text, .time):
      ["a date stands without quotes, such as `2024-03-01`"]
    case (.text, .number): ["a text stands in quotes: `\"…\"`"]
    case (.yesno, _), (_, .yesno): ["a yes/no needs no comparison: write it alone, or `not` before it"]
    default: []
    }
  }

  private mutating func durations(
    _ op: ComparisonOperator, _ a: CheckedExpression, _ left: DurationClass, _ b: CheckedExpression,
    _ right: DurationClass, _ range: SourceRange
  ) -> CheckedExpression? {
    if hasMonths(a, left) == hasMonths(b, right) { return plainComparison(op, .duration, a, b, range) }
    // A difference remembers where it began, and so compares with months: `end - start > 6 months`.
    if hasMonths(b, right), let comparison = anchored(op, a, b, range) { return comparison }
    if hasMonths(a, left), let comparison = anchored(op.mirrored, b, a, range) { return comparison }
    report(CheckDiagnostics.monthsAndDays(hasMonths(a, left) ? a : b, catalogue.calendar.system, at: range))
    return nil
  }

  /// Whether a length may be counted in months; a literal of parts says itself.
  private func hasMonths(_ length: CheckedExpression, _ form: DurationClass) -> Bool {
    if case .constant(.duration(let value)) = length.node { return value.months != 0 || form == .months }
    return form == .months || form == .mixed
  }

  private mutating func textTest(
    _ op: ComparisonOperator, _ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    for side in [a, b] where side.type != .text && side.type != .missing {
      report(CheckDiagnostics.wrongType("`\(op.rawValue)`", wanted: "texts", found: words(side.type), at: side.range))
      return nil
    }
    let test: TextTest =
      switch op {
      case .startsWith: .startsWith
      case .endsWith: .endsWith
      case .matches: .matches
      default: .contains
      }
    return CheckedExpression(.textTest(test, a, b), .yesno, range)
  }

  // MARK: Membership and tests

  func isText(_ term: Term) -> Bool {
    switch term {
    case .one(let value, _, _): value.type == .text
    case .list(_, let type): type == .text
    case .path(_, _, let tail): isText(tail)
    default: false
    }
  }

  mutating func membership(
    _ value: Expression, _ list: Expression, _ end: Expression?, _ range: SourceRange, in scope: Scope
  )
    -> Term
  {
    let subject = check(value, in: scope)
    let outer = besideText
    if isText(subject), case .list(let items) = list.node { besideText = items.map(\.range) }
    let target = check(list, in: scope)
    besideText = outer
    if case .invalid = subject { return .invalid }
    if case .invalid = target { return .invalid }
    if let end {
      let last = check(end, in: scope)
      return spread([(subject, value.range), (target, list.range), (last, end.range)], range) { checker, operands in
        checker.inPeriods(operands[0], operands[1], operands[2], range)
      }
    }
    if case .list(.values(let items), let type) = target {
      return spread([(subject, value.range)], range) { checker, operands in
        checker.oneOf(operands[0], items, type, range)
      }
    }
    if isMany(target), let (many, type) = asList(target) {
      return spread([(subject, value.range)], range) { checker, operands in
        guard let kernel = checker.equalityKernel(operands[0], type, range) else { return nil }
        return CheckedExpression(.among(checker.compared(operands[0], as: kernel), kernel, many), .yesno, range)
      }
    }
    return spread([(subject, value.range), (target, list.range)], range) { checker, operands in
      checker.inPeriods(operands[0], operands[1], operands[1], range)
    }
  }

  private mutating func inPeriods(
    _ value: CheckedExpression, _ first: CheckedExpression, _ last: CheckedExpression, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    guard let when = asComparableWhen(value), let from = asComparableWhen(first), let to = asComparableWhen(last) else {
      report(
        CheckDiagnostics.wrongType(
          "`in`", wanted: "a list `[…]` or a period", found: words(first.type), at: first.range,
          notes: ["write `in [a, b]`"]))
      return nil
    }
    guard isUsedAgain(last) else { return nil }
    if when.type == .time {
      return CheckedExpression(.inRange(when, .time, from: firstInstant(from), upTo: endInstant(to)), .yesno, range)
    }
    return CheckedExpression(.inRange(firstDay(when), .date, from: firstDay(from), upTo: dayAfter(to)), .yesno, range)
  }

  private mutating func oneOf(
    _ value: CheckedExpression, _ items: [CheckedExpression], _ type: ValueType, _ range: SourceRange
  )
    -> CheckedExpression?
  {
    let isDuration = if case .duration = value.type { true } else { false }
    if isWhen(value.type) || isDuration {
      // A date may be in one of several periods, months are not days: an `or` of comparisons.
      var tests: [CheckedExpression] = []
      for item in items {
        guard isUsedAgain(value), let test = comparison(.equal, value, item, range) else { return nil }
        tests.append(test)
      }
      // In pairs, so that a long list makes no deep tree.
      while tests.count > 1 {
        tests = stride(from: 0, to: tests.count, by: 2).map { place in
          place + 1 < tests.count
            ? CheckedExpression(.or(tests[place], tests[place + 1]), .yesno, range) : tests[place]
        }
      }
      return tests.first ?? constant(.yesno(false), .yesno, range)
    }
    guard let kernel = equalityKernel(value, type, range) else { return nil }
    if kernel == .number {
      for item in items where item.type != .missing {
        guard comparison(.equal, value, item, item.range) != nil else { return nil }
      }
    }
    return CheckedExpression(.oneOf(compared(value, as: kernel), kernel, items), .yesno, range)
  }

  /// A record among texts goes by its key.
  private func compared(_ value: CheckedExpression, as kernel: ComparisonKernel) -> CheckedExpression {
    if case .record = value.type, kernel == .text { return CheckedExpression(.key(value), .text, value.range) }
    return value
  }

  private mutating func equalityKernel(_ value: CheckedExpression, _ type: ValueType, _ range: SourceRange)
    -> ComparisonKernel?
  {
    switch (value.type, type) {
    case (.number(let unit), .number(let other)):
      guard unit.name == other.name || other.name == nil || unit.name == nil && isLiteral(value) else {
        report(
          CheckDiagnostics.units(
            text(of: value.range), is: unit.name ?? "plain numbers", notIn: other.name ?? "a plain number", at: range))
        return nil
      }
      return .number
    case (.text, .text), (_, .missing): return .text
    case (.record, .text): return .text
    case (.yesno, .yesno): return .yesno
    case (.weekday, .weekday): return .weekday
    case (.clock, .clock): return .clock
    case (.date, .date): return .date
    case (.time, .time): return .time
    case (.period(let a), .period(let b)) where a == b: return .period
    case (.record(let a), .record(let b)) where sharedKind(a, b) != nil: return .record
    case (.duration, .duration): return .duration
    default:
      report(CheckDiagnostics.cannotCompare(words(value.type), words(type), at: range))
      return nil
    }
  }

  mutating func isTest(_ value: Expression, _ test: IsTest, _ range: SourceRange, in scope: Scope) -> Term {
    let term = check(value, in: scope)
    if case .invalid = term { return .invalid }
    switch test {
    case .missing:
      return spread([(term, value.range)], range) { _, operands in
        CheckedExpression(.isMissing(operands[0]), .yesno, range)
      }
    case .open:
      return spread([(term, value.range)], range) { checker, operands in
        guard operands[0].type == .yesno else {
          checker.report(
            CheckDiagnostics.wrongType(
              "`is open`", wanted: "a sequence", found: checker.words(operands[0].type), at: value.range))
          return nil
        }
        return CheckedExpression(.isOpen(operands[0]), .yesno, range)
      }
    case .kind(let name):
      guard let kind = catalogue.kind(named: name.text) else {
        if !name.isQuoted, ForeignWords.emptiness.contains(name.text.lowercased()) {
          report(
            CheckDiagnostics.emptiness(name.text, of: text(of: value.range), isSet: isMany(term), at: name.range))
        } else {
          unknownKind(name)
        }
        return .invalid
      }
      return spread([(term, value.range)], range) { checker, operands in
        guard case .record(let found) = operands[0].type,
          checker.catalogue.members(of: found).contains(where: { checker.sharedKind($0, kind.id) != nil })
        else {
          checker.report(
            CheckDiagnostics.wrongType(
              "`is \(kind.name)`", wanted: "a record that may be one", found: checker.words(operands[0].type),
              at: value.range))
          return nil
        }
        return CheckedExpression(.isKind(operands[0], kind.id), .yesno, range)
      }
    }
  }
}
