import ArgumentParser
import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles
import PeyvandRender

/// The command line: `peyvand` and its commands.
struct PeyvandCommand: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "peyvand",
    abstract: "Ask of a company's data whether a relationship really works.",
    usage: """
      peyvand [STORE.json]                      the prompt; a store that does not exist is begun
      peyvand [STORE.json] -c 'QUESTION'        one answer
      peyvand import FILE… [--store STORE.json]  takes in files of other tools; --preview only looks
      peyvand imports STORE.json                what was imported; import --undo N takes it back
      peyvand run SCRIPT.pvd|- [--store STORE.json] [--set name=value]…
      peyvand check FILE…
      peyvand test FILE…
      peyvand watch [FILE…] [--store STORE.json]  how the KPIs stand that are watched, for cron
      peyvand fmt [--check] FILE…
      peyvand explain WORD
      peyvand doctor [--repair] STORE.json
      peyvand compact STORE.json
      """,
    discussion: """
      Exit codes: 0 fine, 1 the script's own check failed or a watched KPI is in breach, 2 usage, 3 an error in the program, 4 data, \
      5 a source out of reach, 6 imported with rejected rows within the share allowed, 130 interrupted.
      """,
    version: version,
    subcommands: [
      AskCommand.self, ImportCommand.self, ImportsCommand.self, RunCommand.self, CheckCommand.self, TestCommand.self,
      WatchCommand.self, FormatCommand.self, ExplainCommand.self, DoctorCommand.self, CompactCommand.self,
    ],
    defaultSubcommand: AskCommand.self)

  /// Reads the command line and does what it says.
  static func start(_ interrupts: Interrupts) -> Int32 {
    do {
      var command = try parseAsRoot()
      guard var known = command as? any StatusCommand else {
        try command.run()
        return Status.fine.rawValue
      }
      return known.run(interrupts).rawValue
    } catch {
      let words = fullMessage(for: error)
      guard exitCode(for: error) != .success else {
        try? StandardStreams.write(words.isEmpty ? "" : words + "\n", to: .output)
        return Status.fine.rawValue
      }
      try? StandardStreams.write(escapedForTerminal(words, keepingLayout: true) + "\n", to: .error)
      return Status.usage.rawValue
    }
  }
}

/// A command that ends with a status of ours, not with an error of the argument parser's.
protocol StatusCommand: ParsableCommand {
  mutating func run(_ interrupts: Interrupts) -> Status
}

/// What every command that runs a program takes.
struct SessionArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Look at the company as it was known then.", valueName: "DATE"))
  var asOf: String?

  @Option(help: ArgumentHelp("A folder that scripts may read.", valueName: "DIR"))
  var allowRead: [String] = []

  @Option(help: ArgumentHelp("A folder that scripts may write.", valueName: "DIR"))
  var allowWrite: [String] = []

  @Flag(help: "Scripts may connect to databases over the network.")
  var allowConnect = false

  @Flag(help: "Tell after each question, print and KPI, on standard error, where its time went.")
  var profile = false

  @OptionGroup var limits: LimitArguments

  func options(store: String?) -> Session.Options {
    var options = Session.Options()
    options.limits = limits.limits
    options.storePath = store
    options.asOf = asOf
    options.pointsOutOldData = StandardStreams.isTerminal(.output)
    options.allowRead = allowRead
    options.allowWrite = allowWrite
    options.allowConnect = allowConnect
    options.tellsTime = profile
    return options
  }
}

/// How answers are written out.
struct OutputArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "table, csv, tsv, json, jsonl, markdown or html; by itself a table on a terminal, tsv in a pipe. A map also as dot or mermaid, a chart as svg."
    ))
  var format: OutputFormat?

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(help: "Cells as they are: no guard before formulas, no escapes.")
  var raw = false

  var output: Output { Output(format: json ? .json : format, isRaw: raw) }

  mutating func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) ask for different things.")
    }
  }
}

extension OutputFormat: ExpressibleByArgument {}
