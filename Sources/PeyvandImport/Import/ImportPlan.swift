import PeyvandBase
import PeyvandData

/// What goes where: one import, told without its syntax.
///
/// A statement, a mapping file or a preview all end in this value, and sources other than CSV need nothing more. Field
/// by field it says whether a column of the file is read as the field's own type (so that `00017` stays a text where
/// the field is one, and 19970101 is a day where the field is one), or whether an expression was evaluated over the
/// file's columns (`TableSource`) and its values are taken.
package struct ImportPlan: Sendable {
  package enum Input: Sendable {
    /// A column of the file, by its number.
    case column(Int)
    /// What an expression gave for every row of the file, and its type.
    case values(Vector, ValueType)
  }

  package struct FieldInput: Sendable {
    package var field: FieldID
    package var input: Input
    /// A reference to a key that is not there begins a record of that key.
    package var creates: Bool
    package init(field: FieldID, input: Input, creates: Bool = false) {
      self.field = field
      self.input = input
      self.creates = creates
    }
  }

  /// What was written in the braces: a field's name, or `kind`, or `key`.
  package struct Given: Sendable {
    package var name: String
    package var input: Input
    package var creates: Bool
    package init(name: String, input: Input, creates: Bool = false) {
      self.name = name
      self.input = input
      self.creates = creates
    }
  }

  package var kind: KindID
  package var key: Input?
  /// The column that names each row's special kind.
  package var kindOfRow: Input?
  package var fields: [FieldInput]
  /// The truth of `where E` for every row; missing: all rows.
  package var condition: Vector?
  /// What makes rows without a key those of this file.
  package var source: String

  package init(
    kind: KindID, key: Input?, kindOfRow: Input? = nil, fields: [FieldInput], condition: Vector? = nil, source: String
  ) {
    self.kind = kind
    self.key = key
    self.kindOfRow = kindOfRow
    self.fields = fields
    self.condition = condition
    self.source = source
  }

  /// Completes what was written: every field that is not in the braces takes the column of its name (or label), and
  /// without `key NAME` the column `key` is the key.
  /// - Parameters:
  ///   - key: the name after `key`.
  /// - Throws: E2214 where no column has the name, E2218 where the kind has no such field, and what `check` finds.
  package static func make(
    kind: KindID, in catalogue: Catalogue, from table: any ImportTable, key: String?, given: [Given] = [],
    condition: Vector? = nil
  ) throws(Diagnostics) -> ImportPlan {
    var problems: [Diagnostic] = []
    let kindName = catalogue.name(of: kind)
    var plan = ImportPlan(kind: kind, key: nil, fields: [], condition: condition, source: table.sourceName())
    var taken: Set<FieldID> = []
    for entry in given {
      if let field = catalogue.field(named: entry.name, of: kind) {
        if taken.insert(field.id).inserted {
          plan.fields.append(FieldInput(field: field.id, input: entry.input, creates: entry.creates))
        }
      } else if nameKey(entry.name) == "kind" {
        plan.kindOfRow = entry.input
      } else if nameKey(entry.name) == "key" {
        plan.key = entry.input
      } else {
        problems.append(
          ImportDiagnostics.noSuchField(entry.name, kind: kindName, fields: fields(of: kind, catalogue).map(\.name)))
      }
    }
    if let key {
      if let column = table.column(named: key) {
        plan.key = .column(column)
      } else {
        problems.append(ImportDiagnostics.noSuchColumn(key, file: table.fileName, columns: table.columnNames))
      }
    } else if plan.key == nil, let column = table.column(named: "key") {
      plan.key = .column(column)
    }
    // Fields of special kinds are taken where rows say their kind.
    let own = Set(catalogue.kind(kind)?.fields ?? [])
    for field in fields(of: kind, catalogue) where !taken.contains(field.id) {
      guard own.contains(field.id) || plan.kindOfRow != nil else { continue }
      if let column = table.column(named: field.name) ?? field.label.flatMap({ table.column(named: $0) }) {
        plan.fields.append(FieldInput(field: field.id, input: .column(column)))
      }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    try plan.check(in: catalogue, table)
    return plan
  }

  /// Whether the plan can be carried out: an entity needs a key, and a required field of new records something to take.
  /// - Throws: E2215, E2216.
  package func check(in catalogue: Catalogue, _ table: any ImportTable) throws(Diagnostics) {
    var problems: [Diagnostic] = []
    let record = catalogue.kind(kind)
    let name = catalogue.name(of: kind)
    if key == nil, record?.flavour == .entity || table.options.removesLeftOut {
      problems.append(ImportDiagnostics.noKeyColumn(kind: name, file: table.fileName, columns: table.columnNames))
    }
    // With keys it may be a file of changes to records that have all that is required.
    if key == nil {
      for field in requiredWithoutInput(in: catalogue) {
        problems.append(ImportDiagnostics.requiredWithoutColumn(field.name, kind: name, file: table.fileName))
      }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  /// Fields that a new record must have and that nothing is taken for.
  func requiredWithoutInput(in catalogue: Catalogue) -> [Field] {
    let taken = Set(fields.map(\.field))
    return (catalogue.kind(kind)?.fields ?? []).compactMap(catalogue.field)
      .filter { $0.isRequired && $0.defaultValue == nil && !taken.contains($0.id) }
  }

  /// Columns of the file that nothing takes.
  func unusedColumns(of table: any ImportTable, besides read: some Sequence<Int>) -> [String] {
    var used = Set(read)
    for input in fields.map(\.input) + [key, kindOfRow].compactMap({ $0 }) {
      if case .column(let column) = input { used.insert(column) }
    }
    return table.columnNames.indices.filter { !used.contains($0) }.map { table.columnNames[$0] }
      .filter { !RejectsFile.columns.contains($0) }
  }

  /// The fields a record of the kind, or of one of its special kinds, may have.
  private static func fields(of kind: KindID, _ catalogue: Catalogue) -> [Field] {
    guard let record = catalogue.kind(kind) else { return [] }
    let own = record.fields.compactMap(catalogue.field)
    let special = catalogue.fields.filter { field in
      field.family == record.family && !record.fields.contains(field.id)
        && field.declaredBy.contains { catalogue.isKind($0, specialOf: kind) }
    }
    return own + special
  }

  /// The last part of a path: what a file is called, wherever it lies.
  package static func sourceName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
