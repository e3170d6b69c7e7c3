import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Declarations of kinds, in any order, into a new catalogue.
extension Checker {
  mutating func declareKinds(_ tree: SyntaxTree, into statements: inout [CheckedStatement]) {
    var pending: [KindSyntax] = []
    var range: SourceRange?
    for statement in tree.statements {
      guard case .kind(let syntax) = statement.node else { continue }
      pending.append(syntax)
      range = range ?? statement.range
    }
    guard let range else { return }
    let before = environment.catalogue
    declare(pending)
    if environment.catalogue != before {
      statements.append(CheckedStatement(.declare(environment.catalogue.declared), range))
    }
  }

  mutating func declare(_ pending: [KindSyntax]) {
    declareNames(pending)
    let specials = Dictionary(grouping: catalogue.kinds.filter { $0.general != nil }, by: \.general)
      .mapValues { $0.map(\.id) }
    for syntax in inOrder(pending) { declareFields(syntax, specials) }
  }

  /// General kinds before their special ones, whatever the order in the text: a family's shape must be known
  /// before fields are.
  private mutating func declareNames(_ pending: [KindSyntax]) {
    // Those that wait for a general kind of this text, by its name.
    let here = Set(pending.map { nameKey($0.name.text) })
    var waiting: [String: [KindSyntax]] = [:]
    var left = pending.count
    var ready: [KindSyntax] = []
    for syntax in pending {
      if let general = syntax.general, catalogue.kind(named: general.text) == nil, here.contains(nameKey(general.text))
      {
        waiting[nameKey(general.text), default: []].append(syntax)
      } else {
        ready.append(syntax)
      }
    }
    var place = 0
    while place < ready.count {
      let syntax = ready[place]
      place += 1
      left -= 1
      declareName(syntax)
      ready += waiting.removeValue(forKey: nameKey(syntax.name.text)) ?? []
    }
    guard left > 0 else { return }
    let stuck = Set(waiting.values.joined().map(\.name.range))
    for syntax in pending where stuck.contains(syntax.name.range) {
      report(CheckDiagnostics.kindsInACircle(syntax.name.text, at: syntax.name.range))
    }
  }

  /// A relationship's references need its ends' kinds, and a special kind inherits: general kinds' fields first.
  private func inOrder(_ pending: [KindSyntax]) -> [KindSyntax] {
    // A kind's number is greater than its general kind's, so that one pass tells how deep each is.
    var depths: [Int] = []
    for kind in catalogue.kinds {
      depths.append(kind.general.map { depths.indices.contains(Int($0.raw)) ? depths[Int($0.raw)] + 1 : 0 } ?? 0)
    }
    let generality = pending.map { syntax in
      catalogue.kind(named: syntax.name.text).map { depths[Int($0.id.raw)] } ?? 0
    }
    return pending.indices.sorted { a, b in
      generality[a] == generality[b] ? a < b : generality[a] < generality[b]
    }.map { pending[$0] }
  }

  private mutating func declareName(_ syntax: KindSyntax) {
    let flavour: KindFlavour =
      switch syntax.flavour {
      case .entity: .entity
      case .relationship: .relationship
      case .event: .event
      }
    let name = syntax.name.text
    var general: Kind?
    if let word = syntax.general {
      guard let found = catalogue.kind(named: word.text) else {
        unknownKind(word)
        return
      }
      guard found.flavour == flavour else {
        report(CheckDiagnostics.wrongFlavour(found.name, found.flavour.rawValue, flavour.rawValue, at: word.range))
        return
      }
      general = found
    }
    if var there = catalogue.kind(named: name) {
      if let label = syntax.label?.plain, there.label != label {
        if let other = there.label {
          report(CheckDiagnostics.kindDiffers(name, "it is labelled \"\(other)\"", at: syntax.name.range))
          return
        }
        there.label = label
        environment.catalogue.replace(there)
      }
      if there.flavour != flavour {
        report(
          CheckDiagnostics.kindDiffers(
            name, "it is \(article(there.flavour.rawValue)) \(there.flavour.rawValue)",
            at: syntax.name.range))
      } else if let general, there.general != general.id {
        report(
          CheckDiagnostics.kindDiffers(name, "it is not a special case of `\(general.name)`", at: syntax.name.range))
      }
      return
    }
    if environment.definition(named: name) != nil || environment.kpi(named: name) != nil {
      report(CheckDiagnostics.nameTaken(name, "the name of a definition", at: syntax.name.range))
      return
    }
    let id = catalogue.nextKind
    environment.catalogue.add(
      Kind(
        id: id, name: name, label: syntax.label?.plain, flavour: flavour, general: general?.id,
        family: general?.family ?? id))
  }

