import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandTestSupport

/// One program asked of both evaluators over the same data.
struct EngineComparison {
  let company: RandomCompany
  let source: ReferenceColumns
  /// What names mean after the generator's definitions.
  private let defined: CheckedProgram

  init(_ company: RandomCompany) {
    self.company = company
    source = ReferenceColumns(company.store)
    defined = CheckedProgram(ProgramGenerator.definitions, in: company.store.catalogue)
  }

  enum Verdict: Equatable {
    /// `receipts`: whether what was left out could be compared too.
    case agree(receipts: Bool)
    /// The program does not check.
    case unsound
    /// The reference does not do it.
    case unsupported(String)
    case differ(String)
  }

  static let batchSizes = [1, 7, 8192]

  func verdict(
    _ text: String, batchSizes: [Int] = batchSizes, threads: Int = 2, asksReceipts: Bool = true
  ) -> Verdict {
    let program = CheckedProgram(
      text, in: defined.environment, texts: [0: ProgramGenerator.definitions], number: 1)
    guard let query = program.queries.first else { return .unsound }
    let reference = ReferenceEvaluator(company.store, at: company.moment, unions: program.unions)
    var expected: Table?
    var failure: String?
    do {
      expected = try reference.answer(query)
    } catch let error as ReferenceUnsupported {
      return .unsupported(error.what)
    } catch let error as ReferenceFailure {
      failure = error.code
    } catch {
      failure = "\(error)"
    }
    var comparesReceipts = false
    var first: Receipt?
    for size in batchSizes {
      do {
        let answer = try engine(size, threads, program.unions).answer(query)
        first = first ?? answer.receipt
        // What is counted may not depend on how far ahead was read.
        if answer.receipt != first {
          return .differ("batch \(size): receipt \(answer.receipt)\nnot as before \(first ?? answer.receipt)")
        }
        guard let expected else { return .differ("batch \(size): an answer instead of \(failure ?? "?")") }
        if isMissingValue(answer), expected.rowCount == 0 { continue }
        if let difference = difference(expected, table(answer)) { return .differ("batch \(size): \(difference)") }
        // What was left out inside is told by rows, of first events that several rows share too; and a row that
        // stands in several groups is told once, where the plain evaluator counts it in each.
        let isInside = answer.receipt.insideUnknown + answer.receipt.insideOpen + answer.receipt.several > 0
        comparesReceipts = asksReceipts && isReceiptTold(query, reference.tally) && !isInside
        if comparesReceipts, let difference = difference(reference.tally, answer.receipt) {
          return .differ("batch \(size): receipt: \(difference)")
        }
      } catch {
        let said = error.all.map { "\($0.code) \($0.message)" }.joined(separator: "; ")
        guard let failure, said.hasPrefix(failure) else {
          return .differ("batch \(size): \(said), and the reference \(failure ?? "answers")")
        }
      }
    }
    return .agree(receipts: comparesReceipts)
  }

  /// The same of a watch: each group's state and what stands behind it.
  func watchVerdict(_ text: String, batchSize: Int) -> Verdict {
    let program = CheckedProgram(text, in: defined.environment, texts: [0: ProgramGenerator.definitions], number: 1)
    guard let watch = program.watches.first else { return .unsound }
    let expected: [ReferenceEvaluator.Watched]
    do {
      expected = try ReferenceEvaluator(company.store, at: company.moment, unions: program.unions).watched(watch)
    } catch let error as ReferenceUnsupported {
      return .unsupported(error.what)
    } catch {
      return .unsupported("\(error)")
    }
    do {
      let answer = try engine(batchSize, 2, program.unions).watch(watch)
      guard case .watched(let watched) = answer.body else { return .differ("no watch") }
      let found = watched.findings.map { finding in
        ReferenceEvaluator.Watched(
          state: finding.state.rawValue, period: finding.period, n: finding.n, missed: finding.missed,
          assurance: finding.chart?.assurance, signals: finding.chart?.signals ?? [])
      }
      return found == expected ? .agree(receipts: false) : .differ("\(found)\nnot \(expected)")
    } catch {
      return .differ(error.all.map { "\($0.code) \($0.message)" }.joined(separator: "; "))
    }
  }

  /// The same of what is due.
  func agendaVerdict(_ text: String, batchSize: Int) -> Verdict {
    let program = CheckedProgram(text, in: defined.environment, texts: [0: ProgramGenerator.definitions], number: 1)
    guard let (processes, asOf) = program.agendas.first else { return .unsound }
    let expected: [[Value]]
    do {
      let reference = ReferenceEvaluator(company.store, at: company.moment, unions: program.unions)
      expected = try reference.agenda(processes, asOf: asOf)
    } catch let error as ReferenceUnsupported {
      return .unsupported(error.what)
    } catch {
      return .unsupported("\(error)")
    }
    do {
      let answer = try engine(batchSize, 2, program.unions).agenda(processes, asOf: asOf)
      let table = table(answer)
      let found = (0..<table.rowCount).map { row in table.columns.map { $0.values[row] } }
      guard found != expected else { return .agree(receipts: false) }
      func told(_ rows: [[Value]]) -> String { rows.map { "  \($0)" }.joined(separator: "\n") }
      return .differ("\(told(found))\nnot\n\(told(expected))")
    } catch {
      return .differ(error.all.map { "\($0.code) \($0.message)" }.joined(separator: "; "))
    }
  }

