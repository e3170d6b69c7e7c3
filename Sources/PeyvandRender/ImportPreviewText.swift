import PeyvandBase
import PeyvandData

/// A preview as text and as JSON.
///
/// Everything in it comes out of a stranger's file: it is escaped here, cells are kept to a line and a width, and what
/// does not fit beside each other is counted instead of wrapped.
extension AnswerRenderer {
  package func render(_ preview: ImportPreview) -> String {
    options.format == .json || options.format == .jsonl ? json(preview) : text(preview)
  }

  /// In a pipe lines are kept to this width too: a preview is for eyes.
  private var previewWidth: Int { max(options.width ?? 100, 40) }

  // MARK: Text

  private func text(_ preview: ImportPreview) -> String {
    var result = ""
    for file in preview.files {
      if !result.isEmpty { result += "\n" }
      result += text(file)
    }
    result += "\nWhat would run, \(shownLine(preview.origin))"
    result += preview.store.map { " (store \(shownLine($0)))" } ?? ""
    result += ":\n\n"
    for line in preview.statement.split(separator: "\n", omittingEmptySubsequences: false) {
      result += line.isEmpty ? "\n" : "  \(escapedForTerminal(String(line)))\n"
    }
    while result.hasSuffix("\n\n") { result.removeLast() }
    return result
  }

  private func text(_ file: ImportPreview.File) -> String {
    let isNew = file.isNew ? ", new" : ""
    var head = "\(shownLine(file.name)) → \(shownLine(file.kind))"
    head += " (\(file.flavour.rawValue)\(isNew)\(file.reason.isEmpty ? "" : ", " + shownLine(file.reason)))"
    head += " · \(grouped(file.rows)) row\(file.rows == 1 ? "" : "s")"
    var result = wrapped(head, indent: "", deeper: "  ").joined()
    for line in wrapped(file.findings.map(shownLine).joined(separator: " · "), indent: "  ") { result += line }
    result += "\n" + mapping(file) + "\n" + sample(file)
    func section(_ name: String, _ lines: [String]) {
      for (index, line) in lines.enumerated() {
        let head = index == 0 ? name : ""
        let indent = "  " + head + String(repeating: " ", count: max(12 - head.count, 1))
        result += wrapped(shownLine(line), indent: indent, deeper: String(repeating: " ", count: 14)).joined()
      }
    }
    result += "\n"
    section("links", file.links)
    section("perhaps", file.possible)
    section("duplicates", file.duplicates.isEmpty && file.areDuplicatesKnown ? ["none"] : file.duplicates)
    if file.problems.isEmpty { section("changes", [changes(file)]) }
    section("rejects", file.rejects)
    section("problems", file.problems)
    section("--mend", file.mendable.map { ["would " + $0.dropLast()] } ?? [])
    section("remarks", file.remarks)
    return result
  }

  private func mapping(_ file: ImportPreview.File) -> String {
    let columns = [
      ("column", file.columns.map { shownLine($0.name) }), ("field", file.columns.map { shownLine($0.field ?? "–") }),
      ("type", file.columns.map { shownLine($0.type) }), ("evidence", file.columns.map { shownLine($0.evidence) }),
    ]
    let table = TerminalTable(
      columns: columns.map { TerminalTable.Column(header: $0.0, cells: $0.1, isRight: false) },
      rowCount: file.columns.count)
    return indented(table.text(width: previewWidth - 2, rows: file.columns.count))
  }

  /// The first rows: as many columns as stand beside each other, the others counted.
  private func sample(_ file: ImportPreview.File) -> String {
    guard !file.sample.isEmpty, !file.columns.isEmpty else { return "" }
    let most = 20
    var columns: [TerminalTable.Column] = []
    var used = 0
    // The columns of the file come first in the mapping, in their order.
    let names = file.columns.prefix(file.sample[0].count)
    for (index, column) in names.enumerated() {
      let cells = file.sample.map { row in
        TerminalTable.cut(shownLine(row.indices.contains(index) ? row[index] : ""), to: most)
      }
      let header = TerminalTable.cut(shownLine(column.name), to: most)
      let width = max(displayWidth(header), cells.map { displayWidth($0) }.max() ?? 0)
      guard used + width <= previewWidth - 2 || columns.isEmpty else { break }
      used += width + 2
      let isRight = column.type == "number" || column.type == "duration"
      columns.append(TerminalTable.Column(header: header, cells: cells, isRight: isRight))
    }
    var result = indented(TerminalTable(columns: columns, rowCount: file.sample.count).text(width: nil, rows: 5))
    let more = names.count - columns.count
    if more > 0 { result += "  … \(more) more column\(more == 1 ? "" : "s")\n" }
    return result
  }

