import Glibc

/// How many have had it by a time, where something else may come first and end the waiting (winning against losing).
///
/// The estimate of Aalen & Johansen (1978): at each moment of the cause at hand, its part of those at risk times the
/// part to whom nothing had happened before. One minus Kaplan–Meier with the other cause called censored is wrong here:
/// it says how many would win if nobody ever lost.
package struct CumulativeIncidence: Hashable, Sendable {
  package enum End: Hashable, Sendable {
    /// The cause asked for.
    case event
    /// Another cause, after which the first cannot come.
    case competing
    /// Last seen without either.
    case censored
  }

  package struct Step: Hashable, Sendable {
    package var time: Double
    package var atRisk: Int
    /// The cumulative incidence just after.
    package var incidence: Double
    /// On the log(−log) scale, with the variance below; nil where the incidence is 0 or 1.
    package var interval: Interval?
  }

  package let steps: [Step]
  package let count: Int
  package let lastTime: Double
  /// Whether someone was seen to the very last time without either.
  private let isDecided: Bool
  private let times: [Double]

  /// Nil for no cases, or a time that is negative or not finite. The variance is the delta method's (Marubini &
  /// Valsecchi, "Analysing Survival Data", 1995, 10.12). Cost: one sort, then moments of the cause squared at most; the
  /// sums are kept, so moments.
  package init?(_ cases: [(time: Double, end: End)], level: Double = 0.95) {
    guard let z = Distributions.z(level: level), cases.allSatisfy({ $0.time >= 0 && $0.time.isFinite }) else {
      return nil
    }
    let ordered = cases.sorted { $0.time < $1.time }
    guard let last = ordered.last else { return nil }
    var steps: [Step] = []
    var survival = 1.0
    var incidence = 0.0
    // Of Var(I) = Σ(I − Iⱼ)²aⱼ + Σbⱼ − 2Σ(I − Iⱼ)cⱼ the sums over j of a, Ia, I²a, b, c and Ic.
    var (a, ia, iia, b, c, ic) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index < ordered.count {
      let time = ordered[index].time
      let n = Double(ordered.count - index)
      var (events, others) = (0.0, 0.0)
      let atRisk = ordered.count - index
      while index < ordered.count, ordered[index].time == time {
        switch ordered[index].end {
        case .event: events += 1
        case .competing: others += 1
        case .censored: break
        }
        index += 1
      }
      guard events + others > 0 else { continue }
      incidence += survival * events / n
      let all = events + others
      let own = n > all ? all / (n * (n - all)) : 0
      let squared = survival * survival * (n - events) / n * (events / (n * n))
      let crossed = survival * events / (n * n)
      a += own
      ia += incidence * own
      iia += incidence * incidence * own
      b += squared
      c += crossed
      ic += incidence * crossed
      survival *= (n - all) / n
      guard events > 0 else { continue }
      let variance = max(
        0, incidence * incidence * a - 2 * incidence * ia + iia + b - 2 * (incidence * c - ic))
      var interval: Interval?
      if incidence > 0, incidence < 1, variance > 0 {
        let theta = z * variance.squareRoot() / (incidence * log(incidence))
        interval = Interval(low: pow(incidence, exp(-theta)), high: pow(incidence, exp(theta)))
      }
      steps.append(Step(time: time, atRisk: atRisk, incidence: min(1, incidence), interval: interval))
    }
    self.steps = steps
    count = ordered.count
    lastTime = last.time
    isDecided = survival == 0
    times = ordered.map(\.time)
  }

  /// The part that had it by `time`. Nil beyond the last time anyone was seen, unless by then something had happened to
  /// all.
  package func incidence(at time: Double) -> Double? {
    guard time >= 0, time <= lastTime || isDecided else { return nil }
    return step(at: time)?.incidence ?? 0
  }

  package func interval(at time: Double) -> Interval? {
    incidence(at: time) == nil ? nil : step(at: time)?.interval
  }

  /// How many were still waiting just before `time`.
  package func atRisk(at time: Double) -> Int { times.count { $0 >= time } }

  private func step(at time: Double) -> Step? { steps.last { $0.time <= time } }
}
