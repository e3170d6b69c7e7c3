import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// `why`: the outcome, and whom it is about.
extension Checker {
  /// What `why` asks about: a yes/no of a row, and when it was decided.
  struct WhyOutcome {
    var condition: CheckedExpression
    /// Where a row is a first event of a sequence, or an element of a list, what makes these rows.
    var spread: (set: CheckedSet, binding: Binding)?
    /// The time of the sequence's first step, and of its last where that came.
    var anchor: CheckedExpression?
    var decided: CheckedExpression?
    /// Kinds of events that the outcome itself is made of.
    var own: Set<KindID> = []
  }

  /// As a stage.
  mutating func why(_ syntax: WhySyntax, _ range: SourceRange, _ state: inout Pipeline) -> Bool {
    guard syntax.from == nil else {
      report(CheckDiagnostics.changeIsAStatement(text(of: syntax.subject.range), at: range))
      return false
    }
    if state.isValue || state.source.isOneValue {
      report(WhyDiagnostics.ofWhom(text(of: syntax.subject.range), at: range))
      return false
    }
    let term = check(syntax.subject, in: state.scope)
    guard let outcome = outcome(of: term, syntax.subject.range) else { return false }
    return why(outcome, syntax, range, &state)
  }

  /// As a statement: `why return_rate among contact by region`.
  mutating func why(_ syntax: WhySyntax, _ range: SourceRange, in scope: Scope) -> CheckedQuery? {
    guard syntax.from == nil else { return changeOfRate(syntax, range, in: scope) }
    guard let asked = kpiCall(syntax.subject) else {
      let term = check(syntax.subject, in: scope)
      if case .invalid = term { return nil }
      report(WhyDiagnostics.ofWhom(text(of: syntax.subject.range), at: range))
      return nil
    }
    guard let (kpi, subjectScope, _) = kpi(asked.0, arguments: asked.1, at: asked.2, in: scope) else { return nil }
    var state = Pipeline(scope: subjectScope)
    state.source = .records(kpi.subjects, kpi.subject)
    state.row = kpi.subject
    state.members = kpi.subject
    state.unit = kindName(kpi.subject.kind)
    for condition in kpiConditions(syntax.subject) {
      guard let checked = self.condition(condition, in: subjectScope) else { return nil }
      state.stages.append(.filter(checked))
    }
    guard case .aggregate(let aggregate) = kpi.measure.node, aggregate.function == .share,
      let outcome = outcome(of: aggregate.list, at: syntax.subject.range)
    else {
      report(WhyDiagnostics.kpiIsNoShare(kpi.name, at: syntax.subject.range))
      return nil
    }
    guard why(outcome, syntax, range, &state) else { return nil }
    return CheckedQuery(
      source: state.source, stages: state.stages, columns: state.columns, row: nil, asOf: nil, unit: state.unit,
      isValue: false, range: range)
  }

  private mutating func why(_ outcome: WhyOutcome, _ syntax: WhySyntax, _ range: SourceRange, _ state: inout Pipeline)
    -> Bool
  {
    var search = WhySearch(outcome: outcome, state: state)
    if let (set, binding) = outcome.spread {
      state.stages.append(.each(set, binding))
      state.scope = scope(state.scope, with: binding, of: set)
      state.unit = kindName(set.kind)
      search.row = binding
    }
    search.scope = state.scope
    findExposures(&search, range)
    search.scope = naming(search)
    if syntax.among.isEmpty {
      guard findCandidates(&search, range) else { return false }
    } else {
      for item in syntax.among { guard name(item, &search) else { return false } }
    }
    var strata: [CheckedStratum] = []
    for item in syntax.by {
      guard let stratum = stratum(item, search) else { return false }
      strata.append(stratum)
    }
    let headers = whyHeaders(isStratified: !strata.isEmpty)
    state.stages.append(
      .why(
        CheckedWhy(
          outcome: outcome.condition, exposures: search.exposures, candidates: search.candidates, strata: strata,
          headers: headers, remarks: search.remarks, range: range)))
    state.columns = headers
    state.row = nil
    state.members = nil
    state.keys = []
    state.isTable = true
    state.isValue = false
    state.scope = state.scope.adding(.columns(headers, hidesOuter: true))
    return true
  }

