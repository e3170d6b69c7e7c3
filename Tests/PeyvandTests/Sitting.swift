import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandRender
import Synchronization

/// A sitting from its first text to its last, on a thread with the language's own stack: texts in, and for each what
/// a user sees: tables as they stand in a pipe with their receipts, and errors a line each.
struct Sitting: Sendable {
  struct Reply: Sendable {
    /// What is shown, answers and errors in the order in which they came.
    var text: String
    var outcomes: [Session.Outcome]
    var status: Status

    var answers: [Answer] {
      outcomes.compactMap { (outcome: Session.Outcome) -> Answer? in
        if case .answer(let answer) = outcome { answer } else { nil }
      }
    }
    var diagnostics: [Diagnostic] {
      outcomes.flatMap { (outcome: Session.Outcome) -> [Diagnostic] in
        if case .diagnostics(let all) = outcome { all } else { [] }
      }
    }
  }

  /// One text of a sitting.
  struct Text: Sendable {
    var text: String
    var name = "program"
    var origin = Session.Origin.typed
    /// Whether "1 customer added" is shown.
    var showsDone = true
  }

  private static let zones =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/") + "/Zones"

  var storePath: String?
  var asOf: String?
  var parameters: [(name: String, value: String)] = []
  var allowRead: [String] = []
  var allowWrite: [String] = []
  var limits = Limits()
  var threads = 2

  /// Puts the texts to one session, one after the other.
  /// - Returns: a reply to each; one with the session's own error where it did not begin.
  func run(_ texts: [Text]) -> [Reply] {
    let box = Box()
    StackedThreads.run(1, stackBytes: Limits.stackBytes) { [self] _ in
      let replies = replies(texts)
      box.replies.withLock { $0 = replies }
    }
    return box.replies.withLock { $0 }
  }

  func run(_ text: String) -> Reply {
    run([Text(text: text)]).first ?? Reply(text: "", outcomes: [], status: .program)
  }

  /// The codes of what is said where a sitting without a store is saved under a name.
  func saved(as path: String) -> [String] {
    var sitting = self
    sitting.storePath = nil
    let box = Box()
    StackedThreads.run(1, stackBytes: Limits.stackBytes) { [sitting] _ in
      do {
        _ = try Session(options: sitting.options).save(to: path)
      } catch {
        let all = (error as? Diagnostics)?.all ?? []
        box.replies.withLock { $0 = [Reply(text: "", outcomes: [.diagnostics(all)], status: Status(all))] }
      }
    }
    return box.replies.withLock { $0 }.flatMap(\.diagnostics).map(\.code)
  }

  private final class Box: Sendable {
    let replies = Mutex<[Reply]>([])
  }

  private var options: Session.Options {
    var options = Session.Options()
    options.storePath = storePath
    options.asOf = asOf
    options.parameters = parameters
    options.allowRead = allowRead
    options.allowWrite = allowWrite
    options.limits = limits
    options.threads = threads
    // Zones from the repository, so that answers do not hang on the machine's.
    options.zones = { ZoneFiles.find($0, in: [Self.zones]) }
    return options
  }

  private func replies(_ texts: [Text]) -> [Reply] {
    let session: Session
    do {
      session = try Session(options: options)
    } catch {
      let all = (error as? Diagnostics)?.all ?? []
      return [
        Reply(
          text: DiagnosticRenderer(sources: [:], options: .init(style: .plain)).render(all),
          outcomes: [.diagnostics(all)],
          status: Status(all))
      ]
    }
    var replies: [Reply] = []
    for text in texts {
      var shown = ""
      var outcomes: [Session.Outcome] = []
      let status = session.run(text.text, name: text.name, origin: text.origin) { outcome in
        outcomes.append(outcome)
        shown += shownText(outcome, of: session, showsDone: text.showsDone)
      }
      replies.append(Reply(text: shown, outcomes: outcomes, status: status))
    }
    return replies
  }

  private func shownText(_ outcome: Session.Outcome, of session: Session, showsDone: Bool) -> String {
    switch outcome {
    case .answer(let answer):
      if case .done = answer.body, !showsDone, answer.notes.isEmpty { return "" }
      do throws(Diagnostic) {
        return try AnswerRenderer(catalogue: session.catalogue, options: .init(format: .table)).render(answer).output
      } catch {
        return DiagnosticRenderer(sources: session.sources, options: .init(style: .plain)).render(error)
      }
    case .time(let report): return TimeReportText.text(report, width: nil)
    case .diagnostics(let diagnostics):
      return DiagnosticRenderer(sources: session.sources, options: .init(style: .plain)).render(diagnostics)
    }
  }
}
