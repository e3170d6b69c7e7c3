import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandFiles
import PeyvandRender

/// `peyvand test FILE…`: the tests of scripts, each over its own empty store; nothing else of them runs.
struct TestCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the tests in scripts; ends with 1 where one fails.")

  @Argument(help: ArgumentHelp("The scripts; - reads standard input.", valueName: "FILE"))
  var files: [String]

  @Option(help: ArgumentHelp("The store whose kinds they speak of; nothing in it changes.", valueName: "STORE.json"))
  var store: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Gives a `param` its value.", valueName: "name=value"))
  var settings: [String] = []

  @OptionGroup var session: SessionArguments
  @OptionGroup var format: OutputArguments

  mutating func validate() throws { try ParameterSetting.check(settings) }

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    var options = session.options(store: store)
    options.parameters = ParameterSetting.read(settings)
    let files = files
    let isJSON = output.format == .json || output.format == .jsonl
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      var tally = TestTally()
      for file in files {
        let name = Launch.name(of: file)
        do throws(Diagnostic) {
          let text = try Launch.readProgram(file, session.options.limits)
          let found = session.test(text, name: name, origin: Launch.origin(of: file)) { outcome in
            // What a test prints would stand in the middle of the JSON.
            if !isJSON { _ = output.show(outcome, of: session) }
          }
          tally.add(found.reports, found.diagnostics, of: name)
          if !isJSON {
            output.say(found.diagnostics, of: session)
            for report in found.reports {
              output.write(TestTally.line(report) + "\n")
              output.say(report.diagnostics, of: session)
            }
          }
          // ^C is meant for all of them.
          if found.isInterrupted {
            tally.status = .interrupted
            break
          }
        } catch {
          tally.add([], [error], of: name)
          if !isJSON { output.say([error], of: session) }
          tally.status = tally.status.then(Launch.status(ofReading: error))
        }
      }
      if isJSON {
        output.write(tally.json(session.sources))
      } else {
        output.write(tally.summary + "\n")
      }
      return tally.status
    }
  }
}

/// `--set name=value`.
enum ParameterSetting {
  static func check(_ settings: [String]) throws {
    for setting in settings where setting.firstIndex(of: "=") == nil || setting.hasPrefix("=") {
      throw ValidationError("--set takes name=value, and `\(setting)` is none.")
    }
  }

  static func read(_ settings: [String]) -> [(name: String, value: String)] {
    settings.map { setting in
      let mark = setting.firstIndex(of: "=") ?? setting.endIndex
      return (String(setting[..<mark]), String(setting[mark...].dropFirst()))
    }
  }
}

/// What the tests of a run came to.
private struct TestTally {
  private var files: [TestResults] = []
  var status = Status.fine

  mutating func add(_ reports: [Session.TestReport], _ diagnostics: [Diagnostic], of file: String) {
    files.append(
      TestResults(
        file: file, errors: diagnostics,
        tests: reports.map { report in
          TestResults.Test(
            name: report.name, range: report.range, expectations: report.expectations, errors: report.diagnostics)
        }))
    status = status.then(Status(diagnostics))
    for report in reports where !report.diagnostics.isEmpty {
      status = report.isInterrupted ? .interrupted : status.then(.checkFailed)
    }
  }

  static func line(_ report: Session.TestReport) -> String {
    let count = report.expectations
    return (report.diagnostics.isEmpty ? "ok      " : "failed  ") + escapedForTerminal(report.name)
      + "  (\(count) \(count == 1 ? "expectation" : "expectations"))"
  }

  var summary: String {
    let tests = files.flatMap(\.tests)
    let failed = tests.filter { !$0.errors.isEmpty }.count
    let all = tests.count
    guard all > 0 else { return "no tests" }
    let counted = "\(all) \(all == 1 ? "test" : "tests")"
    return failed == 0 ? "\(counted), all hold" : "\(counted), \(failed) failed"
  }

  func json(_ sources: [Int32: SourceText]) -> String { TestResults.json(files, sources: sources) }
}
