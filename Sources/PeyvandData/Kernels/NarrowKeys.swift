/// Rows numbered by keys of few values each: kinds, channels, months, regions.
///
/// A key whose values are codes close to each other is a digit, several keys are the digits of one number, and the
/// number is a place in an array. So rows are grouped in one pass a key and one more, over four bytes a row, where keys
/// at large need a table. What is not so is left to `DenseIDs`.
extension DenseIDs {
  /// Rows with equal keys together; no key: all rows one group. The keys have `count` elements each.
  package init(of keys: [Vector], count: Int) {
    if let narrow = DenseIDs(narrow: keys, count: count) {
      self = narrow
    } else {
      self.init(keys: keys.map { GroupCodes.encode($0) }, count: count)
    }
  }

  private init?(narrow keys: [Vector], count: Int) {
    guard let (codes, bound) = Self.codes(of: keys, count: count) else { return nil }
    if codes.isConstant {
      self.init(oneGroupOf: count)
    } else {
      self.init(places: codes.array, below: bound)
    }
  }

  /// One number below a bound for the keys of each row; nil where the keys have many values.
  private static func codes(of keys: [Vector], count: Int) -> (Slab<Int32>, bound: Int)? {
    guard !keys.isEmpty, count > 0 else { return nil }
    // The array must not be out of proportion to the rows.
    let most = min(1 << 20, max(1 << 12, count * 2))
    var digits: [Digit] = []
    var numbers = 1
    for key in keys {
      guard key.count == count, let digit = Digit(key, most: most) else { return nil }
      numbers *= digit.width + 1
      guard numbers <= most else { return nil }
      digits.append(digit)
    }
    var codes = Slab<Int32>(repeating: 0, count: count)
    for digit in digits { codes = digit.added(to: codes) }
    return (codes, numbers)
  }

  /// The groups of rows by keys of few values, in the order in which their first rows stand, where only how many rows
  /// each has is asked; nil where the keys have many values.
  package static func counted(of keys: [Vector], count: Int) -> (first: [Int32], rows: [Int])? {
    guard let (codes, bound) = codes(of: keys, count: count) else { return nil }
    if codes.isConstant { return ([0], [count]) }
    let counts = Histogram.counts(codes.array, below: bound)
    let groups = counts.count { $0 > 0 }
    var isSeen = [Bool](repeating: false, count: bound)
    var first: [Int32] = []
    var rows: [Int] = []
    codes.withView { codes in
      var row = 0
      while first.count < groups {
        let code = Int(codes[row])
        if !isSeen[code] {
          isSeen[code] = true
          first.append(Int32(truncatingIfNeeded: row))
          rows.append(Int(counts[code]))
        }
        row &+= 1
      }
    }
    return (first, rows)
  }

  /// Numbers places in the order in which they are first met.
  private init(places: [Int32], below bound: Int) {
    var numbers = [Int32](repeating: -1, count: bound)
    var first: [Int32] = []
    let ids: [Int32] = made(places.count) { ids in
      places.withBase { places_ in
        numbers.withMutableBase { numbers in
          for row in 0..<places.count {
            var number = numbers[Int(places_[row])]
            if number < 0 {
              number = Int32(truncatingIfNeeded: first.count)
              numbers[Int(places_[row])] = number
              first.append(Int32(truncatingIfNeeded: row))
            }
            ids[row] = number
          }
        }
      }
    }
    self.init(ids: ids, first: first)
  }
}

/// A key as numbers from nought to below `width`, and `width` for missing.
private struct Digit {
  private let codes: Slab<Int32>
  private let low: Int32
  let width: Int
  private let present: Slab<UInt8>?

  init?(_ key: Vector, most: Int) {
    present = key.present
    switch key.storage {
    case .texts(let slab, let dictionary):
      guard dictionary.count <= most else { return nil }
      (codes, low, width) = (dictionary.identities(slab), 0, dictionary.count)
    case .truths(let slab):
      (codes, low, width) = (mapped(slab) { Int32(truncatingIfNeeded: max(-1, GroupCodes.decided($0))) }, 0, 2)
    case .days(let slab), .rows(let slab, _):
      guard let span = NumberRange.of(slab), span.count <= most else { return nil }
      (codes, low, width) = (slab, span.lowerBound, span.count)
    default: return nil
    }
  }

  func added(to before: Slab<Int32>) -> Slab<Int32> {
    let width = Int32(truncatingIfNeeded: width)
    let (low, base) = (low, width &+ 1)
    @inline(__always) func digit(_ code: Int32) -> Int32 {
      // What lies below wraps round to a large number.
      let digit = code &- low
      return UInt32(bitPattern: digit) < UInt32(bitPattern: width) ? digit : width
    }
    if let present { return mapped(before, codes, present) { $0 &* base &+ ($2 != 0 ? digit($1) : width) } }
    return mapped(before, codes) { $0 &* base &+ digit($1) }
  }
}

extension TextDictionary {
  /// Codes as those of the first entry of the same fold.
  fileprivate func identities(_ codes: Slab<Int32>) -> Slab<Int32> {
    guard !isPlain else { return codes }
    let identity = identity
    return identity.withBase { base in
      mapped(codes) { Int($0) >= 0 && Int($0) < identity.count ? base[Int($0)] : -1 }
    } ?? codes
  }
}
