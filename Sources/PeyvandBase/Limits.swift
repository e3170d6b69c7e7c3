/// How much one question, one script or one file may ask for: all of the limits, in one place.
///
/// Nothing a user can type or a file can hold may take the machine down, so whatever grows with its input stops
/// somewhere; and since nobody can know how large a company is, each of these has a flag of the command line. What
/// stands in `Fixed` cannot be raised: it is how numbers are laid out, or what a stack of known size can bear.
package struct Limits: Hashable, Sendable {
  /// Bytes of one program text.
  package var programBytes = 8 << 20
  /// Words and signs of one program text.
  package var words = 1_000_000
  /// Nested brackets, operators and blocks in a program; nested values in JSON have their own.
  package var depth = 200
  /// Terms of one chain of operators.
  package var chain = 1_000
  /// Texts inside the braces of texts.
  package var textDepth = 32
  /// Expressions that one statement comes to with its definitions read out; a program may come to six times as many.
  package var expressions = 50_000
  /// Stages of one question.
  package var stages = 200
  /// Columns, keys or values that one stage names.
  package var stageColumns = 500
  /// Steps of one funnel: each is followed from the first on, so the work grows with their square.
  package var funnelSteps = 200
  /// Periods of a KPI's course, for each of its groups.
  package var periods = 10_000
  /// Diagnostics shown for one file.
  package var diagnostics = 20
  /// Bytes of one text value.
  package var textBytes = 64 << 20
  /// Rows or elements of one intermediate result.
  package var rows = 200_000_000
  /// Rows of one answer.
  package var answerRows = 1_000_000
  /// Bytes that one question may hold, as the evaluator estimates them.
  package var memoryBytes = 4 << 30
  /// Seconds that one question may take; 0: no limit.
  package var seconds = 0
  /// Statements that one script may carry out, those of loops as often as they run.
  package var statements = 1_000_000
  /// Files that `use` and `run` may nest.
  package var useDepth = 16
  /// Bytes of a file that is read whole.
  package var fileBytes = 8 << 30
  /// Columns of a CSV file: as many as a spreadsheet has.
  package var columns = 16_384
  /// Bytes that the parts of one workbook unpack to.
  package var unpackedBytes = 256 << 20

  package init() {}

  /// Expressions of all definitions of a program, read out.
  package var programExpressions: Int { expressions * 6 }
  /// Levels of a checked tree, definitions read out: above what one statement can hold, and bounded by the stack.
  package var treeDepth: Int { max(1_500, chain + 2 * depth) }

  /// What no flag raises.
  package enum Fixed {
    /// Bytes of stack of the thread that runs the language.
    package static let stackBytes = 256 << 20
    /// Rows of one kind or one file: they are numbered in 32 bits.
    package static let rows = Int(Int32.max) - 1
    /// Nested values in JSON.
    package static let jsonDepth = 512
    /// Digits and signs that a number may be written with.
    package static let numberBytes = 4_096
    /// Steps that the pattern of `matches` may come to.
    package static let patternSteps = 10_000
    /// Lines of a file that are not UTF-8 before it is said to be in another encoding.
    package static let foreignLines = 1_000
    /// Stages of a journey that are compared with one another: each subset of them is fitted.
    package static let journeyStages = 15
    /// Files in the archive that a workbook is.
    package static let archiveEntries = 10_000
    /// How many times larger a part of an archive may become, beyond its first megabyte.
    package static let unpackedRatio = 100
    /// Elements of XML inside one another.
    package static let xmlDepth = 256
    /// Files of rejected rows of one name, none of which is written over.
    package static let rejectsFiles = 1_000
    /// Records that a store may say were removed: they take no room in its file.
    package static let removedRecords = 100_000_000
  }
  package static let stackBytes = Fixed.stackBytes
}

