import PeyvandBase
import PeyvandSyntax

/// What the session itself says: about what surrounds a program.
enum SessionDiagnostics {
  static func unknownParameter(_ name: String, _ known: [String]) -> Diagnostic {
    let near = nearest(name, among: known)
    let names = known.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      "E1708", .error, "the program has no parameter `\(name)`",
      notes: near.isEmpty
        ? [known.isEmpty ? "it has no `param` at all" : "it has \(names)"]
        : ["did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?"])
  }

  static func useCircle(_ names: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1702", "these files use each other in a circle: \(names.joined(separator: " → "))", at: range,
      notes: ["move what both need into a third file"])
  }

  static func useTooDeep(_ depth: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1703", "`use` nests more than \(depth) files", at: range, notes: [Limit.useDepth.raised])
  }

  static func unknownLibrary(_ name: String, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1704", "there is no library `\(name)`", at: range,
      label: near.isEmpty ? "" : "did you mean \(near.map { "`\($0)`" }.joined(separator: ", "))?",
      notes: ["a file of your own stands in quotes: `use \"\(name).pvd\"`"])
  }

  static func notSo(_ sides: [(text: String, value: String)], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1711", "this was expected and is not so", at: range,
      notes: sides.map { $0.text == $0.value ? "`\($0.text)`" : "`\($0.text)` is \($0.value)" })
  }

  /// What a failure inside a loop or a test was about.
  static func inTest(_ name: String) -> String { "in the test \"\(name)\"" }
  static func inLoop(_ name: String, _ value: String) -> String { "for each `\(name)`: at \(value)" }

  static func tooManyStatements(_ limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1714", "the script carried out \(limit) statements and is not at its end", at: range,
      notes: ["loops inside loops multiply; ask one question of the whole set, or \(Limit.statements.raised)"])
  }

  static func moment(_ text: String) -> Diagnostic {
    Diagnostic(
      "E1707", "`--as-of` wants a day, a time or a period", notes: ["such as `--as-of 2024-12-31`; this was `\(text)`"])
  }

  static func nothingToSaveTo() -> Diagnostic {
    Diagnostic("E3120", "this store is in memory only", notes: ["name a file: `save company.json`"])
  }

  static func storeExists(_ path: String) -> Diagnostic {
    Diagnostic("E3121", "there is a store at `\(path)` already", notes: ["name a file that does not exist yet"])
  }

  static func keyMissing(_ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E2250", "the key of this \(kind) is empty", at: range)
  }

  static func nobodyToDoFor(_ kind: String, _ key: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E2253", "there is no \(kind) \(key), so nothing was recorded", at: range,
      notes: ["`\(kind) | select key` shows the keys there are"])
  }

  static func nothingToRemove(_ listing: Listing, _ name: String, _ known: [String], at range: SourceRange)
    -> Diagnostic
  {
    let near = nearest(name, among: known)
    let shown = (near.isEmpty ? Array(known.prefix(4)) : near).map { "`\($0)`" }
    let note =
      known.isEmpty
      ? "it keeps none"
      : near.isEmpty
        ? "it keeps \(shown.joined(separator: ", "))\(known.count > 4 ? ", …" : ""); `\(listing.rawValue)` lists them"
        : "did you mean \(shown.joined(separator: " or "))?"
    return Diagnostic("E1809", "the store keeps no \(listing.rawValue) `\(name)`", at: range, notes: [note])
  }

  static func exportEnding(_ name: String, _ endings: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1715", "what the file's name ends in says how it is written, and `\(name)` does not say", at: range,
      notes: ["end it in \(endings.joined(separator: ", "))"])
  }

  static func notWritten(_ name: String) -> Diagnostic {
    Diagnostic("E1501", .error, "stopped: `\(name)` was not written and is as it was")
  }

  static func importOption(_ name: String, _ wanted: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1705", "`\(name)` wants \(wanted)", at: range)
  }

  /// A time zone that is spelt otherwise; the place is the caller's.
  static func unknownZone(_ name: String, _ near: [String]) -> Diagnostic {
    Diagnostic(
      "E1705", .error,
      "`\(name)` wants a time zone: did you mean \(near.map { "`\"\($0)\"`" }.joined(separator: ", "))?")
  }

  static func unknownImportOption(_ name: String, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1706", "an import has no option `\(name)`", at: range,
      label: near.isEmpty ? "" : "did you mean \(near.map { "`\($0)`" }.joined(separator: ", "))?")
  }

  static func mapWithoutImport(_ path: String) -> Diagnostic {
    Diagnostic(
      "E1720", .error, "'\(escapedForTerminal(path))' has no `import` statement for these files",
      notes: ["--save-map writes such a file"])
  }

  static func mapOfOtherFiles(_ path: String, imports: [String], files: Int) -> Diagnostic {
    Diagnostic(
      "E1720", .error,
      "'\(escapedForTerminal(path))' imports \(imports.count) files, and it cannot be told which of them the \(files) given stand for",
      notes: [
        "call them as it does: \(imports.prefix(6).map { "\"\(escapedForTerminal($0))\"" }.joined(separator: ", "))"
      ])
  }

  static func unknownRecipe(_ name: String, _ known: [String]) -> Diagnostic {
    Diagnostic(
      "E1721", .error, "there is no recipe `\(escapedForTerminal(name))`",
      notes: ["the recipes are \(known.joined(separator: ", "))"])
  }

  static func recipeWithoutFile(_ recipe: String, _ files: [String], _ wanted: [String]) -> Diagnostic {
    Diagnostic(
      "E1722", .error,
      "\(files.map { "'\(escapedForTerminal($0))'" }.joined(separator: ", ")) \(files.count == 1 ? "has" : "have") none of the columns that the recipe `\(recipe)` reads",
      notes: wanted)
  }
}
