import Glibc
import PeyvandTestSupport
import Testing

/// The prompt as a person meets it. One at a time: each starts a process and waits for it.
@Suite(.serialized) struct PromptTests {
  private let scratch = ScratchFolder()

  private func start(_ arguments: [String] = []) throws -> Terminal {
    let terminal = try Terminal(arguments, history: scratch["history"])
    try terminal.expect("? for help")
    try terminal.expect("> ")
    return terminal
  }

  @Test func quitAndEndOfInputEndWell() throws {
    let first = try start()
    first.type("quit\r")
    #expect(first.end() == 0)
    let second = try start()
    second.type("\u{4}")
    #expect(second.end() == 0)
  }

  @Test func helpIsAWordAway() throws {
    let terminal = try start()
    terminal.type("?\r")
    try terminal.expect("A question begins with a set")
    try terminal.expect("> ")
    terminal.type("? share\r")
    try terminal.expect("share(CONDITION")
    terminal.type("?shrae\r")
    try terminal.expect("near it: share")
  }

  @Test func aQuestionIsCompleteWhenItParses() throws {
    let terminal = try start()
    terminal.type("customer | where (1 = 1\r")
    try terminal.expect("… ")
    terminal.type("or 2 = 3)\r")
    try terminal.expect("error[")
    try terminal.expect("> ")
    terminal.type("[1,\r")
    try terminal.expect("… ")
    terminal.type("\r\r")
    try terminal.expect("error[E1")
    try terminal.expect("> ")
  }

  @Test func interruptLeavesTheLineAndGoesOn() throws {
    let terminal = try start()
    terminal.type("customer | where (")
    try terminal.expect("where (")
    terminal.type("\u{3}")
    try terminal.expect("^C")
    try terminal.expect("> ")
    terminal.type("[1,\r")
    try terminal.expect("… ")
    terminal.type("\u{3}")
    try terminal.expect("> ")
    // What was left is gone: the rest of it alone is an error of its own.
    terminal.type("? sum\r")
    try terminal.expect("sum(VALUES)")
    terminal.type("quit\r")
    #expect(terminal.end() == 0)
  }

  @Test func historySurvivesBeingKilled() throws {
    let first = try start()
    first.type("? median\r")
    try first.expect("The middle one")
    try first.expect("> ")
    first.type(" ? secret\r")
    try first.expect("> ")
    // The password of a database is not kept, though it was typed.
    first.type("import x from \"postgres://ali:hunter2zz@db.invalid/crm\"\r")
    try first.expect("> ")
    first.type("[1,\r")
    try first.expect("… ")
    first.type("2]\r")
    try first.expect("> ")
    first.kill(9)
    #expect(first.end() == 137)
    #expect(scratch.mode("history") == 0o600)
    let kept = try #require(scratch.text("history"))
    #expect(kept.contains("? median\n") && kept.contains("[1,\n2]\n"))
    #expect(!kept.contains("secret") && !kept.contains("hunter2zz"))

    let second = try start()
    second.type("\u{12}medi")
    // The letters searched for stand out.
    try second.expect("? \u{1b}[7mmedi\u{1b}[27man")
    second.type("\r")
    try second.expect("The middle one")
    try second.expect("> ")
    // One entry back, over the line just searched for: the question of two lines, whole.
    second.type("\u{10}\u{10}\r")
    try second.expect("2]")
    #expect(!second.quiet().contains("… "))
  }

  @Test func aPasteIsReadWhole() throws {
    let terminal = try start()
    #expect(terminal.seen.contains("\u{1b}[?2004h"))
    terminal.type("\u{1b}[200~? sum\n? mean\n\u{1b}[201~")
    let before = terminal.quiet()
    #expect(before.contains("? mean") && !before.contains("VALUES"))
    terminal.type("\u{3}")
    try terminal.expect("> ")
  }

  @Test func wordsAreCompleted() throws {
    let terminal = try start()
    terminal.type("? concent\t")
    try terminal.expect("concentration(")
    terminal.type("\u{3}")
    try terminal.expect("> ")
    terminal.type("relat\t")
    try terminal.expect("relationship ")
    terminal.type("\u{3}")
  }

  @Test func nothingThatWasTypedIsObeyed() throws {
    let terminal = try start()
    terminal.type("? \u{16}\u{1b}[2Jx\r")
    try terminal.expect("\\u{1b}[2Jx")
    terminal.type("quit\r")
    #expect(terminal.end() == 0)
    #expect(!(scratch.text("history") ?? "").contains("\u{1b}"))
  }
}

