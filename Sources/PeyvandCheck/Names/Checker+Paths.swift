import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// One way from a record to others.
enum Way {
  /// Records of a kind that refer to this one by a field.
  case back(KindID, Field)
  /// Across a relationship to its other end.
  case tie(Tie, KindID)

  func words(in catalogue: Catalogue) -> String {
    switch self {
    case .back(let kind, let field): "\(catalogue.name(of: kind)) via \(field.name)"
    case .tie(let tie, _):
      "\(catalogue.name(of: tie.relationship)).\(catalogue.field(tie.to)?.name ?? "?")"
    }
  }
}

extension Checker {
  /// All ways in which a record of `kind` leads to `name` in one step (fields apart).
  func ways(from kind: KindID, to name: String) -> [Way] {
    var ways: [Way] = []
    let key = nameKey(name)
    if let target = catalogue.kind(named: name) {
      for id in target.fields {
        guard let field = catalogue.field(id), case .reference(let referred) = field.type else { continue }
        if catalogue.isKind(kind, specialOf: referred) { ways.append(.back(target.id, field)) }
      }
    }
    for relationship in catalogue.kinds where relationship.flavour == .relationship {
      // A special kind's ties are among its general kind's.
      if relationship.general != nil { continue }
      guard relationship.ends.count == 2, nameKey(relationship.name) != key else { continue }
      for (near, far) in [(0, 1), (1, 0)] {
        guard let from = catalogue.field(relationship.ends[near]), let to = catalogue.field(relationship.ends[far]),
          case .reference(let nearKind) = from.type, case .reference(let farKind) = to.type,
          catalogue.isKind(kind, specialOf: nearKind)
        else { continue }
        let isNamed = nameKey(to.name) == key
        let isKind = catalogue.kind(named: name).map { $0.id == farKind } ?? false
        // Two ends of one kind are told apart by their names alone.
        guard isNamed || (isKind && nearKind != farKind) else { continue }
        let tie = Tie(
          relationship: relationship.id, from: from.id, to: to.id, isOne: relationship.oneEnds.contains(to.id))
        ways.append(.tie(tie, farKind))
      }
    }
    return ways
  }

  /// One step from a record: a field, a computed field, or the one way there is. Nothing where there is none.
  mutating func step(
    _ record: CheckedExpression, to name: Name, anchor: CheckedExpression?, tie: TieStep? = nil, scope: Scope
  ) -> Term? {
    guard case .record(let kind) = record.type else { return nil }
    let key = nameKey(name.text)
    if let field = catalogue.field(named: name.text, of: kind) {
      let expression = CheckedExpression(.field(record, field.id), field.type.valueType, name.range)
      if case .list(let element) = expression.type { return .list(.elements(expression), element) }
      return .one(expression, anchor: time(of: expression) ?? anchor)
    }
    if key == MemberWords.key { return .one(CheckedExpression(.key(record), .text, name.range)) }
    if let definition = environment.computedField(named: name.text, of: kind) {
      return read(definition, arguments: [], at: name.range, in: scope, on: record)
    }
    let ways = ways(from: kind, to: name.text)
    if ways.count > 1 {
      report(
        CheckDiagnostics.severalWays(
          name.text, from: kindName(kind), ways.map { $0.words(in: catalogue) }, at: name.range))
      return .invalid
    }
    if let way = ways.first { return walk(way, from: record, anchor: anchor, tie: tie, name.range) }
    if key == MemberWords.kind { return .one(CheckedExpression(.kindName(record), .text, name.range)) }
    return nil
  }

  func walk(_ way: Way, from record: CheckedExpression, anchor: CheckedExpression?, tie: TieStep?, _ range: SourceRange)
    -> Term
  {
    let when = anchor ?? CheckedExpression(.now, .time, range)
    switch way {
    case .back(let kind, let field):
      if catalogue.kind(kind)?.flavour == .event, let tie {
        // From a tie on to events: those that took place while it held.
        return .set(CheckedSet(.through(tie.from, tie.tie, field.id), kind: kind, range))
      }
      let set = CheckedSet(.referring(record, field.id), kind: kind, range)
      guard catalogue.kind(kind)?.flavour == .relationship else { return .set(set, anchor: anchor) }
      return .set(CheckedSet(.holding(set, at: when), kind: kind, range), anchor: anchor)
    case .tie(let tie, let farKind):
      let step = TieStep(from: record, tie: tie)
      if tie.isOne {
        return .one(
          CheckedExpression(.holder(record, tie, at: when), .record(farKind), range), anchor: anchor, tie: step)
      }
      return .set(CheckedSet(.tied(record, tie, at: when), kind: farKind, range), anchor: anchor, tie: step)
    }
  }

