import PeyvandBase
import PeyvandData

/// Rows put into groups, counted, summed, ordered.
extension Kernel {
  static let groups: [Kernel] = [
    Kernel(name: "group-count", does: "count by channel") { rows in
      let column = Column(.text(Sample.packed(rows, Sample.channel), Sample.dictionary(Sample.channels)))
      return Prepared(
        rows: rows, bytes: 1,
        run: { range in
          let groups = DenseIDs(of: [column.slice(range)], count: range.count)
          var fold = GroupFold(.count)
          fold.add(
            Vector(.truths(Slab(repeating: 1, count: range.count))), ids: groups.ids, groups: groups.first.count)
          return fold.result(order: groups.first.indices.map { Int32($0) })
        },
        sum: { Checksum(numbers($0)) }, plain: { Checksum(folded($0, by: Sample.channel) { count, _ in count += 1 }) })
    },
    Kernel(name: "group-sum", does: "sum(seconds) by channel") { rows in
      let column = Column(.text(Sample.packed(rows, Sample.channel), Sample.dictionary(Sample.channels)))
      let seconds = Column(.number(Sample.packed(rows, Sample.seconds)))
      return Prepared(
        rows: rows, bytes: 3,
        run: { range in
          let groups = DenseIDs(of: [column.slice(range)], count: range.count)
          var fold = GroupFold(.sum)
          fold.add(seconds.slice(range), ids: groups.ids, groups: groups.first.count)
          return fold.result(order: groups.first.indices.map { Int32($0) })
        },
        sum: { Checksum(numbers($0)) },
        // Whole numbers, so that no rounding depends on the order.
        plain: { Checksum(folded($0, by: Sample.channel) { $0 += Sample.seconds($1) }) })
    },
    Kernel(name: "group-two-keys", does: "groups by channel and month") { rows in
      let channels = Column(.text(Sample.packed(rows, Sample.channel), Sample.dictionary(Sample.channels)))
      let days = Sample.packed(rows, Sample.day)
      let time = TimeKernels(CalendarRules(), cache: KernelCache())
      return Prepared(
        rows: rows, bytes: 1 + days.width + 4,
        run: { range in
          let months = Vector(.days(time.periods(ofDays: days.slab(range), unit: .month)))
          return DenseIDs(of: [channels.slice(range), months], count: range.count).ids
        },
        sum: { Checksum($0) },
        plain: { range in
          let months = time.periods(ofDays: Slab(range.map(Sample.day)), unit: .month).array
          return Checksum(
            numbered(range) { Int64(Sample.channel($0)) << 32 | Int64(months[$0 - range.lowerBound]) })
        })
    },
    Kernel(name: "distinct", does: "different customers, a number each") { rows in
      let count = Sample.customers(rows)
      let customers = Sample.packed(rows) { Sample.customer($0, of: count) }
      return Prepared(
        rows: rows, bytes: customers.width + 4,
        run: { range in
          DenseIDs(of: [Vector(.rows(customers.slab(range), family: KindID(0)))], count: range.count).ids
        },
        sum: { Checksum($0) }, plain: { Checksum(numbered($0) { Int64(Sample.customer($0, of: count)) }) })
    },
    Kernel(name: "group-segments", does: "rows put together by customer, as for a timeline") { rows in
      let count = Sample.customers(rows)
      let ids = (0..<rows).map { Sample.customer($0, of: count) }
      return Prepared(
        rows: rows, size: nil, bytes: 4 + 4 + 4, run: { _ in GroupSegments(ids: ids, groups: count) },
        sum: { segments in
          var sum = Checksum(segments.offsets)
          for row in segments.order { sum.add(row) }
          return sum
        },
        plain: { range in
          // By customer, then by row: the two in one number.
          let order = range.map { Int64(Sample.customer($0, of: count)) << 32 | Int64($0) }.sorted()
          var offsets = [Int32](repeating: 0, count: count + 1)
          for each in order { offsets[Int(each >> 32) + 1] += 1 }
          for customer in 0..<count { offsets[customer + 1] += offsets[customer] }
          var sum = Checksum(offsets)
          for each in order { sum.add(Int32(each & 0xFFFF_FFFF)) }
          return sum
        })
    },
    Kernel(name: "median-whole", does: "median and 90 % of seconds, counted") { rows in
      quantiles(rows, Column(.number(Sample.packed(rows, Sample.seconds))), bytes: 2, Sample.seconds)
    },
    Kernel(name: "median-decimals", does: "median and 90 % of amounts, narrowed down") { rows in
      quantiles(rows, Column(.number(Sample.packed(rows, Sample.amount))), bytes: 4, Sample.amount)
    },
    Kernel(name: "sort", does: "rows by amount, the largest first", most: 1_000_000) { rows in
      let column = Column(.number(Sample.packed(rows, Sample.amount)))
      return Prepared(
        rows: rows, size: nil, bytes: 4 + 4,
        run: { range in
          var order = SortOrder(count: range.count)
          order.sort(by: column.slice(range), descending: true)
          return order.rows
        },
        sum: { Checksum($0) },
        plain: { range in
          let amounts = range.map(Sample.amount)
          return Checksum(
            amounts.indices.sorted { amounts[$0] == amounts[$1] ? $0 < $1 : amounts[$0] > amounts[$1] })
        })
    },
  ]

  private static func quantiles(_ rows: Int, _ column: Column, bytes: Double, _ value: @escaping (Int) -> Double)
    -> Prepared
  {
    let levels: [Double] = [0.5, 0.9]
    return Prepared(
      rows: rows, size: nil, bytes: bytes,
      run: { range in
        var fold = QuantileFold()
        for start in stride(from: 0, to: range.count, by: Kernel.batch) {
          let batch = Slab(numbers(column.slice(start..<min(range.count, start + Kernel.batch))))
          fold.add(GroupedNumbers(batch, present: nil, ids: nil, groups: 1), map: [0])
        }
        return fold.quantiles(of: 0, at: levels)
      },
      sum: { Checksum($0.map { $0 ?? .nan }) },
      plain: { range in
        let sorted = range.map(value).sorted()
        // Linear between the neighbours of place p(n − 1) (Hyndman and Fan's definition 7).
        return Checksum(
          levels.map { level in
            let place = level * Double(sorted.count - 1)
            let low = Int(place.rounded(.down))
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
          })
      })
  }

  /// One number a group, in the order in which groups are first met.
  private static func folded(
    _ range: Range<Int>, by key: (Int) -> Int32, _ add: (inout Double, Int) -> Void
  ) -> [Double] {
    var places: [Int32: Int] = [:]
    var values: [Double] = []
    for row in range {
      let place = places[key(row), default: values.count]
      if place == values.count {
        places[key(row)] = place
        values.append(0)
      }
      add(&values[place], row)
    }
    return values
  }

  /// Each row's group, in the order in which groups are first met.
  private static func numbered(_ range: Range<Int>, by key: (Int) -> Int64) -> [Int32] {
    var numbers: [Int64: Int32] = [:]
    return range.map { row in
      let next = Int32(numbers.count)
      let number = numbers[key(row), default: next]
      if number == next { numbers[key(row)] = next }
      return number
    }
  }
}
