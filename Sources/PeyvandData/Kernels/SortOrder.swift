import PeyvandBase

/// The order of rows by keys: each key as a whole number whose order is the key's, then sorts by digits.
///
/// Stable, and missing last whichever way a key runs.
package struct SortOrder: Sendable {
  package private(set) var rows: [Int32]

  /// Missing's code, above all others.
  private static let missing = UInt64.max

  package init(count: Int) {
    rows = made(max(0, min(count, Int(Int32.max)))) { rows in
      for row in 0..<max(0, min(count, Int(Int32.max))) { rows[row] = Int32(truncatingIfNeeded: row) }
    }
  }

  /// Sorts by one key, keeping the present order of equal ones; so the *last* key is sorted by first.
  /// `ranks`, where given, are the ranks of the rows of a family (records) in place of the values.
  package mutating func sort(by key: Vector, descending: Bool, ranks: [Int32: Int32]? = nil) {
    var codes = Self.codes(key, ranks)
    if descending {
      codes.withMutableBase { base in
        // Turned round below missing, so that no two codes fall on one.
        for row in 0..<key.count where base[row] != Self.missing { base[row] = Self.missing - 1 - base[row] }
      }
    }
    guard codes.count == rows.count else { return }
    rows = Self.sorted(rows, codes)
  }

  private static func codes(_ key: Vector, _ ranks: [Int32: Int32]?) -> [UInt64] {
    var codes: [UInt64]
    switch key.storage {
    case .numbers(let slab): codes = map(slab, ordered)
    case .days(let slab): codes = map(slab) { ordered(Int64($0)) }
    case .instants(let slab): codes = map(slab, ordered)
    case .truths(let slab):
      codes = map(slab) { GroupCodes.decided($0) == GroupCodes.missing ? missing : UInt64($0 & Truth.truthBits) }
    case .rows(let slab, _):
      codes = map(slab) { row in
        row < 0 ? missing : UInt64(max(0, ranks?[row] ?? row))
      }
    case .durations(let slab):
      codes = map(slab) { ordered(Double($0.months) * 2_629_746 + $0.days * 86_400 + $0.seconds) }
    case .texts(let slab, let dictionary):
      let ranks = textRanks(slab, dictionary)
      codes = map(slab) { code in ranks.indices.contains(Int(code)) ? UInt64(max(0, ranks[Int(code)])) : missing }
    case .lists: codes = [UInt64](repeating: 0, count: key.count)
    }
    key.present?.withView { present in
      codes.withMutableBase { base in
        for row in 0..<key.count where present[row] == 0 { base[row] = missing }
      }
    }
    return codes
  }

  /// The rank of each entry that occurs, by the folds' order; equal folds have equal ranks.
  private static func textRanks(_ slab: Slab<Int32>, _ dictionary: TextDictionary) -> [Int32] {
    let identity = dictionary.identity
    var occurs = [UInt8](repeating: 0, count: identity.count)
    slab.withView { view in
      for row in 0..<slab.count where identity.indices.contains(Int(view[row])) {
        occurs[Int(identity[Int(view[row])])] = 1
      }
    }
    let codes = occurs.indices.filter { occurs[$0] == 1 }
    let sorted = sortedPlaces(of: codes.map { dictionary[Int32(truncatingIfNeeded: $0)] })
    var ranks = [Int32](repeating: -1, count: identity.count)
    for (rank, place) in sorted.enumerated() { ranks[codes[place]] = Int32(truncatingIfNeeded: rank) }
    for code in identity.indices { ranks[code] = ranks[Int(identity[code])] }
    return ranks
  }

  @inline(__always)
  private static func ordered(_ value: Double) -> UInt64 {
    guard !value.isNaN else { return missing }
    let bits = (value == 0 ? 0.0 : value).bitPattern
    return bits >> 63 == 0 ? bits | (1 << 63) : ~bits
  }

  @inline(__always)
  private static func ordered(_ value: Int64) -> UInt64 {
    min(UInt64(bitPattern: value) ^ (1 << 63), missing - 1)
  }

  @inline(__always)
  private static func map<Element>(_ slab: Slab<Element>, _ body: (Element) -> UInt64) -> [UInt64] {
    made(slab.count) { codes in
      slab.withView { view in
        for row in 0..<slab.count { codes[row] = body(view[row]) }
      }
    }
  }

  /// By digits of eight bits from the lowest, leaving out digits that all have in common.
  private static func sorted(_ rows: [Int32], _ codes: [UInt64]) -> [Int32] {
    let count = rows.count
    var some: UInt64 = 0
    var all = UInt64.max
    for code in codes {
      some |= code
      all &= code
    }
    let varying = some & ~all
    var from = rows
    var to = rows
    for digit in 0..<8 where (varying >> UInt64(digit * 8)) & 0xFF != 0 {
      let shift = UInt64(digit * 8)
      var starts = [Int](repeating: 0, count: 257)
      starts.withMutableBase { starts in
        codes.withBase { codes in
          for row in 0..<count { starts[Int((codes[row] >> shift) & 0xFF) + 1] &+= 1 }
          for value in 0..<256 { starts[value + 1] &+= starts[value] }
          from.withBase { from in
            to.withMutableBase { to in
              for place in 0..<count {
                let row = from[place]
                let value = Int((codes[Int(row)] >> shift) & 0xFF)
                to[starts[value]] = row
                starts[value] &+= 1
              }
            }
          }
        }
      }
      swap(&from, &to)
    }
    return from
  }
}
