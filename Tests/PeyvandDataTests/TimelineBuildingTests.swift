import PeyvandBase
import PeyvandData
import Testing

/// Timelines made at once, on several cores, held against their definition.
@Suite struct TimelineBuildingTests {
  private struct Case {
    var rows: Range<Int>
    var targets: Int
    var fields = 1
    var isMixed = false
    /// Only these are referred to.
    var referred: Range<Int>?
  }

  private func check(_ some: Case, seed: UInt64) throws {
    var random = Seeded(state: seed)
    let referred = some.referred ?? 0..<some.targets
    // Columns that begin before the rows, and one that ends before they do.
    let bases = [some.rows.lowerBound - min(3, some.rows.lowerBound), 0]
    let ends = [some.rows.upperBound + 2, some.rows.upperBound - some.rows.count / 10]
    let goals = (0..<some.fields).map { field in
      (bases[field]..<max(bases[field], ends[field])).map { _ in
        random.next(below: 10) == 0 || referred.isEmpty
          ? Int32(-1) : Int32(referred.lowerBound + random.next(below: referred.count))
      }
    }
    var order = some.rows.map { Int32($0) }
    if some.isMixed {
      for place in order.indices.dropFirst() { order.swapAt(place, random.next(below: place + 1)) }
    }
    var wanted = [[Int32]](repeating: [], count: some.targets)
    for row in order {
      var met: [Int32] = []
      for field in 0..<some.fields {
        let place = Int(row) - bases[field]
        guard goals[field].indices.contains(place), case let goal = goals[field][place], goal >= 0,
          !met.contains(goal)
        else { continue }
        met.append(goal)
        wanted[Int(goal)].append(row)
      }
    }
    let made = try #require(
      TimelineBuilding.timelines(
        of: some.rows, in: some.isMixed ? order : nil,
        by: goals.indices.map { .init(Packed(goals[$0]), base: bases[$0]) }, targets: some.targets))
    #expect(made.rows == Array(wanted.joined()))
    for target in 0..<some.targets where Array(made.rows(of: Int32(target))) != wanted[target] {
      Issue.record("\(target): \(made.rows(of: Int32(target))), not \(wanted[target])")
      return
    }
    #expect(made.rows(of: -1).isEmpty && made.rows(of: Int32(some.targets)).isEmpty)
    // Where few are referred to, no more than those are counted.
    if some.targets > some.rows.count, referred.count < some.targets / 4 {
      #expect(made.offsets.count <= referred.count + 1)
    }
  }

  @Test func eachTargetHasItsRowsInTheirOrder() throws {
    var seed: UInt64 = 1
    for fields in [1, 2] {
      for isMixed in [false, true] {
        for (rows, targets) in [
          (0..<0, 5), (7..<8, 1), (3..<50, 4), (0..<9_000, 700), (5..<20_000, 40_000), (0..<300_000, 900),
          (10..<140_000, 60_000),
        ] {
          seed += 1
          try check(Case(rows: rows, targets: targets, fields: fields, isMixed: isMixed), seed: seed)
        }
      }
    }
  }

  @Test func fewTargetsOfManyAreCountedAlone() throws {
    for (seed, referred) in [100..<200, 0..<1, 19_999..<20_000, 4_000..<4_000, 0..<9_000].enumerated() {
      for fields in [1, 2] {
        try check(
          Case(rows: 20..<5_000, targets: 20_000, fields: fields, isMixed: true, referred: referred),
          seed: UInt64(seed + 90))
      }
    }
  }

  @Test func whatCannotBeMadeIsToldApart() throws {
    let goals = TimelineBuilding.Goals(Packed([0, 1, 0] as [Int32]), base: 0)
    #expect(TimelineBuilding.timelines(of: 0..<3, in: nil, by: [goals, goals, goals], targets: 2) == nil)
    // Both fields say the same: each row stands there once. No field, or no target, is no row.
    #expect(
      try #require(TimelineBuilding.timelines(of: 0..<3, in: nil, by: [goals, goals], targets: 2)).rows == [0, 2, 1])
    #expect(try #require(TimelineBuilding.timelines(of: 0..<3, in: nil, by: [], targets: 2)).rows == [])
    #expect(try #require(TimelineBuilding.timelines(of: 0..<3, in: nil, by: [goals], targets: 0)).rows == [])
    // A row that is not among the targets is passed over.
    #expect(try #require(TimelineBuilding.timelines(of: 0..<3, in: nil, by: [goals], targets: 1)).rows == [0, 2])
  }
}
