import PeyvandBase
import PeyvandData
import PeyvandRender
import Testing

/// Charts as pictures: what stands in the SVG, and that nothing from data breaks it.
@Suite struct ChartDrawingTests {
  private func svg(_ kind: ChartKind, _ names: [String], _ values: [Value], _ type: ValueType = .plainNumber)
    throws -> String
  {
    var table = Table(
      columns: [
        .init(name: "name", type: .text, values: names.map { .text($0) }),
        .init(name: "sold", type: type, values: values),
      ], rowCount: names.count)
    table.chart = kind
    var receipt = Receipt()
    receipt.n = names.count
    receipt.of = names.count
    receipt.unit = "shop"
    let renderer = AnswerRenderer(catalogue: Catalogue(), options: .init(format: .svg))
    return try renderer.render(Answer(.table(table), receipt: receipt)).output
  }

  /// The attribute of each element of a sort.
  private func attributes(_ svg: String, _ element: String, _ name: String) -> [Double] {
    svg.split(separator: "\n").filter { $0.hasPrefix("<\(element) ") }.compactMap { line in
      line.split(separator: " \(name)=\"").dropFirst().first.flatMap { Double($0.prefix { $0 != "\"" }) }
    }
  }

  /// Lengths are as the numbers: 4 is twice 2, and what is missing has none.
  @Test func barsBeginAtNought() throws {
    let svg = try svg(.bar, ["a", "b", "c", "d"], [.number(4), .number(2), .missing, .number(-1)])
    let widths = attributes(svg, "rect", "width").dropFirst(0)
    #expect(widths.count == 3)
    let lengths = Array(widths)
    #expect((lengths[0] - 2 * lengths[1]).magnitude < 0.2)
    #expect((lengths[0] - 4 * lengths[2]).magnitude < 0.4)
    // The bar of a negative number ends where the others begin.
    let places = attributes(svg, "rect", "x")
    #expect((places[2] + lengths[2] - places[0]).magnitude < 0.2)
    #expect(svg.contains("4 of 4 shops"))
  }

  /// A missing number parts the line in two; of a single point there is a point.
  @Test func aGapInTheLine() throws {
    let parted = try svg(.line, ["1", "2", "3", "4"], [.number(1), .number(3), .missing, .number(2)])
    let path = try #require(parted.split(separator: "\n").first { $0.hasPrefix("<path") })
    #expect(path.split(separator: "M").count == 3)
    #expect(attributes(parted, "circle", "cx").count == 3)
    #expect(attributes(try svg(.line, ["1"], [.number(7)]), "circle", "cx").count == 1)
    #expect(try !svg(.line, ["1"], [.missing]).contains("<path"))
  }

  /// Rows of time stand at their time: a month without a row has its room, and parts the line.
  @Test func aMonthWithoutARow() throws {
    let months = [Int32(648), 649, 651].map { Value.period(Period(unit: .month, index: $0)) }
    var table = Table(
      columns: [
        .init(name: "month", type: .period(.month), values: months),
        .init(name: "n", type: .plainNumber, values: [.number(1), .number(2), .number(3)]),
      ], rowCount: 3)
    table.chart = .line
    let renderer = AnswerRenderer(catalogue: Catalogue(), options: .init(format: .svg))
    let svg = try renderer.render(Answer(.table(table), receipt: Receipt())).output
    let places = attributes(svg, "circle", "cx")
    try #require(places.count == 3)
    #expect((places[2] - places[1] - 2 * (places[1] - places[0])).magnitude < 0.3)
    let path = try #require(svg.split(separator: "\n").first { $0.hasPrefix("<path") })
    #expect(path.split(separator: "M").count == 3)
  }

  /// Ticks at round numbers: shares in percent, lengths of time in their unit.
  @Test func roundTicks() throws {
    let shares = try svg(.line, ["1", "2"], [.number(0.21), .number(0.74)], .number(.share))
    for tick in ["0%", "20%", "40%", "60%", "80%"] { #expect(shares.contains(">\(tick)</text>")) }
    let days = try svg(
      .line, ["1", "2"], [.duration(Duration(days: 2)), .duration(Duration(days: 31))], .duration(.days))
    for tick in ["0 days", "10 days", "40 days"] { #expect(days.contains(">\(tick)</text>")) }
  }

  /// Names are text and nothing else, and run the way they are written.
  @Test func names() throws {
    let svg = try svg(
      .bar, ["<script>\"&'", "فرآوران چوب", "a\u{0}b\u{1B}[2J", "x\u{202E}y", "۱۲ Alborz"],
      [1, 2, 3, 4, 5].map { .number($0) })
    #expect(!svg.contains("<script"))
    #expect(svg.contains("&lt;script&gt;&quot;&amp;&#39;"))
    #expect(svg.contains("text-anchor=\"start\" direction=\"rtl\">فرآوران چوب</text>"))
    #expect(svg.contains("text-anchor=\"end\">۱۲ Alborz</text>"))
    #expect(svg.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!svg.contains("\u{202E}"))
  }

  /// No number is too large or too small for a picture.
  @Test(arguments: [
    [1e308, -1e308], [1e-308, 0], [0, 0], [5, 5], [-3, -3], [1.7e308, 1.6e308], [9e15, 9e15 + 2],
    [.greatestFiniteMagnitude],
  ])
  func extremes(_ values: [Double]) throws {
    for kind in ChartKind.allCases {
      let svg = try svg(kind, values.indices.map { "n\($0)" }, values.map { .number($0) })
      for word in ["nan", "inf"] { #expect(!svg.lowercased().contains(word), "\(svg)") }
      for name in ["x", "y", "width", "height", "cx", "cy"] {
        for element in ["rect", "circle", "text"] {
          for place in attributes(svg, element, name) { #expect((-1...1000).contains(place), "\(element) \(name)") }
        }
      }
    }
  }

  @Test func nothingToDraw() throws {
    let empty = try svg(.bar, [], [])
    #expect(empty.contains("</svg>") && empty.contains("0 of 0 shops"))
    #expect(try svg(.line, [], []).contains("</svg>"))
    let renderer = AnswerRenderer(catalogue: Catalogue(), options: .init(format: .svg))
    let table = Table(columns: [.init(name: "n", type: .plainNumber, values: [.number(1)])], rowCount: 1)
    let error = #expect(throws: Diagnostic.self) { try renderer.render(Answer(.table(table), receipt: Receipt())) }
    #expect(error?.code == "E1239")
    #expect(throws: Diagnostic.self) {
      try renderer.render(Answer(.value(.number(1), .plainNumber, name: "n"), receipt: Receipt()))
    }
  }

  /// A table longer than a picture says what is not in it.
  @Test func tooManyRows() throws {
    let svg = try svg(.line, (1...700).map { "\($0)" }, (1...700).map { .number(Double($0)) })
    #expect(svg.contains("200 more rows are not drawn"))
    #expect(attributes(svg, "circle", "cx").count == 500)
  }
}
