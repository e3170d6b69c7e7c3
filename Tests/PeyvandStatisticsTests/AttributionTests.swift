import Glibc
import PeyvandStatistics
import Testing

@Suite struct AttributionTests {
  private func journey(_ channels: [Int], _ ages: [Double] = [], _ hasOutcome: Bool = true) -> Attribution.Journey {
    .init(
      channels: channels, ages: ages.isEmpty ? channels.map { _ in 0 } : ages, hasOutcome: hasOutcome)
  }

  private func credits(
    _ journeys: [Attribution.Journey], _ channels: Int, _ model: Attribution.Model, _ halfLife: Double = 7
  ) -> [Double]? {
    Attribution.credits(journeys, channels: channels, model: model, halfLife: halfLife)
  }

  /// a, b, a, c with an outcome, c without.
  @Test func shares() {
    let journeys = [journey([0, 1, 0, 2]), journey([2], [0], false)]
    #expect(credits(journeys, 3, .first) == [1, 0, 0])
    #expect(credits(journeys, 3, .last) == [0, 0, 1])
    #expect(credits(journeys, 3, .linear) == [0.5, 0.25, 0.25])
    #expect(credits(journeys, 3, .position) == [0.5, 0.1, 0.4])
    #expect(credits([journey([0, 1])], 2, .position) == [0.5, 0.5])
    #expect(credits([journey([1])], 2, .position) == [0, 1])
    let shapley = credits(journeys, 3, .shapley) ?? []
    #expect(shapley.allSatisfy { isClose($0, 1.0 / 3) } && shapley.count == 3)
    #expect(credits([journey([0, 1], [7, 0])], 2, .decay) == [1.0 / 3, 2.0 / 3])
    // So old that both weights are 0 beside an age of 0.
    #expect(credits([journey([0, 1], [1e9 + 7, 1e9])], 2, .decay) == [1.0 / 3, 2.0 / 3])
  }

  /// Worked by hand: start to a ½, b ½; a to b ½, to the outcome ½; b to the outcome ⅔, to nothing ⅓.
  /// All: ½ · (½ + ½ · ⅔) + ½ · ⅔ = 0.75; without a ⅓, without b ¼: effects 5/9 and 2/3 of 3 outcomes: 15/11 and 18/11.
  @Test func markov() throws {
    let journeys = [journey([0]), journey([0, 1]), journey([1]), journey([1], [0], false)]
    let credit = try #require(credits(journeys, 2, .markov))
    #expect(isClose(credit[0], 15.0 / 11))
    #expect(isClose(credit[1], 18.0 / 11))
    // A loop of one channel is solved too: out of a ½ back to a, ½ to the outcome.
    #expect(credits([journey([0, 0])], 1, .markov) == [1])
    #expect(credits([journey([0], [0], false)], 1, .markov) == [0])
    #expect(credits([], 0, .markov) == [])
  }

  @Test func whatCannotBe() {
    #expect(credits([journey([3])], 2, .linear) == nil)
    #expect(credits([journey([0])], 1, .decay, 0) == nil)
    #expect(credits([.init(channels: [0], ages: [], hasOutcome: true)], 1, .first) == nil)
    #expect(credits([journey([])], 1, .linear) == [0])
    #expect(credits([], 1000, .markov) == nil)
  }
}

@Suite struct PurchaseModelTests {
  /// Fader, Hardie & Lee (2005): the parameters of CDNOW's sample.
  private let published = PurchaseModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)

  /// Their note on the spreadsheet gives 1.226 for x = 2, tₓ = 30.43, T = 38.86 and 39 weeks; the rest by SciPy 1.17, hyp2f1.
  @Test(arguments: [
    (2, 30.43, 38.86, 0.726578570080673, 1.226028174767135), (0, 0, 38.86, 1, 0.19509805201125396),
    (26, 30.86, 31.0, 0.968915649717525, 20.749726140857376),
  ])
  func toCome(_ x: Double, _ recency: Double, _ age: Double, _ alive: Double, _ expected: Double) {
    let buyer = PurchaseModel.Buyer(frequency: x, recency: recency, age: age)
    #expect(isClose(published.alive(buyer), alive))
    #expect(isClose(published.expected(buyer, for: 39), expected))
    #expect(published.expected(buyer, for: 0) == 0)
  }

  /// Buyers of many rates and many chances to leave, each as regular as it can be.
  @Test func fits() throws {
    var buyers: [PurchaseModel.Buyer] = []
    for rate in [0.005, 0.02, 0.05, 0.2, 0.8] {
      for most in [0.0, 1, 2, 10, 100] {
        for age in [20.0, 30, 39] {
          let x = min(most, (age * rate).rounded(.down))
          buyers.append(.init(frequency: x, recency: x / rate, age: age))
        }
      }
    }
    let model = try #require(PurchaseModel(buyers))
    #expect(model.count == 75 && model.logLikelihood.isFinite)
    // The highest place: no small step from it is higher.
    for step in [0.99, 1.01] {
      for other in [
        PurchaseModel(r: model.r * step, alpha: model.alpha, a: model.a, b: model.b),
        PurchaseModel(r: model.r, alpha: model.alpha * step, a: model.a, b: model.b),
        PurchaseModel(r: model.r, alpha: model.alpha, a: model.a * step, b: model.b),
      ] {
        #expect(Self.logLikelihood(buyers, other) < model.logLikelihood + 1e-9)
      }
    }
    #expect(isClose(Self.logLikelihood(buyers, model), model.logLikelihood, 1e-8))
    #expect(PurchaseModel(buyers) == PurchaseModel(buyers.reversed()))
  }

  /// The likelihood of the paper's formula (6), member by member.
  private static func logLikelihood(_ buyers: [PurchaseModel.Buyer], _ m: PurchaseModel) -> Double {
    buyers.reduce(0) { sum, buyer in
      let x = buyer.frequency
      // B(a, b + x)/B(a, b) and Γ(r + x)/Γ(r) as products.
      var beta = 1.0
      var gamma = 1.0
      for step in 0..<Int(x) {
        beta *= (m.b + Double(step)) / (m.a + m.b + Double(step))
        gamma *= m.r + Double(step)
      }
      var value = beta * gamma * pow(m.alpha, m.r) / pow(m.alpha + buyer.age, m.r + x)
      if x > 0 {
        // B(a + 1, b + x − 1)/B(a, b)
        var other = m.a / (m.a + m.b)
        for step in 0..<Int(x - 1) { other *= (m.b + Double(step)) / (m.a + m.b + 1 + Double(step)) }
        value += other * gamma * pow(m.alpha, m.r) / pow(m.alpha + buyer.recency, m.r + x)
      }
      return sum + log(value)
    }
  }

  @Test func whatCannotBe() {
    #expect(PurchaseModel([]) == nil)
    #expect(PurchaseModel((0..<50).map { _ in .init(frequency: 0, recency: 0, age: 10) }) == nil)
    #expect(published.alive(.init(frequency: 1, recency: 0, age: 10)) == nil)
    #expect(published.alive(.init(frequency: 1.5, recency: 3, age: 10)) == nil)
    #expect(published.expected(.init(frequency: 1, recency: 11, age: 10), for: 3) == nil)
    #expect(published.expected(.init(frequency: 1, recency: 3, age: 10), for: -1) == nil)
  }
}
