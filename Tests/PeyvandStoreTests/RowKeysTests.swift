import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandStore

/// Keys of rows come back as they were given, whether they are numbers in a row, numbers, or texts.
@Suite struct RowKeysTests {
  private struct Random {
    var state: UInt64
    mutating func callAsFunction(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  /// Runs of numbers, some broken, and now and then none, a number that stands elsewhere, or a text.
  private func keys(_ random: inout Random, _ count: Int, breaks: Int, texts: Bool) -> [String?] {
    var next = 1 + random(1_000)
    return (0..<count).map { _ in
      switch random(breaks) {
      case 0: next = 1 + random(1_000_000)
      case 1 where texts: return ["", nil, "C-17", "007", "999999999", "1000000000", "-3"][random(7)]
      default: next += 1
      }
      return String(next)
    }
  }

  private func expected(_ keys: [String?]) -> [String?] { keys.map { $0?.isEmpty == true ? nil : $0 } }

  private func equal(_ keys: RowKeys, _ wanted: [String?]) -> Bool {
    keys.count == wanted.count && Array(keys) == wanted && keys.haveAll == !wanted.contains(nil)
      && wanted.indices.allSatisfy { keys.isPresent($0) == (wanted[$0] != nil) }
  }

  @Test func theyComeBack() {
    var random = Random(state: 5)
    for round in 0..<400 {
      let count = random(300)
      let given = keys(&random, count, breaks: [4, 40, 4_000][round % 3], texts: round % 2 == 0)
      let wanted = expected(given)
      let one = RowKeys(given)
      #expect(equal(one, wanted))
      let rows = (0..<count).map { _ in Int32(random(max(count, 1))) }
      #expect(equal(one.selecting(rows), rows.map { wanted[Int($0)] }))
      // In two parts that are put together, numbers many at once.
      var parts = [RowKeys(), RowKeys()]
      let cut = random(count + 1)
      for (part, range) in [(0, 0..<cut), (1, cut..<count)] {
        var at = range.lowerBound
        while at < range.upperBound {
          let numbers = given[at..<range.upperBound].prefix(1 + random(60)).map { key in
            key.flatMap { key in RowKeys.number(Array(key.utf8).span) } ?? 0
          }
          let run = numbers.prefix { $0 > 0 }
          if run.isEmpty {
            parts[part].append(given[at])
            at += 1
          } else {
            parts[part].append(numbers: numbers, count: run.count)
            at += run.count
          }
        }
      }
      var whole = parts[0]
      let isWhole = whole.absorb(parts[1])
      #expect(isWhole)
      whole.seal()
      #expect(equal(whole, wanted))
    }
  }

  /// What a table takes in at once is what it takes in one by one, and is as new.
  @Test func numbersGoIntoATable() {
    var random = Random(state: 6)
    var inRuns = 0
    for round in 0..<300 {
      let given = keys(&random, 1 + random(200), breaks: [6, 60, 6_000][round % 3], texts: false)
      let keys = RowKeys(given)
      guard let numbers = keys.numbers else {
        Issue.record("numbers are no numbers")
        continue
      }
      var table = KeyTable()
      let before = random(3)
      for _ in 0..<before { _ = table.append(nil) }
      if random(2) == 0 { _ = table.append("500") }
      let first = table.count
      let values = given.compactMap { $0.flatMap { Int($0) } }
      let rises = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
      let isFree = values[0] > first && !(first > before && values.contains(500))
      // A run is passed over as a whole: what lies around it may be taken for old.
      if table.areNew(numbers) { #expect(rises && isFree) } else { #expect(!rises || !isFree || first > before) }
      guard table.append(numbers: numbers) else { continue }
      inRuns += 1
      #expect(table.count == first + given.count)
      #expect(given.indices.allSatisfy { table.text(Int32(first + $0)) == given[$0] })
    }
    #expect(inRuns > 100)
  }
}
