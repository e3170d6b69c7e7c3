import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What a `measure` needs of its rows: keys to group by, and aggregates, each once however often it is named.
struct MeasurePlan: Sendable {
  /// An aggregate of the group, and how it is taken from a batch.
  struct Part: Sendable {
    var aggregate: Aggregate
    /// The type of its result.
    var type: ValueType
    /// The list to flatten, among the plan's.
    var list: Int
    var isDistinct: Bool
    /// The fold that may do it without keeping values.
    var fold: GroupFold.Function?
    /// Whether the result depends on the order of the values.
    var isOrdered: Bool
    /// The part whose numbers it is a quantile of, itself or an earlier one of the same list; missing for all else.
    var quantileOf: Int?
  }

  var keys: [CheckedColumn]
  /// Where it stands in the text.
  var range: SourceRange?
  private(set) var parts: [Part] = []
  /// The lists that aggregates run over, without `distinct` around them: each is worked out once a batch.
  private(set) var lists: [CheckedList] = []
  /// How often each of them is said: what it leaves out is counted as often.
  private(set) var timesSaid: [Int] = []

  init(keys: [CheckedColumn], aggregates: [TypedAggregate]) {
    self.keys = keys
    // Lists that mean the same are one; of those that stand in one place the first is the only one.
    var meanings: [CheckedList] = []
    var places: [Set<CheckedList>] = []
    for typed in aggregates where !parts.contains(where: { $0.aggregate == typed.aggregate }) {
      let aggregate = typed.aggregate
      var list = aggregate.list
      var isDistinct = false
      while case .distinct(let inner) = list { (list, isDistinct) = (inner, true) }
      let meaning = CanonicalTree.of(list)
      let place = meanings.firstIndex(of: meaning) ?? lists.count
      if place == lists.count {
        lists.append(list)
        meanings.append(meaning)
        places.append([list])
        timesSaid.append(1)
      } else if places[place].insert(list).inserted {
        timesSaid[place] += 1
      }
      let isQuantile =
        !isDistinct && !aggregate.isStatistic
        && (aggregate.function == .median || aggregate.function == .percentile)
      let first = parts.firstIndex { $0.list == place && $0.quantileOf != nil } ?? parts.count
      parts.append(
        Part(
          aggregate: aggregate, type: typed.type, list: place, isDistinct: isDistinct,
          fold: aggregate.isStatistic ? nil : aggregate.function.fold,
          isOrdered: aggregate.function.isOrdered, quantileOf: isQuantile ? first : nil))
    }
  }

  init(_ measure: CheckedMeasure) {
    self.init(
      keys: measure.keys + (measure.across.map { [$0] } ?? []),
      aggregates: measure.columns.flatMap { $0.expression.groupAggregates })
    range = measure.columns.first?.expression.range
  }

  /// What is counted of a list for the receipt, where each row is to be counted once: as its first aggregate does.
  func countsOnce(_ list: Int) -> GroupFold.Function { parts.first { $0.list == list }?.fold ?? .count }

  /// Whether all that is asked of a group is how many rows it has.
  var countsRowsAlone: Bool {
    !parts.isEmpty
      && parts.allSatisfy { part in
        guard part.fold == .count, !part.isDistinct, part.aggregate.second == nil,
          case .rows(let body) = lists[part.list],
          case .constant(.yesno(true)) = body.node
        else { return false }
        return true
      }
  }

  /// Whether rows must come in their order: where one changes a group's numbers, or where a record that several rows
  /// reach has the value of the first of them.
  var isOrdered: Bool { parts.contains { $0.isOrdered } || lists.contains { $0.maySayTwoThings } }
}

