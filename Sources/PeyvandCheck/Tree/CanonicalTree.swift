import PeyvandBase
import PeyvandData

/// What a part of a tree means, whoever wrote it and wherever it stands.
///
/// Two places of a question that say the same differ in where they stand in the text and in the numbers of the
/// bindings they make. In the canonical form the places are gone and bindings made inside are numbered from −1 down in
/// the order in which they are met, so that parts which mean the same are equal. Bindings from outside keep their
/// numbers: the same words about another record are another part. It is for comparing only; nobody carries it out.
package struct CanonicalTree {
  /// The sets and sequences of some parts of a question, those inside others among them.
  package struct Parts {
    package var sets: [CheckedSet] = []
    package var sequences: [CheckedSequence] = []
  }

  /// The bindings made inside, in the order in which they were met.
  private var bindings: [Int] = []
  private var parts = Parts()

  private init() {}

  package static func parts(of expressions: [CheckedExpression], lists: [CheckedList], sets: [CheckedSet]) -> Parts {
    var tree = CanonicalTree()
    for expression in expressions { _ = tree.expression(expression) }
    for list in lists { _ = tree.list(list) }
    for set in sets { _ = tree.set(set) }
    return tree.parts
  }

  package static func of(_ list: CheckedList) -> CheckedList {
    var tree = CanonicalTree()
    return tree.list(list)
  }

  package static func of(_ set: CheckedSet) -> CheckedSet {
    var tree = CanonicalTree()
    return tree.set(set)
  }

  package static func of(_ sequence: CheckedSequence) -> CheckedSequence {
    var tree = CanonicalTree()
    return tree.sequence(sequence)
  }

  // MARK: Bindings

  /// A binding that is made here.
  private mutating func made(_ binding: Binding) -> Binding {
    bindings.append(binding.id)
    return Binding(id: -bindings.count, kind: binding.kind)
  }

  private func used(_ binding: Binding) -> Binding {
    guard let place = bindings.lastIndex(of: binding.id) else { return binding }
    return Binding(id: -1 - place, kind: binding.kind)
  }

  // MARK: Expressions

  private mutating func expression(_ expression: CheckedExpression?) -> CheckedExpression? {
    guard let expression else { return nil }
    return self.expression(expression)
  }

  private mutating func expressions(_ expressions: [CheckedExpression]) -> [CheckedExpression] {
    var made: [CheckedExpression] = []
    for one in expressions { made.append(expression(one)) }
    return made
  }

  private mutating func expression(_ expression: CheckedExpression) -> CheckedExpression {
    CheckedExpression(node(expression.node), expression.type, .none)
  }

  private mutating func node(_ node: CheckedExpression.Node) -> CheckedExpression.Node {
    switch node {
    // Questions inside keep their own numbers and places, and so are equal to themselves alone.
    case .constant, .variable, .now, .today, .column, .kpi, .query: return node
    case .binding(let binding): return .binding(used(binding))
    case .field(let a, let field): return .field(expression(a), field)
    case .key(let a): return .key(expression(a))
    case .kindName(let a): return .kindName(expression(a))
    case .negate(let a): return .negate(expression(a))
    case .arithmetic(let kernel, let a, let b):
      let first = expression(a)
      return .arithmetic(kernel, first, expression(b))
    case .compare(let comparison, let kernel, let a, let b):
      let first = expression(a)
      return .compare(comparison, kernel, first, expression(b))
    case .inRange(let a, let kernel, let from, let upTo):
      let value = expression(a)
      let lower = expression(from)
      return .inRange(value, kernel, from: lower, upTo: expression(upTo))
    case .textTest(let test, let a, let b):
      let first = expression(a)
      return .textTest(test, first, expression(b))
    case .oneOf(let a, let kernel, let others):
      let value = expression(a)
      return .oneOf(value, kernel, expressions(others))
    case .among(let a, let kernel, let many):
      let value = expression(a)
      return .among(value, kernel, list(many))
    case .not(let a): return .not(expression(a))
    case .and(let a, let b):
      let first = expression(a)
      return .and(first, expression(b))
    case .or(let a, let b):
      let first = expression(a)
      return .or(first, expression(b))
    case .isMissing(let a): return .isMissing(expression(a))
    case .isOpen(let a): return .isOpen(expression(a))
    case .isKind(let a, let kind): return .isKind(expression(a), kind)
    case .otherwise(let a, let b):
      let first = expression(a)
      return .otherwise(first, expression(b))
    case .conditional(let branches, let otherwise):
      var made: [CheckedExpression.Branch] = []
      for branch in branches {
        let condition = expression(branch.condition)
        made.append(.init(condition: condition, value: expression(branch.value)))
      }
      return .conditional(made, otherwise: expression(otherwise))
    case .call(let function, let items): return .call(function, expressions(items))
    case .period(let unit, let a): return .period(unit, expression(a))
    case .weekday(let a): return .weekday(expression(a))
    case .hour(let a): return .hour(expression(a))
    case .when(let conversion, let a): return .when(conversion, expression(a))
    case .interpolation(let items): return .interpolation(expressions(items))
    case .list(let items): return .list(expressions(items))
    case .aggregate(let aggregate): return .aggregate(self.aggregate(aggregate))
    case .pick(let pick, let set): return .pick(pick, self.set(set))
    case .record(let kind, let key): return .record(kind, key: expression(key))
    case .holder(let a, let tie, let at):
      let record = expression(a)
      return .holder(record, tie, at: expression(at))
    case .asOf(let a, let moment):
      let value = expression(a)
      return .asOf(value, expression(moment))
    }
  }

  private mutating func aggregate(_ aggregate: Aggregate) -> Aggregate {
    var made = aggregate
    made.list = list(aggregate.list)
    if let second = aggregate.second { made.second = list(second) }
    if let third = aggregate.third { made.third = list(third) }
    made.parameter = expression(aggregate.parameter)
    return made
  }

  // MARK: Sets

  private mutating func set(_ set: CheckedSet) -> CheckedSet {
    parts.sets.append(set)
    return CheckedSet(node(set.node), kind: set.kind, .none)
  }

  private mutating func node(_ node: CheckedSet.Node) -> CheckedSet.Node {
    switch node {
    case .ever, .variable: return node
    case .all(let at): return .all(at: expression(at))
    case .referring(let record, let field): return .referring(expression(record), field)
    case .tied(let record, let tie, let at):
      let from = expression(record)
      return .tied(from, tie, at: expression(at))
    case .holding(let ties, let at):
      let from = set(ties)
      return .holding(from, at: expression(at))
    case .through(let record, let tie, let field): return .through(expression(record), tie, field)
    case .expand(let from, let binding, let to):
      let outer = set(from)
      let element = made(binding)
      return .expand(outer, element, to: set(to))
    case .expandToOne(let from, let binding, let to):
      let outer = set(from)
      let element = made(binding)
      return .expandToOne(outer, element, expression(to))
    case .filter(let from, let binding, let condition):
      let outer = set(from)
      let element = made(binding)
      return .filter(outer, element, expression(condition))
    case .whileHeld(let from, let binding, let condition):
      let outer = set(from)
      let element = made(binding)
      return .whileHeld(outer, element, expression(condition))
    case .during(let from, let lower, let upper):
      let outer = set(from)
      let start = expression(lower)
      return .during(outer, from: start, upTo: expression(upper))
    case .ofKind(let from): return .ofKind(set(from))
    case .union(let a, let b):
      let first = set(a)
      return .union(first, set(b))
    case .single(let record): return .single(expression(record))
    case .repeated(let record, let binding, let step, let from, let to):
      let first = expression(record)
      let element = made(binding)
      return .repeated(first, element, step: set(step), from: from, to: to)
    }
  }

  // MARK: Lists and sequences

  private mutating func list(_ list: CheckedList) -> CheckedList {
    switch list {
    case .map(let from, let binding, let body):
      let outer = set(from)
      let element = made(binding)
      return .map(outer, element, expression(body))
    case .records(let from): return .records(set(from))
    case .gaps(let from): return .gaps(set(from))
    case .gapStarts(let from): return .gapStarts(set(from))
    case .matches(let sequence): return .matches(self.sequence(sequence))
    case .matched(let sequence, let value):
      let made = self.sequence(sequence)
      guard case .expression(let body) = value else { return .matched(made, value) }
      return .matched(made, .expression(expression(body)))
    case .values(let items): return .values(expressions(items))
    case .transform(let inner, let column, let body):
      let made = self.list(inner)
      return .transform(made, column, expression(body))
    case .anchored(let inner, let starts, let value, let start, let body):
      let made = self.list(inner)
      let beside = self.list(starts)
      return .anchored(made, starts: beside, value: value, start: start, expression(body))
    case .rows(let body): return .rows(expression(body))
    case .distinct(let inner): return .distinct(self.list(inner))
    case .elements(let value): return .elements(expression(value))
    case .perPeriod: return list
    }
  }

  private mutating func sequence(_ sequence: CheckedSequence) -> CheckedSequence {
    parts.sequences.append(sequence)
    let first: CheckedSequence.First
    switch sequence.first {
    case .set(let from): first = .set(set(from))
    case .record(let record): first = .record(expression(record))
    }
    let firstBinding = made(sequence.firstBinding)
    var steps: [CheckedSequence.Step] = []
    for step in sequence.steps {
      let from = set(step.set)
      let element = made(step.binding)
      var window = step.window
      window.length = expression(window.length)
      steps.append(.init(set: from, binding: element, isAbsence: step.isAbsence, window: window))
    }
    var made = CheckedSequence(first: first, firstBinding: firstBinding, steps: steps, range: .none)
    // What one tells, the other would tell again or not at all.
    made.tellsTies = sequence.tellsTies
    return made
  }
}
