import PeyvandStatistics
import Testing

@Suite struct MomentsTests {
  /// Two lists together are as if they were one.
  @Test func merged() throws {
    let (a, b) = ([1.0, 4, 9, 16], [100.0, 101, 99.5])
    let whole = try #require(Moments(a + b))
    let first = try #require(Moments(a))
    let merged = try #require(Moments(b).flatMap { Moments(merging: first, $0) })
    #expect(merged.count == 7 && isClose(merged.mean, whole.mean) && isClose(merged.variance, whole.variance ?? 0))
    let one = try #require(Moments([5.0]))
    #expect(Moments(merging: one, one)?.variance == 0)
    let (low, high) = (try #require(Moments([-1.5e308])), try #require(Moments([1.5e308])))
    #expect(Moments(merging: low, high) == nil)
  }

  /// NIST StRD NumAcc2 to NumAcc4 by their published rule: a number, then its neighbours by turns.
  private func numAcc(_ first: Double, _ low: Double, _ high: Double) -> [Double] {
    [first] + (0..<1000).map { $0 % 2 == 0 ? low : high }
  }

  /// NIST StRD, certified values.
  @Test func numAcc4() throws {
    let values = numAcc(10_000_000.2, 10_000_000.1, 10_000_000.3)
    let moments = try #require(Moments(values))
    #expect(moments.count == 1001)
    #expect(isClose(moments.mean, 10_000_000.2, 1e-15))
    #expect(isClose(moments.standardDeviation, 0.1, 1e-7))
    #expect(isClose(Moments.lag1(values), -0.999, 1e-7))
  }

  /// NIST StRD, certified values.
  @Test func numAcc2And3() throws {
    for (first, low, high) in [(1.2, 1.1, 1.3), (1_000_000.2, 1_000_000.1, 1_000_000.3)] {
      let values = numAcc(first, low, high)
      #expect(isClose(try #require(Moments(values)).standardDeviation, 0.1, 1e-8))
      #expect(isClose(Moments.lag1(values), -0.999, 1e-8))
    }
  }

  /// NIST StRD Michelso (A. Michelson's speed of light, 1879; public domain), certified values.
  @Test func michelson() throws {
    let moments = try #require(Moments(Self.michelso))
    #expect(moments.count == 100)
    #expect(isClose(moments.mean, 299.852400000000, 1e-14))
    #expect(isClose(moments.standardDeviation, 0.0790105478190518, 1e-11))
    #expect(isClose(Moments.lag1(Self.michelso), 0.535199668621, 1e-11))
  }

  /// SciPy 1.17: `t.interval(.95, 5, loc=mean, scale=sem)`.
  @Test func meanByT() throws {
    let estimate = try #require(Moments([2.1, 3.4, 1.9, 5.6, 4.4, 3.8])?.meanEstimate())
    #expect(isClose(estimate.value, 3.533333333333333, 1e-14))
    #expect(isClose(estimate.interval.low, 2.061626902295429))
    #expect(isClose(estimate.interval.high, 5.005039764371237))
  }

  @Test func whatIsUndefinedIsNil() throws {
    #expect(Moments([]) == nil)
    #expect(Moments([.nan]) == nil)
    #expect(Moments([.infinity, 1]) == nil)
    #expect(Moments([1e308, 1e308]) == nil)
    #expect(Moments([1e200, -1e200]) == nil)
    let one = try #require(Moments([5]))
    #expect(one.mean == 5)
    #expect(one.variance == nil && one.standardDeviation == nil && one.coefficientOfVariation == nil)
    #expect(one.meanEstimate() == nil)
    let below = try #require(Moments([-1, 1]))
    #expect(below.coefficientOfVariation == nil)
    #expect(below.meanEstimate(level: 2) == nil)
    #expect(Moments.lag1([1]) == nil)
    #expect(Moments.lag1([2, 2, 2]) == nil)
    #expect(try #require(Moments([3, 3, 3])).coefficientOfVariation == 0)
  }

  private static let michelso: [Double] = [
    299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.00, 299.98, 299.93, 299.65,
    299.76, 299.81, 300.00, 300.00, 299.96, 299.96, 299.96, 299.94, 299.96, 299.94, 299.88, 299.80, 299.85, 299.88,
    299.90, 299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83, 299.80, 299.79, 299.76, 299.80, 299.88, 299.88,
    299.88, 299.86, 299.72, 299.72, 299.62, 299.86, 299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84,
    299.85, 299.84, 299.84, 299.84, 299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74, 299.75, 299.76,
    299.91, 299.92, 299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94, 299.95, 299.80,
    299.81, 299.87,
  ]
}
