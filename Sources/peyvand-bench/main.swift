import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles
import Synchronization

// The engine's side of scripts/benchmark/run.py: it loads, saves, and answers questions by name; and its kernels alone.

let arguments = Arguments(CommandLine.arguments)
let usage = """
  usage: peyvand-bench --programs DIR --data DIR --save PATH [--reopen|--cold|--interrupt [--rounds N] [--only QUESTION]]
         peyvand-bench --kernels [list | NAME …] [--rows N]
         peyvand-bench --memory

  """
StandardStreams.ignoreBrokenPipes()
FreedMemory.keep()
if arguments.has("--interrupt") { Signals.takeInterrupts() }
let failure = Mutex<String?>(nil)
StackedThreads.run(1, stackBytes: Limits.stackBytes) { _ in
  do {
    try Sitting(arguments).run()
  } catch {
    failure.withLock { $0 = "\(error)" }
  }
}
if let said = failure.withLock({ $0 }) {
  try? StandardStreams.write(said == "usage" ? usage : "peyvand-bench: \(said)\n", to: .error)
  exit(said == "usage" ? 2 : 1)
}
