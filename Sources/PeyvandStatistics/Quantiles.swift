/// Order statistics. Every function takes its values in ascending order, so that whoever asks for five
/// quantiles sorts once.
package enum Quantiles {
  /// The quantile of type 7 of Hyndman & Fan ("Sample Quantiles in Statistical Packages", 1996): linear between the
  /// order statistics about (n − 1)·p, the default of numpy, R and the spreadsheets. Nil for no values or p outside 0 to 1.
  package static func quantile(sorted values: [Double], _ p: Double) -> Double? {
    guard !values.isEmpty, p >= 0, p <= 1 else { return nil }
    let place = Double(values.count - 1) * p
    let below = min(Int(place), values.count - 1)
    let above = min(below + 1, values.count - 1)
    let part = place - Double(below)
    let (low, high) = (values[below], values[above])
    if part == 0 || low == high { return low }
    // From the nearer end, so that the result never leaves the two.
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
  }

  package static func median(sorted values: [Double]) -> Double? { quantile(sorted: values, 0.5) }

  /// The interval for a median between two order statistics, from the binomial distribution with ½: the narrowest
  /// symmetrical pair whose coverage is at least `level` (Conover, "Practical Nonparametric Statistics", 3.2). It
  /// assumes nothing about the values' distribution. Nil where so few values cannot give it (fewer than 6 for 95 %).
  package static func medianInterval(sorted values: [Double], level: Double = 0.95) -> Interval? {
    let n = values.count
    guard n > 0, level > 0, level < 1 else { return nil }
    let tail = (1 - level) / 2
    // The largest r with P(B ≤ r − 1) ≤ tail; the r-th value from each end bounds the interval.
    func isOutside(_ r: Int) -> Bool {
      // P(B ≤ k) = I½(n − k, k + 1), with k = r − 1.
      guard let p = Distributions.lowerBeta(a: Double(n - r + 1), b: Double(r), x: 0.5) else { return false }
      return p <= tail * (1 + 1e-12)
    }
    var low = 0
    var high = (n + 1) / 2
    while low < high {
      let middle = (low + high + 1) / 2
      if isOutside(middle) { low = middle } else { high = middle - 1 }
    }
    guard low >= 1 else { return nil }
    return Interval(low: values[low - 1], high: values[n - low])
  }
}
