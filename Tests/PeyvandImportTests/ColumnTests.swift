import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

@Suite struct ColumnTests {
  struct Sample: CustomTestStringConvertible {
    var name: String
    var cells: [String]
    var type: FieldType
    /// nil: missing; "!" and a fault: no value.
    var values: [String?]
    var faults: [CellFault] = []
    var options = ImportOptions()
    var problem: String?
    var testDescription: String { name }
  }

  static func order(_ pattern: String, _ calendar: CalendarSystem? = nil) -> ImportOptions {
    ImportOptions(dates: try? DateOrder(pattern), calendar: calendar)
  }

  static let samples = [
    Sample(
      name: "numbers", cells: ["1", "-2.5", ".5", "+7", "1e3", "007", " 8 ", "", "-0"], type: .number(.plain),
      values: ["1", "-2.5", "0.5", "7", "1000", "7", "8", nil, "0"]),
    Sample(
      name: "no numbers", cells: ["nan", "inf", "0x10", "1e999", "1.2.3", "--1", "5.", "1 2", "-", "12abc"],
      type: .number(.plain), values: Array(repeating: nil, count: 10),
      faults: [
        .notNumber, .notNumber, .notNumber, .numberOutOfRange, .notNumber, .notNumber, .notNumber, .notNumber,
        .notNumber, .notNumber,
      ]),
    Sample(
      name: "Persian and Arabic digits", cells: ["۱۲۳", "٤٥٦", "۱٬۲۵۰٫۵", "−۳", "\u{200F}۷\u{200F}"],
      type: .number(.plain), values: ["123", "456", "1250.5", "-3", "7"]),
    Sample(
      name: "thousands", cells: ["1,250", "12", "1,000,000", "1 250", "3.5"], type: .number(.plain),
      values: ["1250", "12", "1000000", "1250", "3.5"]),
    Sample(
      name: "decimal commas", cells: ["1,5", "12", "1.250,75", "1.000.000"], type: .number(.plain),
      values: ["1.5", "12", "1250.75", "1000000"]),
    Sample(
      name: "a comma here and there", cells: ["1,250", "1,25"], type: .number(.plain), values: ["1250", "1.25"],
      problem: "E2212"),
    Sample(
      name: "a point and a comma", cells: ["1.5", "1,25"], type: .number(.plain), values: ["1.5", "1.25"],
      problem: "E2212"),
    Sample(
      name: "percent", cells: ["40%", "٪۱۲", "0", "7 %"], type: .number(.share), values: ["0.4", "0.12", "0", "0.07"]),
    Sample(
      name: "percent here and there", cells: ["40%", "12"], type: .number(.plain), values: ["0.4", "12"],
      problem: "E2213"),
    Sample(
      name: "the most exact",
      cells: ["0.1", "123456789012345", "9007199254740993", "1.7976931348623157e308", "5e-324"],
      type: .number(.plain),
      values: ["0.1", "123456789012345", "9007199254740992", "1.7976931348623157e+308", "5e-324"]),
    Sample(
      name: "yes and no", cells: ["yes", "NO", "True", "f", "Y", "بله", "خیر", "1", "0", "۱", "maybe", "2"],
      type: .yesno,
      values: ["yes", "no", "yes", "no", "yes", "yes", "no", "yes", "no", "yes", nil, nil],
      faults: [.notYesNo, .notYesNo]),
    Sample(
      name: "ISO days",
      cells: ["2024-02-29", "2023-02-29", "2024/3/1", "2024.12.31", "20240105", "1996-07-04 00:00:00", "x"],
      type: .date, values: ["2024-02-29", nil, "2024-03-01", "2024-12-31", "2024-01-05", "1996-07-04", nil],
      faults: [.noSuchDay, .notDate]),
    Sample(
      name: "instants",
      cells: [
        "2023-06-01 19:11:14", "2012-10-09T14:50:17+00:00", "2010-12-30 14:32:00+01:00", "2024-01-01T00:00:00.123Z",
        "2024-01-01", "2024-01-01 3:15 PM", "20240101235959", "2024-01-01 25:00",
      ], type: .time,
      values: [
        "2023-06-01 19:11:14", "2012-10-09 14:50:17", "2010-12-30 13:32", "2024-01-01 00:00", "2024-01-01 00:00",
        "2024-01-01 15:15", "2024-01-01 23:59:59", nil,
      ], faults: [.notTime]),
    Sample(
      name: "the zone of the company", cells: ["2024-01-01 00:00", "2024-01-01T00:00Z"], type: .time,
      values: ["2023-12-31 20:30", "2024-01-01 00:00"],
      options: ImportOptions(zone: Zone(name: "+03:30", offset: 12_600))),
    Sample(
      name: "a day by the zone", cells: ["2024-01-01T21:00Z", "2024-01-01 21:00"], type: .date,
      values: ["2024-01-02", "2024-01-01"], options: ImportOptions(zone: Zone(name: "+03:30", offset: 12_600))),
    Sample(
      name: "DD-MM-YY", cells: ["20-10-16", "01-03-17", "31-12-69", "32-01-17", "2016-10-20", "1-3-17"], type: .date,
      values: ["2016-10-20", "2017-03-01", "1969-12-31", nil, "2016-10-20", "2017-03-01"], faults: [.noSuchDay],
      options: order("DD-MM-YY")),
    Sample(
      name: "YYYYMMDD", cells: ["19970101", "19970230", "199701"], type: .date, values: ["1997-01-01", nil, nil],
      faults: [.noSuchDay, .notDate], options: order("YYYYMMDD")),
    Sample(
      name: "MM/DD/YYYY with hours", cells: ["12/31/2020 11:59 pm", "1/2/2020"], type: .time,
      values: ["2020-12-31 23:59", "2020-01-02 00:00"], options: order("mm/dd/yyyy hh:mm")),
    Sample(
      name: "YYYYMMDDhhmmss", cells: ["20200102030405", "202001020304"], type: .time,
      values: ["2020-01-02 03:04:05", "2020-01-02 03:04"], options: order("YYYYMMDDhhmmss")),
    Sample(
      name: "names of months", cells: ["20 Oct 2016", "Oct 20, 2016", "20-October-2016", "5 مهر 1403", "20 Foo 2016"],
      type: .date, values: ["2016-10-20", "2016-10-20", "2016-10-20", nil, nil], faults: [.otherCalendar, .notDate],
      options: ImportOptions(calendar: .gregorian)),
    Sample(
      name: "DD MMM YY", cells: ["20 Oct 16", "1 jan 99"], type: .date, values: ["2016-10-20", "1999-01-01"],
      options: order("DD MMM YY")),
    Sample(
      name: "epoch", cells: ["0", "86400", "-1", "1e12", "2020-01-01", "1.5"], type: .time,
      values: [
        "1970-01-01 00:00", "1970-01-02 00:00", "1969-12-31 23:59:59", nil, "2020-01-01 00:00", "1970-01-01 00:00:01",
      ],
      faults: [.notTime], options: order("epoch")),
    Sample(
      name: "epoch ms", cells: ["1577836800000"], type: .time, values: ["2020-01-01 00:00"], options: order("epoch ms")),
    Sample(
      name: "a 13 tells the order", cells: ["01/02/2020", "13/02/2020", "31/02/2020"], type: .date,
      values: ["2020-02-01", "2020-02-13", nil], faults: [.noSuchDay]),
    Sample(
      name: "a 13 tells the other order", cells: ["01/02/2020", "02/13/2020 10:30"], type: .time,
      values: ["2020-01-02 00:00", "2020-02-13 10:30"]),
    Sample(
      name: "nothing tells the order", cells: ["01/02/2020", "03/04/2020"], type: .date,
      values: ["1970-01-01", "1970-01-01"], problem: "E2210"),
    Sample(
      name: "both orders", cells: ["13/02/2020", "02/13/2020"], type: .date, values: ["1970-01-01", "1970-01-01"],
      problem: "E2210"),
    Sample(
      name: "short years are asked about", cells: ["20-10-16"], type: .date, values: ["1970-01-01"], problem: "E2210"),
    Sample(
      name: "Jalali", cells: ["1403-12-30", "1404-12-30", "1402/01/01", "۱۴۰۳/۰۵/۰۱", "31/06/1403"], type: .date,
      values: ["2025-03-20", nil, "2023-03-21", "2024-07-22", "2024-09-21"], faults: [.noSuchDay]),
    Sample(
      name: "two calendars", cells: ["1403-01-01", "2024-01-01"], type: .date, values: ["2024-03-20", "2024-01-01"],
      problem: "E2211"),
    Sample(
      name: "Jalali declared", cells: ["1403-01-01", "2024-01-01", "03-01-01"], type: .date,
      values: ["2024-03-20", nil, nil], faults: [.otherCalendar, .notDate],
      options: ImportOptions(dates: try? DateOrder("YYYY-MM-DD"), calendar: .jalali)),
    Sample(
      name: "Jalali years of two digits", cells: ["03-01-01", "99-12-29"], type: .date,
      values: ["2024-03-20", "2021-03-19"], options: order("YY-MM-DD", .jalali)),
    Sample(
      name: "durations",
      cells: ["1:30", "0:01:30", "PT5M", "P1DT2H", "5 min", "1h 30m", "2 days", "۳ ساعت", "90", "1:75"],
      type: .duration,
      values: ["5400s", "90s", "300s", "93600s", "300s", "5400s", "172800s", "10800s", nil, nil],
      faults: [.notDuration, .notDuration]),
    Sample(
      name: "texts as they stand", cells: ["علي", "علی", "\" \u{200C}x \"", "007"], type: .text,
      values: ["علي", "علی", " \u{200C}x ", "007"]),
    Sample(
      name: "lists", cells: ["a;b", "c", "d; e ;"], type: .list(.text), values: ["a+b", "c", "d+e"]),
  ]

