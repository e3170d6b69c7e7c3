import PeyvandData

/// Many values for each row of a frame: one after the other, with where each row's begin.
///
/// A value that came from a record remembers it, so that a group takes each record once however many of its
/// rows reach it: over a group the values of one source are one value. Where no source can stand in two rows
/// (`isPartition`), a group's values are its rows' values as they are.
package struct ListVector: Sendable {
  /// Row `i` has the values from `offsets[i]` to `offsets[i + 1]`.
  package var offsets: [Int32]
  package var values: Vector
  /// The record each value came from; missing where values came from none.
  package var sources: Slab<Int32>?
  package var sourceFamily: KindID?
  /// Whether no source stands in two rows of any frame of this kind.
  package var isPartition: Bool
  /// Of values of matches: what became of all the first events, also those that have no value.
  package var outcome: Outcome?

  package struct Outcome: Sendable {
    package var offsets: [Int32]
    package var truths: Slab<UInt8>
    package init(offsets: [Int32], truths: Slab<UInt8>) {
      self.offsets = offsets
      self.truths = truths
    }
  }

  package init(
    offsets: [Int32], values: Vector, sources: Slab<Int32>? = nil, sourceFamily: KindID? = nil,
    isPartition: Bool = false
  ) {
    self.offsets = offsets
    self.values = values
    self.sources = sources
    self.sourceFamily = sourceFamily
    self.isPartition = isPartition
  }

  package var count: Int { max(0, offsets.count - 1) }
}
