import PeyvandBase
import PeyvandFiles

/// Turns a text of another encoding into UTF-8, which is all that the readers below know.
///
/// Letters stay one to one, so that a place in lines and characters is the same before and after. What is no letter of
/// the encoding (a hole in its table, half a surrogate pair) becomes the byte 0xFF, which is none in UTF-8 either: its
/// line is then rejected by name like any other line with foreign bytes. Memory: a chunk, and a small text whole; a
/// large one goes through a `SpoolFile`.
enum TextDecoder {
  private static let chunk = 1 << 16
  private static let noLetter: UInt8 = 0xFF

  /// - Parameter start: where the text begins, behind a mark.
  /// - Throws: E3005, E3006 (no room for the copy), E2207.
  static func utf8(
    _ file: FileBytes, from start: Int, as encoding: TextEncoding, named name: String, limit: Int,
    interruption: Interruption?
  ) throws(Diagnostic) -> FileBytes {
    var spool = SpoolFile(for: name, limit: limit)
    var out: [UInt8] = []
    var at = start
    let table = encoding.upperHalf.map(encoded)
    while at < file.count {
      if interruption?.isInterrupted == true { throw ImportDiagnostics.interrupted(name) }
      out.removeAll(keepingCapacity: true)
      let end = min(at + chunk, file.count)
      file.withUnsafeBytes { raw in
        let bytes = UnsafeRawBufferPointer(rebasing: raw[at..<end])
        if let table {
          for byte in bytes {
            if byte < 0x80 { out.append(byte) } else { out.append(contentsOf: table[Int(byte) - 0x80]) }
          }
          at = end
        } else if encoding == .utf8 {
          out.append(contentsOf: bytes)
          at = end
        } else {
          let rest = UnsafeRawBufferPointer(rebasing: raw[at...])
          at += units(rest, bytes.count, isBig: encoding == .utf16BigEndian, into: &out)
        }
      }
      try spool.write(out)
    }
    return try spool.finish()
  }

  /// The bytes in UTF-8 of each letter of a table's upper half.
  private static func encoded(_ letters: [UInt16]) -> [[UInt8]] {
    letters.map { letter in
      guard letter != 0, let scalar = Unicode.Scalar(UInt32(letter)) else { return [noLetter] }
      return Array(String(Character(scalar)).utf8)
    }
  }

  /// Takes at least `wanted` bytes where there are as many, and never cuts a pair; the bytes taken.
  private static func units(
    _ bytes: UnsafeRawBufferPointer, _ wanted: Int, isBig: Bool, into out: inout [UInt8]
  ) -> Int {
    var at = 0
    func unit(_ offset: Int) -> UInt32? {
      guard offset + 1 < bytes.count else { return nil }
      let (first, second) = (UInt32(bytes[offset]), UInt32(bytes[offset + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    while at < wanted {
      guard let first = unit(at) else {
        // Half a unit at the end.
        out.append(noLetter)
        return bytes.count
      }
      at += 2
      var code = first
      if first & 0xFC00 == 0xD800, let second = unit(at), second & 0xFC00 == 0xDC00 {
        code = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
        at += 2
      }
      if code < 0x80 {
        out.append(UInt8(truncatingIfNeeded: code))
      } else if let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) {
        out.append(contentsOf: encoded)
      } else {
        out.append(noLetter)
      }
    }
    return at
  }
}
