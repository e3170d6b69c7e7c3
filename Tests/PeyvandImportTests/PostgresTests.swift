import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

/// A real server, started for these tests on a socket in a folder of its own; nothing listens on the network.
///
/// A server will not run as root, so root starts it as the user `postgres`. Where there is no server, or no such user,
/// the tests say why and are skipped.
enum PostgresServer {
  struct Started {
    var folder: String
    /// `postgres://postgres@/company?host=…`
    var address: String
  }

  static let state: Result<Started, SkipReason> = start()
  struct SkipReason: Error, CustomStringConvertible { var description: String }

  static var isThere: Bool { if case .success = state { true } else { false } }
  static var reason: Comment {
    if case .failure(let reason) = state { Comment(rawValue: reason.description) } else { "" }
  }

  /// Runs a command of the shell; nil where it fails.
  private static func shell(_ command: String) -> String? {
    guard let pipe = popen("(" + command + ") 2>&1", "r") else { return nil }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      if count == 0 { break }
      text += chunk.prefix(count)
    }
    let status = pclose(pipe)
    return status == 0 ? String(decoding: text, as: UTF8.self) : nil
  }

  private static func start() -> Result<Started, SkipReason> {
    func skip(_ words: String) -> Result<Started, SkipReason> { .failure(SkipReason(description: words)) }
    let found = shell("ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | tail -1; true") ?? ""
    let bin = found.split(separator: "\n").last.map(String.init) ?? ""
    guard !bin.isEmpty, access(bin + "/initdb", X_OK) == 0 else { return skip("there is no PostgreSQL server here") }
    let isRoot = geteuid() == 0
    if isRoot, shell("id postgres") == nil { return skip("there is no user `postgres` to run the server as") }
    func asServer(_ command: String) -> String? {
      isRoot ? shell("su postgres -s /bin/sh -c '\(command)'") : shell("sh -c '\(command)'")
    }
    guard let made = asServer("mktemp -d /tmp/peyvand-pg-XXXXXX")?.split(separator: "\n").last.map(String.init) else {
      return skip("there is no folder for a server")
    }
    guard
      asServer("cd \(made) && \(bin)/initdb -D \(made)/data -U postgres -A trust -E UTF8 --locale=C --no-sync") != nil,
      asServer(
        "cd \(made) && \(bin)/pg_ctl -D \(made)/data -w -t 60 -l \(made)/log -o \"-c listen_addresses= -c unix_socket_directories=\(made) -c fsync=off\" start"
      ) != nil
    else {
      _ = shell("rm -rf \(made)")
      return skip("the server did not start")
    }
    // The server ends with the tests, whichever way they end.
    stop =
      isRoot
      ? "su postgres -s /bin/sh -c '\(bin)/pg_ctl -D \(made)/data -m immediate stop'; rm -rf \(made)"
      : "\(bin)/pg_ctl -D \(made)/data -m immediate stop; rm -rf \(made)"
    atexit { PostgresServer.stopNow() }
    // A run that is killed leaves no server either.
    _ = shell("(while [ -d /proc/\(getpid()) ]; do sleep 1; done; \(stop)) < /dev/null > /dev/null 2>&1 &")
    let setUp = """
      CREATE DATABASE company;
      \\c company
      CREATE ROLE locked LOGIN PASSWORD 'not so secret';
      CREATE TABLE res_partner (id serial PRIMARY KEY, name text, code varchar, active boolean, score numeric(10,2),
        since date, seen timestamptz, created timestamp, wait interval, tags text[], photo bytea, data jsonb);
      INSERT INTO res_partner (name, code, active, score, since, seen, created, wait, tags, photo, data) VALUES
        (U&'\\0627\\0644\\0628\\0631\\0632', '007', true, 12.50, '2024-01-05', '2024-01-05 10:30:00+03:30', '2024-01-05 10:30:00.123',
         '1 day 2 hours', ARRAY['a', 'b "c"'], '\\x00ff', '{"x": 1}'),
        (NULL, '12', false, NULL, 'infinity', NULL, NULL, NULL, ARRAY[]::text[], NULL, NULL);
      CREATE TABLE many (id int PRIMARY KEY, word text);
      INSERT INTO many SELECT i, repeat('x', i % 50) FROM generate_series(1, 30000) i;
      CREATE SCHEMA other; CREATE TABLE other.thing (x int); INSERT INTO other.thing VALUES (7);
      CREATE TABLE "x""; DROP TABLE many; --" (y int); INSERT INTO "x""; DROP TABLE many; --" VALUES (9);
      CREATE FUNCTION spoil() RETURNS int LANGUAGE sql AS $$INSERT INTO other.thing VALUES (8) RETURNING x$$;
      CREATE VIEW spoiling AS SELECT spoil() AS x;
      """
    let script = made + "/setup.sql"
    guard let file = fopen(script, "w") else { return skip("the folder cannot be written") }
    fputs(setUp, file)
    fclose(file)
    chmod(script, 0o644)
    guard asServer("\(bin)/psql -h \(made) -U postgres -v ON_ERROR_STOP=1 -q -f \(script)") != nil else {
      stopNow()
      return skip("the tables could not be made")
    }
    return .success(Started(folder: made, address: "postgres://postgres@/company?host=\(made)"))
  }

  private static func stopNow() { _ = shell(stop) }
  nonisolated(unsafe) private static var stop = "true"
}

