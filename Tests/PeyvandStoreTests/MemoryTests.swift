import PeyvandBase
import PeyvandData
import PeyvandStore
import Testing

/// What a store says it holds, against bytes counted by hand.
@Suite struct MemoryTests {
  private let company = Company()

  /// 1,000 customers, and of each ten calls, one an hour in turn.
  private func filled() throws -> StoreState {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    state = try state.appending(
      NewRows(kinds: .all(c.customer), count: 1_000, keys: (0..<1_000).map { "C\($0)" }, columns: [:])
    ).state
    return try state.appending(
      NewRows(
        kinds: .all(c.call), count: 10_000, keys: (1...10_000).map { "\($0)" },
        columns: [
          c.about: Make.texts((0..<10_000).map { "C\($0 % 1_000)" }),
          c.at: Make.times((0..<10_000).map { 1_600_000_000 + Int64($0) * 3_600 }),
          c.minutes: Make.numbers((0..<10_000).map { $0 % 4 == 0 ? nil : Double($0 % 100) }),
          c.topic: Make.texts((0..<10_000).map { ["price", "delivery"][$0 % 2] }),
        ])
    ).state
  }

  private func bytes(_ state: StoreState, _ use: MemoryPart.Use, _ name: String) -> Int? {
    let parts = state.memory.filter { $0.family == company.contact && $0.use == use && $0.name == name }
    #expect(parts.count <= 1)
    return parts.first?.bytes
  }

  /// Buffers begin with a header and are as long as the system's allocator has them.
  private func isAbout(_ bytes: Int?, _ expected: Int) -> Bool {
    bytes.map { $0 >= expected && $0 <= expected + expected / 4 + 64 } ?? false
  }

  @Test("columns take the bytes that their values need")
  func columns() throws {
    let state = try filled()
    // Below 1,000: two bytes each. Over 36 million seconds: four. Below 100: one, and a bit each for what is missing.
    #expect(isAbout(bytes(state, .column, "customer"), 20_000))
    #expect(isAbout(bytes(state, .column, "at"), 40_000))
    #expect(isAbout(bytes(state, .column, "minutes"), 10_000 + 1_250))
    #expect(isAbout(bytes(state, .column, "topic"), 10_000))
    // "price" and "delivery", where they end, and 256 places of eight bytes by which they are found.
    #expect(isAbout(bytes(state, .texts, "topic"), 13 + 8 + 2_048))
    // A serial each; keys are one run.
    #expect(isAbout(bytes(state, .keys, ""), 40_000))
    #expect(bytes(state, .fingerprints, "") == nil)
  }

  @Test("timelines count once they were asked for, and each once")
  func timelines() throws {
    let c = company
    let state = try filled()
    #expect(bytes(state, .timelines, "call via customer") == nil)
    for _ in 0..<2 { _ = try state.adjacency(of: c.call, by: c.about) }
    // A row each, and where each customer's begin.
    #expect(isAbout(bytes(state, .timelines, "call via customer"), 40_000 + 4_004))
    #expect(bytes(state, .times, "call via customer") == nil)
    _ = try state.times(of: c.call, byAnyOf: [c.about])
    #expect(isAbout(bytes(state, .times, "call via customer"), 40_000))
    // Calls alone stand in time order.
    #expect(!state.memory.contains { $0.use == .orders })
    // Found by its key: a row by serial; runs need no index beyond its least.
    _ = try state.row(withKey: "7", family: c.contact)
    #expect(isAbout(bytes(state, .indexes, "row"), 40_000))
  }

  @Test("orders count where kinds mix")
  func orders() throws {
    let c = company
    let state = try filled().appending(
      NewRows(kinds: .all(c.visit), count: 100, columns: [c.at: Make.times((0..<100).map { 1_600_000_000 + $0 * 77 })])
    ).state
    _ = state.timePlaces(of: c.contact)
    // The order of 10,100 rows, and the place of each.
    #expect(
      isAbout(
        state.memory.filter { $0.family == c.contact && $0.use == .orders }.map(\.bytes).reduce(0, +), 2 * 40_400))
  }

  /// Calls and visits in turn, so that contacts stand in two stretches.
  private func mixed() throws -> StoreState {
    let c = company
    return try filled().appending(
      NewRows(
        kinds: .all(c.visit), count: 100, keys: (0..<100).map { "V\($0)" },
        columns: [
          c.about: Make.texts((0..<100).map { "C\($0 % 1_000)" }),
          c.at: Make.times((0..<100).map { 1_600_000_000 + $0 * 7_700 }),
        ])
    ).state
  }

  private func orderBytes(_ state: StoreState) -> Int {
    state.memory.filter { $0.use == .orders }.map(\.bytes).reduce(0, +)
  }

  @Test("an order by which timelines are built goes with the question that built them")
  func passingOrders() throws {
    let c = company
    let state = try mixed()
    let timeline = try state.adjacency(of: c.contact, by: c.about)
    #expect(orderBytes(state) == 0)
    // Of the first customer calls at 0, 1,000, … hours and a visit in the first second: the call was recorded first.
    let rows = state.rows(of: c.contact)
    let calls = state.rows(of: c.call)
    let visit = Int32(state.rows(of: c.visit).lowerBound)
    #expect(Array(timeline.rows(of: 0).prefix(3)) == [Int32(calls.lowerBound), visit, Int32(calls.lowerBound) + 1_000])
    // While a question holds it, the second timeline need not sort again, and who asks for the order itself has it.
    var other = try mixed()
    var held = other.holding()
    _ = try other.adjacency(of: c.contact, by: c.about)
    #expect(isAbout(orderBytes(other), 40_400))
    let order = other.timeOrder(of: c.contact)
    #expect(order?.count == rows.count)
    #expect(held != nil)
    held = nil
    // What was asked for stays, once.
    #expect(isAbout(orderBytes(other), 40_400))
    // Of another table there is none.
    other = try other.appending(NewRows(kinds: .all(c.visit), count: 1, keys: ["W"], columns: [:])).state
    #expect(try other.adjacency(of: c.contact, by: c.about).rows.count == timeline.rows.count)
    #expect(other.timeOrder(of: c.contact)?.count == rows.count + 1)
  }

  @Test("what is missing for a whole kind takes no room")
  func pages() throws {
    let c = company
    var state = StoreState(catalogue: c.catalogue)
    let count = 200_000
    state = try state.appending(
      NewRows(
        kinds: .all(c.call), count: count, keys: (1...count).map { "\($0)" },
        columns: [
          c.at: Make.times((0..<count).map { 1_600_000_000 + Int64($0) * 60 }),
          c.topic: Make.texts((0..<count).map { $0 < 40_000 ? "t\($0 % 1_000)" : nil }),
          c.minutes: Make.numbers((0..<count).map { $0 < 150_000 ? nil : Double($0 % 10_000) }),
        ])
    ).state
    // Two bytes a value that is there, two for each of the 4,096 rows of the page that stands for all others and of the
    // one that is cut; a bit each row.
    #expect(isAbout(bytes(state, .column, "topic"), 80_000 + 8_192 + 25_000))
    #expect(isAbout(bytes(state, .column, "minutes"), 100_000 + 8_192 + 25_000))
    for row in [0, 39_999, 40_000, 149_999, 150_000, 199_999] {
      #expect(try state.value(c.topic, row: row) == (row < 40_000 ? .text("t\(row % 1_000)") : .missing))
      #expect(try state.value(c.minutes, row: row) == (row < 150_000 ? .missing : .number(Double(row % 10_000))))
    }
  }
}
