import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Walks a checked tree over the rows of a frame: one visit to a node works out all of a batch's rows.
///
/// One walker serves one batch or one thread; what it leaves out it counts in its tally, and batches' tallies
/// are added in their order.
package struct Walker {
  package var context: EvaluationContext
  package var tally = EvaluationContext.Tally()

  package init(_ context: EvaluationContext) { self.context = context }

  /// The values of an expression, one a row of the frame.
  package mutating func evaluate(_ expression: CheckedExpression, in frame: Frame) throws(Diagnostics) -> Vector {
    throw EvaluationDiagnostics.notSupported("this expression", at: expression.range)
  }

  /// The records of a set, one set a row of the frame, each in the kind's order.
  package mutating func sets(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> RowSets {
    throw EvaluationDiagnostics.notSupported("this set", at: set.range)
  }

  /// The values of a list, one list a row of the frame.
  package mutating func list(_ list: CheckedList, in frame: Frame) throws(Diagnostics) -> ListVector {
    throw EvaluationDiagnostics.notSupported("this list", at: .none)
  }

  /// One value for each stretch of `values`: an aggregate over lists, whether a row's or a group's.
  ///
  /// `level` is the percentile's, one a stretch (or constant); `second` the other list of `correlation`, as
  /// long as `values`. What it leaves out is added to the tally.
  package mutating func aggregate(
    _ function: AggregateFunction, offsets: [Int32], values: Vector, second: Vector? = nil, level: Vector? = nil,
    at range: SourceRange = .none
  ) throws(Diagnostics) -> Vector {
    throw EvaluationDiagnostics.notSupported(function.rawValue, at: range)
  }
}
