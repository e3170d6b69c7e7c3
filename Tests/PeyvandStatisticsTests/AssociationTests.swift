import PeyvandStatistics
import Testing

@Suite struct AssociationTests {
  private let iq = [86.0, 97, 99, 100, 101, 103, 106, 110, 112, 113]
  private let hours = [2.0, 20, 28, 27, 50, 29, 7, 17, 6, 12]

  private func pairs(_ x: [Double], _ y: [Double]) -> [(x: Double, y: Double)] { zip(x, y).map { (x: $0, y: $1) } }

  /// SciPy 1.17: `pearsonr(…)`, its p and `confidence_interval()`.
  @Test func pearson() throws {
    let result = try #require(Correlation.pearson(pairs(iq, hours)))
    #expect(isClose(result.coefficient, -0.07021632602905675, 1e-9))
    #expect(isClose(result.p, 0.8471568394789463, 1e-9))
    #expect(isClose(result.interval?.low, -0.670212501188516, 1e-9))
    #expect(isClose(result.interval?.high, 0.5852854717450895, 1e-9))
  }

  /// The example of Wikipedia's "Spearman's rank correlation coefficient", −29/165; p by SciPy 1.17, `spearmanr`.
  @Test func spearman() throws {
    let result = try #require(Correlation.spearman(pairs(iq, hours)))
    #expect(isClose(result.coefficient, -29.0 / 165))
    #expect(isClose(result.p, 0.6271883447764846, 1e-9))
    let tied = try #require(Correlation.spearman(pairs([1, 2, 2, 3, 5, 8], [2, 1, 4, 4, 9, 7])))
    #expect(isClose(tied.coefficient, 0.8088235294117647, 1e-9))
    #expect(isClose(tied.p, 0.051329063199674334, 1e-9))
  }

  @Test func nothingToCorrelate() {
    #expect(Correlation.pearson([]) == nil)
    #expect(Correlation.pearson(pairs([1, 1, 1], [1, 2, 3])) == nil)
    #expect(Correlation.spearman(pairs([1, 2], [1, .infinity])) == nil)
    #expect(isClose(Correlation.pearson(pairs([1, 2, 3, 4], [2, 4, 6, 8]))?.p, 0, 1e-12))
    #expect(Correlation.pearson(pairs([1, 2], [2, 4]))?.p == nil)
  }

  /// SciPy 1.17: `theilslopes(y, x)`.
  @Test func theilSen() throws {
    let y = [2.1, 3.9, 6.2, 7.8, 10.1, 30.0, 13.9, 16.2, 18.1, 19.8]
    let points = y.enumerated().map { (x: Double($0.offset + 1), y: $0.element) }
    let slope = try #require(Trend.theilSen(points))
    #expect(isClose(slope.value, 2.0, 1e-9))
    #expect(slope.interval.low <= 1.925 + 1e-9 && slope.interval.high >= 2.06 - 1e-9)
    #expect(slope.interval.low > 1.5 && slope.interval.high < 2.6)
    #expect(Trend.theilSen([(x: 1, y: 1)]) == nil)
    #expect(Trend.theilSen([(x: 1, y: 1), (x: 1, y: 2)]) == nil)
  }

  /// S, its variance with ties and the continuity correction worked out apart from this program, p by SciPy's normal.
  @Test func mannKendall() {
    #expect(
      isClose(
        Trend.mannKendall([2.1, 3.9, 6.2, 7.8, 10.1, 30.0, 13.9, 16.2, 18.1, 19.8]), 0.0012821837418053048, 1e-9))
    #expect(isClose(Trend.mannKendall([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]), 0.23470247795516075, 1e-9))
    #expect(Trend.mannKendall([1, 1, 1, 1]) == 1)
    #expect(Trend.mannKendall([1, 2]) == nil)
  }

  /// Of 1, 2, 3, 4: Σ(2i − 5)xᵢ = −3 − 2 + 3 + 12 = 10, over 4 · 10: 0.25. The largest first: 4, 7, 9 of 10 is 80 % with 3 of 4.
  @Test func inequality() {
    #expect(isClose(Inequality.gini([4, 1, 3, 2]), 0.25))
    #expect(isClose(Inequality.gini([0, 0, 0, 10]), 0.75))
    #expect(Inequality.gini([5, 5, 5]) == 0)
    #expect(Inequality.gini([]) == nil && Inequality.gini([0, 0]) == nil && Inequality.gini([1, -1]) == nil)
    #expect(isClose(Inequality.concentration([4, 1, 3, 2]), 0.75))
    #expect(isClose(Inequality.concentration([80, 10, 10]), 1.0 / 3))
    #expect(Inequality.concentration([0]) == nil)
  }

  @Test func autocorrelation() {
    // Mean 0, Σd² = 4; d₁d₃ + d₂d₄ = 1 + 1: the pattern of two comes back.
    #expect(isClose(Moments.autocorrelation([1, -1, 1, -1], lag: 2), 0.5))
    #expect(isClose(Moments.autocorrelation([1, -1, 1, -1], lag: 1), -0.75))
    #expect(Moments.autocorrelation([1, 2], lag: 2) == nil)
    #expect(Moments.autocorrelation([1, 2], lag: 0) == nil)
  }
}

@Suite struct CumulativeIncidenceTests {
  private func incidence(_ text: String) -> CumulativeIncidence? {
    CumulativeIncidence(
      text.split(separator: " ").compactMap { word in
        let end: CumulativeIncidence.End = word.hasSuffix("w") ? .event : word.hasSuffix("l") ? .competing : .censored
        return Double(word.dropLast()).map { (time: $0, end: end) }
      })
  }

  /// Worked by hand: 1 win of 5; then 1 loss of 4; one censored at 3; 1 win of 2: 1/5 + (4/5 · 3/4) · 1/2 = 1/2.
  @Test func byHand() throws {
    let curve = try #require(incidence("1w 2l 3+ 4w 5+"))
    #expect(curve.incidence(at: 0) == 0)
    #expect(isClose(curve.incidence(at: 1), 0.2))
    #expect(isClose(curve.incidence(at: 3), 0.2))
    #expect(isClose(curve.incidence(at: 4), 0.5))
    #expect(curve.incidence(at: 6) == nil)
    #expect(curve.atRisk(at: 4) == 2)
  }

  /// Without censoring it is a share, and its variance the binomial's, p(1 − p)/n.
  @Test func withoutCensoring() throws {
    let curve = try #require(incidence("1w 2l 3w 4l 5w 6w 7l 8w 9l 10w"))
    #expect(isClose(curve.incidence(at: 6), 0.4))
    #expect(isClose(curve.incidence(at: 10), 0.6))
    #expect(curve.incidence(at: 11) == 0.6000000000000001 || isClose(curve.incidence(at: 11), 0.6))
    let interval = try #require(curve.interval(at: 6))
    // log(−log 0.4) ± 1.959964 · √(0.4 · 0.6/10)/(0.4 · −log 0.4)
    #expect(isClose(interval.low, 0.12269316578235406, 1e-9))
    #expect(isClose(interval.high, 0.6702046374234799, 1e-9))
  }

  @Test func nothing() {
    #expect(CumulativeIncidence([]) == nil)
    #expect(CumulativeIncidence([(time: -1, end: .event)]) == nil)
    #expect(incidence("1l 2l")?.incidence(at: 2) == 0)
    #expect(incidence("1l 2l")?.interval(at: 2) == nil)
  }
}
