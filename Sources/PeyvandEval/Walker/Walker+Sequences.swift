import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The law of `then`: each first event, the earliest second one later than it within its window, and so on.
///
/// The events of a step stand in time order, so a window is two searches in a slice; conditions that look at
/// earlier steps are put to the candidates inside a window only, few at a time, until one holds. Nothing is ever
/// compared with everything. First events that follow on one another search forward, so a whole set of them
/// against another is one merge.
extension Walker {
  /// First events with what became of them.
  struct Matches: Sendable {
    /// The first events, one set a row.
    var firsts: RowSets
    var truths: Slab<UInt8>
    /// One row a first event, with the events of all steps in hand (−1 where a step did not come).
    var frame: Frame
    /// The moments of the first step and of the last that came.
    var began: Moments
    var ended: Moments
    /// The last moment of the window of the whole; `Int64.min` where there is none.
    var windowEnd: Moments
    var isPartition: Bool
  }

  /// Moments in days or in instants; `Int64.max` for none.
  struct Moments: Sendable {
    var times: Slab<Int64>
    var isDay: Bool
  }

  /// A step's window, from each match's anchor on.
  private struct Window {
    /// The last time, in the unit of the step's events, that is inside.
    var last: Slab<Int64>
    /// The last instant of the window; `Int64.min` where there is no window.
    var lastInstant: Slab<Int64>
    /// Where the windows of a longer sequence go on from.
    var end: Moments
    var isKnown: Slab<UInt8>?
  }

  /// What has become of matches up to a step.
  private struct Progress {
    /// `SequenceKernels.State` of each.
    var states: [UInt8]
    /// When the step before came.
    var previous: Moments
    /// Whether these moments never fall among the matches of one set.
    var areInOrder = true
    /// The events of the steps before, and the bindings that they are under.
    var own: [(family: KindID, rows: Slab<Int32>)]
    var bindings: [Int]
    /// 1 for those that met another event of the same moment.
    var hadTie: [UInt8]
  }

  mutating func noted(_ sequence: CheckedSequence, in frame: Frame) throws(Diagnostics) -> Matches {
    guard let profile = context.profile else { return try found(sequence, in: frame) }
    return try noted(profile, "sequence", at: sequence.range) { (walker) throws(Diagnostics) in
      try walker.found(sequence, in: frame)
    } measure: {
      ($0.frame.count, $0.frame.count * 25)
    }
  }

  private mutating func found(_ sequence: CheckedSequence, in frame: Frame) throws(Diagnostics) -> Matches {
    let firsts: RowSets
    var partition = true
    switch sequence.first {
    case .set(let set):
      firsts = try timedSets(set, in: frame)
      partition = isPartition(set)
    case .record(let record):
      firsts = SetKernels.singles(try rows(record, frame), family: family(of: sequence.firstBinding.kind))
      partition = isPartition(record)
    }
    var matched = inner(firsts, sequence.firstBinding, in: frame)
    let firstFacts = try facts(of: sequence.firstBinding.kind)
    let began = Moments(times: TimeSearch.times(of: firsts, in: firstFacts.times), isDay: firstFacts.isDay)
    var whole = began
    var isWholeOver = Slab<UInt8>(repeating: 1, count: matched.count)
    var progress = Progress(
      states: SequenceKernels.begun(began.times), previous: began, own: [(firsts.family, firsts.rows)],
      bindings: [sequence.firstBinding.id], hadTie: [UInt8](repeating: 0, count: matched.count))
    var waitsForAbsence: [UInt8]?
    var isFirst = true
    let countsOpen = sequence.steps.contains { $0.window.countsOpen }
    for step in sequence.steps {
      let facts = try facts(of: step.set.kind)
      let anchor = step.window.isOfTheFirst ? began : progress.previous
      let window = try self.window(step.window, from: anchor, facts, matched, at: sequence.range)
      let now = Slab(repeating: context.asOf.instant, count: matched.count)
      let isOver = TimeSearch.notAfter(window.lastInstant, now)
      if step.window.isOfTheFirst || isFirst {
        (whole, isWholeOver) = (window.end, isOver)
      } else {
        let sum = try self.window(step.window, from: whole, facts, matched, at: sequence.range)
        (whole, isWholeOver) = (sum.end, TimeSearch.notAfter(sum.lastInstant, now))
      }
      isFirst = false
      let found = try find(step, window, &progress, in: matched, sets: firsts.offsets)
      if step.isAbsence { waitsForAbsence = SequenceKernels.going(progress.states) }
      SequenceKernels.advance(
        &progress.states, found: found.rows, isOver: isOver, isKnown: window.isKnown, isAbsence: step.isAbsence,
        endsWaiting: step.window.isOfTheFirst && step.window.length != nil && !step.isAbsence)
      let rows = Slab(found.rows)
      matched.bindings[step.binding.id] = rows
      progress.bindings.append(step.binding.id)
      progress.own.append((facts.family, rows))
      // Of an absence there is no moment: what did not come took no time.
      let times = found.times.map { Slab($0) } ?? TimeSearch.times(of: rows, in: facts.times)
      progress.previous = Moments(times: times, isDay: facts.isDay)
      matched.moments[step.binding.id] = moments(.wide(times), of: step.binding.kind)
    }
    let truths = SequenceKernels.truths(
      progress.states, isWholeOver: isWholeOver, countsOpen: countsOpen, waitsForAbsence: waitsForAbsence)
    return Matches(
      firsts: firsts, truths: truths, frame: matched, began: began, ended: progress.previous, windowEnd: whole,
      isPartition: partition)
  }

