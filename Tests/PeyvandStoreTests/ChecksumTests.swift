import Testing

@testable import PeyvandStore

@Suite struct ChecksumTests {
  /// Bit by bit, as RFC 3720 has it.
  private func plain(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }

  @Test func knownValues() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum([]) == 0)
  }

  /// Around every length at which another step takes over.
  @Test func everyLengthIsAsBitByBit() {
    var state: UInt64 = 7
    let bytes = (0..<30_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    for base in [0, 8, 16, 4_096, 8_192, 12_288, 16_384, 24_576] {
      for length in max(0, base - 9)...(base + 18) {
        let start = length % 13
        let part = Array(bytes[start..<start + length])
        #expect(CRC32C.checksum(part) == plain(part), "\(length)")
      }
    }
  }
}
