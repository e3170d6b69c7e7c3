import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandStdlib
import PeyvandTestSupport
import Testing

/// The pages of `docs/errors` against the program: each code has one, and each page shows the truth.
///
/// A page's example is run and must give the page's code and no other; its remedy is run and must give no error and
/// not this code. A page that can only show its example (a damaged store, ^C, a file of gigabytes) is held to a test
/// elsewhere that provokes the code; one that says *Not run* says why nothing gives it.
@Suite struct ErrorPageTests {
  private static let sources = TestFiles.root + "/Sources"
  private static let folder = TestFiles.root + "/docs/errors"

  /// What sums up rejected rows, and so stands beside the reason for each.
  private static let sums: Set<String> = ["E2220", "E2265"]
  /// Codes that only stand beside another, which is why their examples give more than one.
  private static let companions: Set<String> = ["E2220", "E2265", "E2012", "E2280"]
  /// A remark that columns were left over, which a remedy may leave over as well.
  private static let remarks: Set<String> = ["E2260", "E2267"]

  /// The codes in the texts of a folder's files: E or W, a digit 1 to 4, three digits, in quotes where asked.
  private static func codes(in folder: String, suffix: String, quoted: Bool) -> Set<String> {
    var codes: Set<String> = []
    for path in TestFiles.files(below: folder) where path.hasSuffix(suffix) {
      let bytes = Array((TestFiles.text(of: path) ?? "").utf8)
      for start in bytes.indices.dropLast(5) where bytes[start] == 0x45 || bytes[start] == 0x57 {
        let code = bytes[start..<start + 5]
        guard (0x31...0x34).contains(bytes[start + 1]), code.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { continue }
        if quoted, start == 0 || bytes[start - 1] != 0x22 || bytes[start + 5] != 0x22 { continue }
        codes.insert(String(decoding: code, as: UTF8.self))
      }
    }
    return codes
  }

  @Test func everyCodeHasAPageAndEveryPageACode() {
    let given = Self.codes(in: Self.sources, suffix: ".swift", quoted: true)
    #expect(given.count > 190)
    let pages = Set(ErrorPages.pages.keys)
    #expect(given.subtracting(pages).sorted() == [], "codes without a page in docs/errors")
    #expect(pages.subtracting(given).sorted() == [], "pages of codes that nothing gives")
    let files = TestFiles.files(below: Self.folder).map { String($0.dropFirst(Self.folder.utf8.count + 1)) }
    #expect(files.sorted() == pages.sorted().map { $0 + ".md" }, "run scripts/embed-stdlib")
  }

