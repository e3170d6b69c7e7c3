import PeyvandBase
import PeyvandData

/// Where the columns of one file go.
extension MappingFinder {
  mutating func proposal(for file: Int) -> FileProposal {
    let input = inputs[file]
    let columns = profiles[file]
    let (name, existing, reason) = kinds[file]
    var proposal = FileProposal(
      table: input.table, path: input.path, columns: columns, kind: name, flavour: existing?.flavour ?? .entity,
      isNew: existing == nil,
      reason: reason, key: keys[file])
    var open = columns.filter { $0.index != keys[file] }
    leaveOut(&open, &proposal)
    let families = families(besides: file) + begun.values.sorted { $0.kind < $1.kind }
    var links: [Int: Link] = [:]
    for column in open {
      let (link, possible) = link(column, of: file, among: families)
      if let link { links[column.index] = link }
      guard link == nil, existing == nil, let family = begins(column, file, families) else {
        if let possible { proposal.possible.append(possible) }
        continue
      }
      links[column.index] = family
    }
    if let existing {
      takeDeclared(existing, &open, links, &proposal)
      if input.addsFields { addFields(to: existing, &open, links, &proposal) }
      for column in open {
        proposal.leftOut.append(.init(column: column.index, reason: "\(name) has no such field (--add-fields adds it)"))
      }
    } else {
      propose(&open, links, &proposal, asked: input.flavour, like: groups[file].flatMap { proposed[$0] })
    }
    for (index, link) in links where proposal.field(of: index) != nil {
      proposal.refersTo.formUnion(link.family.files)
      if link.family.isNew {
        begun[link.family.words.joined] = link.family
        if !proposal.begun.contains(link.family.kind) { proposal.begun.append(link.family.kind) }
      }
    }
    for place in proposal.fields.indices {
      proposal.fields[place].mendable = links[proposal.fields[place].column]?.containment.mendable ?? []
    }
    proposal.links = links.filter { proposal.field(of: $0.key) != nil }.sorted { $0.key < $1.key }.map(
      \.value.containment)
    proposal.fields.sort { $0.column < $1.column }
    return proposal
  }

