import PeyvandTestSupport
import Testing

/// The programs that the language was designed by, each found by its number among the specs of answers.
///
/// `3 …` is the third of the first right programs, `first wrong 3` the third of the first wrong ones, `right 3: …` and
/// `wrong 3: …` are programs of the project's own.
@Suite struct SpecCoverageTests {
  private static func titles() throws -> [String] {
    try SpecFile.names(in: "answers").flatMap { try SpecFile($0).cases.compactMap(\.title) }
  }

  private static func numbers(after prefix: String, _ titles: [String]) -> Set<Int> {
    Set(
      titles.compactMap { title in
        guard title.hasPrefix(prefix) else { return nil }
        return Int(title.dropFirst(prefix.count).prefix { $0.isNumber })
      })
  }

  @Test func theFirstProgramsHaveEachItsSpec() throws {
    let titles = try Self.titles()
    // The cohort triangle (20) belongs to measures; 40 is the third in Persian.
    let wanted = Set(1...39).subtracting([20])
    #expect(wanted.subtracting(Self.numbers(after: "", titles)).sorted() == [])
    #expect(Self.numbers(after: "first wrong ", titles).isSuperset(of: 1...30))
  }

  @Test func ownProgramsAreThirtyOfEach() throws {
    let titles = try Self.titles()
    #expect(Self.numbers(after: "right ", titles).isSuperset(of: 1...30))
    #expect(Self.numbers(after: "wrong ", titles).isSuperset(of: 1...30))
  }
}
