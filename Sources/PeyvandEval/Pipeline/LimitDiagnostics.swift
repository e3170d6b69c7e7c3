import PeyvandBase

/// What is said where a question asks for more than it may, is interrupted, or is put with a wrong amount.
extension EvaluationDiagnostics {
  package static func interrupted(at range: SourceRange?) -> Diagnostics {
    Diagnostics(Diagnostic("E1501", .error, "stopped: the question was interrupted", at: range))
  }

  package static func tooLong(seconds: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1502", .error, "the question took longer than \(seconds) seconds", at: range,
        notes: ["narrow it with `where`, or \(Limit.seconds.raised)"]))
  }

  package static func tooMuchMemory(bytes: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1503", .error,
        "the question needs about \(megabytes(bytes)) MB at once, and \(megabytes(limit)) MB are allowed", at: range,
        notes: ["narrow it with `where`, or \(Limit.memory.raised)"]))
  }

  package static func tooMuchText(one: Int, all: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1503", .error,
        "the texts made here are too long: one may have \(megabytes(one)) MB, all of a step \(megabytes(all)) MB",
        at: range, notes: ["make shorter ones, or allow more with \(Limit.text.flag) and \(Limit.memory.flag)"]))
  }

  package static func tooManyRows(_ rows: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1504", .error, "a step of the question has \(rows) rows, and \(limit) are allowed", at: range,
        notes: ["narrow it with `where` before that step, or \(Limit.rows.raised)"]))
  }

  package static func tooManyPeriods(limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1504", .error, "a step of the question has more than the \(limit) rows that are allowed", at: range,
        notes: ["bound it with `since` or `during`, or \(Limit.rows.raised)"]))
  }

  package static func answerTooLong(_ rows: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1505", .error, "the answer has \(rows) rows, and \(limit) are shown at most", at: range,
        notes: ["add `| take 100`, or \(Limit.answerRows.raised)"]))
  }

  package static func tooManyGroups(_ groups: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1506", .error, "the cross table has \(groups) cells, and \(limit) are allowed", at: range,
        notes: ["group `across` something with fewer values, or \(Limit.answerRows.raised)"]))
  }

  static func tooManyCohorts(_ cohorts: Int, _ periods: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    let (cells, overflow) = cohorts.multipliedReportingOverflow(by: periods)
    return Diagnostics(
      Diagnostic(
        "E1506", .error,
        "\(cohorts) cohorts of \(periods) periods each make \(overflow ? "too many" : "\(cells)") cells, and \(limit) are allowed",
        at: range,
        notes: [
          "say how many periods each is followed, `… by month for 12`, or take longer ones; a date centuries away makes as many cohorts",
          Limit.answerRows.raised,
        ]))
  }

  static func tooManyChannels(_ channels: Int, limit: Int, at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1506", .error, "a chain over \(channels) channels is asked for, and \(limit) can be solved", at: range,
        notes: ["take a `by` with fewer values, or a model that counts: `model: \"position\"`"]))
  }

  // These are asked of a KPI of another text: they stand where it is asked.

  static let courseTooLongCode = "E1507"

  static func courseTooLong(_ periods: Int, _ unit: String, from: String, limit: Int) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        courseTooLongCode, .error,
        "from the first case, in \(from), it is a course of \(periods) \(unit)s, and \(limit) are allowed",
        notes: ["say how many: `over \(unit) last 24`", Limit.periods.raised]))
  }

  static func courseBeforeCalendar(_ last: Int, _ unit: String) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1970", .error, "\(last) \(unit)s go back beyond the calendar",
        notes: ["take fewer: `over \(unit) last 24`"]))
  }

  package static func notACount(_ word: String, at range: SourceRange?) -> Diagnostics {
    Diagnostics(Diagnostic("E1511", .error, "`\(word)` needs a whole number that is not negative", at: range))
  }

  package static func noSuchMoment(at range: SourceRange?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1512", .error, "`as of` needs a day, a time or a period, and this is missing", at: range))
  }

  package static func noSuchVariable(at range: SourceRange?) -> Diagnostics {
    Diagnostics(Diagnostic("E1513", .error, "what this name held is no longer there", at: range))
  }

  private static func megabytes(_ bytes: Int) -> Int { max(1, bytes / 1_000_000) }
}
