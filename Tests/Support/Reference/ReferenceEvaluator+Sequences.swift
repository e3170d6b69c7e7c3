import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What one first event of a sequence came to.
struct ReferenceMatch {
  var first: Int
  var truth: UInt8
  /// The row with the steps' records in it, as far as they came.
  var row: ReferenceRow
  /// The last moment of its window: missing where it has none, or lies beyond the calendar.
  var windowEnd: ReferenceValue?
}

/// The law of `then`, sentence by sentence.
extension ReferenceEvaluator {
  func matches(_ sequence: CheckedSequence, _ row: ReferenceRow) throws -> [ReferenceMatch] {
    let ties = tally.ties
    defer { if !sequence.tellsTies { tally.ties = ties } }
    if ([sequence.firstBinding] + sequence.steps.map(\.binding)).contains(where: { isOfTwoClocks($0.kind) }) {
      throw ReferenceUnsupported("a sequence over a set of two clocks")
    }
    let firsts: [Int]
    switch sequence.first {
    case .set(let set): firsts = try inside { try records(set, row) }
    case .record(let record):
      if case .record(let place) = try evaluate(record, row) { firsts = [place] } else { firsts = [] }
    }
    // Whether conditions in the steps leave something out is noted also where nothing asks them.
    if firsts.allSatisfy({ store.time($0) == .missing }) {
      for step in sequence.steps { _ = try inside { try records(step.set, row) } }
    }
    // Each A stands for itself.
    return try firsts.map { try match(sequence, $0, row.with(sequence.firstBinding, $0)) }
  }

  private enum Outcome { case yes, no, notYet }

  private func match(_ sequence: CheckedSequence, _ first: Int, _ start: ReferenceRow) throws -> ReferenceMatch {
    let countsOpen = sequence.steps.contains { $0.window.countsOpen }
    let begin = store.time(first)
    // Without a time it is in no window: nothing is known of what followed.
    guard begin != .missing else { return ReferenceMatch(first: first, truth: Truth.unknown, row: start) }
    var row = start
    var used = [first]
    var outcome = Outcome.yes
    var hadTie = false
    var whole = Whole(begin)
    for step in sequence.steps {
      let length = try windowLength(step.window, row)
      if step.window.length == nil { tally.hasNoWindow = true }
      add(step, length, byDay: isByDay(step, used[used.count - 1], length), to: &whole)
      let before = used[used.count - 1]
      let base = step.window.isOfTheFirst ? first : before
      let events = try inside { try records(step.set, row) }
      // What must come within a window of the first that is over comes no more, whatever is still waited for before it.
      if outcome == .notYet, step.window.isOfTheFirst, !step.isAbsence, let length,
        hasRunOut(from: begin, length, byDay: isByDay(step, first, length))
      {
        outcome = .no
      }
      guard outcome == .yes else { continue }
      let candidates = events.filter {
        !used.contains($0) && store.time($0) != .missing
      }
      if !step.window.countsTies, candidates.contains(where: { isTied($0, with: before) }) { hadTie = true }
      // The earliest later than the step before; only then its window is asked.
      let next = candidates.first { isLater($0, than: before, orTied: step.window.countsTies) }
      if let next, isInWindow(next, from: base, step, length) {
        row = row.with(step.binding, next)
        used.append(next)
        if step.isAbsence { outcome = .no }
      } else {
        let isOver = length.map { hasRunOut(from: store.time(base), $0, byDay: isByDay(step, base, length)) } ?? true
        row = row.with(step.binding, nil)
        outcome = isOver ? (step.isAbsence ? .yes : .no) : .notYet
        if step.isAbsence, !isOver, countsOpen { outcome = .yes }
      }
    }
    if hadTie { tally.tie() }
    let isClosed = whole.isAnyTime || hasRunOut(whole)
    let truth: UInt8
    switch outcome {
    case .yes: truth = isClosed || countsOpen ? Truth.yes : Truth.openYes
    case .no: truth = isClosed || countsOpen ? Truth.no : Truth.no | Truth.openMark
    case .notYet: truth = countsOpen ? Truth.no : Truth.notYet
    }
    return ReferenceMatch(
      first: first, truth: truth, row: row, windowEnd: whole.isAnyTime || whole.end == .missing ? nil : whole.end)
  }

