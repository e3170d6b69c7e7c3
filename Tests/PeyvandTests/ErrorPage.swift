import Glibc
import Peyvand
import PeyvandBase
import PeyvandData

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
    let folder = try Scratch()
    var sitting = Sitting()
    for block in blocks {
      switch block.mark {
      case "csv", "json", "pvd": folder.write(block.words.first ?? "", Array(block.text.utf8))
      case "bytes":
        folder.write(
          block.words.first ?? "",
          block.text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) })
      case "store":
        folder.write("company.json", Array(block.text.utf8))
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
      case "--max-statements": sitting.limits.statements = Int(value) ?? 0
      case "--as-of": sitting.asOf = value
      case "--allow-write": sitting.allowWrite = [folder.path]
      case "--set":
        let parts = value.split(separator: "=", maxSplits: 1)
        sitting.parameters.append((name: String(parts.first ?? ""), value: String(parts.last ?? "")))
      default: throw Scratch.Failed(what: "the flag \(flag)")
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

/// A folder that is gone again with its owner.
final class Scratch {
  struct Failed: Error { var what: String }

  let path: String

  init() throws {
    var template = Array("/tmp/peyvand-pages-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failed(what: "mkdtemp") }
    path = String(cString: made)
  }

  func write(_ name: String, _ bytes: [UInt8]) {
    if let slash = name.lastIndex(of: "/") { mkdir(path + "/" + name[..<slash], 0o700) }
    guard let file = fopen(path + "/" + name, "w") else { return }
    defer { fclose(file) }
    _ = fwrite(bytes, 1, bytes.count, file)
  }

  deinit {
    for file in FileTree.files(below: path, hidden: true) { unlink(file) }
    for folder in FileTree.folders(below: path).reversed() { rmdir(folder) }
    rmdir(path)
  }
}
