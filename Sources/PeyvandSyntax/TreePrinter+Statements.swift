import PeyvandBase

extension TreePrinter {
  static func form(_ statement: Statement) -> Form {
    switch statement.node {
    case .kind(let kind): return form(kind)
    case .letStatement(let name, let query): return .call("let", form(name), form(query))
    case .define(let define):
      let name = define.kind.map { Form.call(".", form($0), form(define.name)) } ?? form(define.name)
      return .call("define", name, form(define.parameters), form(define.body))
    case .param(let name, let value): return .call("param", form(name), form(value))
    case .use(.library(let name)): return .call("use", form(name))
    case .use(.file(let file)): return .call("use", form(file))
    case .kpi(let kpi): return form(kpi)
    case .process(let process):
      return .call("process", [form(process.name), form(process.subject)] + process.clauses.map(form))
    case .watch(let watch):
      return .call(
        "watch", form(watch.source), form(watch.every), .atom(watch.breachPeriods.map(number) ?? "-"))
    case .forEach(let name, let set, let body):
      return .call("for-each", [form(name), form(set)] + body.map(form))
    case .ifStatement(let choice):
      return .call(
        "if",
        [form(choice.condition), .call("then", choice.then.map(form))]
          + (choice.otherwise.map { [.call("else", $0.map(form))] } ?? []))
    case .print(let query): return .call("print", form(query))
    case .asOf(let time): return .call("as-of", form(time))
    case .test(let name, let body): return .call("test", [form(name)] + body.map(form))
    case .expect(let query): return .call("expect", form(query))
    case .add(let kind, let key, let record):
      return .call("add", form(kind), key.map(form) ?? .atom("-"), form(record))
    case .change(let kind, let key, let record): return .call("change", form(kind), form(key), form(record))
    case .remove(let kind, let key): return .call("remove", form(kind), form(key))
    case .done(let kind, let key, let what): return .call("done", form(kind), form(key), form(what))
    case .importData(let statement): return form(statement)
    case .exportData(let query, let file): return .call("export", form(query), form(file))
    case .setting(let setting): return form(setting)
    case .forget(.watch(let query)): return .call("remove-watch", form(query))
    case .forget(.process(let name)): return .call("remove-process", form(name))
    case .forget(.processFor(let subject)): return .call("remove-process", .call("for", form(subject)))
    case .agenda: return .call("agenda")
    case .listing(let listing): return .call("listing", .atom(listing.rawValue))
    case .missingReport: return .call("missing")
    case .map(let value): return .call("map", form(value))
    case .goingOn(from: let look, let query):
      return query.source == nil ? .call("going-on", [form(Statement(look, query.range)), form(query)]) : form(query)
    case .why(let why): return .call("why", items(why))
    case .query(let query): return form(query)
    case .invalid: return .call("invalid")
    }
  }

  private static func form(_ kind: KindSyntax) -> Form {
    var items = [form(kind.name)]
    if let label = kind.label { items.append(form(label)) }
    if let general = kind.general { items.append(.call("is", form(general))) }
    return .call(kind.flavour.rawValue, items + kind.fields.map(form))
  }

  private static func form(_ field: FieldSyntax) -> Form {
    var items = [form(field.name)]
    if field.isOne { items.append(.atom("one")) }
    if let label = field.label { items.append(.call("label", form(label))) }
    if let type = field.type { items.append(form(type)) }
    if field.isRequired { items.append(.atom("required")) }
    if field.happens { items.append(.atom("happens")) }
    if let value = field.defaultValue { items.append(.call("default", form(value))) }
    if let text = field.documentation { items.append(.call("doc", form(text))) }
    return .call("field", items)
  }

  private static func form(_ type: TypeSyntax) -> Form {
    switch type {
    case .builtin(let type, let unit): unit.map { .call(type.rawValue, form($0)) } ?? .atom(type.rawValue)
    case .kind(let name): .call("kind", form(name))
    case .list(let type): .call("list", form(type))
    }
  }

  private static func form(_ parameters: [Parameter]) -> Form {
    .list(
      parameters.map { parameter in
        parameter.defaultValue.map { .call("\(parameter.name.text):", form($0)) } ?? form(parameter.name)
      })
  }

  private static func form(_ kpi: KPISyntax) -> Form {
    .call("kpi", [form(kpi.name), form(kpi.parameters)] + kpi.clauses.map(form))
  }

  private static func form(_ clause: KPISyntax.Clause) -> Form {
    switch clause.node {
    case .documentation(let text): .call("doc", form(text))
    case .subject(let query): .call("for", form(query))
    case .dated(let value): .call("dated", form(value))
    case .measure(let value): .call("measure", form(value))
    case .target(let bound): .call("target", form(bound))
    case .warn(let bound): .call("warn", form(bound))
    case .needs(let count): .call("needs", .atom(number(count)))
    case .stages(let all): .call("stages", all.map(form))
    case .owner(let text): .call("owner", form(text))
    case .decide(let text): .call("decide", form(text))
    case .invalid: .call("invalid")
    }
  }

  private static func form(_ bound: BoundSyntax) -> Form {
    switch bound {
    case .atLeast(let value): .call("at-least", form(value))
    case .atMost(let value): .call("at-most", form(value))
    case .below(let value): .call("below", form(value))
    case .above(let value): .call("above", form(value))
    case .between(let low, let high): .call("between", form(low), form(high))
    }
  }

  private static func form(_ clause: ProcessSyntax.Clause) -> Form {
    switch clause.node {
    case .goal(let text): .call("goal", form(text))
    case .collect(let all): .call("collect", all.map(form))
    case .review(let period): .call("review", form(period))
    case .watch(let condition, let text): .call("watch", form(condition), form(text))
    case .invalid: .call("invalid")
    }
  }

  private static func form(_ record: RecordSyntax) -> Form {
    .call(
      "record",
      record.entries.map { entry in
        .call("\(form(entry.name).atomText):", (entry.creates ? [.atom("create")] : []) + [form(entry.value)])
      })
  }

  private static func form(_ statement: ImportSyntax) -> Form {
    var items = [form(statement.kind), form(statement.file)]
    if let key = statement.key { items.append(.call("key", form(key))) }
    if let condition = statement.condition { items.append(.call("where", form(condition))) }
    if let mapping = statement.mapping { items.append(form(mapping)) }
    if let options = statement.options { items.append(.call("with", form(options))) }
    return .call("import", items)
  }

  private static func form(_ setting: SettingSyntax) -> Form {
    switch setting {
    case .calendar(let name): .call("calendar", form(name))
    case .timeZone(let text): .call("time-zone", form(text))
    case .weekStarts(let day): .call("week-starts", form(day))
    case .yearStarts(let month): .call("year-starts", form(month))
    case .workingHours(let from, let to, let opens, let closes):
      .call("working-hours", form(from), form(to), .atom(clock(opens)), .atom(clock(closes)))
    case .holidays(let days): .call("holiday", days.map(form))
    }
  }
}

extension TreePrinter.Form {
  var atomText: String {
    guard case .atom(let text) = self else { return "" }
    return text
  }
}
