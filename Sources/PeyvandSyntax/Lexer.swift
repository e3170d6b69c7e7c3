import PeyvandBase

/// Cuts a text into tokens.
///
/// It works on UTF-8 bytes, because indices of `String` are slow and can trap, and because CRLF is one
/// `Character`. It never stops at an error: what it cannot read becomes an `invalid` token with a
/// diagnostic, and whatever the user plainly meant (`&&`, `<>`) becomes the token that was meant. Newlines
/// are no tokens; each token knows whether it begins a line and how deep that line is indented, and the
/// parser decides from that where a statement ends. The cost is linear in the text.
package struct Lexer {
  let bytes: [UInt8]
  let file: Int32
  let limits: SyntaxLimits
  let keywords: Keywords
  var position = 0
  var tokens: [Token] = []
  var literals: [Literal] = []
  var comments: [Comment] = []
  var diagnostics: [Diagnostic] = []

  var startsLine = true
  var spaceBefore = false
  var indent: Int32 = 0
  /// Texts whose braces we are in, outermost first.
  var openTexts: [OpenText] = []

  struct OpenText {
    var start: Int
    var isGuillemet: Bool
    /// Braces opened inside the expression.
    var braces = 0
  }

  package init(
    _ text: String, file: Int32 = 0, limits: SyntaxLimits = .standard, keywords: Keywords = .english
  ) {
    bytes = Array(text.utf8)
    self.file = file
    self.limits = limits
    self.keywords = keywords
  }

  package mutating func lex() -> LexedText {
    if bytes.count > limits.bytes {
      report(SyntaxDiagnostics.textTooLong(limit: limits.bytes, at: range(limits.bytes, limits.bytes + 1)))
      position = bytes.count
    }
    while true {
      skipBlank()
      guard position < bytes.count else { break }
      guard tokens.count < limits.tokens else {
        report(SyntaxDiagnostics.tooManyWords(limit: limits.tokens, at: range(position, position + 1)))
        position = bytes.count
        break
      }
      lexToken()
    }
    closeOpenTexts()
    startsLine = true
    indent = 0
    append(.end, from: bytes.count)
    return LexedText(
      file: file, bytes: bytes, tokens: tokens, literals: literals, comments: comments, diagnostics: diagnostics,
      endsWithEmptyLine: lastLineIsEmpty)
  }

  // MARK: - Bytes

  /// The byte so far ahead; 0xFF, which UTF-8 never holds, past the end.
  func byte(_ ahead: Int = 0) -> UInt8 {
    let place = position + ahead
    return place < bytes.count ? bytes[place] : 0xFF
  }

  func byte(at place: Int) -> UInt8 { place >= 0 && place < bytes.count ? bytes[place] : 0xFF }

  /// The scalar at a place, with its length in bytes.
  func scalar(at place: Int) -> (scalar: Unicode.Scalar, length: Int)? {
    let first = byte(at: place)
    guard place < bytes.count else { return nil }
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 1 else { return (Unicode.Scalar(first), 1) }
    var value = UInt32(first & (0xFF >> UInt8(length + 1)))
    for offset in 1..<length {
      value = (value << 6) | UInt32(byte(at: place + offset) & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }

  func range(_ start: Int, _ end: Int) -> SourceRange { SourceRange(file: file, start: start, end: end) }

  func string(_ start: Int, _ end: Int) -> String {
    let from = min(start, bytes.count)
    return String(decoding: bytes[from..<min(max(from, end), bytes.count)], as: UTF8.self)
  }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < limits.diagnostics { diagnostics.append(diagnostic) }
  }

  mutating func append(_ kind: Token.Kind, from start: Int, keyword: Keyword? = nil, literal: Literal? = nil) {
    var place: Int32 = -1
    if let literal {
      place = Int32(clamping: literals.count)
      literals.append(literal)
    }
    tokens.append(
      Token(
        kind: kind, keyword: keyword, startsLine: startsLine, spaceBefore: spaceBefore,
        start: Int32(clamping: start), end: Int32(clamping: position), indent: indent, literal: place))
    startsLine = false
    spaceBefore = false
  }

  private var lastLineIsEmpty: Bool {
    for byte in bytes.reversed() {
      if byte == UInt8(ascii: "\n") { return true }
      if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") { return false }
    }
    return true
  }

  // MARK: - Blanks and comments

  private mutating func skipBlank() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "):
        if startsLine { indent &+= 1 }
        position += 1
      case UInt8(ascii: "\t"):
        if startsLine { indent = (indent / 4 &+ 1) &* 4 }
        position += 1
      case UInt8(ascii: "\n"):
        endLine()
        position += 1
      case UInt8(ascii: "\r"):
        if byte(1) != UInt8(ascii: "\n") { endLine() }
        position += 1
      case UInt8(ascii: "#"):
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n"), bytes[position] != UInt8(ascii: "\r") {
          position += 1
        }
        comments.append(
          Comment(start: Int32(clamping: start), end: Int32(clamping: position), startsLine: startsLine))
      case 0x80...:
        guard let (scalar, length) = scalar(at: position), Self.isBlank(scalar) else { return }
        if startsLine, scalar.properties.generalCategory == .spaceSeparator { indent &+= 1 }
        position += length
      default: return
      }
      spaceBefore = true
    }
  }

  private mutating func endLine() {
    closeOpenTexts()
    startsLine = true
    indent = 0
  }

  /// Blanks beyond ASCII, and marks that steer the direction of writing or joining and have no width.
  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA0, 0x1680, 0x2000...0x200F, 0x2028...0x202F, 0x205F, 0x2066...0x2069, 0x3000, 0x061C, 0xFEFF: true
    default: false
    }
  }

  // MARK: - Tokens

  private mutating func lexToken() {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): lexNumber()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): lexName()
    case UInt8(ascii: "\""):
      let start = position
      position += 1
      lexText(from: start, opened: OpenText(start: start, isGuillemet: false), isFirst: true)
    case UInt8(ascii: "'"): lexRawText()
    case UInt8(ascii: "`"): lexQuotedName()
    case UInt8(ascii: "_"):
      let start = position
      lexName()
      report(SyntaxDiagnostics.nameBeginsWithLetter(string(start, position), at: range(start, position)))
    case 0x80...: lexBeyondASCII()
    default: lexSymbol()
    }
  }

  private mutating func lexBeyondASCII() {
    if digit(at: position) != nil { return lexNumber() }
    guard let (scalar, length) = scalar(at: position) else { return lexInvalid() }
    if Self.isLetter(scalar) { return lexName() }
    let start = position
    let kind: Token.Kind? =
      switch scalar {
      case "،": .comma
      case "؛": .semicolon
      case "×": .times
      case "÷": .divide
      case "−": .minus
      case "≥": .greaterOrEqual
      case "≤": .lessOrEqual
      case "≠": .notEqual
      default: nil
      }
    if let kind {
      position += length
      append(kind, from: start)
    } else if scalar == "«" {
      position += length
      lexText(from: start, opened: OpenText(start: start, isGuillemet: true), isFirst: true)
    } else if "“”„‘’‚".unicodeScalars.contains(scalar) {
      lexCurlyText(scalar)
    } else {
      lexInvalid()
    }
  }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
    default: false
    }
  }

  private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    if isLetter(scalar) || scalar.value == 0x200C { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber: return true
    default: return false
    }
  }

  private mutating func lexName() {
    let start = position
    var end = position
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        position += 1
        end = position
        continue
      case 0x80...:
        if let (scalar, length) = scalar(at: position), Self.continuesName(scalar) {
          position += length
          if scalar.value != 0x200C { end = position }
          continue
        }
      default: break
      }
      break
    }
    position = end
    append(.name, from: start, keyword: keywords.keyword(of: bytes[start..<end]))
  }

  private mutating func lexQuotedName() {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "`"), bytes[position] != UInt8(ascii: "\n") {
      position += 1
    }
    guard byte() == UInt8(ascii: "`") else {
      report(SyntaxDiagnostics.nameNotClosed(at: range(start, position)))
      return append(.invalid, from: start)
    }
    position += 1
    if position - start == 2 {
      report(SyntaxDiagnostics.emptyName(at: range(start, position)))
      return append(.invalid, from: start)
    }
    append(.quotedName, from: start)
  }

  /// Signs that mean nothing here, those side by side as one.
  mutating func lexInvalid() {
    let start = position
    repeat {
      position += scalar(at: position)?.length ?? 1
    } while position < bytes.count && !startsToken(at: position)
    report(SyntaxDiagnostics.unknownSign(scalar(at: start)?.scalar ?? "\u{FFFD}", at: range(start, position)))
    append(.invalid, from: start)
  }

  private func startsToken(at place: Int) -> Bool {
    let byte = byte(at: place)
    if byte >= 0x80 {
      guard let (scalar, _) = scalar(at: place) else { return false }
      return Self.isLetter(scalar) || Self.isBlank(scalar) || digit(at: place) != nil
        || "،؛×÷−≥≤≠«“”„‘’‚".unicodeScalars.contains(scalar)
    }
    switch byte {
    case 0...8, 11, 12, 14...31, 127: return false
    case UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "~"),
      UInt8(ascii: "?"):
      return false
    default: return true
    }
  }
}
