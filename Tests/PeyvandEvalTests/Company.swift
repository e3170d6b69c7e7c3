import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore
import PeyvandSyntax

/// A small company for tests: kinds and records written as a reader would, questions as a user would.
struct Company {
  private(set) var state: StoreState
  private var environment: Environment
  /// The as-of day; all that is recorded where it is missing.
  var asOf: String?

  init(_ schema: String, calendar: CalendarRules = CalendarRules()) throws {
    var parser = Parser(schema)
    var checker = Checker(environment: Environment(catalogue: Catalogue(calendar: calendar)), texts: [0: schema])
    _ = checker.check(parser.parse().tree)
    if checker.hasErrors { throw Diagnostics(checker.diagnostics) }
    environment = checker.environment
    state = try StoreState(catalogue: Catalogue(calendar: calendar)).declaring(checker.environment.catalogue)
  }

  /// Records one record: references by key, times as they are written.
  mutating func add(_ kind: String, _ key: String? = nil, _ values: [String: Any] = [:]) throws {
    guard let kind = state.catalogue.kind(named: kind) else { throw TestFault("no kind \(kind)") }
    var own: [FieldID: Value] = [:]
    for (name, value) in values {
      guard let field = state.catalogue.field(named: name, of: kind.id) else { throw TestFault("no field \(name)") }
      own[field.id] = try converted(value, field.type)
    }
    state = try state.adding(kind.id, key: key, values: own).state
  }

  private func converted(_ value: Any, _ type: FieldType) throws -> Value {
    switch (value, type) {
    case (let text as String, .date): return .date(try day(text))
    case (let text as String, .time): return .time(try instant(text))
    case (let text as String, .reference(let kind)):
      return .record(RecordReference(kind: state.catalogue.name(of: kind), key: text))
    case (let text as String, _): return .text(text)
    case (let number as Int, .duration): return .duration(Duration(seconds: Double(number)))
    case (let number as Int, _): return .number(Double(number))
    case (let number as Double, _): return .number(number)
    case (let yes as Bool, _): return .yesno(yes)
    default: throw TestFault("no value for \(value)")
    }
  }

  private func day(_ text: String) throws -> Int {
    guard let day = InstantText.parseDay(text) else { throw TestFault("no day \(text)") }
    return day
  }

  private func instant(_ text: String) throws -> Int64 {
    guard let written = InstantText.parse(text), let instant = written.instant(in: state.catalogue.calendar.zone) else {
      throw TestFault("no time \(text)")
    }
    return instant
  }

  func context() throws -> EvaluationContext {
    let zone = state.catalogue.calendar.zone
    let last = try asOf.map { try day($0) } ?? state.lastEvent(notAfter: .max).map { zone.localDay(ofInstant: $0) } ?? 0
    return EvaluationContext(
      source: state, asOf: AsOf(instant: zone.instant(ofLocalDay: last + 1) - 1, day: last), threads: 1)
  }

  func checked(_ question: String) throws -> CheckedQuery {
    var parser = Parser(question)
    var checker = Checker(environment: environment, texts: [0: question])
    let statements = checker.check(parser.parse().tree)
    if checker.hasErrors { throw Diagnostics(checker.diagnostics) }
    guard case .query(let query, _) = statements.last?.node else { throw TestFault("no question: \(question)") }
    return query
  }

  struct Result: Equatable {
    /// One line a row, as a reader sees it.
    var lines: [String]
    var tally: EvaluationContext.Tally
  }

  /// Walks `SET | where … | with … | select …` in batches of rows, without the pipeline.
  ///
  /// With `lists` every `count` of a column shows what it counts.
  func walk(_ question: String, batch: Int = 8192, lists: ValueType? = nil) throws -> Result {
    let query = try checked(question)
    var walker = Walker(try context())
    guard case .records(let set, let binding) = query.source else { throw TestFault("not over records") }
    let rows = try walker.sets(set, in: Frame(count: 1)).rows
    var result = Result(lines: [], tally: walker.tally)
    var start = 0
    while start < rows.count {
      let part = rows.slice(start..<start + batch)
      var frame = Frame(count: part.count)
      frame.bindings[binding.id] = part
      var batchWalker = Walker(walker.context)
      result.lines += try lines(query.stages, frame, &batchWalker, lists)
      result.tally.add(batchWalker.tally)
      start += batch
    }
    return result
  }

  private func lines(_ stages: [CheckedStage], _ start: Frame, _ walker: inout Walker, _ lists: ValueType?) throws
    -> [String]
  {
    var frame = start
    for stage in stages {
      switch stage {
      case .filter(let condition):
        let places = Slab(SetKernels.places(try walker.kept(condition, in: frame)))
        var kept = Frame(count: places.count)
        kept.bindings = frame.bindings.mapValues { Gathering.int32($0, at: places) }
        kept.columns = frame.columns.mapValues { $0.gathered(places) }
        frame = kept
      case .with(let columns):
        for column in columns { frame.columns[column.header.id] = try walker.evaluate(column.expression, in: frame) }
      case .select(let columns):
        var shown: [[String]] = []
        for column in columns {
          var expression = column.expression
          if let lists, case .aggregate(var aggregate) = expression.node, aggregate.function == .count {
            aggregate.function = .list
            expression = CheckedExpression(.aggregate(aggregate), .list(lists), expression.range)
          }
          shown.append(try walker.shown(try walker.evaluate(expression, in: frame), expression.type))
        }
        return (0..<frame.count).map { row in shown.map { $0[row] }.joined(separator: " ") }
      default: throw TestFault("a stage of the pipeline")
      }
    }
    throw TestFault("nothing selected")
  }

  /// What each row shows, the same for every size of batch.
  func ask(_ question: String, lists: ValueType? = nil) throws -> [String] {
    let whole = try walk(question, lists: lists)
    for batch in [1, 7] {
      let parts = try walk(question, batch: batch, lists: lists)
      if parts != whole { throw TestFault("batches of \(batch) differ: \(parts) and \(whole)") }
    }
    return whole.lines
  }
}

struct TestFault: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
