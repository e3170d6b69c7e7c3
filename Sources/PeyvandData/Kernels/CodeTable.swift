/// Numbers whole numbers by the order in which they are first met.
///
/// Small codes (rows, codes of texts, days, periods) are places in an array; others stand in a table with open
/// addressing and linear probing over a power of two at most half full. The order is that of meeting, never that
/// of hashes.
package struct CodeTable: Sendable {
  /// The different codes, by their number.
  package private(set) var codes: [Int64] = []
  /// The numbers of small codes, −1 where none; as long as it has had to be.
  private var direct: [Int32] = []
  private let directCodes: Int64
  /// −1 where free.
  private var slots: [Int32]
  private var mask: Int

  /// - Parameter isBrief: for the rows of one batch, to which an array of small codes would be out of proportion.
  package init(capacity: Int = 16, isBrief: Bool = false) {
    directCodes = isBrief ? 0 : 1 << 22
    var size = 32
    while size < capacity * 2, size < 1 << 30 { size <<= 1 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  package var count: Int { codes.count }

  /// The number of a code, a new one where it is new.
  package mutating func number(of code: Int64) -> Int32 {
    if code >= 0, code < directCodes { return number(ofSmall: Int(code)) }
    if (codes.count + 1) * 2 > slots.count { grow() }
    var slot = Self.slot(code, mask)
    while true {
      let found = slots[slot]
      if found < 0 {
        let number = Int32(truncatingIfNeeded: codes.count)
        slots[slot] = number
        codes.append(code)
        return number
      }
      if codes[Int(found)] == code { return found }
      slot = (slot &+ 1) & mask
    }
  }

  private mutating func number(ofSmall code: Int) -> Int32 {
    if code >= direct.count {
      let size = min(Int(directCodes), max(64, code * 2 + 1))
      direct.append(contentsOf: repeatElement(-1, count: size - direct.count))
    }
    let found = direct[code]
    if found >= 0 { return found }
    let number = Int32(truncatingIfNeeded: codes.count)
    direct[code] = number
    codes.append(Int64(code))
    return number
  }

  private mutating func grow() {
    let size = slots.count * 2
    mask = size - 1
    slots = [Int32](repeating: -1, count: size)
    for (number, code) in codes.enumerated() where code < 0 || code >= directCodes {
      var slot = Self.slot(code, mask)
      while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: number)
    }
  }

  /// Fibonacci hashing: the product's high bits.
  @inline(__always)
  static func slot(_ code: Int64, _ mask: Int) -> Int {
    let product = UInt64(bitPattern: code) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: (product ^ (product >> 32)) >> 16) & mask
  }
}
