import Glibc

/// One case followed for a time: until what was waited for came, or until it was last seen without (censored).
package struct FollowUp: Hashable, Sendable {
  /// 0 or more, in any unit that is the same for all.
  package var time: Double
  package var isEvent: Bool

  package init(_ time: Double, event: Bool) {
    self.time = time
    self.isEvent = event
  }
}

/// How many have not had it yet, as time goes on, with those not seen long enough counted for as long as they were.
///
/// The product-limit estimate of Kaplan & Meier (1958). A case censored at the moment of an event was still at risk
/// then. It is what makes "returned within six months" honest before six months have passed: leaving out the open
/// cases, or calling them failures, are both wrong.
package struct KaplanMeier: Hashable, Sendable {
  /// A moment at which something happened.
  package struct Step: Hashable, Sendable {
    package var time: Double
    package var atRisk: Int
    package var events: Int
    /// S just after.
    package var survival: Double
    /// Greenwood's variance on the log(−log) scale (Kalbfleisch & Prentice 1980); nil where S is 0.
    package var interval: Interval?
  }

  package let steps: [Step]
  package let count: Int
  package let events: Int
  /// The last moment at which anyone was seen; beyond it nothing is known.
  package let lastTime: Double
  /// Ascending.
  private let times: [Double]

  /// Nil for no cases, or a time that is negative or not finite. Cost: one sort.
  package init?(_ cases: [FollowUp], level: Double = 0.95) {
    guard let z = Distributions.z(level: level), cases.allSatisfy({ $0.time >= 0 && $0.time.isFinite })
    else { return nil }
    let ordered = cases.sorted { $0.time < $1.time }
    guard let last = ordered.last else { return nil }
    var steps: [Step] = []
    var survival = 1.0
    var greenwood = 0.0
    var index = 0
    while index < ordered.count {
      let time = ordered[index].time
      let atRisk = ordered.count - index
      var events = 0
      while index < ordered.count, ordered[index].time == time {
        if ordered[index].isEvent { events += 1 }
        index += 1
      }
      guard events > 0 else { continue }
      let left = Double(atRisk - events)
      survival *= left / Double(atRisk)
      greenwood += left > 0 ? Double(events) / (Double(atRisk) * left) : 0
      var interval: Interval?
      if left > 0 {
        // exp(±θ) of log(−log S), with θ = z·√V/log S; log S < 0 turns the ends round.
        let theta = z * greenwood.squareRoot() / log(survival)
        interval = Interval(low: pow(survival, exp(-theta)), high: pow(survival, exp(theta)))
      }
      steps.append(Step(time: time, atRisk: atRisk, events: events, survival: survival, interval: interval))
    }
    self.steps = steps
    self.count = ordered.count
    self.events = steps.reduce(0) { $0 + $1.events }
    self.lastTime = last.time
    self.times = ordered.map(\.time)
  }

  /// S(t): the share to whom it has not happened by `time`. Nil beyond the last time anyone was seen, unless it had
  /// by then happened to all.
  package func survival(at time: Double) -> Double? {
    guard time >= 0 else { return nil }
    guard let step = step(at: time) else { return time <= lastTime ? 1 : nil }
    return time <= lastTime || step.survival == 0 ? step.survival : nil
  }

  /// The interval of S(t); nil where S(t) is, before the first event, and once S is 0.
  package func interval(at time: Double) -> Interval? {
    survival(at: time) == nil ? nil : step(at: time)?.interval
  }

  /// How many were still followed, and without it, just before `time`.
  package func atRisk(at time: Double) -> Int {
    count - times.partitionIndex { $0 >= time }
  }

  /// The first time with S ≤ ½; nil where fewer than half had it while followed.
  package var median: Double? { steps.first { $0.survival <= Self.half }?.time }

  /// Brookmeyer & Crowley's (1982) interval of the median: the times whose interval of S holds ½. An end is nil where
  /// it lies beyond what was seen.
  package var medianInterval: (low: Double?, high: Double?) {
    func first(_ end: (Interval) -> Double) -> Double? {
      steps.first { step in (step.interval.map(end) ?? step.survival) <= Self.half }?.time
    }
    return (first(\.low), first(\.high))
  }

  /// ½, and what products of rounded fractions may miss it by.
  private static let half = 0.5 + 1e-12

  /// The last step at `time` or before.
  private func step(at time: Double) -> Step? {
    let place = steps.partitionIndex { $0.time > time }
    return place > 0 ? steps[place - 1] : nil
  }
}

extension Array {
  /// The first place whose element and all after fulfil a condition that, once true, stays so.
  fileprivate func partitionIndex(_ isAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
