import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore
import PeyvandSyntax

/// Processes and what they ask for: what is due, what is lacking, what was done; profiles and maps.
extension Session {
  func carryOutProcess(_ statement: CheckedStatement, emit: (Outcome) -> Void) throws(Diagnostics) {
    func answer(
      as id: VariableID, isShown: Bool = true, _ ask: (AttendedEvaluator) throws(Diagnostics) -> Answer
    ) throws(Diagnostics) {
      let answer = try timed(ask)
      remember(answer, as: id)
      guard isShown else { return }
      emit(.answer(pointingOut(answer)))
      tellTime(emit)
    }
    switch statement.node {
    case .process(let name): try declare(process: name, as: source(of: statement.range), emit: emit)
    case .done(let what, let key): try done(what, key, at: statement.range, emit: emit)
    case .forget(let listing, let name): try forget(listing, name, at: statement.range, emit: emit)
    case .agenda(let processes, let look):
      try answer(as: look.id, isShown: look.isShown) { (evaluator) throws(Diagnostics) in
        try evaluator.agenda(processes, asOf: look.asOf)
      }
    case .missing(let processes, let look):
      try answer(as: look.id, isShown: look.isShown) { (evaluator) throws(Diagnostics) in
        try evaluator.missing(processes, asOf: look.asOf)
      }
    case .listing(let listing, let look):
      try answer(as: look.id, isShown: look.isShown) { (_) throws(Diagnostics) in listed(listing) }
    case .profile(let record, let query, let processes, let id):
      try answer(as: id) { (evaluator) throws(Diagnostics) in try evaluator.profile(record, query, processes) }
    case .map(let record, let look):
      try answer(as: look.id, isShown: look.isShown) { (evaluator) throws(Diagnostics) in
        try evaluator.map(around: record, asOf: look.asOf)
      }
    default: break
    }
  }

  /// A process is the store's, whoever declares it; the same again is nothing.
  private func declare(process name: String, as source: String, emit: (Outcome) -> Void) throws(Diagnostics) {
    try keep(StoreState.Definition(name: Self.processPrefix + name, source: source))
  }

  /// An event of `today`, the as-of day: a day later than the data end would move the present of every question with it,
  /// and turn each window that still runs into a no. What took place at that time already is not recorded twice.
  private func done(
    _ what: CheckedDone, _ key: CheckedExpression, at range: SourceRange, emit: (Outcome) -> Void
  ) throws(Diagnostics) {
    let catalogue = state.catalogue
    guard case .text(let key) = try evaluator().value(key), let at = catalogue.field(what.at) else { return }
    let name = catalogue.name(of: what.member)
    guard let family = catalogue.kind(what.member)?.family, try state.holds(key: key, family: family) else {
      throw Diagnostics(SessionDiagnostics.nobodyToDoFor(name, Written.text(key), at: range))
    }
    guard case .date(let day) = try evaluator().value(CheckedExpression(.today, .date, range)),
      case .time(let instant) = try evaluator().value(CheckedExpression(.now, .time, range))
    else { return }
    let time: Value = at.type == .time ? .time(instant) : .date(day)
    let event = catalogue.name(of: what.event)
    let record = "\(event) of \(name) \(Written.text(key))"
    let shown = InstantText.day(day, in: catalogue.calendar.system)
    guard try !isRecorded(what, key, family, at: time) else {
      emit(.answer(Answer(.done("\(record) is recorded on \(shown) already: nothing new"))))
      return
    }
    let values: [FieldID: Value] = [what.field: .text(key), what.at: time]
    do throws(Diagnostics) {
      let appended = try state.adding(what.event, key: nil, values: values)
      try commit([.add(what.event, key: nil, values: values)], giving: appended.state)
    } catch {
      guard error.all.contains(where: { $0.code == "E2001" }) else { throw error }
      throw Diagnostics(error.all.map { lacking($0, what, key, on: shown) })
    }
    emit(.answer(Answer(.done("\(record) recorded on \(shown)"))))
  }

  /// Whether such an event of that moment refers to the record.
  private func isRecorded(_ what: CheckedDone, _ key: String, _ family: KindID, at time: Value) throws(Diagnostics)
    -> Bool
  {
    guard let row = try state.row(withKey: key, family: family) else { return false }
    let events = try state.adjacency(of: what.event, by: what.field)
    for event in events.rows(of: row).reversed()
    where try state.value(what.at, row: Int(event)) == time { return true }
    return false
  }

  /// What more such an event needs than that it took place is said by `add`.
  private func lacking(_ diagnostic: Diagnostic, _ what: CheckedDone, _ key: String, on day: String) -> Diagnostic {
    let catalogue = state.catalogue
    guard diagnostic.code == "E2001", let of = catalogue.field(what.field), let at = catalogue.field(what.at) else {
      return diagnostic
    }
    let fields = catalogue.familyOrder(what.event).flatMap { catalogue.kind($0)?.fields ?? [] }.compactMap(
      catalogue.field)
    let others = fields.filter { field in
      field.isRequired && field.id != what.field && field.id != what.at
        && field.declaredBy.contains { catalogue.isKind(what.event, specialOf: $0) }
    }
    let entries = ["\(of.name): \(Written.text(key))", "\(at.name): \(day)"] + others.map { "\($0.name): …" }
    var told = diagnostic
    told.notes.append(
      "`done` says that it took place; with more to say: `add \(catalogue.name(of: what.event)) { \(entries.joined(separator: ", ")) }`"
    )
    return told
  }
}
