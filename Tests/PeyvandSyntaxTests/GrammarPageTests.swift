import PeyvandBase
import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

/// The grammar of `docs/grammar.md` against the parser: what one reads, the other does.
@Suite struct GrammarPageTests {
  static let page: String = {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return TestFiles.text(of: root + "/docs/grammar.md") ?? ""
  }()

  static let grammar: Result<EBNFGrammar, any Error> = Result {
    var lines: [Substring] = []
    var isInside = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```ebnf"
      } else if isInside {
        lines.append(line)
      }
    }
    return try EBNFGrammar(lines.joined(separator: "\n"))
  }

  @Test func itIsWhole() throws {
    let grammar = try Self.grammar.get()
    #expect(grammar.rules.count > 50)
    #expect(grammar.used.subtracting(grammar.rules.keys).sorted() == [], "rules that are not there")
    #expect(Set(grammar.rules.keys).subtracting(grammar.used).sorted() == ["script"], "rules that nothing uses")
  }

  @Test func itsWordsAreTheKeywords() throws {
    let words = try Self.grammar.get().literals.filter { $0.first?.isLetter == true }
    #expect(words.symmetricDifference(Keyword.allCases.map(\.rawValue)).sorted() == [])
  }

  /// Every statement that is read without an error is derived by the grammar.
  private static func expectDerived(_ program: String) throws -> Int {
    let grammar = try grammar.get()
    var parser = Parser(program)
    let result = parser.parse()
    guard result.diagnostics.isEmpty else { return 0 }
    for statement in result.tree.statements {
      let tokens = result.source.tokens.filter {
        $0.start >= statement.range.start && $0.end <= statement.range.end && $0.kind != .end
      }
      guard tokens.count < 1_500 else { continue }
      var derivation = Derivation(grammar, tokens)
      let isDerived = derivation.covers("statement")
      #expect(isDerived, "\(result.source.text(statement.range.start, statement.range.end))")
    }
    return result.tree.statements.count
  }

  @Test(arguments: ["syntax", "answers", "check", "errors"]) func whatIsReadIsDerived(folder: String) throws {
    var count = 0
    for name in SpecFile.names(in: folder) {
      for one in try SpecFile(name).cases { count += try Self.expectDerived(one.input) }
    }
    #expect(count > 5)
  }

  @Test(arguments: RepositoryScriptTests.scripts) func scriptsAreDerived(path: String) throws {
    let text = try #require(TestFiles.text(of: path))
    _ = try Self.expectDerived(text)
  }

  @Test func whatIsDerivedIsRead() throws {
    var programs = GrammarProgram(try Self.grammar.get(), seed: 20_240_401)
    var failed = 0
    for _ in 0..<4_000 where failed < 5 {
      let program = programs.make("statement")
      var parser = Parser(program + "\n\n")
      let result = parser.parse()
      guard !result.diagnostics.isEmpty else { continue }
      failed += 1
      Issue.record("\(program)\n\(Stages.errors(result, in: program))")
    }
  }
}
