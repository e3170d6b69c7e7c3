import CReadline
import Glibc

/// Reads lines from a person, through GNU readline, or plainly where no terminal is there.
///
/// readline is one for a process: its line, its history and its settings are global, so there is one editor, and the
/// only mutable state of the program that is shared stands here. It is driven by its callback interface, because its
/// own loop cannot be left from outside: the editor waits for the terminal and for a pipe at once, and `Interrupter`
/// writes to that pipe when ^C was pressed, from whatever thread took the signal.
package final class LineEditor {
  package enum Input: Hashable, Sendable {
    case line(String)
    /// ^C: what was typed is left.
    case interrupted
    /// ^D, or the input ended.
    case end
  }

  /// What a word may be completed to, given the line and the byte at which the cursor stands.
  package typealias Completion = (_ line: String, _ point: Int) -> [String]

  private let isTerminal: Bool
  private let history: History?
  private let complete: Completion
  private var plain = PlainInput()
  private var pipe: (reader: CInt, writer: CInt) = (-1, -1)
  /// What the line handler was given, until `read` takes it.
  private var entered: Input?

  /// The editor that readline's callbacks speak to. They run inside `read`, on its thread.
  nonisolated(unsafe) private static weak var current: LineEditor?

  /// - Parameters:
  ///   - historyPath: where lines are kept; nil keeps them for this sitting only.
  ///   - isTerminal: whether a person is there to edit.
  package init(historyPath: String?, isTerminal: Bool, complete: @escaping Completion) {
    self.isTerminal = isTerminal
    self.complete = complete
    history = isTerminal ? History(path: historyPath) : nil
    var ends: [CInt] = [-1, -1]
    if Glibc.pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      pipe = (ends[0], ends[1])
    }
    guard isTerminal else { return }
    line_editor_configure { word, _, _ in LineEditor.matches(word.map { String(cString: $0) } ?? "") }
    history?.load()
  }

  deinit {
    if pipe.reader >= 0 { _ = close(pipe.reader) }
    if pipe.writer >= 0 { _ = close(pipe.writer) }
  }

  /// Leaves the line from another thread.
  package struct Interrupter: Sendable {
    fileprivate let writer: CInt
    package func interrupt() {
      var byte: UInt8 = 3
      _ = write(writer, &byte, 1)
    }
  }
  package var interrupter: Interrupter { Interrupter(writer: pipe.writer) }

  /// Waits for a line.
  /// - Parameter prompt: shown before it on a terminal.
  package func read(prompt: String) -> Input {
    drainPipe()
    guard isTerminal else { return plain.readLine().map(Input.line) ?? .end }
    Self.current = self
    entered = nil
    line_editor_install(prompt) { line in LineEditor.take(line) }
    while true {
      if let entered { return entered }
      var waits = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: pipe.reader, events: Int16(POLLIN), revents: 0),
      ]
      // Once a second for signals that another thread took (a resized window, a request to end).
      let ready = poll(&waits, nfds_t(waits.count), 1_000)
      if ready <= 0 {
        rl_check_signals()
        continue
      }
      if waits[1].revents != 0 {
        drainPipe()
        line_editor_abandon(SIGINT)
        return .interrupted
      }
      if waits[0].revents != 0 { rl_callback_read_char() }
    }
  }

  /// Keeps an entry for the arrows and ^R, in the file too, before it is run.
  package func remember(_ text: String) { history?.add(text) }

  private func drainPipe() {
    var bytes: UInt64 = 0
    while Glibc.read(pipe.reader, &bytes, 8) > 0 {}
  }

  // MARK: - What readline calls

  private static func take(_ line: UnsafeMutablePointer<CChar>?) {
    rl_callback_handler_remove()
    guard let line else {
      // ^D leaves the cursor behind the prompt.
      line_editor_newline()
      current?.entered = .end
      return
    }
    current?.entered = .line(String(cString: line))
    free(line)
  }

  /// The matches of a word as readline wants and frees them.
  private static func matches(_ word: String) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    line_editor_finish_completion(0)
    guard let editor = current, let buffer = line_editor_buffer() else { return nil }
    let found = editor.complete(String(cString: buffer), Int(line_editor_point())).filter { !holdsControls($0) }
    guard let first = found.first else { return nil }
    if found.count == 1, first.utf8.last != UInt8(ascii: "(") { line_editor_finish_completion(32) }
    let all = found.count == 1 ? found : [commonBeginning(of: found, atLeast: word)] + found
    guard let memory = calloc(all.count + 1, MemoryLayout<UnsafeMutablePointer<CChar>?>.stride) else { return nil }
    let list = memory.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: all.count + 1)
    for (index, text) in all.enumerated() { list[index] = strdup(text) }
    return list
  }

  /// What all candidates begin with; the word itself where they share less than was typed.
  package static func commonBeginning(of candidates: [String], atLeast word: String) -> String {
    guard var common = candidates.first.map({ Array($0.unicodeScalars) }) else { return word }
    for candidate in candidates.dropFirst() {
      let shared = zip(common, candidate.unicodeScalars).prefix { $0 == $1 }.count
      common.removeSubrange(shared...)
    }
    guard common.count >= word.unicodeScalars.count else { return word }
    var text = ""
    text.unicodeScalars.append(contentsOf: common)
    return text
  }

  /// Whether a terminal would obey something in the text.
  package static func holdsControls(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
  }
}
