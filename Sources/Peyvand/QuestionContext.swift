import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval

/// All that a question is asked over, put together in one place whatever asks it: a statement, an expression alone,
/// the columns of a file that is imported.
///
/// A value that any thread may be given; the evaluator's own context is made of it where the question runs.
struct QuestionContext: Sendable {
  var source: any ColumnSource
  /// Whose last event says how far the data reach: the store, whatever the source is.
  var store: any ColumnSource
  var asOf: Value?
  var clock: Int64
  var variables: [VariableID: VariableValue]
  var limits: Limits
  var threads: Int
  /// Notes where the time goes; nothing where nobody asked.
  var profile: TimeProfile?

  /// - Parameter interruption: the one that whoever asks looks at.
  /// - Throws: where the as-of time lies outside what a calendar can name.
  func evaluation(_ interruption: Interruption) throws(Diagnostics) -> EvaluationContext {
    var context = EvaluationContext(
      source: source, asOf: try AsOf.resolve(source: store, requested: asOf, clock: clock), limits: limits,
      interruption: interruption, threads: threads)
    context.variables = variables
    context.profile = profile
    return context
  }
}

extension Session {
  /// The store as it is now, looked at from the session's as-of time.
  /// - Parameter source: what is asked instead of the store.
  func question(over source: (any ColumnSource)? = nil) -> QuestionContext {
    let store = UnionSource.over(state, environment.catalogue.unions)
    return QuestionContext(
      source: source ?? store, store: store, asOf: asOf, clock: clock, variables: variables, limits: options.limits,
      threads: options.threads)
  }

  /// The evaluator over the store as it is now.
  func evaluator() -> AttendedEvaluator { AttendedEvaluator(question(), options.interruption) }
}
