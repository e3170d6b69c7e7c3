import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// One measure over the cases of one stretch after the other, with what kept it from answering.
///
/// The lists are made plain arrays once; a stretch is the places of its cases in them.
struct StatisticMeasure {
  private let function: AggregateFunction
  private let part: AggregatePart
  private let isOfASequence: Bool
  private var numbers: [Double] = []
  private var others: [Double] = []
  private var truths: [Bool] = []
  private var outcomes: [Bool] = []
  private var codes: [Int64] = []
  private var otherCodes: [Int64] = []
  private var strata: [Int64] = []
  /// Why a value is missing, or what to know of it, and how often.
  private(set) var notes: [String: Int] = [:]

  /// Below this many at risk nothing is said of the future.
  private static let leastAtRisk = 10
  private static let mostGroups = 200
  private static let mostCells = 1_000_000

  init(_ aggregate: Aggregate, _ lists: Walker.StatisticLists, at range: SourceRange) throws(Diagnostics) {
    function = aggregate.function
    part = aggregate.part
    isOfASequence = lists.second == nil && (function == .survival || function == .medianUntil)
    func numbers(_ vector: Vector?) throws(Diagnostics) -> [Double] {
      guard let vector else { return [] }
      switch vector.storage {
      case .numbers(let numbers): return numbers.array
      case .days(let days): return TimeKernels.numbers(days).array
      case .instants(let instants): return TimeKernels.numbers(instants).array
      default:
        throw EvaluationDiagnostics.malformed("\(aggregate.function.rawValue) of values it does not take", at: range)
      }
    }
    func truths(_ vector: Vector?) throws(Diagnostics) -> [Bool] {
      guard let vector, case .truths(let truths) = vector.storage else {
        throw EvaluationDiagnostics.malformed("\(aggregate.function.rawValue) of what is no yes/no", at: range)
      }
      return truths.array.map { $0 & Truth.truthBits == Truth.yes }
    }
    switch function {
    case .share: self.truths = try truths(lists.values)
    case .oddsRatio, .riskRatio:
      self.truths = try truths(lists.values)
      outcomes = try truths(lists.second)
      strata = lists.third.map { GroupCodes.encode($0) } ?? []
    case .chiSquare, .cramersV:
      codes = GroupCodes.encode(lists.values)
      otherCodes = lists.second.map { GroupCodes.encode($0) } ?? []
    case .survival, .medianUntil, .logrank:
      self.numbers = try numbers(lists.values)
      if lists.second != nil { self.truths = try truths(lists.second) }
      codes = lists.third.map { GroupCodes.encode($0) } ?? []
    default:
      self.numbers = try numbers(lists.values)
      others = try numbers(lists.second)
    }
  }

  /// The value for the cases at some places; nil where there is none, which is then said.
  mutating func value(of cases: [Int], at time: Double?) -> Double? {
    let said = notes
    let value = worked(out: cases, at: time)
    if value == nil, !cases.isEmpty, notes == said { note(lack) }
    return value
  }

  /// Why there is no value where nothing particular was found.
  private var lack: String {
    switch function {
    case .mean: "the interval of a mean needs two values"
    case .correlation, .spearman: "too few pairs, or one side does not vary"
    case .trend: "too few values for a trend"
    case .autocorrelation: "too few values, or none that differ"
    case .gini, .concentration: "no amounts to share: none is above nought, or one is below"
    case .logrank: "no events, or nobody to compare with"
    default: part == .p ? "too few cases for a p" : "too few cases for an interval"
    }
  }

  private mutating func worked(out cases: [Int], at time: Double?) -> Double? {
    switch function {
    case .share:
      let yes = cases.count { truths[$0] }
      return end(Proportions.share(yes, of: cases.count))
    case .mean:
      guard let moments = Moments(values(cases)) else {
        note(cases.isEmpty ? nil : TooLarge.note)
        return nil
      }
      return end(moments.meanEstimate())
    case .median:
      let sorted = values(cases).sorted()
      guard let interval = Quantiles.medianInterval(sorted: sorted) else {
        note(cases.isEmpty ? nil : "too few values for the interval of a median")
        return nil
      }
      return part == .low ? interval.low : interval.high
    case .survival: return survival(cases, at: time)
    case .medianUntil: return medianUntil(cases)
    case .logrank: return logRank(cases)
    case .incidence: return incidence(cases, at: time)
    case .chiSquare, .cramersV: return association(cases)
    case .oddsRatio: return oddsRatio(cases)
    case .riskRatio: return riskRatio(cases)
    case .gini: return shared(cases, Inequality.gini(values(cases)))
    case .concentration: return shared(cases, Inequality.concentration(values(cases)))
    case .autocorrelation: return Moments.lag1(values(cases))
    case .trend: return trend(cases)
    case .correlation: return end(Correlation.pearson(pairs(cases)))
    case .spearman: return end(Correlation.spearman(pairs(cases)))
    default: return nil
    }
  }

