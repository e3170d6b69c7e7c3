import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Processes: a goal for a relationship, what to know of it, how often to look at it and what to watch for.
///
/// They are read when they are declared, so that their errors show there, and again when `agenda` or `missing` asks,
/// since kinds may have grown meanwhile.
extension Checker {
  /// What a process is called: its name, or the words after `for`.
  func name(of process: ProcessSyntax) -> String { process.name?.text ?? text(of: process.subject.range) }

  /// `review` is an event of the members that a process is for: the process declares it where no one else has.
  mutating func declareReviews(_ statements: [Statement], into checked: inout [CheckedStatement]) {
    let processes = statements.compactMap { if case .process(let syntax) = $0.node { syntax } else { nil } }
    let before = environment.catalogue
    for process in processes {
      guard
        let clause = process.clauses.first(where: { if case .review = $0.node { true } else { false } }),
        let member = kindName(in: process.subject), let kind = catalogue.kind(named: member.text)
      else { continue }
      let name = reviewName(of: kind)
      if let there = catalogue.kind(named: name) {
        guard there.flavour == .event else {
          report(CheckDiagnostics.reviewIsTaken(name, there.flavour.rawValue, at: clause.range))
          continue
        }
        if reviewField(of: kind.id, in: there) != nil { continue }
      }
      let range = process.subject.range
      let at = FieldSyntax(
        isOne: false, name: Name(MemberWords.at, range), label: nil, type: .builtin(.date, unit: nil),
        isRequired: false, happens: false, defaultValue: nil, documentation: nil, range: range)
      let of = FieldSyntax(
        isOne: false, name: Name(kind.name, range), label: nil, type: .kind(Name(kind.name, range)), isRequired: false,
        happens: false, defaultValue: nil, documentation: nil, range: range)
      let isNew = catalogue.kind(named: name) == nil
      let event = KindSyntax(
        flavour: .event, name: Name(name, range), label: nil, general: nil, fields: isNew ? [of, at] : [of])
      declare([event])
    }
    if environment.catalogue != before, let range = processes.first?.subject.range {
      checked.append(CheckedStatement(.declare(environment.catalogue.declared), range))
    }
  }

  /// The event by which a review is recorded, and what `done` calls it.
  static let review = "review"

  /// The event by which reviews of a kind are recorded: where `review` is something else in this company, one of the
  /// kind's own.
  private func reviewName(of kind: Kind) -> String {
    guard let there = catalogue.kind(named: Self.review), there.flavour != .event else { return Self.review }
    return kind.name + "_" + Self.review
  }

  /// The reference by which a review belongs to a member of a kind.
  private func reviewField(of kind: KindID, in event: Kind) -> Field? {
    references(from: event, to: kind).first
  }

  /// The references of a kind that may name a member of another.
  func references(from kind: Kind, to member: KindID) -> [Field] {
    kind.fields.compactMap { catalogue.field($0) }.filter { field in
      if case .reference(let target) = field.type { return catalogue.isKind(member, specialOf: target) }
      return false
    }
  }

  /// The kind that a process's subject begins with, as written.
  private func kindName(in subject: Expression) -> Name? {
    switch subject.node {
    case .name(let name): name
    case .filter(let base, _), .group(let base), .ever(let base): kindName(in: base)
    case .all(let name): name
    default: nil
    }
  }

  /// A process with all its clauses; nothing where one is wrong.
  mutating func process(_ syntax: ProcessSyntax) -> CheckedProcess? {
    let term = check(syntax.subject, in: Scope())
    if case .invalid = term { return nil }
    guard let subjects = asSet(term) else {
      report(
        CheckDiagnostics.wrongType(
          "`process for`", wanted: "a kind, or some of its records", found: words(term), at: syntax.subject.range))
      return nil
    }
    let member = fresh(subjects.kind)
    let scope = self.scope(Scope(), with: member, of: subjects)
    var result = CheckedProcess(
      name: name(of: syntax), kind: subjects.kind, goal: nil, lacks: [], review: nil, watches: [])
    var isWrong = false
    for clause in syntax.clauses {
      switch clause.node {
      case .invalid: isWrong = true
      case .goal(let text):
        if result.goal != nil {
          report(CheckDiagnostics.clauseTwice("goal", at: clause.range))
          isWrong = true
        }
        result.goal = text.plain
      case .collect(let expressions):
        for expression in expressions {
          guard let lack = lack(of: expression, of: subjects, member, in: scope) else {
            isWrong = true
            continue
          }
          result.lacks.append(lack)
        }
      case .review(let every):
        guard result.review == nil else {
          report(CheckDiagnostics.clauseTwice("review", at: clause.range))
          isWrong = true
          continue
        }
        result.review = review(every: every, of: subjects, member, at: clause.range)
        if result.review == nil { isWrong = true }
      case .watch(let expression, let action):
        guard let watch = watch(expression, action, of: subjects, member, in: scope) else {
          isWrong = true
          continue
        }
        result.watches.append(watch)
      }
    }
    return isWrong ? nil : result
  }

