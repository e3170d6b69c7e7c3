import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Times, days and periods made comparable: every one has a first day and a day after its last, a first
/// instant and an instant after its last.
extension Checker {
  func constant(_ value: Value, _ type: ValueType, _ range: SourceRange) -> CheckedExpression {
    CheckedExpression(.constant(value), type, range)
  }

  func days(_ count: Double, _ range: SourceRange) -> CheckedExpression {
    constant(.duration(Duration(days: count)), .duration(.days), range)
  }

  /// A number that stands where a time is wanted is a year; years 1200–1699 are Jalali.
  func asYear(_ expression: CheckedExpression) -> CheckedExpression? {
    guard case .constant(.number(let number)) = expression.node, let year = Int(exactly: number),
      (1200...2999).contains(year)
    else { return nil }
    let system: CalendarSystem = year < 1700 ? .jalali : .gregorian
    if system == catalogue.calendar.system, let index = Int32(exactly: year) {
      return constant(.period(Period(unit: .year, index: index)), .period(.year), expression.range)
    }
    return span(system, from: (year, 1), months: 12, expression.range)
  }

  /// A stretch of whole months in a calendar that is not the declared one: its first and last day.
  func span(_ system: CalendarSystem, from start: (year: Int, month: Int), months: Int, _ range: SourceRange)
    -> CheckedExpression?
  {
    guard let first = system.day(year: start.year, month: start.month, day: 1),
      let next = system.adding(months: months, toDay: first)
    else { return nil }
    return CheckedExpression(
      .list([constant(.date(first), .date, range), constant(.date(next - 1), .date, range)]), .list(.date), range)
  }

  /// The two days of a stretch made by `span` or `last 90 days`.
  private func spanDays(_ expression: CheckedExpression) -> (CheckedExpression, CheckedExpression)? {
    guard case .list(.date) = expression.type, case .list(let ends) = expression.node, ends.count == 2 else {
      return nil
    }
    return (ends[0], ends[1])
  }

  /// The term as something that says when: a date, time, period, stretch, or an event's time.
  mutating func asWhen(_ term: Term, _ range: SourceRange, _ what: String) -> CheckedExpression? {
    guard let expression = asOne(term, range, wanted: "as a time") else { return nil }
    switch expression.type {
    case .date, .time, .period: return expression
    case .list(.date) where spanDays(expression) != nil: return expression
    case .number: if let year = asYear(expression) { return year }
    case .record: if let time = time(of: expression) { return time }
    case .missing: return CheckedExpression(.constant(.missing), .date, range)
    default: break
    }
    report(
      CheckDiagnostics.wrongType(
        what, wanted: "a time, a date, a period or an event", found: words(expression.type), at: range,
        notes: dateMeant(by: expression).map { ["a month has two digits: write `\($0)`"] } ?? []))
    return nil
  }

