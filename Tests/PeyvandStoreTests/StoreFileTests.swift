import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport
import Testing

@Suite("The store's file")
struct StoreFileTests {
  let folder = ScratchFolder()
  let company = Company()

  func failure(_ body: () throws(Diagnostics) -> Void) -> Diagnostic? {
    do throws(Diagnostics) {
      try body()
      return nil
    } catch {
      return error.all.first
    }
  }

  /// Everything a state holds, in words, to compare two.
  func dump(_ state: StoreState) throws(Diagnostics) -> [String] {
    var lines = [
      "\(state.catalogue)".count.description, "\(state.definitions) \(state.settings.sorted { $0.key < $1.key })",
    ]
    for kind in state.catalogue.kinds {
      lines.append("\(kind) \(state.stretches(of: kind.id)) \(state.timeOrder(of: kind.id) ?? [])")
      guard kind.family == kind.id else { continue }
      let rows = state.rows(of: kind.id)
      lines.append("\(try state.keys(of: rows.map { Int32($0) }, family: kind.id).map { Array($0.utf8) })")
      for field in state.catalogue.fields where field.family == kind.id {
        for row in rows {
          let value = try state.value(field.id, row: row)
          if case .text(let text) = value {
            lines.append("\(field.name) \(row) \(Array(text.utf8))")
          } else if case .number(let number) = value {
            lines.append("\(field.name) \(row) \(number.bitPattern)")
          } else {
            lines.append("\(field.name) \(row) \(value)")
          }
        }
      }
    }
    return lines
  }

  static let texts =
    JSONWriterTests.texts + ["سلام", "ي", "ی", "\u{E9}", "e\u{301}", "\u{200C}", "a\u{200C}b", " ", "null"]
  static let numbers: [Double] = [
    0, -0.0, 1, -1, 0.1, 1e300, -1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 9_007_199_254_740_992, 1e15,
    1e16,
    123456.789,
  ]

  /// A store with something of everything.
  func full(_ size: Int = 40) throws -> StoreState {
    let c = company
    var build = Company.Builder(catalogue: c.catalogue)
    _ = build.field(
      "wish", .list(.list(.number(.plain))), [c.customer],
      defaultValue: .list([.list([.number(1), .missing]), .list([])]))
    _ = build.field("since", .date, [c.visit], defaultValue: .date(-12))
    _ = build.field("first", .time, [c.visit], defaultValue: .time(7))
    _ = build.field("span", .duration, [c.visit], defaultValue: .duration(Duration(days: 1, seconds: 2)))
    var state = StoreState(catalogue: build.catalogue)
    state.calendar = CalendarRules(
      system: .jalali, yearStartMonth: 4, weekStart: .saturday,
      zone: Zone(name: "+03:30", offset: 12_600))
    state.definitions = [StoreState.Definition(name: "loyal", source: "define loyal as «سلام»\n  \"x\"")]
    state.settings = ["working hours": "saturday to wednesday 8:00 to 16:30", "a": "b"]
    var random = Seeded(5)
    let people = NewRows(
      kinds: .each((0..<size).map { [c.person, c.customer, c.rep][$0 % 3] }), count: size,
      keys: (0..<size).map { $0 % 7 == 6 ? nil : "p\($0)" + Self.texts[$0 % Self.texts.count].prefix(20) },
      columns: [
        c.name: Make.texts((0..<size).map { $0 % 5 == 4 ? nil : Self.texts[$0 % Self.texts.count] }),
        c.limit: Make.numbers((0..<size).map { $0 % 4 == 3 ? nil : Self.numbers[$0 % Self.numbers.count] }),
      ])
    let withPeople = try state.appending(people)
    #expect(withPeople.rejects.isEmpty && withPeople.added == size)
    state = withPeople.state
    let customers = try state.keys(of: state.rows(of: c.customer).map { Int32($0) }, family: c.person)
    let contacts = NewRows(
      kinds: .each((0..<size).map { [c.contact, c.call, c.visit][$0 % 3] }), count: size,
      columns: [
        c.at: Make.times((0..<size).map { $0 % 6 == 5 ? nil : Int64(random.below(2_000_000_000)) - 1_000_000_000 }),
        c.about: Make.texts((0..<size).map { $0 % 8 == 7 ? nil : customers[$0 % customers.count] }),
        c.logged: Column(.yesno((0..<size).map { UInt8($0 & 1) }), present: (0..<size).map { $0 % 9 == 8 ? 0 : 1 }),
        c.wait: Column(.duration((0..<size).map { Double($0) * 0.5 })),
        c.minutes: Make.numbers((0..<size).map { Double($0) }),
        c.place: Make.texts((0..<size).map { "place \($0 % 3)" }),
      ], fingerprints: (0..<size).map { UInt64.max - UInt64($0) * 12_345_678_901 })
    state = try state.appending(contacts).state
    state = try state.adding(
      c.customer, key: "lists",
      values: [
        c.tags: .list([.text("a"), .text("ب"), .missing]),
        c.friends: .list([.text("p0" + Self.texts[0]), .text(customers[0])]),
      ]
    ).state
    state = try state.adding(c.survey, key: nil, values: [c.asked: .text("3"), c.when: .date(-700_000)]).state
    state = try state.adding(c.survey, key: nil, values: [c.when: .date(2_932_896)]).state
    state = try state.removing(c.survey, key: "1")
    return state
  }

