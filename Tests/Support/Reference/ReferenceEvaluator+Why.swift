import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `why`, by the words of the language's reference: every case, every candidate, one after the other, counted with
/// whatever is plainest; the statistics from their textbook formulas.
extension ReferenceEvaluator {
  func why(_ why: CheckedWhy, _ rows: [ReferenceRow], _ outer: ReferenceRow) throws -> [ReferenceRow] {
    var looking = self
    // What carries a mark, or is neither yet, is no case.
    let cases = try rows.compactMap { row -> (row: ReferenceRow, yes: Bool)? in
      let truth = try tally.uncounted { try evaluate(why.outcome, row) }.truth
      return truth == Truth.yes ? (row, true) : truth == Truth.no ? (row, false) : nil
    }
    var isIn: [[Bool]] = []
    var isUsable: [Bool] = []
    for exposure in why.exposures {
      let (length, eligible) = try span(exposure, cases.map(\.row))
      looking.variables[exposure.length] = .value(
        .duration(exposure.isByDay ? Duration(days: Double(length)) : Duration(seconds: Double(length))))
      isIn.append(eligible)
      isUsable.append(length > 0)
    }
    let strata = try cases.map { one in
      try why.strata.map { stratum -> ReferenceValue in
        let value = try tally.uncounted { try looking.evaluate(stratum.expression, one.row) }
        guard stratum.isVolume, case .number(let count) = value, count > 2 else { return looking.identity(value) }
        var (top, part) = (4.0, 3.0)
        while top < count { (top, part) = (top * 2, part + 1) }
        return .number(part)
      }
    }
    var factors: [Factor] = []
    var seen: [String: [[Int]]] = [:]
    for (number, candidate) in why.candidates.enumerated() {
      if let exposure = candidate.exposure, !isUsable[exposure] { continue }
      var values = try cases.map { one in try tally.uncounted { try looking.evaluate(candidate.expression, one.row) } }
      var isThere = cases.map { _ in true }
      if let exposure = candidate.exposure { isThere = isIn[exposure] }
      for place in values.indices where !isThere[place] { values[place] = .missing }
      for (words, has, groups) in try looking.parts(candidate, values, isThere, &seen) {
        var tables: [[ReferenceValue]: [Int]] = [:]
        for place in cases.indices {
          guard let has = has[place] else { continue }
          tables[strata[place], default: [0, 0, 0, 0]][(has ? 0 : 2) + (cases[place].yes ? 0 : 1)] += 1
        }
        let whole = (0..<4).map { cell in tables.values.reduce(0) { $0 + $1[cell] } }
        guard whole[0] + whole[1] > 0, whole[2] + whole[3] > 0, whole[0] + whole[2] > 0, whole[1] + whole[3] > 0 else {
          continue
        }
        var factor = Factor(words: words, field: candidate.name, number: number, cells: whole)
        factor.strata = why.strata.isEmpty ? [] : Array(tables.values)
        let field = Self.chi(
          groups.map { group in
            var counts = [0, 0]
            for place in cases.indices where group[place] { counts[cases[place].yes ? 1 : 0] += 1 }
            return counts
          })
        let own = Self.chi([[whole[0], whole[1]], [whole[2], whole[3]]])
        factor.crude = own.least >= 5 ? own.p : Self.fisher(whole)
        factor.strength = groups.isEmpty ? own.v : field.v
        factor.fieldP = groups.isEmpty ? factor.crude : field.least >= 5 ? field.p : nil
        factors.append(factor)
      }
    }
    return Self.ranked(factors, isStratified: !why.strata.isEmpty).map { factor in
      var row = outer
      row.group = nil
      for header in why.headers { row.columns[header.id] = factor.value(header.name) }
      return row
    }
  }

