import Glibc

/// Whether two numbers of the same cases go together.
package enum Correlation {
  package struct Result: Hashable, Sendable {
    package var coefficient: Double
    package var n: Int
    /// Fisher's (1921) interval, on the scale of artanh; nil for fewer than 4 pairs.
    package var interval: Interval?
    /// By Student's t with n − 2; nil for fewer than 3 pairs.
    package var p: Double?
  }

  /// Pearson's coefficient. Nil for fewer than two pairs, or where one side does not vary.
  package static func pearson(_ pairs: [(x: Double, y: Double)], level: Double = 0.95) -> Result? {
    guard let r = coefficient(pairs) else { return nil }
    return result(r, pairs.count, level: level, variance: 1)
  }

  /// Spearman's (1904): Pearson's over the ranks, equal values sharing their mean rank; its interval by the variance
  /// of Bonett & Wright (2000), (1 + r²/2)/(n − 3).
  package static func spearman(_ pairs: [(x: Double, y: Double)], level: Double = 0.95) -> Result? {
    guard pairs.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
    let ranked = zip(ranks(pairs.map(\.x)), ranks(pairs.map(\.y))).map { (x: $0, y: $1) }
    guard let r = coefficient(ranked) else { return nil }
    return result(r, pairs.count, level: level, variance: 1 + r * r / 2)
  }

  /// The rank of each number from 1, equal ones sharing the mean of theirs.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    for index in order.indices
    where index + 1 == order.count || values[order[index + 1]] != values[order[index]] {
      let shared = Double(start + index + 2) / 2
      for place in start...index { ranks[order[place]] = shared }
      start = index + 1
    }
    return ranks
  }

  private static func coefficient(_ pairs: [(x: Double, y: Double)]) -> Double? {
    guard pairs.count > 1, let x = Moments(pairs.map(\.x)), let y = Moments(pairs.map(\.y)) else { return nil }
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      let (a, b) = (pair.x - x.mean, pair.y - y.mean)
      xx += a * a
      yy += b * b
      xy += a * b
    }
    let scale = xx.squareRoot() * yy.squareRoot()
    guard scale > 0, scale.isFinite else { return nil }
    let r = xy / scale
    return r.isFinite ? min(1, max(-1, r)) : nil
  }

  private static func result(_ r: Double, _ n: Int, level: Double, variance: Double) -> Result {
    var result = Result(coefficient: r, n: n)
    if n > 3, let z = Distributions.z(level: level) {
      let half = z * (variance / Double(n - 3)).squareRoot()
      result.interval =
        abs(r) >= 1 ? Interval(low: r, high: r) : Interval(low: tanh(atanh(r) - half), high: tanh(atanh(r) + half))
    }
    if n > 2 {
      let df = Double(n - 2)
      let t = abs(r) < 1 ? abs(r) * (df / (1 - r * r)).squareRoot() : Double.infinity
      result.p = t.isFinite ? Distributions.tCDF(-t, df: df).map { min(1, 2 * $0) } : 0
    }
    return result
  }
}
