import PeyvandBase
import PeyvandData
import PeyvandStore
import Testing

@Suite("Records")
struct StoreStateTests {
  let company = Company()

  private func added(
    _ state: inout StoreState, _ kind: KindID, _ key: String?, _ values: [FieldID: Value] = [:]
  ) throws {
    state = try state.adding(kind, key: key, values: values).state
  }

  private func keys(_ state: StoreState, _ kind: KindID) throws -> [String] {
    let family = try #require(state.catalogue.kind(kind)?.family)
    return try state.keys(of: state.rows(of: kind).map { Int32($0) }, family: family)
  }

  private func failure(_ body: () throws(Diagnostics) -> Void) -> String? {
    do throws(Diagnostics) {
      try body()
      return nil
    } catch {
      return error.all.first?.code
    }
  }

  @Test("rows stand by kind, then in time, and references follow them")
  func order() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    try added(&state, c.rep, "R1", [c.name: .text("Reza")])
    try added(&state, c.customer, "C1", [c.name: .text("Alborz"), c.limit: .number(5)])
    try added(&state, c.rep, "R2", [c.chief: .record(RecordReference(kind: "rep", key: "R1")), c.limit: .number(7)])
    try added(&state, c.person, "P1")
    try added(&state, c.customer, "C2")
    #expect(try keys(state, c.person) == ["P1", "C1", "C2", "R1", "R2"])
    #expect(try keys(state, c.rep) == ["R1", "R2"])
    #expect(try state.value(c.chief, row: 4) == .record(RecordReference(kind: "rep", key: "R1")))
    // As recorded, across the kinds: R1, C1, R2, P1, C2.
    #expect(state.timeOrder(of: c.person) == [3, 1, 4, 0, 2])
    #expect(state.timeOrder(of: c.rep) == nil)
    let limit = try #require(try state.column(c.limit))
    #expect(limit.base == 1 && limit.count == 4)
    let region = try state.column(c.region)
    #expect(region == nil)

    func contact(_ kind: KindID, _ key: String, _ time: Int64?, _ customer: String) throws {
      try added(
        &state, kind, key,
        [c.at: time.map { .time($0) } ?? .missing, c.about: .record(RecordReference(kind: "customer", key: customer))])
    }
    try contact(c.call, "k1", 500, "C1")
    try contact(c.visit, "v1", 300, "C1")
    try contact(c.call, "k2", 100, "C2")
    try contact(c.call, "k3", nil, "C1")
    try contact(c.contact, "o1", 400, "C1")
    try contact(c.call, "k4", 500, "C1")
    #expect(try keys(state, c.contact) == ["o1", "k2", "k1", "k4", "k3", "v1"])
    #expect(state.stretches(of: c.contact).map(\.timed) == [1, 3, 1])
    #expect(state.timeOrder(of: c.contact) == [1, 5, 0, 2, 3, 4])
    let adjacency = try state.adjacency(of: c.contact, by: c.about)
    #expect(adjacency.offsets == [0, 0, 5, 6, 6, 6])
    #expect(adjacency.rows == [5, 0, 2, 3, 4, 1])
    #expect(try state.adjacency(of: c.call, by: c.about).rows == [2, 3, 4, 1])
    #expect(try state.lastEvent(notAfter: 1_000) == 500)
    #expect(try state.lastEvent(notAfter: 499) == 400)
    #expect(try state.lastEvent(notAfter: 99) == nil)

