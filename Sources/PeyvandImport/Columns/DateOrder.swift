import PeyvandBase

/// The order in which dates are written, as a user says it: `dates: "DD-MM-YY"`.
///
/// `YYYY` or `YY`, `MM` (or `MMM` for a name) and `DD` stand for their digits, in either case, and every other sign for
/// itself; a part beside a sign may have one digit fewer. What follows the date in a cell is read as a time of day in
/// any of its usual forms, so that hours need not be said (they may be: `hh:mm:ss`). `"epoch"` stands for seconds and
/// `"epoch ms"` for milliseconds since 1970-01-01 UTC.
package struct DateOrder: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case year, shortYear, month, monthName, day
    case sign(UInt8)
  }
  enum Form: Hashable, Sendable {
    case parts([Part])
    /// How many a second has.
    case epoch(perSecond: Double)
  }

  /// As it was written.
  package let pattern: String
  let form: Form
  /// Whether the hours follow the day without a sign between: `YYYYMMDDhhmmss`.
  let hasCompactTime: Bool

  /// - Throws: E2209 with the reason.
  package init(_ pattern: String) throws(Diagnostic) {
    self.pattern = pattern
    switch pattern.lowercased() {
    case "epoch", "epoch s", "epoch seconds", "unix":
      form = .epoch(perSecond: 1)
      hasCompactTime = false
      return
    case "epoch ms", "epoch_ms", "epoch milliseconds":
      form = .epoch(perSecond: 1_000)
      hasCompactTime = false
      return
    default: break
    }
    var parts: [Part] = []
    var isCompact = false
    let signs = Array(pattern.utf8)
    guard signs.count <= 64 else { throw ImportDiagnostics.unknownDates(pattern, "it is too long") }
    var at = 0
    scan: while at < signs.count {
      let letter = signs[at] | 0x20
      guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter), signs[at] != UInt8(ascii: "T") else {
        guard (0x20...0x7E).contains(signs[at]) else {
          throw ImportDiagnostics.unknownDates(pattern, "its signs have to be plain ones")
        }
        parts.append(.sign(signs[at]))
        at += 1
        continue
      }
      var end = at
      while end < signs.count, signs[end] | 0x20 == letter { end += 1 }
      switch (letter, end - at) {
      case (UInt8(ascii: "y"), 3...4): parts.append(.year)
      case (UInt8(ascii: "y"), 1...2): parts.append(.shortYear)
      case (UInt8(ascii: "m"), 1...2): parts.append(.month)
      case (UInt8(ascii: "m"), 3...4): parts.append(.monthName)
      case (UInt8(ascii: "d"), 1...2): parts.append(.day)
      case (UInt8(ascii: "h"), 1...2):
        // The time of day is read by itself.
        if case .sign = parts.last { isCompact = false } else { isCompact = true }
        break scan
      default:
        let word = String(decoding: signs[at..<end], as: UTF8.self)
        throw ImportDiagnostics.unknownDates(
          pattern, "'\(ImportDiagnostics.shown(word))' is none of YYYY YY MM MMM DD hh")
      }
      at = end
    }
    while case .sign = parts.last { parts.removeLast() }
    let years = parts.filter { $0 == .year || $0 == .shortYear }.count
    let months = parts.filter { $0 == .month || $0 == .monthName }.count
    let days = parts.filter { $0 == .day }.count
    guard years == 1, months == 1, days == 1 else {
      throw ImportDiagnostics.unknownDates(pattern, "it needs one year, one month and one day, before any hour")
    }
    form = .parts(parts)
    hasCompactTime = isCompact
  }
}
