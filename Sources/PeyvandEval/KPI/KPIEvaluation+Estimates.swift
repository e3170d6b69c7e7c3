import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

extension KPIEvaluation {
  /// The share of those with their full window from which on the card leads with them.
  private static let enoughClosed = 0.8
  /// No survival is given where fewer were still waiting (measures: small n).
  private static let leastAtRisk = 10

  /// The three estimates of a share of one sequence with a window; nil for every other measure, and where the program
  /// counts open windows on purpose or waits for something to stay away.
  func estimates(_ whole: KPIMeasure.Case) throws(Diagnostics) -> WindowEstimates? {
    guard case .share(let aggregate) = KPIMeasure.Shape(kpi.measure), case .matches(let sequence) = aggregate.list,
      let yes = whole.k, !sequence.steps.contains(where: { $0.isAbsence || $0.window.countsOpen })
    else { return nil }
    var counting = sequence
    for step in counting.steps.indices { counting.steps[step].window.countsOpen = true }
    let naive = Aggregate(.share, .matches(counting), scope: .group)
    let followed = Aggregate(.list, .matched(sequence, .followed), scope: .group)
    let result = try grouped(
      MeasurePlan(
        keys: [],
        aggregates: [
          .init(aggregate: naive, type: .number(.share)), .init(aggregate: followed, type: .list(.plainNumber)),
        ]))
    let counts = result.counts[naive]?.byGroup.first ?? GroupFold.Counts()
    let times = (result.aggregates[followed].map { KPIMeasure.samples($0) } ?? []).first ?? []
    let cases = times.map { packed in
      let (time, isEvent) = FollowedTime.unpacked(packed)
      return FollowUp(time, event: isEvent)
    }
    // Those whose window ran out without it were followed to its end.
    let atRisk = whole.n - yes
    var kaplanMeier = WindowEstimates.Estimate(value: nil, n: cases.count)
    if atRisk >= Self.leastAtRisk, let curve = KaplanMeier(cases) {
      kaplanMeier.value = 1 - (curve.steps.last?.survival ?? 1)
      if let interval = curve.steps.last?.interval {
        (kaplanMeier.low, kaplanMeier.high) = (1 - interval.high, 1 - interval.low)
      }
    }
    let closed = whole.n + whole.open == 0 ? 1 : Double(whole.n) / Double(whole.n + whole.open)
    let leadsWithAll = closed < Self.enoughClosed && kaplanMeier.value != nil && cases.count >= kpi.needs
    return WindowEstimates(
      fullWindow: .init(value: whole.number, n: whole.n, low: whole.interval?.low, high: whole.interval?.high),
      kaplanMeier: kaplanMeier, atRisk: atRisk,
      naive: .init(value: counts.used > 0 ? Double(counts.yes) / Double(counts.used) : nil, n: counts.used),
      lead: leadsWithAll ? .kaplanMeier : .fullWindow)
  }
}