  @Test(arguments: ErrorPages.pages.keys.sorted()) func thePageIsWhole(code: String) throws {
    let text = try #require(ErrorPages.pages[code])
    #expect(TestFiles.text(of: Self.folder + "/" + code + ".md") == text, "run scripts/embed-stdlib")
    let page = ErrorPage(text)
    #expect(page.title.hasPrefix(code + ": ") && page.title.utf8.count > code.utf8.count + 8)
    #expect(!page.cause.isEmpty)
    #expect(page.sections.map(\.name) == ["Example", "Remedy"])
    for section in page.sections {
      #expect(!section.blocks.isEmpty || section.prose.contains { $0.hasPrefix("*Not run.* ") })
    }
    #expect(page.sections.last?.prose.isEmpty == false, "a remedy is said in words")
    // As a terminal shows it: the same words, without the marks of Markdown.
    let shown = try #require(Help.explanation(of: code.lowercased()))
    #expect(shown.hasPrefix(page.title + "\n\n"))
    #expect(!shown.contains("```") && !shown.contains("\n#"))
    for section in page.sections {
      for block in section.blocks {
        for line in block.text.split(separator: "\n") { #expect(shown.contains("    " + line)) }
      }
    }
  }

  @Test(arguments: ErrorPages.pages.keys.sorted()) func theExampleGivesTheCodeAndTheRemedyDoesNot(code: String) throws {
    let page = ErrorPage(try #require(ErrorPages.pages[code]))
    let example = try #require(page.sections.first)
    if let said = try example.run() {
      #expect(said.codes.contains(code), "\(said.text)")
      if !Self.companions.contains(code) {
        #expect(said.codes.subtracting(Self.sums).subtracting([code]).isEmpty, "\(said.text)")
      }
    }
    if let said = try page.sections.last?.run() {
      #expect(!said.hasErrors, "\(said.text)")
      #expect(said.codes.subtracting(Self.remarks.subtracting([code])).isEmpty, "\(said.text)")
    }
  }

  /// Where a page only shows, a test elsewhere gives the code; and few pages only show.
  @Test func whatIsOnlyShownIsProvokedElsewhere() {
    var shown: Set<String> = []
    var notRun = 0
    for (code, text) in ErrorPages.pages {
      let example = ErrorPage(text).sections.first
      if example?.program != nil { continue }
      if example?.blocks.isEmpty == false { shown.insert(code) } else { notRun += 1 }
    }
    let tests = Self.codes(in: TestFiles.root + "/Tests", suffix: "", quoted: false)
    #expect(shown.subtracting(tests).sorted() == [])
    #expect(shown.count * 5 < ErrorPages.pages.count && notRun * 10 < ErrorPages.pages.count)
  }

  // MARK: What a page can only show

  private func codes(_ program: String, beside files: [(String, [UInt8])] = []) throws -> [String] {
    let folder = ScratchFolder()
    for (name, bytes) in files { folder.file(name, bytes: bytes) }
    let reply = Sitting().run([Sitting.Text(text: program, origin: .script(folder: folder.path))])[0]
    return (reply.diagnostics + reply.answers.flatMap(\.notes)).map(\.code)
  }

  @Test func aProgramThatIsTooLong() throws {
    #expect(try codes(String(repeating: "# \n", count: 3 << 20)) == ["E1001"])
  }

  @Test func useThatNestsTooDeep() throws {
    let files = (1...20).map { ("\($0).pvd", Array("use \"\($0 + 1).pvd\"".utf8)) }
    #expect(try codes("use \"1.pvd\"", beside: files) == ["E1703"])
  }

  @Test func aCellOverManyLines() throws {
    let cell = String(repeating: "a line\n", count: 200)
    #expect(
      try codes(
        "entity customer { name: text }\nimport customer from \"c.csv\"",
        beside: [("c.csv", Array("key,name\nC-1,\"\(cell)\"\n".utf8))]) == ["E2262"])
  }

  @Test func aTextThatIsTooLong() throws {
    let bytes = Array("key,name\nC-1,".utf8) + [UInt8](repeating: 0x61, count: 65 << 20) + [0x0A]
    let codes = try codes(
      "entity customer { name: text }\nimport customer from \"c.csv\" with { rejects: 100% }",
      beside: [("c.csv", bytes)])
    #expect(Set(codes) == ["E2248", "E2265"])
  }

  @Test func aStoreIsNotBegunOverAnother() throws {
    let folder = ScratchFolder()
    var sitting = Sitting()
    sitting.storePath = folder.path + "/company.json"
    #expect(sitting.run("entity customer { name: text }").status == .fine)
    let codes = sitting.saved(as: folder.path + "/company.json")
    #expect(codes == ["E3121"])
  }

  @Test func oneLetterOfAStoreIsChanged() throws {
    let folder = ScratchFolder()
    var sitting = Sitting()
    let path = folder.path + "/company.json"
    sitting.storePath = path
    #expect(
      sitting.run("entity customer { name: text }\nadd customer \"C-1\" { name: \"Alborz\" }").status == .fine)
    let text = try #require(TestFiles.text(of: path + ".journal"))
    let changed = text.split(separator: "Alborz").joined(separator: "Alburz")
    #expect(changed != text)
    folder.file("company.json.journal", changed)
    #expect(sitting.run("customer").diagnostics.map(\.code) == ["E3203"])
  }
}
