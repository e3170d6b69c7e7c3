import PeyvandBase
import Testing

@testable import PeyvandSyntax

/// What no user would type: each gets an answer with a place, quickly, and nothing traps.
struct HostileTests {
  @discardableResult
  private func read(_ text: String, _ comment: Comment? = nil) -> ParseResult {
    var parser = Parser(text)
    let result = parser.parse()
    _ = TreePrinter().print(result.tree)
    let length = Int32(clamping: text.utf8.count)
    for diagnostic in result.diagnostics {
      #expect(!diagnostic.labels.isEmpty, comment)
      for label in diagnostic.labels {
        #expect(
          label.range.start >= 0 && label.range.end <= length + 1 && label.range.start <= label.range.end, comment)
      }
    }
    #expect(result.diagnostics.count <= 20)
    return result
  }

  typealias Comment = Testing.Comment

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      "(", "[", "{", ")", "]", "}", "f(", "\"{", "«{", "[(", "if x {", "not ", "-", "- ", "a.", "ever ", "x where ",
      "a then (",
    ])
  func hundredThousandOpeners(_ opener: String) {
    let result = read(String(repeating: opener, count: 100_000))
    #expect(!result.diagnostics.isEmpty)
  }

  @Test(arguments: ["(", "[", "{", "f(", "\"{", "if x {\n"])
  func hundredThousandBalanced(_ opener: String) {
    let closers: [Character: String] = ["(": ")", "[": "]", "{": "}", "\n": "}"]
    let closer = opener == "\"{" ? "}\"" : opener.last.flatMap { closers[$0] } ?? ""
    let result = read(String(repeating: opener, count: 100_000) + "x" + String(repeating: closer, count: 100_000))
    #expect(result.diagnostics.contains { $0.code == "E1002" } || opener == "{")
  }

  @Test(.timeLimit(.minutes(5))) func twoMillionTerms() {
    let result = read(String(repeating: "1+", count: 2_000_000) + "1")
    #expect(result.diagnostics.first?.code == "E1003")
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      " or ", " and ", " else ", "*", " - ", ".", " = ", ", ", " | ", "\n", ";", " where ", " since ", " via ",
      " then ",
      " as ", ": ", " { ", " in ", " not ", " is ", "\n  ",
    ])
  func manyTerms(_ joint: String) {
    let result = read("x" + String(repeating: joint + "x", count: 100_000))
    if [" or ", " and ", " else ", "*", " - "].contains(joint) {
      #expect(result.diagnostics.first?.code == "E1003")
    }
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      "for x in y; ", "while x; ", "MATCH (c); ", "a then b as c where d; ", "x = 1e0000000000000000000000000000001; ",
    ])
  func oneLongLine(_ statement: String) {
    read(String(repeating: statement, count: 60_000))
  }

  @Test func longChainsOfNames() {
    let result = read("a" + String(repeating: ".b", count: 200_000))
    #expect(result.diagnostics.first?.code == "E1003")
    #expect(read("a" + String(repeating: ".b", count: 900)).diagnostics.isEmpty)
    #expect(read("a" + String(repeating: " + b", count: 900)).diagnostics.isEmpty)
    #expect(read("a" + String(repeating: " + b", count: 1100)).diagnostics.map(\.code) == ["E1003"])
    // Height counts over brackets: a long chain inside a long chain is as deep as both.
    let inner = "(a" + String(repeating: " + b", count: 600) + ")"
    #expect(read(inner + String(repeating: " + b", count: 600)).diagnostics.map(\.code) == ["E1003"])
    #expect(read("[" + [inner, inner, inner].joined(separator: ", ") + "]").diagnostics.isEmpty)
  }

  @Test func stagesAndColumnsAtTheirLimit() {
    func stages(_ count: Int) -> String { "a" + String(repeating: " | where b", count: count) }
    #expect(read(stages(200)).diagnostics.isEmpty)
    #expect(read(stages(201)).diagnostics.map(\.code) == ["E1003"])
    func columns(_ count: Int) -> String { "a | select b" + String(repeating: ", b", count: count - 1) }
    #expect(read(columns(500)).diagnostics.isEmpty)
    #expect(read(columns(501)).diagnostics.map(\.code) == ["E1003"])
  }

  @Test func depthAtItsLimit() {
    func brackets(_ count: Int) -> String {
      String(repeating: "(", count: count) + "x" + String(repeating: ")", count: count)
    }
    #expect(read(brackets(150)).diagnostics.isEmpty)
    #expect(read(brackets(250)).diagnostics.map(\.code) == ["E1002"])
  }

  @Test func tooLong() {
    let result = read(String(repeating: "x", count: 10 << 20))
    #expect(result.diagnostics.map(\.code) == ["E1001"])
    #expect(result.tree.statements.isEmpty)
    // Below the limit one line is as good as another.
    let line = "customer | where name = \"" + String(repeating: "a", count: 4 << 20) + "\""
    #expect(read(line).diagnostics.isEmpty)
    let name = String(repeating: "n", count: 1 << 20)
    #expect(read(name).diagnostics.isEmpty)
    let number = "x = " + String(repeating: "9", count: 100_000)
    #expect(read(number).diagnostics.map(\.code) == ["E1008"])
    let decimals = "x = 0." + String(repeating: "9", count: 100_000)
    #expect(read(decimals).diagnostics.isEmpty)
  }

  @Test func nulAndControlBytes() {
    let result = read("customer \0\0\0 | count")
    #expect(result.diagnostics.map(\.code) == ["E1004"])
    for value in UInt8(0)..<32 where ![9, 10, 13].contains(value) {
      let text = "customer | where x = 1 \(Unicode.Scalar(value)) | count"
      #expect(read(text).diagnostics.first?.code == "E1004", "\(value)")
    }
    #expect(read("a = \"\0\"").diagnostics.isEmpty)
    #expect(read(String(repeating: "\0", count: 1_000_000)).diagnostics.count == 1)
    #expect(read(String(repeating: "\0 ", count: 100_000)).diagnostics.count == 20)
  }

  @Test func randomSoups() {
    var random = SeededGenerator(state: 20_250_301)
    let pieces =
      Keyword.allCases.map(\.rawValue) + [
        "(", ")", "[", "]", "{", "}", "|", ",", ";", ":", ".", "..", "+", "-", "*", "/", "=", "!=", "<", ">=", "\n",
        "\n  ",
        "\n    ", "\"a\"", "\"{", "}\"", "'raw'", "«ت»", "`q n`", "12", "6 months", "40%", "2024-01-01", "2024-Q1",
        "8:00",
        "customer", "purchase", "x", "مشتری", "\"", "&&", "<>", "# c\n", "*1..3", "12.5", "2024-13-01", "\0", "=>",
        "SELECT",
      ]
    for round in 0..<2_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        text += pieces.randomElement(using: &random) ?? ""
        if Bool.random(using: &random) { text += " " }
      }
      let result = read(text, "round \(round): \(text)")
      #expect(result.tree.statements.count <= text.utf8.count + 1)
    }
  }

  @Test func randomBytes() {
    var random = SeededGenerator(state: 7)
    let alphabet = Array("abez019 .-:%\"'{}()[]|,\n\t#«»`\\=<>!&_۱٫٪،\u{200C}\u{0}é".unicodeScalars)
    for _ in 0..<2_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
      }
      read(text, "\(text)")
    }
  }
}
