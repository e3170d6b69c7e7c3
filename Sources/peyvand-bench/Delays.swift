import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import Synchronization

/// How long ^C takes: heavy questions are begun, and the signal is sent at random moments.
///
/// Two times are told for each question: until the session is back (what a person waits for), and until the
/// process rests (what was left behind has ended as well). Half of the tries are made on a store opened anew,
/// so that reading columns and building adjacency are interrupted too.
final class Delays {
  private let engine: Engine
  private let rounds: Int
  private let only: [String]
  /// Longer than this a question is not let run to learn how long it takes.
  private static let longest = 8.0

  init(_ engine: Engine, rounds: Int, only: [String]) {
    self.engine = engine
    self.rounds = rounds
    self.only = only
  }

  private struct Case {
    var name: String
    var program: String
    /// Cannot be begun twice over one session.
    var isOnce = false
  }

  private static let questions = [
    Case(name: "filter", program: "interaction | where seconds > 100 and not (amount > 5) | count"),
    Case(name: "sort numbers", program: "interaction | sort by seconds desc, amount | take 5"),
    Case(name: "sort texts", program: "interaction | sort by key desc | take 5"),
    Case(name: "sort by what is counted", program: "interaction | sort by from.region, at desc | take 5"),
    Case(name: "distinct", program: "interaction | select channel, seconds, amount | distinct | count"),
    Case(name: "distinct texts", program: "interaction | select key | distinct | count"),
    Case(name: "group by text", program: "interaction | count, sum(amount) by from.region, channel"),
    Case(name: "group by key", program: "interaction | measure count as n by key | sum(n)"),
    Case(name: "group by day", program: "interaction | count, mean(seconds) by day(at), kind"),
    Case(name: "median", program: "interaction | median(seconds), median(amount) by channel"),
    Case(name: "percentile", program: "interaction | percentile(seconds, 90%), mode(channel), stdev(amount)"),
    Case(name: "distinct in groups", program: "interaction | count(distinct(from.region)), count(from) by channel"),
    Case(name: "first and last", program: "interaction | first(amount), last(amount), list(channel) by from.region"),
    Case(
      name: "sequence",
      program: "customer | share(first(purchase via from) then (purchase via from) within 6 months) by segment"),
    Case(
      name: "sequence of three",
      program: """
        customer | share((quote via from) as q then (opportunity via from) within 60 days
          then (purchase via from) within 60 days of the first)
        """),
    Case(name: "sequence of all", program: "region | count((all contact) then (all purchase) within 6 months)"),
    Case(name: "union", program: "customer | with count((contact via from) or (contact via to)) as n | sum(n)"),
    Case(name: "cross table", program: "interaction | count by from.region across channel"),
    Case(name: "matches", program: "interaction | where key matches \"(1|2)+3.*(4|5)+\" | count"),
    Case(name: "texts", program: "interaction | where upper(key) contains \"77\" | count"),
    Case(name: "gaps", program: "customer | with median(gaps(purchase via from)) as usual | mean(usual)"),
    Case(name: "a row an event", program: "customer | each (interaction via from) as i | count(i) by month(i.at)"),
    Case(name: "cross product", program: "customer | each (all customer) as other | count by other.region"),
    Case(name: "a set in every row", program: "customer | with count(all interaction where amount > 5) as n | sum(n)"),
    Case(
      name: "per month", program: "customer | with mean(sum(seconds) per month of (interaction via from)) as m | sum(m)"
    ),
    Case(name: "a long answer", program: "interaction | take 1000000"),
    Case(name: "keep", program: "let heavy as interaction where seconds > 10"),
    Case(name: "import", program: "", isOnce: true),
    Case(name: "save", program: "", isOnce: true),
  ]

  func measure() throws {
    try prepare()
    var worst = (stop: 0.0, rest: 0.0)
    say("question                    whole s   until it stops, ms        until all rests, ms")
    for question in Self.questions where only.isEmpty || only.contains(question.name) {
      guard let delays = try measure(question) else {
        say(Self.padded(question.name, 24) + "  cannot be asked: " + wrong)
        continue
      }
      worst = (max(worst.stop, delays.stop), max(worst.rest, delays.rest))
    }
    say("worst: \(Self.short(worst.stop)) ms until it stops, \(Self.short(worst.rest)) ms until all rests")
  }

  /// The store, once; kept from one measurement to the next.
  private func prepare() throws {
    guard access(engine.save, R_OK) != 0 else { return }
    say("... loading")
    try engine.load()
    engine.session = nil
  }

  private var wrong = ""
  private var tries = 0

