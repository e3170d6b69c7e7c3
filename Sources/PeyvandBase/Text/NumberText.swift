/// Numbers as text, and back, the same on every machine: no locale, no libc.
///
/// What is read is strict, because `Double("nan")`, `"inf"` and `"0x1p3"` all succeed in Swift and none of them is a
/// number in a company's file.
package enum NumberText {
  /// The shortest text that reads back as `x`. Whole numbers have neither point nor exponent below 10¹⁵.
  package static func shortest(_ x: Double) -> String {
    guard x.isFinite else { return x.isNaN ? "nan" : (x < 0 ? "-inf" : "inf") }
    if let whole = Int(exactly: x), whole.magnitude < 1_000_000_000_000_000 { return String(whole) }
    let text = x.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// `x` with `digits` decimals (0 to 30), rounded half away from zero.
  ///
  /// Rounds the shortest decimal form, not the binary value behind it: 1.005 with two digits is 1.01, as a
  /// reader who sees 1.005 expects. A negative number that rounds to nought has no sign.
  package static func fixed(_ x: Double, digits: Int) -> String {
    guard x.isFinite else { return shortest(x) }
    let digits = min(max(digits, 0), 30)
    var (figures, point) = decimal(x.magnitude)
    // `figures` are the digits of 0.figures · 10^point; keep point + digits of them.
    let kept = point + digits
    if kept < 0 {
      figures = []
      point = -digits
    } else if kept < figures.count {
      let roundsUp = figures[kept] >= 5
      figures.removeSubrange(kept...)
      if roundsUp {
        var index = kept - 1
        while index >= 0, figures[index] == 9 {
          figures[index] = 0
          index -= 1
        }
        if index >= 0 {
          figures[index] += 1
        } else {
          figures.insert(1, at: 0)
          point += 1
        }
      }
    }
    func figure(_ place: Int) -> Character {
      figures.indices.contains(place) ? Character(Unicode.Scalar(0x30 + figures[place])) : "0"
    }
    var text = x < 0 && figures.contains(where: { $0 != 0 }) ? "-" : ""
    if point <= 0 { text.append("0") }
    for place in 0..<max(point, 0) { text.append(figure(place)) }
    if digits > 0 {
      text.append(".")
      for place in 0..<digits { text.append(figure(point + place)) }
    }
    return text
  }

  /// The decimal digits of a magnitude, as 0.digits · 10^point.
  private static func decimal(_ magnitude: Double) -> (figures: [UInt8], point: Int) {
    var figures: [UInt8] = []
    var point: Int?
    var exponent = 0
    let text = magnitude.description
    if let mark = text.firstIndex(of: "e") { exponent = Int(text[text.index(after: mark)...]) ?? 0 }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "e") { break }
      if byte == UInt8(ascii: ".") { point = figures.count } else { figures.append(byte &- 0x30) }
    }
    var place = (point ?? figures.count) + exponent
    while figures.first == 0 {
      figures.removeFirst()
      place -= 1
    }
    while figures.last == 0 { figures.removeLast() }
    return (figures, figures.isEmpty ? 0 : place)
  }

  /// How many digits a number may be written with before it is refused.
  package static let longest = Limits.Fixed.numberBytes

  /// Reads a number: an optional sign (`-`, `+`, `−`), digits (ASCII, Persian or Arabic), decimals after `.` or
  /// `٫`, an exponent `e±n`; with `grouped`, also `,` or `٬` between threes, one of the two throughout.
  ///
  /// Nil for anything else: blanks, no digit, "nan", "inf", hexadecimal, a value past the largest Double.
  package static func parse(_ text: some StringProtocol, grouped: Bool = false) -> Double? {
    let text = String(text)
    return parse(utf8: text.utf8.span, grouped: grouped)
  }

  /// The same of UTF-8 bytes, without making a text of them; plain ASCII decimals of up to 15 digits take a short way.
  package static func parse(utf8 bytes: Span<UInt8>, grouped: Bool = false) -> Double? {
    if let plain = plainDecimal(bytes) { return plain }
    var reader = NumberReader(count: bytes.count)
    guard bytes.count <= longest, reader.read(bytes, grouped: grouped) else { return nil }
    return reader.value
  }
}

extension NumberText {
  /// What nearly every number of a file is: an ASCII sign, digits, a point and digits, few enough to be exact. Nil
  /// says only that it is not that.
  private static func plainDecimal(_ bytes: Span<UInt8>) -> Double? {
    let count = bytes.count
    guard count > 0, count <= 17 else { return nil }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    var index = isNegative ? 1 : 0
    var mantissa = 0
    var digits = 0
    var decimals: Int?
    while index < count {
      let byte = bytes[index]
      let digit = byte &- 0x30
      if digit <= 9 {
        mantissa = mantissa &* 10 &+ Int(digit)
        digits &+= 1
      } else if byte == UInt8(ascii: "."), decimals == nil {
        decimals = digits
      } else {
        return nil
      }
      index &+= 1
    }
    let scale = digits &- (decimals ?? digits)
    guard digits > 0, digits <= 15, decimals == nil || scale > 0, mantissa > 0 || !isNegative else { return nil }
    let size = Double(mantissa) / NumberReader.powers[scale]
    return isNegative ? -size : size
  }
}