  @Test(arguments: samples) func values(_ sample: Sample) throws {
    let text = "x\ty\n" + sample.cells.map { $0 + "\t.\n" }.joined()
    var options = sample.options
    options.delimiter = .byte(9)
    options.header = true
    let column = try table(text, options).column(named: "x", as: sample.type)
    #expect(column.values.all() == sample.values)
    #expect(column.faults.map(\.fault) == sample.faults)
    #expect(column.problem?.code == sample.problem)
    #expect(column.evidence.present - column.evidence.matching == sample.faults.count)
  }

  @Test func textsThatMeanTheSameKeepTheirSpelling() throws {
    let column = try table("x\nعلي\nعلی\nعلي\n").column(named: "x", as: .text)
    guard case .text(let codes, let dictionary) = column.values.storage else {
      Issue.record("no texts")
      return
    }
    #expect(Array(codes) == [0, 1, 0])
    #expect(dictionary.identity == [0, 0])
  }

  struct Found: CustomTestStringConvertible {
    var cells: [String]
    var type: FieldType
    var evidence: String
    var options = ImportOptions()
    var testDescription: String { cells.prefix(3).joined(separator: " ") + " → \(type)" }
  }

  static let found = [
    Found(cells: ["1", "2.5", "", "-3"], type: .number(.plain), evidence: "number: 3 of 3"),
    Found(cells: ["00001", "2"], type: .text, evidence: "text: 2 of 2"),
    Found(cells: ["0", "0.5", "0"], type: .number(.plain), evidence: "number: 3 of 3"),
    Found(cells: ["۰۲۱", "۲۲"], type: .text, evidence: "text: 2 of 2"),
    Found(cells: ["1234567890123456"], type: .text, evidence: "text: 1 of 1"),
    Found(cells: ["40%", "7%"], type: .number(.share), evidence: "number: 2 of 2"),
    Found(cells: ["1,250", "12"], type: .number(.plain), evidence: "number: 2 of 2"),
    Found(cells: ["Yes", "no"], type: .yesno, evidence: "yes/no: 2 of 2"),
    Found(cells: ["1", "0"], type: .number(.plain), evidence: "number: 2 of 2"),
    Found(cells: ["بله", "خیر"], type: .yesno, evidence: "yes/no: 2 of 2"),
    Found(cells: ["No internet service", "No", "Yes"], type: .text, evidence: "text: 3 of 3"),
    Found(cells: ["2024-01-01", "2023-12-31"], type: .date, evidence: "date: 2 of 2"),
    Found(cells: ["2024-01-01", "2023-12-31 10:00"], type: .time, evidence: "time: 2 of 2"),
    Found(cells: ["2012-10-09T14:50:17+00:00"], type: .time, evidence: "time: 1 of 1"),
    Found(cells: ["۱۴۰۳/۰۵/۰۱"], type: .date, evidence: "date: 1 of 1"),
    Found(cells: ["19970101", "19970112"], type: .number(.plain), evidence: "number: 2 of 2"),
    Found(cells: ["19970101", "19970112"], type: .date, evidence: "date: 2 of 2", options: order("YYYYMMDD")),
    Found(cells: ["20-10-16", "01-03-17"], type: .date, evidence: "date: 2 of 2", options: order("DD-MM-YY")),
    Found(cells: ["1:30:00", "0:05:00"], type: .duration, evidence: "duration: 2 of 2"),
    Found(cells: ["Case 1", "Case 2"], type: .text, evidence: "text: 2 of 2"),
    Found(cells: ["", ""], type: .text, evidence: "text: 0 of 0"),
    Found(cells: ["(5) 555-4729", "030-0074321"], type: .text, evidence: "text: 2 of 2"),
    Found(cells: ["+4930", "12"], type: .text, evidence: "text: 2 of 2"),
    Found(
      cells: (1...1_198).map { _ in "2024-01-01" } + ["x", "y", "n/a"], type: .date, evidence: "date: 1,198 of 1,201"),
    Found(cells: (1...19).map { "\($0)" } + ["x"], type: .text, evidence: "number: 19 of 20"),
  ]

