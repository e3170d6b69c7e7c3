import PeyvandBase
import Synchronization

/// The different texts of a column, each once, in the order first met.
///
/// Two spellings of one text (ي and ی, with and without a joiner) keep their own entries, so that the
/// original is shown; `identity` maps each to the first entry of the same fold, and equality, grouping and
/// keys go by that. A text test is made once an entry, not once a row.
package struct TextDictionary: Sendable, Hashable {
  private var texts = TextTable()
  /// For each entry the code of the first with the same fold; empty while each is its own.
  private var identities: [Int32] = []
  /// By the hash of their folds the first entries of folds that are no entries themselves, plus one; 0 is free.
  private var folds: [Int32] = []
  private var foldCount = 0
  /// Where the table of texts was given back: made again by whoever looks for a text first.
  private var found = Found()

  private final class Found: Sendable {
    let texts = Mutex<TextTable?>(nil)
  }

  package init() {}

  package init(reserving count: Int) { texts = TextTable(reserving: count) }

  /// The texts of a table, which are all well-formed, in its order. Linear; no text is made where all are plain ASCII.
  package init(_ texts: consuming TextTable) {
    self.texts = texts
    for code in 0..<self.texts.count where !isOwnFold(code) {
      // The codes before are done; from here each has to be looked at.
      settle(from: code)
      return
    }
  }

  /// Whether every entry is its own identity, so that codes compare as they are.
  package var isPlain: Bool { identities.isEmpty }

  /// For each entry the code of the first with the same fold; equal to its own code for most.
  package var identity: [Int32] {
    identities.isEmpty ? (0..<Int32(clamping: texts.count)).map { $0 } : identities
  }

  /// The identity of one entry.
  package func identity(ofCode code: Int32) -> Int32? {
    guard code >= 0, Int(code) < texts.count else { return nil }
    return identities.isEmpty ? code : identities[Int(code)]
  }

  /// The texts in the order of their codes.
  package var entries: TextEntries { TextEntries(texts) }

  /// Where the entries lie: two dictionaries with one address are one.
  package var address: UInt { texts.address }

  package subscript(code: Int32) -> String { texts[Int(code)] }
  package var count: Int { texts.count }
  /// Bytes of all texts.
  package var byteCount: Int { texts.byteCount }
  /// Bytes of memory that are held for them, whatever it takes to find one included.
  package var heldBytes: Int {
    // A table that was made again to find texts shares all but its places with this one, or is a second one.
    let made = found.texts.withLock { $0.map { $0.heldBytes - ($0.address == texts.address ? texts.heldBytes : 0) } }
    return texts.heldBytes + identities.capacity * 4 + folds.capacity * 4 + (made ?? 0)
  }

  /// Lends the bytes of an entry.
  package func withSpan<R>(ofCode code: Int32, _ body: (Span<UInt8>) -> R) -> R? {
    guard code >= 0, Int(code) < texts.count else { return nil }
    return texts.withBytes(Int(code)) { body($0.span) }
  }

  /// Adds the texts of another that are new.
  /// - Returns: for each of its codes the code here; missing beyond what a dictionary holds.
  package mutating func add(_ other: TextDictionary) -> [Int32?] {
    (0..<other.count).map { code in other.texts.withBytes(code) { self.code(of: $0) } }
  }

  /// Gives back what only looking for texts needs.
  package mutating func seal() {
    // Of few it is nothing.
    guard texts.count > 4_096 else { return }
    texts.seal()
    found = Found()
  }

  /// The code of the text, byte for byte, added where it is new. Missing beyond 2³¹ entries.
  package mutating func code(of text: String) -> Int32? {
    var text = text
    return text.withUTF8 { code(of: $0) }
  }

  /// The code of a text that is well-formed.
  package mutating func code(of text: Span<UInt8>) -> Int32? { text.withUnsafeBufferPointer { code(of: $0) } }

  private mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32? {
    if !texts.isIndexed {
      if let made = found.texts.withLock({ $0 }) { texts = made } else { texts.index() }
      found = Found()
    }
    let before = texts.count
    guard let code = texts.code(of: text) else { return nil }
    if Int(code) == before { settle(from: before) }
    return code
  }

  /// The code of the first entry that equals the text by its fold.
  package func identity(of text: String) -> Int32? {
    var fold = folded(text)
    return fold.withUTF8 { identity(ofFold: $0) }
  }

  private func identity(ofFold fold: UnsafeBufferPointer<UInt8>) -> Int32? {
    if let code = find(fold) { return identity(ofCode: code) }
    return foldedEntry(fold)
  }

  private func find(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
    if texts.isIndexed { return texts.find(text) }
    return found.texts.withLock { known in
      if known == nil {
        var made = texts
        made.index()
        known = made
      }
      return known?.find(text)
    }
  }

  // MARK: Folds

  /// Whether an entry is its own fold by a look at its bytes: ASCII, single spaces inside.
  private func isOwnFold(_ code: Int) -> Bool {
    texts.withBytes(code) { bytes in
      var afterSpace = true
      for byte in bytes {
        if byte >= 0x80 { return false }
        if byte == 0x20 {
          if afterSpace { return false }
          afterSpace = true
        } else {
          if byte >= 0x09, byte <= 0x0D { return false }
          afterSpace = false
        }
      }
      return !afterSpace || bytes.isEmpty
    }
  }

  /// Finds the identities of entries from a place on.
  private mutating func settle(from start: Int) {
    for code in start..<texts.count {
      let own = Int32(truncatingIfNeeded: code)
      if isOwnFold(code) {
        let first = foldCount == 0 ? nil : texts.withBytes(code) { foldedEntry($0) }
        if first != nil, identities.isEmpty { identities = (0..<own).map { $0 } }
        if !identities.isEmpty { identities.append(first ?? own) }
        continue
      }
      var fold = folded(texts[code])
      let (isSame, hash) = fold.withUTF8 { fold in
        (texts.withBytes(code) { $0.elementsEqual(fold) }, TextTable.hash(fold))
      }
      let first: Int32? = fold.withUTF8 { bytes in
        if let found = find(bytes), found < own { return identity(ofCode: found) }
        return foldCount == 0 ? nil : foldedEntry(bytes)
      }
      if let first {
        if identities.isEmpty { identities = (0..<own).map { $0 } }
        identities.append(first)
      } else {
        if !identities.isEmpty { identities.append(own) }
        if !isSame { enter(own, hash) }
      }
    }
  }

  private func foldedEntry(_ fold: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard foldCount > 0 else { return nil }
    var place = Int(truncatingIfNeeded: TextTable.hash(fold) >> 32) & (folds.count &- 1)
    while folds[place] != 0 {
      let code = folds[place] &- 1
      var other = folded(texts[Int(code)])
      if other.withUTF8({ $0.elementsEqual(fold) }) { return code }
      place = (place &+ 1) & (folds.count &- 1)
    }
    return nil
  }

  private mutating func enter(_ code: Int32, _ hash: UInt64) {
    foldCount += 1
    if foldCount * 3 > folds.count * 2 {
      let old = folds
      folds = [Int32](repeating: 0, count: max(64, old.count * 2))
      for entry in old where entry != 0 {
        var fold = folded(texts[Int(entry &- 1)])
        place(entry, fold.withUTF8 { TextTable.hash($0) })
      }
    }
    place(code &+ 1, hash)
  }

  private mutating func place(_ entry: Int32, _ hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash >> 32) & (folds.count &- 1)
    while folds[place] != 0 { place = (place &+ 1) & (folds.count &- 1) }
    folds[place] = entry
  }

  package static func == (a: TextDictionary, b: TextDictionary) -> Bool {
    a.address == b.address && a.count == b.count || a.entries == b.entries
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    if count > 0 { hasher.combine(texts[0]) }
  }
}

/// The texts of a dictionary, each made when it is asked for.
package struct TextEntries: Sendable, RandomAccessCollection, Equatable, ExpressibleByArrayLiteral {
  private let texts: TextTable

  init(_ texts: TextTable) { self.texts = texts }

  package init(arrayLiteral elements: String...) {
    var texts = TextTable()
    for var text in elements { _ = text.withUTF8 { texts.code(of: $0) } }
    self.texts = texts
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { texts.count }
  package subscript(index: Int) -> String { texts[index] }

  package static func == (a: TextEntries, b: TextEntries) -> Bool {
    a.texts.ends == b.texts.ends && a.texts.bytes == b.texts.bytes
  }
}
