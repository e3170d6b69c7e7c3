import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Checker {
  /// Checks a program from its first statement to its last. Kinds, definitions and KPIs may stand in any order;
  /// everything else in the order in which it runs.
  package mutating func check(_ tree: SyntaxTree) -> [CheckedStatement] {
    var statements: [CheckedStatement] = []
    collect(tree, into: &statements)
    return statements
  }

  private mutating func collect(_ tree: SyntaxTree, into statements: inout [CheckedStatement]) {
    let used = tree.statements.map { statement -> SyntaxTree? in
      guard case .use(let target) = statement.node else { return nil }
      return load(target, at: statement.range)
    }
    for case let inner? in used { collect(inner, into: &statements) }
    declareKinds(tree, into: &statements)
    declareReviews(tree.statements, into: &statements)
    declareDefinitions(tree.statements)
    for statement in tree.statements { check(statement, in: Scope(), .script, into: &statements) }
    verifyDefinitions(tree.statements)
  }

  /// Definitions and KPIs, which may stand in any order.
  mutating func declareDefinitions(_ statements: [Statement]) {
    var names: Set<String> = []
    for statement in statements {
      switch statement.node {
      case .define(let syntax):
        let key = (syntax.kind.map { nameKey($0.text) + "." } ?? "") + nameKey(syntax.name.text)
        if names.insert(key).inserted {
          define(syntax)
        } else {
          report(CheckDiagnostics.nameTaken(syntax.name.text, "defined above", at: syntax.name.range))
        }
      case .kpi(let syntax):
        if names.insert(nameKey(syntax.name.text)).inserted {
          declare(syntax)
        } else {
          report(CheckDiagnostics.nameTaken(syntax.name.text, "defined above", at: syntax.name.range))
        }
      default: break
      }
    }
  }

  private mutating func load(_ target: UseTarget, at range: SourceRange) -> SyntaxTree? {
    guard let loader else {
      report(CheckDiagnostics.notCarriedOut("`use` here", at: range))
      return nil
    }
    switch loader(target, range) {
    case .success(let program):
      guard let program else { return nil }
      texts[program.file] = program.text
      return program.tree
    case .failure(let diagnostics):
      for diagnostic in diagnostics.all { report(diagnostic) }
      return nil
    }
  }

  /// Checks one statement with what is in hand where it stands.
  mutating func check(
    _ statement: Statement, in scope: Scope, _ place: StatementPlace, into statements: inout [CheckedStatement]
  ) {
    let range = statement.range
    begin(range)
    let outside = (strangeUnits, assigned)
    let before = complaints.count
    (strangeUnits, assigned) = ([], assignedName(statement.node))
    defer {
      if complaints.count == before { reportStrangeUnits() }
      (strangeUnits, assigned) = outside
    }
    guard place.takes(statement.node) else {
      report(CheckDiagnostics.notInBraces(firstWord(of: range), inTest: place == .test, at: range))
      return
    }
    func append(_ node: CheckedStatement.Node) { statements.append(CheckedStatement(node, range)) }
    switch statement.node {
    case .invalid, .kind, .use: break
    case .define(let syntax): if place == .script { append(.define(name: syntax.name.text)) }
    case .kpi(let syntax): if place == .script { append(.define(name: syntax.name.text)) }
    case .letStatement(let name, let query): bind(name, query, range, in: scope, into: &statements)
    case .forEach(let name, let set, let body):
      if let loop = loop(name, over: set, body, in: scope) { append(loop) }
    case .ifStatement(let syntax):
      if let branch = branch(syntax, in: scope) { append(branch) }
    case .test(let name, let body):
      append(test(name, body, after: statements))
    case .expect(let query):
      if let expectation = expectation(query, in: scope) { append(.expect(expectation)) }
    case .param(let name, let value):
      guard parameters.insert(nameKey(name.text)).inserted else {
        report(CheckDiagnostics.nameTaken(name.text, "a parameter of this script", at: name.range))
        return
      }
      let term = check(value, in: scope)
      guard let expression = kept(term, value.range, wanted: "as a parameter") else {
        broken.insert(nameKey(name.text))
        return
      }
      guard let value = parameter(name, default: expression) else {
        broken.insert(nameKey(name.text))
        return
      }
      append(.parameter(environment.bind(name.text, .value(value.type)), name: name.text, value))
    case .asOf(let syntax) where isNow(syntax): append(.asOfNow)
    case .asOf(let syntax):
      guard let time = asOf(syntax, in: scope) else { return }
      append(.asOf(time))
    case .print(let query):
      guard let checked = printed(query, in: scope) else { return }
      append(.print(checked))
    case .query(let query):
      guard let checked = answer(query, in: scope, isKept: true) else { return }
      if case .kpi(let call, _) = checked.source, checked.stages.isEmpty, call.isCard {
        append(.card(call))
      } else if let record = self.record(alone: query, in: scope) {
        let processes = environment.processes.compactMap { process($0) }
        append(.profile(record, checked, processes, as: remember(checked)))
      } else {
        append(.query(checked, as: remember(checked)))
      }
    case .why(let syntax):
      guard let checked = why(syntax, range, in: scope) else { return }
      append(.query(checked, as: remember(checked)))
    case .add(let kind, let key, let record):
      guard let target = self.kind(kind), let fields = assignments(record, to: target, in: scope) else { return }
      guard let checkedKey = self.key(key, in: scope) else { return }
      if key?.plain.map({ $0.allSatisfy(\.isWhitespace) }) ?? (key == nil), catalogue.kind(target)?.flavour == .entity {
        report(CheckDiagnostics.entityWithoutKey(kindName(target), at: key?.range ?? kind.range))
        return
      }
      append(.add(target, key: checkedKey.value, fields))
    case .change(let kind, let key, let record):
      guard let target = self.kind(kind), let fields = assignments(record, to: target, in: scope),
        let checkedKey = self.key(key, in: scope)?.value
      else { return }
      append(.change(target, key: checkedKey, fields))
    case .remove(let kind, let key):
      guard let target = self.kind(kind), let checkedKey = self.key(key, in: scope)?.value else { return }
      append(.remove(target, key: checkedKey))
    case .importData(let syntax):
      guard let target = self.kind(syntax.kind), case .one(let file, _, _) = text(syntax.file, in: scope),
        hasFields(syntax.mapping, target)
      else { return }
      append(.importData(target, syntax, file: file))
    case .exportData(let query, let path):
      guard let checked = answer(query, in: scope), case .one(let file, _, _) = text(path, in: scope) else { return }
      append(.exportData(checked, to: file))
    case .setting(let setting):
      if self.setting(setting, range) { append(.declare(catalogue.declared)) }
    case .watch(let syntax):
      if let query = question(insteadOf: statement) {
        check(Statement(.query(query), range), in: scope, place, into: &statements)
        return
      }
      guard let watch = watch(syntax, range, in: scope) else { return }
      append(.watch(watch))
    case .process(let syntax):
      guard process(syntax) != nil else { return }
      environment.declare(syntax, named: name(of: syntax))
      append(.process(name: name(of: syntax)))
    case .done(let kind, let key, let event):
      guard let what = done(kind, event), let checkedKey = self.key(key, in: scope)?.value else { return }
      append(.done(what, key: checkedKey))
    case .forget(let syntax): append(forget(syntax))
    case .agenda, .missingReport, .map, .listing:
      if let query = question(insteadOf: statement) {
        check(Statement(.query(query), range), in: scope, place, into: &statements)
        return
      }
      guard let look = look(statement.node, asOf: nil, isShown: true, in: scope) else { return }
      append(look)
    case .goingOn(from: .why(let syntax), let query):
      guard let inner = why(syntax, range, in: scope),
        let checked = answer(query, from: inner, in: scope, isKept: true)
      else { return }
      append(.query(checked, as: remember(checked)))
    case .goingOn(from: let node, let query):
      if let source = query.source, case .name(let name) = source.node, environment.isKnown(name.text) {
        check(Statement(.query(query), range), in: scope, place, into: &statements)
        return
      }
      if let other = question(insteadOf: Statement(node, range)) {
        let whole = Query(source: other.source, modifiers: query.modifiers, stages: query.stages, range: range)
        check(Statement(.query(whole), range), in: scope, place, into: &statements)
        return
      }
      var moment: CheckedExpression?
      for modifier in query.modifiers {
        guard case .asOf(let when) = modifier.node, let time = asOf(when, in: scope) else { return }
        moment = time
      }
      guard let look = look(node, asOf: moment, isShown: query.stages.isEmpty, in: scope) else { return }
      append(look)
      guard !query.stages.isEmpty else { return }
      var rest = query
      rest.source = nil
      guard let checked = answer(rest, in: scope, isKept: true) else { return }
      append(.query(checked, as: remember(checked)))
    }
  }

  /// `customer "C-17"` and nothing else.
  private mutating func record(alone query: Query, in scope: Scope) -> CheckedExpression? {
    guard query.stages.isEmpty, query.modifiers.isEmpty, let source = query.source, case .record = source.node else {
      return nil
    }
    return one(source, in: scope)
  }

  private mutating func reportStrangeUnits() {
    let known = Set(
      catalogue.fields.compactMap { field in
        if case .number(let unit) = field.type { return unit.name }
        return nil
      })
    for unit in strangeUnits {
      report(CheckDiagnostics.unknownUnit(unit.text, [], known: known.sorted(), at: unit.range))
    }
  }

  /// `x = 3` as a statement of its own: elsewhere that gives a name a value.
  private func assignedName(_ node: StatementNode) -> SourceRange? {
    guard case .query(let query) = node, query.stages.isEmpty, query.modifiers.isEmpty,
      case .comparison(.equal, let left, _) = query.source?.node, case .name(let name) = left.node, !name.isQuoted
    else { return nil }
    return name.range
  }

  func firstWord(of range: SourceRange) -> String {
    String(text(of: range).split(whereSeparator: \.isWhitespace).first ?? "")
  }

  /// `as of now`: whatever was set, the question is again put to the day of the data. As a value of a time, `now` is the
  /// as-of time itself, which would be to say nothing.
  private func isNow(_ syntax: Expression) -> Bool {
    guard case .name(let name) = syntax.node, !name.isQuoted, environment.variable(named: name.text) == nil,
      environment.definition(named: name.text) == nil
    else { return false }
    return switch Constant(name.text) {
    case .now, .today: true
    default: false
    }
  }

  /// After a question its answer is `it`.
  private mutating func remember(_ query: CheckedQuery) -> VariableID {
    let id = environment.freshVariable()
    let isOne = query.isValue && query.columns.count == 1
    let shape: Environment.Shape =
      if isOne, let header = query.columns.first { .value(header.type) } else { .table(query.columns) }
    if case .table(let last, _) = query.source, last == environment.last?.id, var before = environment.lastQuery {
      // The lines since are one question.
      before.stages += query.stages
      environment.lastQuery = before
    } else {
      environment.lastQuery = query
    }
    environment.last = Environment.Variable(id: id, shape: shape, beginnings: query.beginnings)
    return id
  }

  private mutating func bind(
    _ name: Name, _ query: Query, _ range: SourceRange, in scope: Scope, into statements: inout [CheckedStatement]
  ) {
    var isBound = false
    defer { if !isBound { broken.insert(nameKey(name.text)) } }
    guard let term = value(of: query, in: scope) else { return }
    let shape: Environment.Shape
    let checked: CheckedQuery?
    if isOneOrList(term) {
      guard let value = kept(term, query.range, wanted: "here") else { return }
      shape = .value(value.type)
      let header = CheckedColumn.Header(id: freshColumn(), name: name.text, type: value.type)
      checked = CheckedQuery(
        source: .value(CheckedColumn(header: header, expression: value)), stages: [], columns: [header], row: nil,
        asOf: nil, unit: nil, isValue: true, range: query.range)
    } else if let set = asSet(term) {
      shape = .records(set.kind)
      let binding = fresh(set.kind)
      checked = CheckedQuery(
        source: .records(set, binding), stages: [], columns: [], row: binding, asOf: nil, unit: kindName(set.kind),
        isValue: false, range: query.range)
    } else {
      checked = answer(query, in: scope, isKept: true)
      shape = .table(checked?.columns ?? [])
    }
    guard let checked else { return }
    isBound = true
    let id = environment.bind(name.text, shape, beginnings: checked.beginnings)
    statements.append(CheckedStatement(.bind(id, name: name.text, checked, shape), range))
    // Where a difference began is kept beside it.
    if case .value(let column) = checked.source, checked.isValue, let start = anchor(of: column.expression) {
      let hidden = environment.freshVariable()
      environment.anchors[id] = (hidden, start.type)
      let header = CheckedColumn.Header(id: freshColumn(), name: name.text + " began", type: start.type)
      var beside = checked
      beside.source = .value(CheckedColumn(header: header, expression: start))
      beside.columns = [header]
      statements.append(
        CheckedStatement(.bind(hidden, name: header.name, beside, .value(start.type)), range))
    }
  }

  private func isOneOrList(_ term: Term) -> Bool {
    switch term {
    case .set, .query(_): !isMany(term)
    case .path: asSet(term) == nil
    default: true
    }
  }

  private func isNumber(_ type: ValueType) -> Bool { if case .number = type { true } else { false } }

  /// What a `let` or a parameter keeps: one value, or a list as a whole.
  mutating func kept(_ term: Term, _ range: SourceRange, wanted: String) -> CheckedExpression? {
    switch term {
    case .list(.values(let values), let type):
      if let other = values.first(where: { $0.type != type && $0.type != .missing }), !isNumber(type) {
        report(
          CheckDiagnostics.wrongType(
            "this list", wanted: words(type) + " in every place", found: words(other.type), at: other.range))
        return nil
      }
      return CheckedExpression(.list(values), .list(type), range)
    case .list(.elements, _), .sequence: return asOne(term, range, wanted: wanted)
    default:
      guard isMany(term), asSet(term) == nil, let (list, type) = asList(term) else {
        return asOne(term, range, wanted: wanted)
      }
      return CheckedExpression(.aggregate(Aggregate(.list, list, scope: .row)), .list(type), range)
    }
  }

  /// `print` shows one value as text, or a table.
  private mutating func printed(_ query: Query, in scope: Scope) -> CheckedQuery? {
    answer(query, in: scope)
  }

  mutating func kind(_ name: Name) -> KindID? {
    guard let kind = catalogue.kind(named: name.text) else {
      unknownKind(name)
      return nil
    }
    return kind.id
  }

  private mutating func key(_ literal: TextLiteral?, in scope: Scope) -> (value: CheckedExpression?, Void)? {
    guard let literal else { return (nil, ()) }
    guard case .one(let expression, _, _) = text(literal, in: scope) else { return nil }
    return (expression, ())
  }

  /// The fields of a record that is written out.
  private mutating func assignments(_ record: RecordSyntax, to kind: KindID, in scope: Scope) -> [FieldAssignment]? {
    var result: [FieldAssignment] = []
    var isWrong = false
    for entry in record.entries {
      guard let field = catalogue.field(named: entry.name.text, of: kind) else {
        let names = (catalogue.kind(kind)?.fields ?? []).compactMap { catalogue.field($0)?.name }
        report(
          CheckDiagnostics.unknownName(
            entry.name.text, kindName(kind), nearest(entry.name.text, among: names, limit: 4), at: entry.name.range))
        isWrong = true
        continue
      }
      guard let value = assigned(entry.value, to: field, in: scope) else {
        isWrong = true
        continue
      }
      if result.contains(where: { $0.field == field.id }) {
        report(CheckDiagnostics.fieldTwice(field.name, at: entry.name.range))
        isWrong = true
      }
      result.append(FieldAssignment(field: field.id, value: value, range: entry.name.range))
    }
    return isWrong ? nil : result
  }

  /// A value for a field, with the few changes of type that a field allows: a key for a reference, a year for a
  /// date, a plain number for one in a unit.
  mutating func assigned(_ syntax: Expression, to field: Field, in scope: Scope) -> CheckedExpression? {
    if case .list(let element) = field.type {
      let term = check(syntax, in: scope)
      guard case .list(.values(let values), let type) = term, type == element.valueType || type == .missing else {
        if case .invalid = term { return nil }
        report(CheckDiagnostics.wrongType("`\(field.name)`", wanted: "a list", found: words(term), at: syntax.range))
        return nil
      }
      return CheckedExpression(.list(values), .list(element.valueType), syntax.range)
    }
    guard let value = one(syntax, in: scope, wanted: "for `\(field.name)`") else { return nil }
    return converted(value, to: field)
  }

  mutating func converted(_ value: CheckedExpression, to field: Field) -> CheckedExpression? {
    switch (field.type, value.type) {
    case (_, .missing): return value
    case (.number(let wanted), .number(let found)):
      if wanted.name == found.name || isLiteral(value) && found.name == nil { return value }
      report(
        CheckDiagnostics.units(
          field.name, is: wanted.name ?? "plain numbers", notIn: found.name ?? "a plain number", at: value.range))
      return nil
    case (.text, .text), (.yesno, .yesno), (.date, .date), (.time, .time), (.duration, .duration(.seconds)):
      return value
    case (.duration, .duration(.days)): return value
    case (.date, .period), (.date, .time): return firstDay(value)
    case (.time, .date), (.time, .period): return firstInstant(value)
    case (.date, .number), (.time, .number):
      if let year = asYear(value) { return field.type == .date ? firstDay(year) : firstInstant(year) }
      fallthrough
    case (.reference, .text): return value
    case (.reference(let kind), .record(let found)) where sharedKind(kind, found) != nil: return value
    case (.text, .record): return CheckedExpression(.key(value), .text, value.range)
    default:
      report(
        CheckDiagnostics.wrongType(
          "`\(field.name)`", wanted: words(field.type.valueType), found: words(value.type), at: value.range))
      return nil
    }
  }

  /// Whether the names on the left of an import's braces are fields; what stands on the right waits for the file.
  private mutating func hasFields(_ mapping: RecordSyntax?, _ kind: KindID) -> Bool {
    let fields = catalogue.familyOrder(kind).flatMap { catalogue.kind($0)?.fields ?? [] }.compactMap {
      catalogue.field($0)
    }
    var isWrong = false
    for entry in mapping?.entries ?? [] where nameKey(entry.name.text) != MemberWords.kind {
      if fields.contains(where: { nameKey($0.name) == nameKey(entry.name.text) }) { continue }
      isWrong = true
      report(
        CheckDiagnostics.unknownName(
          entry.name.text, kindName(kind), nearest(entry.name.text, among: fields.map(\.name), limit: 4),
          at: entry.name.range))
    }
    return !isWrong
  }

  // MARK: Definitions

  private mutating func define(_ syntax: DefineSyntax) {
    if let kind = syntax.kind {
      guard let target = self.kind(kind) else { return }
      if catalogue.field(named: syntax.name.text, of: target) != nil {
        report(
          CheckDiagnostics.nameTaken(syntax.name.text, "a field of \(words(.record(target)))", at: syntax.name.range))
        return
      }
      environment.define(.init(syntax: syntax, kind: target))
      return
    }
    if catalogue.kind(named: syntax.name.text) != nil {
      report(
        mentions(syntax.name.text, syntax.body)
          ? CheckDiagnostics.definedByItself(syntax.name.text, at: syntax.name.range)
          : CheckDiagnostics.defineNamedAsKind(syntax.name.text, at: syntax.name.range))
      return
    }
    environment.define(.init(syntax: syntax, kind: nil))
  }

  private func mentions(_ name: String, _ body: Query) -> Bool {
    text(of: body.range).split(whereSeparator: { !$0.isLetter && $0 != "_" && !$0.isNumber }).contains {
      nameKey(String($0)) == nameKey(name)
    }
  }

  private mutating func declare(_ syntax: KPISyntax) {
    if catalogue.kind(named: syntax.name.text) != nil {
      report(CheckDiagnostics.defineNamedAsKind(syntax.name.text, at: syntax.name.range))
      return
    }
    environment.declare(syntax)
  }

  /// KPIs are read once where they are declared, so that their errors show there and not at the first question.
  /// What the data do not have yet (a set by another name) is said when it is asked.
  mutating func verifyDefinitions(_ statements: [Statement]) {
    verifyEnds(statements)
    for statement in statements {
      guard case .kpi(let syntax) = statement.node else { continue }
      // The library's speak of sets that a company may call otherwise, or not have.
      guard !isLibrary(syntax.name.range), syntax.parameters.allSatisfy({ $0.defaultValue != nil }) else { continue }
      begin(syntax.name.range)
      _ = kpi(syntax, arguments: [], at: syntax.name.range, in: Scope())
    }
  }

  /// The library's KPIs speak of sets that a company may call otherwise.
  func isLibrary(_ range: SourceRange) -> Bool { range.file < 0 }
}
