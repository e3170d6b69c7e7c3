import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandTestSupport
import Testing

@testable import PeyvandStore

/// Records that are held back until they are needed are what they would be, put into their tables at once.
@Suite("Pending records")
struct PendingTests {
  private let base = StoreFileTests()
  private var folder: ScratchFolder { base.folder }
  private let c = Company()

  /// Statements about a few records over and over: new ones with and without keys, keys that are numbers, some that are
  /// there already, references to what was said just before, changes and removals, imports, texts that differ in their spelling.
  /// - Parameter said: the keys by the kind with which they were added.
  private func statement(_ turn: Int, _ random: inout Seeded, _ said: [KindID: [String]]) -> StoreChange {
    func below(_ count: Int) -> Int { Int(random.below(UInt64(count))) }
    /// Mostly one that is there, of the right kind.
    func known(_ kinds: [KindID], _ otherwise: String) -> String {
      let keys = kinds.flatMap { said[$0] ?? [] }
      return keys.isEmpty || below(8) == 0 ? otherwise : keys[below(2) == 0 ? below(keys.count) : keys.count - 1]
    }
    let text = Value.text(StoreFileTests.texts[below(StoreFileTests.texts.count)])
    let person = known([c.person, c.customer, c.rep], "k\(below(turn + 4))")
    let customer = known([c.customer], person)
    let contact = known([c.contact, c.call, c.visit], "c\(turn)")
    switch below(12) {
    case 0, 1:
      return .add(
        [c.customer, c.rep, c.person][below(3)], key: below(6) == 0 ? "\(below(30))" : "k\(turn)",
        values: below(4) == 0 ? [:] : [c.name: text])
    case 2:
      return .add(c.customer, key: nil, values: [c.name: text, c.tags: .list([text, .missing, .text("t\(turn)")])])
    case 3:
      return .add(
        c.rep, key: "k\(turn)", values: [c.chief: .text(known([c.rep], "k\(turn)")), c.limit: .number(Double(turn))])
    case 4:
      return .add(c.person, key: "k\(turn)", values: [c.friends: .list([.text(person), .text("k\(turn)")])])
    case 5, 6:
      return .add(
        [c.call, c.visit, c.contact][below(3)], key: below(2) == 0 ? nil : "c\(turn)",
        values: [c.at: below(5) == 0 ? .missing : .time(Int64(below(1_000))), c.about: .text(customer), c.topic: text])
    case 7:
      return .add(
        c.survey, key: nil, values: [c.asked: .text(contact), c.when: .date(below(400))])
    case 8 where below(3) == 0:
      // What is changed by hand after it is noted with it.
      let rows = NewRows(
        kinds: .all(c.customer), count: 2, keys: [customer, "i\(turn)"],
        columns: [c.name: Make.texts(["import \(turn)", nil])], mode: .updating)
      return .importing(rows, ImportMark(source: "customers.csv", at: 0, rows: 2))
    case 8:
      return .change(c.person, key: person, values: [c.name: below(3) == 0 ? .missing : text])
    case 9:
      return .change(
        c.contact, key: contact,
        values: below(3) == 0 ? [c.at: .time(Int64(below(1_000)))] : [c.about: .text(customer), c.logged: .yesno(true)])
    case 10:
      return below(4) == 0
        ? .remove(c.person, key: person)
        : .add(
          c.serves, key: "s\(turn)",
          values: [c.who: .text(known([c.rep], person)), c.whom: .text(customer), c.start: .date(below(300))])
    default:
      return .change(
        c.serves, key: "s\(below(turn + 4))", values: [c.end: .date(500 + below(90)), c.start: .date(below(300))])
    }
  }

