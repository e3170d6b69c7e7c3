import PeyvandData
import Testing

/// Numbers that look like chance and are the same every time (SplitMix64).
struct Seeded {
  var state: UInt64
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}

private func texts(_ values: [String?]) -> Vector {
  var dictionary = TextDictionary()
  let codes = values.map { $0.flatMap { dictionary.code(of: $0) } ?? 0 }
  return Vector(.texts(Slab(codes), dictionary), present: Slab(values.map { $0 == nil ? UInt8(0) : 1 }))
}

private func numbers(_ values: [Double?]) -> Vector {
  Vector(.numbers(Slab(values.map { $0 ?? 0 })), present: Slab(values.map { $0 == nil ? UInt8(0) : 1 }))
}

private func doubles(_ vector: Vector) -> [Double?] {
  guard case .numbers(let slab) = vector.storage else { return [] }
  let present = vector.present?.array
  return slab.array.enumerated().map { present?[$0] == 0 ? nil : $1 }
}

private func bytes(_ vector: Vector) -> [UInt8] {
  if case .truths(let slab) = vector.storage { slab.array } else { [] }
}

@Suite struct GroupingTests {
  @Test(arguments: [10, 3_000, 1_000_000_007])
  func numbersGroupsInTheOrderFirstMet(spread: Int) {
    var random = Seeded(state: 7)
    let codes = (0..<5_000).map { _ in
      random.next(below: 20) == 0 ? GroupCodes.missing : Int64(random.next(below: spread)) * 3 - 900
    }
    let dense = DenseIDs(codes)
    var seen: [Int64: Int32] = [:]
    var first: [Int32] = []
    for (row, code) in codes.enumerated() {
      if seen[code] == nil {
        seen[code] = Int32(first.count)
        first.append(Int32(row))
      }
      #expect(dense.ids[row] == seen[code])
    }
    #expect(dense.first == first)
  }

  @Test func severalKeysPartEachOther() {
    let dense = DenseIDs(keys: [[1, 1, 2, 2, 1], [5, 6, 5, 5, 5]], count: 5)
    #expect(dense.ids == [0, 1, 2, 2, 0])
    #expect(dense.first == [0, 1, 2])
    #expect(DenseIDs(keys: [], count: 3).ids == [0, 0, 0])
  }

  @Test func equalValuesHaveEqualCodesHoweverWritten() {
    #expect(GroupCodes.encode(numbers([0, -0.0, nil, 1])).prefix(2).allSatisfy { $0 == 0 })
    let codes = GroupCodes.encode(texts(["علي", "علی", "b", nil]))
    #expect(codes[0] == codes[1])
    #expect(codes[2] != codes[0])
    #expect(codes[3] == GroupCodes.missing)
    let truths = Vector(.truths(Slab([Truth.yes, Truth.no, Truth.unknown, Truth.notYet, Truth.openYes])))
    #expect(GroupCodes.encode(truths) == [1, 0, GroupCodes.missing, GroupCodes.missing, 1])
  }

  @Test func keysOfBatchesWithTheirOwnDictionariesMeet() {
    var column = KeyColumn()
    let first = column.codes(of: texts(["b", "a"]))
    let second = column.codes(of: texts(["a", "c", nil, "b"]))
    #expect(second[0] == first[1])
    #expect(second[3] == first[0])
    let vector = column.vector(of: second)
    guard case .texts(let slab, let dictionary) = vector.storage else {
      Issue.record("not texts")
      return
    }
    #expect(vector.present?.array == [1, 1, 0, 1])
    #expect([0, 1, 3].map { dictionary[slab.array[$0]] } == ["a", "c", "b"])
  }

