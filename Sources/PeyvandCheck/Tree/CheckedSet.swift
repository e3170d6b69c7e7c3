import PeyvandBase
import PeyvandData

/// Records of one kind for each row of the context: a set, each record once, in the kind's order
/// (events in time order, ties by their start, entities as recorded).
package struct CheckedSet: Hashable, Sendable {
  package var node: Node
  /// What its records are.
  package var kind: KindID
  package var range: SourceRange

  package init(_ node: Node, kind: KindID, _ range: SourceRange) {
    self.node = node
    self.kind = kind
    self.range = range
  }

  package indirect enum Node: Hashable, Sendable {
    /// Every record of the kind: events seen by now; ties that hold at `at` (missing: now); all entities.
    case all(at: CheckedExpression?)
    /// Every tie, whenever it held.
    case ever
    /// The records of `kind` that refer to a record by a field: events seen by now, ties of any time
    /// (`holding` narrows them).
    case referring(CheckedExpression, FieldID)
    /// The entities tied to a record: by the ties that hold at `at`, or, without it, ever.
    case tied(CheckedExpression, Tie, at: CheckedExpression?)
    /// Of a set of ties those that hold at a time.
    case holding(CheckedSet, at: CheckedExpression)
    /// Events reached through a tie: of the records that `field` ties to the far end, those that took place
    /// while the tie held (under `one`: while it was the one that held).
    case through(CheckedExpression, Tie, FieldID)
    /// From each element on to a set, all together, each once.
    case expand(CheckedSet, Binding, to: CheckedSet)
    /// From each element on to one record, each once, missing ones left out.
    case expandToOne(CheckedSet, Binding, CheckedExpression)
    case filter(CheckedSet, Binding, CheckedExpression)
    /// Of events that a path reached by ties those at whose time one of the ties held: a filter that the path itself
    /// implies, and that `ever` lifts.
    case whileHeld(CheckedSet, Binding, CheckedExpression)
    /// By the kind's time, from `from` (included) up to `upTo` (not included), both in the type of its time
    /// field (a day or an instant) and worked out in the context outside the set. Records without time are in
    /// none.
    case during(CheckedSet, from: CheckedExpression?, upTo: CheckedExpression?)
    /// Those of a special kind.
    case ofKind(CheckedSet)
    /// Of two sets of one family.
    case union(CheckedSet, CheckedSet)
    /// One record, or none where it is missing.
    case single(CheckedExpression)
    /// A set that a `let` keeps.
    case variable(VariableID)
    /// `(a or b)*n..m`
    case repeated(CheckedExpression, Binding, step: CheckedSet, from: Int, to: Int)
  }
}

/// Many values for each row of the context.
package indirect enum CheckedList: Hashable, Sendable {
  /// The body for each record of the set, in the set's order.
  case map(CheckedSet, Binding, CheckedExpression)
  /// The records themselves.
  case records(CheckedSet)
  /// The durations between consecutive events: days where the kind's time is a day, else seconds.
  case gaps(CheckedSet)
  /// For each of `gaps` of the same set where it began: the times of all but the last event.
  case gapStarts(CheckedSet)
  /// For each first event of a sequence the truth of its match.
  case matches(CheckedSequence)
  /// For each *matched* first event a value of the match (its steps' bindings in reach).
  case matched(CheckedSequence, MatchValue)
  case values([CheckedExpression])
  /// A body for each element, which stands in the column.
  case transform(CheckedList, ColumnID, CheckedExpression)
  /// A body for each element of a list of differences: the difference stands in one column, where it began, by the
  /// list beside it, in the other.
  case anchored(CheckedList, starts: CheckedList, value: ColumnID, start: ColumnID, CheckedExpression)
  /// In `measure`: the body once for each row of the group.
  case rows(CheckedExpression)
  /// The different ones, missing left out, in the order first met.
  case distinct(CheckedList)
  /// A list-valued column or field.
  case elements(CheckedExpression)
  /// `E per month of SET`: for each whole period between the bounds the expression's group value, empty ones too.
  case perPeriod(CheckedPerPeriod)
}

package enum MatchValue: Hashable, Sendable {
  /// Time from the first step to the last: days where either is a day, else seconds.
  case elapsed
  /// The same in working time.
  case working
  /// For each first event, matched or not, how long it was followed and whether the match came: `FollowedTime`. An
  /// event of which nothing is known (unknown) is missing.
  case followed
  case expression(CheckedExpression)
}

package struct CheckedPerPeriod: Hashable, Sendable {
  package var set: CheckedSet
  package var element: Binding
  package var unit: PeriodUnit
  /// Aggregates over the period's elements (scope `.group`, rows bound to `element`).
  package var body: CheckedExpression
  /// The set's own bounds where it has them (days).
  package var from: CheckedExpression?
  package var upTo: CheckedExpression?
  package init(
    set: CheckedSet, element: Binding, unit: PeriodUnit, body: CheckedExpression, from: CheckedExpression?,
    upTo: CheckedExpression?
  ) {
    self.set = set
    self.element = element
    self.unit = unit
    self.body = body
    self.from = from
    self.upTo = upTo
  }
}

