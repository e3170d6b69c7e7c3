import CSQLite
import PeyvandBase
import PeyvandData
import PeyvandFiles

/// A table or view of an SQLite database as a table.
///
/// The database is handed to the library as bytes that came through the one gate to the disk: it opens no file, nor one
/// beside it, and cannot write. It may come from anyone, so its schema is not trusted (views call no function with side
/// effects), nothing is loaded, nothing attached, statements only read, and names are quoted. Read in the order of its
/// rows, a row at a time.
package enum SQLiteSource {
  /// What a database may have beside it, by what the name has more: its log, and what it was before a change that is
  /// not over.
  package static let companions = ["-wal", "-journal"]

  static func isDatabase(_ file: FileBytes) -> Bool { file.array(0..<16) == Array("SQLite format 3\0".utf8) }

  /// - Parameter companion: the size of the file with the suffix, where there is one.
  /// - Throws: E2224 (damaged), E2227 (changes in a log beside it), E2228 (which table?), E2205, E2206, E2207.
  static func open(
    _ file: FileBytes, named name: String, options: ImportOptions, companion: (String) -> Int?,
    interruption: Interruption?
  ) throws(Diagnostics) -> any ImportTable {
    do throws(Diagnostic) {
      var file = file
      if let size = companion("-journal"), size > 0 { throw ImportDiagnostics.unfinished(name) }
      if file.byte(at: 18) == 2 || file.byte(at: 19) == 2 {
        if let size = companion("-wal"), size > 0 { throw ImportDiagnostics.logBeside(name) }
        // All of it stands in the file: read as one without a log.
        file = try Self.withoutLog(file, name, options)
      }
      let connection = try Connection(file, name, options, interruption)
      let (table, isView) = try connection.table()
      let rows = try connection.rows(of: table)
      let shown = ImportDiagnostics.shown(table)
      let count = rows.count
      let finding = "SQLite: \(isView ? "view" : "table") `\(shown)` of \(count) row\(count == 1 ? "" : "s")"
      do throws(Diagnostics) {
        return try rows.table(
          of: shown, findings: [finding], notable: [], name: name, options: options, interruption: interruption)
      } catch {
        throw error.all.first ?? ImportDiagnostics.damaged(name, "it cannot be read")
      }
    } catch {
      throw Diagnostics(error)
    }
  }

  /// A copy whose header says that it has no log: the library opens no other in memory.
  private static func withoutLog(_ file: FileBytes, _ name: String, _ options: ImportOptions) throws(Diagnostic)
    -> FileBytes
  {
    var copy = SpoolFile(for: name, limit: options.limits.fileBytes)
    var head = file.array(0..<100)
    if head.count > 19 {
      head[18] = 1
      head[19] = 1
    }
    try copy.write(head)
    var at = 100
    while at < file.count {
      let end = min(at + 1 << 20, file.count)
      try copy.write(file.array(at..<end))
      at = end
    }
    return try copy.finish()
  }

  /// A connection to a database in memory that nobody can change.
  private final class Connection {
    private let database: OpaquePointer
    /// Lent to the library as long as the connection stands.
    private let file: FileBytes
    private let name: String
    private let options: ImportOptions
    private let interruption: Interruption?

    init(
      _ file: FileBytes, _ name: String, _ options: ImportOptions, _ interruption: Interruption?
    ) throws(Diagnostic) {
      var opened: OpaquePointer?
      let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
      guard sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let opened else {
        sqlite3_close_v2(opened)
        throw ImportDiagnostics.damaged(name, "there is no memory to read it")
      }
      database = opened
      self.file = file
      self.name = name
      self.options = options
      self.interruption = interruption
      for (which, on) in [
        (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0), (SQLITE_DBCONFIG_DQS_DML, 0),
      ] { _ = sqlite_switch(database, which, Int32(on)) }
      let limits: [(Int32, Int)] = [
        (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LENGTH, min(options.limits.textBytes + 1_024, 1 << 30)),
        (SQLITE_LIMIT_SQL_LENGTH, 1 << 20), (SQLITE_LIMIT_COLUMN, min(options.limits.columns, 32_767)),
        (SQLITE_LIMIT_EXPR_DEPTH, 200), (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
      ]
      for (which, value) in limits { _ = sqlite3_limit(database, which, Int32(clamping: value)) }
      let bytes = file.unsafeBytes
      let start = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
      // Read-only: the library neither changes the bytes nor frees them.
      let status = sqlite3_deserialize(
        database, "main", start, Int64(bytes.count), Int64(bytes.count), UInt32(SQLITE_DESERIALIZE_READONLY))
      guard status == SQLITE_OK else { throw damage() }
      for pragma in ["PRAGMA query_only = 1", "PRAGMA trusted_schema = 0", "PRAGMA cell_size_check = 1"] {
        guard sqlite3_exec(database, pragma, nil, nil, nil) == SQLITE_OK else { throw damage() }
      }
      sqlite3_set_authorizer(
        database,
        { _, action, _, second, _, _ in
          switch action {
          case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
          case SQLITE_FUNCTION:
            guard let second else { return SQLITE_DENY }
            return String(cString: second).lowercased() == "load_extension" ? SQLITE_DENY : SQLITE_OK
          default: return SQLITE_DENY
          }
        }, nil)
      if let interruption {
        sqlite3_progress_handler(
          database, 10_000,
          { data in
            guard let data else { return 0 }
            return Unmanaged<Interruption>.fromOpaque(data).takeUnretainedValue().isInterrupted ? 1 : 0
          }, Unmanaged.passUnretained(interruption).toOpaque())
      }
    }

    deinit { sqlite3_close_v2(database) }

    private func damage() -> Diagnostic {
      if sqlite3_errcode(database) == SQLITE_INTERRUPT { return ImportDiagnostics.interrupted(name) }
      return ImportDiagnostics.damaged(name, String(cString: sqlite3_errmsg(database)))
    }

    private func statement(_ text: String) throws(Diagnostic) -> OpaquePointer {
      var statement: OpaquePointer?
      guard sqlite3_prepare_v2(database, text, -1, &statement, nil) == SQLITE_OK, let statement else {
        sqlite3_finalize(statement)
        throw damage()
      }
      return statement
    }

    private static func text(_ statement: OpaquePointer, _ column: Int32) -> UnsafeBufferPointer<UInt8> {
      let start = sqlite3_column_text(statement, column)
      return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// The table that is meant: the one that is named, else the only one.
    func table() throws(Diagnostic) -> (name: String, isView: Bool) {
      let statement = try statement(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name LIMIT 100000"
      )
      defer { sqlite3_finalize(statement) }
      var found: [(name: String, isView: Bool)] = []
      while true {
        let status = sqlite3_step(statement)
        if status == SQLITE_DONE { break }
        guard status == SQLITE_ROW else { throw damage() }
        let name = String(decoding: Self.text(statement, 0), as: UTF8.self)
        found.append((name, String(decoding: Self.text(statement, 1), as: UTF8.self) == "view"))
      }
      if let wanted = options.table {
        let key = nameKey(wanted)
        if let table = found.first(where: { $0.name == wanted }) ?? found.first(where: { nameKey($0.name) == key }) {
          return table
        }
        throw ImportDiagnostics.noSuchTable(wanted, name, found.map(\.name), what: "table")
      }
      let tables = found.filter { !$0.isView }
      if tables.count == 1 { return tables[0] }
      guard !found.isEmpty else { throw ImportDiagnostics.noTables(name) }
      if found.count == 1 { return found[0] }
      throw ImportDiagnostics.whichTable(
        name, found.map { "`\(ImportDiagnostics.shown($0.name))`" }, first: found[0].name, what: "tables")
    }

    func rows(of table: String) throws(Diagnostic) -> DatabaseRows {
      let quoted =
        "\"" + table.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
      guard !table.utf8.contains(0) else { throw ImportDiagnostics.damaged(name, "the name of a table holds a NUL") }
      let statement = try statement("SELECT * FROM \(quoted)")
      defer { sqlite3_finalize(statement) }
      let count = Int(sqlite3_column_count(statement))
      var names: [String] = []
      var areAnswers: [Bool] = []
      for column in 0..<Int32(count) {
        names.append(sqlite3_column_name(statement, column).map { String(cString: $0) } ?? "")
        let declared = sqlite3_column_decltype(statement, column).map { String(cString: $0).lowercased() } ?? ""
        areAnswers.append(declared.hasPrefix("bool"))
      }
      var rows = DatabaseRows(names, for: name, limit: options.limits.fileBytes)
      while true {
        let status = sqlite3_step(statement)
        if status == SQLITE_DONE { return rows }
        guard status == SQLITE_ROW else { throw damage() }
        for column in 0..<Int32(count) {
          let index = Int(column)
          switch sqlite3_column_type(statement, column) {
          case SQLITE_INTEGER:
            let value = sqlite3_column_int64(statement, column)
            if areAnswers[index], value == 0 || value == 1 {
              rows.add(value == 1 ? "true" : "false", .answer, column: index)
            } else {
              rows.add(String(value), .number, column: index)
            }
          case SQLITE_FLOAT:
            rows.add(NumberText.shortest(sqlite3_column_double(statement, column)), .number, column: index)
          case SQLITE_TEXT: rows.add(Self.text(statement, column), .text, column: index)
          case SQLITE_BLOB: rows.add("", .bytes, column: index)
          default: rows.add("", .missing, column: index)
          }
        }
        try rows.endRow()
        guard rows.count <= Limits.Fixed.rows else { throw ImportDiagnostics.tooManyRows(name) }
      }
    }
  }
}
