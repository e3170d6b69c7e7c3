import PeyvandBase
import Testing

@Suite struct SuggestionTests {
  private let names = ["region", "rep", "name", "joined", "customer", "contact", "contract", "purchase"]

  @Test(arguments: [
    ("regoin", ["region"]), ("nmae", ["name"]), ("custmer", ["customer"]), ("contrct", ["contact", "contract"]),
    ("CUST", ["customer"]), ("con", ["contact", "contract"]), ("Region", ["region"]), ("xyzzy", []), ("", []),
    ("q", []),
    ("contat", ["contact", "contract"]),
  ])
  func near(_ word: String, _ expected: [String]) {
    #expect(nearest(word, among: names) == expected)
  }

  @Test func persianSpellingIsNoDistance() {
    #expect(nearest("ناحيه", among: ["ناحیه", "نام"]) == ["ناحیه"])
    #expect(nearest("طهران", among: ["شیراز", "تهران"]) == ["تهران"])
    #expect(nearest("ناحیهه", among: ["ناحیه", "نام"]) == ["ناحیه"])
  }

  @Test func atMostTheLimit() {
    let many = (10..<100).map { "field\($0)" }
    #expect(nearest("field1", among: many) == ["field10", "field11", "field12", "field13"])
    #expect(nearest("field", among: many, limit: 2) == ["field10", "field11"])
    #expect(nearest("field", among: many, limit: -1).isEmpty)
    #expect(nearest("aaa", among: ["aab", "aab"]) == ["aab"])
    #expect(nearest(String(repeating: "a", count: 100_000), among: names).isEmpty)
  }
}