  /// How long an exposure is, and who is in it.
  private func span(_ exposure: CheckedExposure, _ rows: [ReferenceRow]) throws -> (Int64, [Bool]) {
    func moment(_ expression: CheckedExpression?, _ row: ReferenceRow) throws -> Int64? {
      guard let expression else { return nil }
      switch try tally.uncounted({ try evaluate(expression, row) }) {
      case .date(let day): return Int64(day)
      case .time(let instant): return instant
      default: return nil
      }
    }
    let anchors = try rows.map { try moment(exposure.anchor, $0) }
    let others = try rows.map { try moment(exposure.isBefore ? exposure.firstSeen : exposure.decided, $0) }
    var lengths: [Double] = []
    for (anchor, other) in zip(anchors, others) {
      guard let anchor else { continue }
      if exposure.isBefore {
        lengths.append(other.map { Double(max(0, anchor - $0)) } ?? 0)
      } else if let other, other > anchor {
        lengths.append(Double(other - anchor))
      }
    }
    lengths.sort()
    guard !lengths.isEmpty else { return (0, rows.map { _ in false }) }
    let place = Double(lengths.count - 1) * 0.25
    let below = lengths[Int(place)]
    let quartile = below + (lengths[min(Int(place) + 1, lengths.count - 1)] - below) * (place - Double(Int(place)))
    let whole = Int64(quartile.rounded(.down))
    let length = exposure.isBefore ? whole : max(1, whole - 1)
    let last = exposure.isByDay ? Int64(lastSeenDay) : self.moment.instant
    let isIn = zip(anchors, others).map { anchor, other -> Bool in
      guard let anchor else { return false }
      if exposure.isBefore { return other.map { anchor - $0 >= max(1, length) } ?? false }
      return anchor + length <= last && (other.map { $0 > anchor + length } ?? true)
    }
    return (length, isIn)
  }

  private var lastSeenDay: Int { moment.day ?? calendar.zone.localDay(ofInstant: moment.instant) }

  private typealias Part = (words: String, has: [Bool?], groups: [[Bool]])

  /// The factors of a candidate: who has each, and, of a field of many values, who has which.
  private func parts(
    _ candidate: CheckedCandidate, _ values: [ReferenceValue], _ isThere: [Bool], _ seen: inout [String: [[Int]]]
  ) throws -> [Part] {
    switch candidate.form {
    case .yesno:
      return [(candidate.name, values.map { $0.truth > Truth.yes ? nil : $0.truth == Truth.yes }, [])]
    case .number(let split):
      let numbers = values.map { value -> Double? in
        switch value {
        case .number(let number): return number
        case .duration(let length):
          if case .duration(.days) = candidate.expression.type { return length.days + length.seconds / 86_400 }
          return length.seconds + length.days * 86_400
        default: return nil
        }
      }
      let sorted = numbers.compactMap { $0 }.sorted()
      guard let least = sorted.first, let most = sorted.last, least < most else { return [] }
      let middle = sorted.count / 2
      let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
      let above = abs(2 * sorted.count { $0 > median } - sorted.count)
      let notBelow = abs(2 * sorted.count { $0 >= median } - sorted.count)
      let isInclusive = split != .soon && notBelow < above
      let bound = split == .often && !isInclusive ? median.rounded(.down) + 1 : median
      var cut = try shown(written(bound, candidate.expression.type))
      if case .number(let unit) = candidate.expression.type, let name = unit.name { cut += " " + name }
      let words =
        switch split {
        case .amount: "\(candidate.name) \(isInclusive ? ">=" : ">") \(cut) (median)"
        case .often: "\(candidate.name) \(cut) times or more"
        case .soon: "\(candidate.name) within \(cut)"
        }
      let has = numbers.map { $0.map { split == .soon ? $0 <= median : isInclusive ? $0 >= median : $0 > median } }
      return [(words, has, [])]
    case .values: return try valueParts(candidate, values, isThere, &seen)
    }
  }

  private func valueParts(
    _ candidate: CheckedCandidate, _ values: [ReferenceValue], _ isThere: [Bool], _ seen: inout [String: [[Int]]]
  ) throws -> [Part] {
    var isList = false
    if case .list = candidate.expression.type { isList = true }
    let own = values.map { value -> [ReferenceValue] in
      if case .list(let items) = value { return items.filter { !$0.isShownMissing } }
      return value.isShownMissing ? [] : [value]
    }
    var different: [ReferenceValue] = []
    var first: [ReferenceValue] = []
    for value in own.joined() where !different.contains(identity(value)) {
      different.append(identity(value))
      first.append(value)
    }
    guard different.count > 1, different.count <= (candidate.isNamed ? 1_000 : 50) else { return [] }
    if !isList, let root = candidate.root {
      let numbering = own.map { $0.first.flatMap { different.firstIndex(of: identity($0)) } ?? -1 }
      if seen[root, default: []].contains(numbering) { return [] }
      seen[root, default: []].append(numbering)
    }
    let labels = try names(first)
    let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    let groups =
      isList || different.count == 2
      ? [] : different.map { value in own.map { $0.contains { identity($0) == value } } }
    return (isList || different.count > 2 ? order : order.suffix(1)).map { place in
      let has = own.indices.map { row -> Bool? in
        if isList ? !isThere[row] : own[row].isEmpty { return nil }
        return own[row].contains { identity($0) == different[place] }
      }
      return ("\(candidate.name) = \(labels[place])", has, groups)
    }
  }

