import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// `credit(OUTCOME, CONTACT, by: E [, model: "markov"] [, within: D] [, half_life: D] [, per: KIND])`: a table of how much
/// of the outcomes each value of E gets.
///
/// Members are the entities that both refer to, each with its own contacts and outcomes in time order. A journey is
/// the contacts before an outcome since the outcome before; what comes after the last one is a journey without.
extension Checker {
  mutating func credit(_ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope) -> Term {
    let labels = [
      TableWords.by, TableWords.model, TableWords.within, TableWords.halfLife, TableWords.per,
    ]
    guard let given = named(arguments, of: name, labels) else { return .invalid }
    let positional = given.positional
    guard positional.count == 2, let by = given[TableWords.by] else {
      return wrongCount(
        name, "outcomes, contacts and what of them is credited: `credit(purchase, contact, by: channel)`", range)
    }
    guard let model = model(given[TableWords.model], name),
      let member = member(positional, given[TableWords.per], name, range, in: scope)
    else { return .invalid }
    let outside = isGroup
    isGroup = false
    defer { isGroup = outside }
    let all = CheckedSet(.all(at: nil), kind: member, range)
    let binding = fresh(member)
    let inner = self.scope(Scope(), with: binding, of: all)
    guard let outcomes = events(positional[0], name, in: inner), let contacts = events(positional[1], name, in: inner)
    else { return .invalid }
    let contact = fresh(contacts.kind)
    let contactScope = self.scope(inner, with: contact, of: contacts)
    guard let channel = one(by, in: contactScope, wanted: "of each contact"),
      let label = asLabel(channel)
    else { return .invalid }
    guard let inputs = lists(outcomes, contacts, contact, label, given[TableWords.within], name, range) else {
      return .invalid
    }
    var halfLife = days(7, range)
    if let written = given[TableWords.halfLife] {
      guard let length = one(written, in: Scope(), wanted: "as a half-life") else { return .invalid }
      guard case .duration(let unit) = length.type, unit != .months, unit != .mixed else {
        report(
          CheckDiagnostics.wrongType(
            "`\(TableWords.halfLife)`", wanted: "a length of time in days or shorter", found: words(length.type),
            at: written.range))
        return .invalid
      }
      halfLife = length
    }
    let seconds = CheckedExpression(
      .arithmetic(.durationRatio, halfLife, constant(.duration(Duration(seconds: 1)), .duration(.seconds), range)),
      .plainNumber, range)
    let headers = [
      header("channel", .text), header("credit", .plainNumber), header("share", .number(.share)),
      header("journeys", .plainNumber),
    ]
    let derivation = CheckedDerivation(
      .credit(model), inputs: inputs, parameters: [seconds], columns: headers, range)
    return .query(
      CheckedQuery(
        source: .records(all, binding), stages: [.derive(derivation)], columns: headers, row: nil, asOf: nil,
        unit: "journey", isValue: false, range: range))
  }

  private mutating func model(_ syntax: Expression?, _ name: Name) -> CreditModel? {
    guard let syntax else { return .markov }
    guard let value = one(syntax, in: Scope(), wanted: "as a model") else { return nil }
    let known = CreditModel.allCases.map(\.rawValue)
    guard case .constant(.text(let text)) = value.node, let model = CreditModel(rawValue: text) else {
      var near = known
      if case .constant(.text(let text)) = value.node { near = nearest(text, among: known, limit: 1) }
      report(
        CheckDiagnostics.wrongType(
          "`\(TableWords.model)`", wanted: "the name of a model", found: words(value.type), at: syntax.range,
          notes: near.count == 1
            ? ["did you mean \"\(near[0])\"?"] : ["one of \(known.map { "\"\($0)\"" }.joined(separator: ", "))"]))
      return nil
    }
    return model
  }

  /// The kind of entity that both refer to.
  private mutating func member(
    _ sets: [Expression], _ per: Expression?, _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> KindID? {
    if let per {
      guard let set = asSet(check(per, in: Scope())), catalogue.kind(set.kind)?.flavour == .entity else {
        report(
          CheckDiagnostics.wrongType(
            "`\(TableWords.per)`", wanted: "a kind of entity", found: "something else", at: per.range))
        return nil
      }
      return set.kind
    }
    var common: [KindID]?
    for syntax in sets {
      let before = complaints.count
      unheard += 1
      let term = check(syntax, in: Scope())
      unheard -= 1
      complaints.takeBack(after: before)
      guard let set = asSet(term) else {
        // Said as an error where it stands.
        _ = events(syntax, name, in: Scope())
        return nil
      }
      var referred: [KindID] = []
      for id in catalogue.kind(set.kind)?.fields ?? [] {
        if case .reference(let kind)? = catalogue.field(id)?.type, catalogue.kind(kind)?.flavour == .entity,
          !referred.contains(kind)
        {
          referred.append(kind)
        }
      }
      common = common.map { $0.filter(referred.contains) } ?? referred
    }
    let found = common ?? []
    guard found.count == 1 else {
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "outcomes and contacts of one kind of member",
          found: found.isEmpty ? "no kind that both refer to" : "more than one", at: range,
          notes: found.isEmpty
            ? ["say whose they are: `\(TableWords.per): customer`"]
            : ["say which: \(found.map { "`\(TableWords.per): \(kindName($0))`" }.joined(separator: " or "))"]))
      return nil
    }
    return found[0]
  }

