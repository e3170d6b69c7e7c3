import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport
import Testing

/// Imports of the same source again and again, and taken back: by the state itself, from the journal, and from a
/// snapshot.
@Suite("The log of imports")
struct ImportLogTests {
  private let company = Company()
  private let base = StoreFileTests()
  private let day: Int64 = 1_700_000_000

  private func mark(_ source: String, _ missing: MissingPolicy = .keep) -> ImportMark {
    ImportMark(source: source, at: day, rows: 3, missing: missing)
  }

  private func customers(_ rows: [(key: String, name: String?, limit: Double?)]) -> NewRows {
    NewRows(
      kinds: .all(company.customer), count: rows.count, keys: rows.map(\.key),
      columns: [company.name: Make.texts(rows.map(\.name)), company.limit: Make.numbers(rows.map(\.limit))],
      mode: .updating)
  }

  /// `KEY name limit region`, a line a customer.
  private func shown(_ state: StoreState) throws -> [String] {
    try state.rows(of: company.customer).map { row in
      let key = try state.keys(of: [Int32(row)], family: company.person).first ?? ""
      func text(_ field: FieldID) throws -> String {
        switch try state.value(field, row: row) {
        case .text(let text): text
        case .number(let number): "\(number)"
        default: "-"
        }
      }
      return "\(key) \(try text(company.name)) \(try text(company.limit)) \(try text(company.region))"
    }.sorted()
  }

  /// Alborz, Binalud and Caspian, of which Alborz is in the North by hand before any import.
  private func started() throws -> StoreState {
    let state = try StoreState(catalogue: company.catalogue).adding(
      company.customer, key: "a", values: [company.name: .text("Alborz"), company.region: .text("North")]
    ).state
    return try state.importing(
      customers([("a", "Alborz", 10), ("b", "Binalud", 20), ("c", "Caspian", nil)]), mark("crm.csv")
    ).appended.state
  }

