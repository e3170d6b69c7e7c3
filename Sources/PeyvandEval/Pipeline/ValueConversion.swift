import PeyvandBase
import PeyvandCheck
import PeyvandData

extension Evaluator {
  /// The elements of a vector as values that leave the engine: records by kind and key, an unknown or undecided
  /// yes/no as missing.
  package func values(of vector: Vector, type: ValueType) throws(Diagnostics) -> [Value] {
    try ValueConversion(source: context.source).values(of: vector, type: type)
  }

  /// The same for one element.
  package func value(of vector: Vector, at index: Int, type: ValueType) throws(Diagnostics) -> Value {
    try values(of: vector.slice(index..<(index + 1)), type: type).first ?? .missing
  }

  /// A table's column as a vector of its type.
  func vector(of column: Table.Column, type: ValueType) throws(Diagnostics) -> Vector {
    if column.type == type, let vector = column.vector { return vector }
    return try vector(of: column.values, type: type)
  }

  /// Values that come from outside the columns as a vector of their type.
  package func vector(of values: [Value], type: ValueType) throws(Diagnostics) -> Vector {
    try ValueConversion(source: context.source).vector(of: values, type: type)
  }
}

/// The border between vectors and values.
struct ValueConversion {
  let source: any ColumnSource

  func values(of vector: Vector, type: ValueType) throws(Diagnostics) -> [Value] {
    switch vector.storage {
    case .rows(let slab, let family): return try records(slab.array, family)
    case .lists(let offsets, let elements):
      let element: ValueType = if case .list(let element) = type { element } else { type }
      let values = try self.values(of: elements, type: element)
      let present = vector.present?.array
      return (0..<vector.count).map { row in
        if let present, present[row] == 0 { return .missing }
        let range = Int(offsets[row])..<max(Int(offsets[row]), Int(offsets[row + 1]))
        return .list(Array(values[range.clamped(to: 0..<values.count)]))
      }
    case .truths(let slab):
      return slab.array.map { truth in
        if truth & Truth.unknownMark != 0 || truth & Truth.truthBits == Truth.neither { return .missing }
        return .yesno(truth & Truth.truthBits == Truth.yes)
      }
    case .numbers(let slab): return Self.masked(vector, slab.array.map { Self.number($0, type) })
    case .texts(let slab, let dictionary): return Self.masked(vector, slab.array.map { .text(dictionary[$0]) })
    case .days(let slab): return Self.masked(vector, slab.array.map { Self.whole($0, type) })
    case .instants(let slab): return Self.masked(vector, slab.array.map { .time($0) })
    case .durations(let slab): return Self.masked(vector, slab.array.map { .duration($0) })
    }
  }

  /// How a vector of numbers, days or times becomes values, and comes back as it is; nil for all others.
  static func plain(_ vector: Vector, _ type: ValueType) -> (@Sendable () -> [Value])? {
    switch (type, vector.storage) {
    case (.number, .numbers(let slab)), (.duration(.days), .numbers(let slab)),
      (.duration(.seconds), .numbers(let slab)):
      { masked(vector, slab.array.map { number($0, type) }) }
    case (.date, .days(let slab)), (.period, .days(let slab)): { masked(vector, slab.array.map { whole($0, type) }) }
    case (.time, .instants(let slab)): { masked(vector, slab.array.map { .time($0) }) }
    default: nil
    }
  }

  private static func masked(_ vector: Vector, _ values: [Value]) -> [Value] {
    guard let present = vector.present?.array else { return values }
    return zip(values, present).map { $1 == 0 ? .missing : $0 }
  }

  private static func number(_ number: Double, _ type: ValueType) -> Value {
    guard number.isFinite else { return .missing }
    switch type {
    case .duration(.days), .duration(.mixed): return .duration(Duration(days: number))
    case .duration(.seconds): return .duration(Duration(seconds: number))
    case .duration(.months):
      return Int(exactly: number.rounded()).map { .duration(Duration(months: $0)) } ?? .missing
    default: return .number(number)
    }
  }

