/// Makes a program that two evaluators disagree about as small as can be, by words and brackets alone: whatever is
/// left out must leave a sound program that they still disagree about.
struct ProgramShrinker {
  let differs: (String) -> Bool
  private static let tries = 400

  init(_ differs: @escaping (String) -> Bool) { self.differs = differs }

  func smallest(_ program: String) -> String {
    var program = program
    var left = Self.tries
    var hasShrunk = true
    while hasShrunk, left > 0 {
      hasShrunk = false
      for candidate in candidates(program) where candidate.count < program.count {
        left -= 1
        if differs(candidate) {
          program = candidate
          hasShrunk = true
          break
        }
        if left <= 0 { break }
      }
    }
    return program
  }

  private func candidates(_ program: String) -> [String] {
    var result: [String] = []
    let lines = program.split(separator: "\n").map(String.init)
    for line in lines.indices.dropFirst() {
      var fewer = lines
      fewer.remove(at: line)
      result.append(fewer.joined(separator: "\n"))
    }
    for line in lines.indices {
      for shorter in shorter(lines[line]) {
        var changed = lines
        changed[line] = shorter
        result.append(changed.joined(separator: "\n"))
      }
    }
    return result
  }

  /// A part between commas left out; what stands in brackets instead of them; a small value instead of brackets;
  /// a word and what follows it left out.
  private func shorter(_ line: String) -> [String] {
    let letters = Array(line)
    var result: [String] = []
    var open: [Int] = []
    var spans: [(Int, Int)] = []
    var commas: [Int] = []
    for (place, letter) in letters.enumerated() {
      if letter == "(" { open.append(place) }
      if letter == ")", let start = open.popLast() { spans.append((start, place)) }
      if letter == ",", open.isEmpty { commas.append(place) }
    }
    let by = line.range(of: " by ").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
    let ends = commas + [by ?? letters.count, letters.count]
    for (comma, end) in zip(commas, ends.dropFirst()) where end > comma { result.append(cut(letters, comma, end)) }
    if let first = commas.first, let start = letters.dropFirst(2).firstIndex(of: " ") {
      result.append(cut(letters, start + 1, first + 2))
    }
    if let by { result.append(cut(letters, by, letters.count)) }
    for (start, end) in spans.sorted(by: { $0.1 - $0.0 > $1.1 - $1.0 }) {
      var name = start
      while name > 0, letters[name - 1].isLetter || letters[name - 1] == "_" { name -= 1 }
      for value in ["1", "yes", "now", "today", "key"] {
        result.append(String(letters[..<name]) + value + String(letters[(end + 1)...]))
      }
      result.append(String(letters[..<name]) + String(letters[(start + 1)..<end]) + String(letters[(end + 1)...]))
      if name < start { result.append(String(letters[..<name]) + String(letters[start...])) }
      let inner = String(letters[(start + 1)..<end])
      for word in [
        " and ", " or ", " where ", " then ", " else ", " since ", " until ", " after ", " before ", " during ",
      ] {
        guard let found = inner.range(of: word) else { continue }
        for part in [String(inner[..<found.lowerBound]), String(inner[found.upperBound...])] {
          result.append(String(letters[...start]) + part + String(letters[end...]))
        }
      }
    }
    for word in [" where ", " counting open", " counting ties", " to the second", " of the first", " desc"] {
      guard let found = line.range(of: word) else { continue }
      let end = word == " where " ? line.endIndex : found.upperBound
      result.append(String(line[..<found.lowerBound]) + String(line[end...]))
    }
    return result
  }

  private func cut(_ letters: [Character], _ start: Int, _ end: Int) -> String {
    String(letters[..<start]) + String(letters[min(end, letters.count)...])
  }
}

extension String {
  /// The first place of some words.
  fileprivate func range(of words: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(words) { return start..<index(start, offsetBy: words.count) }
      start = index(after: start)
    }
    return nil
  }
}
