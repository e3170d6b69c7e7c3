import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What `why` has found so far.
struct WhySearch {
  let outcome: Checker.WhyOutcome
  /// The record in hand before the outcome spread it, and the columns beside it.
  let subject: Binding?
  let columns: [CheckedColumn.Header]
  let isTable: Bool
  /// The row, where the outcome made rows of its own.
  var row: Binding?
  var scope = Scope()
  var exposures: [CheckedExposure] = []
  /// Whose events are counted, and within which exposure.
  var reaches: [Reach] = []
  var candidates: [CheckedCandidate] = []
  var remarks: [String] = []
  /// Fields that the outcome reads.
  var ownFields: Set<FieldID> = []

  struct Reach {
    var record: CheckedExpression
    var kind: KindID
    /// Before the names of its events: `customer.`
    var prefix: String
    var exposure: Int
  }

  init(outcome: Checker.WhyOutcome, state: Checker.Pipeline) {
    self.outcome = outcome
    subject = state.row
    columns = state.columns
    isTable = state.isTable
    var fields: Set<FieldID> = []
    outcome.condition.forEach { if case .field(_, let id) = $0.node { fields.insert(id) } }
    ownFields = fields
  }

  /// The record that a row is.
  var binding: Binding? { row ?? subject }
}

/// When what came is counted: always before the outcome was decided, and for equally long.
extension Checker {
  /// Finds the exposures that the outcome allows.
  ///
  /// - A sequence: from its first step on. Rows are first steps, so what happened to them and to the record in whose
  ///   hand they are is counted from the same moment for all.
  /// - An outcome that reads one date that `happens`, or one event: from the row's own time on, or, for an entity,
  ///   from the first event there is of it.
  /// - Any other outcome of an event: what came before the event, by way of the entities it refers to.
  /// - Any other: none, since nobody knows when it was decided.
  mutating func findExposures(_ search: inout WhySearch, _ range: SourceRange) {
    guard let binding = search.binding, let kind = catalogue.kind(binding.kind) else { return }
    let record = CheckedExpression(.binding(binding), .record(binding.kind), range)
    if let decided = search.outcome.decided {
      guard let anchor = search.outcome.anchor ?? ownTime(of: record) ?? firstSeen(record, range) else { return }
      let exposure = addExposure(
        anchor: anchor, decided: decided, firstSeen: nil, owner: kind.name, &search, range)
      var ownKinds: Set<KindID> = []
      if search.row != nil, let subject = search.subject {
        let outer = CheckedExpression(.binding(subject), .record(subject.kind), range)
        search.reaches.append(.init(record: outer, kind: subject.kind, prefix: "", exposure: exposure))
        ownKinds.insert(catalogue.kind(subject.kind)?.family ?? subject.kind)
      }
      search.reaches.append(.init(record: record, kind: binding.kind, prefix: "", exposure: exposure))
      for (field, referred, target) in entities(of: record, kind) {
        guard !ownKinds.contains(catalogue.kind(target)?.family ?? target) else { continue }
        search.reaches.append(
          .init(record: referred, kind: target, prefix: field.name + ".", exposure: exposure))
      }
    } else if kind.flavour == .event, let anchor = ownTime(of: record) {
      for (field, referred, target) in entities(of: record, kind) {
        guard let seen = firstSeen(referred, range) else { continue }
        let exposure = addExposure(
          anchor: anchor, decided: nil, firstSeen: seen, owner: field.name, &search, range)
        search.reaches.append(
          .init(record: referred, kind: target, prefix: field.name + ".", exposure: exposure))
      }
    }
  }

  private func ownTime(of record: CheckedExpression) -> CheckedExpression? {
    guard case .record(let kind) = record.type, let field = catalogue.timeField(of: kind) else { return nil }
    return CheckedExpression(.field(record, field.id), field.type.valueType, record.range)
  }

  /// The entities that a record refers to.
  private func entities(of record: CheckedExpression, _ kind: Kind) -> [(Field, CheckedExpression, KindID)] {
    guard kind.flavour != .entity else { return [] }
    return kind.fields.compactMap { id in
      guard let field = catalogue.field(id), case .reference(let target) = field.type,
        catalogue.kind(target)?.flavour == .entity
      else { return nil }
      return (field, CheckedExpression(.field(record, id), .record(target), record.range), target)
    }
  }

  /// The day of the first event that refers to a record.
  private mutating func firstSeen(_ record: CheckedExpression, _ range: SourceRange) -> CheckedExpression? {
    guard case .record(let kind) = record.type else { return nil }
    let days = eventSets(of: record, kind, range).filter { catalogue.kind($0.set.kind)?.general == nil }
      .compactMap { found -> CheckedExpression? in
        let first = CheckedExpression(.pick(.first, found.set), .record(found.set.kind), range)
        return ownTime(of: first).map { asDay($0) }
      }
    guard !days.isEmpty else { return nil }
    return CheckedExpression(.aggregate(Aggregate(.min, .values(days), scope: .row)), .date, range)
  }

