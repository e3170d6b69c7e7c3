import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Aggregates: a row's over its list, a group's over its rows' lists together. Both are stretches of values.
extension Walker {
  mutating func aggregate(_ aggregate: Aggregate, _ frame: Frame, at range: SourceRange) throws(Diagnostics)
    -> Vector
  {
    if aggregate.scope == .group {
      guard let vector = Self.aggregate(aggregate, in: frame) else {
        throw EvaluationDiagnostics.malformed("a group's value outside its group", at: range)
      }
      return vector
    }
    // How many records there are needs none of them.
    if aggregate.function == .count, case .records(let set) = aggregate.list {
      return Vector(.numbers(SetKernels.lengths(try sets(set, in: frame).offsets)))
    }
    let list = try list(aggregate.list, in: frame)
    func paired(_ other: CheckedList?) throws(Diagnostics) -> Vector? {
      guard let other else { return nil }
      let paired = try self.list(other, in: frame)
      let isOfTheSame = list.sources == nil || paired.sources == nil || list.sources?.array == paired.sources?.array
      guard paired.offsets == list.offsets, isOfTheSame else { throw EvaluationDiagnostics.differentLists(at: range) }
      return paired.values
    }
    let second = try paired(aggregate.second)
    let third = try paired(aggregate.third)
    var level: Vector?
    if let parameter = aggregate.parameter { level = try evaluate(parameter, in: frame) }
    if aggregate.isStatistic {
      return try statistic(
        aggregate, offsets: list.offsets, .init(values: list.values, second: second, third: third), level: level,
        in: frame, at: range)
    }
    return try self.aggregate(
      aggregate.function, offsets: list.offsets, values: list.values, second: second, level: level, in: frame, at: range
    )
  }

  /// One value for each stretch of `values`: an aggregate over lists, whether a row's or a group's.
  ///
  /// `level` is the percentile's, one a stretch (or constant); `second` the other list of `correlation`, as
  /// long as `values`. What it leaves out is added to the tally.
  package mutating func aggregate(
    _ function: AggregateFunction, offsets: [Int32], values: Vector, second: Vector? = nil, level: Vector? = nil,
    in frame: Frame? = nil, at range: SourceRange = .none
  ) throws(Diagnostics) -> Vector {
    let count = max(0, offsets.count - 1)
    if case .truths(let truths) = values.storage {
      return try truthAggregate(function, offsets, truths, values, in: frame, at: range)
    }
    // Of two lists a pair is left out where either is missing.
    let present = Presence.both(values.presence, second?.presence)
    leaveOut(missing: present, offsets, in: frame)
    switch function {
    case .count: return Vector(.numbers(SegmentKernels.counts(offsets, count: values.count, present: present)))
    case .any, .none, .every:
      let some = SegmentKernels.counts(offsets, count: values.count, present: present)
      let isAny = ComparisonKernels.numbers(.greater, some, Slab(repeating: 0, count: count))
      return Vector(.truths(function == .none ? TruthKernels.not(isAny) : isAny))
    case .first, .last:
      let places = SegmentKernels.ends(offsets, count: values.count, present: present, last: function == .last)
      return values.gathered(places)
    case .min, .max:
      let places = SegmentKernels.extremes(
        offsets, try orderKeys(of: values), present: present, largest: function == .max)
      return values.gathered(places)
    case .mode:
      return values.gathered(SegmentKernels.modes(offsets, try orderKeys(of: values), present: present))
    case .list: return listed(offsets, values, present)
    default: break
    }
    let result = try summary(function, offsets, values, present, second, level, at: range)
    guard frame != nil, result.present != nil else { return result }
    let used = SegmentKernels.counts(offsets, count: values.count, present: present)
    let tooLarge = TooLarge.count(function, result) { used[$0] ?? 0 }
    if tooLarge > 0 { tally.notes[TooLarge.note, default: 0] += tooLarge }
    return result
  }

