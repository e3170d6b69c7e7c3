import PeyvandData
import Testing

/// Lines of numbers are written as JSON has them and read back to the last bit; what is not plain is left to others.
@Suite struct NumberLinesTests {
  private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  @Test func linesAreJSON() {
    let small = Packed([Int32(0), 7, -12, 123_456, 9])
    #expect(text(NumberLines.line(small, 0..<5, nil, isDelta: false)) == "[0,7,-12,123456,9]")
    #expect(text(NumberLines.line(small, 1..<4, [1, 1, 0, 1, 1], isDelta: false)) == "[7,null,123456]")
    #expect(text(NumberLines.line(small, 0..<5, [1, 1, 0, 1, 0], isDelta: true)) == "[0,7,null,123449]")
    #expect(text(NumberLines.line(small, 0..<5, Mask(repeating: 0, count: 5), isDelta: true)) == "[]")
    let large = Packed([Int64.min, Int64.max, 0])
    #expect(text(NumberLines.line(large, 0..<3, nil, isDelta: false)) == "[-9223372036854775808,9223372036854775807,0]")
    #expect(text(NumberLines.line([0, 1, 1] as [UInt8], 0..<3, nil)) == "[0,1,1]")
    #expect(text(NumberLines.line(Packed([0.5, -0.25, 3, 12.05, -7.1]), 0..<5, nil)) == "[0.5,-0.25,3,12.05,-7.1]")
    #expect(text(NumberLines.line(Packed([0.001, -21.999]), 0..<2, nil)) == "[0.001,-21.999]")
    #expect(NumberLines.line(Packed([1.0 / 3]), 0..<1, nil) == nil)
  }

  /// Every decimal of up to three places is written as Swift writes it.
  @Test func decimalsAreTheShortest() {
    var random = Seeded(state: 9)
    for divisor in [1.0, 10, 100, 1000] {
      let values = (0..<20_000).map { _ in Double(random.next(below: 4_000_000) - 2_000_000) / divisor }
      let packed = Packed(values)
      #expect(packed.byteCount < values.count * 8)
      let written = values.map { $0 == $0.rounded() ? String(Int($0)) : $0.description }.joined(separator: ",")
      let line = NumberLines.line(packed, 0..<values.count, nil)
      #expect(text(line) == "[\(written)]")
      let read = line.flatMap { NumberLines.decimals($0.span, rows: values.count) }
      #expect(read.map { Packed.joining([$0.piece]).array } == values || values.contains { $0 < 0 && $0 > -1 })
    }
  }

