/// Values as whole numbers that are equal where the values are: what rows are grouped and told apart by.
///
/// A text is the code of its fold in its own dictionary, a number its bits, a yes/no 1 or 0; an unknown and a
/// not-yet group as missing. Of every type but text and durations of several classes the code is the value.
package enum GroupCodes {
  package static let missing = Int64.min

  /// One code an element. Lists have none; they are missing here.
  package static func encode(_ vector: Vector) -> [Int64] {
    let count = vector.count
    var codes: [Int64]
    switch vector.storage {
    case .numbers(let slab):
      codes = map(slab) { value in
        // Both noughts are one number; what is no number is missing.
        value.isNaN ? missing : Int64(bitPattern: (value == 0 ? 0.0 : value).bitPattern)
      }
    case .texts(let slab, let dictionary):
      if dictionary.isPlain {
        codes = map(slab) { Int64($0) }
      } else {
        let identity = dictionary.identity
        codes =
          identity.withBase { identity_ in
            map(slab) { code in
              Int(code) >= 0 && Int(code) < identity.count ? Int64(identity_[Int(code)]) : missing
            }
          } ?? map(slab) { Int64($0) }
      }
    case .truths(let slab): codes = map(slab) { decided($0) }
    case .days(let slab): codes = map(slab) { Int64($0) }
    case .instants(let slab): codes = map(slab) { $0 }
    case .rows(let slab, _): codes = map(slab) { $0 < 0 ? missing : Int64($0) }
    case .durations(let slab): codes = durations(slab)
    case .lists: codes = [Int64](repeating: missing, count: count)
    }
    if let present = vector.present {
      present.withView { present in
        codes.withMutableBase { codes in
          for row in 0..<count where present[row] == 0 { codes[row] = missing }
        }
      }
    }
    return codes
  }

  /// 1, 0, or missing for what carries an unknown and for a not-yet.
  @inline(__always)
  static func decided(_ truth: UInt8) -> Int64 {
    if truth & Truth.unknownMark != 0 || truth & Truth.truthBits == Truth.neither { return missing }
    return Int64(truth & Truth.truthBits)
  }

  @inline(__always)
  private static func map<Element>(_ slab: Slab<Element>, _ body: (Element) -> Int64) -> [Int64] {
    made(slab.count) { codes in
      slab.withView { view in
        for row in 0..<slab.count { codes[row] = body(view[row]) }
      }
    }
  }

  private static func durations(_ slab: Slab<Duration>) -> [Int64] {
    // Rare, and without a code of its own: numbered as met. Equal numbers mean equal durations in this vector only.
    var numbers: [Duration: Int64] = [:]
    var codes: [Int64] = []
    codes.reserveCapacity(slab.count)
    slab.withView { view in
      for row in 0..<slab.count {
        let next = Int64(numbers.count)
        codes.append(numbers[view[row], default: next])
        if codes.last == next { numbers[view[row]] = next }
      }
    }
    return codes
  }
}

/// The values of a key of all batches: their codes made comparable from one batch to the next, and turned back
/// into a vector at the end.
package struct KeyColumn: Sendable {
  private enum Kind: Sendable { case numbers, texts, truths, days, instants, rows(KindID), durations, unknown }
  private var kind = Kind.unknown
  private var dictionary = TextDictionary()
  private var durations: [Duration] = []
  private var durationNumbers: [Duration: Int64] = [:]

  package init() {}

  /// The codes of some values (few: one a group of a batch), such that equal values of any two calls have equal
  /// codes.
  package mutating func codes(of values: Vector) -> [Int64] {
    var codes = GroupCodes.encode(values)
    switch values.storage {
    case .numbers: settle(.numbers)
    case .truths: settle(.truths)
    case .days: settle(.days)
    case .instants: settle(.instants)
    case .rows(_, let family): settle(.rows(family))
    case .lists: break
    case .texts(_, let dictionary):
      settle(.texts)
      if self.dictionary.count == 0 { self.dictionary = dictionary }
      if self.dictionary != dictionary {
        for row in codes.indices where codes[row] != GroupCodes.missing {
          let text = dictionary[Int32(truncatingIfNeeded: codes[row])]
          let code = self.dictionary.identity(of: text) ?? self.dictionary.code(of: text)
          codes[row] = code.map(Int64.init) ?? GroupCodes.missing
        }
      }
    case .durations(let slab):
      settle(.durations)
      slab.withView { view in
        for row in 0..<slab.count where codes[row] != GroupCodes.missing {
          let duration = view[row]
          if let number = durationNumbers[duration] {
            codes[row] = number
          } else {
            codes[row] = Int64(durations.count)
            durationNumbers[duration] = codes[row]
            durations.append(duration)
          }
        }
      }
    }
    return codes
  }

  /// The first that is not known rules: batches of one expression are of one type.
  private mutating func settle(_ kind: Kind) {
    if case .unknown = self.kind { self.kind = kind }
  }

  /// The values that `codes(of:)` gave these codes for.
  package func vector(of codes: [Int64]) -> Vector {
    let isThere = codes.map { $0 != GroupCodes.missing }
    let present = isThere.allSatisfy { $0 } ? nil : Slab(isThere.map { $0 ? UInt8(1) : 0 })
    func whole<Value: FixedWidthInteger>(_ code: Int64, _ nought: Value) -> Value {
      code == GroupCodes.missing ? nought : Value(truncatingIfNeeded: code)
    }
    switch kind {
    case .numbers:
      let values = codes.map { $0 == GroupCodes.missing ? 0 : Double(bitPattern: UInt64(bitPattern: $0)) }
      return Vector(.numbers(Slab(values)), present: present)
    case .texts:
      return Vector(.texts(Slab(codes.map { whole($0, Int32(0)) }), dictionary), present: present)
    case .truths:
      return Vector(.truths(Slab(codes.map { whole($0, Truth.unknown) })))
    case .days:
      return Vector(.days(Slab(codes.map { whole($0, Int32(0)) })), present: present)
    case .instants:
      return Vector(.instants(Slab(codes.map { whole($0, Int64(0)) })), present: present)
    case .rows(let family):
      return Vector(.rows(Slab(codes.map { whole($0, Int32(-1)) }), family: family))
    case .durations:
      let values = codes.map { code in
        durations.indices.contains(Int(code)) ? durations[Int(code)] : Duration()
      }
      return Vector(.durations(Slab(values)), present: present)
    case .unknown:
      return Vector(
        .numbers(Slab(repeating: 0, count: codes.count)), present: Slab(repeating: 0, count: codes.count))
    }
  }
}
