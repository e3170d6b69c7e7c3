import PeyvandStatistics
import Testing

@Suite struct GroupDifferenceTests {
  /// R's documentation of `t.test`, data `sleep` (Student 1908): t = −1.8608, df = 17.776, p = 0.07939, 95 % interval
  /// −3.3654832 to 0.2054832.
  @Test func welchAsPublished() throws {
    let first = try #require(Moments([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]))
    let second = try #require(Moments([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]))
    let found = try #require(GroupDifference(mean: first, minus: second))
    #expect(isClose(found.estimate.value, -1.58, 1e-12))
    #expect(abs(found.p - 0.07939) < 5e-6)
    #expect(abs(found.estimate.interval.low - -3.3654832) < 5e-8)
    #expect(abs(found.estimate.interval.high - 0.2054832) < 5e-8)
  }

  /// Newcombe 1998, table II, method 10, 56/70 − 48/80: 0.0524 to 0.3339. By hand χ² = 150·(56·32 − 14·48)²/(70·80·104·46)
  /// = 7.0234, whose upper tail at one degree of freedom is 0.0080.
  @Test func sharesByChiSquare() throws {
    let found = try #require(GroupDifference(share: 56, of: 70, minus: 48, of: 80))
    #expect(abs(found.estimate.interval.low - 0.0524) < 5.1e-5 && abs(found.estimate.interval.high - 0.3339) < 5.1e-5)
    #expect(abs(found.p - 0.0080) < 5e-5)
  }

  /// Where an expected count is below 5 Fisher's p: R, `fisher.test(matrix(c(3, 1, 1, 3), 2))` (the tea taster), 0.4857.
  @Test func fewByFisher() throws {
    let found = try #require(GroupDifference(share: 3, of: 4, minus: 1, of: 4))
    #expect(abs(found.p - 0.4857) < 5e-5)
  }

  @Test func nothingToCompare() throws {
    #expect(GroupDifference(share: 0, of: 0, minus: 1, of: 4) == nil)
    #expect(GroupDifference(share: 5, of: 4, minus: 1, of: 4) == nil)
    let one = try #require(Moments([1]))
    let same = try #require(Moments([2, 2, 2]))
    #expect(GroupDifference(mean: one, minus: same) == nil)
    #expect(GroupDifference(mean: same, minus: same) == nil)
    let huge = try #require(Moments([1e150, -1e150]))
    #expect(GroupDifference(mean: huge, minus: same).map { $0.p.isFinite } ?? true)
  }
}

/// Kitagawa (1955): the parts add up to the change, whatever the groups.
@Suite struct RateDecompositionTests {
  private typealias Part = RateDecomposition.Part

  /// By hand: shares 4/8, 4/8 and 0 against 2/10, 4/10 and 4/10; rates 1/4, 3/4 against 1/2, 3/4 and 0.
  @Test func byHand() throws {
    let found = try #require(
      RateDecomposition(
        from: [Part(n: 4, rate: 0.25), Part(n: 4, rate: 0.75), Part(n: 0, rate: nil)],
        to: [Part(n: 2, rate: 0.5), Part(n: 4, rate: 0.75), Part(n: 4, rate: 0)]))
    #expect(isClose(found.from, 0.5, 1e-15) && isClose(found.to, 0.4, 1e-15))
    #expect(zip(found.groups, [-0.1125, -0.075, 0]).allSatisfy { abs($0.mix - $1) < 1e-15 })
    #expect(zip(found.groups, [0.0875, 0, 0]).allSatisfy { abs($0.rate - $1) < 1e-15 })
    #expect(isClose(found.mix, -0.1875, 1e-14) && isClose(found.rate, 0.0875, 1e-14))
  }

  /// A group that comes or goes is mix alone.
  @Test func comingAndGoing() throws {
    let found = try #require(
      RateDecomposition(
        from: [Part(n: 5, rate: 0.2), Part(n: 5, rate: 0.6)], to: [Part(n: 5, rate: 0.2), Part(n: 0, rate: nil)]))
    #expect(found.groups[1].rate == 0)
    #expect(isClose(found.groups[1].mix, -0.3, 1e-14))
    #expect(isClose(found.change, -0.2, 1e-14))
  }

  /// Simpson's turn: each group's rate rises, the whole falls; all of the fall is mix.
  @Test func mixAgainstRate() throws {
    let found = try #require(
      RateDecomposition(
        from: [Part(n: 90, rate: 0.8), Part(n: 10, rate: 0.2)], to: [Part(n: 10, rate: 0.9), Part(n: 90, rate: 0.3)]))
    #expect(found.change < 0 && found.rate > 0 && found.mix < found.change)
    #expect(abs(found.mix + found.rate - found.change) < 1e-15)
  }

  @Test func evenChangeHasNoContrast() throws {
    let found = try #require(
      RateDecomposition(
        from: [Part(n: 50, rate: 0.5), Part(n: 50, rate: 0.5)], to: [Part(n: 50, rate: 0.6), Part(n: 50, rate: 0.6)]))
    #expect(found.contrast < 1e-15)
    #expect(RateDecomposition(from: [Part(n: 0, rate: nil)], to: [Part(n: 1, rate: 1)]) == nil)
    #expect(RateDecomposition(from: [], to: []) == nil)
    #expect(RateDecomposition(from: [Part(n: 1, rate: 1)], to: []) == nil)
  }
}
