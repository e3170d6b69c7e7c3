import Glibc
import Peyvand
import PeyvandData
import PeyvandTestSupport
import Testing

/// Public sets, read as they are published by the scripts in `scripts/data`, and numbers of them that are known.
///
/// The sets are not part of the package. They are sought in `PEYVAND_DATA`, else in `shared/data` beside the
/// package's folder; where they are not, these tests are skipped and say so.
@Suite struct PublicDataTests {
  static let data: String? = {
    let named = getenv("PEYVAND_DATA").map { String(cString: $0) }
    let beside =
      TestFiles.root.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/shared/data"
    let folder = named ?? beside
    return access(folder + "/cdnow/CDNOW_master.txt", R_OK) == 0 ? folder : nil
  }()

  static let reason: Comment = "the public sets are not there: set PEYVAND_DATA to their folder"

  private static func answers(_ script: String) throws -> [Answer] {
    let folder = TestFiles.root + "/scripts/data"
    let data = try #require(data)
    var sitting = Sitting()
    sitting.parameters = [(name: "data", value: data)]
    sitting.allowRead = [data]
    let text = try #require(TestFiles.text(of: folder + "/" + script))
    let reply = try #require(sitting.run([.init(text: text, name: script, origin: .script(folder: folder))]).first)
    #expect(reply.status == .fine, "\(reply.text)")
    return reply.answers.filter { answer in
      if case .done = answer.body { false } else { true }
    }
  }

  private static func number(_ answer: Answer) -> Double? {
    switch answer.body {
    case .value(let value, _, _): number(value)
    case .table(let table) where table.columns.count == 1 && table.rowCount == 1: number(table.columns[0].values[0])
    default: nil
    }
  }

  private static func number(_ value: Value) -> Double? {
    switch value {
    case .number(let number): number
    case .duration(let duration): duration.days
    default: nil
    }
  }

  /// The numbers of a table's first row.
  private static func row(_ answer: Answer) -> [Double?] {
    guard case .table(let table) = answer.body else { return [] }
    return table.columns.map { $0.values.first.flatMap { number($0) } }
  }

  private static func keys(_ answer: Answer) -> [String] {
    guard case .table(let table) = answer.body, let column = table.columns.first else { return [] }
    return column.values.map { if case .text(let text) = $0 { text } else { "" } }
  }

  private static func isClose(_ found: Double?, _ expected: Double, _ tolerance: Double = 1e-9) -> Bool {
    guard let found else { return false }
    return (found - expected).magnitude <= tolerance * expected.magnitude
  }

  /// Fader and Hardie's CDNOW master file (brucehardie.com/datasets): 23,570 customers who first bought in the first
  /// quarter of 1997. 8,827 came again within 180 days, 8,868 within six calendar months; all windows have run out.
  @Test(.enabled(if: data != nil, reason)) func cdnow() throws {
    let answers = try Self.answers("cdnow.pvd")
    try #require(answers.count == 4)
    #expect(Self.isClose(Self.number(answers[0]), 8_827.0 / 23_570))
    #expect(answers[0].receipt.n == 23_570)
    #expect(Self.row(answers[1]) == [34, 94])
    #expect(Self.number(answers[2]) == 8_868)
    // As of 1997-06-30 nearly all windows still run: Kaplan–Meier 38.39 %, naively 34.03 %.
    guard case .card(let card) = answers[3].body, let estimates = card.estimates else {
      Issue.record("no card with its estimates")
      return
    }
    #expect(estimates.lead == .kaplanMeier)
    #expect(Self.isClose(estimates.kaplanMeier.value, 0.383866344649))
    #expect(Self.isClose(estimates.naive.value, 0.340263046245))
    #expect(card.value == .number(estimates.kaplanMeier.value ?? 0))
  }

  /// Microsoft's Northwind sample, whose revenue of 1,265,793.04 is published: 2,155 lines of 830 orders, 37 of 809
  /// shipped late, two customers without an order, and nine employees who report to one another.
  @Test(.enabled(if: data != nil, reason)) func northwind() throws {
    let answers = try Self.answers("northwind.pvd")
    try #require(answers.count == 9)
    #expect(Self.number(answers[6]) == 18)
    #expect(Self.isClose(Self.number(answers[7]), 67.0 / 87))
    #expect(Self.isClose(Self.number(answers[8]), 0.413569636832, 1e-11))
    #expect(Self.isClose(Self.number(answers[0]), 1_265_793.0395))
    #expect(Self.number(answers[1]) == 37)
    #expect(Self.keys(answers[2]) == ["FISSA", "PARIS"])
    // Who reports to employee 5 and to employee 2, at any depth.
    #expect(Self.keys(answers[3]) == ["6", "7", "9"])
    #expect(Self.keys(answers[4]) == ["1", "3", "4", "5", "6", "7", "8", "9"])
    // 9 reports to 5, and 5 to 2.
    guard case .table(let path) = answers[5].body else {
      Issue.record("no path")
      return
    }
    #expect(path.columns.first?.values == [.number(2)])
  }

