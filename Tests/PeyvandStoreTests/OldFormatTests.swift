import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport
import Testing

/// A file that an earlier program wrote, as it wrote it.
@Suite("Earlier formats")
struct OldFormatTests {
  private let base = StoreFileTests()

  @Test("a store of version 2 is read as it was meant, and written anew holds the same")
  func second() throws {
    let bytes = try FileLeave.everything.read(TestFiles.root + "/Tests/Fuzz/Corpus/snapshot/store-v2.json")
    base.folder.file("v2.json", bytes: bytes.array())
    let file = try StoreFile.open(path: base.folder["v2.json"])
    try check(file.state)
    try file.save(file.state)
    let written = String(decoding: try base.folder.bytes("v2.json"), as: UTF8.self)
    #expect(written.contains("\"version\":3"))
    #expect(try base.folder.bytes("v2.json.bak-v2") == bytes.array())
    withExtendedLifetime(file) {}
    try check(StoreFile.open(path: base.folder["v2.json"], writable: false).state)
  }

  private func check(_ state: StoreState) throws {
    let kind = try #require(state.catalogue.kind(named: "thing")).id
    func value(_ field: String, _ key: String) throws -> Value {
      let row = try #require(try state.row(withKey: key, family: kind))
      return try state.value(try #require(state.catalogue.field(named: field, of: kind)).id, row: Int(row))
    }
    #expect(state.recordCount == 6)
    #expect(try value("name", "1") == .text("علي") && value("name", "2") == .text("علی"))
    #expect(try value("name", "3") == .missing && value("name", "6") == .text("said"))
    #expect(try value("n", "1") == .number(12.5) && value("n", "2") == .missing && value("n", "3") == .number(-0.25))
    #expect(
      try value("n", "4") == .number(1e300) && value("n", "x7") == .number(0) && value("n", "6") == .number(0.001))
    #expect(try value("at", "4") == .time(1_706_745_600) && value("at", "3") == .missing)
    #expect(try value("of", "x7") == .record(RecordReference(kind: "thing", key: "x7")))
    #expect(try value("of", "4") == .record(RecordReference(kind: "thing", key: "3")) && value("of", "1") == .missing)
  }

  @Test("keys in a row are written as runs, and are found again whatever became of some of them")
  func runs() throws {
    let c = base.company
    var state = StoreState(catalogue: c.catalogue)
    let keys = (1...500).map { "\($0)" } + ["x", "007", "700", "701"] + (1_000...1_100).map { "\($0)" }
    state = try state.appending(
      NewRows(kinds: .all(c.customer), count: keys.count, keys: keys)
    ).state
    state = try state.removing(c.customer, key: "250")
    let store = try StoreFile.open(path: base.folder["r.json"], createIfMissing: true)
    try store.save(state)
    let text = String(decoding: try base.folder.bytes("r.json"), as: UTF8.self)
    #expect(text.contains("\"runs\": [[0,249,1],[250,250,251],[504,101,1000]]"))
    let read = try StoreFile.open(path: base.folder["r.json"], writable: false).state
    for key in keys + ["250", "0", "501", "7", "1101", "۳", "702"] {
      let wanted = keys.contains(key) && key != "250" || key == "۳"
      #expect(try (read.row(withKey: key, family: c.person) != nil) == wanted, "\(key)")
      #expect(try read.row(withKey: key, family: c.person) == state.row(withKey: key, family: c.person))
    }
    let rows = read.rows(of: c.customer).map { Int32($0) }
    #expect(try Set(read.keys(of: rows, family: c.person)) == Set(keys).subtracting(["250"]))
    // The number can be given again.
    let again = try read.appending(NewRows(kinds: .all(c.customer), count: 2, keys: ["250", "251"]))
    #expect(again.added == 1 && again.same == 1)
  }
}
