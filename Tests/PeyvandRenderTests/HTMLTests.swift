import PeyvandBase
import PeyvandData
import PeyvandRender
import Testing

/// Answers as a page: what stands where, and that nothing from data becomes part of the page.
@Suite struct HTMLTests {
  private func html(_ body: Answer.Body, _ receipt: Receipt = Receipt()) throws -> String {
    try Samples.render(Answer(body, receipt: receipt), .html).output
  }

  @Test func aTable() throws {
    let table = Samples.table(
      Samples.column("name", .text, Samples.texts(["<b>A & \"B\"</b>", "شرکت پارسیان"])),
      Samples.column("n", .plainNumber, Samples.numbers([12_500, nil])))
    var receipt = Receipt()
    (receipt.n, receipt.of, receipt.unit) = (2, 3, "shop")
    let page = try html(.table(table), receipt)
    #expect(page.contains("<th dir=\"auto\">name</th><th class=\"n\" dir=\"auto\">n</th>"))
    #expect(page.contains("<td dir=\"auto\">&lt;b&gt;A &amp; &quot;B&quot;&lt;/b&gt;</td>"))
    #expect(page.contains("<td class=\"n\" dir=\"auto\">12,500</td>"))
    #expect(page.contains("<td dir=\"auto\">شرکت پارسیان</td><td class=\"n\" dir=\"auto\">–</td>"))
    #expect(page.contains("2 of 3 shops"))
    #expect(!page.contains("<svg"))
  }

  /// A chart is its picture with its table below, the receipt once.
  @Test func aChart() throws {
    var table = Samples.table(
      Samples.column("name", .text, Samples.texts(["a", "b"])),
      Samples.column("n", .plainNumber, Samples.numbers([1, 2])))
    table.chart = .bar
    var receipt = Receipt()
    (receipt.n, receipt.of, receipt.unit) = (2, 2, "shop")
    let page = try html(.table(table), receipt)
    #expect(page.split(separator: "<svg").count == 2 && page.split(separator: "<table>").count == 2)
    #expect(page.split(separator: "2 of 2 shops").count == 2)
  }

  /// A card's value, its state and what is said under a label each.
  @Test func aCard() throws {
    var card = Samples.card()
    card.best = [KPICard.Group(label: "شمال", value: .number(0.5), n: 12)]
    let page = try html(.card(card))
    #expect(page.contains("<span class=\"state \(card.state.rawValue)\">"))
    #expect(page.contains("<span class=\"value\">") && page.contains("<dt>target</dt>"))
    // The name runs its own way, and the number beside it stays a number.
    #expect(page.contains("<dd dir=\"auto\"><bdi>شمال</bdi> 50%") || page.contains("<dd dir=\"auto\">شمال 50%"))
  }

  @Test func textsAndValues() throws {
    #expect(try html(.printed("one\ntwo <script>")).contains("<p dir=\"auto\">one<br>two &lt;script&gt;</p>"))
    #expect(try html(.value(.number(3), .plainNumber, name: "n")).contains("<p class=\"value\" dir=\"auto\">3</p>"))
    #expect(try html(.printed("by یاشار آق‌بلاغ 27.5% (n = 51)")).contains("by <bdi>یاشار آق‌بلاغ</bdi> 27.5% (n = 51)"))
    #expect(try html(.done("1 added")).isEmpty)
  }

  /// The page loads nothing, and is whole.
  @Test func thePage() {
    #expect(HTMLPage.head.hasPrefix("<!doctype html>") && HTMLPage.head.contains("default-src 'none'"))
    #expect(!HTMLPage.head.contains("http://") && !HTMLPage.head.contains("https://"))
    #expect(HTMLPage.end.hasSuffix("</html>\n"))
  }
}
