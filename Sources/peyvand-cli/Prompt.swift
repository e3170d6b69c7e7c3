import Glibc
import LineEditor
import Peyvand
import PeyvandBase
import PeyvandFiles

/// The prompt: reads until a question is complete, answers it, and goes on, whatever went wrong.
struct Prompt {
  private let session: Session
  private let output: Output
  private let interrupts: Interrupts
  private let storePath: String?
  private let isTerminal: Bool
  private let waiting = Waiting()

  /// A line that was read and belongs to the next question.
  private final class Waiting { var line: String? }

  init(_ session: Session, _ output: Output, _ interrupts: Interrupts, storePath: String?) {
    self.session = session
    self.output = output
    self.interrupts = interrupts
    self.storePath = storePath
    isTerminal = StandardStreams.isTerminal(.input) && StandardStreams.isTerminal(.output)
  }

  /// Until ^D or `quit`. At a terminal the sitting itself is always fine; read from a pipe, its status is that of
  /// the first question that was not.
  func run() -> Status {
    let session = session
    let editor = LineEditor(historyPath: Self.historyPath, isTerminal: isTerminal) { line, point in
      session.complete(line, at: point)
    }
    var status = Status.fine
    output.partsAnswers = !isTerminal
    if isTerminal {
      let store = storePath.map { escapedForTerminal($0) } ?? "in memory: nothing is kept"
      output.write("Peyvand \(PeyvandCommand.version) · \(store) · ? for help, quit to leave\n")
    }
    while true {
      switch question(editor) {
      case .end: return isTerminal ? .fine : status
      case .interrupted: continue
      case .line(let text):
        if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }) { continue }
        // A password that was typed all the same is kept nowhere.
        if !DatabaseAddress.holdsPassword(text) { editor.remember(text) }
        // A ^C of before is not meant for what is asked now.
        session.options.interruption.reset()
        interrupts.phase = .running(session.options.interruption, endsOnSecond: !isTerminal)
        guard let next = answer(text) else { return isTerminal ? .fine : status }
        status = status.then(next)
        output.flush()
        if output.readerHasGone || output.failure != nil { return status }
      }
    }
  }

  /// Lines until they make a question. Two empty lines end one that cannot be completed, so that its error is told.
  private func question(_ editor: LineEditor) -> LineEditor.Input {
    if let line = waiting.line {
      waiting.line = nil
      if Word(line) != nil || session.isComplete(line) { return .line(line) }
      return question(editor, after: line)
    }
    return question(editor, after: "")
  }

  private func question(_ editor: LineEditor, after begun: String) -> LineEditor.Input {
    var text = begun
    var emptyLines = 0
    while true {
      interrupts.phase = isTerminal ? .editing(editor.interrupter) : .nothing
      switch editor.read(prompt: text.isEmpty ? "> " : "… ") {
      case .interrupted: return .interrupted
      case .end: return text.isEmpty || isTerminal ? .end : .line(text)
      case .line(let line):
        if text.isEmpty, Word(line) != nil { return .line(line) }
        // A line at the margin ends a block that an empty line would have ended, and is a question of its own: a mistake
        // in the block is not to take it along.
        if !text.isEmpty, let first = line.first, first != " ", first != "\t", first != "|",
          session.isComplete(text + "\n\n")
        {
          waiting.line = line
          return .line(text)
        }
        emptyLines = line.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? emptyLines + 1 : 0
        text = text.isEmpty ? line : text + "\n" + line
        if emptyLines >= 2 || session.isComplete(text) { return .line(text) }
      }
    }
  }

  /// The words that only the prompt knows.
  private enum Word {
    case card
    case explain(String)
    case save(String?)
    /// Whether declarations made since are passed over.
    case undo(Bool)
    case quit

    init?(_ line: String) {
      guard !line.utf8.contains(UInt8(ascii: "\n")) else { return nil }
      let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard let first = words.first else { return nil }
      if first.hasPrefix("?") {
        let word = String(([first.dropFirst()] + words.dropFirst().map { $0[...] }).joined(separator: " "))
        self = word.allSatisfy({ $0 == " " }) ? .card : .explain(String(word.drop { $0 == " " }))
      } else if words.count == 1, first == "quit" || first == "exit" {
        self = .quit
      } else if words.count == 1, first == "undo" {
        self = .undo(false)
      } else if words == ["undo", "data"] {
        self = .undo(true)
      } else if words.count <= 2, first == "save" {
        self = .save(words.count == 2 ? words[1].filter { $0 != "\"" } : nil)
      } else {
        return nil
      }
    }
  }

  /// Answers; nil ends the sitting.
  private func answer(_ text: String) -> Status? {
    switch Word(text) {
    case .quit: return nil
    case .card: output.write(Help.card + "\n")
    case .explain(let word): output.write(escapedForTerminal(session.explain(word), keepingLayout: true) + "\n")
    case .undo(let isPast):
      do throws(Diagnostics) {
        output.write("taken back: " + escapedForTerminal(try session.undo(pastDeclarations: isPast)) + "\n")
      } catch {
        output.say(error.all, of: session)
        return Status(error.all)
      }
    case .save(let path):
      do {
        let saved = try session.save(to: path)
        output.write("saved: " + escapedForTerminal(saved.path) + "\n")
      } catch let error as Diagnostics {
        output.say(error.all, of: session)
        return Status(error.all)
      } catch let error as Diagnostic {
        output.say([error], of: session)
        return Status([error])
      } catch {
        output.say("the store could not be saved\n")
        return .source
      }
    case nil: return Launch.run(text, name: "prompt", origin: .typed, in: session, output)
    }
    return .fine
  }

  /// `PEYVAND_HISTORY`, where it is set (empty: no file), else a file in the user's home.
  private static var historyPath: String? {
    if let path = getenv("PEYVAND_HISTORY") { return path.pointee == 0 ? nil : String(cString: path) }
    guard let home = getenv("HOME"), home.pointee != 0 else { return nil }
    return String(cString: home) + "/.peyvand_history"
  }
}