/// A limit as a person meets it: what it bounds, and the flag that raises it.
package struct Limit: Sendable {
  package enum Unit: Sendable { case count, mebibytes, seconds }

  package var flag: String
  /// What it bounds, as `--limits` says it.
  package var words: String
  package var unit: Unit
  package var place: any WritableKeyPath<Limits, Int> & Sendable
  /// The most that the flag takes, in the unit.
  package var largest: Int

  /// The standard value with its unit.
  package func shown(_ limits: Limits) -> String {
    let value = limits[keyPath: place]
    switch unit {
    case .count: return "\(value)"
    case .seconds: return value == 0 ? "no limit" : "\(value) s"
    case .mebibytes: return Self.bytes(value)
    }
  }

  package static func bytes(_ count: Int) -> String {
    for (size, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where count >= size && count % size == 0
    {
      return "\(count / size) \(unit)"
    }
    return "\(count) bytes"
  }

  /// Takes a value in the flag's unit; false where it is out of bounds.
  package func set(_ value: Int, in limits: inout Limits) -> Bool {
    guard (1...largest).contains(value) else { return false }
    limits[keyPath: place] = unit == .mebibytes ? value << 20 : value
    return true
  }

  private init(
    _ flag: String, _ words: String, _ place: any WritableKeyPath<Limits, Int> & Sendable, _ unit: Unit = .count,
    largest: Int
  ) {
    self.flag = flag
    self.words = words
    self.unit = unit
    self.place = place
    self.largest = largest
  }

  private static let many = 1 << 40

  package static let program = Limit("--max-program", "a program", \.programBytes, .mebibytes, largest: 1_000)
  package static let words = Limit("--max-words", "words and signs of a program", \.words, largest: 500_000_000)
  package static let depth = Limit(
    "--max-depth", "brackets, operators and blocks inside one another", \.depth, largest: 1_000)
  package static let chain = Limit("--max-chain", "terms of one chain of operators", \.chain, largest: 4_000)
  package static let textDepth = Limit(
    "--max-text-depth", "texts inside the braces of texts", \.textDepth, largest: 200)
  package static let expressions = Limit(
    "--max-expressions", "expressions of one statement, definitions read out", \.expressions, largest: 5_000_000)
  package static let stages = Limit("--max-stages", "stages of one question", \.stages, largest: 2_000)
  package static let stageColumns = Limit(
    "--max-stage-columns", "columns of one stage", \.stageColumns, largest: 16_384)
  package static let funnelSteps = Limit("--max-funnel-steps", "steps of one funnel", \.funnelSteps, largest: 2_000)
  package static let periods = Limit(
    "--max-periods", "periods of a KPI's course, for each group", \.periods, largest: 1_000_000)
  package static let diagnostics = Limit(
    "--max-errors", "errors shown for one file", \.diagnostics, largest: 100_000)
  package static let statements = Limit(
    "--max-statements", "statements that one script carries out", \.statements, largest: many)
  package static let useDepth = Limit("--max-use", "files that `use` may nest", \.useDepth, largest: 1_000)
  package static let seconds = Limit("--max-seconds", "time of one question", \.seconds, .seconds, largest: many)
  package static let memory = Limit(
    "--max-memory", "memory of one question", \.memoryBytes, .mebibytes, largest: many)
  package static let rows = Limit("--max-rows", "rows of one intermediate result", \.rows, largest: many)
  package static let answerRows = Limit("--max-answer-rows", "rows of one answer", \.answerRows, largest: many)
  package static let file = Limit("--max-file", "a file that is read whole", \.fileBytes, .mebibytes, largest: many)
  package static let columns = Limit("--max-columns", "columns of a CSV file", \.columns, largest: 1_000_000)
  package static let unpacked = Limit(
    "--max-unpacked", "what a workbook unpacks to", \.unpackedBytes, .mebibytes, largest: many)
  package static let text = Limit("--max-text", "one text", \.textBytes, .mebibytes, largest: 2_000)

  /// In the order of `--limits`.
  package static let all: [Limit] = [
    seconds, memory, rows, answerRows, statements, file, columns, unpacked, text, program, words, depth, chain,
    textDepth, stages, stageColumns, funnelSteps, periods, expressions, useDepth, diagnostics,
  ]

  /// What no flag raises, with its value.
  package static let fixed: [(words: String, value: String)] = [
    ("rows of one kind or one file", "\(Limits.Fixed.rows)"),
    ("digits of one number", "\(Limits.Fixed.numberBytes)"),
    ("steps of one pattern", "\(Limits.Fixed.patternSteps)"),
    ("values inside one another in JSON", "\(Limits.Fixed.jsonDepth)"),
    ("elements inside one another in a workbook's XML", "\(Limits.Fixed.xmlDepth)"),
    ("stages of a journey that are compared", "\(Limits.Fixed.journeyStages)"),
    ("files in the archive of a workbook", "\(Limits.Fixed.archiveEntries)"),
    ("how many times larger a workbook's part may become", "\(Limits.Fixed.unpackedRatio)"),
    ("stack of the thread that runs the language", bytes(Limits.Fixed.stackBytes)),
  ]

  /// How a message names the way out.
  package var raised: String { "allow more with \(flag)" }
}
