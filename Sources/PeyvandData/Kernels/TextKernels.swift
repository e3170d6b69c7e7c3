import PeyvandBase

package enum TextTestKind: Int, Hashable, Sendable { case contains, startsWith, endsWith, matches }

/// Tests and functions of texts: made once an entry of a dictionary where that is less than once a row.
package enum TextKernels {
  /// A test that is ready to be put to many texts: both sides by their folds.
  package struct Test: Sendable {
    let kind: TextTestKind
    let text: String
    private let needle: [UInt8]
    private let pattern: TextPattern?
    private let interruption: Interruption?

    /// Missing where the text is no pattern.
    /// - Parameter interruption: where it is set, tests give no more than an end.
    package init?(_ kind: TextTestKind, _ text: String, unless interruption: Interruption? = nil) {
      self.interruption = interruption
      self.kind = kind
      self.text = text
      needle = Array(folded(text).utf8)
      pattern = kind == .matches ? TextPattern(folded(text)) : nil
      if kind == .matches, pattern == nil { return nil }
    }

    package func holds(_ value: String) -> Bool {
      if interruption?.isInterrupted == true { return false }
      if let pattern { return pattern.matches(folded(value), unless: interruption) }
      var value = folded(value)
      return value.withUTF8 { bytes in
        guard needle.count <= bytes.count else { return false }
        switch kind {
        case .startsWith: return bytes.starts(with: needle)
        case .endsWith: return bytes.suffix(needle.count).elementsEqual(needle)
        case .contains, .matches: return TextKernels.find(needle, in: bytes, from: 0) != nil
        }
      }
    }
  }

  /// Where the bytes first stand in others at or after a place.
  static func find(_ needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
    guard let first = needle.first else { return from }
    var place = from
    let last = bytes.count - needle.count
    while place <= last {
      if bytes[place] == first {
        var length = 1
        while length < needle.count, bytes[place + length] == needle[length] { length += 1 }
        if length == needle.count { return place }
      }
      place += 1
    }
    return nil
  }

  package static func test(
    _ codes: Slab<Int32>, _ dictionary: TextDictionary, _ test: Test, cache: KernelCache
  ) -> Slab<UInt8> {
    let key = KernelCache.Key.test(dictionary.address, test.kind.rawValue, test.text)
    guard cache.isWorthwhile(key, size: dictionary.count, rows: codes.count) else {
      return mapped(codes) { test.holds(dictionary[$0]) ? 1 : 0 }
    }
    let table = cache.bytes(key, keeping: dictionary) { dictionary.entries.map { test.holds($0) ? 1 : 0 } }
    return Gathering.bytes(Slab(table), at: codes, nought: 0)
  }

  /// One test a row, where the other side is no constant; 2 where the other side is no pattern.
  package static func test(
    _ kind: TextTestKind, _ a: Slab<Int32>, _ left: TextDictionary, _ b: Slab<Int32>, _ right: TextDictionary,
    unless interruption: Interruption
  ) -> Slab<UInt8> {
    var last: (code: Int32, test: Test?)?
    return Slab(
      (0..<min(a.count, b.count)).map { index in
        guard let x = a[index], let y = b[index] else { return 0 }
        if last?.code != y { last = (y, Test(kind, right[y], unless: interruption)) }
        guard let test = last?.test else { return 2 }
        return test.holds(left[x]) ? 1 : 0
      })
  }

  /// The texts that a function makes of a dictionary's entries, once a question.
  package static func made(
    _ codes: Slab<Int32>, _ dictionary: TextDictionary, name: String, cache: KernelCache, _ function: (String) -> String
  ) -> Vector.Storage {
    let (made, table) = cache.texts(.made(dictionary.address, name), keeping: dictionary) {
      var made = TextDictionary()
      let table = dictionary.entries.map { made.code(of: function($0)) ?? 0 }
      return (made, table)
    }
    return .texts(Gathering.int32(Slab(table), at: codes, nought: 0), made)
  }

  /// Characters as a reader counts them.
  package static func lengths(_ codes: Slab<Int32>, _ dictionary: TextDictionary) -> Slab<Double> {
    mapped(codes) { Double(dictionary[$0].count) }
  }

  package static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }

  /// Every occurrence of a text, as it stands, by another; nil where that would be longer than some bytes.
  package static func replaced(_ text: String, _ old: String, by new: String, limit: Int) -> String? {
    var text = text
    let needle = Array(old.utf8)
    guard !needle.isEmpty else { return text }
    let replacement = Array(new.utf8)
    return text.withUTF8 { bytes -> String? in
      var result: [UInt8] = []
      var place = 0
      while let found = find(needle, in: bytes, from: place) {
        result += bytes[place..<found]
        result += replacement
        if result.count > limit { return nil }
        place = found + needle.count
      }
      result += bytes[place...]
      return String(decoding: result, as: UTF8.self)
    }
  }

  /// A vector of texts with a dictionary of its own; nil is missing.
  package static func vector(_ texts: [String?]) -> Vector {
    var dictionary = TextDictionary()
    var codes: [Int32] = []
    codes.reserveCapacity(texts.count)
    var mask: [UInt8] = []
    mask.reserveCapacity(texts.count)
    for text in texts {
      codes.append(text.flatMap { dictionary.code(of: $0) } ?? 0)
      mask.append(text == nil ? 0 : 1)
    }
    return Vector(.texts(Slab(codes), dictionary), present: Presence.reduced(Slab(mask)))
  }
}
