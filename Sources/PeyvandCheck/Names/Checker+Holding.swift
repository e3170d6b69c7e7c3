import PeyvandBase
import PeyvandData

/// Where a path goes on from ties to events, an event counts where the ties held at its time.
///
/// The plain step from a tie to events has a node of its own (`through`), which cuts slices of time. This is the rest:
/// ties filtered by hand (`(installs where rating > 3).customer.purchase`), those tied filtered by hand, and paths that
/// pass by other records first (`rep.customer.branch.purchase`). There all ties there ever were are walked and each
/// event asks whether its own held then, so that what a path counts does not depend on how it is written, and agrees
/// with the same path walked back from the events.
extension Checker {
  /// From each record of a set on to what was reached: where that are the first events of the path, only those that
  /// took place while the ties held that the set is made of. `tail` is where the path stood a step before.
  mutating func path(_ root: CheckedSet, _ binding: Binding, from tail: Term?, to next: Term) -> Term {
    guard !passesEvents(tail), reachesEvents(next), let (all, ties) = ties(behind: root, binding) else {
      return .path(root, binding, next)
    }
    return .path(all, binding, held(next, by: ties))
  }

  /// From one tie that a path began with (`first(installs).customer.purchase`) on to events. A tie in hand is left
  /// alone: its own dates are in reach there, to speak of what came before it and after.
  mutating func one(_ record: CheckedExpression, to next: Term) -> Term {
    guard reachesEvents(next) else { return next }
    var place = record
    while case .field(let from, _) = place.node {
      place = from
      guard case .record(let kind) = place.type, let flavour = catalogue.kind(kind)?.flavour else { return next }
      if flavour == .event { return next }
      if flavour == .relationship {
        if case .binding = place.node { return next }
        return held(next, by: CheckedSet(.single(place), kind: kind, place.range))
      }
    }
    return next
  }

  /// Of a set that ties made all there ever was of it, and for each of its records the ties that must have held.
  /// Nothing for other sets, and where `ever` lifted time.
  private mutating func ties(behind root: CheckedSet, _ binding: Binding) -> (all: CheckedSet, ties: CheckedSet)? {
    let record = CheckedExpression(.binding(binding), .record(root.kind), root.range)
    if catalogue.kind(root.kind)?.flavour == .relationship {
      let own = CheckedSet(.single(record), kind: root.kind, root.range)
      if case .variable = root.node { return (root, own) }
      guard case .set(let all, _, _)? = lift(.set(root)) else { return nil }
      return (all, own)
    }
    guard let (start, tie) = step(behind: root), case .set(let all, _, _)? = lift(.set(root)),
      let near = catalogue.field(tie.from), case .reference(let kind) = near.type
    else { return nil }
    let own = fresh(tie.relationship)
    let end = CheckedExpression(
      .field(CheckedExpression(.binding(own), .record(tie.relationship), root.range), tie.from), .record(kind),
      root.range)
    let there = CheckedSet(.referring(record, tie.to), kind: tie.relationship, root.range)
    let isOurs = CheckedExpression(.compare(.equal, .record, end, start), .yesno, root.range)
    return (all, CheckedSet(.filter(there, own, isOurs), kind: tie.relationship, root.range))
  }

  /// The record and the tie by which a set was reached, whatever narrowed it.
  private func step(behind set: CheckedSet) -> (CheckedExpression, Tie)? {
    switch set.node {
    case .tied(let record, let tie, at: .some): (record, tie)
    case .filter(let inner, _, _), .whileHeld(let inner, _, _), .ofKind(let inner): step(behind: inner)
    default: nil
    }
  }

  private func isEvent(_ kind: KindID) -> Bool { catalogue.kind(kind)?.flavour == .event }

  private func reachesEvents(_ term: Term) -> Bool {
    switch term {
    case .set(let set, _, _): isEvent(set.kind)
    case .path(let root, _, let tail): isEvent(root.kind) || reachesEvents(tail)
    default: false
    }
  }

  private func passesEvents(_ term: Term?) -> Bool {
    switch term {
    case .one(let expression, _, _)?:
      var place = expression
      while true {
        if case .record(let kind) = place.type, isEvent(kind) { return true }
        switch place.node {
        case .field(let from, _), .holder(let from, _, _): place = from
        default: return false
        }
      }
    case let term?: return reachesEvents(term)
    case nil: return false
    }
  }

  private mutating func held(_ term: Term, by ties: CheckedSet) -> Term {
    switch term {
    case .set(let set, let anchor, let tie) where isEvent(set.kind):
      return .set(held(set, by: ties), anchor: anchor, tie: tie)
    case .path(let root, let binding, let tail):
      if isEvent(root.kind) { return .path(held(root, by: ties), binding, tail) }
      return .path(root, binding, held(tail, by: ties))
    default: return term
    }
  }

  /// The events at whose time one of the ties held.
  private mutating func held(_ events: CheckedSet, by ties: CheckedSet) -> CheckedSet {
    let event = fresh(events.kind)
    guard let time = time(of: CheckedExpression(.binding(event), .record(events.kind), events.range)) else {
      return events
    }
    let holding = CheckedSet(.holding(ties, at: time), kind: ties.kind, ties.range)
    let tie = CheckedExpression(.pick(.first, holding), .record(ties.kind), ties.range)
    let isHeld = CheckedExpression(
      .not(CheckedExpression(.isMissing(tie), .yesno, ties.range)), .yesno, ties.range)
    return CheckedSet(.whileHeld(events, event, isHeld), kind: events.kind, events.range)
  }

  /// Events without regard to whether ties held then.
  func unheld(_ events: CheckedSet) -> CheckedSet {
    var events = events
    while case .whileHeld(let inner, _, _) = events.node { events = inner }
    return events
  }
}
