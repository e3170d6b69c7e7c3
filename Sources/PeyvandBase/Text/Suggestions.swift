/// The names nearest to a word that was not found, best first, for "did you mean".
///
/// A candidate is near where its Damerau–Levenshtein distance (insertions, deletions, changes and swaps of
/// neighbours, in the optimal string alignment form) is at most a third of the word's length, and at least 1; or
/// where it begins with the word. Both are compared by `searchKey`, so case and Persian spelling never hide a name.
/// The same candidates in the same order give the same answer: nearer first, then prefixes, then as they came.
///
/// Cost: candidates × their length × the word's; a word longer than 64 letters has no suggestions.
package func nearest(_ word: String, among candidates: [String], limit: Int = 4) -> [String] {
  let key = Array(searchKey(word).unicodeScalars)
  guard !key.isEmpty, key.count <= 64, limit > 0 else { return [] }
  let bound = max(1, key.count / 3)
  var found: [(rank: Int, isPrefix: Bool, place: Int)] = []
  var seen: Set<String> = []
  for (place, candidate) in candidates.enumerated() {
    let other = Array(searchKey(candidate).unicodeScalars)
    guard !other.isEmpty, seen.insert(candidate).inserted else { continue }
    let isPrefix = key.count >= 2 && other.count > key.count && other.starts(with: key)
    if abs(other.count - key.count) <= bound, let distance = editDistance(key, other, within: bound) {
      // A single letter may become any other; that is no likeness.
      if distance >= max(key.count, other.count) { continue }
      found.append((distance, isPrefix, place))
    } else if isPrefix {
      found.append((bound + 1, true, place))
    }
  }
  found.sort { a, b in
    if a.rank != b.rank { return a.rank < b.rank }
    if a.isPrefix != b.isPrefix { return a.isPrefix }
    return a.place < b.place
  }
  return found.prefix(limit).map { candidates[$0.place] }
}

/// The optimal-string-alignment distance of two texts, or nil where it is more than `bound`.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], within bound: Int) -> Int? {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    var best = i + 1
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
      best = min(best, cost)
    }
    // A swap may still reach two rows back, so both have to be out of reach.
    if best > bound, (last.min() ?? 0) > bound { return nil }
    beforeLast = last
    last = row
  }
  return last[b.count] <= bound ? last[b.count] : nil
}

/// "a" or "an", as an English noun wants it; other scripts' nouns take "a".
package func article(_ noun: String) -> String {
  guard let first = noun.unicodeScalars.first else { return "a" }
  return "aeiouAEIOU".unicodeScalars.contains(first) ? "an" : "a"
}
