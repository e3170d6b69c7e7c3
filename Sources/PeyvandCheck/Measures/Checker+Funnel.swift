import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// `funnel S1, S2, … [within D [of the first]] [counting best] [by K]`: how far each row in hand came, made of sequences.
///
/// Who has any S1 enters at its first one, or, counting the best, at that from which it came furthest; each next step is the earliest later than the step before, within its window: the
/// law of `then`. So the step that was reached is a column of records, the next step a sequence that begins with it, and
/// its rates are `share`s of sequences: they leave out whose window still runs. A window holds for its step and for those
/// before it that have none of their own; steps after the last window have no end.
extension Checker {
  private struct Reached {
    var label: String
    /// The record of this step.
    var record: CheckedColumn
    var name: Name?
  }

  mutating func funnel(
    _ steps: [FunnelStep], isBest: Bool, _ keys: [Expression], _ range: SourceRange, _ state: inout Pipeline
  ) -> Bool {
    guard state.row != nil else {
      report(
        CheckDiagnostics.wrongType(
          "`\(FunctionText.funnel)`", wanted: "records as its rows, each with its own events", found: "a table",
          at: range, notes: ["write it before `select` and `measure`"]))
      return false
    }
    guard steps.count > 1, let first = steps.first else {
      report(
        CheckDiagnostics.arguments(
          FunctionText.funnel, wanted: "two steps or more: `funnel quote, purchase within 60 days`", at: range))
      return false
    }
    guard steps.count <= limits.funnelSteps else {
      report(CheckDiagnostics.tooManyFunnelSteps(steps.count, limit: limits.funnelSteps, at: range))
      return false
    }
    if let window = first.window, steps.dropFirst().contains(where: { $0.window != nil }) {
      report(
        CheckDiagnostics.wrongType(
          "the first step", wanted: "no window", found: "one: there is no step before it", at: window.range))
      return false
    }
    let keyColumns = keys.map { ColumnSyntax($0, text: text(of: $0.range)) }
    guard let keys = self.keys(keyColumns, in: state.scope) else { return false }
    // From the last to the first, so that each has the next one there is.
    var windows: [WindowSyntax?] = []
    for step in steps.reversed() { windows.append(step.window ?? windows.last ?? nil) }
    windows.reverse()
    let later = isBest ? zip(steps, windows).dropFirst().map { ($0, $1 ?? Self.endless($0)) } : []
    guard let entry = entered(first, furthestThrough: later, state.scope) else { return false }
    var made = [entry]
    state.stages.append(.with([entry.record]))
    var scope = named(state.scope, entry)
    var columns: [CheckedColumn] = [
      count(entry, range), none(.number(.share), range), none(.number(.share), range), none(.missing, range),
      none(.missing, range), none(.plainNumber, range),
    ]
    var cells = [columns.map(\.header.id)]
    var lengths: [Int: ValueType] = [:]
    // The steps after the first, each as a sequence from the first one has them.
    var path: [LaterStep] = []
    for (place, step) in steps.enumerated().dropFirst() {
      let window = windows[place] ?? Self.endless(step)
      path.append((step, window))
      guard let from = made.last, let whole = sequence(from: entry, path, only: from, in: scope) else { return false }
      var own = whole
      if !window.isOfTheFirst {
        guard let alone = sequence(from: from, [(step, window)], only: from, in: scope) else { return false }
        own = alone
      }
      guard let last = own.steps.last else { return false }
      let found = CheckedExpression(.binding(last.binding), .record(last.binding.kind), step.step.range)
      let reached = Reached(
        label: label(step.step),
        record: column(
          "step \(place + 1)",
          CheckedExpression(
            .aggregate(Aggregate(.first, .matched(own, .expression(found)), scope: .row)), found.type, step.step.range)),
        name: self.name(step.step))
      state.stages.append(.with([reached.record]))
      scope = named(scope, reached)
      guard var all = sequence(from: entry, path, only: entry, in: scope) else { return false }
      // Through all steps it meets every tie that the others meet, and each first event once.
      all.tellsTies = place == steps.count - 1
      let measured = self.measured(reached, from, own: own, all: all, range)
      for place in [3, 4] { lengths[columns.count + place] = measured[place].expression.type }
      columns += measured
      cells.append(measured.map(\.header.id))
      made.append(reached)
    }
    let length = alike(&columns, lengths, range)
    state.stages.append(.measure(CheckedMeasure(columns: columns, keys: keys, across: nil)))
    let outputs = [
      header("step", .text), header("n", .plainNumber), header("of_previous", .number(.share)),
      header("of_first", .number(.share)), header("median", length), header("mean", length),
      header("open", .plainNumber),
    ]
    // The keys under new numbers, so that a column is made once.
    let keyHeaders = keys.map { header($0.header.name, $0.header.type) }
    state.stages.append(
      .derive(
        CheckedDerivation(
          .stack(keys: keys.map(\.header.id), labels: made.map(\.label), cells: cells), inputs: [],
          columns: keyHeaders + outputs, range)))
    for header in keyHeaders where outputs.contains(where: { nameKey($0.name) == nameKey(header.name) }) {
      report(CheckDiagnostics.duplicateColumn(header.name, at: range))
      return false
    }
    table(keyHeaders + outputs, state.unit, &state)
    return true
  }

