import Testing

/// The prompt as a person meets it. One at a time: each starts a process and waits for it.
@Suite(.serialized) struct PromptTests {
  private let scratch = Scratch()

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
    first.type("[1,\r")
    try first.expect("… ")
    first.type("2]\r")
    try first.expect("> ")
    first.kill(9)
    #expect(first.end() == 137)
    #expect(scratch.mode("history") == 0o600)
    let kept = try #require(scratch.text("history"))
    #expect(kept.contains("? median\n") && kept.contains("[1,\n2]\n"))
    #expect(!kept.contains("secret"))

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
    terminal.type("? percen\t")
    try terminal.expect("percentile(")
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
