import Glibc

/// Files as the tests see them: with raw calls of libc, so that no test leans on what it tests.
package enum TestFiles {
  /// The folder of the package: programs, pages and specs are sought from here.
  package static let root =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")

  package static func bytes(of path: String) -> [UInt8]? {
    let number = open(path, O_RDONLY)
    guard number >= 0 else { return nil }
    defer { _ = close(number) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
      if count < 0 { return nil }
      if count == 0 { return all }
      all += chunk[..<count]
    }
  }

  package static func text(of path: String) -> String? { bytes(of: path).map { String(decoding: $0, as: UTF8.self) } }

  /// Writes over what is there, in place.
  package static func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
    guard number >= 0 else { return }
    defer { _ = close(number) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  package static func write(_ path: String, _ text: String, mode: mode_t = 0o644) {
    write(path, Array(text.utf8), mode: mode)
  }

  /// The names in a folder, in order; hidden ones too.
  package static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The paths of all files below a folder, in order; hidden ones left out unless asked for.
  package static func files(below folder: String, ending: String = "", hidden: Bool = false) -> [String] {
    var found: [String] = []
    for name in names(in: folder) where hidden || !name.hasPrefix(".") {
      let path = folder + "/" + name
      var info = stat()
      if lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
        found += files(below: path, ending: ending, hidden: hidden)
      } else if name.hasSuffix(ending) {
        found.append(path)
      }
    }
    return found.sorted()
  }

  /// Removes a file, or a folder with all that is in it; links are not followed.
  static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(in: path) { remove(path + "/" + name) }
    _ = rmdir(path)
  }
}
