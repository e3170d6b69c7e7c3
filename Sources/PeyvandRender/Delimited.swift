import PeyvandBase

/// Cells between separators: CSV for spreadsheets, TSV for pipes.
///
/// A spreadsheet runs a cell that begins like a formula, and the cell may have been written by a stranger (CWE-1236),
/// so text cells that begin so get a `'` before them and quotes around; numbers stay numbers. `raw` leaves the cells
/// alone, for programs that read every byte back.
struct Delimited {
  enum Form { case csv, tsv }
  let form: Form
  let isRaw: Bool

  /// - Parameter isText: whether the cell's text came from data; numbers, dates and times are ours.
  func cell(_ text: String, isText: Bool) -> String {
    let isGuarded = isText && !isRaw && Self.beginsFormula(text)
    switch form {
    case .csv: return Self.csv(isGuarded ? "'" + text : text, quoted: isGuarded)
    case .tsv: return Self.tsv(isGuarded ? "'" + text : text)
    }
  }

  func row(_ cells: [String]) -> String {
    // A single empty cell would be a blank line, which readers of CSV skip.
    if form == .csv, cells.count == 1, cells[0].isEmpty { return "\"\"\n" }
    return cells.joined(separator: form == .csv ? "," : "\t") + "\n"
  }

  /// Whether a spreadsheet may take the cell for a formula: `= + - @`, TAB or CR, also full-width, also after blanks.
  static func beginsFormula(_ text: String) -> Bool {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return true
      case "\n": continue
      default:
        // Blanks, and what is not seen: a byte order mark or a joiner hides the sign from the eye alone.
        guard scalar.properties.isWhitespace || scalar.properties.generalCategory == .format else { return false }
      }
    }
    return false
  }

  private static func csv(_ text: String, quoted: Bool) -> String {
    var needsQuotes = quoted
    for byte in text.utf8 where byte == 0x22 || byte == 0x2C || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      needsQuotes = true
    }
    if text.utf8.first == 0x20 || text.utf8.last == 0x20 { needsQuotes = true }
    guard needsQuotes else { return text }
    var bytes: [UInt8] = [0x22]
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Tab, line ends and the backslash are written `\t`, `\n`, `\r`, `\\`: a row is always one line.
  private static func tsv(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == 0x5C }) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x09: bytes += [0x5C, 0x74]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0x5C: bytes += [0x5C, 0x5C]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
