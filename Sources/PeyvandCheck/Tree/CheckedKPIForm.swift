import PeyvandBase
import PeyvandData

/// What is asked of a KPI: its number, or one of the tables that set that number against something else.
///
/// All of them are the same measure over the same subjects, cut in another way; so a form says only how they are cut,
/// and the KPI's clauses stay as they were declared.
package indirect enum CheckedKPIForm: Hashable, Sendable {
  /// The card; with keys a row a group.
  case value
  /// A row a period of the `dated` time, up to the one at hand; with `last` so many.
  case over(PeriodUnit, last: Int?)
  /// The period at hand against another of the same unit: a row each.
  case versus(PeriodUnit, CheckedExpression)
  /// A row a stage of the KPI's journey.
  case throughStages(CheckedJourney)
  /// From one period to another: a row a group, its part in the change by mix and by rate. Where no key was asked for,
  /// the fields to try.
  case change(PeriodUnit, from: CheckedExpression, to: CheckedExpression, fields: [CheckedColumn])
}

/// The cases of a KPI with what decides them and when they passed each stage.
///
/// The columns are worked out for every case, in the place of a record: `cases` are the stages that make them of the
/// subjects.
package struct CheckedJourney: Hashable, Sendable {
  package struct Stop: Hashable, Sendable {
    /// As written in the clause.
    package var name: String
    /// When the case first came there; missing where it never did.
    package var time: CheckedColumn
    package init(name: String, time: CheckedColumn) {
      self.name = name
      self.time = time
    }
  }
  package var cases: [CheckedStage]
  /// A yes/no for a share, a number or a duration for a mean.
  package var outcome: CheckedColumn
  /// Where the outcome is a match: when its first step was …
  package var began: CheckedColumn?
  /// … and how long after it the last one came, in days or seconds; missing where it did not, or the window still runs.
  package var elapsed: CheckedColumn?
  package var stops: [Stop]
  /// What a case is called.
  package var unit: String

  package init(
    cases: [CheckedStage], outcome: CheckedColumn, began: CheckedColumn?, elapsed: CheckedColumn?, stops: [Stop],
    unit: String
  ) {
    self.cases = cases
    self.outcome = outcome
    self.began = began
    self.elapsed = elapsed
    self.stops = stops
    self.unit = unit
  }

  package var columns: [CheckedColumn] { [outcome] + [began, elapsed].compactMap { $0 } + stops.map(\.time) }
}

extension CheckedKPICall {
  /// Whether its answer is the card.
  package var isCard: Bool {
    if case .value = form { keys.isEmpty } else { false }
  }

  package func with(form: CheckedKPIForm) -> CheckedKPICall {
    CheckedKPICall(kpi: kpi, keys: keys, condition: condition, asOf: asOf, form: form)
  }
}

extension CheckedKPIForm {
  package func walk(_ visit: (CheckedExpression) -> Bool) {
    switch self {
    case .value, .over: break
    case .versus(_, let other): other.walk(visit)
    case .throughStages(let journey):
      for stage in journey.cases { stage.walk(visit) }
      for column in journey.columns { column.expression.walk(visit) }
    case .change(_, let from, let to, let fields):
      from.walk(visit)
      to.walk(visit)
      for field in fields { field.expression.walk(visit) }
    }
  }
}
