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
  /// Whether what a terminal would obey stays as it is, as in a file.
  var keepsControls = false

  /// Adds a cell, with the separator before it where it is not the first of its row.
  /// - Parameter isText: whether the cell's text came from data; numbers, dates and times are ours.
  func append(_ text: String, isText: Bool, isFirst: Bool, to bytes: inout [UInt8]) {
    let text = isText && !isRaw && !keepsControls ? Self.withoutControls(text) : text
    if !isFirst { bytes.append(form == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t")) }
    let isGuarded = isText && !isRaw && Self.beginsFormula(text)
    switch form {
    case .csv:
      guard isGuarded || Self.needsQuotes(text) else { return bytes.append(contentsOf: text.utf8) }
      bytes.append(0x22)
      if isGuarded { bytes.append(UInt8(ascii: "'")) }
      for byte in text.utf8 {
        if byte == 0x22 { bytes.append(0x22) }
        bytes.append(byte)
      }
      bytes.append(0x22)
    case .tsv:
      if isGuarded { bytes.append(UInt8(ascii: "'")) }
      guard Self.needsEscapes(text) else { return bytes.append(contentsOf: text.utf8) }
      for byte in text.utf8 {
        switch byte {
        case 0x09: bytes += [0x5C, 0x74]
        case 0x0A: bytes += [0x5C, 0x6E]
        case 0x0D: bytes += [0x5C, 0x72]
        case 0x5C: bytes += [0x5C, 0x5C]
        default: bytes.append(byte)
        }
      }
    }
  }

  /// A pipe often ends at a terminal: what a terminal would obey is written out. Line ends and tabs are the form's.
  private static func withoutControls(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      default: result += escapedForTerminal(String(scalar))
      }
    }
  }

  /// Adds a row of cells.
  func appendRow(of count: Int, to bytes: inout [UInt8], cell: (Int) -> (text: String, isText: Bool)) {
    let start = bytes.count
    for index in 0..<count {
      let (text, isText) = cell(index)
      append(text, isText: isText, isFirst: index == 0, to: &bytes)
    }
    // A single empty cell would be a blank line, which readers of CSV skip.
    if form == .csv, bytes.count == start { bytes += [0x22, 0x22] }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Whether a spreadsheet may take the cell for a formula: `= + - @`, TAB or CR, also full-width, also after blanks.
  static func beginsFormula(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    if (0x30...0x3C).contains(first) || (0x41...0x7A).contains(first) { return false }
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

  private static func needsQuotes(_ text: String) -> Bool {
    let bytes = text.utf8.span
    guard bytes.count > 0 else { return false }
    if bytes[0] == 0x20 || bytes[bytes.count - 1] == 0x20 { return true }
    for index in 0..<bytes.count {
      switch bytes[index] {
      case 0x22, 0x2C, 0x0A, 0x0D, 0x09: return true
      default: continue
      }
    }
    return false
  }

  /// Tab, line ends and the backslash are written `\t`, `\n`, `\r`, `\\`: a row is always one line.
  private static func needsEscapes(_ text: String) -> Bool {
    let bytes = text.utf8.span
    for index in 0..<bytes.count {
      switch bytes[index] {
      case 0x09, 0x0A, 0x0D, 0x5C: return true
      default: continue
      }
    }
    return false
  }
}