  @Test("a store comes back as it was, to the byte")
  func roundTrip() throws {
    let state = try full()
    let store = try StoreFile.open(path: folder["company.json"], createIfMissing: true)
    #expect(store.generation == 0)
    #expect(folder.names() == ["company.json.lock"])
    try store.save(state)
    #expect(folder.names() == ["company.json", "company.json.journal", "company.json.lock"])
    let read = try StoreFile.open(path: folder["company.json"], writable: false)
    #expect(read.generation == 1)
    #expect(try dump(read.state) == dump(state))
    #expect(read.state.catalogue == state.catalogue)
    // Again, from what was read: the same bytes but for the generation.
    let first = try folder.bytes("company.json")
    try store.save(read.state)
    let second = try folder.bytes("company.json")
    #expect(first.count == second.count)
    #expect(zip(first, second).filter { $0 != $1 }.count <= 9)
    #expect(try folder.bytes("company.json.previous") == first)
    // What is read goes on: the same file again is nothing new, keys and numbers go on.
    var again = read.state
    again = try again.adding(company.survey, key: nil, values: [:]).state
    #expect(try again.row(withKey: "3", family: company.survey) != nil)
    #expect(try again.row(withKey: "1", family: company.survey) == nil)
    let known = try read.state.appending(
      NewRows(kinds: .all(company.call), count: 1, fingerprints: [UInt64.max - 12_345_678_901]))
    #expect(known.same == 1 && known.added == 0)
  }

  @Test("the file is one JSON document, and says what it is")
  func json() throws {
    try save(try full())
    let bytes = try folder.bytes("s.json")
    let value = try JSONValue(FileBytes(bytes), duplicates: .refuse)
    #expect(value.members?.first?.key == "header")
    #expect(value["header"]?["format"] == .string("peyvand"))
    #expect(value["header"]?["version"] == .integer(3))
    #expect(value["header"]?["id"]?.text?.count == 32)
    let names = value["data"]?["person"]?["fields"]?["name"]
    let entries = try #require(names?["texts"]?.array?.first?.array)
    #expect(entries.contains(.string("سلام")))
    var info = stat()
    #expect(stat(folder["s.json"], &info) == 0 && info.st_mode & 0o777 == 0o600)
  }

  private func save(_ state: StoreState) throws {
    try StoreFile.open(path: folder["s.json"], createIfMissing: true).save(state, hasJournal: false)
  }

