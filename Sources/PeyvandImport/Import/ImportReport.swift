import PeyvandBase
import PeyvandData

/// What an import did, in numbers and by name: for the answer, the preview and the exit code.
package struct ImportReport: Sendable {
  /// What a column of the file was read as.
  package struct ReadColumn: Hashable, Sendable {
    package var column: String
    /// The field it went to; missing where an expression read it.
    package var field: String?
    package var evidence: ColumnEvidence
    package init(column: String, field: String?, evidence: ColumnEvidence) {
      self.column = column
      self.field = field
      self.evidence = evidence
    }
  }

  package var file: String
  package var kind: String
  /// Rows of the file, bad lines among them.
  package var rows = 0
  /// Rows that `where` left out.
  package var leftOut = 0
  package var added = 0
  /// Records that were there with other values and were changed.
  package var changed = 0
  /// Relationships that ended, and records that went, because this file no longer names them.
  package var closed = 0
  package var removed = 0
  /// Rows that were there already, value for value.
  package var same = 0
  /// Records of which only the key was known before.
  package var filled = 0
  /// Records begun because a reference named their key.
  package var created = 0
  /// Rows that were rejected.
  package var rejected = 0
  /// The first of them, one reason a row, in the order of the file: at most `ImportReport.shownRejects`.
  package var rejects: [ImportReject] = []
  /// How many rows each reason took, most first.
  package var reasons: [(words: String, count: Int)] = []
  package var columns: [ReadColumn] = []
  /// How the file was found to be written.
  package var findings: [String] = []
  package var warnings: [Diagnostic] = []

  /// Rejects that are kept with place and text.
  package static let shownRejects = 1_000

  package init(file: String, kind: String) {
    self.file = file
    self.kind = kind
  }

  /// "1198 new, 2 changed, 40 as before, 12 begun by reference, 3 of 1243 rows rejected".
  package var summary: String {
    var parts = ["\(added) new", "\(changed) changed"]
    if filled > 0 { parts.append("\(filled) filled in") }
    if same > 0 { parts.append("\(same) as before") }
    if closed > 0 { parts.append("\(closed) closed") }
    if removed > 0 { parts.append("\(removed) removed") }
    if leftOut > 0 { parts.append("\(leftOut) left out by the condition") }
    if created > 0 { parts.append("\(created) begun by reference") }
    if rejected > 0 { parts.append("\(rejected) of \(rows) rows rejected") }
    return parts.joined(separator: ", ")
  }
}
