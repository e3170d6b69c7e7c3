import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandRender

/// `peyvand imports STORE.json`: what was imported, the last first.
struct ImportsCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "imports", abstract: "List what was imported into a store.",
    discussion: "`peyvand import --undo N --store STORE.json` takes one back.")

  @Argument(help: ArgumentHelp("The store.", valueName: "STORE.json"))
  var store: String

  @OptionGroup var format: OutputArguments

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    var options = Session.Options()
    options.storePath = store
    options.isLookingOnly = true
    return Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      do throws(Diagnostic) {
        let rendered = try AnswerRenderer(catalogue: session.catalogue, options: output.options).render(
          session.imports())
        output.write(rendered.output)
        return .fine
      } catch {
        output.say([error], of: session)
        return Status([error])
      }
    }
  }
}
