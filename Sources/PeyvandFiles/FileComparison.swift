import PeyvandBase

/// Whether what would be written is what a file holds already: told while it is made, a piece at a time.
///
/// What a person may have changed in a file that was written for them is never written over; what would be the same is
/// not written again either.
package final class FileComparison {
  private let file: OpenFile
  private var offset = 0
  /// Whether all that was taken so far is what the file begins with.
  package private(set) var isSame = true

  /// - Throws: as `FileLeave.open`.
  package init(_ path: String, leave: FileLeave) throws(Diagnostic) { file = try leave.open(path) }

  /// Takes the next bytes; after the first difference nothing is read.
  package func take(_ bytes: [UInt8]) throws(Diagnostic) {
    guard isSame, !bytes.isEmpty else { return }
    isSame = try file.read(at: offset, count: bytes.count) == bytes
    offset += bytes.count
  }

  /// Whether the file holds what was taken, and nothing more.
  package var isEqual: Bool { isSame && offset == file.size }
}
