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

  package static func missingAsOf(at range: SourceRange) -> Diagnostics {
    Diagnostics(Diagnostic("E1955", .error, "the time after `as of` is missing", at: range))
  }

  package static func notAPattern(at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1956", .error, "this is not a pattern that `matches` knows", at: range,
        notes: ["for a text as it stands write `contains`", "before a sign that means itself write a backslash"]))
  }

  /// A tree that breaks its own rules: a mistake of ours, said instead of trapping.
  package static func malformed(_ what: String, at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1999", .error, "this question could not be worked out: \(what)", at: range, notes: ["please report it"]))
  }
}
