import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore

/// Processes and what they ask for: what is due, what is lacking, what was done; profiles and maps.
extension Session {
  func carryOutProcess(_ statement: CheckedStatement, emit: (Outcome) -> Void) throws(Diagnostics) {
    func answer(_ answer: Answer, as id: VariableID, isShown: Bool = true) {
      remember(answer, as: id)
      if isShown { emit(.answer(pointingOut(answer))) }
    }
    switch statement.node {
    case .process(let name): try declare(process: name, as: source(of: statement.range), emit: emit)
    case .done(let what, let key): try done(what, key, at: statement.range, emit: emit)
    case .agenda(let processes, let id, let isShown):
      answer(try evaluator().agenda(processes), as: id, isShown: isShown)
    case .missing(let processes, let id, let isShown):
      answer(try evaluator().missing(processes), as: id, isShown: isShown)
    case .profile(let record, let query, let processes, let id):
      answer(try evaluator().profile(record, query, processes), as: id)
    case .map(let record, let id, let isShown):
      answer(try evaluator().map(around: record), as: id, isShown: isShown)
    default: break
    }
  }

  /// A process is the store's, whoever declares it; the same again is nothing.
  private func declare(process name: String, as source: String, emit: (Outcome) -> Void) throws(Diagnostics) {
    let known = "process \(name)"
    let definition = StoreState.Definition(name: known, source: source)
    var next = state
    if let place = next.definitions.firstIndex(where: { nameKey($0.name) == nameKey(known) }) {
      guard next.definitions[place] != definition else { return }
      next.definitions[place] = definition
    } else {
      next.definitions.append(definition)
    }
    try commit([.define(next.definitions)], giving: next)
  }

  /// An event of `today`, the as-of day: a day later than the data end would move the present of every question with it,
  /// and turn each window that still runs into a no.
  private func done(
    _ what: CheckedDone, _ key: CheckedExpression, at range: SourceRange, emit: (Outcome) -> Void
  ) throws(Diagnostics) {
    let catalogue = state.catalogue
    guard case .text(let key) = try evaluator().value(key), let at = catalogue.field(what.at) else { return }
    let name = catalogue.name(of: what.member)
    guard let family = catalogue.kind(what.member)?.family, try state.holds(key: key, family: family) else {
      throw Diagnostics(SessionDiagnostics.nobodyToDoFor(name, key, at: range))
    }
    guard case .date(let day) = try evaluator().value(CheckedExpression(.today, .date, range)),
      case .time(let instant) = try evaluator().value(CheckedExpression(.now, .time, range))
    else { return }
    let values: [FieldID: Value] = [
      what.field: .text(key), what.at: at.type == .time ? .time(instant) : .date(day),
    ]
    let appended = try state.adding(what.event, key: nil, values: values)
    try commit([.add(what.event, key: nil, values: values)], giving: appended.state)
    let event = catalogue.name(of: what.event)
    emit(
      .answer(
        Answer(
          .done("\(event) of \(name) \"\(key)\" recorded on \(InstantText.day(day, in: catalogue.calendar.system))"))))
  }
}
