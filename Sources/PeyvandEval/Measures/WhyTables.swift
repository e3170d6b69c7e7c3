import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// The two-by-two tables of `why`, and what they come to.
///
/// Whatever has ten rows with and ten without is tried, and counts among all that were tried when q is worked out; the
/// rest is kept with its n and never ranked. What was tried is in the order of its weight, the difference times its
/// reach; where nothing tells two apart they stay in the order of the candidates and of their words, so the answer is
/// the same on every run.
struct WhyTables: Sendable {
  let why: CheckedWhy
  let outcome: [UInt8]
  let exposures: [WhyExposure]
  var strata: [Int32]?
  var strataCount = 1
  private(set) var rows: [Row] = []
  /// Candidates with too many values to try each, and how many.
  private(set) var leftOut: [(name: String, values: Int)] = []
  /// The parts that the values of one record have given.
  private var seen: [String: [[Int32]]] = [:]

  /// Values of a field that nobody named, and of one that the program names.
  static let mostValues = 50
  static let mostNamedValues = 1_000
  static let mostStrata = 1_000
  static let fewest = 10
  static let mostQ = 0.05

  init(_ why: CheckedWhy, outcome: [UInt8], exposures: [WhyExposure]) {
    self.why = why
    self.outcome = outcome
    self.exposures = exposures
  }

  struct Row: Sendable {
    enum Verdict: Int, Sendable { case goesWith, chance, tooFew }
    var factor: String
    var field: String
    var number: Int
    var table: TwoByTwo
    var byStratum: [TwoByTwo] = []
    var strength: Double?
    var fieldP: Double?
    var p: Double?
    var crudeP: Double?
    var q: Double?
    var crudeQ: Double?
    var verdict = Verdict.tooFew

    var withN: Int { table.a + table.b }
    var withoutN: Int { table.c + table.d }
    var reach: Double { table.n == 0 ? 0 : Double(withN) / Double(table.n) }
    var difference: Estimate? { Proportions.difference(table.a, of: withN, minus: table.c, of: withoutN) }
    var weight: Double { abs(difference?.value ?? 0) * reach }
    var pooled: Estimate? { byStratum.isEmpty ? nil : TwoByTwo.mantelHaenszel(byStratum) }
    /// Whether it has the outcome exactly.
    var repeatsTheOutcome: Bool {
      verdict != .tooFew && ((table.b == 0 && table.c == 0) || (table.a == 0 && table.d == 0))
    }
  }

  struct Found: Sendable {
    var rows: [Row]
    var tried: Int
    var tooFew: Int
    var goesWith: Int
    var n: Int
    var yes: Int
    var leftOut: [(name: String, values: Int)]
  }

  // MARK: Counting

  /// Whether a field has few enough values to try each.
  mutating func isTried(_ candidate: CheckedCandidate, values: Int) -> Bool {
    guard values > (candidate.isNamed ? Self.mostNamedValues : Self.mostValues) else { return values > 1 }
    leftOut.append((candidate.name, values))
    return false
  }

  /// False where the rows have been parted so by another of the same record.
  mutating func isNew(_ candidate: CheckedCandidate, _ parts: [Int32]) -> Bool {
    guard let root = candidate.root else { return true }
    if seen[root, default: []].contains(parts) { return false }
    seen[root, default: []].append(parts)
    return true
  }

  /// Factors of one numbering; `with` are the parts that have them.
  mutating func add(
    _ candidate: CheckedCandidate, _ number: Int, parts: [Int32], groups: Int, words: [String], with: [Int],
    strength: (v: Double?, p: Double?)? = nil
  ) {
    let counts = FactorKernels.counts(parts, groups: groups, outcome: outcome, strata: strata, count: strataCount)
    var totals = [(no: Int, yes: Int)](repeating: (0, 0), count: strataCount)
    for stratum in 0..<strataCount {
      for group in 0..<groups {
        totals[stratum].no += counts[2 * (stratum * groups + group)]
        totals[stratum].yes += counts[2 * (stratum * groups + group) + 1]
      }
    }
    for (words, part) in zip(words, with) where part < groups {
      let cells = (0..<strataCount).map { stratum in
        (no: counts[2 * (stratum * groups + part)], yes: counts[2 * (stratum * groups + part) + 1])
      }
      add(candidate, number, words, cells, totals, strength: strength)
    }
  }

  /// Every value a factor; of two values only one, since the other says the same.
  mutating func add(_ candidate: CheckedCandidate, _ number: Int, parts: [Int32], labels: [String]) {
    let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    let counts = FactorKernels.counts(parts, groups: labels.count, outcome: outcome, strata: nil, count: 1)
    let table = labels.indices.map { [counts[2 * $0], counts[2 * $0 + 1]] }
    let test = Contingency.chiSquare(table)
    let strength = (test?.cramersV, test.flatMap { $0.leastExpected >= 5 ? $0.p : nil })
    let tried = labels.count == 2 ? Array(order.suffix(1)) : order
    add(
      candidate, number, parts: parts, groups: labels.count,
      words: tried.map { WhyWords.factor(candidate, value: labels[$0]) }, with: tried,
      strength: labels.count == 2 ? nil : strength)
  }

