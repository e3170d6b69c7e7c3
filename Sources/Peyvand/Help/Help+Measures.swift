import PeyvandBase
import PeyvandStdlib

/// The measures: what each is, its formula, its source, an example with its result, and its traps.
///
/// They stand in `docs/measures.md`, a section a measure, so that they are read in the repository and at the prompt alike,
/// and so that a test can run what they show. A section says by which words it is asked for: `At the prompt: ? gini`.
extension Help {
  struct Measure: Sendable {
    /// The words that show it.
    let words: [String]
    /// The section as it stands on the page, from its title on.
    let section: Substring
  }

  static let measures: [Measure] = {
    let page = MeasurePages.pages["measures"] ?? ""
    var sections: [[Substring]] = []
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") {
        sections.append([line])
      } else if !sections.isEmpty {
        sections[sections.count - 1].append(line)
      }
    }
    return sections.compactMap { lines in
      guard let asked = lines.first(where: { $0.hasPrefix(prompt) }) else { return nil }
      let words = asked.split(separator: "`").filter { $0.hasPrefix("? ") }.map { String($0.dropFirst(2)) }
      let shown = lines.filter { !$0.hasPrefix(prompt) }
      return Measure(words: words, section: Substring(shown.joined(separator: "\n")))
    }
  }()

  /// The words that show a section.
  package static let measureWords = measures.flatMap(\.words)

  private static let prompt = "At the prompt:"

  /// The sections that explain a word, as a terminal shows them.
  static func measures(of word: String) -> [String] {
    let key = searchKey(word)
    return measures.filter { $0.words.contains { searchKey($0) == key } }.map { plain($0.section) }
  }
}
