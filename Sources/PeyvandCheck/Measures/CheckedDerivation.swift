import PeyvandBase
import PeyvandData

/// A stage that makes a table of all rows together: what neither a row nor a group of rows can say by itself.
///
/// Its inputs are worked out for each row like the columns of `with`; what is made of them is a pure function of these
/// columns, so that the reference evaluator can say it in its own words.
package struct CheckedDerivation: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Of events, those of a case one after the other: `case, activity, time` become `from, to, time`, a row for each step
    /// from one to the next, with one before the first and one after the last of each case.
    case pairs
    /// Columns become rows: each row once for each label, the cells those named for it.
    case stack(keys: [ColumnID], labels: [String], cells: [[ColumnID]])
    /// `from` (a day) and the days of what was done since become the cohort triangle: who was active in a period, or in
    /// it or any later one.
    case retention(PeriodUnit, isOrLater: Bool)
    /// Values in their order with the limits of the process they come from.
    /// `season`: after how many of them a year has come round, where they are periods of one.
    case control(season: Int?)
    /// Contacts and outcomes of each member: who gets how much of the outcomes.
    case credit(CreditModel)
    /// Buying without a contract: the parameters that fit the members' `frequency, recency, age` best.
    case buyers
    /// The same, and for each member what follows.
    case outlook
  }
  package var kind: Kind
  package var inputs: [CheckedColumn]
  /// Constants of the whole.
  package var parameters: [CheckedExpression]
  /// The columns it makes; of `retention` the first two, since the rest are known when it is made.
  package var columns: [CheckedColumn.Header]
  package var range: SourceRange

  package init(
    _ kind: Kind, inputs: [CheckedColumn], parameters: [CheckedExpression] = [], columns: [CheckedColumn.Header],
    _ range: SourceRange
  ) {
    self.kind = kind
    self.inputs = inputs
    self.parameters = parameters
    self.columns = columns
    self.range = range
  }

  /// Whether the rows stay, with columns more.
  package var keepsRows: Bool {
    switch kind {
    case .control, .outlook: true
    default: false
    }
  }

  /// Whether its columns are known only when it is made.
  package var isCross: Bool { if case .retention = kind { true } else { false } }

  /// As a word, for those who tell what is done.
  package var word: String {
    switch kind {
    case .pairs: "pairs"
    case .stack: "stack"
    case .retention: "retention"
    case .control: "control"
    case .credit: "credit"
    case .buyers: "buyers"
    case .outlook: "outlook"
    }
  }

  /// What it reads of the columns that are there.
  package var reads: [ColumnID] {
    if case .stack(let keys, _, let cells) = kind { return keys + cells.joined() }
    return inputs.map(\.header.id)
  }
}

/// How an outcome is shared among the contacts before it.
package enum CreditModel: String, Hashable, Sendable, CaseIterable {
  case first, last, linear, position, decay, markov, shapley
}

extension PeriodUnit {
  /// After how many of these a year, or of days a week, has come round.
  package var season: Int? {
    switch self {
    case .month: 12
    case .quarter: 4
    case .week: 52
    case .day: 7
    default: nil
    }
  }
}
