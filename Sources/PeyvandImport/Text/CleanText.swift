import Glibc
import PeyvandBase
import PeyvandFiles

/// Whether a text is UTF-8 without a NUL: what nearly every file is, and all that most need to be asked.
///
/// Pieces of a large file are looked at together. They are cut behind line ends, and no letter goes over one; where a
/// piece is not clean, the file is looked at from the front, so that what is said of it is the same however it was cut.
enum CleanText {
  private static let step = 1 << 20

  /// - Parameter pieceBytes: bytes that are worth a thread.
  static func isClean(_ file: FileBytes, pieceBytes: Int = 1 << 21) -> Bool {
    let count = max(1, min(Parts.most, file.count / max(1, pieceBytes)))
    return Parts.map(count) { part in
      let start = lineStart(file, after: file.count / count * part)
      let end = part + 1 < count ? lineStart(file, after: file.count / count * (part + 1)) : file.count
      return isClean(file, start..<max(start, end))
    }.allSatisfy { $0 }
  }

  /// Whether a piece is clean by itself.
  static func isClean(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard let base = piece.baseAddress else { return true }
    if UTF8Check.isPlain(piece) { return true }
    return memchr(base, 0, piece.count) == nil && UTF8Check.firstInvalid(in: piece) == nil
  }

  private static func lineStart(_ file: FileBytes, after place: Int) -> Int {
    guard place > 0 else { return 0 }
    return file.withUnsafeBytes { bytes in
      var at = place
      while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      return min(at + 1, bytes.count)
    }
  }

  private static func isClean(_ file: FileBytes, _ range: Range<Int>) -> Bool {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, lineStart(file, after: start + step))
      guard file.withUnsafeBytes({ isClean(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }) else { return false }
      file.release(start..<end)
      start = end
    }
    return true
  }
}
