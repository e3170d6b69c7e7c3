import PeyvandBase
import PeyvandData

extension Session {
  /// Explains a word: of the language, a kind or a field of the company, or an error's code. Says what is nearest
  /// where the word is none of these.
  public func explain(_ word: String) -> String {
    var parts: [String] = []
    if let kind = catalogue.kind(named: word) { parts.append(description(of: kind)) }
    let fields = catalogue.fields.filter { nameKey($0.name) == nameKey(word) }
    if !fields.isEmpty { parts.append(fields.map(description).joined(separator: "\n")) }
    if let words = Help.explanation(of: word) { parts.append(words) }
    guard parts.isEmpty else { return parts.joined(separator: "\n\n") }
    let names = catalogue.kinds.map(\.name) + catalogue.fields.map(\.name)
    let near = nearest(word, among: names) + Help.nearestWords(to: word)
    let advice =
      near.isEmpty ? "`?` alone shows what can be asked" : "near it: " + near.prefix(4).joined(separator: ", ")
    return "`\(word)` is no word of the language and no name of this company; " + advice
  }

  private func description(of kind: Kind) -> String {
    let flavour = kind.flavour == .entity ? "an entity" : kind.flavour == .event ? "an event" : "a relationship"
    let general = kind.general.flatMap(catalogue.kind).map { ", a special case of " + $0.name } ?? ""
    let label = kind.label.map { " («\($0)»)" } ?? ""
    var text = "\(kind.name)\(label): \(flavour)\(general)"
    for field in kind.fields.compactMap(catalogue.field) {
      text += "\n  \(field.name): \(typeName(field.type))" + (field.documentation.map { "  — " + $0 } ?? "")
    }
    return text
  }

  private func description(of field: Field) -> String {
    let owners = field.declaredBy.map { catalogue.name(of: $0) }.joined(separator: ", ")
    return "\(field.name): \(typeName(field.type)), a field of \(owners)"
      + (field.documentation.map { "  — " + $0 } ?? "")
  }

  private func typeName(_ type: FieldType) -> String {
    switch type {
    case .number(let unit): unit.name.map { "number in " + $0 } ?? "number"
    case .text: "text"
    case .yesno: "yesno"
    case .date: "date"
    case .time: "time"
    case .duration: "duration"
    case .reference(let kind): catalogue.name(of: kind)
    case .list(let element): "list of " + typeName(element)
    }
  }
}
