import PeyvandBase
import PeyvandData
import Testing

/// Columns of which whole stretches are missing are held against plain arrays of the same values.
@Suite struct PackedPagesTests {
  /// Values in some stretches of a long column, and one value everywhere else.
  private static func sparse(_ count: Int, among stretches: [Range<Int>], else blank: Int, below limit: Int) -> [Int] {
    var random = Seeded(state: UInt64(count + limit))
    var values = [Int](repeating: blank, count: count)
    for place in stretches.joined() where place < count { values[place] = random.next(below: limit) }
    return values
  }

  /// Lengths that end with a page, within one and one behind it; stretches that begin and end anywhere, touch the ends,
  /// or are of one row.
  private static let cases: [(count: Int, stretches: [Range<Int>])] = [
    (131_072, [10_000..<20_000, 100_000..<100_001]),
    (131_073, [131_072..<131_073]),
    (150_000, [0..<1, 40_000..<60_000, 149_000..<150_000]),
    (150_000, []),
    (150_000, [0..<30_000]),
    (150_000, [50_000..<140_000]),
    (200_000, [8_192..<12_288, 16_384..<90_000]),
  ]

  private func check<T: PackedElement>(_ values: [T], narrow bytes: Int, isSaved: Bool = true) {
    var builder = PackedBuilder<T>()
    for value in values { builder.append(value) }
    let packed = builder.finish()
    #expect(packed.count == values.count && packed.elementsEqual(values) && packed.array == values)
    // Less than all of them.
    if isSaved { #expect(packed.heldBytes < values.count * bytes - values.count * bytes / 10) }
    var random = Seeded(state: 8)
    var ranges = [0..<values.count, 0..<1, values.count - 1..<values.count, 0..<0, 4_095..<4_097, 4_096..<8_192]
    for _ in 0..<60 {
      let start = random.next(below: values.count)
      ranges.append(start..<min(values.count, start + random.next(below: 20_000)))
    }
    for range in ranges { #expect(packed.slab(range).array == Array(values[range])) }
    #expect(packed.slab(values.count - 5..<values.count + 50).array == Array(values.suffix(5)))
  }

  @Test(arguments: cases.indices) func valuesComeBack(_ index: Int) {
    let (count, stretches) = Self.cases[index]
    func some(_ blank: Int, _ limit: Int) -> [Int] {
      Self.sparse(count, among: stretches, else: blank, below: limit)
    }
    // Far more than half has to be one value.
    let isMostlyBlank = stretches.reduce(0) { $0 + $1.count } * 10 < count * 3
    check(some(-1, 100).map { Int32($0) }, narrow: 1, isSaved: isMostlyBlank)
    check(some(-1, 30_000).map { Int32($0) }, narrow: 2, isSaved: isMostlyBlank)
    check(some(-1, 2_000_000_000).map { Int32($0) }, narrow: stretches.isEmpty ? 1 : 4, isSaved: isMostlyBlank)
    check(some(0, 100).map { Double($0) / 10 }, narrow: 1, isSaved: isMostlyBlank)
    check(some(0, 10_000_000).map { Double($0) / 100 }, narrow: stretches.isEmpty ? 1 : 4, isSaved: isMostlyBlank)
    check(
      some(7, 1_000_000).map { Int64($0) + 4_000_000_000 }, narrow: stretches.isEmpty ? 1 : 4, isSaved: isMostlyBlank)
    check(some(0, 1_000).map { Double($0) + 1e-7 }, narrow: 8, isSaved: isMostlyBlank)
  }

  @Test func valuesThatOnlyCompareAsOneStayTheirOwn() {
    // −0 equals 0 and is another value; what is no number equals nothing.
    var values = [Double](repeating: -0.0, count: 200_000)
    for place in 140_000..<150_000 { values[place] = 0 }
    for place in 150_000..<200_000 { values[place] = .nan }
    values[199_999] = 1e-9
    var builder = PackedBuilder<Double>()
    for value in values { builder.append(value) }
    let packed = builder.finish()
    #expect(packed.array.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(packed.heldBytes < 8 * 160_000)
    #expect(!packed.areFinite)
  }

  @Test func valuesThatVaryStayAsTheyAre() {
    check((0..<150_000).map { Int32($0 % 100) }, narrow: 1, isSaved: false)
    // Nineteen blank pages in thirty-seven save too little for a look at a table.
    let few = (0..<150_000).map { Int32($0 < 80_000 ? 0 : $0 % 100) }
    check(few, narrow: 1, isSaved: false)
    var builder = PackedBuilder<Int32>()
    for value in few { builder.append(value) }
    #expect(builder.finish().heldBytes >= 150_000)
  }

  /// A column as a first import makes it: arranged by kind from the order of the file.
  @Test(arguments: cases.indices) func columnsAreTakenFromAndGathered(_ index: Int) throws {
    let (count, stretches) = Self.cases[index]
    let values = Self.sparse(count, among: stretches, else: 0, below: 100_000).map { Double($0) / 4 }
    let present = (0..<count).map { place in UInt8(stretches.contains { $0.contains(place) } ? 1 : 0) }
    // Two rows in three from the front, one from the back.
    let file = (0..<count).map { Int32($0 % 3 == 2 ? count - 1 - $0 / 3 : $0 - $0 / 3) }
    var placeOf = [Int32](repeating: 0, count: count)
    for (place, row) in file.enumerated() { placeOf[Int(row)] = Int32(place) }
    let column = try #require(
      Column.gathered(
        old: nil, new: Column(.number(file.map { values[Int($0)] }), present: file.map { present[Int($0)] }),
        RowSources(sources: placeOf, oldCount: 0, isIdentity: false), rows: 0..<count))
    let flat = Column(.number(Packed(wide: values)), present: present)
    #expect(column.numbers?.array == values)
    #expect(column.heldBytes < flat.heldBytes)
    var random = Seeded(state: 9)
    func same(_ rows: Slab<Int32>) {
      let (mine, theirs) = (column.vector(of: rows), flat.vector(of: rows))
      #expect(mine.present?.array == theirs.present?.array)
      guard case .numbers(let a) = mine.storage, case .numbers(let b) = theirs.storage else {
        Issue.record("no numbers")
        return
      }
      for place in 0..<rows.count where theirs.present?[place] ?? 1 == 1 { #expect(a[place] == b[place]) }
    }
    for round in 0..<40 {
      let (low, width) = (random.next(below: count), round % 2 == 0 ? 3_000 : count)
      // Some are rows of another family's stretch, some are none.
      same(
        Slab((0..<300).map { _ in Int32(min(low + random.next(below: width), count + 20) - (round % 5 == 0 ? 9 : 0)) }))
      same(Slab(repeating: Int32(low), count: 10))
    }
    same(Slab(repeating: -1, count: 3))
    same(Slab(repeating: Int32(count), count: 3))
    same(Slab([]))
    // With rows between the old ones, as an import that adds to a table makes it.
    let more = (0..<500).map { Double($0) + 0.5 }
    let sources = (0..<count + 500).map { Int32($0 < 300 ? count + $0 : $0 < count + 300 ? $0 - 300 : $0) }
    let grown = try #require(
      Column.gathered(
        old: column, new: Column(.number(more)), RowSources(sources: sources, oldCount: count, isIdentity: false),
        rows: 0..<count + 500))
    let wanted = Array(more.prefix(300)) + values + Array(more.suffix(200))
    #expect(grown.numbers?.array == wanted)
    #expect(grown.heldBytes < flat.heldBytes)
    // Arranged once more, as another order of kinds would have it.
    let turned = grown.picked((0..<count + 500).map { Int32(count + 499 - $0) })
    #expect(turned.numbers?.array == wanted.reversed())
  }

  @Test func linesOfAFileAreThoseOfPlainValues() {
    let values = Self.sparse(150_000, among: [40_000..<60_000], else: 0, below: 30_000)
    var decimals = PackedBuilder<Double>()
    var rows = PackedBuilder<Int32>()
    for value in values {
      decimals.append(Double(value) / 10)
      rows.append(Int32(value) - 1)
    }
    let (paged, pagedRows) = (decimals.finish(), rows.finish())
    for range in [0..<65_536, 39_000..<41_000, 65_536..<131_072, 131_072..<150_000] {
      let flat = Packed(values[range].map { Double($0) / 10 })
      let own = NumberLines.line(flat, 0..<range.count, nil)
      #expect(own != nil && NumberLines.line(paged, range, nil) == own)
      let flatRows = Packed(values[range].map { Int32($0) - 1 })
      #expect(
        NumberLines.line(pagedRows, range, nil, isDelta: true)
          == NumberLines.line(flatRows, 0..<range.count, nil, isDelta: true))
    }
  }

  @Test func momentsAreSearchedInThem() {
    // Ties of which most have no end yet: ends rise within each set, those without stand last.
    let count = 150_000
    var times = [Int64](repeating: 0, count: count)
    for place in 20_000..<40_000 { times[place] = 1_600_000_000 + Int64(place) * 60 }
    var builder = PackedBuilder<Int64>()
    for time in times { builder.append(time) }
    let column = Column(.time(builder.finish()), present: times.map { $0 == 0 ? 0 : 1 })
    #expect(column.heldBytes < count * 2)
    let sets = RowSets(
      offsets: [0, 4, 6], rows: Slab([20_000, 25_000, 39_999, 41_000, 5, 149_999]), family: KindID(1))
    func found(_ owner: Int32, _ bound: Int64) -> Int32? {
      TimeSearch.places(in: sets, times: column, owners: Slab([owner]), bounds: Slab([bound])).first
    }
    #expect(found(0, 0) == 0 && found(0, times[25_000]) == 1 && found(0, times[25_000] + 1) == 2)
    #expect(found(0, times[39_999] + 1) == 3 && found(1, 0) == 4)
    #expect(
      TimeSearch.times(of: sets, in: column).array == [times[20_000], times[25_000], times[39_999], .max, .max, .max])
  }
}
