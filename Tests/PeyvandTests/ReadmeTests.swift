import Peyvand
import PeyvandBase
import PeyvandTestSupport
import Testing

/// The README's programs: its questions are asked of the example company, and what it says of one's own data is read.
@Suite struct ReadmeTests {
  /// The lines of the first block under a heading.
  private static func block(under heading: String) throws -> [Substring] {
    let page = try #require(TestFiles.text(of: TestFiles.root + "/README.md"))
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "## \(heading)"))
    let open = try #require(lines[start...].firstIndex { $0.hasPrefix("```") })
    let close = try #require(lines[(open + 1)...].firstIndex(of: "```"))
    return Array(lines[(open + 1)..<close])
  }

  @Test func itsQuestionsHaveAnswers() throws {
    let questions = try Self.block(under: "A question").map { $0.drop { $0 == ">" || $0 == " " } }
    let folder = CompanyTests.folder
    var texts = try ["schema.pvd", "import.pvd"].map {
      Sitting.Text(
        text: try #require(TestFiles.text(of: folder + "/" + $0)), name: $0, origin: .script(folder: folder))
    }
    let asked = questions.filter { !$0.hasPrefix("?") }
    texts += asked.map { Sitting.Text(text: String($0)) }
    let replies = Sitting().run(texts).suffix(asked.count)
    try #require(replies.count == asked.count && asked.count > 4)
    for (question, reply) in zip(asked, replies) { #expect(reply.status == .fine, "\(question): \(reply.text)") }
    for word in questions where word.hasPrefix("?") {
      #expect(Help.explanation(of: String(word.drop { $0 == "?" || $0 == " " })) != nil)
    }
  }

  /// Its numbers are those that the company's scripts print.
  @Test func itsFirstScreenIsWhatTheDemoPrints() throws {
    let page = try #require(TestFiles.text(of: TestFiles.root + "/README.md"))
    let lines = page.split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("return_rate  [") })
    let shown = lines[start...].prefix { $0 != "```" }.filter { $0 != "…" }
    let folder = CompanyTests.folder
    let texts = try ["schema.pvd", "import.pvd", "kpis.pvd", "questions.pvd"].map {
      Sitting.Text(
        text: try #require(TestFiles.text(of: folder + "/" + $0)), name: $0, origin: .script(folder: folder))
    }
    let printed = Set(Sitting().run(texts).flatMap { $0.text.split(separator: "\n").map(String.init) })
    try #require(shown.count > 10)
    for line in shown { #expect(printed.contains(String(line)), "the demo does not print: \(line)") }
  }

  @Test func itsKindsAndImportsAreRead() throws {
    let lines = try Self.block(under: "Your own data")
    let kinds = lines.filter { !$0.hasPrefix("import") }.joined(separator: "\n")
    #expect(Sitting().run(kinds).status == .fine)
    // The files are the reader's own: that they are not here is all that is wrong.
    let reply = Sitting().run(lines.joined(separator: "\n"))
    #expect(reply.diagnostics.map(\.code) == ["E3001"], "\(reply.text)")
  }

  @Test(arguments: [
    "README.md", "docs/language.md", "docs/then.md", "docs/grammar.md", "docs/errors.md", "CONTRIBUTING.md",
  ])
  func itsLinksLeadSomewhere(page: String) throws {
    let text = try #require(TestFiles.text(of: TestFiles.root + "/" + page))
    let folder = page.hasPrefix("docs/") ? TestFiles.root + "/docs/" : TestFiles.root + "/"
    for part in text.split(separator: "](").dropFirst() {
      let target = part.prefix { $0 != ")" && $0 != "#" }
      guard !target.isEmpty, !target.hasPrefix("http") else { continue }
      let path = folder + target
      #expect(TestFiles.text(of: path) != nil || !TestFiles.files(below: path).isEmpty, "\(page) links to \(target)")
    }
  }
}