  /// What is worked out from numbers, or from times as numbers.
  private func summary(
    _ function: AggregateFunction, _ offsets: [Int32], _ values: Vector, _ present: Slab<UInt8>?, _ second: Vector?,
    _ level: Vector?, at range: SourceRange
  ) throws(Diagnostics) -> Vector {
    let count = max(0, offsets.count - 1)
    let numbers = try numbers(of: values, function, at: range)
    switch function {
    case .sum:
      return NumberKernels.finite(SegmentKernels.sums(offsets, numbers, present: present), present: nil)
    case .mean: return restored(SegmentKernels.means(offsets, numbers, present: present), like: values)
    case .medianUntil: return SegmentKernels.mediansUntil(offsets, numbers, present: present)
    case .stdev: return SegmentKernels.deviations(offsets, numbers, present: present)
    case .median, .percentile:
      var levels = Slab(repeating: 0.5, count: count)
      var levelPresent: Slab<UInt8>?
      if function == .percentile {
        guard let level, case .numbers(let given) = level.storage else {
          throw EvaluationDiagnostics.malformed("a percentile without its level", at: range)
        }
        levels = given
        levelPresent = level.present
      }
      let quantiles = SegmentKernels.quantiles(
        offsets, numbers, present: present, levels: levels, levelPresent: levelPresent)
      return restored(quantiles, like: values)
    case .correlation:
      guard let second else { break }
      let other = try self.numbers(of: second, function, at: range)
      return SegmentKernels.correlations(
        offsets, numbers, other, present: Presence.both(present, second.presence))
    default: break
    }
    throw EvaluationDiagnostics.malformed("an aggregate of values it does not take", at: range)
  }

  /// Numbers, or times as numbers.
  private func numbers(of values: Vector, _ function: AggregateFunction, at range: SourceRange) throws(Diagnostics)
    -> Slab<Double>
  {
    switch values.storage {
    case .numbers(let numbers): return numbers
    case .days(let days): return TimeKernels.numbers(days)
    case .instants(let instants): return TimeKernels.numbers(instants)
    default:
      throw EvaluationDiagnostics.malformed("\(function.rawValue) of values it does not take", at: range)
    }
  }

  /// A mean or a quantile in the form of its values: of times, the day or second it falls on.
  func restored(_ result: Vector, like values: Vector) -> Vector {
    guard case .numbers(let numbers) = result.storage else { return result }
    switch values.storage {
    case .days: return Vector(.days(TimeKernels.days(numbers)), present: result.present)
    case .instants: return Vector(.instants(TimeKernels.instants(numbers)), present: result.present)
    default: return result
    }
  }

  private func listed(_ offsets: [Int32], _ values: Vector, _ present: Slab<UInt8>?) -> Vector {
    guard let present else { return Vector(.lists(offsets: offsets, elements: values)) }
    let all = RowSets(
      offsets: offsets, rows: Slab(SetKernels.rows(0..<values.count)), family: KindID(0))
    let kept = SetKernels.filtered(all, by: present)
    return Vector(.lists(offsets: kept.offsets, elements: values.gathered(kept.rows)))
  }

  private mutating func truthAggregate(
    _ function: AggregateFunction, _ offsets: [Int32], _ truths: Slab<UInt8>, _ values: Vector, in frame: Frame?,
    at range: SourceRange
  ) throws(Diagnostics) -> Vector {
    switch function {
    case .count: return Vector(.numbers(SegmentKernels.yesCounts(offsets, truths)))
    case .share, .mean:
      let (shares, leftOut) = SegmentKernels.shares(offsets, truths)
      if let frame, marks != nil {
        let places = TruthKernels.markedPlaces(truths)
        let owners = SetKernels.owners(offsets)
        marks?.mark(
          unknown: places.unknown.compactMap { owners[Int($0)] }, open: places.open.compactMap { owners[Int($0)] },
          in: frame)
      } else {
        tally.unknown += leftOut.unknown
        tally.open += leftOut.open
        tally.openYes += leftOut.openYes
      }
      return shares
    case .any: return Vector(.truths(SegmentKernels.combined(offsets, truths, every: false)))
    case .none:
      return Vector(.truths(TruthKernels.not(SegmentKernels.combined(offsets, truths, every: false))))
    case .every: return Vector(.truths(SegmentKernels.combined(offsets, truths, every: true)))
    case .list: return Vector(.lists(offsets: offsets, elements: values))
    case .first, .last, .min, .max, .mode:
      // As values, the unknown and the not-yet are missing.
      let plain = TruthKernels.isPlain(truths)
      leaveOut(missing: values.presence, offsets, in: frame)
      let places: Slab<Int32>
      switch function {
      case .first, .last:
        places = SegmentKernels.ends(offsets, count: values.count, present: plain, last: function == .last)
      case .mode: places = SegmentKernels.modes(offsets, try orderKeys(of: values), present: plain)
      default:
        places = SegmentKernels.extremes(
          offsets, try orderKeys(of: values), present: plain, largest: function == .max)
      }
      return values.gathered(places)
    default: throw EvaluationDiagnostics.malformed("\(function.rawValue) of yes and no", at: range)
    }
  }
}
