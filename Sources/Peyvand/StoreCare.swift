import PeyvandBase
import PeyvandStore

/// What is done to a store's files as files, without asking the company anything.
package enum StoreCare {
  package struct Report: Sendable {
    /// What was found and done, a line each.
    package var lines: [String]
    package var problems: [Diagnostic]
    package var isSound: Bool { problems.isEmpty }
    /// All of it in a word.
    package var verdict: String
  }

  /// Looks at every byte of a store and its journal; changes nothing.
  /// - Throws: E3001 where there is none, E3006.
  package static func check(_ path: String) throws(Diagnostics) -> Report {
    let found = try Doctor.check(path)
    return Report(lines: found.lines, problems: found.problems, verdict: found.isSound ? "sound" : "not sound")
  }

  /// Mends a store, its originals kept beside it; one that is sound is left as it is.
  /// - Throws: E3010 (in use), E3210 (nothing can be had from it), E3006.
  package static func repair(_ path: String) throws(Diagnostics) -> Report {
    let found = try Doctor.repair(path)
    return Report(
      lines: found.lines, problems: found.problems,
      verdict: found.isSound ? "sound: nothing was changed" : "mended")
  }

  /// Makes one file of a store and its journal.
  /// - Returns: what was found on opening, and what was done in words.
  /// - Throws: as opening and saving a store.
  package static func compact(_ path: String) throws(Diagnostics) -> (notices: [Diagnostic], words: String) {
    let file = try StoreFile.open(path: path)
    let state = file.state
    try file.save(state, hasJournal: false)
    return (file.notices, "compacted: \(path), \(state.recordCount) records in one file")
  }
}