/// The parts of a number as they are met in the bytes.
private struct NumberReader {
  private let count: Int
  private var index = 0
  private var isNegative = false
  /// The first 18 significant digits; `figures` is how many digits there were without leading zeros.
  private var mantissa = 0
  private var figures = 0
  private var scale = 0
  private var exponent = 0
  /// The whole number again as ASCII, for those too long for the exact way.
  private var digits: [UInt8] = []

  init(count: Int) { self.count = count }

  fileprivate static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  private enum Sign {
    case digit(Int), plus, minus, point, comma, thousands, exponent
  }

  mutating func read(_ bytes: Span<UInt8>, grouped: Bool) -> Bool {
    var separator: UInt8?
    var inGroup = 0
    var whole = 0
    var decimals = 0
    if let (sign, length) = next(bytes) {
      switch sign {
      case .minus:
        isNegative = true
        index += length
      case .plus: index += length
      default: break
      }
    }
    whole: while let (sign, length) = next(bytes) {
      switch sign {
      case .digit(let digit):
        take(digit)
        whole += 1
        inGroup += 1
      case .comma, .thousands:
        let kind: UInt8 = if case .comma = sign { 1 } else { 2 }
        guard grouped, separator == nil || separator == kind else { return false }
        guard separator == nil ? (1...3).contains(inGroup) : inGroup == 3 else { return false }
        separator = kind
        inGroup = 0
      default: break whole
      }
      index += length
    }
    if separator != nil, inGroup != 3 { return false }
    if let (sign, length) = next(bytes), case .point = sign {
      index += length
      while let (sign, length) = next(bytes), case .digit(let digit) = sign {
        take(digit)
        decimals += 1
        index += length
      }
      guard decimals > 0 else { return false }
      scale = decimals
    }
    guard whole + decimals > 0 else { return false }
    if let (sign, length) = next(bytes), case .exponent = sign {
      index += length
      guard readExponent(bytes) else { return false }
    }
    return index == count
  }

  private mutating func readExponent(_ bytes: Span<UInt8>) -> Bool {
    var isBelow = false
    if let (sign, length) = next(bytes) {
      switch sign {
      case .minus:
        isBelow = true
        index += length
      case .plus: index += length
      default: break
      }
    }
    var any = false
    while let (sign, length) = next(bytes), case .digit(let digit) = sign {
      exponent = min(exponent * 10 + digit, 1_000_000)
      any = true
      index += length
    }
    if isBelow { exponent = -exponent }
    return any
  }

  private mutating func take(_ digit: Int) {
    if figures == 0, digit == 0 { return }
    if figures < 18 {
      mantissa = mantissa &* 10 &+ digit
    } else {
      if digits.isEmpty { digits = Array(String(mantissa).utf8) }
      digits.append(UInt8(truncatingIfNeeded: 0x30 + digit))
    }
    figures += 1
  }

  /// The sign at the index and its length in bytes; nil at the end or at anything that no number holds.
  private func next(_ bytes: Span<UInt8>) -> (Sign, Int)? {
    guard index < count else { return nil }
    let byte = bytes[index]
    switch byte {
    case 0x30...0x39: return (.digit(Int(byte) - 0x30), 1)
    case 0x2E: return (.point, 1)
    case 0x2C: return (.comma, 1)
    case 0x2D: return (.minus, 1)
    case 0x2B: return (.plus, 1)
    case 0x65, 0x45: return (.exponent, 1)
    default: break
    }
    guard byte >= 0x80, index + 1 < count else { return nil }
    let second = bytes[index + 1]
    switch (byte, second) {
    case (0xD9, 0xA0...0xA9): return (.digit(Int(second) - 0xA0), 2)  // ٠–٩
    case (0xDB, 0xB0...0xB9): return (.digit(Int(second) - 0xB0), 2)  // ۰–۹
    case (0xD9, 0xAB): return (.point, 2)  // ٫
    case (0xD9, 0xAC): return (.thousands, 2)  // ٬
    case (0xE2, 0x88) where index + 2 < count && bytes[index + 2] == 0x92: return (.minus, 3)  // −
    default: return nil
    }
  }

  var value: Double? {
    if figures == 0 { return 0 }
    let power = exponent - scale
    // Both factors are exact as Doubles, so one rounding gives the nearest (W. D. Clinger, 1990).
    if figures <= 15, abs(power) <= 22 {
      let exact = Double(mantissa)
      let size = power < 0 ? exact / Self.powers[-power] : exact * Self.powers[power]
      return isNegative ? -size : size
    }
    let whole = digits.isEmpty ? String(mantissa) : String(decoding: digits, as: UTF8.self)
    guard let size = Double(whole + "e" + String(power)), size.isFinite else { return nil }
    return isNegative ? -size : size
  }
}
