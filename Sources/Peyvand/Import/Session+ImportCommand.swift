import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandFiles
import PeyvandImport
import PeyvandStore
import PeyvandSyntax

/// `peyvand import`: from files to the statement that a user would have written, and what it would do.
///
/// The command has no way of importing of its own. It finds out what the files are, writes the declarations and the
/// `import` statements as a text, and that text runs as any other; so what is previewed is what runs, and what
/// `--save-map` keeps.
extension Session {
  /// The statements for some files: from a map, from a recipe, or found out.
  /// - Throws: what reading the files throws, E1705 and E1706 for options, E2214 for `--key`, E1720, E1721, E1722.
  package func prepareImport(_ request: ImportRequest) throws(Diagnostics) -> PreparedImport {
    if let map = request.map { return try mapped(request, map) }
    defer { options.progress?.clear() }
    let sources = try sources(of: request)
    if let recipe = try recipe(for: sources, request) { return recipe }
    let inputs = sources.map {
      MappingFinder.Input(
        table: $0.table, path: $0.path, kind: request.kind, flavour: request.flavour, key: request.key,
        addsFields: request.addsFields)
    }
    let state = state
    let proposals = try attended { (interruption) throws(Diagnostics) in
      try MappingFinder.find(inputs, for: state, interruption: interruption)
    }
    let text = ImportText(request: request).program(proposals) { rejects(of: $0.table, $0.path, request) }
    return PreparedImport(
      text: text, origin: "found out of the files",
      proposals: proposals.map { Self.proposed($0, isMended: request.mends) })
  }

  /// A table of a file or a database, and how the user called that.
  struct Source {
    var path: String
    var table: any ImportTable
  }

  /// Opens what was asked for; of a database the tables that were named, or those that a named recipe knows.
  private func sources(of request: ImportRequest) throws(Diagnostics) -> [Source] {
    var sources: [Source] = []
    for file in request.files {
      var reading = try importOptions(try record(of: request.options(of: file)))
      // Of several files an option may be meant for one: which they are is told below. Flags have no place in a text.
      reading.said = request.isOfSeveral ? [] : reading.said.map { .init(name: $0.name, forms: $0.forms) }
      func table(named name: String?) throws(Diagnostics) -> any ImportTable {
        var reading = reading
        reading.table = name ?? reading.table
        if name != nil, !request.isOfSeveral {
          reading.said.append(.init(name: "table", forms: ImportOption.forms(of: "table")))
        }
        defer { opened = nil }
        return try openTable(file, reading, at: nil, origin: .typed)
      }
      func take(_ name: String?) throws(Diagnostics) {
        sources.append(Source(path: file, table: try table(named: name)))
      }
      for name in request.tables {
        let table = try table(named: name)
        guard ImportOption.forms(of: "table").contains(table.form) else {
          try take(nil)
          break
        }
        sources.append(Source(path: file, table: table))
      }
      guard request.tables.isEmpty else { continue }
      do throws(Diagnostics) { try take(nil) } catch {
        // It holds several tables: a recipe says which of them it is about.
        guard error.all.contains(where: { $0.code == "E2228" }), let roles = try tables(ofRecipe: request.recipe)
        else { throw error }
        let before = sources.count
        for role in roles {
          do throws(Diagnostics) { try take(role) } catch {
            guard error.all.allSatisfy({ $0.code == "E2228" }) else { throw error }
          }
        }
        guard sources.count > before else { throw error }
      }
    }
    if request.isOfSeveral { try checkOptions(of: request, sources) }
    return sources
  }

  /// An option of several files says something of one of them at least.
  private func checkOptions(of request: ImportRequest, _ sources: [Source]) throws(Diagnostics) {
    let names = request.options.map(\.name) + (request.tables.isEmpty ? [] : ["table"])
    let wrong = names.filter { name in !sources.contains { ImportOption.forms(of: name).contains($0.table.form) } }
    guard let first = sources.first, !wrong.isEmpty else { return }
    throw Diagnostics(
      wrong.map { name in
        ImportDiagnostics.unfitOption(
          .init(name: name, forms: ImportOption.forms(of: name)), file: first.path, first.table.form)
      })
  }

  /// Where the statement says that rejected rows go; nothing where they go beside the store.
  private func rejects(of table: any ImportTable, _ path: String, _ request: ImportRequest) -> String? {
    guard let target = request.rejectsTo else { return nil }
    let isOne = request.files.count == 1 && request.tables.count <= 1
    return isOne ? target : FilePath.join(target, Self.rejectsName(path, table.options.table))
  }

