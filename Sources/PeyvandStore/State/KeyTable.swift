import PeyvandBase
import PeyvandData

/// The keys of a family, by serial number, packed.
///
/// A record's serial is the order in which it was recorded and never changes, while its row does when
/// earlier records arrive; so keys are kept by serial and only ever added. A record without a key of its own
/// has its serial (counted from 1) as key, which takes no room at all.
///
/// Most tools number their records one after the other: such keys are runs, of which only the first number is kept.
struct KeyTable: Sendable {
  /// Records in a row whose keys are numbers in a row.
  struct Run: Sendable {
    var serials: Range<Int32>
    /// The key of the first.
    var number: Int32

    func serial(of number: Int32) -> Int32? {
      let serial = Int64(serials.lowerBound) + Int64(number) - Int64(self.number)
      return serial >= Int64(serials.lowerBound) && serial < Int64(serials.upperBound)
        ? Int32(truncatingIfNeeded: serial) : nil
    }
  }
  private var bytes: [UInt8] = []
  /// Where the text of each serial ends; empty while no record has a text.
  private var ends: [UInt32] = []
  /// By serial, few: more would cost more to look through than texts.
  private var runs: [Run] = []
  private static let mostRuns = 64
  /// Serials given so far, of removed records too.
  private(set) var count = 0

  /// Bytes of memory that the keys hold.
  var heldBytes: Int { bytes.capacity + ends.capacity * 4 + runs.capacity * MemoryLayout<Run>.stride }

  /// Whether some record has a key of its own.
  var hasTexts: Bool { !ends.isEmpty || !runs.isEmpty }

  /// A key that is a whole number from 1, written with nothing but its digits.
  @inline(__always)
  static func number(_ key: Span<UInt8>) -> Int32? {
    guard key.count > 0, key.count <= 9, key[0] != 0x30 else { return nil }
    var number: Int32 = 0
    for index in 0..<key.count {
      let digit = key[index] &- 0x30
      guard digit < 10 else { return nil }
      number = number &* 10 &+ Int32(digit)
    }
    return number
  }

  static func number(_ key: ArraySlice<UInt8>) -> Int32? { number(key.span) }

  /// Adds the next serial with its key, nil for the serial itself. False when there is no room (4 GiB).
  mutating func append(_ key: String?) -> Bool {
    if var key, !key.isEmpty {
      let number = key.withUTF8 { Self.number($0.span) }
      if let number, append(number: number) { return true }
      if ends.isEmpty, count > 0 { ends = [UInt32](repeating: 0, count: count) }
      bytes.append(contentsOf: key.utf8)
    }
    count += 1
    if !ends.isEmpty || !bytes.isEmpty {
      guard let end = UInt32(exactly: bytes.count) else { return false }
      ends.append(end)
    }
    return true
  }

  /// Adds the next serials without keys of their own. False where there are too many.
  mutating func appendNone(_ more: Int) -> Bool {
    guard more >= 0, count + more < Int(Int32.max) else { return false }
    count += more
    if !ends.isEmpty { ends.append(contentsOf: repeatElement(ends.last ?? 0, count: more)) }
    return true
  }

  /// Adds the next serial with a number as its key, in a run; false where a text is better.
  private mutating func append(number: Int32) -> Bool {
    let serial = Int32(clamping: count)
    if let last = runs.last, last.serials.upperBound == serial,
      last.number &+ (serial &- last.serials.lowerBound) == number
    {
      runs[runs.count - 1].serials = last.serials.lowerBound..<(serial + 1)
    } else {
      guard runs.count < Self.mostRuns / 2 else { return false }
      runs.append(Run(serials: serial..<(serial + 1), number: number))
    }
    count += 1
    if !ends.isEmpty { ends.append(ends.last ?? 0) }
    return true
  }

  /// Adds the next serials with numbers as keys, where they are few runs; else adds nothing.
  mutating func append(numbers: KeyNumbers) -> Bool {
    let first = Int32(clamping: count)
    guard Int(first) + numbers.count < Int(Int32.max), let found = numbers.runs(atMost: Self.mostRuns - runs.count)
    else { return false }
    for run in found {
      runs.append(
        Run(serials: (run.serials.lowerBound + first)..<(run.serials.upperBound + first), number: run.number))
    }
    count += numbers.count
    if !ends.isEmpty { ends.append(contentsOf: repeatElement(ends.last ?? 0, count: numbers.count)) }
    return true
  }

