import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// KPIs: read where they are asked, in the scope of the asker, so that inside a rep they are about that rep's
/// subjects.
extension Checker {
  mutating func call(_ syntax: KPISyntax, arguments: [ArgumentSyntax], at range: SourceRange, in scope: Scope) -> Term {
    guard let kpi = kpi(syntax, arguments: arguments, at: range, in: scope) else { return .invalid }
    return .kpi(CheckedKPICall(kpi: kpi.kpi, keys: [], condition: nil, asOf: nil))
  }

  /// The KPI with its arguments, the scope of its subject, and its stages, which are read where they are asked for.
  mutating func kpi(_ syntax: KPISyntax, arguments: [ArgumentSyntax], at range: SourceRange, in scope: Scope) -> (
    kpi: CheckedKPI, scope: Scope, journey: Journey?
  )? {
    let key = "kpi " + nameKey(syntax.name.text)
    guard !active.contains(key) else {
      reachesItself(key, syntax.name.text, at: range)
      return nil
    }
    guard
      let values = self.arguments(syntax.parameters, arguments, of: syntax.name.text, key: key, at: range, in: scope)
    else {
      return nil
    }
    active.append(key)
    let outside = (isGroup, insideKPI, groupKeys)
    isGroup = false
    insideKPI = syntax.name.text
    defer {
      active.removeLast()
      (isGroup, insideKPI, groupKeys) = outside
    }
    // A KPI is many clauses, each read with all records in hand.
    guard grow(100) else { return nil }
    var inner = scope
    for (name, term, size) in values { inner = inner.adding(.named(name, term, size: size)) }
    var clauses = Clauses()
    for clause in syntax.clauses { collect(clause, into: &clauses) }
    guard let subjectQuery = clauses.subject else {
      report(CheckDiagnostics.kpiLacks("for", syntax.name.text, at: syntax.name.range))
      return nil
    }
    guard let measureSyntax = clauses.measure else {
      report(CheckDiagnostics.kpiLacks("measure", syntax.name.text, at: syntax.name.range))
      return nil
    }
    guard let decide = clauses.decide else {
      report(CheckDiagnostics.kpiWithoutDecision(syntax.name.text, at: syntax.name.range))
      return nil
    }
    guard let term = value(of: subjectQuery, in: inner) else { return nil }
    guard let subjects = asSet(term) else {
      report(
        CheckDiagnostics.wrongType("`for`", wanted: "a set of records", found: words(term), at: subjectQuery.range))
      return nil
    }
    let subject = fresh(subjects.kind)
    let subjectScope = self.scope(inner, with: subject, of: subjects)
    var isWrong = false
    let dated = clauses.dated.flatMap { syntax -> CheckedExpression? in
      let term = check(syntax, in: subjectScope)
      guard let when = asWhen(term, syntax.range, "`dated`") else {
        isWrong = true
        return nil
      }
      // What is dated by a period lies at its beginning.
      return when.type == .time ? when : firstDay(when)
    }
    groupKeys = []
    guard let measure = measured(measureSyntax, in: subjectScope, wanted: "as the KPI's value") else { return nil }
    switch measure.type {
    case .number, .duration: break
    default:
      report(
        CheckDiagnostics.wrongType(
          "`measure`", wanted: "a number, a share or a duration", found: words(measure.type), at: measureSyntax.range))
      return nil
    }
    let target = clauses.target.flatMap { bound("target", $0.0, $0.1, measure, in: inner, &isWrong) }
    let warn = clauses.warn.flatMap { bound("warn", $0.0, $0.1, measure, in: inner, &isWrong) }
    if let (number, range) = clauses.needs, Int(exactly: number).map({ (0...1_000_000_000).contains($0) }) != true {
      report(CheckDiagnostics.neededCases(at: range))
      isWrong = true
    }
    guard let decision = decision(decide, in: inner, subjectScope) else { return nil }
    var owner: String?
    if let literal = clauses.owner { owner = literal.plain }
    if isWrong { return nil }
    let checked = CheckedKPI(
      name: syntax.name.text, documentation: clauses.documentation?.plain, subjects: subjects, subject: subject,
      dated: dated, measure: measure, target: target, warn: warn,
      needs: clauses.needs.flatMap { Int(exactly: $0.0) } ?? 20,
      owner: owner, decision: decision)
    return (checked, subjectScope, clauses.stages.map { Journey(stages: $0, scope: subjectScope) })
  }

  private struct Clauses {
    var documentation: TextLiteral?
    var subject: Query?
    var dated: Expression?
    var measure: Expression?
    var target: (BoundSyntax, SourceRange)?
    var warn: (BoundSyntax, SourceRange)?
    var needs: (Double, SourceRange)?
    var stages: [Expression]?
    var owner: TextLiteral?
    var decide: TextLiteral?
  }