  // MARK: One step

  /// For each match that goes on the earliest event of a step inside its window, −1 for none; those that came at
  /// the very moment, and so do not count, go to the tally.
  /// - Parameter sets: which matches are of one set of first events: its offsets.
  private mutating func find(
    _ step: CheckedSequence.Step, _ window: Window, _ progress: inout Progress, in matched: Frame, sets: [Int32]
  ) throws(Diagnostics) -> (rows: [Int32], times: [Int64]?) {
    let facts = try facts(of: step.set.kind)
    let (previous, states) = (progress.previous, progress.states)
    // Conditions that look at earlier steps wait for candidates; the rest is one set a row of the frame outside.
    var base = step.set
    var conditions: [(Binding, CheckedExpression)] = []
    while let (from, binding, condition) = base.filtering, TreeSearch.mentions(base, any: progress.bindings) {
      conditions.append((binding, condition))
      base = from
    }
    conditions.reverse()
    try look()
    let candidates: RowSets
    let outer = TreeSearch.mentions(base, any: progress.bindings) ? nil : matched.outer
    if let outer {
      candidates = try timedSets(base, in: outer.frame)
    } else {
      candidates = try timedSets(base, in: matched)
    }
    try look()
    // One event never fills two steps, also where one of them is a set of several families.
    let mine = progress.own.filter { $0.family == facts.family || $0.family.isUnion || facts.family.isUnion }
      .map { context.source.moved($0.rows, from: $0.family, to: facts.family) }
    // For many matches the times are read once, in order, and merged; for few they are sought where they lie.
    if conditions.isEmpty, !step.window.countsTies,
      candidates.times != nil || matched.count > candidates.rows.count / 4
    {
      let isByInstant = !previous.isDay && !facts.isDay
      let byDay = isByInstant ? nil : lowerBounds(after: previous, isDay: facts.isDay)
      let merged = SequenceMerge.step(
        candidates, times: TimeSearch.times(of: candidates, in: facts.times), matches: outer.map { _ in sets },
        areInOrder: progress.areInOrder,
        .init(same: byDay?.same ?? previous.times, later: byDay?.later, last: window.last), states: states, own: mine,
        hadTie: &progress.hadTie)
      tally.ties += merged.tied
      return (merged.rows, merged.times)
    }
    // What has to do with conditions need not come in the order of the first events.
    progress.areInOrder = progress.areInOrder && conditions.isEmpty && !step.window.countsTies
    let owners = outer?.row ?? Slab(SetKernels.rows(0..<matched.count))
    let (same, later) = lowerBounds(after: previous, isDay: facts.isDay)
    func places(_ bounds: Slab<Int64>) -> [Int32] {
      TimeSearch.places(in: candidates, times: facts.times, owners: owners, bounds: bounds)
    }
    let ends = places(TimeSearch.later(window.last, by: 1))
    let firsts = places(later)
    let ties = places(same)
    if step.window.countsTies {
      return (
        try firstKept(candidates, from: ties, to: ends, states, excluding: mine, conditions, in: matched), nil
      )
    }
    // A tie is one that would do but for its moment.
    if conditions.isEmpty {
      countTies(of: SequenceKernels.tied(candidates, ties, firsts, states: states, own: mine), &progress.hadTie)
      return (SequenceKernels.firsts(candidates, firsts, ends, states: states), nil)
    }
    let tied = try firstKept(
      candidates, from: ties, to: firsts, states, excluding: mine, conditions, in: matched)
    countTies(of: tied.indices.filter { tied[$0] >= 0 }.map { Int32(truncatingIfNeeded: $0) }, &progress.hadTie)
    return (
      try firstKept(candidates, from: firsts, to: ends, states, excluding: [], conditions, in: matched), nil
    )
  }

