import PeyvandBase
import PeyvandRender
import Testing

@Suite struct DiagnosticTests {
  private func source(_ text: String) -> [Int32: SourceText] { [0: SourceText(name: "return.pvd", text: text)] }

  private func range(of word: String, in text: String) throws -> SourceRange {
    let found = try #require(text.firstRange(of: word))
    let start = text.utf8.distance(from: text.startIndex, to: found.lowerBound)
    return SourceRange(start: start, end: start + word.utf8.count)
  }

  private func render(
    _ text: String, _ word: String, label: String = "", notes: [String] = [], width: Int = 100,
    style: DiagnosticRenderer.Style = .boxed
  ) throws -> String {
    let diagnostic = Diagnostic(
      "E1101", .error, "a customer has no `regoin`", at: try range(of: word, in: text), label: label, notes: notes)
    let options = DiagnosticRenderer.Options(style: style, width: width, explains: { $0 == "E1101" })
    return DiagnosticRenderer(sources: source(text), options: options).render(diagnostic)
  }

  static let program = "entity customer {}\n\ncustomer | where regoin = \"North\"\n"

  @Test func theLineAndThePlace() throws {
    #expect(
      try render(Self.program, "regoin", label: "did you mean `region`?") == """
        error[E1101]: a customer has no `regoin`
          ┌─ return.pvd:3:18
        3 │ customer | where regoin = "North"
          │                  ^^^^^^ did you mean `region`?
          = more: peyvand explain E1101

        """)
  }

  @Test func plainIsALineForALog() throws {
    #expect(
      try render(Self.program, "regoin", label: "did you mean `region`?", style: .plain) == """
        return.pvd:3:18: error[E1101]: a customer has no `regoin` (did you mean `region`?)
          = more: peyvand explain E1101

        """)
  }

  @Test func jsonHasThePlaceAndNoText() throws {
    #expect(
      try render(Self.program, "regoin", label: "here", notes: ["n"], style: .json) == """
        {"code":"E1101","severity":"error","message":"a customer has no `regoin`","places":[{"file":"return.pvd","line":3,\
        "column":18,"end_line":3,"end_column":24,"start":37,"end":43,"text":"here"}],"notes":["n"],"fixes":[]}

        """)
  }

  @Test func tabsAndWideLettersMoveTheMarks() throws {
    let text = try render("\t日本 | wrong\n", "wrong")
    #expect(text.contains("1 │     日本 | wrong\n  │            ^^^^^\n"))
    #expect(text.contains("return.pvd:1:7"))
  }

  @Test func aLineOfTwoDirectionsIsQuotedWithoutMarks() throws {
    let text = try render("مشتری | که ناحیهه = «شمال»\n", "ناحیهه", label: "«ناحیه»؟")
    #expect(text.contains("«ناحیهه» line 1, column 12: «ناحیه»؟"))
    #expect(!text.contains("^"))
  }

  @Test func aLongLineIsCutAroundThePlace() throws {
    let line = String(repeating: "a + ", count: 50_000) + "wrong" + String(repeating: " + b", count: 50_000)
    let text = try render(line, "wrong", width: 60)
    let lines = text.split(separator: "\n").map(String.init)
    let quoted = try #require(lines.first { $0.hasPrefix("1 │") })
    #expect(displayWidth(quoted) <= 60)
    #expect(quoted.hasPrefix("1 │ …") && quoted.hasSuffix("…"))
    let marks = try #require(lines.first { $0.contains("^") })
    let column = try #require(quoted.firstRange(of: "wrong"))
    #expect(
      marks.distance(from: marks.startIndex, to: try #require(marks.firstIndex(of: "^")))
        == quoted.distance(from: quoted.startIndex, to: column.lowerBound))
    #expect(text.contains("return.pvd:1:200001"))
  }

  @Test func thePlaceMayBeTheEnd() {
    let diagnostic = Diagnostic("E1001", .error, "the program ends here", at: SourceRange(start: 3, end: 3))
    let text = DiagnosticRenderer(sources: source("sum")).render(diagnostic)
    #expect(text.contains("1 │ sum\n  │    ^\n"))
  }

  @Test func aPlaceOutsideTheTextIsItsEnd() {
    let diagnostic = Diagnostic("E1001", .error, "x", at: SourceRange(start: 900, end: 1_000))
    #expect(DiagnosticRenderer(sources: source("sum")).render(diagnostic).contains("return.pvd:1:4"))
    let elsewhere = Diagnostic("E1001", .error, "x", at: SourceRange(file: 7, start: 0, end: 1))
    #expect(DiagnosticRenderer(sources: source("sum")).render(elsewhere) == "error[E1001]: x\n")
  }

  @Test func aSecondPlaceIsMarkedDifferently() throws {
    let text = "let a as 1\nlet b as 2\nlet a as 3\n"
    var diagnostic = Diagnostic(
      "E1102", .error, "`a` is there twice", at: SourceRange(start: 26, end: 27), label: "again")
    diagnostic.labels.append(Diagnostic.Label(SourceRange(start: 4, end: 5), "first here"))
    #expect(
      DiagnosticRenderer(sources: source(text)).render(diagnostic) == """
        error[E1102]: `a` is there twice
          ┌─ return.pvd:3:5
        3 │ let a as 3
          │     ^ again
        1 │ let a as 1
          │     - first here

        """)
  }

  @Test func moreThanTwentyAreCounted() {
    let many = (0..<25).map { Diagnostic("E1001", .error, "number \($0)") }
    let text = DiagnosticRenderer(sources: [:]).render(many)
    #expect(text.contains("number 19") && !text.contains("number 20"))
    #expect(text.hasSuffix("… and 5 more\n"))
  }

  @Test func onlyFourNotesAreShown() throws {
    let text = try render(Self.program, "regoin", notes: ["1", "2", "3", "4", "5"])
    #expect(text.contains("= 4\n") && !text.contains("= 5\n"))
  }

  @Test func whatIsQuotedIsNeverObeyed() throws {
    let line = "customer \u{1b}[2J | \u{9b}x wrong \u{7}"
    for style in [DiagnosticRenderer.Style.boxed, .plain, .json] {
      let diagnostic = Diagnostic(
        "E1101", .error, "no `\u{1b}]0;t\u{7}`", at: try range(of: "wrong", in: line), label: "\u{1b}[1m",
        notes: ["\r\u{8}"])
      let text = DiagnosticRenderer(
        sources: [0: SourceText(name: "a\u{1b}b", text: line)], options: DiagnosticRenderer.Options(style: style)
      ).render(diagnostic)
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
      }
    }
  }

  @Test func placesCountCharactersAndLinesOfEitherEnd() {
    let text = SourceText(name: "x", text: "ab\r\ncd\né̂f")
    #expect(text.place(ofByte: 0) == SourceText.Place(line: 1, column: 1))
    #expect(text.place(ofByte: 4) == SourceText.Place(line: 2, column: 1))
    #expect(text.byteRange(ofLine: 1) == 0..<2)
    #expect(text.place(ofByte: text.bytes.count - 1) == SourceText.Place(line: 3, column: 2))
    #expect(text.place(ofByte: -5) == SourceText.Place(line: 1, column: 1))
    #expect(text.byteRange(ofLine: 99).isEmpty)
  }
}