/// What needs answers: the last one, and questions that take long.
@Suite(.serialized) struct AnswerAtThePromptTests {
  private let scratch = ScratchFolder()

  private func start(_ arguments: [String] = []) throws -> Terminal {
    let terminal = try Terminal(arguments + ["--as-of", "2024-12-31"], history: scratch["history"])
    try terminal.expect("? for help")
    try terminal.expect("> ")
    return terminal
  }

  @Test func theLastAnswerGoesOn() throws {
    let terminal = try start()
    terminal.type("entity city { name: text, size: number }\r")
    try terminal.expect("> ")
    for (key, size) in [("A", 3), ("B", 1), ("C", 2)] {
      terminal.type("add city \"\(key)\" { name: \"city \(key)\", size: \(size) }\r")
      try terminal.expect("1 city added")
      try terminal.expect("> ")
    }
    terminal.type("city | select name, size | sort by size\r")
    try terminal.expect("city B     1")
    try terminal.expect("city A     3")
    try terminal.expect("> ")
    terminal.type("| take 1\r")
    try terminal.expect("city B")
    #expect(!terminal.quiet().contains("city C"))
    terminal.type("it\r")
    try terminal.expect("city B")
    try terminal.expect("> ")
    // Names of the company are completed, and what a kind has after its dot.
    terminal.type("sum(city.si\t")
    try terminal.expect("size")
    terminal.type(")\r")
    try terminal.expect("6\r\n")
    terminal.type("? city\r")
    try terminal.expect("city: an entity")
    try terminal.expect("size: number")
  }

  @Test func aKPIEndsAtAnEmptyLineAndStaysInTheStore() throws {
    let terminal = try start([scratch["c.json"]])
    terminal.type("event sale { amount: number }\r")
    try terminal.expect("> ")
    terminal.type("kpi large\r")
    try terminal.expect("… ")
    for clause in [
      "for sale", "dated at", "measure share(amount > 10)", "target at least 50%", "decide \"Sell more.\"",
    ] {
      terminal.type("  \(clause)\r")
      try terminal.expect("… ")
    }
    terminal.type("\r")
    try terminal.expect("> ")
    terminal.type("quit\r")
    #expect(terminal.end() == 0)

    let again = try start([scratch["c.json"]])
    again.type("large\r")
    try again.expect("too few (n = 0")
    again.kill(9)
    #expect(again.end() == 137)
  }

  @Test func saveBeginsAFile() throws {
    let terminal = try start()
    terminal.type("entity city { name: text }\r")
    try terminal.expect("> ")
    terminal.type("save\r")
    try terminal.expect("E3120")
    try terminal.expect("> ")
    terminal.type("save \(scratch["new.json"])\r")
    try terminal.expect("saved: ")
    #expect(scratch.text("new.json")?.contains("city") == true)
    #expect(scratch.mode("new.json") == 0o600)
  }

  /// A question over every pair of many records: longer than anyone waits in any build.
  private static let slow = "each all line as m | where length(text) + length(m.text) > 100 | count"

  private func storeOfManyLines() throws {
    #if DEBUG
      let count = 6_000
    #else
      let count = 60_000
    #endif
    scratch.file("lines.csv", "key,text\n" + (0..<count).map { "L-\($0),text of line \($0)\n" }.joined())
    scratch.file("lines.pvd", "entity line { text: text }\nimport line from \"lines.csv\"\n")
    let made = try Product.run(["run", "lines.pvd", "--store", "c.json"], in: scratch.path)
    try #require(made.code == 0, "\(made.errors)")
  }

  @Test func interruptStopsAQuestionAndGoesOn() throws {
    try storeOfManyLines()
    let terminal = try start([scratch["c.json"]])
    terminal.type("line | \(Self.slow)\r")
    try terminal.expect("> 100 | count")
    usleep(300_000)
    terminal.type("\u{3}")
    try terminal.expect("interrupted", seconds: 60)
    try terminal.expect("> ")
    terminal.type("1 + 41\r")
    try terminal.expect("42")
    terminal.type("quit\r")
    #expect(terminal.end() == 0)

    let single = try Terminal([scratch["c.json"], "-c", "line | \(Self.slow)"], history: scratch["history"])
    usleep(500_000)
    single.type("\u{3}")
    #expect(single.end(seconds: 60) == 130)
  }
}
