import PeyvandBase
import PeyvandData
import PeyvandImport
import PeyvandRender
import PeyvandStore
import PeyvandSyntax

/// What an import would do: the very statements, carried out over a state that is thrown away.
extension Session {
  /// - Returns: what would happen, the errors of the program itself, and how the import would end.
  /// - Note: costs what the import costs, but for writing it.
  package func preview(
    _ prepared: PreparedImport, name: String, origin: Origin, store: String?
  ) -> (preview: ImportPreview, diagnostics: [Diagnostic], status: Status) {
    let outside = (state, file, recent, environment, variables, asOf)
    let before = catalogue
    rehearsal = ImportRehearsal()
    file = nil
    recent = StoreMemory()
    defer {
      rehearsal = nil
      (state, file, recent, environment, variables, asOf) = outside
    }
    var diagnostics: [Diagnostic] = []
    _ = run(prepared.text, name: name, origin: origin) { outcome in
      if case .diagnostics(let found) = outcome { diagnostics += found }
    }
    var preview = ImportPreview()
    preview.origin = prepared.origin
    preview.statement = prepared.text
    preview.store = store
    var status = Status(diagnostics)
    for done in rehearsal?.imports ?? [] {
      status = status.then(Status(done.failure))
      if let attempt = done.attempt {
        status = status.then(attempt.refusal != nil ? .data : attempt.report.rejected > 0 ? .rejects : .fine)
      }
      preview.files.append(
        described(
          done, prepared.proposals.first { $0.file == done.path && $0.table == done.table?.options.table },
          before: before))
    }
    return (preview, diagnostics, options.interruption.isInterrupted ? .interrupted : status)
  }

  private func described(
    _ done: ImportRehearsal.Import, _ proposed: PreparedImport.Proposed?, before: Catalogue
  ) -> ImportPreview.File {
    let kind = catalogue.kind(done.kind)
    let name = done.path + (done.table?.options.table.map { " · " + $0 } ?? "")
    var file = ImportPreview.File(name: name, kind: kind?.name ?? "?", flavour: kind?.flavour ?? .entity)
    file.isNew = before.kind(named: file.kind) == nil
    file.reason = proposed?.reason ?? ""
    file.links = proposed?.links ?? []
    file.possible = proposed?.possible ?? []
    file.duplicates = proposed?.duplicates ?? []
    file.problems = done.failure.map { problem in
      "\(problem.code): \(problem.message)" + (problem.notes.first.map { "; \($0)" } ?? "")
    }
    file.mendable = proposed?.mendable
    file.dateOrders = done.failure.first { $0.code == "E2210" }.map(ImportDiagnostics.orders) ?? []
    guard let table = done.table else { return file }
    file.rows = table.rowCount
    file.areDuplicatesKnown = proposed != nil
    if let proposed, proposed.keyColumn == nil {
      let equal = equalRows(table)
      file.areDuplicatesKnown = equal != nil
      if let equal, equal > 0 {
        file.duplicates.append(
          equal == 1
            ? "1 row is the same as another, cell for cell"
            : "\(ColumnEvidence.grouped(equal)) rows are the same as another, cell for cell")
      }
    }
    file.findings = table.findings
    file.allowedShare = table.options.allowedRejects
    file.columns = columns(done, of: table, proposed)
    let bad = Set(table.rowFaults.prefix(1_000).map(\.row))
    let rows = (0..<min(table.rowCount, 1_000)).filter { !bad.contains($0) }.prefix(5)
    file.sample = (try? table.texts(ofRows: Array(rows), interruption: options.interruption)) ?? []
    guard let attempt = done.attempt else { return file }
    let report = attempt.report
    file.changes.added = report.added
    file.changes.changed = report.changed
    file.changes.closed = report.closed
    file.changes.removed = report.removed
    file.changes.filled = report.filled
    file.changes.same = report.same
    file.changes.leftOut = report.leftOut
    file.changes.begun = report.created
    file.changes.rejected = report.rejected
    file.isRefused = attempt.refusal != nil
    file.rejects = Self.rejects(report)
    file.remarks = report.warnings.filter { !["E2260", "E2263", "E2265"].contains($0.code) }.map(\.message)
    return file
  }

  /// How many rows of a table repeat another, which is all that can be asked of rows without a key.
  private func equalRows(_ table: any ImportTable) -> Int? {
    guard let hashes = try? table.rowHashes(interruption: options.interruption) else { return nil }
    let rows = hashes.filter { $0 != 0 }
    return rows.count - Set(rows).count
  }