/// A number made of many values.
package struct Aggregate: Hashable, Sendable {
  package enum Scope: Hashable, Sendable {
    /// Over the list, for each row of the context.
    case row
    /// Over the group in `measure` (or over all rows): the lists of its rows together. Records so flattened
    /// are a set, each once; a list of values from records likewise goes by its records.
    case group
  }
  package var function: AggregateFunction
  package var list: CheckedList
  /// The second list of those that take several: as many values, of the same records.
  package var second: CheckedList?
  package var third: CheckedList?
  /// The level of `percentile`; the time of `survival` and `incidence`, as a number in the unit of the times.
  package var parameter: CheckedExpression?
  package var scope: Scope
  /// Which number of it: itself, or an end of its interval, or its p.
  package var part = AggregatePart.value

  package init(
    _ function: AggregateFunction, _ list: CheckedList, second: CheckedList? = nil,
    third: CheckedList? = nil, parameter: CheckedExpression? = nil, scope: Scope
  ) {
    self.function = function
    self.list = list
    self.second = second
    self.third = third
    self.parameter = parameter
    self.scope = scope
  }
}

/// What they give of nothing: `count` and `sum` nought, `any` no, `none` yes, the rest missing. Missing values
/// are left out and counted in the receipt. `share`, and `count` of matches, take truths: `share` leaves out
/// what carries a mark, and not-yets. `mode` of a tie is the smallest; `percentile` and `median` interpolate
/// linearly (type 7); `stdev` is the sample's. `median_until` takes the followed times of a sequence: the first time by
/// which half had their match (Kaplan & Meier 1958), missing where fewer had.
package enum AggregateFunction: String, Hashable, Sendable, CaseIterable {
  case count, sum, mean, median, min, max, percentile, stdev, share, any, none, every, first, last, mode, list
  case correlation
  case medianUntil = "median_until"
  case survival, incidence, logrank, gini, concentration, trend, autocorrelation, spearman, variant
  case chiSquare = "chi_square"
  case oddsRatio = "odds_ratio"
  case riskRatio = "risk_ratio"
  case cramersV = "cramers_v"

  /// Whether it is worked out from all its cases together, by `PeyvandStatistics`.
  package var isStatistic: Bool {
    switch self {
    case .survival, .incidence, .logrank, .gini, .concentration, .trend, .autocorrelation, .spearman, .chiSquare,
      .oddsRatio, .riskRatio, .cramersV, .variant:
      true
    default: false
    }
  }

  /// What can be asked of it besides its value.
  package var parts: Set<AggregatePart> {
    switch self {
    case .share, .mean, .median, .survival, .incidence, .medianUntil: [.low, .high]
    case .oddsRatio, .riskRatio, .correlation, .spearman, .trend: [.low, .high, .p]
    case .chiSquare, .cramersV, .logrank: [.p]
    default: []
    }
  }
}

/// A number that belongs to an aggregate: its value, the ends of its 95 % interval, or the p of a test.
package enum AggregatePart: String, Hashable, Sendable, CaseIterable { case value, low, high, p }

/// A first event and what must follow it: the law of `then`.
package struct CheckedSequence: Hashable, Sendable {
  package enum First: Hashable, Sendable {
    case set(CheckedSet)
    /// The record in hand, once.
    case record(CheckedExpression)
  }
  package struct Step: Hashable, Sendable {
    /// Worked out in the record in hand, with the earlier steps' bindings in reach.
    package var set: CheckedSet
    package var binding: Binding
    /// `then no`: the last step only.
    package var isAbsence: Bool
    package var window: CheckedWindow
    package init(set: CheckedSet, binding: Binding, isAbsence: Bool, window: CheckedWindow) {
      self.set = set
      self.binding = binding
      self.isAbsence = isAbsence
      self.window = window
    }
  }
  package var first: First
  package var firstBinding: Binding
  package var steps: [Step]
  package var range: SourceRange
  /// Whether those that came at the same moment are told of it: of several sequences that one question is made of, and
  /// that go over the same events, one tells.
  package var tellsTies = true
  package init(first: First, firstBinding: Binding, steps: [Step], range: SourceRange) {
    self.first = first
    self.firstBinding = firstBinding
    self.steps = steps
    self.range = range
  }
}

package struct CheckedWindow: Hashable, Sendable {
  /// Missing: `any time`.
  package var length: CheckedExpression?
  package var isOfTheFirst: Bool
  package var countsOpen: Bool
  package var countsTies: Bool
  package var isToTheSecond: Bool
  package init(
    length: CheckedExpression?, isOfTheFirst: Bool, countsOpen: Bool, countsTies: Bool, isToTheSecond: Bool
  ) {
    self.length = length
    self.isOfTheFirst = isOfTheFirst
    self.countsOpen = countsOpen
    self.countsTies = countsTies
    self.isToTheSecond = isToTheSecond
  }
}
