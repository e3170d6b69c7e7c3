import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// `why KPI from P to P [by K]`: a change split into mix and rate.
extension Checker {
  mutating func changeOfRate(_ why: WhySyntax, _ range: SourceRange, in scope: Scope) -> CheckedQuery? {
    guard let from = why.from, let to = why.to else { return nil }
    guard let called = kpiCall(why.subject) else {
      let term = check(why.subject, in: scope)
      if case .invalid = term { return nil }
      report(CheckDiagnostics.formOfAKPI("why … from … to", words(term), at: why.subject.range))
      return nil
    }
    guard let (kpi, subjectScope, _) = self.kpi(called.0, arguments: called.1, at: called.2, in: scope) else {
      return nil
    }
    guard isDated(kpi, at: why.subject.range) else { return nil }
    guard case .aggregate(let aggregate) = kpi.measure.node, aggregate.scope == .group,
      aggregate.function == .share || aggregate.function == .mean
    else {
      report(CheckDiagnostics.notComparable(kpi.name, "`why … from … to`", at: why.subject.range))
      return nil
    }
    guard let (unit, first) = period(from, in: scope), let (other, second) = period(to, in: scope) else { return nil }
    guard unit == other else {
      report(CheckDiagnostics.periodsOfTwoLengths(unit.name, other.name, at: to.range))
      return nil
    }
    var keys: [CheckedColumn] = []
    for expression in why.by {
      guard let key = key(expression, named: text(of: expression.range), in: subjectScope) else { return nil }
      keys.append(key)
    }
    var fields: [CheckedColumn] = []
    for expression in why.among {
      guard let key = key(expression, named: text(of: expression.range), in: subjectScope) else { return nil }
      fields.append(key)
    }
    if keys.isEmpty, fields.isEmpty { fields = groupingFields(of: kpi, range) }
    guard !keys.isEmpty || !fields.isEmpty else {
      report(CheckDiagnostics.nothingToSplitBy(kpi.name, kindName(kpi.subject.kind), at: range))
      return nil
    }
    var condition: CheckedExpression?
    for syntax in kpiConditions(why.subject) {
      guard let next = self.condition(syntax, in: subjectScope) else { return nil }
      condition = condition.map { CheckedExpression(.and($0, next), .yesno, syntax.range) } ?? next
    }
    let call = CheckedKPICall(
      kpi: kpi, keys: keys, condition: condition, asOf: nil,
      form: .change(unit, from: first, to: second, fields: keys.isEmpty ? fields : []))
    let headers = kpiHeaders(call)
    return CheckedQuery(
      source: .kpi(call, headers), stages: [], columns: headers, row: nil, asOf: nil, unit: kindName(kpi.subject.kind),
      isValue: false, range: range)
  }

  /// What a change is tried by where nothing is named: the subject's own texts and yes/nos, and the names (or keys) of
  /// what it refers to, as declared. What the measure itself asks splits nothing: its groups would be the outcome.
  private mutating func groupingFields(of kpi: CheckedKPI, _ range: SourceRange) -> [CheckedColumn] {
    let subject = kpi.subject
    var asked: Set<FieldID> = []
    kpi.measure.forEach { if case .field(_, let id) = $0.node { asked.insert(id) } }
    let record = CheckedExpression(.binding(subject), .record(subject.kind), range)
    var columns: [CheckedColumn] = []
    for id in catalogue.kind(subject.kind)?.fields ?? [] {
      guard let field = catalogue.field(id), !asked.contains(id) else { continue }
      let value = CheckedExpression(.field(record, id), field.type.valueType, range)
      let key: CheckedExpression
      switch field.type {
      case .text, .yesno: key = value
      case .reference(let kind):
        if let name = catalogue.field(named: "name", of: kind), name.type == .text {
          key = CheckedExpression(.field(value, name.id), .text, range)
        } else {
          key = CheckedExpression(.key(value), .text, range)
        }
      default: continue
      }
      columns.append(
        CheckedColumn(header: .init(id: freshColumn(), name: field.name, type: key.type), expression: key))
    }
    return columns
  }
}
