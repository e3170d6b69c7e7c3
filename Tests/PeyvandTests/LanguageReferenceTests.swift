import Glibc
import PeyvandTestSupport
import Testing

/// The reference, `docs/language.md`, held to the product: every sample runs, one after the other in one sitting, and
/// prints what stands under it.
///
/// A sample is a block marked `peyvand`; the block marked `answer` that follows it is what it prints. A sample without
/// one prints nothing but what was added. A block without a mark is shown and not run.
@Suite struct LanguageReferenceTests {
  static let path = Sitting.packageFolder + "/docs/language.md"

  /// A piece of the page: prose as it is, a sample, or an answer.
  private enum Piece {
    case prose([Substring])
    case sample([Substring])
    case answer([Substring])
  }

  private static func pieces(_ page: String) -> [Piece] {
    var pieces: [Piece] = []
    var lines: [Substring] = []
    var mark: Substring?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = mark {
        guard line == "```" else {
          lines.append(line)
          continue
        }
        switch open {
        case "```peyvand": pieces.append(.sample(lines))
        case "```answer": pieces.append(.answer(lines))
        default: pieces.append(.prose([open] + lines + ["```"]))
        }
        (lines, mark) = ([], nil)
      } else if line.hasPrefix("```") {
        pieces.append(.prose(lines))
        (lines, mark) = ([], line)
      } else {
        lines.append(line)
      }
    }
    pieces.append(.prose(lines))
    return pieces
  }

  @Test func everySamplePrintsWhatStandsUnderIt() throws {
    let page = try #require(Sitting.read(Self.path))
    let pieces = Self.pieces(page)
    var samples: [String] = []
    for case .sample(let lines) in pieces { samples.append(lines.joined(separator: "\n")) }
    try #require(samples.count > 40)
    let replies = Sitting().run(samples.map { Sitting.Text(text: $0, name: "sample", showsDone: false) })
    try #require(replies.count == samples.count)
    var number = 0
    var written: [Substring] = []
    var pending: String?
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .prose(let lines): written += lines
      case .answer(let lines):
        if let pending, !SpecFile.isRecording {
          #expect(lines.joined(separator: "\n") == pending, "\(samples[number - 1])")
        }
        pending = nil
      case .sample(let lines):
        var printed = replies[number].text
        while printed.hasSuffix("\n") { printed.removeLast() }
        number += 1
        written += ["```peyvand"] + lines + ["```"]
        guard !printed.isEmpty else { continue }
        written += ["", "```answer"] + printed.split(separator: "\n", omittingEmptySubsequences: false) + ["```"]
        pending = printed
        let hasAnswer = pieces[(index + 1)...].prefix(2).contains { if case .answer = $0 { true } else { false } }
        if !SpecFile.isRecording { #expect(hasAnswer, "no answer stands under \(samples[number - 1])") }
      }
    }
    if SpecFile.isRecording { Sitting.write(Self.path, Self.tidied(written)) }
  }

  /// Without the blank lines that a replaced answer left behind.
  private static func tidied(_ lines: [Substring]) -> String {
    var result: [Substring] = []
    var isInside = false
    for line in lines {
      if line.hasPrefix("```") { isInside = !isInside }
      if !isInside, line.isEmpty, result.last?.isEmpty == true { continue }
      result.append(line)
    }
    while result.last?.isEmpty == true { result.removeLast() }
    return result.joined(separator: "\n") + "\n"
  }
}
