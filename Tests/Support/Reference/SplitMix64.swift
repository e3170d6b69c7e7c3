/// The tests' only source of chance: SplitMix64 (Steele, Lea, Flood 2014).
///
/// The same numbers on every machine and in every release of Swift, so that a seed in a failure says all that is
/// needed to see it again.
package struct SplitMix64: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number of the range, both ends included.
  package mutating func integer(_ range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(next() % width)
  }

  /// Yes in so many of a hundred cases.
  package mutating func chance(_ percent: Int) -> Bool { integer(0...99) < percent }

  /// One of the choices; `nothing` where there is none.
  package mutating func pick<Choice>(_ choices: [Choice], else nothing: Choice) -> Choice {
    choices.isEmpty ? nothing : choices[integer(0...(choices.count - 1))]
  }

  package mutating func pick(_ choices: String...) -> String { pick(choices, else: "") }
}
