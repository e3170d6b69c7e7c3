import PeyvandBase
import PeyvandData
import Testing

/// The last or first kept of each set, held against a look at every element.
@Suite struct EndSearchTests {
  @Test(arguments: [false, true], [1, 3, 40, 900]) func elementsFromOneEnd(isLast: Bool, rarity: Int) {
    var random = Seeded(state: UInt64(rarity))
    let rows = (0..<40_000).map { _ in Int32(random.next(below: 1_000_000)) }
    let times = rows.map { $0 % 977 == 0 ? TimelineTimes.none : $0 &* 2 }
    let keeps = { (row: Int32) in Int(row) % rarity == 0 }
    // Short and long stretches in any order, empty ones, and ones that end before they begin.
    var (from, to): ([Int32], [Int32]) = ([], [])
    for number in 0..<300 {
      let start = random.next(below: 30_000)
      let size = number % 7 == 0 ? random.next(below: 9_000) : random.next(below: 12)
      from.append(Int32(start))
      to.append(number % 50 == 1 ? Int32(start / 2) : Int32(start + size))
    }
    for count in [0, 1, 300] {
      let sets = RowSets(
        offsets: [0, Int32(rows.count)], rows: Slab(rows), family: KindID(0),
        times: RowSets.Times(values: Slab(times), offset: 5))
      var search = EndSearch(sets, from: Array(from.prefix(count)), to: Array(to.prefix(count)), isLast: isLast)
      var looked = 0
      while let elements = search.next() {
        #expect(elements.count == count)
        looked += elements.rows.count
        search.take(Slab(elements.rows.array.map { keeps($0) ? 1 : 0 }))
      }
      var expected: [Int32] = []
      var stretch = 0
      for set in 0..<count {
        let own = Int(from[set])..<max(Int(from[set]), Int(to[set]))
        stretch += own.count
        let place = isLast ? own.last { keeps(rows[$0]) } : own.first { keeps(rows[$0]) }
        expected.append(place.map { Int32($0) } ?? -1)
      }
      #expect(search.rows.array == expected.map { $0 < 0 ? -1 : rows[Int($0)] })
      #expect(search.times?.values.array == expected.map { $0 < 0 ? TimelineTimes.none : times[Int($0)] })
      #expect(search.times?.offset == 5)
      #expect(looked <= stretch)
      if count == 300, rarity <= 3 { #expect(looked * 4 < stretch) }
    }
  }

  @Test func oneAnswerForAll() {
    let sets = RowSets(offsets: [0, 20], rows: Slab(Array(0..<20)), family: KindID(0))
    for (kept, rows) in [(UInt8(1), [Int32(3), -1, 19]), (0, [-1, -1, -1])] {
      var search = EndSearch(sets, from: [0, 4, 4], to: [4, 4, 20], isLast: true)
      while let elements = search.next() { search.take(Slab(repeating: kept, count: elements.rows.count)) }
      #expect(search.rows.array == rows)
      #expect(search.times == nil)
    }
  }

  @Test func masksOfStretches() {
    var random = Seeded(state: 3)
    for _ in 0..<200 {
      let bytes = (0..<random.next(below: 300)).map { _ in random.next(below: 40) == 0 ? UInt8(0) : 1 }
      let mask = Mask(bytes)
      for _ in 0..<20 {
        let start = random.next(below: bytes.count + 1)
        let end = start + random.next(below: bytes.count - start + 1)
        #expect(mask.isFull(start..<end) == bytes[start..<end].allSatisfy { $0 == 1 })
        #expect(!mask.isFull(start..<bytes.count + 1))
      }
    }
  }
}
