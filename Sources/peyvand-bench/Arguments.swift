import Glibc
import PeyvandBase

/// `--name value` and bare `--flag`s.
struct Arguments {
  let words: [String]
  init(_ words: [String]) { self.words = words }

  subscript(name: String) -> String? {
    guard let index = words.firstIndex(of: name), words.indices.contains(index + 1) else { return nil }
    return words[index + 1]
  }

  func has(_ flag: String) -> Bool { words.contains(flag) }
}

/// Runs the body on a thread with the stack that the language asks for, and gives what it gives.
func onLanguageThread(_ body: @escaping () -> String?) -> String? {
  final class Box {
    var body: () -> String?; var result: String?; init(_ body: @escaping () -> String?) { self.body = body }
  }
  let box = Box(body)
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, Limits.stackBytes)
  var thread = pthread_t()
  let started = pthread_create(
    &thread, &attributes,
    { pointer in
      guard let pointer else { return nil }
      let box = Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue()
      box.result = box.body()
      return nil
    }, Unmanaged.passUnretained(box).toOpaque())
  guard started == 0 else { return "no thread could be started" }
  pthread_join(thread, nil)
  return withExtendedLifetime(box) { box.result }
}

/// Milliseconds that a body took, by the monotonic clock.
func milliseconds<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  let (seconds, attoseconds) = (clock.now - start).components
  return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
}
