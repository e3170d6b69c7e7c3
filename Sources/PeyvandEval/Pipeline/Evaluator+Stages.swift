import PeyvandBase
import PeyvandCheck
import PeyvandData

extension Evaluator {
  /// Carries out stages over rows. `keeping` says what is read of the rows afterwards.
  func run(
    _ stages: ArraySlice<CheckedStage>, over relation: Relation, keeping: (inout TreeReferences) -> Void
  ) throws(Diagnostics) -> Relation {
    var relation = relation
    var stages = stages
    while true {
      let streaming = stages.prefix { !$0.seesAllRows }
      let breaker = stages.dropFirst(streaming.count).first
      let rest = stages.dropFirst(streaming.count + (breaker == nil ? 0 : 1))
      let (row, columns) = Self.reach(after: streaming, row: relation.row, columns: relation.columns)
      if case .measure(let measure) = breaker {
        relation = try self.measure(measure, after: streaming, over: relation)
      } else if case .why(let why) = breaker {
        relation = try self.why(why, after: streaming, over: relation)
      } else {
        var references = TreeReferences(of: rest, row: row)
        keeping(&references)
        if case .distinct = breaker { references.columns.formUnion(columns) }
        // The columns of a cross table are in nobody's references.
        if relation.crossHeaders != nil { references.columns.formUnion(columns) }
        if streaming.contains(where: { if case .select = $0 { true } else { false } }) { relation.crossHeaders = nil }
        relation = try run(streaming, then: breaker, over: relation, references)
        relation.row = row
        relation.columns = columns
        if case .derive(let derivation) = breaker {
          if !derivation.keepsRows { relation.row = nil }
          let made = derivation.isCross ? relation.crossHeaders ?? [] : derivation.columns
          relation.columns = (derivation.keepsRows ? columns : []) + made.map(\.id)
        }
      }
      stages = rest
      if breaker == nil { return relation }
    }
  }

  /// The record in hand and the columns after some stages.
  private static func reach(
    after stages: ArraySlice<CheckedStage>, row: Binding?, columns: [ColumnID]
  ) -> (Binding?, [ColumnID]) {
    var (row, columns) = (row, columns)
    for stage in stages {
      switch stage {
      case .with(let added): columns += added.filter { !$0.header.isHidden }.map(\.header.id)
      case .select(let selected): (row, columns) = (nil, selected.filter { !$0.header.isHidden }.map(\.header.id))
      case .each(_, let binding): row = binding
      default: break
      }
    }
    return (row, columns)
  }

  /// Streaming stages and one that sees all rows, other than `measure`.
  private func run(
    _ streaming: ArraySlice<CheckedStage>, then breaker: CheckedStage?, over relation: Relation,
    _ references: TreeReferences
  ) throws(Diagnostics) -> Relation {
    switch breaker {
    case .none: return try stream(streaming, over: relation, references)
    case .take(let count):
      let limit = try self.count(count, of: "take")
      var result = try stream(streaming, over: relation, references, limit: limit)
      if !streaming.isEmpty, result.frame.count >= limit {
        // Enough was found: how far it was read is chance, and what was left out on that way no number of anything.
        let changesUnit = streaming.contains { if case .each = $0 { true } else { false } }
        result.draft = relation.draft
        if changesUnit { result.draft.of = nil }
      }
      result.frame = result.frame.slice(0..<limit)
      return result
    case .skip(let count):
      let skipped = try self.count(count, of: "skip")
      var result = try stream(streaming, over: relation, references)
      let all = result.frame.count
      result.frame = result.frame.slice(min(skipped, all)..<all)
      return result
    case .sort(let keys):
      // A key is a column nobody else can name.
      let columns = keys.enumerated().map { index, key in
        CheckedColumn(
          header: .init(id: ColumnID(-1 - index), name: "", type: key.expression.type), expression: key.expression)
      }
      var references = references
      references.columns.formUnion(columns.map(\.header.id))
      var result = try stream(streaming + [.with(columns)], over: relation, references)
      var order = SortOrder(count: result.frame.count)
      for (index, key) in keys.enumerated().reversed() {
        let values = result.frame.columns[ColumnID(-1 - index)] ?? .missing(count: result.frame.count)
        order.sort(by: values, descending: key.isDescending, ranks: try recordRanks(values))
      }
      for column in columns { result.frame.columns[column.header.id] = nil }
      result.frame = result.frame.picking(order.rows)
      return result
    case .rank(let ranks):
      var references = references
      references.columns.formUnion(ranks.map(\.column.header.id))
      var result = try stream(streaming + [.with(ranks.map(\.column))], over: relation, references)
      for rank in ranks {
        let id = rank.column.header.id
        if let values = result.frame.columns[id] { result.frame.columns[id] = try self.ranks(values, rank) }
      }
      return result
    case .derive(let derivation):
      var references = references
      references.columns.formUnion(derivation.reads)
      let inputs = try stream(streaming + [.with(derivation.inputs)], over: relation, references)
      return try derived(derivation, inputs)
    case .distinct:
      var result = try stream(streaming, over: relation, references)
      let (row, columns) = Self.reach(after: streaming, row: relation.row, columns: relation.columns)
      var keys: [[Int64]] = []
      if let row, let records = result.frame.bindings[row.id] {
        keys.append(GroupCodes.encode(Vector(.rows(records, family: row.kind))))
      }
      for column in columns {
        if let values = result.frame.columns[column] { keys.append(GroupCodes.encode(values)) }
      }
      result.frame = result.frame.picking(DenseIDs(keys: keys, count: result.frame.count).first)
      return result
    case .some:
      throw EvaluationDiagnostics.malformed("a stage out of its place", at: .none)
    }
  }