  /// Every value that may be in a row's list a factor.
  mutating func add(
    _ candidate: CheckedCandidate, _ number: Int, parts: [Int32], owners: [Int32], eligible: [UInt8]?,
    labels: [String]
  ) {
    let strataOfOwners = strata.map { FactorKernels.spread($0, owners) }
    let outcomes = FactorKernels.spread(outcome, owners)
    let counts = FactorKernels.counts(
      parts, groups: labels.count, outcome: outcomes, strata: strataOfOwners, count: strataCount)
    let everyone = FactorKernels.everyone(outcome.count, among: eligible)
    let all = FactorKernels.counts(everyone, groups: 1, outcome: outcome, strata: strata, count: strataCount)
    let totals = (0..<strataCount).map { (no: all[2 * $0], yes: all[2 * $0 + 1]) }
    for part in labels.indices.sorted(by: { (labels[$0], $0) < (labels[$1], $1) }) {
      let cells = (0..<strataCount).map { stratum in
        (
          no: counts[2 * (stratum * labels.count + part)], yes: counts[2 * (stratum * labels.count + part) + 1]
        )
      }
      add(candidate, number, WhyWords.factor(candidate, value: labels[part]), cells, totals, strength: nil)
    }
  }

  private mutating func add(
    _ candidate: CheckedCandidate, _ number: Int, _ words: String, _ with: [(no: Int, yes: Int)],
    _ totals: [(no: Int, yes: Int)], strength: (v: Double?, p: Double?)?
  ) {
    let tables = zip(with, totals).compactMap { with, all in
      TwoByTwo(with.yes, with.no, all.yes - with.yes, all.no - with.no)
    }
    guard
      let whole = TwoByTwo(
        tables.reduce(0) { $0 + $1.a }, tables.reduce(0) { $0 + $1.b }, tables.reduce(0) { $0 + $1.c },
        tables.reduce(0) { $0 + $1.d }),
      // All had it, none had it, or all came to the same: there is nothing to compare.
      !whole.isDegenerate
    else { return }
    var row = Row(factor: words, field: candidate.name, number: number, table: whole)
    if strata != nil { row.byStratum = tables }
    let own = Contingency.chiSquare([[whole.a, whole.b], [whole.c, whole.d]])
    row.crudeP = whole.independenceP
    row.strength = strength.map { $0.v } ?? own?.cramersV
    row.fieldP = strength.map { $0.p } ?? row.crudeP
    rows.append(row)
  }

  // MARK: What it comes to

  func found() -> Found {
    var rows = rows
    let tried = rows.indices.filter { min(rows[$0].withN, rows[$0].withoutN) >= Self.fewest }
    for place in tried {
      rows[place].p = strata == nil ? rows[place].crudeP : TwoByTwo.cochranMantelHaenszelP(rows[place].byStratum) ?? 1
    }
    let q = MultipleComparisons.benjaminiHochberg(tried.map { rows[$0].p ?? 1 }) ?? []
    let crude = MultipleComparisons.benjaminiHochberg(tried.map { rows[$0].crudeP ?? 1 }) ?? []
    for (index, place) in tried.enumerated() where q.indices.contains(index) && crude.indices.contains(index) {
      rows[place].q = q[index]
      rows[place].crudeQ = crude[index]
      rows[place].verdict = q[index] <= Self.mostQ ? .goesWith : .chance
    }
    let order = rows.indices.sorted { a, b in
      let (one, other) = (rows[a], rows[b])
      if one.verdict != other.verdict { return one.verdict.rawValue < other.verdict.rawValue }
      if one.verdict != .tooFew, one.weight != other.weight { return one.weight > other.weight }
      return (one.number, a) < (other.number, b)
    }
    return Found(
      rows: order.map { rows[$0] }, tried: tried.count, tooFew: rows.count - tried.count,
      goesWith: rows.count { $0.verdict == .goesWith }, n: outcome.count,
      yes: outcome.reduce(0) { $0 + Int($1) }, leftOut: leftOut)
  }
}

extension WhyTables.Row {
  /// Its value in a column of the answer.
  func value(of column: String) -> Value {
    func number(_ number: Double?) -> Value { number.flatMap { $0.isFinite ? .number($0) : nil } ?? .missing }
    func share(_ k: Int, _ n: Int) -> Double? { n == 0 ? nil : Double(k) / Double(n) }
    let withRate = share(table.a, withN)
    let withoutRate = share(table.c, withoutN)
    let rate = share(table.a + table.c, table.n)
    let isRanked = verdict != .tooFew
    let odds = isRanked ? table.oddsRatio() : nil
    switch column {
    case "factor": return .text(factor)
    case "with_n": return .number(Double(withN))
    case "with_rate": return isRanked ? number(withRate) : .missing
    case "without_n": return .number(Double(withoutN))
    case "without_rate": return isRanked ? number(withoutRate) : .missing
    case "difference": return isRanked ? number(difference?.value) : .missing
    case "low": return isRanked ? number(difference?.interval.low) : .missing
    case "high": return isRanked ? number(difference?.interval.high) : .missing
    case "odds_ratio": return number(odds?.estimate.value)
    case "or_low": return number(odds?.estimate.interval.low)
    case "or_high": return number(odds?.estimate.interval.high)
    case "lift": return isRanked ? number(rate.flatMap { all in withRate.map { $0 / all } }) : .missing
    case "attributable":
      return isRanked ? number(rate.flatMap { all in withoutRate.map { (all - $0) / all } }) : .missing
    case "p": return number(p)
    case "q": return number(q)
    case "reach": return number(reach)
    case "finding": return .text(WhyWords.verdict(self))
    case "field": return .text(field)
    case "strength": return number(strength)
    case "field_p": return number(fieldP)
    case "pooled_or": return isRanked ? number(pooled?.value) : .missing
    case "pooled_low": return isRanked ? number(pooled?.interval.low) : .missing
    case "pooled_high": return isRanked ? number(pooled?.interval.high) : .missing
    default: return .missing
    }
  }
}