  @Test("many blocks, and special kinds without rows")
  func blocks() throws {
    let c = company
    let count = 140_000
    let rows = NewRows(
      kinds: .all(c.call), count: count, keys: (0..<count).map { $0 % 50_000 == 0 ? nil : "k\($0)" },
      columns: [
        c.at: Make.times((0..<count).map { $0 % 70_001 == 0 ? nil : Int64(count - $0) * 3_600 }),
        c.minutes: Make.numbers((0..<count).map { Double($0) / 4 }),
        c.topic: Make.texts((0..<count).map { "t\($0 % 70_000)" }),
      ])
    let state = try StoreState(catalogue: c.catalogue).appending(rows).state
    try save(state)
    let read = try StoreFile.open(path: folder["s.json"], writable: false).state
    for field in [c.at, c.minutes, c.topic] {
      let a = try #require(try state.column(field))
      let b = try #require(try read.column(field))
      #expect(a.present == b.present && a.base == b.base)
      switch (a.storage, b.storage) {
      case (.time(let a), .time(let b)): #expect(a == b)
      case (.number(let a), .number(let b)): #expect(a == b)
      case (.text(let a, let c), .text(let b, let d)): #expect(a == b && c.entries == d.entries)
      default: Issue.record("another type")
      }
    }
    let all = state.rows(of: c.contact).map { Int32($0) }
    #expect(try state.keys(of: all, family: c.contact) == read.keys(of: all, family: c.contact))
    for key in ["k1", "k139999", "k70000"] {
      #expect(try state.row(withKey: key, family: c.contact) == read.row(withKey: key, family: c.contact))
    }
  }

  @Test("an empty store, and one with kinds alone")
  func empty() throws {
    try save(StoreState())
    #expect(try StoreFile.open(path: folder["s.json"]).state.catalogue.kinds.isEmpty)
    try save(StoreState(catalogue: company.catalogue))
    #expect(try StoreFile.open(path: folder["s.json"]).state.catalogue == company.catalogue)
  }

  @Test("one writer, many readers, and a reader's state stays")
  func locking() throws {
    let writer = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
    try writer.save(try full(10))
    let said = failure { () throws(Diagnostics) in _ = try StoreFile.open(path: folder["s.json"]) }
    #expect(said?.code == "E3010")
    #expect(said?.message.contains("\(getpid())") == true)
    let reader = try StoreFile.open(path: folder["s.json"], writable: false)
    let before = try dump(full(10))
    try writer.save(StoreState())
    #expect(try dump(reader.state) == before)
    #expect(failure { () throws(Diagnostics) in try reader.save(StoreState()) }?.code == "E3204")
    withExtendedLifetime(writer) {}
  }

  @Test("what is no store, missing, a folder or newer is refused and left alone")
  func refusals() throws {
    let open = { (path: String, writable: Bool) in
      failure { () throws(Diagnostics) in _ = try StoreFile.open(path: path, writable: writable) }?.code
    }
    for writable in [true, false] {
      #expect(open(folder["none.json"], writable) == "E3001")
      #expect(open(folder.path, writable) == "E3004")
    }
    #expect(folder.names().isEmpty || folder.names() == ["s.json.lock"])
    let foreign: [String] = [
      "", "x", "{}", "[]", "null", "id,name\n1,Reza\n", "{\"header\":{}}", "{\"header\":1}",
      "{\"header\":{\"format\":\"other\",\"version\":1}}",
      "{\"header\"", String(repeating: "[", count: 100_000), "\u{FEFF}{}",
    ]
    for text in foreign {
      folder.file("f.json", bytes: Array(text.utf8))
      #expect(open(folder["f.json"], true) == "E3201")
      #expect(try folder.bytes("f.json") == Array(text.utf8))
    }
    try save(try full(3))
    var text = String(decoding: try folder.bytes("s.json"), as: UTF8.self)
    text = text.replacing("\"version\":3,", with: "\"version\":7,")
    folder.file("s.json", bytes: Array(text.utf8))
    let said = failure { () throws(Diagnostics) in _ = try StoreFile.open(path: folder["s.json"]) }
    #expect(said?.code == "E3202")
    #expect(said?.message.contains("7") == true && said?.message.contains("up to 3") == true)
    #expect(String(decoding: try folder.bytes("s.json"), as: UTF8.self) == text)
  }