  /// `2024-1` and `2024-1-5`, which are subtractions, as the month and the day that are meant; nothing for other sums.
  func dateMeant(by expression: CheckedExpression) -> String? {
    let parts = text(of: expression.range).split(separator: "-", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[0].utf8.count == 4,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let short = parts.dropFirst()
    guard short.allSatisfy({ $0.utf8.count <= 2 }) else { return nil }
    return ([String(parts[0])] + short.map { ($0.utf8.count == 1 ? "0" : "") + $0 }).joined(separator: "-")
  }

  func isWhen(_ type: ValueType) -> Bool {
    switch type {
    case .date, .time, .period, .list(.date): true
    default: false
    }
  }

  func firstDay(_ when: CheckedExpression) -> CheckedExpression {
    if let (first, _) = spanDays(when) { return first }
    switch when.type {
    case .time: return folded(CheckedExpression(.when(.day, when), .date, when.range))
    case .period: return folded(CheckedExpression(.when(.firstDay, when), .date, when.range))
    default: return when
    }
  }

  func dayAfter(_ when: CheckedExpression) -> CheckedExpression {
    if let (_, last) = spanDays(when) { return plus(last, days(1, when.range)) }
    switch when.type {
    case .period: return folded(CheckedExpression(.when(.dayAfterLast, when), .date, when.range))
    default: return plus(firstDay(when), days(1, when.range))
    }
  }

  func firstInstant(_ when: CheckedExpression) -> CheckedExpression {
    if let (first, _) = spanDays(when) { return firstInstant(first) }
    if when.type == .time { return when }
    return folded(CheckedExpression(.when(.firstInstant, when), .time, when.range))
  }

  /// The first instant after all of it; an instant is the whole of its second.
  func endInstant(_ when: CheckedExpression) -> CheckedExpression {
    if let (_, last) = spanDays(when) { return endInstant(last) }
    if when.type == .time {
      return plus(when, constant(.duration(Duration(seconds: 1)), .duration(.seconds), when.range))
    }
    return folded(CheckedExpression(.when(.endInstant, when), .time, when.range))
  }

  func plus(_ time: CheckedExpression, _ duration: CheckedExpression) -> CheckedExpression {
    moved(time, duration, .timePlus)
  }

  func minus(_ time: CheckedExpression, _ duration: CheckedExpression) -> CheckedExpression {
    moved(time, duration, .timeMinus)
  }

  private func moved(_ time: CheckedExpression, _ duration: CheckedExpression, _ kernel: ArithmeticKernel)
    -> CheckedExpression
  {
    let isShort = hasSeconds(duration)
    return folded(
      CheckedExpression(
        .arithmetic(kernel, isShort ? firstInstant(time) : time, duration), isShort ? .time : time.type, time.range))
  }

  /// Whether a day moved by it becomes an instant.
  private func hasSeconds(_ duration: CheckedExpression) -> Bool {
    if case .constant(.duration(let value)) = duration.node, duration.type == .duration(.mixed) {
      return value.seconds != 0
    }
    return duration.type == .duration(.seconds)
  }

  /// Worked out now where everything is written in the program: a year's first day, the day after a date. What
  /// would leave the calendar stays as it is, and is missing when it is carried out.
  func folded(_ expression: CheckedExpression) -> CheckedExpression {
    let rules = catalogue.calendar
    func day(_ day: Int?) -> CheckedExpression? {
      day.map { constant(.date($0), .date, expression.range) }
    }
    func instant(ofDay day: Int) -> CheckedExpression {
      constant(.time(rules.zone.instant(ofLocalDay: day, secondOfDay: 0)), .time, expression.range)
    }
    func firstAndNext(_ value: Value) -> (Int, Int)? {
      switch value {
      case .date(let day) where CalendarSystem.days.contains(day) && day < CalendarSystem.days.upperBound:
        return (day, day + 1)
      case .period(let period):
        guard let first = rules.firstDay(ofPeriod: period.index, unit: period.unit),
          let last = rules.lastDay(ofPeriod: period.index, unit: period.unit), last < CalendarSystem.days.upperBound
        else { return nil }
        return (first, last + 1)
      default: return nil
      }
    }
    switch expression.node {
    case .when(let conversion, let inner):
      guard case .constant(let value) = inner.node else { return expression }
      if case .time(let time) = value {
        return (conversion == .day ? day(rules.zone.localDay(ofInstant: time)) : nil) ?? expression
      }
      guard let (first, next) = firstAndNext(value) else { return expression }
      switch conversion {
      case .firstInstant: return instant(ofDay: first)
      case .endInstant: return instant(ofDay: next)
      case .firstDay, .day: return day(first) ?? expression
      case .lastDay: return day(next - 1) ?? expression
      case .dayAfterLast: return day(next) ?? expression
      }
    case .arithmetic(let kernel, let a, let b):
      guard kernel == .timePlus || kernel == .timeMinus, case .constant(.date(let start)) = a.node,
        case .constant(.duration(let length)) = b.node, length.seconds == 0, length.months == 0,
        let days = Int(exactly: length.days), abs(days) <= 1_000_000, CalendarSystem.days.contains(start)
      else { return expression }
      let moved = kernel == .timePlus ? start + days : start - days
      return rules.system.writtenDays.contains(moved) ? day(moved) ?? expression : expression
    default: return expression
    }
  }

  /// `a − b`: days where either is a day or a period, else seconds.
  func difference(_ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange) -> CheckedExpression {
    if a.type == .time, b.type == .time {
      return CheckedExpression(.arithmetic(.timeDifference, a, b), .duration(.seconds), range)
    }
    return CheckedExpression(.arithmetic(.timeDifference, firstDay(a), firstDay(b)), .duration(.days), range)
  }

  // MARK: Comparing

  /// `a OP b` where both say when. A wider one is the whole of it.
  mutating func compareTimes(
    _ op: ComparisonOperator, _ a: CheckedExpression, _ b: CheckedExpression, _ range: SourceRange
  ) -> CheckedExpression? {
    if case .period(let left) = a.type, case .period(let right) = b.type, left == right {
      return plainComparison(op, .period, a, b, range)
    }
    if a.type == .time, b.type == .time { return plainComparison(op, .time, a, b, range) }
    if a.type == .date, b.type == .date { return plainComparison(op, .date, a, b, range) }
    func width(_ type: ValueType) -> Int {
      switch type {
      case .time: 0
      case .date: 1
      default: 2
      }
    }
    if width(a.type) == 2, width(b.type) == 2, op == .equal || op == .notEqual {
      report(CheckDiagnostics.periodsOfTwoLengths(at: range))
      return nil
    }
    // The narrower on the left.
    guard width(a.type) <= width(b.type) else {
      return compareTimes(op.mirrored, b, a, range)
    }
    let byInstant = a.type == .time
    let kernel: ComparisonKernel = byInstant ? .time : .date
    let value = byInstant ? a : firstDay(a)
    let first = byInstant ? firstInstant(b) : firstDay(b)
    let end = byInstant ? endInstant(b) : dayAfter(b)
    switch op {
    case .less: return CheckedExpression(.compare(.less, kernel, value, first), .yesno, range)
    case .greaterOrEqual: return CheckedExpression(.compare(.greaterOrEqual, kernel, value, first), .yesno, range)
    case .lessOrEqual: return CheckedExpression(.compare(.less, kernel, value, end), .yesno, range)
    case .greater: return CheckedExpression(.compare(.greaterOrEqual, kernel, value, end), .yesno, range)
    case .equal:
      guard isUsedAgain(b) else { return nil }
      return CheckedExpression(.inRange(value, kernel, from: first, upTo: end), .yesno, range)
    case .notEqual:
      guard isUsedAgain(b) else { return nil }
      let equal = CheckedExpression(.inRange(value, kernel, from: first, upTo: end), .yesno, range)
      return CheckedExpression(.not(equal), .yesno, range)
    default: return nil
    }
  }

  func plainComparison(
    _ op: ComparisonOperator, _ kernel: ComparisonKernel, _ a: CheckedExpression, _ b: CheckedExpression,
    _ range: SourceRange
  ) -> CheckedExpression? {
    guard let comparison = op.comparison else { return nil }
    // `!=` is the negation of `=`: what is missing is not equal.
    if comparison == .notEqual {
      let equal = CheckedExpression(.compare(.equal, kernel, a, b), .yesno, range)
      return CheckedExpression(.not(equal), .yesno, range)
    }
    return CheckedExpression(.compare(comparison, kernel, a, b), .yesno, range)
  }

  // MARK: Bounds of filters

  /// What a time filter narrows to, in the type of the time it goes by (a day or an instant).
  struct Bounds {
    var from: CheckedExpression?
    var upTo: CheckedExpression?
  }

  mutating func bounds(_ filter: FilterSyntax, byDay: Bool, in scope: Scope) -> Bounds? {
    func first(_ when: CheckedExpression) -> CheckedExpression { byDay ? firstDay(when) : firstInstant(when) }
    func after(_ when: CheckedExpression) -> CheckedExpression { byDay ? dayAfter(when) : endInstant(when) }
    switch filter.node {
    case .condition: return nil
    case .after(let syntax):
      return when(syntax, "`after`", in: scope).map { Bounds(from: after($0), upTo: nil) }
    case .since(let syntax):
      return when(syntax, "`since`", in: scope).map { Bounds(from: first($0), upTo: nil) }
    case .before(let syntax):
      return when(syntax, "`before`", in: scope).map { Bounds(from: nil, upTo: first($0)) }
    case .until(let syntax):
      return when(syntax, "`until`", in: scope).map { Bounds(from: nil, upTo: after($0)) }
    case .during(let syntax, let end):
      guard let start = when(syntax, "`during`", in: scope) else { return nil }
      guard let end else { return isUsedAgain(start) ? Bounds(from: first(start), upTo: after(start)) : nil }
      guard let last = when(end, "`to`", in: scope) else { return nil }
      return Bounds(from: first(start), upTo: after(last))
    case .within(let lengthSyntax, let anchor, let whenSyntax):
      guard let length = one(lengthSyntax, in: scope, wanted: "as a length of time") else { return nil }
      guard case .duration(let unit) = length.type else {
        report(
          CheckDiagnostics.wrongType(
            "`within`", wanted: "a length of time such as `60 days`", found: words(length.type), at: length.range))
        return nil
      }
      guard let when = when(whenSyntax, "`\(anchor.rawValue)`", in: scope), isUsedAgain(when) else { return nil }
      let short = unit == .seconds
      // For days or longer the last day is whole; below that, instants.
      func later() -> CheckedExpression {
        let start = short ? firstInstant(when) : lastDay(when)
        return after(saturated(plus(start, length), start, length, .timePlus))
      }
      switch anchor {
      case .after: return Bounds(from: after(when), upTo: later())
      case .from: return Bounds(from: first(when), upTo: later())
      case .before:
        let end = short ? firstInstant(when) : firstDay(when)
        return Bounds(from: first(saturated(minus(end, length), end, length, .timeMinus)), upTo: first(when))
      }
    }
  }

  /// A window's far end; where that lies beyond the calendar, the calendar's end, so that the window holds all there is.
  ///
  /// A moved time beyond the calendar is missing, and a missing bound holds nothing. Lengths that are written out and
  /// shorter than this take nothing that anybody records there.
  private func saturated(
    _ moved: CheckedExpression, _ start: CheckedExpression, _ length: CheckedExpression, _ kernel: ArithmeticKernel
  ) -> CheckedExpression {
    if case .constant = moved.node { return moved }
    if case .constant(.duration(let duration)) = length.node, abs(duration.months) <= 12 * 1_000,
      abs(duration.days) + abs(duration.seconds) / 86_400 <= 366_000
    {
      if case .constant = start.node {} else { return moved }
    }
    func missing(_ value: CheckedExpression) -> CheckedExpression {
      CheckedExpression(.isMissing(value), .yesno, moved.range)
    }
    let days = catalogue.calendar.system.writtenDays
    // Not the very last day, after which there is none.
    let day = constant(.date(kernel == .timePlus ? days.upperBound - 1 : days.lowerBound), .date, moved.range)
    let isUnknown = CheckedExpression(.or(missing(start), missing(length)), .yesno, moved.range)
    return CheckedExpression(
      .conditional(
        [
          .init(condition: isUnknown, value: CheckedExpression(.constant(.missing), .missing, moved.range)),
          .init(condition: missing(moved), value: moved.type == .time ? firstInstant(day) : day),
        ], otherwise: moved), moved.type, moved.range)
  }

  private func lastDay(_ when: CheckedExpression) -> CheckedExpression {
    switch when.type {
    case .date: when
    case .time: firstDay(when)
    default: minus(dayAfter(when), days(1, when.range))
    }
  }

  private mutating func when(_ syntax: Expression, _ what: String, in scope: Scope) -> CheckedExpression? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    return asWhen(term, syntax.range, what)
  }

