import PeyvandBase
import PeyvandData
import PeyvandEval
import Synchronization
import Testing

/// Truths of all rows of a kind as bits, and what comes of them for the rows of timelines.
@Suite struct RowTruthTests {
  private static func truth(_ row: Int, unknown: Int) -> UInt8 {
    row % unknown == 0 ? Truth.unknown | UInt8(row / unknown % 2) : row * 7 % 5 < 2 ? Truth.yes : Truth.no
  }

  @Test(arguments: [1, 63, 64, 32_768, 32_769, 100_000], [3, 1_000_000_000])
  func everyRowHasItsTruth(count: Int, unknown: Int) throws {
    let rows = 1_001..<1_001 + count
    let truths = RowTruths(of: rows)
    var asked: [Range<Int>] = []
    let bits = try truths.bits { piece in
      asked.append(piece)
      return Slab(piece.map { Self.truth($0, unknown: unknown) })
    }
    let found = try #require(bits)
    #expect(asked.reduce(0) { $0 + $1.count } == count)
    let some = (0..<500).map { Int32(rows.lowerBound + $0 * 7919 % count) }
    #expect(found.truths(of: Slab(some)).array == some.map { Self.truth(Int($0), unknown: unknown) })
    // Nobody works them out again.
    let again = try truths.bits { _ in Slab([]) }
    #expect(again?.truths(of: Slab(some)).array == found.truths(of: Slab(some)).array)
  }

  @Test func whoeverComesMeanwhileTakesPart() throws {
    let truths = RowTruths(of: 0..<200_000)
    let asked = Mutex<[Int]>([])
    let given = Mutex(0)
    StackedThreads.run(4, stackBytes: 1 << 20) { _ in
      let bits = try? truths.bits { piece in
        asked.withLock { $0.append(piece.lowerBound) }
        return Slab(repeating: Truth.yes, count: piece.count)
      }
      if let bits, bits.truths(of: Slab([0, 199_999])).array == [Truth.yes, Truth.yes] { given.withLock { $0 += 1 } }
    }
    #expect(asked.withLock { $0.sorted() } == Array(stride(from: 0, to: 200_000, by: 32_768)))
    #expect(given.withLock { $0 } >= 1)
  }

  @Test func whatFailedIsNotTakenForDone() throws {
    let truths = RowTruths(of: 0..<100_000)
    #expect(throws: Diagnostics.self) {
      try truths.bits { (_) throws(Diagnostics) in throw Diagnostics(Diagnostic("E9999", .error, "no")) }
    }
    #expect(try truths.bits { Slab(repeating: Truth.yes, count: $0.count) } == nil)
  }

  @Test func bitsOfTruths() {
    for count in [0, 1, 7, 8, 9, 63, 64, 65, 200] {
      let truths = (0..<count).map { [Truth.no, Truth.yes, Truth.unknown, 5][$0 * $0 % 7 % 4] }
      for bit in [Truth.yes, Truth.unknownMark] {
        let words = TruthKernels.bits(Slab(truths), of: bit)
        #expect(words.count == (count + 63) / 64)
        for (place, truth) in truths.enumerated() {
          #expect((words[place / 64] >> UInt64(place % 64) & 1 == 1) == (truth & bit != 0))
        }
      }
    }
    #expect(TruthKernels.bits(Slab(repeating: Truth.yes, count: 66), of: Truth.yes) == [.max, 3])
  }
}
