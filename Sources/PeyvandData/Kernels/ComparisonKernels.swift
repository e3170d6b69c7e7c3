import PeyvandBase

package enum ComparisonOperation: Hashable, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// Comparisons of two vectors of one form: yes or no, and where either side is missing no, marked unknown
/// (`!=` is the negation of `=`, so there yes, marked).
package enum ComparisonKernels {
  @inline(__always)
  private static func compared<T: Comparable & Sendable>(
    _ operation: ComparisonOperation, _ a: Slab<T>, _ b: Slab<T>
  ) -> Slab<UInt8> {
    switch operation {
    case .equal: mapped(a, b) { $0 == $1 ? 1 : 0 }
    case .notEqual: mapped(a, b) { $0 != $1 ? 1 : 0 }
    case .less: mapped(a, b) { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: mapped(a, b) { $0 <= $1 ? 1 : 0 }
    case .greater: mapped(a, b) { $0 > $1 ? 1 : 0 }
    case .greaterOrEqual: mapped(a, b) { $0 >= $1 ? 1 : 0 }
    }
  }

  package static func numbers(_ operation: ComparisonOperation, _ a: Slab<Double>, _ b: Slab<Double>) -> Slab<UInt8> {
    compared(operation, a, b)
  }
  package static func int32(_ operation: ComparisonOperation, _ a: Slab<Int32>, _ b: Slab<Int32>) -> Slab<UInt8> {
    compared(operation, a, b)
  }
  package static func int64(_ operation: ComparisonOperation, _ a: Slab<Int64>, _ b: Slab<Int64>) -> Slab<UInt8> {
    compared(operation, a, b)
  }

  /// Yes/nos as values: an unknown side makes the answer unknown, a not-yet makes it not yet; marks *open* stay.
  package static func truths(_ operation: ComparisonOperation, _ a: Slab<UInt8>, _ b: Slab<UInt8>) -> Slab<UInt8> {
    let unknown = unknown(operation)
    let plain = compared(operation, mapped(a) { $0 & Truth.truthBits }, mapped(b) { $0 & Truth.truthBits })
    let marks = mapped(a, b) { $0 | $1 }
    return mapped(plain, marks) { truth, marks in
      if marks & Truth.unknownMark != 0 { return unknown }
      if marks & Truth.truthBits >= Truth.neither { return Truth.notYet }
      return truth | (marks & Truth.openMark)
    }
  }

  /// Durations of parts. Months compare with months only: where just one side has months, the answer is unknown.
  package static func durations(
    _ operation: ComparisonOperation, _ a: Slab<Duration>, _ b: Slab<Duration>
  ) -> Slab<UInt8> {
    let unknown = unknown(operation)
    return mapped(a, b) { x, y in
      let (left, right) = (x.days * 86_400 + x.seconds, y.days * 86_400 + y.seconds)
      if x.months != y.months {
        guard left == right || (x.months < y.months) == (left < right) else { return unknown }
        return holds(operation, x.months < y.months ? -1 : 1)
      }
      return holds(operation, left < right ? -1 : (left > right ? 1 : 0))
    }
  }

  @inline(__always)
  static func holds(_ operation: ComparisonOperation, _ order: Int) -> UInt8 {
    let result =
      switch operation {
      case .equal: order == 0
      case .notEqual: order != 0
      case .less: order < 0
      case .lessOrEqual: order <= 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      }
    return result ? Truth.yes : Truth.no
  }

  /// What a comparison with a missing value gives.
  package static func unknown(_ operation: ComparisonOperation) -> UInt8 {
    operation == .notEqual ? Truth.yes | Truth.unknownMark : Truth.unknown
  }

  /// Puts the mark where either side was missing.
  package static func marked(
    _ truths: Slab<UInt8>, _ operation: ComparisonOperation, _ a: Slab<UInt8>?, _ b: Slab<UInt8>?
  ) -> Slab<UInt8> {
    guard let mask = Presence.both(a, b) else { return truths }
    let unknown = unknown(operation)
    return mapped(truths, mask) { $1 == 0 ? unknown : $0 }
  }

  /// Whether all bytes are 0 or 1.
  package static func isAllPlain(_ bytes: Slab<UInt8>) -> Bool {
    bytes.withElements(
      { base, step in
        var all: UInt8 = 0
        for index in 0..<bytes.count { all |= base[index &* step] }
        return all <= 1
      }, empty: true)
  }

  // MARK: Texts

  /// Texts, equal where their folds are, in the order of texts. Missing sides are not looked at here.
  package static func texts(
    _ operation: ComparisonOperation, _ a: Slab<Int32>, _ left: TextDictionary, _ b: Slab<Int32>,
    _ right: TextDictionary, cache: KernelCache
  ) -> Slab<UInt8> {
    let isEquality = operation == .equal || operation == .notEqual
    if a.isConstant, !b.isConstant { return texts(mirrored(operation), b, right, a, left, cache: cache) }
    if b.isConstant, let code = b[0] {
      let text = right[code]
      if isEquality {
        guard let wanted = left.identity(of: text) else {
          return Slab(repeating: operation == .notEqual ? 1 : 0, count: a.count)
        }
        return int32(operation, identities(a, left), Slab(repeating: wanted, count: a.count))
      }
      return ordered(operation, a, left, against: text, cache: cache)
    }
    if left.address == right.address {
      if isEquality { return int32(operation, identities(a, left), identities(b, right)) }
      let ranks = Slab(left.ranks(cache))
      return int32(operation, Gathering.int32(ranks, at: a), Gathering.int32(ranks, at: b))
    }
    if isEquality {
      // −1 and −2 are never equal: what the left has not, and a code out of reach.
      let translated = Gathering.int32(Slab(right.translation(to: left, cache)), at: b, nought: -1)
      return int32(
        operation, left.isPlain ? a : Gathering.int32(Slab(left.identity), at: a, nought: -2), translated)
    }
    return mapped(a, b) { holds(operation, order(left[$0], right[$1])) }
  }

  package static func identities(_ codes: Slab<Int32>, _ dictionary: TextDictionary) -> Slab<Int32> {
    dictionary.isPlain ? codes : Gathering.int32(Slab(dictionary.identity), at: codes)
  }

  private static func order(_ a: String, _ b: String) -> Int { folded(a) == folded(b) ? 0 : compareText(a, b) }

  private static func ordered(
    _ operation: ComparisonOperation, _ codes: Slab<Int32>, _ dictionary: TextDictionary, against text: String,
    cache: KernelCache
  ) -> Slab<UInt8> {
    let key = KernelCache.Key.order(dictionary.address, text)
    guard cache.isWorthwhile(key, size: dictionary.count, rows: codes.count) else {
      return mapped(codes) { holds(operation, order(dictionary[$0], text)) }
    }
    let table = cache.bytes(key, keeping: dictionary) {
      dictionary.entries.map { UInt8(bitPattern: Int8(clamping: order($0, text))) }
    }
    return mapped(Gathering.bytes(Slab(table), at: codes, nought: 0)) { byte in
      holds(operation, Int(Int8(bitPattern: byte)))
    }
  }

  private static func mirrored(_ operation: ComparisonOperation) -> ComparisonOperation {
    switch operation {
    case .equal, .notEqual: operation
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