  /// What holds nothing, or the same as another column, or what an earlier import wrote beside its rejects.
  private func leaveOut(_ open: inout [ColumnProfile], _ proposal: inout FileProposal) {
    var kept: [ColumnProfile] = []
    let numbers = Dictionary(proposal.columns.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
    for column in open {
      if RejectsFile.columns.contains(column.name) {
        proposal.leftOut.append(.init(column: column.index, reason: "written beside rejected rows"))
      } else if column.name.utf8.contains(UInt8(ascii: "`")) {
        proposal.leftOut.append(.init(column: column.index, reason: "its name cannot be written"))
      } else if column.present == 0, !proposal.isNew || column.name == "c\(column.index + 1)" {
        // Of a kind that is declared for this file it is a field that later files may fill.
        proposal.leftOut.append(.init(column: column.index, reason: "empty"))
      } else if let twin = twin(of: column, among: proposal.columns, numbers) {
        proposal.leftOut.append(.init(column: column.index, reason: "the same as `\(twin.name)`"))
      } else {
        kept.append(column)
      }
    }
    open = kept
  }

  /// The column before that a column repeats: `OrderID` of `OrderID 2`.
  private func twin(of column: ColumnProfile, among all: [ColumnProfile], _ numbers: [String: Int]) -> ColumnProfile? {
    for blank in column.name.indices where column.name[blank] == " " {
      guard let number = numbers[String(column.name[..<blank])], number < column.index, all.indices.contains(number),
        all[number].equals(column)
      else { continue }
      return all[number]
    }
    return nil
  }

  /// A reference to records that no file describes: `customer_id` of a list of purchases begins customers.
  private func begins(_ column: ColumnProfile, _ file: Int, _ families: [KeyFamily]) -> Link? {
    guard column.canBeKey, let base = column.words.plainBase, column.distinct < column.present,
      !families.contains(where: { $0.isNamed(base) }),
      !kinds.contains(where: { NameWords($0.name).words == base.singular.words })
    else { return nil }
    let family = KeyFamily.begun(Self.identifier(base.singular, else: "record"))
    return Link(family: family, containment: Containment(column, in: family), isNamed: true, creates: true)
  }

  // MARK: - A kind that is there

  private func takeDeclared(
    _ kind: Kind, _ open: inout [ColumnProfile], _ links: [Int: Link], _ proposal: inout FileProposal
  ) {
    let table = proposal.table
    let kindWords = NameWords(kind.name).words
    var free = Set(open.map(\.index))
    func take(_ index: Int, _ field: Field, _ evidence: String, creates: Bool = false) {
      guard free.remove(index) != nil else { return }
      let column = proposal.columns[index]
      var role = FileProposal.Role.plain
      if case .reference(let target) = field.type {
        role = .reference(catalogue.name(of: target), creates: creates)
      } else if field.id == catalogue.timeField(of: kind.id)?.id
        || (kind.flavour == .relationship && field.name == "end")
      {
        role = .time
      }
      proposal.fields.append(
        .init(
          column: column.index, field: field.name, type: Self.typeName(field.type, catalogue), role: role,
          evidence: evidence, isDeclared: true))
    }
    func isOpen(_ index: Int?) -> Int? { index.flatMap { free.contains($0) ? $0 : nil } }
    func link(_ index: Int) -> (evidence: String, creates: Bool) {
      links[index].map { (Self.evidence($0), $0.creates) } ?? ("by name", false)
    }
    var fields = kind.fields.compactMap(catalogue.field)
    // The same name goes before alike names, and both before what only the values say.
    func pass(_ find: (Field) -> (Int, String, Bool)?) {
      fields = fields.filter { field in
        guard let (index, evidence, creates) = find(field) else { return true }
        take(index, field, evidence, creates: creates)
        return false
      }
    }
    defer { open.removeAll { !free.contains($0.index) } }
    // What is left after a pass is little where the names agree.
    func rest() -> [ColumnProfile] { open.filter { free.contains($0.index) } }
    pass { field in
      guard let index = isOpen(table.column(named: field.name) ?? field.label.flatMap { table.column(named: $0) })
      else {
        return nil
      }
      guard case .reference = field.type else { return (index, Self.typed(proposal.columns[index]), false) }
      let (evidence, creates) = link(index)
      return (index, evidence, creates)
    }
    open = rest()
    pass { field in
      let names = [NameWords(field.name)] + (field.label.map { [NameWords($0)] } ?? [])
      let found = open.first { column in
        free.contains(column.index)
          && names.contains { name in
            column.words.words == name.words || column.words.words == kindWords + name.words
              || (field.type.isReference && column.words.base?.words == name.words)
          }
      }
      guard let found else { return nil }
      let (evidence, creates) = link(found.index)
      return (found.index, field.type.isReference ? evidence : Self.typed(found), creates)
    }
    open = rest()
    pass { field in
      guard case .reference(let target) = field.type else { return nil }
      let name = catalogue.name(of: target)
      let found = open.first { free.contains($0.index) && links[$0.index]?.family.kind == name }
      return found.map { ($0.index, link($0.index).evidence, link($0.index).creates) }
    }
    pass { field in
      guard field.type == .date || field.type == .time else { return nil }
      let times = open.filter { free.contains($0.index) && $0.isTime && !$0.words.isBookkeeping }
      switch (kind.flavour, field.name) {
      case (.event, "at"): return Self.mostComplete(times).map { ($0.index, Self.typed($0), false) }
      case (.relationship, "start"):
        return times.first { $0.words.isBeginning }.map { ($0.index, Self.typed($0), false) }
      case (.relationship, "end"): return times.first { $0.words.isEnd }.map { ($0.index, Self.typed($0), false) }
      default: return nil
      }
    }
  }

  /// Columns for which a kind has no field become fields of it.
  private func addFields(
    to kind: Kind, _ open: inout [ColumnProfile], _ links: [Int: Link], _ proposal: inout FileProposal
  ) {
    // A field of a special kind has its name in the whole family.
    var taken: Set<String> = ["key", "kind"]
    for field in catalogue.fields where field.family == kind.family { taken.insert(nameKey(field.name)) }
    for column in open {
      let link = links[column.index]
      let full = Self.identifier(column.words, else: "c")
      let short = link == nil ? full : Self.identifier(column.words.base ?? column.words, else: "c")
      var name = taken.contains(short) ? full : short
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(full)_\(number)"
        number += 1
      }
      proposal.fields.append(
        .init(
          column: column.index, field: name, type: link?.family.kind ?? column.typeName,
          role: link.map { .reference($0.family.kind, creates: $0.creates) } ?? .plain,
          evidence: (link.map(Self.evidence) ?? Self.typed(column)) + "; a new field", isDeclared: false))
    }
    open = []
  }

  // MARK: - A kind to declare

