import PeyvandBase
import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

struct DiagnosticTests {
  /// Every code that the syntax room can give stands in the spec named after it.
  @Test func everyCodeHasASpec() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let words = try #require(TestFiles.text(of: root + "/Sources/PeyvandSyntax/SyntaxDiagnostics.swift"))
    var codes: Set<String> = []
    for piece in words.split(separator: "\"") where piece.hasPrefix("E10") && piece.utf8.count == 5 {
      codes.insert(String(piece))
    }
    #expect(codes.count > 30)
    // More than 8 MiB of text would be needed: HostileTests.tooLong.
    codes.remove("E1001")
    for code in codes.sorted() {
      let file = try SpecFile("errors/\(code).pvt")
      #expect(file.cases.contains { $0.expected.contains(code + " ") }, "\(code)")
    }
  }

  /// No message speaks of the machine.
  @Test func plainWords() {
    for program in Programs.all {
      var parser = Parser(program)
      for diagnostic in parser.parse().diagnostics {
        let text = ([diagnostic.message] + diagnostic.labels.map(\.text) + diagnostic.notes).joined(separator: " ")
        for word in ["token", "pars", "syntax", "identifier", "operand", "EOF", "literal"] {
          #expect(!text.contains(word), "\(text)")
        }
        #expect(diagnostic.notes.count <= 4)
      }
    }
  }

  /// A fix put into its place makes the program right, where it is the only thing wrong with it.
  @Test func fixesFix() {
    for program in Programs.all {
      var parser = Parser(program)
      let diagnostics = parser.parse().diagnostics
      guard diagnostics.count == 1, let fix = diagnostics.first?.fixes.first else { continue }
      if fix.replacement.contains("…") || fix.replacement.contains("*") { continue }
      var bytes = Array(program.utf8)
      bytes.replaceSubrange(Int(fix.range.start)..<Int(fix.range.end), with: Array(fix.replacement.utf8))
      var again = Parser(String(decoding: bytes, as: UTF8.self))
      #expect(again.parse().diagnostics.isEmpty, "\(program) → \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test func severalAtOnce() {
    var parser = Parser(
      """
      customer | sort spent
      let x = 3
      customer | where region in ("N", "S") | sort name
      entity rep { name text, region: text in rial }
      customer | where left <> NULL
      """)
    let codes = parser.parse().diagnostics.map(\.code)
    #expect(codes == ["E1026", "E1027", "E1030", "E1026", "E1037", "E1043", "E1029", "E1013"])
  }

  @Test func noMoreThanTwenty() {
    var parser = Parser(String(repeating: "customer | sort spent\n", count: 50))
    #expect(parser.parse().diagnostics.count == 20)
  }
}
