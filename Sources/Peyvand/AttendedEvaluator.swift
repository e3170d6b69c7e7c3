import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval

/// The evaluator as a session uses it: each question on a thread of its own that ^C and the limit of time leave.
///
/// A question is a function of values, so one that is left ends by itself and changes nothing; what it had read of
/// the store meanwhile is there for the next.
struct AttendedEvaluator {
  private let source: any ColumnSource
  private let asOf: Value?
  private let clock: Int64
  private let variables: [VariableID: VariableValue]
  private let options: Session.Options

  init(
    source: any ColumnSource, asOf: Value?, clock: Int64, variables: [VariableID: VariableValue],
    _ options: Session.Options
  ) {
    self.source = source
    self.asOf = asOf
    self.clock = clock
    self.variables = variables
    self.options = options
  }

  func answer(_ query: CheckedQuery) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.answer(query) }
  }

  func card(_ call: CheckedKPICall) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.card(call) }
  }

  func records(of set: CheckedSet) throws(Diagnostics) -> (kind: KindID, rows: [Int32]) {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.records(of: set) }
  }

  func plan(of query: CheckedQuery) throws(Diagnostics) -> QueryPlan {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.plan(of: query) }
  }

  func variable(_ query: CheckedQuery) throws(Diagnostics) -> VariableValue {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.variable(query) }
  }

  /// A value that stands in no record. One that asks nothing of the records is not worth a thread.
  func value(_ expression: CheckedExpression) throws(Diagnostics) -> Value {
    if expression.isPlain { return try evaluator(options.interruption).value(expression) }
    return try attended { (evaluator) throws(Diagnostics) in try evaluator.value(expression) }
  }

  private func evaluator(_ interruption: Interruption) throws(Diagnostics) -> Evaluator {
    var context = EvaluationContext(
      source: source, asOf: try AsOf.resolve(source: source, requested: asOf, clock: clock), limits: options.limits,
      interruption: interruption, threads: options.threads)
    context.variables = variables
    return Evaluator(context)
  }

  private func attended<Value: Sendable>(
    _ work: @escaping @Sendable (Evaluator) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    let (source, asOf, clock, variables) = (source, asOf, clock, variables)
    let (limits, threads) = (options.limits, options.threads)
    return try Self.attended(limits, options.interruption) { (interruption) throws(Diagnostics) in
      let moment = try AsOf.resolve(source: source, requested: asOf, clock: clock)
      var context = EvaluationContext(
        source: source, asOf: moment, limits: limits, interruption: interruption, threads: threads)
      context.variables = variables
      return try work(Evaluator(context))
    }
  }

  /// Work that ^C and the limit of time stop.
  static func attended<Value: Sendable>(
    _ limits: Limits, _ interruption: Interruption,
    _ work: @escaping @Sendable (Interruption) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    let end = AttendedWork.run(seconds: limits.seconds, interruption: interruption) {
      (own) -> Result<Value, Diagnostics> in
      do throws(Diagnostics) { return .success(try work(own)) } catch { return .failure(error) }
    }
    switch end {
    case .finished(let result): return try result.get()
    case .interrupted: throw EvaluationDiagnostics.interrupted(at: nil)
    case .outOfTime: throw EvaluationDiagnostics.tooLong(seconds: limits.seconds, at: nil)
    }
  }
}

extension CheckedExpression {
  /// Whether it is worked out without a look at any set of records.
  fileprivate var isPlain: Bool {
    var isPlain = true
    forEach { part in
      switch part.node {
      case .constant, .now, .today, .negate, .arithmetic, .not, .and, .or, .compare, .period, .when, .weekday, .hour,
        .interpolation, .list, .otherwise, .isMissing, .conditional, .variable:
        break
      case .record(_, _): break
      default: isPlain = false
      }
    }
    return isPlain
  }
}