  private mutating func events(_ syntax: Expression, _ name: Name, in scope: Scope) -> CheckedSet? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    guard let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event else {
      report(
        CheckDiagnostics.wrongType("`\(name.text)`", wanted: "a set of events", found: words(term), at: syntax.range))
      return nil
    }
    return set
  }

  /// The times of outcomes, and of contacts their times, labels and until when they count: days where either kind has
  /// no hours, else instants.
  private mutating func lists(
    _ outcomes: CheckedSet, _ contacts: CheckedSet, _ contact: Binding, _ label: CheckedExpression,
    _ within: Expression?, _ name: Name, _ range: SourceRange
  ) -> [CheckedColumn]? {
    let outcome = fresh(outcomes.kind)
    guard let came = time(of: CheckedExpression(.binding(outcome), .record(outcomes.kind), range)),
      let made = time(of: CheckedExpression(.binding(contact), .record(contacts.kind), range))
    else { return nil }
    let isByDay = came.type == .date || made.type == .date
    func moment(_ time: CheckedExpression) -> CheckedExpression { isByDay ? firstDay(time) : time }
    // One that has no time is before nothing.
    let isTimed = CheckedExpression(.not(CheckedExpression(.isMissing(made), .yesno, range)), .yesno, range)
    let timed = CheckedSet(.filter(contacts, contact, isTimed), kind: contacts.kind, range)
    func list(_ title: String, _ set: CheckedSet, _ binding: Binding, _ body: CheckedExpression) -> CheckedColumn {
      column(
        title,
        CheckedExpression(
          .aggregate(Aggregate(.list, .map(set, binding, body), scope: .row)), .list(body.type), range))
    }
    var columns = [
      list("outcomes", outcomes, outcome, moment(came)), list("contacts", timed, contact, moment(made)),
      list("labels", timed, contact, label),
    ]
    guard let within else { return columns }
    guard let length = one(within, in: Scope(), wanted: "as a window") else { return nil }
    guard case .duration(let unit) = length.type else {
      report(
        CheckDiagnostics.wrongType(
          "a window", wanted: "a length of time such as `60 days`", found: words(length.type), at: within.range))
      return nil
    }
    if case .constant(.duration(let duration)) = length.node, duration.months <= 0, duration.days <= 0,
      duration.seconds <= 0
    {
      report(CheckDiagnostics.windowTooShort(at: length.range))
      return nil
    }
    if unit == .seconds, isByDay {
      report(
        CheckDiagnostics.windowBelowADay(kindName(came.type == .date ? outcomes.kind : contacts.kind), at: within.range)
      )
      return nil
    }
    // The first moment at which it no longer counts; of days the last is whole.
    let until: CheckedExpression
    if unit == .seconds {
      until = plus(plus(made, length), constant(.duration(Duration(seconds: 1)), .duration(.seconds), range))
    } else {
      let day = plus(plus(firstDay(made), length), days(1, range))
      until = isByDay ? day : firstInstant(day)
    }
    columns.append(list("until", timed, contact, until))
    return columns
  }
}