  private func changes(_ file: ImportPreview.File) -> String {
    let changes = file.changes
    var parts = ["\(grouped(changes.added)) new", "\(grouped(changes.changed)) changed"]
    if changes.filled > 0 { parts.append("\(grouped(changes.filled)) filled in") }
    if changes.same > 0 { parts.append("\(grouped(changes.same)) as before") }
    if changes.closed > 0 { parts.append("\(grouped(changes.closed)) closed") }
    if changes.removed > 0 { parts.append("\(grouped(changes.removed)) removed") }
    if changes.leftOut > 0 { parts.append("\(grouped(changes.leftOut)) left out by the condition") }
    if changes.begun > 0 { parts.append("\(grouped(changes.begun)) begun by reference") }
    parts.append("\(grouped(changes.rejected)) rejected")
    var line = parts.joined(separator: ", ")
    if file.isRefused {
      let needed = file.rows == 0 ? 1 : Double(changes.rejected) / Double(file.rows)
      let share = (needed * 10_000).rounded(.up) / 100
      line += ": nothing would be imported; --allow-rejects \(NumberText.shortest(share))% leaves them out"
    }
    return line
  }

  /// One line, of which nothing commands a terminal.
  private func shownLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line += "↵"
      case "\r": continue
      case "\t": line += " "
      default: line.unicodeScalars.append(scalar)
      }
    }
    return escapedForTerminal(line)
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }
      .joined(separator: "\n")
  }

  /// Lines broken at blanks.
  private func wrapped(_ text: String, indent: String, deeper: String? = nil) -> [String] {
    guard !text.isEmpty else { return [] }
    var lines: [String] = []
    var line = indent
    var width = displayWidth(indent)
    var isFirst = true
    for word in text.split(separator: " ") {
      let next = displayWidth(String(word))
      if !isFirst, width + 1 + next > previewWidth {
        lines.append(line + "\n")
        line = deeper ?? indent
        width = displayWidth(line)
        isFirst = true
      }
      line += isFirst ? String(word) : " " + word
      width += isFirst ? next : next + 1
      isFirst = false
    }
    return lines + [line + "\n"]
  }

  private func grouped(_ number: Int) -> String {
    var digits = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { digits.append(",") }
      digits.append(digit)
    }
    return String(digits.reversed())
  }

  // MARK: JSON

  private func json(_ preview: ImportPreview) -> String {
    var text = JSONText()
    text.object { text in
      text.key("files")
      text.array { text in for file in preview.files { append(file, to: &text) } }
      text.member("origin", preview.origin)
      text.member("store", preview.store)
      text.member("statement", preview.statement)
      text.key("would_import")
      text.yesno(!preview.isRefused)
    }
    text.endLine()
    return text.text
  }

  private func append(_ file: ImportPreview.File, to text: inout JSONText) {
    func strings(_ name: String, _ values: [String], _ text: inout JSONText) {
      text.key(name)
      text.array { text in for value in values { text.string(value) } }
    }
    text.object { text in
      text.member("file", file.name)
      text.member("kind", file.kind)
      text.member("flavour", file.flavour.rawValue)
      text.key("new_kind")
      text.yesno(file.isNew)
      text.member("reason", file.reason)
      text.member("rows", file.rows)
      strings("findings", file.findings, &text)
      text.key("columns")
      text.array { text in
        for column in file.columns {
          text.object { text in
            text.member("column", column.name)
            text.member("field", column.field)
            text.member("type", column.type)
            text.member("evidence", column.evidence)
          }
        }
      }
      text.key("first_rows")
      text.array { text in
        for row in file.sample {
          text.array { text in for cell in row { text.string(cell) } }
        }
      }
      strings("links", file.links, &text)
      strings("possible_links", file.possible, &text)
      strings("duplicates", file.duplicates, &text)
      text.key("changes")
      text.object { text in
        text.member("new", file.changes.added)
        text.member("changed", file.changes.changed)
        text.member("filled", file.changes.filled)
        text.member("same", file.changes.same)
        text.member("closed", file.changes.closed)
        text.member("removed", file.changes.removed)
        text.member("left_out", file.changes.leftOut)
        text.member("begun", file.changes.begun)
        text.member("rejected", file.changes.rejected)
      }
      strings("rejects", file.rejects, &text)
      strings("problems", file.problems, &text)
      text.key("refused")
      text.yesno(file.isRefused)
      strings("remarks", file.remarks, &text)
    }
  }
}
