import PeyvandBase
import PeyvandData

/// What an import would do, for a person or a program to look at before it is done.
package struct ImportPreview: Sendable {
  package struct Column: Hashable, Sendable {
    package var name: String
    /// The field it goes to; `key`; nothing where it is left out.
    package var field: String?
    package var type: String
    package var evidence: String
    package init(name: String, field: String?, type: String, evidence: String) {
      self.name = name
      self.field = field
      self.type = type
      self.evidence = evidence
    }
  }

  package struct Changes: Hashable, Sendable {
    package var added = 0
    package var changed = 0
    package var closed = 0
    package var removed = 0
    package var filled = 0
    package var same = 0
    package var leftOut = 0
    package var begun = 0
    package var rejected = 0
    package init() {}
  }

  package struct File: Sendable {
    package var name: String
    package var kind: String
    package var flavour: KindFlavour
    package var isNew = false
    package var reason = ""
    package var rows = 0
    package var findings: [String] = []
    package var columns: [Column] = []
    /// The first rows, as they stand.
    package var sample: [[String]] = []
    package var links: [String] = []
    /// References that may be meant.
    package var possible: [String] = []
    package var duplicates: [String] = []
    /// Whether they were looked for.
    package var areDuplicatesKnown = false
    package var changes = Changes()
    /// The first reasons of rejects, with their places.
    package var rejects: [String] = []
    /// Whether these are more than the share allowed, so that nothing would be imported.
    package var isRefused = false
    package var allowedShare = 0.0
    package var remarks: [String] = []
    /// Why the file cannot be imported as it is, each with a way out.
    package var problems: [String] = []
    /// What may be asked: whether spellings that are nearly keys are these, and in which order dates are.
    package var mendable: String?
    package var dateOrders: [String] = []

    package init(name: String, kind: String, flavour: KindFlavour) {
      self.name = name
      self.kind = kind
      self.flavour = flavour
    }
  }

  package var files: [File] = []
  /// Where the statements came from: found out, a map, a recipe.
  package var origin = ""
  /// What would run.
  package var statement = ""
  package var store: String?
  package init() {}

  package var isRefused: Bool { files.contains { $0.isRefused || !$0.problems.isEmpty } }
  package var rejected: Int { files.reduce(0) { $0 + $1.changes.rejected } }
}