  /// All a store holds as its file has it, behind the header.
  private func data(_ state: StoreState, _ name: String) throws -> [UInt8] {
    let file = try StoreFile.open(path: folder[name], createIfMissing: true)
    try file.save(state, hasJournal: false)
    let bytes = try folder.bytes(name)
    // The header has an id of its own.
    let word = Array("\"catalogue\"".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: word) })
    return Array(bytes[start...])
  }

  @Test("wherever they are put into their tables, the store is the same to the byte", arguments: 0..<24)
  func sameBytes(seed: Int) throws {
    var random = Seeded(UInt64(seed) * 7 + 1)
    let start = StoreState(catalogue: c.catalogue)
    var (held, whole, mixed) = (start, start, start)
    var keys: [KindID: [String]] = [:]
    var accepted = 0
    var pendingWas = 0
    for turn in 0..<160 {
      let change = statement(turn, &random, keys)
      func apply(_ state: inout StoreState) -> Diagnostic? {
        base.failure { () throws(Diagnostics) in state = try state.applying(change) }
      }
      let said = apply(&held)
      let inWhole = apply(&whole)
      let inMixed = apply(&mixed)
      #expect(said == inWhole && said == inMixed, "\(change)")
      if said == nil {
        accepted += 1
        if case .add(let kind, key: let key?, values: _) = change { keys[kind, default: []].append(key) }
      }
      pendingWas = max(pendingWas, held.pending?.count ?? 0)
      whole = try whole.settling()
      if random.below(9) == 0 { mixed = try mixed.settling() }
      #expect(try held.lastEvent(notAfter: 700) == whole.lastEvent(notAfter: 700))
      #expect(try held.lastEvent(notAfter: .max) == whole.lastEvent(notAfter: .max))
      let key = keys[c.customer]?.last ?? "k\(turn)"
      #expect(
        try held.holds(key: key, family: c.person) == (whole.row(withKey: key, family: c.person) != nil))
    }
    #expect(accepted > 60 && pendingWas > 3)
    #expect(try base.dump(held) == base.dump(whole))
    let bytes = try data(whole, "w.json")
    #expect(try data(held, "h.json") == bytes)
    #expect(try data(mixed, "m.json") == bytes)
  }

  @Test("a run of records goes over its table once, however long it is, and reads no other")
  func once() throws {
    let (count, before) = (400, 50)
    var state = StoreState(catalogue: c.catalogue)
    for number in 0..<before { state = try state.adding(c.customer, key: "b\(number)", values: [:]).state }
    state = try state.settling()
    let version = state.table(c.person).version
    for number in 0..<count {
      state = try state.adding(c.customer, key: "n\(number)", values: [c.name: .text("x")]).state
      state = try state.adding(c.call, key: nil, values: [c.about: .text("n\(number)"), c.at: .time(Int64(number))])
        .state
      state = try state.changing(c.customer, key: "b\(number % before)", values: [c.limit: .number(Double(number))])
      state = try state.changing(c.customer, key: "n\(number)", values: [c.region: .text("r")])
    }
    // Nothing was put anywhere yet, whatever was asked meanwhile that needs none of these tables.
    #expect(state.pending?.count == 4 * count && state.pending?.settled.value == nil)
    #expect(try state.rows(of: c.survey).isEmpty && state.lastEvent(notAfter: .max) == Int64(count - 1))
    #expect(try state.holds(key: "n7", family: c.person))
    #expect(try !state.holds(key: "m7", family: c.person))
    #expect(state.standing[c.person]?.version === version && state.pending?.settled.value == nil)
    #expect(state.rows(of: c.customer).count == count + before)
    #expect(state.pending?.settled.value != nil)
    let row = try #require(try state.row(withKey: "n7", family: c.person))
    #expect(try state.value(c.region, row: Int(row)) == .text("r"))
    #expect(try state.value(c.name, row: Int(row)) == .text("x"))
  }

  @Test("two statements said to the same state do not see each other")
  func apart() throws {
    var state = StoreState(catalogue: c.catalogue)
    state = try state.adding(c.person, key: "a", values: [:]).state
    let one = try state.adding(c.person, key: "b", values: [c.name: .text("one")]).state
    let two = try state.adding(c.person, key: "b", values: [c.name: .text("two")]).state
    let three = try one.changing(c.person, key: "a", values: [c.name: .text("three")])
    func name(_ key: String, _ state: StoreState) throws -> Value {
      guard let row = try state.row(withKey: key, family: c.person) else { return .missing }
      return try state.value(c.name, row: Int(row))
    }
    #expect(try [one, two, three].map { try name("b", $0) } == [.text("one"), .text("two"), .text("one")])
    #expect(try [one, three].map { try name("a", $0) } == [.missing, .text("three")])
    #expect(state.recordCount == 1)
    #expect(try !state.holds(key: "b", family: c.person))
  }

  @Test("what a journal costs is counted over the rows that are there when it is said")
  func cost() throws {
    var journal = Journal(base: StoreState(catalogue: c.catalogue))
    var state = journal.base
    func say(_ change: StoreChange) throws {
      try journal.append([change], to: state)
      state = try state.applying(change)
    }
    let rows = NewRows(
      kinds: .all(c.call), count: 5_000, columns: [c.minutes: Make.numbers((0..<5_000).map(Double.init))])
    try say(.append(rows))
    #expect(journal.cost == 5_000)
    try say(.remove(c.call, key: "1"))
    #expect(journal.cost == 10_000)
    // A run of single records is one pass over the table.
    for number in 0..<30 { try say(.add(c.call, key: nil, values: [c.minutes: .number(Double(number))])) }
    #expect(journal.cost > 14_000 && journal.cost < 20_000)
  }
}