  // MARK: Literals

  func date(_ literal: DateLiteral, _ range: SourceRange) -> CheckedExpression {
    guard let second = literal.second else { return constant(.date(literal.day), .date, range) }
    let instant = catalogue.calendar.zone.instant(ofLocalDay: literal.day, secondOfDay: second)
    return constant(.time(instant), .time, range)
  }

  func period(_ literal: PeriodLiteral, _ range: SourceRange) -> Term {
    let month: Int
    let months: Int
    let unit: PeriodUnit
    switch literal.part {
    case .month(let number): (month, months, unit) = (number, 1, .month)
    case .quarter(let number): (month, months, unit) = ((number - 1) * 3 + 1, 3, .quarter)
    }
    if literal.system == catalogue.calendar.system {
      let index = unit == .month ? literal.year * 12 + month - 1 : literal.year * 4 + (month - 1) / 3
      if let index = Int32(exactly: index) {
        return .one(constant(.period(Period(unit: unit, index: index)), .period(unit), range))
      }
    }
    guard let span = span(literal.system, from: (literal.year, month), months: months, range) else { return .invalid }
    return .one(span)
  }

  mutating func relativePeriod(_ which: RelativePeriod, _ unit: Name) -> Term {
    guard let unit = periodUnit(unit) else { return .invalid }
    let today = CheckedExpression(.today, .date, unit.range)
    let current = CheckedExpression(.period(unit.unit, today), .period(unit.unit), unit.range)
    let shift: Double =
      switch which {
      case .this: 0
      case .last, .previous: -1
      case .next: 1
      }
    guard shift != 0 else { return .one(current) }
    return .one(
      CheckedExpression(
        .arithmetic(.periodPlus, current, constant(.number(shift), .plainNumber, unit.range)), .period(unit.unit),
        unit.range))
  }

