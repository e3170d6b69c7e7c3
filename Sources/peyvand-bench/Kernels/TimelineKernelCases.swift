import PeyvandBase
import PeyvandData

/// Timelines read, searched and merged: what `then`, `within` and sets of events are made of.
extension Kernel {
  /// Half a year.
  private static let window: Int64 = 180 * 86_400

  static let timelines: [Kernel] = [
    Kernel(name: "timeline-times", does: "the times of a timeline's rows, put beside them") { rows in
      let timelines = try SampleTimelines(rows)
      return Prepared(
        rows: rows, size: nil, bytes: 4 + 4 + 4,
        run: { _ in TimelineTimes(of: timelines.adjacency.rows, in: timelines.instants) },
        sum: { times in
          Checksum((times?.times ?? []).map { Int64($0) + (times?.offset ?? 0) })
        },
        plain: { _ in Checksum(timelines.adjacency.rows.map { Sample.instant(Int($0)) }) })
    },
    Kernel(name: "slices", does: "the rows of some customers, one by one out of order") { rows in
      let timelines = try SampleTimelines(rows)
      let count = timelines.customers
      func wanted(_ range: Range<Int>) -> [Int32] { range.map { Sample.any($0, of: count) } }
      let taken = (0..<count).reduce(0) { $0 + timelines.rows(Int(Sample.any($1, of: count))).count }
      return Prepared(
        rows: taken, units: count, size: timelines.size, bytes: 16,
        run: { range in
          SetKernels.slices(
            timelines.adjacency, of: Slab(wanted(range)), family: KindID(0), times: timelines.times)
        },
        sum: { Checksum($0.rows.array) },
        plain: { range in Checksum(wanted(range).flatMap { timelines.rows(Int($0)) }) })
    },
    Kernel(name: "time-search", does: "for each row where half a year later begins, in its customer's timeline") {
      rows in
      let timelines = try SampleTimelines(rows)
      return Prepared(
        rows: rows, units: timelines.customers, size: timelines.size, bytes: 4 + 4 + 4,
        run: { range in
          let sets = timelines.sets(range)
          let bounds = TimeSearch.later(TimeSearch.times(of: sets, in: timelines.instants), by: window)
          return TimeSearch.places(
            in: sets, times: timelines.instants, owners: SetKernels.owners(sets.offsets), bounds: bounds)
        },
        sum: { Checksum($0) },
        plain: { range in
          var places: [Int32] = []
          var base = 0
          for customer in range {
            let rows = timelines.rows(customer)
            for row in rows {
              let before = rows.prefix { Sample.instant(Int($0)) < Sample.instant(Int(row)) + window }
              places.append(Int32(base + before.count))
            }
            base += rows.count
          }
          return Checksum(places)
        })
    },
    Kernel(name: "sequence", does: "for each row the customer's next within half a year: one merge") { rows in
      let timelines = try SampleTimelines(rows)
      return Prepared(
        rows: rows, units: timelines.customers, size: timelines.size, bytes: 4 + 4 + 4 + 8,
        run: { range in
          let sets = timelines.sets(range)
          let times = TimeSearch.times(of: sets, in: timelines.instants)
          var tied = [UInt8](repeating: 0, count: sets.rows.count)
          return SequenceMerge.step(
            sets, times: times, matches: sets.offsets, areInOrder: true,
            SequenceMerge.Bounds(same: times, later: nil, last: TimeSearch.later(times, by: window)),
            states: SequenceKernels.begun(times), own: [sets.rows], hadTie: &tied)
        },
        sum: { Checksum($0.rows) },
        plain: { range in
          var found: [Int32] = []
          for customer in range {
            let rows = timelines.rows(customer)
            for row in rows {
              let time = Sample.instant(Int(row))
              let next = rows.first { Sample.instant(Int($0)) > time && Sample.instant(Int($0)) <= time + window }
              found.append(next ?? -1)
            }
          }
          return Checksum(found)
        })
    },
    Kernel(name: "set-union", does: "two overlapping sets a customer as one, each row once") { rows in
      let timelines = try SampleTimelines(rows)
      /// Two of three rows: from one place on, round the end.
      func part(_ range: Range<Int>, from start: Int) -> RowSets {
        var offsets: [Int32] = [0]
        var kept: [Int32] = []
        for customer in range {
          kept += timelines.rows(customer).filter { (Int($0) + start) % 3 != 0 }
          offsets.append(Int32(kept.count))
        }
        return RowSets(offsets: offsets, rows: Slab(kept), family: KindID(0))
      }
      let batches = stride(from: 0, to: timelines.customers, by: timelines.size).map { start in
        let range = start..<min(timelines.customers, start + timelines.size)
        return (part(range, from: 0), part(range, from: 1))
      }
      return Prepared(
        rows: rows, units: timelines.customers, size: timelines.size, bytes: 4 * 2 / 3.0 * 2 + 4,
        run: { range in
          let (a, b) = batches[range.lowerBound / timelines.size]
          return SetKernels.byRow(SetKernels.joined(a, b))
        },
        sum: { Checksum($0.rows.array) },
        plain: { range in Checksum(range.flatMap { timelines.rows($0).sorted() }) })
    },
  ]
}
