import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandImport
import PeyvandSyntax

/// What `peyvand import` was asked for.
package struct ImportRequest: Sendable {
  package var files: [String]
  /// `--as`: a kind, with its flavour where it is a new one and that is not to be found out.
  package var kind: String?
  package var flavour: KindFlavour?
  package var key: String?
  /// A file of statements to run with these data in place of those that it names.
  package var map: String?
  /// A recipe by its name; `none` looks for none.
  package var recipe: String?
  /// What stands in `with { … }`, in the words of the language.
  package var options: [(name: String, value: String)] = []
  /// The same for one file, where it needs something else than the others.
  package var fileOptions: [String: [(name: String, value: String)]] = [:]
  /// Whether values that differ from a key in case or blanks alone are read as that key.
  package var mends = false
  /// Whether columns that a known kind has no field for become fields of it.
  package var addsFields = false
  /// The store's file, beside which rejected rows are written.
  package var store: String?
  /// `--table`: of each file, these.
  package var tables: [String] = []
  /// Where else they are written.
  package var rejectsTo: String?

  package init(files: [String]) { self.files = files }

  /// What stands in `with { … }` for a file, or for one table of it: of several files, what says something of that one.
  func options(of file: String, _ table: (any ImportTable)? = nil) -> [(name: String, value: String)] {
    var own = fileOptions[file] ?? []
    if let name = table?.options.table { own.append(("table", Written.text(name))) }
    let all = options.filter { option in !own.contains { $0.name == option.name } } + own
    guard let form = table?.form, isOfSeveral else { return all }
    return all.filter { ImportOption.forms(of: $0.name).contains(form) }
  }

  /// Whether an option may be meant for some of the files alone.
  var isOfSeveral: Bool { files.count > 1 }

  /// Through a link or another way of writing it, a name may still be that of a file that is read.
  /// - Throws: E2281 where the statements would be written over one of the files.
  package func checkMap(_ path: String, _ leave: FileLeave) throws(Diagnostic) {
    let target = try leave.resolveForWriting(path)
    for file in files where !DatabaseAddress.isAddress(file) {
      guard try leave.resolveForReading(file) == target else { continue }
      throw ImportDiagnostics.mapOverSource(path)
    }
  }

  /// A text as the language writes it, for `options`.
  package static func written(_ text: String) -> String { Written.text(text) }
}

/// The statements of an import, ready to run, and what they rest on.
package struct PreparedImport: Sendable {
  /// What runs, in the style of `fmt`.
  package var text: String
  /// Where it came from: found out, a map, a recipe.
  package var origin: String
  package var proposals: [Proposed] = []

  /// What was found out about one file, for the preview.
  package struct Proposed: Sendable {
    package var file: String
    package var table: String?
    package var isNew: Bool
    package var reason: String
    package var keyColumn: String?
    /// By column: why it goes where it goes, or why it is left out.
    package var evidence: [String: String]
    package var leftOut: [String: String]
    package var links: [String]
    package var possible: [String]
    package var duplicates: [String]
    /// Values that are nearly keys, as a question.
    package var mendable: String?
  }
}