  // MARK: Clauses

  /// The members of which an expression is missing, or a set empty.
  private mutating func lack(
    of syntax: Expression, of subjects: CheckedSet, _ member: Binding, in scope: Scope
  ) -> CheckedProcess.Lack? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    let isLacking: CheckedExpression
    if let set = asSet(term), isMany(term) {
      isLacking = CheckedExpression(
        .aggregate(Aggregate(.none, .records(set), scope: .row)), .yesno, syntax.range)
    } else if isMany(term), let (list, _) = asList(term) {
      let count = CheckedExpression(.aggregate(Aggregate(.count, list, scope: .row)), .plainNumber, syntax.range)
      let nought = CheckedExpression(.constant(.number(0)), .plainNumber, syntax.range)
      isLacking = CheckedExpression(.compare(.equal, .number, count, nought), .yesno, syntax.range)
    } else {
      guard let value = asOne(term, syntax.range, wanted: "to collect") else { return nil }
      isLacking = CheckedExpression(.isMissing(value), .yesno, syntax.range)
    }
    let query = self.query(
      of: subjects, member, stages: [.filter(isLacking)], [(Self.record, key(of: member, syntax.range))], syntax.range)
    return CheckedProcess.Lack(what: text(of: syntax.range), query: query)
  }

  private mutating func review(
    every: Expression, of subjects: CheckedSet, _ member: Binding, at range: SourceRange
  ) -> CheckedProcess.Review? {
    guard let interval = one(every, in: Scope(), wanted: "as the time between reviews") else { return nil }
    switch interval.type {
    case .duration(.days), .duration(.months): break
    default:
      report(
        CheckDiagnostics.wrongType(
          "`review every`", wanted: "a number of days, weeks, months or years", found: words(interval.type),
          at: every.range))
      return nil
    }
    if case .constant(.duration(let duration)) = interval.node {
      guard duration.months > 0 || duration.days > 0 else {
        report(CheckDiagnostics.noTimeBetweenReviews(at: every.range))
        return nil
      }
      guard duration.months <= Self.monthsBetweenReviews, duration.days <= Double(Self.monthsBetweenReviews) * 30.4375
      else {
        report(CheckDiagnostics.reviewNever(text(of: every.range), at: every.range))
        return nil
      }
    }
    guard let kind = catalogue.kind(subjects.kind), let event = catalogue.kind(named: reviewName(of: kind)),
      event.flavour == .event,
      let field = reviewField(of: subjects.kind, in: event)
    else { return nil }
    guard let last = lastDay(of: event, by: field, of: member, range) else { return nil }
    let due = CheckedExpression(.arithmetic(.timePlus, last, interval), .date, range)
    let query = self.query(
      of: subjects, member, stages: [], [(Self.record, key(of: member, range)), ("last", last), ("due", due)], range)
    return CheckedProcess.Review(what: event.name, query: query)
  }

  /// A hundred years: a review that nobody here will live to see is none.
  private static let monthsBetweenReviews = 1_200

  /// The day of the last event of a kind that refers to a member.
  private func lastDay(of event: Kind, by field: Field, of member: Binding, _ range: SourceRange)
    -> CheckedExpression?
  {
    guard let at = catalogue.field(named: MemberWords.at, of: event.id) else { return nil }
    let record = CheckedExpression(.binding(member), .record(member.kind), range)
    let set = CheckedSet(.referring(record, field.id), kind: event.id, range)
    let last = CheckedExpression(.pick(.last, set), .record(event.id), range)
    return day(CheckedExpression(.field(last, at.id), at.type.valueType, range))
  }

  private func day(_ when: CheckedExpression) -> CheckedExpression {
    when.type == .time ? CheckedExpression(.when(.day, when), .date, when.range) : when
  }

  /// What calls for something: members for which a condition holds, or the records of a set of theirs.
  private mutating func watch(
    _ syntax: Expression, _ action: TextLiteral, of subjects: CheckedSet, _ member: Binding, in scope: Scope
  ) -> CheckedProcess.Watch? {
    let term = check(syntax, in: scope)
    if case .invalid = term { return nil }
    let range = syntax.range
    let owner = key(of: member, range)
    if isMany(term), let set = asSet(term) {
      let element = fresh(set.kind)
      let inner = self.scope(scope, with: element, of: set)
      guard case .one(let action, _, _) = text(action, in: inner) else { return nil }
      let name = CheckedExpression(.constant(.text(kindName(set.kind) + " ")), .text, range)
      let what = CheckedExpression(.interpolation([name, key(of: element, range)]), .text, range)
      let query = self.query(
        of: subjects, member, stages: [.each(set, element)],
        [(Self.record, owner), ("what", what), ("due", ending(of: element, range)), ("do", action)], range)
      return CheckedProcess.Watch(query: query)
    }
    guard let condition = condition(syntax, in: scope), case .one(let action, _, _) = text(action, in: scope) else {
      return nil
    }
    let what = CheckedExpression(.constant(.text(text(of: range))), .text, range)
    let query = self.query(
      of: subjects, member, stages: [.filter(condition)],
      [(Self.record, owner), ("what", what), ("due", Self.noDay(range)), ("do", action)], range)
    return CheckedProcess.Watch(query: query)
  }

  /// The day on which a tie ends, or an event that lies ahead takes place; entities have none.
  private func ending(of element: Binding, _ range: SourceRange) -> CheckedExpression {
    guard catalogue.kind(element.kind)?.flavour == .relationship,
      let end = catalogue.field(named: MemberWords.end, of: element.kind)
    else { return Self.noDay(range) }
    let record = CheckedExpression(.binding(element), .record(element.kind), range)
    return day(CheckedExpression(.field(record, end.id), end.type.valueType, range))
  }

  private static func noDay(_ range: SourceRange) -> CheckedExpression {
    CheckedExpression(.constant(.missing), .date, range)
  }

  private static let record = "record"

  private func key(of member: Binding, _ range: SourceRange) -> CheckedExpression {
    CheckedExpression(.key(CheckedExpression(.binding(member), .record(member.kind), range)), .text, range)
  }

  /// A pipeline over the members that ends in these columns.
  private mutating func query(
    of subjects: CheckedSet, _ member: Binding, stages: [CheckedStage], _ columns: [(String, CheckedExpression)],
    _ range: SourceRange
  ) -> CheckedQuery {
    let made = columns.map { name, expression in
      CheckedColumn(header: .init(id: freshColumn(), name: name, type: expression.type), expression: expression)
    }
    return CheckedQuery(
      source: .records(subjects, member), stages: stages + [.select(made)], columns: made.map(\.header), row: nil,
      asOf: nil, unit: kindName(subjects.kind), isValue: false, range: range)
  }

  // MARK: Done

  /// `done KIND "KEY" EVENT`: an event of that kind took place for that record.
  mutating func done(_ kindName: Name, _ event: Name) -> CheckedDone? {
    guard let member = self.kind(kindName) else { return nil }
    var name = event.text
    if nameKey(name) == nameKey(Self.review), let kind = catalogue.kind(member) { name = reviewName(of: kind) }
    guard let kind = catalogue.kind(named: name) else {
      let events = catalogue.kinds.filter { $0.flavour == .event && !references(from: $0, to: member).isEmpty }
      report(CheckDiagnostics.nothingToDo(event.text, self.kindName(member), events.map(\.name), at: event.range))
      return nil
    }
    let fields = references(from: kind, to: member)
    guard kind.flavour == .event, let field = fields.first,
      let at = catalogue.field(named: MemberWords.at, of: kind.id)
    else {
      let events = catalogue.kinds.filter { $0.flavour == .event && !references(from: $0, to: member).isEmpty }
      report(CheckDiagnostics.nothingToDo(event.text, self.kindName(member), events.map(\.name), at: event.range))
      return nil
    }
    guard fields.count == 1 else {
      report(CheckDiagnostics.doneForWhom(kind.name, self.kindName(member), fields.map(\.name), at: event.range))
      return nil
    }
    return CheckedDone(member: member, event: kind.id, field: field.id, at: at.id)
  }
}
