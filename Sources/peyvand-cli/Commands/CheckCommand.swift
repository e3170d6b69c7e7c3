import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandFiles
import PeyvandRender

/// `peyvand check FILE…`: everything wrong that can be found without running.
struct CheckCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong in scripts without running them.")

  @Argument(help: ArgumentHelp("The scripts; - reads standard input.", valueName: "FILE"))
  var files: [String]

  @Option(help: ArgumentHelp("The store whose kinds they speak of.", valueName: "STORE.json"))
  var store: String?

  @Flag(help: "A JSON object a line for each error, on standard output.")
  var json = false

  @OptionGroup var limits: LimitArguments

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = Output(format: .table, isRaw: false)
    var options = Session.Options()
    options.storePath = store
    options.limits = limits.limits
    let files = files
    let json = json
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      var status = Status.fine
      for file in files {
        let found: [Diagnostic]
        do throws(Diagnostic) {
          found = session.check(
            try Launch.readProgram(file, session.options.limits), name: Launch.name(of: file),
            origin: Launch.origin(of: file))
          status = status.then(Status(found))
        } catch {
          found = [error]
          status = status.then(Launch.status(ofReading: error))
        }
        if json {
          output.write(
            Output.renderer(session.sources, style: .json).render(
              Array(found.prefix(session.options.limits.diagnostics))))
        } else {
          output.say(found, of: session)
        }
      }
      return status
    }
  }
}
