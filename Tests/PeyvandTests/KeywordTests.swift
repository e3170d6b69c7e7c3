import PeyvandSyntax
import Testing

/// Keywords are contextual: every one of them may be what a company calls its own things.
@Suite struct KeywordTests {
  /// What every record has of its own.
  static let reserved: Set<Keyword> = [.key]

  /// Words that join what stands before them to what follows, the one that is always an operator, and what only
  /// statements begin with: as the name of a kind they are written in backquotes where a statement or an operand
  /// begins.
  static let infix = Keyword.infixWords.union([.not])

  private func lines(_ program: String) -> [String] {
    let reply = Sitting().run([Sitting.Text(text: program, showsDone: false)])
    return (reply.first?.text ?? "").split(separator: "\n").map(String.init)
  }

  /// As a field: declared, filled, after a dot, in backquotes, and as the name of a column.
  @Test(arguments: Keyword.allCases.filter { !reserved.contains($0) })
  func asAField(_ keyword: Keyword) {
    let word = keyword.rawValue
    let shown = lines(
      """
      entity thing { `\(word)`: number }
      entity part { thing, \(word): number }
      add thing "T-1" { \(word): 7 }
      change thing "T-1" { \(word): 8 }
      add part "P-1" { thing: "T-1", \(word): 5 }
      print "{thing "T-1".\(word)} {sum(part.\(word))} {part "P-1".thing.\(word)}"
      print "{sum(`\(word)` of thing)}"
      thing as t | where t.\(word) = 8 | select `\(word)` as \(word) | where `\(word)` > 7
      """)
    #expect(shown.prefix(3) == ["8 5 8", "8", word], "\(word)\n\(shown.joined(separator: "\n"))")
  }

  /// As a kind, in backquotes everywhere but where it is declared and after a dot.
  @Test(arguments: Keyword.allCases) func asAKind(_ keyword: Keyword) {
    let word = keyword.rawValue
    let shown = lines(
      """
      entity \(word) { name: text }
      relationship keeps { kept: `\(word)`, keeper: owner_of_it }
      entity owner_of_it { name: text }
      event sighting { of_it: `\(word)`, amount: number }
      add `\(word)` "A" { name: "first" }
      add `\(word)` "B" { name: "second" }
      add sighting { of_it: "A", amount: 3, at: 2024-01-01 10:00 }
      print "{count(`\(word)`)} {`\(word)` "B".name} {sum(sighting.amount)}"
      `\(word)` as this_one | select this_one.name as name, count(sighting) as n | where n = 1 | select name
      sighting | select sighting.of_it.name as name
      """)
    #expect(shown.first == "2 second 3", "\(word)\n\(shown.joined(separator: "\n"))")
    #expect(shown.filter { $0 == "first" }.count == 2, "\(word)\n\(shown.joined(separator: "\n"))")
  }

  /// As a kind without backquotes: words of statements, stages and clauses too, where what follows is not what
  /// their own meaning wants.
  @Test(arguments: Keyword.allCases.filter { !infix.contains($0) }) func asABareKind(_ keyword: Keyword) {
    let word = keyword.rawValue
    let shown = lines(
      """
      entity \(word) { name: text }
      add \(word) "A" { name: "first" }
      \(word) | select name
      print "{count(\(word))}"
      """)
    #expect(shown.contains("first") && shown.last == "1", "\(word)\n\(shown.joined(separator: "\n"))")
  }

  /// As a name given with `let`, and as a parameter of a definition.
  @Test(arguments: Keyword.allCases) func asAName(_ keyword: Keyword) {
    let word = keyword.rawValue
    let shown = lines(
      """
      let `\(word)` as 4
      define twice(`\(word)`: 1) as 2 * `\(word)`
      print "{`\(word)` + 1} {twice(\(word): 3)}"
      """)
    #expect(shown == ["5 6"], "\(word)\n\(shown.joined(separator: "\n"))")
  }
}
