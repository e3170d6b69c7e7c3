import PeyvandBase
import PeyvandData

/// Makes the column of a field from what an expression gave.
///
/// What the language calls the same thing is taken for the other (a day where an instant is wanted is its first moment,
/// an instant where a day is wanted is its day, a number where a text or a key is wanted is its digits); all else was
/// a mistake and is said.
struct EvaluatedValues {
  private let count: Int
  private let zone: Zone
  private let fieldName: String

  init(count: Int, zone: Zone, field: String) {
    self.count = count
    self.zone = zone
    fieldName = field
  }

  /// - Throws: E2217 where the values do not fit.
  func column(_ vector: Vector, _ type: ValueType, as field: FieldType) throws(Diagnostic) -> Column {
    guard vector.count == count, vector.present.map({ $0.count == count }) ?? true else {
      throw misfit("\(vector.count) and not \(count)", field)
    }
    if case .missing = type { return missing(field) }
    let mask = present(vector)
    switch (field, vector.storage) {
    case (.number, .numbers(let slab)):
      guard case .number = type else { throw misfit(Self.words(type), field) }
      return try finite(values(slab), mask, field) { .number($0) }
    case (.text, .texts(let slab, let dictionary)), (.reference, .texts(let slab, let dictionary)):
      return Column(.text(values(slab), dictionary), present: mask)
    case (.text, .numbers(let slab)), (.reference, .numbers(let slab)):
      guard case .number = type else { throw misfit(Self.words(type), field) }
      return digits(values(slab), mask)
    case (.yesno, .truths(let slab)):
      var answers: [UInt8] = []
      var known: [UInt8] = []
      for truth in values(slab) {
        let isKnown = truth & Truth.unknownMark == 0 && truth & Truth.truthBits != Truth.neither
        known.append(isKnown ? 1 : 0)
        answers.append(isKnown ? truth & Truth.truthBits : Truth.no)
      }
      return Column(.yesno(answers), present: known.contains(0) ? known : nil)
    case (.date, .days(let slab)):
      guard case .date = type else { throw misfit(Self.words(type), field) }
      return Column(.date(values(slab)), present: mask)
    case (.date, .instants(let slab)):
      let days = values(slab).map { Int32(clamping: zone.localDay(ofInstant: $0)) }
      return Column(.date(days), present: mask)
    case (.time, .instants(let slab)): return Column(.time(values(slab)), present: mask)
    case (.time, .days(let slab)):
      guard case .date = type else { throw misfit(Self.words(type), field) }
      return Column(.time(values(slab).map { zone.instant(ofLocalDay: Int($0)) }), present: mask)
    case (.duration, .numbers(let slab)):
      switch type {
      case .duration(.seconds): return try finite(values(slab), mask, field) { .duration($0) }
      case .duration(.days): return try finite(values(slab).map { $0 * 86_400 }, mask, field) { .duration($0) }
      default: throw misfit(Self.words(type), field)
      }
    case (.duration, .durations(let slab)):
      let durations = values(slab)
      guard durations.allSatisfy({ $0.months == 0 }) else { throw misfit("months, which have no fixed length", field) }
      return try finite(durations.map { $0.days * 86_400 + $0.seconds }, mask, field) { .duration($0) }
    case (.list(let element), .lists(let offsets, let elements)):
      guard case .list(let elementType) = type else { throw misfit(Self.words(type), field) }
      let inner = EvaluatedValues(count: elements.count, zone: zone, field: fieldName)
      return Column(
        .list(offsets: offsets, elements: try inner.column(elements, elementType, as: element)), present: mask)
    default: throw misfit(Self.words(type), field)
    }
  }

  /// The elements of a slab as an array of their own.
  func values<T: Sendable>(_ slab: Slab<T>) -> [T] {
    if slab.stride == 0 { return slab.storage.first.map { [T](repeating: $0, count: slab.count) } ?? [] }
    if slab.start == 0, slab.count == slab.storage.count { return slab.storage }
    return Array(slab.storage.dropFirst(slab.start).prefix(slab.count))
  }

  private func present(_ vector: Vector) -> [UInt8]? {
    guard let slab = vector.present else { return nil }
    let mask = values(slab)
    return mask.contains(0) ? mask : nil
  }

  /// What is infinite or no number at all is missing, as 0/0 is in the language.
  private func finite(
    _ numbers: [Double], _ mask: [UInt8]?, _ field: FieldType, _ storage: ([Double]) -> Column.Storage
  ) throws(Diagnostic) -> Column {
    guard numbers.contains(where: { !$0.isFinite }) else { return Column(storage(numbers), present: mask) }
    var mask = mask ?? [UInt8](repeating: 1, count: numbers.count)
    var numbers = numbers
    for index in numbers.indices where !numbers[index].isFinite {
      numbers[index] = 0
      mask[index] = 0
    }
    return Column(storage(numbers), present: mask)
  }

  private func digits(_ numbers: [Double], _ mask: [UInt8]?) -> Column {
    var dictionary = TextDictionary()
    var codes: [Int32] = []
    codes.reserveCapacity(numbers.count)
    var mask = mask ?? [UInt8](repeating: 1, count: numbers.count)
    var known: [UInt64: Int32] = [:]
    for (index, number) in numbers.enumerated() {
      guard mask[index] != 0, number.isFinite else {
        mask[index] = 0
        codes.append(0)
        continue
      }
      if let code = known[number.bitPattern] {
        codes.append(code)
        continue
      }
      let code = dictionary.code(of: NumberText.shortest(number)) ?? 0
      known[number.bitPattern] = code
      codes.append(code)
    }
    return Column(.text(codes, dictionary), present: mask.contains(0) ? mask : nil)
  }

  private func missing(_ field: FieldType) -> Column {
    let mask = count == 0 ? nil : [UInt8](repeating: 0, count: count)
    let storage: Column.Storage =
      switch field {
      case .number: .number([Double](repeating: 0, count: count))
      case .text, .reference: .text([Int32](repeating: 0, count: count), TextDictionary())
      case .yesno: .yesno([UInt8](repeating: Truth.no, count: count))
      case .date: .date([Int32](repeating: 0, count: count))
      case .time: .time([Int64](repeating: 0, count: count))
      case .duration: .duration([Double](repeating: 0, count: count))
      case .list(let element):
        .list(
          offsets: [Int32](repeating: 0, count: count + 1),
          elements: EvaluatedValues(count: 0, zone: zone, field: fieldName).missing(element))
      }
    return Column(storage, present: mask)
  }

  private func misfit(_ values: String, _ field: FieldType) -> Diagnostic {
    ImportDiagnostics.doesNotFit(values, field: fieldName, of: Self.words(field))
  }

  static func words(_ type: FieldType) -> String {
    switch type {
    case .number: "a number"
    case .text: "a text"
    case .yesno: "yes or no"
    case .date: "a date"
    case .time: "a time"
    case .duration: "a duration"
    case .reference: "a reference, named by its key"
    case .list(let element): "a list, each \(words(element))"
    }
  }

  private static func words(_ type: ValueType) -> String {
    switch type {
    case .number: "numbers"
    case .text: "texts"
    case .yesno: "yes or no"
    case .date: "dates"
    case .time: "times"
    case .duration(.months): "durations in months, which have no fixed length"
    case .duration: "durations"
    case .period: "periods"
    case .weekday: "weekdays"
    case .clock: "times of the day"
    case .record: "records"
    case .list: "lists"
    case .missing: "missing"
    }
  }
}
