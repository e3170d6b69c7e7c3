import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What may go with an outcome: from the catalogue, or as the program names it.
extension Checker {
  // MARK: From the catalogue

  /// Every field of the row, of the record in whose hand it is, and of what they refer to; every entity tied to them;
  /// every kind of event that reaches them, within its exposure. False where that is too much.
  mutating func findCandidates(_ search: inout WhySearch, _ range: SourceRange) -> Bool {
    for header in search.columns {
      let value = CheckedExpression(.column(header.id), header.type, range)
      var isOwn = false
      search.outcome.condition.forEach { if $0.node == value.node { isOwn = true } }
      if !isOwn { add(value, named: header.name, isNamed: false, &search) }
    }
    guard !search.isTable || search.row != nil else { return grow(search.candidates.count) }
    var subjectFamily: KindID?
    if let subject = search.subject {
      addFields(of: subject, prefix: "", without: nil, &search, range)
      subjectFamily = catalogue.kind(subject.kind)?.family
    }
    if let row = search.row {
      addFields(of: row, prefix: kindName(row.kind) + ".", without: subjectFamily, &search, range)
    }
    for reach in search.reaches {
      let sets = eventSets(of: reach.record, reach.kind, range)
      for (name, set) in sets where !isOwn(set.kind, search) {
        addEvents(set, named: reach.prefix + name, exposure: reach.exposure, &search)
        addDetails(of: set, named: reach.prefix + name, about: reach.kind, exposure: reach.exposure, &search)
      }
    }
    if search.exposures.isEmpty, let binding = search.binding,
      !eventSets(of: CheckedExpression(.binding(binding), .record(binding.kind), range), binding.kind, range).isEmpty
    {
      search.remarks.append("when it was decided is not known, so what came before it is not tried")
    }
    return grow(search.candidates.count)
  }

  /// Whether the outcome itself is made of such events.
  private func isOwn(_ kind: KindID, _ search: WhySearch) -> Bool {
    search.outcome.own.contains { catalogue.isKind(kind, specialOf: $0) || catalogue.members(of: $0).contains(kind) }
  }

  private mutating func addFields(
    of binding: Binding, prefix: String, without family: KindID?, _ search: inout WhySearch, _ range: SourceRange
  ) {
    let record = CheckedExpression(.binding(binding), .record(binding.kind), range)
    guard let kind = catalogue.kind(binding.kind) else { return }
    if catalogue.familyOrder(kind.id).count > 1 {
      let name = CheckedExpression(.kindName(record), .text, range)
      add(name, named: prefix + MemberWords.kind, isNamed: false, &search)
    }
    for id in kind.fields {
      guard let field = catalogue.field(id), isCandidate(field, of: kind, search) else { continue }
      let value = CheckedExpression(.field(record, id), field.type.valueType, range)
      if case .reference(let target) = field.type {
        if let family, catalogue.kind(target)?.family == family { continue }
        addReferred(value, to: target, named: prefix + field.name, exposure: nil, &search, range)
      } else {
        add(value, named: prefix + field.name, isNamed: false, &search)
      }
    }
    addTies(of: record, kind, prefix: prefix, &search, range)
  }

  /// A record that is referred to: its fields, and which one it is.
  private mutating func addReferred(
    _ record: CheckedExpression, to kind: KindID, named name: String, exposure: Int?, _ search: inout WhySearch,
    _ range: SourceRange
  ) {
    guard let target = catalogue.kind(kind) else { return }
    for id in target.fields {
      guard let field = catalogue.field(id), isCandidate(field, of: target, search) else { continue }
      let value = CheckedExpression(.field(record, id), field.type.valueType, range)
      add(value, named: "\(name).\(field.name)", isNamed: false, exposure: exposure, root: name, &search)
    }
    add(record, named: name, isNamed: false, exposure: exposure, root: name, &search)
  }

  /// What was recorded from the beginning: no field that the outcome reads, none that comes to be known later, and no
  /// date, which makes no groups.
  private func isCandidate(_ field: Field, of kind: Kind, _ search: WhySearch) -> Bool {
    guard !field.happens, !search.ownFields.contains(field.id) else { return false }
    switch field.type {
    case .date, .time, .list: return false
    case .number, .text, .yesno, .duration, .reference: return true
    }
  }