  @Test func linesComeBack() {
    var random = Seeded(state: 10)
    for round in 0..<200 {
      let count = random.next(below: 300)
      let spread = [2, 10, 200, 3_000_000][round % 4]
      let low = round % 3 == 0 ? 0 : -spread
      let values = (0..<count).map { _ in Int32(low + random.next(below: spread * 2)) }
      let mask = round % 5 == 0 ? nil : Mask((0..<count).map { _ in UInt8(random.next(below: 4) > 0 ? 1 : 0) }).reduced
      let isDelta = round % 2 == 0
      let line = NumberLines.line(Packed(values), 0..<count, mask, isDelta: isDelta)
      let bounds = Int64(Int32.min)...Int64(Int32.max)
      let small = NumberLines.small(line.span, rows: count, isDelta: isDelta, bounds: bounds, nought: -1)
      let wanted = values.indices.map { mask?[$0] == 0 ? -1 : values[$0] }
      #expect(small.map { Packed.joining([$0.piece]).array } == wanted && small?.present == mask)
      let large = NumberLines.large(line.span, rows: count, isDelta: isDelta, bounds: bounds)
      #expect(
        large.map { Packed.joining([$0.piece]).array } == wanted.map { $0 == -1 && mask != nil ? 0 : Int64($0) }
          || wanted.contains(-1))
      // Nothing beyond what may be there.
      if let most = wanted.max(), most > 0, low == 0, mask == nil {
        #expect(NumberLines.small(line.span, rows: count, isDelta: isDelta, bounds: 0...Int64(most) - 1) == nil)
      }
    }
  }

  @Test(arguments: [
    "", "[", "]", "[]]", "[1,]", "[,1]", "[1 ]", " [1]", "[01]", "[-0]", "[1,2,3,4]", "[nul]", "[nulll]", "[n", "[1",
    "[1,2",
    "[+1]", "[1.5]", "[1e3]", "[1234567890123456]", "[\"1\"]", "[true]", "[1]x", "[-]", "[--1]",
  ])
  func whatIsNotPlainIsLeftToOthers(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(NumberLines.small(bytes.span, rows: 3, isDelta: false, bounds: Int64.min...Int64.max) == nil)
    #expect(NumberLines.large(bytes.span, rows: 3, isDelta: true, bounds: Int64.min...Int64.max) == nil)
    #expect(NumberLines.flags(bytes.span, rows: 3) == nil)
    let isDecimal = text == "[1.5]"
    #expect((NumberLines.decimals(bytes.span, rows: 3) == nil) != isDecimal)
  }

  @Test func decimalsThatAreNotPlainAreLeftToOthers() {
    for text in ["[1.]", "[.5]", "[-0.5]", "[1.5e1]", "[0.1234567890123456]", "[1..5]", "[1.5,]", "[1.5"] {
      #expect(NumberLines.decimals(Array(text.utf8).span, rows: 2) == nil, "\(text)")
    }
    let line = NumberLines.decimals(Array("[1.50,null]".utf8).span, rows: 4)
    #expect(line.map { Packed.joining([$0.piece]).array } == [1.5, 0, 0, 0] && line?.present == [1, 0, 0, 0])
  }

  /// What a line of whole numbers is, by its grammar; nil where it is none, or not plain.
  private func values(_ line: [UInt8], rows: Int) -> [Int64?]? {
    guard line.count >= 2, line.first == UInt8(ascii: "["), line.last == UInt8(ascii: "]") else { return nil }
    let inner = line.dropFirst().dropLast()
    guard !inner.isEmpty else { return [] }
    var values: [Int64?] = []
    for item in inner.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let digits = item.first == UInt8(ascii: "-") ? item.dropFirst() : item
      let text = String(decoding: item, as: UTF8.self)
      if text == "null" {
        values.append(nil)
      } else {
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
          digits.count == 1 || digits.first != 0x30, text != "-0", let value = Int64(text)
        else { return nil }
        values.append(value)
      }
    }
    return values.count <= rows ? values : nil
  }

  @Test func everyLineIsWhatItsGrammarSays() {
    var random = Seeded(state: 21)
    let signs = Array("0123456789,,,,-nul[]. x".utf8) + [0x80, 0xBA, 0xFF]
    var plain = 0
    for round in 0..<6_000 {
      let spread = [2, 10, 12, 120, 3_000, 40_000_000][round % 6]
      let items = (0..<random.next(below: 40)).map { _ in
        random.next(below: 30) == 0
          ? "null"
          : random.next(below: 25) == 0
            ? "-\(1 + random.next(below: spread))"
            : "\(random.next(below: spread))"
      }
      var line = Array("[\(items.joined(separator: ","))]".utf8)
      for _ in 0..<random.next(below: 3) {
        let at = random.next(below: line.count)
        let sign = signs[random.next(below: signs.count)]
        if random.next(below: 3) == 0 { line.remove(at: at) } else { line[at] = sign }
        if line.isEmpty { line = [sign] }
      }
      let rows = max(0, items.count + random.next(below: 4) - 1)
      let bounds: ClosedRange<Int64> =
        random.next(below: 4) == 0 ? 0...Int64(spread / 2) : -1_000_000_000...1_000_000_000
      for isDelta in [false, true] {
        var wanted = values(line, rows: rows)
        if isDelta, let all = wanted {
          var sum: Int64 = 0
          wanted = all.map {
            $0.map {
              sum += $0; return sum
            }
          }
        }
        if let all = wanted, all.contains(where: { $0.map { !bounds.contains($0) } ?? false }) { wanted = nil }
        let read = NumberLines.large(line.span, rows: rows, isDelta: isDelta, bounds: bounds)
        let shown = read.map { line in
          let array = Packed.joining([line.piece]).array
          return array.indices.map { (line.present?[$0] ?? 1) == 0 ? nil : Optional(array[$0]) }
        }
        let full = wanted.map { $0 + [Int64?](repeating: nil, count: rows - $0.count) }
        #expect(shown == full, "\(String(decoding: line, as: UTF8.self)) \(rows) \(isDelta)")
        let small = NumberLines.small(line.span, rows: rows, isDelta: isDelta, bounds: bounds)
        let other = small.map { line in
          let array = Packed.joining([line.piece]).array
          return array.indices.map { (line.present?[$0] ?? 1) == 0 ? nil : Optional(Int64(array[$0])) }
        }
        #expect(other == full, "\(String(decoding: line, as: UTF8.self)) \(rows) \(isDelta)")
        if full != nil, rows > 3 { plain += 1 }
      }
    }
    #expect(plain > 2_000)
  }

  /// Lines of a column of more than a million rows, put together where they stay.
  @Test func linesTogetherAreTheLines() {
    var random = Seeded(state: 33)
    let rows = [60_000, 65_536, 1] + [Int](repeating: 65_536, count: 15)
    var next: Int64 = 1_600_000_000
    var values: [Int64] = []
    var lines: [[UInt8]] = []
    for (index, count) in rows.enumerated() {
      let own = (0..<count).map { _ in
        next += Int64(random.next(below: index % 4 == 0 ? 3_000 : 40)) - (index % 3 == 0 ? 5 : 0)
        return next
      }
      if index == 9 { next = 1_500_000_000 }
      lines.append(NumberLines.line(Packed(own), 0..<count, nil, isDelta: true))
      values += own
    }
    let bounds: ClosedRange<Int64> = -1_000_000_000_000...1_000_000_000_000
    func together(_ lines: [[UInt8]], _ bounds: ClosedRange<Int64>, isSound: Bool = true) -> [Int64]? {
      let read = NumberLines.together(rows: rows, bounds: bounds) { index, read in
        let line = lines[index]
        return (isSound || index != 3) && read(line.span)
      }
      return read?.array
    }
    #expect(together(lines, bounds) == values)
    #expect(together(lines, bounds, isSound: false) == nil)
    // Whatever is not plain in one of them is left to others.
    #expect(together(lines, 0...(values.max() ?? 0) - 1) == nil)
    #expect(together(lines, (values.min() ?? 0) + 1...1_000_000_000_000) == nil)
    for wrong in ["[null]", "[]", "[1,2]", "[5000000000]", "[-0]", "[1", ""] {
      var other = lines
      other[2] = Array(wrong.utf8)
      #expect(together(other, bounds) == nil, "\(wrong)")
    }
    let few = Array("[1,2]".utf8)
    let none = NumberLines.together(rows: [2], bounds: bounds) { $1(few.span) }
    #expect(none == nil)
  }
}
