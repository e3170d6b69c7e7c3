import PeyvandBase
import PeyvandData
import PeyvandRender
import Testing

@Suite struct TableTests {
  @Test func numbersStandRightAndTextLeftByWhatIsDrawn() throws {
    let text = try Samples.render(Answer(.table(Samples.spending))).output
    #expect(
      text == """
        name          orders  spent (rial)
        ────────────  ──────  ────────────
        Alborz             3   1,250,000.0
        شرکت پارسیان      12         950.0
        می‌رود              –      20,000.5

        """)
  }

  @Test func everyLineOfAColumnOfNumbersEndsAtOneColumn() throws {
    let text = try Samples.render(Answer(.table(Samples.spending))).output
    let widths = Set(text.split(separator: "\n").map { displayWidth(String($0)) })
    #expect(widths == [34])
  }

  @Test(
    arguments: [
      (0.67, "67%"), (2.0 / 3, "66.7%"), (0.6698, "67.0%"), (0, "0%"), (1, "100%"), (0.285, "28.5%"), (-0.05, "-5%"),
    ] as [(Double, String)])
  func sharesArePercentages(share: Double, text: String) throws {
    #expect(try Samples.shown(.number(share), Samples.share) == text)
  }

  @Test(
    arguments: [
      (2024, "2024"), (12_345, "12,345"), (-1_234_567, "-1,234,567"), (3.666_666_666, "3.6667"), (0.1 + 0.2, "0.3"),
      (1e20, "1e+20"), (0.000_012_345, "1.23e-05"), (999_999.999_99, "1,000,000"),
      (75_630_555.555, "75,630,556"), (123_456.78, "123,456.78"),
    ] as [(Double, String)])
  func plainNumbers(number: Double, text: String) throws {
    #expect(try Samples.shown(.number(number), .plainNumber) == text)
  }

  @Test(
    arguments: [
      // What is written in powers of ten leaves the others as they are.
      ([1e308, 0.5], ["1e+308", "0.5"]), ([0.5, 1_234.567, -1e16], ["0.50", "1234.57", "-1e+16"]),
      // Beyond six figures quotients have no decimals, but a small one has some: 1.5 is not 2.
      ([250_000.0 / 3 * 4, 0.5, 1.5, 2.0 / 3], ["333,333", "0.5", "1.5", "0.67"]),
      ([250_000.0 / 3 * 4, 9.6, 12.5, 3], ["333,333", "10", "13", "3"]),
    ] as [([Double], [String])])
  func aSmallNumberBesideALargeOneIsStillItself(numbers: [Double], texts: [String]) throws {
    let column = Table.Column(name: "n", type: .plainNumber, values: numbers.map { .number($0) })
    let shown = try Samples.render(Answer(.table(Table(columns: [column], rowCount: numbers.count)))).output
    let cells = shown.split(separator: "\n").dropFirst(2).map { $0.drop { $0 == " " } }
    #expect(cells.map(String.init) == texts)
  }

  @Test func moneyHasItsUnitBehindIt() throws {
    #expect(try Samples.shown(.number(1_250_000), Samples.rial) == "1,250,000 rial")
    #expect(try Samples.shown(.number(2_500), Samples.rial) == "2,500 rial")
  }

  @Test(
    arguments: [
      (Duration(days: 34), ValueType.duration(.days), "34 days"),
      (Duration(days: 1), .duration(.days), "1 day"),
      (Duration(days: 12.25), .duration(.days), "12.3 days"),
      (Duration(seconds: 7_500), .duration(.seconds), "2 h 5 min"),
      (Duration(seconds: 45), .duration(.seconds), "45 s"),
      (Duration(seconds: 3_599.9), .duration(.seconds), "1 h"),
      (Duration(seconds: 86_399), .duration(.seconds), "1 day"),
      (Duration(seconds: 200_000), .duration(.seconds), "2 days 8 h"),
      (Duration(seconds: -90), .duration(.seconds), "-1 min 30 s"),
      (Duration(months: 3), .duration(.months), "3 months"),
      (Duration(months: 1, days: 1), .duration(.mixed), "1 month 1 day"),
      (Duration(), .duration(.seconds), "0 s"),
      (Duration(), .duration(.days), "0 days"),
      (Duration(seconds: .infinity), .duration(.seconds), "inf s"),
    ] as [(Duration, ValueType, String)])
  func durations(duration: Duration, type: ValueType, text: String) throws {
    #expect(try Samples.shown(.duration(duration), type) == text)
  }

  @Test func datesFollowTheCompanysCalendar() throws {
    #expect(try Samples.shown(.date(Samples.endOf2024), .date) == "2024-12-31")
    let jalali = CalendarRules(system: .jalali)
    #expect(try Samples.shown(.date(Samples.endOf2024), .date, rules: jalali) == "1403-10-11")
    let machine = try Samples.render(Answer(.value(.date(Samples.endOf2024), .date, name: "d")), .tsv, rules: jalali)
    #expect(machine.output == "2024-12-31\n")
  }

  @Test func listsRecordsAndMissing() throws {
    #expect(try Samples.shown(.list([.number(1), .missing]), .list(.plainNumber)) == "1, –")
    let record = Value.record(RecordReference(kind: "customer", key: "C-17"))
    #expect(try Samples.shown(record, .record(KindID(0))) == "C-17")
    #expect(try Samples.shown(.missing, .missing) == "–")
  }

  @Test func aTerminalCutsWideTextAndNeverNumbers() throws {
    let long = Samples.table(
      Samples.column("note", .text, Samples.texts([String(repeating: "long ", count: 40)])),
      Samples.column("sum", Samples.rial, Samples.numbers([123_456_789])))
    let text = try Samples.render(Answer(.table(long)), terminal: 40).output
    for line in text.split(separator: "\n") { #expect(displayWidth(String(line)) <= 40) }
    #expect(text.contains("…"))
    #expect(text.contains("123,456,789"))
    let piped = try Samples.render(Answer(.table(long))).output
    #expect(!piped.contains("…"))
  }

  @Test func aTerminalTooNarrowStillGetsEveryColumn() throws {
    let text = try Samples.render(Answer(.table(Samples.spending)), terminal: 3).output
    #expect(text.contains("spent (rial)"))
  }

  @Test func longTablesAreCutOnATerminalOnly() throws {
    let many = Samples.table(Samples.column("n", .plainNumber, (0..<500).map { .number(Double($0)) }))
    let text = try Samples.render(Answer(.table(many)), terminal: 80).output
    #expect(text.split(separator: "\n").count == 203)
    #expect(text.contains("… 300 more rows"))
    #expect(try Samples.render(Answer(.table(many))).output.split(separator: "\n").count == 502)
  }

  @Test func anEmptyTableSaysSo() throws {
    let none = Table(columns: [Samples.column("name", .text, [])], rowCount: 0)
    #expect(try Samples.render(Answer(.table(none))).output == "name\n────\n(no rows)\n")
  }

  @Test func aCellIsOneLine() throws {
    let broken = Samples.table(Samples.column("a\nb", .text, Samples.texts(["one\ntwo\tthree"])))
    #expect(try Samples.render(Answer(.table(broken))).output.split(separator: "\n").count == 3)
  }
}