  /// The entities tied to a record: as of the exposure's end, of an event's time, else now.
  private mutating func addTies(
    of record: CheckedExpression, _ kind: Kind, prefix: String, _ search: inout WhySearch, _ range: SourceRange
  ) {
    let exposure = search.exposures.isEmpty || search.exposures[0].isBefore ? nil : 0
    let at =
      exposure.map { end(of: search.exposures[$0]) } ?? time(of: record) ?? CheckedExpression(.now, .time, range)
    for relationship in catalogue.kinds
    where relationship.flavour == .relationship && relationship.general == nil && relationship.ends.count == 2 {
      for (near, far) in [(0, 1), (1, 0)] {
        guard let from = catalogue.field(relationship.ends[near]), let to = catalogue.field(relationship.ends[far]),
          case .reference(let here) = from.type, case .reference(let there) = to.type,
          catalogue.isKind(kind.id, specialOf: here)
        else { continue }
        let tie = Tie(
          relationship: relationship.id, from: from.id, to: to.id, isOne: relationship.oneEnds.contains(to.id))
        let name = "\(prefix)\(relationship.name).\(to.name)"
        if tie.isOne {
          let holder = CheckedExpression(.holder(record, tie, at: at), .record(there), range)
          addReferred(holder, to: there, named: name, exposure: exposure, &search, range)
        } else {
          let tied = CheckedSet(.tied(record, tie, at: at), kind: there, range)
          add(list: .records(tied), of: .record(there), named: name, isNamed: false, exposure: exposure, &search, range)
        }
      }
    }
  }

  /// Whether events came, how often, and how soon.
  private mutating func addEvents(
    _ set: CheckedSet, named name: String, exposure: Int, isNamed: Bool = false, _ search: inout WhySearch
  ) {
    guard search.exposures.indices.contains(exposure), let came = within(set, search.exposures[exposure]) else {
      return
    }
    let range = set.range
    let count = CheckedExpression(.aggregate(Aggregate(.count, .records(came), scope: .row)), .plainNumber, range)
    let nought = CheckedExpression(.constant(.number(0)), .plainNumber, range)
    let isThere = CheckedExpression(.compare(.greater, .number, count, nought), .yesno, range)
    let missing = CheckedExpression(.constant(.missing), .missing, range)
    let often = CheckedExpression(
      .conditional([.init(condition: isThere, value: count)], otherwise: missing), .plainNumber, range)
    func add(_ form: CheckedCandidate.Form, _ expression: CheckedExpression) {
      search.candidates.append(
        CheckedCandidate(
          name: name, form: form, expression: expression, exposure: exposure, root: nil, isNamed: isNamed))
    }
    add(.yesno, isThere)
    add(.number(.often), often)
    if let delay = delay(of: came, search.exposures[exposure]) { add(.number(.soon), delay) }
  }

  /// Whether events came that say this or that: about what, by whom.
  private mutating func addDetails(
    of set: CheckedSet, named name: String, about kind: KindID, exposure: Int, _ search: inout WhySearch
  ) {
    guard search.exposures.indices.contains(exposure), let came = within(set, search.exposures[exposure]),
      let event = catalogue.kind(set.kind)
    else { return }
    let general = event.general.flatMap { catalogue.kind($0) }
    let family = catalogue.kind(kind)?.family
    for id in event.fields where general.map({ !$0.fields.contains(id) }) ?? true {
      guard let field = catalogue.field(id), isCandidate(field, of: event, search) else { continue }
      switch field.type {
      case .text, .yesno: break
      case .reference(let target):
        if catalogue.kind(target)?.family == family || catalogue.kind(target)?.flavour != .entity { continue }
      default: continue
      }
      let binding = fresh(set.kind)
      let record = CheckedExpression(.binding(binding), .record(set.kind), set.range)
      let value = CheckedExpression(.field(record, id), field.type.valueType, set.range)
      self.add(
        list: .map(came, binding, value), of: value.type, named: "\(name).\(field.name)", isNamed: false,
        exposure: exposure, &search, set.range)
    }
  }

  private mutating func add(
    list: CheckedList, of type: ValueType, named name: String, isNamed: Bool, exposure: Int?,
    _ search: inout WhySearch, _ range: SourceRange
  ) {
    let all = Aggregate(.list, .distinct(list), scope: .row)
    search.candidates.append(
      CheckedCandidate(
        name: name, form: .values, expression: CheckedExpression(.aggregate(all), .list(type), range),
        exposure: exposure, root: nil, isNamed: isNamed))
  }

  /// One value a row; false where it makes no groups.
  @discardableResult
  private func add(
    _ value: CheckedExpression, named name: String, isNamed: Bool, exposure: Int? = nil, root: String? = nil,
    _ search: inout WhySearch
  ) -> Bool {
    let form: CheckedCandidate.Form
    switch value.type {
    case .text, .record, .period, .weekday, .clock: form = .values
    case .yesno: form = .yesno
    case .number, .duration(.days), .duration(.seconds): form = .number(.amount)
    case .list(let element):
      switch element {
      case .text, .record, .period, .weekday, .clock, .yesno: form = .values
      default: return false
      }
    case .date, .time, .duration, .missing: return false
    }
    search.candidates.append(
      CheckedCandidate(
        name: name, form: form, expression: value, exposure: exposure, root: root, isNamed: isNamed))
    return true
  }

  // MARK: Named by the program

