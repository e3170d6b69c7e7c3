import PeyvandBase
import PeyvandData
import PeyvandSyntax
import PeyvandTestSupport

@testable import PeyvandCheck

/// A program after the first two phases, over the kinds of another.
struct Program {
  var text: String
  var diagnostics: [Diagnostic]
  var statements: [CheckedStatement]
  var checker: Checker
  private var before: Catalogue

  init(
    _ text: String, after environment: Environment = Environment(catalogue: Catalogue()), file: Int32 = 0,
    loader: Checker.Loader? = nil
  ) {
    self.text = text
    before = environment.catalogue
    var parser = Parser(text, file: file)
    let parsed = parser.parse()
    checker = Checker(environment: environment, texts: [file: text], loader: loader)
    statements = checker.check(parsed.tree)
    diagnostics = parsed.diagnostics + checker.diagnostics
  }

  var environment: Environment { checker.environment }

  /// The checked tree, or what is wrong.
  var output: String {
    if !diagnostics.isEmpty {
      return diagnostics.flatMap { specLines($0, in: text) }.joined(separator: "\n")
    }
    var printer = CheckedPrinter(catalogue: before, unions: environment.catalogue.unions)
    return printer.print(statements)
  }
}
