import PeyvandBase
import PeyvandCheck
import PeyvandData

extension KPIEvaluation {
  /// The card: value, n, interval, target and distance, state, trend, best and worst groups, the decision when due.
  func card() throws(Diagnostics) -> Answer {
    let measured = try measured(by: [])
    let unit = evaluator.context.source.catalogue.name(of: kpi.subject.kind)
    var receipt = measured.draft.receipt(rows: nil, unit: unit, asOf: evaluator.context.asOf)
    guard let whole = measured.cases.first else {
      throw EvaluationDiagnostics.malformed("a KPI without a value", at: kpi.measure.range)
    }
    var card = KPICard(
      name: kpi.name, documentation: kpi.documentation, value: .missing, type: kpi.measure.type, n: whole.n,
      k: whole.k, needs: kpi.needs, target: kpi.target?.text, state: .tooFew, owner: kpi.owner)
    card.trend = try trend()
    let estimates = try estimates(whole)
    let number: Double
    if let lead = estimates, lead.lead == .kaplanMeier, let value = lead.kaplanMeier.value {
      number = value
      card.value = .number(value)
      (card.n, card.k) = (lead.kaplanMeier.n, nil)
      if let low = lead.kaplanMeier.low, let high = lead.kaplanMeier.high {
        card.interval = .init(low: low, high: high, method: "Kaplan–Meier, log(−log) Greenwood")
      }
    } else {
      guard whole.n >= kpi.needs, let value = whole.number else { return Answer(.card(card), receipt: receipt) }
      number = value
      card.value = whole.value
      card.interval = whole.interval
    }
    card.estimates = estimates
    let target = try kpi.target.map { (bound) throws(Diagnostics) in try Bound(bound, kpi.measure.type, evaluator) }
    let warn = try kpi.warn.map { (bound) throws(Diagnostics) in try Bound(bound, kpi.measure.type, evaluator) }
    card.distance = target?.distance(of: number)
    card.state = state(number, target, warn)
    if let warn, !warn.isKnown, card.state != .targetUnknown { receipt.remarks.append(Self.warnsOfNothing) }
    let direction = target?.direction ?? warn?.warnedDirection
    if let direction, let key = try rankedKey() {
      let ranking = try ranked(by: key, direction)
      (card.best, card.worst) = (ranking.best, ranking.worst)
      if !ranking.best.isEmpty { (card.groupedBy, card.chance) = (key.header.name, ranking.chance) }
    }
    if card.state == .warn || card.state == .breach {
      card.decision = try decision(direction ?? .higher)
    }
    return Answer(.card(card), receipt: receipt)
  }

  private func state(_ number: Double, _ target: Bound?, _ warn: Bound?) -> KPICard.State {
    if let target, target.isKnown, !target.holds(number) { return .breach }
    if let target, !target.isKnown { return .targetUnknown }
    if let warn, warn.holds(number) { return .warn }
    if target == nil, let warn { return warn.isKnown ? .ok : .targetUnknown }
    return target == nil ? .noTarget : .ok
  }

  static let warnsOfNothing = "what `warn` speaks of has no value, so nothing is warned of"

  // MARK: Trend

  /// The value by quarter of the KPI's date: by month where there are few quarters, by year where most quarters have
  /// too few cases. The last twelve; a period with too few cases keeps its n. Nothing where no period has a value.
  private func trend() throws(Diagnostics) -> [KPICard.TrendPoint] {
    guard let dated = kpi.dated else { return [] }
    switch dated.type {
    case .date, .time: break
    default: return []
    }
    func isFull(_ points: [KPICard.TrendPoint]) -> Bool {
      points.count { $0.value != .missing } * 2 >= points.count
    }
    var points = try trend(by: .quarter, dated)
    if points.count <= 4 {
      let months = try trend(by: .month, dated)
      if isFull(months) { points = months }
    } else if !isFull(points) {
      let years = try trend(by: .year, dated)
      if years.count > 1, isFull(years) { points = years }
    }
    return points.contains { $0.value != .missing } ? Array(points.suffix(12)) : []
  }

  private func trend(
    by unit: PeriodUnit, _ dated: CheckedExpression
  ) throws(Diagnostics) -> [KPICard.TrendPoint] {
    let key = CheckedColumn(
      header: .init(id: ColumnID(-10), name: unit.name, type: .period(unit)),
      expression: CheckedExpression(.period(unit, dated), .period(unit), dated.range))
    let measured = try measured(by: [key])
    guard let periods = measured.keys.first else { return [] }
    var points: [KPICard.TrendPoint] = []
    for (period, one) in zip(try evaluator.values(of: periods, type: key.header.type), measured.cases)
    where period != .missing {
      let isEnough = one.n >= min(kpi.needs, Self.rankedCases)
      points.append(.init(period: period, value: isEnough ? one.value : .missing, n: one.n))
    }
    return points
  }

  // MARK: Groups

  /// Which way is better.
  enum Direction: Sendable, Hashable {
    case higher, lower
    case between(Double, Double)

    /// The greater, the better.
    func merit(_ number: Double) -> Double {
      switch self {
      case .higher: number
      case .lower: -number
      case .between(let low, let high): -max(0, max(low - number, number - high))
      }
    }
  }

  struct Ranking: Sendable {
    var best: [KPICard.Group] = []
    var worst: [KPICard.Group] = []
    var chance: KPICard.Chance?
  }

