/// How unevenly an amount is spread over its members.
package enum Inequality {
  /// Gini's coefficient, Σ(2i − n − 1)xᵢ/(nΣx) over the values in ascending order: 0 where all have the same, near 1
  /// where one has all. Nil for no values, a negative one, or a total of 0.
  package static func gini(_ values: [Double]) -> Double? {
    guard let (values, total) = parts(values) else { return nil }
    let n = Double(values.count)
    var sum = 0.0
    for (place, value) in values.sorted().enumerated() { sum += (2 * Double(place + 1) - n - 1) * (value / total) }
    return min(1, max(0, sum / n))
  }

  /// The smallest part of the members, the largest first, that has at least `share` of the total. Nil as `gini`.
  package static func concentration(_ values: [Double], share: Double = 0.8) -> Double? {
    guard let (values, total) = parts(values), share > 0, share <= 1 else { return nil }
    var sum = 0.0
    for (place, value) in values.sorted(by: >).enumerated() {
      sum += value
      // Sums of rounded parts may miss the whole by a little.
      if sum >= share * total * (1 - 1e-12) { return Double(place + 1) / Double(values.count) }
    }
    return 1
  }

  /// The values and their total; where that is beyond a Double, both as parts of the largest, which changes no share.
  private static func parts(_ values: [Double]) -> (values: [Double], total: Double)? {
    guard let largest = values.max(), largest > 0, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
    let total = values.reduce(0, +)
    guard !total.isFinite else { return (values, total) }
    let scaled = values.map { $0 / largest }
    return (scaled, scaled.reduce(0, +))
  }
}
