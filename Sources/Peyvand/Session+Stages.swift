import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandSyntax

/// The inner stages of a program, for those who build and teach the language.
package enum Stage: String, Sendable, CaseIterable {
  case tokens, tree, checked
}

extension Session {
  /// A text as it looks after a stage, with what was found wrong until there.
  package func stage(_ stage: Stage, of text: String, name: String) -> (text: String, diagnostics: [Diagnostic]) {
    let result = parse(text, name: name)
    switch stage {
    case .tokens:
      let source = SourceText(name: name, text: text)
      var lines = ""
      for token in result.source.tokens {
        let place = source.place(ofByte: Int(token.start))
        let spelling = source.text(Int(token.start)..<max(Int(token.start), Int(token.end)))
        lines += "\(place.line):\(place.column) \(token.kind)" + (spelling.isEmpty ? "" : " " + spelling) + "\n"
      }
      return (lines, result.source.diagnostics)
    case .tree: return (TreePrinter().print(result.tree) + "\n", result.diagnostics)
    case .checked:
      guard result.diagnostics.isEmpty else { return ("", result.diagnostics) }
      used = []
      let (statements, checked, diagnostics) = check(result.tree, origin: .typed)
      var printer = CheckedPrinter(catalogue: catalogue, unions: checked.catalogue.unions)
      return (printer.print(statements) + "\n", diagnostics)
    }
  }
}