  /// The best and the worst groups, at most three each and none in both. Groups of fewer than ten cases, and the group
  /// of what is missing, are held back.
  private func ranked(by key: CheckedColumn, _ direction: Direction) throws(Diagnostics) -> Ranking {
    let measured = try measured(by: [key])
    guard let keys = measured.keys.first else { return Ranking() }
    let labels = try evaluator.labels(keys, key.header)
    let isThere = GroupCodes.encode(keys).map { $0 != GroupCodes.missing }
    var groups: [(group: KPICard.Group, merit: Double)] = []
    var judged: [(place: Int, label: String)] = []
    for (index, one) in measured.cases.enumerated() where isThere[index] && one.n >= Self.rankedCases {
      guard let number = one.number else { continue }
      groups.append((.init(label: labels[index], value: one.value, n: one.n), direction.merit(number)))
      judged.append((index, labels[index]))
    }
    // Stable: groups of equal merit stay in the order of their keys.
    let order = groups.indices.sorted {
      groups[$0].merit != groups[$1].merit ? groups[$0].merit > groups[$1].merit : $0 < $1
    }
    let shown = min(3, groups.count / 2)
    return Ranking(
      best: order.prefix(shown).map { groups[$0].group },
      worst: order.suffix(shown).reversed().map { groups[$0].group },
      chance: Self.chance(among: measured.cases, judged: judged))
  }

  /// What the card ranks by: what the decision asks for, else the first text of the subject that has a few values.
  private func rankedKey() throws(Diagnostics) -> CheckedColumn? {
    for part in kpi.decision {
      switch part {
      case .worst(let column), .best(let column): return column
      case .text, .value: continue
      }
    }
    let catalogue = evaluator.context.source.catalogue
    for id in catalogue.kind(kpi.subject.kind)?.fields ?? [] {
      guard let field = catalogue.field(id), field.type == .text, let column = try evaluator.context.source.column(id),
        case .text(_, let dictionary) = column.storage, (2...50).contains(dictionary.count),
        dictionary.count * Self.rankedCases <= column.count
      else { continue }
      let record = CheckedExpression(.binding(kpi.subject), .record(kpi.subject.kind), .none)
      return CheckedColumn(
        header: .init(id: ColumnID(-11), name: field.name, type: .text),
        expression: CheckedExpression(.field(record, id), .text, .none))
    }
    return nil
  }

  // MARK: Decision

  /// What is to be decided, with whom it names filled in.
  func decisionText() throws(Diagnostics) -> String {
    let target = try kpi.target.map { (bound) throws(Diagnostics) in try Bound(bound, kpi.measure.type, evaluator) }
    let warn = try kpi.warn.map { (bound) throws(Diagnostics) in try Bound(bound, kpi.measure.type, evaluator) }
    return try decision(target?.direction ?? warn?.warnedDirection ?? .higher)
  }

  private func decision(_ direction: Direction) throws(Diagnostics) -> String {
    var text = ""
    for part in kpi.decision {
      switch part {
      case .text(let words): text += words
      case .value(let expression):
        let shown = CheckedExpression(.interpolation([expression]), .text, expression.range)
        if case .text(let words) = try evaluator.value(shown) { text += words }
      case .worst(let column):
        let ranking = try ranked(by: column, direction)
        text += ranking.worst.first?.label ?? Self.nobody
      case .best(let column):
        let ranking = try ranked(by: column, direction)
        text += ranking.best.first?.label ?? Self.nobody
      }
    }
    return text
  }

  /// What stands for a group where none may be named.
  private static let nobody = "(no two groups have \(rankedCases) cases each)"
}

extension KPIEvaluation {
  /// A target or a warning, as numbers in the measure's unit.
  struct Bound: Sendable {
    let relation: CheckedBound.Relation
    let low: Double?
    let high: Double?

    init(_ bound: CheckedBound, _ type: ValueType, _ evaluator: Evaluator) throws(Diagnostics) {
      relation = bound.relation
      low = try evaluator.value(bound.low).magnitude(in: type)
      high = try bound.high.map { (high) throws(Diagnostics) in try evaluator.value(high) }?.magnitude(in: type)
    }

    /// Whether it came to a value: against one that is missing nothing is met and nothing missed.
    var isKnown: Bool { low != nil && (relation != .between || high != nil) }

    /// A bound that is missing holds for nothing, so that no KPI is met by accident.
    func holds(_ number: Double) -> Bool {
      guard let low else { return false }
      switch relation {
      case .atLeast: return number >= low
      case .atMost: return number <= low
      case .below: return number < low
      case .above: return number > low
      case .between: return high.map { number >= low && number <= $0 } ?? false
      }
    }

    /// Value minus bound; within two bounds there is none.
    func distance(of number: Double) -> Double? {
      guard isKnown, let low else { return nil }
      guard relation == .between else { return number - low }
      if number < low { return number - low }
      if let high, number > high { return number - high }
      return nil
    }

    /// Which way the target points.
    var direction: Direction? {
      switch relation {
      case .atLeast, .above: return .higher
      case .atMost, .below: return .lower
      case .between:
        guard let low, let high else { return nil }
        return .between(low, high)
      }
    }

    /// A warning says what is bad, so better lies the other way.
    var warnedDirection: Direction? {
      switch direction {
      case .higher: .lower
      case .lower: .higher
      default: nil
      }
    }
  }
}