  /// How many first events had a tie, each counted once however many of its steps had one.
  private mutating func countTies(of matches: [Int32], _ hadTie: inout [UInt8]) {
    for match in matches where hadTie[Int(match)] == 0 {
      hadTie[Int(match)] = 1
      tally.ties += 1
    }
  }

  /// The first candidate of each match that its conditions keep, looked for a few at a time.
  private mutating func firstKept(
    _ candidates: RowSets, from starts: [Int32], to ends: [Int32], _ states: [UInt8], excluding own: [Slab<Int32>],
    _ conditions: [(Binding, CheckedExpression)], in matched: Frame
  ) throws(Diagnostics) -> [Int32] {
    var found = [Int32](repeating: -1, count: matched.count)
    var starts = starts
    var pending = SequenceKernels.pending(starts, ends, states: states)
    var width: Int32 = 2
    while !pending.isEmpty {
      try look()
      let (owners, places) = SequenceKernels.candidates(pending, starts: &starts, ends: ends, width: width)
      let rows = Gathering.int32(candidates.rows, at: Slab(places))
      let owner = Slab(owners)
      var keep: Slab<UInt8>?
      for rowsOfStep in own {
        let other = SequenceKernels.different(rows, Gathering.int32(rowsOfStep, at: owner))
        keep = Presence.both(keep, other)
      }
      var frame = Frame(count: owners.count, outer: Frame.Outer(frame: matched, row: owner))
      for (binding, _) in conditions { frame.bindings[binding.id] = rows }
      for (_, condition) in conditions { keep = Presence.both(keep, TruthKernels.isYes(try truths(condition, frame))) }
      pending = SequenceKernels.resolve(
        owners, rows, keep: keep ?? Slab(repeating: 1, count: rows.count), found: &found, pending: pending,
        starts: starts, ends: ends)
      width = min(width * 4, 4096)
    }
    return found
  }

  /// From when on a step's event is of the same moment as the one before, and from when on it is later. Where
  /// either side records no hours, the moment is the day.
  private func lowerBounds(after previous: Moments, isDay: Bool) -> (same: Slab<Int64>, later: Slab<Int64>) {
    if !previous.isDay, !isDay { return (previous.times, TimeSearch.later(previous.times, by: 1)) }
    let days = days(of: previous)
    if isDay {
      let wide = TimeSearch.wide(Vector(.days(days)), missing: .max)
      return (wide, TimeSearch.later(wide, by: 1))
    }
    return (time.firstInstants(ofDays: days), time.firstInstants(ofDays: days, later: 1))
  }

  private func days(of moments: Moments) -> Slab<Int32> {
    moments.isDay ? SequenceKernels.narrow(moments.times) : time.days(ofInstants: moments.times)
  }

  // MARK: Windows

  private mutating func window(
    _ window: CheckedWindow, from anchor: Moments, _ facts: KindFacts, _ matched: Frame, at range: SourceRange
  ) throws(Diagnostics) -> Window {
    let count = matched.count
    guard let length = window.length else {
      tally.hasNoWindow = true
      let end = Moments(times: Slab(repeating: .min, count: count), isDay: false)
      return Window(
        last: Slab(repeating: .max - 1, count: count), lastInstant: Slab(repeating: .min, count: count), end: end)
    }
    let vector = try evaluate(length, in: matched)
    let lengths = durations(vector, length.type)
    guard SequenceKernels.areAllPositive(lengths, present: vector.present) else {
      throw EvaluationDiagnostics.windowNotPositive(at: length.range)
    }
    // From an end that has no window on, there is none either.
    let goesOn = SequenceKernels.isThere(anchor.times)
    // Where either side records no hours there are no instants to compare, also `to the second`.
    let isInstant = window.isToTheSecond && !anchor.isDay && !facts.isDay
    let countsDays = !isInstant && length.type != .duration(.seconds) && !SequenceKernels.haveSeconds(lengths)
    if countsDays {
      let end = time.days(days(of: anchor), plus: lengths, present: nil)
      // Beyond the calendar is beyond every event.
      let last = TimeSearch.wide(end, missing: Int64(Int32.max))
      let lastInstant = TimeSearch.later(
        time.firstInstants(ofDays: SequenceKernels.narrow(last), later: 1), by: -1)
      return Window(
        last: facts.isDay ? last : lastInstant, lastInstant: SequenceKernels.cut(lastInstant, to: goesOn),
        end: Moments(times: SequenceKernels.cut(last, to: goesOn), isDay: true), isKnown: vector.present)
    }
    // What came on the last day of the window before may have come at its last second.
    let from =
      anchor.isDay
      ? TimeSearch.later(time.firstInstants(ofDays: SequenceKernels.narrow(anchor.times), later: 1), by: -1)
      : anchor.times
    let end = TimeSearch.wide(time.instants(from, plus: lengths, present: nil), missing: .max - 1)
    let last = facts.isDay ? TimeSearch.wide(Vector(.days(time.days(ofInstants: end))), missing: 0) : end
    return Window(
      last: last, lastInstant: SequenceKernels.cut(end, to: goesOn),
      end: Moments(times: SequenceKernels.cut(end, to: goesOn), isDay: false), isKnown: vector.present)
  }