  @Test(arguments: found) func typesByEvidence(_ sample: Found) throws {
    var options = sample.options
    options.delimiter = .byte(9)
    options.header = true
    let opened = try table("x\ty\n" + sample.cells.map { $0 + "\t.\n" }.joined(), options)
    let type = try opened.foundTypes(of: [0], interruption: nil)[0]
    #expect(type.type == sample.type)
    #expect(type.evidence.text == sample.evidence)
    #expect(try opened.column(named: "x", as: nil).type == sample.type)
  }

  @Test(arguments: [
    (["20-10-16"], ["DD-MM-YY", "YY-MM-DD"]), (["01-03-24"], ["DD-MM-YY", "MM-DD-YY", "YY-MM-DD"]),
    (["20-10-16", "31-12-69"], ["DD-MM-YY"]), (["1/2/2024"], ["DD/MM/YYYY", "MM/DD/YYYY"]),
    (["20-20-20", "01-03-24"], ["DD-MM-YY", "MM-DD-YY", "YY-MM-DD"]),
  ]) func onlyOrdersThatCanBeAreOffered(cells: [String], orders: [String]) throws {
    let read = try table("d\n" + cells.joined(separator: "\n") + "\n").column(named: "d", as: .date)
    #expect(read.problem.map(ImportDiagnostics.orders) == orders)
  }

