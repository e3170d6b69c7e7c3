import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore
import PeyvandSyntax

/// The life of a program: checked whole, then carried out statement by statement.
extension Session {
  /// Checks a tree and, where nothing is wrong, runs its statements in turn.
  func execute(_ tree: SyntaxTree, origin: Origin, emit: (Outcome) -> Void) -> Status {
    let begun = ContinuousClock.now
    let (statements, checked, diagnostics) = check(tree, origin: origin)
    spent.append(("check", Self.milliseconds(since: begun)))
    if !diagnostics.isEmpty { emit(.diagnostics(diagnostics)) }
    let verdict = Status(diagnostics)
    guard verdict == .fine else { return verdict }
    let unknown = unknownParameters(of: statements)
    guard unknown.isEmpty else {
      emit(.diagnostics(unknown))
      return Status(unknown)
    }
    environment = checked
    carried = 0
    var status = Status.fine
    for statement in statements {
      do throws(Diagnostics) {
        status = status.then(try step(statement, origin: origin, emit: emit))
      } catch {
        // What later statements would have declared has not come to be.
        environment.catalogue = state.catalogue.adopting(environment.catalogue.unions)
        emit(.diagnostics(error.all))
        guard let next = held?.besideRefused, !options.interruption.isInterrupted else {
          return options.interruption.isInterrupted ? .interrupted : Status(error.all)
        }
        held?.besideRefused = nil
        take(next, [:])
        status = status.then(Status(error.all))
      }
    }
    return status
  }

  /// One statement, where a script is not over its limit; what goes wrong with it has a place.
  func step(_ statement: CheckedStatement, origin: Origin, emit: (Outcome) -> Void) throws(Diagnostics) -> Status {
    do throws(Diagnostics) {
      if options.interruption.isInterrupted { throw EvaluationDiagnostics.interrupted(at: statement.range) }
      carried += 1
      guard carried <= options.limits.statements else {
        throw Diagnostics(SessionDiagnostics.tooManyStatements(options.limits.statements, at: statement.range))
      }
      return try carryOut(statement, origin: origin, emit: emit)
    } catch {
      throw Diagnostics(error.all.map { placing($0, at: statement.range) })
    }
  }

  /// What `--set` names and no `param` of the program does, nor one that an earlier program of this session had.
  private func unknownParameters(of statements: [CheckedStatement]) -> [Diagnostic] {
    let known = statements.compactMap { statement in
      if case .parameter(_, let name, _) = statement.node { name } else { nil }
    }
    let keys = Set(known.map(nameKey))
    return options.parameters
      .filter { !keys.contains(nameKey($0.name)) && environment.variable(named: $0.name) == nil }
      .map { SessionDiagnostics.unknownParameter($0.name, known) }
  }

  /// Everything wrong with a tree, its checked statements, and what names mean after it.
  func check(_ tree: SyntaxTree, origin: Origin) -> ([CheckedStatement], Environment, [Diagnostic]) {
    let loader: Checker.Loader = { [self] target, range in use(target, at: range, origin: origin) }
    var checker = Checker(environment: environment, texts: texts, loader: loader, limits: options.limits)
    let statements = checker.check(tree)
    let found = checker.takeDiagnostics() + wrongImportOptions(statements)
    // Whoever shows them shows the first few and says how many more there are.
    let diagnostics = Array(found.prefix(max(1_000, options.limits.diagnostics)))
    return (statements, checker.environment, diagnostics)
  }

  /// A diagnostic from the engine may not know its place: then it is the statement's.
  private func placing(_ diagnostic: Diagnostic, at range: SourceRange) -> Diagnostic {
    guard diagnostic.labels.isEmpty else { return diagnostic }
    var placed = diagnostic
    placed.labels = [.init(range)]
    return placed
  }

