import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport
import Testing

/// What was acknowledged is there, what was not is not, and nothing in between.
@Suite("The journal")
struct JournalTests {
  let base = StoreFileTests()
  var folder: ScratchFolder { base.folder }
  let c = Company()

  /// A store that says one thing after another, keeping what it must then hold.
  private final class Teller {
    let file: StoreFile
    private(set) var states: [StoreState]

    init(_ path: String) throws {
      file = try StoreFile.open(path: path, createIfMissing: true)
      states = [file.state]
    }

    var state: StoreState { states.last ?? StoreState() }

    func say(_ changes: [StoreChange]) throws {
      let next = try state.applying(changes)
      try file.commit(changes, giving: next)
      states.append(next)
    }
  }

  /// Statements of every sort, some of which refer to what earlier ones said.
  private func statements(_ count: Int, seed: UInt64 = 3) -> [[StoreChange]] {
    var random = Seeded(seed)
    var result: [[StoreChange]] = [[.declare(c.catalogue)]]
    for turn in 1..<max(2, count) {
      let key = "p\(random.below(40))" + StoreFileTests.texts[Int(random.below(UInt64(StoreFileTests.texts.count)))]
      switch turn % 6 {
      case 0 where turn % 12 == 0:
        result.append([.keep(.init(name: "watch «\(turn % 24)»", source: "watch loyal # \(turn)\n")), .forget("b")])
      case 0:
        result.append([
          .define([.init(name: "loyal", source: "define loyal as «سلام» # \(turn)\n"), .init(name: "b", source: "")])
        ])
      case 1, 2:
        result.append([
          .add(
            [c.customer, c.rep, c.person][turn % 3], key: turn % 4 == 0 ? nil : "k\(turn)",
            values: [
              c.name: .text(key),
              c.limit: .number(StoreFileTests.numbers[turn % StoreFileTests.numbers.count]),
            ].filter { turn % 3 != 2 || $0.key == c.name })
        ])
      case 3:
        result.append([
          .append(
            NewRows(
              kinds: .each([c.contact, c.call, c.visit]), count: 3,
              columns: [
                c.at: Make.times([Int64(turn) * -7, nil, Int64(turn)]),
                c.about: Make.texts(["new \(turn)", "k1", nil]),
                c.logged: Column(.yesno([0, 1, 1]), present: [1, 1, 0]),
                c.wait: Column(.duration([0.5, 1, 0])),
              ], creates: [c.about], fingerprints: [UInt64(turn), .max - UInt64(turn), UInt64(turn) << 40]))
        ])
      case 4:
        result.append([
          .change(c.person, key: "k1", values: [c.name: turn % 2 == 0 ? .text(key) : .missing])
        ])
      default:
        // Two changes in one statement; the second needs the first.
        result.append([
          .add(c.survey, key: "s\(turn)", values: [c.when: .date(turn), c.score: .number(-0.0)]),
          .add(
            c.customer, key: "t\(turn)",
            values: [c.tags: .list([.text(key), .missing]), c.friends: .list([.text("k1")])]),
          .remove(c.survey, key: "s\(turn)"),
        ])
      }
    }
    return result
  }

  private func read() throws(Diagnostics) -> StoreFile { try StoreFile.open(path: folder["s.json"]) }

