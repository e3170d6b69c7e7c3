import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandRender

/// `peyvand compact STORE.json`: one file of a store and its journal.
struct CompactCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: "Make one file of a store and its journal, to copy or hand on.")

  @Argument(help: ArgumentHelp("The store.", valueName: "STORE.json"))
  var store: String

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = Output(format: .table, isRaw: false)
    do throws(Diagnostics) {
      let (notices, words) = try StoreCare.compact(store)
      output.say(notices, of: nil)
      output.write(escapedForTerminal(words) + "\n")
      return output.end(.fine)
    } catch {
      output.say(error.all, of: nil)
      return output.end(Status(error.all))
    }
  }
}
