import Glibc

/// Whether and how fast a series rises, by the order of its points alone: no single outlier moves it.
package enum Trend {
  /// The slope of Theil (1950) and Sen ("Estimates of the Regression Coefficient Based on Kendall's Tau", 1968): the
  /// median of the slopes between all pairs of points at different x, with Sen's interval from Kendall's distribution.
  /// Nil for fewer than two points at different x, or more than `most` of them. Cost: n² slopes and their sort.
  package static func theilSen(_ points: [(x: Double, y: Double)], level: Double = 0.95) -> Estimate? {
    guard points.count <= most, let z = Distributions.z(level: level) else { return nil }
    var slopes: [Double] = []
    slopes.reserveCapacity(points.count * (points.count - 1) / 2)
    for i in points.indices {
      for j in points.indices where j > i && points[j].x != points[i].x {
        slopes.append((points[j].y - points[i].y) / (points[j].x - points[i].x))
      }
    }
    guard slopes.allSatisfy(\.isFinite) else { return nil }
    slopes.sort()
    guard let value = Quantiles.median(sorted: slopes) else { return nil }
    // The ranks M ∓ z·√Var(S) about the middle of the N slopes.
    let spread = z * varianceOfS(points.map(\.y)).squareRoot()
    let count = Double(slopes.count)
    let below = Int(((count - spread) / 2).rounded(.down))
    let above = Int(((count + spread) / 2).rounded(.up))
    let low = slopes.indices.contains(below - 1) ? slopes[below - 1] : slopes.first ?? value
    let high = slopes.indices.contains(above) ? slopes[above] : slopes.last ?? value
    return Estimate(value: value, interval: Interval(low: min(low, value), high: max(high, value)))
  }

  /// Beyond this many points their pairs are too many to be sorted.
  package static let most = 5000

  /// The two-sided p of Mann (1945) and Kendall (1975) for no trend, by the normal distribution with ties and the
  /// correction of continuity. Nil for fewer than 3 points, or more than `most`. Cost: n² comparisons.
  package static func mannKendall(_ values: [Double]) -> Double? {
    guard values.count > 2, values.count <= most, values.allSatisfy(\.isFinite) else { return nil }
    var s = 0
    for i in values.indices {
      for j in values.indices where j > i { s += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0 }
    }
    let variance = varianceOfS(values)
    guard variance > 0 else { return 1 }
    let z = max(0, abs(Double(s)) - 1) / variance.squareRoot()
    return min(1, 2 * Distributions.normalCDF(-z))
  }

  /// Of Kendall's S under no trend, with ties.
  private static func varianceOfS(_ values: [Double]) -> Double {
    func part(_ n: Double) -> Double { n * (n - 1) * (2 * n + 5) }
    var ties = 0.0
    let sorted = values.sorted()
    var start = 0
    for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1] != sorted[index] {
      ties += part(Double(index - start + 1))
      start = index + 1
    }
    return max(0, (part(Double(values.count)) - ties) / 18)
  }
}
