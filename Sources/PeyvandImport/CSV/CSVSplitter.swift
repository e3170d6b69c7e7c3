import PeyvandBase
import PeyvandData

/// Why a line cannot be a row.
package enum RowFault: Hashable, Sendable {
  /// Fewer cells than the file has columns.
  case tooFew(cells: Int)
  case tooMany
  /// A quoted cell goes on after its closing quote.
  case textAfterQuote
  /// A quote that is never closed.
  case unclosedQuote
  case notUTF8
  /// A line of a file of JSON Lines that is none, and why.
  case notJSON(String)
  /// A row at the end that reads like the sums or the signature of a report.
  case footer
}

/// Splits bytes into rows and cells: the hot path of every import.
///
/// Eight bytes are looked at together: the places of delimiters and line ends in them become the bits of a mask
/// (exact, after H. S. Warren, "Hacker's Delight", 6-1), and each cell costs a bit; of plain rows, which nearly all are,
/// 64 bytes (`CSVBlocks`). No text is made and nothing is copied: a row is the offsets of its cells.
///
/// One bad quote never folds a file. Where a quoted cell is not closed, or goes on after its quote, reading goes on
/// with the line after the one on which that cell began; no quote is passed twice that way, so the whole stays linear
/// (between an opening quote and the odd run of quotes that refutes it, every other run is even and closes where it
/// stands). A row over several lines that has the wrong number of cells loses its first line alone; since that reads
/// the others again, it is done within a budget (`debt`), and beyond it reading goes on behind.
struct CSVSplitter {
  enum Outcome: Equatable {
    case row(cells: Int)
    /// Nothing but blanks.
    case empty
    case fault(RowFault)
    case end
  }

  private let dialect: CSVDialect
  private let lineEnd: UInt8
  private let delimiter: UInt8
  private let delimiters: UInt64
  private let lineEnds: UInt64
  /// Where the next row begins.
  private(set) var position: Int
  /// The line on which it begins, counted from 1.
  private(set) var line: Int
  /// Of the row read last: its first byte and line.
  private(set) var rowStart = 0
  private(set) var rowLine = 1
  /// Behind its last cell.
  private(set) var rowEnd = 0

  /// Rows that were counted by blocks alone.
  private(set) var rowsInBlocks = 0

  private var wordStart = 0
  private var hits: UInt64 = 0
  private var debt = 0
  private static let debtLimit = 1 << 18
  /// The line on which the quoted cell began that was refuted last.
  private(set) var quoteLine = 1
  private var quoteStart = 0

  /// Whether cells beyond the limit are no fault as long as there is nothing in them.
  var allowsEmptySurplus = true

  /// Begins at `position`, which must be the start of a row. Linear in what is read.
  init(_ dialect: CSVDialect, position: Int, line: Int) {
    self.dialect = dialect
    lineEnd = dialect.lineEndByte
    if case .byte(let byte) = dialect.delimiter { delimiter = byte } else { delimiter = 0x20 }
    delimiters = UInt64(delimiter) &* 0x0101_0101_0101_0101
    lineEnds = UInt64(lineEnd) &* 0x0101_0101_0101_0101
    self.position = position
    self.line = line
  }

  // MARK: Words of eight bytes

