import Peyvand
import PeyvandCheck
import PeyvandSyntax
import PeyvandTestSupport
import Testing

/// The reference, `docs/language.md` and the page of `then`, held to the product: every sample runs, and prints what
/// stands under it. Those of the reference run in one sitting, one after the other; on the page of `then` each section
/// has a sitting of its own. Those of the measures run on the example company.
///
/// A sample is a block marked `peyvand`; the block marked `answer` that follows it is what it prints. A sample without
/// one prints nothing but what was added. A block without a mark is shown and not run.
@Suite struct LanguageReferenceTests {
  enum Page: String, CaseIterable {
    case language, then, measures
    case imports = "import"

    var path: String { TestFiles.root + "/docs/\(rawValue).md" }
    /// Whether each section has a store of its own.
    var beginsAfresh: Bool { self == .then || self == .imports }
    /// What is said before the first sample: the example company.
    var opening: [Sitting.Text] {
      get throws {
        guard self == .measures else { return [] }
        return try ["schema.pvd", "import.pvd"].map(CompanyTests.script)
      }
    }
    /// Whether what was done is shown, with its notes.
    var showsDone: Bool { self == .imports }
    /// A page of few samples.
    var fewest: Int { self == .imports ? 3 : 20 }
  }

  /// A piece of the page: prose as it is, a sample, or an answer.
  private enum Piece {
    case prose([Substring])
    case sample([Substring])
    case answer([Substring])
    /// A file beside the samples of its section: the words of its mark, and its lines.
    case file([Substring], [Substring])
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
        default:
          let words = open.dropFirst(3).split(separator: " ")
          pieces.append(words.count == 2 ? .file(words, lines) : .prose([open] + lines + ["```"]))
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

  @Test(arguments: Page.allCases) func everySamplePrintsWhatStandsUnderIt(of page: Page) throws {
    let pieces = Self.pieces(try #require(TestFiles.text(of: page.path)))
    let opening = try page.opening
    var sittings: [[Sitting.Text]] = [opening]
    // A folder for the files of each section.
    var folders = [ScratchFolder()]
    for piece in pieces {
      switch piece {
      case .prose(let lines):
        if page.beginsAfresh, lines.contains(where: { $0.hasPrefix("## ") }) {
          sittings.append([])
          folders.append(ScratchFolder())
        }
      case .file(let words, let lines):
        let text = lines.joined(separator: "\n") + "\n"
        folders[folders.count - 1].file(
          String(words[1]),
          bytes: words[0] == "bytes"
            ? text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) } : Array(text.utf8))
      case .sample(let lines):
        sittings[sittings.count - 1].append(
          Sitting.Text(
            text: lines.joined(separator: "\n"), name: "sample",
            origin: page == .imports ? .script(folder: folders[folders.count - 1].path) : .typed,
            showsDone: page.showsDone))
      case .answer: break
      }
    }
    let samples = sittings.joined().map(\.text).dropFirst(opening.count)
    try #require(samples.count > page.fewest)
    var sitting = Sitting()
    // What is shown of data that come in does not change with the day.
    if page == .imports { sitting.asOf = "2024-12-31" }
    let replies = sittings.flatMap { [sitting] in sitting.run($0) }.dropFirst(opening.count)
    try #require(replies.count == samples.count)
    var number = 0
    var written: [Substring] = []
    var pending: String?
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .prose(let lines): written += lines
      case .file(let words, let lines): written += ["```" + words.joined(separator: " ")] + lines + ["```"]
      case .answer(let lines):
        if let pending, !SpecFile.isRecording {
          #expect(lines.joined(separator: "\n") == pending, "\(samples[opening.count + number - 1])")
        }
        pending = nil
      case .sample(let lines):
        var printed = replies[opening.count + number].text
        while printed.hasSuffix("\n") { printed.removeLast() }
        number += 1
        written += ["```peyvand"] + lines + ["```"]
        guard !printed.isEmpty else { continue }
        written += ["", "```answer"] + printed.split(separator: "\n", omittingEmptySubsequences: false) + ["```"]
        pending = printed
        let hasAnswer = pieces[(index + 1)...].prefix(2).contains { if case .answer = $0 { true } else { false } }
        if !SpecFile.isRecording { #expect(hasAnswer, "no answer stands under \(samples[opening.count + number - 1])") }
      }
    }
    if SpecFile.isRecording { TestFiles.write(page.path, Self.tidied(written)) }
  }

  /// Every word of the keyword table, and every function of the function table, stands in some sample.
  @Test func everyWordIsShown() throws {
    var words: Set<String> = []
    var called: Set<String> = []
    for page in Page.allCases {
      for case .sample(let lines) in Self.pieces(try #require(TestFiles.text(of: page.path))) {
        var parser = Parser(lines.joined(separator: "\n"))
        let source = parser.parse().source
        for (index, token) in source.tokens.enumerated() where token.kind == .name {
          if let keyword = token.keyword { words.insert(keyword.rawValue) }
          if index + 1 < source.tokens.count, source.tokens[index + 1].kind == .open {
            called.insert(source.text(of: token))
          }
        }
      }
    }
    #expect(Set(Keyword.allCases.map(\.rawValue)).subtracting(words).sorted() == [])
    #expect(Set(FunctionWords.names).subtracting(called).sorted() == [])
  }

  /// Every option of an import stands in the table of its page.
  @Test func everyOptionOfAnImportIsShown() throws {
    let page = try #require(TestFiles.text(of: Page.imports.path))
    for option in ImportOption.all { #expect(page.contains("| `\(option.name)` |"), "\(option.name)") }
  }

  /// Help and completion speak of the functions there are, and of no others.
  @Test func helpKnowsTheFunctions() {
    #expect(Set(Help.functions) == Set(FunctionWords.names.map { $0 + "(" }))
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
