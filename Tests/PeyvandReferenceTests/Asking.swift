import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandTestSupport
import Testing

/// A small company written out in a test, and what the reference answers about it.
struct Company {
  var builder = StoreBuilder(CompanySchema.catalogue())

  /// `customer`, `rep`, `product`: one of each, which most cases need.
  init(_ customers: [String] = ["a"]) {
    for key in customers { builder.add("customer", key) }
    builder.add("rep", "r")
    builder.add("product", "p")
  }

  /// Adds an event at a day or an instant.
  mutating func add(_ kind: String, _ key: String, _ at: ReferenceValue, _ values: [String: ReferenceValue] = [:]) {
    var values = values
    if at != .missing { values["at"] = at }
    if values["customer"] == nil { values["customer"] = "a" }
    builder.add(kind, key, values)
  }
}

struct Told: Equatable {
  var rows: [[Value]]
  var open = 0
  var openYes = 0
  var unknown = 0
  var ties = 0
}

extension Company {
  /// The answer's rows and what its receipt says, as of the whole of a day or of an instant.
  func ask(_ program: String, asOf: String = "2024-12-31", _ place: SourceLocation = #_sourceLocation) throws -> Told {
    let checked = CheckedProgram(program, in: builder.catalogue)
    try #require(checked.diagnostics.isEmpty, "\(checked.diagnostics.map(\.message))", sourceLocation: place)
    let query = try #require(checked.queries.first, sourceLocation: place)
    let written = try #require(InstantText.parse(asOf), sourceLocation: place)
    let day = try #require(written.dayNumber, sourceLocation: place)
    let calendar = builder.catalogue.calendar
    let moment =
      written.secondOfDay.map {
        ReferenceMoment(instant: calendar.zone.instant(ofLocalDay: day, secondOfDay: $0))
      } ?? ReferenceMoment(day: day, in: calendar)
    let evaluator = ReferenceEvaluator(builder.store, at: moment, unions: checked.unions)
    let table = try evaluator.answer(query)
    let rows = (0..<table.rowCount).map { row in table.columns.map { $0.values[row] } }
    let total = evaluator.tally.total
    return Told(
      rows: rows, open: total.open, openYes: total.openYes, unknown: total.unknown, ties: evaluator.tally.ties)
  }

  /// The answer's one value.
  func value(_ program: String, asOf: String = "2024-12-31", _ place: SourceLocation = #_sourceLocation) throws -> Value
  {
    let told = try ask(program, asOf: asOf, place)
    try #require(told.rows.count == 1, sourceLocation: place)
    return try #require(told.rows.first?.first, sourceLocation: place)
  }
}

extension Value {
  static func key(_ kind: String, _ key: String) -> Value { .record(RecordReference(kind: kind, key: key)) }
  static func day(_ text: String) -> Value { InstantText.parseDay(text).map { .date($0) } ?? .missing }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .yesno(value) }
}
