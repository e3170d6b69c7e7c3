import Glibc

/// A folder of its own for a test, gone afterwards.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/peyvand-cli-XXXXXX".utf8CString)
    template.withUnsafeMutableBufferPointer { _ = $0.baseAddress.map { mkdtemp($0) } }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  subscript(name: String) -> String { path + "/" + name }

  func file(_ name: String, _ text: String) { Self.write(self[name], text) }
  func text(_ name: String) -> String? { Self.read(self[name]) }

  func mode(_ name: String) -> mode_t? {
    var info = stat()
    return lstat(self[name], &info) == 0 ? info.st_mode & 0o7777 : nil
  }

  static func write(_ path: String, _ text: String) {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      bytes = bytes.dropFirst(count)
    }
    _ = close(number)
  }

  static func read(_ path: String) -> String? {
    let number = open(path, O_RDONLY)
    guard number >= 0 else { return nil }
    defer { _ = close(number) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      all += chunk[..<count]
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// The names in a folder, in order.
  static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { _ = closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(path) { remove(path + "/" + name) }
    _ = rmdir(path)
  }
}