  /// The events that refer to a record, by kind and field, and what they are called from it.
  func eventSets(of record: CheckedExpression, _ kind: KindID, _ range: SourceRange) -> [(
    name: String, set: CheckedSet
  )] {
    var found: [(name: String, set: CheckedSet)] = []
    for event in catalogue.kinds where event.flavour == .event {
      let fields = event.fields.compactMap { id -> Field? in
        guard let field = catalogue.field(id), case .reference(let target) = field.type,
          catalogue.isKind(kind, specialOf: target)
        else { return nil }
        return field
      }
      for field in fields {
        let name = fields.count == 1 ? event.name : "\(event.name) via \(field.name)"
        found.append((name, CheckedSet(.referring(record, field.id), kind: event.id, range)))
      }
    }
    return found
  }

  private mutating func addExposure(
    anchor: CheckedExpression, decided: CheckedExpression?, firstSeen: CheckedExpression?, owner: String,
    _ search: inout WhySearch, _ range: SourceRange
  ) -> Int {
    // Where either records no hours, days are counted.
    let isByDay = anchor.type != .time || decided.map { $0.type != .time } ?? false
    func same(_ time: CheckedExpression) -> CheckedExpression { isByDay ? asDay(time) : asInstant(time) }
    search.exposures.append(
      CheckedExposure(
        anchor: same(anchor), decided: decided.map(same), firstSeen: firstSeen.map(same),
        length: environment.freshVariable(), owner: owner))
    return search.exposures.count - 1
  }

  private func asDay(_ time: CheckedExpression) -> CheckedExpression {
    time.type == .time ? CheckedExpression(.when(.day, time), .date, time.range) : time
  }
  private func asInstant(_ time: CheckedExpression) -> CheckedExpression {
    time.type == .date ? CheckedExpression(.when(.firstInstant, time), .time, time.range) : time
  }

  /// The last moment of an exposure, in the anchor's type: for ties that have to hold by then.
  func end(of exposure: CheckedExposure) -> CheckedExpression {
    exposure.isBefore ? exposure.anchor : later(exposure.anchor, by: length(of: exposure))
  }

  private func length(of exposure: CheckedExposure) -> CheckedExpression {
    CheckedExpression(
      .variable(exposure.length), .duration(exposure.isByDay ? .days : .seconds), exposure.anchor.range)
  }

  private func later(_ time: CheckedExpression, by length: CheckedExpression, isEarlier: Bool = false)
    -> CheckedExpression
  {
    CheckedExpression(.arithmetic(isEarlier ? .timeMinus : .timePlus, time, length), time.type, time.range)
  }

  /// Of a set of events those that came within the exposure: later than an anchor that it begins at, earlier than one
  /// that it ends at. Of events that record no hours only those whose whole day lies in it.
  func within(_ set: CheckedSet, _ exposure: CheckedExposure) -> CheckedSet? {
    guard let field = catalogue.timeField(of: set.kind) else { return nil }
    let (anchor, length) = (exposure.anchor, length(of: exposure))
    let range = anchor.range
    let oneDay = CheckedExpression(.constant(.duration(Duration(days: 1))), .duration(.days), range)
    let oneSecond = CheckedExpression(.constant(.duration(Duration(seconds: 1))), .duration(.seconds), range)
    var (from, upTo): (CheckedExpression, CheckedExpression)
    if exposure.isBefore {
      (from, upTo) = (later(anchor, by: length, isEarlier: true), anchor)
    } else {
      let unit = exposure.isByDay ? oneDay : oneSecond
      from = later(anchor, by: unit)
      upTo = later(later(anchor, by: length), by: unit)
    }
    switch (exposure.isByDay, field.type) {
    case (true, .time): (from, upTo) = (asInstant(from), asInstant(upTo))
    case (false, .date):
      from = later(asDay(exposure.isBefore ? from : anchor), by: oneDay)
      upTo = asDay(exposure.isBefore ? anchor : later(anchor, by: length))
    default: break
    }
    return CheckedSet(.during(set, from: from, upTo: upTo), kind: set.kind, set.range)
  }

  /// How long after the exposure's beginning the first event came, or, where it ends at the anchor, how long before
  /// its end the last did.
  func delay(of set: CheckedSet, _ exposure: CheckedExposure) -> CheckedExpression? {
    let picked = CheckedExpression(
      .pick(exposure.isBefore ? .last : .first, set), .record(set.kind), set.range)
    guard let time = ownTime(of: picked) else { return nil }
    let isByDay = exposure.isByDay || time.type == .date
    let (event, anchor) = isByDay ? (asDay(time), asDay(exposure.anchor)) : (time, exposure.anchor)
    return CheckedExpression(
      .arithmetic(.timeDifference, exposure.isBefore ? anchor : event, exposure.isBefore ? event : anchor),
      .duration(isByDay ? .days : .seconds), set.range)
  }
}
