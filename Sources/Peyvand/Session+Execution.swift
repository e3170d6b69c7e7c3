import PeyvandBase
import PeyvandSyntax

extension Session {
  /// Runs the statements of a tree in turn.
  func execute(_ tree: SyntaxTree, origin: Origin, emit: (Outcome) -> Void) -> Status {
    guard let first = tree.statements.first else { return .fine }
    let said = Diagnostic("E1999", .error, "this build reads programs and does not run them yet", at: first.range)
    emit(.diagnostics([said]))
    return .program
  }
}
