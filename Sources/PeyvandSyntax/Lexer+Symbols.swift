import PeyvandBase

extension Lexer {
  mutating func lexSymbol() {
    let start = position
    let next = byte(1)
    func ascii(_ scalar: Unicode.Scalar) -> UInt8 { UInt8(ascii: scalar) }
    switch bytes[position] {
    case ascii("|"):
      if next == ascii("|") { return lexHabit("||", .name, .or) }
      take(.pipe, 1)
    case ascii("("): take(.open, 1)
    case ascii(")"): take(.close, 1)
    case ascii("["): take(.openList, 1)
    case ascii("]"): take(.closeList, 1)
    case ascii("{"):
      if let last = openTexts.indices.last { openTexts[last].braces += 1 }
      take(.openBrace, 1)
    case ascii("}"):
      if let last = openTexts.indices.last {
        if openTexts[last].braces == 0 {
          let opened = openTexts.removeLast()
          position += 1
          return lexText(from: start, opened: opened, isFirst: false)
        }
        openTexts[last].braces -= 1
      }
      take(.closeBrace, 1)
    case ascii(","): take(.comma, 1)
    case ascii(";"): take(.semicolon, 1)
    case ascii(":"): take(.colon, 1)
    case ascii("."): next == ascii(".") ? take(.range, 2) : take(.dot, 1)
    case ascii("+"): take(.plus, 1)
    case ascii("-"): take(.minus, 1)
    case ascii("*"): take(.times, 1)
    case ascii("/"): next == ascii("/") || next == ascii("*") ? lexForeignComment() : take(.divide, 1)
    case ascii("="):
      switch next {
      case ascii("="): take(.equal, 2)
      case ascii(">"): lexHabit("=>", .greaterOrEqual, nil)
      case ascii("<"): lexHabit("=<", .lessOrEqual, nil)
      default: take(.equal, 1)
      }
    case ascii("!"): next == ascii("=") ? take(.notEqual, 2) : lexHabit("!", .name, .not)
    case ascii("<"):
      switch next {
      case ascii("="): take(.lessOrEqual, 2)
      case ascii(">"): lexHabit("<>", .notEqual, nil)
      default: take(.less, 1)
      }
    case ascii(">"): next == ascii("=") ? take(.greaterOrEqual, 2) : take(.greater, 1)
    case ascii("&"): next == ascii("&") ? lexHabit("&&", .name, .and) : lexHabit("&", .name, .and)
    case ascii("%"):
      position += 1
      report(SyntaxDiagnostics.loosePercent(at: range(start, position)))
      append(.invalid, from: start)
    default: lexInvalid()
    }
  }

  private mutating func take(_ kind: Token.Kind, _ length: Int) {
    let start = position
    position += length
    append(kind, from: start)
  }

  /// A sign of another language whose meaning is plain: said, then read as what was meant.
  private mutating func lexHabit(_ sign: String, _ kind: Token.Kind, _ keyword: Keyword?) {
    let start = position
    position += sign.utf8.count
    let meant: String =
      switch kind {
      case .notEqual: "!="
      case .lessOrEqual: "<="
      case .greaterOrEqual: ">="
      default: keyword?.rawValue ?? ""
      }
    report(SyntaxDiagnostics.foreignSign(sign, meant: meant, at: range(start, position)))
    append(kind, from: start, keyword: keyword)
  }

  /// `// …` and `/* … */`: said, then passed over, but not past the end of a text that it stands in.
  private mutating func lexForeignComment() {
    let start = position
    let isLong = byte(1) == UInt8(ascii: "*")
    var diagnostic = SyntaxDiagnostics.foreignSign(isLong ? "/*" : "//", meant: "#", at: range(start, start + 2))
    // In a text's braces a comment would hide the text's end.
    if !openTexts.isEmpty { diagnostic.fixes = [] }
    report(diagnostic)
    position += 2
    guard openTexts.isEmpty else { return append(.invalid, from: start) }
    while position < bytes.count {
      if isLong, bytes[position] == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        position += 2
        return
      }
      if bytes[position] == UInt8(ascii: "\n") { return }
      position += 1
    }
  }
}
