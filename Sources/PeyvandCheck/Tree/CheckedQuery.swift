import PeyvandBase
import PeyvandData

/// A pipeline with every name decided.
package struct CheckedQuery: Hashable, Sendable {
  package indirect enum Source: Hashable, Sendable {
    /// A row a record of the set.
    case records(CheckedSet, Binding)
    /// One row, no record in hand: the value is the only column where there is no stage.
    case value(CheckedColumn)
    /// A row a value.
    case list(CheckedList, CheckedColumn.Header)
    /// A table that a `let` keeps, or the last answer; its columns by number, and then those kept beside them.
    case table(VariableID, [CheckedColumn.Header])
    /// A KPI as a table, by groups (the keys, then `value, n, low, high, open`) or in one of its other forms.
    case kpi(CheckedKPICall, [CheckedColumn.Header])
    /// One row: a path's length and nodes.
    case path(CheckedPath, [CheckedColumn.Header])
  }
  package var source: Source
  package var stages: [CheckedStage]
  /// The columns of the result. Where the rows are still records, and no stage chose columns: the record's
  /// key and fields.
  package var columns: [CheckedColumn.Header]
  /// The hidden columns beside those of differences: where each began. What keeps the table keeps them.
  package var beginnings: [ColumnID: CheckedColumn.Header] = [:]
  /// The record in hand at the end, where there is one.
  package var row: Binding?
  /// `as of T` of the whole query.
  package var asOf: CheckedExpression?
  /// How people are shown its table.
  package var chart: ChartKind?
  /// What a row is called in the receipt.
  package var unit: String?
  /// Whether the whole is one value: one row, one column, by construction.
  package var isValue: Bool
  package var range: SourceRange

  /// Those kept beside the columns, in their order.
  package var beside: [CheckedColumn.Header] { columns.compactMap { beginnings[$0.id] } }

  package init(
    source: Source, stages: [CheckedStage], columns: [CheckedColumn.Header], row: Binding?, asOf: CheckedExpression?,
    unit: String?, isValue: Bool, range: SourceRange, beginnings: [ColumnID: CheckedColumn.Header] = [:]
  ) {
    self.beginnings = beginnings
    self.source = source
    self.stages = stages
    self.columns = columns
    self.row = row
    self.asOf = asOf
    self.unit = unit
    self.isValue = isValue
    self.range = range
  }
}

package struct CheckedColumn: Hashable, Sendable {
  package struct Header: Hashable, Sendable {
    package var id: ColumnID
    package var name: String
    package var type: ValueType
    /// Kept beside the columns for what follows (where a difference began); no column of the rows.
    package var isHidden: Bool
    package init(id: ColumnID, name: String, type: ValueType, isHidden: Bool = false) {
      self.id = id
      self.name = name
      self.type = type
      self.isHidden = isHidden
    }
  }
  package var header: Header
  package var expression: CheckedExpression
  package init(header: Header, expression: CheckedExpression) {
    self.header = header
    self.expression = expression
  }
}

package indirect enum CheckedStage: Hashable, Sendable {
  case filter(CheckedExpression)
  case with([CheckedColumn])
  /// Afterwards only these columns are in reach.
  case select([CheckedColumn])
  case measure(CheckedMeasure)
  case sort([CheckedSortKey])
  /// Hidden columns: where each row's value stands among those of all rows.
  case rank([CheckedRank])
  case take(CheckedExpression)
  case skip(CheckedExpression)
  case distinct
  /// A row for each record of the set; the outer rows stay in reach.
  case each(CheckedSet, Binding)
  /// The records behind the rows above, each once: those that were bound to the binding in the rows that the stages
  /// before, `select` and `measure` among them, made these of. The keys of the last `measure` stay in reach.
  case who(Binding)
  /// A row a factor that may go with an outcome of the rows.
  case why(CheckedWhy)
  case derive(CheckedDerivation)
}

