import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The groups of a `measure` in the order of their keys, with what their aggregates came to.
struct MeasureResult: Sendable {
  struct Counts: Sendable {
    var byGroup: [GroupFold.Counts]
    var totals: GroupFold.Totals
  }

  var groups: Int
  /// One vector a key.
  var keys: [Vector]
  var aggregates: [Aggregate: Vector] = [:]
  var counts: [Aggregate: Counts] = [:]
  /// Rows by group.
  var rows: [Int]
  var draft: ReceiptDraft

  /// The context in which a measure's columns are worked out: a row a group.
  func frame(_ plan: MeasurePlan) -> Frame {
    var frame = Frame(count: groups)
    for (key, values) in zip(plan.keys, keys) { frame.columns[key.header.id] = values }
    frame.aggregates = aggregates
    return frame
  }

  /// What the aggregates of an expression counted: its own, or of several the one that left most out.
  func receipt(of expression: CheckedExpression, in catalogue: Catalogue) -> ColumnReceipt? {
    var receipt: ColumnReceipt?
    for aggregate in expression.groupAggregates.map(\.aggregate) {
      guard let totals = counts[aggregate]?.totals else { continue }
      var own = ColumnReceipt()
      own.n = totals.used
      own.of = totals.values
      own.unknown = totals.unknown
      own.open = totals.open
      own.openYes = totals.openYes
      own.unit = aggregate.list.unit(in: catalogue)
      if let known = receipt, own.unknown + own.open <= known.unknown + known.open { continue }
      receipt = own
    }
    return receipt
  }
}

extension Evaluator {
  /// Groups the rows that come out of some streaming stages.
  func grouped(
    _ plan: MeasurePlan, after stages: ArraySlice<CheckedStage>, over relation: Relation, filling: Bool = false
  ) throws(Diagnostics) -> MeasureResult {
    var state = try collect(plan, after: stages, over: relation)
    if filling {
      let limit = context.limits.answerRows
      guard state.crossCells <= limit else {
        throw EvaluationDiagnostics.tooManyGroups(state.crossCells, limit: limit, at: nil)
      }
      state.fillCross()
    }
    var draft = relation.draft
    if draft.of == nil || stages.contains(where: { if case .each = $0 { true } else { false } }) {
      draft.of = state.entered
    }
    return try noted("groups put together", rows: state.groups) { () throws(Diagnostics) in
      try finish(plan, &state, draft)
    }
  }

  private func collect(
    _ plan: MeasurePlan, after stages: ArraySlice<CheckedStage>, over relation: Relation
  ) throws(Diagnostics) -> MeasureState {
    let input = relation.frame
    let isSpread = relation.isSpread
    let size = batchRows(of: input.count, QuestionReading(stages, lists: plan.lists, keys: plan.keys))
    let context = context.sharing(SharedTrees(stages, lists: plan.lists, keys: plan.keys))
    let memory = context.limits.memoryBytes
    let jobs = (input.count + size - 1) / size
    return try runner.run(jobs: jobs, MeasureState(plan)) { (job) throws(Diagnostics) -> [MeasurePart] in
      let batch = input.slice((job * size)..<min(input.count, (job + 1) * size))
      var run = StageRun(batch, of: input.count, isSpread: isSpread, context)
      var parts: [MeasurePart] = []
      try run.run(stages) { (run) throws(Diagnostics) in parts.append(try MeasurePart(plan, run)) }
      return parts
    } combine: { (state, parts) throws(Diagnostics) in
      for part in parts { state.add(part) }
      guard state.bytes <= memory else {
        throw EvaluationDiagnostics.tooMuchMemory(bytes: state.bytes, limit: memory, at: nil)
      }
      return true
    }
  }

