import Glibc

/// A process by its own limits: the chart of individuals and moving ranges (XmR).
///
/// What a process does by itself lies within mean ± 3 · (mean moving range)/1.128 (Shewhart 1931; Wheeler,
/// "Understanding Variation", 1993; 1.128 is d₂ for ranges of two, so that the factor is 2.66). The limits come from the
/// ranges between neighbours and not from the standard deviation, which a shift in the middle would inflate and so hide
/// itself. A point that breaks a rule is a signal: something changed; every other up and down is none.
package struct ControlChart: Hashable, Sendable {
  /// The rules of the NHS ("Making Data Count"), by name.
  package enum Rule: String, CaseIterable, Hashable, Sendable {
    case pointOutside = "point outside"
    case shift = "7 on one side"
    case trend = "7 trending"
    case nearLimit = "2 of 3 near a limit"
  }

  /// A rule broken by the points from `first` to `last`, as a whole run; `isHigh`: above, or rising.
  package struct Signal: Hashable, Sendable {
    package var rule: Rule
    package var first: Int
    package var last: Int
    package var isHigh: Bool
    package init(_ rule: Rule, _ first: Int, _ last: Int, isHigh: Bool) {
      self.rule = rule
      self.first = first
      self.last = last
      self.isHigh = isHigh
    }
  }

  /// What the process, left as it is, will do about a target.
  package enum Assurance: String, Hashable, Sendable {
    /// Both limits are on the good side.
    case passes
    /// Both limits are on the bad side.
    case fails
    case hitAndMiss = "hit and miss"
  }

  /// Why the limits may mislead.
  package enum Caution: String, Hashable, Sendable {
    /// The level rises or falls throughout (Mann & Kendall, p < 0.01): take the trend out first.
    case trend
    /// Points one season apart go together: compare with the same season.
    case season
  }

  package let values: [Double]
  package let mean: Double
  /// The mean of the ranges between neighbours.
  package let meanRange: Double
  package let lower: Double
  package let upper: Double
  /// A moving range above this is itself a signal: 3.267 · mean range (D₄ for ranges of two).
  package let upperRange: Double
  /// How many points, from the first, the limits were computed from.
  package let baseline: Int
  package let signals: [Signal]

  /// Below this many points there are no limits; below `settled` they are called trial limits.
  package static let least = 5
  package static let settled = 12
  package static let d2 = 1.128
  package static let d4 = 3.267
  /// Points in a run of one side, or of one direction.
  package static let run = 7

  package var isTrial: Bool { baseline < Self.settled }

  /// Nil for fewer than five points, or where a point is not finite or the limits are beyond a Double.
  /// - Parameter baseline: from how many points, from the first, the limits are computed; all, where nil. At least five.
  package init?(_ values: [Double], baseline: Int? = nil) {
    let size = baseline ?? values.count
    guard size >= Self.least, size <= values.count, values.allSatisfy(\.isFinite),
      let moments = Moments(Array(values.prefix(size)))
    else { return nil }
    var ranges: [Double] = []
    for (before, after) in zip(values.prefix(size), values.prefix(size).dropFirst()) {
      ranges.append(abs(after - before))
    }
    guard let meanRange = Moments(ranges)?.mean else { return nil }
    let half = 3 * meanRange / Self.d2
    guard (moments.mean + half).isFinite, (moments.mean - half).isFinite, (Self.d4 * meanRange).isFinite
    else { return nil }
    self.values = values
    self.baseline = size
    self.meanRange = meanRange
    mean = moments.mean
    lower = moments.mean - half
    upper = moments.mean + half
    upperRange = Self.d4 * meanRange
    signals = Self.signals(values, mean: moments.mean, half: half)
  }

  /// The range to the point before; nil for the first.
  package func movingRange(at index: Int) -> Double? {
    guard index > 0, values.indices.contains(index) else { return nil }
    return abs(values[index] - values[index - 1])
  }

  /// The signals that a point is part of, in the order of the rules.
  package func signals(at index: Int) -> [Signal] {
    signals.filter { $0.first <= index && index <= $0.last }
  }

  /// What will come of a target that wants values at least, or at most, so much.
  package func assurance(atLeast target: Double) -> Assurance {
    lower >= target ? .passes : upper < target ? .fails : .hitAndMiss
  }

  package func assurance(atMost target: Double) -> Assurance {
    upper <= target ? .passes : lower > target ? .fails : .hitAndMiss
  }

  /// Whether the chart misleads: a trend throughout, or a season of that many points (2 or more, seen at least twice).
  package func cautions(season: Int? = nil) -> [Caution] {
    var found: [Caution] = []
    if let p = Trend.mannKendall(values), values.count >= Self.settled, p < 0.01 { found.append(.trend) }
    // Beyond what chance gives a lag's correlation, 1.96/√n (Bartlett 1946).
    if let season, season > 1, values.count >= 2 * season, let r = Moments.autocorrelation(values, lag: season),
      r > 1.96 / Double(values.count).squareRoot()
    {
      found.append(.season)
    }
    return found
  }

  // MARK: Rules

  private static func signals(_ values: [Double], mean: Double, half: Double) -> [Signal] {
    var found: [Signal] = []
    // 1. Beyond a limit. Where nothing ever varied the limits are the mean and everything else is outside.
    for (index, value) in values.enumerated() where value > mean + half || value < mean - half {
      found.append(Signal(.pointOutside, index, index, isHigh: value > mean))
    }
    // 2. Seven on one side; a point on the mean is on neither.
    found += runs(values.map { $0 > mean ? 1 : $0 < mean ? -1 : 0 }, least: run, rule: .shift)
    // 3. Seven each above (below) the one before: six steps one way.
    let steps = zip(values, values.dropFirst()).map { $1 > $0 ? 1 : $1 < $0 ? -1 : 0 }
    found += runs(steps, least: run - 1, rule: .trend).map {
      Signal(.trend, $0.first, $0.last + 1, isHigh: $0.isHigh)
    }
    // 4. Two of three in the outer third of one side.
    for side in [1.0, -1.0] where half > 0 {
      let isOuter = values.map { ($0 - mean) * side > half * 2 / 3 }
      var open: Signal?
      for last in values.indices {
        let window = max(0, last - 2)...last
        guard isOuter[last], window.count(where: { isOuter[$0] }) >= 2, let first = window.first(where: { isOuter[$0] })
        else { continue }
        if let known = open, first <= known.last {
          open = Signal(.nearLimit, known.first, last, isHigh: side > 0)
        } else {
          if let open { found.append(open) }
          open = Signal(.nearLimit, first, last, isHigh: side > 0)
        }
      }
      if let open { found.append(open) }
    }
    return found
  }

  /// The runs of equal signs other than 0 of at least a length.
  private static func runs(_ signs: [Int], least: Int, rule: Rule) -> [Signal] {
    var found: [Signal] = []
    var start = 0
    for index in signs.indices {
      if signs[index] != signs[start] { start = index }
      let isLast = index + 1 == signs.count || signs[index + 1] != signs[start]
      if isLast, signs[start] != 0, index - start + 1 >= least {
        found.append(Signal(rule, start, index, isHigh: signs[start] > 0))
      }
    }
    return found
  }
}
