import PeyvandBase
import PeyvandData
import PeyvandStore

/// The codes of some short texts met lately, each found by its bytes alone.
struct RecentCodes {
  /// Bytes of a text.
  static let longest = 16
  private struct Entry {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// 0: none, since no text has no bytes.
    var count = 0
    var code: Int32 = 0
  }
  private var entries = [Entry](repeating: Entry(), count: 256)

  @inline(__always)
  private static func place(_ low: UInt64, _ high: UInt64, _ count: Int) -> Int {
    let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)) &* 0xA54F_F53A_5F1D_36F1
    return Int(truncatingIfNeeded: mixed >> 56)
  }

  @inline(__always)
  func code(_ low: UInt64, _ high: UInt64, _ count: Int) -> Int32? {
    let entry = entries[Self.place(low, high, count)]
    return entry.low == low && entry.high == high && entry.count == count ? entry.code : nil
  }

  @inline(__always)
  mutating func keep(_ code: Int32, _ low: UInt64, _ high: UInt64, _ count: Int) {
    entries[Self.place(low, high, count)] = Entry(low: low, high: high, count: count, code: code)
  }
}

/// Texts, as they stand in the file; keys, kinds and references without the blanks around them.
///
/// References are mostly numbers, millions of them different. As long as all are, they are kept as the numbers that they
/// are and no table is asked; what different ones there are is seen at the end, in a bit for each.
struct TextBuilder: PlainColumnBuilder {
  let keepsBlanks: Bool
  /// Codes; while all are numbers, these themselves.
  private var codes = PackedBuilder<Int32>()
  private var areNumbers: Bool
  private var present = Mask()
  private var dictionary = TextTable()
  private var found = 0
  private var faults = 0
  private var recent = RecentCodes()
  /// Numbers up to so many for each row have a bit each: one large number in a short file is a text like any other.
  private static let numbersARow = 8
  /// Bytes of one text.
  private let longest: Int
  /// What stands between the elements of cells that are lists in their source; in a text it is a comma.
  private let separator: UInt8?

  init(keepsBlanks: Bool = true, longest: Int = Limits().textBytes, separator: UInt8? = nil) {
    self.keepsBlanks = keepsBlanks
    self.longest = longest
    self.separator = separator
    // Nine digits are no text that is too long.
    areNumbers = !keepsBlanks && separator == nil && longest >= 9
  }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    guard let separator else { return takeText(cell) }
    var text: [UInt8] = []
    for index in 0..<cell.count {
      if cell[index] == separator { text.append(contentsOf: [0x2C, 0x20]) } else { text.append(cell[index]) }
    }
    return takeText(text.span)
  }

  @inline(__always)
  private mutating func takeText(_ cell: Span<UInt8>) -> CellFault? {
    if areNumbers {
      if let number = RowKeys.number(cell) {
        take(code: number)
        return nil
      }
      spellOut()
    }
    guard cell.count <= longest, let code = dictionary.code(of: cell) else {
      faults += 1
      takeMissing()
      return cell.count > longest ? .textTooLong : .tooManyTexts
    }
    take(code: code)
    return nil
  }

  @inline(__always)
  private mutating func take(code: Int32) {
    found &+= 1
    codes.append(code)
    present.append(1)
  }

  mutating func takeMissing() {
    codes.append(0)
    present.append(0)
  }

  /// Numbers as texts, in the order in which they came.
  private mutating func spellOut() {
    guard areNumbers else { return }
    areNumbers = false
    guard codes.count > 0 else { return }
    var texts = dictionary
    dictionary = TextTable()
    let present = present
    var digits: [UInt8] = []
    codes.change { row, number in
      guard present[row] != 0 else { return 0 }
      digits.removeAll(keepingCapacity: true)
      digits.append(contentsOf: String(number).utf8)
      return texts.code(of: digits.span) ?? 0
    }
    dictionary = texts
  }

  // MARK: Plain cells

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addPlainly(cells, of: bytes, faults: &faults)
  }

  var nought: Int32 { 0 }
  var readsPlainly: Bool { separator == nil }

  /// While all are numbers, which `take` alone changes, each is read as one.
  @inline(__always)
  mutating func readPlainly(_ cells: CellBlock, from row: Int, _ bytes: Span<UInt8>, into room: inout PlainRoom<Int32>)
  {
    if areNumbers {
      room.read(cells, from: row, bytes) { CellWords.key(bytes, $0, $1) }
    } else {
      room.read(cells, from: row, bytes) { plain(bytes, $0, $1) }
    }
  }

  /// The code of a text, which is known by its bytes as they stand, quotes and all, where it was met lately.
  @inline(__always)
  mutating func plain(_ bytes: Span<UInt8>, _ first: Int, _ last: Int) -> Int32? {
    let count = last &- first
    guard count <= RecentCodes.longest, first < bytes.count &- 16 else { return code(bytes, first, last) }
    let low = CellWords.first(count, of: CellWords.word(bytes, first))
    let high = CellWords.first(max(0, count &- 8), of: CellWords.word(bytes, first &+ 8))
    if let code = recent.code(low, high, count) { return code }
    guard let code = code(bytes, first, last) else { return nil }
    recent.keep(code, low, high, count)
    return code
  }

  /// The code of a text at which nothing is to be asked.
  @inline(never)
  private mutating func code(_ bytes: Span<UInt8>, _ first: Int, _ last: Int) -> Int32? {
    var (start, end) = (first, last)
    if bytes[start] == CSVDialect.quote {
      guard end &- start > 2, bytes[end &- 1] == CSVDialect.quote else { return nil }
      (start, end) = (start &+ 1, end &- 1)
      for at in start..<end where bytes[at] == CSVDialect.quote { return nil }
    }
    // Blanks around it are looked at by `take`.
    guard bytes[start] > 0x20, bytes[end &- 1] > 0x20, end &- start <= longest else { return nil }
    return dictionary.code(of: bytes.extracting(start..<end))
  }

  mutating func takePlain(_ room: PlainRoom<Int32>) {
    codes.append(room.values, count: room.count)
    present.append(room.bits, count: room.count)
    found &+= room.present
  }

  // MARK: The whole

  mutating func absorb(_ other: TextBuilder) {
    var other = other
    if areNumbers != other.areNumbers {
      spellOut()
      other.spellOut()
    }
    if !areNumbers {
      let map = dictionary.add(other.dictionary)
      if map.enumerated().contains(where: { $0.element != Int32(truncatingIfNeeded: $0.offset) }) {
        other.codes.change(through: map, present: other.present)
      }
    }
    codes.absorb(other.codes)
    present.append(other.present)
    found += other.found
    faults += other.faults
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    let (codes, texts) = finished()
    return BuiltColumn(
      storage: .text(codes, texts), present: present,
      evidence: ColumnEvidence(
        type: "text", matching: found, present: found + faults, missing: present.count - found - faults,
        remarks: [texts.count == found ? "all different" : "\(texts.count) different"]))
  }

  private mutating func finished() -> (Packed<Int32>, TextDictionary) {
    if areNumbers {
      let limit = min(Int(Int32.max), max(65_536, codes.count * Self.numbersARow))
      if let (places, texts) = codes.placed(below: Int32(limit)) { return (places, TextDictionary(texts)) }
      spellOut()
    }
    dictionary.seal()
    return (codes.finish(), TextDictionary(dictionary))
  }
}
