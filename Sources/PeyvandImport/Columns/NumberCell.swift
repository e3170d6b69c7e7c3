import PeyvandBase

/// How a number was written, so that a column can be held to one way.
enum NumberForm: Equatable {
  /// Digits, and decimals after a point.
  case plain
  /// A sign stands between thousands.
  case grouped
  /// A comma stands before decimals: `12,5`, `1.234,50`.
  case decimalComma
}

/// The sign before decimals, where a user says it.
package enum DecimalSign: String, Hashable, Sendable, CaseIterable {
  case point = "."
  case comma = ","
}

/// Reads one number from bytes.
///
/// Plain ASCII numbers of up to 15 digits, which are nearly all, are read here in one pass: both the digits and the
/// power of ten are exact as Doubles, so one rounding gives the nearest (W. D. Clinger, 1990). All else goes through
/// `NumberText`, which is strict: "nan", "inf", "0x10" are no numbers.
enum NumberCell {
  struct Read {
    var value: Double
    var form: NumberForm
    var isPercent = false
    /// Whether it was written with a point.
    var hasPoint = false
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  /// The number, or nil where it has to be read the long way. `hasPoint` tells whether decimals were there.
  @inline(__always)
  static func fast(_ bytes: Span<UInt8>, hasPoint: inout Bool) -> Double? {
    let count = bytes.count
    guard count > 0, count <= 17 else { return nil }
    var at = 0
    let isNegative = bytes[0] == UInt8(ascii: "-")
    if isNegative { at = 1 }
    var mantissa: Int = 0
    var digits = 0
    var point = -1
    while at < count {
      let digit = bytes[at] &- 0x30
      if digit < 10 {
        mantissa = mantissa &* 10 &+ Int(digit)
        digits &+= 1
      } else if bytes[at] == UInt8(ascii: "."), point < 0 {
        point = digits
      } else {
        return nil
      }
      at &+= 1
    }
    guard digits > 0, digits <= 15 else { return nil }
    var value = Double(mantissa)
    if point >= 0 {
      guard point < digits else { return nil }
      value /= powers[digits &- point]
      hasPoint = true
    }
    // No negative nought: it would be shown as "-0".
    return isNegative && mantissa != 0 ? -value : value
  }

  /// Reads a number in any form; nil where it is none. `isTooLarge` tells a number beyond the largest Double apart.
  /// - Parameter decimal: the sign before decimals, where it is said; the other then stands between thousands.
  static func slow(_ bytes: Span<UInt8>, decimal: DecimalSign? = nil, isTooLarge: inout Bool) -> Read? {
    var cleaned = CellBytes.plain(bytes)
    guard !cleaned.isEmpty, cleaned.count <= NumberText.longest else { return nil }
    var isPercent = false
    if let rest = withoutPercent(cleaned) {
      cleaned = rest
      isPercent = true
    }
    func read(_ value: Double, _ form: NumberForm) -> Read {
      Read(
        value: isPercent ? value / 100 : value, form: form, isPercent: isPercent,
        hasPoint: cleaned.contains(UInt8(ascii: ".")))
    }
    if decimal == .comma, cleaned.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") }) {
      guard let turned = commaToPoint(cleaned, isSaid: true), let value = NumberText.parse(utf8: turned.span) else {
        return nil
      }
      return read(value, .decimalComma)
    }
    if let value = NumberText.parse(utf8: cleaned.span) { return read(value, .plain) }
    if let value = NumberText.parse(utf8: cleaned.span, grouped: true) { return read(value, .grouped) }
    if let spaced = withoutSpaces(cleaned), let value = NumberText.parse(utf8: spaced.span) {
      return read(value, .grouped)
    }
    if decimal == nil, let turned = commaToPoint(cleaned, isSaid: false),
      let value = NumberText.parse(utf8: turned.span)
    {
      return read(value, .decimalComma)
    }
    isTooLarge = looksLikeNumber(cleaned)
    return nil
  }

  /// Without `%` or `٪` (D9 AA) at either end; nil where there is none.
  private static func withoutPercent(_ bytes: [UInt8]) -> [UInt8]? {
    var rest = bytes
    if rest.last == UInt8(ascii: "%") {
      rest.removeLast()
    } else if rest.suffix(2) == [0xD9, 0xAA] {
      rest.removeLast(2)
    } else if rest.first == UInt8(ascii: "%") {
      rest.removeFirst()
    } else if rest.prefix(2) == [0xD9, 0xAA] {
      rest.removeFirst(2)
    } else {
      return nil
    }
    return CellBytes.plain(rest.span)
  }

