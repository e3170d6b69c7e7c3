import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

/// Programs that other tests turn, cut and format.
enum Programs {
  /// Every case of the specs whose expected output shows no error.
  static let right: [String] = SpecFile.names(in: "syntax").flatMap { name -> [String] in
    guard let file = try? SpecFile(name) else { return [] }
    return file.cases.map(\.input).filter { input in
      var parser = Parser(input)
      return parser.parse().diagnostics.isEmpty
    }
  }

  /// Every right program of the repository: of all specs, of the docs' samples, of the golden tests, and the scripts.
  static let everywhere: [String] = {
    let specs = ["syntax", "errors", "check", "answers"].flatMap { SpecFile.names(in: $0) }
    var programs = specs.flatMap { name in (try? SpecFile(name))?.cases.map(\.input) ?? [] }
    for page in TestFiles.files(below: TestFiles.root + "/docs", ending: ".md") {
      programs += samples(of: TestFiles.text(of: page) ?? "")
    }
    programs += ["stdlib", "scripts", "docs", "Tests/Golden"]
      .flatMap { TestFiles.files(below: TestFiles.root + "/" + $0, ending: ".pvd") }
      .compactMap(TestFiles.text(of:))
    return programs.filter { input in
      var parser = Parser(input)
      return parser.parse().diagnostics.isEmpty
    }
  }()

  /// What stands between ```` ```peyvand ```` or ```` ``` ```` and the next fence.
  private static func samples(of page: String) -> [String] {
    var samples: [String] = []
    var lines: [Substring]?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let sample = lines { samples.append(sample.joined(separator: "\n")) }
        lines = lines == nil ? [] : nil
      } else {
        lines?.append(line)
      }
    }
    return samples
  }

  /// Every case of the specs, right or wrong.
  static let all: [String] = (SpecFile.names(in: "syntax") + SpecFile.names(in: "errors")).flatMap { name in
    (try? SpecFile(name))?.cases.map(\.input) ?? []
  }
}

/// xorshift64*: the same programs on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 2_685_821_657_736_338_717
  }
}
