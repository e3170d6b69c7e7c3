import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandTestSupport
import Testing

/// A file from which one script imports several kinds is opened once, and never taken for another.
@Suite struct SharedFileTests {
  private let place = ScratchFolder()
  private let kinds = """
    entity rep { rank: number }
    entity shop { rank: number, opened: date }
    """

  private func imports(_ file: String = "things.csv") -> [String] {
    [
      "import rep from \"\(place[file])\" key id where type = \"rep\" { rank: value }",
      "import shop from \"\(place[file])\" key id where type = \"shop\" { rank: value } with { dates: \"DD/MM/YYYY\" }",
      "import shop from \"\(place[file])\" key id where type = \"kiosk\" { rank: value } with { dates: \"MM/DD/YYYY\" }",
    ]
  }

  /// What the imports said, and what the answers to two questions are; `after` is called with each outcome.
  private func said(_ texts: [String], after: (String) -> Void = { _ in }) throws -> [String] {
    var options = Session.Options()
    options.allowRead = ["/"]
    let session = try Session(options: options)
    var said: [String] = []
    for text in texts + ["rep | sum(rank)", "shop | count by opened", "shop | sum(rank)"] {
      _ = session.run(text, name: "program", origin: .typed) { outcome in
        said.append("\(outcome)")
        after("\(outcome)")
      }
    }
    return said
  }

  private func write(_ rows: [String]) {
    place.file("things.csv", "id,type,value,opened\n" + rows.map { $0 + "\n" }.joined())
  }

  @Test func togetherIsAsOneByOne() throws {
    write((0..<500).map { "\($0),\(["rep", "shop", "kiosk"][$0 % 3]),\($0 % 7),0\(1 + $0 % 9)/02/2024" })
    let together = try said([kinds, imports().joined(separator: "\n")])
    #expect(try together == said([kinds] + imports()))
    #expect(together.count > 5 && !together.contains { $0.contains("error") })
  }

  @Test func aFileThatBecameAnotherIsReadAgain() throws {
    write(["1,rep,10,", "2,shop,20,01/02/2024"])
    let replies = try said([kinds, imports().prefix(2).joined(separator: "\n")]) { outcome in
      if outcome.contains("rep: 1 new") { write(["1,rep,10,", "2,shop,4321,01/02/2024"]) }
    }
    #expect(replies.last?.contains("4321") == true, "\(replies)")
  }
}
