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
  /// Its different values without the blanks around them, where they are short and not very many; nothing of dates and
  /// yes/no.
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
  package let repeated: Int

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

  /// Columns that are looked at in one pass, which splits the file again, and rows above which it is one column.
  private static let together = 6
  private static let manyRows = 2_000_000

  /// Looks at every column of a file.
  /// - Note: a pass over the file to find types out, and one for some columns of texts or numbers together; holds the
  ///   different values of these where they are not very many (`DistinctTexts.most`).
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
    let together = table.rowCount > manyRows ? 1 : max(Self.together, counted.count / 64)
    var result: [Int: ColumnProfile] = [:]
    var start = 0
    while start < counted.count {
      let part = Array(counted[start..<min(start + together, counted.count)])
      for (index, distinct) in zip(part, try table.distinctTexts(of: part, interruption: interruption)) {
        result[index] = ColumnProfile(index, table.columnNames[index], found[index], distinct, table.rowCount)
      }
      start += together
    }
    return table.columnNames.indices.map { index in
      result[index] ?? ColumnProfile(index, table.columnNames[index], found[index], nil, table.rowCount)
    }
  }

  /// - Parameter cells: its different cells; nil where they are not counted.
  private init(_ index: Int, _ name: String, _ found: FoundType, _ cells: DistinctTexts?, _ rowCount: Int) {
    self.index = index
    self.name = name
    self.found = found
    words = NameWords(name)
    self.rowCount = rowCount
    guard let cells else {
      missing = found.evidence.missing
      texts = nil
      distinct = 0
      repeated = 0
      counts = []
      content = 0
      canBeKey = false
      return
    }
    counts = cells.counts
    missing = cells.missing
    content = cells.content
    distinct = cells.distinct
    repeated = cells.repeated
    // A key is a name, not a page of text.
    if case .number = found.type { canBeKey = cells.areDigits } else { canBeKey = cells.areShort }
    // Pages of text are not held: they name nothing.
    texts = canBeKey || found.type != .text ? cells.texts : nil
  }

  /// Whether another column holds the same cells, row for row.
  func equals(_ other: ColumnProfile) -> Bool {
    guard let texts, let others = other.texts else { return false }
    return content == other.content && missing == other.missing && texts.entries == others.entries
  }
}
