import PeyvandFiles

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every burst of up to 32 wrong bits, and others but for
/// one in four thousand million. Sixteen bytes a step by sixteen tables, and two stretches side by side, since each step
/// waits for the one before it: the checksum of one after the other is that of the second by itself and what noughts, as many
/// as it has bytes, make of the first's (M. Adler's `crc32_combine`, here for one length).
enum CRC32C {
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0) }
  }

  /// Of a stretch of a file; nil where the file does not reach so far.
  static func checksum(_ bytes: FileBytes, _ range: Range<Int>) -> UInt32? {
    bytes.withUnsafeBytes { all in
      guard range.lowerBound >= 0, range.upperBound <= all.count else { return nil }
      return checksum(UnsafeRawBufferPointer(rebasing: all[range]))
    }
  }

  /// Whether a stretch of a file has a checksum. The fuzzer's build looks behind them: there all fit.
  static func fits(_ checksum: UInt32, _ bytes: FileBytes, _ range: Range<Int>) -> Bool {
    guard let own = self.checksum(bytes, range) else { return false }
    #if PEYVAND_FUZZ
      return own == own
    #else
      return own == checksum
    #endif
  }

  static func fits(_ text: String, _ bytes: FileBytes, _ range: Range<Int>) -> Bool {
    guard let own = checksum(bytes, range) else { return false }
    #if PEYVAND_FUZZ
      return own == own
    #else
      return self.text(own) == text
    #endif
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    var at = 0
    let (stretch, noughts) = (Self.stretch, Self.noughts)
    tables.withUnsafeBufferPointer { tables in
      @inline(__always) func table(_ number: Int, _ byte: UInt32) -> UInt32 {
        tables[number << 8 | Int(byte & 0xFF)]
      }
      /// The checksum with sixteen bytes more.
      @inline(__always) func sixteen(_ crc: UInt32, _ at: Int) -> UInt32 {
        let first = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
        let second = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
        let (a, b) = (UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32))
        let (c, d) = (UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: second >> 32))
        let early = table(15, a) ^ table(14, a >> 8) ^ table(13, a >> 16) ^ table(12, a >> 24)
        let next = table(11, b) ^ table(10, b >> 8) ^ table(9, b >> 16) ^ table(8, b >> 24)
        let later = table(7, c) ^ table(6, c >> 8) ^ table(5, c >> 16) ^ table(4, c >> 24)
        return early ^ next ^ later ^ table(3, d) ^ table(2, d >> 8) ^ table(1, d >> 16) ^ table(0, d >> 24)
      }
      while bytes.count - at >= 2 * stretch {
        var behind: UInt32 = 0
        let end = at + stretch
        while at < end {
          crc = sixteen(crc, at)
          behind = sixteen(behind, at + stretch)
          at += 16
        }
        crc =
          noughts[Int(crc & 0xFF)] ^ noughts[256 | Int(crc >> 8 & 0xFF)] ^ noughts[512 | Int(crc >> 16 & 0xFF)]
          ^ noughts[768 | Int(crc >> 24)] ^ behind
        at += stretch
      }
      while bytes.count - at >= 16 {
        crc = sixteen(crc, at)
        at += 16
      }
      while bytes.count - at >= 8 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let low = UInt32(truncatingIfNeeded: word) ^ crc
        let high = UInt32(truncatingIfNeeded: word >> 32)
        let first = table(7, low) ^ table(6, low >> 8) ^ table(5, low >> 16) ^ table(4, low >> 24)
        crc = first ^ table(3, high) ^ table(2, high >> 8) ^ table(1, high >> 16) ^ table(0, high >> 24)
        at += 8
      }
      while at < bytes.count {
        crc = crc >> 8 ^ table(0, crc ^ UInt32(bytes[at]))
        at += 1
      }
    }
    return ~crc
  }

  /// Eight letters, as it stands in a file.
  static func text(_ crc: UInt32) -> String {
    let digits = String(crc, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
  }

  /// Table n: the effect of a byte that n more bytes follow.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// Bytes of each of two stretches that are gone over together.
  private static let stretch = 4_096

  /// What a stretch of noughts makes of a checksum: of each byte of it, the lowest first; their sum is that of all.
  private static let noughts: [UInt32] = {
    func image(_ columns: [UInt32], _ crc: UInt32) -> UInt32 {
      columns.indices.reduce(0) { crc >> UInt32($1) & 1 == 1 ? $0 ^ columns[$1] : $0 }
    }
    // One nought, as what it makes of each bit; then twice as many, until they are a stretch.
    var columns = (0..<32).map { bit in
      let crc: UInt32 = 1 << UInt32(bit)
      return crc >> 8 ^ tables[Int(crc & 0xFF)]
    }
    var count = 1
    while count < stretch {
      columns = columns.map { image(columns, $0) }
      count *= 2
    }
    return (0..<4).flatMap { place in (0..<256).map { image(columns, UInt32($0) << UInt32(8 * place)) } }
  }()
}
