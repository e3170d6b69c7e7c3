import Glibc
import PeyvandBase

/// Paths as bytes: what is compared is whole components, never a prefix of text.
///
/// `/data-old` is not below `/data`, and two spellings of "é" are two folders to the kernel though one
/// text to Swift, so all comparisons here are made on UTF-8.
package enum FilePath {
  /// Whether `path` is `root` or lies below it. Both absolute and without `.`, `..` or links.
  static func isWithin(_ path: String, _ root: String) -> Bool {
    if root == "/" { return path.utf8.first == slash }
    let path = path.utf8
    let root = root.utf8
    guard path.starts(with: root) else { return false }
    let rest = path.dropFirst(root.count)
    return rest.isEmpty || rest.first == slash
  }

  static func areEqual(_ one: String, _ other: String) -> Bool {
    one.utf8.elementsEqual(other.utf8)
  }

  /// The folder part and the last component: "/a/b" is ("/a", "b"), "b" is ("", "b").
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let cut = path.utf8.lastIndex(of: slash) else { return ("", path) }
    let name = String(path[path.utf8.index(after: cut)...])
    return (cut == path.utf8.startIndex ? "/" : String(path[..<cut]), name)
  }

  /// The last component.
  package static func name(_ path: String) -> String { split(path).name }

  /// The folder a path lies in: "." for a plain name.
  package static func folder(of path: String) -> String {
    let folder = split(path).folder
    return folder.isEmpty ? "." : folder
  }

  package static func join(_ folder: String, _ name: String) -> String {
    if name.utf8.first == slash || folder.isEmpty { return name }
    return folder.utf8.last == slash ? folder + name : folder + "/" + name
  }

  /// An absolute path, without touching the disk but for the current folder.
  package static func absolute(_ path: String, base: String?) throws(Diagnostic) -> String {
    let based = base.map { join($0, path) } ?? path
    if based.utf8.first == slash { return based }
    let here: String?
    do { here = try SystemCalls.currentFolder() } catch {
      throw FileDiagnostics.system("find the folder of", path, error)
    }
    guard let here else { throw FileDiagnostics.nameNotUTF8(path) }
    return join(here, based)
  }

  /// `.` and `..` removed by text alone: only to judge where a path that does not exist would lie.
  package static func withoutDots(_ absolute: String) -> String {
    var kept: [Substring] = []
    for part in components(absolute) where part != "." {
      if part == ".." {
        if !kept.isEmpty { kept.removeLast() }
      } else {
        kept.append(part)
      }
    }
    return "/" + kept.joined(separator: "/")
  }

  /// The way from a folder to a file, both absolute and without dots; `./name` for one in the folder itself.
  package static func relative(_ path: String, to folder: String) -> String {
    let parts = components(path)
    let from = components(folder)
    var shared = 0
    while shared < from.count, shared < parts.count - 1, areEqual(String(parts[shared]), String(from[shared])) {
      shared += 1
    }
    let up = Array(repeating: "..", count: from.count - shared)
    let rest = up + parts[shared...].map(String.init)
    return (rest.count == 1 ? ["."] + rest : rest).joined(separator: "/")
  }

  static func components(_ path: String) -> [Substring] {
    path.utf8.split(separator: slash).map { Substring($0) }
  }

  private static let slash = UInt8(ascii: "/")
}
