import Glibc
import PeyvandBase

/// A spec as data: cases of input, a line `---`, and what comes out.
///
/// A file holds one case or several, each begun by `=== title`. Lines `[tokens]`, `[tree]`, `[errors]`, `[format]`
/// before the input say which stage is shown; `PEYVAND_RECORD=1` writes what came out into the file, to be
/// reviewed in the commit.
package struct SpecFile {
  package struct Case {
    package var title: String?
    package var stages: [String]
    package var input: String
    package var expected: String
  }

  package struct NotThere: Error { package var path: String }

  package var path: String
  package var cases: [Case]

  package static let folder = TestFiles.root + "/Tests/Spec"

  package static var isRecording: Bool { getenv("PEYVAND_RECORD") != nil }

  /// The spec files of a folder below `Tests/Spec`, by name.
  package static func names(in folder: String) -> [String] {
    TestFiles.names(in: Self.folder + "/" + folder).filter { $0.hasSuffix(".pvt") }.map { folder + "/" + $0 }
  }

  package init(_ name: String) throws {
    path = Self.folder + "/" + name
    guard let text = TestFiles.text(of: path) else { throw NotThere(path: path) }
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
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
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
        ["tokens", "tree", "errors", "format", "checked"].contains(String(line.dropFirst().dropLast()))
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

  package func save() throws {
    var text = ""
    for one in cases {
      if let title = one.title { text += "=== \(title)\n" }
      for stage in one.stages { text += "[\(stage)]\n" }
      text += one.input + "\n---\n"
      if !one.expected.isEmpty { text += one.expected + "\n" }
    }
    TestFiles.write(path, text)
  }

  /// Line and column from 1, the column in scalars.
  package static func position(_ offset: Int32, in text: String) -> (Int, Int) {
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

/// A diagnostic as the specs show it: code, place, width and words, then labels and notes.
package func specLines(_ diagnostic: Diagnostic, in input: String) -> [String] {
  let (line, column) = SpecFile.position(diagnostic.labels.first?.range.start ?? 0, in: input)
  let width = diagnostic.labels.first.map { Int($0.range.end - $0.range.start) } ?? 0
  var lines = ["\(diagnostic.code) \(line):\(column)+\(width) \(diagnostic.message)"]
  for label in diagnostic.labels.prefix(1) where !label.text.isEmpty { lines.append("  ^ \(label.text)") }
  for label in diagnostic.labels.dropFirst() {
    let (line, column) = SpecFile.position(label.range.start, in: input)
    lines.append("  ^ \(line):\(column) \(label.text)")
  }
  for note in diagnostic.notes { lines.append("  = \(note)") }
  return lines
}
