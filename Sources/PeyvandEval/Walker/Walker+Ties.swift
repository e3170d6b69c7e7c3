import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Relationships walked at a time: which ties hold, who is tied to whom, and what took place while they were.
///
/// A tie holds from its start; an `end` that is a day is its last day, an `end` that is an instant the first
/// moment at which it no longer holds; without an end it holds on, without a start it always did. A moment that
/// is a day meets every tie that holds at some time of it. Where an end is declared `one`, of ties that hold
/// together the one that began last counts.
extension Walker {
  /// A tie's start or end: its column, and whether it is of days.
  private func edge(_ name: String, of relationship: KindID) throws(Diagnostics) -> (column: Column?, isDay: Bool) {
    guard let field = catalogue.field(named: name, of: relationship) else { return (nil, true) }
    return (try context.source.column(field.id), field.type == .date)
  }

  /// 1 for each tie that holds at its moment (a day or an instant, one a tie); a missing moment is in none.
  func holds(_ ties: Slab<Int32>, relationship: KindID, at moment: Vector, range: SourceRange) throws(Diagnostics)
    -> Slab<UInt8>
  {
    let start = try edge("start", of: relationship)
    let end = try edge("end", of: relationship)
    let (firstDay, lastDay, firstInstant, lastInstant): (Slab<Int64>, Slab<Int64>, Slab<Int64>, Slab<Int64>)
    switch moment.storage {
    case .days(let days):
      firstDay = TimeSearch.wide(moment, missing: 0)
      lastDay = firstDay
      firstInstant = time.firstInstants(ofDays: days)
      lastInstant = TimeSearch.later(time.firstInstants(ofDays: days, later: 1), by: -1)
    case .instants(let instants):
      firstInstant = instants
      lastInstant = instants
      firstDay = TimeSearch.wide(Vector(.days(time.days(ofInstants: instants))), missing: 0)
      lastDay = firstDay
    default: throw EvaluationDiagnostics.malformed("a time that is none", at: range)
    }
    // Missing starts are before all, missing ends behind all.
    let starts = SetKernels.swapped(TimeSearch.times(of: ties, in: start.column), .max, for: .min)
    let began = TimeSearch.notAfter(starts, start.isDay ? lastDay : lastInstant)
    let ends = TimeSearch.times(of: ties, in: end.column)
    let goesOn =
      end.isDay
      ? TimeSearch.notAfter(firstDay, ends) : TimeSearch.notAfter(TimeSearch.later(firstInstant, by: 1), ends)
    return Presence.both(Presence.both(began, goesOn), moment.present) ?? began
  }

  /// The same, and, where an end is declared `one`, only for the tie that began last.
  mutating func stand(_ ties: Slab<Int32>, relationship: KindID, at moment: Vector, range: SourceRange)
    throws(Diagnostics) -> Slab<UInt8>
  {
    var keep = try holds(ties, relationship: relationship, at: moment, range: range)
    guard let kind = catalogue.kind(relationship), !kind.oneEnds.isEmpty, !ties.isEmpty else { return keep }
    for end in kind.oneEnds {
      guard let other = kind.ends.first(where: { $0 != end }),
        case .rows(let records, _) = try fieldValues(other, of: ties, at: range).storage
      else { continue }
      let latest = try latestTies(records, at: other, of: relationship, moment: moment, range: range)
      // A tie of nobody has no rival.
      let isAlone = ComparisonKernels.int32(.less, records, Slab(repeating: 0, count: records.count))
      let isLatest = TruthKernels.or(isAlone, ComparisonKernels.int32(.equal, latest, ties))
      keep = Presence.both(keep, isLatest) ?? keep
    }
    return keep
  }

  /// The moment of a hop for each row: an expression, or now.
  private mutating func moment(_ at: CheckedExpression?, _ frame: Frame) throws(Diagnostics) -> Vector {
    guard let at else { return Vector(.instants(Slab(repeating: context.asOf.instant, count: frame.count))) }
    if case .missing = at.type { return .missing(.time, count: frame.count) }
    return try evaluate(at, in: frame)
  }

