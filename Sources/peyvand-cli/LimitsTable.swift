import PeyvandBase

/// The limits of the language as `--limits` prints them, from the one place where they are set.
enum LimitsTable {
  static var text: String {
    let limits = Limits()
    let rows: [(String, String)] = [
      ("a program", bytes(limits.programBytes)),
      ("brackets, operators and blocks inside one another", "\(limits.depth)"),
      ("terms of one chain of operators", "\(limits.chain)"),
      ("errors shown for one file", "\(limits.diagnostics)"),
      ("one text", bytes(limits.textBytes)),
      ("rows of one intermediate result (--max-rows)", "\(limits.rows)"),
      ("rows of one answer (--max-answer-rows)", "\(limits.answerRows)"),
      ("memory of one question (--max-memory)", bytes(limits.memoryBytes)),
      ("time of one question (--max-seconds)", limits.seconds == 0 ? "no limit" : "\(limits.seconds) s"),
      ("files that `use` may nest", "\(limits.useDepth)"),
      ("a file that is read whole", bytes(limits.fileBytes)),
      ("stack of the thread that runs the language", bytes(Limits.stackBytes)),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0 + String(repeating: " ", count: max(width - $0.0.count, 0) + 2) + $0.1 + "\n" }.joined()
  }

  private static func bytes(_ count: Int) -> String {
    for (size, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where count >= size && count % size == 0
    {
      return "\(count / size) \(unit)"
    }
    return "\(count) bytes"
  }
}
