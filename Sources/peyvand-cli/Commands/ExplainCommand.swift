import ArgumentParser
import Peyvand
import PeyvandBase
import PeyvandRender

/// `peyvand explain WORD`: what `? WORD` says at the prompt.
struct ExplainCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain a word of the language or an error's code.")

  @Argument(help: ArgumentHelp("A word, or a code such as E1101; none shows the card.", valueName: "WORD"))
  var word: String?

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = Output(format: .table, isRaw: false)
    guard let word else {
      output.write(Help.card + "\n")
      return output.end(.fine)
    }
    guard let text = Help.explanation(of: word) else {
      output.say("peyvand: `\(escapedForTerminal(word))` is no word of the language and no error's code\n")
      return .usage
    }
    output.write(text + "\n")
    return output.end(.fine)
  }
}
