import PeyvandData

/// Where a run of plain cells is put before it goes into a column: values, and a bit for each that is there.
struct PlainRoom<Value> {
  private(set) var values: [Value]
  private(set) var bits: [UInt64]
  /// What stands for a missing value.
  private let nought: Value
  /// Of the run read last.
  fileprivate(set) var count = 0
  fileprivate(set) var present = 0

  init(_ cells: CellBlock, nought: Value) {
    values = [Value](repeating: nought, count: cells.rowCount)
    bits = [UInt64](repeating: 0, count: cells.rowCount / 64 + 1)
    self.nought = nought
  }

  /// Reads cells from a row on, up to the first for which `read` has nothing.
  ///
  /// A cell of which nothing can be said here (a short row's, an escaped one, one with blanks around it, whatever `read`
  /// does not know) ends the run and is read by itself, so nothing depends on what is plain.
  /// - Parameter read: the value of the bytes between two places, which are no fewer than one; sixteen can be read from
  ///   the first on.
  @inline(__always)
  mutating func read(
    _ cells: CellBlock, from first: Int, _ bytes: Span<UInt8>, _ read: (_ start: Int, _ end: Int) -> Value?
  ) {
    let safe = bytes.count &- 16
    let starts = cells.starts.span
    let (stride, column) = (cells.stride, cells.column)
    // Out of this and back: spans of both would be of one value.
    var (room, words) = (self.values, self.bits)
    (self.values, self.bits) = ([], [])
    defer { (self.values, self.bits) = (room, words) }
    var values = room.mutableSpan
    var bits = words.mutableSpan
    var word: UInt64 = 0
    var count = 0
    var present = 0
    var row = first
    while row < cells.rowCount {
      let place = row &* stride
      let start = starts[place &+ column]
      let end = starts[place &+ column &+ 1] &- 1
      guard start < safe, starts[place] >= 0 else { break }
      let isEmpty =
        start >= end
        || (end &- start == 2 && bytes[start] == CSVDialect.quote && bytes[start &+ 1] == CSVDialect.quote)
      if isEmpty {
        values[count] = nought
      } else {
        guard let value = read(start, end) else { break }
        values[count] = value
        word |= 1 << UInt64(count & 63)
        present &+= 1
      }
      count &+= 1
      if count & 63 == 0 {
        bits[count >> 6 &- 1] = word
        word = 0
      }
      row &+= 1
    }
    if count & 63 != 0 { bits[count >> 6] = word }
    self.count = count
    self.present = present
  }
}

/// A builder that knows cells at which nothing is to be asked: digits, a word met before.
protocol PlainColumnBuilder: ColumnBuilder {
  associatedtype Value
  /// What stands for a missing value.
  var nought: Value { get }
  /// Whether there are such cells for it at all; `take` may change that, `plain` does not.
  var readsPlainly: Bool { get }
  /// The value of a cell that has bytes, as `take` would give it; nil where that has to be asked. Nothing but what makes
  /// `take` faster may change.
  mutating func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Value?
  /// Reads a run of them.
  mutating func readPlainly(_ cells: CellBlock, from row: Int, _ bytes: Span<UInt8>, into room: inout PlainRoom<Value>)
  /// Takes a run of such values.
  mutating func takePlain(_ room: PlainRoom<Value>)
}

extension PlainColumnBuilder {
  @inline(__always)
  mutating func readPlainly(_ cells: CellBlock, from row: Int, _ bytes: Span<UInt8>, into room: inout PlainRoom<Value>)
  {
    room.read(cells, from: row, bytes) { plain(bytes, $0, $1) }
  }

  /// Runs of plain cells at once, others each by itself.
  @inline(__always)
  mutating func addPlainly(
    _ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]
  ) {
    guard readsPlainly, !cells.hasMarkers, !cells.dropsBlanks else {
      return addCells(cells, of: bytes, faults: &faults)
    }
    var room = PlainRoom(cells, nought: nought)
    var scratch: [UInt8] = []
    var row = 0
    while row < cells.rowCount {
      if readsPlainly {
        readPlainly(cells, from: row, bytes, into: &room)
        if room.count > 0 { takePlain(room) }
        row &+= room.count
        guard row < cells.rowCount else { return }
      }
      addCell(row, of: cells, bytes, &scratch, &faults)
      row &+= 1
    }
  }
}

/// Words of cells, eight bytes at a time. All of them take places behind which sixteen bytes can be read.
enum CellWords {
  @inline(__always)
  static func word(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The first bytes of a word, the others 0; of 8 and more all.
  @inline(__always)
  static func first(_ count: Int, of word: UInt64) -> UInt64 {
    count >= 8 ? word : word & ((1 << UInt64(truncatingIfNeeded: count &* 8)) &- 1)
  }

  /// Bit 7 of every byte that equals the byte repeated in `pattern`; exact.
  @inline(__always)
  static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let x = word ^ pattern
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((x & low) &+ low) | x | low)
  }

  /// The number that the first bytes of a word are the digits of, 1 to 8; nil where one is no digit.
  @inline(__always)
  static func number(_ word: UInt64, _ count: Int) -> UInt64? {
    // Noughts in front: eight digits, however many there are.
    let digits = (word ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    guard ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
  }

  /// A whole number of 1 to 15 digits; nil for all else.
  @inline(__always)
  static func whole(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64? {
    let count = end &- start
    if count <= 8 { return number(word(bytes, start), count) }
    guard count <= 15, let high = number(word(bytes, start), count &- 8),
      let low = number(word(bytes, end &- 8), 8)
    else { return nil }
    return high &* 100_000_000 &+ low
  }

  /// A key that is a whole number from 1 without noughts in front, of up to nine digits.
  @inline(__always)
  static func key(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int32? {
    guard end &- start <= 9, bytes[start] != 0x30 else { return nil }
    return whole(bytes, start, end).map { Int32(truncatingIfNeeded: $0) }
  }

  private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]

  /// A number of up to 15 digits, or of up to seven and a point between them: as `NumberCell.fast` reads it.
  @inline(__always)
  static func number(_ bytes: Span<UInt8>, _ first: Int, _ end: Int, hasPoint: inout Bool) -> Double? {
    var start = first
    let isNegative = bytes[start] == UInt8(ascii: "-")
    if isNegative { start &+= 1 }
    let count = end &- start
    guard count > 0 else { return nil }
    var value: Double
    if let whole = whole(bytes, start, end) {
      value = Double(Int64(truncatingIfNeeded: whole))
    } else {
      guard count <= 8 else { return nil }
      let word = Self.first(count, of: word(bytes, start))
      let points = equal(word, 0x2E2E_2E2E_2E2E_2E2E)
      let place = points.trailingZeroBitCount >> 3
      guard points != 0, place < count &- 1 else { return nil }
      // What stands behind the point moves up to what stands before it; a second point is no digit.
      let bits = UInt64(truncatingIfNeeded: place &* 8)
      let joined = (word & ((1 << bits) &- 1)) | (word >> (bits &+ 8)) << bits
      guard let whole = number(joined, count &- 1) else { return nil }
      value = Double(Int64(truncatingIfNeeded: whole)) / powers[count &- 1 &- place]
      hasPoint = true
    }
    return isNegative && value != 0 ? -value : value
  }
}