  /// In a file cut by semicolons `1.250` is asked about, unless the column or the user says what it is.
  @Test(arguments: [
    (["1.250", "3.400"], nil, nil), (["-12,500"], nil, nil), (["1.250", "0.125"], nil, [1.25, 0.125]),
    (["1.250", "1.5"], nil, [1.25, 1.5]), (["1.250", "1.234.567"], nil, nil), (["1250", "3"], nil, [1250, 3]),
    (["1.250", "1.234.567", "12,5", "7"], DecimalSign.comma, [1250, 1_234_567, 12.5, 7]),
    (["1.250", "1,250.5", "۱٬۲۵۰٫۵"], .point, [1.25, 1250.5, 1250.5]),
    (["1.25", "12,5"], .comma, [nil, 12.5]), (["12,5", "1.25"], .point, [nil, 1.25]),
  ]) func thousandsAreNotGuessed(cells: [String], decimal: DecimalSign?, values: [Double?]?) throws {
    var options = ImportOptions(delimiter: .byte(UInt8(ascii: ";")))
    options.decimal = decimal
    let read = try table("x;y\n" + cells.map { $0 + ";1\n" }.joined(), options).column(named: "x", as: .number(.plain))
    guard let values else {
      #expect(read.problem.map { ["E2219", "E2212"].contains($0.code) } == true)
      return
    }
    #expect(read.problem == nil)
    guard case .number(let numbers) = read.values.storage else {
      Issue.record("no numbers")
      return
    }
    let found = numbers.indices.map { read.values.present?[$0] == 0 ? nil : numbers[$0] }
    #expect(found == values)
  }

