/// Orders of rows, in loops of their own: for the store, which has no unsafe word.
package enum RowOrder {
  /// `first`, and so many numbers in a row.
  package static func ascending(_ count: Int, from first: Int32 = 0) -> [Int32] {
    filled(max(0, count)) { out in
      RowParts(count).fill(out) { rows, out in
        for index in rows { out[index] = first &+ Int32(truncatingIfNeeded: index) }
      }
    }
  }

  /// The rows by small numbers from 0, those of one number as they stand: a pass to count, and one to place them.
  package static func sorted(by places: [Int32]) -> [Int32] {
    let parts = RowParts(places.count)
    let extents = parts.map { rows in
      var low: Int32 = 0
      var high: Int32 = 0
      places.withUnsafeBufferPointer { places in
        for row in rows {
          low = min(low, places[row])
          high = max(high, places[row])
        }
      }
      return (low: low, high: high)
    }
    let most = extents.map(\.high).max() ?? 0
    guard most > 0, extents.allSatisfy({ $0.low >= 0 }) else { return ascending(places.count) }
    let counts = parts.map { rows in
      var counts = [Int](repeating: 0, count: Int(most) + 1)
      counts.withUnsafeMutableBufferPointer { counts in
        places.withUnsafeBufferPointer { places in
          for row in rows { counts[Int(places[row])] &+= 1 }
        }
      }
      return counts
    }
    // Of each number the rows of the first part stand before those of the next.
    var starts = counts
    var sum = 0
    for number in 0...Int(most) {
      for part in counts.indices {
        starts[part][number] = sum
        sum += counts[part][number]
      }
    }
    let begins = starts
    return filled(places.count) { out in
      parts.fill(out) { rows, out in
        var starts = begins[parts.number(of: rows)]
        starts.withUnsafeMutableBufferPointer { starts in
          places.withUnsafeBufferPointer { places in
            for row in rows {
              let place = Int(places[row])
              out[starts[place]] = Int32(truncatingIfNeeded: row)
              starts[place] &+= 1
            }
          }
        }
      }
    }
  }

  /// How many there are of each number from 0 to `limit − 1`; others are passed over.
  package static func counts(of places: [Int32], below limit: Int) -> [Int] {
    let parts = RowParts(places.count).map { rows in
      var counts = [Int](repeating: 0, count: max(0, limit))
      counts.withUnsafeMutableBufferPointer { counts in
        places.withUnsafeBufferPointer { places in
          for row in rows {
            let place = UInt(bitPattern: Int(places[row]))
            if place < UInt(bitPattern: counts.count) { counts[Int(bitPattern: place)] &+= 1 }
          }
        }
      }
      return counts
    }
    return parts.dropFirst().reduce(into: parts.first ?? []) { sum, part in
      for index in sum.indices { sum[index] += part[index] }
    }
  }

  /// The place of each kind in a table by the kind's number; −1 where there is none.
  package static func places(of kinds: [KindID], in table: [Int32]) -> [Int32] {
    filled(kinds.count) { out in
      RowParts(kinds.count).fill(out) { rows, out in
        kinds.withUnsafeBufferPointer { kinds in
          table.withUnsafeBufferPointer { table in
            for row in rows {
              let kind = UInt(bitPattern: Int(kinds[row].raw))
              out[row] = kind < UInt(bitPattern: table.count) ? table[Int(bitPattern: kind)] : -1
            }
          }
        }
      }
    }
  }

  /// The values at places; `nought` where there is none.
  package static func taken(_ values: [Int32], at places: [Int32], nought: Int32 = -1) -> [Int32] {
    filled(places.count) { out in
      RowParts(places.count).fill(out) { rows, out in
        values.withUnsafeBufferPointer { values in
          places.withUnsafeBufferPointer { places in
            for index in rows {
              let place = UInt(bitPattern: Int(places[index]))
              out[index] = place < UInt(bitPattern: values.count) ? values[Int(bitPattern: place)] : nought
            }
          }
        }
      }
    }
  }

  /// The rows of a range in the order of their serials; nil where one is less than 0, stands
  /// there twice, or lies far beyond the others.
  ///
  /// A bit for each serial, and how many bits stand before each word: a row's place is what its serial comes to there.
  /// Rows stand kind by kind in the order recorded mostly, so each kind's rows are written one after the other.
  package static func ordered(_ rows: Range<Int>, by serials: [Int32]) -> [Int32]? {
    let rows = rows.clamped(to: serials.indices)
    guard let most = serials[rows].max() else { return [] }
    // As many bits as the greatest serial says, unless a damaged one says far too many.
    guard let least = serials[rows].min(), least >= 0, Int(most) >> 6 <= max(1 << 20, rows.count) else { return nil }
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

  /// Whether the first of them, or all, are the numbers from `first` on, one after the other.
  package static func isRun(_ numbers: [Int32], count: Int = .max, from first: Int) -> Bool {
    numbers.withUnsafeBufferPointer { numbers in
      var others: Int = 0
      for index in 0..<min(max(0, count), numbers.count) { others |= Int(numbers[index]) ^ (first &+ index) }
      return others == 0
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
