import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandTestSupport
import Synchronization
import Testing

/// ^C and the limits stop whatever a question is at, and the session goes on as if it had not been asked.
///
/// How soon is measured by the benchmark (`scripts/bench --interrupt`); here no more is asked than that a question
/// which would run for hours is over within two seconds.
@Suite struct InterruptionTests {
  private static let rows = 3000

  /// A session with some thousand records, on a thread as the language has it.
  private func withCompany(
    _ limits: Limits = Limits(), _ body: @escaping @Sendable (Session) throws -> Void
  ) throws {
    let path = "/tmp/peyvand-interruption-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).csv"
    var lines = "key,name,size\n"
    for row in 0..<Self.rows { lines += "t\(row),name \(row * 7919 % 1009),\(row % 97)\n" }
    TestFiles.write(path, lines)
    defer { unlink(path) }
    let failure = Mutex<(any Error)?>(nil)
    StackedThreads.run(1, stackBytes: Limits.stackBytes) { _ in
      do {
        var options = Session.Options()
        options.allowRead = ["/tmp"]
        options.limits = limits
        let session = try Session(options: options)
        let program = """
          entity thing { name: text, size: number }
          import thing from "\(path)" key key { name: name, size: size }
          """
        let begun = Self.run(program, in: session)
        guard begun.status == .fine else { throw Wrong(words: "\(begun.said)") }
        try body(session)
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  struct Wrong: Error { var words: String }

  /// On a thread that is not the test's own a failed expectation would be nobody's.
  private static func hold(_ condition: Bool, _ words: @autoclosure () -> String = "", line: Int = #line) throws {
    if !condition { throw Wrong(words: "line \(line): \(words())") }
  }

  private static func run(
    _ program: String, in session: Session
  ) -> (status: Status, answers: [Answer], said: [Diagnostic]) {
    var answers: [Answer] = []
    var said: [Diagnostic] = []
    let status = session.run(program, name: "program", origin: .typed) { outcome in
      switch outcome {
      case .answer(let answer): answers.append(answer)
      case .diagnostics(let diagnostics): said += diagnostics
      case .time: break
      }
    }
    return (status, answers, said)
  }

  /// Questions that run for minutes to ages over these few records.
  private static let endless = [
    "thing | each (all thing) as a | each (all thing) as b | count",
    "thing | each (all thing) as a | each (all thing) as b | count by a.name, b.name",
    "thing | each (all thing) as a | each (all thing) as b | sort by b.size | take 1",
    "thing | each (all thing) as a | each (all thing) as b | median(b.size) by a.size",
    "thing | each (all thing) as a | select a.key, name, size | sort by name | distinct | count",
    "thing | each (all thing) as a | each (all thing) as b | where a.name matches \"(1|2)+3.*\" and b.size > a.size | count",
    "let kept as thing | each (all thing) as a | each (all thing) as b | select size",
  ]

  @Test(arguments: endless) func interruptionStopsAQuestionAndKeepsTheSession(_ question: String) throws {
    try withCompany { session in
      let interruption = session.options.interruption
      let timer = Timer(milliseconds: 150) { interruption.interrupt() }
      let begun = Timer.now()
      let (status, answers, said) = Self.run(question, in: session)
      let took = Timer.now() - begun
      timer.end()
      try Self.hold(status == .interrupted)
      try Self.hold(answers.isEmpty)
      try Self.hold(said.map(\.code) == ["E1501"])
      try Self.hold(said.allSatisfy { !$0.labels.isEmpty })
      try Self.hold(took < 2150, "\(took) ms")
      let after = Self.run("thing | count", in: session)
      try Self.hold(after.status == .fine)
      guard case .value(.number(let count), _, _)? = after.answers.last?.body else {
        Issue.record("no count after the interruption: \(after.said)")
        return
      }
      try Self.hold(count == Double(Self.rows))
    }
  }

  @Test func limitsNameThemselvesAndTheirFlags() throws {
    var time = Limits()
    time.seconds = 1
    var memory = Limits()
    memory.memoryBytes = 20_000
    var rows = Limits()
    rows.rows = 10_000
    var answer = Limits()
    answer.answerRows = 100
    var text = Limits()
    text.textBytes = 1000
    let doubling = (1...12).map { "let a\($0) as \"{a\($0 - 1)}{a\($0 - 1)}\"\n" }.joined()
    let cases: [(Limits, String, String, String)] = [
      (text, "let a0 as \"xxxx\"\n" + doubling + "length(a12)", "E1503", "--max-memory"),
      (
        text, "let a as replace(\"aaaaaaaaaaaa\", \"a\", \"\(String(repeating: "b", count: 500))\")", "E1503",
        "--max-memory"
      ),
      (time, Self.endless[0], "E1502", "--max-seconds"),
      (memory, "thing | median(size) by name", "E1503", "--max-memory"),
      (rows, "thing | each (all thing) as a | sort by a.size | take 3", "E1504", "--max-rows"),
      (answer, "thing", "E1505", "--max-answer-rows"),
    ]
    for (limits, question, code, flag) in cases {
      try withCompany(limits) { session in
        let (status, answers, said) = Self.run(question, in: session)
        try Self.hold(status == .program)
        try Self.hold(answers.isEmpty)
        try Self.hold(said.map(\.code) == [code])
        try Self.hold(said.contains { $0.notes.contains { $0.contains(flag) } }, "\(said)")
      }
    }
  }
}

/// Does something after some milliseconds, on a thread of its own.
private final class Timer: Sendable {
  private let milliseconds: UInt32
  private let body: @Sendable () -> Void
  private let thread = Mutex<UInt>(0)

  init(milliseconds: UInt32, _ body: @escaping @Sendable () -> Void) {
    self.milliseconds = milliseconds
    self.body = body
    var thread = pthread_t()
    let task = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let timer = Unmanaged<Timer>.fromOpaque(context).takeRetainedValue()
        usleep(timer.milliseconds * 1000)
        timer.body()
        return nil
      }, task.toOpaque())
    if status == 0 { self.thread.withLock { [thread] in $0 = UInt(thread) } } else { task.release() }
  }

  /// Waits until it was done.
  func end() { pthread_join(pthread_t(thread.withLock { $0 }), nil) }

  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
