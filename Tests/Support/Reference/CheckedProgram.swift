import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandSyntax

/// A program's questions after the real front end: parsed and checked against a catalogue.
package struct CheckedProgram: Sendable {
  package var queries: [CheckedQuery]
  package var watches: [CheckedWatch] = []
  /// What `agenda` looks at, and from which day.
  package var agendas: [(processes: [CheckedProcess], asOf: CheckedExpression?)] = []
  package var diagnostics: [Diagnostic]
  /// What sets of several families it makes.
  package var unions: [KindUnion]

  /// What names mean after it.
  package var environment: Environment

  package init(_ text: String, in catalogue: Catalogue) {
    self.init(text, in: Environment(catalogue: catalogue), texts: [:], number: 0)
  }

  /// A program after others, whose texts are given by their numbers.
  package init(_ text: String, in environment: Environment, texts: [Int32: String], number: Int32) {
    var parser = Parser(text, file: number)
    let parsed = parser.parse()
    var checker = Checker(environment: environment, texts: texts.merging([number: text]) { $1 })
    let statements = checker.check(parsed.tree)
    diagnostics = parsed.diagnostics + checker.diagnostics
    unions = checker.environment.catalogue.unions
    self.environment = checker.environment
    queries = []
    guard !diagnostics.contains(where: { $0.severity == .error }) else { return }
    queries = statements.compactMap { if case .query(let query, as: _) = $0.node { query } else { nil } }
    watches = statements.compactMap { if case .watch(let watch) = $0.node { watch } else { nil } }
    agendas = statements.compactMap {
      if case .agenda(let processes, let look) = $0.node { (processes, look.asOf) } else { nil }
    }
  }
}
