import Glibc
import PeyvandFuzz
import PeyvandTestSupport
import Testing

/// Everything that the fuzzer was given or has found goes through the same entries in every run of the tests.
@Suite struct CorpusTests {
  private static let folder = TestFiles.root + "/Tests/Fuzz/Corpus"

  @Test(arguments: FuzzTarget.allCases) func nothingIsWrongWithTheCorpus(_ target: FuzzTarget) throws {
    let folder = Self.folder + "/" + target.rawValue
    let names = TestFiles.names(in: folder)
    #expect(names.count >= 10)
    for name in names {
      let bytes = try #require(TestFiles.bytes(of: folder + "/" + name))
      let problems = target.problems(bytes)
      #expect(problems.isEmpty, "\(target.rawValue)/\(name)")
    }
  }
}