  // MARK: Steps

  private typealias LaterStep = (syntax: FunnelStep, window: WindowSyntax)

  /// After the last window steps have no end.
  private static func endless(_ step: FunnelStep) -> WindowSyntax { WindowSyntax(length: nil, range: step.step.range) }

  private mutating func entered(_ step: FunnelStep, furthestThrough later: [LaterStep], _ scope: Scope) -> Reached? {
    let (syntax, name) = Self.unnamed(step.step)
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    let record: CheckedExpression
    if case .one(let value, _, _) = term, case .record(let kind) = value.type, catalogue.kind(kind)?.flavour == .event {
      record = value
    } else if let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event {
      guard let entry = furthest(set, later, name: name, in: scope) else { return nil }
      record = entry
    } else {
      report(CheckDiagnostics.stepIsNotEvents(text(of: syntax.range), at: syntax.range))
      return nil
    }
    return Reached(label: label(step.step), record: column("step 1", record), name: name)
  }

  /// Of the events that a row may enter at, the one from which it came furthest, of equal ones the first: the first that
  /// came through all steps, else the first that came through all but the last …
  private mutating func furthest(_ set: CheckedSet, _ later: [LaterStep], name: Name?, in scope: Scope)
    -> CheckedExpression?
  {
    let type = ValueType.record(set.kind)
    var best = CheckedExpression(.pick(.first, set), type, set.range)
    for count in later.indices.map({ $0 + 1 }) {
      let entry = fresh(set.kind)
      var inner = scope
      func named(_ binding: Binding, _ name: Name?) {
        guard let name else { return }
        let record = CheckedExpression(.binding(binding), .record(binding.kind), name.range)
        inner = inner.adding(.named(name.text, .one(record, anchor: time(of: record))))
      }
      named(entry, name)
      var previous = entry
      var steps: [CheckedSequence.Step] = []
      for (syntax, window) in later.prefix(count) {
        let step = SequenceSyntax.Step(
          set: Self.unnamed(syntax.step).0, name: nil, isAbsence: false, window: window, range: syntax.step.range)
        guard let checked = self.step(step, after: previous, first: entry, in: inner) else { return nil }
        steps.append(checked)
        previous = checked.binding
        named(previous, self.name(syntax.step))
      }
      var sequence = CheckedSequence(first: .set(set), firstBinding: entry, steps: steps, range: set.range)
      sequence.tellsTies = false
      let record = CheckedExpression(.binding(entry), type, set.range)
      let came = Aggregate(.first, .matched(sequence, .expression(record)), scope: .row)
      best = CheckedExpression(.otherwise(CheckedExpression(.aggregate(came), type, set.range), best), type, set.range)
    }
    return best
  }

  /// The sequence from a record that was reached through steps, of those rows that also reached another.
  private mutating func sequence(
    from start: Reached, _ path: [LaterStep], only other: Reached, in scope: Scope
  ) -> CheckedSequence? {
    guard case .record(let kind) = start.record.header.type else { return nil }
    let range = start.record.expression.range
    func column(_ reached: Reached) -> CheckedExpression {
      CheckedExpression(.column(reached.record.header.id), reached.record.header.type, range)
    }
    var first = CheckedSequence.First.record(column(start))
    if other.record.header.id != start.record.header.id {
      let binding = fresh(kind)
      let isMissing = CheckedExpression(.isMissing(column(other)), .yesno, range)
      let single = CheckedSet(.single(column(start)), kind: kind, range)
      first = .set(
        CheckedSet(
          .filter(single, binding, CheckedExpression(.not(isMissing), .yesno, range)), kind: kind, range))
    }
    let firstBinding = fresh(kind)
    var previous = firstBinding
    var steps: [CheckedSequence.Step] = []
    for (syntax, window) in path {
      let step = SequenceSyntax.Step(
        set: Self.unnamed(syntax.step).0, name: nil, isAbsence: false, window: window, range: syntax.step.range)
      guard let checked = self.step(step, after: previous, first: firstBinding, in: scope) else { return nil }
      steps.append(checked)
      previous = checked.binding
    }
    var sequence = CheckedSequence(first: first, firstBinding: firstBinding, steps: steps, range: range)
    sequence.tellsTies = false
    return sequence
  }