  /// What opening and reading all of a file gives: nil where it is refused.
  private func everything(_ bytes: [UInt8]) throws -> [String]? {
    let file = folder["d.json"]
    let number = Glibc.open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
    _ = close(number)
    do throws(Diagnostics) {
      return try dump(try StoreFile.open(path: file, writable: false).state)
    } catch {
      let code = try #require(error.all.first?.code)
      #expect(["E3201", "E3202", "E3203", "E3207"].contains(code))
      return nil
    }
  }

  @Test("damaged times of events are told to whoever asks for the last of them, and opening reads none")
  func damagedTimes() throws {
    let c = company
    try save(
      try StoreState(catalogue: c.catalogue).adding(
        c.call, key: "k", values: [c.at: .time(1_612_345_678), c.topic: .text("price")]
      ).state)
    var text = String(decoding: try folder.bytes("s.json"), as: UTF8.self)
    #expect(text.contains("[1612345678]"))
    text = text.replacing("[1612345678]", with: "[1612345679]")
    folder.file("s.json", bytes: Array(text.utf8))
    let state = try StoreFile.open(path: folder["s.json"], writable: false).state
    // What does not ask for times is answered.
    #expect(try state.value(c.topic, row: 0) == .text("price"))
    for _ in 0..<2 {
      let said = failure { () throws(Diagnostics) in _ = try state.lastEvent(notAfter: .max) }
      #expect(said?.code == "E3203" && said?.message.contains("contact.at") == true)
    }
  }

  @Test("every cut is refused")
  func truncations() throws {
    try save(try full(9))
    let good = try folder.bytes("s.json")
    let whole = try everything(good)
    #expect(whole != nil)
    for step in 0..<200 {
      #expect(try everything(Array(good.prefix(good.count * step / 200))) == nil)
    }
    #expect(try everything(Array(good.dropLast())) == nil)
    #expect(try everything(good + [0x0A]) == nil)
    #expect(try everything(good + good) == nil)
  }

