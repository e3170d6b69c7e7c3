import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What a walker needs of a kind again and again: where its records are, by which column they stand in time,
/// and which of them have been seen by the as-of time.
struct KindFacts {
  var kind: KindID
  var family: KindID
  var flavour: KindFlavour
  /// The stretch of the family's rows that holds the kind's records.
  var range: Range<Int>
  /// The times the records stand in order of; missing for entities, and where no record has one.
  var times: Column?
  /// Whether those are days.
  var isDay: Bool
  /// What is seen, as stretches in the order of rows.
  var seen: [Range<Int>]
  var isAllSeen: Bool
}

extension Walker {
  mutating func facts(of kind: KindID) throws(Diagnostics) -> KindFacts {
    if let known = facts[kind] { return known }
    let source = context.source
    let declared = catalogue.kind(kind)
    let range = source.rows(of: kind)
    let field = catalogue.timeField(of: kind)
    var times: Column?
    if let field { times = try source.column(field.id) }
    var made = KindFacts(
      kind: kind, family: declared?.family ?? kind, flavour: declared?.flavour ?? .entity, range: range, times: times,
      isDay: field?.type == .date, seen: [range], isAllSeen: true)
    // Only events are unseen before they take place; ties are held or not, at a time.
    if made.flavour == .event, let times {
      let limit = made.isDay ? Int64(today) : context.asOf.instant
      made.seen = []
      for stretch in source.stretches(of: kind) {
        let timed = stretch.rows.lowerBound..<min(stretch.rows.upperBound, stretch.rows.lowerBound + stretch.timed)
        let seen = TimeSearch.first(after: limit, in: timed, times: times)
        if seen < timed.upperBound { made.isAllSeen = false }
        if seen == timed.upperBound {
          made.seen.append(stretch.rows)
        } else {
          made.seen.append(timed.lowerBound..<seen)
          made.seen.append(timed.upperBound..<stretch.rows.upperBound)
        }
      }
      made.seen.removeAll(where: \.isEmpty)
      if made.isAllSeen { made.seen = [range] }
    }
    facts[kind] = made
    return made
  }

  /// Those of the sets' records that have been seen.
  func seen(_ sets: RowSets, _ facts: KindFacts) -> RowSets {
    guard !facts.isAllSeen else { return sets }
    return SetKernels.filtered(sets, by: SetKernels.within(sets.rows, facts.seen))
  }

  /// All records of a kind that have been seen, in its order.
  package mutating func all(of kind: KindID) throws(Diagnostics) -> [Int32] {
    let facts = try facts(of: kind)
    if let order = context.source.timeOrder(of: kind) {
      guard !facts.isAllSeen else { return order }
      return seen(
        RowSets(offsets: [0, Int32(clamping: order.count)], rows: Slab(order), family: facts.family), facts
      ).rows.array
    }
    if facts.seen.count == 1 { return SetKernels.rows(facts.seen[0]) }
    return facts.seen.flatMap { SetKernels.rows($0) }
  }

  /// Each set in the kind's order, each record once.
  func normalized(_ sets: RowSets, kind: KindID) -> RowSets {
    SetKernels.normalized(
      sets, places: context.source.timePlaces(of: kind), order: context.source.timeOrder(of: kind),
      base: context.source.rows(of: kind).lowerBound)
  }

  /// The sets of both, each in the kind's order, each record once.
  func united(_ a: RowSets, _ b: RowSets, kind: KindID) -> RowSets {
    let base = context.source.rows(of: kind).lowerBound
    if let merged = SetKernels.merged(a, b, places: context.source.timePlaces(of: kind), base: base) { return merged }
    return normalized(SetKernels.joined(a, b), kind: kind)
  }
}
