import Glibc
import PeyvandBase
import PeyvandFiles
import Synchronization

/// A bar for a file that takes its time: on a terminal, after a second, on the stream of errors.
///
/// It is drawn by a thread of its own that looks at how far the reading has come, so reading never waits for a
/// terminal. Whoever writes something else takes the bar away first.
final class Progress: Sendable {
  let source: ReadingProgress
  private let shared = Shared()

  /// What the drawing thread shares with the others; it may outlive the command by a tenth of a second.
  private final class Shared: Sendable {
    let isDone = Atomic<Bool>(false)
    /// Whether a bar stands on the terminal; whoever draws or clears holds it.
    let isShown = Mutex(false)
  }

  init() {
    let shared = shared
    source = ReadingProgress { Self.clear(shared) }
    guard StandardStreams.isTerminal(.error) else { return }
    let source = source
    StackedThreads.detach { Self.draw(source, shared) }
  }

  /// Takes the bar away.
  func clear() { source.clear() }

  func stop() {
    shared.isDone.store(true, ordering: .relaxed)
    clear()
  }

  private static func clear(_ shared: Shared) {
    shared.isShown.withLock { isShown in
      if isShown { try? StandardStreams.write("\r\u{1B}[K", to: .error) }
      isShown = false
    }
  }

  private static func draw(_ source: ReadingProgress, _ shared: Shared) {
    var begun = 0
    while !shared.isDone.load(ordering: .relaxed) {
      usleep(100_000)
      guard let now = source.now else {
        clear(shared)
        begun = 0
        continue
      }
      begun += 1
      // Ten looks are a second.
      guard begun > 10 else { continue }
      let line = bar(now, width: min(StandardStreams.terminalWidth(.error) ?? 80, 80))
      shared.isShown.withLock { isShown in
        guard source.now != nil, !shared.isDone.load(ordering: .relaxed) else { return }
        try? StandardStreams.write("\r\u{1B}[K" + line, to: .error)
        isShown = true
      }
    }
    clear(shared)
  }

  /// `reading  ███████░░░░░  58%  612 of 1,050 MiB`
  static func bar(_ now: (phase: ReadingProgress.Phase, done: Int, total: Int), width: Int) -> String {
    let word =
      switch now.phase {
      case .opening: "opening"
      case .looking: "looking"
      case .reading: "reading"
      }
    let share = Double(now.done) / Double(max(now.total, 1))
    let mib = { (bytes: Int) in NumberText.fixed(Double(bytes) / 1_048_576, digits: 0) }
    let right = " \(NumberText.fixed(share * 100, digits: 0))%  \(mib(now.done)) of \(mib(now.total)) MiB"
    let room = max(width - word.count - right.count - 2, 5)
    let full = min(Int(share * Double(room)), room)
    return word + " " + String(repeating: "█", count: full) + String(repeating: "░", count: room - full) + right
  }
}
