import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Sets of records, one for each row of a frame.
///
/// What a record is referred to by stands in the store's adjacency in time order, so a set is a slice of it;
/// every other set is made of such slices and keeps their order, which is what lets windows and sequences search
/// instead of scan.
extension Walker {
  /// The records of a set, one set a row of the frame, each in the kind's order.
  mutating func noted(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> RowSets {
    guard let profile = context.profile else { return try made(set, in: frame) }
    return try noted(profile, set.node.word, at: set.range) { (walker) throws(Diagnostics) in
      try walker.made(set, in: frame)
    } measure: {
      ($0.rows.count, $0.rows.count * 4 + $0.offsets.count * 4)
    }
  }

  private mutating func made(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> RowSets {
    try look()
    let family = family(of: set.kind)
    switch set.node {
    case .all(let at): return try all(set, at: at, frame)
    case .ever: return try repeated(try all(of: set.kind), frame, family, at: set.range)
    case .variable(let id):
      guard case .records(_, let rows) = context.variables[id] else {
        throw EvaluationDiagnostics.malformed("a name that keeps no records", at: set.range)
      }
      return try repeated(rows, frame, family, at: set.range)
    case .referring(let record, let field): return try referring(record, field, set, frame)
    case .tied(let record, let tie, let at): return try tied(record, tie, at, set, frame)
    case .holding(let ties, let at):
      let sets = try self.sets(ties, in: frame)
      guard !sets.rows.isEmpty else { return sets }
      let moment = try evaluate(at, in: frame).gathered(SetKernels.owners(sets.offsets))
      return SetKernels.filtered(sets, by: try stand(sets.rows, relationship: ties.kind, at: moment, range: at.range))
    case .through(let record, let tie, let field): return try through(record, tie, field, set, frame)
    case .expand(let from, let binding, let to):
      // From each on to many, and from each of these on: what one leads to is worked out as a whole, so that rows which
      // share records share all that comes after them.
      if case .expand(let first, let element, let middle) = from.node, middle.hasNoCondition, to.hasNoCondition {
        let rest = CheckedSet(.expand(middle, binding, to: to), kind: set.kind, set.range)
        return try made(CheckedSet(.expand(first, element, to: rest), kind: set.kind, set.range), in: frame)
      }
      let outer = try sets(from, in: frame)
      let inner = try reached(to, from: outer, binding, in: frame)
      let all = RowSets(
        offsets: SetKernels.composed(outer.offsets, inner.offsets), rows: inner.rows, family: inner.family)
      return normalized(all, kind: set.kind)
    case .expandToOne(let from, let binding, let to):
      let outer = try sets(from, in: frame)
      let rows = try rows(to, inner(outer, binding, in: frame))
      let all = RowSets(offsets: outer.offsets, rows: rows, family: family)
      let known = Presence.ofRows(rows).map { SetKernels.filtered(all, by: $0) } ?? all
      return normalized(known, kind: set.kind)
    case .filter(let from, let binding, let condition), .whileHeld(let from, let binding, let condition):
      let sets = try sets(from, in: frame)
      guard !sets.rows.isEmpty else { return sets }
      let elements = inner(sets, binding, in: frame)
      var truths = try sharedTruths(condition, sets, binding, in: frame)
      if truths == nil { truths = try truthsByRow(condition, sets, binding) }
      if truths == nil { truths = try self.truths(condition, elements) }
      guard let truths else { return sets }
      leaveOut(truths, in: elements)
      return SetKernels.filtered(sets, by: TruthKernels.isYes(truths))
    case .during(let from, let lower, let upper): return try during(from, lower, upper, frame)
    case .ofKind(let from):
      let sets = try self.sets(from, in: frame)
      let ranges = context.source.rows(of: set.kind, in: sets.family)
      return SetKernels.filtered(sets, by: SetKernels.within(sets.rows, ranges))
    case .union(let a, let b):
      if let timeline = try timeline(a, b, frame) { return timeline }
      let one = widened(try sets(a, in: frame), to: family)
      return united(one, widened(try sets(b, in: frame), to: family), kind: set.kind)
    case .single(let record): return SetKernels.singles(try rows(record, frame), family: family)
    case .repeated(let record, let binding, let step, let from, let to):
      return try repeatedHop(record, binding, step, from, to, set, frame)
    }
  }

  /// 1 for the rows that a condition keeps; what it leaves out for want of knowledge goes to the tally.
  package mutating func kept(_ condition: CheckedExpression, in frame: Frame) throws(Diagnostics) -> Slab<UInt8> {
    let truths = try truths(condition, frame)
    leaveOut(truths, in: frame)
    return TruthKernels.isYes(truths)
  }

  private mutating func all(_ set: CheckedSet, at: CheckedExpression?, _ frame: Frame) throws(Diagnostics) -> RowSets {
    let facts = try facts(of: set.kind)
    let rows = try all(of: set.kind)
    guard facts.flavour == .relationship else { return try repeated(rows, frame, facts.family, at: set.range) }
    let once = RowSets(offsets: [0, Int32(clamping: rows.count)], rows: Slab(rows), family: facts.family)
    guard let at else {
      let now = Vector(.instants(Slab(repeating: context.asOf.instant, count: rows.count)))
      let held = SetKernels.filtered(
        once, by: try stand(once.rows, relationship: set.kind, at: now, range: set.range))
      return try repeated(held.rows.array, frame, facts.family, at: set.range)
    }
    let every = try repeated(rows, frame, facts.family, at: set.range)
    let moment = try evaluate(at, in: frame).gathered(SetKernels.owners(every.offsets))
    return SetKernels.filtered(every, by: try stand(every.rows, relationship: set.kind, at: moment, range: at.range))
  }

  private func repeated(_ rows: [Int32], _ frame: Frame, _ family: KindID, at range: SourceRange) throws(Diagnostics)
    -> RowSets
  {
    let (size, overflow) = rows.count.multipliedReportingOverflow(by: max(1, frame.count))
    try checkSize(overflow ? Int.max : size, at: range)
    return SetKernels.repeated(rows, count: frame.count, family: family)
  }

  private mutating func referring(
    _ record: CheckedExpression, _ field: FieldID, _ set: CheckedSet, _ frame: Frame
  ) throws(Diagnostics) -> RowSets {
    let targets = try rows(record, frame)
    let facts = try facts(of: set.kind)
    let adjacency = try context.source.adjacency(of: set.kind, by: field)
    return try timed(adjacency, of: targets, facts, by: [field], at: set.range)
  }

  /// The timelines of some records: what was seen of them, with its times where they are wanted.
  private func timed(
    _ adjacency: Adjacency, of targets: Slab<Int32>, _ facts: KindFacts, by fields: [FieldID], at range: SourceRange
  ) throws(Diagnostics) -> RowSets {
    try checkSize(SetKernels.size(adjacency, of: targets), at: range)
    let times = wantsTimes ? try context.source.times(of: facts.kind, byAnyOf: fields) : nil
    return seen(SetKernels.slices(adjacency, of: targets, family: facts.family, times: times), facts)
  }

  /// The records of a set with their times, where the source has these at hand.
  mutating func timedSets(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> RowSets {
    let before = wantsTimes
    wantsTimes = true
    defer { wantsTimes = before }
    return try sets(set, in: frame)
  }

  /// The sets that each record of other sets leads to. Where many rows share few records, and what a record leads to
  /// depends on it alone, that is worked out once for each.
  private mutating func reached(
    _ to: CheckedSet, from outer: RowSets, _ binding: Binding, in frame: Frame
  ) throws(Diagnostics) -> RowSets {
    guard to.hasNoCondition, !TreeSearch.looks(to, into: frame), let (once, ids) = once(outer, binding, in: frame)
    else { return try sets(to, in: inner(outer, binding, in: frame)) }
    let sets = try sets(to, in: once)
    return SetKernels.slices(
      Adjacency(offsets: sets.offsets, rows: sets.rows.array), of: Slab(ids), family: sets.family)
  }

  /// The truths of a condition on the elements of sets that goes through other sets, and speaks of the element alone:
  /// worked out once for each different element. Missing where it is none such, or most elements are different.
  private mutating func sharedTruths(
    _ condition: CheckedExpression, _ sets: RowSets, _ binding: Binding, in frame: Frame
  ) throws(Diagnostics) -> Slab<UInt8>? {
    guard condition.asksForSetsAlone, !TreeSearch.looksAnywhere(condition, into: frame),
      let (once, ids) = once(sets, binding, in: frame)
    else { return nil }
    return Gathering.bytes(try truths(condition, once), at: Slab(ids), nought: Truth.unknown)
  }

  /// A frame of the different records of some sets, and for each element its place there; missing where there are no
  /// fewer than half as many.
  private func once(_ sets: RowSets, _ binding: Binding, in frame: Frame) -> (Frame, ids: [Int32])? {
    guard sets.rows.count > 64, frame.count > 1 else { return nil }
    let dense = DenseIDs(of: [Vector(.rows(sets.rows, family: sets.family))], count: sets.rows.count)
    guard dense.first.count * 2 < sets.rows.count else { return nil }
    var once = Frame(count: dense.first.count)
    once.bindings[binding.id] = sets.rows.picking(dense.first)
    return (once, dense.ids)
  }

  /// The records that refer to one record by either of two fields, where the source keeps these timelines.
  private mutating func timeline(_ a: CheckedSet, _ b: CheckedSet, _ frame: Frame) throws(Diagnostics) -> RowSets? {
    guard let (adjacency, record, fields) = try jointTimeline(a, b) else { return nil }
    let targets = try rows(record, frame)
    return try timed(adjacency, of: targets, try facts(of: a.kind), by: fields, at: a.range)
  }

  private func jointTimeline(_ a: CheckedSet, _ b: CheckedSet) throws(Diagnostics) -> (
    Adjacency, record: CheckedExpression, fields: [FieldID]
  )? {
    guard case .referring(let record, let field) = a.node, case .referring(let again, let other) = b.node,
      case .binding(let one) = record.node, case .binding(one) = again.node, field != other, a.kind == b.kind,
      case let fields = [min(field, other), max(field, other)],
      let adjacency = try context.source.adjacency(of: a.kind, byAnyOf: fields)
    else { return nil }
    return (adjacency, record, fields)
  }

  func slices(_ adjacency: Adjacency, of targets: Slab<Int32>, family: KindID, at range: SourceRange)
    throws(Diagnostics) -> RowSets
  {
    try checkSize(SetKernels.size(adjacency, of: targets), at: range)
    return SetKernels.slices(adjacency, of: targets, family: family)
  }

  /// The part of each set from one time (included) up to another (not included).
  private mutating func during(
    _ from: CheckedSet, _ lower: CheckedExpression?, _ upper: CheckedExpression?, _ frame: Frame
  ) throws(Diagnostics) -> RowSets {
    let (sets, starts, ends) = try stretches(of: from, lower, upper, in: frame)
    return SetKernels.parts(sets, from: starts, to: ends)
  }

  /// Where the elements of each row's set stand, not copied: from one place to another among those of other sets.
  mutating func stretches(of set: CheckedSet, in frame: Frame) throws(Diagnostics) -> (
    RowSets, from: [Int32], to: [Int32]
  ) {
    if case .during(let from, let lower, let upper) = set.node, context.shared.number(of: set) == nil {
      return try stretches(of: from, lower, upper, in: frame)
    }
    let (sets, owners) = try timelines(set, in: frame)
    return (sets, SetKernels.starts(of: sets, owners), SetKernels.ends(of: sets, owners))
  }

  /// Of the part of each set from one time (included) up to another (not included). A missing time is in none, and
  /// from or up to a missing bound there is nothing.
  private mutating func stretches(
    of from: CheckedSet, _ lower: CheckedExpression?, _ upper: CheckedExpression?, in frame: Frame
  ) throws(Diagnostics) -> (RowSets, from: [Int32], to: [Int32]) {
    let facts = try facts(of: from.kind)
    let (sets, owners) = try timelines(from, in: frame)
    func places(_ bounds: Slab<Int64>) -> [Int32] {
      TimeSearch.places(in: sets, times: facts.times, owners: owners, bounds: bounds)
    }
    var isKnown: Slab<UInt8>?
    let starts: [Int32]
    if let lower {
      let (bounds, present) = try bound(lower, facts, frame)
      starts = places(bounds)
      isKnown = present
    } else {
      starts = SetKernels.starts(of: sets, owners)
    }
    var ends: [Int32]
    if let upper {
      let (bounds, present) = try bound(upper, facts, frame)
      ends = places(bounds)
      isKnown = Presence.both(isKnown, present)
    } else {
      ends = places(Slab(repeating: .max, count: owners.count))
    }
    if let isKnown { ends = SetKernels.closed(ends, to: starts, where: isKnown) }
    return (sets, starts, ends)
  }

  /// Sets, with their times where the source has these at hand, and for each row of the frame which of them is its own.
  private mutating func timelines(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> (
    RowSets, owners: Slab<Int32>
  ) {
    if let whole = try wholeTimelines(set, try facts(of: set.kind), frame) { return whole }
    let sets = try timedSets(set, in: frame)
    return (sets, Slab(SetKernels.rows(0..<sets.count)))
  }

  /// All timelines that the source keeps for a set, as they lie, and for each row of the frame which one is its own:
  /// where parts of few are wanted, nothing else is copied. Missing where the set is no plain timeline.
  private mutating func wholeTimelines(
    _ set: CheckedSet, _ facts: KindFacts, _ frame: Frame
  ) throws(Diagnostics) -> (RowSets, owners: Slab<Int32>)? {
    guard facts.isAllSeen, context.shared.number(of: set) == nil else { return nil }
    let adjacency: Adjacency
    let record: CheckedExpression
    let fields: [FieldID]
    switch set.node {
    case .referring(let one, let field):
      (record, fields) = (one, [field])
      adjacency = try context.source.adjacency(of: set.kind, by: field)
    case .union(let a, let b):
      guard a.kind == set.kind, let joint = try jointTimeline(a, b) else { return nil }
      (adjacency, record, fields) = joint
    default: return nil
    }
    guard let times = try context.source.times(of: facts.kind, byAnyOf: fields) else { return nil }
    let targets = try rows(record, frame)
    try checkSize(SetKernels.size(adjacency, of: targets), at: set.range)
    return (
      RowSets(
        offsets: adjacency.offsets, rows: Slab(adjacency.rows), family: facts.family,
        times: RowSets.Times(values: Slab(times.times), offset: times.offset)),
      SetKernels.places(of: targets, in: adjacency)
    )
  }

  /// A bound in the unit of the kind's time.
  private mutating func bound(_ expression: CheckedExpression, _ facts: KindFacts, _ frame: Frame)
    throws(Diagnostics) -> (Slab<Int64>, Slab<UInt8>?)
  {
    let vector = try evaluate(expression, in: frame)
    if case .missing = expression.type {
      return (Slab(repeating: 0, count: frame.count), Slab(repeating: 0, count: frame.count))
    }
    switch vector.storage {
    case .days where !facts.isDay:
      return (try instants(vector, at: expression.range), vector.present)
    case .instants(let instants) where facts.isDay:
      // A day begins at its first instant: days from an instant on are those that begin then or later.
      let before = time.days(ofInstants: TimeSearch.later(instants, by: -1))
      let days = TimeSearch.wide(Vector(.days(before)), missing: 0)
      return (TimeSearch.later(days, by: 1), vector.present)
    default: return (TimeSearch.wide(vector, missing: 0), vector.present)
    }
  }

  /// The records that so many steps lead to, each once, the first record left out.
  private mutating func repeatedHop(
    _ record: CheckedExpression, _ binding: Binding, _ step: CheckedSet, _ from: Int, _ to: Int, _ set: CheckedSet,
    _ frame: Frame
  ) throws(Diagnostics) -> RowSets {
    let family = family(of: set.kind)
    var frontier = SetKernels.singles(try rows(record, frame), family: family)
    var visited = frontier
    var result = SetKernels.empty(count: frame.count, family: family)
    var distance = 0
    while distance < to, !frontier.rows.isEmpty {
      try look()
      let steps = try sets(step, in: inner(frontier, binding, in: frame))
      let reached = SetKernels.byRow(
        RowSets(offsets: SetKernels.composed(frontier.offsets, steps.offsets), rows: steps.rows, family: family))
      frontier = SetKernels.difference(reached, visited)
      visited = SetKernels.byRow(SetKernels.joined(visited, frontier))
      distance += 1
      if distance >= from { result = SetKernels.joined(result, frontier) }
      try checkSize(visited.rows.count, at: set.range)
    }
    return normalized(result, kind: set.kind)
  }
}

extension CheckedSet {
  /// Whether it is a way through references and ties alone, so that nothing is left out of it for want of knowledge.
  fileprivate var hasNoCondition: Bool {
    switch node {
    case .referring(let record, _), .tied(let record, _, _), .single(let record): record.isBinding
    case .expand(let from, _, let to): from.hasNoCondition && to.hasNoCondition
    case .ofKind(let from): from.hasNoCondition
    case .union(let a, let b): a.hasNoCondition && b.hasNoCondition
    default: false
    }
  }
}

extension CheckedExpression {
  fileprivate var isBinding: Bool { if case .binding = node { true } else { false } }

  /// Whether it asks only which records there are at the ends of ways without conditions: `any(supplier)`.
  fileprivate var asksForSetsAlone: Bool {
    switch node {
    case .aggregate(let aggregate):
      guard aggregate.scope == .row, aggregate.second == nil, aggregate.third == nil, aggregate.parameter == nil else {
        return false
      }
      switch (aggregate.function, aggregate.list) {
      case (.any, .records(let set)), (.none, .records(let set)), (.count, .records(let set)): return set.hasNoCondition
      case (.any, .map(let set, _, let body)), (.none, .map(let set, _, let body)):
        if case .constant = body.node { return set.hasNoCondition }
        return false
      default: return false
      }
    case .not(let a): return a.asksForSetsAlone
    case .and(let a, let b), .or(let a, let b): return a.asksForSetsAlone && b.asksForSetsAlone
    case .compare(_, .number, let a, let b):
      if case .constant = b.node { return a.asksForSetsAlone }
      return false
    default: return false
    }
  }
}
