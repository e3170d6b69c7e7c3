import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Carries a checked question out over a store: the end of the road before rendering.
///
/// A question's rows are one frame after the other: a source gives the first, stages that look at a row at a time
/// (`where`, `with`, `select`, `each`) run over its batches on several threads, and a stage that must see all rows
/// (`measure`, `sort`, `take`, `distinct`) puts the batches together, in their order, into the next. The walker
/// works out expressions within a batch; nothing here looks at a single value.
package struct Evaluator: Sendable {
  package let context: EvaluationContext
  let watchdog: Watchdog

  package init(_ context: EvaluationContext) {
    self.context = context
    watchdog = Watchdog(limits: context.limits, interruption: context.interruption)
  }

  /// The same question machinery from another moment; the time allowed goes on running.
  func looking(from asOf: AsOf) -> Evaluator {
    var context = context
    context.asOf = asOf
    return Evaluator(context: context, watchdog: watchdog)
  }

  /// The same machinery with more values under their names.
  func holding(_ values: [VariableID: VariableValue]) -> Evaluator {
    var context = context
    context.variables.merge(values) { $1 }
    return Evaluator(context: context, watchdog: watchdog)
  }

  private init(context: EvaluationContext, watchdog: Watchdog) {
    self.context = context
    self.watchdog = watchdog
  }

  /// The value of an expression that stands in no record.
  package func value(_ expression: CheckedExpression) throws(Diagnostics) -> Value {
    let vector = try constant(expression).vector
    return try values(of: vector, type: expression.type).first ?? .missing
  }

  /// The records of a set that stands in no record, in their order: rows of the kind's family.
  package func records(of set: CheckedSet) throws(Diagnostics) -> (kind: KindID, rows: [Int32]) {
    let binding = Binding(id: -1, kind: set.kind)
    let source = try records(of: set, as: binding, inOrder: true)
    let relation = try run(source.stages[...], over: Relation(source.frame), keeping: { $0.bindings = [binding.id] })
    return (set.kind, relation.frame.bindings[binding.id]?.array ?? [])
  }

  /// An expression worked out in a frame of one row without records.
  func constant(_ expression: CheckedExpression) throws(Diagnostics) -> (vector: Vector, receipt: ReceiptDraft) {
    try watchdog.look(at: expression.range)
    var draft = ReceiptDraft()
    let (rewritten, aggregates) = try streamed(expression, &draft)
    var walker = Walker(context)
    var frame = Frame(count: 1)
    frame.aggregates = aggregates
    let vector = try walker.evaluate(rewritten, in: frame)
    draft.tally.add(walker.tally)
    return (vector, draft)
  }

  /// A whole number that is not negative, as `take` and `skip` need.
  func count(_ expression: CheckedExpression, of word: String) throws(Diagnostics) -> Int {
    guard case .number(let number) = try value(expression), number >= 0,
      let count = Int(exactly: min(number, 9e15).rounded(.towardZero)), number >= 9e15 || Double(count) == number
    else { throw EvaluationDiagnostics.notACount(word, at: expression.range) }
    return count
  }

  var runner: BatchRunner { BatchRunner(threads: context.threads, watchdog: watchdog, range: nil) }

  /// Outer rows a batch: as set, or fewer, so that every thread has several to do, and so that what the events of its
  /// entities come to stays near the processor.
  /// - Parameter reading: what is asked of the rows.
  func batchRows(of count: Int, _ reading: QuestionReading? = nil) -> Int {
    var size = max(1, context.batchSize)
    if let reading, count > 0 {
      let catalogue = context.source.catalogue
      let events =
        reading.kinds.lazy.filter { catalogue.kind($0)?.flavour == .event }
        .map { context.source.rows(of: $0).count }.max() ?? 0
      size = max(1, min(size, Self.innerRows / max(1, events / count)))
    }
    guard context.threads > 1, count > 0 else { return size }
    return max(1, min(size, max(16, count / (context.threads * 4))))
  }

  /// About how many events a batch of entities may have.
  private static let innerRows = 1 << 16

  func check(rows: Int, at range: SourceRange?) throws(Diagnostics) {
    let limit = min(context.limits.rows, Int(Int32.max) - 1)
    guard rows <= limit else { throw EvaluationDiagnostics.tooManyRows(rows, limit: limit, at: range) }
  }

  func check(bytes: Int, at range: SourceRange?) throws(Diagnostics) {
    guard bytes <= context.limits.memoryBytes else {
      throw EvaluationDiagnostics.tooMuchMemory(bytes: bytes, limit: context.limits.memoryBytes, at: range)
    }
  }
}
