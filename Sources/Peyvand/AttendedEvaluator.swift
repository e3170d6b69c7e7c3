import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval

/// The evaluator as a session uses it: each question on a thread of its own that ^C and the limit of time leave.
///
/// A question is a function of values, so one that is left ends by itself and changes nothing; what it had read of
/// the store meanwhile is there for the next.
struct AttendedEvaluator {
  private let question: QuestionContext
  private let interruption: Interruption

  init(_ question: QuestionContext, _ interruption: Interruption) {
    self.question = question
    self.interruption = interruption
  }

  func answer(_ query: CheckedQuery) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.answer(query) }
  }

  func card(_ call: CheckedKPICall) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.card(call) }
  }

  func watch(_ watch: CheckedWatch) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.watch(watch) }
  }

  func agenda(_ processes: [CheckedProcess], asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.agenda(processes, asOf: asOf) }
  }

  func missing(_ processes: [CheckedProcess], asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.missing(processes, asOf: asOf) }
  }

  func profile(
    _ record: CheckedExpression, _ query: CheckedQuery, _ processes: [CheckedProcess]
  ) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.profile(record, query, processes) }
  }

  func map(around record: CheckedExpression?, asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try attended { (evaluator) throws(Diagnostics) in try evaluator.map(around: record, asOf: asOf) }
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
    if expression.isPlain { return try Evaluator(question.evaluation(interruption)).value(expression) }
    return try attended { (evaluator) throws(Diagnostics) in try evaluator.value(expression) }
  }

  private func attended<Value: Sendable>(
    _ work: @escaping @Sendable (Evaluator) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    let question = question
    return try Self.attended(question.limits, interruption) { (interruption) throws(Diagnostics) in
      try work(Evaluator(question.evaluation(interruption)))
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
