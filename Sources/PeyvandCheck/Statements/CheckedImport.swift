import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What an import makes of the rows of a file: expressions over the file's columns.
package struct CheckedImport: Sendable {
  package struct Assignment: Sendable {
    /// A field of the store's kind, or `kind`, which names each row's special kind.
    package var name: String
    /// The file's column, where the value is just that: it is then read in the field's own type.
    package var column: FieldID?
    package var value: CheckedExpression
    package var creates: Bool
    package var range: SourceRange
  }
  package var condition: CheckedExpression?
  /// What stands in the braces, in its order.
  package var assignments: [Assignment] = []
  /// The row in hand in all of these.
  package var row: Binding
}

extension Checker {
  /// Checks the braces and the condition of an import, now that the file's columns are known.
  ///
  /// - Parameters:
  ///   - target: the kind of the records, in `store`.
  ///   - row: the kind of the file's rows, in this checker's catalogue.
  /// - Returns: nothing where something is wrong; the diagnostics say what.
  package mutating func mapping(_ syntax: ImportSyntax, to target: KindID, in store: Catalogue, row: KindID)
    -> CheckedImport?
  {
    let binding = fresh(row)
    let scope = Scope(entries: [.record(Scope.Record(binding: binding))])
    var result = CheckedImport(row: binding)
    var isWrong = false
    if let written = syntax.condition {
      result.condition = condition(written, in: scope)
      isWrong = isWrong || result.condition == nil
    }
    var taken: Set<FieldID> = []
    for entry in syntax.mapping?.entries ?? [] {
      guard let value = one(entry.value, in: scope, wanted: "for `\(entry.name.text)`") else {
        isWrong = true
        continue
      }
      var column: FieldID?
      if case .field(_, let id) = value.node { column = id }
      func append(_ value: CheckedExpression) {
        result.assignments.append(
          .init(name: entry.name.text, column: column, value: value, creates: entry.creates, range: entry.name.range))
      }
      if nameKey(entry.name.text) == MemberWords.kind, store.field(named: MemberWords.kind, of: target) == nil {
        append(value)
        continue
      }
      guard let field = store.field(named: entry.name.text, of: target) else {
        let names = store.familyOrder(target).flatMap { store.kind($0)?.fields ?? [] }.compactMap {
          store.field($0)?.name
        }
        report(
          CheckDiagnostics.unknownName(
            entry.name.text, store.name(of: target), nearest(entry.name.text, among: names, limit: 4),
            at: entry.name.range))
        isWrong = true
        continue
      }
      guard taken.insert(field.id).inserted else {
        report(CheckDiagnostics.fieldTwice(field.name, at: entry.name.range))
        isWrong = true
        continue
      }
      // A plain column is read from its cells in the field's type; anything else must have that type.
      if column != nil || isPlain(value, for: field) {
        append(value)
      } else if let converted = converted(value, to: field) {
        append(converted)
      } else {
        isWrong = true
      }
    }
    return isWrong ? nil : result
  }

  /// A file knows no units: a number worked out from its columns is in the field's own.
  private func isPlain(_ value: CheckedExpression, for field: Field) -> Bool {
    guard case .number(let found) = value.type, case .number = field.type else { return false }
    return found.name == nil
  }
}
