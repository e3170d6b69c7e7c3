import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

@Suite struct JSONSourceTests {
  private func json(_ text: String, _ options: ImportOptions = ImportOptions(), named name: String = "t.json") throws
    -> any ImportTable
  {
    try source(text, options, named: name)
  }

  /// What is no JSON is refused as such; what is JSON is a table, or said to hold no records.
  @Test func theSuiteOfJSONTests() throws {
    for (name, text) in JSONSuiteCases.right {
      #expect([[], ["E2223"]].contains(refusal { _ = try json(text) }), "\(name)")
    }
    for (name, text) in JSONSuiteCases.refusedThough + JSONSuiteCases.wrong {
      let codes = refusal { _ = try json(text) }
      #expect(codes == ["E2222"] || (text.isEmpty && codes == ["E2201"]), "\(name): \(codes)")
    }
    for (name, bytes) in JSONSuiteCases.wrongBytes {
      let codes = refusal { _ = try source(bytes, named: "t.json") }
      #expect(codes == ["E2222"], "\(name): \(codes)")
    }
    for deep in [String(repeating: "[", count: 100_000), String(repeating: "[{\"\":", count: 50_000) + "\n"] {
      #expect(refusal { _ = try json(deep) } == ["E2222"])
    }
    #expect(JSONSuiteCases.wrong.count + JSONSuiteCases.wrongBytes.count > 170)
  }

  @Test func whereItIsWrongIsSaid() throws {
    do {
      _ = try json("[{\"a\": 1},\n {\"a\": \"گل\", \"b\": tru}]")
      Issue.record("it was taken")
    } catch let said as Diagnostics {
      #expect(said.all.first?.message.hasPrefix("t.json:2:19: this is no right JSON: ") == true, "\(said.all)")
    }
    do {
      _ = try json("[{\"a\": 1,\n \"a\": 2}]")
      Issue.record("a key was taken twice")
    } catch let said as Diagnostics {
      #expect(said.all.first?.message.contains("t.json:2:2: ") == true, "\(said.all)")
    }
  }