  // MARK: Values

  private func values(_ cases: [Int]) -> [Double] { cases.map { numbers[$0] } }
  private func pairs(_ cases: [Int]) -> [(x: Double, y: Double)] { cases.map { (x: numbers[$0], y: others[$0]) } }

  /// How something is shared out, or why that cannot be said.
  private mutating func shared(_ cases: [Int], _ result: Double?) -> Double? {
    if result == nil, !cases.isEmpty {
      note(
        values(cases).contains { $0 < 0 }
          ? "some values are negative, so nothing is shared out" : "all values are 0, so nothing is shared out")
    }
    return result
  }

  private mutating func note(_ text: String?) { if let text { notes[text, default: 0] += 1 } }

  private func end(_ estimate: Estimate?) -> Double? {
    switch part {
    case .value: estimate?.value
    case .low: estimate?.interval.low
    case .high: estimate?.interval.high
    case .p: nil
    }
  }

  private func end(_ result: Correlation.Result?) -> Double? {
    switch part {
    case .value: result?.coefficient
    case .low: result?.interval?.low
    case .high: result?.interval?.high
    case .p: result?.p
    }
  }

  // MARK: Time to an event

  private func followed(_ cases: [Int]) -> [FollowUp] {
    cases.map { place in
      guard isOfASequence else { return FollowUp(numbers[place], event: truths[place]) }
      let (time, isEvent) = FollowedTime.unpacked(numbers[place])
      return FollowUp(time, event: isEvent)
    }
  }

  private mutating func curve(_ cases: [Int]) -> KaplanMeier? {
    let followed = followed(cases)
    if followed.contains(where: { $0.time < 0 }) { note("a time below 0") }
    return KaplanMeier(followed)
  }

  private mutating func survival(_ cases: [Int], at time: Double?) -> Double? {
    guard let curve = curve(cases) else { return nil }
    let (value, interval): (Double?, Interval?)
    if isOfASequence {
      // At the window's end: all that came, came before.
      guard cases.count(where: { FollowedTime.isOver(numbers[$0]) }) >= Self.leastAtRisk else {
        note("fewer than \(Self.leastAtRisk) were followed to the window's end without it")
        return nil
      }
      (value, interval) = (curve.steps.last?.survival ?? 1, curve.steps.last?.interval)
    } else {
      guard let time, isSeen(time, until: curve.lastTime, atRisk: time >= 0 ? curve.atRisk(at: time) : 0) else {
        return nil
      }
      (value, interval) = (curve.survival(at: time), curve.interval(at: time))
    }
    return end(value, interval)
  }

  private mutating func incidence(_ cases: [Int], at time: Double?) -> Double? {
    let ends = cases.map { place -> (time: Double, end: CumulativeIncidence.End) in
      (time: numbers[place], end: others[place] == 0 ? .censored : others[place] == 1 ? .event : .competing)
    }
    if ends.contains(where: { $0.time < 0 }) { note("a time below 0") }
    guard let time, let curve = CumulativeIncidence(ends),
      isSeen(time, until: curve.lastTime, atRisk: curve.atRisk(at: time))
    else { return nil }
    return end(curve.incidence(at: time), curve.interval(at: time))
  }

  private mutating func isSeen(_ time: Double, until last: Double, atRisk: Int) -> Bool {
    if time > last {
      note("beyond the last time anyone was followed")
      return false
    }
    if atRisk < Self.leastAtRisk {
      note("fewer than \(Self.leastAtRisk) at risk at that time")
      return false
    }
    return true
  }

  private func end(_ value: Double?, _ interval: Interval?) -> Double? {
    switch part {
    case .value: value
    case .low: interval?.low
    case .high: interval?.high
    case .p: nil
    }
  }

  /// Why there is no time by which half had it.
  static let neverHalf = "fewer than half had it while they were followed, so there is no such time"

  private mutating func medianUntil(_ cases: [Int]) -> Double? {
    guard let curve = curve(cases) else { return nil }
    switch part {
    case .value:
      if curve.median == nil { note(Self.neverHalf) }
      return curve.median
    case .low: return curve.medianInterval.low
    case .high: return curve.medianInterval.high
    case .p: return nil
    }
  }

  private mutating func logRank(_ cases: [Int]) -> Double? {
    var place: [Int64: Int] = [:]
    var groups: [[FollowUp]] = []
    for one in cases {
      let group = place[codes[one]] ?? groups.count
      if group == groups.count {
        guard groups.count < Self.mostGroups else {
          note("more than \(Self.mostGroups) groups")
          return nil
        }
        place[codes[one]] = group
        groups.append([])
      }
      groups[group].append(FollowUp(numbers[one], event: truths[one]))
    }
    guard let test = LogRank(groups) else {
      if groups.count == 1 { note("one group alone, nothing to compare with") }
      return nil
    }
    return part == .p ? test.p : test.statistic
  }

