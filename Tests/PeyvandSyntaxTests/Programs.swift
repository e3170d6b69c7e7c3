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
