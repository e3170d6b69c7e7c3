import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Walks a checked tree over the rows of a frame: one visit to a node works out all of a batch's rows.
///
/// One walker serves one batch or one thread; what it leaves out it counts in its tally, and batches' tallies
/// are added in their order. The walker holds no row loops: those are the kernels', in `PeyvandData`. What an
/// inner frame asks of the outer one alone (an average of the whole, over which each element is judged) is
/// worked out there, once a row of the outer frame, and spread.
package struct Walker {
  package var context: EvaluationContext {
    didSet { facts.removeAll(keepingCapacity: true) }
  }
  package var tally = EvaluationContext.Tally()
  /// The rows of a batch that something is left out of; missing outside of pipelines.
  var marks: RowMarks?
  /// Of a batch: what its frames remember.
  var memos: FrameMemos?
  /// The node of the profile in which what comes next is noted.
  var profileNode = -1
  /// Whether the sets being worked out are to bring their records' times along.
  var wantsTimes = false
  /// What part of the question's rows the batch is.
  var portion = 1.0
  /// What has been looked up of a kind, under the context's as-of time.
  var facts: [KindID: KindFacts] = [:]

  package init(_ context: EvaluationContext) { self.context = context }

  package var catalogue: Catalogue { context.source.catalogue }
  var cache: KernelCache { context.cache }
  var time: TimeKernels { TimeKernels(catalogue.calendar, cache: cache) }
  /// The as-of day: the day itself, or the day of the instant.
  package var today: Int32 {
    context.asOf.day.map { Int32(clamping: $0) } ?? time.day(ofInstant: context.asOf.instant)
  }

  /// The values of an expression, one a row of the frame.
  package mutating func evaluate(_ expression: CheckedExpression, in frame: Frame) throws(Diagnostics) -> Vector {
    guard let profile = context.profile, let word = expression.node.word else {
      return try evaluated(expression, in: frame)
    }
    return try noted(profile, word, at: expression.range) { (walker) throws(Diagnostics) in
      try walker.evaluated(expression, in: frame)
    } measure: {
      ($0.count, $0.bytes)
    }
  }

  private mutating func evaluated(_ expression: CheckedExpression, in frame: Frame) throws(Diagnostics) -> Vector {
    if isCostly(expression.node), !TreeSearch.looks(expression, into: frame) {
      if let outer = frame.outer { return try evaluate(expression, in: outer.frame).gathered(outer.row) }
      return try alike(expression, frame)
    }
    return try carriedOut(expression, in: frame)
  }

  private mutating func carriedOut(_ expression: CheckedExpression, in frame: Frame) throws(Diagnostics) -> Vector {
    try look()
    let count = frame.count
    let range = expression.range
    switch expression.node {
    case .constant(let value): return try constant(value, expression.type, count: count, at: range)
    case .variable(let id): return try variable(id, expression, count: count)
    case .now: return Vector(.instants(Slab(repeating: context.asOf.instant, count: count)))
    case .today: return Vector(.days(Slab(repeating: today, count: count)))
    case .binding(let binding):
      guard let rows = Self.rows(of: binding.id, in: frame) else {
        throw EvaluationDiagnostics.malformed("a record that is not in hand", at: range)
      }
      return Vector(.rows(rows, family: family(of: binding.kind)))
    case .column(let column):
      guard let vector = Self.column(column, in: frame) else {
        throw EvaluationDiagnostics.malformed("a column that is not there", at: range)
      }
      return vector
    case .field(let record, let field): return try fieldValues(record, field, frame)
    case .key(let record): return try keys(record, frame)
    case .kindName(let record): return try kindNames(record, frame)
    case .isKind(let record, let kind):
      let rows = try rows(record, frame)
      var family = family(of: kind)
      if case .record(let own) = record.type { family = self.family(of: own) }
      let inKind = SetKernels.within(rows, context.source.rows(of: kind, in: family))
      return Vector(.truths(inKind)).masked(by: Presence.ofRows(rows))

    case .negate(let operand):
      let vector = try evaluate(operand, in: frame)
      switch vector.storage {
      case .numbers(let values): return Vector(.numbers(NumberKernels.negated(values)), present: vector.present)
      case .durations(let values): return Vector(.durations(TimeKernels.negated(values)), present: vector.present)
      default: throw EvaluationDiagnostics.malformed("a minus before what is no number", at: range)
      }
    case .arithmetic(let kernel, let left, let right):
      return try arithmetic(kernel, left, right, expression, frame)
    case .compare(let comparison, let kernel, let left, let right):
      return Vector(.truths(try compare(comparison.operation, kernel, left, right, frame)))
    case .inRange(let value, let kernel, let from, let upTo):
      return Vector(.truths(try inRange(value, kernel, from, upTo, frame)))
    case .textTest(let test, let left, let right):
      return Vector(.truths(try textTest(test, left, right, frame)))
    case .oneOf(let value, let kernel, let others):
      var result = Slab<UInt8>(repeating: Truth.no, count: count)
      for other in others {
        result = TruthKernels.or(result, try compare(.equal, kernel, value, other, frame))
      }
      return Vector(.truths(result))
    case .among(let value, let kernel, let list): return try among(value, kernel, list, frame, at: range)
    case .not(let operand): return Vector(.truths(TruthKernels.not(try truths(operand, frame))))
    case .and(let left, let right):
      return Vector(.truths(TruthKernels.and(try truths(left, frame), try truths(right, frame))))
    case .or(let left, let right):
      return Vector(.truths(TruthKernels.or(try truths(left, frame), try truths(right, frame))))
    case .isMissing(let operand):
      guard let presence = try presence(of: operand, frame) else {
        return Vector(.truths(Slab(repeating: Truth.no, count: count)))
      }
      return Vector(.truths(Presence.inverted(presence)))
    case .isOpen(let operand): return Vector(.truths(TruthKernels.isOpen(try truths(operand, frame))))

    case .otherwise(let first, let second):
      let vector = try conformed(try evaluate(first, in: frame), from: first.type, to: expression.type)
      guard let presence = vector.presence else { return vector }
      let other = try conformed(try evaluate(second, in: frame), from: second.type, to: expression.type)
      let choice = TruthKernels.of(presence, count: count)
      return try chosen(Joining.firstYes([choice], count: count), [vector, other], at: range)
    case .conditional(let branches, let otherwise):
      return try conditional(branches, otherwise, expression, frame)
    case .call(let function, let operands): return try call(function, operands, expression, frame)
    case .period(let unit, let operand): return try period(unit, operand, frame)
    case .weekday(let operand):
      let (days, present) = try days(operand, frame)
      return Vector(.days(time.weekdays(ofDays: days)), present: present)
    case .hour(let operand): return try hour(operand, frame)
    case .when(let conversion, let operand): return try when(conversion, operand, frame)
    case .interpolation(let parts): return try interpolation(parts, frame)
    case .list(let elements): return try listValue(elements, expression, frame)

    case .aggregate(let aggregate): return try self.aggregate(aggregate, frame, at: range)
    case .pick(let pick, let set):
      let picked = try picked(pick, set, isTimed: false, in: frame)
      return Vector(.rows(picked.rows, family: picked.family))
    case .record(let kind, let key): return try record(kind, key, frame)
    case .holder(let record, let tie, let at): return try holder(record, tie, at, frame)
    case .asOf(let operand, let moment):
      return try asOf(moment, at: range, frame) { walker throws(Diagnostics) in
        try walker.evaluate(operand, in: frame)
      }
    case .kpi(let call): return try kpi(call, in: frame)
    case .query(let query): return try table(query, type: expression.type, in: frame)
    }
  }

  /// Nodes that are worth a search for whether they need this frame at all.
  private func isCostly(_ node: CheckedExpression.Node) -> Bool {
    switch node {
    case .aggregate(let aggregate): aggregate.scope == .row
    case .pick, .holder, .record, .interpolation, .kpi, .query, .among, .asOf: true
    default: false
    }
  }

  /// What is the same for every row, in this batch and all others: worked out once a question.
  private mutating func alike(_ expression: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let everywhere = Slab<Int32>(repeating: 0, count: frame.count)
    if let known = context.constants.value(of: expression, asOf: context.asOf) { return known.gathered(everywhere) }
    let before = (marks?.isIgnoring, portion)
    marks?.isIgnoring = true
    portion = 1
    defer {
      if let isIgnoring = before.0 { marks?.isIgnoring = isIgnoring }
      portion = before.1
    }
    let vector = try carriedOut(expression, in: Frame(count: 1))
    context.constants.keep(vector, of: expression, asOf: context.asOf)
    return vector.gathered(everywhere)
  }

  // MARK: Names

  /// The rows of a binding, found in this frame or spread from an outer one.
  package static func rows(of binding: Int, in frame: Frame) -> Slab<Int32>? {
    if let rows = frame.bindings[binding] { return rows }
    guard let outer = frame.outer, let rows = rows(of: binding, in: outer.frame) else { return nil }
    return Gathering.int32(rows, at: outer.row)
  }

  package static func column(_ id: ColumnID, in frame: Frame) -> Vector? {
    if let vector = frame.columns[id] { return vector }
    guard let outer = frame.outer, let vector = column(id, in: outer.frame) else { return nil }
    return vector.gathered(outer.row)
  }

  static func aggregate(_ aggregate: Aggregate, in frame: Frame) -> Vector? {
    if let vector = frame.aggregates[aggregate] { return vector }
    guard let outer = frame.outer, let vector = self.aggregate(aggregate, in: outer.frame) else { return nil }
    return vector.gathered(outer.row)
  }

  package func family(of kind: KindID) -> KindID { catalogue.kind(kind)?.family ?? kind }

  // MARK: Forms

  mutating func truths(_ expression: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Slab<UInt8> {
    let vector = try evaluate(expression, in: frame)
    if case .truths(let truths) = vector.storage { return truths }
    if case .missing = expression.type { return Slab(repeating: Truth.unknown, count: frame.count) }
    throw EvaluationDiagnostics.malformed("a condition that is no yes or no", at: expression.range)
  }

  mutating func rows(_ expression: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Slab<Int32> {
    let vector = try evaluate(expression, in: frame)
    if case .rows(let rows, _) = vector.storage { return rows }
    if case .missing = expression.type { return Slab(repeating: -1, count: frame.count) }
    throw EvaluationDiagnostics.malformed("a record that is none", at: expression.range)
  }

  /// The frame of the elements of sets: one row an element, the set's own row outside.
  package func inner(_ sets: RowSets, _ binding: Binding?, in frame: Frame) -> Frame {
    var inner = Frame(
      count: sets.rows.count, outer: Frame.Outer(frame: frame, offsets: sets.offsets))
    if let binding {
      inner.bindings[binding.id] = sets.rows
      if let times = sets.times { inner.moments[binding.id] = moments(.near(times), of: binding.kind) }
    }
    return inner
  }

  /// Evaluates with another as-of time, which is one for the whole statement.
  mutating func asOf(
    _ moment: CheckedExpression, at range: SourceRange, _ frame: Frame,
    _ body: (inout Walker) throws(Diagnostics) -> Vector
  ) throws(Diagnostics) -> Vector {
    guard frame.count > 0 else { return try body(&self) }
    guard let asOf = try asOfTime(moment, in: frame) else {
      throw EvaluationDiagnostics.missingAsOf(at: range)
    }
    let before = context.asOf
    context.asOf = asOf
    defer { context.asOf = before }
    return try body(&self)
  }

  /// The as-of time that an expression means: a day is the whole of it. Missing where it is missing.
  package mutating func asOfTime(_ moment: CheckedExpression, in frame: Frame) throws(Diagnostics) -> AsOf? {
    let vector = try evaluate(moment, in: frame).slice(0..<1)
    guard vector.count == 1, vector.present?[0] != 0 else { return nil }
    switch (vector.storage, moment.type) {
    case (.instants(let instants), _): return instants[0].map { AsOf(instant: $0, day: nil) }
    case (.days(let periods), .period(let unit)):
      guard let period = periods[0], let day = catalogue.calendar.lastDay(ofPeriod: period, unit: unit) else {
        return nil
      }
      return AsOf(instant: time.firstInstant(ofDay: day + 1) - 1, day: day)
    case (.days(let days), _):
      return days[0].map { AsOf(instant: time.firstInstant(ofDay: Int($0) + 1) - 1, day: Int($0)) }
    default: throw EvaluationDiagnostics.malformed("an as-of time that is no time", at: moment.range)
    }
  }

  func checkSize(_ size: Int, at range: SourceRange) throws(Diagnostics) {
    let limit = min(context.limits.rows, Int(Int32.max))
    guard size >= 0, size <= limit else { throw EvaluationDiagnostics.tooManyRows(size, limit: limit, at: range) }
    // The records, the frame's rows they belong to, and one column of them.
    let (bytes, overflow) = size.multipliedReportingOverflow(by: 16)
    guard !overflow, bytes <= context.limits.memoryBytes else {
      throw EvaluationDiagnostics.tooMuchMemory(
        bytes: overflow ? .max : bytes, limit: context.limits.memoryBytes, at: range)
    }
    try look()
  }

  /// Between two steps of the work: one that goes over millions of rows takes some hundredths of a second.
  func look() throws(Diagnostics) {
    if context.interruption.isInterrupted { throw EvaluationDiagnostics.interrupted(at: nil) }
  }
}

extension Comparison {
  package var operation: ComparisonOperation {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}