  // MARK: Tables

  private mutating func association(_ cases: [Int]) -> Double? {
    var rows: [Int64: Int] = [:]
    var columns: [Int64: Int] = [:]
    for one in cases {
      if rows[codes[one]] == nil { rows[codes[one]] = rows.count }
      if columns[otherCodes[one]] == nil { columns[otherCodes[one]] = columns.count }
    }
    guard rows.count.multipliedReportingOverflow(by: columns.count).partialValue <= Self.mostCells else {
      note("too many different values for a table")
      return nil
    }
    var table = [[Int]](repeating: [Int](repeating: 0, count: columns.count), count: rows.count)
    for one in cases {
      if let row = rows[codes[one]], let column = columns[otherCodes[one]] { table[row][column] += 1 }
    }
    guard let test = Contingency.chiSquare(table) else {
      if !cases.isEmpty { note("one side has a single value, nothing to compare with") }
      return nil
    }
    if part == .p {
      guard test.leastExpected < 5 else { return test.p }
      if table.count == 2, columns.count == 2, let square = TwoByTwo(table[0][0], table[0][1], table[1][0], table[1][1])
      {
        note("an expected count below 5: the p is Fisher's")
        return square.fisherP
      }
      note("an expected count below 5: no p")
      return nil
    }
    if test.leastExpected < 5 { note("an expected count below 5: chi-square does not hold") }
    return function == .cramersV ? test.cramersV : test.statistic
  }

  private func square(_ cases: [Int]) -> TwoByTwo? {
    func count(_ had: Bool, _ outcome: Bool) -> Int { cases.count { truths[$0] == had && outcomes[$0] == outcome } }
    return TwoByTwo(count(true, true), count(true, false), count(false, true), count(false, false))
  }

  private mutating func oddsRatio(_ cases: [Int]) -> Double? {
    guard let all = square(cases), let crude = all.oddsRatio() else {
      if !cases.isEmpty { note("one side has a single value, nothing to compare with") }
      return nil
    }
    guard strata.isEmpty else { return pooled(cases, crude) }
    if part == .p { return p(all) }
    if crude.isCorrected { note("a count of 0: ½ is added to each (Haldane and Anscombe)") }
    return end(crude.estimate)
  }

  private mutating func p(_ table: TwoByTwo) -> Double {
    guard let test = Contingency.chiSquare([[table.a, table.b], [table.c, table.d]]), test.leastExpected >= 5 else {
      note("an expected count below 5: the p is Fisher's")
      return table.fisherP
    }
    return test.p
  }

  /// How many times as often, by Katz.
  private mutating func riskRatio(_ cases: [Int]) -> Double? {
    guard let table = square(cases), table.a + table.b > 0, table.c + table.d > 0 else {
      if !cases.isEmpty { note("one side has a single value, nothing to compare with") }
      return nil
    }
    if part == .p { return p(table) }
    guard
      let ratio = Proportions.ratio(table.a, of: table.a + table.b, over: table.c, of: table.c + table.d)
    else {
      note("nobody on one side had the outcome: there is no ratio of rates")
      return nil
    }
    return end(ratio)
  }

  /// Over the strata, by Mantel and Haenszel.
  private mutating func pooled(_ cases: [Int], _ crude: TwoByTwo.OddsRatio) -> Double? {
    var byStratum: [Int64: [Int]] = [:]
    var order: [Int64] = []
    for one in cases {
      if byStratum[strata[one]] == nil { order.append(strata[one]) }
      byStratum[strata[one], default: []].append(one)
    }
    guard let estimate = TwoByTwo.mantelHaenszel(order.compactMap { square(byStratum[$0] ?? []) }) else {
      note("no stratum has both sides and both outcomes")
      return nil
    }
    if !(0.8...1.2).contains(estimate.value / crude.estimate.value) {
      note("pooled and crude odds ratios differ by more than 20 %: the strata go with both")
    }
    guard part == .p else { return end(estimate) }
    return Distributions.pOfRatio(estimate)
  }

  // MARK: Series

  private mutating func trend(_ cases: [Int]) -> Double? {
    guard cases.count <= Trend.most else {
      note("more than \(Trend.most) values")
      return nil
    }
    if part == .p {
      let series = others.isEmpty ? cases : cases.sorted { (others[$0], $0) < (others[$1], $1) }
      return Trend.mannKendall(series.map { numbers[$0] })
    }
    let points = cases.enumerated().map { place, one in
      (x: others.isEmpty ? Double(place) : others[one], y: numbers[one])
    }
    return end(Trend.theilSen(points))
  }
}
