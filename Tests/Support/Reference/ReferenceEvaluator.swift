import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The plain evaluator: a checked tree over records in memory, one row at a time, by the words of the language's
/// reference and in the most obvious way.
///
/// It exists to disagree with the engine. So it shares nothing with it but the tree and the calendar's
/// arithmetic: no columns, no batches, no indexes, no order kept from before. Whatever it wants to know it looks
/// up in all records, and every operand is worked out, also where the other one has decided.
package struct ReferenceEvaluator {
  package let store: ReferenceStore
  package var moment: ReferenceMoment
  package var variables: [VariableID: ReferenceVariable] = [:]
  package let tally = ReferenceTally()

  /// The store's, and what sets of several families the program makes.
  package let catalogue: Catalogue

  package init(_ store: ReferenceStore, at moment: ReferenceMoment, unions: [KindUnion] = []) {
    self.store = store
    self.moment = moment
    catalogue = store.catalogue.adopting(unions)
  }

  package var calendar: CalendarRules { store.catalogue.calendar }
}

/// The moment from which a question looks.
package struct ReferenceMoment: Hashable, Sendable {
  /// The last instant that has been seen.
  package var instant: Int64
  /// The day it is the whole of; missing where an instant was named.
  package var day: Int?

  package init(instant: Int64) {
    self.instant = instant
    day = nil
  }

  package init(day: Int, in calendar: CalendarRules) {
    instant = calendar.zone.instant(ofLocalDay: day + 1) - 1
    self.day = day
  }
}

package enum ReferenceVariable: Sendable {
  case value(ReferenceValue)
  case records([Int])
  case table([[ReferenceValue]])
}

/// What an aggregate or a filter left out.
package struct ReferenceLeftOut: Hashable, Sendable {
  package var unknown = 0
  package var open = 0
  package var openYes = 0
  package init(unknown: Int = 0, open: Int = 0, openYes: Int = 0) {
    self.unknown = unknown
    self.open = open
    self.openYes = openYes
  }

  package mutating func add(_ other: ReferenceLeftOut) {
    unknown += other.unknown
    open += other.open
    openYes += other.openYes
  }
}

/// What has been left out, and why: by the stages themselves, and by each column of a `measure`.
///
/// What was left out deeper inside (in the conditions of a set, in a list's body) is only noted as having
/// happened: how often such a condition is asked is nobody's business.
package final class ReferenceTally {
  package var rows = ReferenceLeftOut()
  /// Of each aggregate of a `measure`, over all groups.
  package var groups: [Aggregate: ReferenceLeftOut] = [:]
  /// For each column of the `measure`s the aggregate that left most out.
  package var columns: [ReferenceLeftOut] = []
  /// First events with a second at the same instant or day that does not count.
  package var ties = 0
  /// Ties under `one` that another was taken before.
  package var overlapped: Set<Int> = []
  package var hasNoWindow = false
  /// How often something was left out, or tied, deeper inside.
  package var inside = 0
  /// Whether a row of the `measure` at work may stand in several groups.
  var isSpread = false
  /// Whether the lists of a group's rows are put together.
  var isOfAGroup = false
  /// The lists of the group at work whose ties were counted: several aggregates of one list count them once.
  var countedLists: Set<CheckedList> = []
  /// How deep inside sets, lists and other questions the evaluator is.
  var depth = 0

  /// All that a receipt with one measured column counts.
  package var total: ReferenceLeftOut {
    columns.reduce(into: rows) { $0.add($1) }
  }

  /// Works out what has been counted already in another way.
  func uncounted<T>(_ work: () throws -> T) rethrows -> T {
    let before = (rows, groups, columns, ties, overlapped, hasNoWindow, inside)
    defer { (rows, groups, columns, ties, overlapped, hasNoWindow, inside) = before }
    return try work()
  }

  func leaveOut(_ leftOut: ReferenceLeftOut) {
    // Of a row that stands in several groups it is open whether it left something out once or in each.
    if depth == 0, !isSpread { rows.add(leftOut) } else { inside += leftOut.unknown + leftOut.open }
  }

  func leaveOut(_ leftOut: ReferenceLeftOut, of aggregate: Aggregate) {
    if depth == 0 { groups[aggregate, default: ReferenceLeftOut()].add(leftOut) } else { leaveOut(leftOut) }
  }

  func tie() { if depth == 0 { ties += 1 } else { inside += 1 } }
}

/// What the reference does not do; a program that needs it is not compared.
package struct ReferenceUnsupported: Error, Hashable {
  package var what: String
  package init(_ what: String) { self.what = what }
}

