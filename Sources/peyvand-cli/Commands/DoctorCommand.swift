import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandRender

/// `peyvand doctor STORE.json`: whether the files of a store are sound; with `--repair`, mends them.
struct DoctorCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check a store's files, or mend them with --repair.",
    discussion: "Checking changes nothing. Mending keeps the originals beside the store and says what it kept.")

  @Argument(help: ArgumentHelp("The store.", valueName: "STORE.json"))
  var store: String

  @Flag(help: "Mend the store: the originals are copied aside first.")
  var repair = false

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = Output(format: .table, isRaw: false)
    do throws(Diagnostics) {
      let report = repair ? try StoreCare.repair(store) : try StoreCare.check(store)
      for line in report.lines { output.write(escapedForTerminal(line) + "\n") }
      output.say(report.problems, of: nil)
      output.write(report.verdict + "\n")
      return output.end(report.isSound || repair ? .fine : .data)
    } catch {
      output.say(error.all, of: nil)
      return output.end(Status(error.all))
    }
  }
}