extension CheckedList {
  /// Whether one record, reached from two rows, may have two values.
  fileprivate var maySayTwoThings: Bool {
    switch self {
    case .map(let set, _, _), .gaps(let set), .gapStarts(let set): !set.isOfOneRow
    case .matches(let sequence), .matched(let sequence, _):
      switch sequence.first {
      case .record(let record):
        switch record.node {
        case .binding: false
        case .pick(_, let set): !set.isOfOneRow
        default: true
        }
      case .set(let set): !set.isOfOneRow
      }
    case .transform(let list, _, _), .distinct(let list), .anchored(let list, _, _, _, _): list.maySayTwoThings
    case .records, .values, .rows, .elements, .perPeriod: false
    }
  }
}

extension CheckedSet {
  /// Whether no record of it is reached from two records in hand.
  fileprivate var isOfOneRow: Bool {
    switch node {
    case .referring(let record, _), .single(let record): if case .binding = record.node { true } else { false }
    case .filter(let set, _, _), .whileHeld(let set, _, _), .during(let set, _, _), .ofKind(let set),
      .holding(let set, at: _):
      set.isOfOneRow
    default: false
    }
  }
}

extension AggregateFunction {
  var fold: GroupFold.Function? {
    switch self {
    case .count: .count
    case .sum: .sum
    case .mean: .mean
    case .min: .min
    case .max: .max
    case .share: .share
    case .any: .any
    case .none: GroupFold.Function.none
    case .every: .every
    case .median, .percentile, .stdev, .first, .last, .mode, .list, .correlation, .medianUntil: nil
    default: nil
    }
  }

  /// Whether it depends on the order of its values.
  var isOrdered: Bool {
    switch self {
    case .first, .last, .list, .trend, .autocorrelation: true
    default: false
    }
  }
}

/// What one batch brings to its groups: numbered within the batch, to be put together in order.
struct MeasurePart: Sendable {
  /// Values kept until all are there.
  struct Collected: Sendable {
    /// The group of each value, within the batch.
    var ids: [Int32]
    var values: Vector
    var second: Vector?
    var third: Vector?
    /// The record of each value, where a group must take each record once or in its order.
    var sources: [Int32]?
    /// Whether a group must take each record once.
    var isOncePerSource: Bool
  }

  /// Of each key its value in each group of the batch.
  var keys: [Vector] = []
  var groups = 1
  var folds: [GroupFold]
  var collected: [Collected?]
  /// Of quantiles the numbers by group, where they are numbers and each stands for itself.
  var numbers: [GroupedNumbers?]
  /// Of each list of matches' values what became of its first events.
  var outcomes: [GroupFold?]
  /// Of each list with one value a row those values, each row's once, where a row stands in several groups.
  var once: [GroupFold?]
  /// Rows by group of the batch.
  var rowsByGroup: [Int] = []
  var rows = 0
  var several = 0
  var draft = ReceiptDraft()
  var entered = 0