@Suite struct TerminalTests {
  @Test(arguments: [
    ("\u{1B}[2J", #"\u{1b}[2J"#), ("a\r\u{8}b", #"a\u{d}\u{8}b"#), ("\u{1B}]52;c;x\u{7}", #"\u{1b}]52;c;x\u{7}"#),
    ("x\u{9B}31m", #"x\u{9b}31m"#), ("a\u{202E}b\u{2066}c", #"a\u{202e}b\u{2066}c"#), ("a\nb\tc", #"a\u{a}b\u{9}c"#),
    ("\u{0}\u{7F}", #"\u{0}\u{7f}"#), ("می‌رود", "می‌رود"), ("é\r\n", #"é\u{d}\u{a}"#), ("plain", "plain"),
  ])
  func escaped(_ text: String, _ shown: String) {
    #expect(escapedForTerminal(text) == shown)
  }

  @Test func nothingATerminalObeysIsLeft() {
    var all = ""
    for value in UInt32(0)...0x2FFF {
      if let scalar = Unicode.Scalar(value) { all.unicodeScalars.append(scalar) }
    }
    let shown = escapedForTerminal(all)
    let left = shown.unicodeScalars.filter { scalar in
      scalar.properties.generalCategory == .control || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
    }
    #expect(left.isEmpty)
    #expect(shown.unicodeScalars.contains("\u{200C}"))
    let layout = escapedForTerminal("a\n\tb\r", keepingLayout: true)
    #expect(layout == "a\n\tb\\u{d}")
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("سلام", 4), ("می‌رود", 6 - 1), ("سَلام", 4), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("😀", 2),
    ("👨‍👩‍👧", 2),
    ("🇮🇷", 2), ("ｱ", 1), ("Ａ", 2), ("한글", 4), ("a\u{1B}b", 2), ("①", 1), ("\u{200E}−5", 2),
  ])
  func width(_ text: String, _ columns: Int) {
    #expect(displayWidth(text) == columns)
  }
}

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, "0"), (-0.0, "0"), (1, "1"), (-42, "-42"), (0.1, "0.1"), (1e14, "100000000000000"),
    (999_999_999_999_999, "999999999999999"),
    (0.1 + 0.2, "0.30000000000000004"), (1e300, "1e+300"), (1.5, "1.5"), (1e-7, "1e-07"), (1e15, "1000000000000000"),
  ])
  func shortest(_ x: Double, _ text: String) {
    #expect(NumberText.shortest(x) == text)
    #expect(NumberText.parse(text) == x)
  }

  @Test(arguments: [
    (1.005, 2, "1.01"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.5, 0, "1"), (0.4, 0, "0"), (-0.4, 0, "0"),
    (9.999, 2, "10.00"),
    (99.95, 1, "100.0"), (1234.5, 3, "1234.500"), (0.05, 1, "0.1"), (0.04, 1, "0.0"), (0.004, 1, "0.0"),
    (1e-20, 3, "0.000"),
    (1e21, 1, "1000000000000000000000.0"), (0, 2, "0.00"), (0.37450, 3, "0.375"), (12, -5, "12"), (-1.25, 1, "-1.3"),
    (0.95, 1, "1.0"),
  ])
  func fixed(_ x: Double, _ digits: Int, _ text: String) {
    #expect(NumberText.fixed(x, digits: digits) == text)
  }

  @Test func fixedStaysNearTheNumber() throws {
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let x = (Double(state >> 11) / 9e15 - 0.5) * 2e6
      let digits = Int(state >> 60) % 7
      let back = try #require(NumberText.parse(NumberText.fixed(x, digits: digits)))
      var unit = 1.0
      for _ in 0..<digits { unit /= 10 }
      #expect(abs(back - x) <= unit * 0.500_001)
    }
  }

  @Test(arguments: [
    ("1", 1), ("-1.5", -1.5), ("+2", 2), ("−3", -3), ("۱۲", 12), ("١٢٫٥", 12.5), ("۱۲.۵", 12.5), ("1e3", 1000),
    ("1E-3", 0.001),
    (".5", 0.5), ("007", 7), ("0.000000000000000000001", 1e-21),
    ("123456789012345678901234567890", 123456789012345677877719597056),
    ("9007199254740993", 9007199254740992), ("1e-400", 0), ("0e999999999999", 0), ("-0", 0),
    ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
    ("0.1234567890123456789", 0.1234567890123456789), ("000000000000000000000000000001", 1),
    ("5e-324", Double.leastNonzeroMagnitude),
  ])
  func read(_ text: String, _ x: Double) {
    #expect(NumberText.parse(text) == x)
  }

  @Test(arguments: [
    "", " ", "1 ", " 1", "nan", "inf", "-inf", "infinity", "0x1p3", "1e999", "-1e999", "1.", ".", "-", "+", "e5", "1e",
    "1e+", "--1", "1.2.3",
    "1,000", "۱٬۰۰۰", "3/5", "1_000", "5-", "1e5.5", "٫", "\u{D9}", "１",
  ])
  func notANumber(_ text: String) {
    #expect(NumberText.parse(text) == nil)
  }

  @Test func grouped() {
    #expect(NumberText.parse("1,250,000.5", grouped: true) == 1_250_000.5)
    #expect(NumberText.parse("۱٬۲۵۰٬۰۰۰٫۵", grouped: true) == 1_250_000.5)
    #expect(NumberText.parse("12", grouped: true) == 12)
    #expect(NumberText.parse("1234", grouped: true) == 1234)
    for wrong in ["1,25", "1234,567", ",123", "1,,234", "1,234٬567", "1,234,", "1,2345", "1.5,000"] {
      #expect(NumberText.parse(wrong, grouped: true) == nil)
    }
  }

  /// Against the standard library's reader, over random decimals of many lengths.
  @Test func readsAsTheStandardLibraryDoes() {
    var state: UInt64 = 11
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let x = Double(bitPattern: state)
      guard x.isFinite else { continue }
      #expect(NumberText.parse(x.description) == x)
      #expect(NumberText.parse(NumberText.shortest(x)) == x)
    }
    #expect(NumberText.parse(String(repeating: "9", count: 300)) == Double(String(repeating: "9", count: 300)))
    #expect(NumberText.parse(String(repeating: "9", count: 400)) == nil)
    #expect(NumberText.parse(String(repeating: "9", count: 1_000_000)) == nil)
  }
}