  /// The groups in the order of their keys, and their aggregates.
  func finish(
    _ plan: MeasurePlan, _ state: inout MeasureState, _ draft: ReceiptDraft
  ) throws(Diagnostics) -> MeasureResult {
    var order = SortOrder(count: state.groups)
    var keys: [Vector] = []
    for (index, key) in plan.keys.enumerated() {
      keys.append(
        state.groups == 0
          ? .missing(key.header.type, count: 0) : state.distinctValues(ofKey: index).picking(state.numbers[index]))
    }
    for key in keys.reversed() { order.sort(by: key, descending: false, ranks: try recordRanks(key)) }
    let groups = order.rows
    var draft = draft
    draft.add(state.draft)
    // What is grouped a second time was counted the first time.
    if draft.n == nil { draft.n = state.rows }
    var result = MeasureResult(
      groups: state.groups, keys: keys.map { $0.picking(groups) },
      rows: groups.map { state.rowsByGroup[Int($0)] }, draft: draft)
    try finishQuantiles(plan, state, groups, &result)
    for (index, part) in plan.parts.enumerated() {
      try watchdog.look(at: nil)
      try finish(part, index, plan, &state, groups, &result)
      // A row that stands in several groups is one row of the receipt.
      if let once = state.once[part.list], part.aggregate.second == nil,
        (part.fold ?? .count) == plan.countsOnce(part.list)
      {
        result.counts[part.aggregate]?.totals = once
      }
      if let outcome = state.outcomes[part.list] { result.count(outcome, for: part.aggregate, groups) }
      if !part.aggregate.isStatistic, let values = result.aggregates[part.aggregate],
        let counts = result.counts[part.aggregate]?.byGroup
      {
        let tooLarge = TooLarge.count(part.aggregate.function, values) {
          counts.indices.contains($0) ? Double(counts[$0].used) : 0
        }
        if tooLarge > 0 { result.draft.tally.notes[TooLarge.note, default: 0] += tooLarge }
      }
    }
    // Several columns about one match leave out the same rows: they are counted where most are left out. Other matches
    // leave out others.
    var unmatched: [CheckedSequence: Int] = [:]
    for (list, outcome) in zip(plan.lists, state.outcomes) {
      guard let outcome, case .matched(let sequence, _) = list else { continue }
      let without = outcome.totals.used - outcome.counts(order: groups).reduce(0) { $0 + $1.used }
      let search = CanonicalTree.of(sequence)
      unmatched[search] = max(unmatched[search] ?? 0, without)
    }
    let without = unmatched.values.reduce(0, +)
    if without > 0 { result.draft.tally.excluded["without a match", default: 0] += without }
    return result
  }

  private func finish(
    _ part: MeasurePlan.Part, _ index: Int, _ plan: MeasurePlan, _ state: inout MeasureState, _ groups: [Int32],
    _ result: inout MeasureResult
  ) throws(Diagnostics) {
    if let first = part.quantileOf, !state.quantiles[first].isEmpty {
      guard state.collected[index].values.isEmpty else {
        throw EvaluationDiagnostics.malformed("a quantile of values of two forms", at: .none)
      }
      return
    }
    let collected = state.collected[index]
    state.collected[index] = MeasureState.Collected()
    if part.fold != nil, collected.values.isEmpty {
      result.add(part, state.folds[index], groups)
      return
    }
    let values = Vector.concatenated(collected.values)
    if part.isDistinct, part.fold == .count, !collected.isOncePerSource, case .rows(let rows, _) = values.storage,
      SetKernels.areRising(rows)
    {
      // Records in their order are different ones.
      var fold = GroupFold(.count)
      fold.add(values, ids: state.groups > 1 ? collected.ids : nil, groups: max(1, state.groups))
      result.add(part, fold, groups)
      return
    }
    var segments = GroupSegments(ids: collected.ids, groups: state.groups)
    if collected.isOncePerSource {
      let bound = collected.sources.reduce(Int32(0)) { max($0, $1) }
      segments.keepDistinct(collected.sources, below: Int(bound) + 1, droppingNegative: false)
    }
    var before: MeasureResult.Counts?
    if part.isDistinct {
      // What was looked at is every value; the different ones are what came of it.
      var fold = GroupFold(.count)
      fold.add(values.picking(segments.order), ids: Places.owners(segments.offsets), groups: max(1, state.groups))
      before = MeasureResult.Counts(byGroup: fold.counts(order: groups), totals: fold.totals)
      let codes = GroupCodes.encode(values)
      let dense = DenseIDs(codes)
      let numbers = zip(dense.ids, codes).map { $1 == GroupCodes.missing ? -1 : $0 }
      segments.keepDistinct(numbers, below: dense.first.count, droppingNegative: true)
    }
    if part.isOrdered, let kind = plan.lists[part.list].sourceKind, collected.sources.count == values.count {
      segments.sort(by: try places(of: collected.sources, kind: kind))
    }
    if let function = part.fold, GroupFold.takes(function, values) {
      // What was folded before any batch had to keep its values stays in.
      var fold = state.folds[index]
      let ids = Places.owners(segments.offsets)
      fold.add(values.picking(segments.order), ids: ids, groups: max(1, state.groups))
      result.add(part, fold, groups)
      if let before { result.counts[part.aggregate] = before }
      return
    }
    let ordered = segments.reordered(groups)
    let picked = values.picking(ordered.order)
    if picked.count == 0, part.fold == nil, part.aggregate.function != .list {
      result.aggregates[part.aggregate] = .missing(part.type, count: result.groups)
      // Of nothing nothing was left out: that too stands in the column's own receipt.
      result.counts[part.aggregate] =
        before ?? MeasureResult.Counts(byGroup: groups.map { _ in GroupFold.Counts() }, totals: GroupFold.Totals())
      return
    }
    var walker = Walker(context)
    var level: Vector?
    if let parameter = part.aggregate.parameter {
      level = try walker.evaluate(parameter, in: Frame(count: result.groups))
    }
    let second =
      part.aggregate.second == nil ? nil : Vector.concatenated(collected.second).picking(ordered.order)
    let third = part.aggregate.third == nil ? nil : Vector.concatenated(collected.third).picking(ordered.order)
    var fold = GroupFold(.count)
    let owners = Places.owners(ordered.offsets)
    if part.aggregate.isStatistic {
      let lists = Walker.StatisticLists(values: picked, second: second, third: third)
      result.aggregates[part.aggregate] = try walker.statistic(
        part.aggregate, offsets: ordered.offsets, lists, level: level, in: nil, at: .none)
      result.draft.tally.share(notes: walker.tally.notes)
      fold = GroupFold(.share)
      fold.add(lists.cases, ids: owners, groups: max(1, result.groups))
    } else {
      let reduced = try walker.aggregate(
        part.aggregate.function, offsets: ordered.offsets, values: picked, second: second, level: level)
      result.aggregates[part.aggregate] = reduced
      if part.aggregate.function == .medianUntil {
        let without = (0..<result.groups).count {
          reduced.present?[$0] == 0 && ordered.offsets[$0] < ordered.offsets[$0 + 1]
        }
        if without > 0 { result.draft.tally.share(notes: [StatisticMeasure.neverHalf: without]) }
      }
      fold.add(picked.masked(by: second?.presence), ids: owners, groups: max(1, result.groups))
    }
    result.counts[part.aggregate] =
      before
      ?? MeasureResult.Counts(
        byGroup: fold.counts(order: SortOrder(count: result.groups).rows), totals: fold.totals)
  }

