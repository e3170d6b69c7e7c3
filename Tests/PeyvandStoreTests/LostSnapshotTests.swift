import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandTestSupport
import Testing

@testable import PeyvandStore

/// What can be had where a snapshot is lost, what is left behind by a mending that was stopped, and what a failure
/// leaves a store able to do.
@Suite("A store after a mishap")
struct LostSnapshotTests {
  private let base = StoreFileTests()
  private var folder: ScratchFolder { base.folder }
  private let c = Company()

  private final class Teller {
    let file: StoreFile
    private(set) var state = StoreState()

    init(_ path: String) throws { file = try StoreFile.open(path: path, createIfMissing: true) }

    func say(_ changes: [StoreChange]) throws {
      let next = try state.applying(changes)
      try file.commit(changes, giving: next)
      state = next
    }
  }

  private func person(_ key: String) -> [StoreChange] { [.add(c.person, key: key, values: [:])] }

  private func persons(_ state: StoreState) throws -> [String] {
    try state.keys(of: state.rows(of: c.person).map { Int32($0) }, family: c.person)
  }

  private func put(_ bytes: [UInt8], _ name: String) { folder.file(name, bytes: bytes) }

  private func damageSnapshot() throws {
    var bytes = try folder.bytes("s.json")
    // In the last block.
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "]")))
    bytes[end - 3] ^= 4
    put(bytes, "s.json")
  }

  /// How a snapshot comes to hold what no journal does.
  enum Cause: CaseIterable { case largeImport, withoutJournal }

  @Test(
    "what followed a snapshot that took something in itself is not put upon the one before", arguments: Cause.allCases)
  func snapshotOfItsOwn(_ cause: Cause) throws {
    var teller: Teller? = try Teller(folder["s.json"])
    try teller?.say([.declare(c.catalogue)])
    try teller?.say(person("a"))
    switch cause {
    case .largeImport:
      let rows = NewRows(
        kinds: .all(c.call), count: 10_001, columns: [c.minutes: Make.numbers((0..<10_001).map { Double($0) })])
      try teller?.say([.append(rows)])
    case .withoutJournal:
      try teller?.file.save(try #require(teller?.state), hasJournal: false)
      try teller?.say(person("b"))
    }
    try teller?.say(person("c"))
    try teller?.say(person("d"))
    teller = nil
    try damageSnapshot()
    let found = try Doctor.check(folder["s.json"])
    #expect(!found.isSound)
    #expect(found.lines.contains { $0.contains("what no journal holds") }, "\(found.lines)")
    #expect(found.lines.contains { $0.contains("2 statements that follow no snapshot at hand") }, "\(found.lines)")
    let mended = try Doctor.repair(folder["s.json"])
    #expect(mended.lines.contains { $0.contains("2 statements that follow no snapshot at hand") })
    let state = try StoreFile.open(path: folder["s.json"]).state
    #expect(try persons(state) == ["a"])
    #expect(state.rows(of: c.call).isEmpty)
  }

  @Test("a snapshot that only gathered what the journal held is made again with all that followed it")
  func gathered() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    try teller?.say([.declare(c.catalogue)])
    for key in ["a", "b"] { try teller?.say(person(key)) }
    try teller?.file.save(try #require(teller?.state))
    try teller?.say(person("c"))
    teller = nil
    try damageSnapshot()
    _ = try Doctor.repair(folder["s.json"])
    #expect(try persons(StoreFile.open(path: folder["s.json"]).state) == ["a", "b", "c"])
  }

  @Test("copies that a mending was stopped in are cleared away by the next")
  func leftovers() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    try teller?.say([.declare(c.catalogue)])
    try teller?.say(person("a"))
    teller = nil
    put([1], "s.json.before-repair-1")
    put([2], "s.json.journal.before-repair-1.tmp")
    put([3], "s.json.before-repair-2.tmp")
    try damageSnapshot()
    #expect(throws: Diagnostics.self) { _ = try Doctor.repair(folder["s.json"]) }
    #expect(!folder.names().contains { $0.hasSuffix(".tmp") })
    #expect(try folder.bytes("s.json.before-repair-1") == [1])
  }

  @Test("the journal of a first snapshot that never came gives the store its id")
  func begunOnce() throws {
    var teller: Teller? = try Teller(folder["n.json"])
    try teller?.say([.declare(c.catalogue)])
    teller = nil
    let journal = try folder.bytes("n.json.journal")
    let id = try JSONValue(FileBytes(try folder.bytes("n.json")))["header"]?["id"]?.text
    for hasJournal in [true, false] {
      _ = unlink(folder["n.json"])
      put(journal, "n.json.journal")
      var file: StoreFile? = try StoreFile.open(path: folder["n.json"], createIfMissing: true)
      try file?.save(StoreState(catalogue: c.catalogue), hasJournal: hasJournal)
      file = nil
      #expect(try JSONValue(FileBytes(try folder.bytes("n.json")))["header"]?["id"]?.text == id)
      #expect(try StoreFile.open(path: folder["n.json"]).state.catalogue == c.catalogue)
      #expect(folder.names().contains("n.json.journal") == hasJournal)
    }
  }

  @Test("what could not be put in words closes nothing")
  func unspeakable() throws {
    let teller = try Teller(folder["s.json"])
    try teller.say([.declare(c.catalogue)])
    let before = try folder.bytes("s.json.journal")
    let wrong = StoreChange.add(c.person, key: "x", values: [c.limit: .number(.nan)])
    let said = base.failure { () throws(Diagnostics) in try teller.file.commit([wrong], giving: teller.state) }
    #expect(said?.code == "E3107")
    #expect(try folder.bytes("s.json.journal") == before)
    try teller.say(person("a"))
    #expect(try persons(StoreFile.open(path: folder["s.json"], writable: false).state) == ["a"])
  }

  @Test("an undo for which nothing could be made ready takes nothing back, and closes nothing")
  func unpreparedUndo() throws {
    let teller = try Teller(folder["s.json"])
    try teller.say([.declare(c.catalogue)])
    for key in ["a", "b"] { try teller.say(person(key)) }
    let before = try folder.bytes("s.json.journal")
    let said = base.failure { () throws(Diagnostics) in
      _ = try teller.file.undo { (_) throws(Diagnostics) in throw Diagnostics(Diagnostic("E3203", .error, "no")) }
    }
    #expect(said?.code == "E3203")
    #expect(try folder.bytes("s.json.journal") == before)
    #expect(try persons(teller.file.state) == ["a", "b"])
    // ^C in time likewise.
    let interruption = Interruption()
    interruption.interrupt()
    let stopped = base.failure { () throws(Diagnostics) in
      _ = try teller.file.undo(unless: interruption) { _ in }
    }
    #expect(stopped?.code == "E1501")
    #expect(try folder.bytes("s.json.journal") == before)
    #expect(try persons(teller.file.undo { _ in }.state) == ["a"])
  }

  @Test("a reader that finds the snapshot of before and no journal any more looks again")
  func readersRace() throws {
    let teller = try Teller(folder["s.json"])
    try teller.say([.declare(c.catalogue)])
    try teller.say(person("a"))
    var looks = 0
    let found = try StoreFiles.read(folder["s.json"], createIfMissing: false) { path in
      looks += 1
      var files = try StoreFiles.readOnce(path)
      // A writer makes one file of the two between the first reading of the one and of the other.
      if looks == 1 {
        try teller.file.save(teller.state, hasJournal: false)
        files.journal = nil
      }
      return files
    }
    #expect(looks == 2)
    #expect(try persons(try #require(try found.snapshot?.state())) == ["a"])
    // One that is not there for good is said.
    var tries = 0
    #expect(throws: Diagnostic.self) {
      _ = try StoreFiles.read(folder["s.json"], createIfMissing: false) { path in
        tries += 1
        var files = try StoreFiles.readOnce(path)
        files.snapshot = nil
        return files
      }
    }
    #expect(tries == 1)
  }
}