  /// Records in a row whose keys are numbers in a row, as they are written down: the longest, whatever became of them here.
  /// - Parameter rowOfSerial: records that were removed are left out.
  func writtenRuns(_ rowOfSerial: [Int32]) -> [Run] {
    var result: [Run] = []
    var open: Run?
    func close() {
      if let run = open, run.serials.count >= Self.leastWritten, result.count < Self.mostRuns / 2 { result.append(run) }
      open = nil
    }
    for (index, row) in rowOfSerial.enumerated() {
      let serial = Int32(truncatingIfNeeded: index)
      guard row >= 0, let number = ownNumber(serial) else {
        close()
        continue
      }
      if let run = open, run.number &+ (serial &- run.serials.lowerBound) == number {
        open?.serials = run.serials.lowerBound..<(serial + 1)
      } else {
        close()
        open = Run(serials: serial..<(serial + 1), number: number)
      }
    }
    close()
    return result
  }

  /// Fewer are no shorter as a run.
  private static let leastWritten = 64

  private func ownNumber(_ serial: Int32) -> Int32? {
    number(serial) ?? range(serial).flatMap { Self.number(bytes[$0]) }
  }

  /// Adds the next serials as a run that was written down; false where it cannot be one.
  mutating func append(_ run: Run) -> Bool {
    guard run.serials.lowerBound == Int32(clamping: count), runs.count < Self.mostRuns, run.number >= 1,
      Int(run.number) + run.serials.count <= 1_000_000_000
    else { return false }
    runs.append(run)
    count += run.serials.count
    if !ends.isEmpty { ends.append(contentsOf: repeatElement(ends.last ?? 0, count: run.serials.count)) }
    return true
  }

  /// Whether no two of some numbers are one, and none of them is the key of a record: told from runs alone.
  func areNew(_ numbers: KeyNumbers) -> Bool {
    guard ends.isEmpty, let extent = numbers.ascending else { return false }
    guard let (first, last) = extent else { return true }
    // Records without a key of their own bear their numbers, which are no greater than the last serial.
    return Int(first) > count
      && runs.allSatisfy { run in
        let end = Int64(run.number) + Int64(run.serials.count)
        return end <= Int64(first) || Int64(run.number) > Int64(last)
      }
  }

  /// The record in a run of that number which `isWanted`.
  func serial(ofNumber number: Int32, where isWanted: (Int32) -> Bool) -> Int32? {
    for run in runs { if let serial = run.serial(of: number), isWanted(serial) { return serial } }
    return nil
  }

  mutating func reserve(_ more: Int) {
    if !ends.isEmpty { ends.reserveCapacity(ends.count + more) }
  }

  /// The number of a record whose key stands in a run.
  private func number(_ serial: Int32) -> Int32? {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].serials.upperBound <= serial { low = middle + 1 } else { high = middle }
    }
    guard low < runs.count, runs[low].serials.contains(serial) else { return nil }
    return runs[low].number + (serial - runs[low].serials.lowerBound)
  }

  private func range(_ serial: Int32) -> Range<Int>? {
    let index = Int(serial)
    guard ends.indices.contains(index) else { return nil }
    let start = index == 0 ? 0 : Int(ends[index - 1])
    return start < Int(ends[index]) ? start..<Int(ends[index]) : nil
  }

  /// Whether the record has a key of its own.
  func hasText(_ serial: Int32) -> Bool { number(serial) != nil || range(serial) != nil }

  /// Whether its key is found by an index, and not by the run it stands in.
  func isIndexed(_ serial: Int32) -> Bool { range(serial) != nil }
  var hasIndexed: Bool { !ends.isEmpty }

  /// The key as it is shown.
  func text(_ serial: Int32) -> String {
    guard let range = range(serial) else { return String(number(serial) ?? serial + 1) }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// The fold of the key of its own that is a text.
  func foldedText(_ serial: Int32) -> ArraySlice<UInt8>? {
    guard let range = range(serial) else { return nil }
    let own = bytes[range]
    // Graphic ASCII is its own fold.
    return own.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? own : foldedBytes(text(serial))
  }

  /// Whether the key of its own equals folded bytes, by fold.
  func equals(_ serial: Int32, folded: ArraySlice<UInt8>) -> Bool {
    guard let range = range(serial) else { return false }
    if bytes[range] == folded { return true }
    return PeyvandBase.folded(text(serial)).utf8.elementsEqual(folded)
  }
}

/// The bytes by which keys are compared.
func foldedBytes(_ key: String) -> ArraySlice<UInt8> { Array(folded(key).utf8)[...] }

/// The keys of rows that come, to look them up: the first row of each.
struct BatchKeys: Sendable {
  private var table = KeyTable()
  private var index = KeyIndex()

