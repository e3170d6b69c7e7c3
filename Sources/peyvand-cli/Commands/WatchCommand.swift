import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandRender

/// `peyvand watch [FILE…]`: how the KPIs stand that are watched, for cron.
///
/// Its exit code tells a red KPI (1) from a script that is broken (3) or data that could not be read (4, 5), so that
/// whoever is woken knows whom to call.
struct WatchCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Look at the KPIs that are watched; ends with 1 where one is in breach.",
    discussion: """
      Runs the scripts and shows what their watches found; without a script, those that the store keeps. Exit codes: \
      0 none is in breach, 1 one is; else as everywhere, 3 an error in a script, 4 data, 5 a source out of reach.
      """)

  @Argument(help: ArgumentHelp("Scripts with `watch` statements; - reads standard input.", valueName: "FILE"))
  var files: [String] = []

  @Option(
    help: ArgumentHelp("The store they ask; without it they ask what they add themselves.", valueName: "STORE.json"))
  var store: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Gives a `param` its value.", valueName: "name=value"))
  var settings: [String] = []

  @OptionGroup var session: SessionArguments
  @OptionGroup var format: OutputArguments

  mutating func validate() throws {
    try ParameterSetting.check(settings)
    guard !files.isEmpty || store != nil else {
      throw ValidationError("name a script, or a store whose watches are meant: peyvand watch --store STORE.json")
    }
  }

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    var options = session.options(store: store)
    options.parameters = ParameterSetting.read(settings)
    let files = files
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      var tally = WatchTally(output: output)
      if files.isEmpty {
        tally.status = session.watchStored { tally.take($0, of: session) }
        if tally.watches.isEmpty, tally.status == .fine {
          output.say("the store keeps no watch: `watch KPI every month` at the prompt begins one\n")
        }
      }
      for file in files {
        do throws(Diagnostic) {
          let text = try Launch.readProgram(file, session.options.limits)
          let name = Launch.name(of: file)
          let found = session.run(text, name: name, origin: Launch.origin(of: file)) { tally.take($0, of: session) }
          tally.status = tally.status.then(found)
          if found == .interrupted { break }
        } catch {
          output.say([error], of: session)
          tally.status = tally.status.then(Launch.status(ofReading: error))
        }
      }
      return tally.end(session)
    }
  }
}

/// What the watches of a run found.
private struct WatchTally {
  let output: Output
  var status = Status.fine
  private(set) var watches: [Answer] = []

  init(output: Output) { self.output = output }

  private var isJSON: Bool { output.format == .json || output.format == .jsonl }

  /// Watches are shown, and so are errors and what a script prints; its other answers are not what was asked for.
  mutating func take(_ outcome: Session.Outcome, of session: Session) {
    switch outcome {
    case .diagnostics, .time: status = status.then(output.show(outcome, of: session))
    case .answer(let answer):
      switch answer.body {
      case .watched:
        watches.append(answer)
        if !isJSON { status = status.then(output.show(outcome, of: session)) }
      case .printed: if !isJSON { status = status.then(output.show(outcome, of: session)) }
      default: break
      }
    }
  }

  /// A red KPI is told only where nothing was broken.
  mutating func end(_ session: Session) -> Status {
    if isJSON {
      output.write(AnswerRenderer(catalogue: session.catalogue, options: output.options).watches(watches))
    }
    let isRed = watches.contains { if case .watched(let watched) = $0.body { watched.state == .breach } else { false } }
    return isRed && (status == .fine || status == .rejects) ? .checkFailed : status
  }
}
