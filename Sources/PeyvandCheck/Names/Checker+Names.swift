import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Checker {
  /// What a bare name means, from the innermost record outwards, then the statement's own names.
  mutating func name(_ name: Name, in scope: Scope) -> Term {
    // Every record in hand may have to be asked.
    guard grow(scope.entries.count) else { return .invalid }
    let key = nameKey(name.text)
    var sawRecord: Scope.Record?
    var hidden = false
    for (depth, entry) in scope.entries.enumerated().reversed() where !hidden {
      switch entry {
      case .named(let other, let term, let size):
        if nameKey(other) == key { return grow(size) ? term : .invalid }
      case .columns(let headers, let hides):
        if let header = headers.first(where: { nameKey($0.name) == key }) {
          return whole(CheckedExpression(.column(header.id), header.type, name.range))
        }
        hidden = hides
      case .record(let record):
        guard let found = member(name, of: record, in: scope) else {
          if sawRecord == nil { sawRecord = record }
          continue
        }
        if let outer = captured(name, by: record, above: depth, in: scope) {
          report(CheckDiagnostics.captured(name.text, inner: kindName(outer), at: name.range))
          return .invalid
        }
        if !name.isQuoted, environment.variable(named: name.text) != nil, isField(name.text, of: record.kind) {
          report(CheckDiagnostics.letAndField(name.text, at: name.range))
          return .invalid
        }
        return found
      }
    }
    return statementName(name, in: scope, record: sawRecord, hidden: hidden)
  }

  private func isField(_ name: String, of kind: KindID) -> Bool { catalogue.field(named: name, of: kind) != nil }

  /// Whether an outer record in hand could have been meant as well by its kind's name; the inner's kind, if so.
  private func captured(_ name: Name, by record: Scope.Record, above depth: Int, in scope: Scope) -> KindID? {
    guard let named = catalogue.kind(named: name.text) else { return nil }
    if catalogue.isKind(record.kind, specialOf: named.id) { return nil }
    for entry in scope.entries[..<depth].reversed() {
      guard case .record(let outer) = entry else { continue }
      guard catalogue.isKind(outer.kind, specialOf: named.id) else { continue }
      // One that was given a name of its own is meant by that.
      let hasOwnName = scope.entries.contains {
        if case .named(_, .one(let given, _, _), _) = $0 { given.node == outer.node } else { false }
      }
      if hasOwnName { continue }
      // Reached from that very record by that very reference: both are the same.
      if let back = record.back, back.record == outer.node,
        let field = catalogue.field(back.field), nameKey(field.name) == nameKey(name.text)
      {
        return nil
      }
      return record.kind
    }
    return nil
  }

  /// A name as seen from one record in hand; nothing where the record has nothing of that name.
  private mutating func member(_ name: Name, of record: Scope.Record, in scope: Scope) -> Term? {
    let expression = record.expression(name.range)
    if let kind = catalogue.kind(named: name.text), catalogue.isKind(record.kind, specialOf: kind.id) {
      return .one(expression, anchor: time(of: expression))
    }
    return step(
      expression, to: name, anchor: time(of: expression) ?? record.anchor ?? eventTime(in: scope, name.range),
      scope: scope)
  }

  /// The time of the innermost event in hand.
  func eventTime(in scope: Scope, _ range: SourceRange) -> CheckedExpression? {
    for entry in scope.entries.reversed() {
      guard case .record(let record) = entry else { continue }
      if let time = time(of: record.expression(range)) { return time }
    }
    return nil
  }

  /// The time of a record that is an event.
  func time(of expression: CheckedExpression) -> CheckedExpression? {
    guard case .record(let kind) = expression.type, catalogue.kind(kind)?.flavour == .event,
      let field = catalogue.timeField(of: kind)
    else { return nil }
    return CheckedExpression(.field(expression, field.id), field.type.valueType, expression.range)
  }

  // MARK: Names outside any record

  private mutating func statementName(_ name: Name, in scope: Scope, record: Scope.Record?, hidden: Bool) -> Term {
    if let variable = environment.variable(named: name.text) { return self.variable(variable, name.range) }
    if let definition = environment.definition(named: name.text) {
      return read(definition, arguments: [], at: name.range, in: scope)
    }
    if let kpi = environment.kpi(named: name.text) { return call(kpi, arguments: [], at: name.range, in: scope) }
    if let kind = catalogue.kind(named: name.text), !hidden {
      guard let record = record ?? scope.record else {
        return .set(CheckedSet(.all(at: nil), kind: kind.id, name.range))
      }
      report(
        CheckDiagnostics.unreachable(
          name.text, from: kindName(record.kind), path: nearestPath(from: record.kind, to: kind.id), at: name.range))
      return .invalid
    }
    if !name.isQuoted, let constant = constant(name, in: scope) { return constant }
    unknown(name, in: scope, hidden: hidden)
    return .invalid
  }

  mutating func variable(_ variable: Environment.Variable, _ range: SourceRange) -> Term {
    switch variable.shape {
    case .value(let type): return whole(CheckedExpression(.variable(variable.id), type, range))
    case .records(let kind): return .set(CheckedSet(.variable(variable.id), kind: kind, range))
    case .table(let headers):
      return .query(
        CheckedQuery(
          source: .table(variable.id, headers + headers.compactMap { variable.beginnings[$0.id] }), stages: [],
          columns: headers, row: nil, asOf: nil, unit: nil, isValue: false, range: range,
          beginnings: variable.beginnings))
    }
  }

  /// A value by its name; a list is many values again.
  func whole(_ expression: CheckedExpression) -> Term {
    if case .list(let element) = expression.type { return .list(.elements(expression), element) }
    return .one(expression)
  }

  private mutating func constant(_ name: Name, in scope: Scope) -> Term? {
    let range = name.range
    switch Constant(name.text) {
    case .now: return .one(CheckedExpression(.now, .time, range))
    case .today: return .one(CheckedExpression(.today, .date, range))
    case .yes: return .one(CheckedExpression(.constant(.yesno(true)), .yesno, range))
    case .no: return .one(CheckedExpression(.constant(.yesno(false)), .yesno, range))
    case .missing: return .one(CheckedExpression(.constant(.missing), .missing, range))
    case .it:
      guard let last = environment.last else { return nil }
      return variable(last, range)
    case .weekday(let day): return .one(CheckedExpression(.constant(.weekday(day)), .weekday, range))
    case .period(let function):
      guard let time = eventTime(in: scope, range) else { return nil }
      return .one(periodCall(function, time, range))
    case nil: return nil
    }
  }

  private mutating func unknown(_ name: Name, in scope: Scope, hidden: Bool) {
    if broken.contains(nameKey(name.text)) || complaints.hold(CheckDiagnostics.ofUnknownNames, at: name.range) {
      return
    }
    // Whoever tries a reading only asks whether something is wrong.
    if unheard > 0 { return report(CheckDiagnostics.unknownName(name.text, nil, [], at: name.range)) }
    if !hidden, let record = scope.record, fieldOfTwoTypes(name, of: record.kind) { return }
    if hidden, let record = scope.hiddenRecord,
      memberNames(of: record.kind).contains(where: { nameKey($0) == nameKey(name.text) })
    {
      report(CheckDiagnostics.onlyColumns(name.text, kindName(record.kind), at: name.range))
      return
    }
    var candidates: [String] = []
    var context: KindID?
    scan: for entry in scope.entries.reversed() {
      switch entry {
      case .named(let other, _, _): candidates.append(other)
      case .columns(let headers, let hides):
        candidates += headers.map(\.name)
        if hides { break scan }
      case .record(let record):
        context = context ?? record.kind
        candidates += memberNames(of: record.kind)
      }
    }
    let near = suggestions(for: name, among: candidates)
    if let kpi = insideKPI, near.isEmpty {
      report(CheckDiagnostics.kpiNeedsSet(name.text, kpi: kpi, at: name.range))
      return
    }
    if let context, case .period? = ConstantWords.table[nameKey(name.text)], eventTime(in: scope, name.range) == nil {
      let dates = (catalogue.kind(context)?.fields ?? []).compactMap { catalogue.field($0) }
        .filter { isWhen($0.type.valueType) }
      report(
        CheckDiagnostics.periodOfWhat(
          name.text, kindName(context), dates.first?.name ?? "DATE", at: name.range))
      return
    }
    report(unknownName(name, near, context))
  }

  /// What is said of an unknown name, after what it may have been meant as: a constant of another language, a text
  /// without its quotes, an aggregate.
  private mutating func unknownName(_ name: Name, _ near: [String], _ context: KindID?) -> Diagnostic {
    let kind = context.map { kindName($0) }
    let near = near.isEmpty ? suggestions(for: name, among: environment.names) : near
    if !name.isQuoted, let constant = ForeignWords.constants[name.text.lowercased()] {
      return CheckDiagnostics.unknownName(name.text, kind, [constant], at: name.range)
    }
    if let habit = habit(name) {
      var diagnostic = CheckDiagnostics.unknownName(name.text, kind, habit.isCertain ? [] : near, at: name.range)
      diagnostic.notes.append(habit.note)
      return diagnostic
    }
    if besideText.contains(where: { $0 == name.range }) {
      return CheckDiagnostics.textWithoutQuotes(name.text, kind, near, at: name.range)
    }
    if !name.isQuoted, case .aggregate? = FunctionWords.table[nameKey(name.text)], let context {
      return CheckDiagnostics.aggregateAlone(
        name.text, kind, isGroup: isGroup, path: hops(from: context).first?.name, at: name.range)
    }
    return CheckDiagnostics.unknownName(name.text, kind, near, at: name.range)
  }

  /// What an unknown name is elsewhere, and how the same is said here.
  private func habit(_ name: Name) -> (note: String, isCertain: Bool)? {
    guard !name.isQuoted else { return nil }
    if let note = ForeignWords.lonelyStages[name.text.lowercased()] { return (note, true) }
    if follows(name.range, "--") { return ("a comment begins with `#`", true) }
    if assigned == name.range { return ("a value is given a name so: `let \(name.text) as …`", false) }
    return nil
  }

  /// Whether a sign and a blank stand before a place.
  private func follows(_ range: SourceRange, _ sign: String) -> Bool {
    let start = Int(range.start) - sign.utf8.count - 1
    guard start >= 0 else { return false }
    return text(of: SourceRange(file: range.file, start: start, end: Int(range.start))) == sign + " "
  }

  /// The nearest names, as long as a program has not had very many compared: what is shown of thousands of wrong names
  /// is the first few anyway.
  private mutating func suggestions(for name: Name, among candidates: [String]) -> [String] {
    guard namesCompared < Self.mostCompared else { return [] }
    namesCompared += candidates.count
    return nearest(name.text, among: candidates, limit: 4)
  }
  private static let mostCompared = 200_000

  /// Fields, computed fields, and what is one step away.
  package func memberNames(of kind: KindID) -> [String] {
    guard let description = catalogue.kind(kind) else { return [] }
    var names = description.fields.compactMap { catalogue.field($0)?.name } + MemberWords.ofEveryRecord
    names += hops(from: kind).map(\.name)
    for definitions in environment.computed.values {
      names += definitions.filter { $0.kind.map { catalogue.isKind(kind, specialOf: $0) } ?? false }
        .map(\.syntax.name.text)
    }
    return names
  }
}

/// Names that are found last.
enum Constant {
  case now, today, yes, no, missing, it
  case weekday(Int)
  case period(PeriodFunction)

  init?(_ name: String) {
    switch ConstantWords.table[nameKey(name)] {
    case .some(let constant): self = constant
    case .none: return nil
    }
  }
}

enum PeriodFunction: Hashable, Sendable {
  case unit(PeriodUnit)
  case weekday
  case hour
}
