import PeyvandStatistics
import Testing

@Suite struct QuantileTests {
  private let ten = (1...10).map(Double.init)

  @Test func typeSeven() {
    #expect(isClose(Quantiles.quantile(sorted: ten, 0.9), 9.1, 1e-12))
    #expect(Quantiles.quantile(sorted: ten, 0) == 1)
    #expect(Quantiles.quantile(sorted: ten, 1) == 10)
    #expect(Quantiles.median(sorted: ten) == 5.5)
    #expect(isClose(Quantiles.quantile(sorted: ten, 0.25), 3.25, 1e-12))
    #expect(Quantiles.quantile(sorted: [7], 0.3) == 7)
    #expect(Quantiles.quantile(sorted: [], 0.5) == nil)
    #expect(Quantiles.quantile(sorted: ten, 1.1) == nil)
    #expect(Quantiles.quantile(sorted: ten, .nan) == nil)
  }

  /// Ranks by SciPy's `binom.cdf`; Conover's table A.3 gives the same to n = 20.
  @Test(arguments: [(6, 1), (10, 2), (25, 8), (100, 40), (1001, 470)])
  func medianBetweenRanks(_ n: Int, _ rank: Int) {
    let values = (1...n).map(Double.init)
    #expect(
      Quantiles.medianInterval(sorted: values) == Interval(low: Double(rank), high: Double(n - rank + 1)))
  }

  @Test func tooFewForAMedian() {
    #expect(Quantiles.medianInterval(sorted: [1, 2, 3, 4, 5]) == nil)
    #expect(Quantiles.medianInterval(sorted: []) == nil)
    #expect(Quantiles.medianInterval(sorted: ten, level: 0) == nil)
    #expect(Quantiles.medianInterval(sorted: [1, 2, 3, 4, 5], level: 0.9) == Interval(low: 1, high: 5))
  }
}
