/// Whether groups differ in how soon it happens to them.
///
/// The log-rank test of Mantel (1966) and Peto & Peto (1972): at each moment of an event, what each group had is held
/// against its part of those at risk; the sums are compared by their hypergeometric covariance.
package struct LogRank: Hashable, Sendable {
  package let statistic: Double
  package let df: Int
  package let p: Double
  /// By group, in the order given; what chance alone would have brought each.
  package let observed: [Int]
  package let expected: [Double]

  /// Nil for fewer than two groups with cases, no event, a time that is negative or not finite, or where the groups
  /// were never at risk together. Cost: one sort of all, then moments × groups².
  package init?(_ groups: [[FollowUp]]) {
    let filled = groups.indices.filter { !groups[$0].isEmpty }
    guard filled.count > 1, groups.allSatisfy({ $0.allSatisfy { $0.time >= 0 && $0.time.isFinite } })
    else { return nil }
    var ordered: [(time: Double, group: Int, isEvent: Bool)] = []
    for (place, group) in filled.enumerated() {
      for each in groups[group] { ordered.append((each.time, place, each.isEvent)) }
    }
    ordered.sort { $0.time < $1.time }
    let size = filled.count
    var atRisk = filled.map { Double(groups[$0].count) }
    var observed = [Int](repeating: 0, count: size)
    var expected = [Double](repeating: 0, count: size)
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    var index = 0
    while index < ordered.count {
      let time = ordered[index].time
      var gone = [Double](repeating: 0, count: size)
      var events = 0.0
      while index < ordered.count, ordered[index].time == time {
        let each = ordered[index]
        gone[each.group] += 1
        if each.isEvent {
          observed[each.group] += 1
          events += 1
        }
        index += 1
      }
      if events > 0 {
        let n = atRisk.reduce(0, +)
        let spread = n > 1 ? events * (n - events) / (n - 1) : 0
        for i in 0..<size {
          let part = atRisk[i] / n
          expected[i] += events * part
          for j in 0..<size {
            covariance[i][j] += spread * part * ((i == j ? 1 : 0) - atRisk[j] / n)
          }
        }
      }
      for i in 0..<size { atRisk[i] -= gone[i] }
    }
    // The differences add up to 0, so the last group says nothing new.
    let differences = (0..<size - 1).map { Double(observed[$0]) - expected[$0] }
    let reduced = covariance.dropLast().map { Array($0.dropLast()) }
    guard let solved = LinearSystem.solve(reduced, differences) else { return nil }
    statistic = max(0, zip(differences, solved).reduce(0) { $0 + $1.0 * $1.1 })
    df = size - 1
    guard let p = Distributions.chiSquareUpper(statistic, df: df) else { return nil }
    self.p = p
    var observedOfAll = [Int](repeating: 0, count: groups.count)
    var expectedOfAll = [Double](repeating: 0, count: groups.count)
    for (place, group) in filled.enumerated() {
      observedOfAll[group] = observed[place]
      expectedOfAll[group] = expected[place]
    }
    self.observed = observedOfAll
    self.expected = expectedOfAll
  }
}
