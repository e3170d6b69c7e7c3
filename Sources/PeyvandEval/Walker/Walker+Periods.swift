import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `E per month of SET`: the group's value for each whole period, the empty ones too.
///
/// A set stands in time order, so a period's elements are a stretch of it, found by search.
extension Walker {
  mutating func perPeriod(_ per: CheckedPerPeriod, in frame: Frame) throws(Diagnostics) -> ListVector {
    let sets = try sets(per.set, in: frame)
    let facts = try facts(of: per.set.kind)
    let calendar = catalogue.calendar

    // From the set's bound, else the member's first event, up to the bound's end, at most to what is wholly seen:
    // of a period to come nothing is known, not that it is empty.
    var from: (days: Slab<Int32>, present: Slab<UInt8>?)
    if let lower = per.from {
      from = try days(lower, frame)
    } else {
      let moments = Self.moments(of: SetKernels.picks(sets, last: false), facts)
      if case .instants(let instants) = moments.storage {
        from = (time.days(ofInstants: instants), moments.present)
      } else if case .days(let days) = moments.storage {
        from = (days, moments.present)
      } else {
        from = (Slab(repeating: 0, count: frame.count), Slab(repeating: 0, count: frame.count))
      }
    }
    let isWholeDay = context.asOf.instant >= time.firstInstant(ofDay: Int(today) + 1) - 1
    let seen = isWholeDay ? today &+ 1 : today
    var upTo: (days: Slab<Int32>, present: Slab<UInt8>?) = (Slab(repeating: seen, count: frame.count), nil)
    if let upper = per.upTo {
      let bound = try days(upper, frame)
      upTo = (PeriodKernels.earlier(bound.0, seen), bound.1)
    }

    let periods = PeriodKernels.whole(
      from: from.days, upTo: upTo.days, present: Presence.both(from.present, upTo.present), unit: per.unit,
      rules: calendar, limit: min(context.limits.rows, Int(Int32.max)))
    guard let periods else {
      throw EvaluationDiagnostics.tooManyPeriods(limit: context.limits.rows, at: per.set.range)
    }
    let owners = SetKernels.owners(periods.offsets)
    let lower = facts.isDay ? periods.firstDays : time.firstInstants(ofDays: SequenceKernels.narrow(periods.firstDays))
    let upper =
      facts.isDay ? periods.nextDays : time.firstInstants(ofDays: SequenceKernels.narrow(periods.nextDays))
    let groups = SetKernels.parts(
      sets, from: TimeSearch.places(in: sets, times: facts.times, owners: owners, bounds: lower),
      to: TimeSearch.places(in: sets, times: facts.times, owners: owners, bounds: upper))

    var groupFrame = Frame(count: groups.count, outer: Frame.Outer(frame: frame, row: owners))
    let elements = inner(groups, per.element, in: groupFrame)
    for aggregate in TreeSearch.groupAggregates(of: per.body) {
      groupFrame.aggregates[aggregate] = try grouped(aggregate, groups, elements, in: groupFrame)
    }
    let values = try evaluate(per.body, in: groupFrame)
    return ListVector(offsets: periods.offsets, values: values)
  }

  /// An aggregate over groups whose elements stand together: their lists joined, each source once.
  private mutating func grouped(_ aggregate: Aggregate, _ groups: RowSets, _ elements: Frame, in groupFrame: Frame)
    throws(Diagnostics) -> Vector
  {
    var isDistinct = false
    var inner = aggregate.list
    if case .distinct(let list) = inner {
      isDistinct = true
      inner = list
    }
    var list = try list(inner, in: elements)
    list.offsets = SetKernels.composed(groups.offsets, list.offsets)
    if !list.isPartition, let sources = list.sources {
      let (offsets, places) = SegmentKernels.distinct(list.offsets, .words(sources), present: nil)
      list.values = list.values.gathered(Slab(places))
      list.offsets = offsets
    }
    if isDistinct {
      let (offsets, places) = SegmentKernels.distinct(
        list.offsets, try orderKeys(of: list.values), present: list.values.presence)
      list.values = list.values.gathered(Slab(places))
      list.offsets = offsets
    }
    var second: Vector?
    if let other = aggregate.second { second = try self.list(other, in: elements).values }
    var level: Vector?
    if let parameter = aggregate.parameter { level = try evaluate(parameter, in: groupFrame) }
    return try self.aggregate(
      aggregate.function, offsets: list.offsets, values: list.values, second: second, level: level)
  }
}
