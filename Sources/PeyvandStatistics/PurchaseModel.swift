import Glibc

/// Buying without a contract: who is silent because he has left, and who because he buys seldom?
///
/// The BG/NBD model (Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing Science 24, 2005): while alive a
/// member buys at a rate of his own (gamma distributed: r, α), and after each purchase leaves with a chance of his own
/// (beta distributed: a, b). Fitted by maximum likelihood; P(alive) and the purchases to come are theirs, formulas (10) of
/// the paper's section 4 and of the note on P(alive).
package struct PurchaseModel: Hashable, Sendable {
  /// A member as the model sees him; times in any one unit.
  package struct Buyer: Hashable, Sendable {
    /// How often he bought again, after the first time.
    package var frequency: Double
    /// From the first purchase to the last; 0 where there was one.
    package var recency: Double
    /// From the first purchase to the end of what was seen.
    package var age: Double
    package init(frequency: Double, recency: Double, age: Double) {
      self.frequency = frequency
      self.recency = recency
      self.age = age
    }

    package var isPossible: Bool {
      frequency >= 0 && recency >= 0 && age >= recency && age > 0 && age.isFinite && frequency.isFinite
        && frequency == frequency.rounded() && (frequency > 0) == (recency > 0)
    }
  }

  package let r: Double
  package let alpha: Double
  package let a: Double
  package let b: Double
  package let logLikelihood: Double
  package let count: Int

  package init(r: Double, alpha: Double, a: Double, b: Double, logLikelihood: Double = 0, count: Int = 0) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
    self.logLikelihood = logLikelihood
    self.count = count
  }

  /// Nil for fewer than `least` possible members, where none bought again, or where the likelihood has no highest place
  /// that is found. Cost: some hundreds of walks over the members.
  package init?(_ buyers: [Buyer]) {
    let buyers = buyers.filter(\.isPossible)
    guard buyers.count >= Self.least, buyers.contains(where: { $0.frequency > 0 }) else { return nil }
    // Equal members once; in an order of their own, so that sums do not depend on that of the rows.
    var counts: [Buyer: Int] = [:]
    for buyer in buyers { counts[buyer, default: 0] += 1 }
    let cases = counts.map { (buyer: $0.key, times: Double($0.value)) }.sorted {
      ($0.buyer.frequency, $0.buyer.recency, $0.buyer.age) < ($1.buyer.frequency, $1.buyer.recency, $1.buyer.age)
    }
    let n = Double(buyers.count)
    let scale = buyers.reduce(0) { $0 + $1.age } / n
    let start = [0, log(scale), 0, 0]
    // Mean log-likelihood, so that what is small does not hang on how many there are.
    guard
      let found = NelderMead.minimum(
        from: start, of: { point in -Self.logLikelihood(cases, point.map { exp($0) }) / n }),
      // Beyond that the likelihood rises for ever along a ridge (nobody differs, or nobody leaves): there is no fit.
      found.point.allSatisfy({ abs($0) < Self.farthest })
    else { return nil }
    let best = found.point.map { exp($0) }
    self.init(r: best[0], alpha: best[1], a: best[2], b: best[3], logLikelihood: -found.value * n, count: buyers.count)
  }

  /// Logarithms of parameters beyond which they say nothing: e^11.5 is about 100,000.
  private static let farthest = 11.5

  /// Fewer members than these tell nothing of four parameters.
  package static let least = 20

  private static func logLikelihood(_ cases: [(buyer: Buyer, times: Double)], _ p: [Double]) -> Double {
    let (r, alpha, a, b) = (p[0], p[1], p[2], p[3])
    let (logGammaR, logAlpha) = (Distributions.logGamma(r), log(alpha))
    let beta = Distributions.logGamma(a + b) - Distributions.logGamma(b)
    var sum = 0.0
    // What hangs on the frequency alone, while it stays the same: the cases are in its order.
    var frequency = -1.0
    var own = 0.0
    for (buyer, times) in cases {
      let x = buyer.frequency
      if x != frequency {
        frequency = x
        own =
          Distributions.logGamma(r + x) - logGammaR + r * logAlpha + beta + Distributions.logGamma(b + x)
          - Distributions.logGamma(a + b + x)
      }
      let stayed = -(r + x) * log(alpha + buyer.age)
      var both = stayed
      if x > 0 {
        let left = log(a) - log(b + x - 1) - (r + x) * log(alpha + buyer.recency)
        both = max(stayed, left) + log1p(exp(-abs(stayed - left)))
      }
      sum += times * (own + both)
    }
    return sum
  }

  /// How likely it is that the member still buys. Nil for one who cannot be.
  package func alive(_ buyer: Buyer) -> Double? {
    guard buyer.isPossible else { return nil }
    let value = 1 / (1 + oddsOfLeft(buyer))
    return value.isFinite ? value : nil
  }

  /// Purchases to be expected in so much time from the end of what was seen.
  package func expected(_ buyer: Buyer, for time: Double) -> Double? {
    guard buyer.isPossible, time >= 0, time.isFinite else { return nil }
    if time == 0 { return 0 }
    let x = buyer.frequency
    // The formula has no value at a = 1; beside it, it has the same.
    let a = abs(self.a - 1) < 1e-7 ? 1 + 1e-7 : self.a
    let z = time / (alpha + buyer.age + time)
    guard let series = Self.hypergeometric(r + x, b + x, a + b + x - 1, z) else { return nil }
    let shrunk = pow((alpha + buyer.age) / (alpha + buyer.age + time), r + x)
    let value = (a + b + x - 1) / (a - 1) * (1 - shrunk * series) / (1 + oddsOfLeft(buyer))
    return value.isFinite ? max(0, value) : nil
  }

  private func oddsOfLeft(_ buyer: Buyer) -> Double {
    let x = buyer.frequency
    guard x > 0 else { return 0 }
    return a / (b + x - 1) * exp((r + x) * (log(alpha + buyer.age) - log(alpha + buyer.recency)))
  }

  /// Gauss's ₂F₁ by its series, for 0 ≤ z < 1; nil where it does not settle.
  private static func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
    var term = 1.0
    var sum = 1.0
    for step in 0..<200_000 {
      let k = Double(step)
      term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
      sum += term
      guard sum.isFinite else { return nil }
      if abs(term) <= 1e-15 * abs(sum) { return sum }
    }
    return nil
  }
}