  @Test("a changed byte is refused or harmless, never silently another store")
  func damage() throws {
    try save(try full(9))
    let good = try folder.bytes("s.json")
    let whole = try everything(good)
    var random = Seeded(77)
    var refused = 0
    for _ in 0..<600 {
      var bytes = good
      let at = Int(random.below(UInt64(good.count)))
      bytes[at] ^= UInt8(1) << UInt8(random.below(8))
      let read = try everything(bytes)
      if read == nil { refused += 1 } else { #expect(read == whole, "byte \(at)") }
    }
    #expect(refused > 400)
    // Longer stretches overwritten, or moved.
    for _ in 0..<100 {
      var bytes = good
      let from = Int(random.below(UInt64(good.count - 40)))
      for index in from..<from + 40 { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
      if let read = try everything(bytes) { #expect(read == whole) }
    }
  }

  @Test("a careful forgery with right checksums is refused, or is a store like any other")
  func forged() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    state = try state.adding(c.customer, key: "C", values: [c.name: .text("abc"), c.tags: .list([.text("x")])]).state
    state = try state.adding(
      c.call, key: nil, values: [c.about: .text("C"), c.at: .time(1_000), c.logged: .yesno(true)]
    ).state
    try save(state)
    let good = try folder.bytes("s.json")
    // Every digit of the data turned into a 9, with all checksums put right.
    let dataAt = try #require(try JSONValue(FileBytes(good))["header"]?["data_at"]?.integer)
    var tried = 0
    for at in dataAt..<good.count where good[at] >= 0x30 && good[at] < 0x39 {
      var bytes = good
      bytes[at] = 0x39
      guard let forged = Forgery.mended(bytes) else { continue }
      tried += 1
      _ = try everything(forged)
    }
    #expect(tried >= 3)
    // Every digit of the head, likewise.
    for at in stride(from: 40, to: dataAt, by: 1) where good[at] >= 0x30 && good[at] <= 0x39 {
      for digit in [0x30, 0x39] as [UInt8] where good[at] != digit {
        var bytes = good
        bytes[at] = digit
        guard let forged = Forgery.mended(bytes) else { continue }
        _ = try everything(forged)
      }
    }
  }

  @Test("a full disk, or a folder that is gone, leaves the store as it was and says so")
  func failingSave() throws {
    let store = try StoreFile.open(path: folder["s.json"], createIfMissing: true)
    try store.save(try full(5))
    let before = try folder.bytes("s.json")
    var broken = try full(5)
    broken.definitions.append(StoreState.Definition(name: "n", source: "x"))
    // A folder stands where the temporary file would.
    _ = mkdir(folder["s.json.tmp"], 0o700)
    #expect(failure { () throws(Diagnostics) in try store.save(broken) }?.code == "E3006")
    _ = rmdir(folder["s.json.tmp"])
    #expect(try folder.bytes("s.json") == before)
    #expect(store.generation == 1)
    try store.save(broken)
    #expect(store.generation == 2)
  }

  @Test("what a dead writer left is swept away")
  func leftOver() throws {
    try save(try full(3))
    folder.file("s.json.tmp", bytes: Array("half".utf8))
    _ = try StoreFile.open(path: folder["s.json"])
    #expect(!folder.names().contains("s.json.tmp"))
  }

  @Test("CRC-32C as RFC 3720 has it")
  func crc() {
    #expect(Forgery.crc(Array("123456789".utf8)) == 0xE306_9283)
    #expect(Forgery.crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Forgery.crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
  }
}

/// Puts the checksums of a changed file right, by a plain CRC of its own.
enum Forgery {
  static func crc(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }

  private static func text(_ crc: UInt32) -> [UInt8] {
    let digits = Array(String(crc, radix: 16).utf8)
    return [UInt8](repeating: 0x30, count: 8 - digits.count) + digits
  }

  /// Nil where the bytes are no longer JSON.
  static func mended(_ bytes: [UInt8]) -> [UInt8]? {
    var bytes = bytes
    guard let value = try? JSONValue(FileBytes(bytes)), let dataAt = value["header"]?["data_at"]?.integer else {
      return nil
    }
    for table in value["directory"]?.array ?? [] {
      for column in (table["records"]?.array ?? []) + (table["fields"]?.array ?? []) {
        for part in column["parts"]?.members ?? [] {
          for block in part.value.array ?? [] {
            guard let block = block.array, block.count == 5, let offset = block[0].integer,
              let length = block[1].integer,
              offset >= 0, length >= 0, length <= bytes.count, offset <= bytes.count - length, let old = block[4].text
            else { continue }
            replace(&bytes, Array(old.utf8), text(crc(bytes[offset..<offset + length])), before: dataAt)
          }
        }
      }
    }
    guard let old = value["header"]?["head_crc32c"]?.text, let own = value["header"]?["crc32c"]?.text,
      let end = find(bytes, Array("\(own)\"}".utf8))
    else { return nil }
    let headEnd = end + 10
    guard dataAt > headEnd, dataAt <= bytes.count else { return nil }
    replace(&bytes, Array(old.utf8), text(crc(bytes[headEnd..<dataAt])), before: headEnd)
    let mended = text(crc(bytes[0..<end]))
    for (index, byte) in mended.enumerated() { bytes[end + index] = byte }
    return bytes
  }

  private static func find(_ bytes: [UInt8], _ wanted: [UInt8]) -> Int? {
    guard bytes.count >= wanted.count else { return nil }
    return (0...(bytes.count - wanted.count)).first { Array(bytes[$0..<$0 + wanted.count]) == wanted }
  }

  private static func replace(_ bytes: inout [UInt8], _ old: [UInt8], _ new: [UInt8], before end: Int) {
    guard old != new, let at = find(bytes, old), at < end else { return }
    for (index, byte) in new.enumerated() { bytes[at + index] = byte }
  }
}
