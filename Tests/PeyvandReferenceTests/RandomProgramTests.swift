import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandTestSupport
import Testing

/// Programs drawn by chance, asked of the engine and of the plain evaluator: both must say the same.
///
/// A program is asked over one company of several, in batches of one row, of seven or of all, so that ten thousand of
/// them take a minute. `PEYVAND_RANDOM_PROGRAMS` sets how many (of millions, some are asked in every size),
/// `PEYVAND_RANDOM_SEED` where to begin, `PEYVAND_RANDOM_COMPANY` the first company.
@Suite struct RandomProgramTests {
  private static func setting(_ name: String, else otherwise: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? otherwise
  }
  static let count = setting("PEYVAND_RANDOM_PROGRAMS", else: 10_000)
  static let firstSeed = setting("PEYVAND_RANDOM_SEED", else: 0)
  static let firstCompany = setting("PEYVAND_RANDOM_COMPANY", else: 11)
  static let companies = 24

  /// What became of the programs of one company.
  private struct Tally {
    var agreed = 0
    var receipts = 0
    var unsound = 0
    var unsupported: [String: Int] = [:]
    var found = 0
  }

  @Test(arguments: 0..<companies) func engineAndReferenceAgree(_ number: Int) {
    let companySeed = UInt64(Self.firstCompany + number)
    let comparison = EngineComparison(RandomCompany(seed: companySeed))
    var tally = Tally()
    let seeds = stride(from: Self.firstSeed + number, to: Self.firstSeed + Self.count, by: Self.companies)
    var asked = 0
    for seed in seeds {
      asked += 1
      var generator = ProgramGenerator(seed: UInt64(seed))
      let program = generator.program()
      // One in twenty in every size, whose receipts must then be alike too.
      let place = seed / Self.companies
      let sizes = place % 20 == 0 ? EngineComparison.batchSizes : [[8192, 7, 1, 7][place % 4]]
      switch comparison.verdict(program, batchSizes: sizes, threads: 1 + place / 4 % 2) {
      case .agree(let told):
        tally.agreed += 1
        tally.receipts += told ? 1 : 0
      case .unsound: tally.unsound += 1
      case .unsupported(let what): tally.unsupported[what, default: 0] += 1
      case .differ(let difference):
        tally.found += 1
        tell(program, difference, company: companySeed, seed: seed, comparison, isShrunk: tally.found <= 4)
      }
    }
    let sound = asked - tally.unsound
    let unsupported = tally.unsupported.values.reduce(0, +)
    #expect(sound * 10 >= asked * 6, "only \(sound) of \(asked) programs are sound")
    #expect(tally.agreed + tally.found + unsupported == sound)
    #expect(unsupported * 20 <= asked, "\(tally.unsupported)")
    #expect(tally.receipts * 3 >= tally.agreed, "only \(tally.receipts) receipts of \(tally.agreed) were compared")
  }

  /// What goes with an outcome.
  @Test(arguments: 0..<8) func agreeAboutWhy(_ number: Int) {
    let companySeed = UInt64(Self.firstCompany + 200 + number)
    let comparison = EngineComparison(RandomCompany(seed: companySeed))
    var agreed = 0
    for seed in stride(from: Self.firstSeed + number, to: Self.firstSeed + Self.count / 25, by: 8) {
      var generator = ProgramGenerator(seed: UInt64(seed))
      let program = generator.whyProgram()
      switch comparison.verdict(program, batchSizes: [[8192, 7, 1, 7][seed / 8 % 4]], asksReceipts: false) {
      case .agree: agreed += 1
      case .unsound, .unsupported: break
      case .differ(let difference):
        tell(program, difference, company: companySeed, seed: seed, comparison, isShrunk: true)
      }
    }
    #expect(agreed * 8 * 25 * 5 >= Self.count, "only \(agreed) programs agreed")
  }

