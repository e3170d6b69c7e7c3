/// Loops over whole columns, each made for the type it is of: for the store, which has no unsafe word.
extension Packed<Int32> {
  /// Rows or codes put through a table; what the table does not have, and what is missing, is `nought`.
  package func mapped(through table: [Int32], nought: Int32 = -1, present: Mask? = nil) -> Packed {
    let words = present?.words
    return table.withUnsafeBufferPointer { table in
      (words ?? []).withUnsafeBufferPointer { words in
        mapped { index, value in
          if !words.isEmpty, words[index >> 6] >> UInt64(index & 63) & 1 == 0 { return nought }
          let place = Int(value)
          return place >= 0 && place < table.count ? table[place] : nought
        }
      }
    }
  }

  /// Rows of a batch, written as `base − n`, as rows that follow one another from `first`; others as they are.
  package func mapped(countingDownFrom base: Int32, to first: Int32) -> Packed {
    mapped { _, value in value <= base ? first &+ (base &- value) : value }
  }

  @inline(__always)
  private func mapped(_ change: (Int, Int32) -> Int32) -> Packed {
    let changed: [Int32] = filled(count) { out in
      eachChunk(0..<count) { values, start in
        for index in 0..<values.count { out[start &+ index] = change(start &+ index, values[index]) }
      }
    }
    return Packed(changed).paged
  }

  /// Each number from 1 on as its place among the different ones, and these as texts in their order; 0 stays what it is.
  ///
  /// A bit for each number that there may be: what is different is seen without a table of it.
  /// - Returns: nil where some are less than 0 or no less than `limit`.
  package func placed(below limit: Int32) -> (places: Packed, texts: TextTable)? {
    guard limit > 0, areWithin(0...limit - 1) else { return nil }
    var bits = [UInt64](repeating: 0, count: (Int(limit) + 63) / 64)
    bits.withUnsafeMutableBufferPointer { bits in
      eachChunk(0..<count) { values, _ in
        for value in values { bits[Int(value) >> 6] |= 1 << UInt64(value & 63) }
      }
    }
    bits[0] &= ~1
    var ranks = [Int32](repeating: 0, count: bits.count)
    var total: Int32 = 0
    for index in bits.indices {
      ranks[index] = total
      total &+= Int32(truncatingIfNeeded: bits[index].nonzeroBitCount)
    }
    let places = bits.withUnsafeBufferPointer { bits in
      ranks.withUnsafeBufferPointer { ranks in
        mapped { _, value in
          guard value > 0 else { return 0 }
          let below = bits[Int(value) >> 6] & ((1 << UInt64(value & 63)) &- 1)
          return ranks[Int(value) >> 6] &+ Int32(truncatingIfNeeded: below.nonzeroBitCount)
        }
      }
    }
    return (places, TextTable(numbers: bits, count: Int(total)))
  }

  /// The lowest byte of each.
  package var bytes: [UInt8] {
    filled(count) { out in
      switch form {
      case .int8(let values) where scale.offset == 0 && pages == nil:
        values.withUnsafeBufferPointer { for index in 0..<$0.count { out[index] = UInt8(bitPattern: $0[index]) } }
      default:
        eachChunk(0..<count) { values, start in
          for index in 0..<values.count { out[start &+ index] = UInt8(truncatingIfNeeded: values[index]) }
        }
      }
    }
  }

  /// Which values are others than one; nil where all are.
  package func mask(without nought: Int32) -> Mask? {
    var bits = Mask(repeating: 0, count: count)
    var isFull = true
    bits.words.withUnsafeMutableBufferPointer { words in
      eachChunk(0..<count) { values, start in
        for index in 0..<values.count {
          let isThere = values[index] != nought
          isFull = isFull && isThere
          let at = start &+ index
          words[at >> 6] |= (isThere ? 1 : 0) << UInt64(at & 63)
        }
      }
    }
    return isFull ? nil : bits
  }

  /// Whether all values lie in a range.
  package func areAll(in range: ClosedRange<Int32>) -> Bool { areWithin(range) }

  /// Whether none is less than the one before it.
  package var ascend: Bool { areAscending }
}

extension Packed<Int64> {
  /// Whether all values lie in a range.
  package func areAll(in range: ClosedRange<Int64>) -> Bool { areWithin(range) }

  /// Whether none is less than the one before it.
  package var ascend: Bool { areAscending }
}

extension Packed<Double> {
  /// Whether all are numbers; what lies in few bytes is.
  package var areFinite: Bool {
    guard case .wide(let values) = form else { return true }
    return values.withUnsafeBufferPointer { values in
      for value in values where !value.isFinite { return false }
      return true
    }
  }
}

extension Packed where Element: Comparable {
  @inline(__always)
  fileprivate var areAscending: Bool {
    var isAscending = true
    var last: Element?
    eachChunk(0..<count) { values, _ in
      guard isAscending else { return }
      var previous = last ?? values[0]
      for value in values {
        if value < previous { isAscending = false }
        previous = value
      }
      last = previous
    }
    return isAscending
  }

  @inline(__always)
  fileprivate func areWithin(_ range: ClosedRange<Element>) -> Bool {
    var isWithin = true
    eachChunk(0..<count) { values, _ in
      for value in values where !range.contains(value) {
        isWithin = false
        return
      }
    }
    return isWithin
  }
}

extension Packed {
  @inline(__always)
  fileprivate func eachChunk(_ places: Range<Int>, _ body: (UnsafeBufferPointer<Element>, _ start: Int) -> Void) {
    let places = places.clamped(to: 0..<count)
    var start = places.lowerBound
    while start < places.upperBound {
      let end = Swift.min(places.upperBound, start + PackedBuilder<Element>.pieceSize)
      slab(start..<end).withFlat { body($0, start) }
      start = end
    }
  }
}
