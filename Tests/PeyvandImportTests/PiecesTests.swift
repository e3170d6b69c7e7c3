import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

/// A file that is read in pieces gives what it gives when it is read from front to back.
@Suite struct PiecesTests {
  struct Random {
    var state: UInt64
    mutating func callAsFunction(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  private let cells = [
    "", "1", "12.5", "-0.25", "007", "1,250", "12%", "yes", "no", "2024-02-29", "2023-02-29", "03/04/2024",
    "13/01/2024",
    "1402/12/30", "1403-12-30", "1403/01/01", "PT5M", "1 h", "abc", "علی", "علي", "ali ", " x", "NA", "17", "18", "19",
    "1700000000",
    "\"q\"", "\"a,b\"", "\"two\nlines\"", "\"do\"\"ubled\"", "\"open", "in\"side", "\"a\"b", "9999999999999999",
    "1e400",
  ]

  private func text(_ random: inout Random, isTidy: Bool) -> String {
    var text = "a,b,c\n"
    // Tidy files are those that pieces are for; the others go over every way of being at fault.
    let known = isTidy ? cells.filter { !["\"open", "\"a\"b"].contains($0) } : cells
    let own = (0..<3).map { _ in (0..<(1 + random(6))).map { _ in known[random(known.count)] } }
    for row in 0..<(20 + random(400)) {
      let count = isTidy || random(60) > 0 ? 3 : 1 + random(4)
      let cells = (0..<count).map { column in
        column == 0 && isTidy ? "\(row + 1)" : own[column % 3][random(own[column % 3].count)]
      }
      text += cells.joined(separator: ",") + (random(20) == 0 ? "\r\n" : "\n")
      if random(50) == 0 { text += "\n" }
    }
    return text
  }

  @Test func piecesGiveWhatTheWholeGives() throws {
    var random = Random(state: 11)
    var inPieces = 0
    for round in 0..<90 {
      let bytes = Array(text(&random, isTidy: round % 3 > 0).utf8)
      var options = ImportOptions()
      options.header = true
      options.delimiter = .comma
      options.missing = ["NA"]
      if round % 5 == 0 { options.short = .fill }
      if round % 7 == 0 { options.dates = try DateOrder("epoch") }
      var other = options
      options.pieceBytes = .max
      other.pieceBytes = 1 + random(2_000)
      let whole = try table(bytes: bytes, options)
      let pieces = try table(bytes: bytes, other)
      if pieces.stretches.count > whole.stretches.count { inPieces += 1 }
      #expect(pieces.rowCount == whole.rowCount && pieces.findings == whole.findings)
      #expect(pieces.rowFaults.map(\.row) == whole.rowFaults.map(\.row))
      #expect(pieces.rowFaults.map(\.fault) == whole.rowFaults.map(\.fault))
      #expect(pieces.warnings.map(\.message) == whole.warnings.map(\.message))
      let types: [FieldType] = [
        .number(.plain), .text, .yesno, .date, .time, .duration, .list(.date), .list(.text), .reference(KindID(0)),
      ]
      for column in 0..<3 {
        let requests =
          types.map { ColumnRequest(column: column, reading: .field($0)) }
          + [ColumnRequest(column: column, reading: .found), ColumnRequest(column: column, reading: .key)]
        let a = try whole.columns(requests, interruption: nil)
        let b = try pieces.columns(requests, interruption: nil)
        for (a, b) in zip(a, b) { same(a, b, whole, pieces, column) }
      }
      #expect(try pieces.rowHashes(interruption: nil) == whole.rowHashes(interruption: nil))
      let found = try (
        whole.distinctTexts(of: [0, 1], interruption: nil), pieces.distinctTexts(of: [0, 1], interruption: nil)
      )
      #expect(found.0.map(\.content) == found.1.map(\.content) && found.0.map(\.counts) == found.1.map(\.counts))
    }
    #expect(inPieces > 25)
  }

  private func same(_ a: ImportedColumn, _ b: ImportedColumn, _ whole: CSVTable, _ pieces: CSVTable, _ column: Int) {
    #expect(a.type == b.type && a.evidence == b.evidence && a.problem?.message == b.problem?.message)
    #expect(a.faults.map(\.row) == b.faults.map(\.row) && a.faults.map(\.fault) == b.faults.map(\.fault))
    #expect(a.keys.map { Array($0) } == b.keys.map { Array($0) })
    #expect(a.warnings.map(\.message) == b.warnings.map(\.message))
    same(a.values, b.values)
    let (one, other) = (
      whole.places(of: a.faults.map { ($0.row, column) }), pieces.places(of: b.faults.map { ($0.row, column) })
    )
    #expect(one.map(\.place) == other.map(\.place) && one.map(\.text) == other.map(\.text))
  }

  private func same(_ a: Column, _ b: Column) {
    #expect(a.present == b.present && a.count == b.count)
    switch (a.storage, b.storage) {
    case (.number(let a), .number(let b)), (.duration(let a), .duration(let b)):
      #expect(a.map(\.bitPattern) == b.map(\.bitPattern))
    case (.text(let a, let c), .text(let b, let d)):
      #expect(a == b && c.entries == d.entries && c.identity == d.identity)
    case (.yesno(let a), .yesno(let b)): #expect(a == b)
    case (.date(let a), .date(let b)): #expect(a == b)
    case (.time(let a), .time(let b)): #expect(a == b)
    case (.list(let a, let c), .list(let b, let d)):
      #expect(a == b)
      same(c, d)
    default: Issue.record("another type")
    }
  }

  /// A line end inside a quoted cell where a piece would begin.
  @Test func cutsInsideQuotesAreSeen() throws {
    var options = ImportOptions()
    options.pieceBytes = 16
    let text = "a,b\n1,\"x\n2,3\n4,5\n6,7\n8,9\n10,11\n12,13\ny\"\n14,15\n"
    #expect(try table(text, options).texts() == [["1", "x\n2,3\n4,5\n6,7\n8,9\n10,11\n12,13\ny"], ["14", "15"]])
  }

  @Test func textsAreCleanAsAWholeWhereAllPiecesAre() {
    var random = Random(state: 3)
    let letters: [[UInt8]] = [[0x61], [0x0A], Array("ی".utf8), Array("€".utf8), [0xE2, 0x82], [0xFF], [0]]
    for round in 0..<400 {
      let kinds = round % 2 == 0 ? 4 : letters.count
      let bytes = (0..<random(300)).flatMap { _ in letters[random(40) == 0 ? random(kinds) : random(4)] }
      let isClean = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
      #expect(CleanText.isClean(FileBytes(bytes), pieceBytes: 1 + random(80)) == isClean)
    }
  }

  /// Whether a file is UTF-8 is seen as it is split, wherever it is not, in the header and behind the last row too.
  @Test func splittingSeesWhatIsNoText() throws {
    var random = Random(state: 8)
    let wrong: [[UInt8]] = [[0xFF], [0xE2, 0x82], [0], [0xC0, 0xAF], [0xED, 0xA0, 0x80]]
    for round in 0..<300 {
      var bytes = Array("a,b\n".utf8)
      for row in 0..<(1 + random(200)) { bytes += "\(row),\(random(9) == 0 ? "\"یک\ndو\"" : "x")\n".utf8 }
      if random(2) == 0 { bytes += Array("   ".utf8) }
      let isClean = round % 2 == 0
      if !isClean { bytes.insert(contentsOf: wrong[random(wrong.count)], at: random(bytes.count + 1)) }
      var options = ImportOptions()
      options.pieceBytes = round % 3 == 0 ? 1 << 20 : 1 + random(200)
      // A letter may have been cut in two, or the header be no longer one; never is it clean.
      let isSeen = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
      #expect(isSeen == isClean)
      let table = try? CSVTable.open(
        FileBytes(bytes), from: 0, invalid: nil, named: "t.csv", findings: [], options: options, interruption: nil)
      #expect(table?.isClean ?? false == isClean)
      let whole = try? ImportSource.open(FileBytes(bytes), named: "t.csv", options: options)
      #expect(isClean ? whole is CSVTable && whole?.rowFaults.isEmpty == true : true)
    }
  }
}
