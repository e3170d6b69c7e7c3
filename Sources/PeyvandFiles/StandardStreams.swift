import Glibc
import PeyvandBase

/// Why bytes did not reach a stream.
package enum StreamError: Error, Sendable, Hashable {
  /// The reader has gone (`| head`): the program ends quietly.
  case closedPipe
  case system(SystemError)

  /// For a message; a closed pipe needs none.
  package var diagnostic: Diagnostic? {
    guard case .system(let error) = self else { return nil }
    return FileDiagnostics.system("write", "output", error)
  }
}

/// What the process was started with: input, output, errors.
package enum StandardStreams {
  package enum Stream: CInt, Sendable { case input = 0, output = 1, error = 2 }

  /// From now on a closed pipe is an error to handle, not a signal that kills. Once, at the start.
  package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

  package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// The columns of the terminal behind a stream; nil when it is none or does not say.
  package static func terminalWidth(_ stream: Stream = .output) -> Int? {
    var size = winsize()
    guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  package static func write(_ bytes: [UInt8], to stream: Stream) throws(StreamError) {
    do throws(SystemError) {
      try SystemCalls.writeAll(stream.rawValue, bytes)
    } catch {
      throw error.code == EPIPE ? StreamError.closedPipe : .system(error)
    }
  }

  package static func write(_ text: String, to stream: Stream) throws(StreamError) {
    try write(Array(text.utf8), to: stream)
  }

  /// The next line that comes in, without its end; nothing where there is none.
  package static func readLine() -> String? { Swift.readLine() }

  /// Everything that comes in, up to `limit` bytes.
  /// - Throws: E3005, E3006.
  package static func readInput(limit: Int = Limits().programBytes) throws(Diagnostic) -> FileBytes {
    do {
      var room = try GrowingMemory(capacity: 1 << 16)
      while true {
        if room.isFull { try room.grow() }
        let free = room.free
        let count = try SystemCalls.retrying { Glibc.read(Stream.input.rawValue, free.baseAddress, free.count) }
        if count == 0 { break }
        room.count += count
        guard room.count <= limit else { throw FileDiagnostics.tooLarge("standard input", limit: limit, .program) }
      }
      return FileBytes(room)
    } catch let error as SystemError {
      throw FileDiagnostics.system("read", "standard input", error)
    } catch let said as Diagnostic {
      throw said
    } catch {
      throw FileDiagnostics.system("read", "standard input", SystemError(EIO))
    }
  }
}

/// Output gathered to larger writes; a long answer is one call a hundred kilobytes.
package final class BufferedOutput {
  private let stream: StandardStreams.Stream
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 17
  /// Bytes given so far, for the limit on output.
  package private(set) var byteCount = 0

  package init(_ stream: StandardStreams.Stream = .output) { self.stream = stream }

  package func write(_ text: String) throws(StreamError) {
    buffer.append(contentsOf: text.utf8)
    byteCount += text.utf8.count
    if buffer.count >= Self.bufferSize { try flush() }
  }

  package func write(_ bytes: [UInt8]) throws(StreamError) {
    buffer.append(contentsOf: bytes)
    byteCount += bytes.count
    if buffer.count >= Self.bufferSize { try flush() }
  }

  package func flush() throws(StreamError) {
    guard !buffer.isEmpty else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    try StandardStreams.write(buffer, to: stream)
  }
}