  /// For each record that stands at an end the tie that holds at its moment and began last; −1 for none.
  mutating func latestTies(
    _ records: Slab<Int32>, at end: FieldID, of relationship: KindID, moment: Vector, range: SourceRange,
    counting: Bool = false
  ) throws(Diagnostics) -> Slab<Int32> {
    let adjacency = try context.source.adjacency(of: relationship, by: end)
    let ties = try slices(adjacency, of: records, family: family(of: relationship), at: range)
    let moments = moment.gathered(SetKernels.owners(ties.offsets))
    let held = SetKernels.filtered(
      ties, by: try holds(ties.rows, relationship: relationship, at: moments, range: range))
    let start = try edge("start", of: relationship)
    let latest = SetKernels.latest(held, times: TimeSearch.times(of: held.rows, in: start.column))
    if counting, SetKernels.countSeveral(held.offsets) > 0 {
      tally.overlapped[relationship, default: []].formUnion(SetKernels.others(than: latest, in: held))
    }
    return latest
  }

  mutating func holder(
    _ record: CheckedExpression, _ tie: Tie, _ at: CheckedExpression, _ frame: Frame
  ) throws(Diagnostics) -> Vector {
    let records = try rows(record, frame)
    let moment = try moment(at, frame)
    let ties = try latestTies(
      records, at: tie.from, of: tie.relationship, moment: moment, range: record.range, counting: true)
    return try fieldValues(tie.to, of: ties, at: record.range)
  }

  /// The rows at the far ends of ties.
  private func farEnds(_ ties: Slab<Int32>, _ tie: Tie, at range: SourceRange) throws(Diagnostics) -> Slab<Int32> {
    let far = try fieldValues(tie.to, of: ties, at: range)
    guard case .rows(let rows, _) = far.storage else {
      throw EvaluationDiagnostics.malformed("a tie whose end is no record", at: range)
    }
    return rows
  }

  /// Whether one record at the far end has one at this end only.
  private func isOneHere(_ tie: Tie) -> Bool {
    catalogue.kind(tie.relationship)?.oneEnds.contains(tie.from) ?? false
  }

  mutating func tied(
    _ record: CheckedExpression, _ tie: Tie, _ at: CheckedExpression?, _ set: CheckedSet, _ frame: Frame
  ) throws(Diagnostics) -> RowSets {
    let records = try rows(record, frame)
    let family = family(of: set.kind)
    guard let at else {
      let adjacency = try context.source.adjacency(of: tie.relationship, by: tie.from)
      let ties = try slices(adjacency, of: records, family: self.family(of: tie.relationship), at: set.range)
      return try ends(of: ties, tie, family, set)
    }
    let moment = try moment(at, frame)
    if tie.isOne {
      let ties = try latestTies(
        records, at: tie.from, of: tie.relationship, moment: moment, range: set.range, counting: true)
      return SetKernels.singles(try farEnds(ties, tie, at: set.range), family: family)
    }
    let adjacency = try context.source.adjacency(of: tie.relationship, by: tie.from)
    var ties = try slices(adjacency, of: records, family: self.family(of: tie.relationship), at: set.range)
    guard !ties.rows.isEmpty else { return SetKernels.empty(count: frame.count, family: family) }
    let moments = moment.gathered(SetKernels.owners(ties.offsets))
    ties = SetKernels.filtered(
      ties, by: try holds(ties.rows, relationship: tie.relationship, at: moments, range: set.range))
    if isOneHere(tie) {
      let far = try farEnds(ties.rows, tie, at: set.range)
      let latest = try latestTies(
        far, at: tie.to, of: tie.relationship, moment: moment.gathered(SetKernels.owners(ties.offsets)),
        range: set.range)
      ties = SetKernels.filtered(ties, by: ComparisonKernels.int32(.equal, latest, ties.rows))
    }
    return try ends(of: ties, tie, family, set)
  }

  private func ends(of ties: RowSets, _ tie: Tie, _ family: KindID, _ set: CheckedSet) throws(Diagnostics) -> RowSets {
    let far = try farEnds(ties.rows, tie, at: set.range)
    let all = RowSets(offsets: ties.offsets, rows: far, family: family)
    let known = Presence.ofRows(far).map { SetKernels.filtered(all, by: $0) } ?? all
    return normalized(known, kind: set.kind)
  }

