import Glibc

/// Writes whole files into one folder, which must exist.
struct Output {
  var folder: String

  enum Failure: Error {
    case write(file: String, reason: String)
  }

  func write(_ text: String, to file: String) throws(Failure) {
    let descriptor = open(folder + "/" + file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw failure(file) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      guard count > 0 else { throw failure(file) }
      written += count
    }
  }

  private func failure(_ file: String) -> Failure {
    .write(file: file, reason: String(cString: strerror(errno)))
  }

  static func complain(_ message: String) {
    let bytes = Array((message + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
