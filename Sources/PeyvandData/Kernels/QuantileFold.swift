/// The numbers of one batch, group by group: what quantiles of all batches are taken from.
package struct GroupedNumbers: Sendable {
  /// Group `g` has `values[offsets[g]..<offsets[g + 1]]`, in the order of the rows.
  fileprivate var values: [Double]
  fileprivate var offsets: [Int32]
  /// In the place of values, where all are of one group and are whole numbers that lie close together.
  fileprivate var counted: WholeCounts?
  /// Values that came, those missing among them.
  fileprivate var count: Int

  /// - Parameter ids: the group of each value, below `groups`; without ids all are of group 0.
  package init(_ values: Slab<Double>, present: Slab<UInt8>?, ids: [Int32]?, groups: Int) {
    let there = present ?? Slab(repeating: 1, count: values.count)
    if let ids, groups > 1 {
      (self.values, offsets) = Self.sorted(values, there, ids, groups)
    } else {
      let kept = present == nil && !values.isConstant ? values.array : Self.kept(values, there)
      // A table as wide as there are numbers would be no less to keep.
      counted = kept.count > 256 ? WholeCounts(kept[...], width: kept.count) : nil
      (self.values, offsets) = counted == nil ? (kept, [0, Int32(clamping: kept.count)]) : ([], [0, 0])
    }
    count = values.count
  }

  private static func kept(_ values: Slab<Double>, _ there: Slab<UInt8>) -> [Double] {
    written(values.count) { out in
      var filled = 0
      values.withView { values_ in
        there.withView { there in
          for row in 0..<values.count where there[row] != 0 {
            out[filled] = values_[row]
            filled &+= 1
          }
        }
      }
      return filled
    }
  }

  /// A stable counting sort.
  private static func sorted(
    _ values: Slab<Double>, _ there: Slab<UInt8>, _ ids: [Int32], _ groups: Int
  ) -> ([Double], [Int32]) {
    let count = min(values.count, ids.count)
    var starts = [Int32](repeating: 0, count: groups + 1)
    starts.withMutableBase { starts in
      ids.withBase { ids in
        there.withView { there in
          for row in 0..<count where there[row] != 0 { starts[Int(ids[row]) + 1] &+= 1 }
        }
      }
    }
    for group in 0..<groups { starts[group + 1] &+= starts[group] }
    let offsets = starts
    let sorted: [Double] = written(Int(offsets[groups])) { out in
      starts.withMutableBase { starts in
        ids.withBase { ids in
          values.withView { values in
            there.withView { there in
              for row in 0..<count where there[row] != 0 {
                let group = Int(ids[row])
                out[Int(starts[group])] = values[row]
                starts[group] &+= 1
              }
            }
          }
        }
      }
      return Int(offsets[groups])
    }
    return (sorted, offsets)
  }

  /// Values that are there.
  fileprivate var used: Int { values.count + (counted?.count ?? 0) }
  package var bytes: Int { values.count * 8 + offsets.count * 4 + (counted?.bytes ?? 0) }
}

/// Quantiles of many groups: numbers as the batches brought them, and of each group the stretches that are its own.
///
/// Nothing is put together before it is asked for, and groups are asked one by one, so they can be taken by several
/// threads at once.
package struct QuantileFold: Sendable {
  private struct Stretch: Sendable {
    var batch: Int32
    var rows: Range<Int32>
  }
  private var batches: [GroupedNumbers] = []
  private var stretches: [[Stretch]] = []
  private var counted: [[WholeCounts]] = []
  private var used: [Int] = []
  package private(set) var totals = GroupFold.Totals()

  package init() {}

  /// Whether no batch has been added.
  package private(set) var isEmpty = true

  /// Adds a batch: its group `i` is group `map[i]` here.
  package mutating func add(_ numbers: GroupedNumbers, map: [Int32]) {
    isEmpty = false
    totals.values += numbers.count
    totals.used += numbers.used
    totals.unknown += numbers.count - numbers.used
    if let counts = numbers.counted {
      guard let group = map.first, group >= 0 else { return }
      grow(to: Int(group) + 1)
      counted[Int(group)].append(counts)
      used[Int(group)] += counts.count
      return
    }
    let batch = Int32(clamping: batches.count)
    batches.append(numbers)
    for (own, group) in map.enumerated() where own + 1 < numbers.offsets.count && group >= 0 {
      let rows = numbers.offsets[own]..<numbers.offsets[own + 1]
      guard !rows.isEmpty else { continue }
      grow(to: Int(group) + 1)
      stretches[Int(group)].append(Stretch(batch: batch, rows: rows))
      used[Int(group)] += rows.count
    }
  }

  private mutating func grow(to groups: Int) {
    while used.count < groups {
      stretches.append([])
      counted.append([])
      used.append(0)
    }
  }

  /// How many values a group has.
  package func count(_ group: Int32) -> Int { used.indices.contains(Int(group)) ? used[Int(group)] : 0 }

  package func counts(order: [Int32]) -> [GroupFold.Counts] {
    order.map { group in
      var counts = GroupFold.Counts()
      counts.used = count(group)
      return counts
    }
  }

  /// The quantiles of one group at some levels (0 to 1, interpolated linearly); missing of nothing and at no level.
  package func quantiles(of group: Int32, at levels: [Double?]) -> [Double?] {
    let count = count(group)
    guard count > 0 else { return levels.map { _ in nil } }
    let pieces = stretches[Int(group)].map {
      batches[Int($0.batch)].values[Int($0.rows.lowerBound)..<Int($0.rows.upperBound)]
    }
    return Quantile.values(of: pieces, and: counted[Int(group)], count: count, at: levels)
  }
}