  @Test func aListOfRecords() throws {
    let table = try json(
      """
      [
        {"id": 1, "name": "البرز", "active": true, "address": {"city": "Tehran", "geo": {"lat": 35.7}}, "tags": ["a", "b"]},
        {"id": 2, "name": null, "active": false, "tags": [], "phone": "0912", "since": "2024-01-05"},
        {"id": 12345678901234567890, "name": "x\\ny", "amount": 1.10}
      ]
      """)
    #expect(
      table.columnNames == [
        "id", "name", "active", "address.city", "address.geo.lat", "tags", "phone", "since", "amount",
      ])
    #expect(
      try table.cells() == [
        ["1", "البرز", "true", "Tehran", "35.7", "a, b", nil, nil, nil],
        ["2", nil, "false", nil, nil, nil, "0912", "2024-01-05", nil],
        ["12345678901234567890", "x\ny", nil, nil, nil, nil, nil, nil, "1.10"],
      ])
    let found = try table.foundTypes(of: Array(table.columnNames.indices), interruption: nil)
    #expect(
      found.map(\.type) == [
        .text, .text, .yesno, .text, .number(.plain), .list(.text), .text, .date, .number(.plain),
      ])
    let tags = try table.columns([ColumnRequest(column: 5, reading: .found)], interruption: nil)
    #expect(tags.first?.values.all() == ["a+b", nil, nil])
    #expect(table.findings == ["JSON: a list of 3 records"])
  }

  @Test func placesAreThoseOfTheValues() throws {
    let table = try json("[\n {\"a\": 1, \"b\": {\"گل\": \"x\"}},\n {\"b\": {\"گل\" : 7}, \"a\": 2}]")
    let places = table.places(of: [
      (row: 1, column: 1), (row: 0, column: 0), (row: 0, column: 1), (row: 1, column: nil),
    ])
    #expect(places.map(\.place.shown) == ["3:16", "2:8", "2:23", "3:2"])
    #expect(places.map(\.text) == ["7", "1", "x", ""])
  }

  @Test func theListInsideAnObjectIsFound() throws {
    let text = "{\"meta\": {\"page\": 1, \"ids\": [1, 2]}, \"data\": {\"orders\": [{\"n\": 1}, {\"n\": 2}]}}"
    let table = try json(text)
    #expect(try table.cells() == [["1"], ["2"]])
    #expect(table.findings == ["JSON: the list `data.orders` of 2 records"])
    #expect(table.warnings.map(\.code) == ["E2267"])
    let several = "{\"orders\": [{\"n\": 1}], \"customers\": [{\"k\": \"C\"}]}"
    #expect(refusal { _ = try json(several) } == ["E2228"])
    #expect(try json(several, with { $0.table = "customers" }).cells() == [["C"]])
    #expect(refusal { _ = try json(several, with { $0.table = "custmers" }) } == ["E2228"])
    #expect(try json("{\"k\": \"C\", \"n\": {\"a\": 1}}").cells() == [["C", "1"]])
  }

  @Test func recordsInsideRecordsAreLeftOutByName() throws {
    let table = try json("[{\"n\": 1, \"lines\": [{\"x\": 1}, {\"x\": 2}]}, {\"n\": 2, \"lines\": []}]")
    #expect(table.columnNames == ["n"])
    #expect(table.findings.last == "`lines` holds records of its own and is left out, in 1 record")
  }

  @Test func linesOfJSON() throws {
    let text =
      "{\"a\": 1}\r\n\n{\"a\": 2, \"b\": \"x\"}\n{\"a\": }\n[1]\n{\"a\": 3} {\"a\": 4}\n{\"a\":5,\"a\":6}\n{\"a\": 7}"
    for name in ["t.jsonl", "t.txt"] {
      let table = try json(text, named: name)
      #expect(
        try table.cells() == [
          ["1", nil], ["2", "x"], [nil, nil], [nil, nil], [nil, nil], [nil, nil], ["7", nil],
        ])
      #expect(table.faultNames() == Array(repeating: "E2234", count: 4))
      #expect(table.lines(ofRows: table.rowFaults.map(\.row)) == [4, 5, 6, 7])
      #expect(table.places(of: [(row: 6, column: 0)]).first?.place == ImportPlace(line: 8, column: 7))
      #expect(try table.rowHashes(interruption: nil).map { $0 == 0 } == [false, false, true, true, true, true, false])
    }
    #expect(refusal { _ = try json("x\ny\n", named: "t.ndjson") } == ["E2223"])
  }

  @Test func whatBeginsLikeItIsNotAlwaysJSON() throws {
    #expect(try source("[id],[name]\n1,x\n").columnNames == ["[id]", "[name]"])
    #expect(try source("{a},b\n1,x\n").columnNames == ["{a}", "b"])
    #expect(try source(" \n[ {\"a\": 1} ]", named: "data.txt").columnNames == ["a"])
  }

  @Test func manyColumnsAreRefusedAndManyRowsAreRead() throws {
    let many = "[{" + (0..<20_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}]"
    #expect(refusal { _ = try json(many) } == ["E2205"])
    let count = 5_000
    let rows = (0..<count).map { "{\"i\":\($0),\"t\":\"a\\u001eb\\u001f\($0)\"}" }.joined(separator: ",\n")
    let table = try json("[" + rows + "]")
    #expect(table.rowCount == count)
    #expect(try table.cells()[4_321] == ["4321", "a\u{1e}b\u{1f}4321"])
    // Cells that hold the separators of the spool move no place.
    #expect(table.places(of: [(row: 4_321, column: 1)]).first?.place == ImportPlace(line: 4_322, column: 15))
  }

  @Test func otherEncodingsAndNULs() throws {
    #expect(
      try source(EncodingTests.utf16("[{\"a\": \"سلام\"}]", big: false, mark: true), named: "t.json").cells() == [
        ["سلام"]
      ])
    #expect(try json("\u{FEFF}[{\"a\": 1}]").cells() == [["1"]])
    let nul = try json("[{\"a\": \"x\\u0000y\"}, {\"a\": \"z\"}]")
    #expect(nul.faultNames() == ["E2233"])
    #expect(try nul.cells() == [[nil], ["z"]])
  }

  /// Right texts with some bytes changed, in every encoding: refused or read, and what is read has places.
  @Test func changedTextsNeverTrap() throws {
    let seeds: [[UInt8]] = [
      Array("[{\"a\": 1, \"b\": {\"c\": [1, \"x\", null]}},\n {\"a\": \"\\u0633لام\", \"d\": [{\"e\": 2}]}]".utf8),
      Array("{\"a\": 1}\n{\"a\": 2, \"b\": [true]}\n{\"c\": {\"d\": 1e5}}\n".utf8),
      EncodingTests.utf16("key,نام\n1,علی\n2,\"x\ny\"\n", big: false, mark: false),
      EncodingTests.utf16("[{\"a\": 1}]", big: true, mark: true),
      Array("sep=;\nTitle\nid;name;n\n1;a;2\nTotal;;3\n".utf8),
    ]
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let signs = Array("{}[]\",:;\n\r\\ 09truefalsn\0".utf8) + [0xFF, 0xFE, 0xC7, 0x1E, 0x1F, 0xD8]
    var opened = 0
    for round in 0..<4_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...random(3) {
        let place = random(bytes.count)
        switch random(3) {
        case 0: bytes[place] = signs[random(signs.count)]
        case 1: bytes.insert(signs[random(signs.count)], at: place)
        default: bytes.remove(at: place)
        }
      }
      let name = ["t.json", "t.jsonl", "t.csv"][random(3)]
      guard let table = try? source(bytes, with { $0.short = round % 2 == 0 ? .fill : .reject }, named: name) else {
        continue
      }
      opened += 1
      #expect(try table.rowHashes(interruption: nil).count == table.rowCount)
      let cells = try table.cells()
      let places = table.places(
        of: cells.indices.flatMap { row in
          [(row: row, column: nil)] + table.columnNames.indices.map { (row: row, column: Optional($0)) }
        })
      #expect(places.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 })
      _ = try table.columns(
        table.columnNames.indices.map { ColumnRequest(column: $0, reading: .found) }, interruption: nil)
    }
    #expect(opened > 500)
  }

  @Test func objectsThatShareNoKeyAreNoTable() throws {
    let lines = (0..<1_200).map { "{\"key_\($0)\": \($0)}" }
    for text in ["[" + lines.joined(separator: ",") + "]", lines.joined(separator: "\n")] {
      let refused = #expect(throws: Diagnostics.self) {
        _ = try ImportSource.open(FileBytes(text), named: "values.json")
      }
      #expect(refused?.all.first?.code == "E2223", "\(String(describing: refused?.all.first))")
      #expect(refused?.all.first?.message.contains("hardly share one") == true)
    }
    // Many columns of which each record has a few are one.
    let sparse = (0..<1_200).map { record in
      let values = (0..<9).map { "\"k\((record * 9 + $0) % 1_500)\": 1" }
      return "{\"id\": \(record), \(values.joined(separator: ", "))}"
    }
    #expect(try ImportSource.open(FileBytes(sparse.joined(separator: "\n")), named: "sparse.jsonl").rowCount == 1_200)
  }
}
