import PeyvandData
import PeyvandStatistics

/// Whether the groups that a card names differ by more than chance makes of any groups.
///
/// Of twenty groups one is always first. So each that has enough cases is set against all others together, and the p of
/// all that were tried are judged by Benjamini and Hochberg: a place among groups is no difference yet.
extension KPIEvaluation {
  /// - Parameters:
  ///   - cases: all groups, those of few cases and that of what is missing among them: they are others too.
  ///   - judged: the places of those that may be named, with what they are called.
  /// - Returns: nil where fewer than two may be, or the measure is neither a share nor a mean.
  static func chance(among cases: [KPIMeasure.Case], judged: [(place: Int, label: String)]) -> KPICard.Chance? {
    guard judged.count > 1 else { return nil }
    let others = self.others(of: cases)
    let p = judged.map { one in others[one.place].flatMap { difference(cases[one.place], minus: $0) }?.p }
    let q = falseDiscovery(p)
    guard q.contains(where: { $0 != nil }) else { return nil }
    let beyond = zip(judged, q).compactMap { one, q in
      q.flatMap { $0 <= 0.05 ? KPICard.Chance.Group(label: one.label, q: $0) : nil }
    }
    // Stable: those of one q stay in the order of their keys.
    let order = beyond.indices.sorted { beyond[$0].q != beyond[$1].q ? beyond[$0].q < beyond[$1].q : $0 < $1 }
    return KPICard.Chance(tried: q.count { $0 != nil }, beyond: order.map { beyond[$0] })
  }

  /// For each group all others together.
  private static func others(of cases: [KPIMeasure.Case]) -> [KPIMeasure.Case?] {
    let n = cases.reduce(0) { $0 + $1.n }
    if cases.allSatisfy({ $0.k != nil }) {
      let k = cases.reduce(0) { $0 + ($1.k ?? 0) }
      return cases.map { one in
        .init(value: .missing, number: nil, n: n - one.n, k: k - (one.k ?? 0), open: 0)
      }
    }
    // What stands before and what stands after, put together.
    func merged(_ one: Moments?, _ other: Moments?) -> Moments? {
      guard let one, let other else { return one ?? other }
      return Moments(merging: one, other)
    }
    var before: [Moments?] = [nil]
    for one in cases { before.append(merged(before.last ?? nil, one.moments)) }
    var after: Moments?
    var result = [KPIMeasure.Case?](repeating: nil, count: cases.count)
    for (place, one) in cases.enumerated().reversed() {
      if let moments = merged(before[place], after) {
        result[place] = .init(
          value: .missing, number: moments.mean, n: n - one.n, k: nil, open: 0, moments: moments)
      }
      after = merged(after, one.moments)
    }
    return result
  }
}
