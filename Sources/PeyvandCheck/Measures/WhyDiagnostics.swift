import PeyvandBase

/// What can be wrong with `why`.
enum WhyDiagnostics {
  static func needsYesNo(_ found: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1741", .error, "`why` asks what goes with a yes or no, and this is \(found)", at: range,
      notes: [
        "say what counts as yes, such as `customer | why count(purchase) > 1`",
        "or ask a KPI that measures a share: `why return_rate`",
      ])
  }

  static func kpiIsNoShare(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1741", .error, "`why` asks what goes with a yes or no, and `\(name)` measures no `share(…)`", at: range,
      notes: ["say what counts as yes: `SUBJECTS | why …`, such as `inquiry | why inquiry then reply within 8 hours`"])
  }

  static func kpiInHand(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1741", .error, "`\(name)` has its own subjects", at: range,
      notes: ["ask for it by itself: `why \(name)`", "for some of them: `why \(name) where …`"])
  }

  static func ofWhom(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1742", .error, "`why` needs those whom it is about", at: range,
      notes: ["write them before it: `customer | why \(text)`", "only a KPI knows its own: `why return_rate`"])
  }

  static func overAllTime(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1743", .error, "`\(text)` may have come after the outcome, and so be its consequence", at: range,
      notes: ["name the events themselves, and they are counted before it: `among contact`, `among contact.topic`"])
  }

  static func outcomeWithoutTime(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1744", .error, "when this outcome was decided is not known, so `\(text)` cannot be put before it", at: range,
      notes: [
        "ask what follows: `… | why first(purchase) then purchase within 6 months`",
        "or read the day from a field that `happens`: `why left is not missing`",
      ])
  }

  static func cannotSplit(_ text: String, _ found: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1745", .error, "`\(text)` is \(found), which makes no groups to compare", at: range,
      notes: ["make groups of it: `month(…)`, `year(…)`, `bucket(…, 10)`, or a yes or no"])
  }
}
