import PeyvandBase

/// What stands between two cells of a line.
package enum CSVDelimiter: Hashable, Sendable {
  case byte(UInt8)
  /// Runs of spaces and tabs; those at the start and the end of a line mean nothing.
  case blanks

  package static let comma = CSVDelimiter.byte(UInt8(ascii: ","))

  /// What `delimiter: "…"` says: `blank`, `tab`, `comma`, `semicolon`, `bar`, or the character itself.
  /// - Throws: E2208 for anything else: a quote, a line end, a letter or digit, several characters.
  package init(named name: String) throws(Diagnostic) {
    switch name.lowercased() {
    case "blank", "blanks", "space", " ": self = .blanks
    case "tab", "\\t", "\t": self = .byte(0x09)
    case "comma": self = .comma
    case "semicolon": self = .byte(UInt8(ascii: ";"))
    case "bar", "pipe": self = .byte(UInt8(ascii: "|"))
    default:
      let bytes = Array(name.utf8)
      guard bytes.count == 1, let byte = bytes.first, Self.mayDelimit(byte) else {
        throw ImportDiagnostics.unknownDelimiter(name)
      }
      self = .byte(byte)
    }
  }

  private static func mayDelimit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      false
    case UInt8(ascii: "\""), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"): false
    case 0x21...0x7E, 0x01...0x09: true
    default: false
    }
  }

  /// How it is called in a message.
  package var shown: String {
    switch self {
    case .blanks: "blanks"
    case .byte(0x09): "tab"
    case .byte(let byte): "`" + String(Character(Unicode.Scalar(byte))) + "`"
    }
  }
}

/// How a file of lines and cells is written: all that splitting it needs to know.
///
/// Quoting is that of RFC 4180 (a cell that begins with `"` ends at the next `"` that is not doubled, and may hold
/// delimiters and line ends); a quote inside a cell that does not begin with one is a character like any other.
package struct CSVDialect: Hashable, Sendable {
  package enum LineEnd: String, Hashable, Sendable {
    /// Lines end with LF; a CR before it is not part of the last cell.
    case lineFeed
    /// Files of old: no LF at all.
    case carriageReturn
    /// U+001E, in what is kept of a source with cells of its own: a cell may then hold lines without quotes.
    case recordSeparator
  }

  package var delimiter: CSVDelimiter
  package var lineEnd: LineEnd

  package init(delimiter: CSVDelimiter, lineEnd: LineEnd = .lineFeed) {
    self.delimiter = delimiter
    self.lineEnd = lineEnd
  }

  static let quote = UInt8(ascii: "\"")
  var lineEndByte: UInt8 {
    switch lineEnd {
    case .lineFeed: 0x0A
    case .carriageReturn: 0x0D
    case .recordSeparator: 0x1E
    }
  }

  /// How cells that come from no text are kept: see `CellSpool`.
  static let spool = CSVDialect(delimiter: .byte(0x1F), lineEnd: .recordSeparator)
}