/// One row a group of rows with equal keys (none: one row in all), in the order of the keys.
///
/// The columns' expressions are made of aggregates of scope `.group`, keys (`.column` of a key's header) and
/// constants. A key whose expression is a list puts the row in each of its groups; its header has the element's type.
package struct CheckedMeasure: Hashable, Sendable {
  package var columns: [CheckedColumn]
  package var keys: [CheckedColumn]
  /// The key whose values become columns.
  package var across: CheckedColumn?
  package init(columns: [CheckedColumn], keys: [CheckedColumn], across: CheckedColumn?) {
    self.columns = columns
    self.keys = keys
    self.across = across
  }
}

package struct CheckedRank: Hashable, Sendable {
  /// The value that is ranked, and the column that holds its rank.
  package var column: CheckedColumn
  /// (rank − ½) / n in the place of the rank.
  package var isShare: Bool
  package init(column: CheckedColumn, isShare: Bool) {
    self.column = column
    self.isShare = isShare
  }
}

package struct CheckedSortKey: Hashable, Sendable {
  package var expression: CheckedExpression
  package var isDescending: Bool
  package init(expression: CheckedExpression, isDescending: Bool) {
    self.expression = expression
    self.isDescending = isDescending
  }
}

/// A KPI with its arguments, asked for all its subjects, for some, or by groups.
package final class CheckedKPICall: Hashable, Sendable {
  package let kpi: CheckedKPI
  /// Computed over the subject's rows.
  package let keys: [CheckedColumn]
  /// Further conditions on the subject (`where`, or the record in hand).
  package let condition: CheckedExpression?
  package let asOf: CheckedExpression?
  package let form: CheckedKPIForm

  package init(
    kpi: CheckedKPI, keys: [CheckedColumn], condition: CheckedExpression?, asOf: CheckedExpression?,
    form: CheckedKPIForm = .value
  ) {
    self.kpi = kpi
    self.keys = keys
    self.condition = condition
    self.asOf = asOf
    self.form = form
  }

  package static func == (a: CheckedKPICall, b: CheckedKPICall) -> Bool {
    a.kpi == b.kpi && a.keys == b.keys && a.condition == b.condition && a.asOf == b.asOf && a.form == b.form
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(kpi)
    hasher.combine(keys)
  }
}

/// A KPI as declared, with its arguments put in.
package struct CheckedKPI: Hashable, Sendable {
  package var name: String
  package var documentation: String?
  /// The members it is about: a set with its binding, after the stages of its `for` clause that narrow it.
  package var subjects: CheckedSet
  package var subject: Binding
  /// When a case counts, as a day or an instant, in the subject's context.
  package var dated: CheckedExpression?
  /// Group-scope expression over the subjects.
  package var measure: CheckedExpression
  package var target: CheckedBound?
  package var warn: CheckedBound?
  /// 20 unless said.
  package var needs: Int
  package var owner: String?
  package var decision: [DecisionPart]
  package init(
    name: String, documentation: String?, subjects: CheckedSet, subject: Binding, dated: CheckedExpression?,
    measure: CheckedExpression, target: CheckedBound?, warn: CheckedBound?, needs: Int, owner: String?,
    decision: [DecisionPart]
  ) {
    self.name = name
    self.documentation = documentation
    self.subjects = subjects
    self.subject = subject
    self.dated = dated
    self.measure = measure
    self.target = target
    self.warn = warn
    self.needs = needs
    self.owner = owner
    self.decision = decision
  }
}

package struct CheckedBound: Hashable, Sendable {
  package enum Relation: Hashable, Sendable { case atLeast, atMost, below, above, between }
  package var relation: Relation
  package var low: CheckedExpression
  /// The upper end of `between`.
  package var high: CheckedExpression?
  /// As written in the program.
  package var text: String
  package init(relation: Relation, low: CheckedExpression, high: CheckedExpression?, text: String) {
    self.relation = relation
    self.low = low
    self.high = high
    self.text = text
  }
}

package enum DecisionPart: Hashable, Sendable {
  case text(String)
  case value(CheckedExpression)
  /// The group with the worst (best) value of the KPI by this key of the subject.
  case worst(CheckedColumn)
  case best(CheckedColumn)
}
