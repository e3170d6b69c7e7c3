import PeyvandBase

/// What a program says, before anybody asks whether its names exist.
///
/// A tree of plain values: the parser always gives one, together with diagnostics, and whatever could not
/// be read stands as `.invalid`. Keywords have become cases here, so nothing after the parser knows how a
/// keyword is spelled; names keep the user's spelling and are compared by `nameKey`. Depth is capped by
/// the parser, so walking, printing and freeing a tree need no guard of their own.
package struct SyntaxTree: Sendable {
  package var statements: [Statement]
  package init(_ statements: [Statement] = []) { self.statements = statements }
}

/// A name as written; `text` is without backquotes.
package struct Name: Hashable, Sendable {
  package var text: String
  package var range: SourceRange
  /// Written in backquotes: never a keyword or a constant.
  package var isQuoted: Bool

  package init(_ text: String, _ range: SourceRange, isQuoted: Bool = false) {
    self.text = text
    self.range = range
    self.isQuoted = isQuoted
  }
}

/// A text in the program whose braces hold expressions.
package struct TextLiteral: Hashable, Sendable {
  package indirect enum Part: Hashable, Sendable {
    case literal(String)
    case expression(Query)
  }
  package var parts: [Part]
  package var range: SourceRange

  package init(_ parts: [Part], _ range: SourceRange) {
    self.parts = parts
    self.range = range
  }

  /// The text where it holds no expression.
  package var plain: String? {
    var text = ""
    for part in parts {
      guard case .literal(let piece) = part else { return nil }
      text += piece
    }
    return text
  }
}

// MARK: - Queries

/// A source, what modifies it, and the stages it runs through.
package struct Query: Hashable, Sendable {
  /// Missing where the statement begins with `|` and so goes on from the last result.
  package var source: Expression?
  package var modifiers: [Modifier]
  package var stages: [Stage]
  package var range: SourceRange

  package init(source: Expression?, modifiers: [Modifier] = [], stages: [Stage] = [], range: SourceRange) {
    self.source = source
    self.modifiers = modifiers
    self.stages = stages
    self.range = range
  }
}

package struct Modifier: Hashable, Sendable {
  package indirect enum Node: Hashable, Sendable {
    case named(Name)
    case asOf(Expression)
    case by([Expression])
    case over(Name, last: Double?)
    case versus(Expression)
    case filter(Expression)
    case throughStages
  }
  package var node: Node
  package var range: SourceRange
  package init(_ node: Node, _ range: SourceRange) {
    self.node = node
    self.range = range
  }
}

/// An expression with the name it is given in the result.
package struct ColumnSyntax: Hashable, Sendable {
  package var expression: Expression
  package var name: Name?
  /// The expression as written: the column's name where none is given.
  package var text: String
  package init(_ expression: Expression, name: Name? = nil, text: String) {
    self.expression = expression
    self.name = name
    self.text = text
  }
}

package struct SortKey: Hashable, Sendable {
  package var expression: Expression
  package var descending: Bool
  package init(_ expression: Expression, descending: Bool) {
    self.expression = expression
    self.descending = descending
  }
}

package struct FunnelStep: Hashable, Sendable {
  package var step: Expression
  package var window: WindowSyntax?
  package init(step: Expression, window: WindowSyntax?) {
    self.step = step
    self.window = window
  }
}

package struct WhySyntax: Hashable, Sendable {
  package var subject: Expression
  package var from: Expression?
  package var to: Expression?
  package var among: [Expression]
  package var by: [Expression]
  package init(
    subject: Expression, from: Expression? = nil, to: Expression? = nil, among: [Expression] = [], by: [Expression] = []
  ) {
    self.subject = subject
    self.from = from
    self.to = to
    self.among = among
    self.by = by
  }
}

package struct Stage: Hashable, Sendable {
  package indirect enum Node: Hashable, Sendable {
    case filter(Expression)
    case select([ColumnSyntax])
    case with([ColumnSyntax])
    /// `isImplied`: the word `measure` was left out.
    case measure([ColumnSyntax], by: [ColumnSyntax], across: Expression?, isImplied: Bool)
    case sort([SortKey])
    case take(Expression)
    case skip(Expression)
    case distinct
    case each(Expression, name: Name?)
    case who
    case chart(Name)
    /// `isBest`: each row counts by the attempt that came furthest, and not by its first.
    case funnel([FunnelStep], isBest: Bool, by: [Expression])
    /// `isOrLater`: who was active in a period or in any after it.
    case retention(of: Expression, from: Expression, by: Name, isOrLater: Bool, periods: Expression?)
    case flow(of: Expression, by: Expression?)
    case why(WhySyntax)
    case invalid
  }
  package var node: Node
  package var range: SourceRange
  package init(_ node: Node, _ range: SourceRange) {
    self.node = node
    self.range = range
  }
}

// MARK: - Expressions

package struct Expression: Hashable, Sendable {
  package var node: ExpressionNode
  package var range: SourceRange
  package init(_ node: ExpressionNode, _ range: SourceRange) {
    self.node = node
    self.range = range
  }
}