  @Test func ordersThatMakeNoSense() {
    for pattern in ["", "DD-MM", "YYYY", "QQ", "hh:mm DD-MM-YY", "DD-MM-YYYYY", "DD\nMM\nYY", "YYMMDDYY", "é"] {
      #expect(throws: Diagnostic.self) { try DateOrder(pattern) }
    }
  }

  @Test func bothCalendarsAreCounted() throws {
    let column = try table("x\n1403-01-01\n1403-01-02\n2024-01-01\n").column(named: "x", as: .date)
    #expect(column.problem?.message.contains("2 Jalali and 1 Gregorian") == true)
  }

  @Test func aColumnThatIsNotThereIsSuggested() throws {
    let opened = try table("region,x\na,1\n")
    do {
      _ = try opened.column(named: "regoin", as: .text)
      Issue.record("found")
    } catch {
      #expect(error.all.first?.code == "E2214")
      #expect(error.all.first?.notes.first?.contains("`region`") == true)
    }
  }

  /// The hash of rows is kept in stores: these values may never change.
  @Test func fingerprintsAreForEver() {
    #expect(Fingerprint.of("") == 3_296_475_034_207_353_888)
    #expect(Fingerprint.of("a") == 12_773_909_544_514_834_358)
    #expect(Fingerprint.of("Peyvand پیوند 12345678", seed: 7) == 5_198_895_047_278_569_090)
  }

  @Test func fingerprintsTellCellsApart() throws {
    let hashes = try table("a,b\nx,yz\nxy,z\n\"x\",\"yz\"\n,\n,x\nx,\n").rowHashes(interruption: nil)
    #expect(hashes[0] == hashes[2])
    #expect(Set(hashes).count == 5)
    var counter = OrdinalCounter(expecting: 0)
    var naive: [UInt64: UInt64] = [:]
    for step in 0..<5_000 {
      let value = UInt64(step % 37) &* UInt64(step % 11)
      #expect(counter.ordinal(of: value) == naive[value, default: 0])
      naive[value, default: 0] += 1
    }
  }

  @Test func theFileAsAKindOfRows() throws {
    let opened = try table("OrderID,at,OrderID,note\n7,2024-01-01,8,x\n9,2024-01-02,nope,y\n")
    let source = try TableSource(opened)
    #expect(source.catalogue.name(of: source.rowKind) == "row")
    #expect(source.rows(of: source.rowKind) == 0..<2)
    let field = try #require(source.catalogue.field(named: "OrderID 2", of: source.rowKind))
    #expect(field.type == .text)
    let at = try #require(source.catalogue.field(named: "at", of: source.rowKind))
    #expect(at.type == .date)
    #expect(source.columnsRead().isEmpty)
    #expect(try source.column(at.id)?.all() == ["2024-01-01", "2024-01-02"])
    #expect(source.columnsRead().keys.sorted() == [1])
    #expect(try source.keys(of: [0, 1], family: source.rowKind) == ["1", "2"])
    #expect(try source.row(withKey: "2", family: source.rowKind) == 1)
    #expect(try source.row(withKey: "3", family: source.rowKind) == nil)
    #expect(try TableSource(table("row,x\n1,2\n")).catalogue.kind(named: "line") != nil)
  }
}
