/// `--name value` and bare `--flag`s.
struct Arguments: Sendable {
  let words: [String]
  init(_ words: [String]) { self.words = words }

  subscript(name: String) -> String? {
    guard let index = words.firstIndex(of: name), words.indices.contains(index + 1) else { return nil }
    return words[index + 1]
  }

  func has(_ flag: String) -> Bool { words.contains(flag) }
}

/// Milliseconds that a body took, by the monotonic clock.
func milliseconds<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  let (seconds, attoseconds) = (clock.now - start).components
  return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
}
