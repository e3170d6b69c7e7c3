import Glibc

/// Level and spread of a list of numbers.
///
/// Two passes, the second with the correction of the first's rounding (Chan, Golub & LeVeque, "Algorithms for Computing
/// the Sample Variance", 1983), because the one-pass formula loses every digit on large, steady numbers (NIST
/// NumAcc4). Cost: two walks over the list.
package struct Moments: Hashable, Sendable {
  package let count: Int
  package let mean: Double
  /// With n − 1; nil for a single number.
  package let variance: Double?

  /// Nil for an empty list, or where a number or its spread is beyond a Double.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let n = Double(values.count)
    let sum = values.reduce(0, +)
    guard sum.isFinite else { return nil }
    let first = sum / n
    // What rounding left of Σ(x − mean), once as a correction of the mean and once of the squares.
    let (rest, squares) = values.reduce((0.0, 0.0)) { sums, x in
      let d = x - first
      return (sums.0 + d, sums.1 + d * d)
    }
    guard squares.isFinite else { return nil }
    count = values.count
    mean = first + rest / n
    variance = values.count > 1 ? max(0, (squares - rest * rest / n) / (n - 1)) : nil
  }

  /// Those of two lists together, from those of each (Chan, Golub & LeVeque 1983). Nil where they are beyond a Double.
  package init?(merging one: Moments, _ other: Moments) {
    let (a, b) = (Double(one.count), Double(other.count))
    let apart = other.mean - one.mean
    let squares = (one.variance ?? 0) * (a - 1) + (other.variance ?? 0) * (b - 1) + apart * apart * a * b / (a + b)
    guard apart.isFinite, squares.isFinite else { return nil }
    count = one.count + other.count
    mean = one.mean + apart * b / (a + b)
    variance = squares / (a + b - 1)
  }

  /// The sample's standard deviation.
  package var standardDeviation: Double? { variance.map { $0.squareRoot() } }

  /// Standard deviation over mean; undefined for a mean of 0 or less.
  package var coefficientOfVariation: Double? {
    guard mean > 0 else { return nil }
    return standardDeviation.map { $0 / mean }
  }

  /// The mean with Student's t interval: mean ± t · s/√n, n − 1 degrees of freedom. Nil for fewer than two numbers.
  package func meanEstimate(level: Double = 0.95) -> Estimate? {
    guard let s = standardDeviation, level > 0, level < 1,
      let t = Distributions.tQuantile(0.5 + level / 2, df: Double(count - 1))
    else { return nil }
    let half = t * s / Double(count).squareRoot()
    return Estimate(value: mean, interval: Interval(low: mean - half, high: mean + half))
  }

  /// Lag-1 autocorrelation, Σ(xᵢ − x̄)(xᵢ₊₁ − x̄)/Σ(xᵢ − x̄)², as NIST's StRD defines it. Nil for fewer than two
  /// numbers, or where all are equal.
  package static func lag1(_ values: [Double]) -> Double? { autocorrelation(values, lag: 1) }

  /// The same with the value so many places on. Nil where there are no more values than places.
  package static func autocorrelation(_ values: [Double], lag: Int) -> Double? {
    guard lag > 0, values.count > lag, let moments = Moments(values) else { return nil }
    let mean = moments.mean
    var products = 0.0
    var squares = 0.0
    for (index, x) in values.enumerated() {
      let d = x - mean
      if index >= lag { products += (values[index - lag] - mean) * d }
      squares += d * d
    }
    return squares > 0 ? products / squares : nil
  }
}
