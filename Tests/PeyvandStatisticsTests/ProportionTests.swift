import PeyvandStatistics
import Testing

@Suite struct ProportionTests {
  @Test func wilson15of148() throws {
    let interval = try #require(Proportions.wilson(15, of: 148))
    #expect(isClose(interval.low, 0.0623863995307))
    #expect(isClose(interval.high, 0.160487241723))
  }

  /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
  /// method 3.
  @Test(arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)])
  func wilsonAsPublished(_ k: Int, _ n: Int, _ low: Double, _ high: Double) throws {
    let interval = try #require(Proportions.wilson(k, of: n))
    #expect(abs(interval.low - low) < 5.1e-5 && abs(interval.high - high) < 5.1e-5)
  }

  /// Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
  /// (1998), table II, method 10.
  @Test(arguments: [
    (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926), (0, 10, 0, 20, -0.1611, 0.2775), (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1), (10, 10, 0, 10, 0.6075, 1),
  ])
  func differenceAsPublished(_ k1: Int, _ n1: Int, _ k2: Int, _ n2: Int, _ low: Double, _ high: Double) throws {
    let estimate = try #require(Proportions.difference(k1, of: n1, minus: k2, of: n2))
    #expect(abs(estimate.interval.low - low) < 5.1e-5 && abs(estimate.interval.high - high) < 5.1e-5)
  }

  /// SciPy 1.17, `contingency.relative_risk(15, 148, 40, 200)`, whose interval is Katz's.
  @Test func katz() throws {
    let estimate = try #require(Proportions.ratio(15, of: 148, over: 40, of: 200))
    #expect(isClose(estimate.value, 0.5067567567567568, 1e-14))
    #expect(isClose(estimate.interval.low, 0.2911917012443444))
    #expect(isClose(estimate.interval.high, 0.8819015425962948))
  }

  @Test func endsAreExact() throws {
    #expect(try #require(Proportions.wilson(0, of: 7)).low == 0)
    #expect(try #require(Proportions.wilson(7, of: 7)).high == 1)
    let all = try #require(Proportions.ratio(5, of: 5, over: 4, of: 4))
    #expect(all.interval == Interval(low: 1, high: 1))
  }

  @Test(arguments: [(0, 0), (-1, 5), (6, 5), (Int.min, Int.max), (1, Int.min)])
  func noShare(_ k: Int, _ n: Int) {
    #expect(Proportions.wilson(k, of: n) == nil)
    #expect(Proportions.difference(k, of: n, minus: 1, of: 2) == nil)
    #expect(Proportions.difference(1, of: 2, minus: k, of: n) == nil)
    #expect(Proportions.ratio(k, of: n, over: 1, of: 2) == nil)
  }

  @Test func otherUndefined() {
    #expect(Proportions.ratio(0, of: 5, over: 1, of: 2) == nil)
    #expect(Proportions.ratio(1, of: 5, over: 0, of: 2) == nil)
    #expect(Proportions.wilson(1, of: 2, level: 1) == nil)
    #expect(Proportions.wilson(Int.max, of: Int.max) != nil)
  }
}
