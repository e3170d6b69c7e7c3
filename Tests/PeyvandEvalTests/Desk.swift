import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore
import PeyvandSyntax

/// A store in memory and someone who asks it, in the language: text in, an answer as short text out.
struct Desk {
  var state = StoreState()
  var environment = Environment(catalogue: Catalogue())
  var variables: [VariableID: VariableValue] = [:]
  var asOf: Value?
  var batchSize = 8192
  var threads = 2
  var limits = Limits()
  let interruption = Interruption()
  private var files: Int32 = 0
  private var texts: [Int32: String] = [:]

  init(_ program: String) throws { try run(program) }

  /// Runs statements; what the last question answers.
  @discardableResult
  mutating func run(_ program: String) throws(Diagnostics) -> Answer? {
    var answer: Answer?
    for statement in try check(program) { answer = try run(statement) ?? answer }
    return answer
  }

  private mutating func check(_ program: String) throws(Diagnostics) -> [CheckedStatement] {
    files += 1
    texts[files] = program
    var parser = Parser(program, file: files)
    let read = parser.parse()
    guard read.diagnostics.isEmpty else { throw Diagnostics(read.diagnostics) }
    var checker = Checker(environment: environment, texts: texts)
    let statements = checker.check(read.tree)
    let said = checker.takeDiagnostics().filter { $0.severity == .error }
    guard said.isEmpty else { throw Diagnostics(said) }
    environment = checker.environment
    return statements
  }

  /// A question as the checker understands it.
  mutating func query(_ question: String) throws(Diagnostics) -> CheckedQuery {
    for statement in try check(question) { if case .query(let query, _) = statement.node { return query } }
    throw Diagnostics(Diagnostic("E9999", .error, "no question"))
  }

  var evaluator: Evaluator {
    get throws(Diagnostics) {
      let moment = try AsOf.resolve(source: state, requested: asOf, clock: 4_000_000_000)
      var context = EvaluationContext(
        source: state, asOf: moment, limits: limits, interruption: interruption, threads: threads)
      context.batchSize = batchSize
      context.variables = variables
      return Evaluator(context)
    }
  }

  private mutating func run(_ statement: CheckedStatement) throws(Diagnostics) -> Answer? {
    switch statement.node {
    case .declare(let catalogue): state = try state.declaring(catalogue)
    case .define: break
    case .bind(let id, _, let query, _): variables[id] = try evaluator.variable(query)
    case .asOf(let moment): asOf = try evaluator.value(moment)
    case .query(let query, _): return try evaluator.answer(query)
    case .print(let query): return try evaluator.answer(query)
    case .card(let call): return try evaluator.card(call)
    case .add(let kind, let key, let fields):
      var name: String?
      if let key, case .text(let text) = try evaluator.value(key) { name = text }
      var values: [FieldID: Value] = [:]
      for field in fields { values[field.field] = try evaluator.value(field.value) }
      state = try state.adding(kind, key: name, values: values).state
    default: throw Diagnostics(Diagnostic("E9999", .error, "no such statement at this desk"))
    }
    return nil
  }

  /// The answer to a question: a line a row, cells parted by a blank; and what the receipt says.
  mutating func ask(_ question: String) -> String {
    do throws(Diagnostics) {
      guard let answer = try run(question) else { return "" }
      return Self.text(answer)
    } catch {
      return "error: " + error.all.map { "\($0.code) \($0.message)" }.joined(separator: "; ")
    }
  }

  mutating func receipt(_ question: String) throws -> Receipt { try run(question)?.receipt ?? Receipt() }

  mutating func card(_ question: String) throws -> KPICard? {
    if case .card(let card) = try run(question)?.body { card } else { nil }
  }

  static func text(_ answer: Answer) -> String {
    switch answer.body {
    case .value(let value, _, _): text(value)
    case .table(let table): text(table)
    case .watched(let watched): text(watched.table)
    case .profile(let profile): text(profile.table)
    case .map(let map): text(map.table)
    case .card(let card): text(card.value)
    case .printed(let text), .done(let text): text
    }
  }

  private static func text(_ table: Table) -> String {
    (0..<table.rowCount).map { row in table.columns.map { text($0.values[row]) }.joined(separator: " ") }
      .joined(separator: "\n")
  }

