import PeyvandBase

/// What is said of processes, reviews and watches.
extension CheckDiagnostics {
  static func reviewIsTaken(_ flavour: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1801", "`review` is \(article(flavour)) \(flavour) here, and reviews are recorded as events of that name",
      at: range, notes: ["give the \(flavour) another name"])
  }

  static func noTimeBetweenReviews(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1802", "between two reviews there must be some time", at: range, notes: ["write `review every 3 months`"])
  }

  static func nothingToDo(_ name: String, _ kind: String, _ events: [String], at range: SourceRange) -> Diagnostic {
    let member = article(kind) + " " + kind
    let note =
      events.isEmpty
      ? "a `process for \(kind)` with `review every 3 months` makes `review` one"
      : "what can be done for \(member): " + events.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic("E1803", "`\(name)` is no event of \(member)", at: range, notes: [note])
  }

  static func doneForWhom(_ event: String, _ kind: String, _ fields: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1804", "\(article(event)) \(event) names a \(kind) in several places: \(fields.joined(separator: ", "))",
      at: range, notes: ["say which: `add \(event) { \(fields.first ?? kind): \"…\", at: … }`"])
  }
}
