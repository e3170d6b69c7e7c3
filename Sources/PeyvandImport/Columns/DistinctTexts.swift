import PeyvandBase
import PeyvandData

/// The different cells of a column, counted: what tells whether it names its rows, and whether it refers to others.
///
/// Every cell is counted, however many there are. The texts themselves are held only of columns that do not have very
/// many of them, so that looking at a file of millions of keys takes no more than its largest column in bytes.
package struct DistinctTexts: Sendable {
  /// Different cells, without the blanks around them, whose texts are held.
  package static let most = 1_000_000
  /// Bytes of them.
  static let mostBytes = 128 << 20

  /// The texts in the order in which they are first met; nil where there are more than are held.
  package var texts: TextDictionary?
  /// How many rows hold each of them; empty without them.
  package var counts: [Int32] = []
  package var missing = 0
  /// Different cells; two spellings of one are counted once where the texts are held.
  package var distinct = 0
  /// Rows whose cell another row has too.
  package var repeated = 0
  /// Of all cells in their order: equal columns have equal ones.
  package var content: UInt64 = 0
  /// Whether all of them are whole numbers in digits.
  package var areDigits = true
  /// Whether the first some thousand are short enough to be names.
  package var areShort = true
}

/// Counts the cells of a column without keeping a number a row.
struct DistinctBuilder: ColumnBuilder {
  let keepsBlanks = false
  private var dictionary = TextTable()
  private var counts: [Int32] = []
  private var found = DistinctTexts()
  private let longest: Int
  private let held: Int

  init(longest: Int, held: Int) {
    self.longest = longest
    self.held = held
    // FNV-1a over the codes, which are given in the order in which texts are first met.
    found.content = 0xCBF2_9CE4_8422_2325
  }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    guard cell.count <= longest, let code = dictionary.code(of: cell) else {
      takeMissing()
      return nil
    }
    if Int(code) == counts.count {
      counts.append(1)
      look(cell)
    } else {
      counts[Int(code)] &+= 1
    }
    mix(UInt64(truncatingIfNeeded: code &+ 1))
    return nil
  }

  mutating func takeMissing() {
    found.missing &+= 1
    mix(0)
  }

  private mutating func mix(_ number: UInt64) { found.content = (found.content ^ number) &* 0x100_0000_01B3 }

  /// Looks at a cell that was not met before.
  private mutating func look(_ cell: Span<UInt8>) {
    if counts.count <= 10_000, cell.count > 200 { found.areShort = false }
    guard found.areDigits else { return }
    var isPlain = true
    for index in 0..<cell.count where cell[index] < 0x30 || cell[index] > 0x39 {
      isPlain = false
      break
    }
    if isPlain { return }
    let ascii = CellBytes.digitsToASCII(CellBytes.plain(cell))
    found.areDigits = ascii.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// What was counted.
  func verdict() -> DistinctTexts {
    var result = found
    result.repeated = counts.reduce(0) { $1 > 1 ? $0 + Int($1) - 1 : $0 }
    result.distinct = dictionary.count
    guard dictionary.count <= held, dictionary.byteCount <= DistinctTexts.mostBytes else { return result }
    var table = dictionary
    table.seal()
    let texts = TextDictionary(table)
    result.counts = counts
    result.distinct = texts.isPlain ? texts.count : Set(texts.identity).count
    result.texts = texts
    return result
  }

  /// The content is told by all codes in their order, so one builder has to see them all.
  var absorbs: Bool { false }
  mutating func absorb(_ other: DistinctBuilder) {}

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    BuiltColumn(
      storage: .text([], TextDictionary()), present: Mask(),
      evidence: ColumnEvidence(type: "text", matching: 0, present: 0, missing: found.missing))
  }
}
