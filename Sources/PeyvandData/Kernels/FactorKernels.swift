/// Rows parted by what may go with an outcome, and counted by it.
///
/// A row's part is a number from nought, or −1 where it is in none: its value is missing, or it was not seen for long
/// enough. Parts are numbered in the order in which their first rows stand, so that two numberings that part the rows
/// alike are the same numbers.
package enum FactorKernels {
  package static let none: Int32 = -1

  /// 1 for yes, 0 for no; a marked yes/no is in neither.
  package static func parts(ofTruths truths: Slab<UInt8>, among eligible: [UInt8]?) -> [Int32] {
    made(truths.count) { parts in
      truths.withView { truths_ in
        for row in 0..<truths.count {
          let truth = truths_[row]
          let isIn = truth <= Truth.yes && (eligible.map { $0[row] != 0 } ?? true)
          parts[row] = isIn ? Int32(truth) : none
        }
      }
    }
  }

  /// How many are in neither, and why; of those whose window still runs how many are already yes.
  package static func leftOut(_ truths: Slab<UInt8>) -> (unknown: Int, open: Int, openYes: Int) {
    var (unknown, open, openYes) = (0, 0, 0)
    truths.withView { view in
      for row in 0..<truths.count {
        let truth = view[row]
        if truth & Truth.unknownMark != 0 {
          unknown += 1
        } else if truth > Truth.yes {
          open += 1
          openYes += truth & Truth.truthBits == Truth.yes ? 1 : 0
        }
      }
    }
    return (unknown, open, openYes)
  }

  /// By value: the parts, and for each the first row in it.
  package static func parts(of values: Vector, among eligible: [UInt8]?) -> (parts: [Int32], first: [Int32]) {
    var codes = GroupCodes.encode(values)
    if let eligible {
      for row in codes.indices where eligible[row] == 0 { codes[row] = GroupCodes.missing }
    }
    let dense = DenseIDs(codes)
    guard let nobody = dense.first.firstIndex(where: { codes[Int($0)] == GroupCodes.missing }) else {
      return (dense.ids, dense.first)
    }
    var first = dense.first
    first.remove(at: nobody)
    let parts = dense.ids.map { part in
      Int(part) == nobody ? none : Int(part) > nobody ? part &- 1 : part
    }
    return (parts, first)
  }

  /// The numbers that are there.
  package static func numbers(_ values: Vector, among eligible: [UInt8]?) -> [Double] {
    guard case .numbers(let numbers) = values.storage else { return [] }
    var found: [Double] = []
    found.reserveCapacity(numbers.count)
    let present = values.present?.array
    for row in 0..<numbers.count {
      guard let number = numbers[row], number.isFinite, present.map({ $0[row] != 0 }) ?? true,
        eligible.map({ $0[row] != 0 }) ?? true
      else { continue }
      found.append(number)
    }
    return found
  }

  /// 1 above the cut (or, where `isInclusive`, at it), else 0.
  package static func parts(
    of values: Vector, above cut: Double, isInclusive: Bool, among eligible: [UInt8]?
  ) -> [Int32] {
    guard case .numbers(let numbers) = values.storage else { return [Int32](repeating: none, count: values.count) }
    let present = values.present?.array
    return (0..<numbers.count).map { row in
      guard let number = numbers[row], number.isFinite, present.map({ $0[row] != 0 }) ?? true,
        eligible.map({ $0[row] != 0 }) ?? true
      else { return none }
      return number > cut || (isInclusive && number == cut) ? 1 : 0
    }
  }

  /// All who are eligible in one part.
  package static func everyone(_ count: Int, among eligible: [UInt8]?) -> [Int32] {
    guard let eligible else { return [Int32](repeating: 0, count: max(0, count)) }
    return eligible.map { $0 == 0 ? none : 0 }
  }

  /// For each place what stands at its row.
  package static func spread<Element>(_ values: [Element], _ rows: [Int32]) -> [Element] {
    rows.map { values[Int($0)] }
  }

  /// How many rows of each part, without and with the outcome, one stratum after the other: the count of part p in
  /// stratum s is at 2 · (s · groups + p), with the outcome one place on.
  package static func counts(
    _ parts: [Int32], groups: Int, outcome: [UInt8], strata: [Int32]?, count: Int
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: max(0, 2 * groups * count))
    let rows = min(parts.count, outcome.count)
    parts.withBase { parts in
      outcome.withBase { outcome in
        counts.withMutableBase { counts in
          for row in 0..<rows where parts[row] >= 0 && Int(parts[row]) < groups {
            let stratum = strata.map { Int($0[row]) } ?? 0
            guard stratum >= 0, stratum < count else { continue }
            counts[2 &* (stratum &* groups &+ Int(parts[row])) &+ Int(outcome[row] & 1)] += 1
          }
        }
      }
    }
    return counts
  }

  /// Numbers of events taken together: 0, 1, 2, 3–4, 5–8, 9–16, …
  package static func doubling(_ values: Vector) -> Vector {
    guard case .numbers(let numbers) = values.storage else { return values }
    let classes = mapped(numbers) { number -> Double in
      guard number > 2, number.isFinite else { return number }
      return Double((number - 1).exponent) + 2
    }
    return Vector(.numbers(classes), present: values.present)
  }
}

/// Moments of rows, and how long lies between them. A moment is a day or an instant, `GroupCodes.missing` where there
/// is none; the calendar ends with the year 9999, so that differences never overflow.
package enum ExposureKernels {
  package static func moments(_ vector: Vector) -> [Int64] { GroupCodes.encode(vector) }

  /// What lies between, of those who have both and in this order.
  package static func gaps(from: [Int64], to: [Int64]) -> [Double] {
    zip(from, to).compactMap { from, to in
      guard from != GroupCodes.missing, to != GroupCodes.missing, to > from else { return nil }
      return Double(to &- from)
    }
  }

  /// Since how long each was there at its moment; 0 where nothing came before.
  package static func ages(from: [Int64], to: [Int64]) -> [Double] {
    zip(from, to).compactMap { from, to in
      guard to != GroupCodes.missing else { return nil }
      return from == GroupCodes.missing || from >= to ? 0 : Double(to &- from)
    }
  }

  /// 1 for those who were seen for the whole length after their moment and not decided within it.
  package static func undecided(from: [Int64], length: Int64, decided: [Int64], now: Int64) -> [UInt8] {
    zip(from, decided).map { from, decided in
      guard from != GroupCodes.missing else { return 0 }
      let end = from &+ length
      return end <= now && (decided == GroupCodes.missing || decided > end) ? 1 : 0
    }
  }

  /// 1 for those who were there for the whole length before their moment.
  package static func there(_ from: [Int64], before moments: [Int64], length: Int64) -> [UInt8] {
    zip(from, moments).map { from, moment in
      guard from != GroupCodes.missing, moment != GroupCodes.missing else { return 0 }
      return moment &- from >= length ? 1 : 0
    }
  }
}
