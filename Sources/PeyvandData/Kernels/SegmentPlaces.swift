extension SegmentKernels {
  /// For each stretch the places of what is there, one stretch after the other, and where each begins: for measures
  /// that need a stretch's values together, of several lists at once.
  package static func places(_ offsets: [Int32], count: Int, present: Slab<UInt8>?) -> [[Int]] {
    var result: [[Int]] = []
    result.reserveCapacity(max(0, offsets.count - 1))
    eachSegment(offsets, limit: count) { _, range in
      guard let present else {
        result.append(Array(range))
        return
      }
      result.append(range.filter { present[$0] != 0 })
    }
    return result
  }

  /// The texts of each stretch, joined; the codes of a vector of texts, and what stands for the missing.
  package static func joined(
    _ offsets: [Int32], _ codes: Slab<Int32>, _ dictionary: TextDictionary, present: Slab<UInt8>?, by separator: String,
    missing: String
  ) -> [String] {
    var result: [String] = []
    result.reserveCapacity(max(0, offsets.count - 1))
    eachSegment(offsets, limit: codes.count) { _, range in
      var text = ""
      for place in range {
        if place > range.lowerBound { text += separator }
        let code = Int(codes[place] ?? -1)
        text += present?[place] == 0 || !dictionary.entries.indices.contains(code) ? missing : dictionary.entries[code]
      }
      result.append(text)
    }
    return result
  }
}
