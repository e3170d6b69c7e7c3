import PeyvandBase
import PeyvandData

/// What can go wrong while a checked question is worked out; its words stand here together.
package enum EvaluationDiagnostics {
  package static func notSupported(_ what: String, at range: SourceRange) -> Diagnostics {
    Diagnostics(Diagnostic("E1951", .error, "\(what) is not supported here yet", at: range))
  }

  package static func windowNotPositive(at range: SourceRange) -> Diagnostics {
    Diagnostics(Diagnostic("E1953", .error, "a window must be longer than 0", at: range))
  }

  package static func readAhead(_ field: String, of kind: String, count: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "W4101", .warning,
      "`\(field)` of \(count) \(kind) \(count == 1 ? "record lies" : "records lies") after the as-of time, and is read as recorded",
      at: range, notes: ["a date that is not known before it comes is declared `happens`"])
  }

  static func unknownRecord(
    _ kind: String, _ key: String, near: [String], named fields: [String], at range: SourceRange
  ) -> Diagnostic {
    var notes: [String] = []
    if !near.isEmpty { notes.append("did you mean \(near.map { "\"\($0)\"" }.joined(separator: " or "))?") }
    if let field = fields.first {
      notes.append("some \(kind) has it as its `\(field)`: that is asked by `\(kind).\(field) = \"\(key)\"`")
    }
    return Diagnostic("W4102", .warning, "there is no \(kind) \"\(key)\"", at: range, notes: notes)
  }

  package static func missingAsOf(at range: SourceRange) -> Diagnostics {
    Diagnostics(Diagnostic("E1955", .error, "the time after `as of` is missing", at: range))
  }

  package static func differentLists(at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1957", .error, "two lists that should say something of the same records are not equally long", at: range,
        notes: ["let each record be a row: `customer | each purchase | measure …`"]))
  }

  package static func notAPattern(at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1956", .error, "this is not a pattern that `matches` knows", at: range,
        notes: ["for a text as it stands write `contains`", "before a sign that means itself write a backslash"]))
  }

  package static func noMapOfNobody(at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1805", .error, "there is no such record to draw a map around", at: range,
        notes: ["`map` alone draws all kinds"]))
  }

  static func noSuchPeriod(at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1970", .error, "this period is missing, or lies outside the calendar", at: range,
        notes: ["periods lie in the years 1 to 9999"]))
  }

  static func periodNotBefore(_ label: String, atHand: String, isSame: Bool, at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1971", .error,
        isSame
          ? "\(label) is the period at hand, and would be set against itself" : "\(label) had not come by \(atHand)",
        at: range,
        notes: [
          "the period at hand is the one in which the as-of day lies, \(atHand); set an earlier one against it",
          "or look from another day: `… as of \(label) vs previous …`",
        ]))
  }

  static func periodsNotInOrder(_ first: String, _ second: String, at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1972", .error, "\(second) does not come after \(first), so nothing changed from the one to the other",
        at: range, notes: ["name the earlier period first"]))
  }

  /// A tree that breaks its own rules: a mistake of ours, said instead of trapping.
  package static func malformed(_ what: String, at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1999", .error, "this question could not be worked out: \(what)", at: range, notes: ["please report it"]))
  }
}
