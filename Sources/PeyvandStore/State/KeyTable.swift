import PeyvandBase

/// The keys of a family, by serial number, packed.
///
/// A record's serial is the order in which it was recorded and never changes, while its row does when
/// earlier records arrive; so keys are kept by serial and only ever added. A record without a key of its own
/// has its serial (counted from 1) as key, which takes no room at all.
struct KeyTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where the key of each serial ends; empty while no record has a key of its own.
  private var ends: [UInt32] = []
  /// Serials given so far, of removed records too.
  private(set) var count = 0

  /// Whether some record has a key of its own.
  var hasTexts: Bool { !ends.isEmpty }

  /// Adds the next serial with its key, nil for the serial itself. False when there is no room (4 GiB).
  mutating func append(_ key: String?) -> Bool {
    if let key, !key.isEmpty {
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

  mutating func reserve(_ more: Int) {
    if !ends.isEmpty { ends.reserveCapacity(ends.count + more) }
  }

  private func range(_ serial: Int32) -> Range<Int>? {
    let index = Int(serial)
    guard ends.indices.contains(index) else { return nil }
    let start = index == 0 ? 0 : Int(ends[index - 1])
    return start < Int(ends[index]) ? start..<Int(ends[index]) : nil
  }

  /// Whether the record has a key of its own.
  func hasText(_ serial: Int32) -> Bool { range(serial) != nil }

  /// The key as it is shown.
  func text(_ serial: Int32) -> String {
    guard let range = range(serial) else { return String(Int(serial) + 1) }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// The fold of the key of its own.
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

/// From a key to a serial: an open hash table over the folds of the keys.
///
/// Hashes are Swift's, seeded anew for each process, so that no file can be made whose keys collide.
struct KeyIndex: Sendable {
  /// The upper half of the hash and the serial plus one; 0 is free.
  private var slots: [UInt64]
  private var used = 0

  init(capacity: Int = 0) { slots = [UInt64](repeating: 0, count: Self.size(for: capacity)) }

  /// The index of all keys of a table.
  init(_ keys: KeyTable) {
    self.init(capacity: keys.hasTexts ? keys.count : 0)
    guard keys.hasTexts else { return }
    for serial in 0..<Int32(clamping: keys.count) {
      if let folded = keys.foldedText(serial) { insert(serial, folded: folded) }
    }
  }

  private static func size(for count: Int) -> Int {
    var size = 16
    while size < count * 2 { size *= 2 }
    return size
  }

  /// The first serial whose key has this fold and which `isWanted`.
  func find(folded: ArraySlice<UInt8>, in keys: KeyTable, where isWanted: (Int32) -> Bool) -> Int32? {
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
