import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandRender
import PeyvandFiles

/// `peyvand fmt FILE…`: scripts in the one shape they have.
struct FormatCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Write scripts in their one shape, in place; - reads and writes the standard streams."
  )

  @Argument(help: ArgumentHelp("The scripts.", valueName: "FILE"))
  var files: [String]

  @Flag(help: "Change nothing; name the files that would change and end with 1.")
  var check = false

  @OptionGroup var limits: LimitArguments

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = Output(format: .table, isRaw: true)
    let files = files
    let check = check
    var options = Session.Options()
    options.limits = limits.limits
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      var status = Status.fine
      for file in files {
        do throws(Diagnostic) {
          let text = try Launch.readProgram(file, session.options.limits)
          let (formatted, diagnostics) = session.format(text, name: Launch.name(of: file))
          output.say(diagnostics, of: session)
          status = status.then(Status(diagnostics))
          if diagnostics.contains(where: { $0.severity == .error }) { continue }
          if check {
            guard formatted != text else { continue }
            output.write(escapedForTerminal(Launch.name(of: file)) + "\n")
            status = status.then(.checkFailed)
          } else if file == "-" {
            output.write(formatted)
          } else if formatted != text {
            let target = try AtomicFile(file, leave: .everything)
            try target.write(formatted)
            try target.commit()
          }
        } catch {
          output.say([error], of: session)
          status = status.then(Launch.status(ofReading: error))
        }
      }
      return status
    }
  }
}