  /// Bit 7 of every byte of `word` that equals the byte repeated in `pattern`; exact.
  @inline(__always)
  private static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let x = word ^ pattern
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((x & low) &+ low) | x | low)
  }

  /// The eight bytes at an offset inside the file; behind its end they are 0.
  @inline(__always)
  private static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    if bytes.count &- offset >= 8 {
      return UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    var word: UInt64 = 0
    var shift: UInt64 = 0
    var at = offset
    while at < bytes.count {
      word |= UInt64(bytes[at]) << shift
      shift &+= 8
      at &+= 1
    }
    return word
  }

  @inline(__always)
  private mutating func seek(_ bytes: Span<UInt8>, to offset: Int) {
    wordStart = offset
    guard offset < bytes.count else {
      hits = 0
      return
    }
    let word = Self.word(bytes, at: offset)
    hits = Self.equal(word, delimiters) | Self.equal(word, lineEnds)
  }

  /// The next delimiter or line end, or the end of the file.
  @inline(__always)
  private mutating func next(_ bytes: Span<UInt8>) -> Int {
    while hits == 0 {
      wordStart &+= 8
      guard wordStart < bytes.count else { return bytes.count }
      let word = Self.word(bytes, at: wordStart)
      hits = Self.equal(word, delimiters) | Self.equal(word, lineEnds)
    }
    let place = wordStart &+ hits.trailingZeroBitCount >> 3
    hits &= hits &- 1
    return place
  }

  // MARK: Plain rows

  /// Rows that are split in one go.
  private static let batch = 256
  private static let quotes = UInt64(CSVDialect.quote) &* 0x0101_0101_0101_0101

  /// Reads rows as long as they are plain, and appends their places as `row` does: `width` cells on one line, each of
  /// which ends at the first delimiter or line end, or at its second quote where it begins with one.
  ///
  /// Nearly all rows of nearly all files are; what is no such row, whatever it is, is left to `row`. Each cell is looked
  /// for from where it begins, so that columns whose cells are of one length cost no wrong guess.
  /// - Parameters:
  ///   - starts: nil where rows are counted only.
  ///   - limit: no row is begun from there on.
  /// - Returns: how many there were.
  mutating func plainRows(
    _ bytes: Span<UInt8>, into starts: inout [Int], keeps: Bool, width: Int, most: Int, upTo limit: Int
  ) -> Int {
    guard width > 1, dialect.delimiter != .blanks else { return 0 }
    guard keeps else {
      let rows = countedRows(bytes, width: width, most: most, upTo: limit)
      rowsInBlocks &+= rows
      guard rows < most, position < limit else { return rows }
      return rows &+ plainRows(bytes, width: width, most: most &- rows, upTo: limit) { _, _ in }
    }
    var rows = 0
    while rows < most {
      let wanted = min(Self.batch, most &- rows)
      let held = starts.count
      starts.append(contentsOf: repeatElement(0, count: wanted &* (width &+ 1) &+ BitPlaces.slack))
      var places = starts.mutableSpan
      var found = blockRows(bytes, width: width, most: wanted, upTo: limit, into: &places, at: held)
      if found < wanted, position < limit {
        let begin = held &+ found &* (width &+ 1)
        found &+= plainRows(bytes, width: width, most: wanted &- found, upTo: limit) { places[begin &+ $0] = $1 }
      }
      rows &+= found
      starts.removeLast((wanted &- found) &* (width &+ 1) &+ BitPlaces.slack)
      if found < wanted { break }
    }
    return rows
  }

  private var blocks: CSVBlocks { CSVBlocks(delimiter: delimiter, lineEnd: lineEnd) }

  /// Rows as `plainRows` reads them, 64 bytes at a time: as many as are told that way. They are counted only.
  private mutating func countedRows(_ bytes: Span<UInt8>, width: Int, most: Int, upTo limit: Int) -> Int {
    guard most > 0, position < limit else { return 0 }
    var blocks = blocks
    var rows = 0
    var base = position
    // Cells of the row that ended before this block, less those that ended in it before the row began.
    var cells = 0
    let last = bytes.count &- CSVBlocks.size
    reading: while base <= last, let (ends, ending) = blocks.next(bytes, at: base) {
      var rest = ends & ending
      while rest != 0 {
        let found = (ends & (rest ^ (rest &- 1))).nonzeroBitCount
        guard cells &+ found == width else { break reading }
        cells = 0 &- found
        rows &+= 1
        position = base &+ rest.trailingZeroBitCount &+ 1
        guard rows < most, position < limit else { break reading }
        rest &= rest &- 1
      }
      cells &+= ends.nonzeroBitCount
      base &+= CSVBlocks.size
    }
    line &+= rows
    return rows
  }

  /// The same, and their places are put from `first` on.
  ///
  /// The ends of a block's cells are written down without a look at which of them end a line: such a one is written a
  /// second time as the start of the next row, and what is written twice or behind the last is written over.
  private mutating func blockRows(
    _ bytes: Span<UInt8>, width: Int, most: Int, upTo limit: Int, into places: inout MutableSpan<Int>, at first: Int
  ) -> Int {
    guard most > 0, position < limit else { return 0 }
    var blocks = blocks
    var rows = 0
    var base = position
    var cells = 0
    var slot = first &+ 1
    let last = bytes.count &- CSVBlocks.size
    places[first] = position
    var goesOn = true
    while goesOn, base <= last, let (ends, ending) = blocks.next(bytes, at: base) {
      let lines = ends & ending
      let before = rows
      // Those of whole rows, and of the row that goes on behind the block.
      var whole: UInt64 = 0
      var rest = lines
      var hasReturns = false
      while rest != 0 {
        let through = rest ^ (rest &- 1)
        let found = (ends & through).nonzeroBitCount
        goesOn = cells &+ found == width
        guard goesOn else { break }
        cells = 0 &- found
        rows &+= 1
        whole = through
        let stop = base &+ rest.trailingZeroBitCount
        hasReturns = hasReturns || bytes[stop &- 1] == 0x0D
        position = stop &+ 1
        goesOn = rows < most && position < limit
        guard goesOn else { break }
        rest &= rest &- 1
      }
      if goesOn {
        cells &+= ends.nonzeroBitCount
        goesOn = cells < width
        if goesOn { whole = .max }
      }
      let taken = ends & whole
      BitPlaces.put(taken, twice: lines, from: base, into: &places, at: slot)
      slot &+= taken.nonzeroBitCount &+ (rows &- before)
      if hasReturns {
        for row in before..<rows {
          let end = first &+ row &* (width &+ 1) &+ width
          if bytes[places[end] &- 2] == 0x0D { places[end] &-= 1 }
        }
      }
      base &+= CSVBlocks.size
    }
    line &+= rows
    return rows
  }

  @inline(__always)
  private mutating func plainRows(
    _ bytes: Span<UInt8>, width: Int, most: Int, upTo limit: Int, _ put: (_ at: Int, _ place: Int) -> Void
  ) -> Int {
    let quotes = Self.quotes
    // From before here on eight bytes can be read, and two behind them.
    let safe = bytes.count &- 16
    var rows = 0
    var start = position
    rows: while rows < most, start < limit {
      var at = start
      var cell = 0
      let slot = rows &* (width &+ 1)
      while true {
        guard at < safe, cell < width else { break rows }
        put(slot &+ cell, at)
        cell &+= 1
        var base = at
        var word = Self.word(at, bytes)
        let contentEnd: Int
        let stop: Int
        if UInt8(truncatingIfNeeded: word) == CSVDialect.quote {
          base &+= 1
          word = Self.word(base, bytes)
          var found = Self.equal(word, quotes)
          while found == 0 {
            guard Self.equal(word, lineEnds) == 0 else { break rows }
            base &+= 8
            guard base < safe else { break rows }
            word = Self.word(base, bytes)
            found = Self.equal(word, quotes)
          }
          guard Self.equal(word, lineEnds) & (found &- 1) & ~found == 0 else { break rows }
          contentEnd = base &+ found.trailingZeroBitCount >> 3 &+ 1
          let next = bytes[contentEnd]
          if next == delimiter {
            at = contentEnd &+ 1
            continue
          }
          if next == lineEnd {
            stop = contentEnd
          } else {
            guard next == 0x0D, bytes[contentEnd &+ 1] == lineEnd else { break rows }
            stop = contentEnd &+ 1
          }
        } else {
          var found = Self.equal(word, delimiters) | Self.equal(word, lineEnds)
          while found == 0 {
            base &+= 8
            guard base < safe else { break rows }
            word = Self.word(base, bytes)
            found = Self.equal(word, delimiters) | Self.equal(word, lineEnds)
          }
          stop = base &+ found.trailingZeroBitCount >> 3
          if bytes[stop] == delimiter {
            at = stop &+ 1
            continue
          }
          contentEnd = stop > at && bytes[stop &- 1] == 0x0D ? stop &- 1 : stop
        }
        guard cell == width else { break rows }
        put(slot &+ cell, contentEnd &+ 1)
        start = stop &+ 1
        break
      }
      rows &+= 1
    }
    position = start
    line &+= rows
    return rows
  }

  /// Eight bytes at an offset behind which they are known to be.
  @inline(__always)
  private static func word(_ offset: Int, _ bytes: Span<UInt8>) -> UInt64 {
    UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  // MARK: Rows

  /// Reads one row and appends to `starts` the first byte of each of its cells, and one past the end of the last
  /// cell plus 1, so that cell `j` is `starts[j]..<starts[j + 1] - 1` (with blanks as delimiter, its trailing blanks
  /// still there). Nothing is appended for what is no row.
  /// - Parameter limit: cells beyond it are the fault `tooMany`.
  mutating func row(_ bytes: Span<UInt8>, into starts: inout [Int], limit: Int) -> Outcome {
    guard position < bytes.count else { return .end }
    rowStart = position
    rowLine = line
    let held = starts.count
    let outcome: Outcome
    if dialect.delimiter == .blanks {
      outcome = blankRow(bytes, into: &starts, limit: limit)
    } else {
      outcome = delimitedRow(bytes, into: &starts, limit: limit)
    }
    switch outcome {
    case .row, .end: break
    case .empty: starts.removeLast(starts.count &- held)
    case .fault(.tooMany):
      starts.removeLast(starts.count &- held)
      giveUp(bytes)
    case .fault:
      starts.removeLast(starts.count &- held)
      position = lineAfter(bytes, quoteStart)
      line = quoteLine &+ 1
    }
    return outcome
  }

  /// Gives a row up after it was read: the file has another number of columns.
  mutating func giveUp(_ bytes: Span<UInt8>) {
    let reached = position
    let nextLine = lineAfter(bytes, rowStart)
    if reached > nextLine, debt > Self.debtLimit {
      // Enough was read twice: go on behind what was reached, at the start of a line.
      while position < bytes.count, bytes[position &- 1] != lineEnd { position &+= 1 }
      var lines = 0
      for place in rowStart..<position where bytes[place] == lineEnd { lines &+= 1 }
      line = rowLine &+ lines
    } else {
      debt &+= max(0, reached &- nextLine)
      position = nextLine
      line = rowLine &+ 1
    }
  }

  private func lineAfter(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] != lineEnd { at &+= 1 }
    return min(at &+ 1, bytes.count)
  }

  private mutating func delimitedRow(_ bytes: Span<UInt8>, into starts: inout [Int], limit: Int) -> Outcome {
    var breaks = 0
    var start = position
    var cells = 0
    seek(bytes, to: start)
    while true {
      if cells == limit {
        if allowsEmptySurplus, let stop = emptyRest(bytes, from: start) {
          return finish(bytes, start &- 1, stop: stop, cells: cells, breaks: breaks, isEmpty: false, &starts)
        }
        position = start
        return .fault(.tooMany)
      }
      starts.append(start)
      cells &+= 1
      var stop: Int
      let isQuoted = start < bytes.count && bytes[start] == CSVDialect.quote
      if isQuoted {
        quoteStart = start
        quoteLine = rowLine &+ breaks
        guard let closing = closingQuote(bytes, after: start, breaks: &breaks) else { return .fault(.unclosedQuote) }
        stop = closing &+ 1
        if stop < bytes.count {
          let byte = bytes[stop]
          let isEnd =
            byte == delimiter || byte == lineEnd
            || (byte == 0x0D && (stop &+ 1 == bytes.count || bytes[stop &+ 1] == lineEnd))
          guard isEnd else { return .fault(.textAfterQuote) }
          if byte == delimiter {
            start = stop &+ 1
            seek(bytes, to: start)
            continue
          }
        }
        let contentEnd = stop
        if stop < bytes.count, bytes[stop] != lineEnd { stop &+= 1 }
        return finish(bytes, contentEnd, stop: stop, cells: cells, breaks: breaks, isEmpty: false, &starts)
      }
      stop = next(bytes)
      if stop < bytes.count, bytes[stop] == delimiter {
        start = stop &+ 1
        continue
      }
      var contentEnd = stop
      if contentEnd > start, bytes[contentEnd &- 1] == 0x0D { contentEnd &-= 1 }
      let isEmpty = cells == 1 && Self.isBlank(bytes, start, contentEnd)
      return finish(bytes, contentEnd, stop: stop, cells: cells, breaks: breaks, isEmpty: isEmpty, &starts)
    }
  }

  /// The end of the line, where nothing but empty cells stands before it.
  private func emptyRest(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      if byte == lineEnd { return at }
      if byte == CSVDialect.quote, at &+ 1 < bytes.count, bytes[at &+ 1] == CSVDialect.quote {
        at &+= 2
        continue
      }
      guard byte == delimiter || byte == 0x20 || byte == 0x09 || byte == 0x0D else { return nil }
      at &+= 1
    }
    return at
  }

  private mutating func blankRow(_ bytes: Span<UInt8>, into starts: inout [Int], limit: Int) -> Outcome {
    var breaks = 0
    var at = position
    var cells = 0
    var contentEnd = at
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    while true {
      while at < bytes.count, bytes[at] != lineEnd, isBlank(bytes[at]) { at &+= 1 }
      if at >= bytes.count || bytes[at] == lineEnd {
        return finish(bytes, contentEnd, stop: at, cells: cells, breaks: breaks, isEmpty: cells == 0, &starts)
      }
      if cells == limit {
        position = at
        return .fault(.tooMany)
      }
      starts.append(at)
      cells &+= 1
      if bytes[at] == CSVDialect.quote {
        quoteStart = at
        quoteLine = rowLine &+ breaks
        guard let closing = closingQuote(bytes, after: at, breaks: &breaks) else { return .fault(.unclosedQuote) }
        at = closing &+ 1
        guard at >= bytes.count || bytes[at] == lineEnd || isBlank(bytes[at]) else { return .fault(.textAfterQuote) }
      } else {
        while at < bytes.count, bytes[at] != lineEnd, !isBlank(bytes[at]) { at &+= 1 }
      }
      contentEnd = at
    }
  }

  /// Ends the row at `stop`, the place of its line end.
  @inline(__always)
  private mutating func finish(
    _ bytes: Span<UInt8>, _ contentEnd: Int, stop: Int, cells: Int, breaks: Int, isEmpty: Bool, _ starts: inout [Int]
  ) -> Outcome {
    rowEnd = contentEnd
    position = min(stop &+ 1, bytes.count)
    line = rowLine &+ breaks &+ 1
    if isEmpty { return .empty }
    starts.append(contentEnd &+ 1)
    return .row(cells: cells)
  }

  /// The quote that closes the cell which begins with the quote at `open`; nil where the file ends first.
  private func closingQuote(_ bytes: Span<UInt8>, after open: Int, breaks: inout Int) -> Int? {
    let quotes = UInt64(CSVDialect.quote) &* 0x0101_0101_0101_0101
    var base = open &+ 1
    while base < bytes.count {
      let word = Self.word(bytes, at: base)
      let quoted = Self.equal(word, quotes)
      let ends = Self.equal(word, lineEnds)
      guard quoted != 0 else {
        breaks &+= ends.nonzeroBitCount
        base &+= 8
        continue
      }
      let shift = quoted.trailingZeroBitCount
      let place = base &+ shift >> 3
      breaks &+= (ends & ((1 << UInt64(shift)) &- 1)).nonzeroBitCount
      guard place &+ 1 < bytes.count, bytes[place &+ 1] == CSVDialect.quote else { return place }
      base = place &+ 2
    }
    return nil
  }

  private static func isBlank(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var at = start
    while at < end {
      if bytes[at] != 0x20, bytes[at] != 0x09, bytes[at] != 0x0D { return false }
      at &+= 1
    }
    return true
  }
}
