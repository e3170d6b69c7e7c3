import PeyvandBase
import PeyvandData

/// How answers are written out.
package enum OutputFormat: String, Sendable, CaseIterable {
  case table, csv, tsv, json, jsonl, markdown
  /// A page to be read in a browser: sections, which `HTMLPage` goes around.
  case html
  /// Of maps only: Graphviz and Mermaid.
  case dot, mermaid
  /// Of charts only: the picture.
  case svg
}

/// Answers as text: tables and cards for people, CSV, TSV and JSON for programs.
///
/// A value in, a text out: it knows neither files nor terminals, only whether the reader is one. What comes from data
/// is escaped here and nowhere earlier, so that nothing a stranger wrote into a file is obeyed by a terminal. The
/// receipt stands under a table, inside JSON, and beside the formats that have no room for it.
package struct AnswerRenderer: Sendable {
  package struct Options: Sendable {
    package var format: OutputFormat
    /// Whether a terminal reads it: control characters are shown, long tables cut, wide columns narrowed.
    package var isTerminal: Bool
    /// The terminal's columns; nil where unknown.
    package var width: Int?
    /// Cells as they are: no `'` before formulas, no escapes.
    package var isRaw: Bool
    /// Whether it goes into a file: then no terminal can obey what a text holds, and texts stay what they are.
    package var isFile = false
    /// Rows of a table shown on a terminal.
    package var terminalRows = 200

    package init(format: OutputFormat, isTerminal: Bool = false, width: Int? = nil, isRaw: Bool = false) {
      self.format = format
      self.isTerminal = isTerminal
      self.width = width
      self.isRaw = isRaw
    }
  }

  /// The answer proper, and what is said beside it where the format has no place for it.
  package struct Rendered: Hashable, Sendable {
    package var output: String
    package var remarks: String
    package init(output: String, remarks: String = "") {
      self.output = output
      self.remarks = remarks
    }
  }

  package let catalogue: Catalogue
  package let options: Options

  package init(catalogue: Catalogue, options: Options) {
    self.catalogue = catalogue
    self.options = options
  }

  var values: ValueText { ValueText(rules: catalogue.calendar) }
  var receipts: ReceiptText { ReceiptText(rules: catalogue.calendar) }

  /// One value as people read it, for a message about it.
  /// - Parameter quoted: texts and records as the language writes them, so that `"3"` is no 3.
  package static func shown(_ value: Value, _ type: ValueType, in catalogue: Catalogue, quoted: Bool = false) -> String
  {
    switch value {
    case .missing: return "missing"
    case .record(let record): return "\(record.kind) \"\(record.key)\""
    case .text(let text) where quoted: return "\"\(text)\""
    default: return ValueText(rules: catalogue.calendar).shown(value, type)
    }
  }

  /// - Throws: E1216, two columns of one name in JSON; E1229, something that is no map to be drawn, E1239, no chart.
  package func render(_ answer: Answer) throws(Diagnostic) -> Rendered {
    switch options.format {
    case .table: return Rendered(output: forPeople(answer))
    case .json:
      // What was done is said, not answered: a stream of answers stays a stream of answers.
      if case .done = answer.body { return Rendered(output: "", remarks: remarks(answer)) }
      return Rendered(output: try AnswerJSON(catalogue: catalogue).document(answer))
    case .jsonl:
      switch answer.body {
      case .printed: return Rendered(output: try AnswerJSON(catalogue: catalogue).document(answer))
      case .done: return Rendered(output: "", remarks: remarks(answer))
      default:
        return Rendered(
          output: try AnswerJSON(catalogue: catalogue).lines(Self.table(of: answer)), remarks: remarks(answer))
      }
    case .markdown:
      // A page holds answers; what was done on the way is said beside it.
      if case .done = answer.body { return Rendered(output: "", remarks: remarks(answer)) }
      return Rendered(output: markdown(answer))
    case .html:
      if case .done = answer.body { return Rendered(output: "", remarks: remarks(answer)) }
      return Rendered(output: html(answer))
    case .csv: return Rendered(output: delimited(answer, .csv), remarks: remarks(answer))
    case .tsv: return Rendered(output: delimited(answer, .tsv), remarks: remarks(answer))
    case .dot, .mermaid:
      if case .done = answer.body { return Rendered(output: "", remarks: remarks(answer)) }
      guard case .map(let map) = answer.body else { throw RenderDiagnostics.notAMap(options.format.rawValue) }
      let text = MapText(map: map)
      return Rendered(
        output: programText(options.format == .dot ? text.dot() : text.mermaid()), remarks: remarks(answer))
    case .svg:
      if case .done = answer.body { return Rendered(output: "", remarks: remarks(answer)) }
      guard let drawing = drawing(answer) else { throw RenderDiagnostics.notAChart() }
      return Rendered(output: drawing.svg(), remarks: remarks(answer))
    }
  }

  /// The picture of a table that is drawn, its receipt below.
  func drawing(_ answer: Answer) -> ChartDrawing? {
    guard case .table(let table) = answer.body else { return nil }
    return ChartDrawing(table, values, caption: receipts.lines(answer.receipt))
  }

  /// What several watches found, as one JSON document.
  package func watches(_ answers: [Answer]) -> String { AnswerJSON(catalogue: catalogue).watches(answers) }

  /// The answer as an Excel workbook, its receipt on a sheet of its own.
  /// - Throws: E1228 where a sheet has no room for it.
  package func workbook(_ answer: Answer) throws(Diagnostic) -> [UInt8] {
    let notes = answer.notes.map { "\($0.code): \($0.message)" }
    let remarks = Self.headline(answer) + receipts.lines(answer.receipt) + notes
    return try Workbook(rules: catalogue.calendar).bytes(Self.table(of: answer), remarks: remarks)
  }

  private static func headline(_ answer: Answer) -> [String] {
    if case .table(let table) = answer.body, let view = table.view { [view.headline] } else { [] }
  }

  /// The answer as a table: a value is one cell, a card one row.
  package static func table(of answer: Answer) -> Table {
    switch answer.body {
    case .table(let table): table
    case .value(let value, let type, let name):
      Table(columns: [Table.Column(name: name, type: type, values: [value])], rowCount: 1)
    case .card(let card): AnswerJSON.table(of: card, answer.receipt)
    case .watched(let watched): watched.table
    case .profile(let profile): profile.table
    case .map(let map): map.table
    case .printed, .done: Table(columns: [], rowCount: 0)
    }
  }

  // MARK: For people

  private func forPeople(_ answer: Answer) -> String {
    var result = ""
    switch answer.body {
    case .value(let value, let type, _):
      result = escaped(values.shown(value, type), keepingLayout: true) + "\n" + under(answer)
    case .table(let table): result = self.table(table) + under(answer)
    case .card(let card):
      for line in CardText(rules: catalogue.calendar).lines(card, answer.receipt) { result += escaped(line) + "\n" }
      result += notes(answer)
    case .watched(let watched):
      for line in WatchText(rules: catalogue.calendar).lines(watched) { result += escaped(line) + "\n" }
      result += under(answer)
    case .profile(let profile):
      for line in ProfileText(rules: catalogue.calendar).lines(profile) { result += escaped(line) + "\n" }
      result += under(answer)
    case .map(let map):
      for line in MapText(map: map).lines() { result += escaped(line) + "\n" }
      result += under(answer)
    case .printed(let text): result = escaped(text, keepingLayout: true) + "\n" + notes(answer)
    case .done(let text): result = escaped(text, keepingLayout: true) + "\n" + under(answer)
    }
    return result
  }

  private func table(_ table: Table) -> String {
    guard !table.columns.isEmpty else { return "" }
    guard let view = table.view else { return rows(of: table) }
    let headline = escaped(view.headline) + "\n"
    guard view.rows > 0 else { return headline }
    return headline + rows(of: table.viewed)
  }

  private func rows(of table: Table) -> String {
    let shown = options.isTerminal ? min(table.rowCount, options.terminalRows) : table.rowCount
    var columns = table.columns.map { column in
      let cells = column.values.prefix(max(shown, 0))
      let numbers = NumberDisplay(
        cells.compactMap { if case .number(let number) = $0 { number } else { nil } }, unit: column.type.unit)
      let unit = column.type.unit.name.map { " (" + $0 + ")" } ?? ""
      return TerminalTable.Column(
        header: cell(column.name + unit), cells: cells.map { cell(values.shown($0, column.type, numbers: numbers)) },
        isRight: column.type.isAlignedRight)
    }
    let drawing = ChartText(table, rows: shown)
    if table.chart == .bar, let bars = drawing?.bars() {
      columns.append(TerminalTable.Column(header: "", cells: bars, isRight: false))
    }
    var text = TerminalTable(columns: columns, rowCount: table.rowCount)
      .text(width: options.isTerminal ? options.width : nil, rows: shown)
    if shown < table.rowCount { text += "… \(table.rowCount - shown) more rows: add `| take n`, or --format csv\n" }
    if table.rowCount == 0 { text += "(no rows)\n" }
    if table.chart == .line, let line = drawing?.line() { text += line + "\n" }
    return text
  }

  /// A cell is one line.
  private func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x09 }) else { return escaped(text) }
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line += "↵"
      case "\t": line += " "
      default: line.unicodeScalars.append(scalar)
      }
    }
    return escaped(line)
  }

  private func escaped(_ text: String, keepingLayout: Bool = false) -> String {
    options.isRaw ? text : escapedForTerminal(text, keepingLayout: keepingLayout)
  }

  /// The receipt and the notes, each line set in.
  private func under(_ answer: Answer) -> String {
    receipts.lines(answer.receipt).map { "  " + escaped($0) + "\n" }.joined() + notes(answer)
  }

  private func notes(_ answer: Answer) -> String {
    answer.notes.map { note in
      var text = "  \(note.severity.rawValue)[\(note.code)]: " + escaped(note.message) + "\n"
      for line in note.notes.prefix(4) { text += "    = " + escaped(line) + "\n" }
      return text
    }.joined()
  }

  // MARK: For programs

  /// What a format without a place for it says on the side, always made safe.
  private func remarks(_ answer: Answer) -> String {
    if case .done(let text) = answer.body {
      return escapedForTerminal(text, keepingLayout: true) + "\n" + notes(answer)
    }
    if case .printed = answer.body { return notes(answer) }
    if case .table(let table) = answer.body, let view = table.view {
      return escapedForTerminal(view.headline) + "\n" + under(answer)
    }
    return under(answer)
  }

  private func delimited(_ answer: Answer, _ form: Delimited.Form) -> String {
    let cells = Delimited(form: form, isRaw: options.isRaw, keepsControls: options.isFile)
    switch answer.body {
    case .done: return ""
    case .printed(let text): return programText(text) + "\n"
    default: break
    }
    var bytes: [UInt8] = []
    let table = Self.table(of: answer)
    guard !table.columns.isEmpty else { return "" }
    // A value in a pipe is that value: `n=$(peyvand company.json -c 'count(customer)')`.
    var hasHeader = true
    if case .value = answer.body, form == .tsv { hasHeader = false }
    if hasHeader {
      cells.appendRow(of: table.columns.count, to: &bytes) { (programText(table.columns[$0].name), true) }
    }
    let values = values
    for row in 0..<max(table.rowCount, 0) {
      cells.appendRow(of: table.columns.count, to: &bytes) { index in
        let column = table.columns[index]
        let value = column.values.indices.contains(row) ? column.values[row] : .missing
        return (programText(values.machine(value, column.type)), Self.isFromData(value))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func programText(_ text: String) -> String {
    options.isTerminal && !options.isRaw ? escapedForTerminal(text, keepingLayout: true) : text
  }

  private static func isFromData(_ value: Value) -> Bool {
    switch value {
    case .text, .record, .list: true
    default: false
    }
  }
}
