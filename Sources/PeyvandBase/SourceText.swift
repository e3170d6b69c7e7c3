/// One text that was read, with its lines found once.
///
/// Ranges are bytes; people count lines and characters. The way from one to the other stands here, so that terminal,
/// JSON and editor name the same place.
package struct SourceText: Sendable {
  /// The file's name as the user wrote it, or `prompt`.
  package let name: String
  package let bytes: [UInt8]
  /// The offset of each line's first byte; the first is 0.
  private let lineStarts: [Int]

  /// A line and a column, both from 1; the column counts characters in the order they are stored.
  package struct Place: Hashable, Sendable {
    package var line: Int
    package var column: Int
    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  package init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// Cost: one pass over the bytes.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    self.lineStarts = starts
  }

  package var lineCount: Int { lineStarts.count }

  /// The line that holds a byte, from 1; offsets outside the text count as its nearest end.
  package func line(ofByte offset: Int) -> Int {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The bytes of a line without its end (LF or CRLF); empty for a line that is not there.
  package func byteRange(ofLine line: Int) -> Range<Int> {
    guard lineStarts.indices.contains(line - 1) else { return bytes.count..<bytes.count }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, line < lineStarts.count, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<max(start, end)
  }

  /// The text between two bytes, cut to whole characters of UTF-8.
  package func text(_ range: Range<Int>) -> String {
    var low = min(max(range.lowerBound, 0), bytes.count)
    var high = min(max(range.upperBound, low), bytes.count)
    while low < high, bytes[low] & 0xC0 == 0x80 { low += 1 }
    while high > low, high < bytes.count, bytes[high] & 0xC0 == 0x80 { high -= 1 }
    return String(decoding: bytes[low..<high], as: UTF8.self)
  }

  /// Beyond this many bytes into a line its characters are counted as scalars: joining them costs a hundredfold.
  private static let longLine = 1 << 16

  /// The place of a byte, as people count.
  package func place(ofByte offset: Int) -> Place {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(ofByte: offset)
    let start = byteRange(ofLine: line).lowerBound
    guard offset - start <= Self.longLine else {
      return Place(line: line, column: 1 + bytes[start..<offset].count { $0 & 0xC0 != 0x80 })
    }
    return Place(line: line, column: 1 + text(start..<offset).count)
  }
}