  /// `term.name`
  mutating func dot(_ term: Term, _ name: Name, whole: SourceRange, scope: Scope) -> Term {
    switch term {
    case .invalid: return .invalid
    case .one(let expression, let anchor, let tie):
      if case .record(let kind) = expression.type {
        if let next = step(expression, to: name, anchor: time(of: expression) ?? anchor, tie: tie, scope: scope) {
          return one(expression, to: next)
        }
        noMember(name, of: kind)
        return .invalid
      }
      if case .column(let id) = expression.node, let match = scope.matches[id] {
        return dot(match, name, whole: whole, scope: scope)
      }
      // A value of the first or the last match is that value of each, and the first or last of them.
      if case .aggregate(let aggregate) = expression.node, case .matches(let sequence) = aggregate.list,
        aggregate.function == .first || aggregate.function == .last
      {
        guard case .list(let list, let type) = matchValue(of: sequence, name, scope: scope) else { return .invalid }
        let value = Aggregate(aggregate.function, list, scope: aggregate.scope)
        return .one(CheckedExpression(.aggregate(value), type, whole))
      }
      report(CheckDiagnostics.noFieldOnValue(name.text, bare(words(expression.type)), at: name.range))
      return .invalid
    case .set(let set, let anchor, let tie):
      if let (way, record) = tieThroughItsRecords(set, to: name) {
        return walk(way, from: record, anchor: anchor, tie: nil, name.range)
      }
      let binding = fresh(set.kind)
      let record = CheckedExpression(.binding(binding), .record(set.kind), set.range)
      // `rep.customer.purchase`: the tie's own start, so that the events can be held against it.
      if let tie, let next = step(record, to: name, anchor: anchor, tie: tie, scope: scope) {
        if case .set(let reached, _, _) = next, case .through = reached.node { return next }
        return path(set, binding, from: nil, to: next)
      }
      if let next = step(record, to: name, anchor: time(of: record) ?? anchor, scope: scope) {
        // An event that refers to a tie is about it, whenever it took place.
        if catalogue.kind(set.kind)?.flavour == .relationship { return .path(set, binding, next) }
        return path(set, binding, from: nil, to: next)
      }
      noMember(name, of: set.kind)
      return .invalid
    case .path(let set, let binding, let tail):
      let next = dot(tail, name, whole: whole, scope: scope)
      if case .invalid = next { return .invalid }
      // From records on to values: one value for each record of the set, and a set holds each once.
      if case .one(let record, _, _) = tail, case .record(let kind) = record.type, !isBinding(record, binding),
        case .one(let value, _, _) = next, !isRecord(value.type)
      {
        let each = CheckedSet(.expandToOne(set, binding, record), kind: kind, record.range)
        let element = fresh(kind)
        let one = CheckedExpression(.binding(element), .record(kind), record.range)
        return .path(each, element, dot(.one(one), name, whole: whole, scope: scope))
      }
      return path(set, binding, from: tail, to: next)
    case .sequence(let sequence):
      return matchValue(of: sequence, name, scope: scope)
    case .list(let list, let type):
      guard case .matched(let sequence, .expression(let value)) = list, case .record = type else {
        report(CheckDiagnostics.noFieldOnValue(name.text, bare(words(type)), at: name.range))
        return .invalid
      }
      let next = dot(.one(value, anchor: time(of: value)), name, whole: whole, scope: scope)
      guard case .one(let expression, _, _) = next else { return .invalid }
      return .list(.matched(sequence, .expression(expression)), expression.type)
    case .query(let query):
      guard let header = query.columns.first(where: { nameKey($0.name) == nameKey(name.text) }) else {
        report(
          CheckDiagnostics.unknownName(
            name.text, "table", nearest(name.text, among: query.columns.map(\.name), limit: 4), at: name.range))
        return .invalid
      }
      guard let value = valueOfTable(query, column: header, name.range) else { return .invalid }
      return value
    case .kpi:
      report(CheckDiagnostics.noFieldOnValue(name.text, "KPI", at: name.range))
      return .invalid
    }
  }

