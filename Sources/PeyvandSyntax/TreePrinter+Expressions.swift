import PeyvandBase

extension TreePrinter {
  static func form(_ query: Query) -> Form {
    if let source = query.source, query.modifiers.isEmpty, query.stages.isEmpty { return form(source) }
    return .call("query", [form(query.source)] + query.modifiers.map(form) + query.stages.map(form))
  }

  static func form(_ modifier: Modifier) -> Form {
    switch modifier.node {
    case .named(let name): .call("as", form(name))
    case .asOf(let time): .call("as-of", form(time))
    case .by(let keys): .call("by", keys.map(form))
    case .over(let unit, let last):
      .call("over", [form(unit)] + (last.map { [.atom("last"), .atom(number($0))] } ?? []))
    case .versus(let other): .call("vs", form(other))
    case .filter(let condition): .call("where", form(condition))
    case .throughStages: .call("through-stages")
    }
  }

  static func form(_ column: ColumnSyntax) -> Form {
    guard let name = column.name else { return form(column.expression) }
    return .call("as", form(column.expression), form(name))
  }

  static func form(_ stage: Stage) -> Form {
    switch stage.node {
    case .filter(let condition): return .call("|where", form(condition))
    case .select(let columns): return .call("|select", columns.map(form))
    case .with(let columns): return .call("|with", columns.map(form))
    case .measure(let columns, let keys, let across, let isImplied):
      var items = columns.map(form)
      if !keys.isEmpty { items.append(.call("by", keys.map(form))) }
      if let across { items.append(.call("across", form(across))) }
      return .call(isImplied ? "|" : "|measure", items)
    case .sort(let keys):
      return .call("|sort", keys.map { $0.descending ? .call("desc", form($0.expression)) : form($0.expression) })
    case .take(let count): return .call("|take", form(count))
    case .skip(let count): return .call("|skip", form(count))
    case .distinct: return .call("|distinct")
    case .each(let set, let name):
      return .call("|each", [form(set)] + (name.map { [.atom("as"), form($0)] } ?? []))
    case .who: return .call("|who")
    case .chart(let name): return .call("|chart", form(name))
    case .funnel(let steps, let isBest, let keys):
      var items = steps.map { step in
        step.window.map { .call("step", form(step.step), form($0)) } ?? form(step.step)
      }
      if isBest { items.append(.atom(Keyword.best.rawValue)) }
      if !keys.isEmpty { items.append(.call("by", keys.map(form))) }
      return .call("|funnel", items)
    case .retention(let set, let cohort, let unit, let isOrLater, let periods):
      let unit = [form(unit)] + (isOrLater ? [.atom(Keyword.later.rawValue)] : [])
      return .call("|retention", form(set), .call("from", form(cohort)), .call("by", unit), form(periods))
    case .flow(let set, let key): return .call("|flow", [form(set)] + (key.map { [.call("by", form($0))] } ?? []))
    case .why(let why): return .call("|why", items(why))
    case .invalid: return .call("|invalid")
    }
  }

  static func items(_ why: WhySyntax) -> [Form] {
    var items = [form(why.subject)]
    if let from = why.from { items.append(.call("from", form(from), form(why.to))) }
    if !why.among.isEmpty { items.append(.call("among", why.among.map(form))) }
    if !why.by.isEmpty { items.append(.call("by", why.by.map(form))) }
    return items
  }

  static func form(_ window: WindowSyntax) -> Form {
    var items = [window.length.map(form) ?? .atom("any-time")]
    if window.isOfTheFirst { items.append(.atom("of-the-first")) }
    if window.countsOpen { items.append(.atom("counting-open")) }
    if window.countsTies { items.append(.atom("counting-ties")) }
    if window.isToTheSecond { items.append(.atom("to-the-second")) }
    return .call("within", items)
  }

