import PeyvandBase

/// The words of the file layer, together, so that they can be read and translated together.
///
/// Codes: E3001 no such file · E3002 not allowed to read · E3003 not allowed to write · E3004 not a
/// regular file · E3005 too large · E3006 the system refused · E3007 NUL in the name · E3008 not
/// UTF-8 · E3009 belongs to the open store · E3010 in use by another process · E3011 closed for writing ·
/// E3015 a time zone file that cannot be used.
package enum FileDiagnostics {
  package static func noSuchFile(_ path: String) -> Diagnostic {
    Diagnostic("E3001", .error, "there is no file '\(path)'")
  }

  package static func noSuchFolder(_ path: String) -> Diagnostic {
    Diagnostic("E3001", .error, "there is no folder for '\(path)'")
  }

  package static func emptyName() -> Diagnostic {
    Diagnostic("E3001", .error, "a file name is empty")
  }

  /// `folder` is what would have to be allowed: the folder the file really lies in.
  package static func notAllowedToRead(_ path: String, folder: String) -> Diagnostic {
    Diagnostic(
      "E3002", .error, "not allowed to read '\(path)'",
      notes: ["it lies outside the folders this run may read; to allow it: --allow-read \(folder)"])
  }

  package static func notAllowedToWrite(_ path: String, folder: String) -> Diagnostic {
    Diagnostic(
      "E3003", .error, "not allowed to write '\(path)'",
      notes: ["it lies outside the folders this run may write; to allow it: --allow-write \(folder)"])
  }

  /// A link or a folder was put in the place of what had been checked.
  package static func changedUnderway(_ path: String, writing: Bool) -> Diagnostic {
    Diagnostic(
      writing ? "E3003" : "E3002", .error,
      "'\(path)' was replaced while it was being opened",
      notes: ["\(writing ? "--allow-write" : "--allow-read") DIR allows a folder, not what is swapped into it"])
  }

  package static func notRegular(_ path: String, is kind: String) -> Diagnostic {
    Diagnostic("E3004", .error, "'\(path)' is \(kind), not a file")
  }

  package static func tooLarge(_ path: String, limit: Int, _ flag: Limit) -> Diagnostic {
    Diagnostic(
      "E3005", .error, "'\(path)' is larger than \(Limit.bytes(limit)), the most that is read at once",
      notes: [flag.raised])
  }

  /// The folder for what is kept for a moment is full, or there is none.
  package static func noRoomBeside(_ path: String, _ error: SystemError) -> Diagnostic {
    Diagnostic(
      "E3006", .error, "cannot keep '\(path)' in another form while it is read: \(error.text)",
      notes: ["TMPDIR names the folder for it"])
  }

  package static func system(_ doing: String, _ path: String, _ error: SystemError) -> Diagnostic {
    Diagnostic("E3006", .error, "cannot \(doing) '\(path)': \(error.text)")
  }

  /// The file was written but the system did not confirm that it is on the disk.
  package static func notConfirmed(_ path: String, _ error: SystemError) -> Diagnostic {
    Diagnostic(
      "E3006", .error, "'\(path)' is written, but the system did not confirm that it is safe on the disk: \(error.text)"
    )
  }

  /// A piece was written whole, its flush failed, and so did cutting it off.
  static func perhapsKept(_ failure: Diagnostic) -> Diagnostic {
    var said = failure
    said.notes.append(
      "what was said last may or may not be kept: it could neither be flushed nor be cut off; look when the store is open again"
    )
    return said
  }

  package static func nulInName(_ path: String) -> Diagnostic {
    let shown = String(path.unicodeScalars.prefix { $0.value != 0 }.map(Character.init))
    return Diagnostic("E3007", .error, "a file name holds a NUL byte, after '\(shown)'")
  }

  package static func notUTF8(_ path: String, byte: Int, line: Int) -> Diagnostic {
    Diagnostic(
      "E3008", .error, "'\(path)' is not UTF-8: byte \(byte), on line \(line), does not fit",
      notes: ["save the file as UTF-8 and try again"])
  }

  package static func nameNotUTF8(_ path: String) -> Diagnostic {
    Diagnostic("E3008", .error, "'\(path)' leads to a file name that is not UTF-8")
  }

  package static func belongsToStore(_ path: String, store: String) -> Diagnostic {
    Diagnostic("E3009", .error, "'\(path)' belongs to the open store '\(store)' and is not written by an export")
  }

  static func unusableZone(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E3015", "the file of the time zone `\(name)` cannot be used: \(reason)",
      notes: ["TZDIR names another folder of zone files"])
  }

  package static func inUse(_ path: String, holder: Int?) -> Diagnostic {
    let who = holder.map { "process \($0)" } ?? "another process"
    return Diagnostic(
      "E3010", .error, "'\(path)' is in use by \(who)",
      notes: ["one process writes a store at a time; the lock ends with its process"])
  }

  /// After a write or a flush that failed.
  package static func closedForWriting(_ path: String, _ failure: Diagnostic) -> Diagnostic {
    Diagnostic(
      "E3011", .error, "'\(path)' takes nothing more since a write failed: \(failure.message)",
      notes: ["all that was acknowledged before is on the disk; make room, then open the store again"])
  }
}
