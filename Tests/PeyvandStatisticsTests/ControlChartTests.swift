import PeyvandStatistics
import Testing

@Suite struct ControlChartTests {
  /// NIST/SEMATECH e-Handbook 6.3.2.2: mean 50.81, mean moving range 1.8778, limits 45.816 and 55.804.
  private let flowRate = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]

  @Test func nistFlowRate() throws {
    let chart = try #require(ControlChart(flowRate))
    #expect(isClose(chart.mean, 50.81))
    #expect(isClose(chart.meanRange, 1.8777777777777775))
    #expect(isClose(chart.upper, 55.8040898345))
    #expect(abs(chart.lower - 45.816) < 5e-4)
    #expect(isClose(chart.upperRange, 3.267 * 1.8777777777777775))
    #expect(chart.signals.isEmpty)
    #expect(chart.isTrial && chart.baseline == 10)
    #expect(chart.movingRange(at: 0) == nil)
    #expect(isClose(chart.movingRange(at: 1), 2))
  }

  @Test func tooFewPoints() {
    #expect(ControlChart([1, 2, 3, 4]) == nil)
    #expect(ControlChart([1, 2, 3, 4, 5])?.isTrial == true)
    #expect(ControlChart((0..<12).map { Double($0 % 3) })?.isTrial == false)
    #expect(ControlChart([1, 2, 3, 4, .nan]) == nil)
    #expect(ControlChart([1, 2, 3, 4, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]) == nil)
    #expect(ControlChart([1, 2, 3, 4, 5], baseline: 6) == nil)
    #expect(ControlChart([1, 2, 3, 4, 5], baseline: 4) == nil)
  }

  /// Mean 10, mean range 1 of the first six: limits 10 ± 2.6596; the seventh point, 13, is outside.
  @Test func pointOutside() throws {
    let chart = try #require(ControlChart([9.5, 10.5, 9.5, 10.5, 9.5, 10.5, 13, 7], baseline: 6))
    #expect(
      chart.signals == [
        .init(.pointOutside, 6, 6, isHigh: true), .init(.pointOutside, 7, 7, isHigh: false),
      ])
    #expect(chart.signals(at: 6).map(\.rule) == [.pointOutside])
  }

  /// Seven on one side are a signal, six are none, and a point on the mean ends a run.
  @Test func shift() throws {
    let base = [9.0, 11, 9, 11, 9, 11]
    let seven = try #require(ControlChart(base + [10.5, 10.6, 10.5, 10.6, 10.5, 10.6, 9], baseline: 6))
    // The run begins with the 11 before it.
    #expect(seven.signals == [.init(.shift, 5, 11, isHigh: true)])
    let six = try #require(ControlChart(base + [10.5, 10.6, 10.5, 10.6, 10.5, 9], baseline: 6))
    #expect(six.signals.isEmpty)
    let onTheMean = try #require(ControlChart(base + [10.5, 10.6, 10.5, 10, 10.6, 10.5, 10.6, 10.5], baseline: 6))
    #expect(onTheMean.signals.isEmpty)
  }

  /// Seven points each above the one before.
  @Test func trend() throws {
    let base = [9.0, 11, 9, 11, 9, 11]
    let seven = try #require(ControlChart(base + [9.1, 9.3, 9.5, 9.7, 10.1, 10.3, 10.5, 10.2], baseline: 6))
    #expect(seven.signals == [.init(.trend, 6, 12, isHigh: true)])
    let six = try #require(ControlChart(base + [9.3, 9.5, 9.7, 10.1, 10.3, 10.5, 10.2], baseline: 6))
    #expect(six.signals.isEmpty)
    let falling = try #require(ControlChart(base + [10.5, 10.3, 10.1, 9.7, 9.5, 9.3, 9.6], baseline: 6))
    #expect(falling.signals == [.init(.trend, 5, 11, isHigh: false)])
  }

  /// Limits 10 ± 5.319: the outer third above begins at 13.546.
  @Test func nearALimit() throws {
    let base = [9.0, 11, 9, 11, 9, 11]
    let chart = try #require(ControlChart(base + [14, 9, 14, 9, 9, 14], baseline: 6))
    #expect(chart.signals == [.init(.nearLimit, 6, 8, isHigh: true)])
    // One above and one below are no two near a limit.
    let both = try #require(ControlChart(base + [14, 6, 9, 14], baseline: 6))
    #expect(both.signals.isEmpty)
  }

  @Test func nothingVaries() throws {
    let chart = try #require(ControlChart([5, 5, 5, 5, 5, 5, 5, 6], baseline: 7))
    #expect(chart.lower == 5 && chart.upper == 5)
    #expect(chart.signals == [.init(.pointOutside, 7, 7, isHigh: true)])
  }

  @Test func assurance() throws {
    let chart = try #require(ControlChart(flowRate))
    #expect(chart.assurance(atLeast: 45) == .passes)
    #expect(chart.assurance(atLeast: 50) == .hitAndMiss)
    #expect(chart.assurance(atLeast: 56) == .fails)
    #expect(chart.assurance(atMost: 56) == .passes)
    #expect(chart.assurance(atMost: 50) == .hitAndMiss)
    #expect(chart.assurance(atMost: 45) == .fails)
  }

  @Test func cautions() throws {
    let rising = try #require(ControlChart((0..<20).map { Double($0) + Double($0 % 2) }))
    #expect(rising.cautions() == [.trend])
    let seasonal = try #require(ControlChart((0..<24).map { [1.0, 5, 2, 9][$0 % 4] }))
    #expect(seasonal.cautions(season: 4) == [.season])
    #expect(seasonal.cautions(season: 3).isEmpty)
    #expect(try #require(ControlChart(flowRate)).cautions(season: 4).isEmpty)
  }
}
