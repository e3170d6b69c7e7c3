/// The steps of `A then B`: which candidates to look at, which of them come first, and what an A without one is.
package enum SequenceKernels {
  /// What has become of a first event so far.
  package enum State {
    package static let going: UInt8 = 0
    /// A step did not come, and its window is over.
    package static let failed: UInt8 = 1
    /// A step has not come, and its window runs.
    package static let waiting: UInt8 = 2
    /// Its time, or a window's length, is missing.
    package static let unknown: UInt8 = 3
  }

  /// The states before the first step: unknown where there is no time.
  package static func begun(_ times: Slab<Int64>) -> [UInt8] {
    mapped(times) { $0 == .max ? State.unknown : State.going }.array
  }

  /// Whether each moment is one: neither missing nor the end of no window.
  private static func areAllThere(_ times: Slab<Int64>) -> Bool {
    times.withView { view in
      var isThere = true
      for index in 0..<(times.isConstant ? 1 : times.count) {
        isThere = isThere && view.base[index] != .max && view.base[index] != .min
      }
      return isThere
    } ?? true
  }

  /// 1 for the matches that have come so far.
  package static func going(_ states: [UInt8]) -> [UInt8] { states.map { $0 == State.going ? 1 : 0 } }

  /// 1 where a moment is one: neither missing nor the end of no window.
  package static func isThere(_ times: Slab<Int64>) -> Slab<UInt8> {
    if areAllThere(times) { return Slab(repeating: 1, count: times.count) }
    return mapped(times) { $0 != .max && $0 != .min ? 1 : 0 }
  }

  /// `Int64.min` where the mask is 0: nothing to wait for.
  package static func cut(_ times: Slab<Int64>, to mask: Slab<UInt8>) -> Slab<Int64> {
    if mask.isConstant, mask[0] == 1 { return times }
    return mapped(times, mask) { $1 == 0 ? .min : $0 }
  }

  package static func narrow(_ days: Slab<Int64>) -> Slab<Int32> { mapped(days) { Int32(clamping: $0) } }

  /// Up to `width` candidates of each pending match from `starts` on, before `ends`: whose they are, and where
  /// they stand. The starts move behind what was taken.
  package static func candidates(
    _ pending: [Int32], starts: inout [Int32], ends: [Int32], width: Int32
  ) -> (owners: [Int32], places: [Int32]) {
    var owners: [Int32] = []
    var places: [Int32] = []
    for match in pending {
      let index = Int(match)
      guard starts.indices.contains(index), ends.indices.contains(index) else { continue }
      let start = starts[index]
      let end = min(ends[index], start.addingReportingOverflow(width).partialValue)
      guard start < end else { continue }
      for place in start..<end {
        owners.append(match)
        places.append(place)
      }
      starts[index] = end
    }
    return (owners, places)
  }

  /// The matches that have candidates.
  package static func pending(_ starts: [Int32], _ ends: [Int32], states: [UInt8]) -> [Int32] {
    var pending: [Int32] = []
    for index in 0..<min(starts.count, ends.count, states.count)
    where starts[index] < ends[index] && states[index] == State.going {
      pending.append(Int32(truncatingIfNeeded: index))
    }
    return pending
  }

  /// Puts the first kept candidate of each owner at its place in `found`; which owners are left.
  package static func resolve(
    _ owners: [Int32], _ rows: Slab<Int32>, keep: Slab<UInt8>, found: inout [Int32], pending: [Int32],
    starts: [Int32], ends: [Int32]
  ) -> [Int32] {
    for (index, owner) in owners.enumerated() where keep[index] == 1 && found[Int(owner)] < 0 {
      found[Int(owner)] = rows[index] ?? -1
    }
    return pending.filter { found[Int($0)] < 0 && starts[Int($0)] < ends[Int($0)] }
  }

  /// 1 where a candidate is not the event of an earlier step of its match.
  package static func different(_ rows: Slab<Int32>, _ others: Slab<Int32>) -> Slab<UInt8> {
    mapped(rows, others) { $0 != $1 ? 1 : 0 }
  }

  /// Where there are no conditions: the first candidate of each match, −1 for none.
  package static func firsts(
    _ sets: RowSets, _ starts: [Int32], _ ends: [Int32], states: [UInt8]
  ) -> [Int32] {
    filled(states.count) { out in
      sets.rows.withElements(
        { rows, step in
          for index in 0..<states.count {
            let isThere = starts[index] < ends[index] && states[index] == State.going
            out[index] = isThere ? rows[Int(starts[index]) &* step] : -1
          }
        }, empty: { for index in 0..<states.count { out[index] = -1 } }())
    }
  }

  /// What each match's state is after a step: found or not, its window over or not.
  /// - Parameter endsWaiting: whether a match that still waits for an earlier step has failed once this window is over:
  ///   it does not begin with that step, and the event must come.
  package static func advance(
    _ states: inout [UInt8], found: [Int32], isOver: Slab<UInt8>, isKnown: Slab<UInt8>?, isAbsence: Bool,
    endsWaiting: Bool
  ) {
    let count = min(states.count, found.count)
    let before = states
    states.withUnsafeMutableBufferPointer { states in
      found.withUnsafeBufferPointer { found in
        isOver.withElements(
          { isOver, step in
            for index in 0..<count {
              let whenMissing = isOver[index &* step] != 1 ? State.waiting : (isAbsence ? State.going : State.failed)
              let next = found[index] >= 0 ? (isAbsence ? State.failed : State.going) : whenMissing
              states[index] = states[index] == State.going ? next : states[index]
            }
          }, empty: ())
      }
    }
    if endsWaiting {
      for index in 0..<count where before[index] == State.waiting && isOver[index] == 1 && isKnown?[index] != 0 {
        states[index] = State.failed
      }
    }
    guard let isKnown else { return }
    for index in states.indices where before[index] == State.going && isKnown[index] == 0 {
      states[index] = State.unknown
    }
  }

  /// The truths of matches. A match whose whole window has not run out carries the mark *open*, be it yes or no,
  /// unless open ones are counted as they are: then what waits is no, and yes where it waits for nothing to come.
  /// - Parameter waitsForAbsence: 1 for the matches whose last step waits for nothing to come; nil where none does.
  package static func truths(
    _ states: [UInt8], isWholeOver: Slab<UInt8>, countsOpen: Bool, waitsForAbsence: [UInt8]?
  ) -> Slab<UInt8> {
    func truth(_ state: UInt8, isOver: Bool, waitsForAbsence: Bool) -> UInt8 {
      let open = countsOpen || isOver ? 0 : Truth.openMark
      switch state {
      case State.going: return Truth.yes | open
      case State.failed: return Truth.no | open
      case State.waiting: return countsOpen ? (waitsForAbsence ? Truth.yes : Truth.no) : Truth.notYet
      default: return Truth.unknown
      }
    }
    // By the state, whether the window is over, and what is waited for.
    let table: [UInt8] = (0..<16).map { index in
      truth(UInt8(index & 3), isOver: index & 4 != 0, waitsForAbsence: index & 8 != 0)
    }
    @inline(__always) func index(_ state: UInt8, _ isOver: UInt8) -> Int { Int(state & 3) | Int(isOver & 1) << 2 }
    return table.withUnsafeBufferPointer { table in
      guard let waitsForAbsence else {
        return mapped(Slab(states), isWholeOver) { state, isOver in table[index(state, isOver)] }
      }
      return mapped(Slab(states), isWholeOver, Slab(waitsForAbsence)) { state, isOver, waits in
        table[index(state, isOver) | Int(waits & 1) << 3]
      }
    }
  }

  /// How many matches have a candidate of the same moment besides their own events.
  package static func tied(
    _ sets: RowSets, _ starts: [Int32], _ ends: [Int32], states: [UInt8], own: [Slab<Int32>]
  ) -> [Int32] {
    var tied: [Int32] = []
    sets.rows.withElements(
      { rows, step in
        for index in states.indices where starts[index] < ends[index] && states[index] == State.going {
          // Most often the only one of the moment is the match's own event.
          var isOwn = true
          var place = Int(starts[index])
          while isOwn, place < Int(ends[index]) {
            let row = rows[place &* step]
            isOwn = false
            for slab in own where slab.storage[slab.start &+ index &* slab.stride] == row { isOwn = true }
            place += 1
          }
          if !isOwn { tied.append(Int32(truncatingIfNeeded: index)) }
        }
      }, empty: ())
    return tied
  }

  /// Elapsed time between two moments, missing (`Int64.max`) where either is.
  package static func elapsed(_ from: Slab<Int64>, _ to: Slab<Int64>) -> Vector {
    let mask: Slab<UInt8> = mapped(from, to) { $0 != .max && $1 != .max ? 1 : 0 }
    let values = mapped(from, to) { Double($1) - Double($0) }
    return Vector(.numbers(values), present: Presence.reduced(mask))
  }

  /// How long each first event was followed, and whether its match came: `FollowedTime`.
  /// - Parameters:
  ///   - until: the end of the match's window, `Int64.min` where it has none, `Int64.max` beyond the calendar.
  ///   - seen: the last moment that was seen, in the unit of the others.
  package static func followed(
    _ truths: Slab<UInt8>, from: Slab<Int64>, to: Slab<Int64>, until: Slab<Int64>, seen: Int64
  ) -> Vector {
    var values: [Double] = []
    var present: [UInt8] = []
    values.reserveCapacity(truths.count)
    present.reserveCapacity(truths.count)
    for index in 0..<truths.count {
      guard let truth = truths[index], let start = from[index], truth & Truth.unknownMark == 0, start != .max else {
        values.append(0)
        present.append(0)
        continue
      }
      let isEvent = truth & Truth.truthBits == Truth.yes
      var end = isEvent ? to[index] ?? .max : until[index] ?? .min
      let isOver = !isEvent && end != .min && end <= seen
      if !isEvent { end = end == .min ? seen : min(end, seen) }
      values.append(
        FollowedTime.packed(max(0, Double(end) - Double(start)), isEvent: isEvent, isOver: isOver))
      present.append(1)
    }
    return Vector(.numbers(Slab(values)), present: Presence.reduced(Slab(present)))
  }

  /// Whether all lengths that are there are above nought.
  package static func areAllPositive(_ lengths: Slab<Duration>, present: Slab<UInt8>?) -> Bool {
    let count = lengths.isConstant ? min(1, lengths.count) : lengths.count
    for index in 0..<count where present?[index] != 0 {
      guard let length = lengths[index] else { continue }
      let rest = length.days * 86_400 + length.seconds
      if length.months < 0 || rest < 0 || (length.months == 0 && rest == 0) { return false }
    }
    return true
  }

  /// Whether any length has seconds of its own.
  package static func haveSeconds(_ lengths: Slab<Duration>) -> Bool {
    (0..<(lengths.isConstant ? min(1, lengths.count) : lengths.count)).contains { lengths[$0]?.seconds != 0 }
  }
}
