import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Measures of cases, each from its definition and as slowly as it can be said.
extension ReferenceEvaluator {
  func statistic(
    _ aggregate: Aggregate, _ lists: [[ReferenceValue]], _ parameter: ReferenceValue?,
    _ leftOut: inout ReferenceLeftOut
  ) throws -> ReferenceValue {
    guard let first = lists.first, lists.allSatisfy({ $0.count == first.count }) else {
      throw ReferenceFailure("E1957")
    }
    if aggregate.function == .variant {
      let texts = first.map { value in if case .text(let text) = value { text } else { "–" } }
      return texts.isEmpty ? .missing : .text(texts.joined(separator: " > "))
    }
    let truths = first.indices.map { place in lists.map { standing($0[place]) } }
    let cases = truths.indices.filter { truths[$0].allSatisfy { $0 == Truth.yes } }
    for parts in truths where parts.contains(where: { $0 != Truth.yes }) {
      if parts.contains(where: { $0 & Truth.unknownMark != 0 }) {
        leftOut.unknown += 1
      } else {
        leftOut.open += 1
        if parts.first(where: { $0 != Truth.yes }).map({ $0 & Truth.truthBits == Truth.yes }) == true {
          leftOut.openYes += 1
        }
      }
    }
    if aggregate.function == .share {
      return try bound(aggregate.part, of: cases.count { first[$0] == .yes }, among: cases.count)
    }
    let columns = lists.map { list in cases.map { list[$0] } }
    return try value(aggregate, columns, parameter)
  }

  /// Yes for what may be a case: of a yes/no only what is decided and carries no mark; else why it is none.
  private func standing(_ value: ReferenceValue) -> UInt8 {
    if case .truth(let byte) = value { return byte == Truth.no ? Truth.yes : byte }
    return value.isShownMissing ? Truth.unknown : Truth.yes
  }

