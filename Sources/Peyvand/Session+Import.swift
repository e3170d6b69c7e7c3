import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandFiles
import PeyvandImport
import PeyvandRender
import PeyvandStore
import PeyvandSyntax

/// A file as it was opened for an import, and what was said of how it is to be read.
struct OpenedTable {
  var path: String
  var stamp: FileStamp
  var options: ImportOptions
  var table: CSVTable
}

/// Data in: the statement `import`.
extension Session {
  /// Reads a file into the store: all of it, or, above the share of rejects allowed, nothing.
  func importFile(
    _ syntax: ImportSyntax, _ kind: KindID, _ file: CheckedExpression, origin: Origin, emit: (Outcome) -> Void
  ) throws(Diagnostics) -> Status {
    let options = try importOptions(syntax.options)
    guard case .text(let path) = try evaluator().value(file) else { return .fine }
    defer { options.progress?.clear() }
    if rehearsal != nil {
      rehearse(syntax, kind, path, options, origin)
      return .fine
    }
    let table = try openTable(path, options, at: syntax.file.range, origin: origin)
    let (plan, source) = try plan(syntax, kind, table, path, origin)
    let rejectsTo = options.rejectsTo ?? rejectsBeside(path, options.table)
    let attempt = try attempt(plan, table, source, keepsAllRejects: rejectsTo != nil)
    let written = try writeRejects(
      attempt, of: table, from: path, to: rejectsTo, isOwn: options.rejectsTo == nil, syntax, origin)
    if let refusal = attempt.refusal {
      if held != nil { held?.besideRefused = attempt.state }
      throw Diagnostics(refusal.all + (written.map { [$0] } ?? []))
    }
    if attempt.isChange { try commit([.importing(attempt.rows, attempt.mark)], giving: attempt.state) }
    held?.fine.append(path)
    let report = attempt.report
    var notes = report.warnings
    for reject in report.rejects.prefix(5) {
      notes.append(Diagnostic(reject.code, .warning, reject.message(file: path)))
    }
    if let written { notes.append(written) }
    let kindName = state.catalogue.name(of: kind)
    options.progress?.clear()
    emit(.answer(Answer(.done("\(kindName): \(report.summary)  (\(path))"), notes: notes)))
    return report.rejected > 0 ? .rejects : .fine
  }

  /// Finds out what an import would do; what stands in its way is told with it, and the next one is looked at too.
  private func rehearse(
    _ syntax: ImportSyntax, _ kind: KindID, _ path: String, _ options: ImportOptions, _ origin: Origin
  ) {
    var done = ImportRehearsal.Import(syntax: syntax, kind: kind, path: path)
    do throws(Diagnostics) {
      let table = try openTable(path, options, at: syntax.file.range, origin: origin)
      done.table = table
      let (plan, source) = try plan(syntax, kind, table, path, origin)
      (done.plan, done.source) = (plan, source)
      let attempt = try attempt(plan, table, source, keepsAllRejects: false)
      done.attempt = attempt
      // What follows is looked at as if this stood, so that all files are told of.
      state = attempt.state
    } catch {
      done.failure = error.all
    }
    rehearsal?.imports.append(done)
  }

  private func attempt(
    _ plan: ImportPlan, _ table: any ImportTable, _ source: TableSource, keepsAllRejects: Bool
  ) throws(Diagnostics) -> Importer.Attempt {
    let (state, clock) = (state, clock)
    return try attended { (interruption) throws(Diagnostics) in
      try Importer.attempt(
        plan, table: table, source: source, into: state, interruption: interruption, keepsAllRejects: keepsAllRejects,
        at: clock)
    }
  }

  /// A file as a table, through the one gate to the disk.
  func openTable(
    _ path: String, _ options: ImportOptions, at range: SourceRange?, origin: Origin
  ) throws(Diagnostics) -> any ImportTable {
    do throws(Diagnostics) { return try openTable(path, options, origin) } catch {
      guard let range else { throw error }
      throw Diagnostics(error.all.map { placed($0, range) })
    }
  }

  private func openTable(
    _ path: String, _ options: ImportOptions, _ origin: Origin
  ) throws(Diagnostics) -> any ImportTable {
    if DatabaseAddress.isAddress(path) {
      // A password is refused wherever it stands, before anything else is said.
      if let address = DatabaseAddress(path), !address.hasPassword, !mayConnect(origin) {
        throw Diagnostics(ImportDiagnostics.notAllowedToConnect(address.shown))
      }
      return try attended { (interruption) throws(Diagnostics) in
        try PostgresSource.open(path, options: options, interruption: interruption)
      }
    }
    let (leave, folder, limit) = (leave(origin), folder(origin), self.options.limits.fileBytes)
    let known = opened.flatMap { $0.path == path ? $0 : nil }
    // Two files are not held at once.
    opened = nil
    let (bytes, beside, stamp) = try attended { (_) throws(Diagnostics) in
      do throws(Diagnostic) {
        let opened = try leave.open(path, base: folder)
        if known?.stamp == opened.stamp, known?.options == options.ofReading {
          return (nil as FileBytes?, [:] as [String: Int], opened.stamp)
        }
        let bytes = try opened.steady(limit: limit)
        // What a database keeps beside itself is looked for under its real name, and not read.
        var beside: [String: Int] = [:]
        for suffix in SQLiteSource.companions { beside[suffix] = try? Self.size(of: opened.path + suffix, leave) }
        return (bytes, beside, opened.stamp)
      } catch {
        throw Diagnostics(error)
      }
    }
    let table: any ImportTable
    if let known, bytes == nil {
      table = try known.table.again(options)
    } else {
      let bytes = bytes ?? FileBytes([])
      table = try attended { (interruption) throws(Diagnostics) in
        try ImportSource.open(
          bytes, named: path, options: options, companion: { beside[$0] }, interruption: interruption)
      }
    }
    opened = (table as? CSVTable).map {
      OpenedTable(path: path, stamp: stamp, options: options.ofReading, table: $0)
    }
    return table
  }

