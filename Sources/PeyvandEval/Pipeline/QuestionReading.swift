import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What a question reads: the fields it asks and the kinds whose records it goes through.
///
/// For what has to be said beside an answer though no number of it is wrong: dates that lie ahead and are read as
/// recorded, events that are in no window because they have no time, keys that no record has.
struct QuestionReading {
  private(set) var fields: Set<FieldID> = []
  private(set) var kinds: Set<KindID> = []
  /// The records that it names by their keys, in the order in which they stand.
  private(set) var records: [(kind: KindID, key: CheckedExpression, range: SourceRange)] = []
  /// Where it asks whether such a record is there at all, or says what to take where it is not.
  private(set) var forgiven: Set<SourceRange> = []

  init(_ query: CheckedQuery) { add(query) }

  /// What some stages read, and some lists and keys behind them.
  init(_ stages: ArraySlice<CheckedStage>, lists: [CheckedList] = [], keys: [CheckedColumn] = []) {
    for stage in stages { add(stage) }
    for list in lists { add(list) }
    for key in keys { add(key.expression) }
  }

  private mutating func add(_ query: CheckedQuery) {
    switch query.source {
    case .records(let set, _): add(set)
    case .value(let column): add(column.expression)
    case .list(let list, _): add(list)
    case .kpi(let call, _):
      add(call.kpi.subjects)
      add(call.kpi.measure)
      for expression in call.keys.map(\.expression) + [call.condition].compactMap({ $0 }) { add(expression) }
      if case .throughStages(let journey) = call.form { for stop in journey.stops { add(stop.time.expression) } }
    case .path(let path, _):
      add(path.from)
      add(path.to)
      for step in path.steps { add(step.set) }
    case .table: break
    }
    for stage in query.stages { add(stage) }
  }

  private mutating func add(_ stage: CheckedStage) {
    switch stage {
    case .filter(let condition): add(condition)
    case .rank(let ranks): for rank in ranks { add(rank.column.expression) }
    case .with(let columns), .select(let columns): for column in columns { add(column.expression) }
    case .measure(let measure):
      for column in measure.columns + measure.keys + [measure.across].compactMap({ $0 }) { add(column.expression) }
    case .sort(let keys): for key in keys { add(key.expression) }
    case .each(let set, _): add(set)
    case .why(let why): add(why.outcome)
    case .take, .skip, .distinct, .who: break
    case .derive(let derivation): for column in derivation.inputs { add(column.expression) }
    }
  }

  private mutating func add(_ expression: CheckedExpression) {
    var queries: [CheckedQuery] = []
    var sets: [CheckedSet] = []
    var lists: [CheckedList] = []
    var reading = self
    expression.walk { part in
      reading.note(part)
      switch part.node {
      case .aggregate(let aggregate): lists += [aggregate.list] + [aggregate.second, aggregate.third].compactMap { $0 }
      case .among(_, _, let list): lists.append(list)
      case .pick(_, let set): sets.append(set)
      case .query(let query):
        queries.append(query)
        return false
      default: break
      }
      return true
    }
    self = reading
    for set in sets { addKinds(of: set) }
    for list in lists { addKinds(of: list) }
    for query in queries { add(query) }
  }

  private mutating func add(_ set: CheckedSet) {
    addKinds(of: set)
    var inner: [CheckedExpression] = []
    set.forEach { inner.append($0) }
    for expression in inner { note(expression) }
  }

  private mutating func note(_ expression: CheckedExpression) {
    switch expression.node {
    case .field(_, let field): fields.insert(field)
    case .record(let kind, let key): records.append((kind, key, expression.range))
    // A record and a text compare by its key.
    case .compare(.equal, .text, let a, let b):
      note(a, equals: b)
      note(b, equals: a)
    case .oneOf(let value, .text, let items): for item in items { note(value, equals: item) }
    case .isMissing(let asked), .otherwise(let asked, _):
      var record = asked
      while true {
        forgiven.insert(record.range)
        switch record.node {
        case .field(let inner, _), .key(let inner), .kindName(let inner): record = inner
        default: return
        }
      }
    default: break
    }
  }