  init(_ plan: MeasurePlan, _ run: StageRun) throws(Diagnostics) {
    folds = plan.parts.map { GroupFold($0.fold ?? .count) }
    collected = plan.parts.map { _ in nil }
    numbers = plan.parts.map { _ in nil }
    outcomes = plan.lists.map { _ in nil }
    once = outcomes
    var walker = run.walker
    var frame = run.frame
    let begun = ContinuousClock.now
    let profile = walker.context.profile
    let node = profile?.node("measure", at: plan.range, below: -1) ?? -1
    walker.profileNode = node
    defer {
      profile?.add(node, rows: rows, bytes: bytes, nanoseconds: TimeProfile.nanoseconds(since: begun))
    }
    rows = frame.count
    entered = run.entered
    frame.remember(for: walker)
    let ids = try group(&frame, plan, &walker)
    frame.remember(for: walker)
    // Where rows stand in several groups, each row's first place.
    let severalGroups = plan.keys.contains { if case .list = $0.expression.type { true } else { false } }
    let firsts = severalGroups ? ListKeys.firsts(frame) : nil
    if rowsByGroup.isEmpty { countRows(ids, frame.count) }
    // The same in every batch, whether or not a row of this one stands in several groups.
    let isSpread = run.isSpread || plan.keys.contains { if case .list = $0.header.type { true } else { false } }
    var lists: [ListVector] = []
    for (index, list) in plan.lists.enumerated() {
      let before = (walker.tally, walker.marks)
      walker.tally = EvaluationContext.Tally()
      let values = try walker.grouped(list, in: frame)
      // Where each first event stands in one row, what became of it is counted by group.
      if let outcome = values.outcome, values.isPartition, !isSpread {
        (walker.tally.unknown, walker.tally.open) = (0, 0)
        walker.marks = before.1
        var fold = GroupFold(.count)
        let ids = ids.map { Places.owners(outcome.offsets, ids: $0) }
        fold.add(Vector(.truths(outcome.truths)), ids: ids, groups: groups)
        outcomes[index] = fold
      }
      let own = walker.tally
      walker.tally = before.0
      for _ in 0..<plan.timesSaid[index] { walker.tally.add(own) }
      if let firsts, values.isOneARow {
        var fold = GroupFold(plan.countsOnce(index))
        if GroupFold.takes(fold.function, values.values) {
          fold.add(values.values.picking(firsts), ids: nil, groups: 1)
          once[index] = fold
        }
      }
      lists.append(values)
    }
    let idsOfValues = lists.map { list in
      ids.map { list.isOneARow ? $0 : Places.owners(list.offsets, ids: $0) }
    }
    for (index, part) in plan.parts.enumerated() {
      let list = lists[part.list]
      try add(part, index, list, idsOfValues[part.list], frame, isSpread: isSpread, &walker)
    }
    draft.filterUnknown = run.unknown
    draft.filterOpen = run.open
    draft.tally = walker.tally
    draft.several = several
    var run = run
    run.walker = walker
    (draft.insideUnknown, draft.insideOpen) = run.inside
  }

  /// Numbers the rows by their keys; a row whose key is a list stands in each of its groups once.
  private mutating func group(
    _ frame: inout Frame, _ plan: MeasurePlan, _ walker: inout Walker
  ) throws(Diagnostics) -> [Int32]? {
    guard !plan.keys.isEmpty else { return nil }
    var values: [Vector] = []
    for key in plan.keys { values.append(try walker.column(key, in: frame)) }
    var owners: [Int32]?
    for index in values.indices {
      guard case .lists(let offsets, let elements) = values[index].storage else { continue }
      let (places, rows) = ListKeys.spread(offsets, elements)
      for other in values.indices where other != index { values[other] = values[other].picking(rows) }
      values[index] = elements.picking(places)
      owners = owners.map { Places.through(rows, $0) } ?? rows
    }
    if let owners {
      several = ListKeys.repeated(owners, rows: frame.count)
      frame = Frame(count: owners.count, outer: Frame.Outer(frame: frame, row: Slab(owners)))
    }
    if plan.countsRowsAlone, owners == nil, let counted = DenseIDs.counted(of: values, count: frame.count) {
      keys = values.map { $0.picking(counted.first) }
      groups = counted.first.count
      rowsByGroup = counted.rows
      return nil
    }
    let numbered = DenseIDs(of: values, count: frame.count)
    keys = values.map { $0.picking(numbered.first) }
    groups = numbered.first.count
    return groups == 1 ? nil : numbered.ids
  }

  private mutating func countRows(_ ids: [Int32]?, _ count: Int) {
    guard let ids else {
      rowsByGroup = [count]
      return
    }
    rowsByGroup = Places.counts(ids, below: groups)
  }

