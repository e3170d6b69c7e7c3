import PeyvandBase
import PeyvandData
import Testing

/// Columns in few bytes are held against plain arrays of the same values.
@Suite struct PackedTests {
  private func check<T: PackedElement>(_ values: [T], bytes: Int? = nil) {
    let packed = Packed(values)
    #expect(packed.array == values)
    #expect(Array(packed) == values)
    if let bytes { #expect(packed.byteCount == bytes * values.count) }
    let middle = values.count / 3..<values.count / 2
    #expect(packed.slab(middle).array == Array(values[middle]))
    var builder = PackedBuilder<T>()
    var second = PackedBuilder<T>()
    for value in values.prefix(values.count / 3) { builder.append(value) }
    for value in values.dropFirst(values.count / 3) { second.append(value) }
    builder.absorb(second)
    #expect(builder.count == values.count)
    #expect(builder.finish().array == values)
  }

  @Test func wholeNumbersTakeTheBytesThatTheyNeed() {
    var random = Seeded(state: 1)
    func some(_ low: Int, _ high: Int) -> [Int] {
      [low, high] + (0..<70_000).map { _ in low + random.next(below: high - low + 1) }
    }
    check(some(-128, 127).map { Int32($0) }, bytes: 1)
    check(some(0, 255).map { Int32($0) }, bytes: 1)
    check(some(-1, 32_767).map { Int32($0) }, bytes: 2)
    check(some(100_000, 165_535).map { Int32($0) }, bytes: 2)
    check(some(Int(Int32.min), Int(Int32.max)).map { Int32($0) }, bytes: 4)
    check(some(1_600_000_000, 1_600_000_200).map { Int64($0) }, bytes: 1)
    check(some(-1_000_000, 1_735_689_600).map { Int64($0) }, bytes: 4)
    check(some(4_000_000_000, 6_000_000_000).map { Int64($0) }, bytes: 4)
    check([Int64.min, 0, Int64.max], bytes: 8)
    check([] as [Int32])
    check([Int32.min], bytes: 1)
  }

  @Test func decimalsComeBackToTheLastBit() {
    var random = Seeded(state: 2)
    func some(_ count: Int, _ divisor: Double) -> [Double] {
      (0..<70_000).map { _ in Double(random.next(below: count) - count / 2) / divisor }
    }
    check(some(200, 1), bytes: 1)
    check(some(2_000, 10), bytes: 2)
    check(some(100_000_000, 100), bytes: 4)
    check(some(100_000_000, 1000), bytes: 4)
    for odd in [1e-4, 1e10 + 0.5, 1e300, -0.0, .nan, .infinity, .leastNonzeroMagnitude, 1.0 / 3] {
      let values = [1.5, odd, 2]
      #expect(Packed(values).array.map(\.bitPattern) == values.map(\.bitPattern))
      var builder = PackedBuilder<Double>()
      for value in some(100, 1) + [odd] { builder.append(value) }
      #expect(builder.finish().last?.bitPattern == odd.bitPattern)
    }
    // Pieces of several forms: bytes, tenths in two bytes, hundredths.
    func divisor(_ place: Int) -> Double { place < 66_000 ? 1 : place < 140_000 ? 10 : 100 }
    check((0..<200_000).map { Double($0) / divisor($0) }, bytes: 4)
    // Hundredths beside numbers too large for hundredths in four bytes.
    check((0..<200_000).map { (place: Int) -> Double in place < 66_000 ? 100_000_000 : Double(place) / 100 }, bytes: 8)
  }

  @Test func aBuildersValuesCanBeChanged() {
    var builder = PackedBuilder<Int32>()
    for value in 0..<150_000 { builder.append(Int32(value % 50)) }
    builder.set([(at: 70_000, value: 1_000_000), (at: 149_999, value: 7)])
    builder.change { at, value in at == 3 ? value : value &+ 1 }
    let values = builder.finish()
    #expect(values[70_000] == 1_000_001 && values[149_999] == 8 && values[3] == 3 && values[4] == 5)
  }

  @Test func masksAreTheirBytes() {
    var random = Seeded(state: 3)
    for count in [0, 1, 63, 64, 65, 1_000] {
      let bytes = (0..<count).map { _ in UInt8(random.next(below: 2)) }
      var mask = Mask(bytes)
      #expect(Array(mask) == bytes && mask.presentCount == bytes.count { $0 == 1 })
      #expect(mask.slab(count / 4..<count).array == Array(bytes[(count / 4)...]))
      #expect((mask.reduced == nil) == !bytes.contains(0))
      mask.append(Mask(bytes))
      #expect(Array(mask) == bytes + bytes)
      #expect(Mask(repeating: 1, count: count) == Mask([UInt8](repeating: 1, count: count)))
    }
  }

  @Test func columnsGatherWhatArraysGather() {
    var random = Seeded(state: 4)
    for round in 0..<20 {
      let scale = [100, 40_000, 3_000_000][round % 3]
      let old = (0..<500).map { _ in Double(random.next(below: scale)) / 100 }
      let new = (0..<300).map { _ in Double(random.next(below: 100)) }
      let oldMask = (0..<500).map { _ in UInt8(random.next(below: 3) > 0 ? 1 : 0) }
      let isEmpty = round % 4 == 3
      let oldCount = isEmpty ? 0 : 520
      // Rows 10 to 509 have values; some sources lead nowhere.
      let sources = (0..<900).map { _ in Int32(random.next(below: oldCount + 310)) }
      let column = Column.gathered(
        old: isEmpty ? nil : Column(.number(old), present: oldMask, base: 10), new: Column(.number(new)),
        RowSources(sources: sources, oldCount: oldCount, isIdentity: false), rows: 0..<900)
      for (row, source) in sources.enumerated() {
        let source = Int(source)
        var wanted: Double?
        if source >= oldCount {
          wanted = new.indices.contains(source - oldCount) ? new[source - oldCount] : nil
        } else if old.indices.contains(source - 10), oldMask[source - 10] == 1 {
          wanted = old[source - 10]
        }
        #expect(column?.isPresent(row) == (wanted != nil))
        if let wanted { #expect(column?.numbers?[row] == wanted) }
      }
      let rows = Slab((0..<200).map { _ in Int32(random.next(below: 1_000)) - 20 })
      let taken = column?.vector(of: rows)
      for index in 0..<200 {
        let row = Int(rows[index] ?? -1)
        let isThere = column?.isPresent(row) ?? false
        #expect(taken?.present?[index] ?? 1 == (isThere ? 1 : 0))
        if isThere, case .numbers(let found) = taken?.storage { #expect(found[index] == column?.numbers?[row]) }
      }
    }
  }

  /// A dictionary as it is defined: entries in the order first met, each with the first of its fold.
  @Test(arguments: [false, true]) func dictionariesKeepSpellingsApartAndKnowThemByTheirFolds(isSealed: Bool) {
    let letters = [
      "علي", "علی", "على", "كتاب", "کتاب", "۱۲", "12", "١٢", " a b", "a  b", "a b", "", "می‌رود", "میرود", "x",
    ]
    var random = Seeded(state: 5)
    var dictionary = TextDictionary()
    var table = TextTable()
    var entries: [String] = []
    var firsts: [String: Int32] = [:]
    var identity: [Int32] = []
    for step in 0..<20_000 {
      let text = letters[random.next(below: letters.count)] + (step % 3 == 0 ? "" : String(random.next(below: 3_000)))
      let known = entries.firstIndex { $0.utf8.elementsEqual(text.utf8) }
      if step < 4_000 || known == nil {
        let code = dictionary.code(of: text)
        #expect(code == Int32(known ?? entries.count))
        #expect(table.code(of: Array(text.utf8).span) == code)
      }
      if known == nil {
        identity.append(firsts[folded(text)] ?? Int32(entries.count))
        if firsts[folded(text)] == nil { firsts[folded(text)] = Int32(entries.count) }
        entries.append(text)
      }
      if entries.count > 5_000 { break }
    }
    var made = TextDictionary(table)
    if isSealed {
      dictionary.seal()
      made.seal()
    }
    for dictionary in [dictionary, made] {
      #expect(Array(dictionary.entries) == entries && dictionary.identity == identity && !dictionary.isPlain)
      for (code, text) in entries.enumerated() {
        #expect(dictionary.identity(of: text) == identity[code])
        #expect(dictionary.identity(ofCode: Int32(code)) == identity[code])
      }
      #expect(dictionary.identity(of: "nowhere") == nil)
    }
    #expect(dictionary.code(of: "nowhere") == Int32(entries.count) && dictionary.code(of: entries[7]) == 7)
    var plain = TextDictionary()
    for text in ["b", "a", "a b"] { _ = plain.code(of: text) }
    #expect(plain.isPlain && plain.identity == [0, 1, 2])
  }
}
