/// Where bytes stop being UTF-8.
///
/// Swift says whether bytes are valid but not where they are not, and a person with a broken export
/// needs the place. Rules of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Check {
  /// Whether all bytes are plain letters of ASCII, none of them NUL. As fast as memory: nothing is looked at alone.
  package static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var at = 0
    while bytes.count &- at >= 256 {
      // A byte from 0x80 on has its highest bit; among others that are none, only NUL gets it when 1 is taken away.
      var found: UInt64 = 0
      for index in 0..<32 {
        let word = bytes.loadUnaligned(fromByteOffset: at &+ index &* 8, as: UInt64.self)
        found |= word | (word &- ones)
      }
      guard found & 0x8080_8080_8080_8080 == 0 else { return false }
      at &+= 256
    }
    while at < bytes.count {
      guard bytes[at] > 0, bytes[at] < 0x80 else { return false }
      at &+= 1
    }
    return true
  }

  /// The offset of the first byte that starts no valid character, or nil when all is well. Linear.
  package static func firstInvalid(in bytes: UnsafeRawBufferPointer) -> Int? {
    var at = 0
    let count = bytes.count
    while at < count {
      // Eight plain letters at a time.
      while count - at >= 8,
        bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        at += 8
      }
      guard at < count else { return nil }
      let length = characterLength(in: bytes, at: at)
      if length == 0 { return at }
      at += length
    }
    return nil
  }

  package static func firstInvalid(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { firstInvalid(in: $0) }
  }

  /// The bytes of the character at an offset, 0 when it is none.
  package static func characterLength(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let left = bytes.count - offset
    guard left > 0 else { return 0 }
    let first = bytes[offset]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: return 0
    }
    guard left >= length, second.contains(bytes[offset + 1]) else { return 0 }
    if length > 2, bytes[offset + 2] & 0xC0 != 0x80 { return 0 }
    if length > 3, bytes[offset + 3] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
