import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Differences of two times, which remember where they began.
///
/// 40 days are more than a month or not, depending on the month. So a length of time compares with months only where
/// it is known from when it is counted: a difference of two times, an `.elapsed`, each of `gaps`, also after it was
/// kept under a name, in a column, in a list, or chosen by `if` or `else`. Where a value is kept, the moment where it
/// began is kept beside it, under a hidden column or variable; then `x > 6 months` is `began + x > began + 6 months`,
/// and what it means is a comparison of two times. What is *computed* from differences (a mean, twice one) began
/// nowhere, and compares with days only.
struct Anchors {
  /// The hidden column beside a column of differences, and its type.
  var columns: [ColumnID: (id: ColumnID, type: ValueType)] = [:]
}

extension Checker {
  // MARK: Where a difference began

  /// The moment where a difference began; for a list of them, the list of moments. Nothing for any other value.
  func anchor(of expression: CheckedExpression) -> CheckedExpression? {
    let range = expression.range
    switch expression.node {
    case .arithmetic(.timeDifference, _, let start): return start
    case .column(let id):
      return anchors.columns[id].map { CheckedExpression(.column($0.id), $0.type, range) }
    case .variable(let id):
      return environment.anchors[id].map { CheckedExpression(.variable($0.id), $0.type, range) }
    case .conditional(let branches, let otherwise):
      var type: ValueType?
      guard let last = chosen(otherwise, &type) else { return nil }
      var starts: [CheckedExpression.Branch] = []
      for branch in branches {
        guard let start = chosen(branch.value, &type) else { return nil }
        starts.append(.init(condition: branch.condition, value: start))
      }
      return type.map { CheckedExpression(.conditional(starts, otherwise: last), $0, range) }
    case .otherwise(let a, let b):
      var type: ValueType?
      guard let first = chosen(a, &type), let second = chosen(b, &type), let type else { return nil }
      let isMissing = CheckedExpression(.isMissing(a), .yesno, range)
      return CheckedExpression(
        .conditional([.init(condition: isMissing, value: second)], otherwise: first), type, range)
    case .asOf(let inner, let moment):
      return anchor(of: inner).map { CheckedExpression(.asOf($0, moment), $0.type, range) }
    case .aggregate(let aggregate) where aggregate.function == .list && aggregate.scope == .row:
      guard let (starts, type) = anchors(of: aggregate.list) else { return nil }
      return CheckedExpression(.aggregate(Aggregate(.list, starts, scope: .row)), .list(type), range)
    default: return nil
    }
  }

  /// Of one of several values of which one is taken; all must have begun in one way, at a day or at an instant.
  private func chosen(_ value: CheckedExpression, _ type: inout ValueType?) -> CheckedExpression? {
    if value.type == .missing { return value }
    guard let start = anchor(of: value), type == nil || type == start.type else { return nil }
    type = start.type
    return start
  }

  /// The list of where the differences of a list began, one for one; nothing for a list of other values.
  func anchors(of list: CheckedList) -> (list: CheckedList, type: ValueType)? {
    switch list {
    case .gaps(let set):
      guard let field = catalogue.timeField(of: set.kind) else { return nil }
      return (.gapStarts(set), field.type.valueType)
    case .map(let set, let binding, let body):
      return anchor(of: body).map { (.map(set, binding, known($0, with: body)), $0.type) }
    case .matched(let sequence, .expression(let value)):
      return anchor(of: value).map { (.matched(sequence, .expression(known($0, with: value))), $0.type) }
    case .matched(let sequence, .elapsed):
      return elapsedExpression(sequence).flatMap { anchors(of: .matched(sequence, .expression($0))) }
    case .values(let values):
      var type: ValueType?
      let starts = values.map { chosen($0, &type) }
      guard starts.allSatisfy({ $0 != nil }), let type else { return nil }
      return (.values(starts.compactMap { $0 }), type)
    case .transform(let inner, let column, let body):
      return anchor(of: body).map { (.transform(inner, column, known($0, with: body)), $0.type) }
    case .anchored(let inner, let starts, let value, let start, let body):
      return anchor(of: body).map {
        (.anchored(inner, starts: starts, value: value, start: start, known($0, with: body)), $0.type)
      }
    case .elements(let expression):
      guard let starts = anchor(of: expression), case .list(let type) = starts.type else { return nil }
      return (.elements(starts), type)
    case .gapStarts, .records, .matches, .matched(_, .working), .matched(_, .followed), .rows, .distinct, .perPeriod:
      return nil
    }
  }