  /// The events of the far ends while they were tied: of each tie's slice the part within the tie's time, found
  /// by search; under `one` those at which this very tie was the one that held.
  mutating func through(
    _ record: CheckedExpression, _ tie: Tie, _ field: FieldID, _ set: CheckedSet, _ frame: Frame
  ) throws(Diagnostics) -> RowSets {
    let records = try rows(record, frame)
    let events = try facts(of: set.kind)
    let range = set.range
    let ties = try slices(
      try context.source.adjacency(of: tie.relationship, by: tie.from), of: records,
      family: family(of: tie.relationship), at: range)
    let far = try farEnds(ties.rows, tie, at: range)
    let adjacency = try context.source.adjacency(of: set.kind, by: field)
    let slices = seen(try slices(adjacency, of: far, family: events.family, at: range), events)
    guard !slices.rows.isEmpty else { return SetKernels.empty(count: frame.count, family: events.family) }

    let owners = Slab(SetKernels.rows(0..<slices.count))
    let (lower, upper) = try bounds(of: ties.rows, tie.relationship, isDay: events.isDay)
    var during = SetKernels.parts(
      slices, from: TimeSearch.places(in: slices, times: events.times, owners: owners, bounds: lower),
      to: TimeSearch.places(in: slices, times: events.times, owners: owners, bounds: upper))
    if !during.rows.isEmpty, tie.isOne || isOneHere(tie) {
      let owner = SetKernels.owners(during.offsets)
      let own = Gathering.int32(ties.rows, at: owner)
      let moment = Self.moments(of: during.rows, events)
      var keep: Slab<UInt8>?
      if isOneHere(tie) {
        let latest = try latestTies(
          Gathering.int32(far, at: owner), at: tie.to, of: tie.relationship, moment: moment, range: range)
        keep = ComparisonKernels.int32(.equal, latest, own)
      }
      if tie.isOne {
        let here = Gathering.int32(Gathering.int32(records, at: SetKernels.owners(ties.offsets)), at: owner)
        let latest = try latestTies(here, at: tie.from, of: tie.relationship, moment: moment, range: range)
        keep = Presence.both(keep, ComparisonKernels.int32(.equal, latest, own))
      }
      if let keep { during = SetKernels.filtered(during, by: keep) }
    }
    let all = RowSets(
      offsets: SetKernels.composed(ties.offsets, during.offsets), rows: during.rows, family: events.family)
    return normalized(all, kind: set.kind)
  }

  /// The times of events, as a vector in their own unit.
  static func moments(of rows: Slab<Int32>, _ facts: KindFacts) -> Vector {
    facts.times?.vector(of: rows) ?? .missing(facts.isDay ? .date : .time, count: rows.count)
  }

  /// From when (included) and up to when (not included) ties hold, in days or instants; without end up to the
  /// first event without time.
  private func bounds(of ties: Slab<Int32>, _ relationship: KindID, isDay: Bool) throws(Diagnostics) -> (
    Slab<Int64>, Slab<Int64>
  ) {
    let start = try edge("start", of: relationship)
    let end = try edge("end", of: relationship)
    let starts = start.column?.vector(of: ties) ?? .missing(start.isDay ? .date : .time, count: ties.count)
    let ends = end.column?.vector(of: ties) ?? .missing(end.isDay ? .date : .time, count: ties.count)
    let lower: Slab<Int64>
    switch (starts.storage, isDay) {
    case (.instants(let instants), true):
      lower = TimeSearch.wide(Vector(.days(time.days(ofInstants: instants)), present: starts.present), missing: .min)
    case (.days(let days), false):
      lower = TimeSearch.wide(
        Vector(.instants(time.firstInstants(ofDays: days)), present: starts.present), missing: .min)
    default: lower = TimeSearch.wide(starts, missing: .min)
    }
    let upper: Slab<Int64>
    switch (ends.storage, isDay) {
    case (.days, true): upper = TimeSearch.later(TimeSearch.wide(ends, missing: .max), by: 1)
    case (.days(let days), false):
      let after = Vector(.instants(time.firstInstants(ofDays: days, later: 1)), present: ends.present)
      upper = TimeSearch.wide(after, missing: .max)
    case (.instants(let instants), true):
      // A day is met where the tie still held at its first instant.
      let last = Vector(.days(time.days(ofInstants: TimeSearch.later(instants, by: -1))), present: ends.present)
      upper = TimeSearch.later(TimeSearch.wide(last, missing: .max), by: 1)
    default: upper = TimeSearch.wide(ends, missing: .max)
    }
    return (lower, upper)
  }
}
