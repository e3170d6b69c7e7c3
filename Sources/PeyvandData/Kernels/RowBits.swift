/// Whole numbers as bits: how a large set of rows is put in order and each kept once without comparing any.
struct RowBits {
  private var words: [UInt64] = []

  /// Marks the numbers, from the least of them on, which is given back; nil where they lie so far apart that sorting
  /// them is quicker.
  mutating func mark(_ numbers: UnsafeBufferPointer<Int32>) -> Int32? {
    guard var least = numbers.first else { return nil }
    var most = least
    for number in numbers {
      least = min(least, number)
      most = max(most, number)
    }
    let count = (Int(most) - Int(least)) / 64 + 1
    // A word costs a small part of what a comparison does.
    guard count <= numbers.count * 16 else { return nil }
    words.removeAll(keepingCapacity: true)
    words.append(contentsOf: repeatElement(0, count: count))
    words.withMutableBase { words in
      for number in numbers {
        let bit = Int(number) &- Int(least)
        words[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    }
    return least
  }

  /// How many numbers a range has at most for its words to be cleared for a set of a few: two words a number.
  static let closeCount = 4096

  /// Marks numbers that all lie in a range, from its lower bound on.
  mutating func mark(_ numbers: UnsafeBufferPointer<Int32>, within span: ClosedRange<Int32>) {
    let count = (span.count + 63) / 64
    if words.count != count { words = [UInt64](repeating: 0, count: count) }
    words.withMutableBase { words in
      for index in 0..<count { words[index] = 0 }
      for number in numbers {
        let bit = Int(number) &- Int(span.lowerBound)
        words[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    }
  }

  /// The marked numbers in ascending order, counted from the least.
  func each(_ body: (Int32) -> Void) {
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(Int32(truncatingIfNeeded: index << 6 | rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
  }
}
