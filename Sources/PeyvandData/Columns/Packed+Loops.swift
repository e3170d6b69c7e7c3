/// Loops over whole columns, each made for the type it is of: for the store, which has no unsafe word.
extension Packed<Int32> {
  /// Rows or codes put through a table; what the table does not have, and what is missing, is `nought`.
  package func mapped(through table: [Int32], nought: Int32 = -1, present: Mask? = nil) -> Packed {
    let words = present?.words ?? []
    return inParts { rows, out in
      table.withUnsafeBufferPointer { table in
        words.withUnsafeBufferPointer { words in
          eachChunk(rows) { values, start in
            for index in 0..<values.count {
              let row = start &+ index
              if !words.isEmpty, words[row >> 6] >> UInt64(row & 63) & 1 == 0 {
                out[row] = nought
                continue
              }
              let place = Int(values[index])
              out[row] = place >= 0 && place < table.count ? table[place] : nought
            }
          }
        }
      }
    }
  }

  /// Rows of a batch, written as `base − n`, as rows that follow one another from `first`; others as they are.
  package func mapped(countingDownFrom base: Int32, to first: Int32) -> Packed {
    inParts { rows, out in
      eachChunk(rows) { values, start in
        for index in 0..<values.count {
          let value = values[index]
          out[start &+ index] = value <= base ? first &+ (base &- value) : value
        }
      }
    }
  }

  /// The kind that each code stands for in a table; `other` where it has none.
  package func kinds(through table: [KindID], other: KindID) -> [KindID] {
    filled(count) { out in
      RowParts(count).fill(out) { rows, out in
        table.withUnsafeBufferPointer { table in
          eachChunk(rows) { values, start in
            for index in 0..<values.count {
              let place = Int(values[index])
              out[start &+ index] = place >= 0 && place < table.count ? table[place] : other
            }
          }
        }
      }
    }
  }

  /// As many values, each written by `fill`, which is given a part of the rows at a time; of many, two parts at once.
  @inline(__always)
  private func inParts(_ fill: @escaping @Sendable (Range<Int>, UnsafeMutablePointer<Int32>) -> Void) -> Packed {
    let parts = RowParts(count)
    let changed: [Int32] = filled(count) { out in
      parts.fill(out, fill)
    }
    return Packed(changed).paged
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
