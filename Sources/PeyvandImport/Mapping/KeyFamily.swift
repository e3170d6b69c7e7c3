import PeyvandBase
import PeyvandData
import PeyvandStore

/// A family of records whose keys are known, so that a column can be seen to hold them.
package struct KeyFamily: Sendable {
  package enum Source: Sendable {
    /// What the store holds.
    case store(StoreState, KindID)
    /// The key column of a file that is imported together with the one in hand.
    case file(Int, TextDictionary)
    /// That of a file with more keys than are held: a value may be one of them.
    case unheld(Int)
  }

  package let kind: String
  let words: NameWords
  let labelWords: NameWords?
  package private(set) var count: Int
  /// Where its keys are: in the store, in a file, or in both.
  package private(set) var sources: [Source]
  /// Whether its records are only ever named, never described: it has no fields, or no records yet.
  package private(set) var isBegunByReference: Bool

  package init(kind: String, label: String? = nil, count: Int, sources: [Source], isBegunByReference: Bool) {
    self.kind = kind
    words = NameWords(kind)
    labelWords = label.map { NameWords($0).singular }
    self.count = count
    self.sources = sources
    self.isBegunByReference = isBegunByReference
  }

  /// A kind that no file describes and no store holds: its records come to be where references name them.
  static func begun(_ kind: String) -> KeyFamily {
    KeyFamily(kind: kind, count: 0, sources: [], isBegunByReference: true)
  }

  /// Adds the keys of a file that is imported as records of this family.
  mutating func add(file: Int, _ texts: TextDictionary) {
    sources.append(.file(file, texts))
    count = max(count, texts.count)
    isBegunByReference = false
  }

  /// The same of a file with more keys than are held.
  mutating func add(unheld file: Int, count other: Int) {
    sources.append(.unheld(file))
    count = max(count, other)
    isBegunByReference = false
  }

  func holds(_ key: String) -> Bool {
    sources.contains { source in
      switch source {
      case .store(let state, let family): ((try? state.row(withKey: key, family: family)) ?? nil) != nil
      case .file(_, let texts): texts.identity(of: key) != nil
      case .unheld: false
      }
    }
  }

  var isNew: Bool { sources.isEmpty }
  /// The files that hold its keys, by their number.
  var files: [Int] {
    sources.compactMap { source in
      switch source {
      case .file(let file, _), .unheld(let file): file
      case .store: nil
      }
    }
  }

  /// Whether its keys are too many to be compared with values.
  var isUnheld: Bool { sources.contains { if case .unheld = $0 { true } else { false } } }

  /// Whether these words name it: its name or its label, one or many.
  func isNamed(_ words: NameWords) -> Bool {
    let one = words.singular.words
    return one == self.words.words || words.words == self.words.words || one == self.words.singular.words
      || one == labelWords?.words
  }

  /// A key that differs from this in case or blanks alone: `GTX Pro` for `GTXPro`.
  func alike(_ key: String) -> String? {
    let bare = Self.bare(key)
    for case .file(_, let texts) in sources {
      if let near = texts.entries.prefix(100_000).first(where: { Self.bare($0) == bare }) { return near }
    }
    return nil
  }

  private static func bare(_ text: String) -> String {
    String(String.UnicodeScalarView(searchKey(text).unicodeScalars.filter { !$0.properties.isWhitespace }))
  }
}

/// How many of a column's values are keys of a family.
package struct Containment: Hashable, Sendable {
  package var column: String
  package var family: String
  /// Different values, and those of them that are keys.
  package var values: Int
  package var keys: Int
  /// Rows whose value is none, and rows without a value.
  package var rowsWithout: Int
  package var missing: Int
  /// Some values that are no keys, with the key that is nearly one.
  package var strangers: [Stranger]
  /// All that differ from a key in case or blanks alone.
  package var mendable: [Stranger]
  /// Whether values were compared with keys at all: not where there are too many of either.
  package var isCompared = true

  package struct Stranger: Hashable, Sendable {
    package var value: String
    package var rows: Int
    package var alike: String?
  }

  package var share: Double { values == 0 ? 0 : Double(keys) / Double(values) }

  init(_ column: ColumnProfile, in family: KeyFamily) {
    self.column = column.name
    self.family = family.kind
    missing = column.missing
    values = 0
    keys = 0
    rowsWithout = 0
    strangers = []
    mendable = []
    guard let texts = column.texts else { return }
    for (code, entry) in texts.entries.enumerated() {
      // Each value once, however it is spelled.
      let isFirst = texts.identity(ofCode: Int32(clamping: code)) == Int32(clamping: code)
      if isFirst { values += 1 }
      if family.holds(entry) {
        if isFirst { keys += 1 }
      } else {
        rowsWithout += Int(column.counts[code])
        guard strangers.count < 200 else { continue }
        let stranger = Stranger(value: entry, rows: Int(column.counts[code]), alike: family.alike(entry))
        strangers.append(stranger)
        if stranger.alike != nil, mendable.count < 50 { mendable.append(stranger) }
      }
    }
  }

  /// Of values or keys that are too many to be compared: nothing but how many there are.
  init(unheld column: ColumnProfile, in family: KeyFamily) {
    self.column = column.name
    self.family = family.kind
    missing = column.missing
    values = column.distinct
    keys = 0
    rowsWithout = 0
    strangers = []
    mendable = []
    isCompared = false
  }

  /// Whether a look at the first values leaves hope that most are keys.
  static func isWorthwhile(_ column: ColumnProfile, in family: KeyFamily) -> Bool {
    guard let texts = column.texts, !texts.entries.isEmpty else { return false }
    let sample = texts.entries.prefix(1_000)
    return sample.reduce(0) { $0 + (family.holds($1) ? 1 : 0) } * 2 >= sample.count
  }
}
