import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandSyntax

/// A program's questions after the real front end: parsed and checked against a catalogue.
package struct CheckedProgram: Sendable {
  package var queries: [CheckedQuery]
  package var diagnostics: [Diagnostic]
  /// What sets of several families it makes.
  package var unions: [KindUnion]

  package init(_ text: String, in catalogue: Catalogue) {
    var parser = Parser(text)
    let parsed = parser.parse()
    var checker = Checker(environment: Environment(catalogue: catalogue), texts: [0: text])
    let statements = checker.check(parsed.tree)
    diagnostics = parsed.diagnostics + checker.diagnostics
    unions = checker.environment.catalogue.unions
    queries = []
    guard !diagnostics.contains(where: { $0.severity == .error }) else { return }
    queries = statements.compactMap { if case .query(let query, as: _) = $0.node { query } else { nil } }
  }
}
