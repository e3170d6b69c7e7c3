import PeyvandBase
import Synchronization

/// What the machine's memory gives: the bound that no kernel gets past, measured beside them.
struct Memory {
  /// Gigabytes a second that one core reads, one word after the other; and two cores together.
  var oneCore = 0.0
  var twoCores = 0.0
  /// Nanoseconds of a read of any place, several on their way at once; and where each is known only by the one before.
  var randomRead = 0.0
  var chainedRead = 0.0

  /// Half a gigabyte: far more than any cache keeps.
  static let usualBytes = 1 << 29

  /// The best of five passes each, since others on the machine can only slow one down.
  static func measured(bytes: Int = usualBytes) -> Memory {
    let count = max(1 << 10, bytes / 8)
    let words = (0..<count).map { UInt64(truncatingIfNeeded: $0) &* 0x9E37_79B9_7F4A_7C15 }
    var found = Memory()
    found.oneCore = rate(words, cores: 1)
    found.twoCores = rate(words, cores: 2)
    found.randomRead = (0..<5).map { wander(words, pass: $0, isChained: false) }.min() ?? 0
    found.chainedRead = (0..<5).map { wander(words, pass: $0, isChained: true) }.min() ?? 0
    return found
  }

  private static func rate(_ words: [UInt64], cores: Int) -> Double {
    let best = (0..<5).map { _ in
      milliseconds {
        let sums = Mutex<UInt64>(0)
        StackedThreads.run(cores, stackBytes: 1 << 16) { core in
          let own = sum(words[words.count * core / cores..<words.count * (core + 1) / cores])
          sums.withLock { $0 &+= own }
        }
        keep(sums.withLock { $0 })
      }
    }.min()
    return Double(words.count * 8) / (best ?? .infinity) / 1e6
  }

  /// Four sums at once, so that no addition waits for the one before it.
  private static func sum(_ words: ArraySlice<UInt64>) -> UInt64 {
    words.span.withSums()
  }

  /// Reads of places that look like chance: each pass goes elsewhere, so that none finds what the one before left in the
  /// cache.
  private static func wander(_ words: [UInt64], pass: Int, isChained: Bool) -> Double {
    let steps = min(1_000_000, words.count)
    var sum: UInt64 = 0
    let time = milliseconds {
      sum = isChained ? chained(words, from: pass * steps, steps) : apart(words, from: pass * steps, steps)
    }
    keep(sum)
    return time * 1e6 / Double(steps)
  }

  @inline(__always)
  private static func place(_ word: UInt64, in words: [UInt64]) -> Int {
    let mixed = word &* 0xD1B5_4A32_D192_ED03
    return Int((mixed ^ mixed >> 29).multipliedFullWidth(by: UInt64(words.count)).high)
  }

  @inline(never)
  private static func apart(_ words: [UInt64], from start: Int, _ steps: Int) -> UInt64 {
    var sum: UInt64 = 0
    for step in start..<start + steps { sum &+= words[place(UInt64(truncatingIfNeeded: step), in: words)] }
    return sum
  }

  /// Each place hangs on what was read so far.
  @inline(never)
  private static func chained(_ words: [UInt64], from start: Int, _ steps: Int) -> UInt64 {
    var sum: UInt64 = 0
    for step in start..<start + steps { sum &+= words[place(UInt64(truncatingIfNeeded: step) ^ sum, in: words)] }
    return sum
  }

  var text: String {
    "memory read: \(Figure.text(oneCore)) GB/s on one core, \(Figure.text(twoCores)) on two; a read of any place "
      + "\(Figure.text(randomRead)) ns, \(Figure.text(chainedRead)) where it waits for the one before"
  }

  var json: String {
    "{\"ev\":\"memory\",\"one\":\(oneCore),\"two\":\(twoCores),\"random_ns\":\(randomRead),"
      + "\"chained_ns\":\(chainedRead)}"
  }
}

extension Span<UInt64> {
  fileprivate func withSums() -> UInt64 {
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var index = 0
    while index &+ 3 < count {
      a &+= self[index]
      b &+= self[index &+ 1]
      c &+= self[index &+ 2]
      d &+= self[index &+ 3]
      index &+= 4
    }
    while index < count {
      a &+= self[index]
      index &+= 1
    }
    return a &+ b &+ c &+ d
  }
}

/// Figures of three digits.
enum Figure {
  static func text(_ number: Double) -> String {
    let places = number < 10 ? 100.0 : number < 100 ? 10 : 1
    let rounded = (number * places).rounded() / places
    return rounded == rounded.rounded() && places == 1 ? "\(Int(rounded))" : "\(rounded)"
  }
}