  private mutating func periodUnit(_ name: Name) -> (unit: PeriodUnit, range: SourceRange)? {
    if case .period(.unit(let unit))? = ConstantWords.table[nameKey(name.text)] { return (unit, name.range) }
    report(
      CheckDiagnostics.unknownUnit(
        name.text, nearest(name.text, among: PeriodUnit.allCases.map(\.name), limit: 4), at: name.range))
    return nil
  }

  /// `last 90 days`: up to now, the day 90 days ago not included.
  mutating func lastQuantity(_ amount: Double, _ unit: Name, _ range: SourceRange) -> Term {
    guard let length = quantity(amount, unit, range) else { return .invalid }
    guard case .duration(let part) = length.type else {
      report(
        CheckDiagnostics.wrongType(
          "`last`", wanted: "a length of time such as `last 90 days`", found: words(length.type), at: range))
      return .invalid
    }
    guard part != .seconds else {
      report(
        CheckDiagnostics.wrongType(
          "`last`", wanted: "days or longer", found: "a time below a day", at: range,
          notes: ["write `since now - \(text(of: range).dropFirst(5))`"]))
      return .invalid
    }
    let today = CheckedExpression(.today, .date, range)
    let first = plus(minus(today, length), days(1, range))
    return .one(CheckedExpression(.list([first, today]), .list(.date), range))
  }

