/// The generator's only source of chance.
///
/// SplitMix64 (Steele, Lea, Flood 2014): small enough to read, the same on every machine and in every
/// release of Swift, so that the committed exports can be made again byte for byte. The standard library's
/// `shuffled(using:)` and `random(in:using:)` are avoided, since their algorithms are not promised.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number of the range, both ends included. The bias of the remainder is below 2⁻⁵⁰ here.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(next() % width)
  }

  /// Yes in so many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { integer(in: 0...99) < percent }

  /// One of the choices, by weight; the first where the weights are all zero.
  mutating func pick<Choice>(_ weighted: KeyValuePairs<Choice, Int>) -> Choice {
    let total = weighted.reduce(0) { $0 + $1.value }
    var rest = integer(in: 0...max(total - 1, 0))
    for (choice, weight) in weighted {
      if rest < weight { return choice }
      rest -= weight
    }
    return weighted[0].key
  }

  mutating func pick<Choice>(from choices: [Choice]) -> Choice {
    choices[integer(in: 0...(choices.count - 1))]
  }
}
