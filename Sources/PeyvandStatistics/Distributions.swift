import Glibc

/// The distribution functions that intervals and tests stand on.
///
/// Written out here, so that an answer does not depend on which mathematics library a machine has beyond its
/// `exp`, `log` and `erfc`. Accurate to about 1e-13 relative for the sizes that data have. Everything is total: what a
/// distribution does not define is nil.
package enum Distributions {
  // MARK: Normal

  /// P(Z ≤ x).
  package static func normalCDF(_ x: Double) -> Double {
    0.5 * erfc(-x * 0.707106781186547524)
  }

  /// The x with P(Z ≤ x) = p, for 0 < p < 1. Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
  package static func normalQuantile(_ p: Double) -> Double? {
    guard p > 0, p < 1 else { return nil }
    let q = p - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      let top: [Double] = [
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080,
      ]
      let bottom: [Double] = [
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
      ]
      return q * polynomial(top, r) / polynomial(bottom, r)
    }
    let r = sqrt(-log(q < 0 ? p : 1 - p))
    let x: Double
    if r <= 5 {
      let top: [Double] = [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
      ]
      let bottom: [Double] = [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1,
      ]
      x = polynomial(top, r - 1.6) / polynomial(bottom, r - 1.6)
    } else {
      let top: [Double] = [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
      ]
      let bottom: [Double] = [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
      ]
      x = polynomial(top, r - 5) / polynomial(bottom, r - 5)
    }
    return q < 0 ? -x : x
  }

  /// The z of a two-sided interval: 1.96 for 95 %. Nil unless 0 < level < 1.
  package static func z(level: Double) -> Double? {
    guard level > 0, level < 1 else { return nil }
    return normalQuantile(0.5 + level / 2)
  }

  /// Highest power first.
  /// The two-sided p of a ratio for 1, by the normal distribution of its logarithm, whose error the interval gives. Nil
  /// where the interval is empty or an end is not positive.
  package static func pOfRatio(_ estimate: Estimate, level: Double = 0.95) -> Double? {
    guard let z = z(level: level), estimate.interval.low > 0, estimate.interval.high.isFinite, estimate.value > 0
    else { return nil }
    let error = (log(estimate.interval.high) - log(estimate.interval.low)) / (2 * z)
    guard error > 0 else { return nil }
    return min(1, 2 * normalCDF(-abs(log(estimate.value)) / error))
  }

  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }

  // MARK: Chi-square

  /// P(χ² ≥ x) with `df` degrees of freedom: the p of a chi-square test. Nil for x < 0 or df < 1.
  package static func chiSquareUpper(_ x: Double, df: Int) -> Double? {
    guard x >= 0, df >= 1 else { return nil }
    return upperGamma(a: Double(df) / 2, x: x / 2)
  }

  /// The regularised upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0.
  ///
  /// Series below a + 1, Lentz's continued fraction above: Abramowitz & Stegun 6.5.29 and 6.5.31. Cost grows as √a.
  package static func upperGamma(a: Double, x: Double) -> Double? {
    guard a > 0, a.isFinite, x >= 0 else { return nil }
    if x == 0 { return 1 }
    if x == .infinity { return 0 }
    if x < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      for _ in 0..<mostSteps {
        n += 1
        term *= x / n
        sum += term
        if term < sum * 1e-17 { break }
      }
      return min(max(1 - sum * gammaFactor(a: a, x: x), 0), 1)
    }
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    for i in 1...mostSteps {
      let n = Double(i)
      let an = -n * (n - a)
      b += 2
      d = 1 / away(an * d + b)
      c = away(b + an / c)
      let step = d * c
      h *= step
      if abs(step - 1) < 1e-16 { break }
    }
    return min(max(h * gammaFactor(a: a, x: x), 0), 1)
  }

  /// xᵃ·e⁻ˣ/Γ(a); for large a by the distance of x from a, since the logarithms alone would cancel.
  private static func gammaFactor(a: Double, x: Double) -> Double {
    guard a >= 10 else { return exp(a * log(x) - x - logGamma(a)) }
    let d = (x - a) / a
    let body = d > -0.5 && d < 1 ? a * (log1p(d) - d) : a * log(x / a) + (a - x)
    return exp(body + 0.5 * log(a) - halfLogTwoPi - stirlingCorrection(a))
  }

  // MARK: Student's t

  /// P(T ≤ t) with `df` degrees of freedom. Abramowitz & Stegun 26.7.1.
  package static func tCDF(_ t: Double, df: Double) -> Double? {
    guard df > 0, !t.isNaN else { return nil }
    if df > 1e12 { return normalCDF(t) }
    let square = t * t
    // Near 0 the tail is almost a half and is better had from its complement.
    let half: Double?
    if square < df {
      half = lowerBeta(a: 0.5, b: df / 2, x: square / (df + square)).map { 0.5 * (1 - $0) }
    } else {
      half = square.isFinite ? lowerBeta(a: df / 2, b: 0.5, x: df / (df + square)).map { 0.5 * $0 } : 0
    }
    return half.map { t > 0 ? 1 - $0 : $0 }
  }

  /// The t with P(T ≤ t) = p, for 0 < p < 1 and df > 0. By Newton's steps on the lower tail, kept in a bracket that
  /// halves where a step would leave it, so that no start can fail.
  package static func tQuantile(_ p: Double, df: Double) -> Double? {
    guard p > 0, p < 1, df > 0 else { return nil }
    if p == 0.5 { return 0 }
    if p > 0.5 {
      // 1 − p is exact here.
      return tQuantile(1 - p, df: df).map { -$0 }
    }
    if df > 1e12 { return normalQuantile(p) }
    var low = -1.0
    while let below = tCDF(low, df: df), below > p, low > -1e300 { low *= 2 }
    var high = low == -1 ? 0 : low / 2
    let logScale = -logBeta(df / 2, 0.5) - 0.5 * log(df)
    var t = min(max(normalQuantile(p) ?? low, low), high)
    for _ in 0..<200 {
      guard let below = tCDF(t, df: df) else { return nil }
      if below < p { low = t } else { high = t }
      let density = exp(logScale - (df + 1) / 2 * log1p(t * t / df))
      var next = t - (below - p) / density
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if abs(next - t) <= abs(t) * 4e-16 { return next }
      t = next
    }
    return t
  }

  // MARK: Beta and gamma

  /// The regularised incomplete beta function Iₓ(a, b), for a, b > 0 and 0 ≤ x ≤ 1.
  ///
  /// Lentz's continued fraction of Abramowitz & Stegun 26.5.8; cost grows as √max(a, b).
  package static func lowerBeta(a: Double, b: Double, x: Double) -> Double? {
    guard a > 0, b > 0, a.isFinite, b.isFinite, x >= 0, x <= 1 else { return nil }
    if x == 0 || x == 1 { return x }
    if x > (a + 1) / (a + b + 2) { return betaFraction(a: b, b: a, x: 1 - x).map { 1 - $0 } }
    return betaFraction(a: a, b: b, x: x)
  }

  private static func betaFraction(a: Double, b: Double, x: Double) -> Double? {
    let factor = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var h = d
    for i in 1...mostSteps {
      let m = Double(i)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      h *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      let step = d * c
      h *= step
      if abs(step - 1) < 1e-16 { break }
    }
    return min(max(factor * h, 0), 1)
  }

  /// ln Γ(x) for x > 0: Stirling's series (Abramowitz & Stegun 6.1.41), from 10 up; smaller x are carried there by
  /// Γ(x + 1) = x·Γ(x).
  package static func logGamma(_ x: Double) -> Double {
    guard x > 0 else { return .nan }
    var shifted = x
    var product = 1.0
    while shifted < 10 {
      product *= shifted
      shifted += 1
    }
    let stirling = (shifted - 0.5) * log(shifted) - shifted + halfLogTwoPi + stirlingCorrection(shifted)
    return stirling - log(product)
  }

  /// ln B(a, b), without the cancellation of large ln Γ: Fullerton's ALBETA of SLATEC.
  static func logBeta(_ a: Double, _ b: Double) -> Double {
    let (p, q) = (min(a, b), max(a, b))
    if p >= 10 {
      let correction = stirlingCorrection(p) + stirlingCorrection(q) - stirlingCorrection(p + q)
      let ratio = p / (p + q)
      return -0.5 * log(q) + halfLogTwoPi + correction + (p - 0.5) * log(ratio) + q * log1p(-ratio)
    }
    if q >= 10 {
      let correction = stirlingCorrection(q) - stirlingCorrection(p + q)
      return logGamma(p) + correction + p - p * log(p + q) + (q - 0.5) * log1p(-p / (p + q))
    }
    return logGamma(p) + logGamma(q) - logGamma(p + q)
  }

  /// What Stirling's formula leaves of ln Γ(x), for x ≥ 10.
  private static func stirlingCorrection(_ x: Double) -> Double {
    let y = 1 / (x * x)
    let series = polynomial(
      [-3617.0 / 122_400, 1.0 / 156, -691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12], y)
    return series / x
  }

  private static let halfLogTwoPi = 0.918938533204672741780
  private static let tiny = 1e-300
  /// Far above what any convergent case takes; only keeps the loops finite.
  private static let mostSteps = 1_000_000

  private static func away(_ x: Double) -> Double { abs(x) < tiny ? tiny : x }
}