    try added(&state, c.survey, nil, [c.asked: .record(RecordReference(kind: "call", key: "k3")), c.score: .number(4)])
    // An earlier call moves what the survey refers to.
    try contact(c.call, "k0", 50, "C2")
    #expect(try state.value(c.asked, row: 0) == .record(RecordReference(kind: "call", key: "k3")))
    #expect(try keys(state, c.survey) == ["1"])
    #expect(try state.row(withKey: "1", family: c.survey) == 0)
    #expect(try state.row(withKey: "01", family: c.survey) == nil)
    #expect(try state.row(withKey: "2", family: c.survey) == nil)
  }

  @Test("one key and equal values are one record; other values are refused")
  func sameKey() throws {
    let c = company
    let rows = NewRows(
      kinds: .all(c.customer), count: 5, keys: ["A", "B", "A", "B", "C"],
      columns: [
        c.name: Make.texts(["علي", nil, "علی", "other", "x"]), c.limit: Make.numbers([1, 2, 1, 2, .nan]),
      ])
    let first = try StoreState(catalogue: c.catalogue).appending(rows)
    #expect(first.added == 2)
    #expect(first.same == 1)
    #expect(first.rejects.map(\.row) == [3, 4])
    #expect(first.rejects.map(\.reason) == [.otherValues(key: "B"), .notFinite])
    #expect(first.state.diagnostic(for: first.rejects[0], kind: c.customer).code == "E2002")
    let again = try first.state.appending(rows)
    #expect(again.added == 0 && again.same == 3 && again.rejects.count == 2)
    #expect(try keys(again.state, c.customer) == ["A", "B"])
    // Fields not given are not compared; the spelling of the first is kept.
    let some = try first.state.appending(
      NewRows(kinds: .all(c.customer), count: 1, keys: ["A"], columns: [c.limit: Make.numbers([1])]))
    #expect(some.same == 1)
    #expect(try first.state.value(c.name, row: 0) == .text("علي"))
    #expect(
      failure { () throws(Diagnostics) in
        _ = try first.state.adding(c.customer, key: "A", values: [c.limit: .number(9)])
      }
        == "E2002")
  }

  @Test("keyless rows are known by their fingerprints")
  func fingerprints() throws {
    let c = company
    func rows(_ prints: [UInt64]) -> NewRows {
      NewRows(
        kinds: .all(c.call), count: prints.count, columns: [c.at: Make.times(prints.map { Int64($0 % 1_000) })],
        fingerprints: prints)
    }
    let first = try StoreState(catalogue: c.catalogue).appending(rows([5, 3, 9, 5, 0, .max]))
    #expect(first.added == 5 && first.same == 1)
    let again = try first.state.appending(rows([5, 3, 9, 5, 0, .max]))
    #expect(again.added == 0 && again.same == 6)
    let more = try again.state.appending(rows([9, 77, 78]))
    #expect(more.added == 2 && more.same == 1)
    #expect(try more.state.appending(rows([77, 78, 3])).same == 3)
  }

  @Test("references by key: known, created, among the rows themselves, refused")
  func references() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    try added(&state, c.rep, "R1")
    // A customer comes before the reps, so what is created moves what was there.
    let contacts = NewRows(
      kinds: .all(c.contact), count: 4, keys: ["1", "2", "3", "4"],
      columns: [
        c.about: Make.texts(["C2", "C1", "C2", nil]), c.at: Make.times([30, 10, 20, 5]),
      ], creates: [c.about])
    let created = try state.appending(contacts)
    #expect(created.added == 4 && created.created == 2 && created.rejects.isEmpty)
    state = created.state
    #expect(try keys(state, c.person) == ["C2", "C1", "R1"])
    #expect(try state.adjacency(of: c.contact, by: c.about).rows == [2, 3, 1])
    let unknown = try state.appending(
      NewRows(
        kinds: .all(c.contact), count: 3, keys: ["5", "6", "7"],
        columns: [c.about: Make.texts(["C9", "R1", "C1"])]))
    #expect(unknown.added == 1)
    #expect(unknown.rejects.map(\.reason) == [.unknownKey("C9"), .wrongKind("R1")])
    let said = unknown.state.diagnostic(for: unknown.rejects[0], kind: c.contact)
    #expect(said.code == "E2003" && said.notes.contains { $0.contains("C2") })
    // The records that were created are filled when they come.
    let filled = try state.appending(
      NewRows(kinds: .all(c.customer), count: 2, keys: ["C1", "C3"], columns: [c.name: Make.texts(["One", "Three"])]))
    #expect(filled.filled == 1 && filled.added == 1)
    #expect(try keys(filled.state, c.customer) == ["C2", "C1", "C3"])
    #expect(try filled.state.value(c.name, row: 1) == .text("One"))

    // Of several rows for one such record the first fills it, equal ones are the same, others are refused.
    let several = try state.appending(
      NewRows(
        kinds: .all(c.customer), count: 3, keys: ["C1", "C1", "C1"], columns: [c.name: Make.texts(["a", "a", "b"])]))
    #expect(several.filled == 1 && several.same == 1 && several.rejects.map(\.row) == [2])

    // Reps whose chiefs stand in the same rows; X refers to a refused one, Y to X.
    let reps = try state.appending(
      NewRows(
        kinds: .all(c.rep), count: 6, keys: ["A", "B", "bad", "X", "Y", "Z"],
        columns: [
          c.chief: Make.texts(["B", "R1", nil, "bad", "X", "new"]), c.limit: Make.numbers([1, 2, .infinity, 3, 4, 5]),
        ], creates: [c.chief]))
    #expect(reps.added == 3 && reps.created == 1)
    #expect(reps.rejects.map(\.row) == [2, 3, 4])
    #expect(reps.rejects.map(\.reason) == [.notFinite, .refersToRefused("bad"), .refersToRefused("X")])
    func chief(_ key: String) throws -> Value {
      let row = try #require(try reps.state.row(withKey: key, family: c.person))
      return try reps.state.value(c.chief, row: Int(row))
    }
    #expect(try chief("A") == .record(RecordReference(kind: "rep", key: "B")))
    #expect(try chief("B") == .record(RecordReference(kind: "rep", key: "R1")))
    #expect(try chief("Z") == .record(RecordReference(kind: "rep", key: "new")))
  }

  @Test("lists of references and texts")
  func lists() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    func people(_ keys: [String]) -> Value { .list(keys.map { .record(RecordReference(kind: "person", key: $0)) }) }
    try added(&state, c.rep, "R1")
    try added(&state, c.customer, "C1", [c.friends: people(["R1"]), c.tags: .list([.text("a"), .text("b")])])
    try added(&state, c.person, "P1", [c.friends: people(["C1", "R1", "C1"])])
    try added(&state, c.customer, "C2", [c.friends: people([]), c.tags: .list([])])
    #expect(try state.value(c.tags, row: 1) == .list([.text("a"), .text("b")]))
    #expect(try state.value(c.friends, row: 1) == people(["R1"]).as("rep"))
    let adjacency = try state.adjacency(of: c.person, by: c.friends)
    // P1 0, C1 1, C2 2, R1 3; C1 was recorded before P1.
    #expect(adjacency.offsets == [0, 0, 1, 1, 3])
    #expect(adjacency.rows == [0, 1, 0])
    #expect(
      failure { () throws(Diagnostics) in
        _ = try state.adding(c.customer, key: "C3", values: [c.friends: people(["no"])])
      }
        == "E2003")
  }

  @Test("what does not fit is refused with its field and a way out")
  func refusals() throws {
    let c = company
    var build = Company.Builder(catalogue: c.catalogue)
    let order = build.kind("order", .event)
    let amount = build.field("amount", .number(.plain), [order], required: true)
    let state0 = build.field("state", .text, [order], defaultValue: .text("open"))
    let due = build.field("at", .time, [order])
    var state = StoreState(catalogue: build.catalogue)
    #expect(failure { () throws(Diagnostics) in _ = try state.adding(order, key: "1", values: [:]) } == "E2001")
    #expect(
      failure { () throws(Diagnostics) in _ = try state.adding(order, key: "1", values: [amount: .text("x")]) }
        == "E2008")
    #expect(
      failure { () throws(Diagnostics) in _ = try state.adding(order, key: "1", values: [amount: .number(.infinity)]) }
        == "E2006")
    #expect(
      failure { () throws(Diagnostics) in
        _ = try state.adding(order, key: "1", values: [amount: .number(1), due: .time(.max)])
      } == "E2007")
    #expect(
      failure { () throws(Diagnostics) in _ = try state.adding(order, key: "1", values: [c.name: .text("x")]) }
        == "E2013")
    #expect(failure { () throws(Diagnostics) in _ = try state.adding(KindID(99), key: "1", values: [:]) } == "E2009")
    #expect(
      failure { () throws(Diagnostics) in
        _ = try state.adding(c.call, key: "1", values: [c.wait: .duration(Duration(months: 1))])
      } == "E2008")
    #expect(
      failure { () throws(Diagnostics) in _ = try state.appending(NewRows(kinds: .all(order), count: 2, keys: ["a"])) }
        == "E2008")
    #expect(
      failure { () throws(Diagnostics) in
        _ = try state.appending(NewRows(kinds: .all(order), count: 2, columns: [amount: Make.numbers([1])]))
      } == "E2008")
    try added(&state, order, nil, [amount: .number(1)])
    #expect(try state.value(state0, row: 0) == .text("open"))
    try added(&state, order, "1x", [amount: .number(1), state0: .text("closed")])
    #expect(try state.value(state0, row: 1) == .text("closed"))
    // Values of a field that a kind does not have are counted and left out.
    let mixed = try state.appending(
      NewRows(
        kinds: .each([c.call, c.visit, c.call]), count: 3, keys: ["a", "b", "c"],
        columns: [c.minutes: Make.numbers([1, 2, nil])]))
    #expect(mixed.added == 3 && mixed.ignored == [c.minutes: 1])
  }

  @Test("an unkeyed record never takes the number of a keyed one")
  func numbers() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    try added(&state, c.call, "2")
    try added(&state, c.call, nil)
    try added(&state, c.call, nil)
    #expect(Set(try keys(state, c.call)).count == 3)
    let mixed = try state.appending(
      NewRows(kinds: .all(c.call), count: 4, keys: [nil, "7", nil, ""], columns: [:]))
    #expect(mixed.added == 4)
    #expect(Set(try keys(mixed.state, c.call)).count == 7)
    for key in try keys(mixed.state, c.call) {
      let row = try #require(try mixed.state.row(withKey: key, family: c.contact))
      #expect(try mixed.state.keys(of: [row], family: c.contact) == [key])
    }
  }

  @Test("changing and removing")
  func changes() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    try added(&state, c.customer, "C1", [c.name: .text("a"), c.region: .text("North")])
    try added(&state, c.customer, "C2", [c.name: .text("b")])
    for (key, time) in [("k1", 10), ("k2", 20), ("k3", 30)] as [(String, Int64)] {
      try added(&state, c.call, key, [c.at: .time(time), c.about: .text("C1"), c.minutes: .number(Double(time))])
    }
    try added(&state, c.survey, "s", [c.asked: .text("k1")])
    let old = state
    state = try state.changing(c.contact, key: "k1", values: [c.at: .time(25), c.about: .text("C2")])
    #expect(try keys(state, c.call) == ["k2", "k1", "k3"])
    #expect(try state.value(c.minutes, row: 1) == .number(10))
    #expect(try state.value(c.asked, row: 0) == .record(RecordReference(kind: "call", key: "k1")))
    #expect(try state.adjacency(of: c.call, by: c.about).rows == [0, 2, 1])
    #expect(try old.adjacency(of: c.call, by: c.about).rows == [0, 1, 2])
    #expect(try keys(old, c.call) == ["k1", "k2", "k3"])
    state = try state.changing(c.customer, key: "C1", values: [c.region: .missing])
    #expect(try state.value(c.region, row: 0) == .missing)
    #expect(try state.value(c.name, row: 0) == .text("a"))
    #expect(failure { () throws(Diagnostics) in _ = try state.changing(c.rep, key: "C1", values: [:]) } == "E2005")
    #expect(failure { () throws(Diagnostics) in _ = try state.changing(c.call, key: "no", values: [:]) } == "E2003")

    let said = #expect(throws: Diagnostics.self) { try state.removing(c.customer, key: "C1") }
    #expect(said?.all.first?.code == "E2004")
    #expect(said?.all.first?.message.contains("2 contact") == true)
    #expect(failure { () throws(Diagnostics) in _ = try state.removing(c.call, key: "k1") } == "E2004")
    state = try state.removing(c.call, key: "k2")
    #expect(try keys(state, c.call) == ["k1", "k3"])
    #expect(try state.row(withKey: "k2", family: c.contact) == nil)
    #expect(try state.value(c.asked, row: 0) == .record(RecordReference(kind: "call", key: "k1")))
    try added(&state, c.visit, "k2", [c.at: .time(1)])
    #expect(try keys(state, c.contact) == ["k1", "k3", "k2"])
  }

  @Test("declarations widen a store with data in it, and nothing else")
  func declarations() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    try added(&state, c.call, "k", [c.at: .time(5), c.minutes: .number(3)])
    try added(&state, c.visit, "v", [c.at: .time(3)])
    var build = Company.Builder(catalogue: c.catalogue)
    let chat = build.kind("chat", .event, is: c.contact)
    var minutes = try #require(c.catalogue.field(c.minutes))
    minutes.declaredBy.append(c.visit)
    build.catalogue.replace(minutes)
    let extra = build.field("tone", .text, [c.contact])
    state = try state.declaring(build.catalogue)
    try added(&state, chat, "c", [extra: .text("kind"), c.at: .time(1)])
    #expect(try keys(state, c.contact) == ["k", "v", "c"])
    #expect(try state.value(c.minutes, row: 0) == .number(3))
    #expect(try state.value(c.minutes, row: 1) == .missing)
    #expect(try state.column(c.minutes)?.count == 2)
    #expect(try state.value(extra, row: 2) == .text("kind"))
    var other = c.catalogue
    minutes.type = .text
    other.replace(minutes)
    #expect(failure { () throws(Diagnostics) in _ = try state.declaring(other) } == "E2010")
    #expect(failure { () throws(Diagnostics) in _ = try state.declaring(Catalogue()) } == "E2010")
  }

  @Test("random records, in random batches, stand as a plain model says", arguments: [1, 2, 3, 4, 5, 6])
  func model(seed: UInt64) throws {
    var random = Seeded(seed)
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    var model = Model(company: c)
    for step in 0..<60 {
      switch random.below(10) {
      case 0...1: try model.people(&state, &random)
      case 2...6: try model.contacts(&state, &random)
      case 7: try model.change(&state, &random)
      case 8: try model.remove(&state, &random)
      default: try model.surveys(&state, &random)
      }
      if step % 5 == 0 || step > 55 { try model.check(state) }
    }
    #expect(model.records.count > 50)
  }
}