package indirect enum ExpressionNode: Hashable, Sendable {
  /// `isPercent`: written with a percent sign; `value` is already divided by 100.
  case number(Double, isPercent: Bool)
  case quantity(Double, unit: Name)
  /// Day number or instant as written, without a zone: `second` is missing for a day.
  case date(DateLiteral)
  case period(PeriodLiteral)
  case clock(secondOfDay: Int)
  case text(TextLiteral)
  case list([Expression])
  case name(Name)
  /// `customer "C-17"`
  case record(kind: Name, key: TextLiteral)
  case call(Name, [ArgumentSyntax])
  case dot(Expression, Name)
  case via(Expression, Name)
  case repeated(Expression, from: Int, to: Int)
  case all(Name)
  case ever(Expression)
  case relativePeriod(RelativePeriod, unit: Name)
  /// `last 90 days`
  case lastQuantity(Double, unit: Name)
  case path(from: Expression, to: Expression, over: Expression?, max: Double)
  case negated(Expression)
  case not(Expression)
  case arithmetic(ArithmeticOperator, Expression, Expression)
  case otherwise(Expression, Expression)
  case and(Expression, Expression)
  case or(Expression, Expression)
  case comparison(ComparisonOperator, Expression, Expression)
  /// `x in list`, `x in P to P`
  case membership(Expression, in: Expression, to: Expression?, isNegated: Bool)
  case between(Expression, Expression, Expression)
  case isTest(Expression, IsTest, isNegated: Bool)
  /// A filter after a set, or a test after a time.
  case filter(Expression, FilterSyntax)
  case sequence(SequenceSyntax)
  /// `E per P of SET`
  case of(Expression, per: Name?, set: Expression?)
  /// `E as name`, in the first step of a sequence.
  case named(Expression, Name)
  /// Brackets round an expression.
  case group(Expression)
  /// Brackets round a query that has stages or modifiers.
  case query(Query)
  case invalid
}

package struct ArgumentSyntax: Hashable, Sendable {
  package var label: Name?
  package var value: Expression
  /// The argument as written.
  package var range: SourceRange
  package init(label: Name?, value: Expression, range: SourceRange) {
    self.label = label
    self.value = value
    self.range = range
  }
}

package struct DateLiteral: Hashable, Sendable {
  package var system: CalendarSystem
  /// Days since 1970-01-01.
  package var day: Int
  /// Second of the day; missing where only a day is written.
  package var second: Int?
  package init(system: CalendarSystem, day: Int, second: Int?) {
    self.system = system
    self.day = day
    self.second = second
  }
}

/// `2024-Q1`, `2024-05`. (A bare `2024` is a number until a time is expected.)
package struct PeriodLiteral: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case quarter(Int)
    case month(Int)
  }
  package var system: CalendarSystem
  package var year: Int
  package var part: Part
  package init(system: CalendarSystem, year: Int, part: Part) {
    self.system = system
    self.year = year
    self.part = part
  }
}

package enum RelativePeriod: String, Hashable, Sendable { case this, last, previous, next }
package enum ArithmeticOperator: String, Hashable, Sendable {
  case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "mod"
}
package enum ComparisonOperator: String, Hashable, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contains
  case startsWith = "starts with"
  case endsWith = "ends with"
  case matches
}
package enum IsTest: Hashable, Sendable {
  case missing
  case open
  case kind(Name)
}

package struct FilterSyntax: Hashable, Sendable {
  package indirect enum Node: Hashable, Sendable {
    case condition(Expression)
    case after(Expression)
    case before(Expression)
    case since(Expression)
    case until(Expression)
    case during(Expression, to: Expression?)
    case within(Expression, WithinAnchor, Expression)
  }
  package var node: Node
  package var range: SourceRange
  package init(_ node: Node, _ range: SourceRange) {
    self.node = node
    self.range = range
  }
}

package enum WithinAnchor: String, Hashable, Sendable { case after, before, from }

/// `A then B within D then no C within D`
package struct SequenceSyntax: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package var set: Expression
    package var name: Name?
    /// `then no`
    package var isAbsence: Bool
    package var window: WindowSyntax
    package var range: SourceRange
    package init(set: Expression, name: Name?, isAbsence: Bool, window: WindowSyntax, range: SourceRange) {
      self.set = set
      self.name = name
      self.isAbsence = isAbsence
      self.window = window
      self.range = range
    }
  }
  package var first: Expression
  package var firstName: Name?
  package var steps: [Step]
  package init(first: Expression, firstName: Name?, steps: [Step]) {
    self.first = first
    self.firstName = firstName
    self.steps = steps
  }
}

package struct WindowSyntax: Hashable, Sendable {
  /// Missing: `any time`.
  package var length: Expression?
  package var isOfTheFirst: Bool
  package var countsOpen: Bool
  package var countsTies: Bool
  package var isToTheSecond: Bool
  package var range: SourceRange
  package init(
    length: Expression?, isOfTheFirst: Bool = false, countsOpen: Bool = false, countsTies: Bool = false,
    isToTheSecond: Bool = false, range: SourceRange
  ) {
    self.length = length
    self.isOfTheFirst = isOfTheFirst
    self.countsOpen = countsOpen
    self.countsTies = countsTies
    self.isToTheSecond = isToTheSecond
    self.range = range
  }
}
