import ArgumentParser
import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles

/// `peyvand [STORE.json] [-c QUESTION]`: one answer, or the prompt.
struct AskCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "The prompt, or one answer with -c (this is what peyvand does without a command).",
    usage: "peyvand [STORE.json] [-c QUESTION] [options]", shouldDisplay: false)

  @Argument(help: ArgumentHelp("The company's store; begun where it does not exist.", valueName: "STORE.json"))
  var store: String?

  @Option(
    name: .customShort("c"), parsing: .unconditional,
    help: ArgumentHelp("Answer this and end.", valueName: "QUESTION"))
  var question: String?

  @Flag(help: "Print the limits of the language and end.")
  var limits = false

  @OptionGroup var session: SessionArguments
  @OptionGroup var format: OutputArguments

  mutating func validate() throws {
    // A mistyped command is no store to begin.
    if let store, !store.hasSuffix(".json"), access(store, F_OK) != 0 {
      throw ValidationError("`\(store)` is no command, and the name of a new store ends in .json.")
    }
  }

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    if limits {
      output.write(LimitsTable.text(session.limits.limits))
      return output.end(.fine)
    }
    var options = session.options(store: store)
    options.isInteractive = question == nil
    options.isRaw = format.raw
    return Launch.withSession(options, output, interrupts, endsOnSecond: question != nil) { session in
      guard let question else { return Prompt(session, output, interrupts, storePath: store).run() }
      return Launch.run(question, name: "-c", origin: .typed, in: session, output)
    }
  }
}
