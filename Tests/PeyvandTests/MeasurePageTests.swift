import Peyvand
import PeyvandStdlib
import PeyvandTestSupport
import Testing

/// The page of the measures as the prompt shows it, a section for each word.
@Suite struct MeasurePageTests {
  static let words = Help.measureWords

  @Test(arguments: words) func aMeasureIsExplainedWhole(_ word: String) throws {
    let text = try #require(Help.explanation(of: word))
    for part in ["What. ", "Formula. ", "Source. ", "Traps. "] { #expect(text.contains(part), "\(word): \(part)") }
    #expect(!text.contains("**") && !text.contains("```") && !text.contains("At the prompt"), "\(word)")
    // An example, and its result with the receipt.
    #expect(text.contains(" · as of 2024-12-31") || text.contains("as of     2024-12-31"), "\(word)\n\(text)")
  }

  /// Every section of the page is shown by some word, so that none is lost.
  @Test func everySectionHasAWord() throws {
    let page = try #require(TestFiles.text(of: TestFiles.root + "/docs/measures.md"))
    let titles = page.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
    let shown = Self.words.compactMap(Help.explanation).joined(separator: "\n")
    #expect(titles.count > 20)
    for title in titles { #expect(shown.contains(title), "\(title)") }
  }

  /// What measures rather than computes, and every KPI of the library, is on the page.
  @Test func everyMeasureIsThere() {
    let kpis = StandardLibrary.modules.values.joined(separator: "\n").split(separator: "\n")
      .filter { $0.hasPrefix("kpi ") }
      .map { line in String(line.dropFirst(4).prefix { $0 != "(" }) }
    #expect(kpis.count > 8)
    let measures = [
      "share", "gaps", "retention", "median_until", "survival", "logrank", "incidence", "why", "odds_ratio",
      "chi_square",
      "cramers_v", "credit", "funnel", "flow", "variant", "rework", "through", "concentration", "gini", "bg_nbd",
      "control", "correlation", "spearman", "trend", "autocorrelation", "rank", "percentile_rank", "low", "high",
    ]
    #expect(Set(kpis + measures).subtracting(Self.words).sorted() == [])
  }
}
