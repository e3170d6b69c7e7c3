import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles
import Synchronization

// The engine's side of scripts/benchmark/run.py: it loads, saves, and answers questions by name.

let arguments = Arguments(CommandLine.arguments)
guard let data = arguments["--data"], let save = arguments["--save"], let programs = arguments["--programs"] else {
  try? StandardStreams.write(
    "usage: peyvand-bench --programs DIR --data DIR --save PATH [--reopen|--cold|--interrupt [--rounds N] [--only QUESTION]]\n",
    to: .error)
  exit(2)
}
StandardStreams.ignoreBrokenPipes()
FreedMemory.keep()
if arguments.has("--interrupt") { Signals.takeInterrupts() }
let failure = Mutex<String?>(nil)
StackedThreads.run(1, stackBytes: Limits.stackBytes) { _ in
  do {
    let engine = Engine(data: data, save: save, programs: programs)
    if arguments.has("--interrupt") {
      let rounds = arguments["--rounds"].flatMap { Int($0) } ?? 6
      try Delays(engine, rounds: rounds, only: arguments["--only"].map { [$0] } ?? []).measure()
    } else if arguments.has("--cold") {
      try engine.cold()
    } else {
      try arguments.has("--reopen") ? engine.reopen() : engine.load()
      try engine.serve()
    }
  } catch {
    failure.withLock { $0 = "\(error)" }
  }
}
if let said = failure.withLock({ $0 }) {
  try? StandardStreams.write("peyvand-bench: \(said)\n", to: .error)
  exit(1)
}
