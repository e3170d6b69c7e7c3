import Peyvand
import PeyvandData
import PeyvandStdlib
import PeyvandTestSupport
import Testing

/// The standard library as a user gets it: by `use`, over kinds of its own or of the user's.
@Suite struct LibraryTests {
  static let modules = ["contacts", "kpis", "loyalty", "quality", "reps", "service", "suppliers"]

  @Test func itsModulesAreThese() {
    #expect(StandardLibrary.modules.keys.sorted() == Self.modules + ["xrm"])
  }

  /// The tests in the language that stand beside the library.
  @Test(arguments: modules) func itsTestsHold(name: String) throws {
    let folder = TestFiles.root + "/stdlib/tests"
    let text = try #require(TestFiles.text(of: folder + "/\(name).pvd"))
    let replies = Sitting().run([.init(text: text, name: "\(name).pvd", origin: .script(folder: folder))])
    let reply = try #require(replies.first)
    #expect(reply.status == .fine, "\(reply.text)")
    let held = reply.answers.count { answer in
      if case .done(let said) = answer.body { said.hasSuffix(" hold") || said.hasSuffix(" holds") } else { false }
    }
    let tests = text.split(separator: "\n").count { $0.hasPrefix("test \"") }
    #expect(tests > 1 && held == tests, "\(reply.text)")
  }

  /// Every KPI of the library is asked for by a test beside it.
  @Test(arguments: modules) func everyKPIHasATest(name: String) throws {
    let source = try #require(StandardLibrary.modules[name])
    let tests = try #require(TestFiles.text(of: TestFiles.root + "/stdlib/tests/\(name).pvd"))
    for line in source.split(separator: "\n") where line.hasPrefix("kpi ") {
      let kpi = line.dropFirst(4).prefix { $0 != "(" }
      #expect(tests.contains("expect \(kpi)"), "\(kpi)")
    }
  }

  @Test(
    arguments: ["use xrm", "use kpis", "use xrm\nuse kpis", "use kpis\nuse xrm\nuse kpis", "use xrm\nuse quality"]
      + modules.map { "use xrm\nuse " + $0 })
  func itIsUsedWithoutAWord(program: String) {
    let reply = Sitting().run(program)
    #expect(reply.status == .fine && reply.text.isEmpty, "\(reply.text)")
  }

  static let kpis = ["return_rate", "response_time", "never_logged", "satisfied_requests", "silence_before_leaving"]

  @Test(arguments: kpis) func everyKPISaysWhatItIsAbout(name: String) throws {
    // One case is enough to see the card; the thresholds are another matter.
    let reply = Sitting().run("use xrm\nuse kpis\nadd customer \"C-1\" { name: \"Alborz\" }\n\(name)")
    let card = try #require(
      reply.answers.lazy.compactMap { answer in
        if case .card(let card) = answer.body { card } else { nil }
      }.first, "\(reply.text)")
    #expect(card.name == name)
    #expect(card.documentation?.isEmpty == false)
    #expect(card.target?.isEmpty == false)
    #expect(card.owner?.isEmpty == false)
    #expect(card.state == .tooFew)
    let source = try #require(StandardLibrary.modules["kpis"])
    let declared = try #require(source.range(of: "kpi \(name)"))
    let next = source[declared.upperBound...].range(of: "\nkpi ")?.lowerBound ?? source.endIndex
    #expect(source[declared.upperBound..<next].contains("\n  decide "))
  }

  @Test func onesOwnNamesAreBoundOnce() {
    let reply = Sitting().run(
      """
      entity customer { name: text, left: date happens }
      event sale_order { customer, state: text, at: date }
      define purchase as sale_order where state = "sale"
      event contact { customer, logged: yesno }
      event visit is contact { }
      event call is contact { duration }
      use kpis
      add customer "C-1" { name: "Alborz" }
      add sale_order { customer: "C-1", state: "sale", at: 2023-01-01 }
      add sale_order { customer: "C-1", state: "draft", at: 2023-02-01 }
      add sale_order { customer: "C-1", state: "sale", at: 2023-03-01 }
      as of 2024-12-31
      customer | share(first(purchase) then purchase within 6 months)
      return_rate
      """)
    #expect(reply.status == .fine, "\(reply.text)")
    #expect(reply.text.contains("100%"))
    #expect(reply.text.contains("too few (n = 1; 10 are needed)"))
  }
}

extension String {
  fileprivate func range(of other: String) -> Range<Index>? { self[...].range(of: other) }
}

extension Substring {
  fileprivate func range(of other: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(other) { return start..<(index(start, offsetBy: other.count)) }
      start = index(after: start)
    }
    return nil
  }
}