extension Value {
  /// The same list with references to another kind, for comparing.
  fileprivate func `as`(_ kind: String) -> Value {
    guard case .list(let values) = self else { return self }
    return .list(
      values.map {
        guard case .record(let record) = $0 else { return $0 }
        return .record(RecordReference(kind: kind, key: record.key))
      })
  }
}

/// Records as anyone would keep them: in a list, looked through from end to end.
private struct Model {
  struct Record {
    var serial: Int
    var kind: KindID
    var key: String
    var time: Int64?
    var number: Double?
    var text: String?
    var goal: String?
  }
  let company: Company
  var records: [Record] = []
  var next = 0

  init(company: Company) { self.company = company }

  private func of(_ kinds: [KindID]) -> [Record] { records.filter { kinds.contains($0.kind) } }

  mutating func people(_ state: inout StoreState, _ random: inout Seeded) throws {
    let c = company
    var kinds: [KindID] = []
    var keys: [String?] = []
    var numbers: [Double?] = []
    for _ in 0..<random.below(8) {
      let kind = [c.person, c.customer, c.rep][Int(random.below(3))]
      let number: Double? = kind == c.person || random.below(3) == 0 ? nil : Double(random.below(100))
      records.append(Record(serial: next, kind: kind, key: "p\(next)", number: number, text: "n\(next % 7)"))
      kinds.append(kind)
      keys.append("p\(next)")
      numbers.append(number)
      next += 1
    }
    guard !kinds.isEmpty else { return }
    let names = Make.texts(records.suffix(kinds.count).map(\.text))
    let result = try state.appending(
      NewRows(
        kinds: .each(kinds), count: kinds.count, keys: keys, columns: [c.limit: Make.numbers(numbers), c.name: names]))
    #expect(result.added == kinds.count && result.rejects.isEmpty)
    state = result.state
  }