  /// Beside the store.
  func rejectsBeside(_ file: String, _ table: String?) -> String? {
    let name = Self.rejectsName(file, table)
    return options.rejectsFolder.map { $0 == "." ? name : FilePath.join($0, name) }
  }

  static func rejectsName(_ file: String, _ table: String?) -> String {
    MappingFinder.stem(table.map { $0 + "." } ?? file) + ".rejects.csv"
  }

  /// `with { … }` as it is written.
  private func record(of options: [(name: String, value: String)]) throws(Diagnostics) -> RecordSyntax? {
    guard !options.isEmpty else { return nil }
    let parsed = parse("import x from \"\"" + ImportText.with(options, rejectsTo: nil), name: "options")
    guard parsed.diagnostics.isEmpty, case .importData(let statement)? = parsed.tree.statements.first?.node else {
      throw Diagnostics(parsed.diagnostics)
    }
    return statement.options
  }

  // MARK: - A map

  /// The statements of a file, with the data given in place of those that it names.
  private func mapped(_ request: ImportRequest, _ map: String) throws(Diagnostics) -> PreparedImport {
    let text: String
    do throws(Diagnostic) {
      text = try FileLeave.everything.readText(map, limit: options.limits.programBytes)
    } catch { throw Diagnostics(error) }
    let parsed = parse(text, name: map)
    guard parsed.diagnostics.isEmpty else { throw Diagnostics(parsed.diagnostics) }
    var imports: [(statement: ImportSyntax, range: SourceRange)] = []
    for statement in parsed.tree.statements {
      if case .importData(let syntax) = statement.node { imports.append((syntax, statement.range)) }
    }
    guard !imports.isEmpty else { throw Diagnostics(SessionDiagnostics.mapWithoutImport(map)) }
    let files = try absolute(request.files)
    var edits = TextEdits(text)
    func write(_ index: Int, _ chosen: [String]) {
      let copies = chosen.map { file in
        var copy = TextEdits(text)
        self.replace(imports[index].statement, file: file, request, in: &copy)
        return copy.text(of: imports[index].range)
      }
      edits.replace(imports[index].range, by: copies.joined(separator: "\n"))
    }
    if imports.count == 1 {
      write(0, files)
    } else {
      let names = imports.map { ImportPlan.sourceName($0.statement.file.plain ?? "") }
      var chosen: [Int: String] = [:]
      for file in files {
        if let index = names.firstIndex(where: { folded($0) == folded(ImportPlan.sourceName(file)) }) {
          chosen[index] = file
        }
      }
      if chosen.count < files.count, files.count == imports.count {
        chosen = Dictionary(zip(files.indices, files), uniquingKeysWith: { first, _ in first })
      }
      guard chosen.count == files.count else {
        throw Diagnostics(SessionDiagnostics.mapOfOtherFiles(map, imports: names, files: files.count))
      }
      for index in imports.indices { write(index, chosen[index].map { [$0] } ?? []) }
    }
    let result = edits.text
    return PreparedImport(text: Formatter.format(result) ?? result, origin: "from \(map)")
  }

  /// The data in place of the file named, and the options of the command line over those of the statement.
  func replace(
    _ statement: ImportSyntax, file: String, table: (any ImportTable)? = nil, _ request: ImportRequest,
    in edits: inout TextEdits
  ) {
    edits.replace(statement.file.range, by: Written.text(file))
    var target = request.rejectsTo
    if request.files.count > 1 || request.tables.count > 1 {
      target = target.map { FilePath.join($0, Self.rejectsName(file, table?.options.table)) }
    }
    // A map's own folder is not meant by what the command line names.
    if request.map != nil { target = target.map(Self.fromHere) }
    let rejects = target.map { [(name: "rejects_to", value: Written.text($0))] } ?? []
    let added = request.options(of: file, table) + rejects
    guard !added.isEmpty else { return }
    let names = Set(added.map(\.name))
    guard let written = statement.options else {
      let end = statement.mapping?.range ?? statement.condition?.range ?? statement.key?.range ?? statement.file.range
      edits.insert(ImportText.with(added, rejectsTo: nil), after: end)
      return
    }
    let kept = written.entries.filter { !names.contains(nameKey($0.name.text)) }
      .map { (name: $0.name.text, value: edits.source(of: $0.value.range)) }
    let all = (kept + added).map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    edits.replace(written.range, by: "{ \(all) }")
  }

  /// Where files really lie, so that a statement of another folder finds them.
  func absolute(_ files: [String]) throws(Diagnostics) -> [String] {
    var result: [String] = []
    for file in files {
      if DatabaseAddress.isAddress(file) {
        result.append(file)
        continue
      }
      do throws(Diagnostic) { result.append(try FileLeave.everything.resolveForReading(file)) } catch {
        throw Diagnostics(error)
      }
    }
    return result
  }

