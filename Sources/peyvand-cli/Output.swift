import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandRender

/// Where answers and errors go: answers to standard output in the format asked for, everything else to the other
/// stream.
///
/// When the reader of the output has gone (`| head`), what is left of it is dropped and the script runs on to its
/// end: what it changes must not depend on who reads along.
final class Output {
  let format: OutputFormat
  private let isRaw: Bool
  private let isTerminal = StandardStreams.isTerminal(.output)
  private let stream = BufferedOutput(.output)
  private(set) var readerHasGone = false
  /// What was done last, said once with how often when something else comes: a script may add a thousand records.
  private var done: (answer: Answer, count: Int)?
  /// Whether an empty line parts tables and cards; at the prompt the questions between them do.
  var partsAnswers = true
  private var hasShownBlock = false
  /// Whether an SVG was written to what holds one alone.
  private var hasPicture = false
  /// Whether a page of HTML was begun, and is to be ended.
  private var isPageOpen = false
  /// Writing failed for another reason, such as a full disk.
  private(set) var failure: Diagnostic?

  /// - Parameter format: nil takes a table on a terminal and TSV in a pipe.
  init(format: OutputFormat?, isRaw: Bool) {
    self.format = format ?? (StandardStreams.isTerminal(.output) ? .table : .tsv)
    self.isRaw = isRaw
  }

  /// What a session gives, as it comes. An answer that cannot be shown is an error of the program.
  func show(_ outcome: Session.Outcome, of session: Session) -> Status {
    switch outcome {
    case .answer(let answer):
      if case .done(let text) = answer.body, answer.notes.isEmpty, answer.receipt == Receipt() {
        if let done, case .done(text) = done.answer.body {
          self.done?.count = done.count + 1
        } else {
          sayWhatWasDone()
          done = (answer, 1)
        }
        return .fine
      }
      do throws(Diagnostic) {
        try show(answer, session.catalogue)
        return .fine
      } catch {
        say([error], of: session)
        return .program
      }
    case .diagnostics(let diagnostics):
      say(diagnostics, of: session)
      return Status(diagnostics)
    case .time(let report):
      let text = TimeReportText.text(report, width: StandardStreams.terminalWidth(.error))
      say(escapedForTerminal(text, keepingLayout: true))
      return .fine
    }
  }

  /// How answers are written out here.
  var options: AnswerRenderer.Options {
    AnswerRenderer.Options(
      format: format, isTerminal: isTerminal, width: StandardStreams.terminalWidth(.output), isRaw: isRaw)
  }

  private func show(_ answer: Answer, _ catalogue: Catalogue) throws(Diagnostic) {
    let rendered = try AnswerRenderer(catalogue: catalogue, options: options).render(answer)
    if format == .svg, !rendered.output.isEmpty, partsAnswers {
      guard !hasPicture else { throw RenderDiagnostics.secondPicture() }
      hasPicture = true
    }
    if answer.partsFromOthers(in: format) {
      // Tables and cards of one script stand apart.
      if hasShownBlock { write("\n") }
      hasShownBlock = partsAnswers
    }
    if format == .html, !rendered.output.isEmpty, !isPageOpen {
      isPageOpen = true
      write(HTMLPage.head)
    }
    write(rendered.output)
    if !rendered.remarks.isEmpty { say(rendered.remarks) }
  }

  private func sayWhatWasDone() {
    guard let done else { return }
    self.done = nil
    guard case .done(let text) = done.answer.body else { return }
    // Without columns or numbers there is nothing in it that could fail to be shown.
    try? show(Answer(.done(done.count > 1 ? "\(text) (\(done.count) times)" : text)), Catalogue())
  }

  func write(_ text: String) {
    sayWhatWasDone()
    guard !readerHasGone, failure == nil else { return }
    do throws(StreamError) {
      try stream.write(text)
      if isTerminal { try stream.flush() }
    } catch {
      keep(error)
    }
  }

  func flush() {
    sayWhatWasDone()
    guard !readerHasGone, failure == nil else { return }
    do throws(StreamError) { try stream.flush() } catch { keep(error) }
  }

  private func keep(_ error: StreamError) {
    if let diagnostic = error.diagnostic { failure = diagnostic } else { readerHasGone = true }
  }

  /// Errors and warnings, in words and with their line.
  func say(_ diagnostics: [Diagnostic], of session: Session?) {
    guard !diagnostics.isEmpty else { return }
    say(Self.renderer(session?.sources ?? [:], most: session?.options.limits.diagnostics).render(diagnostics))
  }

  /// A remark beside the answers, after what was answered before it.
  func say(_ text: String) {
    flush()
    // Nobody is left to be told that nobody reads errors.
    try? StandardStreams.write(text, to: .error)
  }

  static func renderer(
    _ sources: [Int32: SourceText], style: DiagnosticRenderer.Style? = nil, most: Int? = nil
  ) -> DiagnosticRenderer {
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
    return DiagnosticRenderer(
      sources: sources,
      options: DiagnosticRenderer.Options(
        style: style ?? (isDumb ? .plain : .boxed), width: StandardStreams.terminalWidth(.error) ?? 100,
        most: most ?? Limits().diagnostics,
        explains: Help.explains))
  }

  /// Ends the output: what writing it came to, if not fine.
  func end(_ status: Status) -> Status {
    if isPageOpen {
      isPageOpen = false
      write(HTMLPage.end)
    }
    flush()
    guard let failure else { return status }
    say([failure], of: nil)
    return status.then(.source)
  }
}

extension Answer {
  /// Whether an empty line stands between it and another answer: in Markdown between all, in tables between those of
  /// several lines.
  fileprivate func partsFromOthers(in format: OutputFormat) -> Bool {
    switch (format, body) {
    case (_, .done): false
    case (.markdown, _): true
    default: format == .table && isBlock
    }
  }

  /// Several lines that belong together.
  fileprivate var isBlock: Bool {
    switch body {
    case .table, .card, .watched, .profile, .map: true
    case .value, .printed, .done: false
    }
  }
}
