import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Measures of the cases of a row or a group that are more than one number of each: survival, tests, associations, and
/// the ends of intervals (`low(M)`, `high(M)`, `p(T)`).
///
/// A case enters where all its lists have a value; the rest is left out and counted. What the data cannot answer is
/// missing, and the receipt says why. The arithmetic is that of `PeyvandStatistics`, stretch by stretch.
extension Walker {
  /// What a measure takes: as many values in each list.
  struct StatisticLists {
    var values: Vector
    var second: Vector?
    var third: Vector?

    /// Yes where all are there and decided; else why it is no case.
    var cases: Vector {
      let others = [second, third].compactMap { $0 }
      return Vector(
        .truths(others.reduce(TruthKernels.cases(values)) { TruthKernels.cases($0, TruthKernels.cases($1)) }))
    }
  }

  /// One value for each stretch.
  ///
  /// - Parameter level: `at`, one a stretch (or constant), as a number in the unit of the times.
  mutating func statistic(
    _ aggregate: Aggregate, offsets: [Int32], _ lists: StatisticLists, level: Vector?, in frame: Frame?,
    at range: SourceRange
  ) throws(Diagnostics) -> Vector {
    let count = max(0, offsets.count - 1)
    for other in [lists.second, lists.third].compactMap({ $0 }) where other.count != lists.values.count {
      throw EvaluationDiagnostics.differentLists(at: range)
    }
    if aggregate.function == .variant { return try variants(offsets, lists.values, at: range) }
    let cases = lists.cases
    // Counts what is left out, as a share of these would.
    _ = try self.aggregate(.share, offsets: offsets, values: cases, in: frame, at: range)
    guard case .truths(let truths) = cases.storage else { return .missing(count: count) }
    let present = Presence.reduced(TruthKernels.isDecided(truths))
    let places = SegmentKernels.places(offsets, count: lists.values.count, present: present)
    var measure = try StatisticMeasure(aggregate, lists, at: range)
    var results: [Double] = []
    results.reserveCapacity(count)
    for (index, cases) in places.enumerated() {
      if index & 0xFF == 0 { try look() }
      results.append(measure.value(of: cases, at: level.flatMap { Self.number($0, at: index) }) ?? .nan)
    }
    for (note, times) in measure.notes { tally.notes[note, default: 0] += times }
    let numbers = NumberKernels.finite(Slab(results), present: nil)
    return aggregate.part != .p && aggregate.function.keepsForm ? restored(numbers, like: lists.values) : numbers
  }

  private static func number(_ vector: Vector, at index: Int) -> Double? {
    guard case .numbers(let slab) = vector.storage, vector.present?[index] != 0 else { return nil }
    return slab[index]
  }

  private func variants(_ offsets: [Int32], _ values: Vector, at range: SourceRange) throws(Diagnostics) -> Vector {
    guard case .texts(let codes, let dictionary) = values.storage else {
      throw EvaluationDiagnostics.malformed("a variant of what is no text", at: range)
    }
    let texts = SegmentKernels.joined(
      offsets, codes, dictionary, present: values.present, by: " > ", missing: "–")
    var made = TextDictionary()
    let new = texts.map { made.code(of: $0) ?? -1 }
    // A case without an event has no way that it went.
    let present = SetKernels.lengths(offsets).array.map { UInt8($0 > 0 ? 1 : 0) }
    return Vector(.texts(Slab(new), made), present: Presence.reduced(Slab(present)))
  }
}

extension AggregateFunction {
  /// Whether the result is of the kind of its values.
  var keepsForm: Bool {
    switch self {
    case .mean, .median, .medianUntil: true
    default: false
    }
  }
}

extension Aggregate {
  /// Whether it is worked out from all values of a stretch together.
  var isStatistic: Bool { part != .value || function.isStatistic || (function == .medianUntil && second != nil) }
}
