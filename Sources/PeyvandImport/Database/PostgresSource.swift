import CPostgres
import PeyvandBase
import PeyvandData
import PeyvandFiles

/// A table or view of a PostgreSQL database as a table.
///
/// The connection only reads: one transaction that sees one moment, a cursor whose rows come some at a time so that
/// memory stays bounded however large the table is, names quoted by the library. The password comes from `PGPASSWORD` or
/// the password file alone; what the server says is shown with nothing in it that could be one.
package enum PostgresSource {
  /// Bytes that one piece of rows should come to.
  private static let pieceBytes = 4 << 20
  /// What may stand behind the `?` of an address.
  private static let settings = ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "connect_timeout"]

  /// - Throws: E2229 (an option of files), E3018 (the address), E3016 (the server), E2228 (which table?), E2205, E2206, E2207.
  package static func open(
    _ text: String, options: ImportOptions, interruption: Interruption? = nil
  ) throws(Diagnostics) -> any ImportTable {
    try options.check(.database, DatabaseAddress.masked(text))
    do throws(Diagnostic) {
      guard let address = DatabaseAddress(text) else {
        throw ImportDiagnostics.badAddress(DatabaseAddress.masked(text))
      }
      guard !address.hasPassword else { throw ImportDiagnostics.passwordInAddress(address.shown) }
      if let strange = address.settings.first(where: { !settings.contains($0.name) }) {
        throw ImportDiagnostics.badAddress(address.shown, setting: strange.name)
      }
      // Without a password the address is shown as it was written: a statement made of it finds the same server.
      let connection = try Connection(address, named: text, options, interruption)
      let table = try connection.table()
      let rows = try connection.rows(of: table)
      let shown = ImportDiagnostics.shown(table.shown)
      let finding =
        "PostgreSQL: \(table.isView ? "view" : "table") `\(shown)` of \(rows.count) row\(rows.count == 1 ? "" : "s")"
      do throws(Diagnostics) {
        return try rows.table(
          of: shown, findings: [finding], notable: [], name: text, options: options,
          interruption: interruption)
      } catch {
        throw error.all.first ?? ImportDiagnostics.server(text, "the rows cannot be read")
      }
    } catch {
      throw Diagnostics(error)
    }
  }

  private struct Table {
    var schema: String
    var name: String
    var isView: Bool
    /// Whether it is found without its schema.
    var isVisible: Bool
    var shown: String { isVisible ? name : "\(schema).\(name)" }
  }

  private final class Connection {
    private let connection: OpaquePointer
    private let name: String
    private let options: ImportOptions
    private let interruption: Interruption?

    init(
      _ address: DatabaseAddress, named name: String, _ options: ImportOptions, _ interruption: Interruption?
    ) throws(Diagnostic) {
      self.name = name
      self.options = options
      self.interruption = interruption
      var given: [(String, String)] = [
        ("application_name", "peyvand"), ("client_encoding", "UTF8"), ("connect_timeout", "10"),
      ]
      if let host = address.host { given.append(("host", host)) }
      if let port = address.port { given.append(("port", port)) }
      if let user = address.user { given.append(("user", user)) }
      if let database = address.database { given.append(("dbname", database)) }
      for (name, value) in address.settings where ["sslmode", "sslrootcert", "connect_timeout"].contains(name) {
        given.append((name, value))
      }
      // The last of two values counts.
      guard
        let opened = Self.withStrings(
          given.map(\.0),
          { names in
            Self.withStrings(given.map(\.1)) { values in PQconnectdbParams(names, values, 0) }
          })
      else { throw ImportDiagnostics.server(name, "there is no memory for a connection") }
      connection = opened
      // What the server remarks is no answer of ours.
      PQsetNoticeProcessor(opened, { _, _ in }, nil)
      guard PQstatus(opened) == CONNECTION_OK else { throw said() }
      for text in [
        "SET default_transaction_read_only = on", "SET search_path = pg_catalog", "SET datestyle = 'ISO'",
        "SET intervalstyle = 'iso_8601'", "SET timezone = 'UTC'", "SET extra_float_digits = 1",
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
      ] { _ = try run(text) }
    }

    deinit { PQfinish(connection) }

    private static func withStrings<R>(
      _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R?
    ) -> R? {
      let copies = strings.map { text -> UnsafeMutablePointer<CChar> in
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return copy
      }
      defer { for copy in copies { copy.deallocate() } }
      let pointers = copies.map { UnsafePointer<CChar>($0) as UnsafePointer<CChar>? } + [nil]
      return pointers.withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap(body) }
    }

    /// What the server or the library says, in one line.
    private func said() -> Diagnostic {
      let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
      let words = text.split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
      return ImportDiagnostics.server(name, DatabaseAddress.masked(words))
    }

    /// A result that is freed when nobody holds it.
    private final class Answer {
      let result: OpaquePointer
      init(_ result: OpaquePointer) { self.result = result }
      deinit { PQclear(result) }
      var rows: Int { Int(PQntuples(result)) }
      var columns: Int { Int(PQnfields(result)) }

      func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(result, Int32(clamping: row), Int32(clamping: column)) != 0
      }

      func bytes(_ row: Int, _ column: Int) -> UnsafeBufferPointer<UInt8> {
        let (row, column) = (Int32(clamping: row), Int32(clamping: column))
        let count = Int(PQgetlength(result, row, column))
        guard count > 0, let start = PQgetvalue(result, row, column) else {
          return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(
          start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
      }

      func text(_ row: Int, _ column: Int) -> String { String(decoding: bytes(row, column), as: UTF8.self) }
    }

    private func run(_ text: String) throws(Diagnostic) -> Answer {
      if interruption?.isInterrupted == true { throw ImportDiagnostics.interrupted(name) }
      guard let result = PQexec(connection, text) else { throw said() }
      let answer = Answer(result)
      let status = PQresultStatus(result)
      guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else { throw said() }
      return answer
    }

    /// The table that is meant: the one that is named, else the only one.
    func table() throws(Diagnostic) -> Table {
      // What is visible is so for the user's own path, so it is set back while names are looked up.
      _ = try run("SET LOCAL search_path TO DEFAULT")
      let answer = try run(
        """
        SELECT n.nspname, c.relname, c.relkind::pg_catalog.text, pg_catalog.pg_table_is_visible(c.oid)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r','p','v','m','f']::pg_catalog."char"[])
          AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
          AND n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast|temp)'
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
        ORDER BY 1, 2 LIMIT 20000
        """)
      _ = try run("SET LOCAL search_path TO pg_catalog")
      let found = (0..<answer.rows).map { row in
        Table(
          schema: answer.text(row, 0), name: answer.text(row, 1), isView: "vm".contains(answer.text(row, 2)),
          isVisible: answer.text(row, 3) == "t")
      }
      if let wanted = options.table {
        if let table = found.first(where: { $0.isVisible && $0.name == wanted })
          ?? found.first(where: { "\($0.schema).\($0.name)" == wanted })
        {
          return table
        }
        throw ImportDiagnostics.noSuchTable(wanted, name, found.map(\.shown), what: "table")
      }
      let tables = found.filter { !$0.isView }
      if tables.count == 1 { return tables[0] }
      guard !found.isEmpty else { throw ImportDiagnostics.noTables(name) }
      if found.count == 1 { return found[0] }
      throw ImportDiagnostics.whichTable(
        name, found.map { "`\(ImportDiagnostics.shown($0.shown))`" }, first: found[0].shown, what: "tables")
    }

    private func quoted(_ name: String) throws(Diagnostic) -> String {
      guard let text = PQescapeIdentifier(connection, name, name.utf8.count) else { throw said() }
      defer { PQfreemem(text) }
      return String(cString: text)
    }

    func rows(of table: Table) throws(Diagnostic) -> DatabaseRows {
      let source = "\(try quoted(table.schema)).\(try quoted(table.name))"
      // Views are read with the path their functions were made for; the transaction still only reads.
      _ = try run("SET LOCAL search_path TO DEFAULT")
      _ = try run("DECLARE peyvand_rows NO SCROLL CURSOR FOR SELECT * FROM \(source)")
      var answer = try run("FETCH FORWARD 200 FROM peyvand_rows")
      let columns = answer.columns
      guard columns <= options.limits.columns else {
        throw ImportDiagnostics.tooManyColumns(name, limit: options.limits.columns)
      }
      guard columns > 0 else { throw ImportDiagnostics.noTables(name) }
      let names = (0..<columns).map { column in
        PQfname(answer.result, Int32(clamping: column)).map { String(cString: $0) } ?? ""
      }
      let kinds = (0..<columns).map { Self.kind(ofType: PQftype(answer.result, Int32(clamping: $0))) }
      var rows = DatabaseRows(names, for: name, limit: options.limits.fileBytes)
      while answer.rows > 0 {
        var bytes = 0
        for row in 0..<answer.rows {
          for column in 0..<columns {
            if answer.isNull(row, column) {
              rows.add("", .missing, column: column)
              continue
            }
            let value = answer.bytes(row, column)
            bytes += value.count
            switch kinds[column] {
            case .answer: rows.add(value.first == UInt8(ascii: "t") ? "true" : "false", .answer, column: column)
            case .list: Self.list(value, into: &rows, column)
            case let kind: rows.add(value, kind, column: column)
            }
          }
          try rows.endRow()
        }
        guard rows.count <= Limits.Fixed.rows else { throw ImportDiagnostics.tooManyRows(name) }
        let each = max(bytes / answer.rows, 16)
        answer = try run("FETCH FORWARD \(min(max(Self.pieceRows(each), 1), 50_000)) FROM peyvand_rows")
      }
      _ = try run("CLOSE peyvand_rows")
      _ = try run("COMMIT")
      return rows
    }

    private static func pieceRows(_ bytes: Int) -> Int { PostgresSource.pieceBytes / bytes }

    /// By the numbers of the server's built-in types (`src/include/catalog/pg_type.dat`).
    private static func kind(ofType type: Oid) -> DatabaseRows.Kind {
      switch type {
      case 16: .answer
      case 17: .bytes
      case 20, 21, 23, 26, 700, 701, 1700: .number
      case 1082: .day
      case 1114, 1184: .instant
      case 1186: .elapsed
      case 1000, 1002, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1182, 1231, 2951: .list
      default: .text
      }
    }

    /// `{a,"b c",NULL}` as a list; an array of arrays stays the text that it is.
    private static func list(
      _ bytes: UnsafeBufferPointer<UInt8>, into rows: inout DatabaseRows, _ column: Int
    ) {
      guard let elements = elements(Array(bytes)) else {
        rows.add(bytes, .text, column: column)
        return
      }
      guard !elements.isEmpty else {
        rows.add("", .missing, column: column)
        return
      }
      let joined = Array(elements.joined(separator: [DatabaseRows.listSeparator]))
      joined.withUnsafeBufferPointer { rows.add($0, .list, column: column) }
    }

    /// The elements of an array's text, those that are NULL left out; nil where it holds arrays.
    static func elements(_ bytes: [UInt8]) -> [[UInt8]]? {
      guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else { return nil }
      var result: [[UInt8]] = []
      var at = 1
      let end = bytes.count - 1
      while at < end {
        var element: [UInt8] = []
        if bytes[at] == UInt8(ascii: "{") { return nil }
        if bytes[at] == UInt8(ascii: "\"") {
          at += 1
          while at < end, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < end { at += 1 }
            element.append(bytes[at])
            at += 1
          }
          at += 1
          result.append(element)
        } else {
          while at < end, bytes[at] != UInt8(ascii: ",") {
            element.append(bytes[at])
            at += 1
          }
          if element != Array("NULL".utf8) { result.append(element) }
        }
        at += 1
      }
      return result
    }
  }
}
