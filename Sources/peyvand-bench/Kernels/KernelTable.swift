import PeyvandFiles

/// `peyvand-bench --kernels`: the named kernels, each timed on rows of its own making and held against a plain loop.
struct KernelTable {
  var rows = 10_000_000
  var passes = 5
  var memoryBytes = Memory.usualBytes

  static let all = Kernel.columns + Kernel.groups + Kernel.timelines + Kernel.files

  struct Line {
    var kernel: Kernel
    var rows: Int
    var bytes: Double
    /// Nanoseconds a row, on one core.
    var time: Double
    var isRight: Bool
  }

  static func list() -> String { all.map { "\(pad($0.name, 18))\($0.does)\n" }.joined() }

  /// The kernels of some names; of none, all.
  static func named(_ names: [String]) throws -> [Kernel] {
    if names.isEmpty { return all }
    return try names.map { name in
      guard let kernel = all.first(where: { $0.name == name }) else {
        throw Engine.Failure(description: "no kernel \(name); `--kernels list` names them")
      }
      return kernel
    }
  }

  /// Checks a kernel on all of its rows, which also warms it up, and then times it: the best of some passes, since
  /// others on the machine can only slow one down.
  func measure(_ kernel: Kernel) throws -> Line {
    let ready = try kernel.prepare(max(1, min(rows, kernel.most)))
    let isRight = (0..<ready.batches).allSatisfy { ready.isRight($0) }
    let best = (0..<max(1, passes)).map { _ in
      milliseconds { for batch in 0..<ready.batches { ready.run(batch) } }
    }.min()
    return Line(
      kernel: kernel, rows: ready.rows, bytes: ready.bytes, time: (best ?? 0) * 1e6 / Double(max(1, ready.rows)),
      isRight: isRight)
  }

  /// Prints a line as soon as it is known; fails where a kernel is wrong.
  func run(_ kernels: [Kernel]) throws {
    let memory = Memory.measured(bytes: memoryBytes)
    say(memory.text)
    say("")
    say("| kernel | rows | ns a row | bytes a row | GB/s | of one core's reading | what it does |")
    say("|---|---:|---:|---:|---:|---:|---|")
    var wrong: [String] = []
    for kernel in kernels {
      let line = try measure(kernel)
      if !line.isRight { wrong.append(kernel.name) }
      say(Self.text(line, memory))
    }
    guard wrong.isEmpty else { throw Engine.Failure(description: "wrong: " + wrong.joined(separator: ", ")) }
  }

  static func text(_ line: Line, _ memory: Memory) -> String {
    let rate = line.time > 0 ? line.bytes / line.time : 0
    let share = memory.oneCore > 0 ? "\(Int((rate / memory.oneCore * 100).rounded())) %" : "–"
    let cells = [
      line.kernel.name, "\(line.rows)", Figure.text(line.time), Figure.text(line.bytes), Figure.text(rate), share,
      line.isRight ? line.kernel.does : "WRONG: \(line.kernel.does)",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private func say(_ line: String) { try? StandardStreams.write(line + "\n", to: .output) }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
