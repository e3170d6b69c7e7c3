import PeyvandBase
import PeyvandCheck
import PeyvandData
import Synchronization

/// A context of evaluation: `count` rows with the records in hand and the columns made for them.
///
/// A frame inside another (the elements of sets, the first events of sequences) knows for each of its rows
/// the row of the outer frame; what is not found here is found there and spread. Frames are values: a step
/// inward makes a new one.
package struct Frame: Sendable {
  package let count: Int
  /// Rows of the binding's family, −1 for missing.
  package var bindings: [Int: Slab<Int32>] = [:]
  /// Of bindings whose records came with their times, these.
  var moments: [Int: FrameMoments] = [:]
  package var columns: [ColumnID: Vector] = [:]
  /// In a group's frame: what the group's aggregates came to.
  package var aggregates: [Aggregate: Vector] = [:]
  package var outer: Outer?
  /// Bindings whose rows are stretches of a table: a question that goes over millions of them in batches writes out
  /// those of a batch at a time.
  var stretches: Stretches?
  /// What is worked out once of these rows, though a question says it more than once.
  var memo: FrameMemo?

  package init(count: Int, outer: Outer? = nil) {
    self.count = count
    self.outer = outer
  }

  /// A frame of the records that stretches of a table hold.
  init(_ stretches: Stretches) {
    self.init(count: stretches.count)
    self.stretches = stretches
  }

  struct Stretches: Sendable {
    var bindings: [Int]
    var rows: [Range<Int>]

    var count: Int { rows.reduce(0) { $0 + $1.count } }

    /// The rows at a range of places.
    func slice(_ places: Range<Int>) -> Slab<Int32> {
      var found: [Int32] = []
      var start = 0
      for stretch in rows {
        let part = places.clamped(to: start..<start + stretch.count)
        if !part.isEmpty {
          let own = stretch.lowerBound + part.lowerBound - start..<stretch.lowerBound + part.upperBound - start
          if own.count == places.count { return Slab(SetKernels.rows(own), isRising: true) }
          found += SetKernels.rows(own)
        }
        start += stretch.count
      }
      return Slab(found)
    }
  }

  /// The frame outside and, for each row of the inner one, its row there (never falling). Rows of sets are told from
  /// their offsets when somebody asks: a condition that speaks of the element alone never does.
  package final class Outer: Sendable {
    package let frame: Frame
    private let offsets: [Int32]
    private let known: Mutex<Slab<Int32>?>

    package init(frame: Frame, row: Slab<Int32>) {
      self.frame = frame
      offsets = []
      known = Mutex(row)
    }

    /// - Parameter offsets: of the sets that the inner rows are the elements of, one set a row outside.
    init(frame: Frame, offsets: [Int32]) {
      self.frame = frame
      self.offsets = offsets
      known = Mutex(nil)
    }

    /// Worked out once; hold it where it is read row by row.
    package var row: Slab<Int32> {
      known.withLock { known in
        if let known { return known }
        let row = SetKernels.owners(offsets)
        known = row
        return row
      }
    }
  }
}
