import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

@Suite struct WorkbookTests {
  private func open(_ workbook: WorkbookText, _ options: ImportOptions = ImportOptions()) throws -> any ImportTable {
    try source(workbook.bytes, options, named: "t.xlsx")
  }

  @Test func cellsOfEveryKind() throws {
    var workbook = WorkbookText(rows: [
      ["<c t=\"s\"><v>0</v></c>", "n", "yes", "formula", "text of a formula"],
      [
        "<c t=\"s\"><v>1</v></c>", "<c ><v>12.5</v></c>", "<c t=\"b\"><v>1</v></c>", "<c ><f>1+1</f><v>2</v></c>",
        "<c t=\"str\"><f>A1</f><v>a&amp;b</v></c>",
      ],
      [
        "<c t=\"s\"><v>2</v></c>", "<c ><v>1.0E+3</v></c>", "<c t=\"b\"><v>0</v></c>", "<c ><f>NOW()</f></c>",
        "<c t=\"inlineStr\"><is><r><t>ri</t></r><r><rPr/><t>ch</t></r><rPh><t>no</t></rPh></is></c>",
      ],
    ])
    workbook.strings = [
      "<t>name</t>", "<r><t>البرز</t></r><r><t xml:space=\"preserve\"> Co</t></r><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh>",
      "<t>a_x000D_\nb_x005F_</t>",
    ]
    let table = try open(workbook)
    #expect(table.columnNames == ["name", "n", "yes", "formula", "text of a formula"])
    #expect(
      try table.cells() == [
        ["البرز Co", "12.5", "true", "2", "a&b"], ["a\r\nb_", "1000", "false", nil, "rich"],
      ])
    // Whole rows are read as they stand, in one pass.
    #expect(
      try table.texts(ofRows: [1, 0], interruption: nil) == [
        ["a\r\nb_", "1000", "false", "", "rich"], ["البرز Co", "12.5", "true", "2", "a&b"],
      ])
    let types = try table.foundTypes(of: Array(0..<5), interruption: nil).map(\.type)
    #expect(types == [.text, .number(.plain), .yesno, .number(.plain), .text])
    #expect(table.findings.contains { $0.hasPrefix("1 formula has no value kept") })
  }

  @Test func daysByTheirFormats() throws {
    // Serial numbers and days as Excel shows them: 45292 is 2024-01-01, 61 is 1900-03-01, 60 is a day that never was.
    let formats: [(code: String, meaning: NumberMeaning)] = [
      ("yyyy-mm-dd", .day), ("[$-fa-IR,16]yyyy/mm/dd;@", .day), ("[$-3000401]dd mmmm yyyy", .day), ("mmm-yy", .day),
      ("dd/mm/yyyy hh:mm", .dayAndTime), ("h:mm AM/PM", .timeOfDay), ("[h]:mm:ss", .elapsed), ("General", .number),
      ("0.00", .number), ("#,##0 \"days\"", .number), ("0.00E+00", .number), ("[Red]0;[Blue]-0", .number),
      ("@", .number),
      ("mm:ss", .timeOfDay), ("\"d\"0", .number), ("\\d0", .number), ("# ?/?", .number), ("mmmm", .day),
      ("[$€-407] #,##0.00", .number), ("yyyy\"年\"m\"月\"d\"日\"", .day),
    ]
    for (code, meaning) in formats { #expect(NumberMeaning(format: code) == meaning, "\(code)") }
    #expect(NumberMeaning.builtIn(14) == .day)
    #expect(NumberMeaning.builtIn(22) == .dayAndTime)
    #expect(NumberMeaning.builtIn(46) == .elapsed)
    #expect(NumberMeaning.builtIn(9) == .number)
    #expect(NumberMeaning.builtIn(164) == nil)
    let days: [(serial: Double, from1904: Bool, text: String?)] = [
      (45_292, false, "2024-01-01"), (1, false, "1900-01-01"), (59, false, "1900-02-28"), (60, false, "1900-02-29"),
      (61, false, "1900-03-01"), (43_830, true, "2024-01-01"), (0, true, "1904-01-01"),
      (45_292.5, false, "2024-01-01 12:00:00"), (45_292.999_999_9, false, "2024-01-02"),
      (2_958_465, false, "9999-12-31"),
      (2_958_466, false, nil), (-1, false, nil), (0.75, false, "18:00:00"),
    ]
    for (serial, from1904, text) in days {
      #expect(NumberMeaning.day.text(serial, from1904: from1904) == text, "\(serial)")
    }
    #expect(NumberMeaning.elapsed.text(1.5, from1904: false) == "36:00:00")
  }

  @Test func columnsOfDaysAreDays() throws {
    var workbook = WorkbookText(rows: [
      ["day", "at", "long"],
      ["<c s=\"1\"><v>45292</v></c>", "<c s=\"2\"><v>45292.5</v></c>", "<c s=\"3\"><v>1.5</v></c>"],
      ["<c s=\"4\"><v>45293</v></c>", "<c s=\"2\"><v>45293</v></c>", "<c s=\"3\"><v>0.25</v></c>"],
      ["<c t=\"d\"><v>2024-02-03</v></c>", "<c t=\"d\"><v>2024-02-03T10:30:00.000Z</v></c>", nil],
    ])
    workbook.formats =
      "<numFmt numFmtId=\"164\" formatCode=\"[$-fa-IR,16]yyyy/mm/dd\"/><numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/>"
    workbook.styles = [0, 14, 22, 165, 164]
    // A Jalali format shows another calendar and keeps the same days; so does what is said of the file's texts.
    let table = try open(workbook, with { $0.calendar = .jalali })
    #expect(try table.foundTypes(of: [0, 1, 2], interruption: nil).map(\.type) == [.date, .time, .duration])
    let read = try table.columns((0..<3).map { ColumnRequest(column: $0, reading: .found) }, interruption: nil)
    #expect(read[0].values.all() == ["2024-01-01", "2024-01-02", "2024-02-03"])
    #expect(read[1].values.all() == ["2024-01-01 12:00", "2024-01-02 00:00", "2024-02-03 10:30"])
    #expect(read[2].values.all() == ["129600s", "21600s", nil])
    workbook.properties = "<workbookPr date1904=\"1\"/>"
    #expect(try open(workbook).cells()[0][0] == "2028-01-02")
  }

  @Test func aMergedCellOverRowsIsTheValueOfEach() throws {
    var workbook = WorkbookText([
      .init(
        name: "Sheet1",
        xml: WorkbookText.data([
          ["Sales of 2024", nil, nil], ["customer", "item", "n"],
          ["Alborz", "a", "<c ><v>1</v></c>"], [nil, "b", "<c ><v>2</v></c>"], [nil, nil, nil],
          ["Karun", "a", "<c ><v>3</v></c>"], [nil, "<c ><v>7</v></c>", "<c ><v>4</v></c>"],
        ])
          + "<mergeCells count=\"4\"><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"A3:A5\"/><mergeCell ref=\"$A$6:$B$7\"/>"
          + "<mergeCell ref=\"nonsense\"/></mergeCells>")
    ])
    workbook.properties = ""
    let table = try open(workbook)
    // The row between, which holds nothing of its own, is none; to the side nothing is filled.
    #expect(
      try table.cells() == [
        ["Alborz", "a", "1"], ["Alborz", "b", "2"], ["Karun", "a", "3"], ["Karun", "7", "4"],
      ])
    #expect(
      table.findings.contains(
        "4 merged areas: the value of one over several rows is that of each of them (2 cells filled)"))
    #expect(table.places(of: [(row: 1, column: 0)])[0].place.shown == "Sheet1!A4")
  }

  @Test func clocksAreTheTimeSinceMidnight() throws {
    var workbook = WorkbookText(rows: [
      ["key", "opened", "worked"],
      ["a", "<c s=\"1\"><v>0.4375</v></c>", "<c s=\"1\"><v>1.25</v></c>"],
      ["b", "<c s=\"1\"><v>45292.5</v></c>", "<c s=\"1\"><v>0.5</v></c>"],
    ])
    workbook.styles = [0, 20]
    let table = try open(workbook)
    // A sum of hours is no clock, however it is shown; of a day that is shown as a clock the clock is read, and said.
    #expect(try table.cells() == [["a", "10:30:00", "30:00:00"], ["b", "12:00:00", "12:00:00"]])
    #expect(try table.foundTypes(of: [1, 2], interruption: nil).map(\.type) == [.duration, .duration])
    #expect(
      table.findings.contains(
        "4 cells show times of day without a day: read as the time since midnight; 1 of them holds a day too, which is left out"
      ))
  }

  @Test func titlesEmptyColumnsAndPlaces() throws {
    let table = try open(
      WorkbookText(rows: [
        [nil, "Customers of 2024"], [], [nil, "key", "name", "n"],
        [nil, "C-1", "البرز", "<c ><v>1</v></c>"], [nil, "C-2", nil, "<c t=\"e\"><v>#DIV/0!</v></c>"], [nil, "C-3"],
        [nil, "Total", nil, "<c ><v>3</v></c>"],
      ]))
    #expect(table.columnNames == ["key", "name", "n"])
    #expect(
      try table.cells() == [["C-1", "البرز", "1"], ["C-2", nil, "#DIV/0!"], ["C-3", nil, nil], [nil, nil, nil]])
    #expect(table.faultNames() == ["E2235"])
    let places = table.places(of: [(row: 1, column: 2), (row: 0, column: 0), (row: 3, column: nil)])
    #expect(places.map(\.place.shown) == ["Sheet1!D5", "Sheet1!B4", "Sheet1!7:7"])
    #expect(places[0].text == "#DIV/0!")
    let read = try table.columns([ColumnRequest(column: 2, reading: .field(.number(.plain)))], interruption: nil)
    #expect(read[0].faults.map(\.row) == [1])
    #expect(table.findings.contains("1 line above the header passed over: \"Customers of 2024\""))
    #expect(table.findings.contains("1 cell holds an error of a formula, such as #N/A"))
  }

  @Test func theSheetIsNamedOrTheFirstThatIsShown() throws {
    let rows = WorkbookText.data([["key"], ["A"]])
    let others = WorkbookText.data([["key"], ["B"], ["C"]])
    let workbook = WorkbookText([
      .init(name: "Secret", xml: rows, state: "hidden"), .init(name: "Cover", xml: "<sheetData/>"),
      .init(
        name: "My Data",
        xml: "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols>" + others
          + "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>"), .init(name: "More", xml: rows),
    ])
    let table = try open(workbook)
    #expect(try table.cells() == [["B"], ["C"]])
    #expect(
      table.findings.contains(
        "sheet `My Data`, the first that is shown and has rows; others: `Secret` (hidden), `Cover`, `More`"))
    #expect(table.findings.contains("hidden columns are read too: B–C"))
    #expect(table.findings.contains("1 merged area: only the first cell of each has its value"))
    #expect(table.places(of: [(row: 0, column: 0)]).first?.place.shown == "'My Data'!A2")
    #expect(try open(workbook, with { $0.sheet = "Secret" }).cells() == [["A"]])
    #expect(refusal { _ = try open(workbook, with { $0.sheet = "Sekret" }) } == ["E2226"])
    #expect(refusal { _ = try open(workbook, with { $0.sheet = "Cover" }) } == ["E2201"])
  }

  @Test func manyRowsAndCellsOutOfOrder() throws {
    let count = 3_000
    let rows = (2...count + 1).map { row in
      "<row r=\"\(row * 2)\"><c r=\"B\(row * 2)\"><v>\(row)</v></c><c r=\"A\(row * 2)\" t=\"inlineStr\"><is><t>r\(row)\nx</t></is></c></row>"
    }
    let head = "<row r=\"1\"><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>"
    let table = try open(
      WorkbookText([.init(name: "S", xml: "<sheetData>\(head)\(rows.joined())</sheetData>")]))
    #expect(table.rowCount == count)
    #expect(try table.cells()[2_999] == ["r3001\nx", "3001"])
    #expect(table.places(of: [(row: 2_999, column: 1)]).first?.place.shown == "S!B6002")
  }

  @Test func prefixedNamesOfOtherPrograms() throws {
    var zip = WorkbookText(rows: []).zip
    for index in zip.parts.indices where zip.parts[index].name == "xl/worksheets/sheet1.xml" {
      zip.parts[index].bytes = Array(
        "<x:worksheet xmlns:x=\"\(WorkbookText.main)\"><x:sheetData><x:row><x:c t=\"str\"><x:v>key</x:v></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
          .utf8)
    }
    #expect(try source(zip.bytes, named: "t.xlsx").cells() == [["7"]])
  }

  // MARK: Hostile

  private func replacing(_ name: String, _ bytes: [UInt8]) -> ZipText {
    var zip = WorkbookText(rows: [["a"], ["1"]]).zip
    for index in zip.parts.indices where zip.parts[index].name == name { zip.parts[index].bytes = bytes }
    return zip
  }

  private func codes(_ zip: ZipText, _ options: ImportOptions = ImportOptions()) -> [String] {
    refusal { _ = try source(zip.bytes, options, named: "t.xlsx") }
  }

  private static let sheet = "xl/worksheets/sheet1.xml"

  @Test func bombsGoOutEarly() throws {
    let blanks = Array("<worksheet xmlns=\"\(WorkbookText.main)\">".utf8) + Array(repeating: 0x20, count: 10 << 20)
    #expect(codes(replacing(Self.sheet, blanks)) == ["E2225"])
    // Below the ratio, beyond the sum.
    var state: UInt32 = 1
    let noise = (0..<3 << 20).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return 0x61 + UInt8(state >> 28)
    }
    let text = Array("<worksheet xmlns=\"\(WorkbookText.main)\"><!--".utf8) + noise + Array("--></worksheet>".utf8)
    #expect(codes(replacing(Self.sheet, text), with { $0.limits.unpackedBytes = 2 << 20 }) == ["E2225"])
    #expect(codes(replacing(Self.sheet, text)) == ["E2201"])
    var many = WorkbookText(rows: [["a"]]).zip
    for index in 0..<10_001 { many.parts.append(.init(name: "x\(index)", bytes: [], isPacked: false)) }
    #expect(codes(many) == ["E2225"])
  }

  @Test func liesAboutSizesAreDamage() throws {
    for size in [1, 1 << 30] {
      var zip = WorkbookText(rows: [["a"], ["1"]]).zip
      for index in zip.parts.indices where zip.parts[index].name == Self.sheet { zip.parts[index].declaredSize = size }
      #expect(codes(zip) == ["E2224"])
    }
    var zip = WorkbookText(rows: [["a"], ["1"]]).zip
    zip.parts[1].checksum = 7
    #expect(codes(zip) == ["E2224"])
    zip = WorkbookText(rows: [["a"], ["1"]]).zip
    zip.parts[0].flags = 1
    #expect(codes(zip) == ["E2221"])
  }

  @Test func entitiesAndDepthAreRefused() throws {
    var laughs = "<!DOCTYPE lolz [<!ENTITY lol \"lol\">"
    for level in 1...9 {
      laughs +=
        "<!ENTITY l\(level) \"" + String(repeating: "&\(level == 1 ? "lol" : "l\(level - 1)");", count: 10) + "\">"
    }
    laughs +=
      "]><worksheet xmlns=\"\(WorkbookText.main)\"><sheetData><row><c t=\"str\"><v>&l9;</v></c></row></sheetData></worksheet>"
    #expect(codes(replacing(Self.sheet, Array(laughs.utf8))) == ["E2224"])
    let outside =
      "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><worksheet xmlns=\"\(WorkbookText.main)\">&f;</worksheet>"
    #expect(codes(replacing(Self.sheet, Array(outside.utf8))) == ["E2224"])
    let deep = String(repeating: "<a>", count: 300) + String(repeating: "</a>", count: 300)
    #expect(codes(replacing(Self.sheet, Array(deep.utf8))) == ["E2224"])
    #expect(codes(replacing(Self.sheet, Array("<worksheet>".utf8))) == ["E2224"])
    #expect(codes(replacing("xl/sharedStrings.xml", Array("<sst><si><t>\u{1}</t></si></sst>".utf8))) == ["E2224"])
  }

  @Test func namesAreNoPaths() throws {
    for name in ["../../etc/passwd", "xl/../../x", "..\\x"] {
      var zip = WorkbookText(rows: [["a"]]).zip
      zip.parts.append(.init(name: name, bytes: [1, 2, 3]))
      #expect(codes(zip) == ["E2224"], "\(name)")
    }
    // A target that leads out of the archive is a part that is not there.
    let relations =
      "<Relationships xmlns=\"\(WorkbookText.package)\"><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"../../../etc/passwd\"/></Relationships>"
    #expect(codes(replacing("xl/_rels/workbook.xml.rels", Array(relations.utf8))) == ["E2224"])
  }

  @Test func otherArchivesAreCalledByName() throws {
    func message(_ name: String) -> String {
      var zip = ZipText()
      zip.add(name, "x")
      do {
        _ = try source(zip.bytes, named: "t.xlsx")
        return ""
      } catch let said as Diagnostics {
        return said.all.map { $0.code + $0.message }.joined()
      } catch { return "" }
    }
    #expect(message("word/document.xml").contains("E2221't.xlsx' is a Word document"))
    #expect(message("content.xml").contains("is an OpenDocument file"))
    #expect(message("inner.zip").contains("is an archive, and no workbook"))
    #expect(refusal { _ = try source([0x50, 0x4B, 3, 4, 0, 0], named: "t.xlsx") } == ["E2224"])
  }

  /// Every byte changed, every length cut: refused or read, and never more than that.
  @Test func damagedWorkbooksNeverTrap() throws {
    let whole = WorkbookText(rows: [["a", "b"], ["1", "<c ><v>2</v></c>"], ["x", "y"]]).bytes
    var refused = 0
    for at in stride(from: 0, to: whole.count, by: 3) {
      var changed = whole
      changed[at] ^= UInt8(1 + at % 255)
      if !refusal({ _ = try source(changed, named: "t.xlsx").cells() }).isEmpty { refused += 1 }
      _ = refusal { _ = try source(Array(whole.prefix(at)), named: "t.xlsx").cells() }
    }
    #expect(refused > 100)
  }
}