  private func value(_ aggregate: Aggregate, _ columns: [[ReferenceValue]], _ parameter: ReferenceValue?) throws
    -> ReferenceValue
  {
    let x = columns[0].map(number)
    let y = columns.count > 1 ? columns[1].map(number) : []
    let n = Double(x.count)
    if aggregate.part != .value { return try part(aggregate, columns, parameter) }
    switch aggregate.function {
    case .survival, .medianUntil: return survival(aggregate, columns, parameter)
    case .logrank: return try logRank(columns)
    case .incidence: return incidence(columns, parameter)
    case .gini:
      // Half the mean difference of all pairs over the mean.
      guard n > 0, x.allSatisfy({ $0 >= 0 }), x.reduce(0, +) > 0 else { return .missing }
      let differences = x.reduce(0.0) { sum, a in sum + x.reduce(0.0) { $0 + abs(a - $1) } }
      return .finite(differences / (2 * n * x.reduce(0, +)))
    case .concentration:
      guard n > 0, x.allSatisfy({ $0 >= 0 }), x.reduce(0, +) > 0 else { return .missing }
      let most = x.sorted(by: >)
      let needed = (1...most.count).first { most.prefix($0).reduce(0, +) >= 0.8 * x.reduce(0, +) - 1e-9 } ?? most.count
      return .finite(Double(needed) / n)
    case .autocorrelation:
      let mean = x.reduce(0, +) / max(1, n)
      let squares = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      guard n > 1, squares > 0 else { return .missing }
      return .finite(zip(x, x.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) } / squares)
    case .trend:
      let at = y.isEmpty ? x.indices.map(Double.init) : y
      var slopes: [Double] = []
      for i in x.indices {
        for j in x.indices where j > i && at[i] != at[j] { slopes.append((x[j] - x[i]) / (at[j] - at[i])) }
      }
      guard !slopes.isEmpty else { return .missing }
      slopes.sort()
      return .finite((slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2]) / 2)
    case .spearman: return pearson(ranks(x), ranks(y))
    case .chiSquare, .cramersV: return association(aggregate.function, columns)
    case .oddsRatio: return oddsRatio(columns)
    case .riskRatio: return riskRatio(columns)
    default: throw ReferenceUnsupported(aggregate.function.rawValue)
    }
  }

  func number(_ value: ReferenceValue) -> Double {
    switch value {
    case .number(let number): number
    case .duration(let length): length.months != 0 ? Double(length.months) : length.days * 86_400 + length.seconds
    case .date(let day): Double(day)
    case .time(let instant): Double(instant)
    case .period(let period): Double(period.index)
    case .truth(let byte): byte == Truth.yes ? 1 : 0
    default: 0
    }
  }

  /// An end of Wilson's interval: where the share lies 1.96 of its own errors from what was seen, by bisection.
  private func bound(_ part: AggregatePart, of yes: Int, among cases: Int) throws -> ReferenceValue {
    guard cases > 0 else { return .missing }
    let n = Double(cases)
    let seen = Double(yes) / n
    if part == .low, yes == 0 { return .number(0) }
    if part == .high, yes == cases { return .number(1) }
    var (inside, outside) = (seen, part == .low ? 0.0 : 1.0)
    for _ in 0..<200 {
      let middle = (inside + outside) / 2
      let error = 1.959963984540054 * (middle * (1 - middle) / n).squareRoot()
      if abs(seen - middle) <= error { inside = middle } else { outside = middle }
    }
    return .number(inside)
  }

  // MARK: Time to an event

  func survival(_ aggregate: Aggregate, _ columns: [[ReferenceValue]], _ parameter: ReferenceValue?)
    -> ReferenceValue
  {
    var cases: [(time: Double, hasCome: Bool, isOver: Bool)] = []
    if columns.count == 1 {
      for case .list(let parts) in columns[0] where parts.count == 2 {
        cases.append((number(parts[0]), parts[1].truth & Truth.truthBits == Truth.yes, parts[1].truth == Truth.no))
      }
      guard cases.count(where: \.isOver) >= 10 else { return .missing }
    } else {
      cases = zip(columns[0], columns[1]).map { (number($0), $1 == .yes, false) }
    }
    guard cases.allSatisfy({ $0.time >= 0 }) else { return .missing }
    var at = Double.infinity
    if case .number(let given)? = parameter {
      // The unit in which the time was given is that of the list.
      at = given
      if case .duration(let length)? = columns[0].first {
        at = given * (length.months != 0 ? 1 : length.seconds != 0 ? 1 : 86_400)
      }
      guard at >= 0, cases.count(where: { $0.time >= at }) >= 10 else { return .missing }
    }
    var left = 1.0
    for time in Set(cases.filter(\.hasCome).map(\.time)).sorted() where time <= at {
      left *= 1 - Double(cases.count { $0.time == time && $0.hasCome }) / Double(cases.count { $0.time >= time })
      if aggregate.function == .medianUntil, left <= 0.5 + 1e-9 {
        return columns[0].first { number($0) == time } ?? .missing
      }
    }
    return aggregate.function == .medianUntil || cases.isEmpty ? .missing : .finite(left)
  }

  /// Step by step through all times; what is left, times its part of those at risk.
  func incidence(_ columns: [[ReferenceValue]], _ parameter: ReferenceValue?) -> ReferenceValue {
    guard case .number(let at)? = parameter, at >= 0 else { return .missing }
    let cases = zip(columns[0], columns[1]).map { (time: number($0), cause: number($1)) }
    guard cases.allSatisfy({ $0.time >= 0 }), cases.count(where: { $0.time >= at }) >= 10 else { return .missing }
    var (left, come) = (1.0, 0.0)
    for time in Set(cases.map(\.time)).sorted() where time <= at {
      let risk = Double(cases.count { $0.time >= time })
      come += left * Double(cases.count { $0.time == time && $0.cause == 1 }) / risk
      left *= 1 - Double(cases.count { $0.time == time && $0.cause != 0 }) / risk
    }
    return .finite(come)
  }

  /// Of two groups: (O − E)²/V of either.
  func logRank(_ columns: [[ReferenceValue]]) throws -> ReferenceValue {
    let groups = Set(columns[2].map(identity))
    guard groups.count <= 2 else { throw ReferenceUnsupported("a log-rank test of more than two groups") }
    guard groups.count == 2, let one = columns[2].first.map(identity) else { return .missing }
    let cases = columns[0].indices.map {
      (number(columns[0][$0]), columns[1][$0] == .yes, identity(columns[2][$0]) == one)
    }
    guard cases.allSatisfy({ $0.0 >= 0 }) else { return .missing }
    var (surplus, variance) = (0.0, 0.0)
    for time in Set(cases.filter(\.1).map(\.0)) {
      let n = Double(cases.count { $0.0 >= time })
      let part = Double(cases.count { $0.0 >= time && $0.2 }) / n
      let events = Double(cases.count { $0.0 == time && $0.1 })
      surplus += Double(cases.count { $0.0 == time && $0.1 && $0.2 }) - events * part
      if n > 1 { variance += events * part * (1 - part) * (n - events) / (n - 1) }
    }
    return variance > 1e-12 ? .finite(surplus * surplus / variance) : .missing
  }

  // MARK: Association

  func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      Double(values.count { $0 < value }) + (Double(values.count { $0 == value }) + 1) / 2
    }
  }

  func pearson(_ x: [Double], _ y: [Double]) -> ReferenceValue {
    let n = Double(x.count)
    guard n > 1 else { return .missing }
    let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
    let squares = x.reduce(0) { $0 + ($1 - a) * ($1 - a) } * y.reduce(0) { $0 + ($1 - b) * ($1 - b) }
    return squares > 0 ? .finite(product / squares.squareRoot()) : .missing
  }

  func association(_ function: AggregateFunction, _ columns: [[ReferenceValue]]) -> ReferenceValue {
    let pairs = zip(columns[0].map(identity), columns[1].map(identity)).map { ($0, $1) }
    let (rows, across) = (Set(pairs.map(\.0)), Set(pairs.map(\.1)))
    guard rows.count > 1, across.count > 1 else { return .missing }
    let n = Double(pairs.count)
    var sum = 0.0
    for row in rows {
      for column in across {
        let expected = Double(pairs.count { $0.0 == row }) * Double(pairs.count { $0.1 == column }) / n
        let seen = Double(pairs.count { $0.0 == row && $0.1 == column })
        sum += (seen - expected) * (seen - expected) / expected
      }
    }
    if function == .chiSquare { return .finite(sum) }
    let v = (sum / (n * Double(min(rows.count, across.count) - 1))).squareRoot()
    // A full relation is 1, whatever the order of adding up leaves of it.
    return .finite(abs(v - 1) < 1e-12 ? 1 : v)
  }

  /// The part of those who had it to whom it came, over that of the others.
  private func riskRatio(_ columns: [[ReferenceValue]]) -> ReferenceValue {
    func part(_ had: Bool) -> Double? {
      let own = columns[0].indices.filter { (columns[0][$0] == .yes) == had }
      let came = own.count { columns[1][$0] == .yes }
      return came > 0 ? Double(came) / Double(own.count) : nil
    }
    guard let with = part(true), let without = part(false) else { return .missing }
    return .finite(with / without)
  }

  func oddsRatio(_ columns: [[ReferenceValue]]) -> ReferenceValue {
    func counts(_ places: [Int]) -> [Double] {
      [(true, true), (true, false), (false, true), (false, false)].map { had, came in
        Double(places.count { (columns[0][$0] == .yes) == had && (columns[1][$0] == .yes) == came })
      }
    }
    let all = counts(Array(columns[0].indices))
    guard all[0] + all[1] > 0, all[2] + all[3] > 0, all[0] + all[2] > 0, all[1] + all[3] > 0 else { return .missing }
    guard columns.count > 2 else {
      let add = all.contains(0) ? 0.5 : 0
      return .finite((all[0] + add) * (all[3] + add) / ((all[1] + add) * (all[2] + add)))
    }
    var (up, down) = (0.0, 0.0)
    for stratum in Set(columns[2].map(identity)) {
      let own = counts(columns[2].indices.filter { identity(columns[2][$0]) == stratum })
      up += own[0] * own[3] / own.reduce(0, +)
      down += own[1] * own[2] / own.reduce(0, +)
    }
    return up > 0 && down > 0 ? .finite(up / down) : .missing
  }
}

extension Aggregate {
  /// Whether it is of all its cases together.
  var isOfCases: Bool { part != .value || function.isStatistic || (function == .medianUntil && second != nil) }
}
