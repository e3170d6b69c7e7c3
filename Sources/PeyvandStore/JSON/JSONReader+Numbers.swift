/// A number as it was written.
enum JSONNumber {
  case integer(Int64)
  case double(Double)
}

extension JSONReader {
  /// Reads the number that begins at `position`.
  ///
  /// Digits are gathered eight at a time. A decimal of up to 15 digits and a small exponent is one exact
  /// multiplication or division (Clinger 1990: both sides are exact doubles, so the one rounding is the
  /// right one); everything else goes to the correctly rounding `Double.init`.
  mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    let isNegative = byte(at: position) == Ascii.minus
    if isNegative { position += 1 }
    guard let first = byte(at: position), first >= 0x30, first <= 0x39 else {
      throw position < end
        ? error(.badNumber("a digit is missing")) : error(.unexpectedEnd(wanted: "a digit"))
    }
    var mantissa: UInt64 = 0
    var isExact = true
    let integerStart = position
    digits(into: &mantissa, &isExact)
    if first == 0x30, position - integerStart > 1 {
      throw error(.badNumber("a nought before other digits"), at: integerStart)
    }
    let next = byte(at: position)
    guard next == UInt8(ascii: ".") || next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else {
      if isExact {
        if !isNegative, let value = Int64(exactly: mantissa) { return .integer(value) }
        if isNegative, mantissa <= UInt64(Int64.max) + 1 {
          return .integer(Int64(truncatingIfNeeded: 0 &- mantissa))
        }
      }
      return .double(try slow(start))
    }
    var exponent = 0
    if next == UInt8(ascii: ".") {
      position += 1
      let from = position
      digits(into: &mantissa, &isExact)
      if position == from { throw numberEnds("a digit after the point") }
      exponent = from - position
    }
    if let here = byte(at: position), here == UInt8(ascii: "e") || here == UInt8(ascii: "E") {
      position += 1
      exponent += try self.exponent()
    }
    if isExact, mantissa <= 1 << 53, abs(exponent) <= 22 {
      let power = Self.powers[abs(exponent)]
      let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return .double(isNegative ? -value : value)
    }
    if mantissa == 0, isExact { return .double(isNegative ? -0.0 : 0) }
    return .double(try slow(start))
  }

  /// Adds the digits that follow; `isExact` turns false where they no longer fit.
  @inline(__always)
  private mutating func digits(into mantissa: inout UInt64, _ isExact: inout Bool) {
    while let word = word(at: position), Self.areDigits(word), mantissa < 10_000_000_000 {
      mantissa = mantissa &* 100_000_000 &+ Self.value(ofDigits: word)
      position += 8
    }
    while let digit = byte(at: position), digit >= 0x30, digit <= 0x39 {
      let (tenfold, over) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit & 15))
      if over || carry { isExact = false }
      if isExact { mantissa = sum }
      position += 1
    }
  }

  /// The signed exponent; one beyond any use is cut, and `Double` says what it comes to.
  private mutating func exponent() throws(JSONError) -> Int {
    var isNegative = false
    if let sign = byte(at: position), sign == Ascii.minus || sign == UInt8(ascii: "+") {
      isNegative = sign == Ascii.minus
      position += 1
    }
    let from = position
    var value = 0
    while let digit = byte(at: position), digit >= 0x30, digit <= 0x39 {
      if value < 100_000 { value = value * 10 + Int(digit & 15) }
      position += 1
    }
    if position == from { throw numberEnds("a digit in the exponent") }
    return isNegative ? -value : value
  }

  private func numberEnds(_ wanted: String) -> JSONError {
    position < end ? error(.badNumber("\(wanted) is missing")) : error(.unexpectedEnd(wanted: wanted))
  }

  private func slow(_ start: Int) throws(JSONError) -> Double {
    let text = text(start..<position)
    guard let value = Double(text), value.isFinite else {
      throw error(.numberOutOfRange(text.utf8.count > 40 ? String(text.prefix(40)) + "…" : text), at: start)
    }
    return value
  }

  /// Whether all eight bytes are digits: the high halves are 3, and adding 6 does not carry out of the low ones.
  @inline(__always)
  private static func areDigits(_ word: UInt64) -> Bool {
    word & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
      && (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
  }

  /// The number of eight digits, the first in the lowest byte: pairs, then fours, then all.
  @inline(__always)
  private static func value(ofDigits word: UInt64) -> UInt64 {
    let digits = word & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
  }

  /// 10⁰ to 10²², all exact.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]
}