  // MARK: Windows

  /// The windows of a sequence one after the other; `of the first`: that one alone.
  private struct Whole {
    let begin: ReferenceValue
    /// Where it ends so far: a day that is the last, or an instant. Missing: beyond the calendar.
    var end: ReferenceValue
    var isAnyTime = false

    init(_ begin: ReferenceValue) {
      self.begin = begin
      end = begin
    }
  }

  private func add(_ step: CheckedSequence.Step, _ length: Duration?, byDay: Bool, to whole: inout Whole) {
    if step.window.isOfTheFirst { whole = Whole(whole.begin) }
    guard let length else {
      whole.isAnyTime = true
      return
    }
    switch whole.end {
    case .time(let instant) where !byDay: whole.end = later(instant, length).map { .time($0) } ?? .missing
    case .date(let day) where !byDay:
      // What came on the last day may have come at its last second.
      whole.end = later(calendar.zone.instant(ofLocalDay: day + 1) - 1, length).map { .time($0) } ?? .missing
    default: whole.end = day(of: whole.end).flatMap { later($0, length) }.map { .date($0) } ?? .missing
    }
  }

  private func hasRunOut(_ whole: Whole) -> Bool {
    switch whole.end {
    case .date(let day): isWhollySeen(day: day)
    case .time(let instant): moment.instant >= instant
    default: false
    }
  }

  /// A window has run out when its last day, or last instant, is wholly seen.
  private func hasRunOut(from base: ReferenceValue, _ length: Duration, byDay: Bool) -> Bool {
    if !byDay, case .time(let instant) = base {
      guard let last = later(instant, length) else { return false }
      return moment.instant >= last
    }
    guard let last = day(of: base).flatMap({ later($0, length) }) else { return false }
    return isWhollySeen(day: last)
  }

  private func windowLength(_ window: CheckedWindow, _ row: ReferenceRow) throws -> Duration? {
    guard let expression = window.length else { return nil }
    guard case .duration(let length) = try evaluate(expression, row) else {
      throw ReferenceUnsupported("a window of unknown length")
    }
    guard length.months > 0 || length.days > 0 || length.seconds > 0 else { throw ReferenceFailure("E1903") }
    return length
  }

  /// For windows in days or longer days are compared, below that instants; `to the second` always instants, where
  /// there are any.
  private func isByDay(_ step: CheckedSequence.Step, _ base: Int, _ length: Duration?) -> Bool {
    if case .date = store.time(base) { return true }
    if catalogue.timeField(of: step.set.kind)?.type == .date { return true }
    if step.window.isToTheSecond { return false }
    if case .duration(.seconds)? = step.window.length?.type { return false }
    return true
  }

  private func isInWindow(_ event: Int, from base: Int, _ step: CheckedSequence.Step, _ length: Duration?) -> Bool {
    guard let length else { return true }
    if !isByDay(step, base, length), case .time(let start) = store.time(base), case .time(let at) = store.time(event) {
      return later(start, length).map { at <= $0 } ?? true
    }
    guard let start = day(of: store.time(base)), let at = day(of: store.time(event)) else { return false }
    return later(start, length).map { at <= $0 } ?? true
  }

  // MARK: Later

  private func isLater(_ event: Int, than before: Int, orTied countsTies: Bool) -> Bool {
    if isTied(event, with: before) { return countsTies }
    if case .time(let a) = store.time(before), case .time(let b) = store.time(event) { return b > a }
    guard let a = day(of: store.time(before)), let b = day(of: store.time(event)) else { return false }
    return b > a
  }

  /// At the same instant, or on the same day where either records no hours.
  private func isTied(_ event: Int, with before: Int) -> Bool {
    if case .time(let a) = store.time(before), case .time(let b) = store.time(event) { return a == b }
    guard let a = day(of: store.time(before)), let b = day(of: store.time(event)) else { return false }
    return a == b
  }
}
