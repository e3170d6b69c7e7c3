import PeyvandBase

extension Lexer {
  /// Reads on in a text, from after its opening quote (or after the `}` of an expression in it) to its closing
  /// quote or to the next `{`. A text ends on its line.
  mutating func lexText(from start: Int, opened: OpenText, isFirst: Bool) {
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        return endUnclosed(from: start, opened: opened, isFirst: isFirst, content: content)
      case UInt8(ascii: "\"") where !opened.isGuillemet:
        position += 1
        return append(
          isFirst ? .text : .textTail, from: start, literal: .text(String(decoding: content, as: UTF8.self)))
      case 0xC2 where opened.isGuillemet && self.byte(1) == 0xBB:
        position += 2
        return append(
          isFirst ? .text : .textTail, from: start, literal: .text(String(decoding: content, as: UTF8.self)))
      case UInt8(ascii: "{"):
        position += 1
        append(isFirst ? .textHead : .textMiddle, from: start, literal: .text(String(decoding: content, as: UTF8.self)))
        openTexts.append(opened)
        if openTexts.count > limits.textDepth {
          report(SyntaxDiagnostics.textsTooDeep(limit: limits.textDepth, at: range(position - 1, position)))
          skipLine()
          closeOpenTexts(isReported: true)
        }
        return
      case UInt8(ascii: "\\"):
        lexEscape(into: &content)
      default:
        content.append(byte)
        position += 1
      }
    }
    endUnclosed(from: start, opened: opened, isFirst: isFirst, content: content)
  }

  private mutating func lexEscape(into content: inout [UInt8]) {
    let start = position
    position += 1
    let next = byte()
    switch next {
    case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): content.append(next)
    case 0xC2 where byte(1) == 0xBB || byte(1) == 0xAB:
      content.append(0xC2)
      content.append(byte(1))
      position += 1
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0xFF: return
    default:
      let length = scalar(at: position)?.length ?? 1
      report(
        SyntaxDiagnostics.unknownEscape(string(position, position + length), at: range(start, position + length)))
      position += length
      return
    }
    position += 1
  }

  private mutating func endUnclosed(from start: Int, opened: OpenText, isFirst: Bool, content: [UInt8]) {
    report(SyntaxDiagnostics.textNotClosed(at: range(opened.start, position)))
    append(isFirst ? .text : .textTail, from: start, literal: .text(String(decoding: content, as: UTF8.self)))
    closeOpenTexts(isReported: true)
  }

  /// At the end of a line the texts still open are closed, so that an error stays on its line.
  mutating func closeOpenTexts(isReported: Bool = false) {
    guard let outermost = openTexts.first else { return }
    if !isReported { report(SyntaxDiagnostics.textNotClosed(at: range(outermost.start, position))) }
    while openTexts.popLast() != nil {
      append(.textTail, from: position, literal: .text(""))
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n"), bytes[position] != UInt8(ascii: "\r") {
      position += 1
    }
  }

  mutating func lexRawText() {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "'") {
      if bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") { break }
      position += 1
    }
    let content = string(start + 1, position)
    if byte() == UInt8(ascii: "'") {
      position += 1
    } else {
      report(SyntaxDiagnostics.textNotClosed(at: range(start, position)))
    }
    append(.rawText, from: start, literal: .text(content))
  }

  /// `“North”`, as word processors write it.
  mutating func lexCurlyText(_ opening: Unicode.Scalar) {
    let start = position
    let closing: Set<Unicode.Scalar> = "“”„".unicodeScalars.contains(opening) ? ["”", "“"] : ["’", "‘"]
    position += scalar(at: position)?.length ?? 1
    let contentStart = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n"), bytes[position] != UInt8(ascii: "\r"),
      let (scalar, length) = scalar(at: position)
    {
      if closing.contains(scalar) {
        let content = string(contentStart, position)
        position += length
        report(SyntaxDiagnostics.curlyQuotes(content, at: range(start, position)))
        return append(.text, from: start, literal: .text(content))
      }
      position += length
    }
    position = contentStart
    report(SyntaxDiagnostics.curlyQuotes(nil, at: range(start, position)))
    append(.invalid, from: start)
  }
}