  private mutating func declareFields(_ syntax: KindSyntax, _ specials: [KindID?: [KindID]]) {
    guard var kind = catalogue.kind(named: syntax.name.text), kind.flavour.rawValue == syntax.flavour.rawValue else {
      return
    }
    // What the general kind has, in its order.
    if let general = kind.general, let inherited = catalogue.kind(general) {
      let general = Set(inherited.fields)
      kind.fields = inherited.fields + kind.fields.filter { !general.contains($0) }
      // Its general kind's ends are its own.
      if kind.ends.isEmpty { kind.ends = inherited.ends }
      if kind.oneEnds.isEmpty { kind.oneEnds = inherited.oneEnds }
      environment.catalogue.replace(kind)
    }
    var seen: Set<String> = []
    for field in syntax.fields {
      guard seen.insert(nameKey(field.name.text)).inserted else {
        report(CheckDiagnostics.fieldTwice(field.name.text, at: field.name.range))
        continue
      }
      if MemberWords.ofEveryRecord.contains(nameKey(field.name.text)) {
        report(CheckDiagnostics.reservedField(field.name.text, at: field.name.range))
        continue
      }
      declareField(field, of: &kind)
    }
    addTimes(&kind)
    if kind.flavour == .relationship, kind.ends.count != 2 {
      report(CheckDiagnostics.relationshipEnds(kind.name, at: syntax.name.range))
    }
    environment.catalogue.replace(kind)
    inherit(from: kind, specials)
  }

  /// Special kinds that were declared before take on what was added to their general kind.
  private mutating func inherit(from kind: Kind, _ specials: [KindID?: [KindID]]) {
    let fields = Set(kind.fields)
    for id in specials[kind.id] ?? [] {
      guard var special = catalogue.kind(id), !fields.isSubset(of: special.fields) else { continue }
      special.fields = kind.fields + special.fields.filter { !fields.contains($0) }
      environment.catalogue.replace(special)
      inherit(from: special, specials)
    }
  }

  /// `at` of events, `start` and `end` of ties, unless declared.
  private mutating func addTimes(_ kind: inout Kind) {
    let needed: [(String, FieldType)] =
      switch kind.flavour {
      case .entity: []
      case .event: [(MemberWords.at, .time)]
      case .relationship: [(MemberWords.start, .date), (MemberWords.end, .date)]
      }
    for (name, type) in needed
    where !kind.fields.contains(where: { catalogue.field($0).map { nameKey($0.name) == name } ?? false }) {
      let field = Field(
        id: catalogue.nextField, name: name, type: type, family: kind.family, declaredBy: [kind.id])
      environment.catalogue.add(field)
      kind.fields.append(field.id)
      environment.catalogue.replace(kind)
    }
  }

  private mutating func declareField(_ syntax: FieldSyntax, of kind: inout Kind) {
    guard let type = type(of: syntax) else { return }
    let name = syntax.name.text
    if let time = MemberWords.times.first(where: { $0 == nameKey(name) }),
      kind.flavour == .event && time == MemberWords.at || kind.flavour == .relationship && time != MemberWords.at
    {
      guard type == .date || type == .time else {
        report(
          CheckDiagnostics.wrongType(
            "`\(time)`", wanted: "a date or a time", found: words(type.valueType), at: syntax.range))
        return
      }
    }
    // A field of one name in one family is one column.
    if var there = catalogue.field(named: name, inFamily: kind.family) {
      guard there.type == type else {
        report(
          CheckDiagnostics.kindDiffers(kind.name, "its `\(name)` is \(words(there.type.valueType))", at: syntax.range))
        return
      }
      if let what = difference(there, syntax, of: kind) {
        report(CheckDiagnostics.kindDiffers(kind.name, what, at: syntax.range))
        return
      }
      if !kind.fields.contains(there.id) {
        there.declaredBy.append(kind.id)
        kind.fields.append(there.id)
      }
      there.label = there.label ?? syntax.label?.plain
      there.documentation = there.documentation ?? syntax.documentation?.plain
      environment.catalogue.replace(there)
      markEnd(there, syntax, of: &kind)
      environment.catalogue.replace(kind)
      return
    }
    var field = Field(
      id: catalogue.nextField, name: name, label: syntax.label?.plain, type: type, isRequired: syntax.isRequired,
      happens: syntax.happens, documentation: syntax.documentation?.plain, family: kind.family, declaredBy: [kind.id])
    if let expression = syntax.defaultValue {
      guard let value = defaultValue(expression, for: field) else { return }
      field.defaultValue = value
    }
    environment.catalogue.add(field)
    kind.fields.append(field.id)
    markEnd(field, syntax, of: &kind)
    environment.catalogue.replace(kind)
  }