  mutating func contacts(_ state: inout StoreState, _ random: inout Seeded) throws {
    let c = company
    let customers = of([c.customer]).map(\.key)
    var batch: [Record] = []
    for _ in 0..<random.below(12) {
      let kind = [c.contact, c.call, c.visit][Int(random.below(3))]
      let time: Int64? = random.below(6) == 0 ? nil : Int64(random.below(40)) - 20
      batch.append(
        Record(
          serial: next, kind: kind, key: "k\(next)", time: time,
          number: kind == c.call && random.below(2) == 0 ? Double(next) : nil,
          text: random.below(2) == 0 ? nil : "t\(next % 5)",
          goal: customers.isEmpty || random.below(5) == 0 ? nil : customers[Int(random.below(UInt64(customers.count)))])
      )
      next += 1
    }
    guard !batch.isEmpty else { return }
    records += batch
    let result = try state.appending(
      NewRows(
        kinds: .each(batch.map(\.kind)), count: batch.count, keys: batch.map(\.key),
        columns: [
          c.at: Make.times(batch.map(\.time)), c.minutes: Make.numbers(batch.map(\.number)),
          c.topic: Make.texts(batch.map(\.text)), c.about: Make.texts(batch.map(\.goal)),
        ]))
    #expect(result.added == batch.count && result.rejects.isEmpty)
    state = result.state
  }