  // MARK: - Evidence in words

  private static func proposed(_ proposal: FileProposal, isMended: Bool) -> PreparedImport.Proposed {
    let names = proposal.table.columnNames
    var evidence: [String: String] = [:]
    var leftOut: [String: String] = [:]
    for field in proposal.fields { evidence[names[field.column]] = field.evidence }
    for column in proposal.leftOut { leftOut[names[column.column]] = column.reason }
    var duplicates: [String] = []
    if let key = proposal.key, proposal.columns.indices.contains(key) {
      let column = proposal.columns[key]
      evidence[column.name] =
        "\(ColumnEvidence.grouped(column.distinct)) different, "
        + (column.missing == 0 ? "none missing" : "\(ColumnEvidence.grouped(column.missing)) missing")
      if column.repeated > 0 {
        duplicates.append("\(ColumnEvidence.grouped(column.repeated)) rows have a key that another row has too")
      }
      if let alike = column.alike {
        duplicates.append(
          "the keys \"\(alike.first)\" and \"\(alike.second)\" are written differently and mean the same"
            + (alike.count > 1 ? ", and \(alike.count - 1) more pairs" : ""))
      }
    }
    return PreparedImport.Proposed(
      file: proposal.path, table: proposal.table.options.table, isNew: proposal.isNew, reason: proposal.reason,
      keyColumn: proposal.key.map { names[$0] }, evidence: evidence, leftOut: leftOut,
      links: proposal.links.map(Self.words), possible: proposal.possible, duplicates: duplicates,
      mendable: isMended ? nil : question(proposal))
  }

  /// `read "GTXPro" as "GTX Pro" (1,480 rows)?`
  private static func question(_ proposal: FileProposal) -> String? {
    let values = proposal.fields.flatMap(\.mendable)
    guard !values.isEmpty else { return nil }
    let pairs = values.prefix(3).map { "\"\($0.value)\" as \"\($0.alike ?? "")\"" }
    let rows = values.reduce(0) { $0 + $1.rows }
    return "read \(pairs.joined(separator: ", "))\(values.count > 3 ? " and \(values.count - 3) more so" : "")"
      + " (\(ColumnEvidence.grouped(rows)) row\(rows == 1 ? "" : "s"))?"
  }

  private static func words(_ found: Containment) -> String {
    let head = "\(found.column) → \(found.family): "
    if !found.isCompared {
      return head + "by name; \(ColumnEvidence.grouped(found.values)) values, too many to be compared"
    }
    if found.keys == 0 {
      return head + "\(ColumnEvidence.grouped(found.values)) value\(found.values == 1 ? "" : "s"), begun by reference"
    }
    var words =
      head
      + "\(ColumnEvidence.grouped(found.keys)) of \(ColumnEvidence.grouped(found.values)) value\(found.values == 1 ? " is a key" : "s are keys")"
    guard found.rowsWithout > 0 else { return words }
    let strangers = found.strangers.prefix(3).map { stranger in
      "\"\(stranger.value)\"" + (stranger.alike.map { " (\"\($0)\" is one)" } ?? "")
    }
    words += "; none is \(strangers.joined(separator: ", "))"
    if found.values - found.keys > 3 { words += " …" }
    return words + ", in \(ColumnEvidence.grouped(found.rowsWithout)) row\(found.rowsWithout == 1 ? "" : "s")"
  }
}

/// Replacements in a text, by ranges of it that do not overlap.
struct TextEdits {
  private let bytes: [UInt8]
  private var edits: [(start: Int, end: Int, text: String)] = []

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func replace(_ range: SourceRange, by text: String) {
    edits.append((Int(range.start), Int(range.end), text))
  }

  mutating func insert(_ text: String, after range: SourceRange) {
    edits.append((Int(range.end), Int(range.end), text))
  }

  func source(of range: SourceRange) -> String { source(Int(range.start), Int(range.end)) }

  private func source(_ start: Int, _ end: Int) -> String {
    let range = max(0, min(start, bytes.count))..<max(0, min(max(start, end), bytes.count))
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// The whole, edited.
  var text: String { text(from: 0, to: bytes.count) }

  /// A stretch, edited.
  func text(of range: SourceRange) -> String { text(from: Int(range.start), to: Int(range.end)) }

  private func text(from start: Int, to end: Int) -> String {
    var result = ""
    var at = start
    for edit in edits.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) where edit.start >= at && edit.end <= end
    {
      result += source(at, edit.start) + edit.text
      at = edit.end
    }
    return result + source(at, end)
  }
}