  @Test func ordersByKeysWithMissingLast() {
    var order = SortOrder(count: 5)
    order.sort(by: numbers([3, nil, -1, 3, 0]), descending: false)
    #expect(order.rows == [2, 4, 0, 3, 1])
    order = SortOrder(count: 5)
    order.sort(by: numbers([3, nil, -1, 3, 0]), descending: true)
    #expect(order.rows == [0, 3, 4, 2, 1])
    order = SortOrder(count: 4)
    order.sort(by: texts(["طبقهٔ ۱۰", "b", "طبقهٔ ۲", nil]), descending: false)
    #expect(order.rows.last == 3)
    #expect(order.rows.firstIndex(of: 2).map { $0 < order.rows.firstIndex(of: 0) ?? 0 } == true)
    // The second key is sorted by first.
    order = SortOrder(count: 4)
    order.sort(by: numbers([1, 2, 3, 4]), descending: true)
    order.sort(by: texts(["x", "y", "x", "y"]), descending: false)
    #expect(order.rows == [2, 0, 3, 1])
  }

  @Test func ordersAsSwiftDoes() {
    var random = Seeded(state: 11)
    let values = (0..<2_000).map { _ in Double(random.next(below: 100_000) - 50_000) / 7 }
    var order = SortOrder(count: values.count)
    order.sort(by: Vector(.numbers(Slab(values))), descending: false)
    #expect(order.rows.map { values[Int($0)] } == values.sorted())
  }

  @Test func segmentsKeepEachRecordOnce() {
    var segments = GroupSegments(ids: [1, 0, 1, 1, 0], groups: 2)
    #expect(segments.offsets == [0, 2, 5])
    #expect(segments.order == [1, 4, 0, 2, 3])
    segments.keepDistinct([7, 9, 7, 8, 9], below: 10, droppingNegative: true)
    #expect(segments.order == [1, 0, 3])
    #expect(segments.offsets == [0, 1, 3])
    #expect(segments.reordered([1, 0]).order == [0, 3, 1])
  }
}

@Suite struct FoldTests {
  private func fold(_ function: GroupFold.Function, _ values: Vector, _ ids: [Int32], _ groups: Int, cut: Int) -> Vector
  {
    var whole = GroupFold(function)
    let map = (0..<Int32(groups)).map { $0 }
    var start = 0
    while start < values.count {
      let range = start..<min(values.count, start + cut)
      var part = GroupFold(function)
      part.add(values.slice(range), ids: Array(ids[range]), groups: groups)
      whole.merge(part, map: map, groups: groups)
      start += cut
    }
    return whole.result(order: map)
  }

  @Test(arguments: [1, 7, 8192])
  func sumsDoNotShowWhereBatchesEnd(cut: Int) {
    var random = Seeded(state: 3)
    let values = (0..<1_000).map { _ in Double(random.next(below: 1_000_000)) / 1_000 + 1e9 }
    let ids = (0..<1_000).map { _ in Int32(random.next(below: 3)) }
    let vector = Vector(.numbers(Slab(values)))
    let whole = doubles(fold(.sum, vector, ids, 3, cut: 1_000))
    #expect(doubles(fold(.sum, vector, ids, 3, cut: cut)) == whole)
    for group in 0..<3 {
      let plain = zip(values, ids).filter { $0.1 == Int32(group) }.reduce(0) { $0 + $1.0 }
      #expect(abs((whole[group] ?? 0) - plain) <= 1e-9 * plain)
    }
  }

  @Test func sumsKeepWhatRoundingLoses() {
    let values = numbers([1e16, 1, -1e16, 1])
    #expect(doubles(fold(.sum, values, [0, 0, 0, 0], 1, cut: 2)) == [2])
  }

  @Test func ofNothing() {
    let none = Vector(.numbers(Slab([])))
    #expect(doubles(fold(.count, none, [], 1, cut: 1)) == [0])
    #expect(doubles(fold(.sum, none, [], 1, cut: 1)) == [0])
    #expect(doubles(fold(.mean, none, [], 1, cut: 1)) == [nil])
    #expect(doubles(fold(.share, none, [], 1, cut: 1)) == [nil])
    #expect(bytes(fold(.any, none, [], 1, cut: 1)) == [Truth.no])
    #expect(bytes(fold(.none, none, [], 1, cut: 1)) == [Truth.yes])
    #expect(bytes(fold(.every, none, [], 1, cut: 1)) == [Truth.unknown])
  }

