import PeyvandBase

/// Where the records of a kind lie in a table, whether it is a family's or what a question made of several.
extension ColumnSource {
  package func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency? { nil }

  package func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes? { nil }

  package func holding() -> (any AnyObject & Sendable)? { nil }

  /// Worked out each time; a source that is asked often keeps it.
  package func timePlaces(of kind: KindID) -> [Int32]? {
    timeOrder(of: kind).map { SetKernels.places(ofOrder: $0, base: rows(of: kind).lowerBound) }
  }

  /// A kind whose records a family's rows hold: where they lie in their own table, and how much further in this.
  private func parts(of family: KindID) -> [(rows: Range<Int>, family: KindID, by: Int)] {
    guard let union = catalogue.union(family) else {
      return [(rows(of: family), catalogue.kind(family)?.family ?? family, 0)]
    }
    var start = 0
    return union.members.map { member in
      let rows = rows(of: member)
      defer { start += rows.count }
      return (rows, catalogue.kind(member)?.family ?? member, start - rows.lowerBound)
    }
  }

  /// Rows of one family as rows of another; what does not stand there is −1.
  package func moved(_ rows: Slab<Int32>, from: KindID, to: KindID) -> Slab<Int32> {
    if from == to { return rows }
    var pieces: [(rows: Range<Int>, by: Int)] = []
    for here in parts(of: from) {
      for there in parts(of: to) where here.family == there.family {
        let common = here.rows.clamped(to: there.rows)
        guard !common.isEmpty else { continue }
        pieces.append(
          (common.lowerBound + here.by..<common.upperBound + here.by, there.by - here.by))
      }
    }
    return StretchKernels.moved(rows, pieces)
  }

  /// The rows of a family that hold the records of a kind.
  package func rows(of kind: KindID, in family: KindID) -> [Range<Int>] {
    guard family.isUnion else { return [rows(of: kind)] }
    let own = catalogue.kind(kind)?.family ?? kind
    let wanted = rows(of: kind)
    return parts(of: family).compactMap { part in
      guard part.family == own else { return nil }
      let common = part.rows.clamped(to: wanted)
      return common.isEmpty ? nil : common.lowerBound + part.by..<common.upperBound + part.by
    }
  }
}
