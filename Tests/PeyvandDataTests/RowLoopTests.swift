import PeyvandBase
import PeyvandData
import Testing

/// Loops that take several rows at a time, each held against one that takes them one by one.
@Suite struct RowLoopTests {
  private let lengths = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 200, 2_100]

  private func bytes(_ random: inout Seeded, _ count: Int, among values: [UInt8]) -> [UInt8] {
    (0..<count).map { _ in values[random.next(below: values.count)] }
  }

  private func offsets(_ random: inout Seeded, of count: Int) -> [Int32] {
    var offsets: [Int32] = [0]
    while Int(offsets[offsets.count - 1]) < count {
      offsets.append(min(Int32(count), offsets[offsets.count - 1] + Int32(random.next(below: 12))))
    }
    return offsets
  }

  private let truths = [Truth.no, Truth.yes, Truth.unknown, Truth.notYet, Truth.openYes, Truth.no | Truth.openMark]

  @Test func placesOfYes() {
    var random = Seeded(state: 1)
    for count in lengths {
      let all = bytes(&random, count, among: truths)
      let wanted = all.indices.filter { all[$0] & Truth.truthBits == Truth.yes }.map { Int32($0) }
      #expect(Places.yes(Slab(all)) == wanted)
      #expect(Places.yes(Slab(all, min(1, count)..<count)) == wanted.filter { $0 > 0 }.map { $0 - 1 })
      let mask = bytes(&random, count, among: [0, 1])
      #expect(SetKernels.places(Slab(mask)) == mask.indices.filter { mask[$0] == 1 }.map { Int32($0) })
    }
    #expect(Places.yes(Slab(repeating: Truth.openYes, count: 3)) == [0, 1, 2])
    #expect(Places.yes(Slab(repeating: Truth.unknown, count: 3)) == [])
    #expect(SetKernels.places(Slab(repeating: 1, count: 2)) == [0, 1])
  }

  @Test func truthsCounted() {
    var random = Seeded(state: 2)
    for count in lengths {
      let all = bytes(&random, count, among: truths)
      let isYes = { (truth: UInt8) in truth & Truth.truthBits == Truth.yes }
      var (alone, together) = (GroupFold(.count), GroupFold(.count))
      alone.add(Vector(.truths(Slab(all))), ids: nil, groups: 1)
      together.add(Vector(.truths(Slab(all))), ids: [Int32](repeating: 0, count: count), groups: 1)
      #expect(alone.totals == together.totals)
      #expect(alone.counts(order: [0]) == together.counts(order: [0]))
      #expect(alone.counts(order: [0])[0].used == all.count(where: isYes))
    }
  }

  @Test func numbersCounted() {
    var random = Seeded(state: 3)
    for (count, bound) in [(0, 4), (3, 4), (900, 5), (5_000, 30), (5_000, 9_000), (40_000, 9_000)] {
      let numbers = (0..<count).map { _ in Int32(random.next(below: bound + 3)) - 1 }
      var wanted = [Int](repeating: 0, count: bound)
      for number in numbers where wanted.indices.contains(Int(number)) { wanted[Int(number)] += 1 }
      #expect(Places.counts(numbers, below: bound) == wanted)
    }
  }

  @Test func ownersOfElements() {
    var random = Seeded(state: 4)
    for count in lengths {
      let offsets = offsets(&random, of: count)
      let ids = (0..<max(0, offsets.count - 1)).map { Int32($0 % 7) }
      var wanted: [Int32] = []
      for segment in 0..<max(0, offsets.count - 1) {
        for _ in offsets[segment]..<offsets[segment + 1] { wanted.append(Int32(segment)) }
      }
      #expect(Places.owners(offsets) == wanted)
      #expect(SetKernels.owners(offsets).array == wanted)
      #expect(Places.owners(offsets, ids: ids) == wanted.map { ids[Int($0)] })
    }
  }

  @Test func setsFiltered() {
    var random = Seeded(state: 5)
    for count in lengths {
      let offsets = offsets(&random, of: count)
      let rows = (0..<count).map { _ in Int32(random.next(below: 1_000)) }
      let keep = bytes(&random, count, among: [0, 1, 1])
      let times = RowSets.Times(values: Slab(rows.map { $0 * 2 }), offset: 5)
      let sets = RowSets(offsets: offsets, rows: Slab(rows), family: KindID(0), times: times)
      let kept = SetKernels.filtered(sets, by: Slab(keep))
      let places = keep.indices.filter { keep[$0] == 1 }
      #expect(kept.rows.array == places.map { rows[$0] })
      #expect(kept.times?.values.array == places.map { rows[$0] * 2 })
      #expect(kept.offsets == offsets.map { offset in Int32(places.count { $0 < Int(offset) }) })
    }
  }

  @Test func slicesOfTimelines() {
    var random = Seeded(state: 6)
    for count in lengths {
      let offsets = offsets(&random, of: count)
      let rows = (0..<count).map { _ in Int32(random.next(below: 1_000)) }
      // Behind and before those that have rows stand many that have none.
      let none = [Int32](repeating: 0, count: 6_000)
      let wide = Adjacency(offsets: none + offsets + none.map { $0 + Int32(count) }, rows: rows).trimmed
      let some = (0..<50).map { _ in Int32(random.next(below: 12_000 + offsets.count)) }
      let run = [Int32](5_995..<6_035)
      for targets in [some, run, run.map { $0 + 30 }] {
        let slices = SetKernels.slices(wide, of: Slab(targets), family: KindID(0))
        for (set, target) in targets.enumerated() {
          let own = Int(target) - 6_000
          let isThere = own >= 0 && own + 1 < offsets.count
          let wanted = isThere ? Array(rows[Int(offsets[own])..<Int(offsets[own + 1])]) : []
          #expect(Array(slices.rows.array[Int(slices.offsets[set])..<Int(slices.offsets[set + 1])]) == wanted)
        }
        #expect(
          targets.allSatisfy {
            Array(wide.rows(of: $0)) == Array(SetKernels.slices(wide, of: Slab([$0]), family: KindID(0)).rows.array)
          })
        #expect(SetKernels.size(wide, of: Slab(targets)) == slices.rows.count)
      }
      let adjacency = Adjacency(offsets: offsets, rows: rows)
      let targets = (0..<50).map { _ in Int32(random.next(below: offsets.count + 3)) - 2 }
      let slices = SetKernels.slices(adjacency, of: Slab(targets), family: KindID(0))
      for (set, target) in targets.enumerated() {
        let isThere = target >= 0 && Int(target) + 1 < offsets.count
        let wanted = isThere ? Array(rows[Int(offsets[Int(target)])..<Int(offsets[Int(target) + 1])]) : []
        #expect(Array(slices.rows.array[Int(slices.offsets[set])..<Int(slices.offsets[set + 1])]) == wanted)
      }
    }
  }

  @Test func recordsOfASmallKindInOrder() {
    var random = Seeded(state: 7)
    for width in [20, 500, 4_000, 90_000] {
      var offsets: [Int32] = [0]
      var rows: [Int32] = []
      for _ in 0..<60 {
        rows += (0..<random.next(below: 60)).map { _ in 70_000 + Int32(random.next(below: width)) }
        offsets.append(Int32(rows.count))
      }
      let ordered = SetKernels.byRow(RowSets(offsets: offsets, rows: Slab(rows), family: KindID(0)))
      for set in 0..<60 {
        let wanted = Set(rows[Int(offsets[set])..<Int(offsets[set + 1])]).sorted()
        #expect(Array(ordered.rows.array[Int(ordered.offsets[set])..<Int(ordered.offsets[set + 1])]) == wanted)
      }
    }
  }

  @Test func rowsThatFollowOnOneAnotherArePicked() {
    var random = Seeded(state: 8)
    let run = Slab(SetKernels.rows(40..<1_040), isRising: true)
    let places = (0..<1_000).filter { _ in random.next(below: 3) > 0 }.map { Int32($0) }
    #expect(Gathering.int32(run, at: Slab(places, isRising: true)).array == places.map { $0 + 40 })
    #expect(Gathering.int32(run, at: Slab(places.reversed())).array == places.reversed().map { $0 + 40 })
    // A place that is not there reads as missing.
    let strange = places + [-1, 1_000]
    #expect(Gathering.int32(run, at: Slab(strange)).array == places.map { $0 + 40 } + [-1, -1])
    #expect(Gathering.isRun(run) && Gathering.isRun(run.slice(5..<90)))
  }

  @Test func quantilesOfNumbersCountedBatchByBatch() throws {
    var random = Seeded(state: 9)
    for (span, isWhole) in [(50, true), (3_000, true), (40_000_000, true), (500, false)] {
      var fold = QuantileFold()
      var all: [Double] = []
      for size in [10, 2_000, 400, 3_000] {
        let numbers = (0..<size).map { _ in Double(random.next(below: span)) - 7 + (isWhole ? 0 : 0.25) }
        let present = (0..<size).map { _ in UInt8(random.next(below: 5) == 0 ? 0 : 1) }
        fold.add(GroupedNumbers(Slab(numbers), present: Slab(present), ids: nil, groups: 1), map: [0])
        all += zip(numbers, present).filter { $1 == 1 }.map(\.0)
      }
      all.sort()
      #expect(fold.count(0) == all.count && fold.totals.used == all.count && fold.totals.values == 5_410)
      for level in [0, 0.1, 0.5, 0.9, 1] {
        let height = Double(all.count - 1) * level
        let below = Int(height)
        let next = all[min(below + 1, all.count - 1)]
        let wanted = all[below] + (next - all[below]) * (height - Double(below))
        #expect(fold.quantiles(of: 0, at: [level]) == [wanted])
      }
    }
  }

  @Test func rowsInTheOrderOfTheirSerials() {
    var random = Seeded(state: 12)
    for count in lengths {
      // Every third serial is of a record that is gone.
      let serials = (0..<count).map { Int32($0 * 3 / 2) }.shuffled(by: &random)
      for rows in [0..<count, count / 3..<count, count / 2..<count / 2, count / 2..<count + 5] {
        let all = rows.clamped(to: 0..<count)
        let wanted = all.sorted { serials[$0] < serials[$1] }.map { Int32($0) }
        #expect(RowOrder.ordered(rows, by: serials) == wanted)
      }
    }
    // Two of one serial have no order, and there is none below 0 or far beyond all others.
    #expect(RowOrder.ordered(0..<3, by: [4, Int32.max, 1]) == nil)
    #expect(RowOrder.ordered(0..<3, by: [4, 1, 4]) == nil)
    #expect(RowOrder.ordered(0..<2, by: [4, 1, 4]) == [1, 0])
    #expect(RowOrder.ordered(0..<2, by: [0, -1]) == nil)
    #expect(RowOrder.isRun([3, 4, 5], from: 3) && RowOrder.isRun([], from: 9))
    #expect(!RowOrder.isRun([3, 5, 4], from: 3) && !RowOrder.isRun([4, 5], from: 3))
  }

  @Test func ordersThatStandInTime() {
    let times: [Int64] = [5, 7, 7, 9, 1]
    let column = Column(.time(times), present: [1, 1, 1, 1, 0], base: 10)
    #expect(TimeSearch.isInTime([10, 11, 12, 13], in: column))
    #expect(TimeSearch.isInTime([10, 12, 11, 13, 14], in: column))
    #expect(TimeSearch.isInTime([10, 14, 3], in: column) && TimeSearch.isInTime([], in: column))
    #expect(!TimeSearch.isInTime([11, 10], in: column))
    #expect(!TimeSearch.isInTime([14, 13], in: column))
    // The last of one batch is held against the first of the next.
    let many = (0..<40_000).map { Int64($0 < 16_384 ? $0 + 100_000 : $0) }
    #expect(!TimeSearch.isInTime((0..<40_000).map { Int32($0) }, in: Column(.time(many))))
    #expect(TimeSearch.isInTime((0..<16_384).map { Int32($0) }, in: Column(.time(many))))
    // So is that of one core's part: of two, of three and of four.
    let rows = (0..<300_000).map { Int32($0) }
    #expect(TimeSearch.isInTime(rows, in: Column(.time(rows.map { Int64($0 / 7) }))))
    for place in [1, 75_000, 100_000, 150_000, 299_999] {
      let times = rows.map { Int64($0 < place ? $0 + 1_000_000 : $0) }
      #expect(!TimeSearch.isInTime(rows, in: Column(.time(times))))
    }
  }

  @Test func timesBesideATimeline() {
    var random = Seeded(state: 13)
    for (count, missing) in [(0, 0), (9, 0), (200, 3), (200_000, 0), (200_000, 7)] {
      let times = (0..<count).map { _ in Int64(1_600_000_000 + random.next(below: 90_000_000)) }
      let present: [UInt8]? = missing == 0 ? nil : times.map { $0 % Int64(missing) == 0 ? 0 : 1 }
      let rows = (0..<count).map { _ in Int32(random.next(below: count)) }
      guard let made = TimelineTimes(of: rows, in: Column(.time(times), present: present)) else {
        #expect(count == 0)
        continue
      }
      #expect(
        made.times
          == rows.map { row in
            present?[Int(row)] == 0 ? TimelineTimes.none : Int32(times[Int(row)] - made.offset)
          })
      #expect(made.offset == times.indices.compactMap { present?[$0] == 0 ? nil : times[$0] }.min())
    }
    // Further apart than their differences can say.
    #expect(TimelineTimes(of: [0, 1], in: Column(.time([0, 1 << 40]))) == nil)
    #expect(TimelineTimes(of: [0, 1], in: Column(.time([.min, 0]))) == nil)
  }
}

extension Array {
  fileprivate func shuffled(by random: inout Seeded) -> [Element] {
    var result = self
    for place in result.indices.dropFirst() { result.swapAt(place, random.next(below: place + 1)) }
    return result
  }
}