  /// `1 250 000` or `1'250'000` without what stands between its threes; nil for any other shape.
  private static func withoutSpaces(_ bytes: [UInt8]) -> [UInt8]? {
    guard let sign = bytes.first(where: { $0 == 0x20 || $0 == UInt8(ascii: "'") }) else { return nil }
    let parts = bytes.split(separator: sign, omittingEmptySubsequences: false)
    guard parts.count >= 2, let first = parts.first, let last = parts.last else { return nil }
    func isDigits(_ part: ArraySlice<UInt8>) -> Bool { part.allSatisfy { (0x30...0x39).contains($0) } }
    let lead = first.first == UInt8(ascii: "-") ? first.dropFirst() : first
    guard (1...3).contains(lead.count), isDigits(lead) else { return nil }
    for part in parts.dropFirst().dropLast() where part.count != 3 || !isDigits(part) { return nil }
    let whole = last.prefix { (0x30...0x39).contains($0) }
    guard whole.count == 3 else { return nil }
    return bytes.filter { $0 != sign }
  }

  /// `12,5` and `1.234,5` as `12.5` and `1234.5`; nil for any other shape.
  /// - Parameter isSaid: whether the comma is known to stand before decimals, so that `1.234` has a point between thousands.
  private static func commaToPoint(_ bytes: [UInt8], isSaid: Bool) -> [UInt8]? {
    let comma = UInt8(ascii: ",")
    let point = UInt8(ascii: ".")
    let commas = bytes.filter { $0 == comma }.count
    guard commas <= 1, isSaid || commas == 1 || bytes.filter({ $0 == point }).count >= 2 else { return nil }
    let whole = bytes.prefix { $0 != comma }
    let groups = whole.split(separator: point, omittingEmptySubsequences: false)
    if groups.count > 1 {
      let lead = groups.first.map { $0.first == UInt8(ascii: "-") ? $0.dropFirst() : $0 } ?? []
      guard (1...3).contains(lead.count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
    }
    let decimals = commas == 1 ? bytes.dropFirst(whole.count + 1) : []
    guard commas == 0 || (!decimals.isEmpty && !decimals.contains(point)) else { return nil }
    return whole.filter { $0 != point } + (commas == 1 ? [point] : []) + decimals
  }

  /// Whether a number is the same with either sign before decimals and yet another: `1.250`, `12,500`, but not `0.125`,
  /// which no one writes for 125, nor `1.25`.
  static func isOpen(_ bytes: Span<UInt8>) -> Bool {
    let cleaned = CellBytes.plain(bytes)
    let digits = cleaned.first == UInt8(ascii: "-") ? cleaned.dropFirst() : cleaned[...]
    let parts = digits.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
    guard parts.count == 2, (1...3).contains(parts[0].count), parts[1].count == 3, parts[0].first != UInt8(ascii: "0")
    else { return false }
    return parts.joined().allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func looksLikeNumber(_ bytes: [UInt8]) -> Bool {
    guard bytes.contains(where: { (0x30...0x39).contains($0) }) else { return false }
    var exponents = 0
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x30...0x39, UInt8(ascii: "."): continue
      case UInt8(ascii: "-"), UInt8(ascii: "+"):
        if index > 0, bytes[index - 1] | 0x20 != UInt8(ascii: "e") { return false }
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        exponents += 1
        if exponents > 1 || index == 0 || index == bytes.count - 1 { return false }
      default: return false
      }
    }
    return exponents == 1 || bytes.count > 300
  }
}

/// Yes and no, as files write them.
enum YesNoCell {
  /// `yes no true false y n t f`, in any case, and بله خیر with their other forms; nil for all else.
  static func read(_ bytes: Span<UInt8>) -> Bool? {
    guard bytes.count > 0, bytes.count <= 12 else { return nil }
    guard bytes[0] < 0x80 else {
      return switch folded(CellBytes.text(bytes)) {
      case "بله", "بلی", "آری": true
      case "خیر", "نه": false
      default: nil
      }
    }
    guard bytes.count <= 5 else { return nil }
    // The letters in lower case, the last one lowest.
    var word: UInt64 = 0
    for index in 0..<bytes.count {
      let letter = bytes[index] | 0x20
      guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else { return nil }
      word = word << 8 | UInt64(letter)
    }
    switch word {
    case 0x79, 0x74, 0x79_6573, 0x7472_7565: return true  // y t yes true
    case 0x6E, 0x66, 0x6E6F, 0x66_616C_7365: return false  // n f no false
    default: return nil
    }
  }
}
