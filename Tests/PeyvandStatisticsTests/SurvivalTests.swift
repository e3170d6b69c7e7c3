import PeyvandStatistics
import Testing

@Suite struct SurvivalTests {
  /// Freireich et al., Blood 21 (1963): weeks in remission under 6-mercaptopurine; a plus is a case still in it.
  private let treated = Self.followUps("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
  private let placebo = Self.followUps("1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23")

  private static func followUps(_ text: String) -> [FollowUp] {
    text.split(separator: " ").compactMap { word in
      Double(word.hasSuffix("+") ? word.dropLast() : word).map { FollowUp($0, event: !word.hasSuffix("+")) }
    }
  }

  /// S as published (0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448); intervals by SciPy 1.17,
  /// `ecdf(…).sf.confidence_interval(method="log-log")`.
  @Test(arguments: [
    (6, 21, 0.8571428571428571, 0.6197179552659838, 0.951551747646997),
    (7, 17, 0.8067226890756302, 0.5631465646222333, 0.9228090192028804),
    (10, 15, 0.7529411764705881, 0.5031995107999564, 0.8893618351692655),
    (13, 12, 0.6901960784313724, 0.43161022248618397, 0.8490659633494507),
    (16, 11, 0.6274509803921567, 0.36751085598750205, 0.8049121894718412),
    (22, 7, 0.53781512605042, 0.26777893676713505, 0.7467907176353944),
    (23, 6, 0.4481792717086834, 0.18805200595923235, 0.6801426284952414),
  ])
  func freireich(_ week: Double, _ atRisk: Int, _ survival: Double, _ low: Double, _ high: Double) throws {
    let curve = try #require(KaplanMeier(treated))
    #expect(isClose(curve.survival(at: week), survival, 1e-12))
    #expect(curve.survival(at: week + 0.5) == curve.survival(at: week))
    let interval = try #require(curve.interval(at: week))
    #expect(isClose(interval.low, low))
    #expect(isClose(interval.high, high))
    #expect(curve.atRisk(at: week) == atRisk)
    #expect(curve.steps.first { $0.time == week }?.atRisk == atRisk)
  }

  @Test func freireichAsAWhole() throws {
    let curve = try #require(KaplanMeier(treated))
    #expect(curve.count == 21 && curve.events == 9 && curve.lastTime == 35)
    #expect(isClose(curve.survival(at: 10), 0.752941176471, 1e-11))
    #expect(curve.median == 23)
    #expect(curve.medianInterval.low == 13 && curve.medianInterval.high == nil)
    #expect(curve.survival(at: 5) == 1)
    #expect(curve.interval(at: 5) == nil)
    #expect(curve.survival(at: 35) == curve.survival(at: 23))
    #expect(curve.survival(at: 36) == nil)
    #expect(curve.survival(at: -1) == nil)
    #expect(try #require(KaplanMeier(placebo)).median == 8)
  }

  /// Published 16.79.
  @Test func freireichLogRank() throws {
    let test = try #require(LogRank([treated, placebo]))
    #expect(isClose(test.statistic, 16.7929409892))
    #expect(test.df == 1)
    #expect(isClose(test.p, 4.168809109334529e-05, 1e-8))
    #expect(test.observed == [9, 21])
    #expect(isClose(test.expected[0] + test.expected[1], 30, 1e-12))
    #expect(isClose(test.expected[0], 19.25, 1e-3))
  }

  /// Held against the same test by numpy's pseudo-inverse of the whole covariance.
  @Test func threeGroups() throws {
    let groups = [
      Self.followUps("5 8 12+ 16 23"), Self.followUps("3 5+ 8 9 9 30+"), Self.followUps("1 2 5 8 11"),
    ]
    let test = try #require(LogRank(groups))
    #expect(isClose(test.statistic, 4.333134573006355))
    #expect(isClose(test.p, 0.11457022943506709))
    #expect(test.df == 2)
    let turned = try #require(LogRank([groups[2], [], groups[0], groups[1]]))
    #expect(isClose(turned.statistic, test.statistic, 1e-12))
    #expect(turned.observed == [5, 0, 4, 4])
  }

  /// Without censoring the curve is the plain share left, and half is half.
  @Test func withoutCensoringItIsThePlainShare() throws {
    for n in 1...60 {
      let curve = try #require(KaplanMeier((1...n).map { FollowUp(Double($0), event: true) }))
      for time in 1...n {
        #expect(isClose(curve.survival(at: Double(time)), Double(n - time) / Double(n), 1e-12))
      }
      #expect(curve.median == Double((n + 1) / 2))
      #expect(curve.survival(at: 1e9) == 0)
      #expect(curve.steps.last?.interval == nil)
    }
  }

  @Test func censoredOnTheDayIsStillAtRisk() throws {
    let curve = try #require(KaplanMeier(Self.followUps("5 5+")))
    #expect(curve.survival(at: 5) == 0.5)
    #expect(curve.median == 5)
    let none = try #require(KaplanMeier(Self.followUps("5+ 6+")))
    #expect(none.steps.isEmpty && none.median == nil && none.survival(at: 6) == 1)
  }

  @Test func whatIsUndefinedIsNil() {
    #expect(KaplanMeier([]) == nil)
    #expect(KaplanMeier([FollowUp(-1, event: true)]) == nil)
    #expect(KaplanMeier([FollowUp(.nan, event: true)]) == nil)
    #expect(KaplanMeier(treated, level: 1) == nil)
    #expect(LogRank([]) == nil)
    #expect(LogRank([treated]) == nil)
    #expect(LogRank([treated, []]) == nil)
    #expect(LogRank([Self.followUps("1+ 2+"), Self.followUps("3+")]) == nil)
    #expect(LogRank([Self.followUps("1 2"), [FollowUp(.infinity, event: false)]]) == nil)
    // Never at risk together at an event: nothing to compare.
    #expect(LogRank([Self.followUps("1+ 1+"), Self.followUps("3 4")]) == nil)
  }
}
