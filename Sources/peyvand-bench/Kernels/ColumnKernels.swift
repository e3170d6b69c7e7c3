import PeyvandBase
import PeyvandData

/// Columns widened, compared, narrowed and looked up: what every question begins with.
extension Kernel {
  static let columns: [Kernel] = [
    Kernel(name: "widen-whole", does: "whole numbers of two bytes to numbers") { rows in
      let column = Sample.packed(rows, Sample.seconds)
      return Prepared(
        rows: rows, bytes: column.width + 8, run: { column.slab($0) }, sum: { Checksum($0.array) },
        plain: { Checksum($0.map(Sample.seconds)) })
    },
    Kernel(name: "widen-decimals", does: "hundredths in four bytes to numbers") { rows in
      let column = Sample.packed(rows, Sample.amount)
      return Prepared(
        rows: rows, bytes: column.width + 8, run: { column.slab($0) }, sum: { Checksum($0.array) },
        plain: { Checksum($0.map(Sample.amount)) })
    },
    Kernel(name: "compare-numbers", does: "seconds > 1800") { rows in
      let column = Sample.packed(rows, Sample.seconds)
      return Prepared(
        rows: rows, bytes: column.width + 1,
        run: { ComparisonKernels.numbers(.greater, column.slab($0), Slab(repeating: 1_800, count: $0.count)) },
        sum: { Checksum($0.array) }, plain: { Checksum($0.map { Sample.seconds($0) > 1_800 ? UInt8(1) : 0 }) })
    },
    Kernel(name: "filter-code", does: "channel = \"visit\", by the code of a text") { rows in
      let column = Sample.packed(rows, Sample.channel)
      let dictionary = Sample.dictionary(Sample.channels)
      let wanted = Sample.dictionary(["visit"])
      let cache = KernelCache()
      return Prepared(
        rows: rows, bytes: column.width + 1,
        run: {
          ComparisonKernels.texts(
            .equal, column.slab($0), dictionary, Slab(repeating: 0, count: $0.count), wanted, cache: cache)
        },
        sum: { Checksum($0.array) },
        plain: { Checksum($0.map { Sample.channels[Int(Sample.channel($0))] == "visit" ? UInt8(1) : 0 }) })
    },
    Kernel(name: "text-test", does: "name contains \"77\", made once an entry of 5,000") { rows in
      let column = Sample.packed(rows, Sample.name)
      let dictionary = Sample.dictionary(Sample.names)
      guard let test = TextKernels.Test(.contains, "77") else { throw Engine.Failure(description: "no test") }
      let cache = KernelCache()
      let holds = Sample.names.map { name in zip(name.utf8, name.utf8.dropFirst()).contains { $0 == 0x37 && $1 == 0x37 }
      }
      return Prepared(
        rows: rows, bytes: column.width + 1,
        run: { TextKernels.test(column.slab($0), dictionary, test, cache: cache) }, sum: { Checksum($0.array) },
        plain: { Checksum($0.map { holds[Int(Sample.name($0))] ? UInt8(1) : 0 }) })
    },
    Kernel(name: "and", does: "both of two tests") { rows in
      let a = Slab((0..<rows).map { Sample.channel($0) < 3 ? UInt8(1) : 0 })
      let b = Slab((0..<rows).map { Sample.seconds($0) > 1_800 ? UInt8(1) : 0 })
      return Prepared(
        rows: rows, bytes: 3, run: { TruthKernels.and(a.slice($0), b.slice($0)) }, sum: { Checksum($0.array) },
        plain: { Checksum($0.map { Sample.channel($0) < 3 && Sample.seconds($0) > 1_800 ? UInt8(1) : 0 }) })
    },
    Kernel(name: "places", does: "the rows that a test kept, three of eight") { rows in
      let kept = Slab((0..<rows).map { Sample.channel($0) < 3 ? UInt8(1) : 0 })
      return Prepared(
        rows: rows, bytes: 1 + 4 * 0.375, run: { SetKernels.places(kept.slice($0)) }, sum: { Checksum($0) },
        plain: { range in Checksum(range.filter { Sample.channel($0) < 3 }.map { Int32($0 - range.lowerBound) }) })
    },
    Kernel(name: "gather-near", does: "customer.region: a small column by reference") { rows in
      let count = Sample.customers(rows)
      let customers = Sample.packed(rows) { Sample.customer($0, of: count) }
      let regions = Column(.text(Sample.packed(count, Sample.region), Sample.dictionary((0..<20).map { "\($0)" })))
      return Prepared(
        rows: rows, bytes: customers.width + 1 + 4, run: { regions.vector(of: customers.slab($0)) },
        sum: { Checksum(codes($0)) },
        plain: { Checksum($0.map { Sample.region(Int(Sample.customer($0, of: count))) }) })
    },
    Kernel(name: "gather-far", does: "numbers of any rows: a random read a row") { rows in
      let column = Column(.number(Sample.packed(rows, Sample.amount)))
      let places = Sample.packed(rows) { Sample.any($0, of: rows) }
      return Prepared(
        rows: rows, bytes: places.width + 4 + 8, run: { column.vector(of: places.slab($0)) },
        sum: { Checksum(numbers($0)) },
        plain: { Checksum($0.map { Sample.amount(Int(Sample.any($0, of: rows))) }) })
    },
    Kernel(name: "days-of-instants", does: "the day of a moment") { rows in
      let column = Sample.packed(rows, Sample.instant)
      let time = TimeKernels(CalendarRules(), cache: KernelCache())
      return Prepared(
        rows: rows, bytes: column.width + 4, run: { time.days(ofInstants: column.slab($0)) },
        sum: { Checksum($0.array) }, plain: { Checksum($0.map { Int32(Sample.instant($0) / 86_400) }) })
    },
    Kernel(name: "period-codes", does: "the month of a day, by a table of days") { rows in
      let column = Sample.packed(rows, Sample.day)
      let time = TimeKernels(CalendarRules(), cache: KernelCache())
      return Prepared(
        rows: rows, bytes: column.width + 4, run: { time.periods(ofDays: column.slab($0), unit: .month) },
        sum: { Checksum($0.array) }, plain: { Checksum($0.map { month(ofDay: Int(Sample.day($0))) }) })
    },
  ]

  /// Months since the year nought (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days).
  private static func month(ofDay day: Int) -> Int32 {
    // From 1 March of the year nought on, in eras of 400 years; of days after 1970 alone.
    let shifted = day + 719_468
    let inEra = shifted % 146_097
    let yearOfEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
    let dayOfYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    return Int32(((shifted / 146_097) * 400 + yearOfEra) * 12 + fromMarch + 2)
  }

  static func numbers(_ vector: Vector) -> [Double] {
    if case .numbers(let slab) = vector.storage { slab.array } else { [] }
  }

  static func codes(_ vector: Vector) -> [Int32] {
    switch vector.storage {
    case .texts(let slab, _), .rows(let slab, _), .days(let slab): slab.array
    default: []
    }
  }
}
