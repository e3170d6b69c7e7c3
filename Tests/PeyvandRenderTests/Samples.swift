import PeyvandBase
import PeyvandData
import PeyvandRender

/// Answers to render, and short ways to do it.
enum Samples {
  static func catalogue(_ rules: CalendarRules = CalendarRules()) -> Catalogue {
    var catalogue = Catalogue(calendar: rules)
    catalogue.add(Kind(id: KindID(0), name: "customer", flavour: .entity, family: KindID(0)))
    return catalogue
  }

  static let rial = ValueType.number(.named("rial"))
  static let share = ValueType.number(.share)

  static func column(_ name: String, _ type: ValueType, _ values: [Value]) -> Table.Column {
    Table.Column(name: name, type: type, values: values)
  }

  static func numbers(_ values: [Double?]) -> [Value] { values.map { $0.map(Value.number) ?? .missing } }
  static func texts(_ values: [String]) -> [Value] { values.map(Value.text) }

  static func table(_ columns: Table.Column...) -> Table {
    Table(columns: columns, rowCount: columns.first?.values.count ?? 0)
  }

  static let spending = table(
    column("name", .text, texts(["Alborz", "شرکت پارسیان", "می‌رود"])),
    column("orders", .plainNumber, numbers([3, 12, nil])),
    column("spent", rial, numbers([1_250_000, 950, 20_000.5])))

  static func render(
    _ answer: Answer, _ format: OutputFormat = .table, terminal: Int? = nil, raw: Bool = false,
    rules: CalendarRules = CalendarRules()
  ) throws -> AnswerRenderer.Rendered {
    try AnswerRenderer(
      catalogue: catalogue(rules),
      options: AnswerRenderer.Options(format: format, isTerminal: terminal != nil, width: terminal, isRaw: raw)
    ).render(answer)
  }

  static func shown(_ value: Value, _ type: ValueType, rules: CalendarRules = CalendarRules()) throws -> String {
    let text = try render(Answer(.value(value, type, name: "x")), rules: rules).output
    return String(text.dropLast())
  }

  /// 2024-12-31
  static let endOf2024 = 20_088

  static var returnReceipt: Receipt {
    var receipt = Receipt()
    receipt.n = 8
    receipt.of = 12
    receipt.unit = "customer"
    receipt.open = 4
    receipt.openYes = 3
    receipt.asOfDay = endOf2024
    return receipt
  }

  static func card(_ state: KPICard.State = .ok, value: Double = 0.75) -> KPICard {
    KPICard(
      name: "return_rate", documentation: "Customers who buy again.", value: .number(value), type: share, n: 12, k: 8,
      needs: 10, interval: KPICard.Interval(low: 0.3906, high: 0.8619, method: "Wilson"), target: "at least 40%",
      distance: value - 0.4, state: state,
      trend: [
        KPICard.TrendPoint(period: .period(Period(unit: .quarter, index: 2024 * 4)), value: .number(0.4), n: 5),
        KPICard.TrendPoint(period: .period(Period(unit: .quarter, index: 2024 * 4 + 1)), value: .missing, n: 0),
        KPICard.TrendPoint(period: .period(Period(unit: .quarter, index: 2024 * 4 + 2)), value: .number(0.8), n: 7),
      ], owner: "Sales", decision: "Call them.", best: [KPICard.Group(label: "North", value: .number(0.9), n: 10)],
      worst: [KPICard.Group(label: "East", value: .number(0.25), n: 12)], groupedBy: "region")
  }
}
