import CSQLite
import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

@Suite struct SQLiteTests {
  /// The bytes of a database made of these statements.
  private func database(_ statements: String) throws -> [UInt8] {
    var opened: OpaquePointer?
    try #require(sqlite3_open(":memory:", &opened) == SQLITE_OK)
    let connection = try #require(opened)
    defer { sqlite3_close(connection) }
    try #require(
      sqlite3_exec(connection, statements, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(connection)))"
    )
    var size: Int64 = 0
    let bytes = try #require(sqlite3_serialize(connection, "main", &size, 0))
    defer { sqlite3_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
  }

  private func open(_ statements: String, _ options: ImportOptions = ImportOptions()) throws -> any ImportTable {
    try source(try database(statements), options, named: "crm.db")
  }

  @Test func valuesOfEveryClass() throws {
    let table = try open(
      """
      CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, code TEXT, score REAL, vip BOOLEAN, since DATE, photo BLOB);
      INSERT INTO customer VALUES (1, 'البرز', '007', 1.5, 1, '2024-01-05', x'00ff'), (2, NULL, '12', -3, 0, NULL, NULL),
        (3, 'a' || char(10) || 'b', '', 1e300, NULL, '2024-02-01', NULL);
      """)
    #expect(table.columnNames == ["id", "name", "code", "score", "vip", "since", "photo"])
    #expect(
      try table.cells().map { $0.dropLast() } == [
        ["1", "البرز", "007", "1.5", "true", "2024-01-05"], ["2", nil, "12", "-3", "false", nil],
        ["3", "a\nb", nil, NumberText.shortest(1e300), nil, "2024-02-01"],
      ])
    let types = try table.foundTypes(of: Array(0..<6), interruption: nil).map(\.type)
    #expect(types == [.number(.plain), .text, .text, .number(.plain), .yesno, .date])
    #expect(table.findings.first == "SQLite: table `customer` of 3 rows")
    #expect(table.findings.last?.hasPrefix("`photo` holds bytes that are no text in 1 row") == true)
    #expect(table.places(of: [(row: 2, column: 1)]).first?.place.shown == "customer, row 3")
    #expect(table.part == "customer")
  }

  @Test func theTableIsNamedOrTheOnlyOne() throws {
    let two =
      "CREATE TABLE a (x); CREATE TABLE \"b c\" (y); INSERT INTO \"b c\" VALUES (7); CREATE VIEW v AS SELECT 8 AS z;"
    #expect(refusal { _ = try open(two) } == ["E2228"])
    #expect(try open(two, with { $0.table = "b c" }).cells() == [["7"]])
    #expect(try open(two, with { $0.table = "v" }).cells() == [["8"]])
    #expect(refusal { _ = try open(two, with { $0.table = "d" }) } == ["E2228"])
    #expect(try open("CREATE TABLE a (x); INSERT INTO a VALUES (1); CREATE VIEW v AS SELECT 1;").cells() == [["1"]])
    #expect(refusal { _ = try open("CREATE TABLE a (x); DROP TABLE a;") } == ["E2201"])
  }

  @Test func aNameIsNoStatement() throws {
    let evil = "x\"; DROP TABLE y; --"
    let quoted = "\"x\"\"; DROP TABLE y; --\""
    let statements =
      "CREATE TABLE y (a); INSERT INTO y VALUES (1); CREATE TABLE \(quoted) (b); INSERT INTO \(quoted) VALUES (2);"
    #expect(try open(statements, with { $0.table = evil }).cells() == [["2"]])
    #expect(try open(statements, with { $0.table = "y" }).cells() == [["1"]])
  }

  @Test func aSchemaIsNotTrusted() throws {
    for view in [
      "CREATE VIEW v AS SELECT load_extension('x.so') AS a", "CREATE VIEW v AS SELECT * FROM pragma_database_list",
    ] {
      #expect(refusal { _ = try open(view + ";", with { $0.table = "v" }) } == ["E2224"], "\(view)")
    }
  }

  @Test func aViewWithoutEndIsInterrupted() throws {
    let endless = try database(
      "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n;")
    let interruption = Interruption()
    interruption.interrupt()
    #expect(
      refusal {
        _ = try ImportSource.open(
          FileBytes(endless), named: "v.db", options: with { $0.table = "v" }, interruption: interruption)
      } == ["E2207"])
  }

  @Test func damageIsSaidAndNeverTraps() throws {
    let whole = try database(
      "CREATE TABLE a (x, y); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO a SELECT i, 'text ' || i FROM n;"
    )
    #expect(try source(whole, named: "a.db").rowCount == 500)
    #expect(refusal { _ = try source(Array(whole.prefix(100)), named: "a.db") } == ["E2224"])
    #expect(refusal { _ = try source(Array(whole.prefix(20)), named: "a.db") } == ["E2224"])
    var refused = 0
    var state: UInt64 = 7
    for _ in 0..<300 {
      var changed = whole
      for _ in 0..<20 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int((state >> 20) % UInt64(changed.count - 16)) + 16
        changed[place] = UInt8(truncatingIfNeeded: state >> 50)
      }
      if !refusal({ _ = try source(changed, named: "a.db").cells() }).isEmpty { refused += 1 }
    }
    #expect(refused > 20)
  }

  @Test func aLogBesideTheFileIsNotPassedOver() throws {
    var bytes = try database("CREATE TABLE a (x); INSERT INTO a VALUES (1);")
    bytes[18] = 2
    bytes[19] = 2
    func open(_ log: Int?) throws -> any ImportTable {
      try ImportSource.open(FileBytes(bytes), named: "a.db", companion: { $0 == "-wal" ? log : nil })
    }
    #expect(refusal { _ = try open(4_096) } == ["E2227"])
    #expect(
      refusal {
        _ = try ImportSource.open(FileBytes(bytes), named: "a.db", companion: { $0 == "-journal" ? 512 : nil })
      } == ["E2227"])
    #expect(try open(0).cells() == [["1"]])
    #expect(try open(nil).cells() == [["1"]])
  }

  @Test func textsThatAreNoneRejectTheirRow() throws {
    let table = try open(
      "CREATE TABLE a (x, y); INSERT INTO a VALUES (CAST(x'ff41' AS TEXT), 1), ('b', 2), ('c' || char(0) || 'd', 3);")
    #expect(table.faultNames() == ["E2233", "E2233"])
    #expect(try table.cells() == [[nil, nil], ["b", "2"], [nil, nil]])
  }
}