/// What the language calls an error while a program runs.
package struct ReferenceFailure: Error, Hashable {
  package var code: String
  package init(_ code: String) { self.code = code }
}

/// What is in hand: records by binding, columns, and, in `measure`, the rows of the group.
package struct ReferenceRow {
  package var records: [Int: Int?] = [:]
  package var columns: [ColumnID: ReferenceValue] = [:]
  package var group: [ReferenceRow]?
  /// Where it is a record no longer: the rows it was made of, and the place of each among all.
  var behind: [ReferenceRow]?
  var place: Int?
  package init() {}

  func with(_ binding: Binding, _ record: Int?) -> ReferenceRow {
    var copy = self
    copy.records[binding.id] = record
    return copy
  }

  func with(_ column: ColumnID, _ value: ReferenceValue) -> ReferenceRow {
    var copy = self
    copy.columns[column] = value
    return copy
  }
}

extension ReferenceEvaluator {
  /// The value of an expression for one row.
  package func evaluate(_ expression: CheckedExpression, _ row: ReferenceRow) throws -> ReferenceValue {
    let value = try self.value(expression, row)
    // A missing yes/no is an unknown.
    if expression.type == .yesno, value == .missing { return .unknown }
    guard case .number(let number) = value else { return value }
    // The sum of no lengths is a length.
    if case .duration = expression.type { return .duration(Duration()) }
    return .finite(number)
  }

  private func value(_ expression: CheckedExpression, _ row: ReferenceRow) throws -> ReferenceValue {
    func get(_ inner: CheckedExpression) throws -> ReferenceValue { try evaluate(inner, row) }
    switch expression.node {
    case .constant(let value): return reference(value)
    case .variable(let id):
      guard case .value(let value)? = variables[id] else { throw ReferenceUnsupported("a variable without value") }
      return value
    case .now: return .time(moment.instant)
    case .today: return .date(today)
    case .binding(let binding): return record(row, binding)
    case .field(let record, let field): return self.field(try get(record), field)
    case .key(let record):
      guard case .record(let place) = try get(record) else { return .missing }
      return .text(store.records[place].key)
    case .kindName(let record):
      guard case .record(let place) = try get(record) else { return .missing }
      return .text(catalogue.name(of: store.kind(place)))
    case .column(let id): return row.columns[id] ?? .missing

    case .negate(let a): return negated(try get(a))
    case .arithmetic(let kernel, let a, let b): return arithmetic(kernel, try get(a), try get(b))
    case .compare(let comparison, let kernel, let a, let b):
      return .truth(compare(comparison, kernel, try get(a), try get(b)))
    case .inRange(let subject, let kernel, let from, let upTo):
      let value = try get(subject)
      var parts: [UInt8] = []
      if let from { parts.append(compare(.greaterOrEqual, kernel, value, try get(from))) }
      if let upTo { parts.append(compare(.less, kernel, value, try get(upTo))) }
      // A missing bound, or a missing value, leaves the whole unknown.
      if parts.contains(where: { $0 & Truth.unknownMark != 0 }) { return .unknown }
      return .truth(ReferenceLogic.and(parts))
    case .textTest(let test, let a, let b): return .truth(try textTest(test, try get(a), try get(b)))
    case .oneOf(let subject, let kernel, let items):
      let value = try get(subject)
      return .truth(ReferenceLogic.or(try items.map { compare(.equal, kernel, value, try get($0)) }))
    case .among(let subject, let kernel, let list):
      let value = try get(subject)
      let items = try inside { try self.items(list, row) }.filter { !$0.value.isMissing }
      // A missing one of the many equals nothing and hides nothing.
      if value.isMissing { return .unknown }
      return .truth(ReferenceLogic.or(items.map { compare(.equal, kernel, value, $0.value) }))
    case .not(let a): return .truth(ReferenceLogic.not(try get(a).truth))
    case .and(let a, let b): return .truth(ReferenceLogic.and([try get(a).truth, try get(b).truth]))
    case .or(let a, let b): return .truth(ReferenceLogic.or([try get(a).truth, try get(b).truth]))
    case .isMissing(let a): return try get(a).isMissing ? .yes : .no
    case .isOpen(let a):
      let byte = try get(a).truth
      // Of two marks unknown shows, so an unknown is no not-yet.
      return byte & Truth.truthBits == Truth.neither && byte & Truth.unknownMark == 0 ? .yes : .no
    case .isKind(let a, let kind):
      guard case .record(let place) = try get(a) else { return .unknown }
      return store.isOf(place, kind) ? .yes : .no

    case .otherwise(let a, let b):
      let (first, second) = (try get(a), try get(b))
      return first.isMissing ? second : first
    case .conditional(let branches, let otherwise):
      var chosen: ReferenceValue?
      for branch in branches {
        let condition = try get(branch.condition).truth
        let value = try get(branch.value)
        if chosen == nil, condition & Truth.truthBits == Truth.yes { chosen = value }
      }
      let last = try get(otherwise)
      return chosen ?? last
    case .call(let function, let arguments):
      return try call(function, try arguments.map(get), expression.type)
    case .period(let unit, let when):
      guard let day = self.day(of: try get(when)) else { return .missing }
      return .period(Period(unit: unit, index: calendar.periodIndex(ofDay: day, unit: unit)))
    case .weekday(let when):
      guard let day = self.day(of: try get(when)) else { return .missing }
      return .weekday(Int(Weekday(ofDay: day).rawValue))
    case .hour(let when):
      guard case .time(let instant) = try get(when) else { return .missing }
      return .number(Double(calendar.zone.localSecondOfDay(ofInstant: instant) / 3600))
    case .when(let conversion, let when): return converted(try get(when), conversion)
    case .interpolation(let parts): return .text(try parts.map { try shown(try get($0)) }.joined())
    case .list(let items): return .list(try items.map(get))

    case .aggregate(let aggregate): return try self.aggregate(aggregate, row)
    case .pick(let pick, let set):
      let records = try inside { try self.records(set, row) }
      return (pick == .first ? records.first : records.last).map { .record($0) } ?? .missing
    case .record(let kind, let key):
      guard case .text(let text) = try get(key) else { return .missing }
      return store.record(kind, key: text).map { .record($0) } ?? .missing
    case .holder(let record, let tie, let at):
      let when = try get(at)
      guard case .record(let place) = try get(record), let held = holder(place, tie, at: when) else { return .missing }
      return store.recorded(held, tie.to)
    case .asOf(let inner, let when):
      var other = self
      switch try get(when) {
      case .date(let day): other.moment = ReferenceMoment(day: day, in: calendar)
      case .time(let instant): other.moment = ReferenceMoment(instant: instant)
      default: return .missing
      }
      return try other.evaluate(inner, row)
    case .kpi(let call): return try kpi(call, row)
    case .query(let query):
      let table = try inside { try self.table(query, row) }
      return table.rows.first?.first ?? .missing
    }
  }