  /// Nothing where the question cannot be asked.
  private func measure(_ question: Case) throws -> (stop: Double, rest: Double)? {
    wrong = ""
    var session = try begin(question)
    let whole = try interrupted(question, session, after: Self.longest).whole
    guard wrong.isEmpty else { return nil }
    var stops: [Double] = []
    var rests: [Double] = []
    for round in 0..<rounds {
      if question.isOnce || round.isMultiple(of: 2) { session = try begin(question) }
      let moment = Double.random(in: 0...1) * min(whole, Self.longest)
      let delay = try interrupted(question, session, after: moment)
      // What ended before the signal came says nothing.
      guard let stop = delay.stop else { continue }
      stops.append(stop)
      rests.append(delay.rest)
    }
    let (stop, rest) = (stops.max() ?? 0, rests.max() ?? 0)
    say(
      Self.padded(question.name, 26) + Self.left(Self.short(whole), 9) + "   worst of \(stops.count): "
        + Self.left(Self.short(stop), 7) + "     worst: " + Self.left(Self.short(rest), 7))
    return (stop, rest)
  }

  private func begin(_ question: Case) throws -> Session {
    var options = Session.Options()
    options.allowRead = ["/"]
    options.allowWrite = ["/"]
    if question.name == "import" {
      options.parameters = [(name: "data", value: engine.data)]
    } else {
      options.storePath = engine.save
    }
    let session = try Session(options: options)
    if question.name != "import" { try engine.run("definitions", in: session) }
    return session
  }

  /// Runs a question and sends SIGINT after some seconds.
  private func interrupted(
    _ question: Case, _ session: Session, after seconds: Double
  ) throws -> (whole: Double, stop: Double?, rest: Double) {
    let program = question.name == "import" ? try engine.program("load") : question.program
    let stopper = Stopper(session.options.interruption, after: seconds)
    let begun = now()
    if question.name == "save" {
      // What a try before left behind may still hold its file.
      tries += 1
      let path = engine.save + ".again\(tries)"
      _ = try? session.save(to: path)
      for ending in ["", ".lock", ".tmp"] { unlink(path + ending) }
    } else {
      _ = session.run(program, name: "question", origin: .typed) { outcome in
        if case .diagnostics(let said) = outcome {
          for one in said where one.severity == .error && one.code != "E1501" {
            self.wrong += "\(one.code) \(one.message) "
          }
        }
      }
    }
    let ended = now()
    let sent = stopper.end()
    let rest = Self.waitForRest(from: ended)
    return (ended - begun, sent.map { (ended - $0) * 1000 }, sent.map { (rest - $0) * 1000 } ?? 0)
  }

  /// Until the process uses no more of the processors: the moment since which it did not.
  private static func waitForRest(from ended: Double) -> Double {
    var last = ended
    var used = processTime()
    while now() - last < 0.03, now() - ended < 60 {
      usleep(3000)
      let more = processTime()
      if more - used > 0.001 { last = now() }
      used = more
    }
    return last
  }

  /// Sends the signal to this very process, which takes it as the product does: on a thread that waits for it.
  private final class Stopper: Sendable {
    private struct Times {
      var sent: Double?
      var isOver = false
    }
    private let times = Mutex(Times())
    private let interruption: Interruption

    init(_ interruption: Interruption, after seconds: Double) {
      self.interruption = interruption
      let until = now() + seconds
      detached { [self] in
        while now() < until {
          if times.withLock({ $0.isOver }) { return }
          usleep(UInt32(max(200, min(2000, (until - now()) * 500_000))))
        }
        let isWanted = times.withLock { times in
          guard !times.isOver else { return false }
          times.sent = now()
          return true
        }
        if isWanted {
          Signals.target.withLock { $0 = interruption }
          kill(getpid(), SIGINT)
        }
      }
    }

    func end() -> Double? {
      times.withLock { times in
        times.isOver = true
        return times.sent
      }
    }
  }

  private func say(_ line: String) { try? StandardStreams.write(line + "\n", to: .output) }

  private static func short(_ number: Double) -> String {
    number >= 100 ? "\(Int(number.rounded()))" : "\((number * 10).rounded() / 10)"
  }
  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
  private static func left(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// SIGINT, taken by a thread that waits for it.
enum Signals {
  static let target = Mutex<Interruption?>(nil)

  /// Before any other thread is begun.
  static func takeInterrupts() {
    var waited = sigset_t()
    sigemptyset(&waited)
    sigaddset(&waited, SIGINT)
    pthread_sigmask(SIG_BLOCK, &waited, nil)
    detached {
      var waited = sigset_t()
      sigemptyset(&waited)
      sigaddset(&waited, SIGINT)
      while true {
        var signal: CInt = 0
        if sigwait(&waited, &signal) == 0 { target.withLock { _ = $0?.interrupt() } }
      }
    }
  }
}

private func detached(_ body: @escaping @Sendable () -> Void) {
  // The waiting is not worth a thread of its own here: it is left to run.
  final class Task: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let task = Unmanaged.passRetained(Task(body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Task>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, task.toOpaque())
  if status == 0 { pthread_detach(thread) } else { task.release() }
}

private func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func processTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
