import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The ends of intervals and the p of tests, from the formulas of the page on measures.
extension ReferenceEvaluator {
  /// An end of an interval, or a p, of decided cases.
  func part(_ aggregate: Aggregate, _ columns: [[ReferenceValue]], _ parameter: ReferenceValue?) throws
    -> ReferenceValue
  {
    let x = columns[0].map(number)
    let y = columns.count > 1 ? columns[1].map(number) : []
    switch aggregate.function {
    case .mean:
      let n = Double(x.count)
      guard n > 1 else { return .missing }
      let mean = x.reduce(0, +) / n
      let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
      let half = ReferenceChance.t95(x.count - 1) * deviation / n.squareRoot()
      return like(columns[0].first, aggregate.part == .low ? mean - half : mean + half)
    case .median:
      // The r-th from each end: so many that both lie on one side of the median in less than one case in forty.
      let n = x.count
      let sorted = x.sorted()
      func outside(_ r: Int) -> Double {
        (0..<r).reduce(0.0) { $0 + ReferenceChance.choose(n, $1) } / pow(2, Double(n))
      }
      guard let r = (1...max(1, (n + 1) / 2)).last(where: { outside($0) <= 0.025 * (1 + 1e-9) }), r <= n else {
        return .missing
      }
      return like(columns[0].first, aggregate.part == .low ? sorted[r - 1] : sorted[n - r])
    case .survival, .medianUntil: return try survivalEnd(aggregate, columns, parameter)
    case .incidence: return incidenceEnd(aggregate.part, columns, parameter)
    case .logrank:
      guard case .number(let statistic) = try logRank(columns) else { return .missing }
      return .finite(ReferenceChance.chiSquareAbove(statistic, 1))
    case .chiSquare, .cramersV: return independence(columns)
    case .oddsRatio: return oddsRatioEnd(aggregate.part, columns)
    case .correlation: return ends(of: pearson(x, y), aggregate.part, x.count) { _ in 1 }
    case .spearman: return ends(of: pearson(ranks(x), ranks(y)), aggregate.part, x.count) { 1 + $0 * $0 / 2 }
    case .trend: return trendEnd(aggregate.part, x, y)
    default: throw ReferenceUnsupported("a part of \(aggregate.function.rawValue)")
    }
  }

  /// A number in the unit of some value.
  private func like(_ value: ReferenceValue?, _ number: Double) -> ReferenceValue {
    guard case .duration(let length)? = value else { return .finite(number) }
    return .duration(length.days != 0 ? Duration(days: number / 86_400) : Duration(seconds: number))
  }

  // MARK: Time to an event

  /// Of log(−log S), with Greenwood's variance.
  private func ends(ofSurvival s: Double, _ greenwood: Double) -> (low: Double, high: Double)? {
    guard s > 0, s < 1, greenwood > 0 else { return nil }
    let half = ReferenceChance.z * greenwood.squareRoot() / abs(log(s))
    return (exp(-exp(log(-log(s)) + half)), exp(-exp(log(-log(s)) - half)))
  }

  private func survivalEnd(
    _ aggregate: Aggregate, _ columns: [[ReferenceValue]], _ parameter: ReferenceValue?
  ) throws -> ReferenceValue {
    // Where there is no estimate there is no interval of one.
    var whole = aggregate
    whole.part = .value
    let isMedian = aggregate.function == .medianUntil
    if !isMedian, survival(whole, columns, parameter) == .missing { return .missing }
    var cases: [(time: Double, hasCome: Bool, shown: ReferenceValue)] = []
    if columns.count == 1 {
      for case .list(let parts) in columns[0] where parts.count == 2 {
        cases.append((number(parts[0]), parts[1].truth & Truth.truthBits == Truth.yes, parts[0]))
      }
    } else {
      cases = zip(columns[0], columns[1]).map { (number($0), $1 == .yes, $0) }
    }
    guard cases.allSatisfy({ $0.time >= 0 }) else { return .missing }
    var at = Double.infinity
    if case .number(let given)? = parameter {
      at = given
      if case .duration(let length)? = columns[0].first {
        at = given * (length.months != 0 ? 1 : length.seconds != 0 ? 1 : 86_400)
      }
    }
    var (left, greenwood) = (1.0, 0.0)
    var found: ReferenceValue = .missing
    for time in Set(cases.filter(\.hasCome).map(\.time)).sorted() where time <= at {
      let risk = Double(cases.count { $0.time >= time })
      let events = Double(cases.count { $0.time == time && $0.hasCome })
      left *= 1 - events / risk
      if risk > events { greenwood += events / (risk * (risk - events)) } else { left = 0 }
      let ends = ends(ofSurvival: left, greenwood)
      let end = aggregate.part == .low ? ends?.low : ends?.high
      if isMedian {
        if (end ?? left) <= 0.5 + 1e-12 {
          return columns.count == 1
            ? cases.first { $0.time == time }?.shown ?? .missing
            : columns[0].first { number($0) == time } ?? .missing
        }
      } else {
        found = end.map { .finite($0) } ?? .missing
      }
    }
    return found
  }

