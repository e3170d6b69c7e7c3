import PeyvandBase
import Testing

@testable import PeyvandSyntax

/// Programs cut off anywhere, as a user types them or a file breaks.
struct PrefixTests {
  @Test func everyPrefixGivesATree() {
    for program in Programs.all where program.utf8.count < 1_000 {
      let scalars = Array(program.unicodeScalars)
      for count in 0...scalars.count {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[0..<count])
        let text = String(view)
        var parser = Parser(text)
        let result = parser.parse()
        if containsInvalid(result.tree) {
          #expect(!result.diagnostics.isEmpty || result.isIncomplete, "\(text)")
        }
        for diagnostic in result.diagnostics { #expect(!diagnostic.labels.isEmpty, "\(text)") }
        if result.isIncomplete { #expect(result.diagnostics.count <= 1, "\(text)") }
      }
    }
  }

  private func containsInvalid(_ tree: SyntaxTree) -> Bool { TreePrinter().print(tree).contains("invalid") }

  /// Cut after a word or sign, a right program is right, incomplete, or wrong with a place; it is never silently
  /// wrong.
  @Test(arguments: [
    "customer |", "customer | where", "customer | where (", "customer | where region =", "customer | select name,",
    "customer | sort", "customer | sort by", "let x as", "let x", "if x {", "if x { print y } else {",
    "for each c in customer {",
    "entity customer {", "entity customer", "customer | share(complaint then",
    "customer | share(complaint then purchase",
    "customer | share(complaint then purchase within 90 days", "add customer \"C-1\" {", "add customer \"C-1\" { name:",
    "kpi r", "kpi r(window: 6 months)", "kpi r\n  for customer", "kpi r\n  for",
    "kpi r\n  for customer\n  target at least",
    "process for supplier", "import customer from", "export (customer", "export (customer) to", "test \"a\" {", "a or",
    "a and not",
    "x in [1, 2", "f(a,", "a +", "watch r every", "customer | retention of purchase from", "path from a to b over c",
    "a between 1 and", "a is", "a is not", "last 90 days +", "customer as c",
  ])
  func isIncomplete(_ text: String) {
    var parser = Parser(text)
    let result = parser.parse()
    #expect(result.isIncomplete, "\(text): \(Stages.errors(result, in: text))")
  }

  @Test(arguments: [
    "customer", "customer | count", "let x as 3", "if x { print y }", "kpi r\n  for customer\n",
    "kpi r\n  for customer\n\n",
    "customer | where region = \"North", "customer | sort spent", "customer)", "agenda", "map", "", "# only a remark",
    "| count",
    "entity a {}", "customer | where && x", "print \"a {", "as of 2024-01-01", "a then b\nc",
    // What comes next is a statement of its own.
    "remove watch", "remove process", "remove watch\nwatch",
  ])
  func isComplete(_ text: String) {
    var parser = Parser(text)
    #expect(!parser.parse().isIncomplete, "\(text)")
  }
}
