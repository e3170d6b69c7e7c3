import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What an import makes of the rows of a file: expressions over the file's columns.
package struct CheckedImport: Sendable {
  package struct Assignment: Sendable {
    /// Of the store's catalogue.
    package var field: FieldID
    /// The file's column, where the value is just that: it is then read in the field's own type.
    package var column: FieldID?
    package var value: CheckedExpression
    package var creates: Bool
    package var range: SourceRange
  }
  package var condition: CheckedExpression?
  package var key: CheckedExpression?
  /// The file's column that is the key, where it is just one.
  package var keyColumn: FieldID?
  package var assignments: [Assignment] = []
  /// Names the special kind of each row.
  package var kind: CheckedExpression?
  /// The row in hand in all of these.
  package var row: Binding
}

extension Checker {
  /// Checks the braces, key and condition of an import, now that the file's columns are known.
  ///
  /// - Parameters:
  ///   - target: the kind of the records, in `store`.
  ///   - row: the kind of the file's rows, in this checker's catalogue.
  /// - Returns: nothing where something is wrong; the diagnostics say what.
  package mutating func mapping(_ syntax: ImportSyntax, to target: KindID, in store: Catalogue, row: KindID)
    -> CheckedImport?
  {
    let binding = fresh(row)
    let scope = Scope(entries: [.record(Scope.Record(binding: binding, back: nil))])
    let record = CheckedExpression(.binding(binding), .record(row), syntax.kind.range)
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
      if nameKey(entry.name.text) == "kind" {
        result.kind = value
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
      var column: FieldID?
      if case .field(_, let id) = value.node { column = id }
      // A plain column is read from its cells in the field's type; anything else must have that type.
      guard column != nil || converted(value, to: field) != nil else {
        isWrong = true
        continue
      }
      result.assignments.append(
        .init(
          field: field.id, column: column, value: column == nil ? converted(value, to: field) ?? value : value,
          creates: entry.creates, range: entry.name.range))
    }
    // A field not in the braces takes the column of its name.
    for id in store.familyOrder(target).flatMap({ store.kind($0)?.fields ?? [] }) where !taken.contains(id) {
      guard let field = store.field(id), let column = catalogue.field(named: field.name, of: row) else { continue }
      taken.insert(id)
      let value = CheckedExpression(.field(record, column.id), column.type.valueType, syntax.kind.range)
      result.assignments.append(
        .init(field: id, column: column.id, value: value, creates: false, range: syntax.kind.range))
    }
    let keyName = syntax.key ?? Name("key", syntax.kind.range)
    if let column = catalogue.field(named: keyName.text, of: row) {
      result.key = CheckedExpression(.field(record, column.id), column.type.valueType, keyName.range)
      result.keyColumn = column.id
    } else if let key = syntax.key {
      let names = catalogue.kind(row)?.fields.compactMap { catalogue.field($0)?.name } ?? []
      report(CheckDiagnostics.unknownName(key.text, "file", nearest(key.text, among: names, limit: 4), at: key.range))
      isWrong = true
    }
    return isWrong ? nil : result
  }
}
