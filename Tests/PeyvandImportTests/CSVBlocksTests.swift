import PeyvandBase
import Testing

@testable import PeyvandImport

/// Rows that are read 64 bytes at a time are those that are read one by one.
@Suite struct CSVBlocksTests {
  private let cells = [
    "", "", "1", "12345678", "a", "\"\"", "\"q\"", "\"a,b\"", "\"a;b|c, and so on, to be longer than a block, by far\"",
    "a text that is longer than the sixty-four bytes which are looked at together", "\r", "a\r", " \"b\"", "5\"",
    "\"x\"y",
    "\"two\nlines\"", "\"do\"\"ubled\"", "\"\"\"\"", "\"\"\"", "علی", "\"open",
  ]
  private let tidy = 0..<10

  private func text(_ random: inout PiecesTests.Random, width: Int) -> String {
    let lineEnd = random(3) == 0 ? "\r\n" : "\n"
    var text = ""
    for _ in 0..<(1 + random(120)) {
      let isTidy = random(8) > 0
      let count = isTidy || random(3) > 0 ? width : random(width + 3)
      text += (0..<count).map { _ in cells[isTidy ? random(tidy.count) : random(cells.count)] }.joined(separator: ",")
      text += lineEnd
    }
    if random(3) == 0 { text.removeLast() }
    return text
  }

  private struct Row: Equatable {
    var outcome: CSVSplitter.Outcome
    var starts: [Int]
    var position: Int
    var line: Int
  }

  /// Each row with what was known after it.
  private func oneByOne(_ bytes: [UInt8], width: Int) -> [Row] {
    var splitter = CSVSplitter(CSVDialect(delimiter: .comma, lineEnd: .lineFeed), position: 0, line: 1)
    var rows: [Row] = []
    while true {
      var starts: [Int] = []
      let outcome = splitter.row(bytes.span, into: &starts, limit: width)
      if outcome == .end { return rows }
      rows.append(Row(outcome: outcome, starts: starts, position: splitter.position, line: splitter.line))
    }
  }

  @Test func blocksGiveWhatRowsGive() {
    var random = PiecesTests.Random(state: 11)
    var together = 0
    for round in 0..<3_000 {
      let width = 2 + random(13)
      let bytes = Array(text(&random, width: width).utf8)
      let expected = oneByOne(bytes, width: width)
      let limit = round % 3 == 0 ? random(bytes.count + 1) : bytes.count + 100
      for keeps in [true, false] {
        var splitter = CSVSplitter(CSVDialect(delimiter: .comma, lineEnd: .lineFeed), position: 0, line: 1)
        var at = 0
        while true {
          var starts: [Int] = []
          let most = 1 + random(100)
          let rows = splitter.plainRows(
            bytes.span, into: &starts, keeps: keeps, width: width, most: most, upTo: limit)
          together += rows
          #expect(rows <= most && at + rows <= expected.count)
          let found = expected[at..<min(at + rows, expected.count)]
          #expect(found.allSatisfy { $0.outcome == .row(cells: width) })
          if keeps { #expect(starts == found.flatMap(\.starts)) }
          at += rows
          if at > 0, rows > 0 {
            #expect(splitter.position == expected[at - 1].position && splitter.line == expected[at - 1].line)
            // None of them was begun behind the limit.
            #expect(at == 1 || expected[at - 2].position < limit)
          }
          if splitter.position >= limit || splitter.position >= bytes.count { break }
          if rows > 0 { continue }
          starts = []
          let outcome = splitter.row(bytes.span, into: &starts, limit: width)
          if outcome == .end { break }
          #expect(
            Row(outcome: outcome, starts: starts, position: splitter.position, line: splitter.line) == expected[at])
          at += 1
        }
        if limit > bytes.count { #expect(at == expected.count) }
      }
    }
    #expect(together > 100_000)
  }

  /// Most rows of a tidy file are told by blocks alone.
  @Test(arguments: [
    "1,\"a,b\",,x\n", "1,\"a\",2.5,\"\"\n", "long enough to go over the end of a block of bytes,b,c,d\r\n",
  ])
  func allOfATidyFile(row: String) {
    let bytes = Array(String(repeating: row, count: 500).utf8)
    var blocks = CSVBlocks(delimiter: 0x2C, lineEnd: 0x0A)
    var ends = 0
    var lines = 0
    var at = 0
    while at + CSVBlocks.size <= bytes.count {
      guard let found = blocks.next(bytes.span, at: at) else {
        Issue.record("a block was not told")
        return
      }
      ends += found.ends.nonzeroBitCount
      lines += (found.ends & found.lineEnds).nonzeroBitCount
      at += CSVBlocks.size
    }
    let rows = bytes[..<at].count { $0 == 0x0A }
    #expect(lines == rows && ends >= rows * 4 && ends < (rows + 1) * 4)
  }
}