  /// The scope of what the program names: the record that the question is about comes first, and what is tied to it is
  /// what is tied at the end of the exposure, not before it began nor after the outcome.
  private func naming(_ search: WhySearch) -> Scope {
    guard let subject = search.subject, let exposure = search.exposures.first, !exposure.isBefore,
      catalogue.kind(subject.kind)?.flavour == .entity
    else { return search.scope }
    var record = Scope.Record(binding: subject)
    record.anchor = end(of: exposure)
    return search.scope.adding(.record(record))
  }

  // MARK: The outcome

  private mutating func outcome(of term: Term, _ range: SourceRange) -> WhyOutcome? {
    switch term {
    case .invalid: return nil
    case .sequence(let sequence): return outcome(of: sequence, range)
    case .kpi(let call):
      report(WhyDiagnostics.kpiInHand(call.kpi.name, at: range))
      return nil
    default: break
    }
    if isMany(term), let (list, type) = asList(term), type == .yesno, let outcome = outcome(of: list, at: range) {
      return outcome
    }
    if isMany(term) {
      report(WhyDiagnostics.needsYesNo(words(term), at: range))
      return nil
    }
    guard let value = asOne(term, range, wanted: "as a yes/no") else { return nil }
    guard value.type == .yesno else {
      report(WhyDiagnostics.needsYesNo(words(value.type), at: range))
      return nil
    }
    return plain(value)
  }

  /// The list that a `share` runs over.
  private mutating func outcome(of list: CheckedList, at range: SourceRange) -> WhyOutcome? {
    switch list {
    case .rows(let body): return body.type == .yesno ? plain(body) : nil
    case .matches(let sequence): return outcome(of: sequence, range)
    case .map(let set, let binding, let body):
      guard body.type == .yesno else { return nil }
      var outcome = plain(body)
      outcome.spread = (set, binding)
      return outcome
    default: return nil
    }
  }

  /// A sequence is about each of its first events, as in `share`.
  private mutating func outcome(of sequence: CheckedSequence, _ range: SourceRange) -> WhyOutcome {
    var sequence = sequence
    var outcome = WhyOutcome(condition: CheckedExpression(.constant(.missing), .yesno, range))
    let record: CheckedExpression
    switch sequence.first {
    case .set(let set):
      let binding = fresh(set.kind)
      outcome.spread = (set, binding)
      record = CheckedExpression(.binding(binding), .record(set.kind), range)
    case .record(let expression):
      if case .binding = expression.node {
        record = expression
      } else {
        // `first(purchase) then …`: whoever has none is no case.
        let set = CheckedSet(.single(expression), kind: sequence.firstBinding.kind, expression.range)
        let binding = fresh(set.kind)
        outcome.spread = (set, binding)
        record = CheckedExpression(.binding(binding), .record(set.kind), range)
      }
    }
    sequence.first = .record(record)
    outcome.condition = CheckedExpression(
      .aggregate(Aggregate(.any, .matches(sequence), scope: .row)), .yesno, range)
    outcome.own = Set(sequence.steps.map(\.set.kind))
    outcome.anchor = time(of: record)
    if var last = sequence.steps.popLast() {
      // What must not come decides as well as what must.
      last.isAbsence = false
      sequence.steps.append(last)
      let reached = CheckedExpression(.binding(last.binding), .record(last.binding.kind), range)
      if let time = time(of: reached) {
        let times = CheckedList.matched(sequence, .expression(time))
        outcome.decided = CheckedExpression(.aggregate(Aggregate(.first, times, scope: .row)), time.type, range)
      }
    }
    return outcome
  }

