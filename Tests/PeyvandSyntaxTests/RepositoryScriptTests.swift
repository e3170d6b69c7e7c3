import Glibc
import PeyvandBase
import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

/// The scripts and the library that the project ships are read without a word.
struct RepositoryScriptTests {
  static let scripts = ["stdlib", "scripts", "docs"].flatMap {
    TestFiles.files(below: TestFiles.root + "/" + $0, ending: ".pvd")
  }

  @Test func thereAreScripts() { #expect(Self.scripts.count >= 5) }

  /// They are written in the one style.
  @Test(arguments: scripts)
  func isFormatted(_ path: String) throws {
    let text = try #require(TestFiles.text(of: path))
    #expect(Formatter.format(text) == text, "run: peyvand fmt \(path)")
  }

  @Test(arguments: scripts)
  func isRead(_ path: String) throws {
    let text = try #require(TestFiles.text(of: path))
    var parser = Parser(text)
    let result = parser.parse()
    #expect(result.diagnostics.isEmpty, "\(path)\n\(Stages.errors(result, in: text))")
    #expect(!result.isIncomplete)
  }
}
