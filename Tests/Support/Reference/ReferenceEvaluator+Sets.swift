import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Sets: which of all records are meant, each once, in their order.
extension ReferenceEvaluator {
  package func records(_ set: CheckedSet, _ row: ReferenceRow) throws -> [Int] {
    store.inOrder(try unordered(set, row))
  }

  private func unordered(_ set: CheckedSet, _ row: ReferenceRow) throws -> [Int] {
    switch set.node {
    case .all(let at):
      let when = try at.map { try evaluate($0, row) } ?? .time(moment.instant)
      let all = store.records.indices.filter { store.isOf($0, set.kind) && isSeen($0) }
      return catalogue.kind(set.kind)?.flavour == .relationship ? all.filter { stands($0, at: when) } : all
    case .ever: return store.records.indices.filter { store.isOf($0, set.kind) }
    case .referring(let record, let field):
      guard case .record(let place) = try evaluate(record, row) else { return [] }
      return store.records.indices.filter {
        store.isOf($0, set.kind) && isSeen($0) && store.recorded($0, field) == .record(place)
      }
    case .tied(let record, let tie, let at):
      guard case .record(let place) = try evaluate(record, row) else { return [] }
      var ties = ties(place, tie.relationship, from: tie.from)
      if let at {
        let when = try evaluate(at, row)
        ties = ties.filter { stands($0, at: when) }
      }
      return ties.compactMap { if case .record(let far) = store.recorded($0, tie.to) { far } else { nil } }
    case .holding(let inner, let at):
      let when = try evaluate(at, row)
      return try records(inner, row).filter { stands($0, at: when) }
    case .through(let record, let tie, let field):
      guard case .record(let place) = try evaluate(record, row) else { return [] }
      return through(place, tie, field, set.kind)
    case .expand(let inner, let binding, let to):
      return try records(inner, row).flatMap { try records(to, row.with(binding, $0)) }
    case .expandToOne(let inner, let binding, let to):
      return try records(inner, row).compactMap { element in
        if case .record(let place) = try evaluate(to, row.with(binding, element)) { return place }
        return nil
      }
    case .filter(let inner, let binding, let condition), .whileHeld(let inner, let binding, let condition):
      return try records(inner, row).filter { element in
        let truth = try evaluate(condition, row.with(binding, element)).truth
        tally.leaveOut(leftOut(truth))
        return truth & Truth.truthBits == Truth.yes
      }
    case .during(let inner, let from, let upTo):
      let (low, high) = (try from.map { try evaluate($0, row) }, try upTo.map { try evaluate($0, row) })
      return try records(inner, row).filter { element in
        let when = time(element, in: set.kind)
        guard when != .missing else { return false }
        if let low { guard let order = order(when, low), order >= 0 else { return false } }
        if let high { guard let order = order(when, high), order < 0 else { return false } }
        return true
      }
    case .ofKind(let inner): return try records(inner, row).filter { store.isOf($0, set.kind) }
    case .union(let a, let b): return try records(a, row) + records(b, row)
    case .single(let record):
      if case .record(let place) = try evaluate(record, row) { return [place] }
      return []
    case .variable(let id):
      guard case .records(let records)? = variables[id] else { throw ReferenceUnsupported("a set without records") }
      return records
    case .repeated(let record, let binding, let step, let from, let to):
      guard case .record(let start) = try evaluate(record, row) else { return [] }
      return try repeated(start, binding, step, from, to, row)
    }
  }

  /// When a record of a set took place: the day, where one of the set's kinds records no hours.
  private func time(_ record: Int, in kind: KindID) -> ReferenceValue {
    let when = store.time(record)
    guard catalogue.timeField(of: kind)?.type == .date else { return when }
    return day(of: when).map { .date($0) } ?? .missing
  }

  /// Whether a set goes by days though some of its records have hours; what is pairwise in the law is then not told
  /// apart here.
  func isOfTwoClocks(_ kind: KindID) -> Bool {
    guard let union = catalogue.union(kind) else { return false }
    return Set(union.members.map { catalogue.timeField(of: $0)?.type }).count > 1
  }

  /// An event after the as-of time is unseen; what has no time is kept.
  private func isSeen(_ record: Int) -> Bool {
    catalogue.kind(store.kind(record))?.flavour != .event || !isAfterNow(store.time(record))
  }

  /// Events of the far ends that took place while the tie held, and, under `one`, while it was the one that held.
  private func through(_ record: Int, _ tie: Tie, _ field: FieldID, _ kind: KindID) -> [Int] {
    let isOne = { (end: FieldID) in catalogue.kind(tie.relationship)?.oneEnds.contains(end) ?? false }
    let own = ties(record, tie.relationship, from: tie.from)
    var found: [Int] = []
    for held in own {
      guard case .record(let far) = store.recorded(held, tie.to) else { continue }
      for event in store.records.indices where store.isOf(event, kind) && isSeen(event) {
        let when = store.time(event)
        guard store.recorded(event, field) == .record(far), when != .missing, holds(held, at: when) else { continue }
        if isOne(tie.to), lastBegun(own, at: when) != held { continue }
        if isOne(tie.from), lastBegun(ties(far, tie.relationship, from: tie.to), at: when) != held { continue }
        found.append(event)
      }
    }
    return found
  }

  /// Those first reached after `from` to `to` steps, the start left out.
  private func repeated(
    _ start: Int, _ binding: Binding, _ step: CheckedSet, _ from: Int, _ to: Int, _ row: ReferenceRow
  ) throws -> [Int] {
    var distance = [start: 0]
    var front = [start]
    for steps in 1...max(1, to) {
      var next: [Int] = []
      for record in front {
        for reached in try records(step, row.with(binding, record)) where distance[reached] == nil {
          distance[reached] = steps
          next.append(reached)
        }
      }
      front = next
    }
    return distance.filter { $0.key != start && $0.value >= from && $0.value <= to }.map(\.key)
  }

  /// The shortest way from one record to another: level by level, remembering how each was reached.
  func path(_ path: CheckedPath, _ headers: [CheckedColumn.Header], _ row: ReferenceRow) throws -> ReferenceRow {
    var told = row
    for header in headers { told.columns[header.id] = .missing }
    guard case .record(let start) = try evaluate(path.from, row), case .record(let goal) = try evaluate(path.to, row)
    else { return told }
    var ways: [Int: [Int]] = [start: [start]]
    var front = [start]
    for _ in 0..<path.limit where ways[goal] == nil {
      var next: [Int] = []
      for step in path.steps {
        for record in front where store.isOf(record, step.binding.kind) {
          for reached in try inside({ try records(step.set, ReferenceRow().with(step.binding, record)) })
          where ways[reached] == nil {
            ways[reached] = (ways[record] ?? []) + [reached]
            next.append(reached)
          }
        }
      }
      front = next
    }
    guard let way = ways[goal], headers.count == 2 else { return told }
    told.columns[headers[0].id] = .number(Double(way.count - 1))
    told.columns[headers[1].id] = .list(way.map { .record($0) })
    return told
  }
}
