import PeyvandBase
import Synchronization

/// What kernels work out once and need again in every batch of a question.
///
/// A test on text is made once an entry of the dictionary, an order of texts once a dictionary, the place of
/// a row in time once a kind. Entries are known by the storage of the dictionary they were made from, which
/// the cache keeps alive, so that an address is never another's. Of two threads that want the same, the
/// second waits for the first.
package final class KernelCache: Sendable {
  package enum Key: Hashable, Sendable {
    /// The order of a dictionary's entries.
    case ranks(UInt)
    /// How each entry compares with a text: −1, 0 or 1, as a byte of two's complement.
    case order(UInt, String)
    /// Whether each entry passes a test against a text.
    case test(UInt, Int, String)
    /// The codes of one dictionary's entries in another: identities there, −1 for none.
    case translation(UInt, UInt)
    /// What a function makes of each entry.
    case made(UInt, String)
    /// The entries of two dictionaries together.
    case merged(UInt, UInt)
    /// The dictionary of one text.
    case constant(String)
    /// The period of each day of `TimeKernels.tableDays`.
    case periods(PeriodUnit)
    /// How many days later each day is so many months later, from one day to another.
    case moved(months: Int, Int, Int)
  }

  private enum Entry: Sendable {
    case bytes([UInt8], TextDictionary?)
    case words([Int32], TextDictionary?, TextDictionary?)
    case texts(TextDictionary, [Int32], TextDictionary?, TextDictionary?)
    case absent
  }

  /// Entries kept at most; a question that would keep more works the rest out again each time.
  private static let limit = 4_096

  private let entries = Mutex<[Key: Entry]>([:])
  private let uses = Mutex<[Key: Int]>([:])
  private let clock = Mutex<WorkingClock?>(nil)

  package init() {}

  func words(
    _ key: Key, keeping first: TextDictionary? = nil, _ second: TextDictionary? = nil, make: () -> [Int32]
  ) -> [Int32] {
    entries.withLock { entries in
      if case .words(let words, _, _) = entries[key] { return words }
      let words = make()
      if entries.count < Self.limit { entries[key] = .words(words, first, second) }
      return words
    }
  }

  /// Words that may be absent altogether: nothing is made, and nothing kept but that.
  package func words(_ key: Key, makeIfAny make: () -> [Int32]?) -> [Int32]? {
    entries.withLock { entries in
      switch entries[key] {
      case .words(let words, _, _): return words
      case .absent: return nil
      default: break
      }
      let words = make()
      entries[key] = words.map { .words($0, nil, nil) } ?? .absent
      return words
    }
  }

  func bytes(_ key: Key, keeping dictionary: TextDictionary, make: () -> [UInt8]) -> [UInt8] {
    entries.withLock { entries in
      if case .bytes(let bytes, _) = entries[key] { return bytes }
      let bytes = make()
      if entries.count < Self.limit { entries[key] = .bytes(bytes, dictionary) }
      return bytes
    }
  }

  package func texts(
    _ key: Key, keeping first: TextDictionary? = nil, _ second: TextDictionary? = nil,
    make: () -> (TextDictionary, [Int32])
  ) -> (TextDictionary, [Int32]) {
    entries.withLock { entries in
      if case .texts(let made, let codes, _, _) = entries[key] { return (made, codes) }
      let (made, codes) = make()
      if entries.count < Self.limit { entries[key] = .texts(made, codes, first, second) }
      return (made, codes)
    }
  }

  /// The company's working clock: one a question, since a question has one calendar.
  func workingClock(_ rules: CalendarRules) -> WorkingClock {
    clock.withLock { clock in
      if let clock { return clock }
      let made = WorkingClock(rules)
      clock = made
      return made
    }
  }

  /// Whether a table of `size` entries is worth making, when by now it would have been asked `rows` times more.
  func isWorthwhile(_ key: Key, size: Int, rows: Int) -> Bool {
    if size <= 1024 || size <= rows { return true }
    return uses.withLock { uses in
      let total = uses[key, default: 0] + rows
      uses[key] = total
      return total >= size
    }
  }
}

extension TextDictionary {
  /// For each code its place in the order of texts; one place for those of one fold.
  package func ranks(_ cache: KernelCache) -> [Int32] {
    cache.words(.ranks(address), keeping: self) {
      let (entries, identity) = (entries, identity)
      let plain = entries.indices.filter { Int(identity[$0]) == $0 }
      let order = sortedPlaces(of: plain.map { entries[$0] }).map { plain[$0] }
      var ranks = [Int32](repeating: 0, count: entries.count)
      for (place, code) in order.enumerated() { ranks[code] = Int32(clamping: place) }
      for code in entries.indices { ranks[code] = ranks[Int(identity[code])] }
      return ranks
    }
  }

  /// For each code of `self` the identity of an equal entry of the other dictionary, −1 for none.
  package func translation(to other: TextDictionary, _ cache: KernelCache) -> [Int32] {
    if address == other.address { return identity }
    return cache.words(.translation(address, other.address), keeping: self, other) {
      entries.map { other.identity(of: $0) ?? -1 }
    }
  }
}
