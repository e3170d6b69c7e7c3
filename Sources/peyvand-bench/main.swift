import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles

// The engine's side of scripts/benchmark/run.py: it loads, saves, and answers questions by name.

let arguments = Arguments(CommandLine.arguments)
guard let data = arguments["--data"], let save = arguments["--save"], let programs = arguments["--programs"] else {
  try? StandardStreams.write(
    "usage: peyvand-bench --programs DIR --data DIR --save PATH [--reopen|--cold]\n", to: .error)
  exit(2)
}
StandardStreams.ignoreBrokenPipes()
let failure = onLanguageThread {
  do {
    let engine = Engine(data: data, save: save, programs: programs)
    if arguments.has("--cold") {
      try engine.cold()
    } else {
      try arguments.has("--reopen") ? engine.reopen() : engine.load()
      try engine.serve()
    }
    return nil
  } catch {
    return "\(error)"
  }
}
if let failure {
  try? StandardStreams.write("peyvand-bench: \(failure)\n", to: .error)
  exit(1)
}
