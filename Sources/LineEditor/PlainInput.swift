import Glibc

/// Lines from standard input without a terminal: no prompt, no editing, no history.
struct PlainInput {
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// A line longer than this is given in pieces: whoever reads it has a limit of its own, and memory has one too.
  static let longestLine = 16 << 20

  /// The next line without its end; nil when there is none.
  mutating func readLine() -> String? {
    var searched = start
    while true {
      if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let end = newline > start && buffer[newline - 1] == UInt8(ascii: "\r") ? newline - 1 : newline
        return take(start..<end, next: newline + 1)
      }
      if isAtEnd || buffer.count - start >= Self.longestLine {
        return start == buffer.count ? nil : take(start..<buffer.count, next: buffer.count)
      }
      searched = buffer.count
      fill()
    }
  }

  private mutating func take(_ range: Range<Int>, next: Int) -> String {
    let line = String(decoding: buffer[range], as: UTF8.self)
    start = next
    if start == buffer.count || start > 1 << 20 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    return line
  }

  private mutating func fill() {
    let size = 1 << 16
    let chunk = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
      var got = Glibc.read(0, memory.baseAddress, size)
      while got < 0, errno == EINTR { got = Glibc.read(0, memory.baseAddress, size) }
      count = max(got, 0)
    }
    if chunk.isEmpty { isAtEnd = true }
    buffer.append(contentsOf: chunk)
  }
}