@Suite struct PostgresAddressTests {
  @Test func addressesAreTakenApart() throws {
    let whole = try #require(DatabaseAddress("postgres://ali@db.example:5433/crm%20x?sslmode=require"))
    #expect(whole.user == "ali" && whole.host == "db.example" && whole.port == "5433" && whole.database == "crm x")
    #expect(whole.settings.map(\.name) == ["sslmode"])
    #expect(try #require(DatabaseAddress("postgresql://[::1]/x")).host == "::1")
    #expect(DatabaseAddress("mysql://x/y") == nil)
    #expect(DatabaseAddress("postgres://h:port/y") == nil)
    #expect(DatabaseAddress.isAddress("Postgres://x") && !DatabaseAddress.isAddress("postgres.csv"))
  }

  @Test func passwordsAreRefusedAndNeverShown() {
    for address in [
      "postgres://ali:s3cret@host/db", "postgres://ali@host/db?password=s3cret", "postgres://ali:s3cret@/db?host=/tmp",
      "postgres://:s3cret@host", "postgresql://ali:a%40s3cret@host/db", "postgres://ali@host/db?sslpassword=s3cret",
    ] {
      do {
        _ = try PostgresSource.open(address, options: ImportOptions())
        Issue.record("\(address) was taken")
      } catch {
        #expect(error.all.map(\.code) == ["E3018"])
        #expect(!error.all.contains { ($0.message + $0.notes.joined()).contains("s3cret") }, "\(error.all)")
      }
      #expect(!DatabaseAddress.masked("import x from \"\(address)\" key id").contains("s3cret"), "\(address)")
      #expect(DatabaseAddress.holdsPassword(address))
      #expect(DatabaseAddress.masked(address).utf8.count == address.utf8.count)
    }
    #expect(DatabaseAddress("postgres://ali:s3cret@host/db")?.shown == "postgres://ali:***@host/db")
    #expect(!DatabaseAddress.holdsPassword("postgres://ali@host:5432/db and a: b@c"))
    #expect(
      refusal { _ = try PostgresSource.open("postgres://h/d?options=-c%20x", options: ImportOptions()) } == ["E3018"])
  }

  @Test func aServerThatIsNotThereIsSaid() {
    #expect(
      refusal { _ = try PostgresSource.open("postgres://u@/db?host=/nowhere", options: ImportOptions()) } == ["E3016"])
  }
}

@Suite(.serialized, .enabled(if: PostgresServer.isThere, PostgresServer.reason)) struct PostgresTests {
  private func open(_ table: String?) throws -> any ImportTable {
    try PostgresSource.open(try PostgresServer.state.get().address, options: with { $0.table = table })
  }

  @Test func valuesOfEveryType() throws {
    let table = try open("res_partner")
    #expect(
      table.columnNames == [
        "id", "name", "code", "active", "score", "since", "seen", "created", "wait", "tags", "photo", "data",
      ])
    let types = try table.foundTypes(of: Array(0..<10), interruption: nil).map(\.type)
    #expect(
      types == [
        .number(.plain), .text, .text, .yesno, .number(.plain), .date, .time, .time, .duration, .list(.text),
      ])
    let read = try table.columns((0..<12).map { ColumnRequest(column: $0, reading: .found) }, interruption: nil)
    #expect(
      read.map { $0.values.shown(0) } == [
        "1", "البرز", "007", "yes", "12.5", "2024-01-05", "2024-01-05 07:00", "2024-01-05 10:30", "93600s",
        "a+b \"c\"", nil, "{\"x\": 1}",
      ])
    #expect(read.map { $0.values.shown(1) } == ["2", nil, "12", "no", nil, nil, nil, nil, nil, nil, nil, nil])
    // Infinity is no day: it is rejected, and not taken for missing.
    #expect(read[5].faults.map(\.row) == [1])
    #expect(table.places(of: [(row: 1, column: 5)]).first?.place.shown == "res_partner, row 2")
    #expect(table.findings.contains { $0.hasPrefix("`photo` holds bytes that are no text in 1 row") })
  }

  @Test func manyRowsComeSomeAtATime() throws {
    let table = try open("many")
    #expect(table.rowCount == 30_000)
    #expect(table.places(of: [(row: 29_999, column: 0)]).first?.text == "30000")
  }

  @Test func theTableIsNamed() throws {
    #expect(try open("other.thing").cells() == [["7"]])
    #expect(refusal { _ = try open(nil) } == ["E2228"])
    #expect(refusal { _ = try open("res_partners") } == ["E2228"])
    #expect(try open("x\"; DROP TABLE many; --").cells() == [["9"]])
    #expect(try open("many").rowCount == 30_000)
  }

  @Test func nothingIsWritten() throws {
    #expect(refusal { _ = try open("spoiling") } == ["E3016"])
    #expect(try open("other.thing").cells() == [["7"]])
  }

  @Test func whatTheServerSaysIsShown() throws {
    let server = try PostgresServer.state.get()
    do {
      _ = try PostgresSource.open("postgres://nobody@/company?host=\(server.folder)", options: ImportOptions())
      Issue.record("nobody was let in")
    } catch {
      #expect(error.all.first?.code == "E3016")
      #expect(error.all.first?.message.contains("role \"nobody\" does not exist") == true, "\(error.all)")
    }
  }
}
