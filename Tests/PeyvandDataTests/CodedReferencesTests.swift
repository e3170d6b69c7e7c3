import PeyvandBase
import Testing

@testable import PeyvandData

/// References that are put where they stand in one go are those that go there step by step.
@Suite struct CodedReferencesTests {
  private struct Random {
    var state: UInt64
    mutating func callAsFunction(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  @Test(arguments: [3, 200, 40_000])
  func oneStepIsAllSteps(different: Int) {
    var random = Random(state: UInt64(different))
    for round in 0..<12 {
      let count = round == 0 ? 0 : round < 10 ? 1 + random(500) : 70_000
      let present: Mask? = round % 3 == 0 ? nil : Mask((0..<count).map { _ in UInt8(random(4) == 0 ? 0 : 1) })
      // What is missing may have any code.
      let codes = (0..<count).map { row in
        present.map { $0[row] != 0 } ?? true ? Int32(random(different)) : Int32(row % 3 * 100_000)
      }
      let table = (0..<different).map { _ in Int32(random(different * 2)) }
      let rows = (0..<different * 2).map { random(9) == 0 ? -1 : Int32($0 * 3) }
      var coded = CodedReferences(Packed(codes), through: table, present: present, family: KindID(7))
      var column = Column(
        .reference(Packed(codes).mapped(through: table, present: present), family: KindID(7)), present: present)
      #expect(same(coded.column, column))
      coded.remap(rows)
      column = column.remapped(rows, family: KindID(7))
      #expect(same(coded.column, column))
      let order = (0..<Int32(count)).sorted { ($0 % 5, $0) < ($1 % 5, $1) }
      let from = RowSources(sources: order, oldCount: 0, isIdentity: true)
      for reach in [0..<count, count / 3..<count] {
        let stepwise = Column.gathered(old: nil, new: column, from, rows: reach)
        #expect(stepwise.map { same(coded.gathered(from, rows: reach), $0) } == true)
      }
    }
  }

  private func same(_ a: Column, _ b: Column) -> Bool {
    a.rows == b.rows && a.present == b.present && a.base == b.base && a.refers(to: KindID(7)) && b.refers(to: KindID(7))
  }

  @Test(arguments: [10, 70_000, 1_200_000])
  func numbersAreTheirPlaces(count: Int) {
    var random = Random(state: UInt64(count))
    let numbers = (0..<count).map { _ in random(6) == 0 ? 0 : Int32(1 + random(count)) }
    var builder = PackedBuilder<Int32>()
    for number in numbers { builder.append(number) }
    var refusing = builder
    let refused = refusing.placed(below: 1)
    #expect(refused == nil && refusing.count == count)
    guard let (places, texts) = builder.placed(below: Int32(count + 1)) else {
      Issue.record("they are below the limit")
      return
    }
    let different = Set(numbers).subtracting([0]).sorted()
    #expect(texts.count == different.count && builder.count == 0)
    #expect(different.indices.allSatisfy { texts[$0] == String(different[$0]) })
    let placeOf = Dictionary(uniqueKeysWithValues: different.enumerated().map { ($1, Int32($0)) })
    #expect(places.count == count && numbers.indices.allSatisfy { places[$0] == placeOf[numbers[$0]] ?? 0 })
  }

  @Test func numbersOfAllLengthsAreTheirDigits() {
    let numbers = [
      1, 9, 10, 63, 64, 99, 100, 101, 999, 1_000, 9_999, 10_000, 12_345, 99_999, 100_000, 999_999, 1_000_000,
      9_999_999, 10_000_000, 99_999_999, 100_000_000, 100_000_001, 100_010_203,
    ]
    var bits = [UInt64](repeating: 0, count: 100_010_203 / 64 + 3)
    for number in numbers { bits[number >> 6] |= 1 << UInt64(number & 63) }
    let texts = TextTable(numbers: bits, count: numbers.count)
    #expect(numbers.indices.map { texts[$0] } == numbers.map(String.init))
  }
}
