import PeyvandBase
import PeyvandData
import PeyvandImport
import PeyvandSyntax

/// What imports would do: carried out over a state that nobody keeps.
struct ImportRehearsal {
  struct Import {
    var syntax: ImportSyntax
    var kind: KindID
    var path: String
    /// Nothing where the file cannot be read at all.
    var table: (any ImportTable)?
    var plan: ImportPlan?
    /// The file's columns as values, and which of them expressions read.
    var source: TableSource?
    var attempt: Importer.Attempt?
    /// Why it cannot be imported.
    var failure: [Diagnostic] = []
  }
  var imports: [Import] = []
}
