import PeyvandBase
import PeyvandData

/// The receipt in words: what was counted, what was left out and why, and as of when.
struct ReceiptText {
  let rules: CalendarRules

  /// The lines under an answer; empty where there is nothing to say.
  ///
  /// "8 of 12 customers; 4 open, 3 of them already yes · as of 2024-12-31", then a line for each column that left
  /// out something else, then the remarks.
  func lines(_ receipt: Receipt) -> [String] {
    var lines: [String] = []
    let first = [account(receipt), asOf(receipt)].compactMap { $0 }.joined(separator: " · ")
    if !first.isEmpty { lines.append(first) }
    // Columns that left out the same share a line.
    var parts: [(names: [String], text: String)] = []
    for (name, column) in receipt.columns.sorted(by: { $0.key < $1.key }) where leavesOut(column) {
      let text = (counted(n: column.n, of: column.of, unit: column.unit) + leftOut(column)).joined(separator: "; ")
      if let place = parts.firstIndex(where: { $0.text == text }) {
        parts[place].names.append(name)
      } else if !text.isEmpty {
        parts.append(([name], text))
      }
    }
    lines += parts.map { $0.names.joined(separator: ", ") + ": " + $0.text }
    return lines + receipt.remarks
  }

  /// What was counted and left out; nil where the receipt says nothing of it.
  func account(_ receipt: Receipt) -> String? {
    let parts = counted(n: receipt.n, of: receipt.of, unit: receipt.unit) + remainder(receipt)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  func asOf(_ receipt: Receipt) -> String? {
    if let day = receipt.asOfDay { return "as of " + InstantText.day(day, in: rules.system) }
    return receipt.asOf.map { "as of " + InstantText.instant($0, in: rules.zone, system: rules.system) }
  }

  /// Everything but how many were counted.
  func remainder(_ receipt: Receipt) -> [String] {
    var common = ColumnReceipt()
    common.unknown = receipt.unknown
    common.open = receipt.open
    common.openYes = receipt.openYes
    common.ties = receipt.ties
    var parts = leftOut(common)
    if !receipt.excluded.isEmpty {
      let reasons = receipt.excluded.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      parts.append("left out: " + reasons.joined(separator: ", "))
    }
    if receipt.insideUnknown > 0 { parts.append("\(receipt.insideUnknown) with something unknown inside") }
    if receipt.insideOpen > 0 { parts.append("\(receipt.insideOpen) with something open inside") }
    if receipt.several > 0 { parts.append("\(receipt.several) in more than one row") }
    if receipt.hasNoWindow { parts.append("window: none") }
    return parts
  }

  private func counted(n: Int?, of: Int?, unit: String?) -> [String] {
    guard let n else { return [] }
    let counted = of.map { "\(n) of \($0)" } ?? String(n)
    guard let unit else { return of == nil ? ["n = \(n)"] : [counted] }
    return [counted + " " + ((of ?? n) == 1 ? Self.singular(unit) : Self.plural(unit))]
  }

  /// A column that left nothing out needs no line of its own.
  private func leavesOut(_ column: ColumnReceipt) -> Bool {
    column.unknown + column.open + column.ties > 0 || column.n != column.of
  }

  private func leftOut(_ column: ColumnReceipt) -> [String] {
    var parts: [String] = []
    if column.unknown > 0 { parts.append("\(column.unknown) unknown") }
    if column.open > 0 {
      parts.append("\(column.open) open" + (column.openYes > 0 ? ", \(column.openYes) of them already yes" : ""))
    }
    if column.ties > 0 { parts.append("\(column.ties) with another at the same moment, not counted") }
    return parts
  }

  /// A count's noun: a kind's name in English letters gets its plural, and a name that is a verb or a plural
  /// already (`installs`, `reports_to`, `referred`) is quoted instead; any other name stays as it is.
  static func plural(_ name: String) -> String {
    let parts = name.split(separator: " or ")
    if parts.count > 1 { return parts.map { plural(String($0)) }.joined(separator: " or ") }
    let bytes = Array(name.utf8)
    guard let last = bytes.last, bytes.allSatisfy({ $0 < 0x80 }), (0x61...0x7A).contains(last) else { return name }
    if isOdd(name) { return "records of `\(name)`" }
    let before = bytes.dropLast().last ?? 0
    let vowels = Array("aeiou".utf8)
    if last == UInt8(ascii: "y"), !vowels.contains(before) { return name.dropLast() + "ies" }
    let hisses = Array("sxz".utf8)
    if hisses.contains(last) || (last == UInt8(ascii: "h") && Array("cs".utf8).contains(before)) { return name + "es" }
    return name + "s"
  }

  /// One record of a kind, in the same words as several.
  static func singular(_ name: String) -> String { isOdd(name) ? "record of `\(name)`" : name }

  /// Whether a name takes no plural of English: a verb's third person, a participle, or one that ends in a small word.
  private static func isOdd(_ name: String) -> Bool {
    let words = name.split(separator: "_")
    if words.count > 1, let last = words.last, smallWords.contains(String(last)) { return true }
    if name.hasSuffix("s") { return !["ss", "us", "is"].contains { name.hasSuffix($0) } }
    return name.utf8.count > 5 && name.hasSuffix("ed")
  }

  private static let smallWords: Set<String> = ["to", "of", "by", "in", "on", "at", "for", "from", "with"]
}
