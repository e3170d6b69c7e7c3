import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// The law of `then`: what may be a step, and what a window must be.
extension Checker {
  mutating func sequence(_ syntax: SequenceSyntax, _ range: SourceRange, in scope: Scope) -> Term {
    let outside = isGroup
    isGroup = false
    defer { isGroup = outside }
    let term = check(syntax.first, in: scope)
    if case .invalid = term { return .invalid }
    guard scope.record != nil else {
      report(CheckDiagnostics.whoseTimeline(commonSubjects(term, syntax), at: range))
      return .invalid
    }
    let first: CheckedSequence.First
    let kind: KindID
    switch term {
    case .one(let expression, _, _):
      guard case .record(let record) = expression.type, catalogue.kind(record)?.flavour == .event else {
        report(CheckDiagnostics.stepIsNotEvents(text(of: syntax.first.range), at: syntax.first.range))
        return .invalid
      }
      first = .record(expression)
      kind = record
    default:
      guard let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event else {
        report(CheckDiagnostics.stepIsNotEvents(text(of: syntax.first.range), at: syntax.first.range))
        return .invalid
      }
      first = .set(set)
      kind = set.kind
    }
    let firstBinding = fresh(kind)
    var names: [(String, Binding)] = []
    if let name = syntax.firstName { names.append((name.text, firstBinding)) }
    var steps: [CheckedSequence.Step] = []
    var inner = scope
    if let name = syntax.firstName { inner = named(inner, name, firstBinding) }
    var previous = firstBinding
    for (index, step) in syntax.steps.enumerated() {
      guard let checked = self.step(step, after: previous, first: firstBinding, in: inner) else { return .invalid }
      if step.isAbsence, index != syntax.steps.count - 1 {
        report(CheckDiagnostics.absenceNotLast(at: step.range))
        return .invalid
      }
      steps.append(checked)
      previous = checked.binding
      if let name = step.name {
        names.append((name.text, checked.binding))
        inner = named(inner, name, checked.binding)
      }
    }
    let sequence = CheckedSequence(first: first, firstBinding: firstBinding, steps: steps, range: range)
    sequenceNames[firstBinding.id] = names
    return .sequence(sequence)
  }

  private func named(_ scope: Scope, _ name: Name, _ binding: Binding) -> Scope {
    let record = CheckedExpression(.binding(binding), .record(binding.kind), name.range)
    return scope.adding(.named(name.text, .one(record, anchor: time(of: record)), size: 1))
  }

  mutating func step(
    _ step: SequenceSyntax.Step, after previous: Binding, first: Binding, in scope: Scope
  ) -> CheckedSequence.Step? {
    let term = check(step.set, in: scope)
    if case .invalid = term { return nil }
    if case .one(let expression, _, _) = term, case .binding = expression.node {
      report(CheckDiagnostics.stepIsNotEvents(text(of: step.set.range), at: step.set.range))
      return nil
    }
    guard let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event else {
      report(CheckDiagnostics.stepIsNotEvents(text(of: step.set.range), at: step.set.range))
      return nil
    }
    let anchor = step.window.isOfTheFirst ? first : previous
    guard let window = window(step.window, kinds: [anchor.kind, set.kind], in: scope) else { return nil }
    return CheckedSequence.Step(
      set: set, binding: fresh(set.kind), isAbsence: step.isAbsence, window: window)
  }

  private mutating func window(_ syntax: WindowSyntax, kinds: [KindID], in scope: Scope) -> CheckedWindow? {
    var length: CheckedExpression?
    if let written = syntax.length {
      guard let expression = one(written, in: scope, wanted: "as a window") else { return nil }
      guard case .duration(let unit) = expression.type else {
        report(
          CheckDiagnostics.wrongType(
            "a window", wanted: "a length of time such as `60 days`", found: words(expression.type), at: written.range))
        return nil
      }
      if case .constant(.duration(let duration)) = expression.node,
        duration.months <= 0, duration.days <= 0, duration.seconds <= 0
      {
        report(CheckDiagnostics.windowTooShort(at: expression.range))
        return nil
      }
      if unit == .seconds, let kind = kinds.first(where: { catalogue.timeField(of: $0)?.type == .date }) {
        report(CheckDiagnostics.windowBelowADay(kindName(kind), at: written.range))
        return nil
      }
      length = expression
    } else if let kpi = insideKPI {
      report(CheckDiagnostics.anyTimeInKPI(kpi, at: syntax.range))
      return nil
    }
    return CheckedWindow(
      length: length, isOfTheFirst: syntax.isOfTheFirst, countsOpen: syntax.countsOpen, countsTies: syntax.countsTies,
      isToTheSecond: syntax.isToTheSecond)
  }

  /// The kinds that all steps of a sequence refer to, to say whose timeline it may run on.
  private mutating func commonSubjects(_ first: Term, _ syntax: SequenceSyntax) -> [String] {
    var common: Set<KindID>?
    // Only to find the kinds: what else is wrong shows where the sequence stands in its record.
    let before = complaints.count
    let unions = catalogue.unions
    unheard += 1
    defer {
      environment.catalogue.unions = unions
      unheard -= 1
      complaints.takeBack(after: before)
    }
    let terms = [first] + syntax.steps.map { check($0.set, in: Scope()) }
    for term in terms {
      guard let set = asSet(term) else { continue }
      let referred = Set(
        (catalogue.kind(set.kind)?.fields ?? []).compactMap { id -> KindID? in
          if case .reference(let kind)? = catalogue.field(id)?.type { return kind }
          return nil
        })
      common = common.map { $0.intersection(referred) } ?? referred
    }
    return (common ?? []).sorted().map { kindName($0) }
  }
}