  private func record(_ row: ReferenceRow, _ binding: Binding) -> ReferenceValue {
    guard let record = row.records[binding.id] ?? nil else { return .missing }
    return .record(record)
  }

  /// A field as it is read at the as-of time.
  func field(_ record: ReferenceValue, _ id: FieldID) -> ReferenceValue {
    guard case .record(let place) = record, let field = catalogue.field(id) else { return .missing }
    if let union = catalogue.union(field.family) {
      // Of each record its own kind's; by days where one of the kinds records no hours.
      guard union.members.contains(where: { store.isOf(place, $0) }),
        let own = catalogue.field(named: field.name, of: store.kind(place))
      else { return .missing }
      let value = self.field(record, own.id)
      if field.type == .date, case .time = value { return day(of: value).map { .date($0) } ?? .missing }
      return value
    }
    let value = store.recorded(place, id)
    return field.happens && isAfterNow(value) ? .missing : value
  }

  private func reference(_ value: Value) -> ReferenceValue {
    switch value {
    case .missing: .missing
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .yesno(let yes): yes ? .yes : .no
    case .date(let day): .date(day)
    case .time(let instant): .time(instant)
    case .duration(let duration): .duration(duration)
    case .period(let period): .period(period)
    case .weekday(let day): .weekday(day)
    case .clock(let second): .clock(second)
    case .list(let values): .list(values.map(reference))
    case .record(let reference):
      catalogue.kind(named: reference.kind).flatMap { store.record($0.id, key: reference.key) }.map { .record($0) }
        ?? .missing
    }
  }

  /// A part of a text as it is shown; only what is shown one way by everyone.
  func shown(_ value: ReferenceValue) throws -> String {
    switch value {
    case .truth(let byte): return byte & Truth.truthBits == Truth.yes ? "yes" : "no"
    case .record(let place): return store.records[place].key
    case .text(let text): return text
    case .number(let number):
      guard let whole = Int(exactly: number) else { throw ReferenceUnsupported("a fraction in a text") }
      return String(whole)
    default: throw ReferenceUnsupported("this value in a text")
    }
  }
}
