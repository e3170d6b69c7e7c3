import PeyvandBase

/// The values of one field for a stretch of a family's rows.
///
/// A field that only some kinds of a family declare has values for their rows alone: `base` is the row of
/// the first. Missing is a separate mask of bits (1: there), absent where nothing is missing; what stands
/// under a missing row is the type's nought and is never looked at. References are rows of the family they
/// refer to. Numbers, codes, rows, days and instants lie in as few bytes as they need (`Packed`).
package struct Column: Sendable {
  package enum Storage: Sendable {
    case number(Packed<Double>)
    case text(Packed<Int32>, TextDictionary)
    /// `Truth.no` or `Truth.yes`.
    case yesno([UInt8])
    case date(Packed<Int32>)
    case time(Packed<Int64>)
    /// Elapsed seconds.
    case duration(Packed<Double>)
    case reference(Packed<Int32>, family: KindID)
    /// The elements of row `i` are those from `offsets[i]` to `offsets[i + 1]`.
    indirect case list(offsets: [Int32], elements: Column)
  }
  package var storage: Storage
  package var present: Mask?
  package var base: Int

  package init(_ storage: Storage, present: Mask? = nil, base: Int = 0) {
    self.storage = storage
    self.present = present
    self.base = base
  }

  /// - Parameter bytes: 1 there, 0 missing.
  package init(_ storage: Storage, present bytes: [UInt8]?, base: Int = 0) {
    self.init(storage, present: bytes.map { Mask($0) }, base: base)
  }

  /// Bytes of memory that its values and its mask hold, without the texts of its dictionary.
  package var heldBytes: Int {
    let mask = present?.heldBytes ?? 0
    switch storage {
    case .number(let values), .duration(let values): return values.heldBytes + mask
    case .text(let codes, _): return codes.heldBytes + mask
    case .yesno(let values): return values.capacity + mask
    case .date(let values): return values.heldBytes + mask
    case .time(let values): return values.heldBytes + mask
    case .reference(let rows, _): return rows.heldBytes + mask
    case .list(let offsets, let elements): return offsets.capacity * 4 + elements.heldBytes + mask
    }
  }

  /// Whether some rows have a value each, as their mask tells; of references, whose missing ones have no mask, never.
  package func isWhole(_ rows: Range<Int>) -> Bool {
    if case .reference = storage { return false }
    guard rows.lowerBound >= base, rows.upperBound <= base + count else { return rows.isEmpty }
    return present?.isFull(rows.lowerBound - base..<rows.upperBound - base) ?? true
  }

  package var count: Int {
    switch storage {
    case .number(let values): values.count
    case .text(let codes, _): codes.count
    case .yesno(let values): values.count
    case .date(let values): values.count
    case .time(let values): values.count
    case .duration(let values): values.count
    case .reference(let rows, _): rows.count
    case .list(let offsets, _): max(0, offsets.count - 1)
    }
  }
}

/// From values as they are: packed on the way in.
extension Column.Storage {
  package static func number(_ values: [Double]) -> Self { .number(Packed(values)) }
  package static func text(_ codes: [Int32], _ dictionary: TextDictionary) -> Self { .text(Packed(codes), dictionary) }
  package static func date(_ values: [Int32]) -> Self { .date(Packed(values)) }
  package static func time(_ values: [Int64]) -> Self { .time(Packed(values)) }
  package static func duration(_ values: [Double]) -> Self { .duration(Packed(values)) }
  package static func reference(_ rows: [Int32], family: KindID) -> Self { .reference(Packed(rows), family: family) }
}

/// For each row of a target family the rows that refer to it, in time order.
///
/// `rows[offsets[t]..<offsets[t + 1]]` refer to target row `t`: events by `at`, ties by `start`, without a
/// time last; at one instant, and for kinds without time, in the order recorded.
package struct Adjacency: Sendable {
  /// Of the targets from `first` on; what lies before or behind them has no rows.
  package var offsets: [Int32]
  package var rows: [Int32]
  package var first: Int32
  package init(offsets: [Int32], rows: [Int32], first: Int32 = 0) {
    self.offsets = offsets
    self.rows = rows
    self.first = first
  }

  /// Without the targets before the first and behind the last that has rows, where these are most of them: few of a
  /// company's interactions are ever referred to, and those stand together.
  package var trimmed: Adjacency {
    guard let all = offsets.last, all > 0, let low = offsets.firstIndex(where: { $0 > 0 }),
      let high = offsets.firstIndex(of: all), offsets.count > 4_096, high - low + 1 < offsets.count / 2
    else { return self }
    return Adjacency(
      offsets: Array(offsets[(low - 1)...high]), rows: rows, first: Int32(truncatingIfNeeded: low - 1))
  }

  /// The rows of one target.
  package func rows(of target: Int32) -> ArraySlice<Int32> {
    let place = Int(target) - Int(first)
    guard place >= 0, place + 1 < offsets.count else { return [] }
    return rows[Int(offsets[place])..<Int(offsets[place + 1])]
  }

  /// Bytes of memory that it holds.
  package var heldBytes: Int { offsets.capacity * 4 + rows.capacity * 4 }
}

/// When the rows of an adjacency took place, beside them: what is asked of a timeline is read in a line.
package struct TimelineTimes: Sendable {
  /// Of `Adjacency.rows`, less `offset`, in the unit of the kind's time; `none` where a row has no time.
  package var times: [Int32]
  package var offset: Int64
  package static let none = Int32.max

  /// Bytes of memory that they hold.
  package var heldBytes: Int { times.capacity * 4 }

  /// Missing where the times lie too far apart.
  package init?(of rows: [Int32], in column: Column) {
    let bounds = TimeSearch.bounds(of: column)
    guard let bounds, bounds.upperBound - bounds.lowerBound < Int64(Int32.max) - 1 else { return nil }
    offset = bounds.lowerBound
    times = TimeSearch.times(of: rows, in: column, less: offset, none: Self.none)
  }
}

/// The rows of one kind itself (its special kinds' rows not among them), in time order.
package struct KindRows: Sendable {
  package var kind: KindID
  package var rows: Range<Int>
  /// How many of them, from the first, have a time; the rest stand behind them. All, for kinds without time.
  package var timed: Int
  package init(kind: KindID, rows: Range<Int>, timed: Int) {
    self.kind = kind
    self.rows = rows
    self.timed = timed
  }
}