  private static func unnamed(_ syntax: Expression) -> (Expression, Name?) {
    if case .named(let inner, let name) = syntax.node { return (inner, name) }
    return (syntax, nil)
  }

  private func name(_ syntax: Expression) -> Name? { Self.unnamed(syntax).1 }

  private func label(_ syntax: Expression) -> String {
    let (inner, name) = Self.unnamed(syntax)
    return name?.text ?? text(of: inner.range)
  }

  private func named(_ scope: Scope, _ reached: Reached) -> Scope {
    guard let name = reached.name else { return scope }
    let record = CheckedExpression(.column(reached.record.header.id), reached.record.header.type, name.range)
    return scope.adding(.named(name.text, .one(record, anchor: time(of: record))))
  }

  // MARK: Numbers

  private mutating func count(_ reached: Reached, _ range: SourceRange) -> CheckedColumn {
    let record = CheckedExpression(.column(reached.record.header.id), reached.record.header.type, range)
    let isMissing = CheckedExpression(.isMissing(record), .yesno, range)
    return column("\(reached.label) n", howMany(.not(isMissing), range))
  }

  /// How many rows are so: a sum of ones, which leaves no row out.
  private func howMany(_ condition: CheckedExpression.Node, _ range: SourceRange) -> CheckedExpression {
    let one = constant(.number(1), .plainNumber, range)
    let nought = constant(.number(0), .plainNumber, range)
    let condition = CheckedExpression(condition, .yesno, range)
    let counted = CheckedExpression(
      .conditional([.init(condition: condition, value: one)], otherwise: nought), .plainNumber, range)
    return CheckedExpression(.aggregate(Aggregate(.sum, .rows(counted), scope: .group)), .plainNumber, range)
  }

  private mutating func none(_ type: ValueType, _ range: SourceRange) -> CheckedColumn {
    column("", CheckedExpression(.constant(.missing), type, range))
  }

  private mutating func measured(
    _ reached: Reached, _ from: Reached, own: CheckedSequence, all: CheckedSequence, _ range: SourceRange
  ) -> [CheckedColumn] {
    func share(_ sequence: CheckedSequence) -> CheckedExpression {
      CheckedExpression(.aggregate(Aggregate(.share, .matches(sequence), scope: .group)), .number(.share), range)
    }
    var length = ValueType.duration(.days)
    var took = CheckedList.matched(own, .elapsed)
    if let last = own.steps.last,
      let end = time(of: CheckedExpression(.binding(last.binding), .record(last.binding.kind), range)),
      let start = time(of: CheckedExpression(.column(from.record.header.id), from.record.header.type, range))
    {
      let difference = self.difference(end, start, range)
      length = difference.type
      took = .matched(own, .expression(difference))
    }
    let any = CheckedExpression(.aggregate(Aggregate(.any, .matches(own), scope: .row)), .yesno, range)
    return [
      count(reached, range), column("\(reached.label) of_previous", share(own)),
      column("\(reached.label) of_first", share(all)),
      column(
        "\(reached.label) median",
        CheckedExpression(.aggregate(Aggregate(.median, took, scope: .group)), length, range)),
      column(
        "\(reached.label) mean",
        CheckedExpression(.aggregate(Aggregate(.mean, took, scope: .group)), length, range)),
      column("\(reached.label) open", howMany(.isOpen(any), range)),
    ]
  }

  /// The medians in one unit: days where all are, else seconds.
  private func alike(_ columns: inout [CheckedColumn], _ lengths: [Int: ValueType], _ range: SourceRange) -> ValueType {
    let types = Set(lengths.values)
    let length = types.count == 1 ? types.first ?? .duration(.days) : .duration(.seconds)
    let second = constant(.duration(Duration(seconds: 1)), .duration(.seconds), range)
    for (place, type) in lengths where type != length && columns.indices.contains(place) {
      let ratio = CheckedExpression(
        .arithmetic(.durationRatio, columns[place].expression, second), .plainNumber, range)
      columns[place].expression = CheckedExpression(.arithmetic(.durationTimes, second, ratio), length, range)
      columns[place].header.type = length
    }
    for place in columns.indices where columns[place].header.type == .missing {
      columns[place].header.type = length
      columns[place].expression.type = length
    }
    return length
  }
}
