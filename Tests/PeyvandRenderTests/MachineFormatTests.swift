import PeyvandBase
import PeyvandData
import PeyvandRender
import Testing

@Suite struct MachineFormatTests {
  @Test func jsonIsOneDocumentALine() throws {
    let table = Samples.table(
      Samples.column("name", .text, Samples.texts(["A \"b\"\n", "é"])),
      Samples.column("rate", Samples.share, Samples.numbers([0.25, nil])),
      Samples.column("spent", Samples.rial, Samples.numbers([1_250_000, 0.1])))
    let rendered = try Samples.render(Answer(.table(table), receipt: Samples.returnReceipt), .json)
    #expect(rendered.remarks.isEmpty)
    #expect(
      rendered.output == """
        {"columns":[{"name":"name","type":"text"},{"name":"rate","type":"share"},{"name":"spent","type":"number in rial"}],\
        "rows":[{"name":"A \\"b\\"\\n","rate":0.25,"spent":1250000},{"name":"é","rate":null,"spent":0.1}],\
        "receipt":{"n":8,"of":12,"unit":"customer","open":4,"open_yes":3,"as_of":"2024-12-31"},"notes":[]}

        """)
  }

  @Test func jsonOfEveryTypeOfValue() throws {
    let zone = try #require(Zone.named("+03:30"))
    let rules = CalendarRules(system: .jalali, zone: zone)
    func cell(_ value: Value, _ type: ValueType) throws -> String {
      let text = try Samples.render(Answer(.value(value, type, name: "x")), .json, rules: rules).output
      let start = try #require(text.range(of: "\"rows\":[{\"x\":"))
      let end = try #require(text.range(of: "}],\"receipt\""))
      return String(text[start.upperBound..<end.lowerBound])
    }
    #expect(try cell(.time(0), .time) == "\"1970-01-01T03:30:00+03:30\"")
    #expect(try cell(.date(Samples.endOf2024), .date) == "\"2024-12-31\"")
    #expect(
      try cell(.duration(Duration(months: 1, days: 2.5, seconds: 3)), .duration(.mixed))
        == "{\"months\":1,\"days\":2.5,\"seconds\":3}")
    #expect(try cell(.yesno(true), .yesno) == "true")
    #expect(try cell(.number(.nan), .plainNumber) == "null")
    #expect(try cell(.number(-.infinity), .plainNumber) == "null")
    #expect(try cell(.record(RecordReference(kind: "customer", key: "C-1")), .record(KindID(0))) == "\"C-1\"")
    #expect(try cell(.list([.number(1), .missing]), .list(.plainNumber)) == "[1,null]")
    #expect(try cell(.weekday(5), .weekday) == "\"saturday\"")
    #expect(try cell(.clock(30_600), .clock) == "\"08:30\"")
    #expect(try cell(.period(Period(unit: .quarter, index: 1403 * 4 + 1)), .period(.quarter)) == "\"1403-Q2\"")
    #expect(try cell(.text("\u{1b}[2J\u{202e}\u{9b}\u{0}"), .text) == "\"\\u001b[2J\\u202e\\u009b\\u0000\"")
  }

  @Test func twoColumnsOfOneNameAreAnError() throws {
    let twice = Samples.table(
      Samples.column("n", .plainNumber, Samples.numbers([1])), Samples.column("n", .plainNumber, Samples.numbers([2])))
    for format in [OutputFormat.json, .jsonl] {
      let error = #expect(throws: Diagnostic.self) { try Samples.render(Answer(.table(twice)), format) }
      #expect(error?.code == "E1216")
    }
    #expect(try Samples.render(Answer(.table(twice)), .csv).output == "n,n\n1,2\n")
  }

  @Test func aCardIsARowAndItsKPI() throws {
    let text = try Samples.render(Answer(.card(Samples.card()), receipt: Samples.returnReceipt), .json).output
    #expect(text.contains("\"rows\":[{\"value\":0.75,\"n\":12,\"low\":0.3906,\"high\":0.8619,\"open\":4}]"))
    #expect(text.contains("\"kpi\":{\"name\":\"return_rate\""))
    #expect(
      text.contains("\"trend\":[{\"period\":\"2024-Q1\",\"value\":0.4,\"n\":5},{\"period\":\"2024-Q2\",\"value\":null"))
    let few = try Samples.render(Answer(.card(Samples.card(.tooFew))), .json).output
    #expect(few.contains("\"rows\":[{\"value\":null,\"n\":12,\"low\":null"))
  }

  @Test func printAndDoneInMachineFormats() throws {
    #expect(try Samples.render(Answer(.printed("hello")), .json).output == "{\"print\":\"hello\"}\n")
    let done = try Samples.render(Answer(.done("12 customers added")), .json)
    #expect(done.output.isEmpty)
    #expect(done.remarks == "12 customers added\n")
  }

  @Test func linesAndSeparatedCellsKeepTheReceiptBeside() throws {
    let answer = Answer(.table(Samples.spending), receipt: Samples.returnReceipt)
    let lines = try Samples.render(answer, .jsonl)
    #expect(lines.output.split(separator: "\n").count == 3)
    #expect(lines.output.hasPrefix("{\"name\":\"Alborz\",\"orders\":3,\"spent\":1250000}\n"))
    for format in [OutputFormat.jsonl, .csv, .tsv] {
      #expect(try Samples.render(answer, format).remarks.contains("8 of 12 customers; 4 open"))
    }
  }

  @Test func tsvOfAValueIsTheValue() throws {
    #expect(try Samples.render(Answer(.value(.number(60), .plainNumber, name: "count")), .tsv).output == "60\n")
    #expect(try Samples.render(Answer(.value(.number(60), .plainNumber, name: "count")), .csv).output == "count\n60\n")
  }

  @Test func cellsAreQuotedWhereTheyMustBe() throws {
    let table = Samples.table(
      Samples.column("a,b", .text, Samples.texts(["say \"hi\"", "two\nlines", " blank", "plain", ""])))
    #expect(
      try Samples.render(Answer(.table(table)), .csv).output
        == "\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\" blank\"\nplain\n\"\"\n")
    let tabbed = Samples.table(Samples.column("x", .text, Samples.texts(["a\tb\nc\\d"])))
    #expect(try Samples.render(Answer(.table(tabbed)), .tsv).output == "x\na\\tb\\nc\\\\d\n")
  }

  static let starters = [
    "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", " =", "\u{A0}+", "\n@", "\u{FEFF}=",
  ]

  @Test(arguments: starters)
  func formulasAreGuarded(start: String) throws {
    let formula = start + "1+1"
    let table = Samples.table(
      Samples.column("first", .text, [.text(formula)]), Samples.column("n", .plainNumber, [.number(-5)]),
      Samples.column("last", .text, [.text(formula)]))
    let guarded = try Samples.render(Answer(.table(table)), .csv).output
    let quoted = formula.replacing("\"", with: "\"\"")
    #expect(guarded == "first,n,last\n\"'\(quoted)\",-5,\"'\(quoted)\"\n")
    let raw = try Samples.render(Answer(.table(table)), .csv, raw: true).output
    #expect(!raw.contains("'"))
    #expect(raw.contains(formula))
    #expect(try Samples.render(Answer(.table(table)), .tsv).output.contains("\n'"))
  }

  /// What a terminal would obey, in every place of an answer where data can stand.
  @Test(arguments: [
    "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{1b}]52;c;eA==\u{7}", "\r", "\u{8}", "\u{9b}2J", "\u{202e}", "\u{2066}",
  ])
  func nothingIsObeyed(sequence: String) throws {
    let name = "a\(sequence)b"
    var receipt = Receipt()
    receipt.n = 1
    receipt.unit = name
    receipt.excluded = [name: 1]
    receipt.remarks = [name]
    receipt.columns = [name: ColumnReceipt()]
    var card = Samples.card()
    card.name = name
    card.documentation = name
    card.owner = name
    card.decision = name
    card.target = name
    card.groupedBy = name
    card.best = [KPICard.Group(label: name, value: .number(1), n: 1)]
    card.chance = KPICard.Chance(tried: 2, beyond: [.init(label: name, q: 0.01)])
    let notes = [Diagnostic("W4001", .warning, name, notes: [name])]
    let table = Samples.table(Samples.column(name, .text, [.text(name)]))
    var profile = Profile(record: RecordReference(kind: name, key: name), table: table)
    profile.fields = [Profile.Field(name: name, value: .text(name), type: .text)]
    profile.care = [Profile.Care(process: name, goal: name, due: nil, lacks: [name])]
    let map = RelationshipMap(
      nodes: [.init(name: name, shape: .center), .init(name: name, shape: .entity)],
      edges: [.init(from: 0, to: 1, name: name, count: 1)])
    let watched = Watched(
      name: name, unit: .month, type: .text, needs: 1, target: name, owner: name, persistence: 1,
      findings: [
        .init(
          group: name, state: .breach, period: .missing, value: .text(name), n: 1, missed: 1, chart: nil, decision: name
        )
      ])
    var chart = Samples.table(
      Samples.column(name, .text, [.text(name)]), Samples.column("n " + name, .plainNumber, [.number(1)]))
    chart.chart = .line
    let bodies: [Answer.Body] = [
      .value(.text(name), .text, name: name), .table(table), .table(chart), .card(card), .printed(name), .done(name),
      .profile(profile), .map(map), .watched(watched),
    ]
    for body in bodies {
      let answer = Answer(body, receipt: receipt, notes: notes)
      for format in OutputFormat.allCases {
        // Only maps and charts are drawn.
        switch (format, body) {
        case (.dot, .map), (.mermaid, .map): break
        case (.svg, .table(let table)) where table.chart != nil: break
        case (.dot, _), (.mermaid, _), (.svg, _): continue
        default: break
        }
        let rendered = try Samples.render(answer, format, terminal: 80)
        let obeyed = (rendered.output + rendered.remarks).unicodeScalars.filter { scalar in
          switch scalar.value {
          case 0x09: format != .tsv
          case 0x0A: false
          case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
          default: false
          }
        }
        #expect(obeyed.isEmpty, "\(format)")
      }
    }
  }
}

extension String {
  /// The first place of a text; Swift's own needs Foundation or a regex.
  fileprivate func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }

  @Test func aFileHoldsTextsAsTheyAre() throws {
    let name = "\u{202B}شرکت\u{202C}\u{7}"
    let answer = Answer(.table(Samples.table(Samples.column("name", .text, Samples.texts([name, "=1"])))))
    var options = AnswerRenderer.Options(format: .csv)
    #expect(try AnswerRenderer(catalogue: Catalogue(), options: options).render(answer).output.contains("u{202b}"))
    options.isFile = true
    let file = try AnswerRenderer(catalogue: Catalogue(), options: options).render(answer).output
    #expect(file == "name\n\(name)\n\"'=1\"\n")
  }
}
