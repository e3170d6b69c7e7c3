import PeyvandBase
import PeyvandCheck
import PeyvandData

/// A record that a question names by a key which no record has.
///
/// It equals nothing and has no events, so a mistyped key gives an answer that looks right. A script may well ask of a
/// record that is not there yet, so it is a warning; whether a record `is missing` is asked without one.
extension Evaluator {
  func warnings(ofUnknownRecordsIn reading: QuestionReading) throws(Diagnostics) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    var told: Set<RecordReference> = []
    for named in reading.records where !reading.forgiven.contains(named.range) {
      guard let key = text(of: named.key), key.contains(where: { !$0.isWhitespace }) else { continue }
      let kind = context.source.catalogue.name(of: named.kind)
      guard told.insert(RecordReference(kind: kind, key: key)).inserted,
        try row(withKey: key, of: named.kind) == nil
      else { continue }
      warnings.append(
        EvaluationDiagnostics.unknownRecord(
          kind, key, near: try keys(near: key, of: named.kind), named: try fields(holding: key, of: named.kind),
          at: named.range))
      // More of them would be a list of keys, and none the wiser.
      if warnings.count == 4 { break }
    }
    return warnings
  }

  /// A key that is written out, or that a name holds.
  private func text(of key: CheckedExpression) -> String? {
    switch key.node {
    case .constant(.text(let text)): text
    case .variable(let id): if case .value(.text(let text))? = context.variables[id] { text } else { nil }
    default: nil
    }
  }

  private func row(withKey key: String, of kind: KindID) throws(Diagnostics) -> Int32? {
    for member in context.source.catalogue.members(of: kind) {
      let family = context.source.catalogue.kind(member)?.family ?? member
      if let row = try context.source.row(withKey: key, family: family),
        context.source.rows(of: member).contains(Int(row))
      {
        return row
      }
    }
    return nil
  }

  /// Keys that look like it, among the first few thousand.
  private func keys(near key: String, of kind: KindID) throws(Diagnostics) -> [String] {
    let rows = context.source.rows(of: kind).prefix(5_000).map { Int32(clamping: $0) }
    let family = context.source.catalogue.kind(kind)?.family ?? kind
    return nearest(key, among: try context.source.keys(of: rows, family: family))
  }

  /// The text fields that some record of the kind has the key in: it was meant by its name.
  private func fields(holding text: String, of kind: KindID) throws(Diagnostics) -> [String] {
    let catalogue = context.source.catalogue
    let rows = context.source.rows(of: kind)
    var found: [String] = []
    for id in catalogue.kind(kind)?.fields ?? [] where !id.isOfAUnion {
      guard let field = catalogue.field(id), field.type == .text, let column = try context.source.column(id),
        case .text(let codes, let dictionary) = column.storage, let wanted = dictionary.identity(of: text)
      else { continue }
      // The column may begin later than the kind does, or go on after it.
      let places = codes.indices.clamped(
        to: max(0, rows.lowerBound - column.base)..<max(0, rows.upperBound - column.base))
      let isThere = places.contains { place in
        column.isPresent(place) && dictionary.identity(ofCode: codes[place]) == wanted
      }
      if isThere { found.append(field.name) }
    }
    return found
  }
}