  @Test("every statement is there after opening again, and again, to the byte")
  func replay() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    for statement in statements(60) { try teller?.say(statement) }
    let said = try #require(teller?.state)
    teller = nil
    let snapshot = try folder.bytes("s.json")
    for _ in 0..<2 {
      let file = try read()
      #expect(try base.dump(file.state) == base.dump(said))
      #expect(file.notices.isEmpty && file.generation == 1)
    }
    // All of it stands in the journal; the snapshot was written once.
    #expect(try folder.bytes("s.json") == snapshot)
    // A snapshot of what was replayed is that of what was said.
    let file = try read()
    try file.save(file.state, hasJournal: false)
    let other = try StoreFile.open(path: folder["o.json"], createIfMissing: true)
    try other.save(said, hasJournal: false)
    let (one, two) = (try folder.bytes("s.json"), try folder.bytes("o.json"))
    let start = try #require(try JSONValue(FileBytes(one))["header"]?["data_at"]?.integer)
    #expect(one[start...] == two[start...])
  }

  @Test("a statement is one line, numbered, with length and CRC-32C over store, generation and text")
  func format() throws {
    let teller = try Teller(folder["s.json"])
    for statement in statements(12) { try teller.say(statement) }
    let text = String(decoding: try folder.bytes("s.json.journal"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The first statement made the snapshot; a line for each of the others, and nothing behind the last.
    #expect(lines.count == 1 + 11 + 1 && lines.last == "")
    let id = try #require(try JSONValue(FileBytes(try folder.bytes("s.json")))["header"]?["id"]?.text)
    for (number, line) in lines.dropLast().enumerated() {
      let parts = line.split(separator: " ", maxSplits: 2)
      let json = Array(parts[2].utf8)
      #expect(Int(parts[1]) == json.count)
      let crc = Forgery.crc(Array("\(id)/1/".utf8) + json)
      #expect(parts[0] == String(repeating: "0", count: 8 - String(crc, radix: 16).count) + String(crc, radix: 16))
      let value = try JSONValue(String(parts[2]), duplicates: .refuse)
      #expect(value["n"]?.integer == number)
    }
    withExtendedLifetime(teller) {}
  }

  /// Writes over a file in place, as no honest program would.
  private func put(_ bytes: [UInt8], _ name: String) { folder.file(name, bytes: bytes) }

  @Test("a journal cut anywhere gives what was whole, says so where it was cut in a statement, and goes on")
  func truncated() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    for statement in statements(20) { try teller?.say(statement) }
    let states = try #require(teller?.states)
    teller = nil
    let good = try folder.bytes("s.json.journal")
    let ends = good.indices.filter { good[$0] == 0x0A }.map { $0 + 1 }
    var random = Seeded(9)
    for cut in [ends[0]] + ends + (0..<60).map({ _ in Int(random.below(UInt64(good.count))) }) {
      put(Array(good.prefix(cut)), "s.json.journal")
      guard cut >= ends[0] else {
        #expect(base.failure { () throws(Diagnostics) in _ = try read() }?.code == "E3205")
        #expect(try folder.bytes("s.json.journal") == Array(good.prefix(cut)))
        continue
      }
      let whole = ends.filter { $0 <= cut }.count - 1
      let file = try read()
      #expect(try base.dump(file.state) == base.dump(states[whole + 1]), "cut at \(cut)")
      #expect(file.notices.map(\.code) == (ends.contains(cut) ? [] : ["W3209"]))
      // What was cut off is gone from the disk, and three more statements stand behind what was kept.
      #expect(try folder.bytes("s.json.journal").count == ends[whole])
      var state = file.state
      for turn in 0..<3 {
        let change = [StoreChange.add(c.person, key: "after \(turn)", values: [:])]
        state = try state.applying(change)
        try file.commit(change, giving: state)
      }
      let said = try base.dump(state)
      #expect(try base.dump(StoreFile.open(path: folder["s.json"], writable: false).state) == said)
    }
  }

  @Test("a changed byte is refused with file, byte and remedy, and nothing is changed")
  func flipped() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    for statement in statements(14) { try teller?.say(statement) }
    let whole = try base.dump(try #require(teller?.state))
    teller = nil
    let good = try folder.bytes("s.json.journal")
    var random = Seeded(41)
    for turn in 0..<300 {
      var bytes = good
      // Every byte of the last line, then anywhere.
      let at = turn < 120 ? good.count - 1 - turn % good.count : Int(random.below(UInt64(good.count)))
      bytes[at] ^= UInt8(1) << UInt8(random.below(8))
      put(bytes, "s.json.journal")
      do throws(Diagnostics) {
        let held = try base.dump(try read().state)
        #expect(held == whole, "byte \(at) changed and nothing said")
      } catch {
        let said = try #require(error.all.first)
        #expect(["E3202", "E3203", "E3205", "E3206"].contains(said.code))
        #expect(said.notes.contains { $0.contains("peyvand doctor --repair") } || said.code == "E3202")
        #expect(try folder.bytes("s.json.journal") == bytes)
      }
      _ = try Doctor.check(folder["s.json"])
    }
  }

  @Test("a tail of noughts, of pages half filled, or of a record without its end is dropped and told")
  func tails() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    for statement in statements(9) { try teller?.say(statement) }
    let whole = try base.dump(try #require(teller?.state))
    teller = nil
    let good = try folder.bytes("s.json.journal")
    let last = try #require(good.dropLast().lastIndex(of: 0x0A)) + 1
    let record = Array(good[last...])
    var holed = record
    // Noughts to the end of the first sector that it lies in.
    for index in 0..<min(record.count, 512 - good.count % 512) { holed[index] = 0 }
    let tails: [[UInt8]] = [
      [0], [UInt8](repeating: 0, count: 4_096), Array(record.dropLast()), Array(record.prefix(3)), holed,
      Array("12345678 99999 {".utf8), Array("x".utf8),
    ]
    for tail in tails {
      put(good + tail, "s.json.journal")
      let file = try read()
      #expect(file.notices.map(\.code) == ["W3209"])
      #expect(file.notices.first?.message.contains("byte \(good.count)") == true)
      #expect(try base.dump(file.state) == whole)
      #expect(try folder.bytes("s.json.journal") == good)
    }
    // The same record again, whole: no crash leaves that.
    put(good + record, "s.json.journal")
    #expect(base.failure { () throws(Diagnostics) in _ = try read() }?.code == "E3203")
  }

  @Test("a journal of another store, of another time, or newer, and a missing half are refused and left alone")
  func foreign() throws {
    for name in ["s.json", "o.json"] {
      let teller = try Teller(folder[name])
      for statement in statements(5) { try teller.say(statement) }
    }
    let (snapshot, journal) = (try folder.bytes("s.json"), try folder.bytes("s.json.journal"))
    let other = try folder.bytes("o.json.journal")
    func refused(_ code: String, _ words: String...) throws {
      let before = try folder.names().filter { !$0.hasSuffix(".lock") }.map { ($0, try folder.bytes($0)) }
      let said = base.failure { () throws(Diagnostics) in
        _ = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
      }
      #expect(said?.code == code)
      for word in words { #expect(said?.message.contains(word) == true, "\(said?.message ?? "") lacks \(word)") }
      for (name, bytes) in before { #expect(try folder.bytes(name) == bytes) }
      #expect(folder.names().filter { !$0.hasSuffix(".lock") }.count == before.count)
    }
    put(other, "s.json.journal")
    let ids = try ["s.json", "o.json"].map { try JSONValue(FileBytes(try folder.bytes($0)))["header"]?["id"]?.text }
    try refused("E3206", try #require(ids[0]), try #require(ids[1]))
    // One line of another store's journal in this one's.
    let lines = other.split(separator: 0x0A).map { Array($0) + [0x0A] }
    put(journal + lines[1], "s.json.journal")
    try refused("E3203")
    put(Array("{}\n".utf8), "s.json.journal")
    try refused("E3205")
    put([], "s.json.journal")
    try refused("E3205")
    let newer = String(decoding: journal, as: UTF8.self).replacing("\"version\":1,", with: "\"version\":8,")
    put(Array(newer.utf8), "s.json.journal")
    try refused("E3202", "8", "up to 1")
    _ = unlink(folder["s.json.journal"])
    try refused("E3207", "s.json.journal")
    put(journal, "s.json.journal")
    _ = unlink(folder["s.json"])
    try refused("E3207", "4 statements")
    put(snapshot, "s.json")
    // A journal that is ahead of its snapshot: the snapshot is an old copy.
    let file = try read()
    try file.save(file.state)
    put(snapshot, "s.json")
  }

  @Test("an old copy of the snapshot under a newer journal is refused")
  func oldCopy() throws {
    let teller = try Teller(folder["s.json"])
    for statement in statements(3) { try teller.say(statement) }
    let old = try folder.bytes("s.json")
    try teller.file.save(teller.state)
    put(old, "s.json")
    let said = base.failure { () throws(Diagnostics) in
      _ = try StoreFile.open(path: folder["s.json"], writable: false)
    }
    #expect(said?.code == "E3206" && said?.message.contains("snapshot 2") == true)
  }

  @Test("a crash between snapshot and journal, or between journal and first snapshot, loses nothing")
  func betweenRenames() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    for statement in statements(8) { try teller?.say(statement) }
    let said = try base.dump(try #require(teller?.state))
    let old = try folder.bytes("s.json.journal")
    try teller?.file.save(try #require(teller?.state))
    teller = nil
    // The snapshot is new, the journal still the one before: all of it is in the snapshot.
    put(old, "s.json.journal")
    let file = try read()
    #expect(try base.dump(file.state) == said && file.notices.isEmpty)
    try file.commit([.remove(c.person, key: "k1")], giving: try file.state.applying(.remove(c.person, key: "k2")))
    // A journal was begun for a first snapshot that never came.
    _ = unlink(folder["n.json"])
    let first = try StoreFile.open(path: folder["n.json"], createIfMissing: true)
    try first.commit([.declare(c.catalogue)], giving: StoreState(catalogue: c.catalogue))
    _ = unlink(folder["n.json"])
    withExtendedLifetime(first) {}
    let empty = try #require(
      String(decoding: try folder.bytes("n.json.journal"), as: UTF8.self).split(separator: "\n").first)
    put(Array((empty + "\n").utf8), "m.json.journal")
    let begun = try StoreFile.open(path: folder["m.json"], createIfMissing: true)
    #expect(begun.state.catalogue.kinds.isEmpty)
    try begun.commit([.declare(c.catalogue)], giving: StoreState(catalogue: c.catalogue))
    let again = try StoreFile.open(path: folder["m.json"], writable: false)
    #expect(again.state.catalogue == c.catalogue)
  }

  @Test("a removal of what was declared is taken back, and what was declared since stays") func undoOfAForgetting()
    throws
  {
    var teller: Teller? = try Teller(folder["d.json"])
    func declare(_ name: String) -> [StoreChange] { [.keep(.init(name: name, source: "define \(name) as 1"))] }
    for statement in [
      declare("a"), declare("watch a"), [.forget("Watch a")], declare("b"), [.forget("watch a")], declare("a"),
    ] {
      try teller?.say(statement)
    }
    var file = try #require(teller?.file)
    #expect(file.state.definitions.map(\.name) == ["a", "b"])
    // The last step declared `a` again, so nothing is taken back unless that is said.
    let refused = base.failure { () throws(Diagnostics) in _ = try file.undo { _ in } }
    #expect(refused?.code == "E3212" && refused?.message.contains("`a`") == true)
    #expect(refused?.notes.contains { $0.contains("`undo data`") && $0.hasSuffix(": watch a removed") } == true)
    #expect(file.state.definitions.map(\.name) == ["a", "b"])
    #expect(
      try file.undo(.beforeDeclarations) { _ in }.state.definitions.map(\.name) == ["a", "watch a", "b"])
    teller = nil
    file = try StoreFile.open(path: folder["d.json"], writable: false)
    #expect(file.state.definitions.map(\.name) == ["a", "watch a", "b"])
  }

  @Test("an import of several kinds names each with its number")
  func wordsOfAMixedImport() {
    func words(_ kinds: NewRows.Kinds, _ count: Int) -> String {
      StoreChange.append(NewRows(kinds: kinds, count: count)).inWords(c.catalogue)
    }
    #expect(words(.all(c.rep), 3) == "import of 3 rep rows")
    #expect(words(.each([c.rep, c.rep]), 2) == "import of 2 rep rows")
    #expect(
      words(.each([c.rep, c.customer, c.rep, c.person, c.rep]), 5)
        == "import of 5 rows (1 person, 1 customer, 3 rep)")
    #expect(words(.each([]), 0) == "import of 0 rows")
  }

  @Test("undo takes back the last statement that changed data, and the one before, and stays taken back")
  func undo() throws {
    var teller: Teller? = try Teller(folder["s.json"])
    let said: [[StoreChange]] = [
      [.declare(c.catalogue)], [.add(c.person, key: "a", values: [:])], [.add(c.person, key: "b", values: [:])],
      [.define([.init(name: "x", source: "define x as 1")])], [.remove(c.person, key: "a")],
    ]
    for statement in said { try teller?.say(statement) }
    func keys(_ state: StoreState) throws -> [String] {
      try state.keys(of: state.rows(of: c.person).map { Int32($0) }, family: c.person)
    }
    var file = try #require(teller?.file)
    #expect(try keys(file.undo { _ in }.state) == ["a", "b"])
    // What was declared in between stands now behind the last change of data.
    #expect(base.failure { () throws(Diagnostics) in _ = try file.undo { _ in } }?.code == "E3212")
    #expect(try keys(file.undo(.beforeDeclarations) { _ in }.state) == ["a"])
    teller = nil
    file = try StoreFile.open(path: folder["s.json"], writable: false)
    #expect(try keys(file.state) == ["a"])
    // What was declared stays.
    #expect(file.state.definitions.map(\.name) == ["x"])
    file = try read()
    #expect(try keys(file.undo(.beforeDeclarations) { _ in }.state) == [])
    #expect(base.failure { () throws(Diagnostics) in _ = try file.undo { _ in } }?.code == "E3208")
    let state = try file.state.applying(.add(c.person, key: "c", values: [:]))
    try file.commit([.add(c.person, key: "c", values: [:])], giving: state)
    try file.save(state)
    #expect(base.failure { () throws(Diagnostics) in _ = try file.undo { _ in } }?.code == "E3208")
    #expect(try keys(file.state) == ["c"])
  }

  @Test("more than ten thousand rows end in a snapshot")
  func large() throws {
    let teller = try Teller(folder["s.json"])
    try teller.say([.declare(c.catalogue)])
    let rows = { (count: Int) in
      NewRows(kinds: .all(c.call), count: count, columns: [c.minutes: Make.numbers((0..<count).map { Double($0) })])
    }
    try teller.say([.append(rows(10_000))])
    #expect(teller.file.generation == 1)
    try teller.say([.append(rows(10_001))])
    #expect(teller.file.generation == 2)
    #expect(try folder.bytes("s.json.journal").count < 200)
    let read = try StoreFile.open(path: folder["s.json"], writable: false)
    #expect(read.state.recordCount == 20_001)
  }

  @Test("a store of version 1 opens, and is kept as it was when it is first written")
  func upgrade() throws {
    let first = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
    try first.save(try base.full(5), hasJournal: false)
    withExtendedLifetime(first) {}
    var text = String(decoding: try folder.bytes("s.json"), as: UTF8.self)
    text = text.replacing("\"version\":3,", with: "\"version\":1,").replacing(
      "\"journal\":false,", with: String(repeating: " ", count: 16))
    let old = try #require(Forgery.mended(Array(text.utf8)))
    put(old, "v.json")
    let file = try StoreFile.open(path: folder["v.json"])
    let said = try base.dump(file.state)
    #expect(try folder.bytes("v.json") == old)
    let change = [StoreChange.add(c.survey, key: nil, values: [:])]
    try file.commit(change, giving: try file.state.applying(change))
    #expect(try folder.bytes("v.json.bak-v1") == old)
    #expect(try base.dump(StoreFile.open(path: folder["v.json"], writable: false).state) != said)
  }
}

@Suite("The doctor")
struct DoctorTests {
  let base = StoreFileTests()
  var folder: ScratchFolder { base.folder }
  let c = Company()

  private func make() throws -> StoreState {
    let file = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
    var state = StoreState()
    var said: [StoreChange] = [.declare(c.catalogue)]
    said += (0..<8).map { .add(c.person, key: "k\($0)", values: [c.name: .text("n\($0)")]) }
    for (turn, change) in said.enumerated() {
      state = try state.applying(change)
      try file.commit([change], giving: state)
      if turn == 4 { try file.save(state) }
    }
    return state
  }

  private func put(_ bytes: [UInt8], _ name: String) { folder.file(name, bytes: bytes) }

  @Test("a sound store is sound, and mending it changes nothing")
  func sound() throws {
    _ = try make()
    let before = try ["s.json", "s.json.journal"].map { try folder.bytes($0) }
    #expect(try Doctor.check(folder["s.json"]).isSound)
    #expect(try Doctor.repair(folder["s.json"]).isSound)
    #expect(try ["s.json", "s.json.journal"].map { try folder.bytes($0) } == before)
  }

  @Test("damage in the journal: what stands before it is kept, counted, and the originals stay")
  func journal() throws {
    _ = try make()
    var bytes = try folder.bytes("s.json.journal")
    // Four statements stand in it; the second is changed.
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }
    #expect(ends.count == 5)
    bytes[ends[1] + 30] ^= 1
    put(bytes, "s.json.journal")
    let found = try Doctor.check(folder["s.json"])
    #expect(!found.isSound && found.problems.map(\.code) == ["E3203"])
    #expect(found.lines.contains { $0.contains("1 statement, 3 that cannot be kept") })
    #expect(try folder.bytes("s.json.journal") == bytes)
    let mended = try Doctor.repair(folder["s.json"])
    #expect(mended.originals.count == 2)
    #expect(try folder.bytes("s.json.journal.before-repair-1") == bytes)
    let file = try StoreFile.open(path: folder["s.json"])
    // Four were in the snapshot, one is kept of the journal.
    #expect(file.state.recordCount == 5)
    #expect(try Doctor.check(folder["s.json"]).isSound)
    let change = [StoreChange.add(c.person, key: "after", values: [:])]
    try file.commit(change, giving: try file.state.applying(change))
    #expect(try StoreFile.open(path: folder["s.json"], writable: false).state.recordCount == 6)
  }

  @Test("a damaged snapshot is made again from the one before and both journals, statement for statement")
  func snapshot() throws {
    let state = try make()
    var bytes = try folder.bytes("s.json")
    bytes[bytes.count - 12] ^= 4
    put(bytes, "s.json")
    #expect(try !Doctor.check(folder["s.json"]).isSound)
    _ = try Doctor.repair(folder["s.json"])
    #expect(try base.dump(StoreFile.open(path: folder["s.json"]).state) == base.dump(state))
    #expect(try folder.bytes("s.json.before-repair-1") == bytes)
  }

  @Test("whatever the files hold, looking and mending end with words")
  func hostile() throws {
    _ = try make()
    let (snapshot, journal) = (try folder.bytes("s.json"), try folder.bytes("s.json.journal"))
    var random = Seeded(5)
    for turn in 0..<120 {
      var (one, two) = (snapshot, journal)
      for _ in 0...random.below(3) {
        if turn % 2 == 0 { one[Int(random.below(UInt64(one.count)))] = UInt8(truncatingIfNeeded: random.next()) }
        if turn % 3 != 0 { two[Int(random.below(UInt64(two.count)))] = UInt8(truncatingIfNeeded: random.next()) }
      }
      if turn % 5 == 0 { two = Array(two.prefix(Int(random.below(UInt64(two.count))))) }
      if turn % 7 == 0 { one = Array(one.prefix(Int(random.below(UInt64(one.count))))) }
      put(one, "s.json")
      put(two, "s.json.journal")
      _ = try Doctor.check(folder["s.json"])
      #expect(try folder.bytes("s.json") == one && folder.bytes("s.json.journal") == two)
      do {
        let mended = try Doctor.repair(folder["s.json"])
        if !mended.isSound { #expect(try folder.bytes("s.json.before-repair-1") == one) }
        _ = try StoreFile.open(path: folder["s.json"])
      } catch {
        #expect((error as? Diagnostics)?.all.first?.code == "E3210")
      }
      for name in folder.names() where name.contains("before-repair") { _ = unlink(folder[name]) }
    }
  }

  @Test("a store in use is not mended")
  func inUse() throws {
    let file = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
    try file.save(StoreState(catalogue: c.catalogue))
    #expect(base.failure { () throws(Diagnostics) in _ = try Doctor.repair(folder["s.json"]) }?.code == "E3010")
    withExtendedLifetime(file) {}
  }
}
