import PeyvandBase
import PeyvandData

/// One value as text: for people (`shown`) and for other programs (`machine`).
///
/// The two part on purpose. People read dates in the company's calendar, rounded numbers and "2 h 5 min"; programs
/// get Gregorian ISO dates, every digit, and quantities that the language itself reads back.
struct ValueText {
  let rules: CalendarRules

  /// What stands for missing in a table.
  static let missing = "–"

  // MARK: For people

  /// - Parameter numbers: how the column shows its numbers; nil for a value by itself.
  func shown(_ value: Value, _ type: ValueType, numbers: NumberDisplay? = nil) -> String {
    switch value {
    case .missing: return Self.missing
    case .number(let number):
      if let numbers { return numbers.figures(number) }
      return NumberDisplay([number], unit: type.unit, most: 4).text(number)
    case .text(let text): return text
    case .yesno(let truth): return truth ? "yes" : "no"
    case .date(let day): return InstantText.day(day, in: rules.system)
    case .time(let instant): return InstantText.instant(instant, in: rules.zone, system: rules.system)
    case .duration(let duration): return shown(duration, type)
    case .period(let period): return rules.label(ofPeriod: period.index, unit: period.unit)
    case .weekday(let number): return weekday(number)
    case .clock(let second): return InstantText.time(second, seconds: second % 60 != 0)
    case .record(let record): return record.key
    case .list(let values):
      let element = type.element
      return values.map { shown($0, element) }.joined(separator: ", ")
    }
  }

  /// "3 months", "34 days", "2 h 5 min", "45 s"; the two largest parts of an elapsed time.
  func shown(_ duration: Duration, _ type: ValueType = .duration(.mixed)) -> String {
    var parts: [String] = []
    if duration.months != 0 { parts.append(counted(Double(duration.months), "month")) }
    if duration.days != 0 { parts.append(counted(duration.days, "day")) }
    if duration.seconds != 0 { parts.append(elapsed(duration.seconds)) }
    guard parts.isEmpty else { return parts.joined(separator: " ") }
    return switch type {
    case .duration(.seconds): "0 s"
    case .duration(.months): "0 months"
    default: "0 days"
    }
  }

  private func counted(_ amount: Double, _ unit: String) -> String {
    let text = NumberDisplay([amount], unit: .plain, most: 1).figures(amount)
    return text + " " + unit + (text == "1" || text == "-1" ? "" : "s")
  }

  private func elapsed(_ seconds: Double) -> String {
    guard seconds.isFinite else { return NumberText.shortest(seconds) + " s" }
    let sign = seconds < 0 ? "-" : ""
    let size = seconds.magnitude
    if size < 60 { return sign + NumberDisplay([size], unit: .plain, most: 1).figures(size) + " s" }
    // Rounded to the smaller of the two parts shown, so that 59 min 59.9 s is 1 h and never "59 min 60 s".
    func two(_ large: Double, _ largeName: String, _ small: Double, _ smallName: String) -> String {
      let whole = (size / small).rounded()
      let perLarge = large / small
      let first = (whole / perLarge).rounded(.down)
      let rest = whole - first * perLarge
      let head = sign + NumberDisplay([first], unit: .plain).figures(first) + largeName
      return rest == 0 ? head : head + " " + NumberText.shortest(rest) + smallName
    }
    if size < 3_599.5 { return two(60, " min", 1, " s") }
    if size < 86_370 { return two(3_600, " h", 60, " min") }
    return two(86_400, size < 172_800 - 1_800 ? " day" : " days", 3_600, " h")
  }

  private func weekday(_ number: Int) -> String {
    UInt8(exactly: number).flatMap(Weekday.init(rawValue:))?.name ?? String(number)
  }

  // MARK: For programs

  /// Missing is the empty text; times carry their offset; numbers have all their digits and no unit.
  func machine(_ value: Value, _ type: ValueType) -> String {
    switch value {
    case .missing: return ""
    case .number(let number): return number.isFinite ? NumberText.shortest(number) : ""
    case .text(let text): return text
    case .yesno(let truth): return truth ? "yes" : "no"
    case .date(let day): return InstantText.day(day)
    case .time(let instant): return InstantText.iso8601(instant, in: rules.zone)
    case .duration(let duration): return machine(duration, type)
    case .period(let period): return rules.label(ofPeriod: period.index, unit: period.unit)
    case .weekday(let number): return weekday(number)
    case .clock(let second): return InstantText.time(second, seconds: second % 60 != 0)
    case .record(let record): return record.key
    case .list(let values):
      let element = type.element
      return values.map { machine($0, element) }.joined(separator: ", ")
    }
  }

  private func machine(_ duration: Duration, _ type: ValueType) -> String {
    var parts: [String] = []
    if duration.months != 0 { parts.append(String(duration.months) + " months") }
    if duration.days != 0 { parts.append(NumberText.shortest(duration.days) + " days") }
    if duration.seconds != 0 { parts.append(NumberText.shortest(duration.seconds) + " seconds") }
    guard parts.isEmpty else { return parts.joined(separator: " + ") }
    return type == .duration(.seconds) ? "0 seconds" : "0 days"
  }
}

extension ValueType {
  /// The unit of a number; plain for every other type.
  var unit: Unit { if case .number(let unit) = self { unit } else { .plain } }

  /// The type of a list's elements; any other type stands for itself.
  var element: ValueType { if case .list(let element) = self { element } else { self } }

  /// Numbers and durations stand at the right of their column.
  var isAlignedRight: Bool {
    switch self {
    case .number, .duration: true
    default: false
    }
  }

  /// The type in words, as machine formats name it: `number in rial`, `share`, `month`, a kind's name.
  func name(in catalogue: Catalogue) -> String {
    switch self {
    case .number(let unit): unit.isShare ? "share" : unit.name.map { "number in " + $0 } ?? "number"
    case .text: "text"
    case .yesno: "yesno"
    case .date: "date"
    case .time: "time"
    case .duration: "duration"
    case .period(let unit): unit.name
    case .weekday: "weekday"
    case .clock: "clock"
    case .record(let kind): catalogue.name(of: kind)
    case .list(let element): "list of " + element.name(in: catalogue)
    case .missing: "missing"
    }
  }
}