  private static func whole(_ value: Int32, _ type: ValueType) -> Value {
    switch type {
    case .period(let unit): .period(Period(unit: unit, index: value))
    case .weekday: .weekday(Int(value))
    case .clock: .clock(Int(value))
    default: .date(Int(value))
    }
  }

  private func records(_ rows: [Int32], _ family: KindID) throws(Diagnostics) -> [Value] {
    let there = rows.filter { $0 >= 0 }
    let keys = try source.keys(of: there, family: family)
    let stretches = source.stretches(of: family)
    let names = stretches.map { source.catalogue.name(of: $0.kind) }
    let family = source.catalogue.name(of: family)
    var next = 0
    return rows.map { row in
      guard row >= 0, next < keys.count else { return .missing }
      let place = stretches.firstIndex { $0.rows.contains(Int(row)) }
      defer { next += 1 }
      return .record(RecordReference(kind: place.map { names[$0] } ?? family, key: keys[next]))
    }
  }

  // MARK: From values

  func vector(of values: [Value], type: ValueType) throws(Diagnostics) -> Vector {
    let isThere = values.map { $0 != .missing }
    let present = isThere.contains(false) ? Slab(isThere.map { $0 ? UInt8(1) : 0 }) : nil
    switch type {
    case .number, .missing: return Vector(.numbers(Slab(values.map(number))), present: present)
    case .duration(.mixed):
      return Vector(.durations(Slab(values.map(duration))), present: present)
    case .duration(let unit):
      let numbers = values.map { value in
        let duration = duration(value)
        return switch unit {
        case .months: Double(duration.months)
        case .seconds: duration.seconds + duration.days * 86_400
        default: duration.days + duration.seconds / 86_400
        }
      }
      return Vector(.numbers(Slab(numbers)), present: present)
    case .text:
      var dictionary = TextDictionary()
      let codes = values.map { value in
        if case .text(let text) = value { dictionary.code(of: text) ?? 0 } else { Int32(0) }
      }
      return Vector(.texts(Slab(codes), dictionary), present: present)
    case .yesno:
      return Vector(
        .truths(
          Slab(
            values.map { value in
              if case .yesno(let truth) = value { truth ? Truth.yes : Truth.no } else { Truth.unknown }
            })))
    case .date, .period, .weekday, .clock: return Vector(.days(Slab(values.map(day))), present: present)
    case .time:
      return Vector(
        .instants(Slab(values.map { if case .time(let instant) = $0 { instant } else { 0 } })), present: present)
    case .record(let kind): return try rows(values, kind)
    case .list(let element):
      var offsets: [Int32] = [0]
      var elements: [Value] = []
      for value in values {
        if case .list(let own) = value { elements += own }
        offsets.append(Int32(clamping: elements.count))
      }
      return Vector(.lists(offsets: offsets, elements: try vector(of: elements, type: element)), present: present)
    }
  }

  private func rows(_ values: [Value], _ kind: KindID) throws(Diagnostics) -> Vector {
    let family = source.catalogue.kind(kind)?.family ?? kind
    var rows: [Int32] = []
    rows.reserveCapacity(values.count)
    for value in values {
      if case .record(let record) = value, family.isUnion, let own = source.catalogue.kind(named: record.kind)?.family {
        let row = try source.row(withKey: record.key, family: own) ?? -1
        rows.append(source.moved(Slab([row]), from: own, to: family)[0] ?? -1)
      } else if case .record(let record) = value {
        rows.append(try source.row(withKey: record.key, family: family) ?? -1)
      } else {
        rows.append(-1)
      }
    }
    return Vector(.rows(Slab(rows), family: family))
  }

  private func number(_ value: Value) -> Double { if case .number(let number) = value { number } else { 0 } }
  private func duration(_ value: Value) -> Duration {
    if case .duration(let duration) = value { duration } else { Duration() }
  }
  private func day(_ value: Value) -> Int32 {
    switch value {
    case .date(let day): Int32(clamping: day)
    case .period(let period): period.index
    case .weekday(let day): Int32(clamping: day)
    case .clock(let second): Int32(clamping: second)
    default: 0
    }
  }
}