  /// Where a difference began, if there is one: a list that leaves missing differences out leaves their beginnings
  /// out with them.
  private func known(_ start: CheckedExpression, with value: CheckedExpression) -> CheckedExpression {
    let isMissing = CheckedExpression(.isMissing(value), .yesno, start.range)
    return CheckedExpression(
      .conditional(
        [.init(condition: isMissing, value: CheckedExpression(.constant(.missing), .missing, start.range))],
        otherwise: start), start.type, start.range)
  }

  // MARK: Comparing

  /// A difference with months, exactly: the times at which both end. Nothing where it began nowhere.
  mutating func anchored(
    _ op: ComparisonOperator, _ difference: CheckedExpression, _ months: CheckedExpression, _ range: SourceRange
  ) -> CheckedExpression?? {
    guard let start = anchor(of: difference) else { return .none }
    // Of several differences each is compared where it stands, so that none is worked out twice.
    if case .conditional(let branches, let otherwise) = difference.node {
      var compared: [CheckedExpression.Branch] = []
      for branch in branches {
        guard let value = comparedPart(op, branch.value, months, range) else { return .some(nil) }
        compared.append(.init(condition: branch.condition, value: value))
      }
      guard let last = comparedPart(op, otherwise, months, range), isUsedAgain(months) else { return .some(nil) }
      return .some(CheckedExpression(.conditional(compared, otherwise: last), .yesno, range))
    }
    guard isUsedAgain(difference) else { return .some(nil) }
    let end: CheckedExpression =
      if case .arithmetic(.timeDifference, let end, _) = difference.node { end } else { plus(start, difference) }
    return .some(compareTimes(op, end, plus(start, months), range))
  }

  private mutating func comparedPart(
    _ op: ComparisonOperator, _ part: CheckedExpression, _ months: CheckedExpression, _ range: SourceRange
  ) -> CheckedExpression? {
    if part.type == .missing { return plainComparison(op, .duration, part, months, range) }
    return anchored(op, part, months, range) ?? nil
  }

  // MARK: Keeping

  /// Where the differences of a table's columns began, as far as it is known there.
  func beginnings(of columns: [CheckedColumn.Header]) -> [ColumnID: CheckedColumn.Header] {
    var result: [ColumnID: CheckedColumn.Header] = [:]
    for header in columns {
      guard let (id, type) = anchors.columns[header.id] else { continue }
      result[header.id] = .init(id: id, name: header.name + " began", type: type, isHidden: true)
    }
    return result
  }

  /// A table comes into hand: what is known of its columns is what it says, whatever was read of them elsewhere.
  mutating func take(_ beginnings: [ColumnID: CheckedColumn.Header], of columns: [CheckedColumn.Header]) {
    for header in columns { anchors.columns[header.id] = beginnings[header.id].map { ($0.id, $0.type) } }
  }

  /// Columns, and beside each that holds differences a hidden one with where they began.
  mutating func withAnchors(_ columns: [CheckedColumn]) -> [CheckedColumn] {
    var result = columns
    for column in columns {
      guard let start = anchor(of: column.expression) else { continue }
      let hidden = CheckedColumn.Header(
        id: freshColumn(), name: column.header.name + " began", type: start.type, isHidden: true)
      anchors.columns[column.header.id] = (hidden.id, start.type)
      result.append(CheckedColumn(header: hidden, expression: start))
    }
    return result
  }
}

extension CheckedQuery {
  /// Without the hidden columns that nothing after them asks for and that are not kept with the result.
  func withoutUnusedAnchors() -> CheckedQuery {
    var asked = Set(beside.map(\.id))
    func note(_ expression: CheckedExpression) {
      expression.forEach { if case .column(let id) = $0.node { asked.insert(id) } }
    }
    func kept(_ columns: [CheckedColumn]) -> [CheckedColumn] {
      let kept = columns.filter { !$0.header.isHidden || asked.contains($0.header.id) }
      for column in kept { note(column.expression) }
      return kept
    }
    var query = self
    for place in query.stages.indices.reversed() {
      switch query.stages[place] {
      case .with(let columns): query.stages[place] = .with(kept(columns))
      case .select(let columns): query.stages[place] = .select(kept(columns))
      case let stage:
        stage.walk { part in
          if case .column(let id) = part.node { asked.insert(id) }
          return true
        }
      }
    }
    return query
  }
}