  static func text(_ value: Value) -> String {
    switch value {
    case .missing: return "–"
    case .number(let number): return NumberText.shortest((number * 1e9).rounded() / 1e9)
    case .text(let text): return text
    case .yesno(let truth): return truth ? "yes" : "no"
    case .date(let day): return InstantText.day(day)
    case .time(let instant): return InstantText.instant(instant, in: .utc)
    case .duration(let duration):
      return [(Double(duration.months), "mo"), (duration.days, "d"), (duration.seconds, "s")]
        .filter { $0.0 != 0 }.map { NumberText.shortest($0.0) + $0.1 }.joined(separator: "+")
    case .period(let period): return CalendarRules().label(ofPeriod: period.index, unit: period.unit)
    case .weekday(let day): return "day \(day)"
    case .clock(let second): return InstantText.time(second, seconds: false)
    case .record(let record): return record.kind + " " + record.key
    case .list(let values): return "[" + values.map { text($0) }.joined(separator: ",") + "]"
    }
  }
}

extension Desk {
  /// Six customers in two regions, one without; eleven purchases; calls and visits; who serves whom.
  static let company = """
    entity customer { name: text, region: text, joined: date }
    entity rep { name: text }
    entity product { name: text, price: number in rial }
    relationship serves { one rep, customer }
    event purchase { customer, product, amount: number in rial, at: date }
    event contact { customer, rep, logged: yesno, topic: text, at: time }
    event call is contact { duration }
    event visit is contact { }
    add rep "R-1" { name: "Sara" }
    add rep "R-2" { name: "Omid" }
    add product "P-1" { name: "pump", price: 100 }
    add product "P-2" { name: "valve", price: 10 }
    add customer "C-1" { name: "Alborz", region: "North", joined: 2023-05-01 }
    add customer "C-2" { name: "Bahar", region: "South", joined: 2024-02-01 }
    add customer "C-3" { name: "Chaman", region: "North", joined: 2024-03-01 }
    add customer "C-4" { name: "Darya", joined: 2024-03-05 }
    add customer "C-5" { name: "Elham", region: "South" }
    add customer "C-6" { name: "Farid", region: "North", joined: 2024-06-01 }
    add serves "S-1" { rep: rep "R-1", customer: customer "C-1", start: 2023-05-01, end: 2024-03-31 }
    add serves "S-2" { rep: rep "R-2", customer: customer "C-1", start: 2024-04-01 }
    add serves "S-3" { rep: rep "R-2", customer: customer "C-2", start: 2024-02-01 }
    add purchase "B-1" { customer: customer "C-1", product: product "P-1", amount: 100, at: 2024-01-10 }
    add purchase "B-2" { customer: customer "C-1", product: product "P-2", amount: 20, at: 2024-02-10 }
    add purchase "B-3" { customer: customer "C-1", product: product "P-1", amount: 110, at: 2024-05-02 }
    add purchase "B-4" { customer: customer "C-2", product: product "P-1", amount: 90, at: 2024-02-15 }
    add purchase "B-5" { customer: customer "C-2", product: product "P-2", at: 2024-02-15 }
    add purchase "B-6" { customer: customer "C-3", product: product "P-2", amount: 10, at: 2024-03-20 }
    add purchase "B-7" { customer: customer "C-3", product: product "P-2", amount: 30, at: 2024-11-25 }
    add purchase "B-8" { customer: customer "C-4", product: product "P-1", amount: 100, at: 2024-04-01 }
    add purchase "B-9" { customer: customer "C-6", product: product "P-1", amount: 105, at: 2024-11-01 }
    add purchase "B-10" { customer: customer "C-6", product: product "P-2", amount: 5, at: 2024-11-20 }
    add call "K-1" { customer: customer "C-1", rep: rep "R-1", logged: yes, topic: "price", at: 2024-01-08 10:00, duration: 10 minutes }
    add call "K-2" { customer: customer "C-1", rep: rep "R-1", logged: no, topic: "price", at: 2024-01-09 11:00, duration: 2 minutes }
    add visit "V-1" { customer: customer "C-2", rep: rep "R-2", logged: yes, topic: "visit", at: 2024-01-08 15:00 }
    add visit "V-2" { customer: customer "C-3", rep: rep "R-2", topic: "visit", at: 2024-03-01 09:00 }
    add call "K-3" { customer: customer "C-3", rep: rep "R-1", logged: no, topic: "service", at: 2024-12-01 09:00 }
    """
}
