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
}
