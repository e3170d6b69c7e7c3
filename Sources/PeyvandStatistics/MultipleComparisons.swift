/// What is left of many p values once it is said how many were tried.
package enum MultipleComparisons {
  /// The q of each p, in the order given: the smallest false-discovery rate at which it would be named
  /// (Benjamini & Hochberg, "Controlling the False Discovery Rate", 1995). Those with q ≤ 0.05 are what the procedure
  /// rejects at 5 %. Nil where a p is not 0 to 1.
  package static func benjaminiHochberg(_ p: [Double]) -> [Double]? {
    guard p.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { return nil }
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var q = p
    var least = 1.0
    for (place, index) in order.enumerated().reversed() {
      least = min(least, p[index] * Double(p.count) / Double(place + 1))
      q[index] = least
    }
    return q
  }
}