  mutating func surveys(_ state: inout StoreState, _ random: inout Seeded) throws {
    let c = company
    let contacts = of([c.contact, c.call, c.visit]).map(\.key)
    guard !contacts.isEmpty else { return }
    let goal = contacts[Int(random.below(UInt64(contacts.count)))]
    let day = Int64(random.below(9))
    let record = Record(serial: next, kind: c.survey, key: "s\(next)", time: day, number: 1, goal: goal)
    next += 1
    records.append(record)
    state = try state.adding(
      c.survey, key: record.key, values: [c.asked: .text(goal), c.when: .date(Int(day)), c.score: .number(1)]
    ).state
  }

  mutating func change(_ state: inout StoreState, _ random: inout Seeded) throws {
    let c = company
    let events = records.indices.filter { [c.contact, c.call, c.visit].contains(records[$0].kind) }
    guard !events.isEmpty else { return }
    let index = events[Int(random.below(UInt64(events.count)))]
    let time = Int64(random.below(40)) - 20
    records[index].time = time
    records[index].text = "changed"
    state = try state.changing(
      c.contact, key: records[index].key, values: [c.at: .time(time), c.topic: .text("changed")])
  }

  mutating func remove(_ state: inout StoreState, _ random: inout Seeded) throws {
    guard !records.isEmpty else { return }
    let index = Int(random.below(UInt64(records.count)))
    let record = records[index]
    let isReferred = records.contains { $0.goal == record.key }
    do throws(Diagnostics) {
      state = try state.removing(record.kind, key: record.key)
      #expect(!isReferred)
      records.remove(at: index)
    } catch {
      #expect(isReferred)
      #expect(error.all.first?.code == "E2004")
    }
  }

