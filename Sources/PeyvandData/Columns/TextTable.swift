/// Different texts by their bytes, each once and in the order first met, all in one piece of memory.
///
/// A text of its own costs its bytes and four more, where a Swift `String` in an array and a `Dictionary` costs a
/// hundred. The table by which a text is found (open addressing, eight bytes a place: the upper half of the hash and the
/// code plus one) is thrown away by `seal` once a column is complete, and made again when a text is looked for. Hashes
/// are seeded anew in each process, so that no file can be written to make it slow; nothing that is shown depends on
/// them.
package struct TextTable: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [UInt32] = []
  private var slots: [UInt64] = []
  private static let seed = UInt64.random(in: .min ... .max)

  package init() {}

  package init(reserving count: Int) { ends.reserveCapacity(count) }

  /// The numbers whose bits are set, as their digits, in their order.
  init(numbers bits: [UInt64], count: Int) {
    let most = bits.lastIndex { $0 != 0 }.map { $0 << 6 | (63 - bits[$0].leadingZeroBitCount) } ?? 0
    var total = 0
    var places: [UInt32] = []
    // A word is written at a time, whatever of it counts.
    bytes = [UInt8](unsafeUninitializedCapacity: count * String(most).utf8.count + 8) { text, written in
      let raw = UnsafeMutableRawBufferPointer(text)
      places = filled(count) { ends in
        var code = 0
        for (index, word) in bits.enumerated() {
          var rest = word
          while rest != 0, code < count {
            let number = index << 6 | rest.trailingZeroBitCount
            let (high, low) = number < 100_000_000 ? (0, number) : number.quotientAndRemainder(dividingBy: 100_000_000)
            var digits = Self.digits(low)
            if high > 0 {
              for digit in String(high).utf8 {
                raw[total] = digit
                total &+= 1
              }
            }
            let noughts = high > 0 ? 0 : min(7, digits.trailingZeroBitCount >> 3)
            digits |= 0x3030_3030_3030_3030
            raw.storeBytes(of: (digits >> UInt64(noughts &* 8)).littleEndian, toByteOffset: total, as: UInt64.self)
            total &+= 8 &- noughts
            ends[code] = UInt32(clamping: total)
            code &+= 1
            rest &= rest &- 1
          }
        }
      }
      written = total
    }
    ends = places
  }

  /// The eight digits of a number below 10⁸, each a byte, the first lowest: halves, quarters and single digits are told
  /// apart side by side, quotients by products (exact in these ranges).
  @inline(__always)
  private static func digits(_ number: Int) -> UInt64 {
    let value = UInt64(truncatingIfNeeded: number)
    let fours = value / 10_000 | (value % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- 100 &* hundreds) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (pairs &- 10 &* tens) << 8
  }

  package var count: Int { ends.count }
  package var byteCount: Int { bytes.count }
  /// Bytes of memory that are held, the table by which texts are found included.
  var heldBytes: Int { bytes.capacity + ends.capacity * 4 + slots.capacity * 8 }
  /// Where the texts lie in memory: two tables at one place are one.
  var address: UInt { ends.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }

  func range(_ code: Int) -> Range<Int> {
    let start = code == 0 ? 0 : Int(ends[code - 1])
    return start..<max(start, Int(ends[code]))
  }

  /// The text of a code; empty for none.
  package subscript(code: Int) -> String {
    guard ends.indices.contains(code) else { return "" }
    return String(decoding: bytes[range(code)], as: UTF8.self)
  }

  /// Lends the bytes of a text.
  @inline(__always)
  func withBytes<R>(_ code: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let range = range(code)
    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// Adds the texts of another that are new.
  /// - Returns: for each of its codes the code here; missing beyond what a table holds.
  package mutating func add(_ other: TextTable) -> [Int32?] {
    (0..<other.count).map { code in other.withBytes(code) { self.code(of: $0) } }
  }

  // MARK: Finding

  /// The code of the bytes, added where they are new; nil beyond 2³¹ − 2 of them, or beyond 4 GiB.
  package mutating func code(of cell: Span<UInt8>) -> Int32? {
    cell.withUnsafeBufferPointer { code(of: $0) }
  }

  mutating func code(of cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    if slots.isEmpty { index() }
    let hash = Self.hash(cell)
    var place = Int(truncatingIfNeeded: hash >> 32) & (slots.count &- 1)
    while true {
      let found = slots[place]
      if found == 0 { break }
      if found >> 32 == hash >> 32 {
        let code = Int32(truncatingIfNeeded: found) &- 1
        if equals(Int(code), cell) { return code }
      }
      place = (place &+ 1) & (slots.count &- 1)
    }
    guard let code = Int32(exactly: ends.count), code < Int32.max - 1,
      let end = UInt32(exactly: bytes.count + cell.count)
    else { return nil }
    bytes.append(contentsOf: cell)
    ends.append(end)
    slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(bitPattern: code &+ 1))
    if ends.count * 3 > slots.count * 2 { grow() }
    return code
  }

  /// The code of the bytes where they are there. Needs the table: see `indexed`.
  func find(_ cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard !slots.isEmpty else { return nil }
    let hash = Self.hash(cell)
    var place = Int(truncatingIfNeeded: hash >> 32) & (slots.count &- 1)
    while slots[place] != 0 {
      if slots[place] >> 32 == hash >> 32 {
        let code = Int32(truncatingIfNeeded: slots[place]) &- 1
        if equals(Int(code), cell) { return code }
      }
      place = (place &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  @inline(__always)
  private func equals(_ code: Int, _ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    let range = range(code)
    guard range.count == cell.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < cell.count {
        if bytes[range.lowerBound &+ index] != cell[index] { return false }
        index &+= 1
      }
      return true
    }
  }

  /// Whether the table by which texts are found is there.
  var isIndexed: Bool { !slots.isEmpty || ends.isEmpty }

  /// Gives the room of the table back.
  package mutating func seal() { slots = [] }

  /// Makes the table. Linear in the bytes.
  mutating func index() {
    var size = 256
    while size * 2 < (ends.count + 1) * 3 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    for code in 0..<ends.count {
      let hash = withBytes(code) { Self.hash($0) }
      var place = Int(truncatingIfNeeded: hash >> 32) & (size &- 1)
      while slots[place] != 0 { place = (place &+ 1) & (size &- 1) }
      slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(truncatingIfNeeded: code &+ 1))
    }
  }

  /// The half of the hash that is kept is the one that places it, so the texts need not be looked at again.
  private mutating func grow() {
    let old = slots
    let size = old.count * 2
    slots = [UInt64](repeating: 0, count: size)
    for slot in old where slot != 0 {
      var place = Int(truncatingIfNeeded: slot >> 32) & (size &- 1)
      while slots[place] != 0 { place = (place &+ 1) & (size &- 1) }
      slots[place] = slot
    }
  }

  /// After W. Yi's wyhash: eight bytes are taken together, and each step is the product of two words, its halves joined.
  @inline(__always)
  static func hash(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let product = a.multipliedFullWidth(by: b)
      return product.high ^ product.low
    }
    var state = seed ^ UInt64(truncatingIfNeeded: cell.count) &* 0x9E37_79B9_7F4A_7C15
    let raw = UnsafeRawBufferPointer(cell)
    var at = 0
    while raw.count &- at >= 8 {
      state = mix(state ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self), 0xA54F_F53A_5F1D_36F1)
      at &+= 8
    }
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while at < raw.count {
      rest |= UInt64(raw[at]) << shift
      shift &+= 8
      at &+= 1
    }
    return mix(state ^ rest, 0x510E_527F_ADE6_82D1 ^ seed)
  }
}
