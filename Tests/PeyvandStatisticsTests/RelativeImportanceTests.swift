import PeyvandStatistics
import Testing

@Suite struct RelativeImportanceTests {
  /// Fertility and five indicators of 47 French-speaking provinces of Switzerland about 1888 (Mosteller & Tukey, "Data
  /// Analysis and Regression", 1977; `swiss` of R): sums of squares and products about the means, Fertility first, then
  /// Agriculture, Examination, Education, Catholic and Infant.Mortality.
  private let swiss = [
    [
      7177.954893617022, 4607.78085106383, -2960.8787234042557, -3667.55744680851, 11111.907340425529,
      697.1848936170213,
    ],
    [
      4607.78085106383, 23726.773191489363, -5722.070212765956, -6424.240425531914, 17475.60127659575, -185.18914893617,
    ],
    [
      -2960.8787234042557, -5722.070212765956, 2927.744680851063, 2464.489361702127, -8765.78808510638,
      -121.87872340425534,
    ],
    [
      -3667.55744680851, -6424.240425531914, 2464.489361702127, 4252.978723404255, -2838.1461702127663,
      -127.9574468085106,
    ],
    [
      11111.907340425529, 17475.60127659575, -8765.78808510638, -2838.1461702127663, 80007.54871063834,
      980.6333404255321,
    ],
    [
      697.1848936170213, -185.18914893617, -121.87872340425534, -127.9574468085106, 980.6333404255321,
      390.25489361702114,
    ],
  ]

  /// The manual of R's `relaimpo` (U. Grömping): `calc.relimp(swiss, type = "lmg")` gives 0.05709122, 0.17117303, 0.26013468,
  /// 0.10557015 and 0.11276592, of 70.67 %; the further digits by NumPy 2, every subset by `lstsq`.
  @Test func theSwissProvinces() throws {
    let among = swiss.dropFirst().map { Array($0.dropFirst()) }
    let found = try #require(
      RelativeImportance(predictors: among, outcome: Array(swiss[0].dropFirst()), total: swiss[0][0]))
    #expect(isClose(found.rSquared, 0.7067350015927254, 1e-9))
    let parts = [
      0.057091220768091255, 0.17117302890023411, 0.26013467862438466, 0.10557015037349368, 0.11276592292652181,
    ]
    for (part, expected) in zip(found.parts, parts) { #expect(isClose(part, expected, 1e-9)) }
    #expect(isClose(found.parts.reduce(0, +), found.rSquared))
  }

  /// Two that say the same share what one would have, and what does not vary has nothing.
  @Test func whatSaysTheSame() throws {
    let twins = try #require(
      RelativeImportance(predictors: [[4, 4, 0], [4, 4, 0], [0, 0, 0]], outcome: [2, 2, 0], total: 4))
    #expect(isClose(twins.rSquared, 0.25))
    #expect(isClose(twins.parts[0], 0.125) && isClose(twins.parts[1], 0.125))
    #expect(twins.parts[2] == 0)
  }

  @Test func nothingToShare() {
    #expect(RelativeImportance(predictors: [[1]], outcome: [0.5], total: 0) == nil)
    #expect(RelativeImportance(predictors: [[.infinity]], outcome: [0.5], total: 1) == nil)
    #expect(RelativeImportance(predictors: [[1, 0]], outcome: [0.5], total: 1) == nil)
    #expect(RelativeImportance(predictors: [], outcome: [], total: 1)?.rSquared == 0)
    let many = RelativeImportance.mostPredictors + 1
    #expect(
      RelativeImportance(
        predictors: (0..<many).map { row in (0..<many).map { $0 == row ? 1 : 0 } },
        outcome: [Double](repeating: 0.1, count: many), total: 1) == nil)
  }

  /// Fifteen that have nothing to do with each other each keep their own r².
  @Test func asManyAsThereMayBe() throws {
    let many = RelativeImportance.mostPredictors
    let found = try #require(
      RelativeImportance(
        predictors: (0..<many).map { row in (0..<many).map { $0 == row ? 1 : 0 } },
        outcome: (0..<many).map { Double($0) / 40 }, total: 1))
    for (place, part) in found.parts.enumerated() { #expect(isClose(part, Double(place * place) / 1_600, 1e-9)) }
  }

  /// Three indicators of 24 cases, by NumPy 2: `corrcoef` of the ranks, and every subset by `lstsq`.
  @Test func indicators() throws {
    let outcomes: [Int: [Double]] = [
      0: [0, 0, 0, 0, 1, 2], 1: [0, 1, 1, 3], 3: [2, 3, 3, 5, 5], 2: [0, 1], 7: [5, 8, 2], 4: [1, 0, 4], 6: [3],
    ]
    let cells = outcomes.sorted { $0.key < $1.key }
    let table = IndicatorTable(cells.map { .init(pattern: $0.key, outcomes: $0.value.map { ($0, 1) }) })
    for (place, r) in [0.5470117176813943, 0.5797592731602353, 0.32453057978234173].enumerated() {
      #expect(isClose(table.spearman(place), r, 1e-9))
    }
    let importance = try #require(table.importance(of: [0, 1, 2]))
    #expect(isClose(importance.rSquared, 0.5407222200042232, 1e-9))
    for (place, part) in [0.2035038752007748, 0.20694384631041443, 0.13027449849303396].enumerated() {
      #expect(isClose(importance.parts[place], part, 1e-9))
    }
    // Of a yes and no: at least 2.
    let counted = IndicatorTable(
      cells.map { cell in
        let yes = cell.value.count { $0 >= 2 }
        return .init(pattern: cell.key, outcomes: [(0, cell.value.count - yes), (1, yes)])
      })
    for (place, r) in [0.5, 0.5853694070049636, 0.27500954910846337].enumerated() {
      #expect(isClose(counted.spearman(place), r, 1e-9))
    }
    #expect(isClose(counted.importance(of: [0, 1, 2])?.parts[1], 0.2357421417842574, 1e-9))
  }

  /// No unit is too large, and what does not vary goes with nothing.
  @Test func extremes() throws {
    let huge = IndicatorTable([
      .init(pattern: 0, outcomes: [(-1e308, 3), (1e308, 1)]), .init(pattern: 1, outcomes: [(1e308, 3), (-1e308, 1)]),
    ])
    #expect(isClose(huge.spearman(0), 0.5) && isClose(huge.importance(of: [0])?.rSquared, 0.25))
    let same = IndicatorTable([.init(pattern: 0, outcomes: [(1, 3)]), .init(pattern: 1, outcomes: [(1, 2)])])
    #expect(same.spearman(0) == nil && same.importance(of: [0]) == nil)
    let all = IndicatorTable([.init(pattern: 1, outcomes: [(0, 3), (1, 2)])])
    #expect(all.spearman(0) == nil && all.importance(of: [0])?.rSquared == 0)
    #expect(IndicatorTable([]).spearman(0) == nil && IndicatorTable([]).importance(of: [0]) == nil)
  }

  /// The lower quartile of 11 to 30 is 15.75: three quarters are still undecided after 14 days. It is never nought.
  @Test func landmark() {
    #expect(Landmark.length(sorted: (11...30).map { Double($0) }) == 14)
    #expect(Landmark.length(sorted: [1, 1, 1]) == 1)
    #expect(Landmark.length(sorted: []) == nil && Landmark.length(lowerQuartile: .infinity) == nil)
  }
}