  @Test func missingIsLeftOutAndCounted() {
    var fold = GroupFold(.mean)
    fold.add(numbers([1, nil, 3]), ids: nil, groups: 1)
    #expect(doubles(fold.result(order: [0])) == [2])
    #expect(fold.totals.values == 3)
    #expect(fold.totals.unknown == 1)
  }

  @Test func shareLeavesOutWhatCarriesAMark() {
    let truths: [UInt8] = [Truth.yes, Truth.no, Truth.unknown, Truth.notYet, Truth.openYes, Truth.yes]
    var fold = GroupFold(.share)
    fold.add(Vector(.truths(Slab(truths))), ids: nil, groups: 1)
    #expect(doubles(fold.result(order: [0])) == [2.0 / 3])
    #expect(fold.totals.unknown == 1)
    #expect(fold.totals.open == 2)
    #expect(fold.totals.openYes == 1)
    let counts = fold.counts(order: [0])[0]
    #expect((counts.used, counts.yes, counts.open) == (3, 2, 2))
  }

  @Test func truthsAreAnOrAndAnAnd() {
    func result(_ function: GroupFold.Function, _ truths: [UInt8]) -> UInt8? {
      bytes(fold(function, Vector(.truths(Slab(truths))), truths.map { _ in 0 }, 1, cut: 1)).first
    }
    #expect(result(.any, [Truth.no, Truth.yes, Truth.unknown]) == Truth.yes)
    #expect(result(.any, [Truth.no, Truth.unknown]) == Truth.unknown)
    #expect(result(.any, [Truth.no, Truth.notYet]) == Truth.notYet)
    #expect(result(.any, [Truth.no, Truth.openYes]) == Truth.openYes)
    #expect(result(.none, [Truth.no, Truth.openYes]) == Truth.no | Truth.openMark)
    #expect(result(.every, [Truth.yes, Truth.no, Truth.unknown]) == Truth.no)
    #expect(result(.every, [Truth.yes, Truth.unknown]) == Truth.no | Truth.unknownMark)
    #expect(result(.every, [Truth.yes, Truth.notYet]) == Truth.notYet)
    #expect(result(.every, [Truth.yes, Truth.yes]) == Truth.yes)
  }

  @Test func leastAndGreatestOfEveryKind() {
    #expect(doubles(fold(.min, numbers([3, nil, -2, 8]), [0, 0, 0, 1], 2, cut: 1)) == [-2, 8])
    #expect(doubles(fold(.max, numbers([-3, nil, -2, 8]), [0, 0, 0, 1], 2, cut: 1)) == [-2, 8])
    let days = Vector(.days(Slab([5, 3, 9])), present: Slab([1, 1, 0]))
    guard case .days(let least) = fold(.min, days, [0, 0, 0], 1, cut: 2).storage else {
      Issue.record("not days")
      return
    }
    #expect(least.array == [3])
  }

  @Test func aSumBeyondTheLargestNumberIsMissing() {
    #expect(doubles(fold(.sum, numbers([1e308, 1e308]), [0, 0], 1, cut: 2)) == [nil])
  }
}

@Suite struct AssemblyTests {
  @Test func putsTextsOfTwoDictionariesTogether() {
    let joined = Vector.concatenated([texts(["a", "b"]), texts(["b", nil]), .missing(count: 1)])
    guard case .texts(let slab, let dictionary) = joined.storage else {
      Issue.record("not texts")
      return
    }
    #expect(joined.count == 5)
    #expect(slab.array.prefix(3).map { dictionary[$0] } == ["a", "b", "b"])
    #expect(joined.present?.array == [1, 1, 1, 0, 0])
  }

  @Test func ascendingRowsStayAndOthersAreSorted() {
    #expect(Places.ascending(Slab([1, 4, 6]), below: 9) == [1, 4, 6])
    #expect(Places.ascending(Slab([4, 1, 6]), below: 9) == [1, 4, 6])
  }

  @Test func ownersOfSegments() { #expect(Places.owners([0, 2, 2, 3]) == [0, 0, 2]) }
}
