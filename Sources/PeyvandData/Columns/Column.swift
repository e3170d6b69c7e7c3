import PeyvandBase

/// The values of one field for a stretch of a family's rows.
///
/// A field that only some kinds of a family declare has values for their rows alone: `base` is the row of
/// the first. Missing is a separate mask of bytes (1: there), absent where nothing is missing; what stands
/// under a missing row is the type's nought and is never looked at. References are rows of the family they
/// refer to.
package struct Column: Sendable {
  package enum Storage: Sendable {
    case number([Double])
    case text([Int32], TextDictionary)
    /// `Truth.no` or `Truth.yes`.
    case yesno([UInt8])
    case date([Int32])
    case time([Int64])
    /// Elapsed seconds.
    case duration([Double])
    case reference([Int32], family: KindID)
    /// The elements of row `i` are those from `offsets[i]` to `offsets[i + 1]`.
    indirect case list(offsets: [Int32], elements: Column)
  }
  package var storage: Storage
  package var present: [UInt8]?
  package var base: Int

  package init(_ storage: Storage, present: [UInt8]? = nil, base: Int = 0) {
    self.storage = storage
    self.present = present
    self.base = base
  }

  package var count: Int {
    switch storage {
    case .number(let values): values.count
    case .text(let codes, _): codes.count
    case .yesno(let values): values.count
    case .date(let values): values.count
    case .time(let values): values.count
    case .duration(let values): values.count
    case .reference(let rows, _): rows.count
    case .list(let offsets, _): max(0, offsets.count - 1)
    }
  }
}

/// The different texts of a column, each once, in the order first met.
///
/// Two spellings of one text (ي and ی, with and without a joiner) keep their own entries, so that the
/// original is shown; `identity` maps each to the first entry of the same fold, and equality, grouping and
/// keys go by that. A text test is made once an entry, not once a row.
package struct TextDictionary: Sendable, Hashable {
  package private(set) var entries: [String] = []
  /// For each entry the code of the first with the same fold; equal to its own code for most.
  package private(set) var identity: [Int32] = []
  /// Whether every entry is its own identity, so that codes compare as they are.
  package private(set) var isPlain = true
  private var codes: [ExactText: Int32] = [:]
  /// The first entry of each fold that is no entry itself.
  private var folds: [String: Int32] = [:]

  package init() {}

  package init(reserving count: Int) {
    entries.reserveCapacity(count)
    identity.reserveCapacity(count)
    codes.reserveCapacity(count)
  }

  /// The code of the text, byte for byte, added where it is new. Missing beyond 2³¹ entries.
  package mutating func code(of text: String) -> Int32? {
    if let code = codes[ExactText(text: text)] { return code }
    guard let code = Int32(exactly: entries.count) else { return nil }
    let first = identity(of: text)
    entries.append(text)
    codes[ExactText(text: text)] = code
    identity.append(first ?? code)
    if first != nil {
      isPlain = false
    } else {
      // An entry that is its own fold is found by its text.
      let fold = folded(text)
      if !fold.utf8.elementsEqual(text.utf8) { folds[fold] = code }
    }
    return code
  }

  /// The code of the first entry that equals the text by its fold.
  package func identity(of text: String) -> Int32? {
    let fold = folded(text)
    if let code = codes[ExactText(text: fold)] { return identity[Int(code)] }
    return folds.isEmpty ? nil : folds[fold]
  }

  package subscript(code: Int32) -> String {
    let index = Int(code)
    return entries.indices.contains(index) ? entries[index] : ""
  }
  package var count: Int { entries.count }
}

/// A text that equals another only byte for byte; Swift's own `==` holds two spellings of é for one.
private struct ExactText: Hashable, Sendable {
  let text: String

  static func == (a: ExactText, b: ExactText) -> Bool {
    a.text.utf8.count == b.text.utf8.count && a.text.utf8.elementsEqual(b.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// For each row of a target family the rows that refer to it, in time order.
///
/// `rows[offsets[t]..<offsets[t + 1]]` refer to target row `t`: events by `at`, ties by `start`, without a
/// time last; at one instant, and for kinds without time, in the order recorded.
package struct Adjacency: Sendable {
  package var offsets: [Int32]
  package var rows: [Int32]
  package init(offsets: [Int32], rows: [Int32]) {
    self.offsets = offsets
    self.rows = rows
  }
}

/// The rows of one kind itself (its special kinds' rows not among them), in time order.
package struct KindRows: Sendable {
  package var kind: KindID
  package var rows: Range<Int>
  /// How many of them, from the first, have a time; the rest stand behind them. All, for kinds without time.
  package var timed: Int
  package init(kind: KindID, rows: Range<Int>, timed: Int) {
    self.kind = kind
    self.rows = rows
    self.timed = timed
  }
}
