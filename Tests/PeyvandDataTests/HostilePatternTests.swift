import PeyvandBase
import PeyvandData
import Testing

/// Patterns that would hang or end another engine: each is refused or works in time linear in the text.
@Suite struct HostilePatternTests {
  private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      times(20, "(") + times(19, "){900}") + ")", times(30, "(a") + times(30, "){900}"), "a" + times(200_000, "*"),
      "a" + times(50, "{0,1}"), times(150, "(") + "a" + times(150, ")"), "a{1001}", "(a", "[b-a]", times(20_000, "a|"),
    ])
  func isRefused(_ pattern: String) {
    let isPattern = TextPattern(pattern) != nil
    #expect(!isPattern)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["^(a+)+$", "^(a*)*$", "^(a|aa)+$", "^((a?){20}){20}$", "^(()*)*$", "(a|b|ab)*c$", "^(.*.*.*.*)*x$"])
  func isLinear(_ pattern: String) throws {
    let found = try #require(TextPattern(pattern))
    let isFound = found.matches(Self.times(3_000, "a") + "!")
    #expect(!isFound)
  }

  @Test func interruptionEndsAMatch() throws {
    let pattern = try #require(TextPattern("((a?){20}){20}b"))
    let interruption = Interruption()
    interruption.interrupt()
    let isFound = pattern.matches(Self.times(1_000_000, "a") + "b", unless: interruption)
    #expect(!isFound)
  }
}
