import PeyvandStatistics
import Testing

@Suite struct ContingencyTests {
  /// SciPy 1.17, `contingency.odds_ratio(kind="sample")`, whose interval is Woolf's.
  @Test(arguments: [
    (10, 20, 30, 15, 0.25, 0.09382946435329415, 0.6661020653882245),
    (3, 1, 1, 3, 9, 0.36663693192554553, 220.92700692915736),
  ])
  func woolf(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ value: Double, _ low: Double, _ high: Double) throws {
    let odds = try #require(TwoByTwo(a, b, c, d)?.oddsRatio())
    #expect(!odds.isCorrected)
    #expect(isClose(odds.estimate.value, value, 1e-13))
    #expect(isClose(odds.estimate.interval.low, low))
    #expect(isClose(odds.estimate.interval.high, high))
  }

  /// The admissions to Berkeley of 1973 by department (Bickel, Hammel & O'Connell 1975), men against women: R's
  /// `mantelhaen.test(UCBAdmissions, correct = FALSE)` gives χ² = 1.5246, p = 0.2169, common odds ratio 0.9047.
  @Test func withinTheStrata() throws {
    let departments = [
      (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391), (138, 279, 131, 244), (53, 138, 94, 299),
      (22, 351, 24, 317),
    ].compactMap { TwoByTwo($0.0, $0.1, $0.2, $0.3) }
    #expect(departments.count == 6)
    #expect(isClose(TwoByTwo.cochranMantelHaenszelP(departments), 0.21692369705551828, 1e-9))
    #expect(isClose(try #require(TwoByTwo.mantelHaenszel(departments)).value, 0.9046968, 1e-6))
    // Nobody with both outcomes in any stratum: nothing is said.
    #expect(TwoByTwo.cochranMantelHaenszelP([TwoByTwo(3, 0, 4, 0), TwoByTwo(0, 2, 0, 9)].compactMap { $0 }) == nil)
    #expect(TwoByTwo.cochranMantelHaenszelP([]) == nil)
  }

  @Test func chiSquareOrFisher() throws {
    // Expected counts of 3.9 and more: Fisher's, as SciPy 1.17 gives it. Of 7.5 and more: chi-square.
    let small = try #require(TwoByTwo(8, 2, 1, 5))
    #expect(small.leastExpected < 5)
    #expect(isClose(small.independenceP, 0.034965034965034975))
    let large = try #require(TwoByTwo(16, 4, 4, 16))
    // erfc(√7.2)
    #expect(isClose(large.independenceP, 0.00014780231033445412, 1e-12))
    #expect(TwoByTwo(3, 4, 0, 0)?.independenceP == nil)
  }

  @Test func aZeroCellIsCorrectedAndSaid() throws {
    let odds = try #require(TwoByTwo(0, 5, 7, 2)?.oddsRatio())
    let same = try #require(TwoByTwo(1, 11, 15, 5)?.oddsRatio())
    #expect(odds.isCorrected)
    // (½ · 2½)/(5½ · 7½), the same as with every count doubled: (1 · 5)/(11 · 15).
    #expect(isClose(odds.estimate.value, same.estimate.value, 1e-13))
    #expect(odds.estimate.interval.low < same.estimate.interval.low)
  }

  /// SciPy 1.17, `fisher_exact`; 0.4857 is Fisher's lady tasting tea, two-sided.
  @Test(arguments: [
    (1, 9, 11, 3, 0.0027594561852200836), (3, 1, 1, 3, 0.48571428571428565), (0, 5, 7, 2, 0.020979020979020983),
    (100, 200, 150, 120, 9.654218494855555e-08), (1000, 2000, 1500, 1900, 9.642693386770125e-19),
    (8, 2, 1, 5, 0.034965034965034975), (0, 0, 3, 4, 1),
  ])
  func fisher(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ p: Double) throws {
    let table = try #require(TwoByTwo(a, b, c, d))
    #expect(isClose(table.fisherP, p, 1e-10))
    // Neither turning the table nor naming the other group first can change what chance does.
    #expect(isClose(try #require(TwoByTwo(c, d, a, b)).fisherP, p, 1e-10))
    #expect(isClose(try #require(TwoByTwo(a, c, b, d)).fisherP, p, 1e-10))
  }

  @Test func fisherEndsOnHugeTables() throws {
    let table = try #require(TwoByTwo(500_000_000, 500_000_000, 500_020_000, 499_980_000))
    #expect((0.3...0.4).contains(table.fisherP))
    #expect(try #require(TwoByTwo(1_000_000, 0, 0, 1_000_000)).fisherP == 0)
  }

  /// Charig et al. 1986, kidney stones: success of open surgery against percutaneous, small and large stones.
  @Test func kidneyStones() throws {
    let small = try #require(TwoByTwo(81, 6, 234, 36))
    let large = try #require(TwoByTwo(192, 71, 55, 25))
    let pooled = try #require(TwoByTwo.mantelHaenszel([small, large]))
    #expect(isClose(pooled.value, 1.44684662494))
    #expect(pooled.interval.low < 1 && pooled.interval.high > 2)
    // Simpson's paradox: without the strata the other treatment looks better.
    let crude = try #require(TwoByTwo(81 + 192, 6 + 71, 234 + 55, 36 + 25)?.oddsRatio())
    #expect(crude.estimate.value < 1)
  }

