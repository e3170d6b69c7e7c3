import PeyvandFiles

/// What the arguments ask for, done.
struct Sitting {
  private let arguments: Arguments

  init(_ arguments: Arguments) { self.arguments = arguments }

  func run() throws {
    if arguments.has("--memory") { return try StandardStreams.write(Memory.measured().json + "\n", to: .output) }
    if arguments.has("--kernels") { return try kernels() }
    guard let data = arguments["--data"], let save = arguments["--save"], let programs = arguments["--programs"] else {
      throw Engine.Failure(description: "usage")
    }
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
  }

  private func kernels() throws {
    let names = arguments.list("--kernels")
    if names == ["list"] { return try StandardStreams.write(KernelTable.list(), to: .output) }
    var table = KernelTable()
    if let said = arguments["--rows"] {
      guard let rows = Int(said), (1...100_000_000).contains(rows) else {
        throw Engine.Failure(description: "--rows is a number from 1 to 100000000")
      }
      table.rows = rows
    }
    try table.run(KernelTable.named(names))
  }
}
