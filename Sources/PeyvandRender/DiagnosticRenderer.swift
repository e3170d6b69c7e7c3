import PeyvandBase

/// Diagnostics as text: with the line they speak of for people, on one line for logs, as JSON for editors.
///
/// The line is quoted with marks under the place; a long line is cut around it. Where the line holds letters that run
/// from right to left, terminals disagree about which column is where, so the word is quoted and its place given in
/// numbers, and no mark is drawn. Everything quoted is made safe for a terminal first.
package struct DiagnosticRenderer: Sendable {
  package enum Style: Sendable { case boxed, plain, json }

  package struct Options: Sendable {
    package var style: Style
    /// Columns for a quoted line.
    package var width: Int
    /// How many diagnostics are shown; the rest is counted.
    package var most: Int
    /// Whether `peyvand explain` knows the code.
    package var explains: @Sendable (String) -> Bool

    package init(
      style: Style = .boxed, width: Int = 100, most: Int = Limits().diagnostics,
      explains: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
      self.style = style
      self.width = max(width, 40)
      self.most = most
      self.explains = explains
    }
  }

  private let sources: [Int32: SourceText]
  private let options: Options

  /// - Parameter sources: the texts by the number their ranges carry.
  package init(sources: [Int32: SourceText], options: Options = Options()) {
    // No line is quoted with the password of a database in it.
    self.sources = sources.mapValues { source in
      let text = String(decoding: source.bytes, as: UTF8.self)
      return DatabaseAddress.holdsPassword(text)
        ? SourceText(name: source.name, text: DatabaseAddress.masked(text)) : source
    }
    self.options = options
  }

  package func render(_ diagnostics: [Diagnostic]) -> String {
    if options.style == .json { return json(diagnostics) }
    var text = ""
    for (index, diagnostic) in diagnostics.prefix(max(options.most, 1)).enumerated() {
      if index > 0, options.style == .boxed { text += "\n" }
      text += options.style == .plain ? plain(diagnostic) : boxed(diagnostic)
    }
    let rest = diagnostics.count - max(options.most, 1)
    if rest > 0 { text += "… and \(rest) more\n" }
    return text
  }

  package func render(_ diagnostic: Diagnostic) -> String { render([diagnostic]) }

  private func heading(_ diagnostic: Diagnostic) -> String {
    "\(diagnostic.severity.rawValue)[\(escapedForTerminal(diagnostic.code))]: \(escapedForTerminal(DatabaseAddress.masked(diagnostic.message)))"
  }

  /// The notes that are shown; the way to an explanation is the last of them.
  private func notes(_ diagnostic: Diagnostic) -> [String] {
    var notes = diagnostic.notes.prefix(4).map { escapedForTerminal($0) }
    if options.explains(diagnostic.code) { notes.append("more: peyvand explain \(diagnostic.code)") }
    return notes
  }

  // MARK: Plain

  private func plain(_ diagnostic: Diagnostic) -> String {
    var text = ""
    if let label = diagnostic.labels.first, let source = sources[label.range.file] {
      text = self.place(label.range, source) + ": "
    }
    text += heading(diagnostic)
    if let words = diagnostic.labels.first?.text, !words.isEmpty { text += " (" + escapedForTerminal(words) + ")" }
    text += "\n"
    for note in notes(diagnostic) { text += "  = " + note + "\n" }
    return text
  }

  private func place(_ range: SourceRange, _ source: SourceText) -> String {
    let place = source.place(ofByte: Int(range.start))
    return "\(escapedForTerminal(source.name)):\(place.line):\(place.column)"
  }

  // MARK: Boxed

  private func boxed(_ diagnostic: Diagnostic) -> String {
    var text = heading(diagnostic) + "\n"
    let known = diagnostic.labels.compactMap { label in sources[label.range.file].map { (label, $0) } }
    let gutter = known.map { String($1.line(ofByte: Int($0.range.start))).count }.max() ?? 1
    let blank = String(repeating: " ", count: gutter)
    var shown: (file: Int32, line: Int)?
    for (index, (label, source)) in known.enumerated() {
      let line = source.line(ofByte: Int(label.range.start))
      let excerpt = Excerpt(label.range, in: source, line: line, width: options.width - gutter - 3)
      if index == 0 || shown?.file != label.range.file {
        text += blank + " ┌─ " + place(label.range, source) + "\n"
      }
      if shown?.file != label.range.file || shown?.line != line || excerpt.isCut {
        let number = String(line)
        text += String(repeating: " ", count: gutter - number.count) + number + " │ " + excerpt.text + "\n"
      }
      shown = (label.range.file, line)
      let words = label.text.isEmpty ? "" : " " + escapedForTerminal(label.text)
      if let marks = excerpt.marks(index == 0 ? "^" : "-") {
        text += blank + " │ " + marks + words + "\n"
      } else {
        let place = source.place(ofByte: Int(label.range.start))
        text +=
          blank + " │ «" + excerpt.word + "» line \(place.line), column \(place.column)" + (words.isEmpty ? "" : ":")
          + words + "\n"
      }
    }
    for note in notes(diagnostic) { text += blank + " = " + note + "\n" }
    return text
  }

  // MARK: JSON

  private func json(_ diagnostics: [Diagnostic]) -> String {
    var json = JSONText()
    for diagnostic in diagnostics {
      write(diagnostic, into: &json)
      json.endLine()
    }
    return json.text
  }

  /// Diagnostics as an array inside a larger document.
  func write(_ diagnostics: [Diagnostic], into json: inout JSONText) {
    json.array { json in
      for diagnostic in diagnostics { write(diagnostic, into: &json) }
    }
  }

  private func write(_ diagnostic: Diagnostic, into json: inout JSONText) {
    json.object { json in
      json.member("code", diagnostic.code)
      json.member("severity", diagnostic.severity.rawValue)
      json.member("message", DatabaseAddress.masked(diagnostic.message))
      json.key("places")
      json.array { json in
        for label in diagnostic.labels {
          json.object { json in
            place(label.range, into: &json)
            json.member("text", label.text)
          }
        }
      }
      json.key("notes")
      json.array { json in
        for note in diagnostic.notes { json.string(note) }
      }
      json.key("fixes")
      json.array { json in
        for fix in diagnostic.fixes {
          json.object { json in
            place(fix.range, into: &json)
            json.member("replacement", fix.replacement)
          }
        }
      }
    }
  }

  private func place(_ range: SourceRange, into json: inout JSONText) {
    guard let source = sources[range.file] else { return json.member("file", nil as String?) }
    let start = source.place(ofByte: Int(range.start))
    let end = source.place(ofByte: Int(range.end))
    json.member("file", source.name)
    json.member("line", start.line)
    json.member("column", start.column)
    json.member("end_line", end.line)
    json.member("end_column", end.column)
    json.member("start", Int(range.start))
    json.member("end", Int(range.end))
  }
}
