import PeyvandBase
import PeyvandFiles
import PeyvandStore
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
  private func written(_ body: (inout JSONWriter) -> Void) throws -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: try writer.finish(), as: UTF8.self)
  }

  @Test("structure, commas and lines come by themselves")
  func structure() throws {
    let text = try written {
      $0.beginObject(multiline: true)
      $0.key("format")
      $0.string("peyvand")
      $0.key("rows")
      $0.beginArray()
      $0.integer(1)
      $0.null()
      $0.bool(true)
      $0.bool(false)
      $0.endArray()
      $0.key("none")
      $0.beginObject(multiline: true)
      $0.endObject()
      $0.key("columns")
      $0.beginArray(multiline: true)
      $0.beginArray()
      $0.double(2.5)
      $0.endArray()
      $0.raw(Array("{\"x\":1}".utf8))
      $0.endArray()
      $0.endObject()
    }
    #expect(
      text == """
        {
         "format": "peyvand",
         "rows": [1,null,true,false],
         "none": {},
         "columns": [
          [2.5],
          {"x":1}
         ]
        }
        """)
  }

  @Test(
    "doubles have the fewest digits and come back to the bit",
    arguments: [
      (0.0, "0.0", "0"), (-0.0, "-0.0", "-0.0"), (1.0, "1.0", "1"), (-12.0, "-12.0", "-12"), (0.1, "0.1", "0.1"),
      (1e15, "1e+15", "1e+15"), (999_999_999_999_999.0, "999999999999999.0", "999999999999999"),
      (.leastNonzeroMagnitude, "5e-324", "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308", "1.7976931348623157e+308"),
      (0.30000000000000004, "0.30000000000000004", "0.30000000000000004"), (1e-5, "1e-05", "1e-05"),
    ])
  func doubles(value: Double, plain: String, compact: String) throws {
    let shown = try written { $0.double(value) }
    let short = try written { $0.double(value, compact: true) }
    if value.magnitude != 1e15 {
      #expect(shown == plain)
      #expect(short == compact)
    }
    #expect(try JSONValue(shown).number?.bitPattern == value.bitPattern)
    #expect(try JSONValue(short).number?.bitPattern == value.bitPattern)
    guard case .double = try JSONValue(shown) else {
      Issue.record("\(shown) is read as a whole number")
      return
    }
  }

  @Test("random doubles and whole numbers come back to the bit")
  func randomNumbers() throws {
    var random = Seeded(8)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(try JSONValue(try written { $0.double(value) }).number?.bitPattern == value.bitPattern)
      let whole = Int64(bitPattern: random.next()) >> Int64(random.below(64))
      #expect(try JSONValue(try written { $0.integer(whole) }) == .integer(whole))
    }
    for whole in [Int64.min, .max, 0, -1, 9, 10, -10, 99, 100] {
      #expect(try written { $0.integer(whole) } == String(whole))
    }
  }

  static let texts: [String] = [
    "", "a", "\"\\/", "\0\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1B}\u{1F}\u{7F}", "\u{80}\u{9B}\u{9F}\u{A0}",
    "\u{2028}\u{2029}\u{202A}\u{202E}\u{2066}\u{2069}",
    "\u{633}\u{644}\u{627}\u{645} \u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}", "e\u{301} \u{E9}",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    "\u{FEFF}\u{FFFE}\u{FFFF}\u{10FFFF}", "\u{1B}]0;title\u{7}", "<script>alert('x')</script>", "=1+1",
    String(repeating: "x\u{633}\n", count: 1_000),
    "\u{202D}\u{202F}\u{2027}\u{2065}\u{206A}\u{C2}", "end \u{E2}",
  ]

  @Test("texts come back byte for byte", arguments: texts)
  func strings(text: String) throws {
    let json = try written { $0.string(text) }
    let back = try #require(try JSONValue(json).text)
    #expect(back.utf8.elementsEqual(text.utf8))
    // Harmless on a terminal.
    for scalar in json.unicodeScalars {
      let dangerous =
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
      #expect(!dangerous)
    }
  }

  @Test("every character of the first planes comes back")
  func everyCharacter() throws {
    var all = ""
    for value in UInt32(0)...0x10FFFF where value < 0x3000 || value % 97 == 0 {
      if let scalar = Unicode.Scalar(value) { all.unicodeScalars.append(scalar) }
    }
    let back = try #require(try JSONValue(try written { $0.string(all) }).text)
    #expect(back.utf8.elementsEqual(all.utf8))
  }

  @Test("random trees come back equal")
  func trees() throws {
    var random = Seeded(99)
    func tree(_ depth: Int) -> JSONValue {
      switch random.below(depth > 4 ? 6 : 8) {
      case 0: return .null
      case 1: return .bool(random.below(2) == 0)
      case 2: return .integer(Int64(bitPattern: random.next()))
      case 3: return .double(Double(random.below(1_000_000)) / 64)
      case 4: return .string(Self.texts[Int(random.below(UInt64(Self.texts.count)))])
      case 5: return .array([])
      case 6: return .array((0..<random.below(6)).map { _ in tree(depth + 1) })
      default:
        return .object((0..<random.below(6)).map { JSONValue.Member("k\($0)", tree(depth + 1)) })
      }
    }
    for _ in 0..<500 {
      let value = tree(0)
      #expect(try JSONValue(try written { $0.value(value) }, duplicates: .refuse) == value)
    }
  }

  @Test("what JSON cannot hold is refused when it is finished")
  func refused() {
    let wrong: [(inout JSONWriter) -> Void] = [
      { $0.double(.nan) }, { $0.double(.infinity) }, { $0.double(-.infinity) }, { $0.beginArray() },
      {
        $0.beginObject()
        $0.integer(1)
        $0.endObject()
      },
      {
        $0.beginObject()
        $0.key("a")
        $0.endObject()
      },
      { $0.endArray() },
      {
        $0.beginArray()
        $0.endObject()
      },
      {
        $0.integer(1)
        $0.integer(2)
      },
      { $0.key("a") },
      { for _ in 0..<513 { $0.beginArray() } },
    ]
    for body in wrong {
      var writer = JSONWriter()
      body(&writer)
      #expect(throws: JSONError.self) { try writer.finish() }
    }
  }

  @Test("512 levels are written and read back; 513 refused")
  func depth() throws {
    func nested(_ levels: Int) -> JSONValue {
      var value = JSONValue.array([])
      for _ in 1..<levels { value = .array([value]) }
      return value
    }
    let deepest = nested(512)
    #expect(try JSONValue(try written { $0.value(deepest) }) == deepest)
    var writer = JSONWriter()
    writer.value(nested(513))
    let error = #expect(throws: JSONError.self) { try writer.finish() }
    #expect(error?.problem == .tooDeep(limit: 512))
    var deeper = JSONWriter()
    deeper.value(nested(5_000))
    #expect(throws: JSONError.self) { try deeper.finish() }
  }

  @Test("documents of a stream follow each other a line each, and can be taken in pieces")
  func stream() throws {
    var writer = JSONWriter()
    var text = ""
    for number in 1...3 {
      writer.beginArray()
      writer.integer(number)
      writer.endArray()
      writer.endDocument()
      text += String(decoding: writer.take(), as: UTF8.self)
    }
    try writer.check()
    #expect(text == "[1]\n[2]\n[3]\n")
  }
}
