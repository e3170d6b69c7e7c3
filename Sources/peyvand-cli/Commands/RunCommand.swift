import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandFiles

/// `peyvand run SCRIPT.pvd`: a script from beginning to end.
struct RunCommand: StatusCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Run a script.")

  @Argument(help: ArgumentHelp("The script; - reads it from standard input.", valueName: "SCRIPT.pvd"))
  var script: String

  @Option(help: ArgumentHelp("The store it asks and changes; begun where it does not exist.", valueName: "STORE.json"))
  var store: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Gives a `param` its value.", valueName: "name=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp("Show an inner stage instead of running: tokens, tree, checked, plan.", valueName: "STAGE"))
  var stage: Stage?

  @OptionGroup var session: SessionArguments
  @OptionGroup var format: OutputArguments

  mutating func validate() throws { try ParameterSetting.check(settings) }

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    var options = session.options(store: store)
    options.parameters = ParameterSetting.read(settings)
    options.isRaw = format.raw
    let stage = stage
    let script = script
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      let text: String
      do throws(Diagnostic) { text = try Launch.readProgram(script, session.options.limits) } catch {
        output.say([error], of: session)
        return Launch.status(ofReading: error)
      }
      if let stage {
        let (shown, diagnostics) = session.stage(
          stage, of: text, name: Launch.name(of: script), origin: Launch.origin(of: script))
        output.write(escapedForTerminal(shown, keepingLayout: true))
        output.say(diagnostics, of: session)
        return Status(diagnostics)
      }
      return Launch.run(
        text, name: Launch.name(of: script), origin: Launch.origin(of: script), in: session, output)
    }
  }
}

extension Stage: ExpressibleByArgument {}
