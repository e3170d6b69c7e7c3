import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// A KPI's number for some groups: its value, the cases behind it and how sure it is.
struct KPIMeasure: Sendable {
  struct Case: Sendable {
    var value: Value
    /// The value as a number in the measure's unit.
    var number: Double?
    var n: Int
    var k: Int?
    var open: Int
    var interval: KPICard.Interval?
    /// Of a mean: level and spread of its numbers.
    var moments: Moments?

    /// The value where there are as many cases as are needed.
    func value(from needs: Int) -> Value { n >= needs ? value : .missing }

    func low(_ type: ValueType, from needs: Int) -> Value {
      interval.flatMap { n >= needs ? Value(magnitude: $0.low, in: type) : nil } ?? .missing
    }

    func high(_ type: ValueType, from needs: Int) -> Value {
      interval.flatMap { n >= needs ? Value(magnitude: $0.high, in: type) : nil } ?? .missing
    }
  }

  /// What kind of number it is, and so which interval it has.
  enum Shape: Sendable {
    case share(Aggregate)
    case mean(Aggregate)
    case median(Aggregate)
    /// One aggregate of another function.
    case plain(Aggregate)
    case composed([Aggregate])

    init(_ measure: CheckedExpression) {
      guard case .aggregate(let aggregate) = measure.node, aggregate.scope == .group else {
        self = .composed(measure.groupAggregates.map(\.aggregate))
        return
      }
      switch aggregate.function {
      case .share: self = .share(aggregate)
      case .mean: self = .mean(aggregate)
      case .median: self = .median(aggregate)
      default: self = .plain(aggregate)
      }
    }

    /// What must be worked out beside the measure itself, for the interval.
    var companion: Aggregate? {
      switch self {
      case .mean(let aggregate), .median(let aggregate): Aggregate(.list, aggregate.list, scope: .group)
      default: nil
      }
    }
  }

  var keys: [Vector]
  var cases: [Case]
  var draft: ReceiptDraft

  /// The cases of a grouping of the subjects. `frame` gives the measure's values.
  init(_ result: MeasureResult, _ values: Vector, _ measure: CheckedExpression, _ evaluator: Evaluator)
    throws(Diagnostics)
  {
    keys = result.keys
    draft = result.draft
    let shape = Shape(measure)
    let all = try evaluator.values(of: values, type: measure.type)
    let samples = shape.companion.flatMap { result.aggregates[$0] }.map { KPIMeasure.samples($0) }
    cases = []
    for group in 0..<result.groups {
      let counts = Self.counts(shape, result, group)
      let value = all.indices.contains(group) ? all[group] : .missing
      let sample = samples.flatMap { $0.indices.contains(group) ? $0[group] : nil } ?? []
      cases.append(
        Case(
          value: value, number: value.magnitude(in: measure.type), n: counts.used, k: shape.isShare ? counts.yes : nil,
          open: counts.open, interval: Self.interval(shape, counts, sample),
          moments: shape.isMean ? Moments(sample) : nil))
    }
  }

  private static func counts(_ shape: Shape, _ result: MeasureResult, _ group: Int) -> GroupFold.Counts {
    func own(_ aggregate: Aggregate) -> GroupFold.Counts? {
      guard let all = result.counts[aggregate]?.byGroup, all.indices.contains(group) else { return nil }
      return all[group]
    }
    let rows = result.rows.indices.contains(group) ? result.rows[group] : 0
    switch shape {
    case .share(let aggregate), .mean(let aggregate), .median(let aggregate), .plain(let aggregate):
      return own(aggregate) ?? GroupFold.Counts()
    case .composed(let aggregates):
      // The fewest cases that a part rests on; with no part, the members.
      var least = GroupFold.Counts()
      least.used = rows
      for counts in aggregates.compactMap(own) {
        least.used = min(least.used, counts.used)
        least.open = max(least.open, counts.open)
      }
      return least
    }
  }

  private static func interval(_ shape: Shape, _ counts: GroupFold.Counts, _ sample: [Double]) -> KPICard.Interval? {
    switch shape {
    case .share:
      Proportions.wilson(counts.yes, of: counts.used).map { .init(low: $0.low, high: $0.high, method: "Wilson") }
    case .mean:
      Moments(sample)?.meanEstimate().map {
        .init(low: $0.interval.low, high: $0.interval.high, method: "Student's t")
      }
    case .median:
      Quantiles.medianInterval(sorted: sample.sorted()).map {
        .init(low: $0.low, high: $0.high, method: "order statistics")
      }
    case .plain, .composed: nil
    }
  }

  /// The numbers that are there, by group.
  static func samples(_ vector: Vector) -> [[Double]] {
    guard case .lists(let offsets, let elements) = vector.storage, case .numbers(let slab) = elements.storage else {
      return []
    }
    let numbers = slab.array
    let present = elements.present?.array
    return (0..<vector.count).map { group in
      (Int(offsets[group])..<max(Int(offsets[group]), Int(offsets[group + 1]))).compactMap { place in
        guard numbers.indices.contains(place), present?[place] != 0 else { return nil }
        return numbers[place]
      }
    }
  }
}

extension KPIMeasure.Shape {
  var isShare: Bool { if case .share = self { true } else { false } }
  var isMean: Bool { if case .mean = self { true } else { false } }
}

extension Value {
  /// A number or a duration as a number in the unit of `type`; missing for everything else.
  func magnitude(in type: ValueType) -> Double? {
    switch self {
    case .number(let number): return number.isFinite ? number : nil
    case .duration(let duration):
      switch type {
      case .duration(.months): return Double(duration.months)
      case .duration(.seconds): return duration.seconds + duration.days * 86_400
      default: return duration.days + duration.seconds / 86_400
      }
    default: return nil
    }
  }

  /// The other way round.
  init(magnitude: Double, in type: ValueType) {
    switch type {
    case .duration(.months):
      self = Int(exactly: magnitude.rounded()).map { .duration(Duration(months: $0)) } ?? .missing
    case .duration(.seconds): self = .duration(Duration(seconds: magnitude))
    case .duration: self = .duration(Duration(days: magnitude))
    default: self = .number(magnitude)
    }
  }
}
