import PeyvandBase

/// Reads elapsed time: `1:30` (hours and minutes), `1:30:15`, ISO 8601 (`PT5M`, `P1DT2H`), and numbers with units
/// (`5 min`, `1h 30m`, `2 days`).
///
/// A number alone is refused: whether 90 means seconds or minutes is nowhere in the cell. Months and years are refused
/// since they have no fixed length.
enum DurationCell {
  private static let second = 1.0
  private static let minute = 60.0
  private static let hour = 3_600.0
  private static let day = 86_400.0

  /// Seconds; nil where it is no duration.
  static func read(_ cell: Span<UInt8>) -> Double? {
    guard cell.count >= 2, cell.count <= 64 else { return nil }
    var bytes = CellBytes.digitsToASCII(CellBytes.plain(cell))
    guard let first = bytes.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }
    let size = clock(bytes) ?? iso(bytes) ?? units(bytes)
    return size.map { isNegative ? -$0 : $0 }
  }

  /// `h:mm`, `h:mm:ss`, `h:mm:ss.fff`; hours may pass 24.
  private static func clock(_ bytes: [UInt8]) -> Double? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    var total = 0.0
    for (index, part) in parts.enumerated() {
      guard let digit = part.first, (0x30...0x39).contains(digit), let value = number(part) else { return nil }
      if index > 0 {
        guard part.prefix(while: { (0x30...0x39).contains($0) }).count == 2, value < 60 else { return nil }
      }
      if index < parts.count - 1 || parts.count == 2 { guard value == value.rounded() else { return nil } }
      total = total * 60 + value
    }
    return parts.count == 2 ? total * 60 : total
  }

  /// `PnDTnHnMnS`, `PnW`.
  private static func iso(_ bytes: [UInt8]) -> Double? {
    guard bytes.first == UInt8(ascii: "P"), bytes.count >= 3 else { return nil }
    var total = 0.0
    var isTime = false
    var digits: [UInt8] = []
    for byte in bytes.dropFirst() {
      switch byte {
      case 0x30...0x39, UInt8(ascii: "."): digits.append(byte)
      case UInt8(ascii: "T"):
        guard digits.isEmpty, !isTime else { return nil }
        isTime = true
      default:
        guard let value = number(digits[...]) else { return nil }
        digits = []
        switch (byte, isTime) {
        case (UInt8(ascii: "W"), false): total += value * 7 * day
        case (UInt8(ascii: "D"), false): total += value * day
        case (UInt8(ascii: "H"), true): total += value * hour
        case (UInt8(ascii: "M"), true): total += value * minute
        case (UInt8(ascii: "S"), true): total += value
        default: return nil
        }
      }
    }
    return digits.isEmpty ? total : nil
  }

  /// `5 min`, `1h 30m`, `1.5 hours`, with their Persian words.
  private static func units(_ bytes: [UInt8]) -> Double? {
    var total = 0.0
    var at = 0
    var any = false
    while at < bytes.count {
      while at < bytes.count, bytes[at] == 0x20 { at += 1 }
      let numberStart = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) || bytes[at] == UInt8(ascii: ".") { at += 1 }
      guard at > numberStart, let value = number(bytes[numberStart..<at]) else { return nil }
      while at < bytes.count, bytes[at] == 0x20 { at += 1 }
      let unitStart = at
      while at < bytes.count, bytes[at] != 0x20, !(0x30...0x39).contains(bytes[at]) { at += 1 }
      guard let unit = unit(bytes[unitStart..<at]) else { return nil }
      total += value * unit
      any = true
    }
    return any ? total : nil
  }

  private static func unit(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard let word = String(validating: bytes, as: UTF8.self) else { return nil }
    switch searchKey(word) {
    case "s", "sec", "secs", "second", "seconds", "ثانیه": return second
    case "m", "min", "mins", "minute", "minutes", "دقیقه": return minute
    case "h", "hr", "hrs", "hour", "hours", "ساعت": return hour
    case "d", "day", "days", "روز": return day
    case "w", "week", "weeks", "هفته": return 7 * day
    default: return nil
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
    NumberText.parse(utf8: Array(bytes).span)
  }
}
