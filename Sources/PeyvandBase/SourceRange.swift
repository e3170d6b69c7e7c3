/// A stretch of one source text, in UTF-8 bytes.
///
/// `file` numbers the texts of a session in the order they were read, so a range stays eight bytes of
/// meaning without holding the text; whoever renders it asks the session for the text of that number.
package struct SourceRange: Hashable, Sendable {
  package var file: Int32
  /// Offset of the first byte.
  package var start: Int32
  /// Offset after the last byte.
  package var end: Int32

  package init(file: Int32 = 0, start: Int, end: Int) {
    self.file = file
    self.start = Int32(clamping: start)
    self.end = Int32(clamping: max(start, end))
  }

  package static let none = SourceRange(start: 0, end: 0)

  /// The smallest range that holds both.
  package func union(_ other: SourceRange) -> SourceRange {
    SourceRange(
      file: file, start: Int(min(start, other.start)), end: Int(max(end, other.end)))
  }
}
