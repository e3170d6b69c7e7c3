import PeyvandBase
import PeyvandData

/// What would be made of one file: its kind, its key, and where each column goes, with the evidence for each.
///
/// A value without any syntax: the statement that says it is written from it, and so is the preview.
package struct FileProposal: Sendable {
  package enum Role: Hashable, Sendable {
    case key
    /// `at`, `start` or `end`.
    case time
    /// Of this kind; `creates` where an unknown key begins a record.
    case reference(String, creates: Bool)
    case plain
  }

  package struct FieldOf: Hashable, Sendable {
    package var column: Int
    package var field: String
    package var type: String
    package var role: Role
    package var evidence: String
    /// Whether the kind has it already.
    package var isDeclared: Bool
    /// Values that are nearly keys, with the keys to read them as where that is wished.
    package var mendable: [Containment.Stranger] = []
  }

  package struct LeftOut: Hashable, Sendable {
    package var column: Int
    package var reason: String
  }

  package var table: any ImportTable
  package var path: String
  package var columns: [ColumnProfile]
  package var kind: String
  package var flavour: KindFlavour
  /// Whether the kind has to be declared.
  package var isNew: Bool
  /// Why it is called so and of that flavour.
  package var reason: String
  package var key: Int?
  package var fields: [FieldOf] = []
  /// Kinds that come to be because references name their records.
  package var begun: [String] = []
  package var leftOut: [LeftOut] = []
  package var links: [Containment] = []
  /// References that the values allow and no name confirms, in words.
  package var possible: [String] = []
  /// The other files of the import, by their number, that it refers to.
  var refersTo: Set<Int> = []

  /// The column that holds the time of its records.
  var timeName: String? { fields.first { $0.role == .time }.map { table.columnNames[$0.column] } }

  /// Where a column goes.
  package func field(of column: Int) -> FieldOf? { fields.first { $0.column == column } }
}
