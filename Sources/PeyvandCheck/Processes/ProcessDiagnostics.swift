import PeyvandBase

/// What is said of processes, reviews and watches.
extension CheckDiagnostics {
  static func reviewIsTaken(_ name: String, _ flavour: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1801", "`\(name)` is \(article(flavour)) \(flavour) here, and reviews are recorded as events of that name",
      at: range, notes: ["give the \(flavour) another name"])
  }

  static func reviewNever(_ every: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1810", "a review every \(every) never comes", at: range,
      notes: ["between two reviews lie at most 100 years: `review every 1 year`"])
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

  static func watchOfWhat(_ source: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1806", "a KPI is watched, and `\(source)` is none", at: range,
      notes: [
        "a KPI says when its cases were, what its target is and what to decide: `kpi NAME`, then `watch NAME every month`",
        "what calls for something record by record belongs into a `process … watch …`",
      ])
  }

  static func watchedPeriod(_ units: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1807", "this is no period of the calendar", at: range,
      notes: ["a KPI is judged by whole periods: `every " + units.joined(separator: "`, `every ") + "`"])
  }

  static func breachPeriods(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1808", "`breach for` takes a whole number of periods from 1 to 1000", at: range,
      notes: ["`watch return_rate every month breach for 2 periods`"])
  }
}
