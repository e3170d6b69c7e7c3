import Glibc

/// Intervals for shares: of one, for the difference and for the ratio of two.
///
/// A share is k of n, whole numbers with 0 ≤ k ≤ n and n > 0; for anything else the answer is nil.
package enum Proportions {
  private static func isShare(_ k: Int, of n: Int) -> Bool { n > 0 && k >= 0 && k <= n }

  /// Wilson's score interval (E. B. Wilson, 1927; method 3 of Newcombe, "Two-sided confidence intervals for the
  /// single proportion", 1998): right for small n and for shares near 0 and 1, and never outside them.
  package static func wilson(_ k: Int, of n: Int, level: Double = 0.95) -> Interval? {
    guard isShare(k, of: n), let z = Distributions.z(level: level) else { return nil }
    let (k, n) = (Double(k), Double(n))
    let centre = k + z * z / 2
    let half = z * (k * (n - k) / n + z * z / 4).squareRoot()
    return Interval(
      low: k == 0 ? 0 : max(0, (centre - half) / (n + z * z)),
      high: k == n ? 1 : min(1, (centre + half) / (n + z * z)))
  }

  /// The share with Wilson's interval.
  package static func share(_ k: Int, of n: Int, level: Double = 0.95) -> Estimate? {
    wilson(k, of: n, level: level).map { Estimate(value: Double(k) / Double(n), interval: $0) }
  }

  /// The difference k₁/n₁ − k₂/n₂ with the hybrid score interval: method 10 of Newcombe, "Interval estimation for the
  /// difference between independent proportions", 1998.
  package static func difference(
    _ k1: Int, of n1: Int, minus k2: Int, of n2: Int, level: Double = 0.95
  ) -> Estimate? {
    guard let first = share(k1, of: n1, level: level), let second = share(k2, of: n2, level: level) else { return nil }
    let value = first.value - second.value
    let below = hypot(first.value - first.interval.low, second.interval.high - second.value)
    let above = hypot(first.interval.high - first.value, second.value - second.interval.low)
    return Estimate(value: value, interval: Interval(low: max(-1, value - below), high: min(1, value + above)))
  }

  /// The ratio (k₁/n₁)/(k₂/n₂) with the log interval of Katz, Baptista, Azen & Pike (1978). Nil where either count is
  /// 0, for which the method has no answer.
  package static func ratio(_ k1: Int, of n1: Int, over k2: Int, of n2: Int, level: Double = 0.95) -> Estimate? {
    guard isShare(k1, of: n1), isShare(k2, of: n2), k1 > 0, k2 > 0, let z = Distributions.z(level: level)
    else { return nil }
    let (a, n, b, m) = (Double(k1), Double(n1), Double(k2), Double(n2))
    let value = (a / n) / (b / m)
    let error = max(0, (1 / a - 1 / n) + (1 / b - 1 / m)).squareRoot()
    return Estimate(value: value, interval: Interval(low: value * exp(-z * error), high: value * exp(z * error)))
  }
}