  private mutating func collect(_ clause: KPISyntax.Clause, into clauses: inout Clauses) {
    func twice(_ name: String, _ isThere: Bool) -> Bool {
      if isThere { report(CheckDiagnostics.clauseTwice(name, at: clause.range)) }
      return isThere
    }
    switch clause.node {
    case .documentation(let text): clauses.documentation = clauses.documentation ?? text
    case .subject(let query): if !twice("for", clauses.subject != nil) { clauses.subject = query }
    case .dated(let expression): if !twice("dated", clauses.dated != nil) { clauses.dated = expression }
    case .measure(let expression): if !twice("measure", clauses.measure != nil) { clauses.measure = expression }
    case .target(let bound): if !twice("target", clauses.target != nil) { clauses.target = (bound, clause.range) }
    case .warn(let bound): if !twice("warn", clauses.warn != nil) { clauses.warn = (bound, clause.range) }
    case .needs(let number): if !twice("needs", clauses.needs != nil) { clauses.needs = (number, clause.range) }
    case .owner(let text): if !twice("owner", clauses.owner != nil) { clauses.owner = text }
    case .decide(let text): if !twice("decide", clauses.decide != nil) { clauses.decide = text }
    case .stages(let stages): if !twice("stages", clauses.stages != nil) { clauses.stages = stages }
    case .invalid: break
    }
  }

  private mutating func bound(
    _ clause: String, _ syntax: BoundSyntax, _ range: SourceRange, _ measure: CheckedExpression, in scope: Scope,
    _ isWrong: inout Bool
  ) -> CheckedBound? {
    let relation: CheckedBound.Relation
    let lowSyntax: Expression
    var highSyntax: Expression?
    switch syntax {
    case .atLeast(let value): (relation, lowSyntax) = (.atLeast, value)
    case .atMost(let value): (relation, lowSyntax) = (.atMost, value)
    case .below(let value): (relation, lowSyntax) = (.below, value)
    case .above(let value): (relation, lowSyntax) = (.above, value)
    case .between(let low, let high): (relation, lowSyntax, highSyntax) = (.between, low, high)
    }
    func value(_ syntax: Expression, _ checker: inout Checker) -> CheckedExpression? {
      guard let value = checker.one(syntax, in: scope, wanted: "as a bound") else { return nil }
      // The same rules as for a comparison in the program: types, units, months against days.
      guard checker.comparison(.lessOrEqual, measure, value, syntax.range) != nil else { return nil }
      return value
    }
    guard let low = value(lowSyntax, &self) else {
      isWrong = true
      return nil
    }
    var high: CheckedExpression?
    if let highSyntax {
      guard let value = value(highSyntax, &self) else {
        isWrong = true
        return nil
      }
      high = value
    }
    guard canBe(clause, relation, low, high, measure.type, at: range) else {
      isWrong = true
      return nil
    }
    // As written, without the clause's word.
    let written = text(of: range).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    let words = written.count > 1 ? String(written[1]).trimmingBlanks : text(of: range)
    return CheckedBound(relation: relation, low: low, high: high, text: words)
  }

  private mutating func decision(_ literal: TextLiteral, in scope: Scope, _ subject: Scope) -> [DecisionPart]? {
    var parts: [DecisionPart] = []
    for part in literal.parts {
      switch part {
      case .literal(let text): parts.append(.text(text))
      case .expression(let query):
        if let source = query.source, query.stages.isEmpty, query.modifiers.isEmpty,
          case .call(let name, let arguments) = source.node, let word = FunctionWords.table[nameKey(name.text)],
          word == .best || word == .worst, arguments.count == 1
        {
          guard let column = key(arguments[0].value, named: text(of: arguments[0].range), in: subject) else {
            return nil
          }
          parts.append(word == .best ? .best(column) : .worst(column))
          continue
        }
        guard let term = value(of: query, in: scope), let value = asOne(term, query.range, wanted: "in a text") else {
          return nil
        }
        parts.append(.value(value))
      }
    }
    return parts
  }

  /// Whether a value can lie on either side of a bound, as far as the program alone tells.
  private mutating func canBe(
    _ clause: String, _ relation: CheckedBound.Relation, _ low: CheckedExpression, _ high: CheckedExpression?,
    _ type: ValueType, at range: SourceRange
  ) -> Bool {
    func number(_ expression: CheckedExpression?) -> Double? {
      guard case .constant(let value)? = expression?.node else { return nil }
      return switch value {
      case .number(let number): number
      case .duration(let length): Double(length.months) * 30 + length.days + length.seconds / 86_400
      default: nil
      }
    }
    if let first = number(low), let last = number(high), first > last {
      report(CheckDiagnostics.boundsReversed(at: range))
      return false
    }
    guard type.isShare else { return true }
    for bound in [low, high].compactMap({ $0 }) {
      guard let value = number(bound) else { continue }
      let isWithin =
        switch relation {
        case .above: value >= 0 && value < 1
        case .below: value > 0 && value <= 1
        case .atLeast, .atMost, .between: value >= 0 && value <= 1
        }
      if !isWithin {
        let percent = value > 1 && value <= 100 ? NumberText.shortest(value) + "%" : nil
        report(CheckDiagnostics.boundOutOfReach(clause, percent: percent, at: bound.range))
        return false
      }
    }
    return true
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var view = Substring(self)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
