import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Definitions are read where they are used, as if written there in brackets.
extension Checker {
  mutating func read(
    _ definition: Environment.Definition, arguments: [ArgumentSyntax], at range: SourceRange, in scope: Scope,
    on record: CheckedExpression? = nil
  ) -> Term {
    let name = definition.syntax.name.text
    let key = (definition.kind.map { kindName($0) + "." } ?? "") + nameKey(name)
    guard !active.contains(key), active.count < 64 else {
      reachesItself(key, name, at: range)
      return .invalid
    }
    guard
      let values = self.arguments(
        definition.syntax.parameters, arguments, of: name, key: key, at: range, in: scope)
    else {
      return .invalid
    }
    active.append(key)
    defer { active.removeLast() }
    var inner = scope
    if let record, let held = Scope.Record(of: record) {
      // A computed field speaks of its own record alone.
      guard isUsedAgain(record) else { return .invalid }
      inner = Scope(entries: [.record(held)])
    }
    for (name, term, size) in values { inner = inner.adding(.named(name, term, size: size)) }
    let outside = isGroup
    if record != nil { isGroup = false }
    defer { isGroup = outside }
    return value(of: definition.syntax.body, in: inner) ?? .invalid
  }

  /// Says once of all that stand in a circle that they do.
  mutating func reachesItself(_ key: String, _ name: String, at range: SourceRange) {
    guard active.isEmpty || !circular.contains(key) else { return }
    guard let start = active.firstIndex(of: key) else {
      return report(CheckDiagnostics.definedInACircle(active + [key], at: range))
    }
    let circle = active[start...]
    circular.formUnion(circle)
    report(
      circle.count == 1
        ? CheckDiagnostics.definedByItself(name, at: range)
        : CheckDiagnostics.definedInACircle(circle + [key], at: range))
  }

  /// Finds the definitions of a text that reach themselves. Names tell which might; these are read, for that alone.
  mutating func verifyEnds(_ statements: [Statement]) {
    let definitions = statements.compactMap { statement -> DefineSyntax? in
      guard case .define(let syntax) = statement.node, !isLibrary(syntax.name.range) else { return nil }
      return syntax
    }
    guard !definitions.isEmpty else { return }
    let graph = DefinitionGraph(environment, from: definitions.map { nameKey($0.name.text) })
    for syntax in definitions where graph.mayReachItself(syntax.name.text) { verifyEnds(syntax) }
  }

  /// Reads a definition where it is declared. All but whether it ends may depend on where it is used, so a plain one is
  /// tried at the top and then in the context of each kind. All such readings of a program together are bounded: what
  /// they do not come to is found where it is used.
  private mutating func verifyEnds(_ syntax: DefineSyntax) {
    let definition = syntax.kind.flatMap { catalogue.kind(named: $0.text) }
    let key = (definition.map { kindName($0.id) + "." } ?? "") + nameKey(syntax.name.text)
    guard !circular.contains(key) else { return }
    let outside = (steps, copies, stepsInDefinitions, isTooLarge)
    let unions = catalogue.unions
    unheard += 1
    active.append(key)
    defer {
      active.removeLast()
      unheard -= 1
      environment.catalogue.unions = unions
      (steps, copies, stepsInDefinitions, isTooLarge) = outside
    }
    var parameters = Scope()
    for parameter in syntax.parameters {
      parameters = parameters.adding(
        .named(parameter.name.text, .one(CheckedExpression(.constant(.missing), .missing, parameter.name.range))))
    }
    let kinds: [KindID?] = definition.map { [$0.id] } ?? [nil] + catalogue.kinds.prefix(Self.kindsTried).map(\.id)
    for kind in kinds {
      guard stepsInVerifying < limits.expressions else { return }
      (steps, copies, stepsInDefinitions, isTooLarge) = (stepsInVerifying, 0, 0, false)
      var scope = parameters
      if let kind { scope.entries.insert(.record(Scope.Record(binding: fresh(kind))), at: 0) }
      let before = complaints.count
      let isRight = value(of: syntax.body, in: scope) != nil
      stepsInVerifying = steps
      let found = complaints.takeBack(after: before)
      let circles = found.filter { circular.contains(key) && CheckDiagnostics.isCircle($0) }
      for circle in circles { report(circle) }
      if isRight && found.isEmpty || !circles.isEmpty || isTooLarge { return }
    }
  }
  private static let kindsTried = 40

  /// Parameters and the values they are given, worked out in the caller.
  mutating func arguments(
    _ parameters: [Parameter], _ arguments: [ArgumentSyntax], of name: String, key: String, at range: SourceRange,
    in scope: Scope
  ) -> [(String, Term, Int)]? {
    var values: [(String, Term, Int)] = []
    var given: [String: ArgumentSyntax] = [:]
    var position = 0
    let known = parameters.map(\.name.text)
    for argument in arguments {
      if let label = argument.label {
        guard known.contains(where: { nameKey($0) == nameKey(label.text) }) else {
          report(CheckDiagnostics.unknownArgument(label.text, of: name, known, at: label.range))
          return nil
        }
        given[nameKey(label.text)] = argument
      } else {
        guard position < parameters.count else {
          report(
            CheckDiagnostics.arguments(
              name,
              wanted: parameters.isEmpty
                ? "no arguments" : "at most \(parameters.count) \(parameters.count == 1 ? "argument" : "arguments")",
              at: argument.range))
          return nil
        }
        given[nameKey(parameters[position].name.text)] = argument
        position += 1
      }
    }
    for parameter in parameters {
      let term: Term
      let before = steps
      if let argument = given[nameKey(parameter.name.text)] {
        term = check(argument.value, in: scope)
      } else if let value = parameter.defaultValue {
        // A default may not speak of what it is a default of.
        active.append(key)
        term = check(value, in: Scope())
        active.removeLast()
      } else {
        report(CheckDiagnostics.arguments(name, wanted: "a value for `\(parameter.name.text)`", at: range))
        return nil
      }
      if case .invalid = term { return nil }
      values.append((parameter.name.text, term, steps - before))
    }
    return values
  }
}
