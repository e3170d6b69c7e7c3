import PeyvandBase

/// Places in time: where in sets that stand in time order a moment falls.
///
/// A set's times rise, those without one stand last. Searches that follow on one another in one set with rising
/// moments go on from where the last one ended, in growing steps, so that a run of them is one merge; else it is
/// a binary search. Nothing is ever scanned.
package enum TimeSearch {
  /// For each search the first place, among all elements of `sets`, in its set whose time is not before its
  /// bound; the set's end where there is none. Elements without time are after every bound but `Int64.max`,
  /// which finds the first of them.
  ///
  /// - Parameters:
  ///   - column: the times of the rows: days or instants; nil where no row has one.
  ///   - owners: the set each search is in.
  ///   - bounds: in the column's unit.
  package static func places(
    in sets: RowSets, times column: Column?, owners: Slab<Int32>, bounds: Slab<Int64>
  ) -> [Int32] {
    if let times = sets.times { return search(sets, times, owners, bounds) }
    return switch column?.storage {
    case .date(let days): search(sets, days, column, owners, bounds)
    case .time(let instants): search(sets, instants, column, owners, bounds)
    default: search(sets, [Int32](), 0, nil, nil, owners, bounds)
    }
  }

  @inline(__always)
  private static func search<T: PackedElement & BinaryInteger>(
    _ sets: RowSets, _ times: Packed<T>, _ column: Column?, _ owners: Slab<Int32>, _ bounds: Slab<Int64>
  ) -> [Int32] {
    let offset = times.scale.offset
    return switch times.form {
    case .int8(let stored): search(sets, stored, offset, times.pages, column, owners, bounds)
    case .int16(let stored): search(sets, stored, offset, times.pages, column, owners, bounds)
    case .int32(let stored): search(sets, stored, offset, times.pages, column, owners, bounds)
    case .wide(let stored): search(sets, stored, 0, times.pages, column, owners, bounds)
    }
  }

  @inline(__always)
  private static func search<T: BinaryInteger & Sendable>(
    _ sets: RowSets, _ times: [T], _ offset: Int64, _ pages: PackedPages?, _ column: Column?, _ owners: Slab<Int32>,
    _ bounds: Slab<Int64>
  ) -> [Int32] {
    let limit = pages?.count ?? times.count
    let base = column?.base ?? 0
    let present = column?.present?.words ?? []
    let hasMask = column?.present != nil
    let count = min(owners.count, bounds.count)
    return times.withUnsafeBufferPointer { times in
      present.withUnsafeBufferPointer { present in
        sets.offsets.withUnsafeBufferPointer { offsets in
          sets.rows.withFlatOrEmpty { rows in
            owners.withElementsOrNone { owners, ownerStep in
              bounds.withElementsOrNone { bounds, boundStep in
                @inline(__always) func time(_ place: Int) -> Int64 {
                  let at = Int(rows[place]) &- base
                  guard at >= 0, at < limit, !hasMask || present[at >> 6] >> UInt64(at & 63) & 1 != 0 else {
                    return Int64.max
                  }
                  return Int64(truncatingIfNeeded: times[pages?.place(at) ?? at]) &+ offset
                }
                return found(
                  count, in: offsets, owner: { Int(owners[$0 &* ownerStep]) }, bound: { bounds[$0 &* boundStep] },
                  least: Int64.min, time: time)
              }
            }
          }
        }
      }
    }
  }

  /// The same where the times came with the rows.
  private static func search(
    _ sets: RowSets, _ times: RowSets.Times, _ owners: Slab<Int32>, _ bounds: Slab<Int64>
  ) -> [Int32] {
    let count = min(owners.count, bounds.count)
    let offset = times.offset
    /// A bound among times less the offset. No time is as large as the bound that finds what has none.
    @inline(__always) func near(_ bound: Int64) -> Int32 {
      if bound == .max { return .max }
      let (near, overflow) = bound.subtractingReportingOverflow(offset)
      if overflow { return bound < 0 ? .min : .max - 1 }
      return Int32(clamping: min(near, Int64(Int32.max - 1)))
    }
    return sets.offsets.withUnsafeBufferPointer { offsets in
      times.values.withFlatOrEmpty { times in
        owners.withElementsOrNone { owners, ownerStep in
          bounds.withElementsOrNone { bounds, boundStep in
            found(
              count, in: offsets, owner: { Int(owners[$0 &* ownerStep]) },
              bound: { near(bounds[$0 &* boundStep]) }, least: Int32.min, time: { times[$0] })
          }
        }
      }
    }
  }

  /// For each search the first place in its set whose time is not before its bound.
  @inline(__always)
  private static func found<Time: Comparable>(
    _ count: Int, in offsets: UnsafeBufferPointer<Int32>, owner: (Int) -> Int, bound: (Int) -> Time, least: Time,
    time: (Int) -> Time
  ) -> [Int32] {
    filled(count) { out in
      var lastOwner = -1
      var lastBound = least
      var lastPlace = 0
      for index in 0..<count {
        let owner = owner(index)
        let bound = bound(index)
        guard owner >= 0, owner &+ 1 < offsets.count else {
          out[index] = 0
          continue
        }
        let end = Int(offsets[owner &+ 1])
        var low = Int(offsets[owner])
        var high = end
        if owner == lastOwner, bound >= lastBound {
          // All before the last place is before this bound too: gallop on.
          low = lastPlace
          var step = 1
          var probe = low
          while probe < end, time(probe) < bound {
            low = probe &+ 1
            probe &+= step
            step &*= 2
          }
          high = min(probe, end)
        }
        while low < high {
          let middle = low &+ (high &- low) / 2
          if time(middle) < bound { low = middle &+ 1 } else { high = middle }
        }
        out[index] = Int32(truncatingIfNeeded: low)
        (lastOwner, lastBound, lastPlace) = (owner, bound, low)
      }
    }
  }

  /// The times of the rows of sets in the column's unit; `Int64.max` where there is none.
  package static func times(of sets: RowSets, in column: Column?) -> Slab<Int64> {
    guard let times = sets.times else { return self.times(of: sets.rows, in: column) }
    let offset = times.offset
    return mapped(times.values) { $0 == TimelineTimes.none ? .max : Int64($0) &+ offset }
  }

  /// From the earliest to the latest time of a column; missing where it has none.
  static func bounds(of column: Column) -> ClosedRange<Int64>? {
    // Where none is missing, what is stored tells it sooner.
    if column.present == nil, let range = column.instants?.storedRange ?? column.days?.storedRange,
      !range.high.subtractingReportingOverflow(range.low).overflow
    {
      return range.low...range.high
    }
    var (low, high) = (Int64.max, Int64.min)
    for start in stride(from: 0, to: column.count, by: 1 << 14) {
      let part = wide(column.slice(start..<min(column.count, start + 1 << 14)), missing: .max)
      part.withView { part_ in
        for index in 0..<part.count where part_[index] != .max {
          low = min(low, part_[index])
          high = max(high, part_[index])
        }
      }
    }
    guard low <= high, !high.subtractingReportingOverflow(low).overflow else { return nil }
    return low...high
  }

  /// The times of many rows, less an offset that leaves them small.
  static func times(of rows: [Int32], in column: Column, less offset: Int64, none: Int32) -> [Int32] {
    // Each core a part: what a row is looked up for waits for memory.
    let parts = rows.count < 1 << 17 ? 1 : Parts.most
    return filled(rows.count) { out in
      let address = UInt(bitPattern: out)
      _ = Parts.map(parts) { part in
        guard let out = UnsafeMutablePointer<Int32>(bitPattern: address) else { return }
        let end = rows.count * (part + 1) / parts
        for start in stride(from: rows.count * part / parts, to: end, by: 1 << 13) {
          let some = times(of: Slab(rows, start..<min(end, start + 1 << 13)), in: column)
          some.withElements(
            { some_, step in
              for index in 0..<some.count {
                let time = some_[index &* step]
                out[start &+ index] = time == .max ? none : Int32(truncatingIfNeeded: time &- offset)
              }
            }, empty: ())
        }
      }
    }
  }

  /// Whether no row took place before the one that stands before it in an order; rows without a time stand last.
  package static func isInTime(_ order: [Int32], in column: Column) -> Bool {
    let parts = order.count < 1 << 17 ? 1 : Parts.most
    return Parts.map(parts) { part in
      // The first of a part is held against the last of the one before it.
      let start = max(0, order.count * part / parts - 1)
      return isInTime(order, start..<order.count * (part + 1) / parts, in: column)
    }.allSatisfy { $0 }
  }

  private static func isInTime(_ order: [Int32], _ places: Range<Int>, in column: Column) -> Bool {
    var last = Int64.min
    for start in stride(from: places.lowerBound, to: places.upperBound, by: 1 << 13) {
      let part = times(of: Slab(order, start..<min(places.upperBound, start + 1 << 13)), in: column)
      let isInTime = part.withView { part_ in
        var isInTime = true
        for index in 0..<part.count {
          isInTime = isInTime && part_[index] >= last
          last = part_[index]
        }
        return isInTime
      }
      if isInTime == false { return false }
    }
    return true
  }

  /// The first row of a stretch, all of it with times and in their order, that is after a moment; its end for
  /// none.
  package static func first(after limit: Int64, in rows: Range<Int>, times: Column) -> Int {
    var low = rows.lowerBound
    var high = rows.upperBound
    while low < high {
      let middle = low + (high - low) / 2
      let place = middle - times.base
      let time: Int64 =
        switch times.storage {
        case .date(let days): days.indices.contains(place) ? Int64(days[place]) : .max
        case .time(let instants): instants.indices.contains(place) ? instants[place] : .max
        default: .max
        }
      if time <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The times of rows in the column's unit; `Int64.max` where there is none.
  package static func times(of rows: Slab<Int32>, in column: Column?) -> Slab<Int64> {
    guard let column else { return Slab(repeating: .max, count: rows.count) }
    let vector = column.vector(of: rows)
    let values: Slab<Int64>
    switch vector.storage {
    case .days(let days): values = mapped(days) { Int64($0) }
    case .instants(let instants): values = instants
    default: return Slab(repeating: .max, count: rows.count)
    }
    guard let mask = vector.present else { return values }
    return mapped(values, mask) { $1 == 0 ? .max : $0 }
  }

  /// The days or instants of a vector as 64 bits, `missing` where there is none.
  package static func wide(_ vector: Vector, missing: Int64) -> Slab<Int64> {
    let values: Slab<Int64>
    switch vector.storage {
    case .days(let days): values = mapped(days) { Int64($0) }
    case .instants(let instants): values = instants
    default: return Slab(repeating: missing, count: vector.count)
    }
    guard let mask = vector.present else { return values }
    return mapped(values, mask) { $1 == 0 ? missing : $0 }
  }

  /// The rows at places that are before their ends; −1 elsewhere.
  package static func rows(of sets: RowSets, at places: [Int32], before ends: [Int32]) -> Slab<Int32> {
    let count = min(places.count, ends.count)
    return Slab(
      filled(count) { out in
        for index in 0..<count {
          out[index] = places[index] < ends[index] ? sets.rows[Int(places[index])] ?? -1 : -1
        }
      })
  }

  /// Times moved on by a constant; those that would overflow stand at the end.
  package static func later(_ times: Slab<Int64>, by step: Int64) -> Slab<Int64> {
    mapped(times) { time in
      let (sum, overflow) = time.addingReportingOverflow(step)
      return overflow ? .max : sum
    }
  }

  package static func later(_ times: Slab<Int64>, by steps: Slab<Int64>) -> Slab<Int64> {
    mapped(times, steps) { time, step in
      let (sum, overflow) = time.addingReportingOverflow(step)
      return overflow ? .max : sum
    }
  }

  /// 1 where the one is not after the other.
  package static func notAfter(_ a: Slab<Int64>, _ b: Slab<Int64>) -> Slab<UInt8> { mapped(a, b) { $0 <= $1 ? 1 : 0 } }
}

extension Slab {
  @inline(__always)
  func withFlatOrEmpty<R>(_ body: (UnsafeBufferPointer<Element>) -> R) -> R { withFlat(body) }

  @inline(__always)
  func withElementsOrNone<R: Sendable>(_ body: (UnsafePointer<Element>, Int) -> [R]) -> [R] {
    withElements(body, empty: [])
  }
}
