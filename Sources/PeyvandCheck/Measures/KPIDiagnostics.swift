import PeyvandBase

/// What can be wrong with a KPI's clauses, and with what is asked of it.
extension CheckDiagnostics {
  static func kpiWithoutDate(_ name: String, clause: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1630", "the KPI `\(name)` does not say when its cases were, so they lie in no period", at: range,
      notes: ["write it among the KPI's clauses: `\(clause)`"])
  }

  static func kpiWithoutStages(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1631", "the KPI `\(name)` lies on no journey, so it cannot be split along one", at: range,
      notes: ["write its stages among the KPI's clauses, such as `stages quote, purchase, delivery`"])
  }

  static func formOfAKPI(_ word: String, _ found: String, at range: SourceRange) -> Diagnostic {
    let notes =
      switch word {
      case "over": ["a table of anything else: `purchase | count by quarter(at)`"]
      case "vs": ["of anything else put the numbers beside each other: `purchase | count by quarter(at)`"]
      case "through": ["of anything else ask how many came so far: `customer | where any(quote) | count`"]
      default: ["what goes with a yes or no: `customer | why left is not missing`"]
      }
    return Diagnostic("E1632", "`\(word)` is asked of a KPI, and this is \(found)", at: range, notes: notes)
  }

  static func twoForms(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1633", "`over`, `vs` and `through stages` are three questions, and one is answered at a time", at: range,
      notes: ["ask the second one by itself; `by`, `where` and `as of` go with each"])
  }

  static func lastPeriods(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1634", "the number of periods is a whole number from 1 on", at: range,
      notes: ["`over quarter last 8`, or all of them: `over quarter`"])
  }

  static func notComparable(_ name: String, _ what: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1635", "\(what) compares shares and means of a KPI's subjects, and `\(name)` measures something else",
      at: range,
      notes: [
        "`measure share(…)` and `measure mean(…)` can be compared group by group",
        "a median, a sum or a number made of several cannot be put together again from its groups",
      ])
  }

  static func stageWithoutTime(_ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1636", "\(article(kind)) \(kind) has no time, so nobody can be said to have come there before another thing",
      at: range, notes: ["a stage is a set of events, or of relationships, which have a start"])
  }

  static func boundOutOfReach(_ clause: String, percent: String?, at range: SourceRange) -> Diagnostic {
    var notes = ["a share lies between 0% and 100%"]
    if let percent { notes.insert("did you mean `\(percent)`?", at: 0) }
    return Diagnostic(
      "E1637", "no share can be on both sides of this, so the `\(clause)` says nothing", at: range, notes: notes)
  }

  static func boundsReversed(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1638", "the lower end lies above the upper, so nothing is between them", at: range,
      notes: ["the lower one stands first: `between 40% and 60%`"])
  }

  static func neededCases(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1639", "`needs` takes a whole number of cases", at: range,
      notes: ["with fewer the answer is \"too few\"; without the clause it is 20"])
  }

  static func rowsAreNoRecords(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1640", "the rows of a KPI's table are no records, so there is nothing that `\(name)` could name", at: range,
      notes: ["its columns are asked by their own names: `… | where n >= 10`"])
  }

  static func periodsOfTwoLengths(_ first: String, _ second: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1641", "\(article(first)) \(first) and \(article(second)) \(second) are not of one length", at: range,
      notes: ["set two periods of one unit against each other: `from 2024-Q1 to 2025-Q1`"])
  }

  static func nothingToSplitBy(_ name: String, _ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1642", "\(article(kind)) \(kind) has no field of few values to split `\(name)` by", at: range,
      notes: ["say by what: `why \(name) from … to … by …`"])
  }

  static func changeIsAStatement(_ subject: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1643", "`why … from … to` asks a KPI, which knows its subjects, and not the rows before it", at: range,
      notes: [
        "write it by itself: `why \(subject) from … to …`",
        "a condition goes with the KPI: `why \(subject) where … from … to …`",
      ])
  }

  static func tooManyPeriods(_ count: Int, _ unit: String, limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1507", "a course of \(count) \(unit)s is asked for, and \(limit) are allowed", at: range,
      notes: ["a course that can be read has some dozens: `over \(unit) last 24`", Limit.periods.raised])
  }

  static func tooManyFunnelSteps(_ count: Int, limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1508", "the funnel has \(count) steps, and \(limit) are allowed", at: range,
      notes: ["what follows what in long processes, `flow of SET by E` counts in one pass", Limit.funnelSteps.raised])
  }

  static func tooManyJourneyStages(_ name: String, _ count: Int, limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1648", "the KPI `\(name)` has \(count) stages, and a journey is compared along \(limit) at most", at: range,
      notes: [
        "each stage's part is exact over every subset of them, and their number doubles with each stage",
        "leave out of `stages` those that nearly all or hardly any pass, or put several into one: `(visit or call)`",
      ])
  }
}
