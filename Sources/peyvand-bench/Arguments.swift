/// `--name value` and bare `--flag`s.
struct Arguments: Sendable {
  let words: [String]
  init(_ words: [String]) { self.words = words }

  subscript(name: String) -> String? {
    guard let index = words.firstIndex(of: name), words.indices.contains(index + 1) else { return nil }
    return words[index + 1]
  }

  func has(_ flag: String) -> Bool { words.contains(flag) }

  /// The words between a flag and the next one.
  func list(_ flag: String) -> [String] {
    guard let index = words.firstIndex(of: flag) else { return [] }
    return Array(words[(index + 1)...].prefix { !$0.hasPrefix("--") })
  }
}

/// Milliseconds that a body took, by the monotonic clock.
func milliseconds<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return Milliseconds.of(clock.now - start)
}

enum Milliseconds {
  static func of(_ duration: Swift.Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
  }
}