  @Test("a row with a known key changes the fields given and no others; the same again changes nothing")
  func updates() throws {
    let state = try started()
    #expect(try shown(state) == ["a Alborz 10.0 North", "b Binalud 20.0 -", "c Caspian - -"])
    let rows = customers([("a", "Alborz", 10), ("b", "Binalud Steel", nil), ("d", "Damavand", 4)])
    let second = try state.importing(rows, mark("crm.csv"))
    #expect(second.appended.added == 1 && second.appended.changed == 1 && second.appended.same == 1)
    #expect(
      try shown(second.appended.state) == [
        "a Alborz 10.0 North", "b Binalud Steel - -", "c Caspian - -", "d Damavand 4.0 -",
      ])
    let again = try second.appended.state.importing(rows, mark("crm.csv"))
    #expect(!again.isChange && again.appended.same == 3)
    #expect(again.appended.state.imports.entries.count == 2)
  }

  @Test("two rows of one file that differ under one key: the second is refused")
  func twice() throws {
    let result = try started().importing(
      customers([("b", "One", 1), ("b", "Two", 2), ("b", "One", 1)]), mark("crm.csv"))
    #expect(result.appended.changed == 1 && result.appended.same == 1)
    #expect(result.appended.rejects.map(\.row) == [1])
    // Also where the first, or the second, says what is recorded already.
    for rows in [[("b", "Binalud", 20.0), ("b", "Two", 2)], [("b", "Two", 2.0), ("b", "Binalud", 20)]] {
      let result = try started().importing(customers(rows), mark("crm.csv"))
      #expect(result.appended.rejects.map(\.row) == [1])
    }
  }

  @Test("an import taken back leaves what was there before it")
  func undone() throws {
    let before = try StoreState(catalogue: company.catalogue).adding(
      company.customer, key: "a", values: [company.name: .text("Alborz"), company.region: .text("North")]
    ).state
    let state = try before.importing(
      customers([("a", "Alborz Co", 10), ("b", "Binalud", 20)]), mark("crm.csv")
    ).appended.state
    let undone = try state.undoingImport(1)
    #expect(undone.removed == 1 && undone.restored == 1)
    #expect(try shown(undone.state) == (try shown(before)))
    #expect(undone.state.imports[1]?.isUndone == true)
    #expect(base.failure { () throws(Diagnostics) in _ = try undone.state.undoingImport(1) }?.code == "E2015")
    #expect(base.failure { () throws(Diagnostics) in _ = try undone.state.undoingImport(7) }?.code == "E2014")
  }

  @Test("what was changed since, by hand or by a later import, is named and stands in the way")
  func changedSince() throws {
    let state = try started()
    let byHand = try state.changing(company.customer, key: "b", values: [company.name: .text("B")])
    let refused = base.failure { () throws(Diagnostics) in _ = try byHand.undoingImport(1) }
    #expect(refused?.code == "E2017" && refused?.message.contains("person \"b\"") == true)
    let later = try state.importing(customers([("c", "Caspian Sea", 1)]), mark("other.csv")).appended.state
    let second = base.failure { () throws(Diagnostics) in _ = try later.undoingImport(1) }
    #expect(second?.code == "E2017" && second?.message.contains("person \"c\" (by import 2)") == true)
    // Both, the later first, are as nothing was.
    let both = try later.undoingImport(2).state.undoingImport(1).state
    #expect(try shown(both) == ["a Alborz - North"])
  }

  @Test("what others refer to is not removed under them")
  func referred() throws {
    let state = try started()
    let called = try state.adding(
      company.call, key: nil, values: [company.at: .time(day), company.about: .text("b")]
    ).state
    let refused = base.failure { () throws(Diagnostics) in _ = try called.undoingImport(1) }
    #expect(refused?.code == "E2004" && refused?.message.contains("\"b\"") == true)
  }

  @Test("what a later file no longer names is kept, removed, or closed")
  func missing() throws {
    let state = try started()
    let rows = customers([("b", "Binalud", 20)])
    #expect(try state.importing(rows, mark("crm.csv")).isChange == false)
    // Alborz was there before any file, and other sources have no say in these.
    let called = try state.adding(
      company.call, key: nil, values: [company.at: .time(day), company.about: .text("c")]
    ).state
    let other = try called.importing(rows, mark("other.csv", .remove))
    #expect(other.removed == 0)
    let kept = try called.importing(rows, mark("crm.csv", .remove))
    #expect(kept.removed == 0 && kept.kept == ["c"])
    let removed = try state.importing(rows, mark("crm.csv", .remove))
    #expect(removed.removed == 1)
    #expect(try shown(removed.appended.state) == ["a Alborz 10.0 North", "b Binalud 20.0 -"])
    #expect(try shown(removed.appended.state.undoingImport(2).state) == (try shown(state)))
    #expect(
      base.failure { () throws(Diagnostics) in
        _ = try state.importing(rows, mark("crm.csv", .close))
      }?.code == "E2018")
  }

  @Test("what a condition leaves out now goes, where this source recorded it and nothing refers to it")
  func excluded() throws {
    let state = try started()
    var leaving = mark("crm.csv")
    leaving.going = ["a", "b", "zzz"]
    leaving.leftOut = 3
    // Alborz was there before any file.
    let second = try state.importing(customers([("c", "Caspian", 7)]), leaving)
    #expect(second.removed == 1 && second.appended.changed == 1)
    let shownAfter = try shown(second.appended.state)
    #expect(shownAfter == ["a Alborz 10.0 North", "c Caspian 7.0 -"])
    #expect(try shown(second.appended.state.undoingImport(2).state) == (try shown(state)))
    // A row that is taken is not left out, and what is referred to stays.
    leaving.going = ["c"]
    #expect(try state.importing(customers([("c", "Caspian", 8)]), leaving).removed == 0)
    let called = try state.adding(
      company.call, key: nil, values: [company.at: .time(day), company.about: .text("c")]
    ).state
    let kept = try called.importing(customers([("b", "Binalud", 20)]), leaving)
    #expect(kept.removed == 0 && kept.kept == ["c"])
    // From the journal it is the same.
    let file = try StoreFile.open(path: base.folder["g.json"], createIfMissing: true)
    try file.save(state)
    leaving.going = ["b"]
    let rows = customers([("c", "Caspian", 7)])
    try file.commit([.importing(rows, leaving)], giving: try state.importing(rows, leaving).appended.state)
    let replayed = try StoreFile.open(path: base.folder["g.json"], writable: false).state
    #expect(try shown(replayed) == ["a Alborz 10.0 North", "c Caspian 7.0 -"])
  }

  @Test("a relationship that a later file no longer names ends on the day of the import")
  func closing() throws {
    let c = company
    var state = try started().adding(c.rep, key: "r", values: [:]).state
    func serving(_ customers: [String]) -> NewRows {
      NewRows(
        kinds: .all(c.serves), count: customers.count,
        columns: [c.who: Make.texts(customers.map { _ in "r" }), c.whom: Make.texts(customers)],
        fingerprints: customers.map { UInt64($0.utf8.first ?? 1) }, mode: .updating)
    }
    state = try state.importing(serving(["a", "b"]), mark("ties.csv")).appended.state
    let second = try state.importing(serving(["b"]), mark("ties.csv", .close))
    #expect(second.closed == 1)
    let ends = try second.appended.state.rows(of: c.serves).map { try second.appended.state.value(c.end, row: $0) }
    #expect(ends == [.date(19_675), .missing])
    let undone = try second.appended.state.undoingImport(3).state
    #expect(try undone.rows(of: c.serves).map { try undone.value(c.end, row: $0) } == [.missing, .missing])
  }

  @Test("of the oldest imports only the numbers are kept, also in a snapshot")
  func forgotten() throws {
    var state = try started()
    for number in 2...60 {
      state = try state.importing(customers([("b", "Binalud", Double(number))]), mark("crm.csv")).appended.state
    }
    #expect(state.imports.entries.count == 60 && state.imports.entries.count { $0.isKnown } == 50)
    let file = try StoreFile.open(path: base.folder["f.json"], createIfMissing: true)
    try file.save(state)
    let saved = try StoreFile.open(path: base.folder["f.json"], writable: false).state
    #expect(saved.imports.entries.count { $0.isKnown } == 50)
    #expect(base.failure { () throws(Diagnostics) in _ = try saved.undoingImport(1) }?.code == "E2016")
    #expect(try shown(saved.undoingImport(60).state) == ["a Alborz 10.0 North", "b Binalud 59.0 -", "c Caspian - -"])
  }

  @Test("a record without a key that went with a file comes back, and the file knows it again")
  func keyless() throws {
    let c = company
    func calls(_ topics: [String]) -> NewRows {
      NewRows(
        kinds: .all(c.call), count: topics.count,
        columns: [c.about: Make.texts(topics.map { _ in "a" }), c.topic: Make.texts(topics)],
        fingerprints: topics.map { UInt64($0.utf8.first ?? 1) }, mode: .updating)
    }
    let state = try started().importing(calls(["price", "quality"]), mark("calls.csv")).appended.state
    let second = try state.importing(calls(["quality"]), mark("calls.csv", .remove))
    #expect(second.removed == 1 && second.appended.state.rows(of: c.call).count == 1)
    let undone = try second.appended.state.undoingImport(3).state
    #expect(undone.rows(of: c.call).count == 2)
    #expect(try undone.importing(calls(["price", "quality"]), mark("calls.csv")).isChange == false)
  }

  @Test("the log comes back from the journal and from a snapshot, and so does what takes an import back")
  func kept() throws {
    let folder = base.folder
    let file = try StoreFile.open(path: folder["i.json"], createIfMissing: true)
    var state = try started()
    try file.save(state)
    let change = StoreChange.importing(
      customers([("b", "Binalud Steel", nil), ("d", "دماوند", 4)]), mark("crm.csv"))
    state = try state.applying(change)
    try file.commit([change], giving: state)
    let expected = try shown(state)
    let fromJournal = try StoreFile.open(path: folder["i.json"], writable: false).state
    #expect(try shown(fromJournal) == expected)
    #expect(fromJournal.imports.entries.map(\.number) == [1, 2])
    #expect(try shown(fromJournal.undoingImport(2).state) == (try shown(started())))
    try file.save(state)
    let fromSnapshot = try StoreFile.open(path: folder["i.json"], writable: false).state
    #expect(try shown(fromSnapshot) == expected)
    #expect(fromSnapshot.imports.entries.map(\.changed) == [1, 1])
    #expect(try shown(fromSnapshot.undoingImport(2).state.undoingImport(1).state) == ["a Alborz - North"])
    let undo = StoreChange.undoImport(2)
    try file.commit([undo], giving: try state.applying(undo))
    #expect(try shown(StoreFile.open(path: folder["i.json"], writable: false).state) == (try shown(started())))
  }

  @Test("what was changed and is gone, or was removed and is there anew, stands in the way")
  func goneOrAnew() throws {
    let changed = try started().importing(customers([("b", "Binalud Steel", 1)]), mark("crm.csv")).appended.state
    let gone = try changed.removing(company.customer, key: "b")
    #expect(base.failure { () throws(Diagnostics) in _ = try gone.undoingImport(2) }?.code == "E2017")
    let removed = try started().importing(
      customers([("b", "Binalud", 20)]), mark("crm.csv", .remove)
    ).appended.state
    let anew = try removed.adding(company.customer, key: "c", values: [company.name: .text("Other")]).state
    #expect(base.failure { () throws(Diagnostics) in _ = try anew.undoingImport(2) }?.code == "E2017")
    // A later import that removed what this one changed is told by its number's absence from the store.
    let later = try changed.importing(customers([]), mark("crm.csv", .remove)).appended.state
    #expect(base.failure { () throws(Diagnostics) in _ = try later.undoingImport(2) }?.code == "E2017")
  }

  @Test("what comes back is again that of the import that made it")
  func backToItsImport() throws {
    let state = try started().importing(customers([("b", "Binalud", 20)]), mark("crm.csv", .remove)).appended.state
    let back = try state.undoingImport(2).state
    #expect(try back.importing(customers([("b", "Binalud", 20)]), mark("crm.csv", .remove)).removed == 1)
    #expect(try shown(back.undoingImport(1).state) == ["a Alborz - North"])
    let file = try StoreFile.open(path: base.folder["o.json"], createIfMissing: true)
    try file.save(state)
    let saved = try StoreFile.open(path: base.folder["o.json"], writable: false).state
    #expect(try shown(saved.undoingImport(2).state.undoingImport(1).state) == ["a Alborz - North"])
  }

  @Test("what refers to what was removed is put right after it is there again")
  func removedAndReferredTo() throws {
    let c = company
    func reps(_ rows: [(key: String, chief: String?)]) -> NewRows {
      NewRows(
        kinds: .all(c.rep), count: rows.count, keys: rows.map(\.key),
        columns: [c.chief: Make.texts(rows.map(\.chief))], mode: .updating)
    }
    let first = try StoreState(catalogue: c.catalogue).importing(
      reps([("r1", "r2"), ("r2", nil), ("r3", nil)]), mark("reps.csv")
    ).appended.state
    let second = try first.importing(reps([("r1", "r3"), ("r3", nil)]), mark("reps.csv", .remove))
    #expect(second.removed == 1)
    let undone = try second.appended.state.undoingImport(2).state
    let row = try #require(try undone.row(withKey: "r1", family: c.person))
    #expect(try undone.value(c.chief, row: Int(row)) == .record(RecordReference(kind: "rep", key: "r2")))
  }

  @Test("a chain of which only the last is named stays, each by the next; one that none names goes")
  func chains() throws {
    let c = company
    func reps(_ rows: [(key: String, chief: String?)]) -> NewRows {
      NewRows(
        kinds: .all(c.rep), count: rows.count, keys: rows.map(\.key),
        columns: [c.chief: Make.texts(rows.map(\.chief))], mode: .updating)
    }
    let links = (0..<20_000).map { (key: "k\($0)", chief: $0 == 0 ? nil : "k\($0 - 1)") }
    let state = try StoreState(catalogue: c.catalogue).importing(
      reps(links + [("free", "k5")]), mark("reps.csv")
    ).appended.state
    let result = try state.importing(reps([("k19999", "k19998")]), mark("reps.csv", .remove))
    #expect(result.removed == 1 && result.keptCount == 19_999)
  }

  @Test(
    "a row of another kind than its record's, neither special of the other, is refused; so is a value under a default")
  func kindsAndDefaults() throws {
    let result = try started().importing(
      NewRows(kinds: .all(company.rep), count: 1, keys: ["b"], columns: [:], mode: .updating), mark("reps.csv"))
    #expect(result.appended.rejects.map(\.row) == [0] && !result.isChange)
    var build = Company.Builder()
    let thing = build.kind("thing", .entity)
    let tier = build.field("tier", .text, [thing], defaultValue: .text("base"))
    func rows(_ tiers: [String?]) -> NewRows {
      NewRows(
        kinds: .all(thing), count: tiers.count, keys: tiers.indices.map { "t\($0)" },
        columns: [tier: Make.texts(tiers)], mode: .updating)
    }
    let first = try StoreState(catalogue: build.catalogue).importing(rows(["gold", nil]), mark("t.csv")).appended.state
    let again = try first.importing(rows([nil, "base"]), mark("t.csv"))
    #expect(again.appended.changed == 1)
    let state = again.appended.state
    #expect(try state.rows(of: thing).map { try state.value(tier, row: $0) } == [.missing, .text("base")])
  }

  @Test("a value typed into a record that an import began stands in the way of taking it back")
  func filledByHand() throws {
    let c = company
    let calls = NewRows(
      kinds: .all(c.call), count: 1, columns: [c.about: Make.texts(["new"])], creates: [c.about], fingerprints: [7],
      mode: .updating)
    let state = try StoreState(catalogue: c.catalogue).importing(calls, mark("calls.csv")).appended.state
    let typed = try state.adding(c.customer, key: "new", values: [c.name: .text("Typed")]).state
    #expect(base.failure { () throws(Diagnostics) in _ = try typed.undoingImport(1) }?.code == "E2017")
  }

  @Test("rows that a condition left out may be what seems to be gone")
  func leftOut() throws {
    var mark = mark("crm.csv", .remove)
    mark.leftOut = 1
    let result = try started().importing(customers([("b", "Binalud", 20)]), mark)
    #expect(result.isUncertain && result.removed == 0)
  }

  @Test("rows of imports that cannot be read are told, and nothing but taking back is lost")
  func damagedRows() throws {
    let folder = base.folder
    let file = try StoreFile.open(path: folder["d.json"], createIfMissing: true)
    try file.save(try started().importing(customers([("b", "Binalud Steel", 1)]), mark("crm.csv")).appended.state)
    try file.leave()
    var bytes = try folder.bytes("d.json")
    let text = String(decoding: bytes, as: UTF8.self)
    let place = try #require(text.firstRange(of: "\"import_rows\""))
    bytes[text.utf8.distance(from: text.startIndex, to: place.upperBound) + 30] ^= 1
    folder.file("e.json", bytes: bytes)
    folder.file("e.json.journal", bytes: try folder.bytes("d.json.journal"))
    let found = try Doctor.check(folder["e.json"])
    #expect(!found.isSound && found.problems.map(\.code) == ["E3203"])
    _ = try Doctor.repair(folder["e.json"])
    let mended = try StoreFile.open(path: folder["e.json"], writable: false).state
    #expect(mended.rows(of: company.customer).count == 3)
    let undone = try mended.undoingImport(2).state
    #expect(base.failure { () throws(Diagnostics) in _ = try undone.undoingImport(1) }?.code == "E2016")
  }
}
