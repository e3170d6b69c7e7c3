import PeyvandBase
import PeyvandData

/// The words of the journal.
///
/// Codes: E3203 damaged · E3205 not a journal · E3206 of another store or snapshot · E3207 a half is lacking ·
/// E3208 nothing to undo · W3209 a torn tail was dropped · E3210 beyond repair · E3212 a declaration cannot be undone.
package enum JournalDiagnostics {
  static func notAJournal(_ path: String) -> Diagnostic {
    Diagnostic(
      "E3205", .error, "'\(path)' is not a journal, or its first line is damaged",
      notes: ["nothing was changed", doctor(storePath(path))])
  }

  static func damaged(_ path: String, byte: Int, record: Int, _ what: String) -> Diagnostic {
    Diagnostic(
      "E3203", .error, "'\(path)' is damaged at byte \(byte), in record \(record): \(what)",
      notes: ["nothing was changed", doctor(storePath(path))])
  }

  static func foreign(
    _ path: String, journal: JournalFormat.Owner, snapshot: JournalFormat.Owner
  ) -> Diagnostic {
    let what =
      journal.id == snapshot.id
      ? "it follows snapshot \(journal.generation), and the store is at \(snapshot.generation)"
      : "it belongs to the store \(journal.id), and this one is \(snapshot.id)"
    return Diagnostic(
      "E3206", .error, "'\(path)' is not the journal of this store: \(what)",
      notes: ["nothing was changed; put back the journal that belongs here", doctor(storePath(path))])
  }

  static func noJournal(_ store: String) -> Diagnostic {
    Diagnostic(
      "E3207", .error, "'\(store)' lacks its journal, '\(store).journal': what was said since may be in it",
      notes: [
        "nothing was changed; the two files belong together (`peyvand compact` makes one of them)", doctor(store),
      ])
  }

  static func noSnapshot(_ store: String, records: Int) -> Diagnostic {
    Diagnostic(
      "E3207", .error,
      "'\(store)' is not there, but its journal is, with \(records) \(records == 1 ? "statement" : "statements")",
      notes: ["nothing was changed; put back '\(store)', or move '\(store).journal' away to begin a new store"])
  }

  static func nothingToUndo() -> Diagnostic {
    Diagnostic(
      "E3208", .error, "there is nothing to undo since the last snapshot",
      notes: ["`undo` goes back as far as the last snapshot: `save`, `compact` and large imports make one"])
  }

  /// - Parameter data: the last change of data, which was before it.
  static func declaredSince(_ changes: [StoreChange], before data: [StoreChange], _ catalogue: Catalogue) -> Diagnostic
  {
    let declared = changes.compactMap { change -> String? in
      if case .keep(let definition) = change { return "`\(definition.name)`" }
      return nil
    }
    let last = data.map { $0.inWords(catalogue) }.joined(separator: ", ")
    return Diagnostic(
      "E3212", .error,
      "the last step was a declaration\(declared.isEmpty ? "" : " (\(declared.joined(separator: ", ")))"), which `undo` does not take back",
      notes: [
        "say it again as it should be: what is declared last stands",
        "`undo data` takes back the last change of data, which was before it: \(last)",
      ])
  }

  static func torn(_ path: String, byte: Int, count: Int) -> Diagnostic {
    Diagnostic(
      "W3209", .warning,
      "the last \(count) bytes of '\(path)', from byte \(byte), were never written to the end, and are dropped",
      notes: ["a writer was stopped in the middle of a statement; nothing that was acknowledged is lost"])
  }

  static func beyondRepair(_ path: String) -> Diagnostic {
    Diagnostic(
      "E3210", .error, "nothing can be had from '\(path)': neither it nor '\(path).previous' is a sound snapshot",
      notes: ["nothing was changed; put back a copy of the store, if there is one"])
  }

  private static func doctor(_ store: String) -> String {
    "to see what can be kept: peyvand doctor \(store); to mend it, originals kept: peyvand doctor --repair \(store)"
  }

  /// The store of a journal.
  private static func storePath(_ journal: String) -> String {
    journal.hasSuffix(".journal") ? String(journal.dropLast(8)) : journal
  }
}
