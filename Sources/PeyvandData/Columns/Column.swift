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
  private var codes: [String: Int32] = [:]
  private var folds: [String: Int32] = [:]

  package init() {}

  /// The code of the text, added where it is new. Missing beyond 2³¹ entries.
  package mutating func code(of text: String) -> Int32? {
    // Swift's strings compare by canonical equivalence; a spelling that differs only so is one entry.
    if let code = codes[text] { return code }
    guard let code = Int32(exactly: entries.count) else { return nil }
    let fold = folded(text)
    entries.append(text)
    codes[text] = code
    if let first = folds[fold] {
      identity.append(first)
      isPlain = false
    } else {
      folds[fold] = code
      identity.append(code)
    }
    return code
  }

  /// The code of the first entry that equals the text by its fold.
  package func identity(of text: String) -> Int32? { folds[folded(text)] }

  package subscript(code: Int32) -> String {
    let index = Int(code)
    return entries.indices.contains(index) ? entries[index] : ""
  }
  package var count: Int { entries.count }
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