  init(_ keys: RowKeys) {
    if let numbers = keys.numbers, table.append(numbers: numbers) { return }
    index = KeyIndex(capacity: keys.count)
    for (row, key) in keys.enumerated() {
      guard table.append(key) else { return }
      guard let key, table.isIndexed(Int32(clamping: row)) else { continue }
      let folded = foldedBytes(key)
      if index.find(folded: folded, in: table, where: { Int($0) < row }) == nil {
        index.insert(Int32(clamping: row), folded: folded)
      }
    }
  }

  /// The row whose key is that number, where it can be told without a text of it.
  func row(ofNumber number: Int32) -> Int? { table.serial(ofNumber: number) { _ in true }.map { Int($0) } }

  func row(ofFolded key: ArraySlice<UInt8>) -> Int? {
    index.find(folded: key, in: table, where: { _ in true }).map { Int($0) }
  }
}

/// From a key to a serial: an open hash table over the folds of the keys.
///
/// Hashes are Swift's, seeded anew for each process, so that no file can be made whose keys collide.
struct KeyIndex: Sendable {
  /// The upper half of the hash and the serial plus one; 0 is free.
  private var slots: [UInt64]
  private var used = 0

  var heldBytes: Int { slots.capacity * 8 }

  init(capacity: Int = 0) { slots = [UInt64](repeating: 0, count: Self.size(for: capacity)) }

  /// The index of all keys of a table.
  init(_ keys: KeyTable) {
    self.init(capacity: keys.hasIndexed ? keys.count : 0)
    guard keys.hasIndexed else { return }
    for serial in 0..<Int32(clamping: keys.count) {
      if let folded = keys.foldedText(serial) { insert(serial, folded: folded) }
    }
  }

  var isEmpty: Bool { used == 0 }

  private static func size(for count: Int) -> Int {
    var size = 16
    while size < count * 2 { size *= 2 }
    return size
  }

  /// The first serial whose key has this fold and which `isWanted`.
  func find(folded: ArraySlice<UInt8>, in keys: KeyTable, where isWanted: (Int32) -> Bool) -> Int32? {
    if let number = KeyTable.number(folded), let serial = keys.serial(ofNumber: number, where: isWanted) {
      return serial
    }
    guard used > 0 else { return nil }
    let hash = Self.hash(folded)
    var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[at] != 0 {
      if slots[at] >> 32 == hash >> 32 {
        let serial = Int32(truncatingIfNeeded: slots[at] & 0xFFFF_FFFF) &- 1
        if keys.equals(serial, folded: folded), isWanted(serial) { return serial }
      }
      at = (at + 1) & (slots.count - 1)
    }
    return nil
  }

  mutating func insert(_ serial: Int32, folded: ArraySlice<UInt8>) {
    if (used + 1) * 3 > slots.count * 2 { grow() }
    used += 1
    place(Self.hash(folded), serial)
  }

  private mutating func place(_ hash: UInt64, _ serial: Int32) {
    var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[at] != 0 { at = (at + 1) & (slots.count - 1) }
    slots[at] = (hash >> 32) << 32 | UInt64(UInt32(bitPattern: serial &+ 1))
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 {
      place(slot >> 32 | (slot >> 32) << 32, Int32(truncatingIfNeeded: slot & 0xFFFF_FFFF) &- 1)
    }
  }

  /// Both halves alike, so that the half kept in a slot is enough to place it anew.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    let half = UInt64(truncatingIfNeeded: hasher.finalize()) >> 32
    return half << 32 | half
  }
}

/// The fingerprints of keyless rows: the same row of the same source again is nothing new.
struct FingerprintSet: Sendable {
  private var slots: [UInt64]
  private var used = 0
  var heldBytes: Int { slots.capacity * 8 }

  init(_ values: [UInt64] = []) {
    var size = 16
    while size < values.count * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    for value in values where value != 0 { _ = insert(value) }
  }

  /// False when it is there already. Fingerprints are spread already; 0 counts as 1.
  mutating func insert(_ value: UInt64) -> Bool {
    let value = max(value, 1)
    if (used + 1) * 3 > slots.count * 2 {
      let old = slots
      slots = [UInt64](repeating: 0, count: old.count * 2)
      for each in old where each != 0 { slots[place(of: each)] = each }
    }
    let at = place(of: value)
    if slots[at] == value { return false }
    slots[at] = value
    used += 1
    return true
  }

  func contains(_ value: UInt64) -> Bool { slots[place(of: max(value, 1))] != 0 }

  /// Where the value stands or would stand.
  private func place(of value: UInt64) -> Int {
    var at = Int(truncatingIfNeeded: (value &* 0x9E37_79B9_7F4A_7C15) >> 20) & (slots.count - 1)
    while slots[at] != 0, slots[at] != value { at = (at + 1) & (slots.count - 1) }
    return at
  }
}
