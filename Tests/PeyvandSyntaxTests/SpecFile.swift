import Glibc
import PeyvandBase
import Testing

@testable import PeyvandSyntax

/// A spec as data: cases of input, a line `---`, and what comes out.
///
/// A file holds one case or several, each begun by `=== title`. Lines `[tokens]`, `[tree]`, `[errors]`, `[format]`
/// before the input say which stage is shown; `PEYVAND_RECORD=1` writes what came out into the file, to be
/// reviewed in the commit.
struct SpecFile {
  struct Case {
    var title: String?
    var stages: [String]
    var input: String
    var expected: String
  }

  var path: String
  var cases: [Case]

  static var folder: String {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return parts.joined(separator: "/") + "/Spec"
  }

  static var isRecording: Bool { getenv("PEYVAND_RECORD") != nil }

  /// The spec files of a folder below `Tests/Spec`, by name.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(Self.folder + "/" + folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".pvt") { names.append(folder + "/" + name) }
    }
    return names.sorted()
  }

  init(_ name: String) throws {
    path = Self.folder + "/" + name
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[0..<count]
    }
    cases = []
    var current = Case(title: nil, stages: [], input: "", expected: "")
    var lines: [Substring] = []
    var input: [Substring]?
    func finish() {
      current.input = (input ?? lines).joined(separator: "\n")
      var expected = input == nil ? [] : lines
      while expected.last?.isEmpty == true { expected.removeLast() }
      current.expected = expected.joined(separator: "\n")
    }
    var isFirst = true
    let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (place, line) in all.enumerated() {
      if place == all.count - 1, line.isEmpty { break }
      if line.hasPrefix("===") {
        if !isFirst || !lines.isEmpty {
          finish()
          cases.append(current)
        }
        current = Case(title: String(line.dropFirst(3).drop { $0 == " " }), stages: [], input: "", expected: "")
        lines = []
        input = nil
      } else if input == nil, lines.isEmpty, line.hasPrefix("["), line.hasSuffix("]"),
        ["tokens", "tree", "errors", "format"].contains(String(line.dropFirst().dropLast()))
      {
        current.stages.append(String(line.dropFirst().dropLast()))
      } else if line == "---", input == nil {
        input = lines
        lines = []
      } else {
        lines.append(line)
      }
      isFirst = false
    }
    finish()
    cases.append(current)
  }

  func save() throws {
    var text = ""
    for one in cases {
      if let title = one.title { text += "=== \(title)\n" }
      for stage in one.stages { text += "[\(stage)]\n" }
      text += one.input + "\n---\n"
      if !one.expected.isEmpty { text += one.expected + "\n" }
    }
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    _ = fputs(text, file)
  }
}

/// What the stages of the syntax room make of a text.
enum Stages {
  static func output(of input: String, stages: [String]) -> String {
    var parser = Parser(input)
    let result = parser.parse()
    var output: [String] = []
    for stage in stages.isEmpty ? ["tree"] : stages {
      switch stage {
      case "tokens": output.append(tokens(result.source))
      case "format": output.append((Formatter.format(input) ?? "").trimmingLastNewline)
      case "errors": output.append(errors(result, in: input))
      default: output.append(TreePrinter().print(result.tree))
      }
    }
    if !stages.contains("errors"), !stages.contains("tokens"), !result.diagnostics.isEmpty {
      output.append(errors(result, in: input))
    }
    return output.joined(separator: "\n")
  }

  private static func tokens(_ source: LexedText) -> String {
    source.tokens.map { token in
      var line = token.startsLine && token.kind != .end ? "\(token.indent)> " : "   "
      line += "\(token.kind)"
      if let keyword = token.keyword { line += " \(keyword)" }
      if let literal = source.literal(of: token) { line += " \(describe(literal))" }
      return token.kind == .end ? "end" : line + " `\(source.text(of: token))`"
    }.joined(separator: "\n")
  }

  private static func describe(_ literal: Literal) -> String {
    switch literal {
    case .number(let value, let isPercent): "\(value)\(isPercent ? " percent" : "")"
    case .date(let date): "\(date.system) day \(date.day)" + (date.second.map { " second \($0)" } ?? "")
    case .period(let period): "\(period.system) \(period.year) \(period.part)"
    case .clock(let second): "\(second)"
    case .text(let text): TreePrinter.quoted(text)
    }
  }

  static func errors(_ result: ParseResult, in input: String) -> String {
    var lines: [String] = []
    for diagnostic in result.diagnostics {
      let (line, column) = position(diagnostic.labels.first?.range.start ?? 0, in: input)
      let range = diagnostic.labels.first?.range
      let width = range.map { Int($0.end - $0.start) } ?? 0
      lines.append("\(diagnostic.code) \(line):\(column)+\(width) \(diagnostic.message)")
      for label in diagnostic.labels.prefix(1) where !label.text.isEmpty { lines.append("  ^ \(label.text)") }
      for label in diagnostic.labels.dropFirst() {
        let (line, column) = position(label.range.start, in: input)
        lines.append("  ^ \(line):\(column) \(label.text)")
      }
      for note in diagnostic.notes { lines.append("  = \(note)") }
    }
    if result.isIncomplete { lines.append("incomplete") }
    return lines.isEmpty ? "none" : lines.joined(separator: "\n")
  }

  /// Line and column from 1, the column in scalars.
  static func position(_ offset: Int32, in text: String) -> (Int, Int) {
    var line = 1
    var column = 1
    var place = 0
    for scalar in text.unicodeScalars {
      if place >= Int(offset) { break }
      place += UTF8.width(scalar)
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return (line, column)
  }
}

extension String {
  var trimmingLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
