import PeyvandBase
import PeyvandCheck
import PeyvandData

/// A context of evaluation: `count` rows with the records in hand and the columns made for them.
///
/// A frame inside another (the elements of sets, the first events of sequences) knows for each of its rows
/// the row of the outer frame; what is not found here is found there and spread. Frames are values: a step
/// inward makes a new one.
package struct Frame: Sendable {
  package let count: Int
  /// Rows of the binding's family, −1 for missing.
  package var bindings: [Int: Slab<Int32>] = [:]
  package var columns: [ColumnID: Vector] = [:]
  /// In a group's frame: what the group's aggregates came to.
  package var aggregates: [Aggregate: Vector] = [:]
  package var outer: Outer?

  package init(count: Int, outer: Outer? = nil) {
    self.count = count
    self.outer = outer
  }

  /// The frame outside and, for each row of the inner one, its row there (never falling).
  package final class Outer: Sendable {
    package let frame: Frame
    package let row: Slab<Int32>
    package init(frame: Frame, row: Slab<Int32>) {
      self.frame = frame
      self.row = row
    }
  }
}
