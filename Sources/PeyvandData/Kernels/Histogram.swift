/// How often each small number occurs.
///
/// Equal numbers mostly follow on one another, and adding to a place that has just been written waits for the write. So
/// neighbours are counted in tables of their own, which are added up at the end.
enum Histogram {
  /// How many neighbours are counted apart.
  private static let lanes = 4

  /// Numbers outside 0 ..< bound are passed over.
  static func counts(_ numbers: [Int32], below bound: Int) -> [UInt32] {
    let limit = UInt(bitPattern: max(0, bound))
    return numbers.withUnsafeBufferPointer { numbers in
      counts(numbers.count, below: bound) { index in
        let place = UInt(bitPattern: Int(numbers[index]))
        return place < limit ? Int(bitPattern: place) : bound
      }
    }
  }

  /// `place(i)` for each i below `count` is from 0 up to `bound`, itself included, which is not counted.
  @inline(__always)
  static func counts(_ count: Int, below bound: Int, place: (Int) -> Int) -> [UInt32] {
    guard bound > 0 else { return [] }
    let width = bound + 1
    // Tables that are large beside the numbers cost more than they save, and seldom meet the same place twice.
    let lanes = width <= 1 << 13 && width * Self.lanes <= count ? Self.lanes : 1
    var tables = [UInt32](repeating: 0, count: width * lanes)
    tables.withMutableBase { tables in
      guard lanes == Self.lanes else {
        for index in 0..<count { tables[place(index)] &+= 1 }
        return
      }
      let (second, third, fourth) = (tables + width, tables + 2 * width, tables + 3 * width)
      var index = 0
      while index &+ 4 <= count {
        tables[place(index)] &+= 1
        second[place(index &+ 1)] &+= 1
        third[place(index &+ 2)] &+= 1
        fourth[place(index &+ 3)] &+= 1
        index &+= 4
      }
      while index < count {
        tables[place(index)] &+= 1
        index &+= 1
      }
      for place in 0..<bound { tables[place] &+= second[place] &+ third[place] &+ fourth[place] }
    }
    tables.removeLast(tables.count - bound)
    return tables
  }
}
