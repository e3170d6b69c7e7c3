import PeyvandBase

/// Lines of numbers as a store's file has them, `[12,3,null,4.5]`, and the packed values that they are.
///
/// The hot path of opening and saving. Only the plain shape is read here: no blanks, no exponents, numbers of a few digits;
/// of all else the answer is nil, and the JSON reader looks at it and says what is wrong. What stands behind the end of a
/// line that has fewer values than rows is missing.
package enum NumberLines {
  /// A line's values, and which of them are there (all, without a mask).
  package struct Line<Element: PackedElement>: Sendable {
    package var piece: PackedPiece<Element>
    package var present: Mask?

    package init(piece: PackedPiece<Element>, present: Mask?) {
      self.piece = piece
      self.present = present
    }
  }

  // MARK: Reading

  /// - Parameters:
  ///   - isDelta: whether each is less the one before it.
  ///   - bounds: of what is there; anything else is not plain.
  ///   - nought: what stands for a missing value.
  package static func small(
    _ line: Span<UInt8>, rows: Int, isDelta: Bool, bounds: ClosedRange<Int64>, nought: Int32 = 0
  ) -> Line<Int32>? {
    if !isDelta, let digits = digits(line, rows: rows, bounds: bounds) {
      return Line(piece: PackedPiece(digits: digits), present: nil)
    }
    return integers(line, rows, isDelta, bounds, nought)
  }

  package static func large(
    _ line: Span<UInt8>, rows: Int, isDelta: Bool, bounds: ClosedRange<Int64>
  ) -> Line<Int64>? {
    integers(line, rows, isDelta, bounds, 0)
  }

  /// Lines of whole numbers that follow one another, each less the one before it in its line, as one column of four bytes
  /// each: put where they stay, on two threads.
  /// - Parameters:
  ///   - rows: of each line.
  ///   - bounds: of the values.
  ///   - lend: hands a line's bytes to a reader, once they are found sound, and tells whether both went well.
  /// - Returns: nil where there are few, where a value is missing, or where anything else is to be asked.
  package static func together(
    rows: [Int], bounds: ClosedRange<Int64>, _ lend: @escaping @Sendable (Int, (Span<UInt8>) -> Bool) -> Bool
  ) -> Packed<Int64>? {
    var places = [0]
    for rows in rows {
      guard rows >= 0 else { return nil }
      places.append(places[places.count - 1] + rows)
    }
    let (starts, count) = (places, places[places.count - 1])
    guard count >= 1 << 20 else { return nil }
    var first: Int64?
    _ = lend(0) { line in
      first = line.withUnsafeBufferPointer { $0.count > 1 ? integer($0, 1)?.value : nil }
      return true
    }
    guard let base = first else { return nil }
    var spans: [ClosedRange<Int64>?] = []
    let values: [Int32] = filled(count) { out in
      LargePages.advise(out, bytes: count &* MemoryLayout<Int32>.stride)
      // A number may go to another thread, where the array waits for it.
      let address = UInt(bitPattern: out)
      spans = Parts.map(2) { part -> ClosedRange<Int64>? in
        guard let out = UnsafeMutablePointer<Int32>(bitPattern: address) else { return nil }
        var (low, high) = (base, base)
        for index in stride(from: part, to: rows.count, by: 2) {
          let isRead = lend(index) { line in
            line.withUnsafeBufferPointer {
              differences($0, rows[index], less: base, into: out + starts[index], &low, &high)
            }
          }
          guard isRead else { return nil }
        }
        return low...high
      }
    }
    var (low, high) = (base, base)
    for span in spans {
      guard let span else { return nil }
      (low, high) = (min(low, span.lowerBound), max(high, span.upperBound))
    }
    guard bounds.contains(low), bounds.contains(high), low - base >= Int64(Int32.min), high - base <= Int64(Int32.max),
      PackedRange(low: low, high: high).fit(below: 8)?.bytes == 4
    else { return nil }
    return Packed(.int32(values), PackedScale(offset: base, divisor: 1))
  }

  /// Reads a line in which no value is missing; false for any other.
  private static func differences(
    _ bytes: UnsafeBufferPointer<UInt8>, _ rows: Int, less base: Int64, into out: UnsafeMutablePointer<Int32>,
    _ low: inout Int64, _ high: inout Int64
  ) -> Bool {
    var previous: Int64 = 0
    var (least, most) = (low, high)
    @inline(__always) func put(_ own: Int64, _ row: Int) {
      // A value of up to 15 digits: what leaves the bounds is seen before a sum could come back into them.
      previous = previous &+ own
      least = min(least, previous)
      most = max(most, previous)
      out[row] = Int32(truncatingIfNeeded: previous &- base)
    }
    let found = scan(
      bytes, rows,
      { at, row in
        guard let (own, end) = integer(bytes, at) else { return nil }
        put(own, row)
        return end
      },
      pair: { at, row in
        guard let (first, second, end) = integers(bytes, at) else { return nil }
        put(first, row)
        put(second, row &+ 1)
        return end
      })
    (low, high) = (least, most)
    return found.map { $0.count == rows && $0.missing.isEmpty } ?? false
  }

  package static func flags(_ line: Span<UInt8>, rows: Int) -> (values: [UInt8], present: Mask?)? {
    if let digits = digits(line, rows: rows, bounds: 0...1) { return (digits.map { UInt8(bitPattern: $0) }, nil) }
    guard let line: Line<Int32> = integers(line, rows, false, 0...1, 0) else { return nil }
    return (line.piece.values.array.map { UInt8(truncatingIfNeeded: $0) }, line.present)
  }

  package static func decimals(_ line: Span<UInt8>, rows: Int) -> Line<Double>? {
    guard rows >= 0 else { return nil }
    var values = [Double](repeating: 0, count: rows)
    let found: Scan? = line.withUnsafeBufferPointer { bytes in
      values.withUnsafeMutableBufferPointer { out in
        scan(bytes, rows) { at, row in
          guard let (value, end) = decimal(bytes, at) else { return nil }
          out[row] = value
          return end
        }
      }
    }
    guard let found else { return nil }
    return Line(piece: PackedPiece(values), present: found.mask(rows))
  }

  /// A line of nothing but single digits: two bytes a value, looked at eight together.
  private static func digits(_ line: Span<UInt8>, rows: Int, bounds: ClosedRange<Int64>) -> [Int8]? {
    guard rows > 0, line.count == 2 * rows + 1 else { return nil }
    return line.withUnsafeBufferPointer { bytes -> [Int8]? in
      guard bytes[0] == UInt8(ascii: "["), bytes[bytes.count - 1] == UInt8(ascii: "]") else { return nil }
      guard bounds.lowerBound <= 0, bounds.upperBound >= 0 else { return nil }
      // A digit above the bound gets the highest bit, as what is no digit does.
      let above = UInt64(127 - min(9, bounds.upperBound)) &* 0x0001_0001_0001_0001
      let raw = UnsafeRawBufferPointer(bytes)
      var wrong: UInt64 = 0
      let values: [Int8] = filled(rows) { out in
        let target = UnsafeMutableRawPointer(out)
        var row = 0
        while row &+ 4 < rows {
          // Four digits and the commas behind them.
          let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 2 &* row &+ 1, as: UInt64.self))
          let four = (word & 0x00FF_00FF_00FF_00FF) ^ 0x0030_0030_0030_0030
          wrong |= (word & 0xFF00_FF00_FF00_FF00) ^ 0x2C00_2C00_2C00_2C00
          wrong |= ((four &+ above) | four) & 0x0080_0080_0080_0080
          let pairs = (four | four >> 8) & 0x0000_FFFF_0000_FFFF
          let together = UInt32(truncatingIfNeeded: pairs | pairs >> 16)
          target.storeBytes(of: together.littleEndian, toByteOffset: row, as: UInt32.self)
          row &+= 4
        }
        while row < rows {
          let digit = bytes[2 &* row &+ 1] ^ 0x30
          let sign = bytes[2 &* row &+ 2]
          if Int64(digit) > min(9, bounds.upperBound) || (sign != UInt8(ascii: ",") && row < rows &- 1) { wrong |= 1 }
          out[row] = Int8(truncatingIfNeeded: digit)
          row &+= 1
        }
      }
      return wrong == 0 ? values : nil
    }
  }

  /// Which rows of a line were missing.
  private struct Scan {
    var missing: [Int32] = []
    /// Values that the line has.
    var count = 0

    func mask(_ rows: Int) -> Mask? {
      guard !missing.isEmpty || count < rows else { return nil }
      var mask = Mask(repeating: 1, count: rows)
      for row in missing { mask[Int(row)] = 0 }
      if count < rows { mask.clear(from: count) }
      return mask
    }
  }

  /// Goes over the values of a line; `value` reads one at a place and gives the place behind it.
  /// - Parameter pair: reads two with their commas, where it can, and gives the place behind them; −1 where they are none.
  @inline(__always)
  private static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, _ rows: Int, _ value: (_ at: Int, _ row: Int) -> Int?,
    pair: (_ at: Int, _ row: Int) -> Int? = { _, _ in nil }
  ) -> Scan? {
    guard bytes.count >= 2, bytes[0] == UInt8(ascii: "[") else { return nil }
    var result = Scan()
    var at = 1
    if bytes[1] == UInt8(ascii: "]") { return bytes.count == 2 ? result : nil }
    while true {
      while result.count &+ 2 < rows, at &+ 8 < bytes.count, let end = pair(at, result.count) {
        guard end > 0 else { return nil }
        at = end
        result.count &+= 2
      }
      guard result.count < rows, at < bytes.count else { return nil }
      if bytes[at] == UInt8(ascii: "n") {
        guard at &+ 4 < bytes.count, bytes[at &+ 1] == UInt8(ascii: "u"), bytes[at &+ 2] == UInt8(ascii: "l"),
          bytes[at &+ 3] == UInt8(ascii: "l")
        else { return nil }
        result.missing.append(Int32(truncatingIfNeeded: result.count))
        at &+= 4
      } else {
        guard let end = value(at, result.count) else { return nil }
        at = end
      }
      result.count &+= 1
      guard at < bytes.count else { return nil }
      if bytes[at] == UInt8(ascii: ",") {
        at &+= 1
      } else {
        return bytes[at] == UInt8(ascii: "]") && at &+ 1 == bytes.count ? result : nil
      }
    }
  }

  /// The number of some digits, each in a byte, the last in the highest one; noughts before them.
  @inline(__always)
  private static func number(_ digits: UInt64) -> Int64 {
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return Int64(truncatingIfNeeded: (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF)
  }

  /// Two whole numbers from 0, each with the comma behind it, that stand in eight bytes together; nil where they do not.
  @inline(__always)
  private static func integers(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int
  ) -> (first: Int64, second: Int64, end: Int)? {
    let word = UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt64.self))
    let digits = word ^ 0x3030_3030_3030_3030
    let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    let rest = others & (others &- 1)
    guard rest != 0 else { return nil }
    // In bits: where the first comma stands, and the second.
    let one = UInt64(others.trailingZeroBitCount) & 56
    let two = UInt64(rest.trailingZeroBitCount) & 56
    guard one > 0, two > one &+ 8, (word >> one) & 0xFF == 0x2C, (word >> two) & 0xFF == 0x2C else { return nil }
    let second = digits >> (one &+ 8)
    // No noughts in front, which JSON does not have either.
    guard digits & 0xFF != 0 || one == 8, second & 0xFF != 0 || two == one &+ 16 else { return nil }
    return (
      number(digits << (64 &- one)), number(second << (64 &- (two &- one &- 8))),
      at &+ Int(truncatingIfNeeded: two >> 3) &+ 1
    )
  }

  /// A whole number of up to 15 digits.
  @inline(__always)
  private static func integer(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (value: Int64, end: Int)? {
    var at = start
    let isNegative = bytes[at] == UInt8(ascii: "-")
    if isNegative { at &+= 1 }
    let first = at
    if at &+ 8 <= bytes.count {
      // Up to seven digits at once, without a branch on how many they are: the first byte that is none ends them.
      let word = UInt64(
        littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let digits = word ^ 0x3030_3030_3030_3030
      let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
      let count = others.trailingZeroBitCount >> 3
      if count > 0, count < 8 {
        guard count == 1 || bytes[first] != 0x30 else { return nil }
        let value = number(digits << UInt64(64 &- 8 &* count))
        guard !isNegative || value != 0 else { return nil }
        return (isNegative ? 0 &- value : value, at &+ count)
      }
    }
    var value: Int64 = 0
    while at < bytes.count {
      let digit = bytes[at] &- 0x30
      guard digit <= 9 else { break }
      value = value &* 10 &+ Int64(digit)
      at &+= 1
    }
    let count = at &- first
    // No nought in front, which JSON does not have either; and no −0.
    guard count > 0, count <= 15, count == 1 || bytes[first] != 0x30, !isNegative || value != 0 else { return nil }
    return (isNegative ? 0 &- value : value, at)
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  /// A number of up to 15 digits: both sides of the quotient are exact, so its one rounding is the right one.
  @inline(__always)
  private static func decimal(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (value: Double, end: Int)? {
    guard let (whole, end) = integer(bytes, start) else { return nil }
    guard end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return (Double(whole), end) }
    var at = end &+ 1
    var value = whole.magnitude
    while at < bytes.count {
      let digit = bytes[at] &- 0x30
      guard digit <= 9 else { break }
      guard at &- start < 17 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      at &+= 1
    }
    let places = at &- end &- 1
    guard places > 0, value < 1_000_000_000_000_000 else { return nil }
    let number = Double(value) / powers[places]
    return (whole < 0 ? -number : number, at)
  }

  @inline(__always)
  private static func integers<Element: PackedElement & FixedWidthInteger>(
    _ line: Span<UInt8>, _ rows: Int, _ isDelta: Bool, _ bounds: ClosedRange<Int64>, _ nought: Element
  ) -> Line<Element>? {
    guard rows >= 0 else { return nil }
    let (low, high) = (bounds.lowerBound, bounds.upperBound)
    var values = [Element](repeating: nought, count: rows)
    let found: Scan? = line.withUnsafeBufferPointer { bytes in
      values.withUnsafeMutableBufferPointer { out in
        var previous: Int64 = 0
        @inline(__always) func put(_ own: Int64, _ row: Int) -> Bool {
          let value = isDelta ? previous &+ own : own
          previous = value
          out[row] = Element(truncatingIfNeeded: value)
          return value >= low && value <= high
        }
        return scan(
          bytes, rows,
          { at, row in
            guard let (own, end) = integer(bytes, at), put(own, row) else { return nil }
            return end
          },
          pair: { at, row in
            guard let (first, second, end) = integers(bytes, at) else { return nil }
            return put(first, row) && put(second, row &+ 1) ? end : -1
          })
      }
    }
    guard let found else { return nil }
    return Line(piece: PackedPiece(values), present: found.mask(rows))
  }

  // MARK: Writing

  /// The values of some rows as a line; missing ones at its end are left out.
  package static func line(_ values: Packed<Int32>, _ range: Range<Int>, _ present: Mask?, isDelta: Bool) -> [UInt8] {
    let values = values.slab(range)
    return line(range, present, isDelta) { Int64(values.storage[values.start &+ $0 &* values.stride]) }
  }

  package static func line(_ values: Packed<Int64>, _ range: Range<Int>, _ present: Mask?, isDelta: Bool) -> [UInt8] {
    let values = values.slab(range)
    return line(range, present, isDelta) { values.storage[values.start &+ $0 &* values.stride] }
  }

  package static func line(_ values: [UInt8], _ range: Range<Int>, _ present: Mask?) -> [UInt8] {
    line(range, present, false) { Int64(values[range.lowerBound &+ $0]) }
  }

  /// Decimals that lie in few bytes; nil where they do not.
  package static func line(_ values: Packed<Double>, _ range: Range<Int>, _ present: Mask?) -> [UInt8]? {
    let (scale, pages) = (values.scale, values.pages)
    func all<S: FixedWidthInteger>(_ stored: [S]) -> [UInt8] {
      lines(range, present, widest: 14) { out, at, index in
        let place = range.lowerBound &+ index
        put(
          Int64(truncatingIfNeeded: stored[pages?.place(place) ?? place]) &+ scale.offset, over: Int64(scale.divisor),
          out, &at)
      }
    }
    return switch values.form {
    case .int8(let stored): all(stored)
    case .int16(let stored): all(stored)
    case .int32(let stored): all(stored)
    case .wide: nil
    }
  }

  @inline(__always)
  private static func line(
    _ range: Range<Int>, _ present: Mask?, _ isDelta: Bool, _ value: (Int) -> Int64
  ) -> [UInt8] {
    var previous: Int64 = 0
    return lines(range, present, widest: 21) { out, at, index in
      let own = value(index)
      put(isDelta ? own &- previous : own, out, &at)
      previous = own
    }
  }

  /// - Parameter widest: bytes of one value with its comma.
  @inline(__always)
  private static func lines(
    _ range: Range<Int>, _ present: Mask?, widest: Int,
    _ put: (UnsafeMutableBufferPointer<UInt8>, inout Int, Int) -> Void
  ) -> [UInt8] {
    var count = range.count
    if let present { while count > 0, present[range.lowerBound + count - 1] == 0 { count -= 1 } }
    return [UInt8](unsafeUninitializedCapacity: count * max(widest, 5) + 2) { out, written in
      var at = 1
      out[0] = UInt8(ascii: "[")
      for index in 0..<count {
        if let present, present[range.lowerBound &+ index] == 0 {
          out[at] = UInt8(ascii: "n")
          out[at &+ 1] = UInt8(ascii: "u")
          out[at &+ 2] = UInt8(ascii: "l")
          out[at &+ 3] = UInt8(ascii: "l")
          at &+= 4
        } else {
          put(out, &at, index)
        }
        out[at] = UInt8(ascii: ",")
        at &+= 1
      }
      // The last comma is the end.
      if count == 0 { at = 2 }
      out[at &- 1] = UInt8(ascii: "]")
      written = at
    }
  }

  @inline(__always)
  private static func put(_ value: Int64, _ out: UnsafeMutableBufferPointer<UInt8>, _ at: inout Int) {
    if value < 0 {
      out[at] = UInt8(ascii: "-")
      at &+= 1
    }
    put(digits: value.magnitude, out, &at)
  }

  @inline(__always)
  private static func put(digits value: UInt64, _ out: UnsafeMutableBufferPointer<UInt8>, _ at: inout Int) {
    if value < 10 {
      out[at] = 0x30 | UInt8(truncatingIfNeeded: value)
      at &+= 1
      return
    }
    var count = 1
    var bound: UInt64 = 10
    while bound <= value, count < 20 {
      count &+= 1
      let (next, over) = bound.multipliedReportingOverflow(by: 10)
      if over { break }
      bound = next
    }
    var rest = value
    var place = at &+ count
    while place > at {
      place &-= 1
      out[place] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    at &+= count
  }

  /// A whole number of tenths, hundredths or thousandths, with no nought at its end.
  @inline(__always)
  private static func put(
    _ value: Int64, over divisor: Int64, _ out: UnsafeMutableBufferPointer<UInt8>, _ at: inout Int
  ) {
    guard divisor > 1 else { return put(value, out, &at) }
    if value < 0 {
      out[at] = UInt8(ascii: "-")
      at &+= 1
    }
    let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: UInt64(divisor))
    put(digits: whole, out, &at)
    var rest = part
    var bound = UInt64(divisor)
    guard rest > 0 else { return }
    out[at] = UInt8(ascii: ".")
    at &+= 1
    while rest > 0, bound > 1 {
      bound /= 10
      let (digit, left) = rest.quotientAndRemainder(dividingBy: bound)
      out[at] = 0x30 | UInt8(truncatingIfNeeded: digit)
      at &+= 1
      rest = left
    }
  }
}