  /// Maven Analytics' CRM sales opportunities: 4,238 of 6,711 closed deals were won, in 57 days by the median; five of
  /// 35 agents have no opportunity.
  @Test(.enabled(if: data != nil, reason)) func salesOpportunities() throws {
    let answers = try Self.answers("crm_sales.pvd")
    try #require(answers.count == 7)
    // Three agents have p < 0.05 by themselves, and none after Benjamini and Hochberg; chi-square over all thirty.
    #expect(Self.isClose(Self.number(answers[4]), 0.263936979772, 1e-8))
    #expect(Self.number(answers[5]) == 3)
    #expect(Self.keys(answers[6]).isEmpty)
    #expect(Self.isClose(Self.number(answers[0]), 4_238.0 / 6_711))
    #expect(Self.isClose(Self.number(answers[1]), 4_238.0 / 8_800))
    #expect(Self.number(answers[2]) == 57)
    #expect(
      Self.keys(answers[3]) == [
        "Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova",
      ])
  }

  /// Microsoft's AdventureWorks: 3.12 % of what was received is sent back; of the suppliers with 20 orders or more
  /// Lindell causes the least friction, by the mean percentile rank of four parts.
  @Test(.enabled(if: data != nil, reason)) func adventureWorks() throws {
    let answers = try Self.answers("adventureworks.pvd")
    try #require(answers.count == 2)
    #expect(Self.isClose(Self.number(answers[0]), 0.0312379286031))
    #expect(Self.keys(answers[1]).first == "Lindell")
  }

  /// UCI's bank marketing sample: 3,705 of 4,521 clients had never been contacted before.
  @Test(.enabled(if: data != nil, reason)) func bankMarketing() throws {
    let answers = try Self.answers("bank_marketing.pvd")
    try #require(answers.count == 1)
    #expect(Self.isClose(Self.number(answers[0]), 3_705.0 / 4_521))
  }

  /// IBM's Telco customer churn: 1,869 of 7,043 left, most of them with a contract by the month: odds ratio 10.29, and
  /// Cramér's V of contract and leaving, the largest of all fields, 0.410 (by SciPy 1.17).
  @Test(.enabled(if: data != nil, reason)) func telco() throws {
    let answers = try Self.answers("telco.pvd")
    try #require(answers.count == 4)
    #expect(Self.isClose(Self.number(answers[0]), 1_869.0 / 7_043))
    #expect(Self.keys(answers[1]).first == "contract = Month-to-month")
    #expect(Self.isClose(Self.number(answers[2]), 10.2906247369))
    guard case .table(let strongest) = answers[3].body else { throw Missing() }
    #expect(strongest.columns[0].values == [.text("contract")])
    #expect(Self.isClose(Self.number(strongest.columns[1].values[0]), 0.410115696576))
  }

  /// Tickets made by chance: 2,808 of 8,469 are rated, 1,292 were resolved before anybody had answered, and nothing goes
  /// with a good rating.
  @Test(.enabled(if: data != nil, reason)) func supportTickets() throws {
    let answers = try Self.answers("support_tickets.pvd")
    try #require(answers.count == 3)
    #expect(Self.isClose(Self.number(answers[0]), 0.331562167906))
    #expect(Self.number(answers[1]) == 1_292)
    #expect(answers[2].receipt.n == 2_808)
    guard case .table(let table) = answers[2].body else { throw Missing() }
    #expect(table.rowCount > 40)
    #expect(table.view?.headline.hasPrefix("no difference beyond chance (tried ") == true)
    #expect(table.columns.first { $0.name == "finding" }?.values.contains(.text("goes with")) == false)
  }

  /// Freireich et al. (1963), whose remissions under 6-mercaptopurine are in every textbook of survival: published S(10)
  /// = 0.753 and a log-rank chi-square of 16.79; half of the placebo's children had relapsed by the 8th week.
  @Test(.enabled(if: data != nil, reason)) func freireich() throws {
    let answers = try Self.answers("freireich.pvd")
    try #require(answers.count == 3)
    #expect(Self.isClose(Self.number(answers[0]), 0.752941176471, 1e-11))
    #expect(Self.isClose(Self.number(answers[1]), 16.7929409892))
    guard case .table(let table) = answers[2].body else { throw Missing() }
    #expect(table.columns[2].values == [.number(23), .number(8)])
    #expect(table.columns[3].values[1] == .missing)
  }

  private static func columns(_ answer: Answer) throws -> [Table.Column] {
    guard case .table(let table) = answer.body else { throw Missing() }
    return table.columns
  }

  /// The row whose first cell is that text.
  private static func row(_ answer: Answer, _ key: String) throws -> [Value] {
    let columns = try columns(answer)
    let place = try #require(columns.first?.values.firstIndex(of: .text(key)))
    return columns.map { $0.values[place] }
  }

  /// The running example of van der Aalst's "Process Mining" (2016): sixteen directly-follows pairs in six cases.
  @Test(.enabled(if: data != nil, reason)) func runningExample() throws {
    let answers = try Self.answers("running_example.pvd")
    try #require(answers.count == 3)
    #expect(Self.number(answers[0]) == 16)
    #expect(try Self.columns(answers[1])[1].values == [Value](repeating: .number(1), count: 6))
  }

  /// Polato's help desk (2017): throughput in days by mean, median and 90th percentile, 226 variants, and 59,003 seconds to
  /// the first response by the median, 295 tickets never taken left out.
  @Test(.enabled(if: data != nil, reason)) func helpdesk() throws {
    let answers = try Self.answers("helpdesk.pvd")
    try #require(answers.count == 5)
    let throughput = try Self.columns(answers[0]).map { Self.number($0.values[0]) }
    for (found, expected) in zip(throughput, [40.85840765, 39.85921875, 53.0056458333]) {
      #expect(Self.isClose(found, expected))
    }
    #expect(Self.number(answers[1]) == 226)
    #expect(Self.number(answers[2]) == 59_003)
    #expect(answers[2].receipt.unknown == 295)
  }

  /// The paths of the R package ChannelAttribution: to the first contact 6,308 for alpha, in equal parts 3,857.0962 for iota; by
  /// each model all 19,785 outcomes are shared out.
  @Test(.enabled(if: data != nil, reason)) func attribution() throws {
    let answers = try Self.answers("attribution.pvd")
    try #require(answers.count == 4)
    #expect(Self.number(try Self.row(answers[0], "alpha")[1]) == 6_308)
    #expect(Self.isClose(Self.number(try Self.row(answers[1], "iota")[1]), 3_857.09622102))
    for answer in answers.prefix(2) {
      let credits = try Self.columns(answer)[1].values.compactMap(Self.number)
      #expect(Self.isClose(credits.reduce(0, +), 19_785))
    }
  }

  /// Fader, Hardie & Lee (2005): the BG/NBD model of CDNOW's sample, by maximum likelihood.
  @Test(.enabled(if: data != nil, reason)) func cdnowBuyers() throws {
    let answers = try Self.answers("cdnow_buyers.pvd")
    try #require(answers.count == 2)
    let found = try Self.columns(answers[0]).map { Self.number($0.values[0]) ?? .nan }
    for (value, expected) in zip(found, [0.243, 4.414, 0.793, 2.426]) {
      // Published to three digits.
      #expect((value - expected).magnitude < 2e-3 * expected)
    }
    #expect(Self.isClose(found[0], 0.24259292828, 1e-3))
    #expect((found[4] + 9582.4).magnitude < 0.05)
    #expect(found[5] == 2357)
  }

  /// NIST's e-Handbook 6.3.2.2: 50.81, 45.816 to 55.804.
  @Test(.enabled(if: data != nil, reason)) func flowRate() throws {
    let answers = try Self.answers("flow_rate.pvd")
    try #require(answers.count == 1)
    let columns = try Self.columns(answers[0])
    #expect(Self.isClose(Self.number(columns[4].values[0]), 55.8040898345))
    #expect(Self.isClose(Self.number(columns[3].values[0]), 50.81))
    #expect(columns[5].values.allSatisfy { $0 == .missing })
  }

  /// NIST's certified series (StRD), a quantile of type 7, and six calendar months from the last of August.
  @Test(.enabled(if: data != nil, reason)) func published() throws {
    let answers = try Self.answers("published.pvd")
    try #require(answers.count == 4)
    let moments = Self.row(answers[0])
    #expect(Self.isClose(moments[0], 10_000_000.2, 1e-15))
    #expect(Self.isClose(moments[1], 0.1, 1e-7))
    #expect(answers[0].receipt.n == 1_001)
    #expect(Self.isClose(Self.number(answers[1]), 0.535199668621, 1e-11))
    let printed = answers.compactMap { answer in if case .printed(let text) = answer.body { text } else { nil } }
    #expect(printed == ["9.1", "2020-02-29"])
  }

  private struct Missing: Error {}
}