  /// `among meaningful, contact.topic, region`
  mutating func name(_ syntax: Expression, _ search: inout WhySearch) -> Bool {
    let term = check(syntax, in: search.scope)
    if case .invalid = term { return false }
    let name = text(of: syntax.range)
    if isMany(term), let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event {
      guard let exposure = exposure(of: set, search) else {
        report(WhyDiagnostics.outcomeWithoutTime(name, at: syntax.range))
        return false
      }
      guard within(set, search.exposures[exposure]) != nil else {
        report(CheckDiagnostics.filterNeedsTime(name, kindName(set.kind), at: syntax.range))
        return false
      }
      addEvents(set, named: name, exposure: exposure, isNamed: true, &search)
      return true
    }
    guard let (value, exposure) = grouping(term, syntax, search) else { return false }
    guard add(value, named: name, isNamed: true, exposure: exposure, &search) else {
      report(WhyDiagnostics.cannotSplit(name, words(value.type), at: syntax.range))
      return false
    }
    return true
  }

  /// `by region`, `by contact`
  mutating func stratum(_ syntax: Expression, _ search: WhySearch) -> CheckedStratum? {
    let term = check(syntax, in: search.scope)
    if case .invalid = term { return nil }
    let name = text(of: syntax.range)
    if isMany(term), let set = asSet(term), catalogue.kind(set.kind)?.flavour == .event {
      guard let exposure = exposure(of: set, search), let came = within(set, search.exposures[exposure]) else {
        report(WhyDiagnostics.outcomeWithoutTime(name, at: syntax.range))
        return nil
      }
      let count = Aggregate(.count, .records(came), scope: .row)
      return CheckedStratum(
        name: name, expression: CheckedExpression(.aggregate(count), .plainNumber, syntax.range), exposure: exposure,
        isVolume: true)
    }
    guard let (value, exposure) = grouping(term, syntax, search) else { return nil }
    if case .list = value.type {
      report(
        CheckDiagnostics.severalValues(
          name, of: nil, wanted: "to hold equal", at: syntax.range, offers: ["first(\(name))", "count(\(name))"]))
      return nil
    }
    return CheckedStratum(name: name, expression: value, exposure: exposure, isVolume: false)
  }

  /// Values that make groups; what came goes by its exposure.
  private mutating func grouping(_ term: Term, _ syntax: Expression, _ search: WhySearch) -> (CheckedExpression, Int?)?
  {
    let name = text(of: syntax.range)
    if isMany(term), case .sequence = term {
    } else if isMany(term), var (list, type) = asList(term) {
      var exposure: Int?
      switch list {
      case .map(let set, let binding, let body) where catalogue.kind(set.kind)?.flavour == .event:
        exposure = self.exposure(of: set, search)
        guard let place = exposure, let came = within(set, search.exposures[place]) else {
          report(WhyDiagnostics.outcomeWithoutTime(name, at: syntax.range))
          return nil
        }
        list = .map(came, binding, body)
      default:
        guard list.eventKinds(in: catalogue).isEmpty else {
          report(WhyDiagnostics.overAllTime(name, at: syntax.range))
          return nil
        }
      }
      type = type == .missing ? .text : type
      let all = Aggregate(.list, .distinct(list), scope: .row)
      let value = CheckedExpression(.aggregate(all), .list(type), syntax.range)
      return (value, exposure ?? exposures(of: value, search))
    }
    guard let value = asOne(term, syntax.range, wanted: "to compare by") else { return nil }
    var isOverAllTime = false
    value.forEach { part in
      switch part.node {
      case .aggregate(let aggregate):
        isOverAllTime = isOverAllTime || !aggregate.list.eventKinds(in: catalogue).isEmpty
      case .pick(_, let set): isOverAllTime = isOverAllTime || !set.eventKinds(in: catalogue).isEmpty
      case .among(_, _, let list): isOverAllTime = isOverAllTime || !list.eventKinds(in: catalogue).isEmpty
      default: break
      }
    }
    if isOverAllTime {
      report(WhyDiagnostics.overAllTime(name, at: syntax.range))
      return nil
    }
    return (value, exposures(of: value, search))
  }

  /// The exposure at whose end a value is read, if at any.
  private func exposures(of value: CheckedExpression, _ search: WhySearch) -> Int? {
    search.exposures.firstIndex { exposure in
      var isRead = false
      value.forEach { if $0.node == .variable(exposure.length) { isRead = true } }
      return isRead
    }
  }

  /// The exposure that goes with a set of events: that of the record by which it is reached, else the first.
  private func exposure(of set: CheckedSet, _ search: WhySearch) -> Int? {
    for reach in search.reaches {
      var isReached = false
      set.forEach { if $0.node == reach.record.node { isReached = true } }
      if isReached { return reach.exposure }
    }
    return search.exposures.isEmpty ? nil : 0
  }
}