  func check(_ state: StoreState) throws {
    let c = company
    for (family, order, time) in [
      (c.person, [c.person, c.customer, c.rep], FieldID?.none), (c.contact, [c.contact, c.call, c.visit], c.at),
      (c.survey, [c.survey], c.when),
    ] {
      var expected: [Record] = []
      for kind in order {
        let own = of([kind]).sorted {
          let a = time == nil ? 0 : $0.time ?? .max
          let b = time == nil ? 0 : $1.time ?? .max
          return (a, $0.serial) < (b, $1.serial)
        }
        let stretch = try #require(state.stretches(of: kind).first)
        #expect(stretch.rows == expected.count..<expected.count + own.count)
        #expect(stretch.timed == (time == nil ? own.count : own.filter { $0.time != nil }.count))
        expected += own
      }
      let rows = state.rows(of: family)
      #expect(rows == 0..<expected.count)
      #expect(try state.keys(of: rows.map { Int32($0) }, family: family) == expected.map(\.key))
      for (row, record) in expected.enumerated() {
        #expect(try state.row(withKey: record.key, family: family) == Int32(row))
        #expect(state.kind(ofRow: row, family: family) == record.kind)
        func number(_ field: FieldID) throws {
          #expect(try state.value(field, row: row) == record.number.map { .number($0) } ?? .missing)
        }
        switch family {
        case c.person:
          try number(c.limit)
          #expect(try state.value(c.name, row: row) == record.text.map { .text($0) } ?? .missing)
        case c.contact:
          try number(c.minutes)
          #expect(try state.value(c.at, row: row) == record.time.map { .time($0) } ?? .missing)
          #expect(try state.value(c.topic, row: row) == record.text.map { .text($0) } ?? .missing)
          let goal = record.goal.map { Value.record(RecordReference(kind: "customer", key: $0)) } ?? .missing
          #expect(try state.value(c.about, row: row) == goal)
        default:
          try number(c.score)
        }
      }
      let inTime = expected.indices.sorted {
        let a = time == nil ? 0 : expected[$0].time ?? .max
        let b = time == nil ? 0 : expected[$1].time ?? .max
        return (a, expected[$0].serial) < (b, expected[$1].serial)
      }
      let order = state.timeOrder(of: family) ?? rows.map { Int32($0) }
      #expect(order.map { Int($0) } == inTime)
      if family == c.contact {
        let adjacency = try state.adjacency(of: family, by: c.about)
        let people = try state.keys(of: state.rows(of: c.person).map { Int32($0) }, family: c.person)
        #expect(adjacency.offsets.count == people.count + 1)
        for (goal, key) in people.enumerated() {
          let slice = adjacency.rows[Int(adjacency.offsets[goal])..<Int(adjacency.offsets[goal + 1])]
          #expect(slice.map { Int($0) } == inTime.filter { expected[$0].goal == key })
        }
      }
    }
  }
}
