import PeyvandBase
import PeyvandCheck
import PeyvandData

/// How much text a step of a question has made: a text made of texts doubles with each step.
struct TextSize {
  private let limits: Limits
  private var total = 0
  private var isOver = false

  init(_ limits: Limits) { self.limits = limits }

  /// Bytes that the next text may have.
  var left: Int { isOver ? 0 : max(0, min(limits.textBytes, limits.memoryBytes - total)) }

  /// A text that was made; nil where it would have been too long, and then it is none.
  mutating func count(_ text: String?) -> String {
    total += text?.utf8.count ?? 0
    if text == nil { isOver = true }
    return text ?? ""
  }

  func check(at range: SourceRange?) throws(Diagnostics) {
    guard !isOver else {
      throw EvaluationDiagnostics.tooMuchText(one: limits.textBytes, all: limits.memoryBytes, at: range)
    }
  }
}

/// Texts made of values as they are shown.
extension Walker {
  mutating func interpolation(_ parts: [CheckedExpression], _ frame: Frame) throws(Diagnostics) -> Vector {
    var columns: [[String]] = []
    for part in parts {
      let vector = try evaluate(part, in: frame)
      columns.append(try shown(vector, part.type))
    }
    var size = TextSize(context.limits)
    let texts = (0..<frame.count).map { row -> String? in
      let length = columns.reduce(0) { $0 + (row < $1.count ? $1[row].utf8.count : 0) }
      return size.count(length <= size.left ? columns.reduce(into: "") { $0 += row < $1.count ? $1[row] : "" } : nil)
    }
    try size.check(at: parts.first?.range)
    return TextKernels.vector(texts)
  }

  /// Each element as a reader sees it; missing ones as «–».
  package func shown(_ vector: Vector, _ type: ValueType) throws(Diagnostics) -> [String] {
    let calendar = catalogue.calendar
    let present = vector.presence
    func all(_ text: (Int) -> String?) -> [String] {
      (0..<vector.count).map { present?[$0] == 0 ? "–" : text($0) ?? "–" }
    }
    switch vector.storage {
    case .texts(let codes, let dictionary): return all { codes[$0].map { dictionary[$0] } }
    case .truths(let truths):
      return all {
        switch (truths[$0] ?? Truth.unknown) & Truth.truthBits {
        case Truth.yes: "yes"
        case Truth.no: "no"
        default: nil
        }
      }
    case .instants(let instants):
      return all { instants[$0].map { InstantText.instant($0, in: calendar.zone, system: calendar.system) } }
    case .days(let days):
      return all { index in
        days[index].map { value in
          switch type {
          case .period(let unit): calendar.label(ofPeriod: value, unit: unit)
          case .weekday: Weekday(rawValue: UInt8(clamping: value))?.name ?? "–"
          case .clock: InstantText.time(Int(value), seconds: value % 60 != 0)
          default: InstantText.day(Int(value), in: calendar.system)
          }
        }
      }
    case .numbers(let numbers):
      return all { numbers[$0].map { Self.shown($0, type) } }
    case .durations(let durations):
      return all {
        durations[$0].map { duration in
          let parts = [
            (Double(duration.months), ValueType.duration(.months)), (duration.days, .duration(.days)),
            (duration.seconds, .duration(.seconds)),
          ].filter { $0.0 != 0 }
          return parts.isEmpty ? "0 days" : parts.map { Self.shown($0.0, $0.1) }.joined(separator: " ")
        }
      }
    case .rows(let rows, let family):
      let keys = try self.keys(of: rows, family: family)
      return try shown(keys, .text)
    case .lists(let offsets, let elements):
      var element = ValueType.missing
      if case .list(let type) = type { element = type }
      let texts = try shown(elements, element)
      return all { index in
        guard index + 1 < offsets.count else { return nil }
        let range = (Int(offsets[index])..<Int(max(offsets[index], offsets[index + 1]))).clamped(to: texts.indices)
        return texts[range].joined(separator: ", ")
      }
    }
  }

  private static func shown(_ number: Double, _ type: ValueType) -> String {
    func plural(_ unit: String) -> String {
      let text = NumberText.shortest(number)
      return text + " " + unit + (text == "1" ? "" : "s")
    }
    switch type {
    case .number(let unit) where unit.isShare: return trimmed(NumberText.fixed(number * 100, digits: 1)) + "%"
    case .number(let unit):
      let text = number == number.rounded() ? NumberText.shortest(number) : trimmed(NumberText.fixed(number, digits: 2))
      return unit.name.map { text + " " + $0 } ?? text
    case .duration(.months): return plural("month")
    case .duration(.days): return trimmed(NumberText.fixed(number, digits: 1)) + (number == 1 ? " day" : " days")
    case .duration:
      let size = number.magnitude
      let (value, unit) =
        size < 120
        ? (number, "second")
        : size < 7200 ? (number / 60, "minute") : size < 172_800 ? (number / 3600, "hour") : (number / 86_400, "day")
      let text = trimmed(NumberText.fixed(value, digits: 1))
      return text + " " + unit + (text == "1" ? "" : "s")
    default: return NumberText.shortest(number)
    }
  }

  /// Without noughts at the end of decimals.
  private static func trimmed(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var text = text[...]
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }
}
