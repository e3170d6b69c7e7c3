import Glibc
import PeyvandBase

/// The one gate to the disk: what may be read and written, and the only way to open it.
///
/// A script may have been written by someone else, so it reaches only what was given: there is no list
/// of forbidden names to be outwitted, only a structure. A path is resolved by the kernel, its whole
/// components are compared with the roots given, and it is then opened component by component without
/// following any link, so that what was checked is what is opened, whatever is swapped in between.
/// Only regular files pass: no folder, device or pipe, and a pipe cannot hold the process up.
/// At the prompt, what the user types is itself the leave (`everything`).
package struct FileLeave: Sendable, Hashable {
  /// Folders (or single files) that may be read, with all below them.
  package var readRoots: [String]
  /// Folders (or single files) that may be written.
  package var writeRoots: [String]
  /// Any file may be read and written.
  package var everything: Bool
  /// Stores that are open: neither they nor the files beside them are written through this leave.
  package var openStores: [String]

  package init(
    readRoots: [String] = [], writeRoots: [String] = [], everything: Bool = false, openStores: [String] = []
  ) {
    self.readRoots = readRoots
    self.writeRoots = writeRoots
    self.everything = everything
    self.openStores = openStores
  }

  /// For what the command line or the prompt names.
  package static let everything = FileLeave(everything: true)

  /// What a store keeps beside `NAME.json`.
  package static let storeSuffixes = [
    "", ".journal", ".lock", ".previous", ".tmp", ".journal.tmp", ".journal.previous",
  ]

  /// Opens a regular file for reading.
  /// - Parameters:
  ///   - path: as written by the user; relative to `base`, or to the current folder.
  /// - Throws: E3001, E3002, E3004, E3006, E3007, E3008.
  package func open(_ path: String, base: String? = nil) throws(Diagnostic) -> OpenFile {
    let resolved = try resolveForReading(path, base: base)
    let (folder, name) = FilePath.split(resolved)
    let place = try Self.walk(to: folder, shown: path, listing: false, writing: false)
    do {
      // Looked at before it is opened, for opening a device can already do something.
      let before = try SystemCalls.status(in: place, name.isEmpty ? "." : name)
      guard before.isRegular else {
        if before.st_mode & S_IFMT == S_IFLNK { throw FileDiagnostics.changedUnderway(path, writing: false) }
        throw FileDiagnostics.notRegular(path, is: before.kindInWords)
      }
      let file = try SystemCalls.open(in: place, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      let after = try SystemCalls.status(file)
      guard after.isRegular, after.isSameFile(as: before) else {
        throw FileDiagnostics.changedUnderway(path, writing: false)
      }
      return OpenFile(file, status: after, path: resolved, shown: path)
    } catch let error as SystemError {
      if error.code == ELOOP { throw FileDiagnostics.changedUnderway(path, writing: false) }
      if error.code == ENOENT { throw FileDiagnostics.noSuchFile(path) }
      throw FileDiagnostics.system("read", path, error)
    } catch let said as Diagnostic {
      throw said
    } catch {
      throw FileDiagnostics.system("read", path, SystemError(EIO))
    }
  }

  /// Reads a whole file. See `OpenFile.contents(limit:)`.
  package func read(
    _ path: String, base: String? = nil, limit: Int = Limits().fileBytes, raisedBy flag: Limit = .file
  ) throws(Diagnostic) -> FileBytes {
    let file = try open(path, base: base)
    return try file.contents(limit: limit, raisedBy: flag)
  }

  /// Reads a whole file as text; E3008 names the first byte that is not UTF-8.
  package func readText(
    _ path: String, base: String? = nil, limit: Int = Limits().programBytes
  ) throws(Diagnostic) -> String {
    let bytes = try read(path, base: base, limit: limit, raisedBy: .program)
    return try bytes.text(named: path)
  }

  /// The real path of an existing file that may be read; does not open it.
  package func resolveForReading(_ path: String, base: String? = nil) throws(Diagnostic) -> String {
    let asked = try Self.askedPath(path, base: base)
    let resolved: String
    do {
      guard let real = try SystemCalls.realPath(asked) else { throw FileDiagnostics.nameNotUTF8(path) }
      resolved = real
    } catch let error as SystemError {
      // Outside the roots it is not said whether a file is there.
      guard mayRead(FilePath.withoutDots(asked)) else {
        throw FileDiagnostics.notAllowedToRead(path, folder: FilePath.folder(of: FilePath.withoutDots(asked)))
      }
      if error.code == ENOENT || error.code == ENOTDIR { throw FileDiagnostics.noSuchFile(path) }
      throw FileDiagnostics.system("read", path, error)
    } catch let said as Diagnostic {
      throw said
    } catch {
      throw FileDiagnostics.system("read", path, SystemError(EIO))
    }
    guard mayRead(resolved) else {
      throw FileDiagnostics.notAllowedToRead(path, folder: FilePath.folder(of: resolved))
    }
    return resolved
  }

  /// The real path of a file that may be written. The file need not exist; its folder must.
  /// A link that exists is followed and its goal judged, so a link out of the roots is refused.
  package func resolveForWriting(_ path: String, base: String? = nil) throws(Diagnostic) -> String {
    let asked = try Self.askedPath(path, base: base)
    if asked.utf8.last == UInt8(ascii: "/") { throw FileDiagnostics.notRegular(path, is: "a folder") }
    let resolved: String
    do {
      resolved = try Self.realPathOfNew(asked, shown: path)
    } catch let error as SystemError {
      let lexical = FilePath.withoutDots(asked)
      guard mayWrite(lexical) else {
        throw FileDiagnostics.notAllowedToWrite(path, folder: FilePath.folder(of: lexical))
      }
      if error.code == ENOENT || error.code == ENOTDIR { throw FileDiagnostics.noSuchFolder(path) }
      throw FileDiagnostics.system("write", path, error)
    } catch let said as Diagnostic {
      throw said
    } catch {
      throw FileDiagnostics.system("write", path, SystemError(EIO))
    }
    guard mayWrite(resolved) else {
      throw FileDiagnostics.notAllowedToWrite(path, folder: FilePath.folder(of: resolved))
    }
    for store in openStores {
      let home = try FilePath.absolute(store, base: nil)
      let real = (try? Self.realPathOfNew(home, shown: store)) ?? FilePath.withoutDots(home)
      if Self.storeSuffixes.contains(where: { FilePath.areEqual(resolved, real + $0) }) {
        throw FileDiagnostics.belongsToStore(path, store: store)
      }
    }
    return resolved
  }

  // MARK: - Inside

  private func mayRead(_ resolved: String) -> Bool { everything || Self.lies(resolved, below: readRoots) }

  private func mayWrite(_ resolved: String) -> Bool { everything || Self.lies(resolved, below: writeRoots) }

  private static func lies(_ path: String, below roots: [String]) -> Bool {
    roots.contains { root in
      guard !root.utf8.contains(0), !root.isEmpty else { return false }
      // A root that does not exist allows nothing.
      guard let real = try? SystemCalls.realPath(root) else { return false }
      return FilePath.isWithin(path, real)
    }
  }

  private static func askedPath(_ path: String, base: String?) throws(Diagnostic) -> String {
    if path.isEmpty { throw FileDiagnostics.emptyName() }
    if path.utf8.contains(0) { throw FileDiagnostics.nulInName(path) }
    let asked = try FilePath.absolute(path, base: base)
    if asked.utf8.contains(0) { throw FileDiagnostics.nulInName(path) }
    return asked
  }

  /// The real path of what is there, or of its folder with the new name. A dangling link is refused.
  private static func realPathOfNew(_ asked: String, shown: String) throws -> String {
    do {
      guard let real = try SystemCalls.realPath(asked) else { throw FileDiagnostics.nameNotUTF8(shown) }
      return real
    } catch let error as SystemError {
      guard error.code == ENOENT else { throw error }
    }
    let (folder, name) = FilePath.split(asked)
    if name == "." || name == ".." { throw FileDiagnostics.notRegular(shown, is: "a folder") }
    guard let real = try SystemCalls.realPath(folder.isEmpty ? "/" : folder) else {
      throw FileDiagnostics.nameNotUTF8(shown)
    }
    let joined = FilePath.join(real, name)
    var info = stat()
    // Not there as a goal, yet there as a name: a link to nothing, which a write would follow or replace.
    if lstat(joined, &info) == 0 { throw FileDiagnostics.notRegular(shown, is: info.kindInWords) }
    return joined
  }

  /// Opens a folder component by component, following no link.
  /// - Parameter listing: open the folder itself for `fsync`, not only as a place to walk from.
  package static func walk(
    to folder: String, shown: String, listing: Bool, writing: Bool
  ) throws(Diagnostic) -> OwnedDescriptor {
    do throws(SystemError) {
      let parts = FilePath.components(folder)
      let through = SystemCalls.pathOnly | O_DIRECTORY | O_NOFOLLOW
      let last = listing ? O_RDONLY | O_DIRECTORY | O_NOFOLLOW : through
      var place = try SystemCalls.open("/", parts.isEmpty ? last : through)
      for (index, part) in parts.enumerated() {
        place = try SystemCalls.open(in: place, String(part), index == parts.count - 1 ? last : through)
      }
      return place
    } catch {
      if error.code == ELOOP || error.code == ENOTDIR {
        throw FileDiagnostics.changedUnderway(shown, writing: writing)
      }
      throw FileDiagnostics.system(writing ? "write" : "read", shown, error)
    }
  }
}
