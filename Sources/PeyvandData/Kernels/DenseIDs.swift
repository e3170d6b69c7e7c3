/// Rows numbered by what they are grouped by: `ids[row]` is a row's group, `first[group]` the row that began it.
///
/// Groups are numbered in the order in which their first rows stand, so that nothing depends on a hash. Several
/// keys are numbered one after the other: the number so far and the next key's number make a new code.
package struct DenseIDs: Sendable {
  package var ids: [Int32]
  package var first: [Int32]

  init(ids: [Int32], first: [Int32]) {
    self.ids = ids
    self.first = first
  }

  /// All rows one group.
  package init(oneGroupOf count: Int) {
    ids = [Int32](repeating: 0, count: count)
    first = count > 0 ? [0] : []
  }

  /// Rows with equal codes together. Codes that lie close to each other cost a look-up, others a table; 1 to 5 ns
  /// a row.
  package init(_ codes: [Int64]) {
    var low = Int64.max
    var high = Int64.min
    codes.withBase { base in
      for row in 0..<codes.count where base[row] != GroupCodes.missing {
        low = min(low, base[row])
        high = max(high, base[row])
      }
    }
    if low > high { (low, high) = (0, 0) }
    let (width, overflow) = high.subtractingReportingOverflow(low)
    if !overflow, width >= 0, width < Int64(max(1024, codes.count &* 8)) {
      (ids, first) = Self.near(codes, low: low, width: Int(width) + 1)
    } else {
      (ids, first) = Self.far(codes)
    }
  }

  /// Rows with equal keys together; no key: all rows one group. The keys have `count` elements each.
  package init(keys: [[Int64]], count: Int) {
    guard let firstKey = keys.first else {
      self.init(oneGroupOf: count)
      return
    }
    self.init(firstKey)
    for key in keys.dropFirst() { refine(by: DenseIDs(key)) }
  }

  /// Parts each group by the numbers of another numbering of the same rows.
  package mutating func refine(by other: DenseIDs) {
    let width = Int64(max(1, other.first.count))
    let count = min(ids.count, other.ids.count)
    let mine = ids
    // Both numbers are below 2³¹, so the product is below 2⁶².
    let codes: [Int64] = made(count) { codes in
      mine.withBase { mine in
        other.ids.withBase { theirs in
          for row in 0..<count { codes[row] = Int64(mine[row]) &* width &+ Int64(theirs[row]) }
        }
      }
    }
    self = DenseIDs(codes)
  }

  private static func near(_ codes: [Int64], low: Int64, width: Int) -> ([Int32], [Int32]) {
    // The last place is for missing.
    var numbers = [Int32](repeating: -1, count: width + 1)
    var first: [Int32] = []
    let ids: [Int32] = made(codes.count) { ids in
      codes.withBase { codes_ in
        numbers.withMutableBase { numbers in
          for row in 0..<codes.count {
            let code = codes_[row]
            let place = code == GroupCodes.missing ? width : Int(code &- low)
            var number = numbers[place]
            if number < 0 {
              number = Int32(truncatingIfNeeded: first.count)
              numbers[place] = number
              first.append(Int32(truncatingIfNeeded: row))
            }
            ids[row] = number
          }
        }
      }
    }
    return (ids, first)
  }

  private static func far(_ codes: [Int64]) -> ([Int32], [Int32]) {
    var table = CodeTable(capacity: min(codes.count, 1 << 16), isBrief: true)
    var first: [Int32] = []
    let ids: [Int32] = made(codes.count) { ids in
      codes.withBase { codes_ in
        for row in 0..<codes.count {
          let number = table.number(of: codes_[row])
          if Int(number) == first.count { first.append(Int32(truncatingIfNeeded: row)) }
          ids[row] = number
        }
      }
    }
    return (ids, first)
  }
}
