import PeyvandData
import Testing

/// Ways between records, beside a search from one end alone.
@Suite struct PathTests {
  @Test func aWaySoughtFromBothEndsIsTheOneFoundFromItsStart() throws {
    var state: UInt64 = 9
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let count = 60
    var program = "entity customer {}\nrelationship refers { referrer: customer, referred: customer }\n"
    for customer in 0..<count { program += "add customer \"\(customer)\" {}\n" }
    var forward = [Set<Int>](repeating: [], count: count)
    var backward = forward
    for _ in 0..<75 {
      let (a, b) = (next(count), next(count))
      program += "add refers { referrer: \"\(a)\", referred: \"\(b)\" }\n"
      forward[a].insert(b)
      backward[b].insert(a)
    }
    /// The whole front of a level at once, forward before backward, records as recorded: the first way counts.
    func way(_ from: Int, _ to: Int, _ limit: Int) -> [Int]? {
      var before = [Int: Int]()
      before[from] = -1
      var front = [from]
      for _ in 0..<limit where before[to] == nil {
        var reached: [Int] = []
        for side in [forward, backward] {
          for node in front {
            for other in side[node].sorted() where before[other] == nil {
              before[other] = node
              reached.append(other)
            }
          }
        }
        front = reached
      }
      guard before[to] != nil else { return nil }
      var nodes: [Int] = []
      var at = to
      while at >= 0 {
        nodes.append(at)
        at = before[at] ?? -1
      }
      return nodes.reversed()
    }
    var desk = try Desk(program)
    var lengths: Set<Int> = []
    for _ in 0..<200 {
      let (from, to, limit) = (next(count), next(count), 1 + next(9))
      let answer = try desk.run("path from customer \"\(from)\" to customer \"\(to)\" over refers max \(limit)")
      guard case .table(let table)? = answer?.body else {
        Issue.record("no table")
        continue
      }
      let expected = way(from, to, limit)
      let nodes: [String]? =
        if case .list(let values) = table.columns[1].values[0] {
          values.compactMap { if case .record(let record) = $0 { record.key } else { nil } }
        } else {
          nil
        }
      #expect(nodes == expected?.map(String.init), "\(from) to \(to) within \(limit)")
      lengths.insert(expected.map { $0.count - 1 } ?? -1)
    }
    // Some of every kind: none, at once, near and far.
    #expect(lengths.isSuperset(of: [-1, 0, 1, 2, 3, 4, 5]))
  }
}
