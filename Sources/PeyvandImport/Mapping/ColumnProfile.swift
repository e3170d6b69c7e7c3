import PeyvandBase
import PeyvandData

/// What all cells of a column say together: what it is, how often it repeats, what it could name.
///
/// The mapping of a file rests on these and on names, never on what a name might mean.
package struct ColumnProfile: Sendable {
  package let index: Int
  package let name: String
  package let words: NameWords
  package let found: FoundType
  package let rowCount: Int
  /// Its different values without the blanks around them, where they are short; nothing of dates and yes/no.
  package let texts: TextDictionary?
  /// How many rows hold each of them.
  package let counts: [Int32]
  package let missing: Int
  /// Of all its cells in their order: equal columns have equal ones.
  let content: UInt64
  /// Whether its values can be keys: texts, or whole numbers.
  package let canBeKey: Bool

  package var present: Int { rowCount - missing }
  /// Different values, two spellings of one counted once.
  package let distinct: Int
  /// Whether every row has a value of its own.
  package var isUnique: Bool { rowCount > 0 && missing == 0 && distinct == rowCount }

  /// Rows whose value another row has too.
  package var repeated: Int { counts.reduce(0) { $1 > 1 ? $0 + Int($1) - 1 : $0 } }

  /// Two values that are written differently and mean the same, with how many such there are.
  package var alike: (first: String, second: String, count: Int)? {
    guard let texts, !texts.isPlain else { return nil }
    var first: (String, String)?
    var count = 0
    for (code, identity) in texts.identity.enumerated() where Int(identity) != code {
      count += 1
      if first == nil { first = (texts.entries[Int(identity)], texts.entries[code]) }
    }
    return first.map { ($0.0, $0.1, count) }
  }

  /// Columns that are held at once: each pass splits the file again, and each column holds a number a row.
  private static let together = 6

  /// Looks at every column of a file.
  /// - Note: a pass over the file to find types out, and one for some columns of texts or numbers together; holds the
  ///   different values of these.
  package static func all(
    of table: any ImportTable, interruption: Interruption?
  ) throws(Diagnostics) -> [ColumnProfile] {
    let found = try table.foundTypes(of: Array(table.columnNames.indices), interruption: interruption)
    let counted = table.columnNames.indices.filter { index in
      switch found[index].type {
      case .text, .number: true
      default: false
      }
    }
    var read: [Int: Column] = [:]
    var result: [Int: ColumnProfile] = [:]
    var start = 0
    while start < counted.count {
      let part = counted[start..<min(start + together, counted.count)]
      // Read as references are: the texts of keys.
      let requests = part.map { ColumnRequest(column: $0, reading: .field(.reference(KindID(0)))) }
      for (index, column) in zip(part, try table.columns(requests, interruption: interruption)) {
        read[index] = column.values
      }
      for index in part {
        result[index] = ColumnProfile(
          index, table.columnNames[index], found[index], read.removeValue(forKey: index), table.rowCount)
      }
      start += together
    }
    return table.columnNames.indices.map { index in
      result[index] ?? ColumnProfile(index, table.columnNames[index], found[index], nil, table.rowCount)
    }
  }

  /// - Parameter column: its cells as texts; nil where they are not counted.
  private init(_ index: Int, _ name: String, _ found: FoundType, _ column: Column?, _ rowCount: Int) {
    self.index = index
    self.name = name
    self.found = found
    words = NameWords(name)
    self.rowCount = rowCount
    guard let column, case .text(let codes, let dictionary) = column.storage else {
      missing = found.evidence.missing
      texts = nil
      distinct = 0
      counts = []
      content = 0
      canBeKey = false
      return
    }
    var counts = [Int32](repeating: 0, count: dictionary.count)
    var missing = 0
    // FNV-1a over the codes, which are given in the order in which texts are first met.
    var content: UInt64 = 0xCBF2_9CE4_8422_2325
    for (row, code) in codes.enumerated() {
      let isThere = column.present.map { $0[row] != 0 } ?? true
      content = (content ^ UInt64(truncatingIfNeeded: isThere ? code &+ 1 : 0)) &* 0x100_0000_01B3
      guard isThere else {
        missing += 1
        continue
      }
      if counts.indices.contains(Int(code)) { counts[Int(code)] &+= 1 }
    }
    self.counts = counts
    self.missing = missing
    self.content = content
    distinct = dictionary.isPlain ? dictionary.count : Set(dictionary.identity).count
    if case .number = found.type {
      canBeKey = dictionary.entries.allSatisfy { digitsToASCII($0).utf8.allSatisfy { (0x30...0x39).contains($0) } }
    } else {
      // A key is a name, not a page of text.
      canBeKey = dictionary.entries.prefix(10_000).allSatisfy { $0.utf8.count <= 200 }
    }
    // Pages of text are not held: they name nothing.
    texts = canBeKey || found.type != .text ? dictionary : nil
  }

  /// Whether another column holds the same cells, row for row.
  func equals(_ other: ColumnProfile) -> Bool {
    guard let texts, let others = other.texts else { return false }
    return content == other.content && missing == other.missing && texts.entries == others.entries
  }
}
