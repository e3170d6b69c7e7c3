import Glibc

/// The distributions by which chance is told, each by the sum or integral that defines it: no series, no fraction, no
/// function that the engine has.
package enum ReferenceChance {
  /// Simpson's rule.
  package static func integral(_ from: Double, _ to: Double, _ steps: Int = 4_000, _ f: (Double) -> Double) -> Double {
    guard to > from else { return 0 }
    let h = (to - from) / Double(2 * steps)
    var sum = f(from) + f(to)
    for step in 1..<(2 * steps) { sum += f(from + Double(step) * h) * (step % 2 == 1 ? 4 : 2) }
    return sum * h / 3
  }

  /// Between 95 % of a normal distribution and the rest.
  static let z: Double = bisected(0, 10) { twoSided($0) <= 0.05 }

  /// The first place from which a condition holds.
  static func bisected(_ from: Double, _ to: Double, _ holds: (Double) -> Bool) -> Double {
    var (low, high) = (from, to)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }

  /// How likely a normal number is as far from 0 as this.
  static func twoSided(_ z: Double) -> Double {
    let far = abs(z)
    guard far < 38 else { return 0 }
    return 2 * integral(far, far + 12) { exp(-$0 * $0 / 2) } / (2 * Double.pi).squareRoot()
  }

  /// The same of Student's t: with t = √ν·tan θ its density is that of cos(θ)^(ν−1).
  static func twoSided(t: Double, _ degrees: Int) -> Double {
    let density = { (angle: Double) in pow(max(0, cos(angle)), Double(degrees - 1)) }
    let from = atan(abs(t) / Double(degrees).squareRoot())
    return integral(from, .pi / 2, 4_000, density) / integral(0, .pi / 2, 4_000, density)
  }

  /// The t beyond which, on both sides, one in twenty lies.
  static func t95(_ degrees: Int) -> Double {
    bisected(0, .pi / 2) { twoSided(t: tan($0) * Double(degrees).squareRoot(), degrees) <= 0.05 }
      .tangent * Double(degrees).squareRoot()
  }

  /// How likely a chi-square is above this: with x = u² its density is that of u^(k−1)·e^(−u²/2).
  static func chiSquareAbove(_ x: Double, _ degrees: Int) -> Double {
    let density = { (u: Double) in exp(Double(degrees - 1) * (u > 0 ? log(u) : -1e9) - u * u / 2) }
    let end = Double(degrees).squareRoot() + 14
    guard x.squareRoot() < end else { return 0 }
    let start = degrees == 1 ? integral(0, end) { exp(-$0 * $0 / 2) } : integral(0, end, 4_000, density)
    if degrees == 1 { return integral(x.squareRoot(), end) { exp(-$0 * $0 / 2) } / start }
    return integral(x.squareRoot(), end, 4_000, density) / start
  }

  static func choose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return 0 }
    return (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  /// Fisher's exact p: all tables of these margins that are no likelier than this one.
  static func fisher(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
    let all = choose(a + b + c + d, a + c)
    func likely(_ x: Int) -> Double { choose(a + b, x) * choose(c + d, a + c - x) / all }
    let own = likely(a)
    return min(1, (0...(a + c)).reduce(0.0) { $0 + (likely($1) <= own * (1 + 1e-7) ? likely($1) : 0) })
  }
}

extension Double {
  fileprivate var tangent: Double { tan(self) }
}
