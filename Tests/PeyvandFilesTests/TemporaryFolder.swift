import Glibc
import PeyvandBase
import PeyvandFiles

/// A folder of its own for a test, gone afterwards. Made with raw libc calls, so that the tests do not
/// lean on what they test.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/peyvand-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkdtemp($0) != nil } ?? false }
    let text = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let real = made ? realpath(text, nil) : nil
    path = real.map { String(cString: $0) } ?? text
    free(real)
  }

  deinit { Self.remove(path) }

  subscript(name: String) -> String { path + "/" + name }

  func folder(_ name: String) { _ = mkdir(self[name], 0o755) }

  func file(_ name: String, _ text: String, mode: mode_t = 0o644) {
    let number = open(self[name], O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = Array(text.utf8).withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    _ = close(number)
  }

  func file(_ name: String, bytes: [UInt8]) {
    let number = open(self[name], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    _ = close(number)
  }

  func link(_ name: String, to goal: String) { _ = symlink(goal, self[name]) }

  func text(_ name: String) -> String? {
    let number = open(self[name], O_RDONLY)
    guard number >= 0 else { return nil }
    defer { _ = close(number) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      all += chunk[..<count]
    }
    return String(validating: all, as: UTF8.self)
  }

  func mode(_ name: String) -> mode_t? {
    var info = stat()
    return lstat(self[name], &info) == 0 ? info.st_mode & 0o7777 : nil
  }

  /// The names in the folder, in order.
  func names() -> [String] {
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
    if let folder = opendir(path) {
      var names: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
      }
      _ = closedir(folder)
      for name in names { remove(path + "/" + name) }
    }
    _ = rmdir(path)
  }
}

/// The code of the diagnostic that `body` throws; nil when it throws none.
func code(_ body: () throws(Diagnostic) -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return error.code
  }
}

/// The diagnostic that `body` throws.
func said(_ body: () throws(Diagnostic) -> Void) -> Diagnostic? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
