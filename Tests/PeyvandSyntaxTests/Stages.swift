import PeyvandBase
import PeyvandTestSupport

@testable import PeyvandSyntax

/// What the stages of the syntax room make of a text.
enum Stages {
  static func output(of input: String, stages: [String]) -> String {
    var parser = Parser(input)
    let result = parser.parse()
    var output: [String] = []
    for stage in stages.isEmpty ? ["tree"] : stages {
      switch stage {
      case "tokens": output.append(tokens(result.source))
      case "format": output.append((Formatter.format(input) ?? "").trimmingLastNewline)
      case "errors": output.append(errors(result, in: input))
      default: output.append(TreePrinter().print(result.tree))
      }
    }
    if !stages.contains("errors"), !stages.contains("tokens"), !result.diagnostics.isEmpty {
      output.append(errors(result, in: input))
    }
    return output.joined(separator: "\n")
  }

  private static func tokens(_ source: LexedText) -> String {
    source.tokens.map { token in
      var line = token.startsLine && token.kind != .end ? "\(token.indent)> " : "   "
      line += "\(token.kind)"
      if let keyword = token.keyword { line += " \(keyword)" }
      if let literal = source.literal(of: token) { line += " \(describe(literal))" }
      return token.kind == .end ? "end" : line + " `\(source.text(of: token))`"
    }.joined(separator: "\n")
  }

  private static func describe(_ literal: Literal) -> String {
    switch literal {
    case .number(let value, let isPercent): "\(value)\(isPercent ? " percent" : "")"
    case .date(let date): "\(date.system) day \(date.day)" + (date.second.map { " second \($0)" } ?? "")
    case .period(let period): "\(period.system) \(period.year) \(period.part)"
    case .clock(let second): "\(second)"
    case .text(let text): TreePrinter.quoted(text)
    }
  }

  static func errors(_ result: ParseResult, in input: String) -> String {
    var lines: [String] = []
    for diagnostic in result.diagnostics { lines += specLines(diagnostic, in: input) }
    if result.isIncomplete { lines.append("incomplete") }
    return lines.isEmpty ? "none" : lines.joined(separator: "\n")
  }
}

extension String {
  var trimmingLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
