import PeyvandBase

/// What rendering can refuse, and its words.
enum RenderDiagnostics {
  static func twoColumnsOfOneName(_ name: String) -> Diagnostic {
    Diagnostic(
      "E1216", .error, "two columns are called `\(name)`, and JSON keeps a row's cells by name",
      notes: ["give one of them another name with `as`: `select … as other_name`"])
  }
}
