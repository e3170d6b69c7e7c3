import PeyvandBase
import PeyvandData
import PeyvandImport
import PeyvandSyntax

/// Statements written from what was found out of files: what a user would have written.
struct ImportText {
  var request: ImportRequest

  /// The declarations of new kinds, then the imports, in the style of `fmt`.
  func program(_ proposals: [FileProposal], rejectsTo: (FileProposal) -> String?) -> String {
    var text = ""
    var declared: Set<String> = []
    for kind in proposals.flatMap(\.begun) where declared.insert(kind).inserted {
      text += "entity \(name(kind)) {}\n"
    }
    for proposal in proposals where declared.insert(proposal.kind).inserted {
      // A kind that is there is declared again with what is added to it.
      let isWidened = proposals.contains { $0.kind == proposal.kind && $0.fields.contains { !$0.isDeclared } }
      guard proposal.isNew || isWidened else { continue }
      text += declaration(proposal, besides: proposals) + "\n"
    }
    if !text.isEmpty { text += "\n" }
    for proposal in proposals { text += statement(proposal, rejectsTo: rejectsTo(proposal)) + "\n" }
    return Formatter.format(text) ?? text
  }

  private func name(_ name: String) -> String { Written.name(name) ?? "`\(name)`" }

  private func declaration(_ proposal: FileProposal, besides all: [FileProposal]) -> String {
    // Several files of one new kind declare what they have together.
    var seen: Set<String> = []
    var fields: [String] = []
    for file in all where file.kind == proposal.kind {
      for field in file.fields where !field.isDeclared && seen.insert(nameKey(field.field)).inserted {
        let isBare = field.field == field.type && Self.isReference(field)
        // The time of an event or of a tie is there anyway; a day says so.
        if field.role == .time, field.type == "time" { continue }
        fields.append(isBare ? name(field.field) : "\(name(field.field)): \(type(field))")
      }
    }
    return "\(proposal.flavour.rawValue) \(name(proposal.kind)) { \(fields.joined(separator: ", ")) }"
  }

  private func type(_ field: FileProposal.FieldOf) -> String {
    if case .reference(let kind, _) = field.role { return name(kind) }
    return field.type
  }

  private static func isReference(_ field: FileProposal.FieldOf) -> Bool {
    if case .reference = field.role { true } else { false }
  }

  private func statement(_ proposal: FileProposal, rejectsTo: String?) -> String {
    let table = proposal.table
    var text = "import \(name(proposal.kind)) from \(Written.text(proposal.path))"
    if let key = proposal.key, nameKey(table.columnNames[key]) != "key" {
      text += " key \(name(table.columnNames[key]))"
    }
    var entries: [String] = []
    for field in proposal.fields {
      let column = table.columnNames[field.column]
      var creates = false
      if case .reference(_, creates: true) = field.role { creates = true }
      // A field takes the column of its name by itself.
      let isByName = nameKey(column) == nameKey(field.field) && table.column(named: field.field) == field.column
      if request.mends, !field.mendable.isEmpty {
        entries.append("\(name(field.field)): \(mended(name(column), field.mendable))")
        continue
      }
      guard creates || !isByName else { continue }
      entries.append("\(name(field.field)): \(creates ? "create " : "")\(name(column))")
    }
    if !entries.isEmpty { text += " { \(entries.joined(separator: ", ")) }" }
    return text + Self.with(request.options(of: proposal.path, table), rejectsTo: rejectsTo)
  }

  /// Spellings that are no keys read as the keys they are nearly.
  private func mended(_ column: String, _ values: [Containment.Stranger]) -> String {
    let cases = values.compactMap { value in
      value.alike.map { "\(column) = \(Written.text(value.value)), \(Written.text($0)), " }
    }
    return "if(\(cases.joined())\(column))"
  }

  static func with(_ options: [(name: String, value: String)], rejectsTo: String?) -> String {
    let all = options + (rejectsTo.map { [(name: "rejects_to", value: Written.text($0))] } ?? [])
    return all.isEmpty ? "" : " with { \(all.map { "\($0.name): \($0.value)" }.joined(separator: ", ")) }"
  }
}