  /// A record by its name where no other of them has it, else by its key.
  private func names(_ values: [ReferenceValue]) throws -> [String] {
    let names = values.map { value -> String? in
      guard case .record(let place) = value, let name = catalogue.field(named: "name", of: store.kind(place)),
        case .text(let text) = field(value, name.id)
      else { return nil }
      return text
    }
    return try zip(values, names).map { value, name in
      if let name, names.count(where: { $0 == name }) == 1 { return name }
      return try shown(value)
    }
  }

  private func written(_ number: Double, _ type: ValueType) -> ReferenceValue {
    switch type {
    case .duration(.days): .duration(Duration(days: number))
    case .duration: .duration(Duration(seconds: number))
    default: .number(number)
    }
  }

  // MARK: Statistics

  private static func ranked(_ factors: [Factor], isStratified: Bool) -> [Factor] {
    var factors = factors
    let tried = factors.indices.filter { factors[$0].isEnough }
    for place in tried {
      factors[place].p = isStratified ? cochran(factors[place].strata) ?? 1 : factors[place].crude
    }
    let order = tried.sorted { (factors[$0].p ?? 1) < (factors[$1].p ?? 1) }
    for (rank, place) in order.enumerated() {
      factors[place].q = (rank..<order.count).map {
        (factors[order[$0]].p ?? 1) * Double(order.count) / Double($0 + 1)
      }.min().map { min(1, $0) }
    }
    return factors.enumerated().sorted { a, b in
      let (one, other) = (a.element, b.element)
      if one.verdict != other.verdict { return one.verdict < other.verdict }
      if one.verdict < 2, one.weight != other.weight { return one.weight > other.weight }
      return a.offset < b.offset
    }.map(\.element)
  }

  /// Pearson's chi-square, with the tail from the closed forms for whole and half degrees of freedom.
  private static func chi(_ rows: [[Int]]) -> (p: Double?, v: Double?, least: Double) {
    let rows = rows.filter { $0.reduce(0, +) > 0 }
    let columns = (0..<2).map { column in rows.reduce(0) { $0 + $1[column] } }
    guard rows.count > 1, columns[0] > 0, columns[1] > 0 else { return (nil, nil, 0) }
    let n = Double(columns[0] + columns[1])
    var (statistic, least) = (0.0, Double.infinity)
    for row in rows {
      for column in 0..<2 {
        let expected = Double(row.reduce(0, +)) * Double(columns[column]) / n
        statistic += (Double(row[column]) - expected) * (Double(row[column]) - expected) / expected
        least = min(least, expected)
      }
    }
    return (tail(statistic, rows.count - 1), min(1, (statistic / n).squareRoot()), least)
  }

  private static func tail(_ statistic: Double, _ df: Int) -> Double {
    let half = statistic / 2
    if df % 2 == 0 {
      var (term, sum) = (1.0, 1.0)
      for k in stride(from: 1, to: df / 2, by: 1) {
        term *= half / Double(k)
        sum += term
      }
      return exp(-half) * sum
    }
    var sum = erfc(half.squareRoot())
    var term = exp(-half) * (half / Double.pi).squareRoot() * 2
    for k in stride(from: 1, through: (df - 1) / 2, by: 1) {
      sum += term
      term *= half / (Double(k) + 0.5)
    }
    return sum
  }

  /// All tables with these margins that are no likelier, by factorials.
  private static func fisher(_ cells: [Int]) -> Double {
    func factorial(_ n: Int) -> Double { n < 2 ? 0 : (2...n).reduce(0) { $0 + Glibc.log(Double($1)) } }
    let (row, other, column) = (cells[0] + cells[1], cells[2] + cells[3], cells[0] + cells[2])
    func chance(_ a: Int) -> Double {
      let parts = [row, other, column, row + other - column].reduce(0) { $0 + factorial($1) }
      let own = [a, row - a, column - a, other - column + a, row + other].reduce(0) { $0 + factorial($1) }
      return exp(parts - own)
    }
    let limit = chance(cells[0]) * (1 + 1e-7)
    return min(1, (max(0, column - other)...min(row, column)).map(chance).filter { $0 <= limit }.reduce(0, +))
  }

