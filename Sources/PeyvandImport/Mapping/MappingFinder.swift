import PeyvandBase
import PeyvandData
import PeyvandStore

/// Finds what some files are and where their columns go: by name and by evidence, never by what a word might mean.
///
/// A column goes to the field of its name. A reference is found by its name (`customer_id`, `CustomerID`, `customer`)
/// where its values are keys, or by its values alone where they are texts that are nearly all keys of one family. Where
/// the store has no kind for a file, one is proposed: an entity where each row has a key and no time, an event where it
/// has a time and refers to others, a relationship where it refers to two and has a beginning and an end. Several files
/// are looked at together, so that one may refer to another; what is found is said with its count.
package struct MappingFinder {
  /// A file as it was given, with what was asked for.
  package struct Input {
    package var table: any ImportTable
    /// As the user wrote it, for the statement.
    package var path: String
    /// `--as`
    package var kind: String?
    package var flavour: KindFlavour?
    /// `--key`
    package var key: String?
    /// `--add-fields`: whether columns that a known kind has no field for become fields of it.
    package var addsFields: Bool
    package init(
      table: any ImportTable, path: String? = nil, kind: String? = nil, flavour: KindFlavour? = nil, key: String? = nil,
      addsFields: Bool = false
    ) {
      self.addsFields = addsFields
      self.table = table
      self.path = path ?? table.fileName
      self.kind = kind
      self.flavour = flavour
      self.key = key
    }
  }

  let inputs: [Input]
  let state: StoreState
  let profiles: [[ColumnProfile]]
  var catalogue: Catalogue { state.catalogue }
  /// For each file its key column.
  var keys: [Int?] = []
  var kinds: [(name: String, existing: Kind?, reason: String)] = []
  /// For each file the first one that is of its kind, where that is another: parts of one export.
  var groups: [Int?] = []
  var proposed: [Int: FileProposal] = [:]
  /// Kinds that other files begin by reference, by their words.
  var begun: [String: KeyFamily] = [:]

  /// Proposals in an order in which they can be imported: what is referred to goes first.
  /// - Throws: E2201 where a file that would be a new kind has only a header, E2214 where `--key` names no column, and
  ///   what reading the files throws.
  package static func find(
    _ inputs: [Input], for state: StoreState, interruption: Interruption?
  ) throws(Diagnostics) -> [FileProposal] {
    var profiles: [[ColumnProfile]] = []
    for input in inputs { profiles.append(try ColumnProfile.all(of: input.table, interruption: interruption)) }
    var finder = MappingFinder(inputs: inputs, state: state, profiles: profiles)
    for file in inputs.indices { finder.keys.append(try finder.keyColumn(of: file)) }
    for file in inputs.indices { finder.groups.append(finder.firstAlike(file)) }
    finder.kinds = inputs.indices.map { finder.kind(of: $0) }
    for file in inputs.indices { if let first = finder.groups[file] { finder.kinds[file] = finder.kinds[first] } }
    finder.keepNamesApart()
    let headers = inputs.indices.filter { inputs[$0].table.rowCount == 0 && finder.kinds[$0].existing == nil }
    guard headers.isEmpty else {
      throw Diagnostics(headers.map { ImportDiagnostics.onlyHeader(inputs[$0].table.fileName, inputs[$0].table.part) })
    }
    for file in inputs.indices { finder.proposed[file] = finder.proposal(for: file) }
    finder.unite()
    return inOrder(inputs.indices.compactMap { finder.proposed[$0] })
  }

  private init(inputs: [Input], state: StoreState, profiles: [[ColumnProfile]]) {
    self.inputs = inputs
    self.state = state
    self.profiles = profiles
  }

  // MARK: - The key

  /// The column that names each row: unique and complete, and called so, or the first of the file.
  private func keyColumn(of file: Int) throws(Diagnostics) -> Int? {
    let columns = profiles[file]
    let table = inputs[file].table
    if let asked = inputs[file].key {
      guard let column = table.column(named: asked) else {
        throw Diagnostics(ImportDiagnostics.noSuchColumn(asked, file: table.fileName, columns: table.columnNames))
      }
      return column
    }
    let complete = columns.filter { $0.canBeKey && $0.missing <= table.rowFaults.count && $0.present > 0 }
    let own =
      inputs[file].kind.map { [NameWords($0).singular] }
      ?? [fileWords(file).singular] + (imported(file).map { [NameWords($0.name).singular] } ?? [])
    let others = Set(
      inputs.indices.filter { $0 != file }.map { fileWords($0).singular.words }
        + catalogue.kinds.filter { !isDescribed($0, by: file) }.map { NameWords($0.name).singular.words }
    ).subtracting(own.map(\.words))
    func rank(_ column: ColumnProfile) -> Int? {
      let words = column.words
      if words.isIdentifier { return 0 }
      if own.contains(where: { words.singular == $0 || words.base?.singular.words == $0.words }) { return 1 }
      // What names another kind refers to it, even where each row has another one.
      if others.contains((words.base ?? words).singular.words) { return nil }
      if column.index == 0, words.base != nil { return 2 }
      if words.plainBase != nil { return 3 }
      if words.base != nil { return 4 }
      // A column without a name among named ones is a count of rows that some tool wrote.
      let isNameless = column.name == "c\(column.index + 1)" && columns.contains { $0.name != "c\($0.index + 1)" }
      return column.index == 0 && !isNameless ? 5 : nil
    }
    // A key that is declared by an earlier import of the kind stays what it was: the same rules over the same columns.
    func best(_ columns: [ColumnProfile]) -> (rank: Int, index: Int)? {
      columns.compactMap { column in rank(column).map { (rank: $0, index: column.index) } }
        .min { ($0.rank, $0.index) < ($1.rank, $1.index) }
    }
    let unique = best(complete.filter { $0.distinct == $0.present })
    if let unique, unique.rank <= 1 { return unique.index }
    // A few rows that are there twice do not make a list of customers one of events: they are rejected and told.
    let hasTime = columns.contains(where: \.isTime)
    func isNearlyKey(_ column: ColumnProfile) -> Bool {
      let repeated = column.present - column.distinct
      guard repeated > 0, repeated <= column.present / 20 else { return false }
      switch rank(column) {
      case 0: return column.index == 0 || column.words.isPlainIdentifier
      case 1: return column.words.base != nil || !hasTime
      case 2, 3:
        guard !hasTime, let base = column.words.base?.singular else { return false }
        return own.contains { Set(base.words).isSubset(of: $0.words) }
      default: return false
      }
    }
    return best(complete.filter(isNearlyKey))?.index ?? unique?.index
  }

  // MARK: - What was imported before

  /// The kind that an earlier import took a file of this name for, whatever folder it lay in. Where it was taken for
  /// several, that with the most fields among its columns, the latest of equals.
  private func imported(_ file: Int) -> Kind? {
    let source = inputs[file].table.sourceName()
    var best: (kind: Kind, fields: Int)?
    for entry in state.imports.entries
    where !entry.isUndone && (entry.mark.source == source || ImportPlan.sourceName(entry.mark.source) == source) {
      guard let kind = catalogue.kind(entry.kind) else { continue }
      let (shared, all) = fieldsShared(kind, file)
      // Another file under a name that many have: `data.csv`.
      guard shared * 3 >= all, shared >= best?.fields ?? 0 else { continue }
      best = (kind, shared)
    }
    return best?.kind
  }

  /// Whether most of what a kind has are columns of a file: then the file is of it, and does not refer to it.
  private func isDescribed(_ kind: Kind, by file: Int) -> Bool {
    let (shared, all) = fieldsShared(kind, file)
    return shared >= 2 && shared * 2 > all
  }

  /// How many of a kind's fields are columns by their names, and how many it has; its times have names of their own.
  private func fieldsShared(_ kind: Kind, _ file: Int) -> (shared: Int, all: Int) {
    let columns = Set(profiles[file].flatMap { [$0.words.joined, $0.words.base?.joined ?? ""] })
    let prefix = NameWords(kind.name).words
    let fields = kind.fields.compactMap { catalogue.field($0)?.name }.filter { !["at", "start", "end"].contains($0) }
    let shared = fields.filter { name in
      let words = NameWords(name)
      return columns.contains(words.joined) || columns.contains(NameWords(words: prefix + words.words).joined)
    }
    return (shared.count, fields.count)
  }

  // MARK: - The kind

  /// The words of the file's name, without folder and ending.
  /// Numbers at its end are a date or the count of a part, not a name.
  func fileWords(_ file: Int) -> NameWords {
    // A table is called by its own name, not by that of the database.
    let table = inputs[file].table
    let all = NameWords(Self.rejectsLess(Self.stem(Self.tableName(table).map { $0 + "." } ?? table.fileName)))
    let count = all.words.reversed().prefix { $0.unicodeScalars.allSatisfy { $0.properties.numericType != nil } }.count
    return count == 0 || count == all.words.count
      ? all : NameWords(words: all.words.dropLast(count), isCamel: all.isCamel)
  }

  /// The table that was asked for, where the source has tables.
  private static func tableName(_ table: any ImportTable) -> String? {
    guard !(table is CSVTable), let asked = table.options.table else { return nil }
    return table.part ?? asked
  }

  /// Of `items.rejects` and `items.rejects-2` the name of what was rejected: rows that were mended go where they belong.
  private static func rejectsLess(_ stem: String) -> String {
    let parts = stem.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last else { return stem }
    let words = last.split(separator: "-", omittingEmptySubsequences: false)
    let isRejects =
      words.first.map { folded(String($0)) == "rejects" } ?? false
      && (words.count == 1 || words.count == 2 && Int(words[1]) != nil)
    let rest = parts.dropLast().joined(separator: ".")
    return isRejects && !rest.isEmpty ? rest : stem
  }

  package static func stem(_ path: String) -> String {
    let name = ImportPlan.sourceName(path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// The first of the files before this one that has the same columns, or all of the fewer among its own.
  private func firstAlike(_ file: Int) -> Int? {
    guard inputs[file].kind == nil else { return nil }
    func names(_ file: Int) -> Set<String> { Set(profiles[file].map { $0.words.joined }) }
    func key(_ file: Int) -> String? { keys[file].map { profiles[file][$0].words.joined } }
    let own = names(file)
    return (0..<file).first { other in
      let its = names(other)
      return groups[other] == nil && key(other) == key(file) && min(own.count, its.count) > 1
        && (own.isSubset(of: its) || its.isSubset(of: own))
        && max(own.count, its.count) <= 2 * min(own.count, its.count)
    }
  }

  /// Fields of one kind have one type, whichever file they come from: the wider one.
  private mutating func unite() {
    for (file, first) in groups.enumerated() {
      guard let first, var one = proposed[first], var other = proposed[file] else { continue }
      for index in other.fields.indices {
        if let place = one.fields.firstIndex(where: { $0.field == other.fields[index].field }) {
          // A column without a value has no type to widen another to.
          if profiles[file][other.fields[index].column].present == 0 {
            other.fields[index].type = one.fields[place].type
          } else if profiles[first][one.fields[place].column].present == 0, one.fields[place].role == .plain,
            other.fields[index].role == .plain
          {
            one.fields[place].type = other.fields[index].type
          }
        }
        guard let place = one.fields.firstIndex(where: { $0.field == other.fields[index].field }),
          one.fields[place].type != other.fields[index].type, one.fields[place].role != .key
        else { continue }
        let types = Set([one.fields[place].type, other.fields[index].type])
        let wider = types == ["date", "time"] ? "time" : "text"
        for field in [one.fields[place], other.fields[index]] where field.type != wider {
          let evidence = field.evidence + "; \(wider) in another file"
          if field == one.fields[place] {
            one.fields[place].evidence = evidence
          } else {
            other.fields[index].evidence = evidence
          }
        }
        one.fields[place].type = wider
        other.fields[index].type = wider
        if wider == "text" {
          one.fields[place].role = .plain
          other.fields[index].role = .plain
        }
      }
      // What one refers to, the other does too: both wait for it.
      other.refersTo.formUnion(one.refersTo)
      proposed[first] = one
      proposed[file] = other
    }
  }

  private func existing(_ words: NameWords) -> Kind? {
    guard !words.words.isEmpty else { return nil }
    return catalogue.kinds.first { kind in
      let name = NameWords(kind.name)
      return name.words == words.words || name.words == words.singular.words
        || name.singular.words == words.singular.words
        || kind.label.map { NameWords($0).singular.words == words.singular.words } ?? false
    }
  }

  private func kind(of file: Int) -> (name: String, existing: Kind?, reason: String) {
    if let asked = inputs[file].kind {
      let known = catalogue.kind(named: asked) ?? existing(NameWords(asked))
      return (known?.name ?? Self.identifier(NameWords(asked), else: "record"), known, "as asked")
    }
    let stem = fileWords(file).singular
    let keyWords = keys[file].map { profiles[file][$0].words }
    // What the key is of: `opportunity_id` of opportunities, `account` of accounts.
    let keyed = keyWords.flatMap { $0.isIdentifier ? nil : ($0.base ?? $0) }?.singular
    let byName = Self.tableName(inputs[file].table) == nil ? "by the file's name" : "by the table's name"
    if let kind = imported(file) { return (kind.name, kind, "as it was imported before") }
    let named = existing(fileWords(file))
    // A kind that only references began is not described by lines of it.
    let isOnlyBegun = named.map { $0.fields.isEmpty && $0.flavour == .entity } ?? true
    if !isOnlyBegun, let named { return (named.name, named, byName) }
    if named == nil, let keyed, let kind = existing(keyed) { return (kind.name, kind, "by the key's name") }
    // A key that is not unique makes the rows lines of what it names.
    if let lines = profiles[file].first(where: { $0.words.plainBase?.singular.words == stem.words }),
      keys[file] != lines.index
    {
      return (
        stem.joined + "_line", existing(NameWords(words: stem.words + ["line"])),
        "several rows have one `\(lines.name)`"
      )
    }
    if let named { return (named.name, named, byName) }
    if let keyed, keyed.words != stem.words, !isAmbiguousKey(keyed, besides: file), let keyWords {
      let isReferredTo = profiles.indices.contains { other in
        other != file && profiles[other].contains { ($0.words.base ?? $0.words).singular.words == keyed.words }
      }
      let isPartOfName = Set(keyed.words).isSubset(of: stem.words)
      let isCompound = stem.words.count > 1 && !fileWords(file).isCamel && keyWords.plainBase != nil
      if isReferredTo || isPartOfName || isCompound {
        return (Self.identifier(keyed, else: "record"), nil, "by the key `\(profiles[file][keys[file] ?? 0].name)`")
      }
    }
    return (Self.identifier(stem, else: "record"), nil, byName)
  }

  /// Whether another file's key is of the same, so that it names none of them.
  private func isAmbiguousKey(_ words: NameWords, besides file: Int) -> Bool {
    profiles.indices.contains { other in
      guard other != file, let key = keys[other], groups[other] == nil, groups[file] == nil || other != groups[file],
        !groups.contains(where: { $0 == file }) || groups[other] != file
      else { return false }
      let its = profiles[other][key].words
      return (its.base ?? its).singular.words == words.words
    }
  }

  /// Two files of one name in two folders, or two keys of one name, are two kinds.
  private mutating func keepNamesApart() {
    var taken: [String: Int] = [:]
    for file in kinds.indices where inputs[file].kind == nil && kinds[file].existing == nil && groups[file] == nil {
      let name = kinds[file].name
      if let other = taken[name], other != file {
        let stem = Self.identifier(fileWords(file).singular, else: "record")
        kinds[file].name = taken[stem] == nil ? stem : "\(stem)_\(file + 1)"
      }
      taken[kinds[file].name] = file
    }
    for file in kinds.indices { if let first = groups[file] { kinds[file].name = kinds[first].name } }
  }

  /// Words as a name of the language.
  static func identifier(_ words: NameWords, else fallback: String) -> String {
    let name = words.joined
    guard let first = name.unicodeScalars.first else { return fallback }
    return first.properties.numericType == nil ? name : "\(fallback)_\(name)"
  }

  // MARK: - Order

  private static func inOrder(_ proposals: [FileProposal]) -> [FileProposal] {
    var result: [FileProposal] = []
    var done: Set<Int> = []
    while result.count < proposals.count {
      let ready = proposals.indices.filter { file in
        !done.contains(file) && proposals[file].refersTo.allSatisfy { done.contains($0) || $0 == file }
      }
      // Files that refer to each other in a circle go as they came.
      let next = ready.isEmpty ? proposals.indices.filter { !done.contains($0) }.prefix(1) : ready[...]
      for file in next {
        done.insert(file)
        result.append(proposals[file])
      }
    }
    return result
  }
}
