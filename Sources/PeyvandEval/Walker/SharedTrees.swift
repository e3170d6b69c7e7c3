import PeyvandBase
import PeyvandCheck
import PeyvandData
import Synchronization

/// What some stages say more than once: sets and sequences that are worked out once a batch.
///
/// `count(A then B)` and `median((A then B).elapsed)` speak of one search in two places. Which parts are the same is
/// seen once a question, in their canonical forms; the batch then asks its frame whether it has been done. What a part
/// leaves out is counted as often as it is said, as if it were done anew.
package struct SharedTrees: Sendable {
  /// The number of each part that is said again; parts that mean the same have one number.
  private var sets: [CheckedSet: Int] = [:]
  private var sequences: [CheckedSequence: Int] = [:]

  package init() {}

  /// Of some stages, and of the lists and keys of a measure behind them.
  init(_ stages: ArraySlice<CheckedStage>, lists: [CheckedList] = [], keys: [CheckedColumn] = []) {
    var expressions = keys.map(\.expression)
    var inner: [CheckedSet] = []
    for stage in stages {
      switch stage {
      case .filter(let condition): expressions.append(condition)
      case .with(let columns), .select(let columns): expressions += columns.map(\.expression)
      case .each(let set, _): inner.append(set)
      default: break
      }
    }
    let parts = CanonicalTree.parts(of: expressions, lists: lists, sets: inner)
    sets = Self.repeated(parts.sets, CanonicalTree.of)
    sequences = Self.repeated(parts.sequences, CanonicalTree.of)
  }

  private static func repeated<Part: Hashable>(_ parts: [Part], _ canonical: (Part) -> Part) -> [Part: Int] {
    guard parts.count > 1 else { return [:] }
    var same: [Part: [Part]] = [:]
    for part in parts { same[canonical(part), default: []].append(part) }
    var numbers: [Part: Int] = [:]
    for (number, group) in same.values.enumerated() where group.count > 1 {
      for part in group { numbers[part] = number }
    }
    return numbers
  }

  var isEmpty: Bool { sets.isEmpty && sequences.isEmpty }
  func number(of set: CheckedSet) -> Int? { sets.isEmpty ? nil : sets[set] }
  func number(of sequence: CheckedSequence) -> Int? { sequences.isEmpty ? nil : sequences[sequence] }
}

/// What has been worked out of a frame's shared parts. One thread's, as its frame is.
final class FrameMemo: Sendable {
  /// A part under an as-of time.
  struct Key: Hashable, Sendable {
    var number: Int
    var asOf: AsOf
  }

  /// A value and what was left out on the way to it.
  struct Known<Value: Sendable>: Sendable {
    var value: Value
    var tally: EvaluationContext.Tally
    var marks: RowMarks?
  }

  private struct Content {
    var sets: [Key: Known<RowSets>] = [:]
    var matches: [Key: Known<(Walker.Matches, bindings: [Int])>] = [:]
  }
  private let content = Mutex(Content())

  /// Lets go of all: matches hold the frame that they were found in, and it this.
  fileprivate func clear() { content.withLock { $0 = Content() } }

  func sets(_ key: Key) -> Known<RowSets>? { content.withLock { $0.sets[key] } }
  func keep(_ sets: Known<RowSets>, as key: Key) { content.withLock { $0.sets[key] = sets } }

  func matches(_ key: Key) -> Known<(Walker.Matches, bindings: [Int])>? { content.withLock { $0.matches[key] } }
  func keep(_ matches: Known<(Walker.Matches, bindings: [Int])>, as key: Key) {
    content.withLock { $0.matches[key] = matches }
  }
}

/// The memories of the frames that a batch goes through, which end with it.
final class FrameMemos: Sendable {
  private let made = Mutex<[FrameMemo]>([])

  func new() -> FrameMemo {
    let memo = FrameMemo()
    made.withLock { $0.append(memo) }
    return memo
  }

  deinit { made.withLock { for memo in $0 { memo.clear() } } }
}

extension Frame {
  /// Takes up what is said more than once of these rows.
  mutating func remember(for walker: Walker) {
    if memo == nil, !walker.context.shared.isEmpty { memo = walker.memos?.new() }
  }
}

extension Walker {
  /// A set of a frame, worked out where it has not been.
  package mutating func sets(_ set: CheckedSet, in frame: Frame) throws(Diagnostics) -> RowSets {
    guard let memo = memo(of: frame), let number = context.shared.number(of: set) else {
      return try noted(set, in: frame)
    }
    let key = FrameMemo.Key(number: number, asOf: context.asOf)
    if let known = memo.sets(key) { return take(known) }
    // Who comes after may want the times.
    let before = wantsTimes
    wantsTimes = true
    defer { wantsTimes = before }
    let known = try counted { (walker) throws(Diagnostics) in try walker.noted(set, in: frame) }
    memo.keep(known, as: key)
    return take(known)
  }

  /// The matches of a sequence, worked out where they have not been, with the events under the sequence's own
  /// bindings.
  mutating func matches(of sequence: CheckedSequence, in frame: Frame) throws(Diagnostics) -> Matches {
    // What is taken up tells of its ties or not as this place says it, whoever worked it out.
    let ties = tally.ties
    defer { if !sequence.tellsTies { tally.ties = ties } }
    guard let memo = memo(of: frame), let number = context.shared.number(of: sequence) else {
      return try noted(sequence, in: frame)
    }
    let bindings = [sequence.firstBinding.id] + sequence.steps.map(\.binding.id)
    let key = FrameMemo.Key(number: number, asOf: context.asOf)
    if let known = memo.matches(key) {
      var (matches, others) = take(known)
      let (events, moments) = (matches.frame.bindings, matches.frame.moments)
      (matches.frame.bindings, matches.frame.moments) = ([:], [:])
      for (own, other) in zip(bindings, others) {
        matches.frame.bindings[own] = events[other]
        matches.frame.moments[own] = moments[other]
      }
      return matches
    }
    let known = try counted { (walker) throws(Diagnostics) in
      (try walker.noted(sequence, in: frame), bindings: bindings)
    }
    memo.keep(known, as: key)
    return take(known).0
  }

  /// Where rows are not marked for a while, what is worked out then is nothing to be taken up later.
  private func memo(of frame: Frame) -> FrameMemo? {
    guard let memo = frame.memo, marks?.isIgnoring != true else { return nil }
    return memo
  }

  private mutating func counted<Value: Sendable>(
    _ body: (inout Walker) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> FrameMemo.Known<Value> {
    let (before, marked) = (tally, marks)
    defer { (tally, marks) = (before, marked) }
    tally = EvaluationContext.Tally()
    marks?.clear()
    let value = try body(&self)
    return FrameMemo.Known(value: value, tally: tally, marks: marks)
  }

  private mutating func take<Value: Sendable>(_ known: FrameMemo.Known<Value>) -> Value {
    tally.add(known.tally)
    if let own = known.marks { marks?.add(own) }
    return known.value
  }
}
