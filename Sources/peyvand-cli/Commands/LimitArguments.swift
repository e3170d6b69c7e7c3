import ArgumentParser
import Peyvand
import PeyvandBase

/// A flag for each limit of the language. The first few stand in the help; `--limits` shows them all.
struct LimitArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Stop a question after so many seconds.", valueName: "SECONDS"))
  var maxSeconds: Int?

  @Option(help: ArgumentHelp("The memory that one question may take, in MiB.", valueName: "MIB"))
  var maxMemory: Int?

  @Option(help: ArgumentHelp("The rows that one intermediate result may have.", valueName: "ROWS"))
  var maxRows: Int?

  @Option(help: ArgumentHelp("The rows that one answer may have.", valueName: "ROWS"))
  var maxAnswerRows: Int?

  @Option(help: ArgumentHelp("The statements that a script may carry out.", visibility: .hidden))
  var maxStatements: Int?

  @Option(help: ArgumentHelp("The size of a file that is read whole, in MiB.", visibility: .hidden))
  var maxFile: Int?

  @Option(help: ArgumentHelp("The columns of a CSV file.", visibility: .hidden))
  var maxColumns: Int?

  @Option(help: ArgumentHelp("What a workbook unpacks to, in MiB.", visibility: .hidden))
  var maxUnpacked: Int?

  @Option(help: ArgumentHelp("The size of one text, in MiB.", visibility: .hidden))
  var maxText: Int?

  @Option(help: ArgumentHelp("The size of a program, in MiB.", visibility: .hidden))
  var maxProgram: Int?

  @Option(help: ArgumentHelp("The words and signs of a program.", visibility: .hidden))
  var maxWords: Int?

  @Option(help: ArgumentHelp("Brackets, operators and blocks inside one another.", visibility: .hidden))
  var maxDepth: Int?

  @Option(help: ArgumentHelp("Terms of one chain of operators.", visibility: .hidden))
  var maxChain: Int?

  @Option(help: ArgumentHelp("Texts inside the braces of texts.", visibility: .hidden))
  var maxTextDepth: Int?

  @Option(help: ArgumentHelp("Stages of one question.", visibility: .hidden))
  var maxStages: Int?

  @Option(help: ArgumentHelp("Columns, keys or values that one stage names.", visibility: .hidden))
  var maxStageColumns: Int?

  @Option(help: ArgumentHelp("Steps of one funnel.", visibility: .hidden))
  var maxFunnelSteps: Int?

  @Option(help: ArgumentHelp("Periods of a KPI's course, for each group.", visibility: .hidden))
  var maxPeriods: Int?

  @Option(help: ArgumentHelp("Expressions of one statement, definitions read out.", visibility: .hidden))
  var maxExpressions: Int?

  @Option(help: ArgumentHelp("Files that `use` may nest.", visibility: .hidden))
  var maxUse: Int?

  @Option(help: ArgumentHelp("Errors shown for one file.", visibility: .hidden))
  var maxErrors: Int?

  private var given: [(Limit, Int)] {
    let all: [(Limit, Int?)] = [
      (.seconds, maxSeconds), (.memory, maxMemory), (.rows, maxRows), (.answerRows, maxAnswerRows),
      (.statements, maxStatements), (.file, maxFile), (.columns, maxColumns), (.unpacked, maxUnpacked),
      (.text, maxText),
      (.program, maxProgram), (.words, maxWords), (.depth, maxDepth), (.chain, maxChain),
      (.textDepth, maxTextDepth),
      (.stages, maxStages), (.stageColumns, maxStageColumns), (.funnelSteps, maxFunnelSteps),
      (.periods, maxPeriods), (.expressions, maxExpressions), (.useDepth, maxUse),
      (.diagnostics, maxErrors),
    ]
    return all.compactMap { limit, value in value.map { (limit, $0) } }
  }

  func validate() throws {
    var limits = Limits()
    for (limit, value) in given where !limit.set(value, in: &limits) {
      throw ValidationError("\(limit.flag) wants a whole number from 1 to \(limit.largest)")
    }
  }

  var limits: Limits {
    var limits = Limits()
    for (limit, value) in given { _ = limit.set(value, in: &limits) }
    return limits
  }
}