  private func isBinding(_ expression: CheckedExpression, _ binding: Binding) -> Bool {
    if case .binding(let other) = expression.node { other.id == binding.id } else { false }
  }

  private func isRecord(_ type: ValueType) -> Bool {
    if case .record = type { true } else { false }
  }

  private func bare(_ words: String) -> String {
    for prefix in ["a ", "an "] where words.hasPrefix(prefix) { return String(words.dropFirst(prefix.count)) }
    return words
  }

  private mutating func noMember(_ name: Name, of kind: KindID) {
    if fieldOfTwoTypes(name, of: kind) { return }
    report(
      CheckDiagnostics.unknownName(
        name.text, kindName(kind), nearest(name.text, among: memberNames(of: kind), limit: 4), at: name.range))
  }

  /// Whether a name is that of a field which the members of a union type differently; says so.
  mutating func fieldOfTwoTypes(_ name: Name, of kind: KindID) -> Bool {
    guard let union = catalogue.union(kind), union.conflicts.contains(where: { nameKey($0) == nameKey(name.text) })
    else { return false }
    let types = union.members.compactMap { member in
      catalogue.field(named: name.text, of: member).map {
        "\(words($0.type.valueType)) in \(article(kindName(member))) \(kindName(member))"
      }
    }
    report(CheckDiagnostics.fieldOfTwoTypes(name.text, union.kind.name, types, at: name.range))
    return true
  }

  /// `(quote as q then purchase within …).q`, `.elapsed`, `.working`
  private mutating func matchValue(of sequence: CheckedSequence, _ name: Name, scope: Scope) -> Term {
    let elapsed = ValueType.duration(isByDay(sequence) ? .days : .seconds)
    switch nameKey(name.text) {
    case MemberWords.elapsed: return .list(.matched(sequence, .elapsed), elapsed)
    case MemberWords.working: return .list(.matched(sequence, .working), .duration(.seconds))
    default: break
    }
    if let named = sequenceNames[sequence.firstBinding.id]?.first(where: { nameKey($0.0) == nameKey(name.text) }) {
      let record = CheckedExpression(.binding(named.1), .record(named.1.kind), name.range)
      return .list(.matched(sequence, .expression(record)), record.type)
    }
    report(CheckDiagnostics.noFieldOnValue(name.text, "match", at: name.range))
    return .invalid
  }

  /// Whether a match of the sequence is counted in days: where either end records no hours.
  func isByDay(_ sequence: CheckedSequence) -> Bool {
    let ends = [sequence.firstBinding.kind, sequence.steps.last?.binding.kind ?? sequence.firstBinding.kind]
    return ends.contains { catalogue.timeField(of: $0)?.type == .date }
  }

  /// `term via field`
  mutating func via(_ term: Term, _ name: Name, field: Name, base: Term?, scope: Scope) -> Term {
    // The way is chosen by the field, so the base is walked anew.
    func ways(_ kind: KindID) -> Way? {
      self.ways(from: kind, to: name.text).first { way in
        switch way {
        case .back(_, let by): nameKey(by.name) == nameKey(field.text)
        case .tie(let tie, _):
          nameKey(catalogue.name(of: tie.relationship)) == nameKey(field.text)
            || nameKey(catalogue.field(tie.from)?.name ?? "") == nameKey(field.text)
        }
      }
    }
    func along(_ record: CheckedExpression, anchor: CheckedExpression?, tie: TieStep?) -> Term? {
      guard case .record(let kind) = record.type, let way = ways(kind) else { return nil }
      return walk(way, from: record, anchor: time(of: record) ?? anchor, tie: tie, field.range)
    }
    switch base {
    case nil:
      for entry in scope.entries.reversed() {
        switch entry {
        case .record(let record):
          let expression = record.expression(name.range)
          let anchor = record.anchor ?? eventTime(in: scope, name.range)
          if let found = along(expression, anchor: anchor, tie: nil) { return found }
        case .columns(_, let hides) where hides: break
        default: continue
        }
      }
    case .one(let expression, let anchor, let tie)?:
      if let found = along(expression, anchor: anchor, tie: tie) { return found }
    case .set(let set, let anchor, let tie)?:
      let binding = fresh(set.kind)
      let record = CheckedExpression(.binding(binding), .record(set.kind), set.range)
      if let found = along(record, anchor: anchor, tie: tie) {
        if case .set(let reached, _, _) = found, case .through = reached.node { return found }
        return path(set, binding, from: nil, to: found)
      }
    case .path(let set, let binding, let tail)?:
      let next = via(.invalid, name, field: field, base: tail, scope: scope)
      if case .invalid = next { return .invalid }
      return path(set, binding, from: tail, to: next)
    case .invalid?: return .invalid
    default: break
    }
    let start: KindID? =
      switch base {
      case nil: scope.record?.kind
      case .one(let expression, _, _)?: if case .record(let kind) = expression.type { kind } else { nil }
      case .set(let set, _, _)?: set.kind
      default: nil
      }
    let others = start.map { self.ways(from: $0, to: name.text).map { $0.words(in: catalogue) } } ?? []
    report(CheckDiagnostics.noSuchWay(name.text, field.text, others, at: field.range))
    return .invalid
  }