  private mutating func add(
    _ part: MeasurePlan.Part, _ index: Int, _ list: ListVector, _ ids: [Int32]?, _ frame: Frame, isSpread: Bool,
    _ walker: inout Walker
  ) throws(Diagnostics) {
    let values = list.values
    let isOncePerSource = list.sources != nil && (!list.isPartition || isSpread)
    let sources = isOncePerSource || part.isOrdered ? list.sources?.array : nil
    func other(_ list: CheckedList?) throws(Diagnostics) -> Vector? {
      guard let list else { return nil }
      let other = try walker.grouped(list, in: frame).values
      guard other.count == values.count else { throw EvaluationDiagnostics.differentLists(at: .none) }
      return other
    }
    let second = try other(part.aggregate.second)
    let third = try other(part.aggregate.third)
    let isPlain = !isOncePerSource && !part.isDistinct && second == nil
    if isPlain, part.fold == .count, list.isOneARow, case .truths(let slab) = values.storage, slab.isConstant,
      slab[0] == Truth.yes, values.count == frame.count
    {
      folds[index].addRows(rowsByGroup)
    } else if isPlain, let function = part.fold, GroupFold.takes(function, values) {
      folds[index].add(values, ids: ids, groups: groups)
    } else if isPlain, let first = part.quantileOf, case .numbers(let slab) = values.storage {
      guard first == index else { return }
      numbers[index] = GroupedNumbers(slab, present: values.presence, ids: ids, groups: groups)
    } else {
      collected[index] = Collected(
        ids: ids ?? [Int32](repeating: 0, count: values.count), values: values, second: second, third: third,
        sources: sources, isOncePerSource: isOncePerSource)
    }
  }

  var bytes: Int {
    numbers.reduce(0) { $0 + ($1?.bytes ?? 0) }
      + collected.reduce(0) { sum, part in
        guard let part else { return sum }
        return sum + part.values.count
          * (13 + (part.sources == nil ? 0 : 4) + (part.second == nil ? 0 : 9) + (part.third == nil ? 0 : 9))
      }
  }
}

extension Walker {
  /// The values of a list for the rows of a group: where it is one value a row, without its sources, since rows are
  /// counted as rows.
  fileprivate mutating func grouped(_ list: CheckedList, in frame: Frame) throws(Diagnostics) -> ListVector {
    guard case .rows(let body) = list else { return try self.list(list, in: frame) }
    return ListVector(offsets: [], values: try evaluate(body, in: frame), isPartition: true)
  }
}

extension ListVector {
  /// Without offsets there is one value a row.
  fileprivate var isOneARow: Bool { offsets.isEmpty }
}

/// Rows whose key has several values.
enum ListKeys {
  /// For each different value of each row its place among the elements (−1 where a row has none) and its row.
  static func spread(_ offsets: [Int32], _ elements: Vector) -> (places: [Int32], rows: [Int32]) {
    let codes = GroupCodes.encode(elements)
    var places: [Int32] = []
    var rows: [Int32] = []
    for row in 0..<max(0, offsets.count - 1) {
      let start = places.count
      for place in Int(offsets[row])..<max(Int(offsets[row]), Int(offsets[row + 1])) where codes.indices.contains(place)
      {
        guard codes[place] != GroupCodes.missing, !places[start...].contains(where: { codes[Int($0)] == codes[place] })
        else { continue }
        places.append(Int32(truncatingIfNeeded: place))
        rows.append(Int32(truncatingIfNeeded: row))
      }
      if places.count == start {
        places.append(-1)
        rows.append(Int32(truncatingIfNeeded: row))
      }
    }
    return (places, rows)
  }

  /// The first place of each row of the frame outside.
  static func firsts(_ frame: Frame) -> [Int32] {
    guard let owners = frame.outer?.row.array else { return [] }
    return owners.indices.filter { $0 == 0 || owners[$0] != owners[$0 - 1] }.map { Int32(truncatingIfNeeded: $0) }
  }

  /// How many rows stand in `owners` more than once.
  static func repeated(_ owners: [Int32], rows: Int) -> Int {
    var times = [UInt8](repeating: 0, count: rows)
    for owner in owners where times.indices.contains(Int(owner)) {
      times[Int(owner)] = min(2, times[Int(owner)] + 1)
    }
    return times.reduce(0) { $0 + ($1 == 2 ? 1 : 0) }
  }
}
