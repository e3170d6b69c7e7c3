import PeyvandBase
import PeyvandImport
import PeyvandSyntax

/// Files of known tools.
extension Session {
  /// The statements of the recipe that knows these files, where one does.
  ///
  /// By itself a recipe is taken where it knows every file; asked for by name, where it knows some.
  /// - Throws: E1721 for a name that no recipe has, E1722 where the recipe knows none of the files.
  func recipe(for sources: [Source], _ request: ImportRequest) throws(Diagnostics) -> PreparedImport? {
    guard request.kind == nil, request.key == nil, request.recipe.map(nameKey) != "none" else { return nil }
    var best: (recipe: Recipe, roles: [Recipe.Role?], weight: Int)?
    for recipe in try recipes(request.recipe) {
      let roles = sources.map { recipe.role(of: $0.table) }
      let known = roles.compactMap { $0 }
      guard !known.isEmpty, request.recipe != nil || known.count == sources.count else { continue }
      let weight = known.reduce(0) { $0 + $1.columns.count }
      if best.map({ $0.weight < weight }) ?? true { best = (recipe, roles, weight) }
    }
    if let best { return try prepared(best.recipe, best.roles, sources, request) }
    guard let name = request.recipe, let recipe = try recipes(name).first else { return nil }
    throw Diagnostics(
      SessionDiagnostics.recipeWithoutFile(
        recipe.name, request.files, recipe.roles.map { "\($0.name): \($0.columns.joined(separator: ", "))" }))
  }

  private func recipes(_ name: String?) throws(Diagnostics) -> [Recipe] {
    guard let name else { return Recipe.all }
    let found = Recipe.all.filter { nameKey($0.name) == nameKey(name) }
    guard !found.isEmpty else {
      throw Diagnostics(SessionDiagnostics.unknownRecipe(name, Recipe.all.map(\.name)))
    }
    return found
  }

  /// What a recipe calls its files: the tables that it would read of a database.
  func tables(ofRecipe name: String?) throws(Diagnostics) -> [String]? {
    guard let name, nameKey(name) != "none" else { return nil }
    return try recipes(name).first?.roles.map(\.name)
  }

  /// The recipe with the files in place of what it calls them, without what they do not have.
  private func prepared(
    _ recipe: Recipe, _ roles: [Recipe.Role?], _ sources: [Source], _ request: ImportRequest
  ) throws(Diagnostics) -> PreparedImport {
    let parsed = parse(recipe.text, name: "\(recipe.name).pvd")
    guard parsed.diagnostics.isEmpty else { throw Diagnostics(parsed.diagnostics) }
    var lines: [String] = []
    for statement in parsed.tree.statements {
      guard case .importData(let syntax) = statement.node else {
        lines.append(source(of: statement.range))
        continue
      }
      for (source, role) in zip(sources, roles) where role?.name == syntax.file.plain {
        guard let edited = edited(syntax, statement.range, recipe, source, request) else { continue }
        if lines.last?.hasPrefix("import ") == false { lines.append("") }
        lines.append(edited)
      }
    }
    let text = lines.joined(separator: "\n") + "\n"
    let left = zip(sources, roles).filter { $0.1 == nil }.map { "'\($0.0.path)'" }
    let passed = left.isEmpty ? "" : "; it does not know \(left.joined(separator: ", "))"
    let title = recipe.title.prefix { $0 != ":" }
    return PreparedImport(
      text: Formatter.format(text) ?? text, origin: "by the recipe \(recipe.name) (\(title))\(passed)")
  }

  /// - Returns: nothing where the file lacks what the statement rests on: its key, or what its condition asks.
  private func edited(
    _ syntax: ImportSyntax, _ range: SourceRange, _ recipe: Recipe, _ from: Source, _ request: ImportRequest
  ) -> String? {
    func isThere(_ name: String) -> Bool { from.table.column(named: name) != nil }
    func hasAll(_ range: SourceRange) -> Bool { Written.names(in: source(of: range)).allSatisfy(isThere) }
    guard syntax.key.map({ isThere($0.text) }) ?? true, syntax.condition.map({ hasAll($0.range) }) ?? true else {
      return nil
    }
    var edits = TextEdits(recipe.text)
    if let mapping = syntax.mapping {
      let kept = mapping.entries.filter { hasAll($0.value.range) }.map { entry in
        "\(source(of: entry.name.range)): \(entry.creates ? "create " : "")\(source(of: entry.value.range))"
      }
      edits.replace(mapping.range, by: kept.isEmpty ? "" : "{ \(kept.joined(separator: ", ")) }")
    }
    replace(syntax, file: from.path, table: from.table, request, in: &edits)
    return edits.text(of: range)
  }
}
