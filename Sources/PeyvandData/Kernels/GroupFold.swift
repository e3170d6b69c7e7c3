/// An aggregate of many groups that takes values as they come: nothing is kept but a few numbers a group.
///
/// Batches make folds of their own groups, which are put together in the order of the batches. Sums are kept
/// with what was lost in rounding (Neumaier 1974, the error carried on through the merge), so where one batch
/// ends and the next begins does not show in the result.
package struct GroupFold: Sendable {
  package enum Function: Sendable { case count, sum, mean, min, max, share, any, none, every }

  /// What entered, and what was left out, over all groups.
  package struct Totals: Sendable, Hashable {
    package var values = 0
    package var used = 0
    package var unknown = 0
    package var open = 0
    package var openYes = 0
    package init() {}
    package mutating func add(_ other: Totals) {
      values += other.values
      used += other.used
      unknown += other.unknown
      open += other.open
      openYes += other.openYes
    }
  }

  private enum Shape: Sendable { case unknown, numbers, days, instants, truths }

  package let function: Function
  package private(set) var totals = Totals()
  private var shape = Shape.unknown
  /// Values that entered, by group; of a share those decided.
  private var used: [Int64] = []
  /// Sum and its lost part, or the extreme of numbers.
  private var high: [Double] = []
  private var low: [Double] = []
  /// The extreme of days and instants; of a share, and a count of truths, the yes.
  private var whole: [Int64] = []
  /// Of a share, and a count of truths, those whose window still runs.
  private var open: [Int64] = []
  /// What truths occurred: see `Seen`.
  private var seen: [UInt8] = []

  private enum Seen {
    static let plainYes: UInt8 = 1
    static let plainNo: UInt8 = 2
    static let yes: UInt8 = 4
    static let no: UInt8 = 8
    static let neither: UInt8 = 16
    static let unknown: UInt8 = 32
    static let open: UInt8 = 64
  }

  package init(_ function: Function) { self.function = function }

  /// Whether the function over such values can be folded; else the values must be collected.
  package static func takes(_ function: Function, _ values: Vector) -> Bool {
    switch (function, values.storage) {
    case (.count, _): true
    case (.sum, .numbers), (.mean, .numbers), (.mean, .truths): true
    case (.min, .numbers), (.min, .days), (.min, .instants): true
    case (.max, .numbers), (.max, .days), (.max, .instants): true
    case (.share, .truths), (.any, .truths), (.none, .truths), (.every, .truths): true
    default: false
    }
  }

  private mutating func grow(to groups: Int) {
    guard used.count < groups else { return }
    let more = groups - used.count
    used.append(contentsOf: repeatElement(0, count: more))
    switch function {
    case .count: open.append(contentsOf: repeatElement(0, count: more))
    case .share:
      whole.append(contentsOf: repeatElement(0, count: more))
      open.append(contentsOf: repeatElement(0, count: more))
    case .sum, .mean:
      open.append(contentsOf: repeatElement(0, count: more))
      high.append(contentsOf: repeatElement(0, count: more))
      low.append(contentsOf: repeatElement(0, count: more))
      whole.append(contentsOf: repeatElement(0, count: more))
    case .min, .max:
      high.append(contentsOf: repeatElement(0, count: more))
      whole.append(contentsOf: repeatElement(0, count: more))
    case .any, .none, .every: seen.append(contentsOf: repeatElement(0, count: more))
    }
  }

  // MARK: Values

  /// Takes values: `ids[i]`, below `groups`, is the group of value `i`; without ids all are of group 0.
  package mutating func add(_ values: Vector, ids: [Int32]?, groups: Int) {
    grow(to: Swift.max(1, groups))
    let count = values.count
    guard count > 0, ids.map({ $0.count == count }) ?? true else { return }
    totals.values += count
    if ids == nil, function == .count, case .truths(let slab) = values.storage, !slab.isConstant {
      return add(TruthCounts(slab))
    }
    let ids = ids.map { Slab($0) } ?? Slab(repeating: 0, count: count)
    ids.withView { ids in
      if let present = values.present {
        present.withView { present in fold(values, ids, present: present) }
      } else {
        Slab(repeating: UInt8(1), count: 1).withView { present in fold(values, ids, present: present) }
      }
    }
  }

  /// Takes rows without a condition, so many a group: what is counted is how many there are.
  package mutating func addRows(_ rows: [Int]) {
    grow(to: Swift.max(1, rows.count))
    for (group, count) in rows.enumerated() {
      used[group] &+= Int64(count)
      totals.values += count
      totals.used += count
    }
  }

  private mutating func fold(_ values: Vector, _ ids: SlabView<Int32>, present: SlabView<UInt8>) {
    let count = values.count
    switch (function, values.storage) {
    case (.count, .truths(let slab)): countTruths(slab, ids)
    case (.count, .rows(let slab, _)):
      // No record is none to count, not one unknown.
      let unknown = totals.unknown
      slab.withView { view in
        if ids.stride == 0 {
          var there: Int32 = 0
          for row in 0..<count { there &+= 1 &+ (view[row] >> 31) }
          used[Int(ids[0])] &+= Int64(there)
          totals.used += Int(there)
        } else {
          tally(count, ids) { view[$0] >= 0 }
        }
      }
      totals.unknown = unknown
    case (.count, _): tally(count, ids) { present[$0] != 0 }
    case (.sum, .numbers(let slab)), (.mean, .numbers(let slab)):
      shape = .numbers
      sum(slab, ids, present)
    case (.mean, .truths(let slab)), (.share, .truths(let slab)):
      shape = .truths
      share(slab, ids)
    case (.min, .numbers(let slab)):
      shape = .numbers
      slab.withView { view in extreme(count, ids, present, \.high, { view[$0] }) { $0 < $1 } }
    case (.max, .numbers(let slab)):
      shape = .numbers
      slab.withView { view in extreme(count, ids, present, \.high, { view[$0] }) { $0 > $1 } }
    case (.min, .days(let slab)):
      shape = .days
      slab.withView { view in extreme(count, ids, present, \.whole, { Int64(view[$0]) }) { $0 < $1 } }
    case (.max, .days(let slab)):
      shape = .days
      slab.withView { view in extreme(count, ids, present, \.whole, { Int64(view[$0]) }) { $0 > $1 } }
    case (.min, .instants(let slab)):
      shape = .instants
      slab.withView { view in extreme(count, ids, present, \.whole, { view[$0] }) { $0 < $1 } }
    case (.max, .instants(let slab)):
      shape = .instants
      slab.withView { view in extreme(count, ids, present, \.whole, { view[$0] }) { $0 > $1 } }
    case (.any, .truths(let slab)), (.none, .truths(let slab)), (.every, .truths(let slab)):
      see(slab, ids)
    default: break
    }
  }

  @inline(__always)
  private mutating func tally(_ count: Int, _ ids: SlabView<Int32>, _ isThere: (Int) -> Bool) {
    var there = 0
    used.withMutableBase { used in
      for row in 0..<count where isThere(row) {
        used[Int(ids[row])] &+= 1
        there &+= 1
      }
    }
    totals.used += there
    totals.unknown += count - there
  }

  /// Truths of the first group alone.
  private mutating func add(_ counts: TruthCounts) {
    used[0] &+= Int64(counts.yes)
    open[0] &+= Int64(counts.open)
    totals.used += counts.all - counts.unknown - counts.open
    totals.unknown += counts.unknown
    totals.open += counts.open
  }

  /// Those that are yes; a not-yet is left out as open, an unknown as unknown.
  private mutating func countTruths(_ slab: Slab<UInt8>, _ ids: SlabView<Int32>) {
    // Rows without a condition: each counts.
    if slab.isConstant, slab.storage.first == Truth.yes { return tally(slab.count, ids) { _ in true } }
    var (unknown, open) = (0, 0)
    // Taken out, so that the loop has the array to itself.
    var waiting = self.open
    self.open = []
    slab.withView { view in
      used.withMutableBase { used in
        for row in 0..<slab.count {
          let truth = view[row]
          if truth & Truth.truthBits == Truth.yes {
            used[Int(ids[row])] &+= 1
          } else if truth & Truth.unknownMark != 0 {
            unknown &+= 1
          } else if truth & Truth.truthBits == Truth.neither {
            open &+= 1
            waiting[Int(ids[row])] &+= 1
          }
        }
      }
    }
    self.open = waiting
    totals.used += slab.count - unknown - open
    totals.unknown += unknown
    totals.open += open
  }

  private mutating func sum(_ slab: Slab<Double>, _ ids: SlabView<Int32>, _ present: SlabView<UInt8>) {
    var there = 0
    slab.withView { view in
      used.withMutableBase { used in
        high.withMutableBase { high in
          low.withMutableBase { low in
            for row in 0..<slab.count where present[row] != 0 {
              let group = Int(ids[row])
              Self.addTo(&high[group], &low[group], view[row])
              used[group] &+= 1
              there &+= 1
            }
          }
        }
      }
    }
    totals.used += there
    totals.unknown += slab.count - there
  }

  /// TwoSum (Knuth): the sum as rounded, and exactly what rounding lost.
  @inline(__always)
  private static func addTo(_ high: inout Double, _ low: inout Double, _ value: Double) {
    let sum = high + value
    let part = sum - high
    low += (high - (sum - part)) + (value - part)
    high = sum
  }

  /// Leaves out what carries a mark, and not-yets.
  private mutating func share(_ slab: Slab<UInt8>, _ ids: SlabView<Int32>) {
    var (decided, unknown, open, openYes) = (0, 0, 0, 0)
    // Taken out, so that the loop has the array to itself.
    var waiting = self.open
    self.open = []
    slab.withView { view in
      used.withMutableBase { used in
        whole.withMutableBase { whole in
          for row in 0..<slab.count {
            let truth = view[row]
            if truth <= Truth.yes {
              used[Int(ids[row])] &+= 1
              whole[Int(ids[row])] &+= Int64(truth)
              decided &+= 1
            } else if truth & Truth.unknownMark != 0 {
              unknown &+= 1
            } else {
              open &+= 1
              if truth & Truth.truthBits == Truth.yes { openYes &+= 1 }
              waiting[Int(ids[row])] &+= 1
            }
          }
        }
      }
    }
    self.open = waiting
    totals.used += decided
    totals.unknown += unknown
    totals.open += open
    totals.openYes += openYes
  }

  private mutating func see(_ slab: Slab<UInt8>, _ ids: SlabView<Int32>) {
    slab.withView { view in
      used.withMutableBase { used in
        seen.withMutableBase { seen in
          for row in 0..<slab.count {
            seen[Int(ids[row])] |= Self.seen(view[row])
            used[Int(ids[row])] &+= 1
          }
        }
      }
    }
    totals.used += slab.count
  }

  @inline(__always)
  private static func seen(_ truth: UInt8) -> UInt8 {
    var bits: UInt8 = 0
    if truth & Truth.unknownMark != 0 { bits |= Seen.unknown }
    if truth & Truth.openMark != 0 { bits |= Seen.open }
    switch truth & Truth.truthBits {
    case Truth.yes: bits |= bits == 0 ? Seen.plainYes | Seen.yes : Seen.yes
    case Truth.no: bits |= bits == 0 ? Seen.plainNo | Seen.no : Seen.no
    default: bits |= Seen.neither
    }
    return bits
  }

  @inline(__always)
  private mutating func extreme<Value>(
    _ count: Int, _ ids: SlabView<Int32>, _ present: SlabView<UInt8>, _ place: WritableKeyPath<GroupFold, [Value]>,
    _ value: (Int) -> Value, _ isBetter: (Value, Value) -> Bool
  ) {
    var there = 0
    // Taken out, so that the loop has the array to itself.
    var best = self[keyPath: place]
    self[keyPath: place] = []
    used.withMutableBase { used in
      best.withMutableBase { best in
        for row in 0..<count where present[row] != 0 {
          let group = Int(ids[row])
          let value = value(row)
          if used[group] == 0 || isBetter(value, best[group]) { best[group] = value }
          used[group] &+= 1
          there &+= 1
        }
      }
    }
    self[keyPath: place] = best
    totals.used += there
    totals.unknown += count - there
  }

  // MARK: Putting together

  /// Adds another batch's fold: its group `i` is group `map[i]` here, below `groups`.
  package mutating func merge(_ other: GroupFold, map: [Int32], groups: Int) {
    grow(to: groups)
    totals.add(other.totals)
    if shape == .unknown { shape = other.shape }
    for index in map.indices where index < other.used.count {
      let group = Int(map[index])
      guard used.indices.contains(group) else { continue }
      let isFirst = used[group] == 0
      if other.used[index] > 0 {
        switch function {
        case .count: break
        case .share: whole[group] &+= other.whole[index]
        case .sum, .mean:
          Self.addTo(&high[group], &low[group], other.high[index])
          low[group] += other.low[index]
          whole[group] &+= other.whole[index]
        case .min:
          if isFirst || other.high[index] < high[group] { high[group] = other.high[index] }
          if isFirst || other.whole[index] < whole[group] { whole[group] = other.whole[index] }
        case .max:
          if isFirst || other.high[index] > high[group] { high[group] = other.high[index] }
          if isFirst || other.whole[index] > whole[group] { whole[group] = other.whole[index] }
        case .any, .none, .every: seen[group] |= other.seen[index]
        }
      }
      used[group] &+= other.used[index]
      if open.indices.contains(group), other.open.indices.contains(index) { open[group] &+= other.open[index] }
    }
  }

  // MARK: Results

  /// Of one group.
  package struct Counts: Sendable, Hashable {
    /// Values that entered.
    package var used = 0
    /// Of a share the yes among them; of a share and a count of truths those left out because their window still runs.
    package var yes = 0
    package var open = 0
    package init() {}
  }

  /// The counts of each group, in the order of `order`.
  package func counts(order: [Int32]) -> [Counts] {
    func at(_ values: [Int64], _ group: Int32) -> Int {
      values.indices.contains(Int(group)) ? Int(values[Int(group)]) : 0
    }
    return order.map { group in
      var counts = Counts()
      counts.used = at(used, group)
      if shape == .truths { counts.yes = at(whole, group) }
      counts.open = at(open, group)
      return counts
    }
  }

  /// One value a group, in the order of `order`. Of nothing: count and sum 0, any no, none yes, others missing.
  package func result(order: [Int32]) -> Vector {
    func used(_ group: Int32) -> Int64 { self.used.indices.contains(Int(group)) ? self.used[Int(group)] : 0 }
    switch function {
    case .count: return Vector(.numbers(Slab(order.map { Double(used($0)) })))
    case .sum: return numbers(order) { used($0) == 0 ? 0 : high[Int($0)] + low[Int($0)] }
    case .mean:
      return numbers(order) { group in
        guard used(group) > 0 else { return nil }
        let sum = shape == .truths ? Double(whole[Int(group)]) : high[Int(group)] + low[Int(group)]
        return sum / Double(used(group))
      }
    case .share:
      return numbers(order) { used($0) == 0 ? nil : Double(whole[Int($0)]) / Double(used($0)) }
    case .min, .max:
      switch shape {
      case .days:
        let values = order.map { used($0) > 0 ? Int32(clamping: whole[Int($0)]) : 0 }
        return Vector(.days(Slab(values)), present: mask(order))
      case .instants:
        return Vector(.instants(Slab(order.map { used($0) > 0 ? whole[Int($0)] : 0 })), present: mask(order))
      default: return numbers(order) { used($0) == 0 ? nil : high[Int($0)] }
      }
    case .any, .none, .every:
      return Vector(.truths(Slab(order.map { truth(used($0) == 0 ? 0 : seen[Int($0)], isEmpty: used($0) == 0) })))
    }
  }

  private func truth(_ seen: UInt8, isEmpty: Bool) -> UInt8 {
    func has(_ bit: UInt8) -> Bool { seen & bit != 0 }
    let marks = (has(Seen.unknown) ? Truth.unknownMark : 0) | (has(Seen.open) ? Truth.openMark : 0)
    if function == .every {
      if isEmpty { return Truth.unknown }
      if has(Seen.plainNo) { return Truth.no }
      return (has(Seen.no) ? Truth.no : has(Seen.neither) ? Truth.neither : Truth.yes) | marks
    }
    let any: UInt8
    if isEmpty {
      any = Truth.no
    } else if has(Seen.plainYes) {
      any = Truth.yes
    } else {
      any = (has(Seen.yes) ? Truth.yes : has(Seen.neither) ? Truth.neither : Truth.no) | marks
    }
    guard function == .none else { return any }
    // `not`: yes and no turned round, neither and the marks kept.
    return any & Truth.truthBits == Truth.neither ? any : any ^ Truth.yes
  }

  /// What is not finite (a sum beyond the largest number) is missing.
  private func numbers(_ order: [Int32], _ value: (Int32) -> Double?) -> Vector {
    let values = order.map { value($0).flatMap { $0.isFinite ? $0 : nil } }
    guard values.contains(where: { $0 == nil }) else { return Vector(.numbers(Slab(values.map { $0 ?? 0 }))) }
    return Vector(.numbers(Slab(values.map { $0 ?? 0 })), present: Slab(values.map { $0 == nil ? 0 : 1 }))
  }

  private func mask(_ order: [Int32]) -> Slab<UInt8>? {
    let bytes: [UInt8] = order.map { used.indices.contains(Int($0)) && used[Int($0)] > 0 ? 1 : 0 }
    return bytes.contains(0) ? Slab(bytes) : nil
  }
}
