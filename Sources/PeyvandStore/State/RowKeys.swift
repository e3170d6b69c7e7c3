import PeyvandData

/// The keys of rows on their way into the store: for each a text, or none.
///
/// Most tools number their records, so keys that are whole numbers without signs and leading noughts are kept as numbers,
/// and of numbers that follow one another only the first; other texts lie one behind the other. A `String` a row is made
/// for whoever asks for it.
package struct RowKeys: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  /// While all are numbers that follow one another, with few gaps: the runs, whose serials are rows.
  private var runs: [KeyTable.Run] = []
  private var areRuns = true
  private static let mostRuns = 32
  /// While all are numbers: each, 0 for none.
  private var builder = PackedBuilder<Int32>()
  private var packed: Packed<Int32>?
  /// Else where each text ends, empty for none.
  private var areTexts = false
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []
  package private(set) var count = 0

  package init() {}

  package init(_ keys: some Sequence<String?>) {
    for key in keys { append(key) }
    seal()
  }

  package init(arrayLiteral elements: String?...) { self.init(elements) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> String? {
    guard areTexts else {
      let number = number(index)
      return number > 0 ? String(number) : nil
    }
    let start = index == 0 ? 0 : Int(ends[index - 1])
    let end = Int(ends[index])
    return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }

  /// The number of a row, 0 for none; all of them are numbers.
  private func number(_ index: Int) -> Int32 {
    guard areRuns else { return packed?[index] ?? 0 }
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if Int(runs[middle].serials.upperBound) <= index { low = middle + 1 } else { high = middle }
    }
    guard runs.indices.contains(low), Int(runs[low].serials.lowerBound) <= index else { return 0 }
    return runs[low].number + Int32(clamping: index - Int(runs[low].serials.lowerBound))
  }

  /// Whether the row has a key.
  package func isPresent(_ index: Int) -> Bool {
    guard areTexts else { return number(index) > 0 }
    return ends[index] > (index == 0 ? 0 : ends[index - 1])
  }

  /// Whether each row has a key.
  package var haveAll: Bool {
    if areTexts { return indices.allSatisfy { isPresent($0) } }
    return areRuns || packed?.areAll(in: 1...Int32.max) ?? isEmpty
  }

  /// All of them, where each row has one and it is a number.
  var numbers: KeyNumbers? {
    if areRuns { return .runs(runs) }
    guard !areTexts, let packed, packed.areAll(in: 1...Int32.max) else { return nil }
    return .each(packed)
  }

  /// Whether two of them may be spelled differently and be one by their fold: some have blanks, or letters beyond ASCII.
  package var mayFold: Bool { areTexts && bytes.contains { $0 >= 0x80 || $0 == 0x20 } }

  /// A key that is a whole number from 1, written with nothing but its digits.
  @inline(__always)
  package static func number(_ key: Span<UInt8>) -> Int32? { KeyTable.number(key) }

  // MARK: Adding

  package mutating func append(_ key: String?) {
    guard var key else { return appendNone() }
    // Beyond 4 GiB of keys there is none; the table says so where they go in.
    if !key.withUTF8({ append($0.span) }) { appendNone() }
  }

  package mutating func appendNone() {
    if areTexts {
      ends.append(ends.last ?? 0)
    } else {
      listRuns()
      builder.append(0)
    }
    count += 1
  }

  /// Adds a number, from 1.
  @inline(__always)
  private mutating func append(number: Int32) {
    if !areRuns || !extend(number, by: 1) { builder.append(number) }
    count += 1
  }

  /// Adds numbers that follow one another to the runs; false where they become too many: then they are numbers each.
  private mutating func extend(_ number: Int32, by more: Int) -> Bool {
    let row = Int32(clamping: count)
    let end = row + Int32(clamping: more)
    if let last = runs.last, last.number &+ (row &- last.serials.lowerBound) == number {
      runs[runs.count - 1].serials = last.serials.lowerBound..<end
    } else {
      guard runs.count < Self.mostRuns, count + more < Int(Int32.max) else {
        listRuns()
        return false
      }
      runs.append(KeyTable.Run(serials: row..<end, number: number))
    }
    return true
  }

  /// Each number of the runs.
  private mutating func listRuns() {
    guard areRuns else { return }
    areRuns = false
    KeyNumbers.runs(runs).forEach { builder.append($0) }
    runs = []
  }

  /// False beyond 4 GiB; nothing was added then.
  package mutating func append(_ key: Span<UInt8>) -> Bool {
    if !areTexts {
      if key.isEmpty {
        appendNone()
        return true
      }
      if let number = KeyTable.number(key) {
        append(number: number)
        return true
      }
      spellOut()
    }
    guard let end = UInt32(exactly: bytes.count + key.count) else { return false }
    for index in 0..<key.count { bytes.append(key[index]) }
    ends.append(end)
    count += 1
    return true
  }

  /// Whether all so far are numbers, or none.
  package var areNumbers: Bool { !areTexts }

  /// Adds the first of some numbers, each the key of a row, 0 for none.
  package mutating func append(numbers: [Int32], count more: Int) {
    guard !areTexts else {
      for number in numbers.prefix(more) { append(number > 0 ? String(number) : nil) }
      return
    }
    let more = Swift.min(more, numbers.count)
    guard more > 0 else { return }
    if areRuns {
      if numbers[0] > 0, RowOrder.isRun(numbers, count: more, from: Int(numbers[0])), extend(numbers[0], by: more) {
        count += more
        return
      }
      if areRuns {
        for number in numbers.prefix(more) { if number > 0 { append(number: number) } else { appendNone() } }
        return
      }
    }
    builder.append(numbers, count: more)
    count += more
  }

  /// Numbers as texts.
  private mutating func spellOut() {
    guard !areTexts else { return }
    listRuns()
    areTexts = true
    let numbers = packed ?? builder.finish()
    ends.reserveCapacity(numbers.count)
    for number in numbers {
      if number > 0 { bytes += String(number).utf8 }
      ends.append(UInt32(clamping: bytes.count))
    }
    packed = nil
    builder = PackedBuilder()
  }

  /// Adds all of another's keys, neither sealed. False beyond 4 GiB.
  package mutating func absorb(_ other: consuming RowKeys) -> Bool {
    if areRuns, other.areRuns {
      for run in other.runs {
        guard areRuns, extend(run.number, by: run.serials.count) else {
          KeyNumbers.runs([run]).forEach { builder.append($0) }
          count += run.serials.count
          continue
        }
        count += run.serials.count
      }
      return true
    }
    if !areTexts, !other.areTexts {
      listRuns()
      other.listRuns()
      builder.absorb(other.builder)
      count += other.count
      return true
    }
    spellOut()
    other.spellOut()
    guard bytes.count + other.bytes.count <= Int(UInt32.max) else { return false }
    let shift = UInt32(bytes.count)
    bytes += other.bytes
    ends.reserveCapacity(ends.count + other.ends.count)
    for end in other.ends { ends.append(end + shift) }
    count += other.count
    return true
  }

  /// All keys are there: they can be looked at now.
  package mutating func seal() {
    guard packed == nil, !areTexts, !areRuns else { return }
    packed = builder.finish()
    builder = PackedBuilder()
  }

  /// With rows without a key behind them.
  package func filled(to count: Int) -> RowKeys {
    RowKeys((0..<Swift.max(count, self.count)).lazy.map { $0 < self.count ? self[$0] : nil })
  }

  /// The keys of some rows, in the order given.
  package func selecting(_ rows: [Int32]) -> RowKeys {
    var result = RowKeys()
    for row in rows {
      guard !areTexts else {
        result.append(indices.contains(Int(row)) ? self[Int(row)] : nil)
        continue
      }
      let number = indices.contains(Int(row)) ? number(Int(row)) : 0
      if number > 0 { result.append(number: number) } else { result.appendNone() }
    }
    result.seal()
    return result
  }
}