  private func propose(
    _ open: inout [ColumnProfile], _ links: [Int: Link], _ proposal: inout FileProposal, asked: KindFlavour?,
    like first: FileProposal?
  ) {
    let kind = proposal.kind
    let references = open.filter { links[$0.index] != nil && links[$0.index]?.family.kind != kind }
    let times = open.filter { $0.isTime && !$0.words.isBookkeeping }
    let start = times.first { $0.words.isBeginning }
    let end = times.first { $0.words.isEnd && $0.index != start?.index }
    // Files of one kind have one time: that of the first of them.
    let time =
      (first?.timeName).flatMap { name in times.first { $0.words == NameWords(name) } } ?? Self.mostComplete(times)
    let hasKey = proposal.key != nil
    let isDescribed = open.contains { column in
      column.words.words == ["name"] || column.words.words == NameWords(kind).words + ["name"]
    }
    let isReferredTo =
      proposal.key.map { key in
        let words = NameWords(kind).words
        return profiles.indices.contains { other in
          (inputs[other].path, inputs[other].table.options.table) != (proposal.path, proposal.table.options.table)
            && profiles[other].contains { ($0.words.base ?? $0.words).singular.words == words }
        } && proposal.columns[key].isUnique
      } ?? false
    switch asked ?? first?.flavour {
    case let flavour?: proposal.flavour = flavour
    case nil where references.count >= 2 && start != nil && end != nil: proposal.flavour = .relationship
    case nil where hasKey && isDescribed && isReferredTo: proposal.flavour = .entity
    case nil where time != nil && (!references.isEmpty || !hasKey): proposal.flavour = .event
    case nil where hasKey: proposal.flavour = .entity
    case nil where references.count >= 2: proposal.flavour = .relationship
    case nil: proposal.flavour = .event
    }
    var done: Set<Int> = []
    func take(_ column: ColumnProfile, _ field: String, _ type: String, _ role: FileProposal.Role, _ evidence: String) {
      done.insert(column.index)
      proposal.fields.append(
        .init(column: column.index, field: field, type: type, role: role, evidence: evidence, isDeclared: false))
    }
    var taken: Set<String> = ["key", "kind"]
    switch proposal.flavour {
    case .event:
      taken.insert("at")
      if let time { take(time, "at", time.typeName, .time, Self.typed(time)) }
    case .relationship:
      taken.formUnion(["start", "end"])
      if let start { take(start, "start", start.typeName, .time, Self.typed(start)) }
      if let end { take(end, "end", end.typeName, .time, Self.typed(end)) }
    case .entity: break
    }
    func unused(_ words: NameWords, or full: NameWords) -> String {
      for candidate in [words, full, NameWords(words: NameWords(kind).words + full.words)] {
        let name = Self.identifier(candidate, else: "c")
        if taken.insert(name).inserted { return name }
      }
      var number = 2
      while !taken.insert("\(full.joined)_\(number)").inserted { number += 1 }
      return "\(full.joined)_\(number)"
    }
    for column in open where !done.contains(column.index) {
      if let link = links[column.index] {
        let name = unused(column.words.base ?? column.words, or: column.words)
        take(
          column, name, link.family.kind, .reference(link.family.kind, creates: link.creates), Self.evidence(link))
      } else {
        take(column, unused(column.words, or: column.words), column.typeName, .plain, Self.typed(column))
      }
    }
    open = []
  }

  /// The time that most rows have, the first of equals.
  private static func mostComplete(_ times: [ColumnProfile]) -> ColumnProfile? {
    times.min { ($0.missing, $0.index) < ($1.missing, $1.index) }
  }

  // MARK: - In words

  static func typed(_ column: ColumnProfile) -> String {
    if column.present == 0 { return "empty" }
    var words = column.found.evidence.text
    if column.found.type == .text, !column.found.isNearly {
      words = "text: \(ColumnEvidence.grouped(column.distinct)) different"
    }
    if column.missing > 0 { words += ", \(ColumnEvidence.grouped(column.missing)) missing" }
    return words
  }

  static func evidence(_ link: Link) -> String {
    let found = link.containment
    let missing = found.missing > 0 ? ", \(ColumnEvidence.grouped(found.missing)) missing" : ""
    if !found.isCompared {
      return "by name; \(ColumnEvidence.grouped(found.values)) different, too many to be compared with keys\(missing)"
    }
    if link.creates { return "\(ColumnEvidence.grouped(found.values)) different; begun where new\(missing)" }
    return
      "\(ColumnEvidence.grouped(found.keys)) of \(ColumnEvidence.grouped(found.values)) values are keys of \(found.family)\(missing)"
  }

  package static func typeName(_ type: FieldType, _ catalogue: Catalogue) -> String {
    switch type {
    case .number: "number"
    case .text: "text"
    case .yesno: "yesno"
    case .date: "date"
    case .time: "time"
    case .duration: "duration"
    case .reference(let kind): catalogue.name(of: kind)
    case .list(let element): "list of \(typeName(element, catalogue))"
    }
  }
}

extension ColumnProfile {
  var isTime: Bool { found.type == .date || found.type == .time }
  var typeName: String { MappingFinder.typeName(found.type, Catalogue()) }
}

extension FieldType {
  fileprivate var isReference: Bool { if case .reference = self { true } else { false } }
}
