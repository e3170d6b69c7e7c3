/// What parts two groups: how far apart they are, how sure that is, and how likely by chance.
///
/// Shares and means are asked the same question ("did it change?", "are those who passed better off?"), so they get one
/// answer: the difference with the interval that belongs to it, and a p that many such answers can be judged by
/// together.
package struct GroupDifference: Hashable, Sendable {
  /// First minus second, with its 95 % interval.
  package let estimate: Estimate
  package let p: Double

  /// Two shares: Newcombe's hybrid interval (method 10); p by chi-square where every expected count is 5 or more, else
  /// Fisher's exact. Nil where either is no share.
  package init?(share k1: Int, of n1: Int, minus k2: Int, of n2: Int) {
    guard let estimate = Proportions.difference(k1, of: n1, minus: k2, of: n2),
      let table = TwoByTwo(k1, n1 - k1, k2, n2 - k2)
    else { return nil }
    self.estimate = estimate
    if let square = Contingency.chiSquare([[k1, n1 - k1], [k2, n2 - k2]]), square.leastExpected >= 5 {
      p = square.p
    } else {
      p = table.fisherP
    }
  }

  /// Two means, by Welch's t (B. L. Welch, "The generalization of 'Student's' problem when several different
  /// population variances are involved", Biometrika 34, 1947): no equal spread is assumed. Nil where either has fewer
  /// than two numbers, or where neither has any spread, so that there is nothing to judge by.
  package init?(mean first: Moments, minus second: Moments) {
    guard let v1 = first.variance, let v2 = second.variance, v1 + v2 > 0 else { return nil }
    let (e1, e2) = (v1 / Double(first.count), v2 / Double(second.count))
    let error = (e1 + e2).squareRoot()
    let df =
      (e1 + e2) * (e1 + e2) / (e1 * e1 / Double(first.count - 1) + e2 * e2 / Double(second.count - 1))
    let value = first.mean - second.mean
    guard df.isFinite, error > 0, error.isFinite, let t = Distributions.tQuantile(0.975, df: df),
      let below = Distributions.tCDF(-(value / error).magnitude, df: df)
    else { return nil }
    estimate = Estimate(value: value, interval: Interval(low: value - t * error, high: value + t * error))
    p = min(1, 2 * below)
  }
}