  private static func cochran(_ strata: [[Int]]) -> Double? {
    var (beyond, variance) = (0.0, 0.0)
    for cells in strata {
      let (a, b, c, d) = (Double(cells[0]), Double(cells[1]), Double(cells[2]), Double(cells[3]))
      let n = a + b + c + d
      guard n > 1 else { continue }
      beyond += a - (a + b) * (a + c) / n
      variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    }
    return variance > 0 ? tail(beyond * beyond / variance, 1) : nil
  }

  private struct Factor {
    var words: String
    var field: String
    var number: Int
    /// With and yes, with and no, without and yes, without and no.
    var cells: [Int]
    var strata: [[Int]] = []
    var strength: Double?
    var fieldP: Double?
    var crude: Double?
    var p: Double?
    var q: Double?

    init(words: String, field: String, number: Int, cells: [Int]) {
      (self.words, self.field, self.number, self.cells) = (words, field, number, cells)
    }

    var with: Int { cells[0] + cells[1] }
    var without: Int { cells[2] + cells[3] }
    var isEnough: Bool { min(with, without) >= 10 }
    var verdict: Int { isEnough ? (q ?? 1) <= 0.05 ? 0 : 1 : 2 }
    var withRate: Double { Double(cells[0]) / Double(with) }
    var withoutRate: Double { Double(cells[2]) / Double(without) }
    var reach: Double { Double(with) / Double(with + without) }
    var weight: Double { abs(withRate - withoutRate) * reach }

    private func wilson(_ k: Int, _ n: Int) -> (Double, Double) {
      let z = 1.959963984540054
      let (p, n) = (Double(k) / Double(n), Double(n))
      let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
      let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
      return (max(0, centre - half), min(1, centre + half))
    }

    private func odds(_ end: Double) -> Double {
      let add = cells.contains(0) ? 0.5 : 0
      let cells = cells.map { Double($0) + add }
      let error = cells.reduce(0) { $0 + 1 / $1 }.squareRoot()
      return cells[0] * cells[3] / (cells[1] * cells[2]) * exp(end * 1.959963984540054 * error)
    }

    /// Mantel & Haenszel's estimate, with the error of its logarithm by Robins, Breslow & Greenland.
    private func pooled(_ end: Double) -> Double? {
      var (r, s, pr, mixed, qs) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for cells in strata {
        let n = Double(cells.reduce(0, +))
        guard n > 0 else { continue }
        let (up, down) = (Double(cells[0] * cells[3]) / n, Double(cells[1] * cells[2]) / n)
        let (p, q) = (Double(cells[0] + cells[3]) / n, Double(cells[1] + cells[2]) / n)
        (r, s) = (r + up, s + down)
        (pr, mixed, qs) = (pr + p * up, mixed + p * down + q * up, qs + q * down)
      }
      guard r > 0, s > 0 else { return nil }
      let error = (pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s)).squareRoot()
      return r / s * exp(end * 1.959963984540054 * error)
    }

    func value(_ column: String) -> ReferenceValue {
      func number(_ number: Double?) -> ReferenceValue { number.map { .finite($0) } ?? .missing }
      func ranked(_ value: Double?) -> ReferenceValue { isEnough ? number(value) : .missing }
      let all = Double(cells[0] + cells[2]) / Double(with + without)
      let (first, second) = (wilson(cells[0], with), wilson(cells[2], without))
      let difference = withRate - withoutRate
      switch column {
      case "factor": return .text(words)
      case "field": return .text(field)
      case "with_n": return .number(Double(with))
      case "without_n": return .number(Double(without))
      case "with_rate": return ranked(withRate)
      case "without_rate": return ranked(withoutRate)
      case "difference": return ranked(difference)
      case "low": return ranked(difference - hypot(withRate - first.0, second.1 - withoutRate))
      case "high": return ranked(difference + hypot(first.1 - withRate, withoutRate - second.0))
      case "odds_ratio": return ranked(odds(0))
      case "or_low": return ranked(odds(-1))
      case "or_high": return ranked(odds(1))
      case "lift": return ranked(withRate / all)
      case "attributable": return ranked((all - withoutRate) / all)
      case "p": return number(p)
      case "q": return number(q)
      case "reach": return number(reach)
      case "strength": return number(strength)
      case "field_p": return number(fieldP)
      case "finding":
        let words = ["goes with", "not beyond chance", "too few (n = \(min(with, without)))"]
        return .text(words[verdict])
      case "pooled_or": return ranked(pooled(0))
      case "pooled_low": return ranked(pooled(-1))
      case "pooled_high": return ranked(pooled(1))
      default: return .missing
      }
    }
  }
}
