import PeyvandBase
import PeyvandData
import PeyvandStore

/// What was imported, and taking it back.
extension Session {
  /// The imports that the store remembers, the last first.
  package func imports() -> Answer {
    let entries = state.imports.entries.reversed()
    func column(_ name: String, _ type: ValueType, _ value: (ImportEntry) -> Value) -> Table.Column {
      Table.Column(name: name, type: type, values: entries.map(value))
    }
    func count(_ name: String, _ value: (ImportEntry) -> Int) -> Table.Column {
      column(name, .plainNumber) { .number(Double(value($0))) }
    }
    let catalogue = state.catalogue
    var columns = [
      count("import", \.number), column("at", .time) { .time($0.mark.at) },
      column("file", .text) { .text(Self.shown($0.mark.source)) },
      column("kind", .text) { .text(catalogue.name(of: $0.kind)) }, count("rows", \.mark.rows),
      count("new", \.added), count("changed") { $0.changed + $0.filled },
      count("as_before", \.same), count("rejected", \.mark.rejected),
    ]
    // Columns of what hardly ever happens stand where it did.
    if entries.contains(where: { $0.created > 0 }) { columns.append(count("begun", \.created)) }
    if entries.contains(where: { $0.removed > 0 }) { columns.append(count("removed", \.removed)) }
    if entries.contains(where: { $0.closed > 0 }) { columns.append(count("closed", \.closed)) }
    columns.append(
      column("undo", .text) { .text($0.isUndone ? "done" : $0.isKnown ? "possible" : "too old") })
    return Answer(.table(Table(columns: columns, rowCount: entries.count)))
  }

  /// A file beside the store by its name alone.
  private static func shown(_ source: String) -> String {
    source.hasPrefix("./") ? String(source.dropFirst(2)) : source
  }

  /// Takes an import back: what it added goes, what it changed is as it was.
  /// - Returns: what was done, in words.
  /// - Throws: E2014 to E2017, E2004; else as every change.
  package func undoImport(_ number: Int) throws(Diagnostics) -> String {
    let state = state
    let undone = try attended { (_) throws(Diagnostics) in try state.undoingImport(number) }
    try commit([.undoImport(number)], giving: undone.state)
    var parts: [String] = []
    if undone.removed > 0 { parts.append("\(undone.removed) removed") }
    if undone.restored > 0 { parts.append("\(undone.restored) as before it") }
    return "import \(number) taken back: " + (parts.isEmpty ? "nothing of it was left" : parts.joined(separator: ", "))
  }
}