  func engine(_ batchSize: Int, _ threads: Int = 2, _ unions: [KindUnion] = []) -> Evaluator {
    let asOf = AsOf(instant: company.moment.instant, day: company.moment.day)
    var context = EvaluationContext(source: UnionSource.over(source, unions), asOf: asOf)
    context.batchSize = batchSize
    context.threads = threads
    // So small a company puts its conditions to timelines' rows alone; here also to all of a kind.
    if batchSize == 7 { context.rowTruths = RowTruthsCache(fewestRows: 1) }
    return Evaluator(context)
  }

  func table(_ answer: Answer) -> Table {
    switch answer.body {
    case .table(let table): table
    case .value(let value, let type, let name):
      Table(columns: [Table.Column(name: name, type: type, values: [value])], rowCount: 1)
    default: Table(columns: [], rowCount: 0)
    }
  }

  /// One value that no row gave.
  private func isMissingValue(_ answer: Answer) -> Bool {
    if case .value(.missing, _, _) = answer.body { true } else { false }
  }

  /// Both answers to a program, with all that was left out.
  func both(_ text: String) -> String {
    let program = CheckedProgram(
      text, in: defined.environment, texts: [0: ProgramGenerator.definitions], number: 1)
    guard let query = program.queries.first else { return program.diagnostics.map(\.message).joined(separator: "\n") }
    let reference = ReferenceEvaluator(company.store, at: company.moment, unions: program.unions)
    var result = ""
    if let expected = try? reference.answer(query) { result += "reference:\n  \(rows(expected))\n\(reference.tally)\n" }
    if let answer = try? engine(8192, 1, program.unions).answer(query) {
      result += "engine:\n  \(rows(table(answer)))\n\(answer.receipt)\n"
    }
    return result
  }

  // MARK: Tables

  private func difference(_ expected: Table, _ found: Table) -> String? {
    // What a cross table's columns are called are values, of which either may show another spelling.
    guard expected.columns.map({ folded($0.name) }) == found.columns.map({ folded($0.name) }) else {
      return "columns \(found.columns.map(\.name)), not \(expected.columns.map(\.name))"
    }
    guard expected.rowCount == found.rowCount else {
      return "\(found.rowCount) rows, not \(expected.rowCount): \(rows(found)), not \(rows(expected))"
    }
    for (one, other) in zip(expected.columns, found.columns) {
      for row in 0..<expected.rowCount where !isSame(one.values[row], other.values[row]) {
        return
          "\(one.name), row \(row): \(shown(other.values[row])), not \(shown(one.values[row])) in\n  \(rows(expected))"
      }
    }
    return nil
  }

  func rows(_ table: Table) -> String {
    (0..<min(40, table.rowCount)).map { row in table.columns.map { shown($0.values[row]) }.joined(separator: " | ") }
      .joined(separator: "\n  ")
  }

  private func shown(_ value: Value) -> String {
    switch value {
    case .missing: "–"
    case .number(let number): "\(number)"
    case .text(let text): text
    case .yesno(let yes): yes ? "yes" : "no"
    case .date(let day): InstantText.day(day)
    case .time(let instant): InstantText.instant(instant, in: source.catalogue.calendar.zone)
    case .duration(let length): "\(length.months)m \(length.days)d \(length.seconds)s"
    case .record(let record): record.key
    case .list(let values): "[" + values.map(shown).joined(separator: ", ") + "]"
    default: "\(value)"
    }
  }

  private func isSame(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.number(let x), .number(let y)): isNear(x, y)
    case (.duration(let x), .duration(let y)):
      x.months == y.months && isNear(x.days * 86_400 + x.seconds, y.days * 86_400 + y.seconds)
    case (.text(let x), .text(let y)): folded(x) == folded(y)
    case (.list(let x), .list(let y)): x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1) }
    default: a == b
    }
  }

  private func isNear(_ x: Double, _ y: Double) -> Bool {
    x == y || abs(x - y) <= 1e-9 * max(1, abs(x), abs(y))
  }

  // MARK: Receipts

  /// Receipts say the same where all that was left out was left out by the question's own stages: not deeper
  /// inside, not behind a `take` that ends the work early, not in a second measure.
  private func isReceiptTold(_ query: CheckedQuery, _ tally: ReferenceTally) -> Bool {
    var measures = 0
    for stage in query.stages {
      switch stage {
      case .measure: measures += 1
      case .take, .skip, .who, .why: return false
      default: break
      }
    }
    return measures <= 1 && tally.inside == 0
  }

  private func difference(_ tally: ReferenceTally, _ receipt: Receipt) -> String? {
    var expected = tally.rows
    var found = ReferenceLeftOut(unknown: receipt.unknown, open: receipt.open, openYes: receipt.openYes)
    if receipt.columns.isEmpty {
      if let first = tally.columns.first { expected.add(first) }
    } else {
      for column in tally.columns { expected.add(column) }
      for column in receipt.columns.values {
        found.add(ReferenceLeftOut(unknown: column.unknown, open: column.open, openYes: column.openYes))
      }
    }
    if found != expected { return "\(found), not \(expected)" }
    if receipt.ties != tally.ties { return "\(receipt.ties) ties, not \(tally.ties)" }
    return nil
  }
}
