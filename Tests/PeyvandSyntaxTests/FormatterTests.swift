import PeyvandBase
import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

struct FormatterTests {
  static let programs: [String] =
    Programs.right + RepositoryScriptTests.scripts.compactMap(TestFiles.text(of:))

  private func tree(_ text: String) -> ParseResult {
    var parser = Parser(text)
    return parser.parse()
  }

  /// The names of all columns, which come from the text of the program.
  private func columns(_ result: ParseResult) -> [String] {
    var names: [String] = []
    for statement in result.tree.statements {
      guard case .query(let query) = statement.node else { continue }
      for stage in query.stages {
        switch stage.node {
        case .select(let columns), .with(let columns): names += columns.map(\.text)
        case .measure(let columns, let keys, _, _): names += columns.map(\.text) + keys.map(\.text)
        default: break
        }
      }
    }
    return names
  }

  private func check(_ program: String) throws {
    let before = tree(program)
    let once = try #require(Formatter.format(program), "\(program)")
    let after = tree(once)
    #expect(after.diagnostics.isEmpty, "\(program)\n----\n\(once)\n\(Stages.errors(after, in: once))")
    #expect(sameMeaning(before.tree, after.tree), "\(program)\n----\n\(once)")
    #expect(columns(before) == columns(after), "\(program)\n----\n\(once)")
    #expect(before.source.comments.count == after.source.comments.count, "\(program)\n----\n\(once)")
    #expect(Formatter.format(once) == once, "\(program)\n----\n\(once)\n----\n\(Formatter.format(once) ?? "")")
    for line in once.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(line.last != " ", "\(once)")
    }
  }

  @Test func programsStayTheSame() throws {
    #expect(Programs.everywhere.count > 500)
    for program in Programs.everywhere { try check(program) }
  }

  /// A comment may stand wherever a line may end.
  @Test func commentsEverywhere() throws {
    for program in Self.programs where program.utf8.count < 2_000 {
      let result = tree(program)
      let bytes = Array(program.utf8)
      for token in result.source.tokens where token.startsLine && token.kind != .end && token.start > 0 {
        let head = String(decoding: bytes[..<Int(token.start)], as: UTF8.self)
        let tail = String(decoding: bytes[Int(token.start)...], as: UTF8.self)
        let indent = String(repeating: " ", count: Int(token.indent))
        let commented = head + "# one\n" + indent + tail
        guard tree(commented).diagnostics.isEmpty, sameMeaning(tree(commented).tree, result.tree) else { continue }
        try check(commented)
      }
      try check(program + "  # at the end\n\n\n# last")
    }
  }

  /// Broken after every token where the meaning allows it, a program comes back to one form.
  @Test func brokenLines() throws {
    for program in Self.programs where program.utf8.count < 600 {
      let result = tree(program)
      let bytes = Array(program.utf8)
      for token in result.source.tokens where token.kind != .end && token.spaceBefore {
        let head = String(decoding: bytes[..<Int(token.start)], as: UTF8.self)
        let tail = String(decoding: bytes[Int(token.start)...], as: UTF8.self)
        let broken = head + "  # why\n" + String(repeating: " ", count: Int(token.indent) + 6) + tail
        let parsed = tree(broken)
        guard parsed.diagnostics.isEmpty, sameMeaning(parsed.tree, result.tree) else { continue }
        try check(broken)
      }
    }
  }

  @Test func wrongProgramsAreLeftAlone() {
    #expect(Formatter.format("customer | sort spent") == nil)
    #expect(Formatter.format("") == "")
    #expect(Formatter.format("\n\n# a\n\n\n\n# b  \n") == "# a\n\n# b\n")
  }
}
