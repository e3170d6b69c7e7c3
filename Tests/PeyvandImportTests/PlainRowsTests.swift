import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

/// Rows that were found plain are split once more as they were split row by row.
@Suite struct PlainRowsTests {
  private let cells = [
    "", "1", "12345678", "a", "\"\"", "\"q\"", "\"a,b\"",
    "\"a;b|c, and so on, to be longer than a block, by far, by far\"",
    "a text that is longer than the sixty-four bytes which are looked at together", "علی", "\"ی,ک\"",
  ]

  private func row(_ random: inout PiecesTests.Random, width: Int) -> String {
    (0..<width).map { _ in cells[random(cells.count)] }.joined(separator: ",")
  }

  @Test func theyAreSplitAsRowByRow() {
    var random = PiecesTests.Random(state: 21)
    // Longer than some texts need, with what was there before.
    var places = [Int](repeating: 7, count: 500)
    for round in 0..<600 {
      let (width, count) = (2 + random(12), 1 + random(150))
      let lineEnd = round % 3 == 0 ? "\r\n" : "\n"
      var text = "head\n"
      // Of what lies behind them nothing is taken.
      for _ in 0..<count { text += row(&random, width: width) + lineEnd }
      let end = text.utf8.count
      text += String(repeating: "\"x\",2\n", count: 40)
      let bytes = Array(text.utf8)
      var splitter = CSVSplitter(CSVDialect(delimiter: .comma, lineEnd: .lineFeed), position: 5, line: 2)
      var expected: [[Int]] = []
      while splitter.position < end {
        var starts: [Int] = []
        // A line of nothing is no row with cells.
        guard splitter.row(bytes.span, into: &starts, limit: width) == .row(cells: width) else { break }
        expected.append(starts)
      }
      guard expected.count == count else {
        Issue.record("the text is not what it is to be")
        continue
      }
      for apart in [false, true] {
        let outcome = PlainRows.split(
          bytes.span, from: 5, rows: count, width: width, apart: apart, delimiter: 0x2C, lineEnd: 0x0A, quote: 0x22,
          into: &places)
        if lineEnd == "\r\n", !apart {
          #expect(outcome == .returns)
          continue
        }
        let stride = apart ? width + 1 : width
        #expect(outcome == .places(stride))
        #expect((0..<count).allSatisfy { Array(places[($0 * stride)...($0 * stride + width)]) == expected[$0] })
      }
      // Where the file ends, no block of 64 bytes does.
      let cut = Array(bytes[..<end])
      let outcome = PlainRows.split(
        cut.span, from: 5, rows: count, width: width, apart: true, delimiter: 0x2C, lineEnd: 0x0A,
        quote: 0x22, into: &places)
      #expect(outcome == .unknown || (end - 5) % 64 == 0)
    }
  }

  /// What is no plain row is never taken for one: a line end in quotes, or a row too many.
  @Test func othersAreNotFound() {
    var places: [Int] = []
    let text = "1,2\n\"a\nb\",3\n" + String(repeating: "4,5\n", count: 40)
    func split(_ rows: Int, _ text: String) -> PlainRows.Outcome {
      let bytes = Array(text.utf8)
      return PlainRows.split(
        bytes.span, from: 0, rows: rows, width: 2, apart: false, delimiter: 0x2C, lineEnd: 0x0A, quote: 0x22,
        into: &places)
    }
    #expect(split(20, "1,2,3\n" + text) == .unknown)
    #expect(split(200, text) == .unknown)
    #expect(split(0, text) == .unknown)
  }

  /// A whole file, its stretches plain and not, with two bytes at line ends, and with a footer.
  @Test(arguments: ["\n", "\r\n"], [false, true])
  func columnsAreThoseOfTheText(lineEnd: String, isTidy: Bool) throws {
    var rows: [[String]] = []
    var text = "key,note,name" + lineEnd
    for row in 0..<9_000 {
      let cells = ["\(row)", row % 5 == 0 ? "a, b" : "c", row % 7 == 0 ? "" : "n\(row % 40)"]
      rows.append(cells)
      let isOdd = !isTidy && row % 3_000 == 2_500
      // A doubled quote is nothing plain.
      if isOdd { rows[row][1] += "\"" }
      text += cells[0] + ",\"" + cells[1] + (isOdd ? "\"\"" : "") + "\"," + cells[2] + lineEnd
    }
    text += "Total,,9" + lineEnd
    let table = try table(text)
    #expect(table.stretches.count { $0.isPlain } == (isTidy ? 4 : 2))
    #expect(table.rowFaults.map(\.row) == [9_000])
    let columns = try table.columns(
      (0..<3).map { ColumnRequest(column: $0, reading: $0 == 0 ? .key : .field(.text)) }, interruption: nil)
    #expect(columns[0].keys.map { Array($0) } == rows.map { $0[0] } + [nil])
    for column in 1...2 {
      guard case .text(let codes, let texts) = columns[column].values.storage else {
        Issue.record("no texts")
        continue
      }
      let read = rows.indices.map { columns[column].values.isPresent($0) ? texts[codes[$0]] : "" }
      #expect(read == rows.map { $0[column] })
    }
  }

  /// From its second import on a file's columns are read once, whatever their references refer to.
  @Test func columnsAreKeptForFurtherImports() throws {
    let text =
      "key,name,at\n" + (0..<3_000).map { "\($0),n\($0 % 50),2024-01-0\(1 + $0 % 9)\n" }.joined() + "x,,never\n"
    func requests(_ kind: Int) -> [ColumnRequest] {
      [
        ColumnRequest(column: 0, reading: .key),
        ColumnRequest(column: 1, reading: .field(.reference(KindID(kind)))),
        ColumnRequest(column: 2, reading: .field(.date)), ColumnRequest(column: 2, reading: .found),
      ]
    }
    var table = try table(text)
    var addresses: [UInt?] = []
    var all: [[ImportedColumn]] = []
    for kind in 1...4 {
      let columns = try table.columns(requests(kind), interruption: nil)
      #expect(columns[1].type == .reference(KindID(kind)) && columns[3].type == .date)
      all.append(columns)
      addresses.append(columns[1].values.dictionary?.address)
      table = try table.again(ImportOptions())
    }
    #expect(addresses[0] != addresses[1] && addresses[1] == addresses[2] && addresses[2] == addresses[3])
    // What is new is read, and beside it what was.
    let more = try table.columns([ColumnRequest(column: 0, reading: .field(.text))] + requests(5), interruption: nil)
    all.append(Array(more.dropFirst()))
    #expect(more[0].values.count == 3_001 && more[0].type == .text)
    for columns in all.dropFirst() {
      for (one, other) in zip(all[0], columns) {
        #expect(one.evidence == other.evidence && one.keys.map { Array($0) } == other.keys.map { Array($0) })
        #expect(one.faults.map(\.row) == other.faults.map(\.row) && one.values.present == other.values.present)
        #expect(one.values.codes == other.values.codes && one.values.days == other.values.days)
      }
    }
  }
}
