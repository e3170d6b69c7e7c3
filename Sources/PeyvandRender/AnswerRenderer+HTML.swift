import PeyvandBase
import PeyvandData

/// Answers for a report that is read in a browser: each a section of `HTMLPage`, a chart as its picture with its table below.
///
/// Whatever comes from data is text and nothing else (`Markup`), and each cell runs the way its own letters do.
extension AnswerRenderer {
  func html(_ answer: Answer) -> String {
    var body = ""
    switch answer.body {
    case .value(let value, let type, _): body = element("p", "value", values.shown(value, type)) + htmlReceipt(answer)
    case .table(let table):
      if let view = table.view { body += element("p", nil, view.headline) }
      if let drawing = drawing(answer) {
        // The picture has the receipt.
        body += drawing.svg() + html(table) + htmlNotes(answer)
      } else {
        let shown = table.viewed
        body += (table.view == nil || shown.rowCount > 0 ? html(shown) : "") + htmlReceipt(answer)
      }
    case .card(let card): body = html(card, answer)
    case .watched(let watched): body = lines(WatchText(rules: catalogue.calendar).lines(watched)) + htmlReceipt(answer)
    case .profile(let profile):
      body = lines(ProfileText(rules: catalogue.calendar).lines(profile)) + htmlReceipt(answer)
    case .map(let map): body = lines(MapText(map: map).lines()) + htmlReceipt(answer)
    case .printed(let text): body = element("p", nil, text) + htmlNotes(answer)
    case .done: return ""
    }
    return "<section>\n" + body + "</section>\n"
  }

  private func element(_ name: String, _ style: String?, _ text: String) -> String {
    let style = style.map { " class=\"\($0)\"" } ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Markup.isolated(String($0)) }
    return "<\(name)\(style) dir=\"auto\">\(lines.joined(separator: "<br>"))</\(name)>\n"
  }

  private func lines(_ lines: [String]) -> String {
    "<pre>" + lines.map { Markup.escaped($0) }.joined(separator: "\n") + "</pre>\n"
  }

  /// The lines of a card: what has a label stands beside it.
  private func html(_ card: KPICard, _ answer: Answer) -> String {
    let lines = CardText(rules: catalogue.calendar).labelled(card, answer.receipt)
    let state = card.state.rawValue
    let style = state.allSatisfy { $0.isASCII && $0.isLetter } ? state : "none"
    var text =
      "<h2 dir=\"auto\">\(Markup.escaped(card.name)) <span class=\"state \(style)\">\(Markup.escaped(state))</span></h2>\n"
    if let words = card.documentation, !words.isEmpty { text += element("p", nil, words) }
    // The value apart from what it rests on.
    let (value, basis) = Self.parted(lines.headline)
    text += "<p dir=\"auto\"><span class=\"value\">\(Markup.isolated(value))</span> \(Markup.isolated(basis))</p>\n"
    text += "<dl>\n"
    for (label, words) in lines.parts {
      text += "<dt>\(Markup.escaped(label))</dt><dd dir=\"auto\">\(Markup.isolated(words))</dd>\n"
    }
    text += "</dl>\n"
    for remark in answer.receipt.remarks { text += element("p", "receipt", remark) }
    return text + htmlNotes(answer)
  }

  /// A headline's value and the rest, between which three blanks stand.
  private static func parted(_ headline: String) -> (value: String, rest: String) {
    guard let gap = headline.firstRange(of: "   ") else { return (headline, "") }
    return (String(headline[..<gap.lowerBound]), String(headline[gap.upperBound...]))
  }

  private func html(_ table: Table) -> String {
    guard !table.columns.isEmpty else { return "" }
    func style(_ column: Table.Column) -> String { column.type.isAlignedRight ? " class=\"n\"" : "" }
    var text = "<table>\n<thead><tr>"
    for column in table.columns {
      let unit = column.type.unit.name.map { " (" + $0 + ")" } ?? ""
      text += "<th\(style(column)) dir=\"auto\">\(Markup.escaped(column.name + unit))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    let displays = table.columns.map { column in
      NumberDisplay(
        column.values.compactMap { if case .number(let number) = $0 { number } else { nil } }, unit: column.type.unit)
    }
    let values = values
    for row in 0..<max(table.rowCount, 0) {
      text += "<tr>"
      for (column, numbers) in zip(table.columns, displays) {
        let value = column.values.indices.contains(row) ? column.values[row] : .missing
        text +=
          "<td\(style(column)) dir=\"auto\">\(Markup.escaped(values.shown(value, column.type, numbers: numbers)))</td>"
      }
      text += "</tr>\n"
    }
    text += "</tbody>\n</table>\n"
    return table.rowCount == 0 ? text + element("p", nil, "(no rows)") : text
  }

  private func htmlReceipt(_ answer: Answer) -> String {
    receipts.lines(answer.receipt).map { element("p", "receipt", $0) }.joined() + htmlNotes(answer)
  }

  private func htmlNotes(_ answer: Answer) -> String {
    answer.notes.map { note in
      let more = note.notes.prefix(4).map { " – " + $0 }.joined()
      return element("p", "note", "\(note.severity.rawValue) \(note.code): \(note.message)\(more)")
    }.joined()
  }
}
