import PeyvandBase

/// Masks of what is there: 1 there, 0 missing; no mask where nothing is missing.
package enum Presence {
  /// There where both are.
  package static func both(_ a: Slab<UInt8>?, _ b: Slab<UInt8>?) -> Slab<UInt8>? {
    guard let a else { return b }
    guard let b else { return a }
    return mapped(a, b) { $0 & $1 }
  }

  /// No mask where it masks nothing.
  package static func reduced(_ mask: Slab<UInt8>?) -> Slab<UInt8>? {
    guard let mask else { return nil }
    let isFull = mask.withElements(
      { base, step in
        if step == 0 { return base[0] != 0 }
        var all: UInt8 = 1
        for index in 0..<mask.count { all &= base[index] }
        return all != 0
      }, empty: true)
    return isFull ? nil : mask
  }

  /// How many are missing.
  package static func missingCount(_ mask: Slab<UInt8>?) -> Int {
    guard let mask else { return 0 }
    return mask.withElements(
      { base, step in
        if step == 0 { return base[0] == 0 ? mask.count : 0 }
        var there = 0
        for index in 0..<mask.count { there &+= Int(base[index] & 1) }
        return mask.count - there
      }, empty: 0)
  }

  /// There where the row is (not −1); no mask where all are.
  package static func ofRows(_ rows: Slab<Int32>) -> Slab<UInt8>? {
    areAllThere(rows) ? nil : mapped(rows) { $0 >= 0 ? 1 : 0 }
  }

  private static func areAllThere(_ rows: Slab<Int32>) -> Bool {
    rows.withElements(
      { base, step in
        // Together they have a sign where one of them has.
        var all: Int32 = 0
        for index in 0..<(step == 0 ? 1 : rows.count) { all |= base[index] }
        return all >= 0
      }, empty: true)
  }

  package static func inverted(_ mask: Slab<UInt8>) -> Slab<UInt8> { mapped(mask) { $0 ^ 1 } }
}

extension Vector {
  /// A vector of `count` missing values in the form that values of the type have.
  package static func missing(_ type: ValueType, count: Int) -> Vector {
    let none = Slab<UInt8>(repeating: 0, count: count)
    switch type {
    case .number, .missing: return Vector(.numbers(Slab(repeating: 0, count: count)), present: none)
    case .text: return Vector(.texts(Slab(repeating: 0, count: count), TextDictionary()), present: none)
    case .yesno: return Vector(.truths(Slab(repeating: Truth.unknown, count: count)))
    case .date, .period, .weekday, .clock: return Vector(.days(Slab(repeating: 0, count: count)), present: none)
    case .time: return Vector(.instants(Slab(repeating: 0, count: count)), present: none)
    case .duration(.mixed): return Vector(.durations(Slab(repeating: Duration(), count: count)), present: none)
    case .duration: return Vector(.numbers(Slab(repeating: 0, count: count)), present: none)
    case .record(let kind): return Vector(.rows(Slab(repeating: -1, count: count), family: kind))
    case .list(let element):
      return Vector(
        .lists(offsets: [Int32](repeating: 0, count: count + 1), elements: .missing(element, count: 0)),
        present: none)
    }
  }

  /// There where a value is: for all forms alike, also those without a mask of their own.
  package var presence: Slab<UInt8>? {
    switch storage {
    case .truths(let bytes): Presence.reduced(mapped(bytes) { $0 & Truth.unknownMark == 0 ? 1 : 0 })
    case .rows(let rows, _): Presence.ofRows(rows)
    default: present
    }
  }

  /// Missing also where `mask` says so.
  package func masked(by mask: Slab<UInt8>?) -> Vector {
    guard let mask else { return self }
    switch storage {
    case .truths(let bytes): return Vector(.truths(mapped(bytes, mask) { $1 == 0 ? Truth.unknown : $0 }))
    case .rows(let rows, let family): return Vector(.rows(mapped(rows, mask) { $1 == 0 ? -1 : $0 }, family: family))
    default: return Vector(storage, present: Presence.reduced(Presence.both(present, mask)))
    }
  }

  /// Whether one constant stands for all elements.
  package var isConstant: Bool {
    if let present, !present.isConstant { return false }
    return switch storage {
    case .numbers(let slab): slab.isConstant
    case .texts(let slab, _): slab.isConstant
    case .truths(let slab): slab.isConstant
    case .days(let slab): slab.isConstant
    case .instants(let slab): slab.isConstant
    case .rows(let slab, _): slab.isConstant
    case .durations(let slab): slab.isConstant
    case .lists: false
    }
  }
}