  /// The variance of Marubini and Valsecchi, term by term.
  private func incidenceEnd(_ part: AggregatePart, _ columns: [[ReferenceValue]], _ parameter: ReferenceValue?)
    -> ReferenceValue
  {
    guard incidence(columns, parameter) != .missing, case .number(let at)? = parameter else { return .missing }
    let cases = zip(columns[0], columns[1]).map { (time: number($0), cause: number($1)) }
    var (left, come) = (1.0, 0.0)
    var steps: [(come: Double, own: Double, squared: Double, crossed: Double, isOfTheCause: Bool)] = []
    for time in Set(cases.filter { $0.cause != 0 }.map(\.time)).sorted() where time <= at {
      let n = Double(cases.count { $0.time >= time })
      let d = Double(cases.count { $0.time == time && $0.cause == 1 })
      let all = Double(cases.count { $0.time == time && $0.cause != 0 })
      come += left * d / n
      steps.append(
        (come, n > all ? all / (n * (n - all)) : 0, left * left * (n - d) / n * d / (n * n), left * d / (n * n), d > 0))
      left *= (n - all) / n
    }
    // What came later than the last of the cause has no part in it.
    guard let last = steps.lastIndex(where: \.isOfTheCause) else { return .missing }
    let whole = steps[last].come
    var variance = 0.0
    for step in steps[...last] {
      variance +=
        (whole - step.come) * (whole - step.come) * step.own + step.squared - 2 * (whole - step.come) * step.crossed
    }
    guard whole > 0, whole < 1, variance > 1e-15 else { return .missing }
    let half = ReferenceChance.z * variance.squareRoot() / abs(whole * log(whole))
    return .finite(exp(-exp(log(-log(whole)) + (part == .low ? half : -half))))
  }

  // MARK: Association

  private func independence(_ columns: [[ReferenceValue]]) -> ReferenceValue {
    let pairs = zip(columns[0].map(identity), columns[1].map(identity)).map { ($0, $1) }
    let (rows, across) = (Array(Set(pairs.map(\.0))), Array(Set(pairs.map(\.1))))
    guard rows.count > 1, across.count > 1 else { return .missing }
    func seen(_ row: ReferenceValue, _ column: ReferenceValue) -> Int { pairs.count { $0.0 == row && $0.1 == column } }
    let expected = rows.flatMap { row in
      across.map { column in
        Double(pairs.count { $0.0 == row }) * Double(pairs.count { $0.1 == column }) / Double(pairs.count)
      }
    }
    if expected.contains(where: { $0 < 5 }) {
      guard rows.count == 2, across.count == 2 else { return .missing }
      return .finite(
        ReferenceChance.fisher(
          seen(rows[0], across[0]), seen(rows[0], across[1]), seen(rows[1], across[0]), seen(rows[1], across[1])))
    }
    guard case .number(let statistic) = association(.chiSquare, columns) else { return .missing }
    return .finite(ReferenceChance.chiSquareAbove(statistic, (rows.count - 1) * (across.count - 1)))
  }

