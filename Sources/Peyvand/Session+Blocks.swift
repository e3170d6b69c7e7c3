import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandRender
import PeyvandStore
import PeyvandSyntax

/// Statements that hold others: loops, branches and tests.
extension Session {
  /// The statements between braces; an as-of time set among them ends with them.
  func block(_ statements: [CheckedStatement], origin: Origin, emit: (Outcome) -> Void) throws(Diagnostics) -> Status {
    let outside = asOf
    defer { asOf = outside }
    var status = Status.fine
    for statement in statements { status = status.then(try step(statement, origin: origin, emit: emit)) }
    return status
  }

  /// Goes through what the set holds before the first turn: what the statements add is not visited, what they
  /// remove is passed over.
  func loop(
    _ id: VariableID, _ name: String, over query: CheckedQuery, _ body: [CheckedStatement], origin: Origin,
    emit: (Outcome) -> Void
  ) throws(Diagnostics) -> Status {
    guard case .table(let table) = try evaluator().variable(query), let column = table.columns.first else {
      return .fine
    }
    var status = Status.fine
    for value in column.values {
      if case .record(let record) = value, try !isThere(record) { continue }
      variables[id] = .value(value)
      let before = expectations?.failures.count ?? 0
      func note() -> String {
        SessionDiagnostics.inLoop(name, AnswerRenderer.shown(value, column.type, in: state.catalogue))
      }
      do throws(Diagnostics) {
        status = status.then(try block(body, origin: origin, emit: emit))
      } catch {
        let note = note()
        throw Diagnostics(error.all.map { $0.saying(note) })
      }
      if let failures = expectations?.failures, failures.count > before {
        let note = note()
        expectations?.failures = failures[..<before] + failures[before...].map { $0.saying(note) }
      }
    }
    variables[id] = nil
    return status
  }

  private func isThere(_ record: RecordReference) throws(Diagnostics) -> Bool {
    guard let kind = state.catalogue.kind(named: record.kind) else { return false }
    return try state.holds(key: record.key, family: kind.family)
  }

  // MARK: Tests

  /// What a test has expected so far.
  struct Expectations {
    var count = 0
    var failures: [Diagnostic] = []
  }

  /// How a test went.
  package struct TestReport: Sendable {
    package var name: String
    package var range: SourceRange
    package var expectations: Int
    /// What was not as expected, and what stopped it.
    package var diagnostics: [Diagnostic]
    /// It was stopped, and what it has not expected is not known.
    package var isInterrupted = false

    var summary: String {
      "test \"\(name)\": \(expectations) \(expectations == 1 ? "expectation holds" : "expectations hold")"
    }
  }

  /// Carries a test out over an empty store with this one's kinds and settings, and comes back to this one.
  ///
  /// Of what it says only `print` is shown; an error other than a failed `expect` ends the test, not the script.
  func test(
    _ name: String, given: [CheckedStatement], _ body: [CheckedStatement], at range: SourceRange, origin: Origin,
    emit: (Outcome) -> Void
  ) -> TestReport {
    let outside = (state, file, recent, environment, variables, asOf)
    defer { (state, file, recent, environment, variables, asOf) = outside }
    state = StoreState(catalogue: state.catalogue)
    file = nil
    // What a test does is not there to be taken back.
    recent = StoreMemory()
    asOf = nil
    expectations = Expectations()
    defer { expectations = nil }
    for (id, value) in variables {
      if case .records(let kind, _) = value { variables[id] = .records(kind, []) }
    }
    var stopped: [Diagnostic] = []
    do throws(Diagnostics) {
      for statement in given { _ = try step(statement, origin: origin, emit: { _ in }) }
      for statement in body {
        _ = try step(statement, origin: origin) { outcome in
          if case .answer(let answer) = outcome, case .printed = answer.body { emit(outcome) }
        }
      }
    } catch {
      stopped = error.all
    }
    let found = (expectations?.failures ?? []) + stopped
    // Of very many failures the first few are shown; that it was stopped is said all the same.
    return TestReport(
      name: name, range: range, expectations: expectations?.count ?? 0,
      diagnostics: found.prefix(options.limits.diagnostics).map { $0.saying(SessionDiagnostics.inTest(name)) },
      isInterrupted: stopped.contains { $0.code == "E1501" })
  }

  /// Whether it stands in the library or in a file that another one uses: its tests are its own.
  func isUsed(_ range: SourceRange) -> Bool { range.file < 0 || places[range.file]?.usedBy != nil }

  /// In a test a failed expectation is kept, and the test goes on; elsewhere it ends the script.
  func expect(_ expectation: CheckedExpectation) throws(Diagnostics) {
    let evaluator = evaluator()
    let outcome = try evaluator.value(expectation.condition)
    expectations?.count += 1
    guard outcome != .yesno(true) else { return }
    var sides: [(text: String, value: String)] = []
    if expectation.sides.isEmpty {
      sides.append((expectation.text, outcome == .missing ? "missing, or not yet told" : "no"))
    }
    for side in expectation.sides {
      let value = try evaluator.value(side.value)
      sides.append((side.text, AnswerRenderer.shown(value, side.value.type, in: state.catalogue, quoted: true)))
    }
    let failure = SessionDiagnostics.notSo(sides, at: expectation.range)
    guard expectations != nil else { throw Diagnostics(failure) }
    expectations?.failures.append(failure)
  }

  /// Runs the tests of a text, and of it only what they need: kinds and settings.
  /// - Returns: a report a test, in their order, what is wrong with the text, where it is wrong, and whether it was
  ///   stopped, in a test or before the first one.
  package func test(_ text: String, name: String, origin: Origin, emit: (Outcome) -> Void) -> (
    reports: [TestReport], diagnostics: [Diagnostic], isInterrupted: Bool
  ) {
    options.interruption.reset()
    used = []
    let result = parse(text, name: name)
    guard result.diagnostics.isEmpty else { return ([], result.diagnostics, options.interruption.isInterrupted) }
    let outside = (state, environment)
    defer { (state, environment) = outside }
    let (statements, checked, diagnostics) = check(result.tree, origin: origin)
    guard Status(diagnostics) == .fine else { return ([], diagnostics, options.interruption.isInterrupted) }
    environment = checked
    carried = 0
    state = StoreState(catalogue: checked.catalogue)
    var reports: [TestReport] = []
    for statement in statements {
      guard case .test(let title, let given, let body) = statement.node, !isUsed(statement.range) else { continue }
      let report = test(title, given: given, body, at: statement.range, origin: origin, emit: emit)
      reports.append(report)
      if report.isInterrupted { break }
    }
    return (reports, diagnostics, options.interruption.isInterrupted || reports.contains(where: \.isInterrupted))
  }
}

extension Diagnostic {
  /// The same with a remark of where it came up.
  func saying(_ note: String) -> Diagnostic {
    var copy = self
    copy.notes.append(note)
    return copy
  }
}
