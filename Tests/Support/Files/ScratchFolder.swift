import Glibc

/// A folder of its own for a test, gone afterwards.
package final class ScratchFolder: Sendable {
  package struct NotThere: Error { package var path: String }

  /// Without links in it.
  package let path: String

  package init() {
    var template = Array("/tmp/peyvand-test-XXXXXX".utf8CString)
    template.withUnsafeMutableBufferPointer { _ = $0.baseAddress.map { mkdtemp($0) } }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let real = realpath(made, nil)
    path = real.map { String(cString: $0) } ?? made
    free(real)
  }

  deinit { TestFiles.remove(path) }

  package subscript(name: String) -> String { path + "/" + name }

  package func folder(_ name: String) { _ = mkdir(self[name], 0o755) }

  package func file(_ name: String, _ text: String, mode: mode_t = 0o644) {
    file(name, bytes: Array(text.utf8), mode: mode)
  }

  /// Writes a file, and first the folders that it lies in.
  package func file(_ name: String, bytes: [UInt8], mode: mode_t = 0o644) {
    for (place, letter) in name.utf8.enumerated() where letter == UInt8(ascii: "/") {
      folder(String(decoding: name.utf8.prefix(place), as: UTF8.self))
    }
    TestFiles.write(self[name], bytes, mode: mode)
  }

  package func link(_ name: String, to goal: String) { _ = symlink(goal, self[name]) }

  package func text(_ name: String) -> String? { TestFiles.text(of: self[name]) }

  package func bytes(_ name: String) throws -> [UInt8] {
    guard let bytes = TestFiles.bytes(of: self[name]) else { throw NotThere(path: self[name]) }
    return bytes
  }

  package func mode(_ name: String) -> mode_t? {
    var info = stat()
    return lstat(self[name], &info) == 0 ? info.st_mode & 0o7777 : nil
  }

  /// The names in the folder, in order.
  package func names() -> [String] { TestFiles.names(in: path) }
}
