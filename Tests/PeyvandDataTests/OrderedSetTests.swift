import PeyvandBase
import PeyvandData
import Testing

@Suite struct OrderedSetTests {
  /// Sets of rows below `bound`, each rising by its place in `places`.
  private func sets(_ random: inout Seeded, _ places: [Int32]) -> RowSets {
    var offsets: [Int32] = [0]
    var rows: [Int32] = []
    for _ in 0..<40 {
      var own: Set<Int32> = []
      for _ in 0..<random.next(below: 9) { own.insert(Int32(random.next(below: places.count))) }
      rows += own.sorted { places[Int($0)] < places[Int($1)] }
      offsets.append(Int32(rows.count))
    }
    return RowSets(offsets: offsets, rows: Slab(rows), family: KindID(0))
  }

  @Test func aUnionIsTheMergeOfTwoOrders() throws {
    var random = Seeded(state: 3)
    for round in 0..<20 {
      var order = (0..<60).map { Int32($0) }
      for index in order.indices { order.swapAt(index, random.next(below: order.count)) }
      let places = SetKernels.places(ofOrder: order, base: 0)
      let (a, b) = (sets(&random, places), sets(&random, places))
      let merged = try #require(SetKernels.merged(a, b, places: places, base: 0), "round \(round)")
      for set in 0..<a.count {
        let one = a.rows.array[Int(a.offsets[set])..<Int(a.offsets[set + 1])]
        let other = b.rows.array[Int(b.offsets[set])..<Int(b.offsets[set + 1])]
        let wanted = Set(one).union(other).sorted { places[Int($0)] < places[Int($1)] }
        #expect(Array(merged.rows.array[Int(merged.offsets[set])..<Int(merged.offsets[set + 1])]) == wanted)
      }
    }
  }

  @Test func whatStandsInNoOrderIsNotMerged() {
    let ordered = RowSets(offsets: [0, 2], rows: Slab([1, 4]), family: KindID(0))
    let falling = RowSets(offsets: [0, 2], rows: Slab([3, 2]), family: KindID(0))
    #expect(SetKernels.merged(ordered, falling, places: nil, base: 0) == nil)
    #expect(
      SetKernels.merged(falling, RowSets(offsets: [0, 0], rows: Slab([]), family: KindID(0)), places: nil, base: 0)
        == nil)
    #expect(SetKernels.merged(ordered, ordered, places: nil, base: 0)?.rows.array == [1, 4])
  }

  /// The narrow way of grouping beside the one that takes any keys.
  @Test func keysOfFewValuesAreNumberedAsAnyKeys() {
    var random = Seeded(state: 11)
    for round in 0..<30 {
      let count = 200 + random.next(below: 3_000)
      var dictionary = TextDictionary()
      for word in ["phone", "كلام", "کلام", "web"] { _ = dictionary.code(of: word) }
      let mask = (0..<count).map { _ in UInt8(random.next(below: 12) == 0 ? 0 : 1) }
      let keys = [
        Vector(.texts(Slab((0..<count).map { _ in Int32(random.next(below: 4)) }), dictionary), present: Slab(mask)),
        Vector(.days(Slab((0..<count).map { _ in Int32(random.next(below: 30) - 700) }))),
        Vector(
          .truths(
            Slab((0..<count).map { _ in [Truth.no, Truth.yes, Truth.unknown, Truth.notYet][random.next(below: 4)] }))),
        Vector(.rows(Slab((0..<count).map { _ in Int32(random.next(below: 40) - 1) }), family: KindID(0))),
      ]
      let some = Array(keys.shuffled(by: &random).prefix(1 + round % 4))
      let narrow = DenseIDs(of: some, count: count)
      let any = DenseIDs(keys: some.map { GroupCodes.encode($0) }, count: count)
      #expect(narrow.ids == any.ids)
      #expect(narrow.first == any.first)
    }
  }

  /// Type 7 of Hyndman & Fan (1996): the definition, over sorted numbers.
  private func quantile(_ numbers: [Double], _ level: Double) -> Double {
    let sorted = numbers.sorted()
    let height = Double(sorted.count - 1) * level
    let below = Int(height)
    return below + 1 < sorted.count
      ? sorted[below] + (sorted[below + 1] - sorted[below]) * (height - Double(below)) : sorted[below]
  }

  @Test func quantilesAreThoseOfTheSortedNumbers() {
    var random = Seeded(state: 5)
    let shapes: [(inout Seeded) -> Double] = [
      { Double($0.next(below: 90)) - 40 }, { Double($0.next(below: 60_000)) }, { Double($0.next(below: 1 << 40)) / 7 },
      { $0.next(below: 50) == 0 ? 1e300 : Double($0.next(below: 1000)) / 8 }, { _ in 12.5 },
      { Double($0.next(below: 3)) + 0.5 },
    ]
    for shape in shapes {
      for count in [1, 2, 17, 300, 2_000] {
        let numbers = (0..<count).map { _ in shape(&random) }
        let levels = [0, 0.1, 0.25, 0.5, 0.9, 1]
        let found = Quantile.values(of: numbers, at: levels)
        for (level, value) in zip(levels, found) { #expect(value == quantile(numbers, level), "\(count) at \(level)") }
      }
    }
    #expect(Quantile.values(of: [], at: [0.5]) == [nil])
    #expect(Quantile.values(of: [1, 2], at: [nil, -0.1, 1.1, .nan]) == [nil, nil, nil, nil])
  }

  @Test func numbersByGroupKeepWhatIsThereInItsOrder() {
    var fold = QuantileFold()
    fold.add(
      GroupedNumbers(Slab([3, 1, 9, 5]), present: Slab([1, 1, 0, 1]), ids: [1, 0, 0, 1], groups: 2), map: [4, 2])
    fold.add(GroupedNumbers(Slab([7, 8]), present: nil, ids: nil, groups: 1), map: [2])
    #expect(fold.quantiles(of: 2, at: [0, 0.5, 1]) == [3, 6, 8])
    #expect(fold.quantiles(of: 4, at: [0.5]) == [1])
    #expect(fold.quantiles(of: 0, at: [0.5]) == [nil])
    #expect(fold.counts(order: [2, 4, 0]).map(\.used) == [4, 1, 0])
    #expect(fold.totals.values == 6)
    #expect(fold.totals.unknown == 1)
  }
}

extension Array {
  fileprivate func shuffled(by random: inout Seeded) -> [Element] {
    var copy = self
    for index in copy.indices { copy.swapAt(index, random.next(below: copy.count)) }
    return copy
  }
}
