import PeyvandBase

/// Many texts sorted as their readers do.
package enum TextRanks {
  /// The places of the texts in ascending order; equal texts in the order given.
  package static func sorted(_ texts: [String]) -> [Int] {
    texts.indices.sorted { a, b in
      let order = compareText(texts[a], texts[b])
      return order != 0 ? order < 0 : a < b
    }
  }
}
