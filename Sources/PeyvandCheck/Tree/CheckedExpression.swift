import PeyvandBase
import PeyvandData

/// A record in hand: the row of a pipeline, an element of a set, a step of a sequence.
///
/// Names are gone: whatever spoke of the record by name, or by a field of it, holds its binding. Bindings are
/// numbered through a whole checked statement, so no two of it share an `id`.
package struct Binding: Hashable, Sendable {
  package var id: Int
  package var kind: KindID
  package init(id: Int, kind: KindID) {
    self.id = id
    self.kind = kind
  }
}

/// A column that a stage computed.
package struct ColumnID: Hashable, Sendable {
  package var raw: Int
  package init(_ raw: Int) { self.raw = raw }
}

/// A `let`, a parameter, a KPI's or a definition's argument: a value worked out before, by number.
package struct VariableID: Hashable, Sendable {
  package var raw: Int
  package init(_ raw: Int) { self.raw = raw }
}

/// An expression that gives one value for each row of the context it stands in.
///
/// Everything is decided: names are bindings and columns, operators are kernels by their types, times and
/// periods have been turned into bounds, a scalar over a list has been moved into the list's body. What
/// gives many values is a `CheckedList`, what gives records a `CheckedSet`; they occur only inside an
/// aggregate or another node that takes them. It holds meaning only, so that it can be carried out by the
/// evaluator over batches, by the plain evaluator of the tests row by row, and one day as SQL.
package struct CheckedExpression: Hashable, Sendable {
  package var node: Node
  package var type: ValueType
  package var range: SourceRange

  package init(_ node: Node, _ type: ValueType, _ range: SourceRange) {
    self.node = node
    self.type = type
    self.range = range
  }

  package indirect enum Node: Hashable, Sendable {
    case constant(Value)
    case variable(VariableID)
    /// The as-of time, as `.time`: the last second of the as-of day, or the as-of instant.
    case now
    /// The as-of day, as `.date`.
    case today
    /// The record in hand; missing where a match or a pick gave none.
    case binding(Binding)
    case field(CheckedExpression, FieldID)
    case key(CheckedExpression)
    /// The special kind's name, as text.
    case kindName(CheckedExpression)
    case column(ColumnID)

    case negate(CheckedExpression)
    case arithmetic(ArithmeticKernel, CheckedExpression, CheckedExpression)
    /// Both sides are of the kernel's type. Missing on either side: no, marked unknown.
    case compare(Comparison, ComparisonKernel, CheckedExpression, CheckedExpression)
    /// From `from` (included) up to `upTo` (not included); both sides as `kernel`. A missing bound is no bound
    /// where the *expression* is absent; a bound whose value is missing makes the answer unknown.
    case inRange(
      CheckedExpression, ComparisonKernel, from: CheckedExpression?, upTo: CheckedExpression?)
    case textTest(TextTest, CheckedExpression, CheckedExpression)
    case oneOf(CheckedExpression, ComparisonKernel, [CheckedExpression])
    /// Whether a value is among many.
    case among(CheckedExpression, ComparisonKernel, CheckedList)
    case not(CheckedExpression)
    case and(CheckedExpression, CheckedExpression)
    case or(CheckedExpression, CheckedExpression)
    /// Never marked.
    case isMissing(CheckedExpression)
    case isOpen(CheckedExpression)
    case isKind(CheckedExpression, KindID)

    case otherwise(CheckedExpression, CheckedExpression)
    case conditional([Branch], otherwise: CheckedExpression)
    case call(ScalarFunction, [CheckedExpression])
    /// The period of a day or an instant in the calendar's zone.
    case period(PeriodUnit, CheckedExpression)
    case weekday(CheckedExpression)
    case hour(CheckedExpression)
    /// Conversions between the ways to say when. `firstInstant` and `endInstant` (not included) of a day or
    /// period; `firstDay` and `lastDay` of a period; `day` of an instant.
    case when(TimeConversion, CheckedExpression)
    /// A text made of parts as they are shown.
    case interpolation([CheckedExpression])
    case list([CheckedExpression])

    case aggregate(Aggregate)
    /// The first or last record of a set in its order; missing where it is empty.
    case pick(Pick, CheckedSet)
    case record(KindID, key: CheckedExpression)
    /// The one record tied to this one, where `one` rules: of the ties that hold then, the one that began last.
    case holder(CheckedExpression, Tie, at: CheckedExpression)
    /// `E as of T`, `E` evaluated with that as-of time (a constant of the whole statement).
    case asOf(CheckedExpression, CheckedExpression)
    /// A KPI's value for one subject or for all, as a value of an expression.
    case kpi(CheckedKPICall)
    /// The value of a table with one row and one column; missing where it has no row.
    case query(CheckedQuery)
  }

  package struct Branch: Hashable, Sendable {
    package var condition: CheckedExpression
    package var value: CheckedExpression
    package init(condition: CheckedExpression, value: CheckedExpression) {
      self.condition = condition
      self.value = value
    }
  }
}

package enum ArithmeticKernel: Hashable, Sendable {
  /// Numbers; of units decided by the checker. Division by nought and what overflows is missing.
  case add, subtract, multiply, divide, modulo
  /// date ± days/months → date; time ± any duration → time; date ± seconds → time.
  case timePlus, timeMinus
  /// Both of one type: date − date → days, time − time → seconds.
  case timeDifference
  /// A period and a plain number: so many periods later.
  case periodPlus
  case durationAdd, durationSubtract
  /// duration · number, duration / number.
  case durationTimes, durationOver
  /// duration / duration → a plain number (days and seconds as 86,400 to one).
  case durationRatio
}

package enum Comparison: Hashable, Sendable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }

/// How two values of one type compare.
package enum ComparisonKernel: Hashable, Sendable {
  case number
  /// Equality by fold, order by `compareText`.
  case text
  /// no before yes
  case yesno
  case date
  case time
  /// Days and seconds as 86,400 to one; months with months.
  case duration
  case period
  case weekday
  case clock
  /// Equality of rows; order by key.
  case record
}

package enum TextTest: Hashable, Sendable { case contains, startsWith, endsWith, matches }

package enum ScalarFunction: Hashable, Sendable {
  case round, floor, abs, sqrt, log
  /// `bucket(number, width)`, `bucket(duration, width)`: the lower bound.
  case bucket
  case length, lower, upper, trim, replace
  /// `working(a, b)` of two instants: the seconds between them that lie in working hours.
  case working
}

package enum TimeConversion: Hashable, Sendable {
  case firstInstant
  case endInstant
  case firstDay
  case lastDay
  case dayAfterLast
  /// An instant's day in the zone.
  case day
}

package enum Pick: Hashable, Sendable { case first, last }

/// One kind of relationship, walked from one end to the other.
package struct Tie: Hashable, Sendable {
  package var relationship: KindID
  /// The end that the record in hand stands at.
  package var from: FieldID
  package var to: FieldID
  /// Whether the far end is declared `one`.
  package var isOne: Bool
  package init(relationship: KindID, from: FieldID, to: FieldID, isOne: Bool) {
    self.relationship = relationship
    self.from = from
    self.to = to
    self.isOne = isOne
  }
}
