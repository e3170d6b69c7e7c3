import PeyvandBase

/// `count` elements: an array of one's own, a stretch of a column without a copy, or one constant.
///
/// Every kernel takes slabs, so that a query reads the columns where they lie and a literal costs nothing.
@usableFromInline
package struct Slab<Element: Sendable>: Sendable {
  package let storage: [Element]
  package let start: Int
  package let count: Int
  /// 1, or 0 where element 0 stands for all.
  package let stride: Int
  /// Whether each element is known to be larger than the one before, so that the ends tell the range.
  package let isRising: Bool

  package init(_ values: [Element], isRising: Bool = false) {
    storage = values
    start = 0
    count = values.count
    stride = 1
    self.isRising = isRising
  }

  /// The elements of `range`, cut to what there is.
  package init(_ values: [Element], _ range: Range<Int>, isRising: Bool = false) {
    let range = range.clamped(to: 0..<values.count)
    storage = values
    start = range.lowerBound
    count = range.count
    stride = 1
    self.isRising = isRising
  }

  package init(repeating value: Element, count: Int) {
    storage = [value]
    start = 0
    self.count = max(0, count)
    stride = 0
    isRising = false
  }

  package var isConstant: Bool { stride == 0 }
  package var isEmpty: Bool { count == 0 }
}

/// Values of one type for every row of a batch.
///
/// Missing is a mask beside the values (1: there), absent where nothing is missing. Yes/no carry missing and
/// their marks in the byte itself (`Truth`) and have no mask; records have −1 for missing and no mask.
package struct Vector: Sendable {
  package enum Storage: Sendable {
    /// Numbers; durations of one class, in its unit (seconds, days or months).
    case numbers(Slab<Double>)
    case texts(Slab<Int32>, TextDictionary)
    case truths(Slab<UInt8>)
    /// Days, period indices, weekdays, times of the day.
    case days(Slab<Int32>)
    case instants(Slab<Int64>)
    case rows(Slab<Int32>, family: KindID)
    /// Durations of class `.mixed`.
    case durations(Slab<Duration>)
    /// Row `i` has the elements from `offsets[i]` to `offsets[i + 1]`.
    indirect case lists(offsets: [Int32], elements: Vector)
  }
  package var storage: Storage
  package var present: Slab<UInt8>?

  package init(_ storage: Storage, present: Slab<UInt8>? = nil) {
    self.storage = storage
    self.present = present
  }

  package var count: Int {
    switch storage {
    case .numbers(let slab): slab.count
    case .texts(let slab, _): slab.count
    case .truths(let slab): slab.count
    case .days(let slab): slab.count
    case .instants(let slab): slab.count
    case .rows(let slab, _): slab.count
    case .durations(let slab): slab.count
    case .lists(let offsets, _): max(0, offsets.count - 1)
    }
  }
}

/// A set of records for every row of a batch: offsets and rows, one after the other.
///
/// Set `i` is `rows[offsets[i]..<offsets[i + 1]]`; offsets begin at 0, never fall, and end at `rows.count`.
package struct RowSets: Sendable {
  package var offsets: [Int32]
  package var rows: Slab<Int32>
  package var family: KindID
  /// When the rows took place, where that came with them; what makes other sets of these drops it.
  package var times: Times?

  package struct Times: Sendable {
    /// As many as the rows, less `offset`; `TimelineTimes.none` where a row has no time.
    package var values: Slab<Int32>
    package var offset: Int64
    package init(values: Slab<Int32>, offset: Int64) {
      self.values = values
      self.offset = offset
    }
  }

  package init(offsets: [Int32], rows: Slab<Int32>, family: KindID, times: Times? = nil) {
    self.offsets = offsets
    self.rows = rows
    self.family = family
    self.times = times
  }

  package var count: Int { max(0, offsets.count - 1) }
}