  private mutating func add(_ list: CheckedList) {
    addKinds(of: list)
    var inner: [CheckedExpression] = []
    list.forEach { inner.append($0) }
    for expression in inner { note(expression) }
  }

  private mutating func note(_ value: CheckedExpression, equals key: CheckedExpression) {
    guard case .key(let record) = value.node, case .record(let kind) = record.type else { return }
    records.append((kind, key, key.range))
  }

  private mutating func addKinds(of list: CheckedList) {
    switch list {
    case .map(let set, _, _), .records(let set), .gaps(let set), .gapStarts(let set): addKinds(of: set)
    case .matches(let sequence), .matched(let sequence, _):
      if case .set(let set) = sequence.first { addKinds(of: set) }
      for step in sequence.steps { addKinds(of: step.set) }
    case .distinct(let inner), .transform(let inner, _, _): addKinds(of: inner)
    case .perPeriod(let periods): addKinds(of: periods.set)
    case .anchored(let inner, _, _, _, _): addKinds(of: inner)
    case .values, .rows, .elements: break
    }
  }

  private mutating func addKinds(of set: CheckedSet) {
    switch set.node {
    case .all, .ever, .referring, .through: kinds.insert(set.kind)
    case .holding(let inner, _), .filter(let inner, _, _), .whileHeld(let inner, _, _), .during(let inner, _, _),
      .ofKind(let inner):
      addKinds(of: inner)
    case .expand(let inner, _, let to):
      addKinds(of: inner)
      addKinds(of: to)
    case .expandToOne(let inner, _, _): addKinds(of: inner)
    case .union(let a, let b):
      addKinds(of: a)
      addKinds(of: b)
    case .repeated(_, _, let step, _, _): addKinds(of: step)
    case .tied, .single, .variable: break
    }
  }
}

extension Evaluator {
  /// What has to be said beside an answer: dates ahead of the as-of time that were read as they are recorded.
  func warnings(of reading: QuestionReading, at range: SourceRange) throws(Diagnostics) -> [Diagnostic] {
    let catalogue = context.source.catalogue
    let walker = Walker(context)
    var warnings: [Diagnostic] = []
    for id in reading.fields.sorted() {
      guard let field = catalogue.field(id), !id.isOfAUnion, !field.happens, isDate(field.type),
        // When an event took place, or a tie held, is what as-of goes by.
        !field.declaredBy.contains(where: { catalogue.isDated($0, by: field) }),
        let column = try context.source.column(id)
      else { continue }
      let ahead: Int
      switch column.storage {
      case .date(let days): ahead = TimeKernels.countAfter(days, walker.today)
      case .time(let instants): ahead = TimeKernels.countAfter(instants, context.asOf.instant)
      default: continue
      }
      if ahead > 0 {
        let kind = catalogue.name(of: field.declaredBy.first ?? field.family)
        warnings.append(EvaluationDiagnostics.readAhead(field.name, of: kind, count: ahead, at: range))
      }
    }
    return warnings
  }

  /// Events without a time among those that the question goes through: they are in no window and no period.
  func remarks(of reading: QuestionReading) -> [String] {
    let catalogue = context.source.catalogue
    return reading.kinds.sorted().compactMap { kind in
      guard catalogue.kind(kind)?.flavour == .event else { return nil }
      let untimed = context.source.stretches(of: kind).reduce(0) { $0 + $1.rows.count - $1.timed }
      return untimed == 0 ? nil : "\(catalogue.name(of: kind)): \(untimed) without a time"
    }
  }

  private func isDate(_ type: FieldType) -> Bool { type == .date || type == .time }
}

extension Catalogue {
  fileprivate func isDated(_ kind: KindID, by field: Field) -> Bool {
    if timeField(of: kind)?.id == field.id { return true }
    return self.kind(kind)?.flavour == .relationship && self.field(named: "end", of: kind)?.id == field.id
  }
}