  /// Each reason once with how often it was met and where first, the most frequent first.
  private static func rejects(_ report: ImportReport) -> [String] {
    var first: [String: ImportReject] = [:]
    var counts: [String: Int] = [:]
    var order: [String] = []
    for reject in report.rejects {
      let words = (reject.column.map { "`\($0)`: " } ?? "") + reject.words + (reject.note.map { " (\($0))" } ?? "")
      if first[words] == nil {
        first[words] = reject
        order.append(words)
      }
      counts[words, default: 0] += 1
    }
    let isWhole = report.rejects.count == report.rejected
    let sorted = order.sorted { counts[$0, default: 0] > counts[$1, default: 0] }
    var lines = sorted.prefix(5).compactMap { words -> String? in
      guard let reject = first[words] else { return nil }
      let count = counts[words, default: 0]
      // Beyond those that are kept the count is that of the whole reason, where it is the only one.
      let told = order.count == 1 ? report.rejected : count
      let often = told == 1 ? "" : "\(ColumnEvidence.grouped(told))× "
      let text = reject.text.map { $0.isEmpty ? "" : "\"\($0)\" " } ?? ""
      let column = reject.column.map { "`\($0)`: " } ?? ""
      let place = reject.place.name ?? "line \(reject.place.line)"
      return "\(often)\(told == 1 ? "" : "first in ")\(place), \(column)\(text)\(reject.words)"
        + (reject.note.map { " (\($0))" } ?? "")
    }
    if order.count > 5 || !isWhole && order.count > 1 {
      lines.append(
        report.reasons.prefix(4).map { "\(ColumnEvidence.grouped($0.count))× \($0.words)" }.joined(separator: "; ")
          + " in all")
    }
    return lines
  }

  /// Each column of the file, and then what is worked out from several.
  private func columns(
    _ done: ImportRehearsal.Import, of table: any ImportTable, _ proposed: PreparedImport.Proposed?
  ) -> [ImportPreview.Column] {
    var evidence: [Int: String] = [:]
    for read in done.attempt?.report.columns ?? [] {
      if let column = table.columnNames.firstIndex(of: read.column) { evidence[column] = read.evidence.inWords }
    }
    let read = done.source?.columnsRead() ?? [:]
    var result: [ImportPreview.Column] = []
    for (column, name) in table.columnNames.enumerated() {
      let found = done.source?.found[column]
      var shown = ImportPreview.Column(
        name: name, field: nil, type: "", evidence: proposed?.leftOut[name] ?? "no field takes it")
      if case .column(column) = done.plan?.key {
        shown.field = "key"
        shown.type = "text"
        shown.evidence = proposed?.evidence[name] ?? evidence[column] ?? found?.evidence.inWords ?? ""
      } else if case .column(column) = done.plan?.kindOfRow {
        shown.field = "kind"
        shown.type = "text"
        shown.evidence = evidence[column] ?? ""
      } else if let input = done.plan?.fields.first(where: {
        if case .column(column) = $0.input { true } else { false }
      }), let field = catalogue.field(input.field) {
        shown.field = field.name
        shown.type = MappingFinder.typeName(field.type, catalogue)
        // How a date is read is known only once it was; what names say of a reference is known before.
        let isReference = if case .reference = field.type { true } else { false }
        shown.evidence =
          (isReference ? proposed?.evidence[name] : nil) ?? evidence[column] ?? proposed?.evidence[name]
          ?? found?.evidence.inWords ?? ""
        if input.creates, proposed == nil { shown.evidence += "; begun where new" }
      } else if read[column] != nil, let found {
        shown.field = "(below)"
        shown.type = MappingFinder.typeName(found.type, catalogue)
        shown.evidence = found.evidence.inWords
      }
      result.append(shown)
    }
    for entry in done.syntax.mapping?.entries ?? [] {
      if case .name(let name) = entry.value.node, table.column(named: name.text) != nil { continue }
      let type = catalogue.field(named: entry.name.text, of: done.kind).map {
        MappingFinder.typeName($0.type, catalogue)
      }
      result.append(
        ImportPreview.Column(
          name: "", field: entry.name.text, type: type ?? "", evidence: "= " + source(of: entry.value.range)))
    }
    return result
  }
}

extension ColumnEvidence {
  /// "date: 1,198 of 1,201 (day first), 3 missing"
  var inWords: String { present == 0 ? "empty" : missing > 0 ? "\(text), \(Self.grouped(missing)) missing" : text }
}
