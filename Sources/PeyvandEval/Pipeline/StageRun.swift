import PeyvandBase
import PeyvandCheck
import PeyvandData

/// One batch on its way through the stages that look at a row at a time.
struct StageRun {
  var frame: Frame
  var walker: Walker
  /// Rows that came in, counted again where `each` changes what a row is.
  var entered: Int
  var unknown = 0
  var open = 0
  /// Rows that something inside was left out of, and that are no longer among those at hand.
  private var gone = (unknown: 0, open: 0)
  /// Whether a record outside may stand in several rows.
  var isSpread: Bool
  private let limits: Limits

  /// - Parameter total: the rows of all batches together.
  init(_ frame: Frame, of total: Int, isSpread: Bool, _ context: EvaluationContext) {
    self.frame = frame
    self.isSpread = isSpread
    walker = Walker(context)
    walker.portion = Double(frame.count) / Double(max(1, total))
    walker.marks = RowMarks(frame)
    walker.memos = FrameMemos()
    entered = frame.count
    limits = context.limits
  }

  /// How many rows something was left out of inside their sets.
  var inside: (unknown: Int, open: Int) {
    let here = walker.marks?.counts ?? (unknown: 0, open: 0)
    return (gone.unknown + here.unknown, gone.open + here.open)
  }

  mutating func apply(_ stages: ArraySlice<CheckedStage>) throws(Diagnostics) {
    for stage in stages { try apply(stage) }
  }

  /// Carries the stages out and gives what comes of them: at once, or, where an `each` would make very many rows
  /// of the batch, piece by piece in order, so that no frame outgrows memory and ^C is heard in between.
  mutating func run(
    _ stages: ArraySlice<CheckedStage>, _ body: (StageRun) throws(Diagnostics) -> Void
  ) throws(Diagnostics) {
    var rest = stages
    while let stage = rest.popFirst() {
      guard case .each(let set, _) = stage, let rows = try rowsAPiece(set) else {
        try apply(stage)
        continue
      }
      let whole = frame
      for start in stride(from: 0, to: whole.count, by: rows) {
        var piece = self
        let places = (start..<min(start + rows, whole.count)).map { Int32(clamping: $0) }
        piece.frame = whole.keeping(places)
        piece.walker.memos = FrameMemos()
        piece.walker.marks = walker.marks?.keeping(places, as: piece.frame)
        if start > 0 {
          // What was left out before the pieces parted is the first one's to tell.
          piece.unknown = 0
          piece.open = 0
          piece.gone = (0, 0)
          piece.walker.tally = EvaluationContext.Tally()
        }
        try piece.apply(stage)
        try piece.run(rest, body)
      }
      return
    }
    try body(self)
  }

  /// How many rows of the frame to take at a time so that their sets stay near `pieceRows`; missing: all. Judged by
  /// the first few.
  private func rowsAPiece(_ set: CheckedSet) throws(Diagnostics) -> Int? {
    let sample = min(frame.count, 16)
    guard sample > 0 else { return nil }
    var walker = walker
    let some = try walker.sets(set, in: frame.keeping((0..<sample).map { Int32(clamping: $0) }))
    let average = max(1, some.rows.count / sample)
    let rows = max(1, Self.pieceRows / average)
    return rows < frame.count ? rows : nil
  }

  private static let pieceRows = 1 << 20

  private mutating func apply(_ stage: CheckedStage) throws(Diagnostics) {
    guard let profile = walker.context.profile else { return try carryOut(stage) }
    let node = profile.node(Evaluator.word(of: stage), at: stage.range, below: -1)
    walker.profileNode = node
    let begun = ContinuousClock.now
    try carryOut(stage)
    walker.profileNode = -1
    profile.add(node, rows: frame.count, bytes: 0, nanoseconds: TimeProfile.nanoseconds(since: begun))
  }

  private mutating func carryOut(_ stage: CheckedStage) throws(Diagnostics) {
    frame.remember(for: walker)
    switch stage {
    case .filter(let condition):
      let truths = try walker.evaluate(condition, in: frame)
      guard case .truths(let slab) = truths.storage, slab.count == frame.count else {
        throw EvaluationDiagnostics.malformed("a condition that is no yes/no", at: condition.range)
      }
      let leftOut = Places.leftOut(slab)
      unknown += leftOut.unknown
      open += leftOut.open
      let kept = Places.yes(slab)
      let before = inside
      frame = frame.keeping(kept)
      walker.marks = walker.marks?.keeping(kept, as: frame)
      let here = walker.marks?.counts ?? (unknown: 0, open: 0)
      gone = (before.unknown - here.unknown, before.open - here.open)
    case .with(let columns):
      for column in columns { frame.columns[column.header.id] = try walker.column(column, in: frame) }
      walker.marks?.turn(into: frame)
    case .select(let columns):
      var selected = Frame(count: frame.count)
      for column in columns {
        let values = try walker.column(column, in: frame)
        selected.columns[column.header.id] = values
        frame.columns[column.header.id] = values
      }
      frame = selected
      walker.marks?.turn(into: frame)
    case .each(let set, let binding):
      let sets = try walker.sets(set, in: frame)
      guard sets.rows.count <= limits.rows else {
        throw EvaluationDiagnostics.tooManyRows(sets.rows.count, limit: limits.rows, at: set.range)
      }
      var inner = Frame(
        count: sets.rows.count, outer: Frame.Outer(frame: frame, offsets: sets.offsets))
      inner.bindings[binding.id] = sets.rows
      // The rows are others from here on.
      gone = inside
      frame = inner
      walker.marks = RowMarks(frame)
      entered = inner.count
      isSpread = true
    case .measure, .sort, .rank, .take, .skip, .distinct, .who, .derive, .why:
      throw EvaluationDiagnostics.malformed("a stage over all rows among those over one", at: .none)
    }
  }
}

extension Walker {
  /// A column's values, as many as the frame has rows.
  mutating func column(_ column: CheckedColumn, in frame: Frame) throws(Diagnostics) -> Vector {
    let counted = tally
    let values = try evaluate(column.expression, in: frame)
    // What a hidden column leaves out has been counted by the column it stands beside.
    if column.header.isHidden { tally = counted }
    guard values.count == frame.count else {
      throw EvaluationDiagnostics.malformed(
        "`\(column.header.name)` has \(values.count) values for \(frame.count) rows", at: column.expression.range)
    }
    return values
  }
}
