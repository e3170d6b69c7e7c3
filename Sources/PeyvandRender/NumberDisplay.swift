import PeyvandBase
import PeyvandData

/// How the numbers of one column, or one value, are shown to people.
///
/// The decimals are chosen once for a column, so that its numbers line up at the point; exact figures are what JSON
/// and CSV are for. Thousands are parted in amounts of a unit from 1,000 on and in plain numbers from 10,000 on, so
/// that a plain 2024 stays readable as a year.
struct NumberDisplay {
  let decimals: Int
  let unit: Unit
  /// From here on a number is written as it is, with an exponent where that is shorter.
  private static let ownFigures = 1e15

  /// - Parameters:
  ///   - values: those to be shown together; shares are fractions.
  ///   - most: the most decimals; nil takes one for percentages, two for numbers from 1 on, four below.
  init(_ values: [Double], unit: Unit, most: Int? = nil) {
    self.unit = unit
    // Beyond that each is written by its own figures, and says nothing of the others.
    let values = values.filter { $0.isFinite && $0.magnitude < Self.ownFigures }
    let largest = values.lazy.map(\.magnitude).max() ?? 0
    // Beyond six figures the decimals of a quotient say nothing; cents that were entered stay.
    let isExact = largest < 100_000 || values.allSatisfy { ($0 * 100 - ($0 * 100).rounded()).magnitude < 1e-3 }
    let cap = unit.isShare ? 1 : isExact ? most ?? (largest >= 1 ? 2 : 4) : 0
    var needed = 0
    for value in values where needed < cap {
      needed = max(needed, Self.decimals(of: unit.isShare ? value * 100 : value, atMost: cap, exactly: unit.isShare))
    }
    decimals = needed
  }

  /// The decimals that are left of a number rounded to `cap` of them; with `exactly`, `cap` unless it is whole.
  private static func decimals(of value: Double, atMost cap: Int, exactly: Bool) -> Int {
    if value == value.rounded() { return 0 }
    if exactly { return (value - value.rounded()).magnitude < 1e-9 ? 0 : cap }
    var kept = cap
    for byte in NumberText.fixed(value, digits: cap).utf8.reversed() {
      guard byte == UInt8(ascii: "0") else { break }
      kept -= 1
    }
    return max(kept, 0)
  }

  /// The number without its unit, but with `%` for a share.
  func figures(_ value: Double) -> String {
    guard value.isFinite else { return NumberText.shortest(value) }
    if unit.isShare { return NumberText.fixed(value * 100, digits: decimals) + "%" }
    if value.magnitude >= Self.ownFigures { return NumberText.shortest(value) }
    let text = NumberText.fixed(value, digits: decimals)
    // Too small for the column: its first figures say more than a nought would.
    if value != 0, !text.utf8.contains(where: { (0x31...0x39).contains($0) }) { return Self.leadingFigures(value) }
    // In a column of large numbers one below ten would be quite another without its decimals.
    if decimals == 0, (value - value.rounded()).magnitude > 0.05 * value.magnitude {
      return Self.trimmed(NumberText.fixed(value, digits: 2))
    }
    let least = unit.name == nil ? 10_000.0 : 1_000.0
    return value.magnitude >= least ? Self.parted(text) : text
  }

  /// The number with its unit.
  func text(_ value: Double) -> String {
    guard let name = unit.name else { return figures(value) }
    return figures(value) + " " + name
  }

  private static func parted(_ text: String) -> String {
    let whole = text.prefix { $0 != "." }
    let rest = text[whole.endIndex...]
    let digits = whole.drop { $0 == "-" }
    var result = digits.count < whole.count ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result + rest
  }

  /// Without noughts at the end of its decimals.
  private static func trimmed(_ figures: String) -> String {
    String(figures[..<(figures.lastIndex { $0 != "0" }.map { figures.index(after: $0) } ?? figures.endIndex)])
  }

  private static func leadingFigures(_ value: Double) -> String {
    let text = value.description
    guard let mark = text.firstIndex(of: "e"), let mantissa = Double(text[..<mark]) else {
      // Not below 0.0001, so that six decimals hold two figures at least.
      return trimmed(NumberText.fixed(value, digits: 6))
    }
    return NumberText.shortest((mantissa * 100).rounded() / 100) + text[mark...]
  }
}