  /// Runs streaming stages over the batches and puts the rows together, until there are `limit`.
  func stream(
    _ stages: ArraySlice<CheckedStage>, over relation: Relation, _ references: TreeReferences, limit: Int? = nil
  ) throws(Diagnostics) -> Relation {
    guard !stages.isEmpty else {
      var relation = relation
      relation.frame = relation.frame.written
      return relation
    }
    let input = relation.frame
    let size = batchRows(of: input.count, QuestionReading(stages))
    let context = context.sharing(SharedTrees(stages))
    let rowLimit = min(context.limits.rows, Int(Int32.max) - 1)
    let memory = context.limits.memoryBytes
    let changesUnit = stages.contains { if case .each = $0 { true } else { false } }

    struct Output: Sendable {
      var frames: [Frame] = []
      var jobs = 0
      var rows = 0
      var bytes = 0
      var entered = 0
      var draft: ReceiptDraft
    }
    let isSpread = relation.isSpread
    // An empty source still has its columns.
    let jobs = max(1, (input.count + size - 1) / size)
    let output = try runner.run(jobs: jobs, Output(draft: relation.draft)) {
      (job) throws(Diagnostics) -> [(Frame, Int, ReceiptDraft)] in
      let batch = input.slice((job * size)..<min(input.count, (job + 1) * size))
      var run = StageRun(batch, of: input.count, isSpread: isSpread, context)
      var parts: [(Frame, Int, ReceiptDraft)] = []
      var rows = 0
      try run.run(stages) { (run) throws(Diagnostics) in
        var draft = ReceiptDraft()
        draft.filterUnknown = run.unknown
        draft.filterOpen = run.open
        draft.tally = run.walker.tally
        (draft.insideUnknown, draft.insideOpen) = run.inside
        rows += run.frame.count
        guard rows <= rowLimit else { throw EvaluationDiagnostics.tooManyRows(rows, limit: rowLimit, at: nil) }
        parts.append((run.frame.flattened(references), run.entered, draft))
      }
      return parts
    } combine: { (output, parts) throws(Diagnostics) in
      output.jobs += 1
      for (frame, entered, draft) in parts {
        output.frames.append(frame)
        output.rows += frame.count
        output.bytes += frame.bytes
        output.entered += entered
        output.draft.filterUnknown += draft.filterUnknown
        output.draft.filterOpen += draft.filterOpen
        output.draft.insideUnknown += draft.insideUnknown
        output.draft.insideOpen += draft.insideOpen
        output.draft.tally.add(draft.tally)
      }
      guard output.rows <= rowLimit else {
        throw EvaluationDiagnostics.tooManyRows(output.rows, limit: rowLimit, at: nil)
      }
      guard output.bytes <= memory else {
        throw EvaluationDiagnostics.tooMuchMemory(bytes: output.bytes, limit: memory, at: nil)
      }
      return limit.map { output.rows < $0 } ?? true
    }
    var result = relation
    result.draft = output.draft
    result.isSpread = isSpread || changesUnit
    if changesUnit { result.draft.of = output.jobs == jobs ? output.entered : nil }
    result.frame = .concatenated(output.frames)
    return result
  }

  /// The ranks of the records of a vector by their keys; missing where it holds none.
  func recordRanks(_ vector: Vector) throws(Diagnostics) -> [Int32: Int32]? {
    guard case .rows(let slab, let family) = vector.storage else { return nil }
    let codes = GroupCodes.encode(vector)
    let rows = Slab(slab.picking(DenseIDs(codes).first).array).array.filter { $0 >= 0 }
    let keys = try context.source.keys(of: rows, family: family)
    var ranks: [Int32: Int32] = [:]
    for (rank, place) in sortedPlaces(of: keys).enumerated() where rows.indices.contains(place) {
      ranks[rows[place]] = Int32(clamping: rank)
    }
    return ranks
  }
}

extension CheckedStage {
  /// Whether the stage must have all rows before it gives one.
  var seesAllRows: Bool {
    switch self {
    case .filter, .with, .select, .each: false
    case .measure, .sort, .rank, .take, .skip, .distinct, .who, .derive, .why: true
    }
  }
}