  /// R's `mantelhaen.test(UCBAdmissions)`: Bickel, Hammel & O'Connell (1975), admissions by sex in six departments.
  @Test func berkeleyAdmissions() throws {
    let departments = [
      TwoByTwo(512, 89, 313, 19), TwoByTwo(353, 17, 207, 8), TwoByTwo(120, 202, 205, 391),
      TwoByTwo(138, 131, 279, 244), TwoByTwo(53, 94, 138, 299), TwoByTwo(22, 24, 351, 317),
    ].compactMap(\.self)
    let pooled = try #require(TwoByTwo.mantelHaenszel(departments))
    #expect(abs(pooled.value - 0.9046968) < 5e-8)
    #expect(abs(pooled.interval.low - 0.7719074) < 5e-8)
    #expect(abs(pooled.interval.high - 1.0603298) < 5e-8)
  }

  /// SciPy 1.17, `chi2_contingency(correction=False)`.
  @Test func chiSquare() throws {
    let found = try #require(Contingency.chiSquare([[10, 20, 30], [6, 9, 17], [5, 5, 40]]))
    #expect(isClose(found.statistic, 12.214304831127851, 1e-12))
    #expect(found.df == 4 && found.n == 142)
    #expect(isClose(found.p, 0.01582679710737338, 1e-11))
    #expect(isClose(found.leastExpected, 4.73239437, 1e-8))
    #expect(isClose(found.cramersV, (12.214304831127851 / (142 * 2)).squareRoot(), 1e-12))
    let two = try #require(Contingency.chiSquare([[1, 9], [11, 3]]))
    #expect(isClose(two.statistic, 10.971428571428572, 1e-12))
    #expect(isClose(two.p, 0.000925274037119762, 1e-11))
  }

  /// IBM's Telco sample: contract by churn. V 0.410 is the published strength of the first driver.
  @Test func telcoContract() throws {
    let found = try #require(Contingency.chiSquare([[2220, 1655], [1307, 166], [1647, 48]]))
    #expect(isClose(found.cramersV, 0.410115696576))
    let odds = try #require(TwoByTwo(1655, 2220, 166 + 48, 1307 + 1647)?.oddsRatio())
    #expect(isClose(odds.estimate.value, 10.2906247369))
    #expect(abs(odds.estimate.interval.low - 8.83) < 0.005 && abs(odds.estimate.interval.high - 11.99) < 0.005)
  }

  @Test func emptyRowsAreLeftOut() throws {
    let with = try #require(Contingency.chiSquare([[1, 0, 9], [0, 0, 0], [11, 0, 3]]))
    #expect(with == Contingency.chiSquare([[1, 9], [11, 3]]))
    #expect(try #require(Contingency.chiSquare([[5, 0], [0, 5]])).cramersV == 1)
  }

  @Test func whatIsUndefinedIsNil() {
    #expect(TwoByTwo(-1, 1, 1, 1) == nil)
    #expect(TwoByTwo(Int.max, 1, 1, 1) == nil)
    #expect(TwoByTwo(0, 0, 3, 4)?.oddsRatio() == nil)
    #expect(TwoByTwo(0, 3, 0, 4)?.oddsRatio() == nil)
    #expect(TwoByTwo(1, 3, 2, 4)?.oddsRatio(level: 0) == nil)
    #expect(TwoByTwo.mantelHaenszel([]) == nil)
    #expect(Contingency.chiSquare([]) == nil)
    #expect(Contingency.chiSquare([[]]) == nil)
    #expect(Contingency.chiSquare([[1, 2]]) == nil)
    #expect(Contingency.chiSquare([[1, 2], [3]]) == nil)
    #expect(Contingency.chiSquare([[0, 0], [3, 4]]) == nil)
    #expect(Contingency.chiSquare([[1, -2], [3, 4]]) == nil)
    #expect(Contingency.chiSquare([[Int.max, Int.max], [3, 4]]) == nil)
  }
}

@Suite struct MultipleComparisonsTests {
  /// The example of Benjamini & Hochberg (1995): four of fifteen at 5 %.
  @Test func theirExample() throws {
    let p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ]
    let q = try #require(MultipleComparisons.benjaminiHochberg(p))
    #expect(q.filter { $0 <= 0.05 }.count == 4)
    #expect(isClose(q[3], 0.0095 * 15 / 4, 1e-14))
    // 0.0278 · 15/6 is more than 0.0298 · 15/7, so the later one holds for both; likewise 0.0344 for those before.
    #expect(isClose(q[5], 0.0298 * 15 / 7, 1e-14))
    #expect(q.last == 1)
    let turned = try #require(MultipleComparisons.benjaminiHochberg(p.reversed()))
    #expect(turned == q.reversed())
  }

  @Test func edges() {
    #expect(MultipleComparisons.benjaminiHochberg([]) == [])
    #expect(MultipleComparisons.benjaminiHochberg([0.2]) == [0.2])
    #expect(MultipleComparisons.benjaminiHochberg([0.5, .nan]) == nil)
    #expect(MultipleComparisons.benjaminiHochberg([0.5, 1.5]) == nil)
  }
}
