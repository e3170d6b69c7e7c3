import CReadline
import Glibc

/// The lines that were entered, in readline's memory and in a file only its owner may read.
///
/// A line is appended as soon as it is entered and before it runs, so it survives whatever happens next. What begins
/// with a blank is not kept (the usual way to type a secret), nor is what holds control characters: the file would
/// hand them to the next terminal. Where the file cannot be used there is a history of this sitting alone; the
/// prompt never fails for it.
package struct History {
  /// Entries kept.
  static let most: Int32 = 10_000

  private let path: String?

  init(path: String?) { self.path = path.flatMap { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 } }

  func load() {
    using_history()
    stifle_history(Self.most)
    guard let path = usablePath else { return }
    _ = chmod(path, 0o600)
    _ = read_history(path)
    // A file that has grown past what is kept is cut once a sitting.
    _ = history_truncate_file(path, 2 * Self.most)
  }

  /// Whether an entry is worth keeping.
  package static func keeps(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\t") else { return false }
    let visible = text.filter { $0 != "\n" && $0 != "\t" }
    return !visible.isEmpty && !LineEditor.holdsControls(visible)
  }

  func add(_ text: String) {
    guard Self.keeps(text), !isLast(text) else { return }
    add_history(text)
    guard let path = usablePath else { return }
    // readline makes the file with mode 0600 when it writes it whole, and appends only to one that is there.
    if access(path, F_OK) == 0 {
      _ = append_history(1, path)
    } else {
      _ = write_history(path)
    }
  }

  private func isLast(_ text: String) -> Bool { line_editor_last_entry().map { String(cString: $0) == text } ?? false }

  /// The path, where nothing or a regular file is there: a pipe would hang the prompt.
  private var usablePath: String? {
    guard let path else { return nil }
    var info = stat()
    guard stat(path, &info) == 0 else { return errno == ENOENT ? path : nil }
    return info.st_mode & S_IFMT == S_IFREG ? path : nil
  }
}