  // MARK: Values of matches

  /// For each matched first event a value of its match.
  mutating func matched(_ sequence: CheckedSequence, _ value: MatchValue, in frame: Frame) throws(Diagnostics)
    -> ListVector
  {
    let matches = try matches(of: sequence, in: frame)
    if value == .followed { return followed(matches) }
    leaveOut(matches.truths, in: frame, owners: SetKernels.owners(matches.firsts.offsets))
    let keep = TruthKernels.isYes(matches.truths)
    let firsts = SetKernels.filtered(matches.firsts, by: keep)
    let places = Slab(SetKernels.places(keep))
    let values: Vector
    switch value {
    case .working:
      // Where either end records no hours, the working days between them.
      let isByDay = matches.began.isDay || matches.ended.isDay
      func instants(_ moments: Moments) -> Slab<Int64> {
        guard isByDay else { return moments.times }
        let first = Vector(
          .instants(time.firstInstants(ofDays: days(of: moments))), present: SequenceKernels.isThere(moments.times))
        return TimeSearch.wide(first, missing: .max)
      }
      let (from, to) = (instants(matches.began), instants(matches.ended))
      tally.hasNoHours = tally.hasNoHours || !catalogue.calendar.working.isDeclared
      let isThere = Presence.both(SequenceKernels.isThere(from), SequenceKernels.isThere(to))
      values = Vector(.numbers(time.working(from: from, to: to)), present: isThere).gathered(places)
    case .elapsed, .followed:
      let (from, to): (Slab<Int64>, Slab<Int64>)
      if matches.began.isDay || matches.ended.isDay {
        from = whole(days(of: matches.began), matches.began)
        to = whole(days(of: matches.ended), matches.ended)
      } else {
        (from, to) = (matches.began.times, matches.ended.times)
      }
      values = SequenceKernels.elapsed(from, to).gathered(places)
    case .expression(let expression):
      var kept = Frame(
        count: places.count,
        outer: matches.frame.outer.map { Frame.Outer(frame: $0.frame, row: Gathering.int32($0.row, at: places)) })
      kept.bindings = matches.frame.bindings.mapValues { Gathering.int32($0, at: places) }
      kept.moments = matches.frame.moments.mapValues { $0.gathered(places) }
      values = try evaluate(expression, in: kept)
    }
    var list = ListVector(
      offsets: firsts.offsets, values: values, sources: firsts.rows, sourceFamily: firsts.family,
      isPartition: matches.isPartition)
    list.outcome = ListVector.Outcome(offsets: matches.firsts.offsets, truths: matches.truths)
    return list
  }

  /// For each first event how long it was followed: to its match, or else to the earlier of its window's end and the
  /// as-of moment.
  private func followed(_ matches: Matches) -> ListVector {
    let isByDay = matches.began.isDay || matches.ended.isDay
    let end = matches.windowEnd
    let (from, to, last): (Slab<Int64>, Slab<Int64>, Slab<Int64>)
    if isByDay {
      from = whole(days(of: matches.began), matches.began)
      to = whole(days(of: matches.ended), matches.ended)
      last = whole(days(of: end), end)
    } else {
      (from, to) = (matches.began.times, matches.ended.times)
      last =
        end.isDay
        ? TimeSearch.later(time.firstInstants(ofDays: SequenceKernels.narrow(end.times), later: 1), by: -1) : end.times
    }
    // No window, or one that goes on beyond the calendar: followed until now.
    let until = SequenceKernels.cut(last, to: SequenceKernels.isThere(end.times))
    let values = SequenceKernels.followed(
      matches.truths, from: from, to: to, until: until,
      seen: isByDay
        ? Int64(context.asOf.day ?? context.source.catalogue.calendar.zone.localDay(ofInstant: context.asOf.instant))
        : context.asOf.instant)
    return ListVector(
      offsets: matches.firsts.offsets, values: values, sources: matches.firsts.rows,
      sourceFamily: matches.firsts.family, isPartition: matches.isPartition)
  }

  private func whole(_ days: Slab<Int32>, _ moments: Moments) -> Slab<Int64> {
    let isThere = SequenceKernels.isThere(moments.times)
    return TimeSearch.wide(Vector(.days(days), present: isThere), missing: .max)
  }
}