  /// The quantiles of all lists of numbers, on all threads: each list's are worked out once.
  private func finishQuantiles(
    _ plan: MeasurePlan, _ state: MeasureState, _ groups: [Int32], _ result: inout MeasureResult
  ) throws(Diagnostics) {
    /// Some groups of one list.
    struct Piece: Sendable {
      var fold: QuantileFold
      var groups: Range<Int>
      var levels: [(values: Slab<Double>, present: Slab<UInt8>?)]
    }
    let lists = plan.parts.indices.filter { plan.parts[$0].quantileOf == $0 && !state.quantiles[$0].isEmpty }
    var pieces: [Piece] = []
    for first in lists {
      let fold = state.quantiles[first]
      var levels: [(values: Slab<Double>, present: Slab<UInt8>?)] = []
      for part in plan.parts where part.quantileOf == first {
        guard let parameter = part.aggregate.parameter else {
          levels.append((Slab(repeating: 0.5, count: groups.count), nil))
          continue
        }
        var walker = Walker(context)
        let vector = try walker.evaluate(parameter, in: Frame(count: groups.count))
        guard case .numbers(let values) = vector.storage else {
          throw EvaluationDiagnostics.malformed("a percentile without its level", at: parameter.range)
        }
        levels.append((values, vector.presence))
      }
      // Pieces of like size: a group alone where it is large, many together where they are small.
      var size = Int.max
      for index in groups.indices {
        if size < 1 << 16, let last = pieces.last {
          pieces[pieces.count - 1].groups = last.groups.lowerBound..<index + 1
        } else {
          pieces.append(Piece(fold: fold, groups: index..<index + 1, levels: levels))
          size = 0
        }
        size += fold.count(groups[index]) + 16
      }
    }
    let jobs = pieces
    let values = try runner.run(jobs: jobs.count, [[Double?]]()) { (job) throws(Diagnostics) -> [[Double?]] in
      let piece = jobs[job]
      return piece.groups.map { index in
        piece.fold.quantiles(
          of: groups[index], at: piece.levels.map { $0.present?[index] == 0 ? nil : $0.values[index] })
      }
    } combine: { (all, piece) throws(Diagnostics) in
      all += piece
      return true
    }
    for (list, first) in lists.enumerated() {
      let own = values.dropFirst(list * groups.count).prefix(groups.count)
      let fold = state.quantiles[first]
      let counts = MeasureResult.Counts(byGroup: fold.counts(order: groups), totals: fold.totals)
      for (place, part) in plan.parts.filter({ $0.quantileOf == first }).enumerated() {
        result.aggregates[part.aggregate] = NumberKernels.finite(Slab(own.map { $0[place] ?? .nan }), present: nil)
        result.counts[part.aggregate] = counts
      }
    }
  }

