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

  /// The KPI with its arguments, and the scope of its subject.
  mutating func kpi(_ syntax: KPISyntax, arguments: [ArgumentSyntax], at range: SourceRange, in scope: Scope) -> (
    kpi: CheckedKPI, scope: Scope
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
      let when = asWhen(term, syntax.range, "`dated`")
      if when == nil { isWrong = true }
      return when
    }
    groupKeys = []
    guard let measure = groupValue(measureSyntax, in: subjectScope, wanted: "as the KPI's value") else { return nil }
    switch measure.type {
    case .number, .duration: break
    default:
      report(
        CheckDiagnostics.wrongType(
          "`measure`", wanted: "a number, a share or a duration", found: words(measure.type), at: measureSyntax.range))
      return nil
    }
    let target = clauses.target.flatMap { bound($0.0, $0.1, measure, in: inner, &isWrong) }
    let warn = clauses.warn.flatMap { bound($0.0, $0.1, measure, in: inner, &isWrong) }
    guard let decision = decision(decide, in: inner, subjectScope) else { return nil }
    var owner: String?
    if let literal = clauses.owner { owner = literal.plain }
    if isWrong { return nil }
    let checked = CheckedKPI(
      name: syntax.name.text, documentation: clauses.documentation?.plain, subjects: subjects, subject: subject,
      dated: dated, measure: measure, target: target, warn: warn, needs: clauses.needs ?? 20, owner: owner,
      decision: decision)
    return (checked, subjectScope)
  }

  private struct Clauses {
    var documentation: TextLiteral?
    var subject: Query?
    var dated: Expression?
    var measure: Expression?
    var target: (BoundSyntax, SourceRange)?
    var warn: (BoundSyntax, SourceRange)?
    var needs: Int?
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
    case .needs(let number): if !twice("needs", clauses.needs != nil) { clauses.needs = Int(exactly: number.rounded()) }
    case .owner(let text): if !twice("owner", clauses.owner != nil) { clauses.owner = text }
    case .decide(let text): if !twice("decide", clauses.decide != nil) { clauses.decide = text }
    // Read with the measures that need it; here it is only kept.
    case .stages, .invalid: break
    }
  }

  private mutating func bound(
    _ syntax: BoundSyntax, _ range: SourceRange, _ measure: CheckedExpression, in scope: Scope, _ isWrong: inout Bool
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

  /// The columns of a KPI by groups.
  func kpiHeaders(_ call: CheckedKPICall, fresh: () -> ColumnID) -> [CheckedColumn.Header] {
    let type = call.kpi.measure.type
    return call.keys.map(\.header) + [
      .init(id: fresh(), name: "value", type: type), .init(id: fresh(), name: "n", type: .plainNumber),
      .init(id: fresh(), name: "low", type: type), .init(id: fresh(), name: "high", type: type),
      .init(id: fresh(), name: "open", type: .plainNumber),
    ]
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
