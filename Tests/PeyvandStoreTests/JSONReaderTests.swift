import PeyvandBase
import PeyvandFiles
import PeyvandStore
import Testing

@Suite("Reading JSON")
struct JSONReaderTests {
  /// The error of reading a text whole; nil when it is taken.
  private func failure(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue(FileBytes(bytes))
      return nil
    } catch {
      return error
    }
  }

  /// The error of going over the text without making anything of it.
  private func skipping(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      var reader = JSONReader(FileBytes(bytes))
      try reader.skipValue()
      guard try reader.next() == .end else { return JSONError(.trailingComma) }
      return nil
    } catch {
      return error
    }
  }

  @Test("what every reader must take", arguments: JSONCases.accepted)
  func accepted(text: String) {
    #expect(failure(Array(text.utf8)) == nil)
    #expect(skipping(Array(text.utf8)) == nil)
  }

  @Test("what no reader may take, with its place", arguments: JSONCases.refused)
  func refused(text: String) throws {
    let error = try #require(failure(Array(text.utf8)))
    #expect(skipping(Array(text.utf8)) == error)
    #expect(error.byte >= 0 && error.byte <= text.utf8.count)
    #expect(error.line >= 1 && error.column >= 1)
    #expect(!error.message.isEmpty)
  }

  @Test("bytes that are not UTF-8", arguments: JSONCases.refusedBytes)
  func refusedBytes(bytes: [UInt8]) {
    #expect(failure(bytes) != nil)
    #expect(skipping(bytes) != nil)
  }

  @Test("what the standard leaves open", arguments: JSONCases.decided)
  func decided(text: String, taken: Bool) {
    #expect((failure(Array(text.utf8)) == nil) == taken)
  }

  @Test("every cut of a good text is refused, and no cut runs past the end")
  func cuts() {
    let text = Array(
      "{\"a\":[1,-2.5e3,true,null,\"\\u00e9\\n\u{633}\u{1F600} long enough for words\"],\"b\":{\"c\":[]}}".utf8)
    #expect(failure(text) == nil)
    for count in 0..<text.count {
      #expect(failure(Array(text.prefix(count))) != nil)
      // Bytes beyond the range are not looked at.
      var reader = JSONReader(FileBytes(text), range: 0..<count)
      #expect(throws: JSONError.self) { try reader.skipValue() }
    }
  }

  @Test("places are lines and characters, not bytes")
  func places() throws {
    let error = try #require(failure(Array("{\n  \"\u{646}\u{627}\u{645}\": x\n}".utf8)))
    #expect(error.line == 2)
    #expect(error.column == 10)
    #expect(error.byte == 14)
    #expect(error.problem == .unexpected("'x'", wanted: "a value"))
    #expect(error.message == "'x' where a value was expected")
  }

  @Test("512 levels are read and 513 refused; a million brackets at once", arguments: ["[", "{\"a\":"])
  func depth(open: String) throws {
    let close = open == "[" ? "]" : "}"
    func nested(_ levels: Int) -> [UInt8] {
      Array(
        (String(repeating: open, count: levels - 1) + (open == "[" ? "[]" : "{}")
          + String(repeating: close, count: levels - 1)).utf8)
    }
    #expect(failure(nested(512)) == nil)
    let error = try #require(failure(nested(513)))
    #expect(error.problem == .tooDeep(limit: 512))
    #expect(error.byte == 512 * open.utf8.count)
    #expect(failure(nested(1_000_000))?.problem == .tooDeep(limit: 512))
    #expect(failure(Array(String(repeating: open, count: 1_000_000).utf8))?.problem == .tooDeep(limit: 512))
  }

  @Test("a long flat text is no deep one")
  func flat() throws {
    let text = "[" + String(repeating: "[],", count: 200_000) + "{}]"
    #expect(try JSONValue(text).array?.count == 200_001)
  }

  static let numbers: [(String, JSONValue)] = [
    ("0", .integer(0)), ("-0", .integer(0)), ("7", .integer(7)), ("-1", .integer(-1)),
    ("12345678", .integer(12_345_678)),
    ("123456789", .integer(123_456_789)), ("9007199254740993", .integer(9_007_199_254_740_993)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .double(9223372036854775808)), ("-9223372036854775809", .double(-9223372036854775808)),
    ("18446744073709551616", .double(18446744073709551616)), ("-0.0", .double(-0.0)), ("0.1", .double(0.1)),
    ("1e0", .double(1)), ("1E22", .double(1e22)), ("1e23", .double(1e23)), ("8.5e-22", .double(8.5e-22)),
    ("2.2250738585072011e-308", .double(Double(bitPattern: 0x000F_FFFF_FFFF_FFFF))),
    ("5e-324", .double(.leastNonzeroMagnitude)),
    ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("2.4e-324", .double(0)),
    ("9007199254740993.0", .double(9007199254740992)),
    ("9007199254740993.00000000000000000001", .double(9007199254740994)),
    ("0.000000000000000000000000000000000000001", .double(1e-39)), ("100000000000000000000000e-22", .double(10)),
    ("123456789012345678901234567890", .double(123456789012345677877719597056)),
    ("12345678.12345678", .double(12345678.12345678)), ("0.30000000000000004", .double(0.30000000000000004)),
  ]

  @Test("numbers are whole where they fit, else the nearest double", arguments: numbers)
  func number(text: String, value: JSONValue) throws {
    let read = try JSONValue(text)
    #expect(read == value)
    if case .double(let expected) = value { #expect(read.number?.bitPattern == expected.bitPattern) }
    // Also where no eight bytes follow, and where many do.
    #expect(try JSONValue("[\(text)]") == .array([value]))
    #expect(try JSONValue("[\(text) ,         \"some text behind it\"]").array?.first == value)
  }

  @Test("random numbers agree with Swift's own reading to the bit")
  func randomNumbers() throws {
    var random = Seeded(17)
    for _ in 0..<20_000 {
      let digits = String((0..<Int(random.below(20) + 1)).map { _ in Character(String(random.below(10))) })
      let trimmed = digits.drop { $0 == "0" }
      var text = (random.below(2) == 0 ? "-" : "") + (trimmed.isEmpty ? "0" : String(trimmed))
      if random.below(2) == 0 { text += "." + String(random.below(1_000_000_000)) }
      if random.below(2) == 0 || !text.contains(".") { text += "e\(Int(random.below(80)) - 40)" }
      let expected = try #require(Double(text))
      #expect(try JSONValue(text).number?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  @Test("escapes and plain text of every length")
  func strings() throws {
    #expect(
      try JSONValue(#""\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00\u0000""#).text == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}\0")
    for length in 0..<40 {
      for special in ["", "\\n", "\u{633}", "\u{1F600}", "\\u20ac", "~"] {
        let plain = String(repeating: "x", count: length)
        let shown = special == "\\n" ? "\n" : special == "\\u20ac" ? "\u{20AC}" : special
        #expect(try JSONValue("\"\(plain)\(special)\(plain)\"").text == plain + shown + plain)
        for bad in ["\n", "\u{1}", "\u{1F}", "\\x", "\\ud800"] {
          #expect(failure(Array("\"\(plain)\(special)\(bad)\(plain)\"".utf8)) != nil)
        }
      }
    }
  }

  @Test("a key that comes twice is reported, or refused where the file is ours")
  func duplicates() throws {
    let many = (0..<100).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    for (text, key) in [
      ("{\"a\":1,\"b\":{\"a\":2},\"a\":3}", "a"), ("{\"a\":1,\"\\u0061\":3}", "a"), ("{\(many),\"k3\":0}", "k3"),
      ("{\"x\":[{\"k\":1},{\"k\":2,\"k\":3}]}", "k"),
    ] {
      var reader = JSONReader(FileBytes(text))
      _ = try reader.readValue()
      #expect(reader.duplicateKeys.map(\.key) == [key])
      let error = #expect(throws: JSONError.self) { try JSONValue(text, duplicates: .refuse) }
      #expect(error?.problem == .duplicateKey(key))
    }
    // Other objects, and two spellings of one letter, are no repeats.
    for text in ["[{\"a\":1},{\"a\":1}]", "{\"a\":{\"a\":{\"a\":1}}}", "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\(many)}"] {
      #expect(throws: Never.self) { try JSONValue(text, duplicates: .refuse) }
    }
    let wide = "{" + (0..<50_000).map { "\"key\($0)\":0" }.joined(separator: ",") + "}"
    #expect(try JSONValue(wide, duplicates: .refuse).members?.count == 50_000)
  }

  @Test("tokens come in order, and a value can be skipped")
  func tokens() throws {
    var reader = JSONReader(FileBytes(" {\"a\": [1, 2.5, {\"x\": []}], \"b\": \"t\", \"c\": null} "))
    #expect(try reader.next() == .beginObject)
    #expect(try reader.next() == .key("a"))
    #expect(reader.depth == 1)
    try reader.skipValue()
    #expect(reader.depth == 1)
    #expect(try reader.next() == .key("b"))
    try reader.skipValue()
    #expect(try reader.next() == .key("c"))
    #expect(try reader.next() == .null)
    #expect(try reader.next() == .endObject)
    #expect(try reader.next() == .end)
    #expect(try reader.next() == .end)
  }

  @Test("a range is a text of its own, with places of the file")
  func ranges() throws {
    let bytes = FileBytes("[1]\n[2,]\n[3]")
    var reader = JSONReader(bytes, range: 9..<12)
    #expect(try reader.readValue() == .array([.integer(3)]))
    #expect(try reader.next() == .end)
    var broken = JSONReader(bytes, range: 4..<8)
    let error = #expect(throws: JSONError.self) { try broken.readValue() }
    #expect(error == JSONError(.trailingComma, byte: 7, line: 2, column: 4))
    var none = JSONReader(bytes, range: 50..<60)
    #expect(throws: JSONError.self) { try none.next() }
  }

  @Test("whole columns, with missing values")
  func columns() throws {
    var integers: [Int64] = []
    var small: [Int32] = []
    var doubles: [Double] = []
    var texts: [String] = []
    var missing: [Int] = []
    var reader = JSONReader(
      FileBytes(
        "{\"i\": [ 1,-2, null ,9223372036854775807,0] ,\"s\":[],\"d\":[1,2.5,null,-0.0,1e300],\"t\":[\"\",null,\"\u{633}\"]}"
      ))
    _ = try reader.next()
    _ = try reader.next()
    try reader.readIntegers(into: &integers, missing: &missing)
    #expect(integers == [1, -2, 0, .max, 0])
    _ = try reader.next()
    try reader.readIntegers32(into: &small, missing: &missing)
    #expect(small == [])
    _ = try reader.next()
    try reader.readDoubles(into: &doubles, missing: &missing)
    #expect(doubles == [1, 2.5, 0, 0, 1e300])
    _ = try reader.next()
    try reader.readStrings(into: &texts, missing: &missing)
    #expect(texts == ["", "", "\u{633}"])
    #expect(missing == [2, 2, 1])
    #expect(try reader.next() == .endObject)
    #expect(try reader.next() == .end)
  }

  @Test(
    "columns refuse what does not belong",
    arguments: [
      "[1.5]", "[1,\"a\"]", "[1,]", "[1 2]", "[1", "[1,", "[nul]", "[true]", "{}", "1", "[[1]]", "[2147483648]",
      "[-2147483649]",
      "[01]", "[1e1]", "[9223372036854775808]", "[,1]", "[1,2,3,4,5]", "[1}", "",
    ])
  func badColumns(text: String) {
    var values: [Int32] = []
    var missing: [Int] = []
    var reader = JSONReader(FileBytes(text))
    let error = #expect(throws: JSONError.self) {
      try reader.readIntegers32(into: &values, missing: &missing, limit: 4)
    }
    #expect((error?.byte ?? -1) >= 0)
  }

  @Test("ten thousand changed bytes are taken or refused, never more")
  func mutations() {
    let good = Array(
      "{\"kinds\":[{\"name\":\"\u{645}\u{634}\u{62A}\u{631}\u{6CC}\",\"n\":[1,22,333,-4.5e-7,12345678901]}],\"x\":\"\\u00e9\\n\"}"
        .utf8)
    var random = Seeded(4)
    var taken = 0
    for _ in 0..<10_000 {
      var bytes = good
      for _ in 0...random.below(3) {
        let at = Int(random.below(UInt64(bytes.count)))
        switch random.below(3) {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: at)
        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        }
      }
      let error = failure(bytes)
      #expect(skipping(bytes) == error)
      if error == nil { taken += 1 }
    }
    #expect(taken > 0 && taken < 10_000)
  }
}

/// The same numbers every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  mutating func below(_ bound: UInt64) -> UInt64 { next() % max(bound, 1) }
}
