import PeyvandBase

/// Timelines made: for each target the rows that refer to it, in time order.
///
/// A counting sort: rows are gone over twice, to count how many refer to each target and to put each in its place. Of
/// many rows each core takes a part of the order; what an earlier part has of a target stands before what a later one
/// has, so that each knows from the counts where it writes, and the result is the same for any number of parts.
package enum TimelineBuilding {
  /// The records that a field refers to.
  package struct Goals: Sendable {
    var rows: Packed<Int32>
    /// The row of the first.
    var base: Int
    package init(_ rows: Packed<Int32>, base: Int) {
      self.rows = rows
      self.base = base
    }
  }

  /// - Parameters:
  ///   - rows: those that refer, which follow one another.
  ///   - order: the same in time order; nil: they stand so.
  ///   - fields: one field, or two; a row that refers to one target by both stands there once.
  ///   - targets: how many rows there may be referred to.
  /// - Returns: nil beyond two fields, and where there are more references than an `Int32` counts.
  package static func timelines(
    of rows: Range<Int>, in order: [Int32]?, by fields: [Goals], targets: Int
  ) -> Adjacency? {
    guard fields.count <= 2 else { return nil }
    let walk = Walk(rows: rows, order: order, fields: fields)
    let (first, width) = span(of: walk, targets)
    // Counts of many targets would be more to add up than the rows are to go over.
    let parts = walk.count < 1 << 17 || width > walk.count / 4 ? 1 : Parts.most
    var places = Parts.map(parts) { walk.counts(walk.part($0, of: parts), from: first, width) }
    var offsets: [Int32] = []
    offsets.reserveCapacity(width + 1)
    var total = 0
    for target in 0..<width {
      offsets.append(Int32(truncatingIfNeeded: total))
      for part in 0..<parts {
        let count = Int(places[part][target])
        places[part][target] = Int32(truncatingIfNeeded: total)
        total += count
      }
      if total > Int(Int32.max) { return nil }
    }
    offsets.append(Int32(truncatingIfNeeded: total))
    let starts = places
    let result: [Int32] = filled(total) { out in
      // A number may go to another thread, where the array waits for it.
      let address = UInt(bitPattern: out)
      _ = Parts.map(parts) { part in
        guard let out = UnsafeMutablePointer<Int32>(bitPattern: address) else { return }
        walk.place(walk.part(part, of: parts), from: first, at: starts[part], into: out)
      }
    }
    return Adjacency(offsets: offsets, rows: result, first: Int32(clamping: first)).trimmed
  }

  /// The targets to count: few of a company's interactions are ever referred to, and those stand together.
  private static func span(of walk: Walk, _ targets: Int) -> (first: Int, width: Int) {
    guard targets > 4_096, targets > walk.count else { return (0, max(0, targets)) }
    var (low, high) = (Int32.max, Int32(-1))
    walk.each(0..<walk.count) { _, goal in
      if goal >= 0 {
        low = min(low, goal)
        high = max(high, goal)
      }
    }
    high = min(high, Int32(clamping: targets - 1))
    guard low <= high else { return (0, 0) }
    let width = Int(high) - Int(low) + 1
    return width < targets / 2 ? (Int(low), width) : (0, targets)
  }

  /// Rows in their order, with what each refers to.
  private struct Walk: Sendable {
    let rows: Range<Int>
    let order: [Int32]?
    let fields: [Goals]

    var count: Int { order?.count ?? rows.count }

    func part(_ part: Int, of parts: Int) -> Range<Int> { count * part / parts..<count * (part + 1) / parts }

    /// Each reference of the rows at some places of the order; less than 0 where there is none.
    @inline(__always)
    func each(_ places: Range<Int>, _ body: (_ row: Int32, _ goal: Int32) -> Void) {
      for start in stride(from: places.lowerBound, to: places.upperBound, by: 1 << 13) {
        let places = start..<min(places.upperBound, start + 1 << 13)
        let some =
          order.map { Slab($0, places) }
          ?? Slab(
            SetKernels.rows(rows.lowerBound + places.lowerBound..<rows.lowerBound + places.upperBound), isRising: true)
        guard let one = goals(0, of: some) else { continue }
        let other = goals(1, of: some)
        some.withElements(
          { rows, step in
            one.withElements(
              { one, oneStep in
                guard let other else {
                  for index in 0..<some.count { body(rows[index &* step], one[index &* oneStep]) }
                  return
                }
                other.withElements(
                  { other, otherStep in
                    for index in 0..<some.count {
                      let (row, a, b) = (rows[index &* step], one[index &* oneStep], other[index &* otherStep])
                      body(row, a)
                      body(row, a == b ? -1 : b)
                    }
                  }, empty: ())
              }, empty: ())
          }, empty: ())
      }
    }

    private func goals(_ field: Int, of rows: Slab<Int32>) -> Slab<Int32>? {
      fields.indices.contains(field)
        ? fields[field].rows.taken(rows, base: fields[field].base, nought: -1).0 : nil
    }

    /// How many refer to each of `width` targets.
    func counts(_ places: Range<Int>, from first: Int, _ width: Int) -> [Int32] {
      var counts = [Int32](repeating: 0, count: width)
      counts.withUnsafeMutableBufferPointer { counts in
        let limit = UInt(bitPattern: counts.count)
        each(places) { _, goal in
          let target = UInt(bitPattern: Int(goal) &- first)
          if target < limit { counts[Int(bitPattern: target)] &+= 1 }
        }
      }
      return counts
    }

    /// Puts each row where its target's next stands.
    func place(_ places: Range<Int>, from first: Int, at starts: [Int32], into out: UnsafeMutablePointer<Int32>) {
      var next = starts
      next.withUnsafeMutableBufferPointer { next in
        let limit = UInt(bitPattern: next.count)
        each(places) { row, goal in
          let target = UInt(bitPattern: Int(goal) &- first)
          if target < limit {
            out[Int(next[Int(bitPattern: target)])] = row
            next[Int(bitPattern: target)] &+= 1
          }
        }
      }
    }
  }
}