  private static func size(of path: String, _ leave: FileLeave) throws(Diagnostic) -> Int {
    let file = try leave.open(path)
    // One that was used up may stand there with a beginning of noughts.
    return try file.read(at: 0, count: 8).contains { $0 != 0 } ? file.size : 0
  }

  /// The braces and the condition, checked against the file's columns and evaluated over all its rows.
  private func plan(
    _ syntax: ImportSyntax, _ kind: KindID, _ table: any ImportTable, _ path: String, _ origin: Origin
  ) throws(Diagnostics) -> (ImportPlan, TableSource) {
    let calendar = state.catalogue.calendar
    let looks = rehearsal != nil || Self.speaksOfTypes(syntax, table)
    let source = try attended { (interruption) throws(Diagnostics) in
      try TableSource(table, calendar: calendar, looks: looks, interruption: interruption)
    }
    var inner = environment
    inner.catalogue = source.catalogue
    var checker = Checker(environment: inner, texts: texts, limits: options.limits)
    guard let mapping = checker.mapping(syntax, to: kind, in: state.catalogue, row: source.rowKind) else {
      throw Diagnostics(checker.takeDiagnostics())
    }
    let question = question(over: source)
    let (given, condition) = try attended { (interruption) throws(Diagnostics) in
      try Self.evaluated(mapping, question.evaluation(interruption), rows: table.rowCount)
    }
    var plan = try ImportPlan.make(
      kind: kind, in: state.catalogue, from: table, key: syntax.key?.text, given: given, condition: condition)
    plan.source = sourceName(of: table, at: path, kind, origin)
    return (plan, source)
  }

  /// Whether an expression of an import may ask of which type a column is: any but a column's bare name.
  private static func speaksOfTypes(_ syntax: ImportSyntax, _ table: any ImportTable) -> Bool {
    syntax.condition != nil
      || (syntax.mapping?.entries ?? []).contains { entry in
        guard case .name(let name) = entry.value.node else { return true }
        return table.column(named: name.text) == nil
      }
  }

  /// What a file is known by from one import to the next: what it is said to be, else where it lies as seen from the
  /// store, so that store and files may be moved together.
  ///
  /// A log of before files were known by their folders holds names without any: such a name goes on as it was, since the
  /// rows that it recorded without a key are known by it.
  private func sourceName(of table: any ImportTable, at path: String, _ kind: KindID, _ origin: Origin) -> String {
    if let said = table.options.source { return table.sourceName(at: said) }
    let bare = table.sourceName()
    guard !DatabaseAddress.isAddress(path),
      let place = try? leave(origin).resolveForReading(path, base: folder(origin)),
      let home = try? FileLeave.everything.resolveForWriting(options.storePath ?? "store.json")
    else { return bare }
    let own = table.sourceName(at: FilePath.relative(place, to: FilePath.folder(of: home)))
    let known = state.imports.entries.filter { !$0.isUndone && $0.kind == kind }.map { nameKey($0.mark.source) }
    return known.contains(nameKey(bare)) && !known.contains(nameKey(own)) ? bare : own
  }

  /// The values that the braces and the condition have in every row of the file.
  private static func evaluated(
    _ mapping: CheckedImport, _ context: EvaluationContext, rows: Int
  ) throws(Diagnostics) -> ([ImportPlan.Given], Vector?) {
    var walker = Walker(context)
    var frame = Frame(count: rows)
    // Where columns are taken as they are, nobody asks for the rows one by one.
    if mapping.condition != nil || mapping.assignments.contains(where: { $0.column == nil }) {
      frame.bindings[mapping.row.id] = Slab(SetKernels.rows(0..<min(rows, Int(Int32.max))), isRising: true)
    }
    var given: [ImportPlan.Given] = []
    for assignment in mapping.assignments {
      let input: ImportPlan.Input =
        if let column = assignment.column {
          .column(Int(column.raw))
        } else {
          .values(try walker.evaluate(assignment.value, in: frame), assignment.value.type)
        }
      given.append(.init(name: assignment.name, input: input, creates: assignment.creates))
    }
    guard let written = mapping.condition else { return (given, nil) }
    return (given, try walker.evaluate(written, in: frame))
  }
}
