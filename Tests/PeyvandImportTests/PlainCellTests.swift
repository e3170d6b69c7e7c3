import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import Testing

@testable import PeyvandImport

/// What is read in runs is what is read cell by cell.
@Suite struct PlainCellTests {
  private let cells = [
    "", "", "0", "1", "7", "12", "-3", "-0", "--4", "007", "1234567", "12345678", "123456789", "1234567890",
    "999999999999999", "1234567890123456", "12345678901234567", "1.5", "-0.25", ".5", "5.", "1.2.3", "1234.567",
    "12345.678",
    "0.000", "1e3", "12%", "1,5", "+1", " 12", "12 ", "true", "TRUE", "Yes", "no", "f", "y", "tru", "truex", "@",
    "0x10",
    "\"\"", "\"q\"", "\"12\"", "\"abc\"", "\" blank\"", "\"blank \"", "\"do\"\"ubled\"", "\"a,b\"", "\"two\nlines\"",
    "\"\"\"\"",
    "a\"b", "abc", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopq", "\"abcdefghijklmnop\"", "علی",
    "\u{200C}",
    "\u{A0}", "2024-02-29", "2023-02-29", "2024-05-06T07:08:09", "2024-05-06 07:08", "2024-05-06T24:00", "1402-12-30",
    "20240506", "253402300799", "253402300800", "1700000000", "1700006400", "86400", "0000000001", "\"1\"x", "\"open",
  ]

  private func text(_ random: inout PiecesTests.Random, width: Int) -> String {
    let lineEnd = random(3) == 0 ? "\r\n" : "\n"
    var text = (0..<width).map { "c\($0)" }.joined(separator: ",") + lineEnd
    let isTidy = random(3) > 0
    let known = isTidy ? cells.filter { !["\"open", "\"1\"x"].contains($0) } : cells
    let own = (0..<width).map { _ in (0..<(1 + random(9))).map { _ in known[random(known.count)] } }
    for _ in 0..<(1 + random(300)) {
      let count = isTidy || random(40) > 0 ? width : 1 + random(width + 2)
      text += (0..<count).map { own[$0 % width][random(own[$0 % width].count)] }.joined(separator: ",") + lineEnd
      if random(60) == 0 { text += lineEnd }
    }
    if random(3) == 0, text.hasSuffix(lineEnd) { text.removeLast() }
    return text
  }

  /// A marker that no cell is keeps every cell from being plain.
  @Test func runsGiveWhatCellsGive() throws {
    var random = PiecesTests.Random(state: 5)
    var runs = 0
    for round in 0..<150 {
      let width = 2 + random(4)
      let bytes = Array(text(&random, width: width).utf8)
      var options = ImportOptions()
      options.header = true
      options.delimiter = .comma
      options.missing = []
      if round % 4 == 1 { options.dates = try DateOrder(round % 8 == 1 ? "epoch" : "epoch ms") }
      if round % 4 == 2 { options.calendar = round % 8 == 2 ? .jalali : .gregorian }
      if round % 5 == 1 { options.decimal = .comma }
      if round % 6 == 1 { options.short = .fill }
      if round % 9 == 1 { options.limits.textBytes = 3 }
      var other = options
      other.missing = ["\u{1}never"]
      let (plain, slow) = (try table(bytes: bytes, options), try table(bytes: bytes, other))
      let types: [FieldType] = [.number(.plain), .text, .yesno, .date, .time, .reference(KindID(0))]
      for column in 0..<width {
        let requests =
          types.map { ColumnRequest(column: column, reading: .field($0)) }
          + [ColumnRequest(column: column, reading: .key)]
        let (a, b) = (
          try plain.columns(requests, interruption: nil), try slow.columns(requests, interruption: nil)
        )
        for (a, b) in zip(a, b) {
          #expect(a.evidence == b.evidence && a.problem?.message == b.problem?.message)
          #expect(a.faults.map(\.row) == b.faults.map(\.row) && a.faults.map(\.fault) == b.faults.map(\.fault))
          #expect(a.warnings.map(\.message) == b.warnings.map(\.message))
          #expect(a.keys.map { Array($0) } == b.keys.map { Array($0) })
          #expect(a.values.present == b.values.present && a.values.all() == b.values.all())
          if let numbers = a.values.numbers, let others = b.values.numbers {
            #expect(numbers.map(\.bitPattern) == others.map(\.bitPattern))
          }
          if let texts = a.values.dictionary, let others = b.values.dictionary {
            #expect(texts.entries == others.entries)
          }
          if a.evidence.matching > 10 { runs += 1 }
        }
      }
    }
    #expect(runs > 500)
  }

  /// Rows in one go, against rows one by one; cut off at every place.
  @Test func plainRowsAreRows() {
    var random = PiecesTests.Random(state: 8)
    var plain = 0
    for _ in 0..<400 {
      let width = 2 + random(4)
      let bytes = Array(text(&random, width: width).utf8)
      let limit = random(3) == 0 ? random(bytes.count + 1) : .max
      let dialect = CSVDialect(delimiter: .comma)
      var (one, other) = (
        CSVSplitter(dialect, position: 0, line: 1), CSVSplitter(dialect, position: 0, line: 1)
      )
      var (mine, theirs): ([Int], [Int]) = ([], [])
      while one.position < min(limit, bytes.count) {
        let most = 1 + random(200)
        let rows = one.plainRows(bytes.span, into: &mine, keeps: true, width: width, most: most, upTo: limit)
        #expect(rows <= most)
        plain += rows
        for _ in 0..<rows {
          #expect(other.row(bytes.span, into: &theirs, limit: width) == .row(cells: width))
        }
        #expect(one.position == other.position && one.line == other.line && mine == theirs)
        guard one.position < min(limit, bytes.count) else { break }
        #expect(one.row(bytes.span, into: &mine, limit: width) == other.row(bytes.span, into: &theirs, limit: width))
        #expect(one.position == other.position && one.line == other.line && mine == theirs)
      }
    }
    #expect(plain > 5_000)
  }
}
