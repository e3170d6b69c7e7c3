/// A 64-bit hash of bytes that is the same on every machine, in every process and in every version of Peyvand.
///
/// Rows without a key are known by it from one import to the next, and the store keeps it, so it may never change:
/// the tests hold its values fast. (Swift's `Hasher` is seeded anew in every process and cannot serve.) It follows the
/// plan of W. Yi's wyhash: eight bytes, little-endian, are taken together, and each step is the product of two words
/// of 64 bits, its halves joined by exclusive or.
///
///     state₀ = seed ^ K₀
///     for every part, a sequence of bytes: state = mix(state ^ length ^ K₁, K₂),
///       then for every eight bytes w of it (the last filled up with 0): state = mix(state ^ w, K₃)
///     value = mix(state ^ number of parts, K₄)
///     mix(a, b) = high(a·b) ^ low(a·b)
///     K₀ … K₄ = the first 64 bits of the fractions of √2, √3, √5, √7 and √11, the lowest bit set
struct Fingerprint {
  private static let k0: UInt64 = 0x6A09_E667_F3BC_C909
  private static let k1: UInt64 = 0xBB67_AE85_84CA_A73B
  private static let k2: UInt64 = 0x3C6E_F372_FE94_F82B
  private static let k3: UInt64 = 0xA54F_F53A_5F1D_36F1
  private static let k4: UInt64 = 0x510E_527F_ADE6_82D1

  private var state: UInt64
  private var parts: UInt64 = 0

  init(seed: UInt64 = 0) { state = seed ^ Self.k0 }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always)
  mutating func add(_ bytes: Span<UInt8>) {
    parts &+= 1
    state = Self.mix(state ^ UInt64(truncatingIfNeeded: bytes.count) ^ Self.k1, Self.k2)
    var at = 0
    while bytes.count &- at >= 8 {
      let word = UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      state = Self.mix(state ^ word, Self.k3)
      at &+= 8
    }
    guard at < bytes.count else { return }
    var word: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.count {
      word |= UInt64(bytes[at]) << shift
      shift &+= 8
      at &+= 1
    }
    state = Self.mix(state ^ word, Self.k3)
  }

  mutating func add(_ number: UInt64) {
    parts &+= 1
    state = Self.mix(state ^ 8 ^ Self.k1, Self.k2)
    state = Self.mix(state ^ number, Self.k3)
  }

  var value: UInt64 { Self.mix(state ^ parts, Self.k4) }

  static func of(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    var hash = Fingerprint(seed: seed)
    hash.add(bytes)
    return hash.value
  }

  static func of(_ text: String, seed: UInt64 = 0) -> UInt64 {
    let bytes = Array(text.utf8)
    return of(bytes.span, seed: seed)
  }
}

/// Counts how often each 64-bit value was met: the ordinal of a row among equal rows of its source.
///
/// Two different rows of one hash are counted as equal rows would be, and so get different ordinals: no row of a file
/// is ever taken for another of the same file. Places in the table are found by a number drawn for each table, so that
/// no file can be written to make it slow.
struct OrdinalCounter {
  private var keys: [UInt64]
  private var counts: [UInt32]
  private var used = 0
  private let factor = UInt64.random(in: .min ... .max) | 1

  init(expecting count: Int) {
    var size = 64
    while size / 2 < min(count, 1 << 30) { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    counts = [UInt32](repeating: 0, count: size)
  }

  /// How often the value was met before.
  mutating func ordinal(of value: UInt64) -> UInt64 {
    if used * 2 >= keys.count { grow() }
    let place = find(value)
    if counts[place] == 0 {
      keys[place] = value
      used += 1
    }
    let before = counts[place]
    counts[place] = before &+ 1
    return UInt64(before)
  }

  private func find(_ value: UInt64) -> Int {
    let mask = keys.count &- 1
    var place = Int(truncatingIfNeeded: (value &* factor) >> 20) & mask
    while counts[place] != 0, keys[place] != value { place = (place &+ 1) & mask }
    return place
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldCounts = counts
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    counts = [UInt32](repeating: 0, count: oldKeys.count * 2)
    for (index, count) in oldCounts.enumerated() where count != 0 {
      let place = find(oldKeys[index])
      keys[place] = oldKeys[index]
      counts[place] = count
    }
  }
}