  private func oddsRatioEnd(_ part: AggregatePart, _ columns: [[ReferenceValue]]) -> ReferenceValue {
    guard case .number(let value) = oddsRatio(columns) else { return .missing }
    func counts(_ places: [Int]) -> [Double] {
      [(true, true), (true, false), (false, true), (false, false)].map { had, came in
        Double(places.count { (columns[0][$0] == .yes) == had && (columns[1][$0] == .yes) == came })
      }
    }
    var error = 0.0
    if columns.count > 2 {
      // Robins, Breslow and Greenland.
      var (r, s, pr, mixed, qs) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for stratum in Set(columns[2].map(identity)) {
        let own = counts(columns[2].indices.filter { identity(columns[2][$0]) == stratum })
        let n = own.reduce(0, +)
        let (up, down) = (own[0] * own[3] / n, own[1] * own[2] / n)
        let (p, q) = ((own[0] + own[3]) / n, (own[1] + own[2]) / n)
        r += up
        s += down
        pr += p * up
        mixed += p * down + q * up
        qs += q * down
      }
      error = (pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s)).squareRoot()
      if part == .p { return .finite(ReferenceChance.twoSided(log(value) / error)) }
    } else {
      let all = counts(Array(columns[0].indices))
      if part == .p { return independence(Array(columns.prefix(2))) }
      error = all.map { 1 / (all.contains(0) ? $0 + 0.5 : $0) }.reduce(0, +).squareRoot()
    }
    return .finite(value * exp((part == .low ? -1 : 1) * ReferenceChance.z * error))
  }

  // MARK: Correlation and trend

  /// By Fisher's transformation, and by Student's t.
  private func ends(
    of found: ReferenceValue, _ part: AggregatePart, _ n: Int, _ variance: (Double) -> Double
  ) -> ReferenceValue {
    guard case .number(let r) = found else { return .missing }
    if part == .p {
      guard n > 2 else { return .missing }
      guard abs(r) < 1 - 1e-14 else { return .number(0) }
      return .finite(ReferenceChance.twoSided(t: r * (Double(n - 2) / (1 - r * r)).squareRoot(), n - 2))
    }
    guard n > 3 else { return .missing }
    guard abs(r) < 1 - 1e-14 else { return .number(r.rounded()) }
    let half = ReferenceChance.z * (variance(r) / Double(n - 3)).squareRoot()
    let middle = log((1 + r) / (1 - r)) / 2
    let end = exp(2 * (part == .low ? middle - half : middle + half))
    return .finite((end - 1) / (end + 1))
  }

  /// Sen's: so many places about the middle slope as Kendall's S varies; p by S itself.
  private func trendEnd(_ part: AggregatePart, _ y: [Double], _ x: [Double]) -> ReferenceValue {
    let at = x.isEmpty ? y.indices.map(Double.init) : x
    let n = Double(y.count)
    let ties = Set(y).map { value in Double(y.count { $0 == value }) }
    let variance =
      (n * (n - 1) * (2 * n + 5) - ties.reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) }) / 18
    if part == .p {
      guard y.count > 2 else { return .missing }
      let order = y.indices.sorted { (at[$0], $0) < (at[$1], $1) }
      var s = 0.0
      for (place, i) in order.enumerated() {
        for j in order.dropFirst(place + 1) { s += y[j] > y[i] ? 1 : y[j] < y[i] ? -1 : 0 }
      }
      guard variance > 0 else { return .number(1) }
      return .finite(min(1, ReferenceChance.twoSided(max(0, abs(s) - 1) / variance.squareRoot())))
    }
    var slopes: [Double] = []
    for i in y.indices {
      for j in y.indices where j > i && at[i] != at[j] { slopes.append((y[j] - y[i]) / (at[j] - at[i])) }
    }
    guard !slopes.isEmpty else { return .missing }
    slopes.sort()
    let median = (slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2]) / 2
    let spread = ReferenceChance.z * max(0, variance).squareRoot()
    if part == .low {
      let place = Int(((Double(slopes.count) - spread) / 2).rounded(.down)) - 1
      return .finite(min(median, slopes.indices.contains(place) ? slopes[place] : slopes[0]))
    }
    let place = Int(((Double(slopes.count) + spread) / 2).rounded(.up))
    return .finite(max(median, slopes.indices.contains(place) ? slopes[place] : slopes[slopes.count - 1]))
  }
}