  /// `6 months`, `10 rial`
  mutating func quantity(_ amount: Double, _ unit: Name, _ range: SourceRange) -> CheckedExpression? {
    guard let worth = UnitWords.table[nameKey(unit.text)] else {
      let known = Set(
        catalogue.fields.compactMap { field in
          if case .number(let unit) = field.type { return unit.name }
          return nil
        })
      if let name = known.first(where: { nameKey($0) == nameKey(unit.text) }) {
        return constant(.number(amount), .number(.named(name)), range)
      }
      let near = nearest(unit.text, among: UnitWords.names + known.sorted(), limit: 4)
      if !near.isEmpty || known.isEmpty {
        report(CheckDiagnostics.unknownUnit(unit.text, near, at: unit.range))
        return nil
      }
      if unheard == 0 { strangeUnits.append(unit) }
      return constant(.number(amount), .number(.named(unit.text)), range)
    }
    switch worth {
    case .months(let months):
      guard let count = Int(exactly: amount), let total = Optional(count.multipliedReportingOverflow(by: months)),
        !total.overflow, abs(total.partialValue) <= 120_000
      else {
        let isWhole = amount == amount.rounded()
        report(
          CheckDiagnostics.wrongType(
            "a length in months", wanted: isWhole ? "at most 10,000 years" : "a whole number",
            found: isWhole ? "longer" : "a part of one", at: range, notes: isWhole ? [] : ["say it in days"]))
        return nil
      }
      return constant(.duration(Duration(months: total.partialValue)), .duration(.months), range)
    case .days(let days):
      // A part of a day is a matter of hours.
      guard (amount * Double(days)).rounded() == amount * Double(days) else {
        return constant(.duration(Duration(seconds: amount * Double(days) * 86_400)), .duration(.seconds), range)
      }
      return constant(.duration(Duration(days: amount * Double(days))), .duration(.days), range)
    case .seconds(let seconds):
      return constant(.duration(Duration(seconds: amount * Double(seconds))), .duration(.seconds), range)
    }
  }
}

extension ComparisonOperator {
  var comparison: Comparison? {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  var mirrored: ComparisonOperator {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: self
    }
  }
}
