import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandTestSupport

/// A page of `docs/errors` as data: its title, and the blocks of its example and of its remedy.
///
/// A block is marked by what it is: `peyvand` a program, with the flags that it is run with; `csv NAME`, `pvd NAME` and
/// `bytes NAME` (in hexadecimal) a file beside it; `store` the store that is opened; `shown` what is only shown.
struct ErrorPage {
  struct Block {
    var mark: String
    var words: [String]
    var text: String
  }

  struct Section {
    var name: String
    var prose: [String] = []
    var blocks: [Block] = []

    /// What is run; nil where the section only shows something, or says why it cannot.
    var program: Block? { blocks.first { $0.mark == "peyvand" } }
  }

  var title = ""
  var cause: [String] = []
  var sections: [Section] = []

  init(_ page: String) {
    var open: (words: [String], lines: [Substring])?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if let block = open {
        guard line == "```" else {
          open?.lines.append(line)
          continue
        }
        open = nil
        guard !sections.isEmpty else { continue }
        sections[sections.count - 1].blocks.append(
          Block(
            mark: block.words.first ?? "", words: Array(block.words.dropFirst()),
            text: block.lines.map { $0 + "\n" }.joined()))
      } else if line.hasPrefix("```") {
        open = (Self.words(line.dropFirst(3)), [])
      } else if line.hasPrefix("# ") {
        title = String(line.dropFirst(2))
      } else if line.hasPrefix("## ") {
        sections.append(Section(name: String(line.dropFirst(3))))
      } else if !line.isEmpty {
        if sections.isEmpty {
          cause.append(String(line))
        } else {
          sections[sections.count - 1].prose.append(String(line))
        }
      }
    }
  }

  /// Words of a line, those in single quotes as one.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in line {
      if character == "'" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}

extension ErrorPage.Section {
  /// What a run said: every code, of errors and of remarks, and whether any was an error.
  struct Said {
    var codes: Set<String> = []
    var hasErrors = false
    var text = ""
  }

  /// Runs the section's program in a folder of its own.
  func run() throws -> Said? {
    guard let program else { return nil }
    let folder = ScratchFolder()
    var sitting = Sitting()
    for block in blocks {
      switch block.mark {
      case "csv", "json", "pvd": folder.file(block.words.first ?? "", block.text)
      case "bytes":
        folder.file(
          block.words.first ?? "",
          bytes: block.text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) })
      case "store":
        folder.file("company.json", block.text)
        sitting.storePath = folder.path + "/company.json"
      default: break
      }
    }
    var flags = program.words[...]
    while let flag = flags.popFirst() {
      let value = flags.popFirst() ?? ""
      switch flag {
      case "--max-rows": sitting.limits.rows = Int(value) ?? 0
      case "--max-answer-rows": sitting.limits.answerRows = Int(value) ?? 0
      case "--max-funnel-steps": sitting.limits.funnelSteps = Int(value) ?? 0
      case "--max-statements": sitting.limits.statements = Int(value) ?? 0
      case "--as-of": sitting.asOf = value
      case "--allow-write": sitting.allowWrite = [folder.path]
      case "--set":
        let parts = value.split(separator: "=", maxSplits: 1)
        sitting.parameters.append((name: String(parts.first ?? ""), value: String(parts.last ?? "")))
      default: throw UnknownWord(what: "the flag \(flag)")
      }
    }
    let reply = sitting.run([Sitting.Text(text: program.text, origin: .script(folder: folder.path))]).first
    var said = Said(text: reply?.text ?? "")
    let all = (reply?.diagnostics ?? []) + (reply?.answers.flatMap(\.notes) ?? [])
    said.codes = Set(all.map(\.code))
    said.hasErrors = all.contains { $0.severity == .error }
    return said
  }
}

/// A page says something that this test does not know.
struct UnknownWord: Error { var what: String }
