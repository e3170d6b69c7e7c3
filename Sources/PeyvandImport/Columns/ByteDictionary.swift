import PeyvandBase
import PeyvandData

/// The different cells of a column, by their bytes, so that a text is made once a distinct cell and not once a row.
///
/// Open addressing over a table of codes; the bytes lie in one array. The hash is seeded anew for every table, so that
/// no file can be written to make it slow; nothing that is shown depends on it, since codes are given in the order in
/// which cells are first met.
struct ByteDictionary {
  private var arena: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// 0 where free, else the upper half of the hash and, in the lower half, the code plus 1: most places that hold
  /// another text are passed over without a look at it.
  private var table: [UInt64] = Array(repeating: 0, count: 256)
  private let seed = UInt64.random(in: .min ... .max)

  var count: Int { ends.count }
  var byteCount: Int { arena.count }

  /// The code of the bytes, added where they are new; nil beyond 2³¹ − 2 of them.
  mutating func code(of bytes: Span<UInt8>) -> Int32? {
    let hash = Fingerprint.of(bytes, seed: seed)
    let mask = table.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let found = table[place]
      if found == 0 { break }
      if found >> 32 == hash >> 32 {
        let code = Int32(truncatingIfNeeded: found) &- 1
        if equals(Int(code), bytes) { return code }
      }
      place = (place &+ 1) & mask
    }
    guard let code = Int32(exactly: ends.count), code < Int32.max - 1 else { return nil }
    for index in 0..<bytes.count { arena.append(bytes[index]) }
    ends.append(arena.count)
    hashes.append(hash)
    table[place] = Self.entry(hash, code)
    if ends.count * 2 > table.count { grow() }
    return code
  }

  private func equals(_ code: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = code == 0 ? 0 : ends[code &- 1]
    guard ends[code] &- start == bytes.count else { return false }
    for index in 0..<bytes.count where arena[start &+ index] != bytes[index] { return false }
    return true
  }

  private mutating func grow() {
    table = Array(repeating: 0, count: table.count * 2)
    let mask = table.count &- 1
    for (code, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash) & mask
      while table[place] != 0 { place = (place &+ 1) & mask }
      table[place] = Self.entry(hash, Int32(truncatingIfNeeded: code))
    }
  }

  @inline(__always)
  private static func entry(_ hash: UInt64, _ code: Int32) -> UInt64 {
    hash & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(bitPattern: code &+ 1))
  }

  /// The texts in the order of their codes.
  func texts() -> [String] {
    var result: [String] = []
    result.reserveCapacity(ends.count)
    var start = 0
    for end in ends {
      result.append(String(validating: arena[start..<end], as: UTF8.self) ?? "")
      start = end
    }
    return result
  }
}
