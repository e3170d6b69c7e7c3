/// The change of a rate, or of a mean, split by groups into mix and rate: how much of it comes of other shares of the
/// groups, and how much of other rates within them.
///
/// E. M. Kitagawa, "Components of a Difference Between Two Rates", JASA 50 (1955), 1168–1194: each group's mix is the
/// change of its share at the mean of its two rates, its rate the change of its rate at the mean of its two shares.
/// Their sum over all groups is the whole change, with nothing left over.
package struct RateDecomposition: Hashable, Sendable {
  /// A group in one period: how many cases it has, and their rate.
  package struct Part: Hashable, Sendable {
    package var n: Int
    /// Nil where there is no case.
    package var rate: Double?
    package init(n: Int, rate: Double?) {
      self.n = n
      self.rate = rate
    }
  }

  package struct Group: Hashable, Sendable {
    package var fromShare: Double
    package var toShare: Double
    package var mix: Double
    package var rate: Double
    /// mix + rate: what the group adds to the change.
    package var change: Double
  }

  package let groups: [Group]
  package let from: Double
  package let to: Double
  package var mix: Double { groups.reduce(0) { $0 + $1.mix } }
  package var change: Double { to - from }
  /// What is not mix, so that the two add up.
  package var rate: Double { change - mix }

  /// A group that is new or gone has no rate in one period; it is taken to have had that of the other, so that its
  /// coming or going is mix. Nil where a period has no case.
  package init?(from first: [Part], to second: [Part]) {
    guard first.count == second.count else { return nil }
    let n1 = first.reduce(0) { $0 + Double($1.n) }
    let n2 = second.reduce(0) { $0 + Double($1.n) }
    guard n1 > 0, n2 > 0 else { return nil }
    var groups: [Group] = []
    var (from, to) = (0.0, 0.0)
    for (a, b) in zip(first, second) {
      let (w1, w2) = (Double(a.n) / n1, Double(b.n) / n2)
      let r1 = a.rate ?? b.rate ?? 0
      let r2 = b.rate ?? a.rate ?? 0
      let mix = (w2 - w1) * (r1 + r2) / 2
      let rate = (r2 - r1) * (w1 + w2) / 2
      groups.append(Group(fromShare: w1, toShare: w2, mix: mix, rate: rate, change: mix + rate))
      from += w1 * r1
      to += w2 * r2
    }
    guard from.isFinite, to.isFinite else { return nil }
    self.groups = groups
    self.from = from
    self.to = to
  }

  /// How far the group that stands out most does: its part in the change beyond what its mean share of the cases would
  /// give it. 0 where every group changed alike.
  package var contrast: Double {
    groups.reduce(0) { max($0, ($1.change - ($1.fromShare + $1.toShare) / 2 * change).magnitude) }
  }
}
