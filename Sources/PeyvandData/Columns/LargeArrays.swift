import Glibc

/// Memory of some megabytes and more that lasts: asked for in large pages, where the system gives such to who asks.
///
/// A page of four kilobytes is cleared and mapped when it is first touched, ten thousand times for a column of ten million
/// rows; pages of two megabytes cost a tenth of that, and what looks into them finds its way sooner. For memory that comes
/// and goes they do not pay: what was given back is no longer in one piece, or a virtual machine's host took it away.
enum LargePages {
  private static let least = 4 << 20

  @inline(__always)
  static func advise(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    if bytes >= least { ask(memory, bytes: bytes) }
  }

  @inline(never)
  private static func ask(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    let page = 4_096
    let start = (Int(bitPattern: memory) + page - 1) & ~(page - 1)
    let end = (Int(bitPattern: memory) + bytes) & ~(page - 1)
    // Where there are none, nothing changes.
    if start < end { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE) }
  }
}

/// Orders of rows, in loops of their own: for the store, which has no unsafe word.
package enum RowOrder {
  /// `first`, and so many numbers in a row.
  package static func ascending(_ count: Int, from first: Int32 = 0) -> [Int32] {
    filled(max(0, count)) { out in
      for index in 0..<count { out[index] = first &+ Int32(truncatingIfNeeded: index) }
    }
  }

  /// The rows by small numbers from 0, those of one number as they stand: a pass to count, and one to place them.
  package static func sorted(by places: [Int32]) -> [Int32] {
    guard let most = places.max(), most > 0, places.allSatisfy({ $0 >= 0 }) else { return ascending(places.count) }
    var starts = [Int](repeating: 0, count: Int(most) + 1)
    return starts.withUnsafeMutableBufferPointer { starts in
      places.withUnsafeBufferPointer { places in
        for place in places { starts[Int(place)] &+= 1 }
        var sum = 0
        for index in starts.indices {
          let count = starts[index]
          starts[index] = sum
          sum += count
        }
        return filled(places.count) { out in
          for row in 0..<places.count {
            let place = Int(places[row])
            out[starts[place]] = Int32(truncatingIfNeeded: row)
            starts[place] &+= 1
          }
        }
      }
    }
  }

  /// The values at places; `nought` where there is none.
  package static func taken(_ values: [Int32], at places: [Int32], nought: Int32 = -1) -> [Int32] {
    values.withUnsafeBufferPointer { values in
      places.withUnsafeBufferPointer { places in
        filled(places.count) { out in
          for index in 0..<places.count {
            let place = UInt(bitPattern: Int(places[index]))
            out[index] = place < UInt(bitPattern: values.count) ? values[Int(bitPattern: place)] : nought
          }
        }
      }
    }
  }

  /// The rows of a range in the order of their serials; nil where one is less than 0 or stands there twice.
  ///
  /// A bit for each serial, and how many bits stand before each word: a row's place is what its serial comes to there.
  /// Rows stand kind by kind in the order recorded mostly, so each kind's rows are written one after the other.
  package static func ordered(_ rows: Range<Int>, by serials: [Int32]) -> [Int32]? {
    let rows = rows.clamped(to: serials.indices)
    guard let most = serials[rows].max() else { return [] }
    guard let least = serials[rows].min(), least >= 0 else { return nil }
    var bits = [UInt64](repeating: 0, count: Int(most) >> 6 + 1)
    bits.withUnsafeMutableBufferPointer { bits in
      serials.withUnsafeBufferPointer { serials in
        for row in rows { bits[Int(serials[row]) >> 6] |= 1 << UInt64(serials[row] & 63) }
      }
    }
    var before = [Int32](repeating: 0, count: bits.count)
    var total: Int32 = 0
    for index in bits.indices {
      before[index] = total
      total &+= Int32(truncatingIfNeeded: bits[index].nonzeroBitCount)
    }
    guard Int(total) == rows.count else { return nil }
    return bits.withUnsafeBufferPointer { bits in
      before.withUnsafeBufferPointer { before in
        serials.withUnsafeBufferPointer { serials in
          filled(rows.count) { out in
            for row in rows {
              let serial = Int(serials[row])
              let below = bits[serial >> 6] & ((1 << UInt64(serial & 63)) &- 1)
              let place = Int(before[serial >> 6]) &+ below.nonzeroBitCount
              out[place] = Int32(truncatingIfNeeded: row)
            }
          }
        }
      }
    }
  }

  /// Whether they are the numbers from `first` on, one after the other.
  package static func isRun(_ numbers: [Int32], from first: Int) -> Bool {
    numbers.withUnsafeBufferPointer { numbers in
      for index in 0..<numbers.count where Int(numbers[index]) != first &+ index { return false }
      return true
    }
  }

  /// For each of so many numbers the place where it stands, −1 where it stands nowhere.
  package static func inverse(_ numbers: [Int32], count: Int) -> [Int32] {
    numbers.withUnsafeBufferPointer { numbers in
      filled(max(0, count)) { out in
        for index in 0..<count { out[index] = -1 }
        for place in 0..<numbers.count {
          let number = UInt(bitPattern: Int(numbers[place]))
          if number < UInt(bitPattern: count) { out[Int(bitPattern: number)] = Int32(truncatingIfNeeded: place) }
        }
      }
    }
  }
}