  /// What a later declaration of a field says otherwise than the first, if anything.
  private mutating func difference(_ there: Field, _ syntax: FieldSyntax, of kind: Kind) -> String? {
    let name = there.name
    if there.isRequired != syntax.isRequired { return "its `\(name)` is \(there.isRequired ? "" : "not ")`required`" }
    if there.happens != syntax.happens { return "its `\(name)` is \(there.happens ? "" : "not ")one that `happens`" }
    if let label = syntax.label?.plain, let other = there.label, label != other {
      return "its `\(name)` is labelled \"\(other)\""
    }
    let isEnd = kind.ends.contains(there.id)
    if isEnd, kind.oneEnds.contains(there.id) != syntax.isOne {
      return "its `\(name)` is \(syntax.isOne ? "not " : "")`one`"
    }
    switch (syntax.defaultValue, there.defaultValue) {
    case (nil, nil): return nil
    case (let expression?, let other?) where defaultValue(expression, for: there) == other: return nil
    default: return "its `\(name)` has \(there.defaultValue == nil ? "no" : "another") default"
    }
  }

  private mutating func defaultValue(_ expression: Expression, for field: Field) -> Value? {
    guard let value = one(expression, in: Scope(), wanted: "as a default") else { return nil }
    guard let converted = converted(value, to: field) else { return nil }
    guard case .constant(let constant) = converted.node else {
      report(
        CheckDiagnostics.wrongType(
          "`default`", wanted: "a value written out", found: "one that is worked out", at: expression.range))
      return nil
    }
    return constant
  }

  /// The first two references of a relationship are its ends.
  private mutating func markEnd(_ field: Field, _ syntax: FieldSyntax, of kind: inout Kind) {
    if kind.flavour == .relationship, case .reference = field.type, kind.ends.count < 2, !kind.ends.contains(field.id) {
      kind.ends.append(field.id)
      if syntax.isOne { kind.oneEnds.append(field.id) }
    }
    if syntax.isOne, !kind.ends.contains(field.id) {
      report(CheckDiagnostics.oneIsAnEnd(field.name, at: syntax.range))
    }
  }

  private mutating func type(of syntax: FieldSyntax) -> FieldType? {
    guard let type = syntax.type else {
      // Named as its type: a built-in one, else a kind.
      if !syntax.name.isQuoted,
        let builtin = BuiltinType.allCases.first(where: { $0.rawValue == nameKey(syntax.name.text) })
      {
        return self.type(.builtin(builtin, unit: nil))
      }
      return self.type(.kind(syntax.name))
    }
    return self.type(type)
  }

  private mutating func type(_ syntax: TypeSyntax) -> FieldType? {
    switch syntax {
    case .builtin(let builtin, let unit):
      switch builtin {
      case .text: return .text
      case .number: return .number(unit.map { .named($0.text) } ?? .plain)
      case .yesno: return .yesno
      case .date: return .date
      case .time: return .time
      case .duration: return .duration
      }
    case .kind(let name):
      guard let kind = catalogue.kind(named: name.text) else {
        let types = BuiltinType.allCases.map(\.rawValue) + catalogue.kinds.map(\.name)
        report(CheckDiagnostics.unknownKind(name.text, nearest(name.text, among: types, limit: 4), at: name.range))
        return nil
      }
      return .reference(kind.id)
    case .list(let element): return type(element).map { .list($0) }
    }
  }
}
