import PeyvandBase
import PeyvandData
import PeyvandEval

/// Telling where the time of a question went, for who asked to be told.
extension Session {
  /// Puts a question, and notes what its nodes take where that is asked for.
  func timed(_ ask: (AttendedEvaluator) throws(Diagnostics) -> Answer) throws(Diagnostics) -> Answer {
    guard options.tellsTime else { return try ask(evaluator()) }
    var question = question()
    // What an answer rests on that was not shown itself (`agenda | count`) is told with it.
    let profile = told ?? TimeProfile()
    question.profile = profile
    let begun = ContinuousClock.now
    let answer = try ask(AttendedEvaluator(question, options.interruption))
    note("answer", since: begun)
    told = profile
    return answer
  }

  /// Adds to what a phase took.
  func note(_ phase: String, since begun: ContinuousClock.Instant) {
    guard options.tellsTime else { return }
    let milliseconds = Self.milliseconds(since: begun)
    if let place = spent.firstIndex(where: { $0.name == phase }) {
      spent[place].milliseconds += milliseconds
    } else {
      spent.append((phase, milliseconds))
    }
  }

  /// Tells what was noted of the answer before.
  func tellTime(_ emit: (Outcome) -> Void) {
    guard let profile = told else { return }
    told = nil
    let lines = profile.lines.map { line in
      TimeReport.Line(
        label: line.label, text: line.range.map { Self.oneLine(source(of: $0)) } ?? "", depth: line.depth,
        visits: line.visits, rows: line.rows, bytes: line.bytes, milliseconds: Double(line.nanoseconds) / 1e6,
        own: Double(line.own) / 1e6)
    }
    emit(.time(TimeReport(phases: spent, lines: lines, threads: options.threads)))
    // Reading and checking were of the whole text, and are told once.
    spent = []
  }

  static func milliseconds(since begun: ContinuousClock.Instant) -> Double {
    Double(TimeProfile.nanoseconds(since: begun)) / 1e6
  }

  /// The words of a program on one line, and not too many of them.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    var wasSpace = false
    for character in text {
      let isSpace = character.isWhitespace
      if isSpace, wasSpace { continue }
      line.append(isSpace ? " " : character)
      wasSpace = isSpace
      if line.count >= 60 { return line + "…" }
    }
    return line
  }
}