  static func form(_ expression: Expression) -> Form {
    switch expression.node {
    case .number(let value, let isPercent):
      return .atom(isPercent ? "\(number(value * 100))%" : number(value))
    case .quantity(let value, let unit): return .call("quantity", .atom(number(value)), form(unit))
    case .date(let date): return form(date)
    case .period(let period): return form(period)
    case .clock(let second): return .call("clock", .atom(clock(second)))
    case .text(let text): return form(text)
    case .list(let items): return .call("list", items.map(form))
    case .name(let name): return form(name)
    case .record(let kind, let key): return .call("record", form(kind), form(key))
    case .call(let name, let arguments):
      return .call("call", [form(name)] + arguments.map(form))
    case .dot(let value, let name): return .call(".", form(value), form(name))
    case .via(let value, let name): return .call("via", form(value), form(name))
    case .repeated(let value, let from, let to): return .call("*\(from)..\(to)", form(value))
    case .all(let name): return .call("all", form(name))
    case .ever(let value): return .call("ever", form(value))
    case .relativePeriod(let period, let unit): return .call(period.rawValue, form(unit))
    case .lastQuantity(let value, let unit): return .call("last", .atom(number(value)), form(unit))
    case .path(let from, let to, let over, let longest):
      return .call("path", form(from), form(to), form(over), .atom(number(longest)))
    case .negated(let value): return .call("-", form(value))
    case .not(let value): return .call("not", form(value))
    case .arithmetic(let sign, let left, let right): return .call(sign.rawValue, form(left), form(right))
    case .otherwise(let left, let right): return .call("else", form(left), form(right))
    case .and(let left, let right): return .call("and", form(left), form(right))
    case .or(let left, let right): return .call("or", form(left), form(right))
    case .comparison(let sign, let left, let right): return .call(sign.rawValue, form(left), form(right))
    case .membership(let value, let set, let to, let isNegated):
      return .call(isNegated ? "not-in" : "in", [form(value), form(set)] + (to.map { [.atom("to"), form($0)] } ?? []))
    case .between(let value, let low, let high): return .call("between", form(value), form(low), form(high))
    case .isTest(let value, let test, let isNegated):
      return .call(isNegated ? "is-not" : "is", form(value), form(test))
    case .filter(let set, let filter): return form(filter, of: set)
    case .sequence(let sequence): return form(sequence)
    case .of(let value, let unit, let set):
      return .call("of", [form(value)] + (unit.map { [.atom("per"), form($0)] } ?? []) + [form(set)])
    case .named(let value, let name): return .call("as", form(value), form(name))
    case .group(let value): return .call("group", form(value))
    case .query(let query): return .call("brackets", form(query))
    case .invalid: return .atom("invalid")
    }
  }

  private static func form(_ argument: ArgumentSyntax) -> Form {
    guard let label = argument.label else { return form(argument.value) }
    return .call("\(label.text):", form(argument.value))
  }

  private static func form(_ test: IsTest) -> Form {
    switch test {
    case .missing: .atom("(missing)")
    case .open: .atom("(open)")
    case .kind(let name): form(name)
    }
  }

  private static func form(_ filter: FilterSyntax, of set: Expression) -> Form {
    switch filter.node {
    case .condition(let condition): .call("where", form(set), form(condition))
    case .after(let time): .call("after", form(set), form(time))
    case .before(let time): .call("before", form(set), form(time))
    case .since(let time): .call("since", form(set), form(time))
    case .until(let time): .call("until", form(set), form(time))
    case .during(let from, let to):
      .call("during", [form(set), form(from)] + (to.map { [.atom("to"), form($0)] } ?? []))
    case .within(let length, let anchor, let time):
      .call("within", form(set), form(length), .atom(anchor.rawValue), form(time))
    }
  }

  private static func form(_ sequence: SequenceSyntax) -> Form {
    var first = form(sequence.first)
    if let name = sequence.firstName { first = .call("as", first, form(name)) }
    let steps = sequence.steps.map { step -> Form in
      var set = form(step.set)
      if let name = step.name { set = .call("as", set, form(name)) }
      return .call(step.isAbsence ? "then-no" : "then", set, form(step.window))
    }
    return .call("sequence", [first] + steps)
  }
}
