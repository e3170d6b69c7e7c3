import PeyvandCheck
import PeyvandData
import Synchronization

/// Values of a question's expressions that are the same for all rows, whichever batch asks first.
///
/// `sum(amount of all purchase)` beside a column of customers is one number: each batch would else work it out
/// again, and a question would take the square of its data.
package final class ConstantCache: Sendable {
  private struct Key: Hashable, Sendable {
    var expression: CheckedExpression
    var asOf: AsOf
  }
  private let values = Mutex<[Key: Vector]>([:])

  private let decided = Mutex<[CheckedExpression: Bool]>([:])

  package init() {}

  /// Whether a condition is decided of every record it may be put to; missing where nobody has looked yet.
  func isDecided(_ condition: CheckedExpression) -> Bool? { decided.withLock { $0[condition] } }
  func keep(isDecided: Bool, _ condition: CheckedExpression) { decided.withLock { $0[condition] = isDecided } }

  func value(of expression: CheckedExpression, asOf: AsOf) -> Vector? {
    values.withLock { $0[Key(expression: expression, asOf: asOf)] }
  }

  func keep(_ value: Vector, of expression: CheckedExpression, asOf: AsOf) {
    values.withLock { $0[Key(expression: expression, asOf: asOf)] = value }
  }
}