  /// KPIs as tables: by groups, over periods, against another period, through their stages.
  @Test(arguments: 0..<12) func agreeAboutKPIs(_ number: Int) {
    let companySeed = UInt64(Self.firstCompany + 200 + number)
    let comparison = EngineComparison(RandomCompany(seed: companySeed))
    var agreed = 0
    var (asked, sound) = (0, 0)
    for seed in stride(from: Self.firstSeed + number, to: Self.firstSeed + Self.count / 10, by: 12) {
      asked += 1
      var generator = ProgramGenerator(seed: UInt64(seed), isAboutKPIs: true)
      let program = generator.program()
      let sizes = [[8192, 7, 1, 7][seed / 12 % 4]]
      switch comparison.verdict(program, batchSizes: sizes, asksReceipts: false) {
      case .agree:
        agreed += 1
        sound += 1
      case .unsound: break
      case .unsupported: sound += 1
      case .differ(let difference):
        sound += 1
        tell(program, difference, company: companySeed, seed: seed, comparison, isShrunk: true)
      }
    }
    #expect(agreed * 10 >= sound * 7, "only \(agreed) of \(sound) were compared")
    #expect(sound * 3 >= asked, "only \(sound) of \(asked) are sound")
  }

  /// The states of watched KPIs, and what is due of processes.
  @Test(arguments: 0..<8) func agreeAboutWatchesAndAgendas(_ number: Int) {
    let companySeed = UInt64(Self.firstCompany + 300 + number)
    let comparison = EngineComparison(RandomCompany(seed: companySeed))
    var (asked, agreed) = (0, 0)
    for seed in stride(from: Self.firstSeed + number, to: Self.firstSeed + Self.count / 10, by: 8) {
      asked += 1
      var generator = ProgramGenerator(seed: UInt64(seed))
      let isAWatch = seed / 8 % 2 == 0
      let program = isAWatch ? generator.watchProgram() : generator.agendaProgram()
      let size = [8192, 7, 1, 7][seed / 8 % 4]
      let verdict =
        isAWatch
        ? comparison.watchVerdict(program, batchSize: size) : comparison.agendaVerdict(program, batchSize: size)
      switch verdict {
      case .agree: agreed += 1
      case .unsound, .unsupported: break
      case .differ(let difference):
        Issue.record("company \(companySeed), seed \(seed):\n\(program)\n\(difference)")
      }
    }
    #expect(agreed * 3 >= asked, "only \(agreed) of \(asked) were compared")
  }

  /// Programs about working time, gaps and differences, over companies whose clocks change and that have working hours.
  @Test(arguments: 0..<12) func agreeAboutTime(_ number: Int) {
    let companySeed = UInt64(Self.firstCompany + 100 + number)
    let comparison = EngineComparison(RandomCompany(seed: companySeed, isAboutTime: true))
    var agreed = 0
    var asked = 0
    for seed in stride(from: Self.firstSeed + number, to: Self.firstSeed + Self.count / 5, by: 12) {
      asked += 1
      var generator = ProgramGenerator(seed: UInt64(seed), isAboutTime: true)
      let program = generator.program()
      let sizes = [[8192, 7, 1, 7][seed / 12 % 4]]
      switch comparison.verdict(program, batchSizes: sizes, asksReceipts: false) {
      case .agree: agreed += 1
      case .unsound, .unsupported: break
      case .differ(let difference):
        tell(program, difference, company: companySeed, seed: seed, comparison, isShrunk: true)
      }
    }
    #expect(agreed * 2 >= asked, "only \(agreed) of \(asked) programs were compared")
  }

  /// What both say of the program in `PEYVAND_ASK`, to look into a difference.
  @Test(.enabled(if: getenv("PEYVAND_ASK") != nil)) func asked() throws {
    let program = getenv("PEYVAND_ASK").map { String(cString: $0) } ?? ""
    let comparison = EngineComparison(RandomCompany(seed: UInt64(Self.firstCompany)))
    print(comparison.both(program))
    print(comparison.verdict(program))
  }

  /// A difference, by a program as small as can be.
  private func tell(
    _ program: String, _ difference: String, company: UInt64, seed: Int, _ comparison: EngineComparison,
    isShrunk: Bool
  ) {
    let shrinker = ProgramShrinker { smaller in
      if case .differ = comparison.verdict(smaller) { true } else { false }
    }
    let small = isShrunk ? shrinker.smallest(program) : program
    var told = difference
    if case .differ(let other) = comparison.verdict(small) { told = other }
    Issue.record("company \(company), program \(seed):\n\(small)\n\(told)")
  }
}