  /// A yes/no as it stands. It was decided when the one date that `happens`, or the one event, that it reads took
  /// place; where it reads neither, nobody knows when.
  private func plain(_ condition: CheckedExpression) -> WhyOutcome {
    var times: [CheckedExpression.Node: CheckedExpression] = [:]
    var own: Set<KindID> = []
    condition.forEach { part in
      switch part.node {
      case .field(_, let id):
        if let field = catalogue.field(id), field.happens { times[part.node] = part }
      case .pick(_, let set):
        if let time = time(of: part) { times[part.node] = time }
        own.formUnion(set.eventKinds(in: catalogue))
      case .aggregate(let aggregate): own.formUnion(aggregate.list.eventKinds(in: catalogue))
      case .among(_, _, let list): own.formUnion(list.eventKinds(in: catalogue))
      default: break
      }
    }
    var outcome = WhyOutcome(condition: condition, own: own)
    if times.count == 1 { outcome.decided = times.first?.value }
    return outcome
  }

  private mutating func whyHeaders(isStratified: Bool) -> [CheckedColumn.Header] {
    let share = ValueType.number(.share)
    var columns: [(String, ValueType)] = [
      ("factor", .text), ("with_n", .plainNumber), ("with_rate", share), ("without_n", .plainNumber),
      ("without_rate", share), ("difference", share), ("low", share), ("high", share), ("odds_ratio", .plainNumber),
      ("or_low", .plainNumber), ("or_high", .plainNumber), ("lift", .plainNumber), ("attributable", share),
      ("p", .plainNumber), ("q", .plainNumber), ("reach", share), ("finding", .text), ("field", .text),
      ("strength", .plainNumber), ("field_p", .plainNumber),
    ]
    if isStratified {
      columns += [("pooled_or", .plainNumber), ("pooled_low", .plainNumber), ("pooled_high", .plainNumber)]
    }
    return columns.map { .init(id: freshColumn(), name: $0.0, type: $0.1) }
  }
}

extension CheckedQuery.Source {
  /// Whether it is one value, about nobody.
  fileprivate var isOneValue: Bool { if case .value = self { true } else { false } }
}

extension CheckedSet {
  /// The kinds of the events in it, and in the sets that its own is made of.
  func eventKinds(in catalogue: Catalogue) -> Set<KindID> {
    var kinds: Set<KindID> = catalogue.kind(kind)?.flavour == .event ? [kind] : []
    switch node {
    case .filter(let inner, _, _), .whileHeld(let inner, _, _), .during(let inner, _, _), .ofKind(let inner),
      .holding(let inner, _), .expandToOne(let inner, _, _):
      kinds.formUnion(inner.eventKinds(in: catalogue))
    case .expand(let inner, _, let to):
      kinds.formUnion(inner.eventKinds(in: catalogue))
      kinds.formUnion(to.eventKinds(in: catalogue))
    case .union(let a, let b):
      kinds.formUnion(a.eventKinds(in: catalogue))
      kinds.formUnion(b.eventKinds(in: catalogue))
    default: break
    }
    return kinds
  }
}

extension CheckedList {
  func eventKinds(in catalogue: Catalogue) -> Set<KindID> {
    switch self {
    case .map(let set, _, _), .records(let set), .gaps(let set), .gapStarts(let set):
      return set.eventKinds(in: catalogue)
    case .matches(let sequence), .matched(let sequence, _):
      var kinds: Set<KindID> = [sequence.firstBinding.kind]
      for step in sequence.steps { kinds.insert(step.set.kind) }
      return kinds
    case .distinct(let list), .transform(let list, _, _), .anchored(let list, _, _, _, _):
      return list.eventKinds(in: catalogue)
    case .perPeriod(let periods): return periods.set.eventKinds(in: catalogue)
    case .values, .rows, .elements: return []
    }
  }
}
