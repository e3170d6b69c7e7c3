import PeyvandBase
import PeyvandData

/// Answers for a page: a table of Markdown (the GitHub kind), a value in bold, a card as a heading with its lines.
///
/// People read it in the end, so values are shown as in a terminal; what comes from data is written so that nothing in it
/// is taken for a mark, a link or HTML.
extension AnswerRenderer {
  func markdown(_ answer: Answer) -> String {
    switch answer.body {
    case .value(let value, let type, _):
      return "**" + markdownText(values.shown(value, type)) + "**\n\n" + markdownReceipt(answer)
    case .table(let table):
      guard let view = table.view else { return markdown(table) + "\n" + markdownReceipt(answer) }
      let rows = view.rows > 0 ? markdown(table.viewed) + "\n" : ""
      return markdownText(view.headline) + "\n\n" + rows + markdownReceipt(answer)
    case .card(let card):
      let lines = CardText(rules: catalogue.calendar).lines(card, answer.receipt).map { line in
        line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
      }
      var text = "### " + markdownText(lines.first ?? card.name) + "\n\n"
      for line in lines.dropFirst() where !line.isEmpty {
        text += line == card.documentation ? markdownText(line) + "\n\n" : "- " + markdownText(line) + "\n"
      }
      return text + markdownNotes(answer)
    case .watched(let watched):
      let lines = WatchText(rules: catalogue.calendar).lines(watched)
      return lines.map { line in
        let words = line.split(separator: " ").joined(separator: " ")
        return line.hasPrefix(" ") ? "- " + markdownText(words) + "\n" : "### " + markdownText(words) + "\n\n"
      }.joined() + "\n" + markdownReceipt(answer)
    case .profile(let profile):
      let lines = ProfileText(rules: catalogue.calendar).lines(profile)
      var text = "### " + markdownText(lines.first ?? "") + "\n\n"
      for line in lines.dropFirst() where !line.isEmpty {
        let words = line.split(separator: " ").joined(separator: " ")
        text += line.hasPrefix(" ") ? "- " + markdownText(words) + "\n" : "\n#### " + markdownText(words) + "\n\n"
      }
      return text + "\n" + markdownReceipt(answer)
    case .map(let map): return "```mermaid\n" + MapText(map: map).mermaid() + "```\n\n" + markdownReceipt(answer)
    case .printed(let text): return markdownText(text) + "\n" + markdownNotes(answer)
    case .done: return ""
    }
  }

  private func markdown(_ table: Table) -> String {
    guard !table.columns.isEmpty else { return "" }
    func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = row(
      table.columns.map { markdownText($0.name + ($0.type.unit.name.map { " (" + $0 + ")" } ?? "")) })
    text += row(table.columns.map { $0.type.isAlignedRight ? "--:" : ":--" })
    let displays = table.columns.map { column in
      NumberDisplay(
        column.values.compactMap { if case .number(let number) = $0 { number } else { nil } }, unit: column.type.unit)
    }
    let values = values
    for place in 0..<max(table.rowCount, 0) {
      text += row(
        zip(table.columns, displays).map { column, numbers in
          let value = column.values.indices.contains(place) ? column.values[place] : .missing
          return markdownText(values.shown(value, column.type, numbers: numbers))
        })
    }
    if table.rowCount == 0 { text += "\n(no rows)\n" }
    return text
  }

  private func markdownReceipt(_ answer: Answer) -> String {
    receipts.lines(answer.receipt).map { "*" + markdownText($0) + "*\n" }.joined(separator: "\n")
      + markdownNotes(answer)
  }

  private func markdownNotes(_ answer: Answer) -> String {
    answer.notes.map { note in
      var text = "\n- \(note.severity.rawValue) \(note.code): " + markdownText(note.message) + "\n"
      for line in note.notes.prefix(4) { text += "  - " + markdownText(line) + "\n" }
      return text
    }.joined()
  }

  /// A text in which nothing is a mark of Markdown; a line end is a blank.
  private func markdownText(_ text: String) -> String {
    var result = ""
    for scalar in escapedForTerminal(text, keepingLayout: true).unicodeScalars {
      switch scalar {
      case "\n", "\t", "\r": result += " "
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "\\", "|", "*", "_", "`", "[", "]", "#", "~", ">":
        result += "\\"
        result.unicodeScalars.append(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