  /// `installs.customer` of a contractor: by way of the relationship's own records to its other end, which is
  /// the tie itself, dated like it.
  private func tieThroughItsRecords(_ set: CheckedSet, to name: Name) -> (Way, CheckedExpression)? {
    guard case .holding(let ties, at: _) = set.node, case .referring(let record, let near) = ties.node,
      let kind = catalogue.kind(set.kind), let index = kind.ends.firstIndex(of: near), kind.ends.count == 2,
      let far = catalogue.field(kind.ends[1 - index]), nameKey(far.name) == nameKey(name.text),
      case .reference(let target) = far.type
    else { return nil }
    let tie = Tie(relationship: kind.id, from: near, to: far.id, isOne: kind.oneEnds.contains(far.id))
    return (.tie(tie, target), record)
  }

  /// The shortest way, in steps of fields and hops, from one kind to another, as it is written.
  func nearestPath(from start: KindID, to goal: KindID) -> String? {
    var seen: Set<KindID> = [start]
    var front: [(KindID, String)] = [(start, "")]
    for _ in 0..<4 {
      var next: [(KindID, String)] = []
      for (kind, path) in front {
        for (name, target) in neighbours(of: kind) where seen.insert(target).inserted {
          let longer = path.isEmpty ? name : "\(path).\(name)"
          if target == goal { return longer }
          next.append((target, longer))
        }
      }
      front = next
    }
    return nil
  }

  /// What one step of a name leads to: fields first, then hops with one way.
  private func neighbours(of kind: KindID) -> [(String, KindID)] {
    var result: [(String, KindID)] = []
    for id in catalogue.kind(kind)?.fields ?? [] {
      if let field = catalogue.field(id), case .reference(let target) = field.type {
        result.append((field.name, target))
      }
    }
    return result + hops(from: kind).filter { $0.ways == 1 }.map { ($0.name, $0.target) }
  }

  /// The names that lead from a kind in one hop, and in how many ways each does, in one pass over the catalogue.
  func hops(from kind: KindID) -> [(name: String, target: KindID, ways: Int)] {
    var places: [String: Int] = [:]
    var result: [(name: String, target: KindID, ways: Int)] = []
    func add(_ name: String, _ target: KindID) {
      if let place = places[nameKey(name)] {
        result[place].ways += 1
      } else {
        places[nameKey(name)] = result.count
        result.append((name, target, 1))
      }
    }
    for other in catalogue.kinds {
      for id in other.fields {
        if case .reference(let referred)? = catalogue.field(id)?.type, catalogue.isKind(kind, specialOf: referred) {
          add(other.name, other.id)
        }
      }
    }
    for relationship in catalogue.kinds where relationship.flavour == .relationship && relationship.general == nil {
      guard relationship.ends.count == 2 else { continue }
      for (near, far) in [(0, 1), (1, 0)] {
        guard case .reference(let nearKind)? = catalogue.field(relationship.ends[near])?.type,
          let to = catalogue.field(relationship.ends[far]), case .reference(let farKind) = to.type,
          catalogue.isKind(kind, specialOf: nearKind)
        else { continue }
        add(to.name, farKind)
        let name = kindName(farKind)
        if nearKind != farKind, nameKey(name) != nameKey(to.name) { add(name, farKind) }
      }
    }
    return result
  }
}
