import Peyvand
import PeyvandData
import PeyvandStore
import PeyvandTestSupport
import Testing

/// The example company, end to end: its exports are read as its scripts read them, and what is asked of it is held
/// against the answers that its generator worked out from the planted truth.
@Suite struct CompanyTests {
  static let folder = TestFiles.root + "/scripts/company"

  static func script(_ name: String) throws -> Sitting.Text {
    Sitting.Text(
      text: try #require(TestFiles.text(of: folder + "/" + name)), name: name, origin: .script(folder: folder))
  }

  @Test func everyAnswerIsTheGenerators() throws {
    let json = try JSONValue(try #require(TestFiles.text(of: Self.folder + "/expected.json")))
    let expected = try #require(json["answers"]?.array).compactMap(ExpectedAnswer.init)
    #expect(expected.count == json["answers"]?.array?.count)
    var texts = [try Self.script("schema.pvd"), try Self.script("import.pvd")]
    texts.append(Sitting.Text(text: "use kpis\nas of " + (try #require(json["as_of"]?.text))))
    texts += expected.map { Sitting.Text(text: $0.ask, name: $0.id) }
    let replies = Sitting().run(texts)
    try #require(replies.count == texts.count)
    for reply in replies.prefix(3) { #expect(reply.status == .fine, "\(reply.text)") }
    for (answer, reply) in zip(expected, replies.dropFirst(3)) {
      guard let given = reply.answers.last, reply.status == .fine else {
        Issue.record("\(answer.id): \(reply.text)")
        continue
      }
      let wrong = answer.differences(from: given)
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test(arguments: ["kpis.pvd", "questions.pvd", "why.pvd", "mission.pvd"]) func itsScriptsRun(name: String) throws {
    let replies = Sitting().run([try Self.script("schema.pvd"), try Self.script("import.pvd"), try Self.script(name)])
    let last = try #require(replies.last)
    #expect(last.status == .fine, "\(last.text)")
    #expect(last.answers.count > 5)
  }

  /// What the generator planted is what goes with the outcomes, and first: `README.md`, stories a, d, g, e and b.
  @Test func whyFindsWhatWasPlanted() throws {
    let replies = Sitting().run([
      try Self.script("schema.pvd"), try Self.script("import.pvd"), try Self.script("why.pvd"),
    ])
    let answers = try #require(replies.last).answers
    let firsts = answers.map { answer -> String in
      guard case .table(let table) = answer.body,
        let finding = table.columns.first(where: { $0.name == "finding" })?.values.first,
        case .text(let factor)? = table.columns.first?.values.first
      else { return "?" }
      return finding == .text("goes with") ? factor : "nothing"
    }
    #expect(
      firsts == [
        "installs.contractor = Kavir Install", "installs.contractor = Kavir Install",
        "technician.name = Leila Nikzad", "technician = Leila Nikzad", "topic = demo", "rep = Babak Jalali",
        "supplier = Toos Drives", "nothing",
      ])
  }

  /// The questions of the mission, each with its planted truth: `mission.pvd` names them.
  @Test func theMissionsQuestionsAreAnswered() throws {
    let replies = Sitting().run([
      try Self.script("schema.pvd"), try Self.script("import.pvd"), try Self.script("mission.pvd"),
    ])
    let reply = try #require(replies.last)
    #expect(reply.status == .fine, "\(reply.text)")
    let tables = reply.answers.compactMap { answer in
      if case .table(let table) = answer.body { table } else { nil }
    }
    /// The first cells of a column, in each table that has it and the other one.
    func cells(_ name: String, beside other: String, where isMeant: (Table, Int) -> Bool = { _, row in row == 0 })
      -> [String]
    {
      tables.filter { table in [name, other].allSatisfy { wanted in table.columns.contains { $0.name == wanted } } }
        .flatMap { table in
          let values = table.columns.first { $0.name == name }?.values ?? []
          return values.indices.filter { isMeant(table, $0) }.map { Self.word(values[$0]) }
        }
    }
    // What goes with coming back; with a late order; with satisfaction; with buying again after a complaint.
    #expect(
      cells("factor", beside: "q") == [
        "installs.contractor = Kavir Install", "supplier = Toos Drives", "technician = Leila Nikzad", "customer.visit",
      ])
    // Two are high and steady by the medians, and one of them has months with a signal: he is not both.
    let isBoth = { (table: Table, row: Int) in
      table.columns.first { $0.name == "both" }?.values[row] == .yesno(true)
    }
    #expect(cells("name", beside: "both", where: isBoth) == ["Kaveh Rostami"])
    #expect(reply.text.contains("Kaveh Rostami, months with a signal:\n0\n"))
    #expect(reply.text.contains("Babak Jalali, months with a signal:\n2\n"))
    // The most friction and the least; the least late, and the most predictable.
    #expect(cells("name", beside: "contacts_an_order") == ["Caspian Bearings"])
    let isLast = { (table: Table, row: Int) in row == table.rowCount - 1 }
    #expect(
      cells("name", beside: "index", where: isLast) == ["Toos Drives", "قطعه‌سازان سپاهان", "Caspian Bearings"])
    #expect(cells("technician", beside: "satisfied") == ["Leila Nikzad"])
    #expect(cells("topic", beside: "leads") == ["demo"])
    #expect(cells("channel", beside: "credit") == ["demo", "demo"])
    let isFirst = { (table: Table, row: Int) in
      ["rank", "rank_by_room"].allSatisfy { rank in
        table.columns.first { $0.name == rank }?.values[row] == .number(1)
      }
    }
    #expect(
      cells("stage", beside: "rank", where: isFirst) == ["customer.delivery where at - promised >= 6 days"])
    #expect(cells("supplier", beside: "satisfaction") == ["Toos Drives"])
    #expect(cells("late", beside: "satisfaction") == ["yes"])
  }

  /// The branch, whose books are its own: what its relationships were worth on an earlier day foretells who leaves.
  @Test func theQualityOfARelationshipForetellsLeaving() throws {
    let json = try JSONValue(try #require(TestFiles.text(of: Self.folder + "/expected.json")))
    let expected = try #require(json["branch"]?.array).compactMap(ExpectedAnswer.init)
    #expect(!expected.isEmpty)
    let replies = Sitting().run(
      [try Self.script("branch.pvd"), Sitting.Text(text: "use quality")]
        + expected.map { Sitting.Text(text: $0.ask, name: $0.id) })
    try #require(replies.count == 2 + expected.count)
    #expect(replies[0].status == .fine, "\(replies[0].text)")
    for (answer, reply) in zip(expected, replies.dropFirst(2)) {
      let given = try #require(reply.answers.last, "\(answer.id): \(reply.text)")
      let wrong = answer.differences(from: given)
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
    let findings = replies[0].answers.compactMap { answer -> (factor: Value, finding: Value, difference: Double)? in
      guard case .table(let table) = answer.body else { return nil }
      func first(_ name: String) -> Value? { table.columns.first { $0.name == name }?.values.first }
      guard let factor = first("factor"), let finding = first("finding"), case .number(let with)? = first("with_rate"),
        case .number(let without)? = first("without_rate")
      else { return nil }
      return (factor, finding, with - without)
    }
    #expect(findings.map(\.factor) == [.text("good"), .text("spoken_with")])
    #expect(findings.map(\.finding) == [.text("goes with"), .text("goes with")])
    #expect(findings.allSatisfy { $0.difference < -0.4 }, "\(findings)")
  }

  private static func word(_ value: Value) -> String {
    switch value {
    case .text(let text): text
    case .yesno(let truth): truth ? "yes" : "no"
    default: "\(value)"
    }
  }

  @Test func theSameExportsAgainAddNothing() throws {
    let replies = Sitting().run([
      try Self.script("schema.pvd"), try Self.script("import.pvd"), Sitting.Text(text: "count(purchase)"),
      try Self.script("import.pvd"), Sitting.Text(text: "count(purchase)"),
    ])
    try #require(replies.count == 5)
    #expect(replies[3].status == .fine, "\(replies[3].text)")
    #expect(replies[2].text == replies[4].text)
    #expect(replies[2].text.hasPrefix("351"), "\(replies[2].text)")
  }
}
