import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandTestSupport
import Testing

/// Programs drawn by chance, asked of the engine and of the plain evaluator: both must say the same.
///
/// `PEYVAND_RANDOM_PROGRAMS` sets how many, `PEYVAND_RANDOM_SEED` and `PEYVAND_RANDOM_COMPANY` where to begin.
@Suite struct RandomProgramTests {
  private static func setting(_ name: String, else otherwise: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? otherwise
  }
  static let count = setting("PEYVAND_RANDOM_PROGRAMS", else: 300)
  static let firstSeed = setting("PEYVAND_RANDOM_SEED", else: 0)
  static let firstCompany = setting("PEYVAND_RANDOM_COMPANY", else: 11)
  static let companies = (0..<3).map { UInt64(firstCompany + $0) }

  @Test(arguments: companies) func engineAndReferenceAgree(_ companySeed: UInt64) {
    let comparison = EngineComparison(RandomCompany(seed: companySeed))
    var agreed = 0
    var receipts = 0
    var unsound = 0
    var unsupported: [String: Int] = [:]
    var found = 0
    for seed in Self.firstSeed..<(Self.firstSeed + Self.count) {
      var generator = ProgramGenerator(seed: UInt64(seed))
      let program = generator.program()
      switch comparison.verdict(program) {
      case .agree(let told):
        agreed += 1
        receipts += told ? 1 : 0
      case .unsound: unsound += 1
      case .unsupported(let what): unsupported[what, default: 0] += 1
      case .differ(let difference):
        found += 1
        let shrinker = ProgramShrinker { smaller in
          if case .differ = comparison.verdict(smaller, batchSizes: EngineComparison.batchSizes) { true } else { false }
        }
        let small = found <= 12 ? shrinker.smallest(program) : program
        var told = difference
        if case .differ(let other) = comparison.verdict(small) { told = other }
        Issue.record("company \(companySeed), program \(seed):\n\(small)\n\(told)")
      }
    }
    let sound = Self.count - unsound
    #expect(sound * 10 >= Self.count * 6, "only \(sound) of \(Self.count) programs are sound")
    #expect(agreed + found + unsupported.values.reduce(0, +) == sound)
    #expect(unsupported.values.reduce(0, +) * 20 <= Self.count, "\(unsupported)")
    #expect(receipts * 3 >= agreed, "only \(receipts) receipts of \(agreed) were compared")
  }
}
