import PeyvandData

/// The keys of some rows that are all numbers from 1: as runs, where the rows are numbered one after the other, or each.
enum KeyNumbers: Sendable {
  /// The serials of a run are rows here; together they are all rows.
  case runs([KeyTable.Run])
  case each(Packed<Int32>)

  var count: Int {
    switch self {
    case .runs(let runs): Int(runs.last?.serials.upperBound ?? 0)
    case .each(let numbers): numbers.count
    }
  }

  /// The numbers in the order of their rows.
  func forEach<E: Error>(_ body: (Int32) throws(E) -> Void) throws(E) {
    switch self {
    case .runs(let runs):
      for run in runs {
        for row in 0..<Int32(clamping: run.serials.count) { try body(run.number + row) }
      }
    case .each(let numbers): for number in numbers { try body(number) }
    }
  }

  /// As runs; nil where they are more than so many.
  func runs(atMost most: Int) -> [KeyTable.Run]? {
    guard case .each(let numbers) = self else {
      guard case .runs(let runs) = self, runs.count <= most else { return nil }
      return runs
    }
    var found: [KeyTable.Run] = []
    var row: Int32 = 0
    for start in stride(from: 0, to: numbers.count, by: 65_536) {
      let numbers = numbers.slab(start..<min(numbers.count, start + 65_536)).array
      // Nearly always they go on as they began.
      if let last = found.last, RowOrder.isRun(numbers, from: Int(last.number) + Int(row - last.serials.lowerBound)) {
        row += Int32(clamping: numbers.count)
        found[found.count - 1].serials = last.serials.lowerBound..<row
        continue
      }
      for number in numbers {
        if let last = found.last, last.number &+ (row &- last.serials.lowerBound) == number {
          found[found.count - 1].serials = last.serials.lowerBound..<(row + 1)
        } else {
          guard found.count < most else { return nil }
          found.append(KeyTable.Run(serials: row..<(row + 1), number: number))
        }
        row += 1
      }
    }
    return found
  }

  /// The first and the last, nil of none, where each is greater than the one before it; else nothing.
  var ascending: (first: Int32, last: Int32)?? {
    var last: Int32 = 0
    var first: Int32 = 0
    switch self {
    case .runs(let runs):
      for run in runs {
        guard run.number > last else { return nil }
        last = run.number + Int32(clamping: run.serials.count - 1)
      }
      first = runs.first?.number ?? 0
    case .each(let numbers):
      for start in stride(from: 0, to: numbers.count, by: 65_536) {
        for number in numbers.slab(start..<min(numbers.count, start + 65_536)).array {
          guard number > last else { return nil }
          last = number
        }
      }
      first = numbers.first ?? 0
    }
    return .some(count == 0 ? nil : (first, last))
  }
}
