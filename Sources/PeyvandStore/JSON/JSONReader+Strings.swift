import PeyvandFiles

extension JSONReader {
  /// Reads the string whose opening quote is at `position`.
  ///
  /// Plain stretches are passed eight bytes at a time; only a text with escapes is gathered in a buffer.
  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    try passPlain()
    if byte(at: position) == Ascii.quote {
      let text = text(start..<position)
      position += 1
      return text
    }
    scratch.removeAll(keepingCapacity: true)
    keep(start..<position)
    while byte(at: position) == Ascii.backslash {
      try escape()
      let from = position
      try passPlain()
      keep(from..<position)
    }
    // `passPlain` stops at a quote or a backslash alone.
    position += 1
    return String(decoding: scratch, as: UTF8.self)
  }

  /// Moves to the next quote or backslash, checking what lies before it.
  private mutating func passPlain() throws(JSONError) {
    while true {
      while let word = word(at: position) {
        let special = Self.specialBytes(in: word)
        if special == 0 {
          position += 8
          continue
        }
        position += special.trailingZeroBitCount >> 3
        break
      }
      guard let here = byte(at: position) else { throw error(.unexpectedEnd(wanted: "a closing quote")) }
      switch here {
      case Ascii.quote, Ascii.backslash: return
      case 0..<0x20: throw error(.controlCharacter(here))
      case 0x20..<0x80: position += 1
      default: try passCharacter(here)
      }
    }
  }

  /// Moves over one character beyond ASCII, and those that follow it.
  private mutating func passCharacter(_ first: UInt8) throws(JSONError) {
    var first = first
    while true {
      // Two bytes: Arabic script, Latin with marks.
      if first >= 0xC2, first <= 0xDF, let second = byte(at: position + 1), second & 0xC0 == 0x80 {
        position += 2
      } else {
        let room = UnsafeRawBufferPointer(start: base, count: end)
        let length = UTF8Check.characterLength(in: room, at: position)
        if length == 0 { throw error(.notUTF8) }
        position += length
      }
      guard let next = byte(at: position), next >= 0x80 else { return }
      first = next
    }
  }

  /// The high bit of each byte that is a quote, a backslash, a control character or not ASCII. Bits above
  /// the lowest one set may be wrong; the lowest is right.
  @inline(__always)
  private static func specialBytes(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* UInt64(Ascii.quote))
    let backslashes = word ^ (ones &* UInt64(Ascii.backslash))
    let isQuote = (quotes &- ones) & ~quotes
    let isBackslash = (backslashes &- ones) & ~backslashes
    let isControl = (word &- ones &* 0x20) & ~word
    return (isQuote | isBackslash | isControl | word) & highs
  }

  /// Reads one escape into `scratch`.
  private mutating func escape() throws(JSONError) {
    let start = position
    guard let kind = byte(at: position + 1) else {
      throw error(.unexpectedEnd(wanted: "a closing quote"), at: end)
    }
    let plain: UInt8
    switch kind {
    case Ascii.quote, Ascii.backslash, UInt8(ascii: "/"): plain = kind
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      var code = try hexadecimal(at: position + 2)
      position += 6
      if code & 0xFC00 == 0xD800 {
        guard byte(at: position) == Ascii.backslash, byte(at: position + 1) == UInt8(ascii: "u") else {
          throw error(.loneSurrogate, at: start)
        }
        let low = try hexadecimal(at: position + 2)
        guard low & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate, at: start) }
        position += 6
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw error(.loneSurrogate, at: start) }
      scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    default: throw error(.badEscape)
    }
    scratch.append(plain)
    position += 2
  }

  private func hexadecimal(at offset: Int) throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for index in 0..<4 {
      guard let digit = byte(at: offset + index) else {
        throw error(.unexpectedEnd(wanted: "four hexadecimal digits"), at: end)
      }
      switch digit {
      case 0x30...0x39: code = code << 4 | UInt32(digit - 0x30)
      case 0x41...0x46: code = code << 4 | UInt32(digit - 0x41 + 10)
      case 0x61...0x66: code = code << 4 | UInt32(digit - 0x61 + 10)
      default: throw error(.badEscape)
      }
    }
    return code
  }
}