  func carryOut(_ statement: CheckedStatement, origin: Origin, emit: (Outcome) -> Void) throws(Diagnostics)
    -> Status
  {
    switch statement.node {
    case .declare(let catalogue):
      guard catalogue != state.catalogue else { return .fine }
      try commit([.declare(catalogue)], giving: try state.declaring(catalogue))
    case .define(let name):
      guard options.isInteractive, origin == .typed else { return .fine }
      try keep(.init(name: name, source: source(of: statement.range)))
    case .bind(let id, _, let query, let shape):
      variables[id] = try held(query, as: shape)
    case .parameter(let id, _, let value): variables[id] = .value(try evaluator().value(value))
    case .asOf(let time):
      asOf = try evaluator().value(time)
    case .asOfNow: asOf = begunAsOf
    case .print(let query):
      emit(.answer(printed(try timed { (evaluator) throws(Diagnostics) in try evaluator.answer(query) })))
      tellTime(emit)
    case .query(let query, let id):
      let answer = try timed { (evaluator) throws(Diagnostics) in try evaluator.answer(query) }
      remember(answer, as: id)
      emit(.answer(pointingOut(answer)))
      tellTime(emit)
    case .card(let call):
      let answer = try timed { (evaluator) throws(Diagnostics) in try evaluator.card(call) }
      emit(.answer(pointingOut(answer)))
      tellTime(emit)
    case .add, .change, .remove: try change(statement, emit: emit)
    case .importData(let kind, let syntax, let file):
      return try importFile(syntax, kind, file, origin: origin, emit: emit)
    case .exportData(let query, let path): try export(query, to: path, origin: origin, emit: emit)
    case .branch(let condition, let then, let otherwise):
      let isSo = try evaluator().value(condition) == .yesno(true)
      return try block(isSo ? then : otherwise, origin: origin, emit: emit)
    case .forEach(let id, let name, let query, let body):
      return try loop(id, name, over: query, body, origin: origin, emit: emit)
    case .test(let name, let given, let body):
      guard !isUsed(statement.range) else { return .fine }
      let report = test(name, given: given, body, at: statement.range, origin: origin, emit: emit)
      if report.isInterrupted { throw Diagnostics(report.diagnostics) }
      guard report.diagnostics.isEmpty else {
        emit(.diagnostics(report.diagnostics))
        return .checkFailed
      }
      emit(.answer(Answer(.done(report.summary))))
    case .expect(let expectation): try expect(expectation)
    case .watch(let watch): try carryOut(watch, origin: origin, emit: emit)
    case .process, .done, .forget, .agenda, .missing, .listing, .profile, .map:
      try carryOutProcess(statement, emit: emit)
    }
    return .fine
  }

  /// Says where the data end, if that is long ago and no other moment was asked for.
  func pointingOut(_ answer: Answer) -> Answer {
    let week: Int64 = 7 * 86_400
    guard options.pointsOutOldData, asOf == nil, let end = answer.receipt.asOf, end < clock - week else {
      return answer
    }
    var told = answer
    told.receipt.remarks.append("the data end more than a week ago")
    return told
  }

  // MARK: Questions

  private func held(_ query: CheckedQuery, as shape: Environment.Shape) throws(Diagnostics) -> VariableValue {
    let evaluator = evaluator()
    switch shape {
    case .records(let kind):
      guard case .records(let set, let binding) = query.source else { return .records(kind, []) }
      var narrowed = set
      for case .filter(let condition) in query.stages {
        narrowed = CheckedSet(.filter(narrowed, binding, condition), kind: narrowed.kind, narrowed.range)
      }
      let found = try evaluator.records(of: narrowed)
      return .records(found.kind, found.rows)
    case .value:
      guard case .value(let value, _, _) = try evaluator.answer(query).body else { return .value(.missing) }
      return .value(value)
    case .table:
      let answer = try evaluator.answer(query)
      guard case .table(let table) = answer.body else { return .value(.missing) }
      return .table(table)
    }
  }

  func remember(_ answer: Answer, as id: VariableID) {
    switch answer.body {
    case .value(let value, _, _): variables[id] = .value(value)
    case .table(let table): variables[id] = .table(table)
    case .profile(let profile): variables[id] = .table(profile.table)
    case .map(let map): variables[id] = .table(map.table)
    case .watched(let watched): variables[id] = .table(watched.table)
    case .card, .printed, .done: break
    }
  }

  /// `print` of one text is that text alone, without quotes or receipt.
  private func printed(_ answer: Answer) -> Answer {
    guard case .value(.text(let text), _, _) = answer.body else { return answer }
    return Answer(.printed(text), receipt: answer.receipt, notes: answer.notes)
  }

  // MARK: The store

  /// Work that ^C and the limit of time stop, whatever it is at.
  func attended<Value: Sendable>(
    _ work: @escaping @Sendable (Interruption) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    try AttendedEvaluator.attended(options.limits, options.interruption, work)
  }

  /// Makes a new state the store's, on the disk first.
  /// - Parameter changes: what was said, which makes `next` of the present state.
  func commit(_ changes: [StoreChange], giving next: StoreState) throws(Diagnostics) {
    let moved = try Self.moved(variables, from: state, to: next)
    if held != nil {
      held?.append(changes)
    } else if let file {
      try attended { (interruption) throws(Diagnostics) in
        try file.commit(changes, giving: next, unless: interruption)
      }
    } else {
      try recent.append(changes, to: state, giving: next)
    }
    take(next, moved)
  }

  /// What a `let` holds are records, wherever a change has moved their rows to.
  private static func moved(
    _ variables: [VariableID: VariableValue], from state: StoreState, to next: StoreState
  ) throws(Diagnostics) -> [VariableID: VariableValue] {
    var kept: [VariableID: VariableValue] = [:]
    for (id, value) in variables {
      guard case .records(let kind, let rows) = value else { continue }
      kept[id] = .records(kind, try state.moved(rows, ofKind: kind, to: next))
    }
    return kept
  }

  /// A state that stands on the disk becomes the session's. Nothing here can fail.
  private func take(_ next: StoreState, _ moved: [VariableID: VariableValue]) {
    state = next
    variables.merge(moved) { _, moved in moved }
    environment.catalogue = next.catalogue.adopting(environment.catalogue.unions)
  }