  /// The places of records in the order of their kind.
  private func places(of rows: [Int32], kind: KindID) throws(Diagnostics) -> [Int32] {
    guard let order = context.source.timeOrder(of: kind) else { return rows }
    let bound = order.reduce(Int32(0)) { max($0, $1) }
    var places = [Int32](repeating: Int32.max, count: Int(max(0, bound)) + 1)
    for (place, row) in order.enumerated() where places.indices.contains(Int(row)) {
      places[Int(row)] = Int32(clamping: place)
    }
    return rows.map { places.indices.contains(Int($0)) ? places[Int($0)] : Int32.max }
  }

  /// `measure`: one row a group, its columns worked out from the aggregates.
  func measure(
    _ measure: CheckedMeasure, after stages: ArraySlice<CheckedStage>, over relation: Relation
  ) throws(Diagnostics) -> Relation {
    let plan = MeasurePlan(measure)
    let result = try grouped(plan, after: stages, over: relation, filling: measure.across != nil)
    var walker = Walker(context)
    let context = result.frame(plan)
    var frame = Frame(count: result.groups)
    for key in measure.keys { frame.columns[key.header.id] = context.columns[key.header.id] }
    var draft = result.draft
    let isAgain = relation.draft.n != nil
    if isAgain { draft.columns.removeAll { !$0.receipt.hasLeftOut } }
    for column in measure.columns {
      frame.columns[column.header.id] = try walker.column(column, in: context)
      guard let receipt = result.receipt(of: column.expression, in: self.context.source.catalogue) else { continue }
      // Groups that are grouped again have their own receipt from before; only what is left out now is new.
      if !isAgain || receipt.hasLeftOut { draft.columns.append((column.header.name, receipt)) }
    }
    draft.tally.add(walker.tally)
    draft.share = isAgain ? nil : result.share(of: measure)
    var grouped = Relation(frame)
    grouped.columns = (measure.keys + measure.columns).map(\.header.id)
    grouped.draft = draft
    if let across = measure.across, let values = context.columns[across.header.id] {
      return try crossed(measure, across, values, grouped)
    }
    return grouped
  }
}

extension MeasureResult {
  /// What a measure counted that is one share of all rows, and nothing besides.
  fileprivate func share(of measure: CheckedMeasure) -> (yes: Int, of: Int)? {
    guard measure.keys.isEmpty, measure.across == nil, measure.columns.count == 1, let column = measure.columns.first,
      case .aggregate(let aggregate) = column.expression.node, aggregate.function == .share, aggregate.part == .value,
      let all = counts[aggregate]?.byGroup, all.count == 1, let counted = all.first, counted.used > 0
    else { return nil }
    return (counted.yes, counted.used)
  }

  /// Counts the values of matches among all the first events there were.
  fileprivate mutating func count(_ outcome: GroupFold, for aggregate: Aggregate, _ groups: [Int32]) {
    var own = counts[aggregate] ?? Counts(byGroup: groups.map { _ in GroupFold.Counts() }, totals: GroupFold.Totals())
    own.totals.values = outcome.totals.values
    own.totals.unknown += outcome.totals.unknown
    own.totals.open += outcome.totals.open
    for (index, counts) in outcome.counts(order: groups).enumerated() where own.byGroup.indices.contains(index) {
      own.byGroup[index].open = counts.open
    }
    counts[aggregate] = own
  }

  fileprivate mutating func add(_ part: MeasurePlan.Part, _ fold: GroupFold, _ groups: [Int32]) {
    let isNothing = fold.totals.used == 0 && (fold.function == .min || fold.function == .max)
    aggregates[part.aggregate] =
      isNothing ? .missing(part.type, count: groups.count) : fold.result(order: groups)
    counts[part.aggregate] = Counts(byGroup: fold.counts(order: groups), totals: fold.totals)
  }
}
