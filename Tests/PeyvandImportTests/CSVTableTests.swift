import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

@Suite struct CSVTableTests {
  struct Sample: CustomTestStringConvertible {
    var name: String
    var text: String
    var names: [String]
    var rows: [[String?]]
    var options = ImportOptions()
    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "plain", text: "a,b\n1,2\n3,4\n", names: ["a", "b"], rows: [["1", "2"], ["3", "4"]]),
    Sample(name: "no last line end", text: "a,b\n1,2", names: ["a", "b"], rows: [["1", "2"]]),
    Sample(name: "CRLF", text: "a,b\r\n1,x\r\n3,y\r\n", names: ["a", "b"], rows: [["1", "x"], ["3", "y"]]),
    Sample(name: "CR alone", text: "a,b\r1,x\r3,y\r", names: ["a", "b"], rows: [["1", "x"], ["3", "y"]]),
    Sample(name: "CR alone, quoted", text: "a,b\r\"1\r2\",x\r", names: ["a", "b"], rows: [["1\r2", "x"]]),
    Sample(name: "BOM", text: "\u{FEFF}a,b\n1,2\n", names: ["a", "b"], rows: [["1", "2"]]),
    Sample(name: "BOM before a quote", text: "\u{FEFF}\"a\",b\n1,2\n", names: ["a", "b"], rows: [["1", "2"]]),
    Sample(
      name: "quotes", text: "a,b\n\"x, y\",\"he said \"\"no\"\"\"\n\"\",\"\"\"\"\n", names: ["a", "b"],
      rows: [["x, y", "he said \"no\""], [nil, "\""]]),
    Sample(
      name: "line ends in quotes", text: "a,b\n\"1\n2\n3\",x\n\"4\r\n5\",y\n", names: ["a", "b"],
      rows: [["1\n2\n3", "x"], ["4\r\n5", "y"]]),
    Sample(
      name: "quoted last cell before CRLF", text: "a,b\r\n1,\"x\"\r\n2,\"y\"", names: ["a", "b"],
      rows: [["1", "x"], ["2", "y"]]),
    Sample(
      name: "a quote in the middle is a sign", text: "a,b\n5\" pipe,x\n6'\"\",y\n", names: ["a", "b"],
      rows: [["5\" pipe", "x"], ["6'\"\"", "y"]]),
    Sample(
      name: "empty cells", text: "a,b,c\n,,\n1,,3\n", names: ["a", "b", "c"],
      rows: [[nil, nil, nil], ["1", nil, "3"]]),
    Sample(
      name: "blank cells", text: "a,b\n  ,\t\n x ,\"  \"\n", names: ["a", "b"], rows: [[nil, nil], [" x ", nil]]),
    Sample(
      name: "empty lines", text: "\n\na,b\n\n1,2\n   \n3,4\n\n", names: ["a", "b"], rows: [["1", "2"], ["3", "4"]]),
    Sample(name: "semicolons", text: "a;b\n1,5;x\n2,5;y\n", names: ["a", "b"], rows: [["1,5", "x"], ["2,5", "y"]]),
    Sample(name: "tabs", text: "a\tb\n1, 2\tx\n3\ty\n", names: ["a", "b"], rows: [["1, 2", "x"], ["3", "y"]]),
    Sample(name: "bars", text: "a|b\n1|x\n", names: ["a", "b"], rows: [["1", "x"]]),
    Sample(
      name: "one column", text: "name\nalpha\nbeta, gamma\n", names: ["name"], rows: [["alpha"], ["beta, gamma"]]),
    Sample(name: "no header", text: "1,x\n2,y\n", names: ["c1", "c2"], rows: [["1", "x"], ["2", "y"]]),
    Sample(
      name: "header declared", text: "2019,2020\nx,y\n", names: ["2019", "2020"], rows: [["x", "y"]],
      options: ImportOptions(header: true)),
    Sample(
      name: "no header declared", text: "x,y\nz,w\n", names: ["c1", "c2"], rows: [["x", "y"], ["z", "w"]],
      options: ImportOptions(header: false)),
    Sample(
      name: "names missing and repeated", text: ",id,Id,id 2,\n1,2,3,4,5\n", names: ["c1", "id", "Id", "id 2", "c5"],
      rows: [["1", "2", "3", "4", "5"]]),
    Sample(
      name: "a header alone", text: "a,b\n", names: ["a", "b"], rows: []),
    Sample(
      name: "Persian", text: "نام،x,مبلغ\nعلي,۱۲۳\n", names: ["نام،x", "مبلغ"], rows: [["علي", "۱۲۳"]]),
    Sample(
      name: "delimiter declared", text: "a~b\n1~2\n", names: ["a", "b"], rows: [["1", "2"]],
      options: ImportOptions(delimiter: .byte(UInt8(ascii: "~")))),
    Sample(
      name: "blanks", text: " a  b\tc \n 00001  x   2.5 \r\n\t2 \"y z\" 3\n", names: ["a", "b", "c"],
      rows: [["00001", "x", "2.5"], ["2", "y z", "3"]], options: ImportOptions(delimiter: .blanks)),
    Sample(
      name: "words for missing", text: "a,b\nNULL,x\n-,\" - \"\nnull,N/A\n", names: ["a", "b"],
      rows: [[nil, "x"], [nil, nil], ["null", nil]], options: ImportOptions(missing: ["NULL", "-", " N/A "])),
    Sample(
      name: "a long cell",
      text: "a,b\n" + String(repeating: "x", count: 10_000) + ",\"" + String(repeating: "\"\"", count: 5_000)
        + "\"\n", names: ["a", "b"],
      rows: [[String(repeating: "x", count: 10_000), String(repeating: "\"", count: 5_000)]]),
  ]

  @Test(arguments: samples) func cells(_ sample: Sample) throws {
    let opened = try table(sample.text, sample.options)
    #expect(opened.columnNames == sample.names)
    #expect(try opened.texts() == sample.rows)
    #expect(opened.rowFaults.isEmpty)
  }

  @Test(arguments: [1, 2, 7, 8, 9, 15, 16, 17, 31]) func cellsOfEveryLengthAndAlignment(_ shift: Int) throws {
    // Cells of all lengths, so that delimiters stand at every place of a word of eight bytes.
    var rows: [[String?]] = []
    var text = String(repeating: "h", count: shift) + ",b,c\n"
    for length in 0..<40 {
      let cell = String(repeating: "é", count: length / 2) + String(repeating: "y", count: length % 2)
      text += "\(cell),\"\(cell)\",z\n"
      rows.append([cell.isEmpty ? nil : cell, cell.isEmpty ? nil : cell, "z"])
    }
    #expect(try table(text).texts() == rows)
  }

  @Test func manyRowsAreTheSameAcrossStretches() throws {
    let count = 2_048 * 3 + 5
    var text = "id,name,at\n"
    for row in 0..<count {
      text +=
        row % 100 == 0 ? "\(row),\"a\nb\",2024-01-01\n" : "\(row),n\(row % 7),2024-01-\(row % 9 < 8 ? "0" : "1")1\n"
    }
    let opened = try table(text)
    #expect(opened.rowCount == count)
    let read = try opened.columns(
      [ColumnRequest(column: 0, reading: .field(.number(.plain))), ColumnRequest(column: 1, reading: .field(.text))],
      interruption: nil)
    #expect(read[0].values.all() == (0..<count).map { "\($0)" })
    #expect(read[1].values.shown(4_100) == "a\nb")
    let places = opened.places(of: [(row: 4_101, column: 2), (row: 5_000, column: nil), (row: 0, column: 1)])
    // Each hundredth row takes two lines.
    #expect(places[0].place == ImportPlace(line: 4_101 + 2 + 42, column: 9))
    #expect(places[1].place.line == 5_000 + 2 + 50)
    #expect(places[2].place == ImportPlace(line: 2, column: 3))
    #expect(places[2].text == "a\nb")
  }

  struct Broken: CustomTestStringConvertible {
    var name: String
    var text: String
    var faults: [RowFault]
    var lines: [Int]
    var rows: [[String?]]
    var testDescription: String { name }
  }

  static let broken = [
    Broken(
      name: "ragged", text: "a,b\n1\n2,x\n3,y,z\n4,w\n", faults: [.tooFew(cells: 1), .tooMany], lines: [2, 4],
      rows: [[nil, nil], ["2", "x"], [nil, nil], ["4", "w"]]),
    Broken(
      name: "never closed", text: "a,b\n1,x\n2,\"y\n3,z\n4,w\n", faults: [.unclosedQuote], lines: [3],
      rows: [["1", "x"], [nil, nil], ["3", "z"], ["4", "w"]]),
    Broken(
      name: "goes on after the quote", text: "a,b\n1,\"x\"y\n2,z\n", faults: [.textAfterQuote], lines: [2],
      rows: [[nil, nil], ["2", "z"]]),
    Broken(
      name: "an opening quote does not fold", text: "a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n", faults: [.textAfterQuote],
      lines: [2], rows: [[nil, nil], ["2", "y"], ["3", "z"], ["4", "w"]]),
    Broken(
      name: "in the second line of a cell", text: "a,b\n\"1\n2\",\"x\n3,y\n", faults: [.unclosedQuote], lines: [3],
      rows: [[nil, nil], ["3", "y"]]),
    Broken(
      name: "a false end in the wrong number of cells", text: "a,b\n1,\"x\n2,y\n3,z\",v,w\n4,u\n",
      faults: [.tooMany, .tooMany],
      lines: [2, 4], rows: [[nil, nil], ["2", "y"], [nil, nil], ["4", "u"]]),
  ]

  @Test(arguments: broken) func oneBadLineIsOneReject(_ sample: Broken) throws {
    let opened = try table(sample.text)
    #expect(opened.rowFaults.map(\.fault) == sample.faults)
    #expect(opened.places(of: opened.rowFaults.map { ($0.row, nil) }).map(\.place.line) == sample.lines)
    #expect(try opened.texts() == sample.rows)
  }

  @Test func whatCannotBeATextFileIsRefused() throws {
    #expect(refusal { _ = try table("") } == ["E2201"])
    #expect(refusal { _ = try table("\n\n  \n") } == ["E2201"])
    #expect(refusal { _ = try table(bytes: [0xFF, 0xFE, 0x61, 0]) } == ["E2202"])
    #expect(refusal { _ = try table(bytes: [0xFE, 0xFF, 0, 0x61]) } == ["E2202"])
    #expect(refusal { _ = try table(bytes: Array("a\0,\0b\0\n\0".utf8)) } == ["E2202"])
    #expect(refusal { _ = try table("a,b\n1,x\0y\n") } == ["E2204"])
    #expect(refusal { _ = try table("a,\"b\nc\n") } == ["E2232"])
    #expect(refusal { _ = try table(String(repeating: ",", count: 20_000)) } == ["E2205"])
    #expect(refusal { _ = try table(bytes: Array("a\n".utf8) + Array(repeatElement(0xC7, count: 3_000))) } == ["E2203"])
    do {
      _ = try table("a,b\n1,2\nسلام,x\0y\n")
      Issue.record("a NUL byte was taken")
    } catch let said as Diagnostics {
      #expect(said.all.first?.message.hasPrefix("t.csv:3:7: ") == true)
    }
  }

  @Test func bytesThatAreNotUTF8AreARejectWithItsLine() throws {
    let opened = try table(bytes: Array("a,b\n1,x\n2,".utf8) + [0xE9, 0x0A] + Array("3,z\n".utf8))
    #expect(opened.rowFaults.map(\.fault) == [.notUTF8])
    #expect(opened.places(of: [(1, nil)]).first?.place.line == 3)
    #expect(try opened.texts() == [["1", "x"], [nil, nil], ["3", "z"]])
  }

  @Test func whatWasFoundOutIsSaid() throws {
    #expect(
      try table("\u{FEFF}a;b\r\n\r\n1;2\r\n").findings == [
        "delimiter `;`: 2 of the first 2 lines have 2 cells", "header in line 1", "byte order mark",
        "1 empty line passed over",
      ])
    #expect(try table("1|2\n").findings.last == "no header: \"1\" in the first line is a value")
    #expect(try table(" 00004  1997 2\n 00005  1998 3\n").findings.first?.contains("delimiter: \"blank\"") == true)
    #expect(try table("a,b\n\"" + String(repeating: "x\n", count: 200) + "\",1\n").warnings.map(\.code) == ["E2262"])
  }

  @Test func delimitersByName() throws {
    #expect(try CSVDelimiter(named: "blank") == .blanks)
    #expect(try CSVDelimiter(named: "tab") == .byte(9))
    #expect(try CSVDelimiter(named: "^") == .byte(UInt8(ascii: "^")))
    for bad in ["", "a", "\"", ",,", "\n", "é", "7"] {
      #expect(throws: Diagnostic.self) { try CSVDelimiter(named: bad) }
    }
  }

  /// 10,000 files of bytes that mean nothing: whatever is opened can be read to its end.
  @Test func byteSoupsNeverTrap() throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let letters: [UInt8] =
      Array("\"\"\",,;\t|\n\n\r 019.-:/%aeTzx".utf8) + [0xD8, 0xA7, 0xDB, 0xB1, 0xE2, 0x80, 0x8C, 0xFF, 0xC2, 0xA0]
    var opened = 0
    for round in 0..<10_000 {
      var bytes: [UInt8] = []
      for _ in 0..<random(120) { bytes.append(random(40) == 0 ? UInt8(random(256)) : letters[random(letters.count)]) }
      var options = ImportOptions()
      if round % 5 == 0 { options.delimiter = .blanks }
      if round % 3 == 0 { options.header = round % 2 == 0 }
      if round % 7 == 0 { options.dates = try DateOrder("DD-MM-YY") }
      if round % 11 == 0 { options.dates = try DateOrder("epoch") }
      guard let table = try? table(bytes: bytes, options) else { continue }
      opened += 1
      let types: [FieldType] = [
        .number(.plain), .text, .yesno, .date, .time, .duration, .list(.date), .list(.text), .reference(KindID(0)),
      ]
      for column in table.columnNames.indices.prefix(4) {
        var requests = types.map { ColumnRequest(column: column, reading: .field($0)) }
        requests.append(ColumnRequest(column: column, reading: .found))
        requests.append(ColumnRequest(column: column, reading: .key))
        for read in try table.columns(requests, interruption: nil) {
          #expect((read.keys?.count ?? read.values.count) == table.rowCount)
          #expect(read.evidence.present + read.evidence.missing == table.rowCount)
          let places = table.places(of: read.faults.map { ($0.row, column) })
          #expect(places.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 })
        }
      }
      let hashes = try table.rowHashes(interruption: nil)
      #expect(hashes.count == table.rowCount)
    }
    #expect(opened > 1_000)
  }

  @Test func readingStopsWhenInterrupted() throws {
    let interruption = Interruption()
    interruption.interrupt()
    #expect(
      refusal { _ = try CSVTable.open(FileBytes("a\n1\n"), named: "t.csv", interruption: interruption) } == ["E2207"])
  }

  /// Lines that open and close quotes across one another: the cost stays in proportion.
  @Test(.timeLimit(.minutes(1))) func crossedQuotesStayLinear() throws {
    let width = 200
    let header = (0..<width).map { "h\($0)" }.joined(separator: ",") + "\n"
    let opened = try table(header + String(repeating: "x\",\"y\n", count: 20_000))
    #expect(opened.rowFaults.count > 0)
    let unclosed = try table("a,b\n" + String(repeating: "1,\"x\n", count: 20_000))
    #expect(unclosed.rowCount >= 9_999)
  }
}