  /// Takes back the last statement that changed data, as far back as the last snapshot.
  /// - Returns: what it was, in words.
  /// - Parameter isPast: whether declarations may have been made since; they stay.
  /// - Throws: E3208 where there is none, E3212 where the last step was a declaration, E1501 where it was interrupted in
  ///   time; the store is then as it was.
  package func undo(pastDeclarations isPast: Bool = false) throws(Diagnostics) -> String {
    let reach: UndoReach = isPast ? .beforeDeclarations : .last
    let (before, variables, recent) = (state, variables, recent)
    if let file {
      let undone = try attended { (interruption) throws(Diagnostics) in
        try file.undo(reach, unless: interruption) { (next) throws(Diagnostics) in
          try Self.moved(variables, from: before, to: next)
        }
      }
      take(undone.state, undone.prepared)
      recall(undone.changes)
      return Self.inWords(undone.changes, before)
    }
    let (memory, next, changes, moved) = try attended { (_) throws(Diagnostics) in
      let (memory, next, changes) = try recent.undoing(reach)
      return (memory, next, changes, try Self.moved(variables, from: before, to: next))
    }
    self.recent = memory
    take(next, moved)
    recall(changes)
    return Self.inWords(changes, before)
  }

  /// What is declared again since its end was taken back, this sitting knows again.
  private func recall(_ changes: [StoreChange]) {
    for case .forget(let name) in changes {
      restore(state.definitions.filter { nameKey($0.name) == nameKey(name) })
    }
  }

  /// - Parameter state: that before they were taken back.
  private static func inWords(_ changes: [StoreChange], _ state: StoreState) -> String {
    changes.map { change in
      let words = change.inWords(state.catalogue)
      guard case .forget(let name) = change, state.definitions.contains(where: { nameKey($0.name) == nameKey(name) })
      else { return words }
      return words + " (declared again since: what was declared last stands)"
    }.joined(separator: ", ")
  }

  /// Ends the sitting: a long journal makes way for a snapshot, so that the next one begins quickly. All that was said
  /// is in the journal, so one that was stopped is simply for another time.
  package func leave() throws(Diagnostics) {
    guard let file else { return }
    do throws(Diagnostics) {
      try attended { (interruption) throws(Diagnostics) in try file.leave(unless: interruption) }
    } catch {
      guard error.all.allSatisfy({ ["E1501", "E1502"].contains($0.code) }) else { throw error }
    }
  }

  func change(_ statement: CheckedStatement, emit: (Outcome) -> Void) throws(Diagnostics) {
    var record: String?
    do throws(Diagnostics) {
      try change(statement, of: &record, emit: emit)
    } catch {
      guard let record else { throw error }
      throw Diagnostics(
        error.all.map { diagnostic in
          diagnostic.message.contains(record) ? diagnostic : diagnostic.saying("in \(record)")
        })
    }
  }

  /// - Parameter record: the one that is meant, in words, as soon as it is known.
  private func change(
    _ statement: CheckedStatement, of record: inout String?, emit: (Outcome) -> Void
  ) throws(Diagnostics) {
    let evaluator = evaluator()
    func text(_ expression: CheckedExpression) throws(Diagnostics) -> String {
      guard case .text(let text) = try evaluator.value(expression) else { return "" }
      return text
    }
    func values(_ fields: [FieldAssignment]) throws(Diagnostics) -> [FieldID: Value] {
      var result: [FieldID: Value] = [:]
      for field in fields { result[field.field] = try evaluator.value(field.value) }
      return result
    }
    switch statement.node {
    case .add(let kind, let key, let fields):
      let given: String? = if let key { try text(key) } else { nil }
      if let given {
        guard given.contains(where: { !$0.isWhitespace }) else {
          throw Diagnostics(SessionDiagnostics.keyMissing(state.catalogue.name(of: kind), at: statement.range))
        }
        record = "\(state.catalogue.name(of: kind)) \"\(given)\""
      }
      let values = try values(fields)
      let appended = try state.adding(kind, key: given, values: values)
      // The same record again says nothing that would have to be kept.
      if appended.added + appended.filled > 0 {
        try commit([.add(kind, key: given, values: values)], giving: appended.state)
      }
      let name = state.catalogue.name(of: kind)
      let done = appended.added > 0 ? "1 \(name) added" : appended.filled > 0 ? "1 \(name) filled in" : "nothing new"
      emit(.answer(Answer(.done(done))))
    case .change(let kind, let key, let fields):
      let key = try text(key)
      record = "\(state.catalogue.name(of: kind)) \"\(key)\""
      let values = try values(fields)
      try commit(
        [.change(kind, key: key, values: values)], giving: try state.changing(kind, key: key, values: values))
      emit(.answer(Answer(.done("\(state.catalogue.name(of: kind)) \(Written.text(key)) changed"))))
    case .remove(let kind, let key):
      let key = try text(key)
      try commit([.remove(kind, key: key)], giving: try state.removing(kind, key: key))
      emit(.answer(Answer(.done("\(state.catalogue.name(of: kind)) \(Written.text(key)) removed"))))
    default: break
    }
  }
}
