/// Why a cell is no value of its column's type.
package enum CellFault: UInt8, Hashable, Sendable {
  case notNumber, numberOutOfRange, notYesNo, notDate, noSuchDay, otherCalendar, notTime, notDuration, textTooLong
  /// A column tells 2³¹ texts apart.
  case tooManyTexts
}

/// What every reader of cells does with bytes first, in one place.
enum CellBytes {
  /// The range without the ASCII blanks around it.
  @inline(__always)
  static func trimmed(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (start: Int, end: Int) {
    var start = start
    var end = end
    while start < end, isBlank(bytes[start]) { start &+= 1 }
    while end > start, isBlank(bytes[end &- 1]) { end &-= 1 }
    return (start, end)
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// Whether there is nothing to see in the bytes: blanks, no-break spaces, marks of direction and joiners.
  static func isInvisible(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count <= 64 else { return false }
    return plain(bytes).isEmpty
  }

  /// The bytes without blanks around them and without what cannot be seen: no-break spaces (C2 A0, E2 80 AF), marks
  /// of direction and joiners (E2 80 8B–8F, AA–AE; E2 81 A0, A6–A9), the byte order mark. For numbers and dates
  /// copied from web pages and right-to-left sheets.
  static func plain(_ bytes: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0xC2, at + 1 < bytes.count, bytes[at + 1] == 0xA0 {
        result.append(0x20)
        at += 2
        continue
      }
      if byte == 0xE2, at + 2 < bytes.count {
        let second = bytes[at + 1]
        let third = bytes[at + 2]
        if second == 0x80, third == 0xAF {
          result.append(0x20)
          at += 3
          continue
        }
        let dropped =
          (second == 0x80 && ((0x8B...0x8F).contains(third) || (0xAA...0xAE).contains(third)))
          || (second == 0x81 && (third == 0xA0 || (0xA6...0xA9).contains(third)))
        if dropped {
          at += 3
          continue
        }
      }
      if byte == 0xEF, at + 2 < bytes.count, bytes[at + 1] == 0xBB, bytes[at + 2] == 0xBF {
        at += 3
        continue
      }
      result.append(byte)
      at += 1
    }
    while let last = result.last, isBlank(last) { result.removeLast() }
    var first = 0
    while first < result.count, isBlank(result[first]) { first += 1 }
    return first == 0 ? result : Array(result[first...])
  }

  static func hasNonASCII(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<bytes.count where bytes[index] >= 0x80 { return true }
    return false
  }

  /// The bytes as text; they were checked when the file was opened.
  static func text(_ bytes: Span<UInt8>) -> String {
    guard let valid = try? UTF8Span(validating: bytes) else { return "" }
    return String(copying: valid)
  }

  /// Persian and Arabic digits as ASCII, for readers of fixed shapes.
  static func digitsToASCII(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if at + 1 < bytes.count {
        if bytes[at] == 0xD9, (0xA0...0xA9).contains(bytes[at + 1]) {
          result.append(bytes[at + 1] - 0xA0 + 0x30)
          at += 2
          continue
        }
        if bytes[at] == 0xDB, (0xB0...0xB9).contains(bytes[at + 1]) {
          result.append(bytes[at + 1] - 0xB0 + 0x30)
          at += 2
          continue
        }
      }
      result.append(bytes[at])
      at += 1
    }
    return result
  }
}
