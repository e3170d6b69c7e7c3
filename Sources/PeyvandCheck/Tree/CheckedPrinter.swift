import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Writes a checked program as nested brackets, with the names of the catalogue.
///
/// One writing serves a person at `--stage checked` and the specs. Bindings and columns are numbered here in the
/// order in which they are met, so that a change of the checker that only numbers them otherwise shows nowhere.
/// `customer1` is a record in hand, `$orders` a column, `@0` a variable; a kernel bears the type it works on
/// (`number>=`, `in-date`), an aggregate that runs over a group says so (`sum/group`).
package struct CheckedPrinter {
  typealias Form = TreePrinter.Form

  private let writer: TreePrinter
  private var catalogue: Catalogue
  private var bindings: [Int: String] = [:]
  private var columns: [ColumnID: String] = [:]
  private var taken: Set<String> = []

  /// What sets of several families the program makes; their names are known before its declarations.
  private let unions: [KindUnion]

  /// - Parameter catalogue: what stands before the program; a declaration shows what it changes.
  package init(catalogue: Catalogue, unions: [KindUnion] = [], width: Int = 100) {
    self.unions = unions
    self.catalogue = catalogue.adopting(unions)
    writer = TreePrinter(width: width)
  }

  package mutating func print(_ statements: [CheckedStatement]) -> String {
    statements.map { writer.print(form($0)) }.joined(separator: "\n")
  }

  package mutating func print(_ query: CheckedQuery) -> String { writer.print(form(query)) }
  package mutating func print(_ expression: CheckedExpression) -> String { writer.print(form(expression)) }
  package mutating func print(_ set: CheckedSet) -> String { writer.print(form(set)) }

  /// Parts of a statement, for those who tell what is done with them.
  package mutating func form(of expression: CheckedExpression) -> TreePrinter.Form { form(expression) }
  package mutating func form(of set: CheckedSet) -> TreePrinter.Form { form(set) }
  package mutating func form(of list: CheckedList) -> TreePrinter.Form { form(list) }
  package mutating func form(of stage: CheckedStage) -> TreePrinter.Form { form(stage) }

  // MARK: Names

  private mutating func name(_ binding: Binding) -> Form {
    if let name = bindings[binding.id] { return .atom(name) }
    // A record of several kinds bears their names, as one word.
    let kind = catalogue.name(of: binding.kind).split(separator: " ").joined(separator: "-")
    let name = "\(kind)\(bindings.count + 1)"
    bindings[binding.id] = name
    return .atom(name)
  }

  private mutating func name(_ column: ColumnID, _ wanted: String = "element") -> String {
    if let name = columns[column] { return name }
    var name = "$\(wanted)"
    var number = 2
    while !taken.insert(name).inserted {
      name = "$\(wanted)\(number)"
      number += 1
    }
    columns[column] = name
    return name
  }

  private func name(_ kind: KindID) -> Form { .atom(catalogue.name(of: kind)) }
  private func name(_ field: FieldID) -> String { catalogue.field(field)?.name ?? "?" }

  private func name(_ tie: Tie) -> Form {
    .atom("\(catalogue.name(of: tie.relationship)):\(name(tie.from))>\(name(tie.to))")
  }

  package func words(_ type: ValueType) -> String {
    switch type {
    case .number(let unit): unit.name ?? (unit.isShare ? "share" : "number")
    case .text: "text"
    case .yesno: "yesno"
    case .date: "date"
    case .time: "time"
    case .duration(let unit): "duration:\(unit)"
    case .period(let unit): unit.name
    case .weekday: "weekday"
    case .clock: "clock"
    case .record(let kind): catalogue.name(of: kind)
    case .list(let element): "list:\(words(element))"
    case .missing: "missing"
    }
  }

  func words(_ type: FieldType) -> String {
    if case .duration = type { return "duration" }
    return words(type.valueType)
  }

  // MARK: Statements

  private mutating func form(_ statement: CheckedStatement) -> Form {
    switch statement.node {
    case .declare(let next): return declaration(next)
    case .define(let name): return .call("define", .atom(name))
    case .bind(let id, let name, let query, let shape):
      let kind: String =
        switch shape {
        case .value(let type): words(type)
        case .table: "table"
        case .records(let kind): "set:\(catalogue.name(of: kind))"
        }
      return .call("let", .atom("@\(id.raw)"), .atom(name), .atom(kind), form(query))
    case .parameter(let id, let name, let value):
      return .call("param", .atom("@\(id.raw)"), .atom(name), .atom(words(value.type)), form(value))
    case .asOf(let time): return .call("as-of", form(time))
    case .asOfNow: return .call("as-of", .atom("now"))
    case .print(let query): return .call("print", form(query))
    case .query(let query, as: _): return form(query)
    case .card(let call): return .call("card", form(call))
    case .add(let kind, let key, let fields): return .call("add", [name(kind), form(key)] + fields.map { form($0) })
    case .change(let kind, let key, let fields):
      return .call("change", [name(kind), form(key)] + fields.map { form($0) })
    case .remove(let kind, let key): return .call("remove", name(kind), form(key))
    case .importData(let kind, let syntax, let file):
      return .call(
        "import", name(kind), form(file), .atom("fields:\(syntax.mapping?.entries.count ?? 0)"))
    case .exportData(let query, let file): return .call("export", form(query), form(file))
    case .branch(let condition, let then, let otherwise):
      let first = Form.call("then", then.map { form($0) })
      let second = otherwise.isEmpty ? [] : [Form.call("else", otherwise.map { form($0) })]
      return .call("if", [form(condition), first] + second)
    case .forEach(let id, let word, let query, let body):
      return .call("for-each", [.atom("@\(id.raw)"), .atom(word), form(query)] + body.map { form($0) })
    case .test(let title, let given, let body):
      let before = catalogue
      defer { catalogue = before }
      return .call(
        "test", [.atom(TreePrinter.quoted(title)), .atom("given:\(given.count)")] + body.map { form($0) })
    case .watch(let watch):
      return .call("watch", form(watch.call), .atom("breach:\(watch.persistence)"))
    case .process(let name): return .call("process", .atom(TreePrinter.quoted(name)))
    case .done(let what, let key): return .call("done", self.name(what.event), .atom(self.name(what.field)), form(key))
    case .forget(let listing, let name):
      return .call("remove-" + listing.rawValue, .atom(TreePrinter.quoted(name)))
    case .agenda(let processes, let look): return .call("agenda", form(look) + processes.map { form($0) })
    case .missing(let processes, let look): return .call("missing", form(look) + processes.map { form($0) })
    case .listing(let listing, let look): return .call("listing", [.atom(listing.rawValue)] + form(look))
    case .profile(_, let query, _, as: _): return .call("profile", form(query))
    case .map(let record, let look): return .call("map", form(look) + (record.map { [form($0)] } ?? []))
    case .expect(let expectation):
      return .call("expect", [form(expectation.condition)] + expectation.sides.map { .atom("\($0.text)") })
    }
  }

  private mutating func form(_ look: CheckedLook) -> [Form] { look.asOf.map { [.call("as-of", form($0))] } ?? [] }

  private mutating func form(_ process: CheckedProcess) -> Form {
    let reviews = process.review.map { [Form.call("review", form($0.query))] } ?? []
    let lacks = process.lacks.map { Form.call("collect", .atom(TreePrinter.quoted($0.what)), form($0.query)) }
    return .call(
      "process",
      [.atom(TreePrinter.quoted(process.name)), name(process.kind)] + lacks + reviews
        + process.watches.map { .call("watch", form($0.query)) })
  }

  private mutating func form(_ assignment: FieldAssignment) -> Form {
    .call(name(assignment.field), form(assignment.value))
  }

  private mutating func declaration(_ next: Catalogue) -> Form {
    let before = catalogue
    catalogue = next.adopting(unions)
    var items: [Form] = []
    if before.calendar != next.calendar {
      let rules = next.calendar
      var parts: [Form] = [
        .atom("\(rules.system)"), .atom(rules.zone.name), .atom("week:\(rules.weekStart)"),
        .atom("year:\(rules.yearStartMonth)"),
      ]
      for (day, hours) in zip(Weekday.allCases, rules.working.hours) {
        guard let hours else { continue }
        let (from, to) = (InstantText.time(hours.from, seconds: false), InstantText.time(hours.to, seconds: false))
        parts.append(.atom("\(day):\(from)-\(to)"))
      }
      for day in rules.working.holidays { parts.append(.atom("holiday:\(InstantText.day(day))")) }
      items.append(.call("calendar", parts))
    }
    for kind in next.kinds {
      let fields = kind.fields.compactMap { next.field($0) }
      if before.kind(kind.id) == kind, fields == kind.fields.compactMap({ before.field($0) }) { continue }
      var parts: [Form] = [.atom(kind.name)]
      if let label = kind.label { parts.append(.atom(TreePrinter.quoted(label))) }
      if let general = kind.general { parts.append(.call("is", name(general))) }
      for field in fields { parts.append(form(field, of: kind)) }
      items.append(.call(kind.flavour.rawValue, parts))
    }
    return .call("declare", items)
  }

  private func form(_ field: Field, of kind: Kind) -> Form {
    var marks: [Form] = []
    if kind.ends.contains(field.id) { marks.append(.atom(kind.oneEnds.contains(field.id) ? "one-end" : "end")) }
    if field.isRequired { marks.append(.atom("required")) }
    if field.happens { marks.append(.atom("happens")) }
    if let value = field.defaultValue { marks.append(.call("default", form(value))) }
    if let label = field.label { marks.append(.atom(TreePrinter.quoted(label))) }
    let plain = Form.atom("\(field.name):\(words(field.type))")
    return marks.isEmpty ? plain : .list([plain] + marks)
  }

  // MARK: Queries

  private mutating func form(_ query: CheckedQuery) -> Form {
    var items = [form(query.source)]
    for stage in query.stages { items.append(form(stage)) }
    if let time = query.asOf { items.append(.call("as-of", form(time))) }
    if let unit = query.unit { items.append(.call("unit", .atom(unit))) }
    return .call(query.isValue ? "value" : "query", items)
  }

  private mutating func form(_ source: CheckedQuery.Source) -> Form {
    switch source {
    case .records(let set, let binding):
      let set = form(set)
      return .call("records", set, name(binding))
    case .value(let column): return form(column)
    case .list(let list, let header):
      let list = form(list)
      return .call("values-of", list, form(header))
    case .table(let id, let headers): return .call("table", [.atom("@\(id.raw)")] + headers.map { form($0) })
    case .path(let path, let headers):
      let ends = [form(path.from), form(path.to)]
      let steps = path.steps.map { Form.call("step", name($0.binding), form($0.set)) }
      return .call("path", ends + steps + [.atom("max:\(path.limit)")] + headers.map { form($0) })
    case .kpi(let call, let headers): return .call("kpi-table", [form(call)] + headers.map { form($0) })
    }
  }

  private mutating func form(_ header: CheckedColumn.Header) -> Form {
    .atom("\(name(header.id, header.name)):\(words(header.type))")
  }

  private mutating func form(_ column: CheckedColumn) -> Form {
    let value = form(column.expression)
    let header = form(column.header)
    return .list([header, value])
  }

  private mutating func form(_ stage: CheckedStage) -> Form {
    switch stage {
    case .filter(let condition): return .call("|where", form(condition))
    case .with(let columns): return .call("|with", columns.map { form($0) })
    case .select(let columns): return .call("|select", columns.map { form($0) })
    case .measure(let measure):
      let keys = measure.keys.map { form($0) }
      var items: [Form] = keys.isEmpty ? [] : [.call("by", keys)]
      if let across = measure.across { items.append(.call("across", form(across))) }
      for column in measure.columns { items.append(form(column)) }
      return .call("|measure", items)
    case .sort(let keys):
      return .call("|sort", keys.map { $0.isDescending ? .call("desc", form($0.expression)) : form($0.expression) })
    case .rank(let ranks):
      return .call(
        "|rank", ranks.map { .call($0.isShare ? "percentile" : "rank", form($0.column)) })
    case .take(let count): return .call("|take", form(count))
    case .skip(let count): return .call("|skip", form(count))
    case .distinct: return .call("|distinct")
    case .who(let binding): return .call("|who", name(binding))
    case .why(let why): return form(why)
    case .each(let set, let binding):
      let set = form(set)
      return .call("|each", set, name(binding))
    case .derive(let derivation): return form(derivation)
    }
  }

  private mutating func form(_ derivation: CheckedDerivation) -> Form {
    var items = derivation.inputs.map { form($0) } + derivation.parameters.map { form($0) }
    switch derivation.kind {
    case .stack(let keys, let labels, let cells):
      items.append(.call("keys", keys.map { .atom(name($0)) }))
      for (label, ids) in zip(labels, cells) {
        items.append(.call("row", [.atom(TreePrinter.quoted(label))] + ids.map { .atom(name($0)) }))
      }
    case .retention(let unit, let isOrLater):
      items.append(.atom(unit.name))
      if isOrLater { items.append(.atom(Keyword.later.rawValue)) }
    case .credit(let model): items.append(.atom(model.rawValue))
    default: break
    }
    items.append(.call("columns", derivation.columns.map { form($0) }))
    return .call("|\(derivation.word)", items)
  }

  private mutating func form(_ call: CheckedKPICall) -> Form {
    let kpi = call.kpi
    let subjects = form(kpi.subjects)
    var items: [Form] = [.atom(kpi.name), .call("for", subjects, name(kpi.subject))]
    if let dated = kpi.dated { items.append(.call("dated", form(dated))) }
    items.append(.call("measure", .atom(words(kpi.measure.type)), form(kpi.measure)))
    if let target = kpi.target { items.append(.call("target", form(target))) }
    if let warn = kpi.warn { items.append(.call("warn", form(warn))) }
    items.append(.call("needs", .atom("\(kpi.needs)")))
    if let owner = kpi.owner { items.append(.call("owner", .atom(TreePrinter.quoted(owner)))) }
    items.append(.call("decide", kpi.decision.map { form($0) }))
    if !call.keys.isEmpty { items.append(.call("by", call.keys.map { form($0) })) }
    if let condition = call.condition { items.append(.call("where", form(condition))) }
    if let time = call.asOf { items.append(.call("as-of", form(time))) }
    if let kpiForm = form(call.form) { items.append(kpiForm) }
    return .call("kpi", items)
  }

  private mutating func form(_ kpiForm: CheckedKPIForm) -> Form? {
    switch kpiForm {
    case .value: return nil
    case .over(let unit, let last):
      var items: [Form] = [.atom(unit.name)]
      if let last { items.append(.atom("last:\(last)")) }
      return .call("over", items)
    case .versus(_, let other): return .call("vs", form(other))
    case .throughStages(let journey):
      let cases = journey.cases.map { form($0) }
      return .call("through-stages", cases + journey.columns.map { form($0) })
    case .change(_, let from, let to, let fields):
      let ends = [form(from), form(to)]
      return .call("change", ends + fields.map { form($0) })
    }
  }

  private mutating func form(_ bound: CheckedBound) -> Form {
    var items = [form(bound.low)]
    if let high = bound.high { items.append(form(high)) }
    return .call("\(bound.relation)", items + [.atom(TreePrinter.quoted(bound.text))])
  }

  private mutating func form(_ part: DecisionPart) -> Form {
    switch part {
    case .text(let text): .atom(TreePrinter.quoted(text))
    case .value(let value): form(value)
    case .worst(let column): .call("worst", form(column))
    case .best(let column): .call("best", form(column))
    }
  }

  // MARK: Expressions

  private mutating func form(_ expression: CheckedExpression?) -> Form { expression.map { form($0) } ?? .atom("-") }

  mutating func form(_ expression: CheckedExpression) -> Form {
    switch expression.node {
    case .constant(let value): return form(value)
    case .variable(let id): return .atom("@\(id.raw)")
    case .now: return .atom("now")
    case .today: return .atom("today")
    case .binding(let binding): return name(binding)
    case .field(let base, let field): return dotted(base, name(field))
    case .key(let base): return dotted(base, "key")
    case .kindName(let base): return dotted(base, "kind")
    case .column(let column): return .atom(name(column))
    case .negate(let value): return .call("-", form(value))
    case .arithmetic(let kernel, let a, let b): return .call(symbol(kernel), form(a), form(b))
    case .compare(let comparison, let kernel, let a, let b):
      return .call("\(kernel)\(symbol(comparison))", form(a), form(b))
    case .inRange(let value, let kernel, let from, let upTo):
      return .call("in-\(kernel)", form(value), form(from), form(upTo))
    case .textTest(let test, let a, let b): return .call("\(test)", form(a), form(b))
    case .oneOf(let value, let kernel, let items):
      return .call("one-of-\(kernel)", [form(value)] + items.map { form($0) })
    case .among(let value, let kernel, let list): return .call("among-\(kernel)", form(value), form(list))
    case .not(let value): return .call("not", form(value))
    case .and(let a, let b): return .call("and", form(a), form(b))
    case .or(let a, let b): return .call("or", form(a), form(b))
    case .isMissing(let value): return .call("is-missing", form(value))
    case .isOpen(let value): return .call("is-open", form(value))
    case .isKind(let value, let kind): return .call("is", form(value), name(kind))
    case .otherwise(let a, let b): return .call("else", form(a), form(b))
    case .conditional(let branches, let otherwise):
      var items: [Form] = []
      for branch in branches { items += [form(branch.condition), form(branch.value)] }
      return .call("if", items + [form(otherwise)])
    case .call(let function, let items): return .call("\(function)", items.map { form($0) })
    case .period(let unit, let value): return .call(unit.name, form(value))
    case .weekday(let value): return .call("weekday", form(value))
    case .hour(let value): return .call("hour", form(value))
    case .when(let conversion, let value): return .call(symbol(conversion), form(value))
    case .interpolation(let items): return .call("text", items.map { form($0) })
    case .list(let items): return .call("list", items.map { form($0) })
    case .aggregate(let aggregate): return form(aggregate)
    case .pick(let pick, let set): return .call("pick-\(pick)", form(set))
    case .record(let kind, let key): return .call("record", name(kind), form(key))
    case .holder(let record, let tie, let at): return .call("holder", form(record), name(tie), .call("at", form(at)))
    case .asOf(let value, let time): return .call("as-of", form(value), form(time))
    case .kpi(let call): return form(call)
    case .query(let query): return form(query)
    }
  }

  private mutating func dotted(_ base: CheckedExpression, _ name: String) -> Form {
    let base = form(base)
    if case .atom(let text) = base { return .atom("\(text).\(name)") }
    return .call(".\(name)", base)
  }

  private mutating func form(_ aggregate: Aggregate) -> Form {
    var items = [form(aggregate.list)]
    if let second = aggregate.second { items.append(form(second)) }
    if let third = aggregate.third { items.append(form(third)) }
    if let parameter = aggregate.parameter { items.append(form(parameter)) }
    let call = Form.call(aggregate.function.rawValue + (aggregate.scope == .group ? "/group" : ""), items)
    return aggregate.part == .value ? call : .call(aggregate.part.rawValue, call)
  }

  private func form(_ value: Value) -> Form {
    let rules = catalogue.calendar
    switch value {
    case .missing: return .atom("missing")
    case .number(let number): return .atom(TreePrinter.number(number))
    case .text(let text): return .atom(TreePrinter.quoted(text))
    case .yesno(let truth): return .atom(truth ? "yes" : "no")
    case .date(let day): return .atom(InstantText.day(day))
    case .time(let instant): return .atom(InstantText.iso8601(instant, in: rules.zone))
    case .duration(let duration):
      var parts: [String] = []
      if duration.months != 0 { parts.append("\(duration.months)mo") }
      if duration.days != 0 { parts.append(TreePrinter.number(duration.days) + "d") }
      if duration.seconds != 0 { parts.append(TreePrinter.number(duration.seconds) + "s") }
      return .atom(parts.isEmpty ? "0d" : parts.joined(separator: "+"))
    case .period(let period): return .atom(rules.label(ofPeriod: period.index, unit: period.unit))
    case .weekday(let day): return .atom(Weekday(rawValue: UInt8(clamping: day))?.name ?? "?")
    case .clock(let second): return .atom(InstantText.time(second, seconds: second % 60 != 0))
    case .record(let record): return .call("record", .atom(record.kind), .atom(TreePrinter.quoted(record.key)))
    case .list(let values): return .call("list", values.map { form($0) })
    }
  }

  private func symbol(_ kernel: ArithmeticKernel) -> String {
    switch kernel {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .modulo: "mod"
    case .timePlus: "time+"
    case .timeMinus: "time-"
    case .timeDifference: "elapsed"
    case .periodPlus: "period+"
    case .durationAdd: "duration+"
    case .durationSubtract: "duration-"
    case .durationTimes: "duration*"
    case .durationOver: "duration/"
    case .durationRatio: "ratio"
    }
  }

  private func symbol(_ comparison: Comparison) -> String {
    switch comparison {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }

  private func symbol(_ conversion: TimeConversion) -> String {
    switch conversion {
    case .firstInstant: "first-instant"
    case .endInstant: "end-instant"
    case .firstDay: "first-day"
    case .lastDay: "last-day"
    case .dayAfterLast: "day-after"
    case .day: "day"
    }
  }

  // MARK: Sets, lists, sequences

  private mutating func form(_ set: CheckedSet) -> Form {
    switch set.node {
    case .all(let at): return .call("all", [name(set.kind)] + (at.map { [form($0)] } ?? []))
    case .ever: return .call("ever", name(set.kind))
    case .referring(let record, let field):
      return .call("referring", .atom("\(catalogue.name(of: set.kind)).\(name(field))"), form(record))
    case .tied(let record, let tie, let at):
      return .call("tied", form(record), name(tie), at.map { .call("at", form($0)) } ?? .atom("ever"))
    case .holding(let inner, let at): return .call("holding", form(inner), .call("at", form(at)))
    case .through(let record, let tie, let field):
      return .call("through", form(record), name(tie), .atom("\(catalogue.name(of: set.kind)).\(name(field))"))
    case .expand(let inner, let binding, let to):
      let inner = form(inner)
      return .call("expand", inner, name(binding), form(to))
    case .expandToOne(let inner, let binding, let to):
      let inner = form(inner)
      return .call("expand-one", inner, name(binding), form(to))
    case .filter(let inner, let binding, let condition):
      let inner = form(inner)
      return .call("filter", inner, name(binding), form(condition))
    case .whileHeld(let inner, let binding, let condition):
      let inner = form(inner)
      return .call("while-held", inner, name(binding), form(condition))
    case .during(let inner, let from, let upTo): return .call("during", form(inner), form(from), form(upTo))
    case .ofKind(let inner): return .call("of-kind", form(inner), name(set.kind))
    case .union(let a, let b): return .call("union", form(a), form(b))
    case .single(let record): return .call("single", form(record))
    case .variable(let id): return .atom("@\(id.raw)")
    case .repeated(let record, let binding, let step, let from, let to):
      let record = form(record)
      return .call("repeated", record, name(binding), form(step), .atom("\(from)"), .atom("\(to)"))
    }
  }

  private mutating func form(_ list: CheckedList) -> Form {
    switch list {
    case .map(let set, let binding, let body):
      let set = form(set)
      return .call("map", set, name(binding), form(body))
    case .records(let set): return form(set)
    case .gaps(let set): return .call("gaps", form(set))
    case .matches(let sequence): return .call("matches", form(sequence))
    case .matched(let sequence, let value):
      let sequence = form(sequence)
      switch value {
      case .elapsed: return .call("matched", sequence, .atom("elapsed"))
      case .working: return .call("matched", sequence, .atom("working"))
      case .followed: return .call("matched", sequence, .atom("followed"))
      case .expression(let expression): return .call("matched", sequence, form(expression))
      }
    case .values(let values): return .call("values", values.map { form($0) })
    case .transform(let inner, let column, let body):
      let inner = form(inner)
      return .call("transform", inner, .atom(name(column)), form(body))
    case .gapStarts(let set): return .call("gap-starts", form(set))
    case .anchored(let inner, let starts, let value, let start, let body):
      let (inner, starts) = (form(inner), form(starts))
      return .call("anchored", inner, starts, .atom(name(value)), .atom(name(start)), form(body))
    case .rows(let body): return .call("rows", form(body))
    case .distinct(let inner): return .call("distinct", form(inner))
    case .elements(let body): return .call("elements", form(body))
    case .perPeriod(let per):
      let set = form(per.set)
      return .call(
        "per", .atom(per.unit.name), set, name(per.element), form(per.body), form(per.from), form(per.upTo))
    }
  }

  private mutating func form(_ sequence: CheckedSequence) -> Form {
    var items: [Form] = []
    switch sequence.first {
    case .set(let set): items.append(form(set))
    case .record(let record): items.append(.call("the", form(record)))
    }
    items.append(name(sequence.firstBinding))
    for step in sequence.steps {
      var parts = [form(step.set), name(step.binding)]
      parts.append(.call("within", step.window.length.map { form($0) } ?? .atom("any-time")))
      if step.window.isOfTheFirst { parts.append(.atom("of-the-first")) }
      if step.window.countsOpen { parts.append(.atom("counting-open")) }
      if step.window.countsTies { parts.append(.atom("counting-ties")) }
      if step.window.isToTheSecond { parts.append(.atom("to-the-second")) }
      items.append(.call(step.isAbsence ? "then-no" : "then", parts))
    }
    return .call("sequence", items)
  }
}
