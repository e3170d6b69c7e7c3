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
      do throws(Diagnostic) {
        let options = AnswerRenderer.Options(
          format: format, isTerminal: isTerminal, width: StandardStreams.terminalWidth(.output), isRaw: isRaw)
        let rendered = try AnswerRenderer(catalogue: session.catalogue, options: options).render(answer)
        write(rendered.output)
        if !rendered.remarks.isEmpty { say(rendered.remarks) }
        return .fine
      } catch {
        say([error], of: session)
        return .program
      }
    case .diagnostics(let diagnostics):
      say(diagnostics, of: session)
      return Status(diagnostics)
    }
  }

  func write(_ text: String) {
    guard !readerHasGone, failure == nil else { return }
    do throws(StreamError) {
      try stream.write(text)
      if isTerminal { try stream.flush() }
    } catch {
      keep(error)
    }
  }

  func flush() {
    guard !readerHasGone, failure == nil else { return }
    do throws(StreamError) { try stream.flush() } catch { keep(error) }
  }

  private func keep(_ error: StreamError) {
    if let diagnostic = error.diagnostic { failure = diagnostic } else { readerHasGone = true }
  }

  /// Errors and warnings, in words and with their line.
  func say(_ diagnostics: [Diagnostic], of session: Session?) {
    guard !diagnostics.isEmpty else { return }
    say(Self.renderer(session?.sources ?? [:]).render(diagnostics))
  }

  /// A remark beside the answers, after what was answered before it.
  func say(_ text: String) {
    flush()
    // Nobody is left to be told that nobody reads errors.
    try? StandardStreams.write(text, to: .error)
  }

  static func renderer(
    _ sources: [Int32: SourceText], style: DiagnosticRenderer.Style? = nil
  ) -> DiagnosticRenderer {
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
    return DiagnosticRenderer(
      sources: sources,
      options: DiagnosticRenderer.Options(
        style: style ?? (isDumb ? .plain : .boxed), width: StandardStreams.terminalWidth(.error) ?? 100,
        explains: Help.explains))
  }

  /// Ends the output: what writing it came to, if not fine.
  func end(_ status: Status) -> Status {
    flush()
    guard let failure else { return status }
    say([failure], of: nil)
    return status.then(.source)
  }
}
