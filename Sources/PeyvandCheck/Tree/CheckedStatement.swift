import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// A statement with every name decided, in the order of the program.
package struct CheckedStatement: Sendable {
  package var node: Node
  package var range: SourceRange

  package init(_ node: Node, _ range: SourceRange) {
    self.node = node
    self.range = range
  }

  package indirect enum Node: Sendable {
    /// From here on the store has these kinds and settings.
    case declare(Catalogue)
    /// A definition or KPI; at the prompt it stays in the store.
    case define(name: String)
    case bind(VariableID, name: String, CheckedQuery, Environment.Shape)
    /// `param`: its default, unless the command line gives another.
    case parameter(VariableID, name: String, CheckedExpression)
    case asOf(CheckedExpression)
    /// Back to the as-of time with which the sitting or the script began.
    case asOfNow
    case print(CheckedQuery)
    /// A question; its answer is kept under the variable, which is `it` for what follows.
    case query(CheckedQuery, as: VariableID)
    case card(CheckedKPICall)
    case add(KindID, key: CheckedExpression?, [FieldAssignment])
    case change(KindID, key: CheckedExpression, [FieldAssignment])
    case remove(KindID, key: CheckedExpression)
    /// Its expressions speak of the file's columns, and are checked when these are known.
    case importData(KindID, ImportSyntax, file: CheckedExpression)
    case exportData(CheckedQuery, to: CheckedExpression)
    /// `if`: what is not a yes (a no, an unknown, a not-yet) is otherwise.
    case branch(CheckedExpression, then: [CheckedStatement], otherwise: [CheckedStatement])
    /// `for each`: every value of the query's one column in turn, held by the variable.
    case forEach(VariableID, name: String, CheckedQuery, [CheckedStatement])
    /// `test`: over an empty store of its own; `given` are the script's parameters and `let`s before it.
    case test(name: String, given: [CheckedStatement], [CheckedStatement])
    case expect(CheckedExpectation)
    case watch(CheckedWatch)
    /// A process; it stays in the store.
    case process(name: String)
    case done(CheckedDone, key: CheckedExpression)
    /// A watch or a process by its name, which the store is to keep no longer.
    case forget(Listing, name: String)
    /// What is due and what is lacking.
    case agenda([CheckedProcess], CheckedLook)
    case missing([CheckedProcess], CheckedLook)
    /// The processes or watches that the store keeps.
    case listing(Listing, CheckedLook)
    /// A record by itself: its fields, which are kept under the variable, its ties and its history.
    case profile(CheckedExpression, CheckedQuery, [CheckedProcess], as: VariableID)
    /// Who is tied to whom: by kinds, or around a record.
    case map(around: CheckedExpression?, CheckedLook)
  }
}

/// How `agenda`, `missing`, `map` and what is listed are looked at: the table is kept under the variable, and shown where no
/// pipeline goes on from it.
package struct CheckedLook: Sendable {
  package var id: VariableID
  package var asOf: CheckedExpression?
  package var isShown: Bool
}

/// What has to be a yes, and, where it compares, what it compares.
package struct CheckedExpectation: Sendable {
  package struct Side: Sendable {
    /// As written.
    package var text: String
    package var value: CheckedExpression
  }
  package var condition: CheckedExpression
  /// The whole as written, and its place.
  package var text: String
  package var range: SourceRange
  package var sides: [Side]
}

package struct FieldAssignment: Sendable {
  package var field: FieldID
  package var value: CheckedExpression
  package var range: SourceRange
  package init(field: FieldID, value: CheckedExpression, range: SourceRange) {
    self.field = field
    self.value = value
    self.range = range
  }
}
